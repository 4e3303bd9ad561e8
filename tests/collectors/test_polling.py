"""Counters of single interfaces by a real session, agents that renumber or lie, and connects over each family."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_address
from pathlib import Path

import pytest
from snmp_agents import COMMUNITY, agent, honest

from collectors.base import SnmpValue
from collectors.budget import FailureBudget
from collectors.gather import Asking
from collectors.hostkeys import KnownHosts
from collectors.polling import Watched, counters, look
from collectors.probes.connects import connect_ms
from collectors.sessions.snmp import open_snmp
from inventory.credentials import Login, Logins, Secret
from inventory.targets import Target

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def watched(*names: str, platform: str | None = "huawei_vrp") -> Watched:
    return Watched(Target("sw", IPv4Address("127.0.0.1")), frozenset(names), platform)


def test_counters_of_the_named_interfaces_alone() -> None:
    with agent(honest) as port:
        session = open_snmp("127.0.0.1", port, Login("x", community=Secret(COMMUNITY)))
        asked = watched("GE0/0/2", "GigabitEthernet0/0/5", "GigabitEthernet0/0/99")
        first = counters(session, asked, NOW)
        time.sleep(0.05)
        second = counters(session, asked, NOW)
        session.close()
    assert [c.interface for c in first.items] == ["GigabitEthernet0/0/2", "GigabitEthernet0/0/5"]
    assert {c.bits for c in first.items} == {64}
    grown = [b.in_octets - a.in_octets for a, b in zip(first.items, second.items, strict=True)]  # type: ignore[operator]
    assert all(octets > 0 for octets in grown)
    assert first.uptime_s is not None
    assert second.uptime_s is not None
    assert 0.02 <= second.uptime_s - first.uptime_s < 5


class Rows:
    """An agent of a few interfaces, as a session."""

    engine = "replay"

    def __init__(self, names: Mapping[int, str], wide: bool = True) -> None:
        self.names = dict(names)
        self.wide = wide
        self.gets: list[int] = []

    def _objects(self) -> dict[str, SnmpValue]:
        found: dict[str, SnmpValue] = {"1.3.6.1.2.1.1.3.0": 12345}
        for index, name in self.names.items():
            found[f"1.3.6.1.2.1.2.2.1.2.{index}"] = name.encode()
            found[f"1.3.6.1.2.1.31.1.1.1.1.{index}"] = name.encode()
            found[f"1.3.6.1.2.1.2.2.1.10.{index}"] = index * 10
            found[f"1.3.6.1.2.1.2.2.1.16.{index}"] = index * 20
            if self.wide:
                found[f"1.3.6.1.2.1.31.1.1.1.6.{index}"] = 2**40 + index
                found[f"1.3.6.1.2.1.31.1.1.1.10.{index}"] = 2**41 + index
        return found

    def get(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        self.gets.append(len(oids))
        return {oid: self._objects().get(oid) for oid in oids}

    def walk(self, root: str) -> Iterator[tuple[str, SnmpValue]]:
        rows = [(oid, value) for oid, value in self._objects().items() if oid.startswith(f"{root}.")]
        yield from sorted(rows, key=lambda row: [int(part) for part in row[0].split(".")])

    def close(self) -> None:
        pass


def test_narrow_counters_where_the_agent_has_no_others() -> None:
    (told,) = counters(Rows({3: "eth1"}, wide=False), watched("eth1", platform="linux"), NOW).items
    assert (told.bits, told.in_octets, told.out_octets, told.in_packets, told.in_errors) == (32, 30, 60, None, None)


def test_interfaces_numbered_anew_are_noticed_and_learned_again() -> None:
    rows, asked = Rows({1: "eth0", 2: "eth1"}), watched("eth1", platform="linux")
    assert [c.in_octets for c in counters(rows, asked, NOW).items] == [2**40 + 2]
    rows.names = {1: "eth9", 2: "eth0", 3: "eth1"}
    assert counters(rows, asked, NOW).items == ()  # never another interface's figures under this name
    assert [c.in_octets for c in counters(rows, asked, NOW).items] == [2**40 + 3]


def test_one_get_a_poll_once_the_names_are_known() -> None:
    rows, asked = Rows({1: "eth0", 2: "eth1"}), watched("eth0", "eth1", platform="linux")
    counters(rows, asked, NOW)
    rows.gets.clear()
    counters(rows, asked, NOW)
    assert rows.gets == [1 + 2 * 16]


def test_device_without_the_interfaces_gives_none() -> None:
    assert counters(Rows({1: "eth0"}), watched("eth7", platform="linux"), NOW).items == ()


def test_connects_are_timed_and_a_refusal_is_an_answer() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        answered = connect_ms(ip_address("127.0.0.1"), port, 2.0)
    assert answered is not None
    assert 0 < answered < 1000
    refused = connect_ms(ip_address("127.0.0.1"), port, 2.0)
    assert refused is not None


@contextmanager
def full(host: str) -> Iterator[int]:
    """The port of a queue of one that nobody takes from: further connects stay unanswered."""
    with ExitStack() as held:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        taken = held.enter_context(socket.socket(family))
        taken.bind((host, 0))
        taken.listen(0)
        for _ in range(4):
            each = held.enter_context(socket.socket(family))
            each.setblocking(False)
            each.connect_ex(taken.getsockname())
        time.sleep(0.1)
        yield taken.getsockname()[1]


def test_no_answer_is_lost() -> None:
    with full("127.0.0.1") as port:
        assert connect_ms(ip_address("127.0.0.1"), port, 0.3) is None


def asked(tmp_path: Path) -> Asking:
    """Of devices whose login has nothing for SNMP."""
    files = FailureBudget(tmp_path / "failures", 3), KnownHosts(tmp_path / "known")
    logins = Logins({"HECHA_LOGIN_DEFAULT_USERNAME": "a", "HECHA_LOGIN_DEFAULT_PASSWORD": "b"})
    return Asking((), ("snmp",), logins, *files)


def device(own: str, port: int, other: str | None) -> Watched:
    target = Target("sw", ip_address(own), ssh_port=port)
    return Watched(target, frozenset({"eth0"}), other=ip_address(other) if other else None)


@pytest.mark.parametrize(("own", "other"), [("127.0.0.1", "::1"), ("::1", "127.0.0.1")])
def test_second_connect_goes_to_the_other_family(own: str, other: str, tmp_path: Path) -> None:
    with full("::1") as port:  # over IPv4 the port refuses, which is an answer
        found = look(device(own, port, other), asked(tmp_path))
    assert found.both is not None
    assert (found.both.ip4, found.both.ip6, found.both.ms6) == ("127.0.0.1", "::1", None)
    assert found.both.ms4 is not None
    assert found.connects_ms == (found.both.ms4 if own == found.both.ip4 else None,)


def test_nothing_goes_over_a_family_that_is_not_known_or_not_routed(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET6) as listening:
        listening.bind(("::1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        for other in (None, "fe80::1"):  # without its link nothing leads there
            found = look(device("127.0.0.1", port, other), asked(tmp_path))
            assert found.both is None
            assert found.connects_ms[0] is not None
        assert not select.select([listening], [], [], 0.1)[0]
