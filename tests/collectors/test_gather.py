"""Devices asked in order of their sources: who wins, who is silent, what a misbehaving one costs."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from collectors.budget import FailureBudget
from collectors.by_probe import ServiceTarget
from collectors.gather import Asking, gather, gather_all, gather_system
from collectors.hostkeys import KnownHosts
from inventory.credentials import Logins
from inventory.errors import Gap, Missing
from inventory.facts import (
    Addresses,
    Fact,
    HostKeys,
    Identity,
    Interfaces,
    RemoteAccess,
    ServiceProbe,
    SshServer,
    SystemGroup,
)
from inventory.snapshot import State
from inventory.targets import Target
from playbooks.demo.running import DemoCounty

WANTED = (SystemGroup, Identity, Interfaces, Addresses, RemoteAccess)


@pytest.fixture(scope="module")
def county() -> Iterator[DemoCounty]:
    with DemoCounty(villages=1) as demo:
        yield demo


@pytest.fixture
def asking(county: DemoCounty, budget: FailureBudget, known_hosts: KnownHosts) -> Asking:
    logins = Logins(county.environment())
    return Asking(WANTED, ("snmp", "cli"), logins, budget, known_hosts, tries=2, deadline_s=30.0)


def target(county: DemoCounty, name: str) -> Target:
    return next(t for t in county.targets() if t.name == name)


def test_sources_complete_one_another(county: DemoCounty, asking: Asking) -> None:
    snapshot = gather(target(county, "core-1"), asking)
    assert snapshot.record.state is State.ANSWERED
    assert snapshot.record.platform == "huawei_vrp"
    assert set(snapshot.facts) == {*WANTED, HostKeys}
    keys = snapshot.fact(HostKeys)
    assert isinstance(keys, HostKeys)
    assert [key.split(" SHA256:")[0] for key in keys.items] == ["ssh-ed25519"]
    identity, access = snapshot.fact(Identity), snapshot.fact(RemoteAccess)
    assert isinstance(identity, Identity)
    assert next(s.where for s in identity.sources if s.field == "model").startswith("SNMPv2-MIB")
    assert isinstance(access, RemoteAccess)
    assert access.evidence.source == "display current-configuration"


def test_first_source_wins(county: DemoCounty, asking: Asking) -> None:
    """Interfaces by SNMP carry their ifIndex; by the configuration they have none."""
    device = target(county, "core-1")
    by_snmp = gather(device, asking).fact(Interfaces)
    by_cli = gather(device, replace(asking, sources=("cli", "snmp"))).fact(Interfaces)
    assert isinstance(by_snmp, Interfaces)
    assert isinstance(by_cli, Interfaces)
    assert all(interface.index for interface in by_snmp.items)
    assert {i.name for i in by_snmp.items} == {i.name for i in by_cli.items}


def test_what_nobody_reads_says_so(county: DemoCounty, asking: Asking) -> None:
    snapshot = gather(target(county, "core-1"), replace(asking, wanted=(SshServer,), sources=("snmp",)))
    fact = snapshot.fact(SshServer)
    assert isinstance(fact, Missing)
    assert fact.gap is Gap.UNREAD


def test_silent_ones_come_last_and_cost_little(county: DemoCounty, asking: Asking) -> None:
    """Dead addresses at the head of the list do not hold the living ones up."""
    dead = [
        Target(f"dead-{n}", ip_address(f"127.44.251.{n}"), login="field", snmp_port=9, ssh_port=9) for n in range(1, 9)
    ]
    living = [t for t in county.targets() if t.name in {"core-1", "core-2", "agg-1"}]
    came = [s.record for s in gather_all([*dead, *living], asking, workers=4)]
    assert {r.target for r in came[:3]} == {"core-1", "core-2", "agg-1"}
    assert {r.state for r in came[3:]} == {State.UNREACHABLE}
    assert len(came) == 11


def test_unreachable_device_has_a_reason_for_each_fact(asking: Asking) -> None:
    snapshot = gather(Target("gone", ip_address("127.44.251.1"), login="field", snmp_port=9, ssh_port=9), asking)
    assert snapshot.record.state is State.UNREACHABLE
    assert {fact.gap for fact in snapshot.facts.values() if isinstance(fact, Missing)} == {Gap.UNREACHABLE}


def test_wrong_password_is_refused_and_snmp_still_tells(county: DemoCounty, asking: Asking) -> None:
    wrong = {**county.environment(), "HECHA_LOGIN_CENTRE_PASSWORD": "not-the-password"}
    snapshot = gather(target(county, "core-1"), replace(asking, logins=Logins(wrong)))
    assert snapshot.record.state is State.ANSWERED
    assert isinstance(snapshot.fact(Identity), Identity)
    access = snapshot.fact(RemoteAccess)
    assert isinstance(access, Missing)
    assert access.gap is Gap.REFUSED
    assert "not-the-password" not in repr(snapshot)


def test_login_for_nothing_is_told(county: DemoCounty, asking: Asking) -> None:
    bare = Logins({"HECHA_LOGIN_CENTRE_USERNAME": "somebody"})
    snapshot = gather(target(county, "core-1"), replace(asking, logins=bare))
    fact = snapshot.fact(Identity)
    assert isinstance(fact, Missing)
    assert "nothing for" in fact.why


def test_changed_host_key_is_refused(county: DemoCounty, asking: Asking, tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    device = target(county, "core-1")
    first = gather(device, replace(asking, sources=("cli",)))
    assert first.record.state is State.ANSWERED
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-N", "", "-t", "ed25519", "-f", str(other)], check=True)
    blob = other.with_suffix(".pub").read_text().split()[1]
    known.write_text(f"[{device.address}]:{device.ssh_port} ssh-ed25519 {blob}\n")
    second = gather(device, replace(asking, sources=("cli",), known_hosts=KnownHosts(known)))
    assert second.record.state is State.REFUSED
    access = second.fact(RemoteAccess)
    assert isinstance(access, Missing)
    assert "host key" in access.why


@pytest.mark.parametrize(
    "greeting", [b"", b"\x00" * 4000, b"HTTP/1.1 200 OK\r\n\r\n", b"SSH-2.0-x\r\n" + b"\xff" * 500]
)
def test_whatever_answers_instead_of_ssh_ends_nothing(asking: Asking, greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def serve() -> None:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.sendall(greeting)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        odd = Target("odd", ip_address("127.0.0.1"), login="field", snmp_port=9, ssh_port=server.getsockname()[1])
        began = time.monotonic()
        snapshot = gather(odd, replace(asking, sources=("cli",)))
        thread.join(timeout=10)
    assert time.monotonic() - began < 40
    assert snapshot.record.state is not State.ANSWERED
    assert all(isinstance(fact, Missing) for fact in snapshot.facts.values())


def test_captures_are_read_instead_of_devices(county: DemoCounty, asking: Asking, tmp_path: Path) -> None:
    """What the device said, handed over as files, gives the same facts; a target without captures has none."""
    from collectors.platforms.catalogue import platform
    from collectors.sessions.ssh import open_cli

    device = target(county, "core-1")
    vrp = platform("huawei_vrp")
    assert vrp
    session = open_cli(
        str(device.address), device.ssh_port, asking.logins.login(device.login), vrp,
        budget=asking.budget, known_hosts=asking.known_hosts,
    )  # fmt: skip
    folder = tmp_path / "captures" / "core-1"
    folder.mkdir(parents=True)
    for command in ("display version", "display current-configuration", "display telnet server status"):
        (folder / f"{command.replace(' ', '_')}.txt").write_text(session.ask(command).text, encoding="utf-8")
    session.close()
    offline = replace(asking, replay=tmp_path / "captures", logins=Logins({}))
    replayed, asked = gather(device, offline).fact(RemoteAccess), gather(device, asking).fact(RemoteAccess)
    assert replayed == asked
    (folder.parent / "agg-1.txt").write_text("Error: No permission to run the command.\n")
    refused = gather(target(county, "agg-1"), offline).fact(RemoteAccess)
    assert isinstance(refused, Missing)
    assert refused.gap is Gap.REFUSED
    (folder.parent / "agg-1.txt").write_text(" \n\n")
    assert gather(target(county, "agg-1"), offline).fact(RemoteAccess) == Missing(
        Gap.UNPARSED, "the captures are empty"
    )
    with (folder.parent / "agg-1.txt").open("wb") as file:
        file.truncate(50_000_001)
    large = gather(target(county, "agg-1"), offline)
    access = large.fact(RemoteAccess)
    assert isinstance(access, Missing)
    assert (large.record.state, access.gap) == (State.ANSWERED, Gap.UNPARSED)  # nobody refused a login
    nothing = gather(target(county, "core-2"), offline)
    assert nothing.record.state is State.UNREACHABLE


def test_census_of_one_process_leaves_no_thread(county: DemoCounty, asking: Asking) -> None:
    list(gather_all(county.targets()[:4], asking, workers=4))
    time.sleep(0.5)
    assert not [t for t in threading.enumerate() if t.name.startswith("device")]


def test_time_of_the_evidence_is_the_snapshots(county: DemoCounty, asking: Asking) -> None:
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    snapshot = gather(target(county, "core-1"), replace(asking, clock=lambda: at))
    assert snapshot.record.taken_at == at
    access = snapshot.fact(RemoteAccess)
    assert isinstance(access, RemoteAccess)
    assert access.evidence.taken_at == at


def test_time_is_the_devices_not_each_sources(county: DemoCounty, asking: Asking) -> None:
    """What SNMP took is not there for the command line, which is then not begun."""
    began = time.monotonic()
    snapshot = gather(target(county, "core-1"), replace(asking, deadline_s=0.001))
    assert time.monotonic() - began < 5
    access = snapshot.fact(RemoteAccess)
    assert isinstance(access, Missing)
    assert access.gap is Gap.UNREACHABLE
    assert "0.001 s" in access.why


def test_fault_of_ours_costs_the_facts_of_its_device(
    county: DemoCounty, asking: Asking, caplog: pytest.LogCaptureFixture
) -> None:
    """Here a login that nobody supplies, which a run would have refused before; the log tells where it came from."""
    device = replace(target(county, "core-1"), login="nobody")
    came = list(gather_all([device, target(county, "core-2")], asking, workers=1))
    assert {s.record.target for s in came} == {"core-1", "core-2"}
    lost = next(s for s in came if s.record.target == "core-1")
    assert {fact.why for fact in lost.facts.values() if isinstance(fact, Missing)} == {
        "cli: a fault of hecha: InputError"
    }
    assert "Traceback" in caplog.text
    secret = [word for name, word in county.environment().items() if "USER" not in name]
    assert not any(word in caplog.text for word in secret)


def test_fault_while_probing_costs_one_system() -> None:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    nonsense: list[Any] = [object()]
    snapshot = gather_system(ServiceTarget("portal", "http://portal.example/"), nonsense, now)
    assert snapshot.record.target == "system:portal"
    fact = snapshot.fact(ServiceProbe)
    assert isinstance(fact, Missing)
    assert "a fault of hecha" in fact.why


class Way:
    """A way to a device of the county over IPv6: what comes to [::1] goes on to its address."""

    def __init__(self, device: Target) -> None:
        self._to = str(device.address)
        self._tcp = socket.create_server(("::1", 0), family=socket.AF_INET6)
        self._udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self._udp.bind(("::1", 0))
        self.device = replace(
            device,
            address=ip_address("::1"),
            ssh_port=self._tcp.getsockname()[1],
            snmp_port=self._udp.getsockname()[1],
        )
        self._ports = device.ssh_port, device.snmp_port
        for work in (self._connections, self._messages):
            threading.Thread(target=work, daemon=True).start()

    def _connections(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._tcp.accept()
                far = socket.create_connection((self._to, self._ports[0]))
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._copied, args=pair, daemon=True).start()

    @staticmethod
    def _copied(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := source.recv(65_536):
                sink.sendall(said)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _messages(self) -> None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
            far.settimeout(2)
            while True:
                said, peer = self._udp.recvfrom(65_535)
                far.sendto(said, (self._to, self._ports[1]))
                with contextlib.suppress(TimeoutError):
                    self._udp.sendto(far.recv(65_535), peer)

    def close(self) -> None:
        self._tcp.close()
        self._udp.close()


@pytest.mark.parametrize("name", ["core-1", "access-1", "srv-01"])
def test_ipv6_target_tells_the_same(county: DemoCounty, asking: Asking, name: str) -> None:
    """SNMPv3, SSH, host keys and the failure budget, all over IPv6."""
    device = target(county, name)
    way = Way(device)
    try:
        over_ipv6 = gather(way.device, asking)
    finally:
        way.close()
    over_ipv4 = gather(device, asking)
    assert over_ipv6.record.state is State.ANSWERED
    assert over_ipv6.record.address == "::1"
    assert asking.known_hosts.kinds("::1", way.device.ssh_port)
    for kind in (Identity, Addresses, RemoteAccess):
        assert not isinstance(over_ipv4.fact(kind), Missing)
        assert _timeless(over_ipv6.fact(kind)) == _timeless(over_ipv4.fact(kind))


def _timeless(fact: Fact | Missing) -> Fact | Missing:
    return replace(fact, uptime_s=None) if isinstance(fact, Identity) else fact
