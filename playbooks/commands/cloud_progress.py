"""``systems``, ``rooms``: how far each business system is on its way to the cloud, and which rooms that leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.bars import working
from playbooks.commands.here import Here, here
from playbooks.commands.options import AsJson
from playbooks.commands.speaking import App, lesson
from playbooks.commands.stored_runs import RunNumber, book_of, stored, today
from playbooks.commands.tabular import show
from playbooks.language import tell

if TYPE_CHECKING:
    from checks.claims import Sign
    from inventory.store import Store
    from reports.model import Result
    from reports.rooms import RoomLine
    from reports.systems import Share, SystemLine

_GROUPINGS = ("unit", "wave", "date")


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    app.command(
        help=lesson(
            "业务系统上云：状态、批次、证据与结论、国产化技术栈",
            "Business systems on their way to the cloud: state, wave, evidence, verdict, domestic stack",
            "hecha systems",
            "hecha systems --by wave",
            "hecha systems --json | jq .against",
            more=Text(
                "与实测矛盾的申报不计入上云率。云的地址段写在剧本的 policy.cloud.prefixes。",
                "A claim that something found contradicts does not count. The cloud's address blocks stand in the "
                "playbook's policy.cloud.prefixes.",
            ),
        )
    )(systems)
    app.command(
        help=lesson(
            "哪些机房可以关闭，其余的还有什么在用",
            "Which machine rooms can be closed, and what still keeps the others open",
            "hecha rooms",
            "hecha rooms --run 3 --json",
        )
    )(rooms)


def systems(
    number: RunNumber = None,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="unit|wave|date",
            help=tell(
                "按单位、批次或到期日（截至当日应上云的）列出上云率，分子分母列名称。例：--by wave",
                "The rate by unit, wave or due date (of all that was due by then), numerator and denominator by name. "
                "Example: --by wave",
            ),
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """How far each business system is on its way to the cloud."""
    from reports.systems import shares

    if by and by not in _GROUPINGS:
        raise InputError(f"--by {by}", Text("应是 unit、wave 或 date", "expected unit, wave or date"))
    at = here()
    with at.store(create=False) as store:
        _, lines = _told(at, store, number)
    if by:
        _show_shares(at, shares(lines, by), by, as_json=as_json)
        return
    if as_json:
        for line in lines:
            at.json(_json(at, line))
        return
    headings = (Text("系统", "System"), Text("单位", "Unit"), Text("状态", "State"), Text("批次", "Wave"))
    more = (Text("批次日期", "Wave date"), Text("部署位置", "Hosted"), Text("结论", "Verdict"))
    last = (Text("反证", "Against"), Text("佐证", "For"), Text("技术栈", "Stack"))
    none = Text("登记表没有登记业务系统", "the register declares no business system")
    show((*headings, *more, *last), (_cells(at, line) for line in lines), none)


def _told(at: Here, store: Store, number: int | None) -> tuple[Result, list[SystemLine]]:
    """A stored run, and its business systems judged with the blocks that its playbook calls the cloud's."""
    from checks.policies import CloudPolicy, policies_from
    from playbooks.reporting import result
    from reports.systems import system_lines

    run = stored(store, number)
    book = book_of(at, store, run)
    prefixes = policies_from(book.policy).of(CloudPolicy).prefixes
    told = result(at.project, store, run, book, today())
    with working(at.err, Text("汇总", "Summing up")):
        return told, list(system_lines(told.views.systems(), prefixes))


def _cells(at: Here, line: SystemLine) -> Iterator[str]:
    from inventory.register import Hosting, MigrationState
    from reports.systems import STANDINGS, stack_words

    view = line.view
    states = {each.value: each.text.say(at.language) for each in (*MigrationState, *Hosting)}
    yield view.name
    yield view.unit or ""
    yield states.get(view.state or "", "") if at.is_terminal else view.state or ""
    yield view.wave or ""
    yield view.wave_date.isoformat() if view.wave_date else ""
    yield states.get(view.hosted or "", "") if at.is_terminal else view.hosted or ""
    yield STANDINGS[line.standing].say(at.language) if at.is_terminal else line.standing.value
    for stands in (False, True):
        yield "; ".join(sign.seen.say(at.language) for sign in line.told(stands=stands))
    yield stack_words(line.stack, at.language)


def _json(at: Here, line: SystemLine) -> dict[str, object]:
    view = line.view

    def told(signs: tuple[Sign, ...]) -> list[dict[str, str]]:
        return [{"check": f"cloud.{sign.kind}", "seen": sign.seen.say(at.language)} for sign in signs]

    return {
        "system": view.name,
        "unit": view.unit,
        "state": view.state,
        "wave": view.wave,
        "wave_date": view.wave_date.isoformat() if view.wave_date else None,
        "hosted": view.hosted,
        "verdict": line.standing.value,
        "counts": line.counts,
        "against": told(line.told(stands=False)),
        "for": told(line.told(stands=True)),
        "unknown": told(line.told(stands=None)),
        "servers": [{"target": host.target, "role": host.role, "address": str(host.ip)} for host in view.hosts],
        "stack": [
            {"layer": p.layer, "product": p.product.id, "domestic": p.product.domestic, "by": p.by}
            for p in line.stack.parts
        ],
        "domestic": line.stack.domestic,
        "exception": {
            "reason": view.exception_reason,
            "approver": view.exception_approver,
            "data_interface": view.data_interface,
        },
    }


def _show_shares(at: Here, found: list[Share], by: str, *, as_json: bool) -> None:
    if as_json:
        for share in found:
            at.json(
                {by: share.group, "percent": round(share.percent, 1), "done": list(share.done), "total": share.total}
                | {"left": list(share.left), "contradicted": list(share.contradicted)}
            )
        return
    named = {"unit": Text("单位", "Unit"), "wave": Text("批次", "Wave"), "date": Text("截至", "Due by")}[by]
    headings = (named, Text("上云率 %", "Rate %"), Text("已上云", "On the cloud"), Text("未上云", "Not yet"))
    cells = (
        (s.group, f"{s.percent:.1f} ({len(s.done)}/{s.total})", ", ".join(s.done), ", ".join(s.left)) for s in found
    )
    show(headings, cells)


def rooms(number: RunNumber = None, as_json: AsJson = False) -> None:
    """Which machine rooms can be closed."""
    from reports.rooms import ROOM_STATES, RoomLines

    at = here()
    with at.store(create=False) as store:
        told, lines = _told(at, store, number)
        found = list(RoomLines(told.register, told.network, lines))
    if as_json:
        for line in found:
            at.json(_room_json(at, line))
        return
    headings = (Text("机房", "Room"), Text("单位", "Unit"), Text("计划并入", "To merge by"), Text("结论", "Verdict"))
    more = (Text("仍在用", "Kept by"), Text("不清楚", "Not known"))
    show(
        (*headings, *more),
        (
            (
                line.room.name,
                line.room.unit,
                line.room.plan_merge_date or "",
                ROOM_STATES[line.state].say(at.language) if at.is_terminal else line.state,
                "; ".join(text.say(at.language) for text in line.keeps),
                "; ".join(text.say(at.language) for text in line.open),
            )
            for line in found
        ),
        Text("登记表没有登记机房", "the register declares no machine room"),
    )


def _room_json(at: Here, line: RoomLine) -> dict[str, object]:
    day = line.room.plan_merge_date
    return {
        "room": line.room.name,
        "unit": line.room.unit,
        "standalone": line.room.standalone,
        "plan_merge_date": day.isoformat() if day else None,
        "verdict": line.state,
        "keeps": [text.say(at.language) for text in line.keeps],
        "unknown": [text.say(at.language) for text in line.open],
    }
