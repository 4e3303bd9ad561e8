"""``traffic``: what links carry, read at an interval."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import ExitCode, InputError
from inventory.text import Text
from playbooks.commands.completing import playbook_names
from playbooks.commands.here import Here, here
from playbooks.commands.options import Targets
from playbooks.commands.speaking import App, lesson
from playbooks.language import tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectors.gather import Asking
    from collectors.polling import Watched
    from inventory.addresses import IPAddress
    from inventory.store import Store
    from inventory.targets import Target
    from playbooks.polling import Round
    from playbooks.schema import Echo

_TRIES = 2  # a poll that gets no answer is a missed sample: the next interval asks again


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=lesson(
            "定时读取已登记链路接口的计数器",
            "Reads the counters of the declared links' interfaces at an interval",
            "hecha traffic",
            "hecha traffic --every 60 --rounds 30",
            "hecha traffic --playbook night-audit",
            more=Text(
                "每轮每台设备只发一两个 SNMP 请求和一次 TCP 连接，一直读到 Ctrl-C；之后的 run "
                "据此判定余量、双向流量、错包和时延。剧本写了 collect.echo 的，还向设备另一种地址族的地址连接一次，"
                "之后的 run 据此判定 IPv6 可达和时延。",
                "A round sends a device one or two SNMP requests and one TCP connect; it goes on until Ctrl-C. Later "
                "runs judge headroom, both directions, errors and latency by it. With a playbook that sets "
                "collect.echo, one connect more goes to the device's address of the other family; later runs judge "
                "by it how IPv6 answers.",
            ),
        )
    )(traffic)


Playbook = Annotated[
    str | None,
    typer.Option(
        "--playbook",
        metavar="NAME",
        help=tell(
            "剧本，其 collect.echo 允许经两种地址族各连接一次。例：--playbook night-audit",
            "Playbook whose collect.echo allows a connect over both families. Example: --playbook night-audit",
        ),
        autocompletion=playbook_names,
    ),
]
Every = Annotated[
    float,
    typer.Option(
        "--every",
        metavar="SECONDS",
        min=1,
        max=86400,
        help=tell(
            "每隔多少秒读一次，1 到 86400。例：--every 60",
            "Seconds between two reads, 1 to 86400. Example: --every 60",
        ),
    ),
]
Rounds = Annotated[
    int | None,
    typer.Option(
        "--rounds",
        metavar="N",
        min=1,
        help=tell(
            "读几轮，至少 1，默认一直读。例：--rounds 12",
            "How many rounds, 1 at least; without end by default. Example: --rounds 12",
        ),
    ),
]
Rate = Annotated[
    float,
    typer.Option(
        "--rate",
        metavar="N",
        min=0.1,
        max=1000,
        help=tell(
            "每秒最多开始读几台设备，0.1 到 1000。例：--rate 5",
            "Devices begun in a second at most, 0.1 to 1000. Example: --rate 5",
        ),
    ),
]
KeepDays = Annotated[
    int,
    typer.Option(
        "--keep-days",
        metavar="N",
        min=1,
        max=3660,
        help=tell(
            "保留多少天，1 到 3660。例：--keep-days 90",
            "Days that reads are kept, 1 to 3660. Example: --keep-days 90",
        ),
    ),
]


def traffic(
    targets: Targets = None,
    playbook: Playbook = None,
    every: Every = 300,
    rounds: Rounds = None,
    rate: Rate = 20,
    keep_days: KeepDays = 35,
) -> None:
    """Polls until stopped, or for so many rounds; exits with 3 where a device never answered."""
    from inventory.targets import read_targets
    from playbooks.excluding import Exclusions
    from playbooks.lock import only_run
    from playbooks.polling import Rhythm, watch
    from playbooks.schema import Collect

    at = here()
    path = targets or at.project.targets("targets.csv")
    exclusions = Exclusions(at.project)
    listed = read_targets(path, exclusions.refusal)
    echo = None if playbook is None else _echo(playbook, at)
    rate = rate if echo is None else min(rate, echo.per_second)
    rhythm = Rhythm(every, rounds, rate, Collect().workers, timedelta(days=keep_days))
    with at.store() as store:
        devices = _devices(store, listed, None if echo is None else exclusions.permits)
        if not devices:
            none = "登记表里没有终结在这些目标上的链路", "the register has no link that ends on one of these targets"
            raise InputError(str(path), Text(*none))
        asked = _asking(at, [device.target for device in devices])
        answered = 0
        with only_run(at.project, "traffic"):
            for told in watch(store, devices, asked, rhythm):
                answered = max(answered, told.answered)
                _tell(at, told)
    raise typer.Exit(ExitCode.COMPLIANT if answered == len(devices) else ExitCode.INCOMPLETE)


def _devices(store: Store, listed: list[Target], permits: Callable[[IPAddress], bool] | None) -> list[Watched]:
    """The targets that declared links end on; with ``permits`` each with its address of the other family."""
    from playbooks.polling import other_family_of, platforms_of, watched

    register = store.register()
    other = None if permits is None else other_family_of(store, listed, permits)
    return watched(register, listed, platforms_of(store), other) if register else []


def _asking(at: Here, targets: list[Target]) -> Asking:
    """How they are polled; InputError where nothing supplies a login of one."""
    from playbooks.collecting import asking, check_logins
    from playbooks.schema import Collect

    logins = at.logins()
    check_logins(targets, logins)
    return asking(at.project, Collect(sources=("snmp",), tries=_TRIES), (), logins)


def _tell(at: Here, told: Round) -> None:
    at.say(
        "第 {n} 轮：{m} 台中 {k} 台应答，{i} 个接口",
        "round {n}: {k} of {m} devices answered, {i} interfaces",
        n=told.number,
        m=told.devices,
        k=told.answered,
        i=told.interfaces,
    )


def _echo(name: str, at: Here) -> Echo:
    """What a playbook allows; InputError where it does not let devices be asked over both families."""
    from playbooks.schema import playbook

    echo = playbook(name, at.project.root).collect.echo
    if echo is None:
        raise InputError(
            name,
            Text(
                "剧本没有 collect.echo，不允许经另一种地址族连接设备",
                "the playbook has no collect.echo: it does not let devices be asked over the other family",
            ),
        )
    return echo
