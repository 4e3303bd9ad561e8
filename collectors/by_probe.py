"""A business system asked from outside: its names, its ports, its pages.

Everything is bounded in time and bytes: resolvers lie or keep silent, servers redirect in circles and never end.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from collectors.probes.connects import connect
from collectors.probes.links import link_answers
from collectors.probes.names import Resolver, have_ipv6, name_answer, name_servers
from collectors.probes.page_text import resource_hosts
from collectors.probes.pages import Page, ProbeLimits, page, timed
from inventory.addresses import IPAddress, address
from inventory.errors import Gap, ReadFailed
from inventory.evidence import Evidence
from inventory.facts import EndpointAnswer, LinkAnswer, NameAnswer, PortAnswer, ResourceHost, ServiceProbe

Permits = Callable[[IPAddress], bool]  # whether an address may be asked
_CONNECTIONS = 5  # made to a port that accepts the first, so that loss and time can be told


@dataclass(frozen=True, slots=True)
class ServiceTarget:
    """A business system to probe: where it says it is, and where it was before."""

    system: str
    url: str | None = None
    port: int | None = None  # None: the URL's
    addresses: tuple[IPAddress, ...] = ()
    old_addresses: tuple[IPAddress, ...] = ()
    old_port: int | None = None  # where it listened there; None: at the same port
    interface: str | None = None  # its data interface: a URL, or host and port


def anywhere(_: IPAddress) -> bool:
    """Permits every address."""
    return True


def probe(
    service: ServiceTarget,
    resolvers: Iterable[Resolver],
    now: datetime,
    limits: ProbeLimits | None = None,
    permits: Permits = anywhere,
) -> ServiceProbe:
    """What the system's names, ports and pages answer; every question that failed is in it as such.

    Raises ReadFailed where an address, or a name server that would have to be asked, is forbidden.
    """
    asking = _Asking(tuple(resolvers), now, limits or ProbeLimits(), permits)
    url = _split(service.url)
    names = asking.names(_name(url))
    found = tuple((names.a or ()) + (names.aaaa or ())) if names else ()
    current = _distinct((*service.addresses, *found, *_literal(url)))
    # An address that serves the system today is not its old host, whatever the register says.
    old = tuple(ip for ip in _distinct(service.old_addresses) if ip not in current)
    asking.refuse_forbidden((*current, *old))
    port = service.port or (_url_port(url) if url else None)
    ports = tuple(asking.ports((current, "service", port), (old, "old-host", service.old_port or port)))
    web = url if url and url.scheme in ("http", "https") else None
    pages = asking.pages(web, port, ports) if web else []
    return ServiceProbe(
        service.system,
        names,
        ports,
        tuple(each.answer for each in pages),
        asking.links(web, pages) if web else (),
        asking.resources(web, pages) if web else (),
        asking.interface(service) if service.interface else None,
        Evidence("probe", taken_at=now),
    )


Asked = tuple[tuple[IPAddress, ...], str, int | None]  # addresses, what they are to the system, the port there


@dataclass(frozen=True, slots=True)
class _Asking:
    """Whom a probe asks, when, and within which bounds."""

    servers: tuple[Resolver, ...]
    now: datetime
    bounds: ProbeLimits
    permits: Permits

    def refuse_forbidden(self, ips: Iterable[IPAddress]) -> None:
        """ReadFailed for an address that may not be asked."""
        for ip in ips:
            if not self.permits(ip):
                raise ReadFailed(f"probe: {ip} is excluded", Gap.EXCLUDED)

    def names(self, name: str | None) -> NameAnswer | None:
        """What name servers say of a name; None where there is none to ask for."""
        if name is None:
            return None
        self.refuse_forbidden(server.ip for server in name_servers(self.servers))
        return name_answer(name, self.servers, self.now, self.bounds.dns_s, self.permits)

    def ports(self, *asked: Asked) -> Iterator[PortAnswer]:
        """Whether each address takes connects at its port."""
        for ips, role, port in asked:
            yield from (_port_answer(ip, port, role, self.now, self.bounds) for ip in ips if port)

    def pages(self, url: SplitResult, port: int | None, ports: Iterable[PortAnswer]) -> list[Page]:
        """The page that each port which is open gives for a URL."""
        found = [page(_scheme(url, each, port), each, self.now, self.bounds) for each in ports if each.open]
        return timed(found, self.bounds)

    def links(self, url: SplitResult, pages: Iterable[Page]) -> tuple[LinkAnswer, ...]:
        """What the links of the page get that the system gives over IPv6."""
        first = next((each for each in pages if each.port.ip.version == 6 and each.answer.role == "service"), None)
        return link_answers(url, first, self.bounds) if first else ()

    def resources(self, url: SplitResult, pages: Iterable[Page]) -> tuple[ResourceHost, ...]:
        """The other names that the page fetches from, and whether each has an IPv6 address."""
        read = next((each for each in pages if each.text and each.answer.role == "service"), None)
        hosts = resource_hosts(read.text, url.hostname) if read else ()
        may_ask = bool(hosts) and all(self.permits(server.ip) for server in name_servers(self.servers))
        told = have_ipv6(hosts, self.servers, self.bounds.links_s) if may_ask else ((host, None) for host in hosts)
        return tuple(ResourceHost(name, has) for name, has in told)

    def interface(self, service: ServiceTarget) -> EndpointAnswer:
        """What the data interface answers; it may be another's, and be forbidden while the system is not."""
        url = _endpoint(service.interface or "")
        if url is None:
            return EndpointAnswer("", why="no host with a port is declared")
        there = ServiceTarget(service.system, url.geturl())
        try:
            found = probe(there, self.servers, self.now, replace(self.bounds, links_s=0.0), self.permits)
        except ReadFailed as failure:
            return EndpointAnswer(url.geturl(), why=failure.why)
        return EndpointAnswer(url.geturl(), found.ports, found.pages, "" if found.ports else "its name has no address")


def _endpoint(text: str) -> SplitResult | None:
    """Where an interface is, without user, password, query: they may be secret. None for words, and without a port."""
    url = _split(text.strip() if "//" in text else f"//{text.strip()}")
    port = _url_port(url) if url else None
    if url is None or port is None or not re.fullmatch(r"[\w.:-]+", url.hostname or ""):
        return None
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    return url._replace(netloc=f"{host}:{port}", query="", fragment="")


def _split(url: str | None) -> SplitResult | None:
    """The parts of a URL; None for none and for what is none, such as brackets around no address."""
    try:
        return urlsplit(url) if url else None
    except ValueError:
        return None


def _scheme(url: SplitResult, answer: PortAnswer, port: int | None) -> SplitResult:
    """The URL as an old host is asked for it: what moved to TLS often spoke without it, at another port."""
    moved = answer.port != port and answer.role == "old-host"
    return url._replace(scheme="https" if answer.port in (443, 8443) else "http") if moved else url


def _distinct(ips: Iterable[IPAddress]) -> tuple[IPAddress, ...]:
    return tuple(dict.fromkeys(ips))


def _name(url: SplitResult | None) -> str | None:
    """What there is to ask name servers for."""
    return url.hostname if url and not _literal(url) else None


def _literal(url: SplitResult | None) -> tuple[IPAddress, ...]:
    try:
        return (address(url.hostname or ""),) if url else ()
    except ValueError:
        return ()


def _url_port(url: SplitResult) -> int | None:
    try:
        return url.port or {"http": 80, "https": 443}.get(url.scheme)
    except ValueError:
        return None


def _port_answer(ip: IPAddress, port: int, role: str, now: datetime, bounds: ProbeLimits) -> PortAnswer:
    first = connect(ip, port, bounds.connect_s)
    tries = [first]
    if first.opened and role == "service":  # one that refuses or keeps silent is not asked again
        tries += [connect(ip, port, bounds.connect_s) for _ in range(_CONNECTIONS - 1)]
    took = [each.ms for each in tries if each.opened]
    return PortAnswer(
        ip,
        port,
        first.opened,
        role,
        tried=len(tries),
        accepted=len(took),
        connect_ms=round(statistics.median(took), 2) if took else None,
        evidence=Evidence(f"TCP {ip} {port}", excerpt=f"{first.said} {len(took)} of {len(tries)}", taken_at=now),
    )
