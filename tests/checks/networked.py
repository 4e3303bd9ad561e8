"""Gaps that no configuration shows by itself: what devices, links and neighbours make of configurations is added here.

The register declares a town's line that ends at the first device, and that device as a firewall. Ports come up unless
they are shut, and run at 1000 Mbit/s in full duplex unless their configuration says otherwise; whoever speaks a
protocol towards the neighbour learns routes from it; one time server answers; a maker's server has signatures of today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml
from entering import with_commands
from remedied import MOST_ROUNDS, NOW, entered
from remedied import snapshot as configured

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_device, evaluate_network
from checks.model import Finding, Outcome, SubjectKind
from inventory.facts import Interface, Interfaces, Routes, RoutingProtocols, Signature, Signatures, TimeSync
from inventory.register import AccountHolder, Link, NetworkDevice, Register, SecurityComponent, SecurityKind, Site, Tier
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.views.register import RegisterViews

FILE = Path(__file__).parent / "gaps-between.yaml"
TODAY = date(2026, 1, 1)
LONG_AGO = date(2025, 6, 1)
# By how an aggregation is called, which is the port of the link where there is one.
_AGGREGATIONS = re.compile(r"Eth-Trunk|Bridge-Aggregation|AggregatePort|Port-channel|port-channel|ae\d+$|smartgroup")
_UPDATES = {
    "intrusion": r"update schedule ips-sdb enable|ips signature auto-update\n +update|set frequency \"?automatic",
    "malware": r"update schedule av-sdb enable|anti-virus signature auto-update\n +update|set frequency \"?automatic",
}
# What a configuration says towards the neighbour, who speaks each of these protocols and has a route to everywhere.
_SPOKEN = {
    "ospfv3": r"(?:ospfv3 1|ipv6 ospf 1|ipv6 router ospfv3 \S+) area 0$|ospf3 area 0 interface ge|set area-id",
    "isis": r"isis ipv6 enable 1$|ipv6 router isis core$|protocols isis interface ge",
    "bgp": r"^ +(?:peer|neighbor) 240e:1::2 (?:enable|activate)$|bgp group UP family inet6 unicast$|"
    r"neighbor 240e:1::2$\n +(?:remote-as .*\n +)?address-family|set activate6 \"?enable",
}
ANSWERS = "10.88.0.123"  # the time server that does
# What a person fills in: on every platform, by check, and on one.
PUT = {"<router-id>": "10.0.0.1", "<area>": "0", "<as-number>": "65001", "<time-server>": ANSWERS}
BY_CHECK = {"ipv6.adjacency-up": {"<name>": "core", "<id>": "1", "<group>": "UP", "<peer>": "240e:1::2"}}
UPLINKS = {
    "huawei_vrp": "GigabitEthernet0/0/1", "h3c_comware": "GigabitEthernet1/0/1", "cisco_ios": "GigabitEthernet0/1",
    "ruijie_rgos": "GigabitEthernet 0/1", "cisco_nxos": "Ethernet1/1", "cisco_asa": "GigabitEthernet0/1",
    "juniper_junos": "ge-0/0/1.0", "fortinet_fortios": "port3",
}  # fmt: skip
OWN = {
    "cisco_asa": {"<interface>": "GigabitEthernet0/3", "<name>": "FOLINK"},
    "fortinet_fortios": {"<group>": "HA", "<key>": "k"},
    "ruijie_rgos": {"<interface>": "TenGigabitEthernet 0/49"},
}


@dataclass(frozen=True)
class Case:
    """A check, the platform or ``platform/variant`` whose commands are to mend it, and a configuration a device."""

    check: str
    key: str
    texts: tuple[str, ...]

    @property
    def platform(self) -> str:
        return self.key.partition("/")[0]


def cases() -> Iterator[Case]:
    """Every gap of the file; a list is one device each where the check is of gateways, else one gap each."""
    for check_id, told in yaml.safe_load(FILE.read_text(encoding="utf-8")).items():
        for key, kept in told.items():
            texts = [kept] if isinstance(kept, str) else kept
            together = check_id == "ipv6.advertised-gateways-doubled"
            for devices in [texts] if together else [[text] for text in texts]:
                yield Case(check_id, key, tuple(devices))


def findings(case: Case, texts: tuple[str, ...]) -> list[Finding]:
    """What the check says of the devices with these configurations."""
    check = catalogue()[case.check]
    names = ("fw",) if case.check.startswith("boundary.") else ("r1", "r2")
    snapshots = [_running(case, name, text) for name, text in zip(names, texts, strict=False)]
    terms = Terms((check,), TODAY)
    if check.subject is SubjectKind.DEVICE:
        return list(evaluate_device(snapshots[0], terms))
    network = MemoryNetwork(snapshots)
    found = list(evaluate_network(network, RegisterViews(_register(snapshots[0]), network), terms))
    assert not [f.traceback for f in found if f.traceback]
    return found


def _running(case: Case, name: str, text: str) -> Snapshot:
    """What a device with the configuration tells once it runs."""
    known = configured(case.platform, text)
    facts = dict(known.facts)
    ports = facts.get(Interfaces)
    if isinstance(ports, Interfaces):
        facts[Interfaces] = replace(ports, items=tuple(_up(each, text) for each in ports.items))
    spoken = facts.get(RoutingProtocols)
    if isinstance(spoken, RoutingProtocols):
        items = tuple(replace(each, neighbours_up=_neighbours(each.name, text)) for each in spoken.items)
        facts[RoutingProtocols] = replace(spoken, items=items)
        if case.check == "ipv6.routes-learned":
            facts[Routes] = Routes(2, 2, 12 * sum(each.neighbours_up or 0 for each in items if 6 in each.families))
    clock = facts.get(TimeSync)
    if isinstance(clock, TimeSync):
        runs = case.platform != "h3c_comware" or "ntp-service enable" in text
        facts[TimeSync] = replace(clock, synchronised=runs and ANSWERS in clock.servers)
    if case.check == "boundary.signatures-current":
        kind = "malware" if case.key.endswith("/malware") else "intrusion"
        day = TODAY if re.search(_UPDATES[kind], text) else LONG_AGO
        facts[Signatures] = Signatures((Signature(kind, kind, day),))
    record = DeviceRecord(name, "10.0.0.1", State.ANSWERED, NOW, case.platform, site="town", role=known.record.role)
    return Snapshot(record, facts)


def _neighbours(protocol: str, text: str) -> int:
    return int(re.search(_SPOKEN.get(protocol, "(?!)"), text, re.MULTILINE) is not None)


def _up(port: Interface, text: str) -> Interface:
    """The port as it runs: what Junos fixes, which is read of no configuration, its agent tells."""
    fixed = re.search(rf"^set interfaces {re.escape(port.name)} speed (\d+)m$", text, re.MULTILINE)
    half = f"set interfaces {port.name} link-mode half-duplex\n" in text
    speed = port.speed_mbps or (float(fixed[1]) if fixed else 1000.0)
    duplex = port.duplex or ("half" if half else "full")
    return replace(port, oper_up=port.admin_up is not False, speed_mbps=speed, duplex=duplex)


def _register(device: Snapshot) -> Register:
    ports = device.facts.get(Interfaces)
    names = [each.name for each in ports.items] if isinstance(ports, Interfaces) else []
    port = next(filter(_AGGREGATIONS.match, names), names[0] if names else None)
    link = Link(name="l1", a_site="town", a_device="r1", a_interface=port, z_outside="county", contracted_mbps=100.0)
    return Register(
        sites=(Site(name="town", tier=Tier.TOWN),),
        network_devices=(NetworkDevice(asset_no="N1", name="r1", site="town"),),
        security_components=(SecurityComponent(asset_no="S1", name="fw", function=SecurityKind.FIREWALL),),
        links=(link,),
        accounts=(AccountHolder(account="gone", until=LONG_AGO),),
    )


def mended_at_last(case: Case) -> tuple[tuple[str, ...], list[Finding]]:
    """The configurations after the commands of as many runs as find something, and the findings that gave them."""
    texts, gave = case.texts, []
    for _ in range(MOST_ROUNDS):
        failed = [f for f in findings(case, texts) if f.outcome is Outcome.FAIL]
        if not failed:
            break
        gave += failed
        for finding in failed:
            texts = _with(case, texts, finding)
    return texts, gave


def _with(case: Case, texts: tuple[str, ...], finding: Finding) -> tuple[str, ...]:
    """The configurations with the commands entered at the device that the finding is about."""
    commands = finding.commands
    assert commands, f"{case.check} on {case.key}: no commands"
    uplink = UPLINKS.get(case.platform, "")
    own = BY_CHECK.get(case.check) or OWN.get(case.platform, {})
    for words, value in {**PUT, "<interface>": uplink, "<uplink>": uplink, **own}.items():
        commands = commands.replace(words, value) if value else commands
    commands = entered(commands, case.platform, case.check)
    assert not (left := re.findall(r"<[a-z][^<>]*>", commands)), f"{case.check} on {case.key} asks for {left}"
    at = 1 if finding.subject.name == "r2" else 0
    return tuple(with_commands(case.platform, t, commands) if n == at else t for n, t in enumerate(texts))


CASES = list(cases())
