"""Ways through the network, and whether IPv6 goes along them: links and shared subnets walked from their goals outward.

Pure computation over what a run found: forwarding, addresses, neighbours, declared links, and who is a provider edge.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from inventory.errors import Missing
from inventory.facts import Address, Addresses, Forwarding, Identity, RoutingProtocols, Transitions
from inventory.names import canonical_interface
from inventory.snapshot import Network
from inventory.topology import SeenLink, links

_LABELLED = frozenset({"6pe", "6vpe"})  # carry IPv6 over a core that need not know it (RFC 4798, RFC 4659)
_HUB = "\0labels"  # stands for the label-switched core between provider edges; no target has such a name
_NARROWEST = 24  # prefix length of an IPv4 subnet that may be a line between two devices


class Stop(StrEnum):
    """Why IPv6 goes no further."""

    FORWARDING = "forwarding"  # the device routes IPv4 and not IPv6
    INTERFACE = "interface"  # the interface has IPv4 and no IPv6
    SESSION = "session"  # a provider edge without a BGP neighbour


@dataclass(frozen=True, slots=True)
class Path:
    """A way from a site to where it has to get.

    ``carries`` None: something on it was not read. ``device`` and ``interface`` are where it breaks first, or what was
    not read; None where it carries, and where no way is known at all.
    """

    goal: str  # core, egress
    devices: tuple[str, ...]  # from the site outward; empty: no way is known
    carries: bool | None
    device: str | None = None
    interface: str | None = None  # None: the device as a whole
    why: Stop | None = None  # None: it carries, or it is not known


@dataclass(frozen=True, slots=True)
class Line:
    """Two ends that are joined; an interface that nobody names is None."""

    a: str
    a_interface: str | None
    z: str
    z_interface: str | None

    def turned(self) -> Line:
        """The same, seen from the other end."""
        return Line(self.z, self.z_interface, self.a, self.a_interface)


@dataclass(slots=True)
class _Node:
    platform: str | None
    role: str | None
    kind: str | None = None
    forwards: Mapping[int, bool | None] = field(default_factory=dict)
    families: dict[str, set[int]] | None = None  # by interface; None: not read
    labelled: bool | None = False  # provider edge; None: it is one, and whether it has neighbours was not read

    @property
    def routes(self) -> bool | None:
        """Whether it routes: a switch may say that it forwards and have a single address to be managed by."""
        told = self.forwards.get(4)
        if told and self.families is not None:
            return len(self.families) > 1
        return True if self.forwards.get(6) else told

    @property
    def leads_on(self) -> bool:
        """Whether anything goes through it: not through a host."""
        hosts = self.kind not in (None, "router", "switch", "firewall", "wireless") or self.role == "server"
        return not hosts or bool(self.forwards.get(4) or self.forwards.get(6))

    def carries(self) -> bool | None:
        """Whether IPv6 gets through; what only bridges lets everything through."""
        six = self.forwards.get(6)
        return True if six or self.routes is False else six

    def speaks(self, interface: str | None) -> bool | None:
        """Whether an interface carries IPv6. A bridged port of a router does what all its routed interfaces do."""
        if self.families is None or interface is None:
            return None
        own = self.families.get(interface)
        if own is not None:
            return 6 in own
        told = {6 in each for each in self.families.values()}
        return True if self.routes is False else told.pop() if len(told) == 1 else None


class Paths:
    """All devices of a run and what joins them. Holds names, and the families that each interface speaks."""

    def __init__(self, network: Network, declared: Iterable[Line] = (), seen: Iterable[SeenLink] | None = None) -> None:
        self._nodes = {r.target: _Node(r.platform, r.role) for r in network.records()}
        self._lines: dict[str, dict[Line, None]] = {}
        subnets = self._read(network)
        heard = filter(_both, links(network) if seen is None else seen)
        for line in (*declared, *map(_line, heard), *_shared(subnets)):
            self._join(line)

    def _read(self, network: Network) -> dict[object, list[tuple[str, str]]]:
        """Fills the nodes; returns who is in each subnet."""
        subnets: dict[object, list[tuple[str, str]]] = {}
        for target, identity in network.each(Identity):
            if isinstance(identity, Identity):
                self._nodes[target].kind = identity.kind
        for target, forwarding in network.each(Forwarding):
            if isinstance(forwarding, Forwarding):
                self._nodes[target].forwards = {4: forwarding.ipv4, 6: forwarding.ipv6}
        for target, addresses in network.each(Addresses):
            if isinstance(addresses, Addresses):
                self._addressed(target, addresses.items, subnets)
        edges = {t for t, f in network.each(Transitions) if isinstance(f, Transitions) and _is_edge(f)}
        for target in edges:
            self._nodes[target].labelled = _has_neighbours(network.fact(target, RoutingProtocols))
            self._join(Line(target, None, _HUB, None))
        return subnets

    def _addressed(self, target: str, items: Iterable[Address], subnets: dict[object, list[tuple[str, str]]]) -> None:
        node = self._nodes[target]
        node.families = {}
        for address in items:
            if address.interface is None or address.ip.is_loopback:
                continue
            name = canonical_interface(address.interface, node.platform)
            node.families.setdefault(name, set()).add(address.ip.version)
            if address.prefix_known and _may_be_line(address):
                subnets.setdefault(address.ip.network, []).append((target, name))

    def _join(self, line: Line) -> None:
        for each in (line, line.turned()):
            self._lines.setdefault(each.a, {})[each] = None

    def to(self, goals: Iterable[str], goal: str) -> Reach:
        """The ways of all devices to the nearest of ``goals``."""
        there = [target for target in goals if target in self._nodes]
        allowed: tuple[set[bool | None], ...] = ({True}, {True, None}, {True, None, False})
        trees = [self._tree(there, states) for states in allowed]
        return Reach(goal, frozenset(there), self, trees)

    def _tree(self, goals: list[str], allowed: set[bool | None]) -> dict[str, Line | None]:
        """For each device that gets there over what is allowed, the line it leaves by; None at the goals themselves."""
        found: dict[str, Line | None] = {g: None for g in goals if self._state(g) in allowed}
        queue = deque(found)
        while queue:
            here = queue.popleft()
            for line in self._lines.get(here, ()):
                there = line.z
                if there in found or self.crossing(line) not in allowed or self._state(there) not in allowed:
                    continue
                found[there] = line.turned()
                if there == _HUB or self._nodes[there].leads_on:
                    queue.append(there)
        return found

    def _state(self, target: str) -> bool | None:
        return True if target == _HUB else self._nodes[target].carries()

    def crossing(self, line: Line) -> bool | None:
        """Whether IPv6 crosses a line: both its ends speak it, or provider edges have it carried for them."""
        ends = [self._end(line.a, line.a_interface, line.z), self._end(line.z, line.z_interface, line.a)]
        return False if False in ends else None if None in ends else True

    def _end(self, target: str, interface: str | None, far: str) -> bool | None:
        if _HUB in (target, far):
            return True if target == _HUB else self._nodes[target].labelled
        return self._nodes[target].speaks(interface)

    def first(self, start: str, way: list[Line], wanted: bool | None) -> tuple[str, str | None, Stop | None]:
        """The first place on a way whose state is the wanted one: device, interface, and why."""
        for target, interface, state, why in self._places(start, way):
            if state is wanted:
                return target, interface, why if wanted is False else None
        return start, None, None

    def _places(self, start: str, way: list[Line]) -> Iterator[tuple[str, str | None, bool | None, Stop]]:
        yield start, None, self._state(start), Stop.FORWARDING
        for line in way:
            why = Stop.SESSION if _HUB in (line.a, line.z) else Stop.INTERFACE
            for target, interface, far in ((line.a, line.a_interface, line.z), (line.z, line.z_interface, line.a)):
                if target != _HUB:
                    yield target, interface, self._end(target, interface, far), why
            if line.z != _HUB:
                yield line.z, None, self._state(line.z), Stop.FORWARDING

    def leads_on(self, target: str) -> bool:
        """Whether anything goes through a device: not through a host."""
        return target in self._nodes and self._nodes[target].leads_on


@dataclass(frozen=True, slots=True)
class Reach:
    """Ways to one kind of goal: over what carries IPv6, over what may, over anything."""

    goal: str
    goals: frozenset[str]
    paths: Paths
    trees: list[dict[str, Line | None]]

    def best(self, starts: Iterable[str]) -> Path | None:
        """The best way out of a site with these devices; None where it holds a goal itself, or only hosts."""
        able = [target for target in starts if self.paths.leads_on(target)]
        if not able or self.goals.intersection(able) or not self.goals:
            return None
        for carries, tree in zip((True, None, False), self.trees, strict=True):
            ways = [(start, self._way(tree, start)) for start in able if start in tree]
            if ways:
                return self._path(*min(ways, key=lambda way: (len(way[1]), way[0])), carries)
        return Path(self.goal, (), None)

    @staticmethod
    def _way(tree: dict[str, Line | None], start: str) -> list[Line]:
        way: list[Line] = []
        here = start
        while (line := tree[here]) is not None:
            way.append(line)
            here = line.z
        return way

    def _path(self, start: str, way: list[Line], carries: bool | None) -> Path:
        devices = (start, *(line.z for line in way if line.z != _HUB))
        if carries:
            return Path(self.goal, devices, True)
        return Path(self.goal, devices, carries, *self.paths.first(start, way, carries))


def _both(link: SeenLink) -> bool:
    return link.a.target is not None and link.z.target is not None


def _line(link: SeenLink) -> Line:
    return Line(link.a.target or "", link.a.interface, link.z.target or "", link.z.interface)


def _may_be_line(address: Address) -> bool:
    """Whether the subnet of an address may be a line between two devices."""
    ip = address.ip
    if ip.ip.is_link_local or ip.network.prefixlen == ip.max_prefixlen:
        return False
    return ip.version == 6 or ip.network.prefixlen >= _NARROWEST


def _shared(subnets: Mapping[object, list[tuple[str, str]]]) -> Iterator[Line]:
    """Lines between two devices that alone are in a subnet: what carries a tunnel or a VLAN shows no neighbour."""
    for members in subnets.values():
        if len(members) == 2 and members[0][0] != members[1][0]:
            (a, a_interface), (z, z_interface) = members
            yield Line(a, a_interface, z, z_interface)


def _is_edge(transitions: Transitions) -> bool:
    return any(each.technique in _LABELLED for each in transitions.items)


def _has_neighbours(protocols: RoutingProtocols | Missing) -> bool | None:
    if isinstance(protocols, Missing):
        return None
    told = [each.neighbours_up for each in protocols.items if each.name == "bgp"]
    return None if None in told or not told else any(told)
