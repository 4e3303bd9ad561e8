"""Ways through the network: where IPv6 gets to, and the first place at which it does not."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_interface

from inventory.facts import (
    Address,
    Addresses,
    Fact,
    Forwarding,
    Identity,
    Neighbour,
    Neighbours,
    RoutingProtocol,
    RoutingProtocols,
    Transition,
    Transitions,
)
from inventory.paths import Line, Path, Paths, Stop
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def addressed(**ports: str) -> Addresses:
    """``e1="10.0.0.1/30 fd00:1::1/64"``: the addresses of each interface."""
    return Addresses(
        tuple(Address(p.replace("_", "/"), ip_interface(ip)) for p, s in ports.items() for ip in s.split())
    )


def device(name: str, *facts: Fact, role: str | None = None, platform: str | None = None) -> Snapshot:
    record = DeviceRecord(name, f"192.0.2.{len(name)}", State.ANSWERED, NOW, platform, role=role)
    return Snapshot(record, {type(fact): fact for fact in facts})


BOTH, ONLY4, NEITHER = Forwarding(True, True), Forwarding(True, False), Forwarding(False, False)
CORE = device("core", BOTH, addressed(lo0="10.9.0.1/32 fd00::1/128", e1="10.0.0.1/30 fd00:1::1/64"))


def way(*devices: Snapshot, start: str = "site", lines: tuple[Line, ...] = ()) -> Path | None:
    return Paths(MemoryNetwork(list(devices)), lines).to(["core"], "core").best([start])


def test_both_ends_of_every_line_speak_it() -> None:
    site = device("site", BOTH, addressed(lo0="10.9.0.2/32 fd00::2/128", e9="10.0.0.2/30 fd00:1::2/64"))
    assert way(CORE, site) == Path("core", ("site", "core"), True)


def test_interface_with_ipv4_alone_is_where_it_breaks() -> None:
    site = device("site", BOTH, addressed(lo0="10.9.0.2/32 fd00::2/128", e9="10.0.0.2/30"))
    assert way(CORE, site) == Path("core", ("site", "core"), False, "site", "e9", Stop.INTERFACE)


def test_router_that_forwards_ipv4_alone_is_where_it_breaks() -> None:
    middle = device("middle", ONLY4, addressed(e1="10.0.0.2/30 fd00:1::2/64", e2="10.0.1.1/30 fd00:2::1/64"))
    site = device("site", BOTH, addressed(lo0="10.9.0.2/32 fd00::2/128", e9="10.0.1.2/30 fd00:2::2/64"))
    assert way(CORE, middle, site) == Path("core", ("site", "middle", "core"), False, "middle", None, Stop.FORWARDING)


def test_longer_way_that_carries_is_the_way() -> None:
    core = device("core", BOTH, addressed(e1="10.0.0.1/30", e2="10.0.2.1/30 fd00:3::1/64"))
    middle = device("middle", BOTH, addressed(e1="10.0.2.2/30 fd00:3::2/64", e2="10.0.1.1/30 fd00:2::1/64"))
    site = device("site", BOTH, addressed(e8="10.0.0.2/30", e9="10.0.1.2/30 fd00:2::2/64"))
    assert way(core, middle, site) == Path("core", ("site", "middle", "core"), True)


def test_switch_lets_everything_through() -> None:
    """Nothing of the switch is routed, though it says that it forwards IPv4: it has one address, to be managed by."""
    switch = device("switch", ONLY4, Identity(kind="switch"), addressed(Vlanif1="10.8.0.9/24"))
    core = device("core", BOTH, addressed(e1="10.0.0.1/30 fd00:1::1/64", lo0="10.9.0.1/32"))
    site = device("site", BOTH, addressed(e9="10.0.0.2/30 fd00:1::2/64", lo0="10.9.0.2/32"))
    lines = (Line("site", "e9", "switch", "p1"), Line("switch", "p2", "core", "e1"))
    assert way(core, switch, site, lines=lines) == Path("core", ("site", "core"), True)  # by the subnet they share
    apart = device("site", BOTH, addressed(e9="10.0.4.2/30 fd00:4::2/64", lo0="10.9.0.2/32"))
    assert way(core, switch, apart, lines=lines) == Path("core", ("site", "switch", "core"), True)


def test_nothing_goes_through_a_host() -> None:
    host = device("host", NEITHER, Identity(kind="server"), addressed(e1="10.0.0.2/30 fd00:1::2/64", e2="fd00:2::1/64"))
    site = device("site", BOTH, addressed(e9="10.0.1.2/30 fd00:2::2/64", lo0="10.9.0.2/32"))
    assert way(CORE, host, site) == Path("core", (), None)


def test_unread_device_is_not_known() -> None:
    assert way(CORE, device("site"), lines=(Line("site", "e9", "core", "e1"),)) == Path(
        "core", ("site", "core"), None, "site", None
    )


def test_neighbours_are_lines() -> None:
    core = device(
        "core", BOTH, addressed(lo0="10.9.0.1/32", GigabitEthernet0_0_1="10.0.0.1/30 fe80::1/64"),
        Neighbours((Neighbour("GE0/0/1", "lldp", "site", None, "GE0/0/2"),)), platform="huawei_vrp",
    )  # fmt: skip
    site = device("site", BOTH, addressed(lo0="10.9.0.2/32", GigabitEthernet0_0_2="10.0.0.6/30"), platform="huawei_vrp")
    assert way(core, site) == Path("core", ("site", "core"), False, "site", "GigabitEthernet0/0/2", Stop.INTERFACE)


def edge(name: str, up: int | None, *facts: Fact) -> Snapshot:
    told = RoutingProtocols((RoutingProtocol("bgp", frozenset({4, 6}), True, up),))
    return device(name, BOTH, Transitions((Transition("6pe", "bgp 65000"),)), told, *facts)


def test_provider_edges_carry_it_over_a_core_that_does_not_know_it() -> None:
    inner = device("inner", ONLY4, addressed(e1="10.0.0.2/30", e2="10.0.1.1/30"))
    for up, carries, why in ((1, True, None), (None, None, None), (0, False, Stop.SESSION)):
        core = edge("core", 1, addressed(lo0="10.9.0.1/32 fd00::1/128", e1="10.0.0.1/30"))
        site = edge("site", up, addressed(lo0="10.9.0.2/32 fd00::2/128", e9="10.0.1.2/30"))
        found = way(core, inner, site)
        assert found is not None
        assert found.carries is carries
        if carries is not False:
            assert found.devices == ("site", "core")
        else:  # the labelled way and the native one are as broken
            assert found.why in (why, Stop.INTERFACE)


def test_tunnel_over_an_island_is_a_way() -> None:
    island = device("island", ONLY4, addressed(e1="10.0.0.2/30", e2="10.0.1.1/30"))
    core = device("core", BOTH, addressed(e1="10.0.0.1/30", tun0="fd00:77::1/64"))
    site = device("site", BOTH, addressed(e9="10.0.1.2/30", tun0="fd00:77::2/64"))
    assert way(core, island, site) == Path("core", ("site", "core"), True)


def test_site_that_holds_the_goal_needs_no_way() -> None:
    assert way(CORE, start="core") is None


def test_of_several_devices_the_best_one_is_the_way_out() -> None:
    old = device("old", ONLY4, addressed(e1="10.0.7.2/30", lo0="10.9.0.7/32"))
    site = device("site", BOTH, addressed(lo0="10.9.0.2/32 fd00::2/128", e9="10.0.0.2/30 fd00:1::2/64"))
    reach = Paths(MemoryNetwork([CORE, old, site])).to(["core"], "core")
    assert reach.best(["old", "site"]) == Path("core", ("site", "core"), True)
