"""Hosts that lie, flood and never end; discoveries that are stopped; packets that cannot be sent."""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from discoveries import Watching, alone, bounded, discovered, nothing_yet
from snmp_agents import agent, honest, login, net_snmp

from collectors.budget import FailureBudget
from collectors.discovery.crawl import Discovery, Orders
from collectors.discovery.pace import Pace
from collectors.discovery.plan import planned


@pytest.fixture
def orders(budget: FailureBudget) -> Orders:
    return nothing_yet(budget)


# -- liars -------------------------------------------------------------------------------------------------------------


def flooding(message: bytes) -> Iterator[bytes]:
    """Answers without end, each of them the right one made longer."""
    said = honest(message)
    deadline = time.monotonic() + 10
    while said and time.monotonic() < deadline:
        yield said[0] + b"\0" * 1000


def test_flood_of_answers_costs_neither_time_nor_memory(orders: Orders) -> None:
    with agent(flooding) as port:
        asked = replace(orders, kinds=frozenset({"snmp"}), logins={"default": login()}, snmp_port=port, tries=1)
        began = time.monotonic()
        seen, _ = discovered(bounded(asked, "127.0.0.1-127.0.0.20"))
        assert time.monotonic() - began < 20
    assert set(seen.sightings) == {"127.0.0.1"}


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x30",
        b"\x30\x84\xff\xff\xff\xff",
        b"hello",
        b"\x30\x82\x10\x00" + b"\x30" * 2000,
        Random(7).randbytes(1400),  # the same in every worker
    ],
)
def test_nonsense_is_an_answer_of_nobody(orders: Orders, said: bytes) -> None:
    """What does not bear our number is none; what bears it and is no SNMP is listed with why nothing came of it."""
    with agent(lambda message: [said, said + message]) as port:
        asked = replace(orders, kinds=frozenset({"snmp"}), logins={"default": login()}, snmp_port=port, tries=1)
        seen, _ = discovered(asked)
    assert set(seen.sightings) <= {"127.0.0.1"}
    for found in seen.sightings.values():
        assert (found.name, found.login) == (None, None)
        assert found.snmp_gap


def test_answers_from_where_nobody_was_asked_count_for_nothing(orders: Orders) -> None:
    """An agent at another address that sends what the asked one would."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.33.7.7", 0))
        port = stranger.getsockname()[1]

        def pass_on(message: bytes, peer: tuple[str, int]) -> None:
            for out in honest(message):
                stranger.sendto(out, peer)

        with agent(lambda _: [], pass_on) as asked_port:
            assert port != asked_port
            asked = replace(orders, kinds=frozenset({"snmp"}), logins={"default": login()}, snmp_port=asked_port)
            seen, _ = discovered(asked)
    assert seen.sightings == {}
    assert seen.missed == {"127.0.0.1": frozenset({"snmp default", "snmpv3"})}


def test_server_that_never_ends_its_greeting_is_cut(orders: Orders) -> None:
    with socket.create_server(("127.33.8.8", 0)) as server:
        ended = threading.Event()

        def serve() -> None:
            server.settimeout(0.1)
            while not ended.is_set():
                try:
                    peer, _ = server.accept()
                except TimeoutError:
                    continue
                with peer:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    try:
                        peer.sendall(b"\xff\xfd\x18\x1b[2J" + b"A" * 1_000_000)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        port = server.getsockname()[1]
        seen, _ = discovered(bounded(replace(orders, kinds=frozenset({"tcp"}), ports=(port,)), "127.33.8.8"))
        ended.set()
        thread.join()
    found = seen.sightings["127.33.8.8"]
    for shown in found.shown:
        assert len(shown.words) <= 120
        assert shown.words.isprintable()


# -- being stopped, and what cannot be sent ----------------------------------------------------------------------------


def test_stopped_sweep_keeps_what_it_has_heard(orders: Orders, tmp_path: Path) -> None:
    class Stopping(Watching):
        def step(self, addresses: int) -> None:
            super().step(addresses)
            time.sleep(0.2)  # the answers to what was sent arrive
            if self.steps >= 512:
                raise KeyboardInterrupt

    watching = Stopping()
    with net_snmp(tmp_path, (), everywhere=True) as snmpd:
        orders = replace(orders, kinds=frozenset({"snmp"}), snmp_port=snmpd.port, per_second=5000)
        orders = bounded(orders, "127.33.0.0/22")
        with pytest.raises(KeyboardInterrupt):
            Discovery(orders, watching, Pace(5000), {}).run(planned(orders.reach, []))
    assert 200 <= len(watching.sightings) <= 512
    assert not any(found.looked for found in watching.sightings.values())
    assert watching.missed == {}


UNSENT = """
from ipaddress import ip_address
from collectors.discovery.knocks import Echo, v3_greeting
from collectors.discovery.pace import Pace
from collectors.discovery.sweep import Sweep
knocks = [Echo(), v3_greeting(161)]
with Sweep(knocks, (22,), Pace(100), tries=1, patience_s=0.2) as sweep:
    (found,) = sweep.ask([ip_address("192.0.2.1")], lambda n: None).values()
    print(found.is_there, sorted(found.unsent), sum(sweep.unsent.values()))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a network namespace that nothing can leave")
def test_what_the_system_does_not_send_counts_as_not_asked() -> None:
    """Without a route nothing may be said of the address, least of all that it is gone."""
    told = alone(f'exec {sys.executable} -B -c "$CODE"', UNSENT)
    assert told == "False ['icmp', 'snmpv3', 'tcp/22'] 3"
