"""Links whose ends say nothing of use: a real agent over UDP, the register beside it, and what checks make of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial

import pytest
from snmp_agents import COMMUNITY, ENGINE_ID, agent, answered, device, opened

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_network
from checks.model import Finding, Outcome
from checks.sentences import sentence
from collectors.by_snmp import facts_by_snmp
from inventory.facts import Fact, Interfaces, RateLimit, RateLimits
from inventory.register import Link, NetworkDevice, Register, Site, Tier
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.views.register import RegisterViews
from playbooks.demo import ber
from playbooks.demo.agent_snmp import Agent
from playbooks.demo.mib import Table

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TODAY = date(2026, 1, 1)
SPEED, HIGH_SPEED = (1, 3, 6, 1, 2, 1, 2, 2, 1, 5), (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 15)
CEILING = 4_294_967_295
PORT = "GigabitEthernet0/0/1"
CHECKS = ("port-meets-tier", "shaper-meets-tier", "evidence-agrees", "ends-known", "site-reaches-tier", "headroom")


def speaking(speed: int | None, high: int | None) -> Table:
    """The objects of an agent that says this of the speed of all its ports; None: it has no such object."""
    table = Table(device(), ENGINE_ID, time.time() - 3600)
    kept = []
    for name, value in zip(table.names, table._values, strict=True):
        told: Mapping[tuple[int, ...], int | None] = {SPEED: speed, HIGH_SPEED: high}
        if name[:-1] not in told:
            kept.append((name, value))
        elif (figure := told[name[:-1]]) is not None:
            kept.append((name, ber.integer(figure, ber.GAUGE32)))
    table.names, table._values = [name for name, _ in kept], [value for _, value in kept]
    table._encoded = [ber.sequence(ber.oid(n), v) if isinstance(v, bytes) else b"" for n, v in kept]
    return table


def read(speed: int | None, high: int | None) -> Interfaces:
    one = Agent(ENGINE_ID, speaking(speed, high), COMMUNITY.encode(), None, time.time() - 3600)
    with agent(partial(answered, one)) as port:
        session = opened(port, "auto")
        try:
            found = facts_by_snmp(session, (Interfaces,), NOW)[Interfaces]
        finally:
            session.close()
    assert isinstance(found, Interfaces)
    return found


def judged(interfaces: Interfaces, limits: tuple[RateLimit, ...] = (), **link: object) -> dict[str, Finding]:
    """What the checks say of a town's line that ends on the device, by check; the worst where several places are."""
    facts: dict[type[Fact], Fact] = {Interfaces: interfaces, RateLimits: RateLimits(limits)}
    network = MemoryNetwork([Snapshot(DeviceRecord("sw", "", State.ANSWERED, NOW, "huawei_vrp"), dict(facts))])
    declared = {
        "a_site": "town",
        "a_device": "sw",
        "a_interface": PORT,
        "z_outside": "county",
        "contracted_mbps": 100.0,
    }
    register = Register(
        sites=(Site(name="town", tier=Tier.TOWN),),
        network_devices=(NetworkDevice(asset_no="N1", name="sw", site="town"),),
        links=(Link(name="l1", **{**declared, **link}),),  # type: ignore[arg-type]
    )
    terms = Terms(tuple(catalogue()[f"bandwidth.{name}"] for name in CHECKS), TODAY)
    found = list(evaluate_network(network, RegisterViews(register, network), terms))
    assert not [f.traceback for f in found if f.traceback]
    return {f.check.removeprefix("bandwidth."): f for f in sorted(found, key=lambda f: f.outcome is Outcome.FAIL)}


def why(finding: Finding) -> str:
    return sentence(catalogue()[finding.check], finding).en


@pytest.mark.parametrize(
    ("speed", "high"),
    [(0, 0), (0, None), (CEILING, None), (CEILING, 0), (CEILING, 4294), (CEILING, CEILING), (None, None)],
)
def test_speed_that_is_none_is_not_known(speed: int | None, high: int | None) -> None:
    found = judged(read(speed, high))
    assert found["port-meets-tier"].outcome is Outcome.UNKNOWN
    assert "the port speed at sw GigabitEthernet0/0/1 is not known" in why(found["port-meets-tier"])
    assert found["site-reaches-tier"].outcome is Outcome.UNKNOWN
    assert "is not proven" in why(found["site-reaches-tier"])
    assert found["headroom"].outcome is Outcome.UNKNOWN


def test_speed_that_is_one_is_held_against_the_tier() -> None:
    assert judged(read(100_000_000, 100))["port-meets-tier"].outcome is Outcome.PASS
    assert judged(read(10_000_000, 10))["port-meets-tier"].outcome is Outcome.FAIL
    assert judged(read(CEILING, 10_000))["port-meets-tier"].outcome is Outcome.PASS


def test_share_of_a_speed_that_is_none_is_not_known_either() -> None:
    found = judged(read(CEILING, None), (RateLimit(PORT, "out", None, "shape", percent=20.0),))
    assert found["shaper-meets-tier"].outcome is Outcome.UNKNOWN
    assert "20 % of a port speed that is not known" in why(found["shaper-meets-tier"])


def test_slow_limit_proves_the_gap_whatever_the_speed() -> None:
    found = judged(read(CEILING, None), (RateLimit(PORT, "out", 20.0, "shape"),))
    assert found["shaper-meets-tier"].outcome is Outcome.FAIL
    assert found["site-reaches-tier"].outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"z_outside": None, "z_site": "town"}, "no device is declared"),
        ({"a_interface": None}, "no interface of sw is declared"),
        ({"a_interface": "GigabitEthernet0/0/99"}, "the device has no such interface"),
    ],
)
def test_end_that_is_not_declared_or_not_there_is_a_finding(link: dict[str, object], said: str) -> None:
    found = judged(read(1_000_000_000, 1000), **link)["ends-known"]
    assert found.outcome is Outcome.FAIL
    assert said in why(found)


def test_contract_of_nothing_is_not_known() -> None:
    found = judged(read(1_000_000_000, 1000), contracted_mbps=0.0)
    assert found["evidence-agrees"].outcome is Outcome.UNKNOWN
    assert found["site-reaches-tier"].outcome is Outcome.UNKNOWN
