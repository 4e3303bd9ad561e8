"""Names asked of real name servers: unbound resolves, BIND serves the zone, both over IPv4 and over IPv6."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path

import pytest

from collectors.probes.names import Resolver, answers, embedded, ipv6_of, name_answer, server_answer, zone_answers
from inventory.facts import ZoneServer

NOW = datetime(2026, 1, 2, tzinfo=UTC)
LIMIT_S = 2.0
FOUR, SIX = ip_address("127.0.0.1"), ip_address("::1")
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
UNBOUND, NAMED = shutil.which("unbound", path=PATH), shutil.which("named", path=PATH)
WELL_KNOWN = IPv6Network("64:ff9b::/96")


def anywhere(_: object) -> bool:
    return True


def needs(program: str | None, name: str) -> str:
    """The program, or a skip that says what is missing; where all is demanded, a failure."""
    if program is None and os.environ.get("CI") == "true":
        pytest.fail(f"{name} is demanded here")
    return program or pytest.skip(f"no {name} on this machine")


def free_port() -> int:
    """A port that is free by UDP and TCP on both loopback addresses."""
    for _ in range(50):
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as udp:
            udp.bind(("::1", 0))
            port = udp.getsockname()[1]
            with (
                suppress(OSError),
                socket.create_server(("::1", port), family=socket.AF_INET6),
                socket.create_server(("127.0.0.1", port)),
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as four,
            ):
                four.bind(("127.0.0.1", port))
                return port
    raise AssertionError("no free port")


@contextmanager
def running(command: list[str], heard: Callable[[], bool], log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        ends = time.monotonic() + 20
        while not heard():
            assert process.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < ends, log.read_text(errors="replace")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


LOCAL = """
  local-zone: "county.test." static
  local-data: "oa.county.test. A 10.0.0.1"
  local-data: "oa.county.test. AAAA 240e:1::1"
  local-data: "old.county.test. A 10.0.0.2"
"""


@contextmanager
def unbound(
    folder: Path, more: str = "", server: str = LOCAL, listen: tuple[str, ...] = ("127.0.0.1", "::1")
) -> Iterator[int]:
    """A real unbound on a free port of the addresses; ``more`` follows the server's clause."""
    program, port = needs(UNBOUND, "unbound"), free_port()
    interfaces = "".join(f"  interface: {ip}@{port}\n" for ip in listen)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "unbound.conf"
    file.write_text(
        f'server:\n  directory: "{folder}"\n  chroot: ""\n  username: ""\n  pidfile: ""\n  use-syslog: no\n'
        f"  do-daemonize: no\n  do-not-query-localhost: no\n  num-threads: 1\n  so-reuseport: no\n"
        f'  module-config: "iterator"\n{interfaces}{server}\n{more}\n'
    )
    at = Resolver(ip_address(listen[0]), port)
    with running([program, "-d", "-c", str(file)], lambda: bool(ipv6_of("localhost", (at,), 0.3)), folder / "log"):
        yield port


def test_both_families_of_one_resolver_say_the_same(tmp_path: Path) -> None:
    with unbound(tmp_path) as port:
        four, six = (server_answer(Resolver(ip, port), "oa.county.test", LIMIT_S) for ip in (FOUR, SIX))
    assert (six.a, six.aaaa) == (four.a, four.aaaa) == ((IPv4Address("10.0.0.1"),), (IPv6Address("240e:1::1"),))
    assert (six.udp, six.tcp, six.edns, six.dns64) == (True, True, True, ())


def test_resolver_over_ipv4_alone_refuses_over_ipv6(tmp_path: Path) -> None:
    """The machine says so at once: no question waits for its time."""
    with unbound(tmp_path, listen=("127.0.0.1",)) as port:
        begun = time.monotonic()
        six = server_answer(Resolver(SIX, port), "oa.county.test", LIMIT_S)
    assert (six.udp, six.tcp, six.a, six.aaaa) == (False, False, None, None)
    assert time.monotonic() - begun < LIMIT_S


def test_resolver_without_tcp_is_told(tmp_path: Path) -> None:
    with unbound(tmp_path, server=LOCAL + "  do-tcp: no\n") as port:
        six = server_answer(Resolver(SIX, port), "oa.county.test", LIMIT_S)
    assert (six.udp, six.tcp, six.aaaa) == (True, False, (IPv6Address("240e:1::1"),))


def test_resolver_that_refuses_is_heard_and_tells_nothing(tmp_path: Path) -> None:
    with unbound(tmp_path, server=LOCAL + "  access-control: ::1/128 refuse\n") as port:
        six = server_answer(Resolver(SIX, port), "oa.county.test", LIMIT_S)
    assert (six.udp, six.tcp, six.a, six.aaaa) == (True, True, None, None)


def test_answer_too_long_for_udp_comes_by_tcp(tmp_path: Path) -> None:
    many = "".join(f'  local-data: "big.county.test. AAAA 240e:9::{n:x}"\n' for n in range(1, 61))
    with unbound(tmp_path, server=LOCAL + many) as port:
        six = server_answer(Resolver(SIX, port), "big.county.test", LIMIT_S)
    assert six.udp is True
    assert len(six.aaaa or ()) == 60


DNS64 = '  module-config: "dns64 iterator"\n  dns64-prefix: 64:ff9b::/96\n'
UNDER_TEST = '  local-zone: "test." nodefault\n'  # unbound answers for the reserved names itself
STUB = 'stub-zone:\n  name: "{name}"\n  stub-addr: {ip}@{port}\n'


def test_dns64_is_recognised_by_what_it_makes_of_ipv4only_arpa(zone: int, tmp_path: Path) -> None:
    """old.gov.test has an IPv4 address alone: the other one is made, and is none of its own."""
    stubs = "".join(STUB.format(name=name, ip="127.0.0.1", port=zone) for name in ("gov.test", "ipv4only.arpa"))
    with unbound(tmp_path, stubs, UNDER_TEST + DNS64) as port:
        told = name_answer("old.gov.test", (Resolver(SIX, port),), NOW, LIMIT_S, anywhere)
    (server,) = told.servers
    assert server.dns64 == (WELL_KNOWN,)
    assert told.aaaa == (IPv6Address("64:ff9b::a00:2"),)
    assert server.own_aaaa == ()
    assert "DNS64 64:ff9b::/96" in told.evidence.excerpt


ZONE = """$TTL 60
@ SOA ns1 root 1 3600 600 86400 60
@ NS ns1
@ NS ns2
ns1 A 127.0.0.1
ns1 AAAA ::1
ns2 A 127.0.0.1
oa A 10.0.0.1
oa AAAA 240e:1::1
www CNAME oa
old A 10.0.0.2
"""
ONLY_ARPA = """$TTL 60
@ SOA ns root 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
@ A 192.0.0.170
@ A 192.0.0.171
"""


@pytest.fixture
def zone(tmp_path: Path) -> Iterator[int]:
    """BIND with authority for gov.test, and for ipv4only.arpa as the world has it; its port."""
    program, port, folder = needs(NAMED, "named"), free_port(), tmp_path / "bind"
    folder.mkdir()
    (folder / "gov").write_text(ZONE)
    (folder / "arpa").write_text(ONLY_ARPA)
    (folder / "named.conf").write_text(
        f'options {{ directory "{folder}"; pid-file none; session-keyfile "{folder}/key"; recursion no;\n'
        f"  listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 port {port} {{ ::1; }}; }};\n"
        'controls { };\nzone "gov.test" { type primary; file "gov"; };\n'
        'zone "ipv4only.arpa" { type primary; file "arpa"; };\n'
    )
    at = Resolver(FOUR, port)
    with running([program, "-g", "-c", str(folder / "named.conf")], lambda: answers(at, 0.3), folder / "log"):
        yield port


def test_host_numbered_after_its_ipv4_address_is_not_taken_for_dns64(tmp_path: Path) -> None:
    own = LOCAL.replace("240e:1::1", "240e:1::10.0.0.1") + '  local-zone: "ipv4only.arpa." static\n'
    with unbound(tmp_path, server=own) as port:
        six = server_answer(Resolver(SIX, port), "oa.county.test", LIMIT_S)
    assert six.dns64 == ()
    assert six.own_aaaa == (IPv6Address("240e:1::a00:1"),)


def test_zone_and_its_servers_are_found_through_the_resolver(zone: int, tmp_path: Path) -> None:
    with unbound(tmp_path, STUB.format(name="gov.test", ip="127.0.0.1", port=zone), UNDER_TEST) as port:
        told = name_answer("www.gov.test", (Resolver(SIX, port), Resolver(FOUR, port)), NOW, LIMIT_S, anywhere)
    assert told.aaaa == (IPv6Address("240e:1::1"),)
    assert told.disagree == ()
    assert [z.name for z in told.zones][:1] == ["gov.test"]
    servers = {server.name: server for server in told.zones[0].servers}
    assert servers["ns1.gov.test"].aaaa == (SIX,)
    assert servers["ns2.gov.test"] == ZoneServer("ns2.gov.test", ())


def test_servers_of_a_zone_are_asked_for_it_over_ipv6(zone: int) -> None:
    """They stand at port 53, or where somebody named them with a port: so does BIND here."""
    named = [Resolver(FOUR, 1), Resolver(SIX, zone)]
    (found,) = zone_answers("oa.gov.test", Resolver(SIX, zone), LIMIT_S, anywhere, named)
    assert {(s.name, s.udp, s.tcp) for s in found.servers} == {
        ("ns1.gov.test", True, True),
        ("ns2.gov.test", None, None),
    }
    (spared,) = zone_answers("oa.gov.test", Resolver(SIX, zone), LIMIT_S, lambda _: False, named)
    assert {(s.udp, s.tcp) for s in spared.servers} == {(None, None)}


def test_servers_of_a_zone_that_nobody_named_stand_at_port_53(zone: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.probes.names._PORT", zone)
    (found,) = zone_answers("oa.gov.test", Resolver(SIX, zone), LIMIT_S, anywhere, [Resolver(FOUR, 1)])
    assert ("ns1.gov.test", True, True) in {(s.name, s.udp, s.tcp) for s in found.servers}


def test_resolver_over_ipv6_that_keeps_the_record_is_told(tmp_path: Path) -> None:
    other = LOCAL.replace('  local-data: "oa.county.test. AAAA 240e:1::1"\n', "")
    with unbound(tmp_path / "a", listen=("127.0.0.1",)) as good, unbound(tmp_path / "b", server=other) as liar:
        told = name_answer("oa.county.test", (Resolver(FOUR, good), Resolver(SIX, liar)), NOW, LIMIT_S, anywhere)
    assert told.disagree == ("::1: AAAA none",)


def test_ipv6_addresses_of_a_name_come_from_the_first_that_tells(tmp_path: Path) -> None:
    with unbound(tmp_path) as port:
        servers = (Resolver(FOUR, 9), Resolver(FOUR, port))
        assert ipv6_of("oa.county.test", servers, LIMIT_S) == (IPv6Address("240e:1::1"),)
        assert ipv6_of("gone.county.test", servers, LIMIT_S) == ()


# -- what lies or keeps silent ------------------------------------------------------------------------------------


@contextmanager
def saying(reply: Callable[[bytes], list[bytes]]) -> Iterator[Resolver]:
    """A server on ::1 that sends something of its own to each datagram, and nothing by TCP, which it accepts."""
    port, stop = free_port(), threading.Event()
    udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    udp.bind(("::1", port))
    udp.settimeout(0.05)
    tcp = socket.create_server(("::1", port), family=socket.AF_INET6)

    def answer() -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                wire, peer = udp.recvfrom(4096)
                for each in reply(wire):
                    udp.sendto(each, peer)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield Resolver(SIX, port)
    finally:
        stop.set()
        thread.join()
        udp.close()
        tcp.close()


@pytest.mark.parametrize(
    "reply",
    [
        lambda wire: [],  # silence
        lambda wire: [b"", b"\0" * 5, b"\xff" * 600],  # no messages
        lambda wire: [bytes((wire[0] ^ 1, *wire[1:]))],  # of another question
        lambda wire: [wire],  # the question itself
        lambda wire: [wire[:2] + b"\x84\x00\x00\x01\xff\xff\0\0\0\0" + wire[12:]],  # promises what does not come
    ],
    ids=["silence", "rubbish", "another", "echo", "short"],
)  # fmt: skip
def test_what_is_no_answer_tells_nothing_and_ends_in_time(reply: Callable[[bytes], list[bytes]]) -> None:
    begun = time.monotonic()
    with saying(reply) as server:
        told = name_answer("oa.county.test", (server,), NOW, 0.4, anywhere)
    assert (told.a, told.aaaa, told.zones) == (None, None, ())
    assert time.monotonic() - begun < 4


def test_one_lost_datagram_is_no_silence(tmp_path: Path) -> None:
    """Between us and unbound stands a wire that loses the first of everything."""
    with unbound(tmp_path) as port:
        seen: set[int] = set()

        def losing(wire: bytes) -> list[bytes]:
            kind = wire[-14] if len(wire) > 14 else 0
            if kind not in seen:
                seen.add(kind)
                return []
            with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as onward:
                onward.settimeout(1)
                onward.sendto(wire, ("::1", port))
                return [onward.recv(4096)]

        with saying(losing) as wire:
            told = server_answer(wire, "oa.county.test", LIMIT_S)
    assert (told.udp, told.aaaa) == (True, (IPv6Address("240e:1::1"),))


@pytest.mark.parametrize("name", ["a..b", "x" * 70 + ".test", "\udcff.test", "." * 5, "a" * 300])
def test_names_that_are_none_cost_nothing(name: str) -> None:
    told = name_answer(name, (Resolver(SIX, 9),), NOW, 0.4, anywhere)
    assert (told.a, told.aaaa, told.zones) == (None, None, ())


@pytest.mark.parametrize(
    ("ip", "length"),
    [  # RFC 6052, 2.4: 192.0.2.33 behind prefixes of each length
        ("2001:db8:c000:221::", 32), ("2001:db8:1c0:2:21::", 40), ("2001:db8:122:c000:2:2100::", 48),
        ("2001:db8:122:3c0:0:221::", 56), ("2001:db8:122:344:c0:2:2100::", 64), ("2001:db8:122:344::192.0.2.33", 96),
    ],
)  # fmt: skip
def test_embedded_addresses_are_those_of_the_standard(ip: str, length: int) -> None:
    assert embedded(IPv6Address(ip), length) == IPv4Address("192.0.2.33")
