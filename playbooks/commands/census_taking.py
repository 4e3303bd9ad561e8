"""``census``: what there is, a line a device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import ExitCode, InputError
from inventory.text import Text
from playbooks.commands.bars import Bars, bars
from playbooks.commands.here import Here, here, json_line
from playbooks.commands.options import Replay, Targets
from playbooks.commands.speaking import App, lesson
from playbooks.commands.writing import whole_file
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.register import Register
    from playbooks.schema import Collect

_PROBE = "probe"
Rows = Callable[[Bars], Iterator[tuple[dict[str, object], bool]]]  # each row, and whether anything answered


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=lesson(
            "只采集，每个目标一行 JSON",
            "Collects only, one JSON object a target",
            "hecha census --targets targets.csv --out census.jsonl",
            "hecha census -t targets.csv --with snmp,cli,probe | jq .model",
            more=Text(
                "在任何文件夹都能用，不必先 init。目标表至少有 address 一列。",
                "Works in any folder, without init. A target list needs no column but address.",
            ),
        )
    )(census)


Sources = Annotated[
    str,
    typer.Option(
        "--with",
        metavar="LIST",
        help=tell(
            "依次用什么问：snmp、cli、napalm，以及探测已登记业务系统的 probe。例：--with snmp,cli",
            "What to ask by, in order: snmp, cli, napalm, and probe for the declared business systems. "
            "Example: --with snmp,cli",
        ),
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help=tell(
            "写到哪个文件，默认标准输出。例：-o census.jsonl",
            "File to write; standard output by default. Example: -o census.jsonl",
        ),
    ),
]
Workers = Annotated[
    int,
    typer.Option(
        "--workers",
        metavar="N",
        min=1,
        max=1024,
        help=tell(
            "同时问几台，1 到 1024。例：--workers 64", "How many to ask at a time, 1 to 1024. Example: --workers 64"
        ),
    ),
]


def census(
    targets: Targets = None,
    sources: Sources = "snmp,cli",
    out: Out = None,
    workers: Workers = 32,
    replay: Replay = None,
) -> None:
    """Asks every target and writes a line for each."""
    at = here()
    collect = _collect(sources, workers)
    parts: list[Rows] = []
    if replay is not None or any(source != _PROBE for source in collect.sources):
        parts.append(_devices(at, collect, targets, replay))
    if replay is None and _PROBE in collect.sources:
        parts.append(_systems(at, collect))
    total = silent = 0
    with bars(at.err) as progress, whole_file(out) as file:
        for row, has_answered in chain.from_iterable(part(progress) for part in parts):
            file.write(json_line(row) + "\n")
            total += 1
            silent += not has_answered
    at.say("{n} 行，{m} 个没有应答", "{n} lines, {m} did not answer", n=total, m=silent)
    raise typer.Exit(ExitCode.INCOMPLETE if silent or not total else ExitCode.COMPLIANT)


def _collect(sources: str, workers: int) -> Collect:
    from playbooks.schema import SOURCES, Collect

    named = tuple(dict.fromkeys(word.strip() for word in sources.split(",") if word.strip()))
    if not named or set(named) - set(SOURCES):
        known = ", ".join(SOURCES)
        raise InputError(f"--with {sources}", Text(f"应是 {known} 中的若干个", f"expected some of {known}"))
    return Collect(sources=named, workers=workers)


def _devices(at: Here, collect: Collect, targets: Path | None, replay: Path | None) -> Rows:
    """The devices' rows, everything that a person wrote found good before the first is asked."""
    from collectors.gather import gather_all
    from inventory.credentials import Logins
    from inventory.snapshot import State
    from inventory.targets import read_targets
    from playbooks.collecting import asking, check_logins, check_platforms
    from playbooks.excluding import Exclusions
    from playbooks.wanted import CENSUS
    from reports.census_rows import census_row

    path = targets or at.project.targets("targets.csv")
    wanted = read_targets(path, Exclusions(at.project).refusal if replay is None else None)
    if not wanted:
        raise InputError(str(path), Text("没有任何目标", "lists no target"))
    check_platforms(path, wanted)
    if replay is not None and not replay.is_dir():
        raise InputError(str(replay), Text("没有这个采集文件夹", "no such folder of captures"))
    logins = at.logins() if replay is None else Logins()
    if replay is None:
        check_logins(wanted, logins)
    asked = asking(at.project, collect, CENSUS, logins, replay=replay)

    def rows(progress: Bars) -> Iterator[tuple[dict[str, object], bool]]:
        progress.begin(Text("采集设备", "Collecting devices"), len(wanted))
        for snapshot in gather_all(wanted, asked, collect.workers):
            yield census_row(snapshot), snapshot.record.state is State.ANSWERED
            progress.step()

    return rows


def _systems(at: Here, collect: Collect) -> Rows:
    """The business systems' rows: names, ports and pages as they answer."""
    from inventory.codec import encode_facts
    from inventory.facts import ServiceProbe
    from playbooks.collecting import probed, resolvers, services
    from playbooks.excluding import Exclusions

    wanted = list(services(_register(at)))
    name_servers, permits = resolvers(at.project, collect), Exclusions(at.project).permits
    if not wanted:
        at.say(
            "没有登记业务系统，无可探测；见 hecha register import --help",
            "no business system is declared, nothing to probe; see hecha register import --help",
        )

    def rows(progress: Bars) -> Iterator[tuple[dict[str, object], bool]]:
        progress.begin(Text("探测业务系统", "Probing business systems"), len(wanted))
        for service, snapshot in probed(wanted, name_servers, collect.workers, permits):
            told = snapshot.fact(ServiceProbe)
            answers = isinstance(told, ServiceProbe) and any(port.open for port in told.ports)
            yield {"system": service.system, "url": service.url, "facts": encode_facts(snapshot.facts)}, answers
            progress.step()

    return rows


def _register(at: Here) -> Register:
    from inventory.register import Register

    database = at.project.database
    if "://" not in database and not Path(database).exists():
        return Register()
    with at.store(create=False) as store:
        return store.register() or Register()
