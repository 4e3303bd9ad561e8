"""Address and service objects that filter rules name: what their groups hold in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, summarize_address_range
from typing import Any, Generic, TypeVar

from collectors.platforms.dialects.rule_words import HIGHEST, NAMES, Net, everything
from inventory.facts.rules import Networks, Ports, Service

T = TypeVar("T")
_DEEPEST = 16  # groups within groups; vendors allow 2 to 10
_MOST = 100_000  # members of all groups that a rule names


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """One object, or one group of them.

    ``more``: it holds what is no address and no port (a domain name, a country, an exclusion): less than everything,
    and how much is not known. ``unread``: something in it is not understood.
    """

    items: tuple[T, ...] = ()
    members: tuple[str, ...] = ()
    more: bool = False
    unread: bool = False
    less: bool = False  # something is taken out of it: it is not everything, whatever it holds


class Objects(Generic[T]):
    """Objects by name. Names that nothing defines are what ``known`` makes of them; None: not known."""

    def __init__(self, entries: Mapping[str, Entry[T]], known: Callable[[str], Entry[T] | None] = lambda _: None):
        self._entries = entries
        self._known = known
        self._held: dict[tuple[str, ...], Entry[T]] = {}

    def defines(self, name: str) -> bool:
        """Whether the configuration says what a name stands for."""
        return name in self._entries

    def of(self, names: Iterable[str]) -> Entry[T]:
        """All that some names stand for together; ``unread`` where one is not defined, loops or holds too much."""
        key = tuple(names)
        if key not in self._held:
            self._held[key] = self._gathered(key)
        return self._held[key]

    def _gathered(self, names: tuple[str, ...]) -> Entry[T]:
        items: dict[T, None] = {}
        more = unread = less = False
        seen: set[str] = set()
        layer = list(names)
        for _ in range(_DEEPEST):
            below: list[str] = []
            for name in layer:
                if name in seen:
                    continue
                seen.add(name)
                entry = self._entry(name)
                more, unread, less = more or entry.more, unread or entry.unread, less or entry.less
                items.update(dict.fromkeys(entry.items))
                below += entry.members
                if len(items) + len(seen) + len(below) > _MOST:
                    return Entry(unread=True)
            layer = below
        unread = unread or bool(set(layer) - seen) or (not items and not more)
        return Entry(tuple(items), more=more, unread=unread, less=less)

    def _entry(self, name: str) -> Entry[T]:
        found = self._entries.get(name)
        return found or self._known(name) or Entry(unread=True)


def merged(entries: Iterable[tuple[str, Entry[T]]]) -> dict[str, Entry[T]]:
    """Entries by name; what several say of one name is put together."""
    parts: dict[str, list[Entry[T]]] = {}
    for name, entry in entries:
        parts.setdefault(name, []).append(entry)
    return {name: together(several) for name, several in parts.items()}


def together(entries: Iterable[Entry[T]]) -> Entry[T]:
    """What several entries hold as one."""
    listed = list(entries)
    return Entry(
        tuple(item for entry in listed for item in entry.items),
        tuple(name for entry in listed for name in entry.members),
        any(entry.more for entry in listed),
        any(entry.unread for entry in listed),
        any(entry.less for entry in listed),
    )


UNREAD: Entry[Any] = Entry(unread=True)
BY_NAME: Entry[Any] = Entry(more=True)
EXCEPT: Entry[Any] = Entry(more=True, less=True)


def addresses(nets: Networks | None) -> Entry[Net]:
    """An entry of networks; None: they could not be read."""
    return UNREAD if nets is None else Entry(nets)


def between(first: str, last: str) -> Networks | None:
    """The networks of a range, both ends within; None where it is none."""
    try:
        low, high = ip_address(first), ip_address(last)
        if low.version != high.version:
            return None
        return tuple(summarize_address_range(low, high))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a rule asks by its objects; None: it takes all."""

    sources: Networks | None = None
    destinations: Networks | None = None
    services: tuple[Service, ...] | None = None
    more: bool = False
    unread: bool = False

    def told(self) -> Mapping[str, Any]:
        """The fields of a FilterRule: a single service as protocol and ports."""
        told: dict[str, Any] = {
            "sources": self.sources,
            "destinations": self.destinations,
            "more": self.more,
            "unread": self.unread,
        }
        if self.services is not None and len(self.services) == 1:
            one = self.services[0]
            ports = {"source_ports": one.source_ports, "destination_ports": one.destination_ports}
            return {**told, "protocol": one.protocol, **ports}
        return {**told, "services": self.services}


def conditions(
    sources: Entry[Net] | None, destinations: Entry[Net] | None, services: Entry[Service] | None
) -> Conditions:
    """The conditions of three sets of objects; None for one: nothing is asked there.

    What holds everything asks nothing, whatever else stands beside it. What holds names beside addresses, or could not
    be read, is compared as everything, for which ``more`` and ``unread`` keep it from being taken.
    """
    sides = (sources, destinations)
    ends = [None if e is None or (everything(e.items) and not e.less) else e for e in sides]
    served = None if services is not None and Service() in services.items else services
    asked: list[Entry[Any]] = [entry for entry in (*ends, served) if entry is not None]
    return Conditions(
        _items(ends[0]),
        _items(ends[1]),
        _items(served),
        more=any(entry.more or entry.unread for entry in asked),
        unread=any(entry.unread for entry in asked),
    )


def _items(entry: Entry[T] | None) -> tuple[T, ...] | None:
    return None if entry is None or entry.more or entry.unread else entry.items


@dataclass(frozen=True, slots=True)
class Books:
    """The objects of a configuration."""

    addresses: Objects[Net] = field(default_factory=lambda: Objects({}))
    services: Objects[Service] = field(default_factory=lambda: Objects({}, predefined))


# -- services that come with a firewall --------------------------------------------------------------------------------

_BOTH = frozenset({"dns", "domain", "ldap", "kerberos", "sip", "h323", "nfs", "sunrpc", "talk"})
_UDP = frozenset(
    {"ntp", "snmp", "snmptrap", "snmp-trap", "syslog", "tftp", "radius", "radius-acct", "dhcp", "bootps", "bootpc",
     "isakmp", "ike", "rip", "netbios-ns", "netbios-dgm", "l2tp", "dhcp-relay"}
)  # fmt: skip
_PORTS = {
    **NAMES, "imap": 143, "imaps": 993, "pop3s": 995, "smtps": 465, "ldaps": 636, "snmp-trap": 162, "ike": 500,
    "kerberos": 88, "sip": 5060, "nfs": 2049, "dhcp": 67, "dhcp-relay": 67, "mysql": 3306, "ms-sql": 1433, "pptp": 1723,
    "squid": 3128, "l2tp": 1701, "oracle": 1521, "sqlnet1": 1521, "ms-rdp": 3389, "winframe": 1494, "vnc": 5900,
    "samba": 139, "smb": 445, "talk": 517, "h323": 1720,
}  # fmt: skip
_WHOLE = {
    "tcp": "tcp", "udp": "udp", "icmp": "icmp", "ping": "icmp", "icmpv6": "icmpv6", "icmp6": "icmpv6",
    "ping6": "icmpv6", "ospf": "ospf", "gre": "gre", "esp": "esp", "ah": "ah", "sctp": "sctp",
    "all_icmp": "icmp", "all_tcp": "tcp", "all_udp": "udp", "all_icmp6": "icmpv6", "tcp-any": "tcp", "udp-any": "udp",
    "icmp-any": "icmp", "icmp-all": "icmp", "icmp6-all": "icmpv6", "tcp-all": "tcp", "udp-all": "udp",
}  # fmt: skip


def predefined(name: str) -> Entry[Service] | None:
    """A service that vendors bring along, by its name: HTTPS, junos-dns-udp, ping. None for another name."""
    word = name.strip('"').lower()
    if word in ("any", "all"):
        return Entry((Service(),))
    if named := _plain(word.removeprefix("junos-")):
        return named
    # Every name that begins so is one that Junos brings along (Junos OS, Predefined Policy Applications): none is any.
    return BY_NAME if word.startswith("junos-") else None


def _plain(word: str) -> Entry[Service] | None:
    if word in _WHOLE:
        return Entry((Service(_WHOLE[word]),))
    for protocol in ("tcp", "udp"):
        if word.endswith(f"-{protocol}") and (port := _PORTS.get(word.removesuffix(f"-{protocol}"))) is not None:
            return Entry((on(protocol, port),))
    port = _PORTS.get(word)
    if port is None:
        return None
    protocols = ("tcp", "udp") if word in _BOTH else ("udp",) if word in _UDP else ("tcp",)
    return Entry(tuple(on(protocol, port) for protocol in protocols))


def on(protocol: str, port: int) -> Service:
    """A service on one port."""
    return Service(protocol, None, ((port, port),))


def port_ranges(words: Iterable[str], separator: str = "-") -> Ports | None:
    """Ports and ranges of them as ``80`` and ``8000-8010``; None where one is neither, or there are none."""
    found = tuple(_ranges(words, separator))
    return None if not found or any(low > high for low, high in found) else found


def narrow(ports: Ports | None) -> Ports | None:
    """Port ranges, or None where they leave out none."""
    whole = ports is not None and any(low <= 1 and high == HIGHEST for low, high in ports)
    return None if whole else ports


def _ranges(words: Iterable[str], separator: str) -> Iterator[tuple[int, int]]:
    for word in words:
        low, _, high = word.partition(separator)
        ends = [int(end) if end.isdecimal() and len(end) <= 5 else NAMES.get(end.lower(), -1) for end in (low, high)]
        first, last = ends[0], ends[1] if high else ends[0]
        yield (first, last) if first >= 0 and last <= HIGHEST else (1, 0)
