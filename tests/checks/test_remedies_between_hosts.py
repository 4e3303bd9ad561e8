"""Hosts at the end of a link, and with accounts of those who left: the commands run, the check passes then."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from remedied import NOW
from sandbox import Sandbox, why_not

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_network
from checks.model import Finding, Outcome
from collectors.by_cli import facts_by_cli
from inventory.facts import Accounts, Interfaces, RateLimits
from inventory.register import AccountHolder, Link, NetworkDevice, Register, Site, Tier
from inventory.register_views import RegisterViews
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State


@dataclass(frozen=True)
class HostCase:
    """A check, and what makes its gap on a host."""

    check: str
    make: str
    needs: str


_VETH = "ip link add lan0 type veth peer name lan1; ip link set lan0 up; ip link set lan1 up; "
CASES = (
    HostCase(
        "bandwidth.shaper-meets-tier",
        _VETH + "tc qdisc add dev lan0 root tbf rate 20mbit burst 32k latency 50ms",
        needs="tc",
    ),
    HostCase("people.accounts-current", "useradd -m gone; echo gone:S3cret-word | chpasswd", needs="useradd"),
)
REGISTER = Register(
    sites=(Site(name="town", tier=Tier.TOWN),),
    network_devices=(NetworkDevice(asset_no="N1", name="r1", site="town"),),
    links=(Link(name="l1", a_site="town", a_device="r1", a_interface="lan0", z_outside="county", contracted_mbps=100),),
    accounts=(AccountHolder(account="gone", until=date(2025, 6, 1)),),
)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Sandbox]:
    if reason := why_not():
        pytest.skip(reason)
    with Sandbox(tmp_path) as sandbox:
        yield sandbox


def judged(host: Sandbox, check_id: str) -> list[Finding]:
    """What the check says of a network that is this host."""
    facts = facts_by_cli(host, host.platform, [Interfaces, RateLimits, Accounts], NOW)
    network = MemoryNetwork(
        [Snapshot(DeviceRecord("r1", "10.0.0.1", State.ANSWERED, NOW, "linux", site="town"), facts)]
    )
    terms = Terms((catalogue()[check_id],), date(2026, 1, 1))
    found = list(evaluate_network(network, RegisterViews(REGISTER, network), terms))
    assert not [f.traceback for f in found if f.traceback]
    return found


@pytest.mark.parametrize("case", CASES, ids=[case.check for case in CASES])
def test_the_remedy_mends_the_host(host: Sandbox, case: HostCase) -> None:
    if shutil.which(case.needs) is None:
        pytest.skip(f"not installed: {case.needs}")
    made = host.run(case.make)
    if b"Unknown device type" in made.stderr:
        pytest.skip("the kernel has no such device")
    failed = [f for f in judged(host, case.check) if f.outcome is Outcome.FAIL]
    assert failed, (made, judged(host, case.check))
    for finding in failed:
        done = host.run(finding.commands)
        assert done.returncode == 0, done
    left = judged(host, case.check)
    assert [f for f in left if f.outcome is Outcome.FAIL] == [], left
