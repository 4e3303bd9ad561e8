"""Pages of a business system, asked of one address; httpx lives here.

Everything is bounded in time and bytes: servers redirect in circles, never end, and send what was not asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import ssl
import time
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx
from cryptography import x509

from collectors.probes.deadline import Deadline
from collectors.probes.page_text import digest, ipv4_literals, title
from inventory.addresses import IPAddress
from inventory.evidence import Evidence
from inventory.facts import PortAnswer, WebAnswer

_LARGEST_BODY_BYTES = 1_000_000
_LONGEST_TEXT_BYTES = 256 * 1024
_MOST_REDIRECTS = 5
_TRIES = 4  # of a page that both families serve, to compare their times
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST_SUBJECT = 200  # characters
# What a certificate makes the library raise that is not written as RFC 5280 wants; most have no base class in common.
_ILL_FORMED = (ValueError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
LOOP, ELSEWHERE, CUT = "loop", "elsewhere", "cut"  # how a page may end that is not whole


@dataclass(frozen=True, slots=True)
class ProbeLimits:
    """Bounds of one probe, in seconds."""

    dns_s: float = 3.0
    connect_s: float = 3.0
    page_s: float = 10.0
    links_s: float = 20.0  # for all links together


def page(url: SplitResult, port: PortAnswer, now: datetime, bounds: ProbeLimits) -> Page:
    """What the URL gets at that very address, redirects followed within the same name; raises nothing."""
    started = time.monotonic()
    got = fetched(url, port, bounds)
    elapsed_ms = (time.monotonic() - started) * 1000
    shown = " ".join(filter(None, (f"HTTP {got.status}" if got.status else "", got.ended)))
    text = got.text()
    seen = digest(text)
    answer = WebAnswer(
        url=url.geturl(),
        ip=port.ip,
        status=got.status,
        title=title(text),
        body_sha256=hashlib.sha256(got.body).hexdigest() if got.status else None,
        tls_subject=got.tls_subject,
        tls_sha256=got.tls_sha256,
        tls_expires=got.tls_expires,
        elapsed_ms=round(elapsed_ms, 1) if got.status else None,
        role=port.role,
        tls_name=got.tls_name,
        text_digest=seen.simhash if seen else None,
        text_length=seen.length if seen else None,
        ipv4_literals=ipv4_literals(text, url.hostname),
        ended=got.ended,
        evidence=Evidence(f"HTTP {url.geturl()} at {port.ip}", excerpt=shown, taken_at=now),
    )
    return Page(port, answer, text)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is kept, and its text for those who follow its links."""

    port: PortAnswer
    answer: WebAnswer
    text: str


def timed(pages: list[Page], bounds: ProbeLimits) -> list[Page]:
    """The pages with the times of the fastest and the slowest of several tries, where both families gave a whole one.

    The tries go in turns over the addresses: whatever else the machines do makes one slower, and none faster. No try
    begins after the time of one page.
    """
    whole = [page for page in pages if page.answer.role == "service" and page.answer.status and not page.answer.ended]
    if {page.port.ip.version for page in whole} != {4, 6}:
        return pages
    took = {page.port.ip: [page.answer.elapsed_ms or 0.0] for page in whole}
    until = time.monotonic() + bounds.page_s
    for page in whole * (_TRIES - 1):
        started = time.monotonic()
        if started >= until:
            break
        got = fetched(urlsplit(page.answer.url), page.port, bounds)
        if got.status == page.answer.status and got.ended is None:
            took[page.port.ip].append(round((time.monotonic() - started) * 1000, 1))
    return [_timed(page, took[page.port.ip]) if page in whole else page for page in pages]


def _timed(page: Page, took_ms: list[float]) -> Page:
    return replace(page, answer=replace(page.answer, elapsed_ms=min(took_ms), slowest_ms=max(took_ms)))


@dataclass(slots=True)
class Fetched:
    """What a request got; ``status`` None: no HTTP answer, for the reason in ``ended``."""

    status: int | None = None
    body: bytes = b""
    ended: str | None = None
    coded: bool = False  # the body is compressed, though that was not asked for: nothing is unpacked
    tls_subject: str | None = None
    tls_sha256: str | None = None
    tls_expires: datetime | None = None
    tls_name: bool | None = None

    def text(self) -> str:
        """The head of the body as text; empty where it is compressed."""
        return "" if self.coded else self.body[:_LONGEST_TEXT_BYTES].decode("utf-8", "replace")


def fetched(url: SplitResult, port: PortAnswer, bounds: ProbeLimits) -> Fetched:
    """The page as the host at that very address gives it, redirects followed only within the same name."""
    got = Fetched()
    deadline = time.monotonic() + bounds.page_s
    # The certificate is read, not trusted: an expired one is a fact to report, not a reason to see nothing.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        Deadline(bounds.page_s) as end,
        httpx.Client(verify=context, trust_env=False, timeout=bounds.connect_s) as client,
    ):
        there = _There(url._replace(fragment=""), port.ip, port.port)
        for _ in range(_MOST_REDIRECTS + 1):
            try:
                again = _request(client, there, got, deadline, end)
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                is_late = got.status is not None and time.monotonic() >= deadline
                got.ended = CUT if is_late else type(error).__name__
                return got
            if again is None:
                return got
            there = again
    got.ended = LOOP
    return got


@dataclass(frozen=True, slots=True)
class _There:
    """A URL, and the address and port that it is asked at."""

    url: SplitResult
    ip: IPAddress
    port: int

    @property
    def host(self) -> str:
        """The name that is asked for."""
        return self.url.hostname or str(self.ip)


def _request(client: httpx.Client, there: _There, got: Fetched, deadline: float, end: Deadline) -> _There | None:
    literal = f"[{there.ip}]" if there.ip.version == 6 else str(there.ip)
    default = _DEFAULT_PORTS[there.url.scheme]
    path = there.url._replace(scheme="", netloc="").geturl() or "/"
    request = client.build_request(
        "GET",
        f"{there.url.scheme}://{literal}:{there.port}{path}",
        headers={
            "Host": there.host if there.port == default else f"{there.host}:{there.port}",
            "User-Agent": "hecha",
            "Accept-Encoding": "identity",
            "Connection": "close",
        },
        extensions={"sni_hostname": there.host, "trace": end.told},
    )
    response = client.send(request, stream=True)
    try:
        _read_certificate(response, there.host, got)
        got.status = response.status_code
        got.coded = response.headers.get("content-encoding", "identity").lower() != "identity"
        got.body, got.ended = _bounded_body(response, deadline)
    finally:
        response.close()
    if response.status_code not in _REDIRECTS or "location" not in response.headers:
        return None
    again = _within_name(there, response.headers["location"])
    if again is None:
        got.ended = ELSEWHERE
    return again


def _within_name(there: _There, location: str) -> _There | None:
    """Where a redirect leads at the same address; None for another name. To TLS is no other name."""
    to = urlsplit(urljoin(there.url.geturl(), location))._replace(fragment="")
    if (to.scheme, to.netloc) == (there.url.scheme, there.url.netloc):
        return replace(there, url=to)
    if (there.url.scheme, to.scheme) == ("http", "https") and to.hostname == there.url.hostname:
        return _There(to, there.ip, to.port or _DEFAULT_PORTS["https"])
    return None


def _bounded_body(response: httpx.Response, deadline: float) -> tuple[bytes, str | None]:
    """The body, and that it was cut where it is too long or does not end in time."""
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) >= _LARGEST_BODY_BYTES or time.monotonic() > deadline:
            return bytes(body[:_LARGEST_BODY_BYTES]), CUT
    return bytes(body), None


def _read_certificate(response: httpx.Response, host: str, got: Fetched) -> None:
    stream = response.extensions.get("network_stream")
    channel = stream.get_extra_info("ssl_object") if stream else None
    encoded = channel.getpeercert(True) if channel else None
    if not encoded:
        return
    got.tls_sha256 = hashlib.sha256(encoded).hexdigest()
    with contextlib.suppress(*_ILL_FORMED):
        certificate = x509.load_der_x509_certificate(encoded)
        subject = certificate.subject.rfc4514_string()[:_LONGEST_SUBJECT]
        got.tls_subject = "".join(c for c in subject if c.isprintable())
        got.tls_expires = certificate.not_valid_after_utc
        got.tls_name = _names(certificate, host)


def _names(certificate: x509.Certificate, host: str) -> bool | None:
    """Whether a certificate is for the host (RFC 9525: names and addresses of its subjectAltName); None: unreadable."""
    try:
        told = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = [name.lower() for name in told.get_values_for_type(x509.DNSName)]
        addresses = [str(ip) for ip in told.get_values_for_type(x509.IPAddress)]
    except x509.ExtensionNotFound:
        return False
    except _ILL_FORMED:
        return None
    host = host.lower()
    wild = f"*.{host.partition('.')[2]}"
    return host in names or host in addresses or ("." in host and wild in names)
