"""What probes of a business system answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """What one name server says of a system's name. ``udp`` and ``tcp`` None: nothing came, or no way leads there."""

    ip: IPv4Address | IPv6Address
    port: int
    a: tuple[IPv4Address, ...] | None  # None: no answer, a refusal or a failure
    aaaa: tuple[IPv6Address, ...] | None
    udp: bool | None  # False: the port is refused
    tcp: bool | None
    edns: bool | None = None  # it knows RFC 6891; None: not told
    dns64: tuple[IPv6Network, ...] = ()  # prefixes that it puts IPv4 addresses into (RFC 6147)

    @property
    def own_aaaa(self) -> tuple[IPv6Address, ...] | None:
        """The IPv6 addresses that are not made from IPv4 ones."""
        if self.aaaa is None:
            return None
        return tuple(ip for ip in self.aaaa if not any(ip in prefix for prefix in self.dns64))


@dataclass(frozen=True, slots=True)
class ZoneServer:
    """A name server of a zone. ``udp``, ``tcp``: it answers for the zone over IPv6; None: not asked, nothing came."""

    name: str
    aaaa: tuple[IPv6Address, ...] | None  # None: nobody told
    udp: bool | None = None
    tcp: bool | None = None


@dataclass(frozen=True, slots=True)
class ZoneAnswer:
    """A zone that a name lies in, with the servers it is delegated to."""

    name: str
    servers: tuple[ZoneServer, ...]


@dataclass(frozen=True, slots=True)
class NameAnswer:
    """What the resolver says of a system's name; empty tuples: the name has no such record.

    None: no resolver gave an answer in time, or it failed (SERVFAIL, a lie in form).
    """

    name: str
    a: tuple[IPv4Address, ...] | None
    aaaa: tuple[IPv6Address, ...] | None
    disagree: tuple[str, ...] = ()  # "10.0.0.54: AAAA none": name servers that say otherwise than the first
    servers: tuple[ServerAnswer, ...] = ()  # every name server that was asked, in order
    zones: tuple[ZoneAnswer, ...] = ()  # its own first; empty: no server names any
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class PortAnswer:
    """Whether a TCP port accepts a connection. ``open`` None: neither accepted nor refused in time."""

    ip: IPv4Address | IPv6Address
    port: int
    open: bool | None
    role: str = "service"  # service, old-host (where the system ran before it moved)
    tried: int = 1  # connections
    accepted: int | None = None  # of them; None: not counted
    connect_ms: float | None = None  # median over the accepted ones
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What one HTTP request got. ``status`` None: no HTTP answer."""

    url: str
    ip: IPv4Address | IPv6Address | None
    status: int | None
    title: str | None
    body_sha256: str | None
    tls_subject: str | None = None
    tls_sha256: str | None = None  # of the certificate; None: no TLS, or unreadable
    tls_expires: datetime | None = None
    elapsed_ms: float | None = None  # of the fastest try
    role: str = "service"  # service, old-host
    tls_name: bool | None = None  # the certificate names the host; None: no TLS, or unreadable
    text_digest: str | None = None  # SimHash of the visible text, 16 hex digits; None: no text
    text_length: int | None = None  # characters that went into it; a few say little
    ipv4_literals: tuple[str, ...] = ()  # hosts of links and resources that are written as IPv4 addresses
    # Why it is not the whole page: loop, elsewhere (sent on to another name), cut (longer than is read), or what went
    # wrong by its kind; None: it is.
    ended: str | None = None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
    slowest_ms: float | None = None  # of several tries; None: there was one


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """A page of the same name reached over IPv6 by a link. ``status`` None: no HTTP answer."""

    url: str
    level: int  # 2: linked from the first page; 3: from one of those
    status: int | None


@dataclass(frozen=True, slots=True)
class ResourceHost:
    """Another name that a system's first page fetches something from."""

    name: str
    aaaa: bool | None  # it has an IPv6 address; None: no resolver told


@dataclass(frozen=True, slots=True)
class EndpointAnswer:
    """What the declared data interface of a system answered; without ports it was not asked, ``why`` says why."""

    endpoint: str  # as it was asked: without user, password and query
    ports: tuple[PortAnswer, ...] = ()
    pages: tuple[WebAnswer, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class ServiceProbe(Fact):
    """Everything asked about one business system in one run.

    ``names`` None: the system declares no name to ask for. Ports, pages and links are only those that were asked.
    """

    system: str
    names: NameAnswer | None
    ports: tuple[PortAnswer, ...] = ()
    pages: tuple[WebAnswer, ...] = ()
    links: tuple[LinkAnswer, ...] = ()
    resources: tuple[ResourceHost, ...] = ()  # of the first page that could be read
    interface: EndpointAnswer | None = None  # None: no data interface was to be asked
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
