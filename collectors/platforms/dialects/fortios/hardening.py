"""Fortinet FortiOS: what level 3 asks for beyond who gets in (FortiOS CLI Reference)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.platforms.base import Built, ConfigRead, Got, Release
from collectors.platforms.dialects import zone_rules
from collectors.platforms.dialects.fortios import access as fortios_access
from collectors.platforms.dialects.fortios import defaults
from collectors.platforms.dialects.fortios import network as fortios_network
from collectors.platforms.dialects.fortios import objects as fortios_objects
from collectors.platforms.dialects.fortios.text import entries, lines_of, sections, value, values
from collectors.platforms.dialects.hardening import Group, Marks, hardening_reads
from collectors.platforms.dialects.hardening_ports import public
from collectors.platforms.dialects.hardening_traffic import TrafficMarks, day_in, traffic_reads
from inventory.config import Config
from inventory.errors import Gap, Missing
from inventory.facts import ConfigBackup, PortGuard, PortGuards, Signature, Signatures

_UNLINKED = frozenset({"loopback", "tunnel", "vlan", "aggregate"})


def port_guards(config: Config, _: Release) -> PortGuards:
    """Every interface: nothing passes one that no policy names, so each stands in a zone of its own."""
    zones = {
        member: name
        for name, block in entries(sections(config, "system zone"))
        for member in values(block, "interface")
    }
    translated = {
        far
        for _, block in entries(sections(config, "firewall policy"))
        if value(block, "nat") == "enable" and value(block, "status") != "disable"
        for far in values(block, "dstintf")
    }
    taken = set(_held(config))
    items = []
    for name, block in entries(sections(config, "system interface")):
        address = next(iter(values(block, "ip")), "")
        items.append(
            PortGuard(
                interface=name,
                shut=value(block, "status") == "down",
                access=False,
                described=value(block, "alias") is not None or value(block, "description") is not None,
                zone=zones.get(name, name),
                outside="public" if public(address) else None,
                used=None
                if value(block, "type") in _UNLINKED
                else bool(address) or value(block, "mode") is not None or name in taken,
                evidence=config.evidence(block, *block.children[:12]),
                translates=bool({name, zones.get(name)} & translated),
            )
        )
    return PortGuards(tuple(items), None, config.evidence(*sections(config, "system interface")))


def _held(config: Config) -> Iterator[str]:
    """Interfaces that a pair, an aggregation or a switch of the device's own has taken."""
    for block in sections(config, "system ha"):
        yield from (*values(block, "hbdev"), *values(block, "session-sync-dev"))
    for _, block in entries(config.all(r"config system (?:switch-)?interface$")):
        yield from values(block, "member")


MARKS = Marks(
    services_default=defaults.SERVICES,
    logins=r"config log eventfilter \| set (?:event|user|system) (?:enable|(?P<off>disable))",
    logins_default=defaults.LOGINS,
    commands=r"config system global \| set cli-audit-log (?:enable|(?P<off>disable))",
    severity=r"config log syslogd filter \| set severity (\w+)",
    severity_default=defaults.LOG_LEVEL,
    local=r"config log (?:memory|disk) setting \| set status (?:enable|(?P<off>disable))",
    lowered=r"config system accprofile \| edit \"(?!super_admin)[^\"]*\" \| set loggrp read-write",
    stoppable_default=defaults.STOPPABLE,
    accounts=fortios_access.accounts,
    ranks=((r"super_admin$", "top"), (r".*(?:audit|read|ro$)", "auditor"), (r"\S", "operator")),
    by_server=r"config system admin \| edit \S+ \| set remote-auth enable",
    second_factor=r"config system admin \| edit \S+ \| set two-factor (?:fortitoken|email|sms|(?P<off>disable))",
    groups=(
        Group("ha", r"config system ha \| set mode (?:a-p|a-a|(?P<off>standalone))"),
        Group("vrrp", r"(?P<of>edit \S+ \| (?:config ipv6 \| )?config vrrp6? \| edit \d+)$"),
        Group("aggregation", r"config system interface \| (?P<of>edit \S+) \| set member \S+ \S"),
    ),
    own=(
        r"config system interface \| edit \"?(mgmt\d?|ha-mgmt|\S*dedicated\S*)\"? \| set ip"
        r"|config system interface \| edit \"?([^\"|]+?)\"? \| set dedicated-to management"
    ),
    published=r"config firewall vip \| edit \S+ \| set mappedport (22|23|8443|10443)$",
    secured={
        "ssh": r"config system interface \| edit \S+ \| set allowaccess .*\bssh\b",
        "https": r"config system interface \| edit \S+ \| set allowaccess .*\bhttps\b",
        "snmp-v3": r"config system snmp user \| edit \S+ \| set security-level auth-priv",
        "syslog-tls": r"config log syslogd setting \| set (?:mode reliable|enc-algorithm (?!disable))",
    },
    agent=r"config system snmp sysinfo \| set status (?:enable|(?P<off>disable))",
    agent_default=defaults.SNMP,
    trap_host=(
        r"config system snmp (?:user \| edit \S+ \| set notify-hosts6?|community .*set ip) \"?([0-9a-fA-F.:]{3,})"
    ),
    traps=(
        r"config system snmp user \| edit \S+ \| set (?:notify-hosts|trap-status enable)"
        r"|config system snmp community"
    ),
    secured_snmp=r"config system snmp user \| edit \S+ \| set security-level auth-priv",
    thresholds={
        "cpu": r"config system (?:snmp sysinfo|global) \| set (?:trap-high-cpu-threshold|cpu-use-threshold) \d",
        "memory": (
            r"config system (?:snmp sysinfo|global) \| set (?:trap-low-memory-threshold"
            r"|memory-use-threshold-red) \d"
        ),
    },
    ciphers=r"config system (?:global|ssh-config) \| set ssh-enc-algo (.+)",
    macs=r"config system (?:global|ssh-config) \| set ssh-(?:mac|hmac)-algo (.+)",
    key_exchanges=r"config system (?:global|ssh-config) \| set ssh-kex-algo (.+)",
    ports=port_guards,
)
_POLICY = r"config firewall (?:policy6?|consolidated policy) \| edit \S+ \| set"
TRAFFIC = TrafficMarks(
    inspects={
        "intrusion": rf"{_POLICY} ips-sensor \S",
        "malware": rf"{_POLICY} av-profile \S",
        "application": rf"{_POLICY} application-list \S",
        "url": rf"{_POLICY} webfilter-profile \S",
        "content": rf"{_POLICY} (?:dlp-(?:sensor|profile)|file-filter-profile) \S",
        "spam": rf"{_POLICY} (?:spamfilter|emailfilter)-profile \S",
    },
    tunnels=r"config vpn ipsec phase1(?:-interface)? \| edit \"?([^\"]+?)\"? \| set (?:interface|remote-gw) \S",
    algorithms=(r"config vpn ipsec phase[12](?:-interface)? \| edit \S+ \| set proposal (.+)",),
)


def signatures(_c: Config, _r: Release, status: Got) -> Built:
    """The sets that ``get system status`` dates: ``IPS-DB: 6.00741(2015-12-01 02:30)``."""
    if isinstance(status, Missing):
        return status
    found = re.findall(r"^(Virus-DB|IPS-DB|APP-DB): \S*?\(([^)\n]*)\)", status.text, re.MULTILINE)
    kinds = {"Virus-DB": "malware", "IPS-DB": "intrusion", "APP-DB": "application"}
    items = tuple(Signature(kinds[name], name, day_in(day)) for name, day in found)
    return (
        Signatures(items, status.evidence(r"^(Virus|IPS|APP)-DB")) if items else Missing(Gap.UNREAD, "no set is told")
    )


def config_backup(config: Config, _: Release) -> Built:
    """Each change is saved as it is made unless ``cfg-save`` says otherwise (FortiOS CLI reference, system global)."""
    lines = lines_of(config, "system global", "cfg-save")
    if any(line.text.split()[2] != defaults.SAVED.value for line in lines):
        return Missing(Gap.UNREAD, "changes are saved when somebody says so; whether that was done it does not tell")
    return ConfigBackup(True, config.evidence(*(lines or sections(config, "system global"))))


READS = (
    *hardening_reads(MARKS),
    *zone_rules.rule_reads(fortios_network.zone_policy, books=fortios_objects.books),
    *traffic_reads(TRAFFIC),
    ConfigRead(ConfigBackup, config_backup),
    ConfigRead(Signatures, signatures, ("get system status",)),
)
