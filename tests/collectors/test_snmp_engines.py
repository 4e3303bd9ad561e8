"""Both SNMP engines give the same facts: of net-snmp, of the simulated county and of recordings of real devices."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from snmp_agents import NetSnmp, free_port, login, net_snmp

from collectors.by_snmp import facts_by_snmp, readers
from collectors.sessions import snmp_gufo
from collectors.sessions.snmp import Bounds, Engine, open_snmp
from inventory.credentials import Login, Logins, Secret, SnmpV3
from inventory.errors import Missing
from inventory.facts import (
    Addresses,
    Counters,
    Entities,
    Fact,
    FamilyCounters,
    Identity,
    Interfaces,
    Listeners,
    Neighbours,
    Software,
    Storages,
    SystemGroup,
)
from inventory.snapshot import Facts
from playbooks.demo.running import DemoCounty

pytestmark = pytest.mark.skipif(not snmp_gufo.available, reason="no gufo-snmp here")
NOW = datetime(2026, 11, 24, tzinfo=UTC)
USER = SnmpV3("auditor", "sha256", Secret("auth-word-1"), "aes256", Secret("priv-word-1"))
# What a living host changes while it is asked: uptimes, counters, sizes, sockets.
MOVING = frozenset({Counters, FamilyCounters, Storages, Listeners})
STEMS = 48  # recordings asked of, evenly over the corpus: the engine in Python takes its time


def told(address: str, port: int, by: Login, engine: Engine, kinds: tuple[type[Fact], ...]) -> Facts:
    """The facts of one agent by one engine, without the age that grows meanwhile."""
    session = open_snmp(address, port, by, engine=engine, bounds=Bounds(timeout_s=5.0, tries=2))
    try:
        return {kind: _still(fact) for kind, fact in facts_by_snmp(session, kinds, NOW).items()}
    finally:
        session.close()


def _still(fact: Fact | Missing) -> Fact | Missing:
    return (
        replace(fact, uptime_s=None) if isinstance(fact, SystemGroup | Identity | Counters | FamilyCounters) else fact
    )


def same(address: str, port: int, by: Login, kinds: tuple[type[Fact], ...]) -> Facts:
    """The facts, which both engines must agree about."""
    native = told(address, port, by, "auto", kinds)
    python = told(address, port, by, "pysnmp", kinds)
    for kind in kinds:
        assert native[kind] == python[kind], kind.__name__
    return native


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NetSnmp]:
    with net_snmp(tmp_path_factory.mktemp("snmpd"), (USER,)) as running:
        yield running


@pytest.mark.parametrize("by", [login(), login(USER)], ids=["v2c", "v3"])
def test_net_snmp_tells_both_engines_the_same(snmpd: NetSnmp, by: Login) -> None:
    kinds = tuple(kind for kind in readers() if kind not in MOVING | {Software})  # thousands of packages
    found = same("127.0.0.1", snmpd.port, by, kinds)
    system, interfaces = found[SystemGroup], found[Interfaces]
    assert isinstance(system, SystemGroup)
    assert (system.sys_name, system.sys_location) == ("lab-host", "机房一")
    assert system.sys_object_id == "1.3.6.1.4.1.8072.3.2.10"
    assert isinstance(interfaces, Interfaces)
    assert "lo" in {each.name for each in interfaces.items}
    assert isinstance(found[Addresses], Addresses)
    assert isinstance(found[Identity], Identity)


def test_what_moves_on_a_host_has_the_same_shape(snmpd: NetSnmp) -> None:
    """Counters run and sockets open between two readings; names and kinds do not change."""
    found = [told("127.0.0.1", snmpd.port, login(), engine, (Counters, Storages)) for engine in ("gufo", "pysnmp")]
    shapes = []
    for each in found:
        counters, storages = each[Counters], each[Storages]
        assert isinstance(counters, Counters)
        assert isinstance(storages, Storages)
        shapes.append(
            ([(c.interface, c.bits) for c in counters.items], [(s.name, s.kind, s.size_bytes) for s in storages.items])
        )
    assert shapes[0][0] == shapes[1][0]
    assert {s[:2] for s in shapes[0][1]} == {s[:2] for s in shapes[1][1]}


@pytest.fixture(scope="module")
def county() -> Iterator[DemoCounty]:
    with DemoCounty() as running:
        yield running


# A core router, an aggregation, a switch of a town, a firewall, a server, storage in v2c.
@pytest.mark.parametrize("name", ["core-1", "agg-1", "town-3", "dept-1", "fw-1", "srv-01", "stor-1"])
def test_county_tells_both_engines_the_same(county: DemoCounty, name: str) -> None:
    target = next(t for t in county.targets() if t.name == name)
    logins = Logins(county.environment())
    kinds = tuple(kind for kind in readers() if kind not in (Counters, FamilyCounters))
    found = same(str(target.address), target.snmp_port, logins.login(target.login), kinds)
    interfaces = found[Interfaces]
    device = next(d for d in county.county.devices if d.name == name)
    assert isinstance(interfaces, Interfaces)
    assert len(interfaces.items) == len(device.ports)
    assert isinstance(found[Identity], Identity)


@pytest.fixture(scope="module")
def recordings(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, list[str]]]:
    """A port and the communities that are recordings there, chosen evenly over the corpus."""
    folder, tool = corpus / "snmp", corpus.parent / "tools" / "snmpreplay.py"
    if not tool.is_file():
        pytest.skip("no snmpreplay.py beside the corpus")
    expected = [json.loads(line) for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
    stems = sorted({line["stem"] for line in expected if line["level"] != "context"})
    port, ready = free_port(), tmp_path_factory.mktemp("replay") / "ready"
    command = [sys.executable, str(tool), str(folder / "recordings"), "--port", str(port), "--ready-file", str(ready)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if ready.exists() or child.poll() is not None:
                break
            time.sleep(0.05)
        assert ready.exists(), "the replaying agent did not start"
        yield port, stems[:: max(1, len(stems) // STEMS)][:STEMS]
    finally:
        child.kill()
        child.wait()


@pytest.mark.corpus
@pytest.mark.parametrize("number", range(STEMS))
def test_recordings_tell_both_engines_the_same(recordings: tuple[int, list[str]], number: int) -> None:
    port, stems = recordings
    if number >= len(stems):
        pytest.skip("the corpus is smaller")
    kinds = tuple(kind for kind in readers() if kind is not Software)
    found = same("127.0.0.1", port, Login("replay", community=Secret(stems[number])), kinds)
    assert any(isinstance(found[kind], Fact) for kind in (SystemGroup, Interfaces, Entities, Neighbours))
