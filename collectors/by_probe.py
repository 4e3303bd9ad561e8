"""A business system asked from outside: its names, its ports, its pages. dnspython lives here.

Everything is bounded in time and bytes: resolvers lie or keep silent, servers redirect in circles and never end.
"""

from __future__ import annotations

import re
import socket
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

import dns.exception
import dns.nameserver
import dns.rdatatype
import dns.resolver

from collectors.by_probe_links import link_answers
from collectors.by_probe_pages import ProbeLimits, page
from inventory.addresses import IPAddress, address
from inventory.errors import Gap, ReadFailed
from inventory.evidence import Evidence
from inventory.facts import LinkAnswer, NameAnswer, PortAnswer, ServiceProbe

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


@dataclass(frozen=True, slots=True)
class Resolver:
    """A name server to ask; None instead of one means those of this machine."""

    ip: IPAddress
    port: int = 53


def resolver(text: str) -> Resolver:
    """``10.0.0.53``, ``10.0.0.53:5353``, ``fd00::53`` or ``[fd00::53]:5353``; ValueError for anything else."""
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(\d{1,5}))?", text)
    dotted = re.fullmatch(r"([\d.]+):(\d{1,5})", text)
    found = bracketed or dotted
    if not found:
        return Resolver(address(text))
    return Resolver(address(found[1]), int(found[2] or 53))


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
    if _is_name(url):
        _refuse_forbidden(name_servers(servers), permits)
    names = _name_answer(url, servers, now, bounds)
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
    fetched = [page(_scheme(web, p, port), p, now, bounds) for p in ports if web and p.open]
    links: tuple[LinkAnswer, ...] = ()
    if web and (first := next((f for f in fetched if f.port.ip.version == 6 and f.answer.role == "service"), None)):
        links = link_answers(web, first, bounds)
    pages = tuple(f.answer for f in fetched)
    return ServiceProbe(service.system, names, ports, pages, links, Evidence("probe", taken_at=now))


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


def _is_name(url: SplitResult | None) -> bool:
    return url is not None and bool(url.hostname) and not _literal(url)


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


def _name_answer(
    url: SplitResult | None, resolvers: tuple[Resolver, ...], now: datetime, bounds: ProbeLimits
) -> NameAnswer | None:
    if url is None or not url.hostname or not _is_name(url):
        return None
    ask = _configured(resolvers)
    a = _records(ask, url.hostname, "A", bounds)
    aaaa = _records(ask, url.hostname, "AAAA", bounds)
    disagree = tuple(_disagreeing(url.hostname, resolvers, bool(aaaa), bounds)) if aaaa is not None else ()
    shown = "; ".join([f"A {_shown(a)}", f"AAAA {_shown(aaaa)}", *disagree])
    return NameAnswer(
        name=url.hostname,
        a=None if a is None else tuple(ip for ip in a if isinstance(ip, IPv4Address)),
        aaaa=None if aaaa is None else tuple(ip for ip in aaaa if isinstance(ip, IPv6Address)),
        disagree=disagree,
        evidence=Evidence(f"DNS {url.hostname}", excerpt=shown, taken_at=now),
    )


def _disagreeing(name: str, resolvers: tuple[Resolver, ...], has: bool, bounds: ProbeLimits) -> Iterator[str]:
    """Name servers that say otherwise than the first that answered whether the name has AAAA records at all.

    Which records differ by server is the right of whoever serves from several places.
    """
    for server in resolvers if len(resolvers) > 1 else ():
        told = _records(_configured((server,)), name, "AAAA", bounds)
        if told is not None and bool(told) is not has:
            yield f"{server.ip}: AAAA {_shown(told)}"


def _shown(records: tuple[IPAddress, ...] | None) -> str:
    if records is None:
        return "no answer"
    return " ".join(map(str, records)) or "none"


def answers(server: Resolver, limit_s: float = 3.0) -> bool:
    """Whether a name server says anything at all: that it does not know, or does not tell us, is an answer."""
    ask = _configured((server,))
    if ask is None:
        return False
    try:
        ask.resolve(".", "NS", lifetime=limit_s, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.NoNameservers):
        return True
    except (dns.exception.DNSException, OSError):
        return False
    return True


def name_servers(resolvers: tuple[Resolver, ...]) -> tuple[IPAddress, ...]:
    """Whom a question for a name goes to: the resolvers, else those of this machine."""
    if resolvers:
        return tuple(each.ip for each in resolvers)
    ask = _configured(())
    return tuple(address(server) for server in ask.nameservers if isinstance(server, str)) if ask else ()


def ipv6_of(name: str, resolvers: tuple[Resolver, ...], limit_s: float = 3.0) -> tuple[IPAddress, ...]:
    """The AAAA records of a name; none where it has none or nobody tells."""
    return _records(_configured(resolvers), name, "AAAA", ProbeLimits(dns_s=limit_s)) or ()


def _configured(resolvers: tuple[Resolver, ...]) -> dns.resolver.Resolver | None:
    try:
        ask = dns.resolver.Resolver(configure=not resolvers)
    except dns.resolver.NoResolverConfiguration:
        return None
    if resolvers:
        ask.nameservers = [dns.nameserver.Do53Nameserver(str(r.ip), r.port) for r in resolvers]
    ask.cache = None
    return ask


def _records(
    ask: dns.resolver.Resolver | None, name: str, kind: str, bounds: ProbeLimits
) -> tuple[IPAddress, ...] | None:
    if ask is None:
        return None
    try:
        answer = ask.resolve(name, kind, lifetime=bounds.dns_s, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError, ValueError):
        return None
    return tuple(address(record.to_text()) for record in answer)[:64]


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
