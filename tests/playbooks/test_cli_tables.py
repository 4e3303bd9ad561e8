"""``hecha tables``: every table of one device, as it was last read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

import pytest
from console import Terminal, hecha, refused

from inventory.errors import Gap, Missing
from inventory.facts import (
    Address,
    Addresses,
    Counter,
    Counters,
    DefaultRoute,
    Entities,
    Entity,
    Fact,
    Identity,
    Interface,
    Interfaces,
    LearnedMac,
    LearnedMacs,
    Listener,
    Listeners,
    Neighbour,
    Neighbours,
    ResolvedAddress,
    ResolvedAddresses,
    Routes,
    RunningServices,
    Sensor,
    Sensors,
    Software,
    Storage,
    Storages,
)
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import Store
from reports.device_tables import TABLES

START = datetime(2026, 6, 1, 4, tzinfo=UTC)
MAC = "00:1a:2b:3c:4d:5e"
FACTS: tuple[Fact, ...] = (
    Identity(vendor="Huawei", uptime_s=3600.0),
    Interfaces(
        (
            Interface(
                "GE0/0/1", 1, "上联", "ethernetCsmacd", 2500.0, "full", 1500, admin_up=True, oper_up=False, mac=MAC,
                last_change_s=1800.0, aggregate="Eth-Trunk1", vlans=(10, 11, 12, 20),
            ),
            Interface("GE0/0/2", last_change_s=7200.0),
        )
    ),
    Addresses((Address("GE0/0/1", IPv4Interface("10.0.0.1/32"), prefix_known=False, origin="manual"),)),
    Neighbours((Neighbour("GE0/0/1", "lldp", "core", None, "GE1", addresses=(IPv4Address("10.0.0.2"),)),)),
    ResolvedAddresses((ResolvedAddress(IPv4Address("10.0.0.2"), MAC, "GE0/0/1", "reachable"),)),
    LearnedMacs((LearnedMac(MAC, 10, "GE0/0/1"),)),
    Routes(120, 7, 0, (DefaultRoute(4, IPv4Address("10.0.0.254"), "GE0/0/1", "static"),)),
    Entities((Entity(1, None, "chassis", "frame", None, "S5735", "21980", None, None, "V200"),)),
    Sensors((Sensor("PSU 1", "powerSupply", None, "", False), Sensor("inlet", "temperature", 31.5, "°C"))),
    Storages((Storage("/", "fixedDisk", 2**40, 2**39),)),
    Software((("bash", "5.2"), ("=cmd", None))),
    RunningServices(("sshd",)),
    Listeners((Listener("tcp", 22, None, 6, "sshd"),)),
    Counters((Counter("GE0/0/1", 2**53 + 1, None),)),
)  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs: sw answered in the first with everything, in the second not at all; old has tables that are missing."""
    at = tmp_path_factory.mktemp("shown")
    assert hecha("init", "net", at=at).returncode == 0
    with Store.open(at / "net" / "hecha.db") as store:
        run = store.create_run("weekly-census", started=START)
        store.save_device(
            run, Snapshot(DeviceRecord("sw", "10.0.0.1", State.ANSWERED, START), {type(f): f for f in FACTS})
        )
        gone = Missing(Gap.UNREAD, "the agent answers nothing of BRIDGE-MIB and Q-BRIDGE-MIB")
        store.save_device(run, Snapshot(DeviceRecord("old", "10.0.0.9", State.ANSWERED, START), {LearnedMacs: gone}))
        store.finish_run(run, at=START)
        later = START + timedelta(days=30)
        run = store.create_run("weekly-census", started=later)
        store.save_device(run, Snapshot(DeviceRecord("sw", "10.0.0.1", State.UNREACHABLE, later), {}))
        store.finish_run(run, at=later)
    return at / "net"


def rows(project: Path, *words: str) -> list[list[str]]:
    done = hecha("tables", *words, at=project, lang="zh")
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_every_table_of_the_last_answer_is_shown(project: Path) -> None:
    """A line a row, the table's word first; programs get the same words in either language."""
    told = rows(project, "sw")
    assert dict.fromkeys(row[0] for row in told) == dict.fromkeys(TABLES)
    assert [
        "interfaces", "GE0/0/1", "上联", "ethernetCsmacd", "2500", "full", "1500", "up", "down", MAC,
        "2026-06-01 11:30", "Eth-Trunk1", "10-12, 20",
    ] in told  # fmt: skip
    assert ["interfaces", "GE0/0/2", *[""] * 11] in told  # when its uptime was 2 h is not told by one of 1 h
    assert ["addresses", "GE0/0/1", "10.0.0.1", "manual", ""] in told  # its prefix is not known
    assert ["neighbours", "GE0/0/1", "lldp", "core", "GE1", "", "10.0.0.2", ""] in told
    assert ["arp", "10.0.0.2", MAC, "GE0/0/1", "reachable"] in told
    assert ["macs", MAC, "10", "GE0/0/1"] in told
    assert ["routes", "IPv4 default route", "10.0.0.254 GE0/0/1 static"] in told
    assert ["routes", "IPv6 routes learned", "0"] in told
    assert ["modules", "frame", "chassis", "", "S5735", "21980", "", "", "", "V200"] in told
    assert ["sensors", "PSU 1", "powerSupply", "", "failed"] in told
    assert ["sensors", "inlet", "temperature", "31.5 °C", ""] in told
    assert ["storage", "/", "fixedDisk", "1 TiB", "512 GiB", "50%"] in told
    assert ["software", "bash", "5.2"] in told
    assert ["services", "sshd"] in told
    assert ["listeners", "tcp", "22", "::", "sshd"] in told
    assert ["counters", "GE0/0/1", str(2**53 + 1), "", "", "", "", ""] in told


def test_chosen_tables_alone(project: Path) -> None:
    assert {row[0] for row in rows(project, "sw", "arp", "macs")} == {"arp", "macs"}
    refused(hecha("tables", "sw", "vlans", at=project), "vlans", "expected one of interfaces, addresses")


def test_table_that_was_not_read_says_why(project: Path) -> None:
    done = hecha("tables", "old", "macs", at=project)
    assert (done.returncode, done.stdout) == (0, "")
    assert "macs: not known: the agent answers nothing of BRIDGE-MIB" in done.stderr


def test_as_of_a_day_and_for_programs(project: Path) -> None:
    done = hecha("tables", "sw", "--json", at=project)
    said = json.loads(done.stdout)
    assert (said["target"], said["run"], said["state"]) == ("sw", 1, "answered")
    assert said["facts"]["Interfaces"]["items"][0]["vlans"] == [10, 11, 12, 20]
    refused(hecha("tables", "sw", "--as-of", "2026-05-01", at=project), "no run has asked such a target")
    refused(hecha("tables", "nobody", at=project), "nobody")


def test_terminal_gets_headings_in_its_language(project: Path) -> None:
    with Terminal("tables", "sw", "sensors", "software", at=project, lang="zh") as shown:
        shown.end()
    assert "传感器与电源 (2)" in shown.seen
    assert "异常" in shown.seen
    with Terminal("tables", "old", at=project, lang="zh") as shown:
        shown.end()
    assert "MAC 表：未知：" in shown.seen
