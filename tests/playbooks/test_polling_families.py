"""Over which families devices are polled: where a playbook lets them be asked, at addresses that are known and not
excluded."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface
from pathlib import Path

import pytest
from console import hecha, refused

from inventory.errors import Gap, Missing
from inventory.facts import Address, Addresses
from inventory.register import Link, NetworkDevice, Register
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import RunState, Store
from inventory.targets import Target
from playbooks.polling import other_family_of, watched
from playbooks.project import project_at

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LOGIN = {"HECHA_LOGIN_DEFAULT_USERNAME": "a", "HECHA_LOGIN_DEFAULT_PASSWORD": "b"}
REACH = "name: reach\ntitle: {zh: 可达性, en: reachability}\n"
NAMES = ("read", "declared", "without", "another", "bare")
TARGETS = [Target(name, IPv4Address(f"10.0.0.{n}")) for n, name in enumerate(NAMES, 1)]


def declared(name: str, n: int, ip6: str | None) -> NetworkDevice:
    mgmt_ip6 = IPv6Address(ip6) if ip6 else None
    return NetworkDevice(asset_no=f"N{n}", name=name, mgmt_ip4=IPv4Address(f"10.0.0.{n}"), mgmt_ip6=mgmt_ip6)


REGISTER = Register(
    network_devices=(
        declared("read", 1, "fd00::91"),
        declared("declared", 2, "fd00::2"),
        declared("without", 3, "fd00::3"),
        declared("another", 4, "fd00::a"),
        declared("bare", 5, None),
    ),
    links=tuple(Link(name=f"l{n}", a_site="s", a_device=f"N{n}", a_interface="eth0") for n in range(1, 6)),
)


def kept(store: Store, name: str, own: str, *others: str, state: RunState = RunState.FINISHED) -> None:
    """A run that read the addresses of one device."""
    run = store.create_run("p", started=NOW)
    items = tuple(Address("eth0", ip_interface(ip)) for ip in (own, *others))
    record = DeviceRecord(name, own, State.ANSWERED, NOW)
    store.save_device(run, Snapshot(record, {Addresses: Addresses(items)}))
    store.finish_run(run, state, at=NOW)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with Store.open(tmp_path / "hecha.db") as store:
        kept(store, "read", "10.0.0.1/24", "fd00::e/64")
        kept(store, "read", "10.0.0.1/24", "fe80::1/64", "fd00::1/64")
        kept(store, "without", "10.0.0.3/24", "fe80::3/64")
        run = store.create_run("q", started=NOW)  # went wrong for them all
        record = DeviceRecord("read", "10.0.0.1", State.UNREACHABLE, NOW)
        store.save_device(run, Snapshot(record, {Addresses: Missing(Gap.UNREACHABLE)}))
        store.finish_run(run, at=NOW)
    return Store.open(tmp_path / "hecha.db")


def asked(store: Store, *excluded: str) -> dict[str, str | None]:
    listed = [*TARGETS, Target("taken", ip_address("fd00::a"))]
    with store:
        other = other_family_of(store, listed, lambda ip: str(ip) not in excluded)
        devices = watched(REGISTER, listed, {}, other)
    return {each.target.name: str(each.other) if each.other else None for each in devices}


def test_what_was_read_goes_before_what_is_declared(store: Store) -> None:
    """Addresses of the newest run that read them; what another target has is not asked for this one."""
    expected = {"read": "fd00::1", "declared": "fd00::2", "without": None, "another": None, "bare": None}
    assert asked(store) == expected


def test_what_is_excluded_is_not_asked(store: Store) -> None:
    assert asked(store, "fd00::1", "fd00::2") == dict.fromkeys(NAMES)


def test_without_leave_one_family_alone_is_asked() -> None:
    assert {each.other for each in watched(REGISTER, TARGETS, {})} == {None}


def here() -> str:
    """An address of this machine that serves."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has no address beside those of its loopback")
        return str(sock.getsockname()[0])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one device: this machine, at an IPv6 address that embeds its IPv4 one, too."""
    (tmp_path / "targets.csv").write_text("name,address,ssh_port\nr1,127.0.0.1,9\n")
    (tmp_path / "hecha.yaml").touch()
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "reach.yaml").write_text(REACH + "collect: {echo: {count: 5}}\n", encoding="utf-8")
    (tmp_path / "playbooks" / "mute.yaml").write_text(REACH, encoding="utf-8")
    with Store.open(project_at(tmp_path).database) as store:
        device = NetworkDevice(asset_no="N1", name="r1", mgmt_ip6=IPv6Address("fd00::77"))
        store.save_register(Register(network_devices=(device,), links=REGISTER.links[:1]))
        run = store.create_run("p", started=NOW)
        items = (Address("lo", ip_interface("127.0.0.1/8")), Address("e1", ip_interface(f"::ffff:{here()}")))
        store.save_device(run, Snapshot(DeviceRecord("r1", "", State.ANSWERED, NOW), {Addresses: Addresses(items)}))
        store.finish_run(run, at=NOW)
    return tmp_path


def polled(folder: Path, *words: str) -> list[str | None]:
    """The IPv6 address that each poll of a round asked."""
    began = datetime.now(UTC)
    hecha("traffic", "--rounds", 1, *words, at=folder, env=LOGIN)
    with Store.open(project_at(folder).database) as store:
        return [each.both and each.both.ip6 for each in store.traffic.of("r1", began, datetime.now(UTC))]


def test_a_playbook_has_to_say_so_and_an_exclusion_goes_before_it(project: Path) -> None:
    assert polled(project) == [None]
    assert polled(project, "--playbook", "reach") == [str(ip_address(f"::ffff:{here()}"))]
    refused(hecha("traffic", "--playbook", "mute", at=project, env=LOGIN), "mute", "no collect.echo")
    (project / "hecha.yaml").write_text(f"discovery: {{exclude: [{here()}]}}\n")
    assert polled(project, "--playbook", "reach") == [None]
