"""Hosts at the end of a link, alone at the border, in pairs, and with accounts of those who left: mended by a shell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from host_gaps import LINK
from remedied import NOW
from sandbox import Sandbox, why_not
from shell import Shell
from test_remedies_linux import missing

from checks.catalogue import catalogue
from checks.commands import in_language
from checks.evaluate import Terms, evaluate_network
from checks.model import Finding, Outcome
from collectors.by_cli import facts_by_cli
from inventory.facts import Accounts, Addresses, Interfaces, LinkServices, RateLimits, Redundancy, VirtualGateways
from inventory.register import AccountHolder, Link, NetworkDevice, Register, Site, Tier
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.views.register import RegisterViews


@dataclass(frozen=True)
class HostCase:
    """A check, what makes its gap on a host, or on each of several in turn, and what shows that the remedy works."""

    check: str
    make: tuple[str, ...]
    needs: tuple[str, ...]
    platform: str = "linux"
    put: dict[str, str] = field(default_factory=dict)
    works: str = "true"


_FRR = (
    LINK + "/usr/lib/frr/zebra -d; /usr/lib/frr/vrrpd -d; rm -f /etc/frr/*.conf;"
    "echo service integrated-vtysh-config > /etc/frr/vtysh.conf; vtysh -c 'configure terminal' -c 'interface lan0'"
    " -c 'ip address 10.9.0.{n}/24' -c 'ipv6 address 240e:1:9::{n}/64' -c 'vrrp 7 ip 10.9.0.254' {more}"
)
CASES = (
    HostCase(
        "bandwidth.shaper-meets-tier",
        (LINK + "tc qdisc add dev lan0 root tbf rate 20mbit burst 32k latency 50ms",),
        needs=("tc",),
    ),
    HostCase(
        "people.accounts-current",
        ("for each in gone here; do useradd -m $each; echo $each:S3cret-word | chpasswd; done",),
        needs=("useradd",),
    ),
    HostCase(
        "redundancy.device-doubled",
        (LINK + "ip address add 10.9.0.1/24 dev lan0; rm -f /etc/keepalived/*",),
        needs=("systemd", "keepalived"),
        put={"<interface>": "lan0", "<address>": "10.9.0.254", "<length>": "24"},
        # nobody else answers for the address, so that the host takes it
        works="timeout 20 sh -c 'until ip address show dev lan0 | grep -q 10.9.0.254/24; do sleep 0.1; done'",
    ),
    HostCase(
        "ipv6.advertised-gateways-doubled",
        (_FRR.format(n=1, more="-c 'no ipv6 nd suppress-ra'"), _FRR.format(n=2, more="")),
        needs=("vtysh",),
        platform="frr",
        put={"<link-local>": "fe80::9", "<address>": "240e:1:9::fe"},
        works="vtysh -c 'show vrrp' | grep -q 240e:1:9::fe && grep -q 240e:1:9::fe /etc/frr/frr.conf",
    ),
)
KINDS = [Interfaces, RateLimits, Accounts, Addresses, Redundancy, VirtualGateways, LinkServices]
REGISTER = Register(
    sites=(Site(name="town", tier=Tier.TOWN),),
    network_devices=(NetworkDevice(asset_no="N1", name="r1", site="town"),),
    links=(Link(name="l1", a_site="town", a_device="r1", a_interface="lan0", z_outside="county", contracted_mbps=100),),
    accounts=(AccountHolder(account="gone", until=date(2025, 6, 1)),),
)


@pytest.fixture
def hosts(tmp_path: Path, case: HostCase) -> Iterator[list[Sandbox]]:
    """A host of its own for each that the gap needs."""
    booted = "systemd" in case.needs
    if reason := why_not(booted=booted):
        pytest.skip(reason)
    if lacking := [each for each in case.needs if each != "systemd" and missing(each)]:
        pytest.skip(f"not installed: {', '.join(lacking)}")
    with ExitStack() as stack:
        folders = [tmp_path / str(n) for n, _ in enumerate(case.make)]
        for folder in folders:
            folder.mkdir()
        yield [stack.enter_context(Sandbox(each, booted=booted, name=case.platform)) for each in folders]


def judged_between(hosts: Sequence[Shell], check_id: str) -> list[Finding]:
    """What the check says of a network of these hosts."""
    network = MemoryNetwork([_told(host, f"r{n}") for n, host in enumerate(hosts, 1)])
    terms = Terms((catalogue()[check_id],), date(2026, 1, 1))
    found = list(evaluate_network(network, RegisterViews(REGISTER, network), terms))
    assert not [f.traceback for f in found if f.traceback]
    return found


def _told(host: Shell, name: str) -> Snapshot:
    facts = facts_by_cli(host, host.platform, KINDS, NOW)
    record = DeviceRecord(name, "10.0.0.1", State.ANSWERED, NOW, host.platform.name, site="town", role="border")
    return Snapshot(record, facts)


@pytest.mark.parametrize("case", CASES, ids=[case.check for case in CASES])
def test_the_remedy_mends_the_host(hosts: list[Sandbox], case: HostCase) -> None:
    made = [host.run(commands) for host, commands in zip(hosts, case.make, strict=True)]
    if b"Unknown device type" in made[0].stderr:
        pytest.skip("the kernel has no such device")
    failed = [f for f in judged_between(hosts, case.check) if f.outcome is Outcome.FAIL]
    assert failed, (made, judged_between(hosts, case.check))
    for finding in failed:
        commands = finding.commands
        for words, value in case.put.items():
            commands = commands.replace(words, value)
        assert not re.findall(r"<[a-z][^<>]*>", in_language(commands, "en")), commands
        done = hosts[0].run(commands)
        assert done.returncode == 0, done
    works = hosts[0].run(case.works)
    assert works.returncode == 0, (done, works)
    left = judged_between(hosts, case.check)
    assert {f.outcome for f in left} <= {Outcome.PASS, Outcome.NOT_APPLICABLE}, (done, left)
