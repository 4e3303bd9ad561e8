"""Reachability in a run: only where the playbook says so, with the addresses and the rate that it allows."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_interface
from pathlib import Path

import pytest

from inventory.errors import Gap, InputError, Missing
from inventory.facts import Address, Addresses, Reachability
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import Store
from inventory.targets import Target
from playbooks.progress import Quiet
from playbooks.reaching import Reaching, both_families
from playbooks.schema import Collect, Echo, playbook

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def snapshot(name: str, *addresses: tuple[str, str], state: State = State.ANSWERED) -> Snapshot:
    items = tuple(Address(interface, ip_interface(ip)) for interface, ip in addresses)
    return Snapshot(DeviceRecord(name, "127.0.0.1", state, NOW), {Addresses: Addresses(items)})


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        # of the interface that the target's address is on
        ([("e1", "240e:1::1/64"), ("e2", "10.0.0.1/24"), ("e2", "240e:2::1/64")], ["10.0.0.1", "240e:2::1"]),
        # else the first that serves
        ([("e2", "10.0.0.1/24"), ("e2", "fe80::1/64"), ("lo", "::1/128"), ("e3", "fd00::9/64")],
         ["10.0.0.1", "fd00::9"]),
        ([("e2", "10.0.0.1/24"), ("e2", "fe80::1/64")], ["10.0.0.1"]),
        # behind a translator: none of its interfaces has the target's address
        ([("e1", "192.168.0.1/24"), ("e1", "240e:1::1/64")], ["10.0.0.1", "240e:1::1"]),
    ],
)  # fmt: skip
def test_an_address_of_each_family_is_asked(addresses: list[tuple[str, str]], expected: list[str]) -> None:
    target = Target("r1", IPv4Address("10.0.0.1"))
    assert [str(ip) for ip in both_families(target, snapshot("r1", *addresses))] == expected


def test_never_by_default() -> None:
    assert Collect().echo is None


@pytest.mark.parametrize("wrong", ["count: 0", "count: 21", "per_second: 0", "per_second: 5000", "often: yes"])
def test_bounds_are_kept(wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(f"name: p\ntitle: {{zh: 试, en: trial}}\ncollect:\n  echo: {{{wrong}}}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"count|per_second|often"):
        playbook(str(path), tmp_path)


def test_devices_that_answered_are_asked_once_and_what_is_excluded_never(tmp_path: Path) -> None:
    with Store.open(tmp_path / "hecha.db") as store:
        run = store.create_run("p", {}, started=NOW)
        targets = [Target(name, IPv4Address("127.0.0.1"), ssh_port=9) for name in ("here", "silent", "spared")]
        targets[2] = Target("spared", IPv4Address("127.0.0.2"), ssh_port=9)
        store.save_device(run, snapshot("here", ("lo", "127.0.0.1/8")))
        store.save_device(run, snapshot("silent", state=State.UNREACHABLE))
        store.save_device(run, snapshot("spared"))
        store.flush()
        asking = Reaching(store, run, Echo(2, 1000), 4, lambda ip: str(ip) != "127.0.0.2", Quiet())
        asking.devices(targets)
        found = {name: store.fact(run, name, Reachability) for name in ("here", "silent", "spared")}
        assert isinstance(found["here"], Reachability)
        assert [(str(a.ip), a.way, a.tried, a.answered) for a in found["here"].items] == [("127.0.0.1", "tcp", 2, 2)]
        assert isinstance(found["silent"], Missing)
        assert found["spared"] == Missing(Gap.EXCLUDED)
        before = store.snapshot(run, "here")
        asking.devices(targets)
        assert store.snapshot(run, "here") == before
