"""Cisco NX-OS: what level 3 asks for beyond who gets in (Nexus security, interfaces and system management guides)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from collectors.platforms.dialects.hardening import Group, hardening_reads
from collectors.platforms.dialects.hardening_ports import port_guards
from collectors.platforms.dialects.ios.hardening import MARKS as IOS
from collectors.platforms.dialects.ios.hardening import PORTS
from collectors.platforms.dialects.ios.rules import Writing, rule_reads
from collectors.platforms.dialects.nxos import access as nxos_access
from collectors.platforms.dialects.nxos import defaults

MARKS = replace(
    IOS,
    services={"tftp": r"feature tftp-server", "rsh": r"feature rsh", "scp": r"(?!)"},
    services_default=defaults.SERVICES,
    logins=r"login on-success log|aaa accounting default",
    logins_default=None,
    commands=r"aaa accounting default",
    authorised=r"aaa authorization (?:config-)?commands default group \S",
    commands_default=defaults.COMMANDS,
    severity=r"logging server \S+ (\d)\b",
    severity_default=None,
    local=r"logging logfile \S+",
    logging_off=r"(?!)",
    lowered=r"role name \S+ \| rule \d+ permit (?:read-write$|command .*(?:logging|clear logging|\*))",
    raised=r"role name \S+ \| rule \d+ deny command .*logging",
    accounts=nxos_access.accounts,
    ranks=((r"(?:network|vdc)-admin$|priv-15$", "top"), (r"(?:network|vdc)-operator$|priv-[01]$", "auditor")),
    roles=r"username {name} .*?\brole (\S+)",
    line_rights="",
    groups=(
        Group("cluster", r"(?P<of>vpc domain \d+)"),
        Group("vrrp", r"(?P<of>interface \S+ \| (?:hsrp|vrrp|vrrpv3|glbp) \d+(?: ipv6)?)"),
        Group("aggregation", r"interface (\S+) \| (?P<of>channel-group \d+)", least=2),
    ),
    own=r"interface (mgmt0) \| (?:ip|ipv6) address|interface (\S+) \| vrf member (?:management|\S*(?i:mgmt)\S*)",
    shared=r"interface (Vlan1) \| ip address \d",
    secured={"ssh": r"feature ssh", "netconf-ssh": r"feature netconf", "snmp-v3": r"snmp-server user \S+ .*\bpriv\b"},
    secured_snmp=r"snmp-server user \S+ .*\bpriv\b",
    thresholds={"cpu": r"system (?:cpu )?.*threshold"},
    thresholds_default=None,
    traps_default=defaults.TRAPS,
    ciphers=r"ssh ciphers (.+)",
    macs=r"ssh macs (.+)",
    key_exchanges=r"ssh kexalgos (.+)",
    ports=partial(
        port_guards,
        replace(PORTS, up_default=defaults.UP, filters={4: r"ip (?:port )?access-group \S+ in\b", 6: PORTS.filters[6]}),
    ),
)
READS = (*hardening_reads(MARKS), *rule_reads(Writing()))
