"""How far IPv6 has come: the maturity ladder L0 to L5, climbed by a run's findings; what the next level still wants.

A level holds where all below it hold and each of its requirements is met or does not apply; what is not known is never
met. ``a|b`` is met by either. Dual stack is asked for nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median_low

from checks.model import Outcome, SubjectKind
from inventory.findings import FindingRow
from inventory.text import Text

TOP = 5
NAMES = (
    Text("未证实", "not shown"),
    Text("可支持", "capable"),
    Text("已启用", "enabled"),
    Text("可承载", "carrying"),
    Text("等效服务", "serving at parity"),
    Text("单栈就绪", "IPv6-only ready"),
)
CARRYING = 3
ALONE = "ipv6.alone"  # no check of a run: IPv4 switched off in a test window, which nothing that only reads can try
ALONE_TEXT = Text("在测试窗口内关闭 IPv4 后仍正常工作", "It works on with IPv4 switched off in a test window")

Ladder = tuple[tuple[str, ...], ...]

_OF_SITE_DEVICES = ("ipv6.acl-parity", "ipv6.filters-no-wider", "ipv6.first-hop-guarded")


class State(StrEnum):
    """How a requirement stands."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "na"


class Kind(StrEnum):
    """What is placed on a ladder; each kind has its own."""

    NETWORK = "network"  # routers, switches
    SECURITY = "security"  # firewalls and the like
    HOST = "host"
    SITE = "site"
    UNIT = "unit"  # as far as the least of its sites
    SYSTEM = "system"


LADDERS: Mapping[Kind, Ladder] = {
    Kind.NETWORK: (
        ("ipv6.capable",),
        ("ipv6.forwarding-on", "ipv6.usable-address", "ipv6.addresses-clean"),
        ("ipv6.routes-learned", "ipv6.adjacency-up|ipv6.routes-learned", "ipv6.neighbours-live|ipv6.adjacency-up"),
        (
            *("ipv6.hosts-addressed", "ipv6.traffic-flows", "ipv6.mtu-fits", "ipv6.acl-parity"),
            *("ipv6.filters-no-wider", "ipv6.filters-no-narrower", "ipv6.icmpv6-passes"),
            *("access.vty-acl-ipv6", "ipv6.first-hop-guarded", "ipv6.managed-over-ipv6"),
            "ipv6.gateway-redundant|ipv6.advertised-gateways-doubled",
        ),
        (ALONE,),
    ),
    Kind.SECURITY: (
        ("ipv6.capable",),
        ("ipv6.forwarding-on", "ipv6.usable-address", "ipv6.addresses-clean"),
        ("ipv6.routes-learned", "ipv6.acl-parity"),
        (
            *("ipv6.traffic-flows", "ipv6.mtu-fits", "access.vty-acl-ipv6", "ipv6.managed-over-ipv6"),
            *("ipv6.filters-no-wider", "ipv6.filters-no-narrower", "ipv6.icmpv6-passes", "ipv6.tunnels-stopped"),
        ),
        (ALONE,),
    ),
    Kind.HOST: (
        ("ipv6.usable-address",),
        ("ipv6.addresses-clean", "ipv6.mtu-fits", "ipv6.host-default-route"),
        ("ipv6.managed-over-ipv6",),
        (
            *("ipv6.services-on-both", "ipv6.acl-parity", "ipv6.filters-no-wider", "ipv6.filters-no-narrower"),
            "ipv6.icmpv6-passes",
        ),
        (ALONE,),
    ),
    Kind.SITE: (
        ("ipv6.site-prefix",),
        ("ipv6.site-prefix-active",),
        ("ipv6.site-carries", "ipv6.path-carries", "ipv6.site-reached"),
        (*_OF_SITE_DEVICES, "ipv6.site-latency"),
        (ALONE,),
    ),
    Kind.SYSTEM: (
        ("ipv6.system-aaaa|ipv6.system-reachable",),
        ("ipv6.system-aaaa",),
        ("ipv6.system-reachable", "ipv6.system-page-served"),
        (
            *("ipv6.system-tls", "ipv6.system-same-content", "ipv6.system-links", "ipv6.system-response-time"),
            "ipv6.system-delegated",
        ),
        ("ipv6.system-no-ipv4-literals", "ipv6.system-resources-ipv6", ALONE),
    ),
}
CHECKS = frozenset(c for ladder in LADDERS.values() for level in ladder for each in level for c in each.split("|"))
_DEVICE_KINDS = {"router": Kind.NETWORK, "switch": Kind.NETWORK, "wireless": Kind.NETWORK}
_DEVICE_KINDS |= {"firewall": Kind.SECURITY, "server": Kind.HOST, "storage": Kind.HOST}


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one thing has come; ``missing`` is what keeps it from the next level."""

    kind: Kind
    name: str
    level: int
    missing: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    shown: bool = True  # False: nothing is known that would put it on a level or prove that it is on none


def device_kind(kind: str | None) -> Kind | None:
    """The ladder of a device of that kind of Identity; None for a printer and the like."""
    return _DEVICE_KINDS.get(kind or "")


def climbed(ladder: Ladder, states: Mapping[str, State]) -> tuple[int, tuple[str, ...]]:
    """The level reached and the requirements missing for the next; an absent state is not known."""
    for level, wanted in enumerate(ladder):
        missing = tuple(each for each in wanted if _of(each, states) not in (State.MET, State.NOT_APPLICABLE))
        if missing:
            return level, missing
    return len(ladder), ()


def _of(requirement: str, states: Mapping[str, State]) -> State:
    told = [states[check] for check in requirement.split("|") if check in states] or [State.UNKNOWN]
    for state in (State.MET, State.NOT_MET, State.UNKNOWN):
        if state in told:
            return state
    return State.NOT_APPLICABLE


_WORST = {Outcome.FAIL: 3, Outcome.ERROR: 2, Outcome.UNKNOWN: 2, Outcome.PASS: 1, Outcome.NOT_APPLICABLE: 0}
_STATES = (State.NOT_APPLICABLE, State.MET, State.UNKNOWN, State.NOT_MET)


class Findings:
    """What the ladder asks of a run's findings: the worst of each check on each subject, places together."""

    def __init__(self, rows: Iterable[FindingRow]) -> None:
        self._ranks: dict[tuple[str, str], dict[str, int]] = {}
        self._judged: set[str] = set()
        for row in rows:
            if row.check not in CHECKS:
                continue
            # An accepted gap is still one.
            outcome = Outcome(row.underlying or Outcome.FAIL) if row.outcome == Outcome.WAIVED else Outcome(row.outcome)
            ranks = self._ranks.setdefault((row.subject_kind, row.subject), {})
            ranks[row.check] = max(ranks.get(row.check, 0), _WORST[outcome])
            self._judged.add(row.check)

    def states(self, kind: SubjectKind, name: str) -> dict[str, State]:
        """State by check. What was judged of others and not of this one is not about it."""
        ranks = self._ranks.get((kind.value, name), {})
        return {check: _STATES[ranks.get(check, 0)] for check in self._judged} if ranks else {}

    def worst(self, kind: SubjectKind, names: Iterable[str]) -> dict[str, State]:
        """The same of several subjects together."""
        ranks: dict[str, int] = {}
        for name in names:
            for check, rank in self._ranks.get((kind.value, name), {}).items():
                ranks[check] = max(ranks.get(check, 0), rank)
        return {check: _STATES[rank] for check, rank in ranks.items()}


def device_standing(name: str, kind: Kind, found: Findings, techniques: Iterable[str] = ()) -> Standing:
    """Where a device stands on the ladder of its kind."""
    states = found.states(SubjectKind.DEVICE, name)
    return _standing(kind, name, states, tuple(techniques))


def site_standing(name: str, devices: Iterable[str], found: Findings) -> Standing:
    """Where a site stands; what is asked of its devices is asked of the worst of them."""
    states = found.states(SubjectKind.SITE, name)
    if states:
        of_devices = found.worst(SubjectKind.DEVICE, devices)
        states |= {check: of_devices.get(check, State.NOT_APPLICABLE) for check in _OF_SITE_DEVICES}
    return _standing(Kind.SITE, name, states, ())


def system_standing(name: str, found: Findings, techniques: Iterable[str] = ()) -> Standing:
    """Where a business system stands."""
    return _standing(Kind.SYSTEM, name, found.states(SubjectKind.SYSTEM, name), tuple(techniques))


def unit_standing(name: str, sites: Iterable[Standing]) -> Standing:
    """A unit is as far as the least of its sites; one without sites is not shown."""
    told = sorted(sites, key=lambda site: (site.level, site.name))
    if not told:
        return Standing(Kind.UNIT, name, 0, shown=False)
    least = told[0]
    return Standing(Kind.UNIT, name, least.level, least.missing, shown=least.shown)


def _standing(kind: Kind, name: str, states: Mapping[str, State], techniques: tuple[str, ...]) -> Standing:
    level, missing = climbed(LADDERS[kind], states)
    shown = level > 0 or any(_of(each, states) is State.NOT_MET for each in missing)
    return Standing(kind, name, level, missing, techniques, shown)


@dataclass(frozen=True, slots=True)
class County:
    """The whole network: the lowest of the medians of its layers, so that no lab switch decides and no layer hides."""

    level: int
    weakest: str  # backbone, boundary, departments; empty where no layer has anything
    layers: Mapping[str, int]  # median level by layer
    missing: tuple[str, ...]  # what most of the weakest layer lack, the most frequent first
    counts: Mapping[Kind, Mapping[int, int]] = field(default_factory=dict)  # how many stand on each level


def county(standings: Iterable[Standing], layers: Mapping[str, Iterable[Standing]]) -> County:
    """The county's level from those of its layers; a layer without members has no say."""
    counts: dict[Kind, Counter[int]] = {}
    for each in standings:
        counts.setdefault(each.kind, Counter())[each.level] += 1
    members = {name: list(found) for name, found in layers.items()}
    medians = {name: median_low(each.level for each in found) for name, found in members.items() if found}
    if not medians:
        return County(0, "", {}, (), counts)
    weakest = min(medians, key=lambda name: medians[name])
    return County(medians[weakest], weakest, medians, tuple(_lacked(members[weakest], medians[weakest])), counts)


def _lacked(members: Iterable[Standing], level: int) -> Iterator[str]:
    wanted = Counter(check for each in members if each.level <= level for check in each.missing)
    return (check for check, _ in wanted.most_common(5))


_PARITY = ("ipv6.acl-parity", "ipv6.filters-no-wider")


def filtered_alike(boundary: Iterable[str], found: Findings) -> tuple[int, int]:
    """How many devices of the boundary filter IPv6 as IPv4, and of how many that filter both it is known or not."""
    told = [states for name in boundary if (states := _parity(found.states(SubjectKind.DEVICE, name)))]
    return sum(states == {State.MET} for states in told), len(told)


def _parity(states: Mapping[str, State]) -> set[State]:
    return {states.get(check, State.NOT_APPLICABLE) for check in _PARITY} - {State.NOT_APPLICABLE}


def share(standings: Iterable[Standing], level: int) -> tuple[int, int]:
    """How many have come to a level, and how many there are."""
    told = [each.level >= level for each in standings]
    return sum(told), len(told)
