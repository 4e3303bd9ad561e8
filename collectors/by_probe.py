"""A business system asked from outside: its names, its ports, its pages.

Everything is bounded in time and bytes: resolvers lie or keep silent, servers redirect in circles and never end.
"""

from __future__ import annotations

import re
import socket
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from collectors.probes.links import link_answers
from collectors.probes.names import Resolver, have_ipv6, name_answer, name_servers
from collectors.probes.page_text import resource_hosts
from collectors.probes.pages import ProbeLimits, page, timed
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
    bounds, servers = limits or ProbeLimits(), tuple(resolvers)
    url = _split(service.url)
    names: NameAnswer | None = None
    if name := _name(url):
        _refuse_forbidden((server.ip for server in name_servers(servers)), permits)
        names = name_answer(name, servers, now, bounds.dns_s, permits)
    found = tuple((names.a or ()) + (names.aaaa or ())) if names else ()
    current = _distinct((*service.addresses, *found, *_literal(url)))
    # An address that serves the system today is not its old host, whatever the register says.
    old = tuple(ip for ip in _distinct(service.old_addresses) if ip not in current)
    _refuse_forbidden((*current, *old), permits)
    port = service.port or (_url_port(url) if url else None)
    asked = [(ip, "service") for ip in current] + [(ip, "old-host") for ip in old]
    at = {"service": port, "old-host": service.old_port or port}
    ports = tuple(_port_answer(ip, p, role, now, bounds) for ip, role in asked if (p := at[role]))
    web = url if url and url.scheme in ("http", "https") else None
    fetched = timed([page(_scheme(web, p, port), p, now, bounds) for p in ports if web and p.open], bounds)
    links: tuple[LinkAnswer, ...] = ()
    if web and (first := next((f for f in fetched if f.port.ip.version == 6 and f.answer.role == "service"), None)):
        links = link_answers(web, first, bounds)
    pages = tuple(f.answer for f in fetched)
    resources: tuple[ResourceHost, ...] = ()
    if read := next((f for f in fetched if f.text and f.answer.role == "service"), None):
        hosts = resource_hosts(read.text, url.hostname if url else None)
        may_ask = all(permits(server.ip) for server in name_servers(servers)) if hosts else False
        told = have_ipv6(hosts, servers, bounds.links_s) if may_ask else ((host, None) for host in hosts)
        resources = tuple(ResourceHost(name, has) for name, has in told)
    interface = _interface(service, servers, now, bounds, permits) if service.interface else None
    evidence = Evidence("probe", taken_at=now)
    return ServiceProbe(service.system, names, ports, pages, links, resources, interface, evidence)


def _interface(
    service: ServiceTarget, servers: tuple[Resolver, ...], now: datetime, bounds: ProbeLimits, permits: Permits
) -> EndpointAnswer:
    """What the data interface answers; it may be another's, and be forbidden while the system is not."""
    url = _endpoint(service.interface or "")
    if url is None:
        return EndpointAnswer("", why="no host with a port is declared")
    asked = ServiceTarget(service.system, url.geturl())
    try:
        found = probe(asked, servers, now, replace(bounds, links_s=0.0), permits)
    except ReadFailed as failure:
        return EndpointAnswer(url.geturl(), why=failure.why)
    why = "" if found.ports else "its name has no address"
    return EndpointAnswer(url.geturl(), found.ports, found.pages, why)


def _endpoint(text: str) -> SplitResult | None:
    """Where an interface is, without user, password, query: they may be secret. None for words, and without a port."""
    url = _split(text.strip() if "//" in text else f"//{text.strip()}")
    port = _url_port(url) if url else None
    if url is None or port is None or not re.fullmatch(r"[\w.:-]+", url.hostname or ""):
        return None
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    return url._replace(netloc=f"{host}:{port}", query="", fragment="")


def _refuse_forbidden(ips: Iterable[IPAddress], permits: Permits) -> None:
    for ip in ips:
        if not permits(ip):
            raise ReadFailed(f"probe: {ip} is excluded", Gap.EXCLUDED)


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
    opened, shown, took_ms = _connects(ip, port, bounds)
    tries = [(opened, took_ms)]
    if opened and role == "service":  # one that refuses or keeps silent is not asked again
        tries += [(again, ms) for again, _, ms in (_connects(ip, port, bounds) for _ in range(_CONNECTIONS - 1))]
    took = [ms for accepted, ms in tries if accepted]
    return PortAnswer(
        ip,
        port,
        opened,
        role,
        tried=len(tries),
        accepted=len(took),
        connect_ms=round(statistics.median(took), 2) if took else None,
        evidence=Evidence(f"TCP {ip} {port}", excerpt=f"{shown} {len(took)} of {len(tries)}", taken_at=now),
    )


def _connects(ip: IPAddress, port: int, bounds: ProbeLimits) -> tuple[bool | None, str, float]:
    """Whether a connection is accepted, in words, and how long that took in ms."""
    started = time.monotonic()
    try:
        with socket.create_connection((str(ip), port), timeout=bounds.connect_s):
            return True, "accepted", (time.monotonic() - started) * 1000
    except ConnectionRefusedError:
        return False, "refused", 0.0
    except OSError as error:
        return None, "timed out" if isinstance(error, TimeoutError) else (error.strerror or "no route"), 0.0
