"""Sweeps of loopback against real servers: net-snmp, OpenSSH, an HTTPS server, the kernel's own ICMP, and liars."""

from __future__ import annotations

import http.server
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from discoveries import alone, bounded, discovered, nothing_yet
from snmp_agents import Handler, NetSnmp, agent, honest, login, net_snmp, opened
from test_by_probe import expired

from collectors.budget import FailureBudget
from collectors.by_snmp import facts_by_snmp
from collectors.discovery.crawl import Orders
from collectors.discovery.knocks import icmp_is_allowed
from collectors.sessions.snmp import V1, V2C, V3
from inventory.credentials import Login, Secret, SnmpV3
from inventory.facts import Interfaces, SystemGroup
from inventory.sightings import Shown
from playbooks.demo import ber

AUDITOR = SnmpV3("auditor", "sha256", Secret("auth-word-1"), "aes128", Secret("priv-word-1"))
SO_TIMESTAMPNS = 35  # socket(7): when the kernel took a packet in, to the nanosecond
needs_icmp = pytest.mark.skipif(not icmp_is_allowed(), reason="this user may send no ICMP")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: packets are counted on the wire")


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NetSnmp]:
    with net_snmp(tmp_path_factory.mktemp("snmpd"), (AUDITOR,), everywhere=True) as running:
        yield running


@pytest.fixture
def orders(budget: FailureBudget) -> Orders:
    return nothing_yet(budget)


# -- ways of asking ----------------------------------------------------------------------------------------------------


@needs_icmp
def test_echo_is_answered_in_both_families(orders: Orders) -> None:
    orders = bounded(replace(orders, kinds=frozenset({"icmp"})), "127.33.0.0/24", "::1", exclude=["127.33.0.9"])
    seen, discovery = discovered(orders)
    assert set(seen.sightings) == {f"127.33.0.{n}" for n in range(1, 255) if n != 9} | {"::1"}
    assert {s.ways for s in seen.sightings.values()} == {("icmp",)}
    assert seen.missed == {}
    assert discovery.pace.packets == 254
    assert seen.steps == discovery.asked == 254


PINGED = """
from ipaddress import ip_address
from collectors.discovery.knocks import Echo, icmp_is_allowed
from collectors.discovery.pace import Pace
from collectors.discovery.sweep import Sweep
echo = Echo()
with Sweep([echo] if echo.sockets else [], (), Pace(100), tries=1, patience_s=1) as sweep:
    found = sweep.ask([ip_address("127.0.0.1"), ip_address("::1")], lambda n: None)
    print(icmp_is_allowed(), [sorted(each.ways) for each in found.values()])
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a network namespace with ping sockets, and another without")
@pytest.mark.parametrize(("groups", "told"), [("0 2147483647", "True [['icmp'], ['icmp']]"), ("1 0", "False [[], []]")])
def test_ping_sockets_do_for_a_process_without_rights(groups: str, told: str) -> None:
    """Without CAP_NET_RAW: the kernel's ping sockets where the group is let, else no ICMP at all."""
    script = (
        f"ip link set lo up && echo '{groups}' > /proc/sys/net/ipv4/ping_group_range && "
        f'exec setpriv --inh-caps=-all --bounding-set=-net_raw {sys.executable} -B -c "$CODE"'
    )
    assert alone(script, PINGED) == told


def test_community_is_answered_by_net_snmp_and_names_it(orders: Orders, snmpd: NetSnmp) -> None:
    orders = replace(orders, kinds=frozenset({"snmp"}), logins={"default": login()}, snmp_port=snmpd.port)
    seen, _ = discovered(bounded(orders, "127.33.0.1-127.33.0.4"))
    assert set(seen.sightings) == {f"127.33.0.{n}" for n in range(1, 5)}
    found = seen.sightings["127.33.0.3"]
    assert found.ways == ("snmp default", "snmpv3")
    assert (found.name, found.login, found.snmp_port, found.vendor) == ("lab-host", "default", snmpd.port, "net-snmp")
    assert found.descr is not None
    assert found.descr.startswith("Linux ")
    assert found.engine_id
    assert found.label == "lab-host"


def test_agent_of_snmpv1_alone_is_found_and_read(orders: Orders, tmp_path: Path) -> None:
    """It is silent in v2c; nobody who answered that is asked in v1."""
    with net_snmp(tmp_path, (), everywhere=True, v1_only=True) as snmpd:
        orders = replace(orders, kinds=frozenset({"snmp"}), logins={"default": login()}, snmp_port=snmpd.port)
        seen, _ = discovered(bounded(orders, "127.33.0.1-127.33.0.3"))
        with closing(opened(snmpd.port, "auto")) as session:
            facts = facts_by_snmp(session, (SystemGroup, Interfaces), datetime.now(UTC))
    assert [(s.name, s.login) for s in seen.sightings.values()] == [("lab-host", "default")] * 3
    assert {"snmp default"} <= set(seen.sightings["127.33.0.2"].ways)
    system, interfaces = facts[SystemGroup], facts[Interfaces]
    assert isinstance(system, SystemGroup)
    assert isinstance(interfaces, Interfaces)
    assert (system.sys_name, interfaces.items[0].name) == ("lab-host", "lo")


def test_snmpv1_is_asked_once_of_the_silent_alone(orders: Orders) -> None:
    """After all tries in v2c, with the same community; an agent that answered is asked no more."""

    def versions(answers: Handler) -> list[int]:
        heard: list[bytes] = []
        with agent(answers, lambda message, _: heard.append(message)) as port:
            ordered = replace(orders, kinds=frozenset({"snmp"}), logins={"default": login()}, snmp_port=port, tries=2)
            discovered(bounded(ordered, "127.0.0.1"))
        return [version for message in heard if (version := ber.opened(message)[1][2]) != V3]

    assert versions(lambda _: ()) == [V2C, V2C, V1]
    assert V1 not in versions(honest)


def test_user_of_snmpv3_names_it_and_a_wrong_one_fails_once_alone(
    orders: Orders, snmpd: NetSnmp, budget: FailureBudget, tmp_path: Path
) -> None:
    """However many agents there are: strangers cost an account one failure at most, and none of those that are left."""
    orders = bounded(replace(orders, kinds=frozenset({"snmp"}), snmp_port=snmpd.port), "127.33.0.1-127.33.0.12")
    right = replace(orders, logins={"v3": Login("v3", snmpv3=AUDITOR)})
    seen, _ = discovered(right)
    assert [(s.name, s.login) for s in seen.sightings.values()] == [("lab-host", "v3")] * 12
    before = snmpd.refusals()["digest"]
    wrong = Login("wrong", snmpv3=replace(AUDITOR, auth=Secret("another-word")))
    strict = FailureBudget(tmp_path / "strict.json", 1)
    seen, _ = discovered(replace(orders, logins={"wrong": wrong}, budget=strict))
    assert len(seen.sightings) == 12
    assert {s.login for s in seen.sightings.values()} == {None}
    assert snmpd.refusals()["digest"] - before == 1
    assert sum("budget" in (s.snmp_gap or "") for s in seen.sightings.values()) == 11
    assert {s.vendor for s in seen.sightings.values()} == {"net-snmp"}  # its engine tells that to anybody


def test_declared_address_is_asked_by_its_own_login_alone(orders: Orders, snmpd: NetSnmp, tmp_path: Path) -> None:
    before = snmpd.refusals()["digest"]
    wrong = Login("default", snmpv3=replace(AUDITOR, auth=Secret("another-word")))
    orders = bounded(replace(orders, kinds=frozenset({"snmp"}), snmp_port=snmpd.port), "127.33.0.7")
    own = {ip_address("127.33.0.7"): Login("own", snmpv3=AUDITOR)}
    seen, _ = discovered(replace(orders, logins={"default": wrong}, own=own))
    assert seen.sightings["127.33.0.7"].login == "own"
    assert snmpd.refusals()["digest"] == before


def test_agent_without_a_login_of_ours_is_listed_as_one(orders: Orders, snmpd: NetSnmp) -> None:
    orders = bounded(replace(orders, kinds=frozenset({"snmp"}), snmp_port=snmpd.port), "127.33.0.7")
    found = discovered(orders)[0].sightings["127.33.0.7"]
    assert (found.ways, found.name, found.vendor, found.label) == (("snmpv3",), None, "net-snmp", None)
    assert found.snmp_gap == "no login for SNMPv3"


def test_open_ports_show_what_their_servers_say_first(orders: Orders, sshd: Any) -> None:
    orders = bounded(replace(orders, kinds=frozenset({"tcp"}), ports=(sshd.port, 9)), "127.33.0.1", "127.33.0.2")
    until(lambda: sshd.connections() >= 1)  # the one that waited for it to come up
    before = sshd.connections()
    found = discovered(orders)[0].sightings["127.33.0.2"]
    assert found.ways == (f"tcp/{sshd.port}",)
    assert found.refused == (9,)
    assert found.ssh_port == sshd.port
    (shown,) = found.shown
    assert shown.words.startswith("SSH-2.0-OpenSSH")
    until(lambda: sshd.connections() >= before + 4)
    assert sshd.connections() - before == 4  # one to sweep and one to look, each address
    assert sshd.failures() == 0


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


@contextmanager
def web(address: str, port: int, folder: Path) -> Iterator[list[str]]:
    """A server with one page, which names other pages and other hosts; the requests it had."""
    heard: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            named = '<a href="/a.html">a</a><img src="http://cdn.stranger.example/b.png">'
            body = f"<title>登录 - 某设备\x1b[31m</title>{named}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with http.server.ThreadingHTTPServer((address, port), Handler) as server:
        server.socket = expired(folder).wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # the sweep hangs up before the handshake
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield heard
        finally:
            server.shutdown()
            thread.join()


def test_stranger_without_a_name_is_listed_with_its_certificate(
    orders: Orders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page is asked for once; what the page names is not asked: no link, no host, no name server."""
    monkeypatch.setattr("collectors.probes.names._asked", lambda *_, **__: pytest.fail("a name was looked up"))
    with web("127.33.4.4", 8443, tmp_path) as heard:
        seen, _ = discovered(bounded(replace(orders, kinds=frozenset({"tcp"}), ports=(8443,)), "127.33.4.4/31"))
    found = seen.sightings["127.33.4.4"]
    assert found.name is None
    kinds = {shown.kind: shown.words for shown in found.shown}
    assert set(kinds) == {"certificate", "title"}
    assert found.label == kinds["certificate"]
    assert seen.sightings["127.33.4.5"].refused == (8443,)
    assert Shown(8443, "title", kinds["title"]) in found.shown
    assert heard == ["/"]


# -- bounds ------------------------------------------------------------------------------------------------------------


def test_nothing_at_all_is_sent_to_what_is_excluded(orders: Orders) -> None:
    """A listener that answers whatever comes, UDP and TCP, hears of no way to come upon its address."""
    heard: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind(("127.33.5.5", 0))
        port = udp.getsockname()[1]
        tcp.bind(("127.33.5.5", port))
        tcp.listen()
        udp.setblocking(False)
        tcp.setblocking(False)
        kinds = replace(orders, kinds=frozenset({"snmp", "tcp"}), snmp_port=port, ports=(port,), hops=2)
        told = ["127.33.5.5", "::ffff:127.33.5.5", "127.33.5.6"]
        seen, _ = discovered(
            bounded(kinds, "127.33.5.4/30", within=["127.0.0.0/8", "::/0"], exclude=["127.33.5.5"]), told
        )
        for look in (lambda: heard.append(udp.recv(4096)), lambda: heard.append(tcp.accept()[1][0].encode())):
            with pytest.raises(BlockingIOError):
                look()
        assert heard == []
        assert set(seen.sightings) == {"127.33.5.6"}  # refuses the connection: asked, unlike the other
        seen, _ = discovered(bounded(kinds, "127.33.5.4/30"))
        assert "127.33.5.5" in seen.sightings  # the same without the exclusion: the listener does hear


@needs_root
def test_rate_holds_on_the_wire_over_all_that_is_sent(orders: Orders, snmpd: NetSnmp, sshd: Any) -> None:
    """Every packet to the scope is counted as it passes the loopback interface, connections' own ones included."""
    rate = 150
    orders = replace(orders, kinds=frozenset({"icmp", "snmp", "tcp"}), ports=(sshd.port, 9), per_second=rate, tries=2)
    orders = replace(orders, snmp_port=snmpd.port, logins={"default": login()})
    with wire("127.33.6.") as passed:
        seen, discovery = discovered(bounded(orders, "127.33.6.1-127.33.6.40"))
    assert len(seen.sightings) == 40
    assert len(passed) >= 40 * 5
    assert len(passed) <= discovery.pace.packets * 1.05
    passed.sort()
    for begin in range(len(passed)):
        within = sum(1 for at in passed[begin:] if at - passed[begin] < 1.0)
        assert within <= rate * 1.1 + 40  # conversations with what answered are counted before they begin


@contextmanager
def wire(prefix: str) -> Iterator[list[float]]:
    """When packets to the prefix arrived over the loopback interface."""
    passed: list[float] = []
    ended = threading.Event()
    octets = bytes(map(int, prefix.rstrip(".").split(".")))
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as sniffer:
        sniffer.bind(("lo", 0x0800))
        sniffer.settimeout(0.1)
        sniffer.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

        def listen() -> None:
            while not ended.is_set():
                try:
                    frame, stamps, _, about = sniffer.recvmsg(2048, 64)
                except TimeoutError:
                    continue
                if about[2] == socket.PACKET_HOST and frame[30 : 30 + len(octets)] == octets:
                    seconds, nanoseconds = struct.unpack("ll", stamps[0][2])
                    passed.append(seconds + nanoseconds / 1e9)

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield passed
        finally:
            ended.set()
            thread.join()
