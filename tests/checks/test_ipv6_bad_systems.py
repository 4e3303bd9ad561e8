"""Business systems that misbehave, as real servers: each ends in time with a finding, or unknown with the reason."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from test_by_probe import HERE, NOW, SIX, expired, naming, serving

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_network
from checks.model import Finding
from checks.sentences import sentence
from collectors.by_probe import ServiceTarget, probe
from collectors.probes.names import Resolver
from collectors.probes.pages import ProbeLimits
from inventory.facts import ServiceProbe
from inventory.snapshot import MemoryNetwork
from inventory.views import MemoryViews, SystemView

BOUNDS = ProbeLimits(dns_s=0.5, connect_s=0.7, page_s=1.2, links_s=1.0)
# Of one system: three questions to each of two resolvers, ten connects, a page of each family, links.
MOST_S = 6 * BOUNDS.dns_s + 10 * BOUNDS.connect_s + 2 * (BOUNDS.page_s + BOUNDS.connect_s) + BOUNDS.links_s + 2
Told = dict[str, tuple[str, str]]


def judged(seen: ServiceProbe) -> Told:
    """Outcome and sentence of each check of systems."""
    system = SystemView(
        "OA", None, None, None, None, None, None, None, None, seen,
        addresses=tuple(dict.fromkeys(answer.ip for answer in seen.ports)),
    )  # fmt: skip
    checks = tuple(c for c in catalogue().values() if c.id.startswith("ipv6.system-"))
    found = list(
        evaluate_network(MemoryNetwork([]), MemoryViews(all_systems=(system,)), Terms(checks, date(2026, 1, 2)))
    )
    assert not [f.traceback for f in found if f.traceback]
    return {f.check.removeprefix("ipv6.system-"): (f.outcome.value, said(f)) for f in found}


def said(found: Finding) -> str:
    return sentence(catalogue()[found.check], found).en


def asked(service: ServiceTarget, *resolvers: Resolver) -> Told:
    """What comes of a system, in bounded time."""
    begun = time.monotonic()
    seen = probe(service, resolvers or (Resolver(HERE, 9),), NOW, BOUNDS)
    assert time.monotonic() - begun < MOST_S
    assert all(len(page.evidence.excerpt) < 500 for page in seen.pages)
    return judged(seen)


@contextmanager
def both(four: Callable[[socket.socket], None], six: Callable[[socket.socket], None] | None = None) -> Iterator[int]:
    """Two raw servers at one port, over IPv4 and over IPv6, each with its own way of answering."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = listener.getsockname()[1]
        other = stack.enter_context(socket.create_server(("::1", port), family=socket.AF_INET6))
        for each, says in ((listener, four), (other, six or four)):
            threading.Thread(target=accepting, args=(each, says), daemon=True).start()
        yield port


def accepting(listener: socket.socket, says: Callable[[socket.socket], None]) -> None:
    def answer(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(20)
            connection.recv(65536)
            says(connection)

    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=answer, args=(connection,), daemon=True).start()


def says(text: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(text)


def ok(body: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<title>OA</title>{body}".encode()


GOOD = says(ok("县政务协同办公系统，登录后使用，电话 0660 至县数据局。"))


def page_of(port: int, path: str = "/") -> Told:
    return asked(ServiceTarget("OA", f"http://oa.test:{port}{path}", addresses=(HERE, SIX)))


# -- systems without an address -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "service",
    [ServiceTarget("OA"), ServiceTarget("OA", addresses=(SIX,)), ServiceTarget("OA", url="http://[::1")],
    ids=["nothing", "no port", "no URL"],
)  # fmt: skip
def test_system_without_a_place_is_not_known(service: ServiceTarget) -> None:
    outcome, sentence = asked(service)["reachable"]
    assert (outcome, "neither a name nor an address and a port" in sentence) == ("unknown", True)


def test_name_that_no_resolver_tells_is_not_known() -> None:
    with naming({}, silent=True) as silent:
        told = asked(ServiceTarget("OA", "http://oa.test/"), silent)
    assert told["aaaa"] == ("unknown", "OA: no resolver answered for its name")
    assert told["delegated"][0] == "unknown"


@pytest.mark.parametrize("lie", ["::1", "2001:db8::1", "fe80::1", "::ffff:10.0.0.1", "2002:a00:1::1"])
def test_record_that_leads_nowhere_is_no_record(lie: str) -> None:
    with naming({("oa.test", "A"): ["192.0.2.1"], ("oa.test", "AAAA"): [lie]}) as liar:
        told = asked(ServiceTarget("OA", "tcp://oa.test", port=None), liar)
    assert told["aaaa"][0] == "fail"


def test_two_resolvers_that_contradict_one_another_are_told() -> None:
    only4 = {("oa.test", "A"): ["192.0.2.1"]}
    with naming({**only4, ("oa.test", "AAAA"): ["fd00::1"]}) as good, naming(only4) as liar:
        outcome, sentence = asked(ServiceTarget("OA", "tcp://oa.test"), good, liar)["aaaa"]
    assert (outcome, "127.0.0.1: AAAA none" in sentence) == ("fail", True)


# -- pages --------------------------------------------------------------------------------------------------------


def test_good_page_passes_everything() -> None:
    with both(GOOD) as port:
        told = page_of(port)
    assert {told[name][0] for name in ("reachable", "page-served", "same-content", "no-ipv4-literals")} == {"pass"}


def redirecting(to: str, code: int = 302) -> Callable[[socket.socket], None]:
    return says(f"HTTP/1.1 {code} Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode())


@pytest.mark.parametrize("to", ["/", "/again?and=again", "//oa.test:{port}/"])
def test_circle_of_redirects_is_a_finding(to: str) -> None:
    with both(GOOD, lambda c: redirecting(to.format(port=c.getsockname()[1]))(c)) as port:
        told = page_of(port)
    assert told["page-served"] == ("fail", "OA: its first page does not open over IPv6: it redirects in a circle")


@pytest.mark.parametrize("to", ["http://elsewhere.test/", "ftp://oa.test/", "https://10.9.9.9/"])
def test_redirect_to_another_name_is_not_followed(to: str) -> None:
    with both(redirecting(to)) as port:
        told = page_of(port)
    assert told["page-served"][0] == "unknown"
    assert "redirects to another name or scheme" in told["page-served"][1]


@pytest.mark.parametrize(
    "to", ["http://[::", "http://oa.test:99999/", "\x01\x02", "javascript:0", "mailto:oa", "http://" + "a" * 5000]
)
def test_redirect_that_is_no_url_ends_there(to: str) -> None:
    with both(GOOD, redirecting(to)) as port:
        assert page_of(port)["page-served"][0] in ("fail", "unknown")


def test_redirect_to_tls_of_the_same_name_is_followed(tmp_path: Path) -> None:
    with serving("::1", tls=expired(tmp_path)) as secure:
        to = redirecting(f"https://oa.test:{secure}/", 301)
        with both(to) as port:
            seen = probe(ServiceTarget("OA", f"http://oa.test:{port}/", addresses=(SIX,)), (), NOW, BOUNDS)
    (page,) = seen.pages
    assert (page.status, page.ended, page.tls_subject) == (200, None, "CN=oa.test")


def endless(connection: socket.socket) -> None:
    connection.sendall(ok(""))
    while True:
        connection.sendall(b"x" * 65536)


def dripping(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(100):
        time.sleep(0.1)
        connection.sendall(b"a")


def headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Long: " + b"y" * 4000 + b"\r\n")


@pytest.mark.parametrize(
    ("answering", "outcome", "reason"),
    [
        (endless, "pass", ""),  # what was read of it is a page
        (dripping, "pass", ""),
        (headers, "fail", "no HTTP answer"),
        (says(b"220 smtp.county ESMTP\r\n"), "fail", "no HTTP answer"),
        (says(b""), "fail", "no HTTP answer"),
        (lambda c: time.sleep(5), "fail", "no HTTP answer"),
        (says(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"), "fail", "HTTP 500"),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\nx"), "fail", "the page breaks off"),
        (says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFF\r\nx"), "fail", "the page breaks off"),
    ],
    ids=["endless", "dripping", "headers", "smtp", "nothing", "silent", "error", "short", "chunks"],
)  # fmt: skip
def test_page_over_ipv6_that_is_none(answering: Callable[[socket.socket], None], outcome: str, reason: str) -> None:
    with both(GOOD, answering) as port:
        told = page_of(port)
    assert told["page-served"][0] == outcome, told["page-served"]
    assert reason in told["page-served"][1]
    assert told["reachable"][0] == "pass"


def test_page_that_unpacks_to_a_thousand_times_its_size_is_not_unpacked() -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    with both(says(head + bomb)) as port:
        told = page_of(port)
    assert told["page-served"][0] == "pass"
    assert told["no-ipv4-literals"][0] == "unknown"


# -- TLS ----------------------------------------------------------------------------------------------------------


def test_expired_certificate_is_a_finding(tmp_path: Path) -> None:
    context = expired(tmp_path)
    with serving("127.0.0.1", tls=context) as port, serving("::1", port, tls=context):
        service = ServiceTarget("OA", f"https://oa.test:{port}/", addresses=(HERE, SIX))
        begun = datetime.now(UTC)
        seen = probe(service, (), NOW, BOUNDS)
    assert {page.tls_expires and page.tls_expires < begun for page in seen.pages} == {True}
    system = SystemView("OA", None, None, None, None, None, None, None, None, seen)
    terms = Terms((catalogue()["ipv6.system-tls"],), datetime.now(UTC).date())
    (found,) = evaluate_network(MemoryNetwork([]), MemoryViews(all_systems=(system,)), terms)
    assert (found.outcome.value, "has expired" in said(found)) == ("fail", True)


def test_port_that_speaks_no_tls_has_no_certificate() -> None:
    with both(GOOD) as port:
        told = asked(ServiceTarget("OA", f"https://oa.test:{port}/", addresses=(HERE, SIX)))
    assert told["page-served"][0] == "fail"
    assert told["tls"][0] == "unknown"


def test_tls_that_never_shakes_hands_ends_in_time(tmp_path: Path) -> None:
    assert isinstance(ssl.create_default_context(), ssl.SSLContext)
    with both(lambda c: time.sleep(8)) as port:
        told = asked(ServiceTarget("OA", f"https://oa.test:{port}/", addresses=(SIX,)))
    assert told["page-served"][0] == "fail"
    assert told["tls"][0] == "unknown"
