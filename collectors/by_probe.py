"""A business system asked from outside: its names, its ports, its pages. dnspython and httpx live here.

Everything is bounded in time and bytes: resolvers lie or keep silent, servers redirect in circles and never end.
"""

from __future__ import annotations

import hashlib
import html
import re
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urljoin, urlsplit

import dns.exception
import dns.nameserver
import dns.rdatatype
import dns.resolver
import httpx
from cryptography import x509

from inventory.addresses import IPAddress, address
from inventory.evidence import Evidence
from inventory.facts import NameAnswer, PortAnswer, ServiceProbe, WebAnswer

_LARGEST_BODY_BYTES = 1_000_000
_MOST_REDIRECTS = 5
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class ServiceTarget:
    """A business system to probe: where it says it is, and where it was before."""

    system: str
    url: str | None = None
    port: int | None = None  # None: the URL's
    addresses: tuple[IPAddress, ...] = ()
    old_addresses: tuple[IPAddress, ...] = ()


@dataclass(frozen=True, slots=True)
class ProbeLimits:
    """Bounds of one probe, in seconds."""

    dns_s: float = 3.0
    connect_s: float = 3.0
    page_s: float = 10.0


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


def probe(
    service: ServiceTarget, resolvers: Iterable[Resolver], now: datetime, limits: ProbeLimits | None = None
) -> ServiceProbe:
    """What the system's names, ports and pages answer; every question that failed is in it as such."""
    bounds = limits or ProbeLimits()
    url = _split(service.url)
    names = _name_answer(url, tuple(resolvers), now, bounds)
    found = tuple((names.a or ()) + (names.aaaa or ())) if names else ()
    current = _distinct((*service.addresses, *found, *_literal(url)))
    # An address that serves the system today is not its old host, whatever the register says.
    old = tuple(ip for ip in _distinct(service.old_addresses) if ip not in current)
    port = service.port or (_url_port(url) if url else None)
    asked = [(ip, "service") for ip in current] + [(ip, "old-host") for ip in old]
    ports = tuple(_port_answer(ip, port, role, now, bounds) for ip, role in asked) if port else ()
    pages = tuple(
        page for p in ports if p.open and url and url.scheme in ("http", "https") for page in _page(url, p, now, bounds)
    )
    return ServiceProbe(service.system, names, ports, pages, Evidence("probe", taken_at=now))


def _split(url: str | None) -> SplitResult | None:
    """The parts of a URL; None for none and for what is none, such as brackets around no address."""
    try:
        return urlsplit(url) if url else None
    except ValueError:
        return None


def _distinct(ips: Iterable[IPAddress]) -> tuple[IPAddress, ...]:
    return tuple(dict.fromkeys(ips))


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
    if url is None or not url.hostname or _literal(url):
        return None
    ask = _configured(resolvers)
    a = _records(ask, url.hostname, "A", bounds)
    aaaa = _records(ask, url.hostname, "AAAA", bounds)
    shown = f"A {_shown(a)}; AAAA {_shown(aaaa)}"
    return NameAnswer(
        name=url.hostname,
        a=None if a is None else tuple(ip for ip in a if isinstance(ip, IPv4Address)),
        aaaa=None if aaaa is None else tuple(ip for ip in aaaa if isinstance(ip, IPv6Address)),
        evidence=Evidence(f"DNS {url.hostname}", excerpt=shown, taken_at=now),
    )


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
    opened, shown = _connects(ip, port, bounds)
    evidence = Evidence(f"TCP {ip} {port}", excerpt=shown, taken_at=now)
    return PortAnswer(ip, port, opened, role, evidence)


def _connects(ip: IPAddress, port: int, bounds: ProbeLimits) -> tuple[bool | None, str]:
    try:
        with socket.create_connection((str(ip), port), timeout=bounds.connect_s):
            return True, "accepted"
    except ConnectionRefusedError:
        return False, "refused"
    except OSError as error:
        return None, "timed out" if isinstance(error, TimeoutError) else (error.strerror or "no route")


def _page(url: SplitResult, port: PortAnswer, now: datetime, bounds: ProbeLimits) -> Iterator[WebAnswer]:
    host = url.hostname or str(port.ip)
    started = time.monotonic()
    answer = _fetched(url, host, port, bounds)
    elapsed_ms = (time.monotonic() - started) * 1000
    shown = f"HTTP {answer.status}" if answer.status else answer.failure
    yield WebAnswer(
        url=url.geturl(),
        ip=port.ip,
        status=answer.status,
        title=_title(answer.body),
        body_sha256=hashlib.sha256(answer.body).hexdigest() if answer.status else None,
        tls_subject=answer.tls_subject,
        tls_expires=answer.tls_expires,
        elapsed_ms=round(elapsed_ms, 1) if answer.status else None,
        role=port.role,
        evidence=Evidence(f"HTTP {url.geturl()} at {port.ip}", excerpt=shown, taken_at=now),
    )


@dataclass(slots=True)
class _Fetched:
    status: int | None = None
    body: bytes = b""
    failure: str = ""
    tls_subject: str | None = None
    tls_expires: datetime | None = None


def _fetched(url: SplitResult, host: str, port: PortAnswer, bounds: ProbeLimits) -> _Fetched:
    """The page as the host at that very address gives it, redirects followed only within the same name."""
    got = _Fetched()
    deadline = time.monotonic() + bounds.page_s
    # The certificate is read, not trusted: an expired one is a fact to report, not a reason to see nothing.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with httpx.Client(verify=context, trust_env=False, timeout=bounds.connect_s) as client:
        path = url._replace(scheme="", netloc="", fragment="").geturl() or "/"
        for _ in range(_MOST_REDIRECTS + 1):
            try:
                again = _request(client, url, host, port, path, got, deadline)
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                got.failure = type(error).__name__
                return got
            if again is None:
                return got
            path = again
    return got


def _request(
    client: httpx.Client, url: SplitResult, host: str, port: PortAnswer, path: str, got: _Fetched, deadline: float
) -> str | None:
    literal = f"[{port.ip}]" if port.ip.version == 6 else str(port.ip)
    default = {"http": 80, "https": 443}[url.scheme]
    named = host if port.port == default else f"{host}:{port.port}"
    request = client.build_request(
        "GET",
        f"{url.scheme}://{literal}:{port.port}{path}",
        headers={"Host": named, "User-Agent": "hecha"},
        extensions={"sni_hostname": host},
    )
    response = client.send(request, stream=True)
    try:
        _read_certificate(response, got)
        got.status = response.status_code
        got.body = _bounded_body(response, deadline)
    finally:
        response.close()
    return _same_name(response, url, path)


def _bounded_body(response: httpx.Response, deadline: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) >= _LARGEST_BODY_BYTES or time.monotonic() > deadline:
            break
    return bytes(body[:_LARGEST_BODY_BYTES])


def _same_name(response: httpx.Response, url: SplitResult, path: str) -> str | None:
    if response.status_code not in (301, 302, 303, 307, 308) or "location" not in response.headers:
        return None
    there = urlsplit(urljoin(f"{url.scheme}://{url.netloc}{path}", response.headers["location"]))
    if (there.scheme, there.netloc) != (url.scheme, url.netloc):
        return None
    return there._replace(scheme="", netloc="", fragment="").geturl() or "/"


def _read_certificate(response: httpx.Response, got: _Fetched) -> None:
    stream = response.extensions.get("network_stream")
    channel = stream.get_extra_info("ssl_object") if stream else None
    encoded = channel.getpeercert(True) if channel else None
    if not encoded:
        return
    certificate = x509.load_der_x509_certificate(encoded)
    got.tls_subject = certificate.subject.rfc4514_string()[:200]
    got.tls_expires = certificate.not_valid_after_utc


def _title(body: bytes) -> str | None:
    found = _TITLE.search(body[:65536].decode("utf-8", "replace"))
    if not found:
        return None
    return " ".join(html.unescape(found[1]).split())[:200] or None
