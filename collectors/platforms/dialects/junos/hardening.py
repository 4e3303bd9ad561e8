"""Juniper Junos: what level 3 asks for beyond who gets in (Junos OS CLI Reference). Statements are their whole path."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from collectors.platforms.base import Built, ConfigRead, Got, Release
from collectors.platforms.dialects import zone_rules
from collectors.platforms.dialects.hardening import Group, Marks, hardening_reads
from collectors.platforms.dialects.hardening_ports import public
from collectors.platforms.dialects.hardening_traffic import TrafficMarks, signature_read, traffic_reads
from collectors.platforms.dialects.junos import access as junos_access
from collectors.platforms.dialects.junos import defaults
from collectors.platforms.dialects.junos import network as junos_network
from collectors.platforms.dialects.junos import objects as junos_objects
from inventory.config import Config, ConfigLine
from inventory.errors import Gap, Missing
from inventory.facts import ConfigBackup, PortGuard, PortGuards

_PHYSICAL = r"interfaces ((?:[a-z]{2}-\d+/\d+/\d+|(?!lo|irb|st|vlan|interface-range)\S+))(?: (.*))?$"


def port_guards(config: Config, _: Release) -> PortGuards:
    """Every configured interface: its zone on an SRX, its input filter, and 802.1X at its switch ports."""
    zones = {
        found.group(2).partition(".")[0]: found.group(1)
        for line in config.all(r"security zones security-zone \S+ interfaces \S+")
        if (found := re.match(r"security zones security-zone (\S+) interfaces (\S+)", line.text))
    }
    controlled = {
        line.text.split()[4].partition(".")[0] for line in config.all(r"protocols dot1x authenticator interface \S+")
    }
    blocks: dict[str, list[ConfigLine]] = defaultdict(list)
    for line in config.all(_PHYSICAL):
        found = re.match(_PHYSICAL, line.text)
        if found:
            blocks[found.group(1)].append(line)
    idle = _Idle.of(config)
    items = tuple(
        _guard(config, name, lines, zones.get(name), name in controlled, used=idle.used(name, lines))
        for name, lines in blocks.items()
    )
    return PortGuards(items, None, config.evidence(*(line for lines in blocks.values() for line in lines[:1])))


_BARE = re.compile(
    r"interfaces \S+(?: unit \d+(?: family (?:ethernet-switching|inet6?))?| disable| speed \S+| link-mode \S+"
    r"| mtu \d+| ether-options (?:no-)?(?:auto-negotiation|flow-control))?$"
)
_ON_ALL = (
    r"protocols (?:rstp|mstp|vstp|lldp|lldp-med|igmp-snooping|dcbx) |interfaces \S"  # of the factory, for every port
)


@dataclass(frozen=True, slots=True)
class _Idle:
    """What tells a port that nothing uses from others: EX switches come with a bare statement for each."""

    named: frozenset[str]  # by statements of VLANs, zones, protocols
    by_range: bool  # some may be members of a range, which says what they do

    @classmethod
    def of(cls, config: Config) -> _Idle:
        elsewhere = (line.text for line in config.lines if not re.match(_ON_ALL, line.text))
        named = (name for text in elsewhere for name in re.findall(r"\b[a-z]{2}-\d+/\d+/\d+\b", text))
        return cls(frozenset(named), config.line(r"interfaces interface-range ") is not None)

    def used(self, name: str, lines: list[ConfigLine]) -> bool | None:
        """None: a range may use it."""
        if name in self.named or not all(_BARE.match(line.text) for line in lines):
            return True
        return None if self.by_range else False


def _guard(
    config: Config, name: str, lines: list[ConfigLine], zone: str | None, controlled: bool, used: bool | None
) -> PortGuard:
    said = "\n".join(line.text for line in lines)
    addresses = re.findall(r" family inet address (\S+)", said)
    filters = {6 if six else 4 for six in re.findall(r" family inet(6)? filter input \S", said)}
    access = re.search(r"ethernet-switching (?:interface-mode|port-mode) access", said) is not None
    return PortGuard(
        interface=name,
        shut=re.search(r"^interfaces \S+ disable$", said, re.MULTILINE) is not None,
        access=access or controlled,
        described=" description " in said,
        controls=frozenset({"dot1x"} if controlled else ()),
        zone=zone,
        filters=frozenset(filters),
        outside="public" if any(public(text) for text in addresses) else None,
        used=used,
        evidence=config.evidence(*lines[:20]),
    )


MARKS = Marks(
    services={
        "finger": r"system services finger",
        "rlogin": r"system services rlogin",
        "rsh": r"system services rsh",
        "tftp": r"system services tftp-server",
        "xnm-clear-text": r"system services xnm-clear-text",
    },
    services_default=defaults.SERVICES,
    logins=r"system syslog (?:file|host|user) \S+ (?:authorization|any) (?:any|info|notice)",
    logins_default=defaults.LOGINS,
    commands=r"system syslog (?:file|host|user) \S+ (?:interactive-commands|any) (?:any|info|notice)",
    commands_default=defaults.COMMANDS,
    severity=r"system syslog host \S+ any (\w+)",
    local=r"system syslog file \S+",
    lowered=(
        r"system login class (?!super-user)\S+ (?:permissions (?:all|maintenance|system-control)"
        r"|allow-commands .*clear log)"
    ),
    raised=r"system login class \S+ deny-commands .*clear log",
    stoppable_default=defaults.STOPPABLE,
    accounts=junos_access.accounts,
    ranks=(
        (r"super-user$|superuser$", "top"),
        (r"read-only$|.*audit", "auditor"),
        (r"unauthorized$", "none"),
        (r"\S", "operator"),
    ),
    authorised=r"system accounting events|system tacplus-options",
    by_server=r"system authentication-order (?:\[ ?)?(?:tacplus|radius)",
    second_factor=r"(?!)",  # a key stands in for the password: two are asked for by a server alone
    groups=(
        Group("ha", r"chassis cluster (?:redundancy-group|cluster-id|reth-count)"),
        Group("stack", r"virtual-chassis (?:member|preprovisioned)"),
        Group("vrrp", r"(?P<of>interfaces \S+ .*vrrp(?:-inet6)?-group \d+)"),
        Group("aggregation", r"interfaces (\S+) (?:gigether|ether)-options (?:ieee-)?802\.3ad (?P<of>\S+)", least=2),
        Group("supervisor", r"chassis redundancy graceful-switchover"),
    ),
    own=r"interfaces ((?:fxp0|em0|me0|vme)\b\S*) .*address|(system management-instance)",
    shared=r"interfaces (vlan unit 1|irb unit 1) .*address \d",
    published=r"security nat destination pool \S+ address \S+ port (22|23|8443)\b",
    secured={
        "ssh": r"system services ssh",
        "netconf-ssh": r"system services netconf ssh",
        "syslog-tls": r"system syslog host \S+ transport tls",
        "snmp-v3": r"snmp v3 usm local-engine user \S+ privacy",
    },
    agent=r"snmp (?:v3|community|trap-group)",
    agent_default=defaults.SNMP,
    trap_host=r"snmp (?:trap-group \S+ targets|v3 target-address \S+ address) ([0-9a-fA-F.:]{3,})",
    traps=r"snmp (?:trap-group \S+ targets|v3 target-address \S+ address) \S",
    secured_snmp=r"snmp v3 (?:usm local-engine user \S+ privacy|vacm access group .*security-level privacy)",
    thresholds={"cpu": r"snmp rmon alarm|event-options .*cpu"},
    ciphers=r"system services ssh ciphers (.+)",
    macs=r"system services ssh macs (.+)",
    key_exchanges=r"system services ssh key-exchange (.+)",
    ports=port_guards,
)
TRAFFIC = TrafficMarks(
    inspects={
        "intrusion": r"security policies .* application-services (?:idp|idp-policy|advanced-anti-malware-policy)\b",
        "malware": r"security utm utm-policy \S+ anti-virus \S",
        "application": r"security policies .* (?:application-services application-firewall|match dynamic-application)",
        "url": r"security utm utm-policy \S+ web-filtering \S",
        "content": r"security utm utm-policy \S+ content-filtering \S",
        "spam": r"security utm utm-policy \S+ anti-spam \S",
    },
    bound=r"security policies .* (?:application-services|dynamic-application) \S",
    tunnels=r"security ipsec vpn (\S+) bind-interface \S|security macsec interfaces (\S+)",
    algorithms=(r"security (?:ike|ipsec) proposal \S+ (?:encryption|authentication)-algorithm (\S+)",),
)
SIGNATURES = {"intrusion": "show security idp security-package-version"}


def config_backup(_c: Config, _r: Release, shown: Got) -> Built:
    """What is committed is both what runs and what is saved (Junos OS CLI User Guide, commit)."""
    if isinstance(shown, Missing):
        return shown
    if re.search(r"^## Last changed: ", shown.text, re.MULTILINE):
        return Missing(Gap.UNREAD, f"{shown.command}: a candidate is shown: what of it is committed is open")
    return ConfigBackup(True, shown.evidence(r"^## Last commit: "))


READS = (
    *hardening_reads(MARKS),
    *zone_rules.rule_reads(junos_network.zone_policy, books=junos_objects.books),
    *traffic_reads(TRAFFIC),
    ConfigRead(ConfigBackup, config_backup, ("show configuration",)),
    signature_read(SIGNATURES, r"Attack database version\s*:(.+)"),
)
