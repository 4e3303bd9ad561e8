"""Where business systems run and ran: servers found at their addresses, and who still uses the old ones."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Interface

from inventory.errors import Missing
from inventory.facts import (
    Address,
    Addresses,
    Connection,
    Connections,
    Fact,
    Forwarding,
    Hardware,
    Interface,
    Interfaces,
    Listener,
    Listeners,
    RemoteCopies,
    RemoteCopy,
    ResolvedAddress,
    ResolvedAddresses,
)
from inventory.register import BusinessSystem, Hosting, MigrationState, Register, Room, Server, Storage, Unit, UnitKind
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.views import SystemView
from inventory.views.register import RegisterViews
from reports.rooms import RoomLines
from reports.systems import Standing, shares, system_lines

OLD, NEW = IPv4Address("10.1.1.9"), IPv4Address("10.9.1.1")
MAC = "aa:bb:cc:dd:ee:ff"


def register() -> Register:
    return Register(
        units=(Unit(name="县府办", kind=UnitKind.COUNTY_DEPT),),
        rooms=tuple(Room(name=name, unit="县府办", standalone=True) for name in ("旧机房", "空机房")),
        servers=(Server(asset_no="S1", name="old-1", room="旧机房", mgmt_ip4=OLD),),
        storages=(Storage(asset_no="S2", name="stor-1", room="旧机房", mgmt_ip4=IPv4Address("10.1.1.31")),),
        systems=(
            BusinessSystem(
                name="OA", unit="县府办", state=MigrationState.ON_CLOUD, hosted=Hosting.CITY_CLOUD, wave="一",
                addresses=(NEW,), old_address=OLD,
            ),
            BusinessSystem(name="档案", unit="县府办", state=MigrationState.ADAPTING, room="旧机房", wave="二"),
        ),
    )  # fmt: skip


def device(name: str, address: str, *facts: Fact) -> Snapshot:
    record = DeviceRecord(name, address, State.ANSWERED, datetime(2026, 1, 1, tzinfo=UTC))
    return Snapshot(record, {type(fact): fact for fact in facts})


def router(state: str | None = "reachable", ip: IPv4Address = OLD) -> Snapshot:
    near = Addresses((Address("Vlanif7", IPv4Interface("10.1.1.1/24")),))
    table = ResolvedAddresses((ResolvedAddress(ip, MAC, "Vlanif7", state),))
    return device("core-1", "10.0.0.1", near, table, Forwarding(ipv4=None, ipv6=True))


def oa(*devices: Snapshot) -> SystemView:
    return next(iter(RegisterViews(register(), MemoryNetwork(list(devices))).systems()))


def test_servers_at_its_addresses_by_target_and_by_interface() -> None:
    guest = device(
        "vm-1",
        "10.0.0.7",
        Addresses((Address("eth0", IPv4Interface("10.9.1.1/24")),)),
        Hardware(None, None, None, "kvm"),
    )
    view = oa(guest, device("old-1", "10.1.1.9", Hardware("Huawei", "TaiShan", None, "")))
    assert [(h.target, h.role, h.room) for h in view.hosts] == [
        ("vm-1", "service", None),
        ("old-1", "old-host", "旧机房"),
    ]


def test_arp_of_the_old_network_alone_says_that_it_is_gone() -> None:
    assert [(t.target, t.certain) for t in oa(router()).traces] == [("core-1", True)]
    assert [t.certain for t in oa(router("stale")).traces] == [False]
    assert oa(router("incomplete")).traces == ()
    gone = oa(router(ip=IPv4Address("10.1.1.10")))
    assert (gone.traces, gone.watched) == ((), {"resolved"})
    elsewhere = Addresses((Address("x", IPv4Interface("10.7.0.1/24")),))
    far = device("core-2", "10.0.0.2", ResolvedAddresses(()), elsewhere, Forwarding(ipv4=True, ipv6=True))
    assert oa(far).watched == frozenset(), "who stands in another network sees nothing of it"
    beside = Addresses((Address("eth0", IPv4Interface("10.1.1.20/24")),))
    host = device("srv-1", "10.1.1.20", ResolvedAddresses(()), beside, Forwarding(ipv4=False, ipv6=False))
    assert oa(host).watched == frozenset(), "a host resolves only whom it talks with"


def test_interfaces_that_still_have_the_old_address() -> None:
    def kept(*ports: Interface) -> list[tuple[str, str, bool]]:
        held = Addresses((Address("eth0", IPv4Interface("10.1.1.9/24")),))
        return [(t.target, t.detail, t.certain) for t in oa(device("any", "10.0.0.9", held, Interfaces(ports))).traces]

    assert kept() == [("any", "eth0", True)]
    assert kept(Interface("eth0", oper_up=True), Interface("eth1", oper_up=False)) == [("any", "eth0", True)]
    assert kept(Interface("eth0", admin_up=False)) == [("any", "eth0", False)], "it may be there, nobody can reach it"


def test_connections_at_either_end_but_not_those_of_administrators() -> None:
    def seen(*items: Connection) -> list[str]:
        return [trace.detail for trace in oa(device("app-1", "10.0.0.8", Connections(items))).traces]

    app = IPv4Address("10.0.0.8")
    assert seen(Connection("tcp", app, 40000, OLD, 1521, "java")) == ["tcp/1521 java"]
    assert seen(Connection("tcp", app, 40000, OLD, 22, "ssh")) == []
    served = device(
        "old-1",
        "10.1.1.9",
        Listeners((Listener("tcp", 5236, None, 4, "dmserver"),)),
        Connections((Connection("tcp", OLD, 5236, app, 40000), Connection("tcp", OLD, 50000, app, 443))),
    )
    view = oa(served)
    assert [trace.detail for trace in view.traces] == ["tcp/5236 ← 10.0.0.8"]
    assert view.watched == {"connection"}


def test_copies_into_a_room_of_the_countys_own() -> None:
    mount = RemoteCopy(IPv4Address("10.1.1.31"), "mount", "/backup")
    away = RemoteCopy(IPv4Address("10.9.9.9"), "mount", "/data")
    copies = oa(device("vm-1", "10.9.1.1", RemoteCopies((mount, away), True))).copies
    assert not isinstance(copies, Missing)
    assert [trace.detail for trace in copies] == ["mount /backup → stor-1 旧机房"]
    assert oa(device("vm-1", "10.9.1.1", RemoteCopies((away,), True))).copies == ()
    assert isinstance(oa(device("vm-1", "10.9.1.1", RemoteCopies((), False))).copies, Missing), "half read is not read"
    assert isinstance(oa().copies, Missing)


def test_databases_in_a_room_of_the_countys_own() -> None:
    def working(*items: Connection, listens: int = 443) -> object:
        facts = Connections(items), Listeners((Listener("tcp", listens, None, 4, "nginx"),))
        found = oa(device("vm-1", "10.9.1.1", *facts)).databases
        return found if isinstance(found, Missing) else [trace.detail for trace in found]

    home, away = IPv4Address("10.1.1.31"), IPv4Address("10.9.9.9")
    twice = [Connection("tcp", NEW, 40000 + n, home, 3306, "java") for n in range(2)]
    assert working(*twice) == ["tcp/3306 → stor-1 旧机房"]
    assert working(Connection("tcp", NEW, 40000, OLD, 5236)) == ["tcp/5236 → old-1 旧机房"]
    assert working(Connection("tcp", NEW, 40000, away, 3306), Connection("tcp", NEW, 40000, home, 22)) == []
    assert working(Connection("tcp", NEW, 443, home, 50000)) == [], "who comes to it from such a port is a client"
    assert isinstance(oa(device("vm-1", "10.9.1.1")).databases, Missing)
    assert isinstance(oa().databases, Missing)


def test_contradicted_claims_do_not_count_and_keep_their_room_open() -> None:
    network = MemoryNetwork([router(), device("old-1", "10.1.1.9")])
    lines = list(system_lines(RegisterViews(register(), network).systems()))
    assert [line.standing for line in lines] == [Standing.CONTRADICTED, Standing.UNCLAIMED]
    first, second, whole = shares(lines, "wave")
    assert (first.done, first.left, first.contradicted) == ((), ("OA",), ("OA",))
    assert (second.left, whole.percent, whole.total) == (("档案",), 0.0, 2)
    old, empty = RoomLines(register(), network, lines)
    assert old.state == "open"
    assert [text.en for text in old.keeps][:3] == [
        "system OA (claimed, contradicted)",
        "system 档案 (adapting)",
        "old-1 is up",
    ]
    assert (empty.state, empty.keeps, empty.open) == ("closable", (), ())


def test_a_room_whose_servers_nobody_asked_is_not_known() -> None:
    bare = Register(rooms=register().rooms, servers=register().servers)
    assert [line.state for line in RoomLines(bare, MemoryNetwork([]), ())] == ["unknown", "closable"]
