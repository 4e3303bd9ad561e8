"""Figures of the plan on the network: interconnection, networks of sensors and video, lines over the air."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from ipaddress import IPv4Address, IPv4Interface

import pytest

from checks.assessing import Assessment
from inventory.errors import Gap, Missing
from inventory.facts import Address, Addresses, DefaultRoute, Fact, Forwarding, Routes
from inventory.findings import FindingRow
from inventory.plan import plan
from inventory.plan_figures import PlanFigures
from inventory.register import Link, LinkKind, NetworkDevice, PrivateNetwork, PrivateState, Register, Site, Tier
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.views.register import RegisterViews
from reports.figures import Figures
from reports.plan.facts import PlanFacts, measured
from reports.plan.measure import Measure, Told, Unmeasured

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ROUTER = Forwarding(True, None)
HOME = DefaultRoute(4, IPv4Address("10.0.0.1"))


def device(name: str, number: int, *facts: Fact, state: State = State.ANSWERED) -> Snapshot:
    own = Addresses((Address("eth0", IPv4Interface(f"10.0.0.{number}/24")),))
    told: dict[type[Fact], Fact | Missing] = {Routes: Missing(Gap.REFUSED), Addresses: own}
    record = DeviceRecord(name, f"10.0.0.{number}", state, NOW, site=name)
    return Snapshot(record, told | {type(fact): fact for fact in facts})


def measure(key: str, register: Register, *devices: Snapshot, rows: tuple[FindingRow, ...] = ()) -> Told:
    network = MemoryNetwork(list(devices))
    figures = Figures(iter(rows), lambda _: (None, None), NOW)
    views = RegisterViews(register, network, ways=False)

    def nothing() -> Assessment:
        raise AssertionError("nothing here is of level 3")

    def findings(*, checks: Iterable[str], subjects: Iterable[str]) -> Iterator[FindingRow]:
        return iter(rows)

    day = date(2026, 11, 24)
    facts = PlanFacts(plan(), register, views, network, figures, findings, PlanFigures(), day, nothing)
    return measured()[key](facts)


def sites(*names: str) -> Register:
    return Register(
        sites=tuple(Site(name=name, tier=Tier.TOWN) for name in names),
        network_devices=tuple(NetworkDevice(asset_no=name, name=name, site=name) for name in names),
    )


def test_site_is_interconnected_that_is_reached_and_knows_a_way_on() -> None:
    """By a default route or by more routes than its own addresses bring; what was not read is not known."""
    told = measure(
        "PR-NET-07",
        sites("default", "learned", "lonely", "refused", "silent"),
        device("default", 1, ROUTER, Routes(2, 0, 0, (HOME,))),
        device("learned", 2, ROUTER, Routes(9, 0, 0)),
        device("lonely", 3, ROUTER, Routes(2, 0, 0)),
        device("refused", 4, ROUTER),
        device("silent", 5, state=State.UNREACHABLE),
    )
    assert isinstance(told, Measure)
    assert (told.yes, told.no, told.unsure) == (("default", "learned"), ("lonely",), ("refused", "silent"))
    assert told.open is not None, "whether each reaches the city and the cloud is not known from that"


def test_networks_of_sensors_and_video_go_by_their_names() -> None:
    register = Register(
        private_networks=(
            PrivateNetwork(name="雪亮工程视频专网", unit="公安局", state=PrivateState.CONNECTED),
            PrivateNetwork(name="水利物联网", unit="水务局", state=PrivateState.NONE),
            PrivateNetwork(name="财政业务专网", unit="财政局", state=PrivateState.CONNECTED),
            PrivateNetwork(name="涉密视频网", unit="机要局", classified=True),
        )
    )
    told = measure("PR-NET-14", register)
    assert isinstance(told, Measure)
    assert (told.yes, told.no, told.open is None) == (("雪亮工程视频专网",), ("水利物联网",), False)
    assert isinstance(measure("PR-NET-14", Register()), Unmeasured)


def test_way_out_of_a_device_that_nobody_placed_counts_against_the_county() -> None:
    there = device("town", 1, ROUTER, Routes(2, 0, 0))
    public = Addresses((Address("eth1", IPv4Interface("1.2.3.4/24")),))
    stray = Snapshot(DeviceRecord("stray", "10.0.0.9", State.ANSWERED, NOW), {Addresses: public})
    told = measure("PR-NET-10", sites("town"), there, stray)
    assert isinstance(told, Measure)
    assert (told.yes, told.no) == (("town",), ("stray",))


@pytest.mark.parametrize(("outcome", "side"), [("pass", "yes"), ("fail", "no"), ("unknown", "unsure")])
def test_line_over_the_air_is_controlled_where_its_device_protects_it(outcome: str, side: str) -> None:
    register = Register(
        sites=(Site(name="village", tier=Tier.VILLAGE), Site(name="town", tier=Tier.TOWN)),
        network_devices=(NetworkDevice(asset_no="N1", name="village", site="village"),),
        links=(
            Link(name="by-5g", a_site="town", z_site="village", z_device="N1", kind=LinkKind.FIVE_G),
            Link(name="by-fibre", a_site="town", z_site="village", z_device="N1", kind=LinkKind.FIBRE),
        ),
    )
    row = FindingRow("traffic.outside-encrypted", "device", "village", outcome, severity="high")
    told = measure("PR-NET-15", register, device("village", 1), rows=(row,))
    assert isinstance(told, Measure)
    assert (getattr(told, side), told.total) == (("by-5g",), 1)
