"""Probes against real servers on loopback: names, ports, pages, and servers that misbehave."""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import dns.message
import dns.rcode
import dns.rrset
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from collectors.by_probe import ServiceTarget, probe
from collectors.probes.names import Resolver, resolver
from collectors.probes.pages import ProbeLimits
from inventory.errors import Gap, ReadFailed

NOW = datetime(2026, 1, 2, tzinfo=UTC)
QUICK = ProbeLimits(dns_s=0.6, connect_s=0.8, page_s=1.5)
HERE = ip_address("127.0.0.1")
OLD = ip_address("127.0.0.2")


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
        elif self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", "/")
            self.end_headers()
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):
                for _ in itertools.count():
                    self.wfile.write(b"x" * 65536)
        elif self.path == "/portal":
            links = "".join(f'<a href="/page/{n}">{n}</a>' for n in range(4)) + '<a href="/secret/x">x</a>'
            self._say(f'<title>门户</title>{links}<img src="http://10.1.2.3/logo.png">')
        elif self.path == "/windows":
            self._say(
                '<img src="http://cdn.test/a.png"><script src="//map.test/m.js"></script><img src="/own.png">'
                '<link rel="stylesheet" href="https://gone.test/s.css"><a href="http://linked.test/">only a link</a>'
                '<img src="http://10.1.2.3/x.png"><iframe src="http://oa.test/frame"></iframe><img src="data:,x">'
            )
        elif self.path == "/robots.txt":
            self._say("User-agent: *\nDisallow: /secret/\n")
        elif self.path == "/page/3":
            self.send_error(404)
        elif self.path.startswith("/page/"):
            self._say('<a href="/deep">deep</a><a href="/portal">back</a>')
        elif self.path == "/packed":
            self._say("x" * 100, coding="gzip")
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write("<html><title> 政务&amp;协同\n OA </title>".encode())

    def _say(self, text: str, coding: str | None = None) -> None:
        self.send_response(200)
        if coding:
            self.send_header("Content-Encoding", coding)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(address: str, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    kind = type(
        "Server", (ThreadingHTTPServer,), {"address_family": socket.AF_INET6 if ":" in address else socket.AF_INET}
    )
    server = kind((address, port), Pages)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def naming(records: dict[tuple[str, str], list[str]], silent: bool = False) -> Iterator[Resolver]:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.settimeout(0.05)
    stop = threading.Event()

    def answer() -> None:
        while not stop.is_set():
            try:
                wire, peer = sock.recvfrom(4096)
            except TimeoutError:
                continue
            if silent:
                continue
            query = dns.message.from_wire(wire)
            question = query.question[0]
            reply = dns.message.make_response(query)
            kind = "AAAA" if question.rdtype == 28 else "A"
            name = question.name.to_text(omit_final_dot=True)
            found = records.get((name, kind))
            if found:
                reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
            elif not any(n == name for n, _ in records):
                reply.set_rcode(dns.rcode.NXDOMAIN)
            sock.sendto(reply.to_wire(), peer)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield Resolver(HERE, sock.getsockname()[1])
    finally:
        stop.set()
        thread.join()
        sock.close()


def test_a_system_and_its_old_host_both_answer() -> None:
    with serving("127.0.0.1") as port, serving("127.0.0.2", port), naming({("oa.test", "A"): ["127.0.0.1"]}) as ns:
        service = ServiceTarget("OA", f"http://oa.test:{port}/moved", old_addresses=(OLD, HERE))
        seen = probe(service, [ns], NOW, QUICK)
    assert seen.names is not None
    assert (seen.names.a, seen.names.aaaa) == ((HERE,), ())
    assert [(p.ip, p.open, p.role) for p in seen.ports] == [(HERE, True, "service"), (OLD, True, "old-host")]
    assert [(p.status, p.title, p.role) for p in seen.pages] == [
        (200, "政务&协同 OA", "service"),
        (200, "政务&协同 OA", "old-host"),
    ]
    assert seen.pages[0].body_sha256 == seen.pages[1].body_sha256


def test_a_refused_port_is_closed_and_an_unknown_name_has_no_records() -> None:
    with socket.socket() as held, naming({}) as ns:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        seen = probe(ServiceTarget("OA", f"http://gone.test:{port}/", addresses=(HERE,)), [ns], NOW, QUICK)
    assert seen.names is not None
    assert (seen.names.a, seen.names.aaaa) == ((), ())
    assert [p.open for p in seen.ports] == [False]
    assert seen.pages == ()


def test_a_silent_resolver_leaves_the_records_unknown() -> None:
    with naming({}, silent=True) as ns:
        seen = probe(ServiceTarget("OA", "http://oa.test/"), [ns], NOW, QUICK)
    assert seen.names is not None
    assert (seen.names.a, seen.names.aaaa, seen.ports) == (None, None, ())


@pytest.mark.parametrize(("path", "status"), [("/loop", 302), ("/endless", 200)])
def test_loops_and_endless_bodies_end(path: str, status: int) -> None:
    with serving("127.0.0.1") as port:
        seen = probe(ServiceTarget("OA", f"http://127.0.0.1:{port}{path}"), [], NOW, QUICK)
    assert seen.names is None
    assert [p.status for p in seen.pages] == [status]


def test_an_expired_certificate_is_read(tmp_path: Path) -> None:
    with serving("127.0.0.1", tls=expired(tmp_path)) as port:
        seen = probe(ServiceTarget("OA", f"https://127.0.0.1:{port}/"), [], NOW, QUICK)
    (page,) = seen.pages
    assert page.status == 200
    assert page.tls_subject == "CN=oa.test"
    assert page.tls_expires is not None
    assert page.tls_expires < datetime.now(UTC)


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05"),  # of a version that there is none of
        (b"\x82\x07oa.test", b"\xa3\x07oa.test"),  # for an X.400 address
        (b"\x82\x07oa.test", b"\x82\x07\xff\xfe.test"),  # for a name in no text
    ],
)
def test_a_certificate_that_cannot_be_read_costs_no_page(tmp_path: Path, written: bytes, instead: bytes) -> None:
    with serving("127.0.0.1", tls=expired(tmp_path, written, instead)) as port:
        (page,) = probe(ServiceTarget("OA", f"https://127.0.0.1:{port}/"), [], NOW, QUICK).pages
    assert (page.status, page.ended, page.tls_name) == (200, None, None)
    assert page.tls_sha256 is not None


def expired(folder: Path, written: bytes = b"", instead: bytes = b"") -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "oa.test")])
    ended = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ended - timedelta(days=30))
        .not_valid_after(ended)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("oa.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    octets = certificate.public_bytes(serialization.Encoding.DER).replace(written, instead, 1)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "pair.pem").write_bytes(pem + ssl.DER_cert_to_PEM_cert(octets).encode("ascii"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pair.pem")
    return context


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.53", (ip_address("10.0.0.53"), 53)),
        ("10.0.0.53:5353", (ip_address("10.0.0.53"), 5353)),
        ("fd00::53", (ip_address("fd00::53"), 53)),
        ("[fd00::53]:5353", (ip_address("fd00::53"), 5353)),
    ],
)
def test_resolvers_are_written_with_or_without_a_port(text: str, expected: tuple[object, int]) -> None:
    found = resolver(text)
    assert (found.ip, found.port) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1", "http://[::zz]/", "http://x:99999/", "http://x:port/", "http://" + "a" * 70 + ".cn/",
        "http://a..b/", "http://xn--a.cn/", "//", "javascript:alert(1)", "http://\ud800.cn/", "http://a b/",
    ],
)  # fmt: skip
def test_url_that_is_none_costs_no_more_than_itself(url: str) -> None:
    """What a person declared may be anything; the addresses are asked all the same."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = probe(ServiceTarget("s", url, port, (HERE,)), [Resolver(HERE, 9)], NOW, QUICK)
    assert [(answer.ip, answer.port, answer.open) for answer in found.ports] == [(HERE, port, True)]


SIX = ip_address("::1")


def test_links_are_followed_over_ipv6_and_robots_obeyed() -> None:
    with serving("127.0.0.1") as port, serving("::1", port):
        found = probe(ServiceTarget("p", f"http://oa.test:{port}/portal", addresses=(HERE, SIX)), (), NOW, QUICK)
    assert {(link.url.partition(str(port))[2], link.level, link.status) for link in found.links} == {
        ("/page/0", 2, 200), ("/page/1", 2, 200), ("/page/2", 2, 200), ("/page/3", 2, 404), ("/deep", 3, 200),
    }  # fmt: skip
    assert {page.ipv4_literals for page in found.pages} == {("10.1.2.3",)}
    assert len({page.text_digest for page in found.pages}) == 1


def test_names_that_a_page_fetches_from_are_asked_for_ipv6() -> None:
    records = {("oa.test", "AAAA"): ["::1"], ("cdn.test", "AAAA"): ["fd00::1"], ("map.test", "A"): ["10.0.0.1"]}
    with serving("::1") as port, naming(records) as ns:
        found = probe(ServiceTarget("p", f"http://oa.test:{port}/windows"), (ns,), NOW, QUICK)
    assert [(host.name, host.aaaa) for host in found.resources] == [
        ("cdn.test", True),
        ("map.test", False),
        ("gone.test", False),
    ]


def test_names_that_nobody_tells_cost_no_more_than_their_time() -> None:
    with serving("::1") as port, naming({}, silent=True) as silent:
        bounds = ProbeLimits(dns_s=0.3, connect_s=0.8, page_s=1.5, links_s=0.6)
        begun = time.monotonic()
        found = probe(ServiceTarget("p", f"http://[::1]:{port}/windows"), (silent,), NOW, bounds)
    assert {host.aaaa for host in found.resources} == {None}
    assert time.monotonic() - begun < 6


def test_links_end_in_time() -> None:
    with serving("127.0.0.1") as port, serving("::1", port):
        bounds = ProbeLimits(connect_s=0.8, page_s=1.5, links_s=1.2)
        found = probe(ServiceTarget("p", f"http://oa.test:{port}/portal", addresses=(SIX,)), (), NOW, bounds)
    assert 1 <= len(found.links) <= 2


def test_connections_are_counted_and_timed() -> None:
    with serving("127.0.0.1") as port:
        found = probe(ServiceTarget("p", port=port, addresses=(HERE, OLD)), (), NOW, QUICK)
    here, old = found.ports
    assert (here.tried, here.accepted, here.open) == (5, 5, True)
    assert here.connect_ms is not None
    assert (old.tried, old.accepted, old.connect_ms, old.open) == (1, 0, None, False)


def test_page_of_both_families_has_the_time_of_the_fastest_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """In turns over both; a single hiccup of either is no slowness, and what is always slow stays slow."""
    asked: list[int] = []

    def hiccup(self: Pages) -> None:
        version = ip_address(self.client_address[0]).version
        asked.append(version)
        if (version == 6 and self.path == "/slow") or asked == [4]:
            time.sleep(0.4)
        self._say("<title>OA</title>")

    monkeypatch.setattr(Pages, "do_GET", hiccup)
    told = {}
    for path in ("/", "/slow"):
        asked.clear()
        with serving("127.0.0.1") as port, serving("::1", port):
            target = ServiceTarget("OA", f"http://oa.test:{port}{path}", addresses=(HERE, SIX))
            found = probe(target, (), NOW, ProbeLimits(page_s=5, links_s=0))
        assert asked[:6] == [4, 6, 4, 6, 4, 6]
        told[path] = {page.ip: (page.elapsed_ms or 0.0, page.slowest_ms or 0.0) for page in found.pages}
    assert told["/"][HERE][0] < 400 <= told["/"][HERE][1], "the hiccup was over IPv4"
    assert told["/"][SIX][0] < 400
    assert told["/slow"][HERE][0] < 400 <= told["/slow"][SIX][0]


def test_page_that_never_ends_is_asked_for_once() -> None:
    with serving("127.0.0.1") as port, serving("::1", port):
        started = time.monotonic()
        probe(ServiceTarget("OA", f"http://oa.test:{port}/endless", addresses=(HERE, SIX)), (), NOW, QUICK)
    assert time.monotonic() - started < 3 * QUICK.page_s + 2


def test_what_comes_packed_is_not_unpacked() -> None:
    with serving("127.0.0.1") as port:
        found = probe(ServiceTarget("p", f"http://oa.test:{port}/packed", addresses=(HERE,)), (), NOW, QUICK)
    assert (found.pages[0].status, found.pages[0].title, found.pages[0].text_digest) == (200, None, None)


def test_resolver_that_keeps_the_ipv6_record_is_told() -> None:
    both = {("oa.test", "A"): ["10.0.0.1"], ("oa.test", "AAAA"): ["fd00::1"]}
    only4 = {("oa.test", "A"): ["10.0.0.1"]}
    with naming(both) as good, naming(only4) as liar:
        found = probe(ServiceTarget("p", "http://oa.test:9/", port=9), (good, liar), NOW, QUICK)
    assert found.names
    assert found.names.disagree == ("127.0.0.1: AAAA none",)


def test_a_header_that_never_ends_ends_in_time() -> None:
    """Octet after octet, each within the time that is allowed for one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=dripping, args=(listener,), daemon=True).start()
        port = listener.getsockname()[1]
        begun = time.monotonic()
        seen = probe(ServiceTarget("OA", f"http://127.0.0.1:{port}/"), (), NOW, QUICK)
    assert time.monotonic() - begun < QUICK.page_s + QUICK.connect_s + 1
    assert [page.status for page in seen.pages] == [None]


def dripping(listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=drip, args=(connection,), daemon=True).start()


def drip(connection: socket.socket) -> None:
    with contextlib.suppress(OSError), connection:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        for _ in range(60):
            time.sleep(0.1)
            connection.sendall(b"a")


def test_old_host_is_asked_at_the_port_it_had(tmp_path: Path) -> None:
    """It spoke no TLS there; what serves today has a certificate, which is told by its digest."""
    with serving("127.0.0.1", tls=expired(tmp_path)) as port, serving("127.0.0.2") as old:
        service = ServiceTarget("OA", f"https://127.0.0.1:{port}/", old_addresses=(OLD,), old_port=old)
        seen = probe(service, (), NOW, QUICK)
    assert [(p.ip, p.port, p.role, p.open) for p in seen.ports] == [
        (HERE, port, "service", True),
        (OLD, old, "old-host", True),
    ]
    assert [page.status for page in seen.pages] == [200, 200]
    assert [len(page.tls_sha256 or "") for page in seen.pages] == [64, 0]
    assert seen.pages[0].body_sha256 == seen.pages[1].body_sha256


def test_system_whose_name_leads_to_a_forbidden_address_is_not_asked() -> None:
    with serving("127.0.0.1") as port, naming({("oa.test", "A"): ["127.0.0.1", "127.0.0.2"]}) as ns:
        service = ServiceTarget("OA", f"http://oa.test:{port}/")
        with pytest.raises(ReadFailed) as refused:
            probe(service, [ns], NOW, QUICK, permits=lambda ip: ip != OLD)
    assert refused.value.missing().gap is Gap.EXCLUDED
    assert str(OLD) in refused.value.why
