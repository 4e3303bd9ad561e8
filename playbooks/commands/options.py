"""Options that several commands have, and the playbook as they change it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.completing import report_names, severities
from playbooks.language import tell

if TYPE_CHECKING:
    from playbooks.schema import Playbook

Replay = Annotated[
    Path | None,
    typer.Option(
        "--replay",
        metavar="DIR",
        help=tell(
            "不连设备，改读这个文件夹里的采集文件。例：--replay captures",
            "Reads captures in this folder instead of asking devices. Example: --replay captures",
        ),
    ),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        "-f",
        metavar="NAME",
        help=tell(
            "要写的报告，可重复，见 hecha list reports。例：-f html -f workbook",
            "Report to write; may be repeated; see hecha list reports. Example: -f html -f workbook",
        ),
        autocompletion=report_names,
    ),
]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        metavar="SEVERITY",
        help=tell(
            "从哪个程度起的差距算不符合：info、low、medium、high、critical。例：--fail-on medium",
            "Severity from which gaps fail the run: info, low, medium, high, critical. Example: --fail-on medium",
        ),
        autocompletion=severities,
    ),
]
AllowUnknown = Annotated[
    bool,
    typer.Option(
        "--allow-unknown",
        help=tell("有无法判断的也不算不完整", "What is unknown does not make the run incomplete"),
    ),
]


def a_day(option: str, text: str) -> date:
    """The date an option names; InputError for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        expected = Text("应是日期，如 2026-06-30", "expected a date such as 2026-06-30")
        raise InputError(f"{option} {text}", expected) from None


def changed(book: Playbook, formats: list[str] | None, fail_on: str | None, *, allow_unknown: bool) -> Playbook:
    """The playbook with what the command line says instead; InputError for a severity that is none."""
    from playbooks.schema import SEVERITIES

    if fail_on is not None and fail_on not in SEVERITIES:
        known = ", ".join(SEVERITIES)
        raise InputError(f"--fail-on {fail_on}", Text(f"应是 {known} 之一", f"expected one of {known}"))
    return replace(
        book,
        reports=tuple(formats) if formats else book.reports,
        fail_on=fail_on or book.fail_on,
        allow_unknown=allow_unknown or book.allow_unknown,
    )
