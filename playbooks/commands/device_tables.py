"""``tables``: what one device told, table by table, out of the store."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError, Missing
from inventory.snapshot import State
from inventory.text import Text
from inventory.words.facts import fact_text
from inventory.words.reasons import reason
from playbooks.commands.completing import table_names, target_names
from playbooks.commands.here import Here, here
from playbooks.commands.options import AsOf, end_of
from playbooks.commands.speaking import App, lesson
from playbooks.commands.stored_runs import asked
from playbooks.commands.tabular import moment, show
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.snapshot import Snapshot
    from inventory.store import Store
    from reports.device_tables import DeviceTable, Told


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        "tables",
        help=lesson(
            "一台设备的接口、地址、邻居、ARP、MAC、路由、模块、传感器、软件等各表",
            "Tables of one device: interfaces, addresses, neighbours, ARP, MACs, routes, modules, sensors, software …",
            "hecha tables core-1",
            "hecha tables core-1 interfaces arp",
            "hecha tables core-1 --json | jq .facts.Interfaces",
            more=Text(
                "取自最后一次有应答的运行；没有读到的表写明原因。可选的表：interfaces、addresses、neighbours、arp、macs、routes、"
                "modules、sensors、storage、software、services、listeners、counters。",
                "Read from the last run in which it answered; a table that was not read says why. Tables: interfaces, "
                "addresses, neighbours, arp, macs, routes, modules, sensors, storage, software, services, listeners, "
                "counters.",
            ),
        ),
    )(tables)


Target = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help=tell("目标的名字或地址。例：core-1", "Name or address of the target. Example: core-1"),
        autocompletion=target_names,
    ),
]
Tables = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[TABLE...]",
        help=tell("要看的表，默认全部。例：interfaces arp", "Tables to show; all by default. Example: interfaces arp"),
        autocompletion=table_names,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help=tell("所有事实，一个 JSON 对象", "All facts, as one JSON object"))]


def tables(target: Target, names: Tables = None, as_of: AsOf = "", as_json: AsJson = False) -> None:
    """What one device told."""
    from reports.device_tables import TABLES, told_of

    at = here()
    chosen = names or list(TABLES)
    if unknown := next((name for name in chosen if name not in TABLES), None):
        known = ", ".join(TABLES)
        raise InputError(unknown, Text(f"没有这个表，应是 {known} 之一", f"no such table; expected one of {known}"))
    with at.store(create=False) as store:
        run, snapshot = _last(store, asked(store, target), end_of(as_of))
    if as_json:
        at.json(_plain(run, snapshot))
        return
    if at.is_terminal:
        record = snapshot.record
        at.print(f"{record.target} · {record.address} · {moment(record.taken_at)} · {tell('运行', 'run')} {run}")
    told = told_of(snapshot)
    for name in chosen:
        _table(at, name, TABLES[name], told, is_asked_for=names is not None)


def _last(store: Store, target: str, until: datetime | None) -> tuple[int, Snapshot]:
    """The run that knows most of the target, which is the last in which it answered, and what it knows."""
    silent: tuple[int, Snapshot] | None = None
    for run in store.runs():
        record = store.record(run.id, target)
        if record is None or (until and record.taken_at > until):
            continue
        if (silent is None or record.state is State.ANSWERED) and (found := store.snapshot(run.id, target)):
            if record.state is State.ANSWERED:
                return run.id, found
            silent = run.id, found
    if silent is None:
        raise InputError(target, Text("没有哪次运行问过这个目标", "no run has asked such a target"))
    return silent


def _plain(run: int, snapshot: Snapshot) -> dict[str, object]:
    from inventory.codec import encode_facts

    record = snapshot.record
    said = {"target": record.target, "address": record.address, "state": record.state.value, "run": run}
    return said | {"taken": record.taken_at.isoformat(), "facts": encode_facts(snapshot.facts)}


def _table(at: Here, name: str, table: DeviceTable, told: Told, *, is_asked_for: bool) -> None:
    from reports.device_tables import cells

    fact = told.snapshot.fact(table.kind)
    title = fact_text(table.kind.__name__).say(at.language)
    if isinstance(fact, Missing):
        why = reason(fact.why).say(at.language)
        if at.is_terminal:
            at.print(f"\n{title}{tell('：未知：', ': not known: ')}{why}")
        elif is_asked_for:
            at.say("{name}：未知：{why}", "{name}: not known: {why}", name=name, why=why)
        return
    rows = table.rows(fact, told)
    if at.is_terminal:
        shown = [cells(row, at.language) for row in rows]
        at.print(f"\n{title} ({len(shown)})")
        show(table.headings, shown)
        return
    show(table.headings, ((name, *cells(row, "en")) for row in rows))
