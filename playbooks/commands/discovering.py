"""``discover``: which addresses answer, what they show, and what fell silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import ExitCode, InputError
from inventory.text import Text
from playbooks.commands.bars import bars
from playbooks.commands.here import Here, here
from playbooks.commands.speaking import App, lesson
from playbooks.commands.writing import whole_file
from playbooks.language import tell

if TYPE_CHECKING:
    from collectors.discovery.plan import Plan
    from inventory.sightings import Seen
    from inventory.store import Store
    from playbooks.discovering import Known, Prepared, Wish

_SHOWN_EXCLUSIONS = 20


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=lesson(
            "哪些地址有应答、显露什么、哪些不再应答",
            "Which addresses answer, what they show, and which no longer do",
            "hecha discover 10.1.0.0/24 --dry-run",
            "hecha discover 10.1.0.0/24 10.2.0.10-90 --exclude 10.1.0.7 --targets found.csv",
            "hecha discover --within 10.0.0.0/8 --seed 10.1.0.1 --hops 3",
            "hecha discover --kept --json | jq .address",
            more=Text(
                "范围、排除和速率也可写在 hecha.yaml 的 discovery 里；那里的排除任何参数都取消不了。"
                "先用 --dry-run 看会发什么。",
                "Scopes, exclusions and rate may stand under discovery in hecha.yaml; no option takes back what is "
                "excluded there. Look with --dry-run first.",
            ),
        )
    )(discover)


Scopes = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SCOPE]...",
        help=tell(
            "逐个探测的网段、地址或范围，默认 hecha.yaml 里的。例：10.1.0.0/24 10.2.0.10-90",
            "Networks, addresses or ranges to sweep; hecha.yaml's by default. Example: 10.1.0.0/24 10.2.0.10-90",
        ),
    ),
]
Within = Annotated[
    list[str] | None,
    typer.Option(
        "--within",
        metavar="PREFIX",
        help=tell(
            "其中只问已知的地址（邻居表、登记、DNS、EUI-64），可重复。例：--within fd00:10::/32",
            "Network in which known addresses alone are asked (neighbours, register, DNS, EUI-64). "
            "Example: --within fd00:10::/32",
        ),
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="SCOPE",
        help=tell(
            "绝不触碰的，加在 hecha.yaml 的之上，可重复。例：--exclude 10.1.0.7",
            "Never to be touched, besides those of hecha.yaml; may be repeated. Example: --exclude 10.1.0.7",
        ),
    ),
]
Seeds = Annotated[
    list[str] | None,
    typer.Option(
        "--seed",
        metavar="ADDRESS",
        help=tell(
            "从哪台开始顺着邻居找，可重复。例：--seed 10.1.0.1",
            "Device to begin at and follow its neighbours; may be repeated. Example: --seed 10.1.0.1",
        ),
    ),
]
Hops = Annotated[
    int | None,
    typer.Option(
        "--hops",
        metavar="N",
        min=0,
        max=16,
        help=tell(
            "顺着邻居走几跳，0 到 16，默认 0，有 --seed 时 2。例：--hops 3",
            "How many hops to follow neighbours, 0 to 16: 0 by default, 2 with --seed. Example: --hops 3",
        ),
    ),
]
Kinds = Annotated[
    str,
    typer.Option(
        "--with",
        metavar="LIST",
        help=tell(
            "用什么探测：icmp、snmp、tcp，默认都用。例：--with icmp,tcp",
            "What to ask by: icmp, snmp, tcp; all by default. Example: --with icmp,tcp",
        ),
        show_default=False,
    ),
]
Rate = Annotated[
    float | None,
    typer.Option(
        "--rate",
        metavar="PPS",
        min=0.1,
        max=100_000,
        help=tell(
            "每秒最多几个包，各种探测合计，0.1 到 100000，默认 100。例：--rate 50",
            "Packets a second over all that is sent, 0.1 to 100000, 100 by default. Example: --rate 50",
        ),
    ),
]
Logins = Annotated[
    list[str] | None,
    typer.Option(
        "--login",
        metavar="NAME",
        help=tell(
            "用哪个登录问 SNMP，可重复，默认 hecha.yaml 里的。例：--login core",
            "Login to ask SNMP with, those of hecha.yaml by default; may be repeated. Example: --login core",
        ),
    ),
]
Targets = Annotated[
    Path | None,
    typer.Option(
        "--targets",
        metavar="FILE",
        help=tell(
            "把能采集的写成目标表。例：--targets found.csv",
            "Writes what a census may ask as a target list. Example: --targets found.csv",
        ),
    ),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help=tell("只说会发什么，不发任何包", "Says what would be sent, sends nothing")),
]
Kept = Annotated[
    bool,
    typer.Option("--kept", help=tell("只看以往的发现，不发任何包", "Shows what was found before, asks nobody")),
]
AsJson = Annotated[bool, typer.Option("--json", help=tell("每个地址一行 JSON", "One JSON object an address"))]


def discover(
    scopes: Scopes = None,
    within: Within = None,
    exclude: Exclude = None,
    seeds: Seeds = None,
    hops: Hops = None,
    kinds: Kinds = "icmp,snmp,tcp",
    rate: Rate = None,
    logins: Logins = None,
    targets: Targets = None,
    dry_run: DryRun = False,
    kept: Kept = False,
    as_json: AsJson = False,
) -> None:
    """Sweeps, looks, crawls, and tells what came of it."""
    from playbooks.discovering import Wish

    wish = Wish(
        scopes=tuple(scopes or ()),
        within=tuple(within or ()),
        exclude=tuple(exclude or ()),
        seeds=tuple(seeds or ()),
        kinds=tuple(dict.fromkeys(word.strip() for word in kinds.split(",") if word.strip())),
        logins=tuple(logins or ()),
        per_second=rate,
        hops=hops,
    )
    at = here()
    if kept and (scopes or within or seeds or dry_run):
        raise InputError("--kept", Text("不问任何地址，不带范围和 --dry-run", "asks nobody: no scope, no --dry-run"))
    if kept:
        _show_kept(at, targets, as_json=as_json)
    elif dry_run:
        _show_plan(at, _ready(at, wish))
    else:
        raise typer.Exit(_discover(at, wish, targets, as_json=as_json))


# What would be sent ---------------------------------------------------------------------------------------------------


@contextmanager
def _store_if_any(at: Here) -> Iterator[Store | None]:
    database = at.project.database
    if "://" not in database and not Path(database).exists():
        yield None
        return
    with at.store(create=False) as store:
        yield store


def _ready(at: Here, wish: Wish) -> Prepared:
    from playbooks.discovering import prepared

    with _store_if_any(at) as store:
        return prepared(at.project, wish, at.logins(), store)


def _show_plan(at: Here, ready: Prepared) -> None:
    plan, orders = ready.plan(), ready.orders
    for line in _sent(plan):
        at.print(line)
    if orders.hops:
        at.print(tell("之后顺着邻居走 {n} 跳", "neighbours followed for {n} hops after that", n=orders.hops))
    excluded = [str(network) for network in orders.reach.excluded]
    more = f" … {len(excluded)}" if len(excluded) > _SHOWN_EXCLUSIONS else ""
    at.print(
        tell(
            "排除：{named}{more}；范围内因此不问 {n} 个地址",
            "excluded: {named}{more}; {n} addresses of the scopes are not asked",
            named=_listed(excluded[:_SHOWN_EXCLUSIONS]) or "-",
            more=more,
            n=plan.spared,
        )
    )
    _tell(at, ready.notes)
    at.say("没有发送任何包", "nothing was sent")


def _sent(plan: Plan) -> Iterator[str]:
    """To how many addresses what would be sent, and how long it would take."""
    yield tell("地址：{n}（{origins}）", "addresses: {n} ({origins})", n=len(plan.why), origins=_origins(plan))
    said = "探测：{ways}，最多各 {n} 次", "asked by: {ways}, {n} times at most"
    yield tell(*said, ways=_listed(plan.ways), n=plan.tries)
    if plan.lasts:
        yield tell(
            "团体名无应答的，最后以 SNMPv1 再问一次", "what is silent to a community is asked once in SNMPv1 at last"
        )
    if plan.names:
        yield tell(
            "先查 {n} 个域名的 AAAA，查到的范围内的地址另加",
            "AAAA of {n} names looked up first; more for those of their addresses that lie within the scopes",
            n=plan.names,
        )
    yield tell(
        "最多 {n} 个包，每秒 {rate} 个，约 {time}；有应答的另加",
        "{n} packets at most, {rate} a second, about {time}; more for what answers",
        n=plan.packets,
        rate=f"{plan.per_second:g}",
        time=_duration(plan.seconds),
    )


def _origins(plan: Plan) -> str:
    return _listed(f"{word} {count}" for word, count in plan.origins.most_common()) or "-"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _duration(seconds: int) -> str:
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}"


def _tell(at: Here, notes: Iterable[Text]) -> None:
    for note in notes:
        at.say(note.zh, note.en)


# What came of it ------------------------------------------------------------------------------------------------------


def _discover(at: Here, wish: Wish, targets: Path | None, *, as_json: bool) -> ExitCode:
    from playbooks.commands.sighted import show_outcome, show_seen
    from playbooks.discovering import discover as discovered
    from playbooks.lock import only_run

    ready = _ready(at, wish)
    _tell(at, ready.notes)
    if spared := ready.orders.reach.spared:
        at.say("范围内 {n} 个地址在排除之列，不问", "{n} addresses of the scopes are excluded and not asked", n=spared)
    options = {"scopes": [str(n) for n in ready.orders.reach.networks], "with": sorted(ready.orders.kinds)}
    with only_run(at.project, "discover"), at.store() as store:
        try:
            with bars(at.err) as progress:
                outcome = discovered(ready, store, progress, options)
        except KeyboardInterrupt:
            at.say("已发现的都已保存，见 hecha discover --kept", "what was found is kept: see hecha discover --kept")
            raise
    show_seen(at, outcome.seen, ready.known, as_json=as_json)
    _write_targets(at, outcome.seen, ready.known, targets)
    show_outcome(at, outcome, ready.known)
    return ExitCode.INCOMPLETE if outcome.unsent or outcome.cut else ExitCode.COMPLIANT


def _show_kept(at: Here, targets: Path | None, *, as_json: bool) -> None:
    from playbooks.commands.sighted import show_seen
    from playbooks.discovering import known_to

    with at.store(create=False) as store:
        knowledge = known_to(at.project, store)
    seen = list(knowledge.seen.values())
    if not seen:
        raise InputError("--kept", Text("还没有发现过什么", "nothing was discovered yet"))
    show_seen(at, seen, knowledge, as_json=as_json)
    _write_targets(at, seen, knowledge, targets)


def _write_targets(at: Here, seen: list[Seen], knowledge: Known, path: Path | None) -> None:
    from inventory.sightings import targets_of
    from inventory.targets import write_targets
    from playbooks.excluding import Exclusions

    if path is None:
        return
    permits = Exclusions(at.project).permits  # what was found before it was excluded is no target of a census
    living = [each.sighting for each in seen if each.gone_since is None and permits(each.sighting.address)]
    with whole_file(path) as file:
        count = write_targets(targets_of(living, knowledge.owners, knowledge.targets), file)
    at.say(
        "{n} 个目标写到 {path}；{m} 个没有可登录之处",
        "{n} targets in {path}; {m} addresses show nothing to log in at",
        n=count,
        path=path,
        m=sum(each.sighting.snmp_port is None and each.sighting.ssh_port is None for each in seen),
    )
