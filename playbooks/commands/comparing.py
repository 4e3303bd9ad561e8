"""``register compare`` and ``register worksheet``: the register held against what a run found."""

from __future__ import annotations

import getpass
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.bars import working
from playbooks.commands.here import here
from playbooks.commands.speaking import App, lesson
from playbooks.commands.stored_runs import RunNumber, stored
from playbooks.commands.tabular import show
from playbooks.commands.writing import refuse_existing
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.decisions import Disputed, Stranger
    from inventory.reconcile import Reconciled
    from inventory.register import Register
    from inventory.store import Decision
    from playbooks.comparing import Compared

_MOST_SHOWN = 20
_STALE_DAYS = 30.0
_HEADINGS = (
    Text("差异", "Difference"),
    Text("单位", "Unit"),
    Text("站点", "Site"),
    Text("设备", "Device"),
    Text("资产编号", "Asset no."),
    Text("目标", "Target"),
    Text("字段", "Field"),
    Text("登记值", "Declared"),
    Text("发现值", "Found"),
    Text("决定", "Decision"),
)
UnitName = Annotated[
    str | None,
    typer.Option(
        "--unit",
        metavar="NAME",
        help=tell("只看这个单位。例：--unit 某镇人民政府", "This unit only. Example: --unit 'Town Hall'"),
    ),
]
SiteName = Annotated[
    str | None,
    typer.Option(
        "--site", metavar="NAME", help=tell("只看这个站点。例：--site town-1", "This site only. Example: --site town-1")
    ),
]
StaleAfter = Annotated[
    float,
    typer.Option(
        "--stale-after",
        metavar="DAYS",
        min=0,
        help=tell(
            "多少天以前的发现算过旧。例：--stale-after 90",
            "Days after which what was found is stale. Example: --stale-after 90",
        ),
    ),
]


def add_to(group: App) -> None:
    """Puts the commands of this module beside the others of ``register``."""
    group.command(
        help=lesson(
            "登记表与一次运行的发现对照：一致、未登记、未找到、不符、过旧",
            "Holds the register against a run: matched, undeclared, not found, conflicting, stale",
            "hecha register compare",
            "hecha register compare --site town-1",
            "hecha register compare --totals",
            more=Text(
                "一致的只在 --all 和 --json 时列出；--totals 按单位和站点列数目。",
                "What matches is listed with --all and --json only; --totals counts by unit and site.",
            ),
        )
    )(compare)
    group.command(
        help=lesson(
            "把待定的不同之处写成核对表，供单位填写后交回",
            "Writes what is to be decided as a worksheet that a unit fills in and sends back",
            "hecha register worksheet -o 核对表.xlsx",
            "hecha register import 核对表.xlsx",
            more=Text(
                "交回的文件用 register import 原样导入；已决定的不再列出。",
                "The file comes back by register import as it is; what was decided is not listed again.",
            ),
        )
    )(worksheet)


def compare(
    number: RunNumber = None,
    unit: UnitName = None,
    site: SiteName = None,
    stale_after: StaleAfter = _STALE_DAYS,
    every: Annotated[bool, typer.Option("--all", help=tell("一致的也列出", "Lists what matches as well"))] = False,
    totals: Annotated[
        bool, typer.Option("--totals", help=tell("按单位和站点列数目", "Counts by unit and site"))
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=tell("每台设备一行 JSON", "One JSON object a device"))
    ] = False,
) -> None:
    """Register and run compared."""
    from inventory.reconcile import Difference
    from playbooks.comparing import compared

    at = here()
    with at.store(create=False) as store:
        with working(at.err, Text("对照", "Comparing")):
            run = stored(store, number)
            told = compared(store, run, unit=unit, site=site, stale_after_days=stale_after)
        found = told.reconciled
        if as_json:
            for each in found:
                at.json(_plain(told, each))
        elif totals:
            _show_totals(found)
        else:
            shown = [each for each in found if every or each.difference is not Difference.MATCHED]
            show(_HEADINGS, (row for each in shown for row in _rows(told, each)))
    counts = Counter(each.difference for each in found)
    said = ", ".join(f"{_word(d)} {counts[d]}" for d in Difference if counts[d]) or "-"
    at.say("第 {run} 次运行：{said}", "run {run}: {said}", run=run, said=said)


def _word(difference: object) -> str:
    from inventory.reconcile import Difference
    from reports.wording import DIFFERENCES

    return DIFFERENCES[Difference(str(difference))].say(here().language)


def _rows(told: Compared, each: Reconciled) -> Iterator[tuple[object, ...]]:
    """A line a conflict, or one for the device: words at a terminal, codes for programs."""
    at = here()
    word = _word(each.difference) if at.is_terminal else each.difference.value
    place = (word, each.unit or "", each.site or "", each.subject, each.asset_no or "", each.target or each.heard_by)
    for conflict in each.conflicts:
        values = (conflict.field.say(at.language), conflict.declared, conflict.found)
        yield (*place, *values, _decided(told.decision(each, conflict)))
    if not each.conflicts:
        yield (*place, "", "", _last_found(told, each) or "", _decided(told.decision(each)))


def _decided(decision: Decision | None) -> str:
    from inventory.decisions import Ruling

    if decision is None:
        return ""
    word = next((r.text.say(here().language) for r in Ruling if r == decision.decision), decision.decision)
    return f"{word}: {decision.reason}" if decision.reason else word


def _last_found(told: Compared, each: Reconciled) -> str | None:
    """The day a device that is not there now, or was seen long ago, last answered."""
    if each.target is None or each.difference not in ("not-found", "stale"):
        return None
    day = told.last_found(each.target)
    return day.isoformat() if day else None


def _plain(told: Compared, each: Reconciled) -> dict[str, object]:
    names = ("subject", "unit", "site", "asset_no", "target", "matched_by", "heard_by")
    conflicts = [
        {
            "field": c.field.en,
            "declared": c.declared,
            "found": c.found,
            "decision": _decided(told.decision(each, c)) or None,
        }
        for c in each.conflicts
    ]
    return {
        "difference": each.difference.value,
        **{name: getattr(each, name) for name in names},
        "conflicts": conflicts,
        "last_found": _last_found(told, each),
        "decision": _decided(told.decision(each)) or None,
    }


def _show_totals(found: Iterable[Reconciled]) -> None:
    from inventory.reconcile import Difference, totals

    counts = totals(found)
    headings = (Text("单位", "Unit"), Text("站点", "Site"), *(Text(_word(d), _word(d)) for d in Difference))
    order = sorted(counts, key=lambda place: tuple(word or "" for word in place))
    show(headings, ((unit or "-", site or "-", *(counts[unit, site][d] for d in Difference)) for unit, site in order))


def worksheet(
    path: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help=tell(
                "写到哪个 xlsx 文件，不覆盖。例：-o 核对表.xlsx",
                "The xlsx file to write; nothing is overwritten. Example: -o compare.xlsx",
            ),
        ),
    ],
    number: RunNumber = None,
    unit: UnitName = None,
    site: SiteName = None,
    stale_after: StaleAfter = _STALE_DAYS,
) -> None:
    """Writes the worksheet."""
    from inventory.workbook.worksheet import write_worksheet
    from playbooks.comparing import compared

    at = here()
    refuse_existing(path)
    with at.store(create=False) as store, working(at.err, Text("对照", "Comparing")):
        run = stored(store, number)
        found = compared(store, run, unit=unit, site=site, stale_after_days=stale_after)
        disputed, strangers = list(found.disputed()), list(found.strangers())
        write_worksheet(disputed, strangers, path)
    at.say(
        "已写 {path}：核对 {n} 行，未登记 {m} 行",
        "wrote {path}: {n} rows to compare, {m} undeclared",
        path=path,
        n=len(disputed),
        m=len(strangers),
    )


def take_decisions(path: Path) -> tuple[Register, Register, int]:
    """Takes a filled-in worksheet over whole or not at all, and tells which rows stay open.

    The register before and after it, and its version. InputError for bad cells and where no register is there yet.
    """
    from inventory.workbook.worksheet import read_worksheet
    from playbooks.comparing import rulings

    at = here()
    with at.store(create=False) as store:
        before = store.register()
        if before is None:
            raise InputError(at.project.database, Text("还没有导入过登记表", "no register was imported yet"))
        with working(at.err, Text("读取核对表", "Reading the worksheet")):
            outcome = read_worksheet(path, before)
        decided = rulings(outcome.decided, getpass.getuser(), datetime.now(UTC))
        version = store.save_register(outcome.register, path.name, decided=decided)
    for line in _open_rows(outcome.undecided):
        at.print(line)
    at.say(
        "已决定 {n} 行，未决定 {m} 行",
        "{n} rows decided, {m} left open",
        n=len(outcome.decided),
        m=len(outcome.undecided),
    )
    return before, outcome.register, version.id


def _open_rows(rows: tuple[Disputed | Stranger, ...]) -> Iterator[str]:
    for row in rows[:_MOST_SHOWN]:
        kind, subject = row.key
        yield tell("  ? {kind} {subject}", "  ? {kind} {subject}", kind=_kind(kind), subject=subject)
    if len(rows) > _MOST_SHOWN:
        yield tell("  ……另有 {n} 行", "  … and {n} rows more", n=len(rows) - _MOST_SHOWN)


def _kind(kind: str) -> str:
    from inventory.decisions import Dispute

    return Dispute.EMPTY.text.say(here().language) if kind == Dispute.EMPTY else _word(kind)
