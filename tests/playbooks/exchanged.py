"""A project with one stored run of four devices, for tests of the exchange with other inventories."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface
from pathlib import Path

from inventory.facts import Address, Addresses, Fact, Identity, Interface, Interfaces, Neighbour, Neighbours
from inventory.register import NetworkDevice, NetworkRole, Register, Site, Tier, Unit, UnitKind
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import RunState, Store

NOW = datetime(2026, 11, 24, tzinfo=UTC)
COUNTY = Register(
    units=(Unit(name="县数据局", kind=UnitKind.DATA_BUREAU), Unit(name="Town", kind=UnitKind.TOWN)),
    sites=(
        Site(name="centre", tier=Tier.COUNTY, unit="县数据局"),
        Site(name="town-1", tier=Tier.TOWN, unit="Town", title="First town", address="1 Main St"),
    ),
    network_devices=(
        NetworkDevice(
            asset_no="N1",
            name="core-1",
            unit="县数据局",
            site="centre",
            role=NetworkRole.CORE,
            mgmt_ip4=IPv4Address("10.0.0.1"),
        ),
        NetworkDevice(asset_no="N2", name="edge-1", unit="Town", site="town-1", vendor="Huawei", model="AR651"),
    ),
)


def device(target: str, ip: str, platform: str | None, *facts: Fact, **more: object) -> Snapshot:
    record = DeviceRecord(target, ip, State(more.pop("state", "answered")), NOW, platform, **more)  # type: ignore[arg-type]
    return Snapshot(record, {type(fact): fact for fact in facts})


FOUND = (
    device(
        "core-1",
        "10.0.0.1",
        "huawei_vrp",
        Identity("Huawei", "router", model="NE20E-S4", release="V800R010", serial="SER1", hostname="core-1"),
        Interfaces(
            (
                Interface("GigabitEthernet0/0/1", alias="=cmd to edge", kind="ethernetCsmacd", speed_mbps=1000.0,
                          duplex="full", mtu=1500, admin_up=True, aggregate="Eth-Trunk1"),
                Interface("GigabitEthernet0/0/2", kind="ethernetCsmacd", admin_up=False),
                Interface("GigabitEthernet0/0/3", kind="ethernetCsmacd", aggregate="Eth-Trunk1"),
                Interface("Eth-Trunk1", kind="ieee8023adLag", admin_up=True),
                Interface("LoopBack0", kind="softwareLoopback", admin_up=True),
                Interface("GigabitEthernet9/0/0", present=False),
            )
        ),
        Addresses(
            (
                Address("LoopBack0", IPv4Interface("10.0.0.1/32")),
                Address("Eth-Trunk1", IPv4Interface("10.1.0.1/30")),
                Address("Eth-Trunk1", IPv6Interface("2001:db8::1/64")),
                Address("Eth-Trunk1", IPv6Interface("fe80::1/64")),
                Address("LoopBack0", IPv4Interface("10.9.9.9/32")),
            )
        ),
        Neighbours((Neighbour("GigabitEthernet0/0/2", "lldp", "edge-1", None, "GE0/0/0"),)),
        tags=("backbone",),
    ),
    device(
        "edge-1",
        "10.0.0.2",
        "cisco_ios",
        Identity(kind="router", hostname="edge-1", serial="SER2"),
        Interfaces((Interface("GigabitEthernet0/0/0", kind="ethernetCsmacd", admin_up=True),)),
        Addresses(
            (
                Address("GigabitEthernet0/0/0", IPv4Interface("10.0.0.2/24")),
                Address(None, IPv4Interface("10.9.9.9/32")),
            )
        ),
        Neighbours((Neighbour("GigabitEthernet0/0/0", "lldp", "core-1", None, "GigabitEthernet0/0/2"),)),
        site="town-1",
        role="access",
    ),
    device("bare", "10.0.0.3", None, Identity(kind="switch", vendor="Huawei", model="{{ lookup('pipe', 'id') }}")),
    device("dark", "10.0.0.4", None, state="unreachable", site="town-1"),
)  # fmt: skip


def make_project(folder: Path) -> Path:
    """The project folder with register, run and a target list."""
    with Store.open(folder / "hecha.db") as store:
        store.save_register(COUNTY, "r.xlsx")
        run = store.create_run("census", started=NOW)
        for each in FOUND:
            store.save_device(run, each)
        store.finish_run(run, RunState.FINISHED)
    (folder / "targets.csv").write_text("name,address,ssh_port\nedge-1,10.0.0.2,2222\n")
    return folder
