"""The data interface of a system, asked of real servers on loopback, where it may be asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest

from collectors.by_probe import ServiceTarget, probe
from collectors.probes.pages import ProbeLimits
from inventory.addresses import IPAddress
from inventory.codec import encode
from inventory.facts import EndpointAnswer
from inventory.register import MigrationState
from inventory.register.rows import BusinessSystem
from playbooks.collecting import _service

NOW = datetime(2026, 1, 2, tzinfo=UTC)
QUICK = ProbeLimits(dns_s=0.6, connect_s=0.8, page_s=1.5)


class Interface(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(502 if self.path == "/broken" else 401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    Interface.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Interface) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def answer(interface: str, forbidden: frozenset[IPAddress] = frozenset()) -> EndpointAnswer:
    found = probe(ServiceTarget("OA", interface=interface), (), NOW, QUICK, lambda ip: ip not in forbidden)
    assert found.ports == ()  # what the system itself answers is another matter
    assert found.interface is not None
    return found.interface


def test_interface_answers_over_http(port: int) -> None:
    found = answer(f"http://127.0.0.1:{port}/api/v1")
    assert [(each.open, each.port) for each in found.ports] == [(True, port)]
    assert [page.status for page in found.pages] == [401]
    assert answer(f"http://127.0.0.1:{port}/broken").pages[0].status == 502


def test_user_password_and_query_are_neither_sent_nor_kept(port: int) -> None:
    found = answer(f"http://user:s3cret@127.0.0.1:{port}/api?key=s3cret#s3cret")
    assert found.endpoint == f"http://127.0.0.1:{port}/api"
    assert Interface.asked == ["/api"]
    assert "s3cret" not in str(encode(found))


def test_host_and_port_alone_are_connected_to(port: int) -> None:
    found = answer(f"127.0.0.1:{port}")
    assert [each.open for each in found.ports] == [True]
    assert (found.pages, Interface.asked) == ((), [])
    assert [each.open for each in answer("[::1]:9").ports] == [False]


def test_forbidden_interface_is_not_asked_and_spoils_nothing(port: int) -> None:
    found = answer(f"http://127.0.0.1:{port}/", frozenset({ip_address("127.0.0.1")}))
    assert (found.ports, Interface.asked) == ((), [])
    assert "excluded" in found.why


@pytest.mark.parametrize(
    "words", ["数据共享交换平台", "10.0.0.9", "http://[::1", "jdbc:oracle:thin:@//db:1521/x", "x y:80"]
)
def test_words_that_are_no_address_are_told_so(words: str) -> None:
    assert answer(words).why == "no host with a port is declared"


def test_only_exceptions_have_an_interface_asked() -> None:
    system = BusinessSystem(name="OA", unit="u", state=MigrationState.EXCEPTED, interface_endpoint="10.0.0.9:80")
    assert _service(system).interface == "10.0.0.9:80"
    moved = BusinessSystem(name="OA", unit="u", state=MigrationState.ON_CLOUD, interface_endpoint="10.0.0.9:80")
    assert _service(moved).interface is None
