"""The differences between register and network as a worksheet (核对表) that a unit fills in and sends back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from inventory.deciding import Outcome, applied
from inventory.decisions import WORKSHEET, Disputed, Stranger
from inventory.register import Register
from inventory.text import Text
from inventory.workbook.file import opened
from inventory.workbook.form import write_pages
from inventory.workbook.reading import Reading

_HOW_TO = (
    Text("核对表填写说明", "How to fill in the worksheet"),
    Text(
        "每行是登记与发现的一处不同。在“决定”列选择，留空的行不处理，下次再列出。",
        "Each row is one difference. Choose in the column 决定 (Decision); a row left empty stays open.",
    ),
    Text(
        "采用发现值：登记表改为“发现值”列的内容，可先在该列更正。登记而未找到的设备采用发现值，即从登记表删除。",
        "采用发现值: the register takes what stands under 发现值, which may be corrected first; a device not found "
        "is removed from it.",
    ),
    Text(
        "保留登记值：登记无误，同样的发现值不再列出。忽略：必须写明原因，不再列出。",
        "保留登记值: the register is right; 忽略: needs a reason. Neither is listed again for the same found value.",
    ),
    Text(
        "“未登记”表中的设备：采用发现值即登记，须填“登记到”和“资产编号”，其他列可更正。",
        "Devices on the sheet 未登记: 采用发现值 declares them; 登记到 and 资产编号 are needed, the rest may be "
        "corrected.",
    ),
    Text(
        "其余列、表头和工作表不要改动。不要填公式。",
        "Leave the other columns, the headings and the sheets as they are.",
    ),
)
_NONE_OF_THEM = Text("不是核对表", "not the worksheet")


def write_worksheet(disputed: Iterable[Disputed], strangers: Iterable[Stranger], path: Path) -> None:
    """The worksheet; InputError when it cannot be written, and then nothing is."""
    write_pages(list(zip(WORKSHEET, (disputed, strangers), strict=True)), _HOW_TO, path)


def is_worksheet(path: Path) -> bool:
    """Whether a workbook is a worksheet rather than a census workbook; InputError for a file that is neither kind."""
    titles = {title.lower() for sheet in WORKSHEET for title in (sheet.text.zh, sheet.text.en)}
    with opened(path) as sheets:
        return any(sheet.title.strip().lower() in titles for sheet in sheets)


def read_worksheet(path: Path, register: Register) -> Outcome:
    """What the decided rows make of the register; RegisterErrors names every bad cell, and nothing is to be taken."""
    reading = Reading(path, WORKSHEET, _NONE_OF_THEM)
    with opened(path) as sheets:
        reading.take(sheets)
    rows = reading.rows()
    outcome = applied(register, rows["disputed"], rows["strangers"])
    reading.refuse(outcome.problems)
    return outcome
