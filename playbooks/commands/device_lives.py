"""``devices``, ``life``: the census as of a day, and one device over all runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.text import Text
from playbooks.commands.bars import working
from playbooks.commands.differing import change_words, turn_words
from playbooks.commands.here import Here, here
from playbooks.commands.options import AsJson, AsOf, end_of
from playbooks.commands.speaking import App, lesson
from playbooks.commands.stored_runs import asked
from playbooks.commands.tabular import moment, show
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.diff import Change
    from inventory.findings import FindingRow
    from inventory.life import Chapter, Known
    from inventory.store import Store


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    app.command(
        help=lesson(
            "每台设备最后一次的情况，可指定日期",
            "Every device as it was last known, today or as of a day",
            "hecha devices",
            "hecha devices --as-of 2026-06-30 --json",
            more=Text(
                "取自所有运行：不再应答的设备仍列出，并写明从何时起。",
                "Read from all runs: a device that answers no more stays listed, with the day since when.",
            ),
        )
    )(devices)
    app.command(
        help=lesson(
            "一台设备在历次运行中的变化与差距",
            "One device over all runs: what changed, which gaps came and went",
            "hecha life core-1",
            "hecha life core-1 --json | jq .changes",
        )
    )(life)


def devices(
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Every device as it was last known."""
    from inventory.life import known

    at = here()
    with at.store(create=False) as store:
        found = list(known(store.appearances(end_of(as_of))))
        if not found:
            at.say("到这一天还没有采集过任何设备", "no device was asked up to that day")
        if as_json:
            for each in found:
                at.json(_known_line(store, each))
            return
        with working(at.err, Text("汇总", "Summing up")):
            rows = [_known_cells(store, each) for each in found]
    headings = (
        Text("设备", "Device"),
        Text("地址", "Address"),
        Text("厂商", "Vendor"),
        Text("型号", "Model"),
        Text("版本", "Release"),
        Text("序列号", "Serial no."),
        Text("站点", "Site"),
        Text("首次见到", "First seen"),
        Text("最后见到", "Last seen"),
        Text("消失于", "Gone since"),
    )
    show(headings, rows)


def _known_cells(store: Store, each: Known) -> tuple[str, ...]:
    from inventory.facts import Identity

    fact = store.fact(each.run, each.record.target, Identity)
    identity = fact if isinstance(fact, Identity) else Identity()
    said = (identity.vendor, identity.model, identity.release, identity.serial, each.record.site)
    times = (each.first_seen, each.last_seen, each.gone_since)
    return (each.record.target, each.record.address, *(word or "" for word in said), *map(moment, times))


def _known_line(store: Store, each: Known) -> dict[str, object]:
    from reports.census_rows import census_row

    snapshot = store.snapshot(each.run, each.record.target)
    row = census_row(snapshot) if snapshot else {"target": each.record.target, "address": each.record.address}
    return row | {
        "run": each.run,
        "first_seen": _iso(each.first_seen),
        "last_seen": _iso(each.last_seen),
        "gone_since": _iso(each.gone_since),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def life(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help=tell("目标的名字或地址。例：core-1", "Name or address of the target. Example: core-1"),
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """One device over all runs."""
    from checks.model import SubjectKind
    from inventory.life import known
    from inventory.life import life as chapters
    from inventory.store import StoredNetwork

    at = here()
    with at.store(create=False) as store, working(at.err, Text("比较", "Comparing")):
        target = asked(store, target)
        numbers = [run.id for run in reversed(store.runs())]
        found = list(chapters(target, ((number, StoredNetwork(store, number)) for number in numbers)))
        gaps = store.gaps_of(SubjectKind.DEVICE, target)
        (last,) = known((chapter.run, chapter.record) for chapter in found)
        head = _known_cells(store, last)
    if as_json:
        for chapter in found:
            at.json(_chapter_line(chapter))
        for gap in gaps:
            at.json(_gap_line(gap))
        return
    if at.is_terminal:
        at.print(" · ".join(cell for cell in head if cell))
    headings = (Text("时间", "When"), Text("运行", "Run"), Text("变化", "Event"), Text("方面", "Facet"))
    show((*headings, Text("位置", "Place"), Text("旧", "Old"), Text("新", "New")), _page(at, found, gaps))


def _page(at: Here, found: list[Chapter], gaps: list[FindingRow]) -> Iterator[tuple[str, ...]]:
    """Everything that happened, in the order it did."""
    from inventory.gap_changes import Turn

    lines: list[tuple[datetime, tuple[str, ...]]] = []
    state = None
    for chapter in found:
        record, run = chapter.record, str(chapter.run)
        if record.state is not state:
            lines.append((record.taken_at, (run, _state(at, record.state), "", record.address, "", "")))
            state = record.state
        lines += [(record.taken_at, (run, *_change_cells(change))) for change in chapter.changes]
    for gap in gaps:
        for when, turn in ((gap.first_seen, Turn.CAME), (gap.resolved_at, Turn.WENT)):
            if when:
                # A gap is dated by its run, which asks the device a little later.
                its = next((each for each in found if each.record.taken_at >= when), found[-1])
                lines.append((its.record.taken_at, (str(its.run), turn_words(turn), gap.check, gap.place, "", "")))
    return ((moment(when), *cells) for when, cells in sorted(lines, key=lambda line: line[0]))


def _state(at: Here, state: str) -> str:
    from reports.wording import STATES

    if not at.is_terminal:
        return state
    return next(text.say(at.language) for known, text in STATES.items() if known == state)


def _change_cells(change: Change) -> tuple[str, ...]:
    place = " ".join(part for part in (change.place, change.field if change.field != "line" else "") if part)
    return (*change_words(change), place, change.old or "", change.new or "")


def _chapter_line(chapter: Chapter) -> dict[str, object]:
    record = chapter.record
    changes = [
        {"event": c.event, "facet": c.facet, "place": c.place, "field": c.field, "old": c.old, "new": c.new}
        for c in chapter.changes
    ]
    said = {"run": chapter.run, "target": record.target, "state": record.state.value, "address": record.address}
    return said | {"taken": record.taken_at.isoformat(), "changes": changes}


def _gap_line(gap: FindingRow) -> dict[str, object]:
    said = {"gap": gap.check, "place": gap.place, "severity": gap.severity}
    return said | {"first_seen": _iso(gap.first_seen), "resolved_at": _iso(gap.resolved_at)}
