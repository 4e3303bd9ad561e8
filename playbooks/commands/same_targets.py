"""``same``: which targets are one device, and what a person decides about the doubtful ones."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.bars import working
from playbooks.commands.here import Here, here
from playbooks.commands.speaking import App, lesson
from playbooks.commands.stored_runs import RunNumber, stored
from playbooks.commands.tabular import show
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.same import Pair, Sameness

_KINDS = {
    "serial": Text("序列号", "serial number"),
    "chassis": Text("机箱标识", "chassis id"),
    "engine": Text("SNMP 引擎", "SNMP engine"),
    "host-key": Text("SSH 主机密钥", "SSH host key"),
    "address": Text("地址", "address"),
    "floating": Text("浮动地址", "floating address"),
    "macs": Text("接口 MAC", "interface MAC"),
    "hostname": Text("主机名", "host name"),
    "make": Text("型号", "model"),
}
_STANDINGS = {
    "merged": Text("同一设备", "one device"),
    "one": Text("同一设备（人工）", "one device, as decided"),
    "apart": Text("不是同一设备（人工）", "apart, as decided"),
    "redundant": Text("互为主备的两台", "a redundant pair"),
    "doubtful": Text("待确认", "to be decided"),
    "stack": Text("堆叠", "a stack"),
}


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    group = App(
        help=lesson(
            "同一设备的多个地址：自动合并的、有疑问的、人工确认的",
            "One device at several addresses: what was merged, what is in doubt, what a person decided",
            "hecha same list",
            'hecha same decide fw-a fw-b --apart --reason "两个虚拟系统"',
        )
    )
    group.command(
        "list",
        help=lesson(
            "列出一次运行中哪些目标是同一设备，依据是什么，什么与之矛盾",
            "Lists which targets of a run are one device, by which words, and what contradicts",
            "hecha same list",
            "hecha same list --run 3 --json",
        ),
    )(list_)
    group.command(
        help=lesson(
            "记下两个目标是否同一设备，以后每次运行都算数",
            "Keeps whether two targets are one device; it counts in every later run",
            'hecha same decide core core-lo0 --one --reason "同一台的环回地址"',
            'hecha same decide fw-a fw-b --apart --reason "两个虚拟系统"',
        )
    )(decide)
    group.command(
        help=lesson(
            "收回对两个目标的决定，重新按依据判断；记录仍保留",
            "Takes back what was decided on two targets: what they share judges again; the record stays",
            'hecha same withdraw fw-a fw-b --reason "核实为同一台"',
        )
    )(withdraw)
    app.add_typer(group, name="same")


def list_(
    number: RunNumber = None,
    as_json: Annotated[bool, typer.Option("--json", help=tell("每对一行 JSON", "One JSON object a pair"))] = False,
) -> None:
    """Which targets of a run are one device."""
    from inventory.same import sameness
    from inventory.store import StoredNetwork

    at = here()
    with at.store(create=False) as store, working(at.err, Text("比较", "Comparing")):
        found = sameness(StoredNetwork(store, stored(store, number)), store.decisions())
    if as_json:
        for line in _lines(found):
            at.json(line)
        return
    headings = (Text("判断", "Standing"), Text("目标", "Targets"), Text("依据", "Shared"), Text("矛盾", "Against"))
    show((*headings, Text("决定", "Decision")), _rows(at, found))
    if found.weak:
        at.say(
            "{n} 个序列号或标识不能区分设备，未采用；见 --json",
            "{n} serial numbers or identifiers tell nobody apart and were set aside; see --json",
            n=len(found.weak),
        )


def _rows(at: Here, found: Sameness) -> Iterator[tuple[str, str, str, str, str]]:
    for stack in found.stacks:
        serials = ", ".join(each.serial or "" for each in stack.members)
        yield _standing(at, "stack"), stack.target, serials, "", ""
    for pair in found.pairs:
        shared = "; ".join(f"{_kind(at, hint.kind)} {hint.value}" for hint in pair.shared)
        against = "; ".join(f"{_kind(at, each.kind)} {each.a} ≠ {each.b}" for each in pair.against)
        said = pair.decision
        decision = f"{said.decided_by} {said.decided_at:%Y-%m-%d}: {said.reason}" if said else ""
        yield _standing(at, pair.standing), f"{pair.a} = {pair.b}", shared, against, decision


def _kind(at: Here, kind: str) -> str:
    return _KINDS[kind].say(at.language)


def _standing(at: Here, standing: str) -> str:
    """Words at a terminal, a code for programs."""
    return _STANDINGS[standing].say(at.language) if at.is_terminal else standing


def _lines(found: Sameness) -> Iterator[dict[str, object]]:
    for stack in found.stacks:
        yield {"standing": "stack", "target": stack.target, "serials": [each.serial for each in stack.members]}
    for pair in found.pairs:
        yield _line(pair)
    for each in found.weak:
        why = each.why.say(here().language)
        yield {"standing": "weak", "target": each.target, "kind": each.kind, "value": each.value, "why": why}


def _line(pair: Pair) -> dict[str, object]:
    said = pair.decision
    return {
        "standing": pair.standing,
        "targets": [pair.a, pair.b],
        "shared": [{"kind": hint.kind, "value": hint.value} for hint in pair.shared],
        "against": [{"kind": each.kind, "values": [each.a, each.b]} for each in pair.against],
        "decision": {"by": said.decided_by, "at": said.decided_at.isoformat(), "reason": said.reason} if said else None,
    }


One = Annotated[str, typer.Argument(metavar="A", help=tell("一个目标。例：core", "One target. Example: core"))]
Other = Annotated[
    str, typer.Argument(metavar="B", help=tell("另一个目标。例：core-lo0", "The other. Example: core-lo0"))
]
Reason = Annotated[
    str,
    typer.Option(
        "--reason", metavar="TEXT", help=tell("理由。例：--reason 环回地址", "Why. Example: --reason loopback")
    ),
]
By = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="NAME",
        help=tell("谁决定的，默认当前用户。例：--by 王工", "Who decides, you by default. Example: --by wang"),
    ),
]


def decide(
    a: One,
    b: Other,
    reason: Reason,
    one: Annotated[
        bool | None, typer.Option("--one/--apart", help=tell("是同一设备，或不是", "They are one device, or are not"))
    ] = None,
    by: By = "",
) -> None:
    """Keeps a decision on two targets."""
    from inventory.same import APART, ONE

    if one is None:
        raise InputError("same decide", Text("请写明 --one 或 --apart", "say --one or --apart"))
    _keep(a, b, ONE if one else APART, reason, by)


def withdraw(a: One, b: Other, reason: Reason, by: By = "") -> None:
    """Takes a decision on two targets back."""
    from inventory.same import WITHDRAWN

    _keep(a, b, WITHDRAWN, reason, by)


def _keep(a: str, b: str, said: str, reason: str, by: str) -> None:
    """Appends a decision; InputError for targets that the newest run lacks, and for nothing to take back."""
    from inventory.same import DECISION, WITHDRAWN, subject
    from inventory.store.records import Decision

    if a == b:
        raise InputError(f"{a} {b}", Text("应是两个不同的目标", "expected two different targets"))
    at = here()
    with at.store(create=False) as store:
        run = stored(store, None)
        for name in (a, b):
            if store.record(run, name) is None:
                raise InputError(name, Text(f"第 {run} 次运行没有这个目标", f"run {run} has no such target"))
        standing = store.decisions().get((DECISION, subject(a, b)))
        if said == WITHDRAWN and (standing is None or standing.decision == WITHDRAWN):
            raise InputError(f"{a} {b}", Text("没有可收回的决定", "nothing was decided on them"))
        store.decide(Decision(DECISION, subject(a, b), said, reason, by or getpass.getuser(), datetime.now(UTC)))
    at.say("已记下", "kept")
