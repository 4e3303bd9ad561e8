"""Where a device hangs that tells no neighbours: by the switch port its MAC is learned at, else by who resolves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from inventory.facts import Interfaces, LearnedMacs, ResolvedAddresses
from inventory.names import canonical_interface
from inventory.snapshot import Network
from inventory.topology import Port, SeenLink, Witness

Place = tuple[str | None, str | None]  # target and interface


def with_attachments(network: Network, links: Iterable[SeenLink]) -> Iterator[SeenLink]:
    """The links, those noted that a MAC table confirms; then one for each device that no neighbour tells of.

    A MAC is learned at every port on its way. The device hangs at the one of them where fewest are learned, ports that
    lead to a neighbour left out; where two are alike, nothing is said.
    """
    tables = _Tables(network)
    told = [tables.confirmed(link) for link in links]
    yield from told
    ends = [end for link in told for end in (link.a, link.z)]
    linked = {end.target for end in ends}
    taken = {(end.target, end.interface) for end in ends}
    for record in network.records():
        if record.target not in linked:
            yield from tables.ports(record.target, taken) or tables.networks(record.target)


class _Tables:
    """MAC and ARP tables of all devices, kept to what the devices of the run own."""

    def __init__(self, network: Network) -> None:
        self._platforms = {record.target: record.platform for record in network.records()}
        self._owners: dict[str, str | None] = {}  # MAC to target; None: several have it
        self._resolved: dict[str, dict[Place, None]] = {}  # target to who has it in ARP or ND
        self._learned: dict[str, set[Place]] = {}  # MAC to the ports it is learned at
        self._crowd: Counter[Place] = Counter()  # port to how many MACs are learned at it
        for target, interfaces in network.each(Interfaces):
            if isinstance(interfaces, Interfaces):
                for mac in {each.mac for each in interfaces.items if each.mac}:
                    self._owners[mac] = target if self._owners.get(mac, target) == target else None
        addresses = {record.address: record.target for record in network.records()}
        for target, resolved in network.each(ResolvedAddresses):
            if isinstance(resolved, ResolvedAddresses):
                self._resolve(target, resolved, addresses)
        for target, learned in network.each(LearnedMacs):
            if isinstance(learned, LearnedMacs):
                self._learn(target, learned)
        self._macs: dict[str, list[str]] = {}
        for mac, owner in self._owners.items():
            if owner is not None and mac in self._learned:
                self._macs.setdefault(owner, []).append(mac)

    def _resolve(self, by: str, fact: ResolvedAddresses, addresses: dict[str, str]) -> None:
        for each in fact.items:
            target = addresses.get(str(each.ip))
            if target is not None and target != by and each.mac is not None:
                self._owners.setdefault(each.mac, target)  # for a device that lists no interfaces itself
                if each.interface:
                    self._resolved.setdefault(target, {})[self._place(by, each.interface)] = None

    def _learn(self, switch: str, fact: LearnedMacs) -> None:
        for mac, interface in {(each.mac, each.interface) for each in fact.items if each.interface}:
            place = self._place(switch, interface or "")
            self._crowd[place] += 1
            if self._owners.get(mac) not in (None, switch):
                self._learned.setdefault(mac, set()).add(place)

    def _place(self, target: str, interface: str) -> Place:
        return target, canonical_interface(interface, self._platforms.get(target))

    def confirmed(self, link: SeenLink) -> SeenLink:
        """The link, noted where one end learned a MAC of the other at that port."""
        for near, far in ((link.a, link.z), (link.z, link.a)):
            at = (near.target, near.interface)
            if any(at in self._learned[mac] for mac in self._macs.get(far.target or "", ())):
                return link.seen_by(Witness.MAC)
        return link

    def ports(self, target: str, taken: set[Place]) -> list[SeenLink]:
        """The switch ports a device hangs at, one for each of its MACs that tells."""
        found: dict[Place, None] = {}
        for mac in self._macs.get(target, ()):
            ports = sorted((self._crowd[port], *port) for port in self._learned[mac] - taken)
            if ports and (len(ports) == 1 or ports[0][0] < ports[1][0]):
                found[ports[0][1:]] = None
        return [_hanging(target, place, Witness.MAC) for place in found]

    def networks(self, target: str) -> list[SeenLink]:
        """The interfaces whose network it is in, as their ARP or ND table shows."""
        return [_hanging(target, place, Witness.ARP) for place in self._resolved.get(target, ())]


def _hanging(target: str, place: Place, seen: Witness) -> SeenLink:
    at, interface = place
    return SeenLink(Port(at or "", interface, at), Port(target, None, target), mutual=False, why="silent", seen=(seen,))
