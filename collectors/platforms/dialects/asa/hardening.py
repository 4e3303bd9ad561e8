"""Cisco ASA: what level 3 asks for beyond who gets in (ASA general operations and firewall configuration guides)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.platforms.dialects import zone_rules
from collectors.platforms.dialects.asa import access as asa_access
from collectors.platforms.dialects.asa import defaults
from collectors.platforms.dialects.asa import network as asa_network
from collectors.platforms.dialects.hardening import Group, Marks, hardening_reads
from collectors.platforms.dialects.hardening_ports import ANYWHERE, PortMarks, port_guards
from collectors.platforms.dialects.hardening_traffic import TrafficMarks, traffic_reads
from collectors.platforms.dialects.ios import rules as ios_rules
from inventory.config import Config

_PUBLIC = r"(?!(?:10|127|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.)\d[\d.]+"


def _translating(config: Config) -> Iterator[str]:
    """The interfaces, by name, towards which sources are translated: to an address of theirs or of a pool."""
    for _, found in config.statements.matching(r"nat \(\S+?,(?P<far>\S+?)\) (?:.* )?dynamic "):
        yield ANYWHERE if found["far"] == "any" else found["far"]


PORTS = PortMarks(
    access=r"(?!)",
    translating=_translating,
    controls={},
    filters={},
    zone=r"nameif (\S+)",  # each named interface has a security level: what comes from a lower one is dropped
    dialled=r"ip address (?:pppoe|dhcp)",
    up_default=defaults.UP,
    held=r"failover (?:lan interface|link) \S+ (\S+)",
)
MARKS = Marks(
    services={"tftp": r"tftp-server \S", "http": r"http server enable(?=(?!))"},
    services_default=defaults.SERVICES,
    logins=r"logging trap (?:informational|debugging|[67])\b|aaa accounting (?:ssh|telnet|serial|enable) console",
    commands=r"logging trap (?:notifications|informational|debugging|[5-7])\b|aaa accounting command",
    severity=r"logging trap (\w+)",
    local=r"logging buffered\b",
    logging_off=r"logging enable",
    lowered=r"privilege (?:cmd |clear |show )?level (?:\d|1[0-4]) (?:mode \S+ )?command (?:logging|clear logging)",
    raised=r"aaa authorization command \S",
    stoppable_default=defaults.STOPPABLE,
    accounts=asa_access.accounts,
    ranks=((r"15$", "top"), (r"[01]$", "auditor"), (r"\d+$", "operator")),
    authorised=r"aaa authorization command \S",
    by_server=r"aaa authentication (?:ssh|http|serial|telnet|enable) console (?!LOCAL)\S+",
    second_factor=r"(?!)",  # a key stands in for the password: two are asked for by a server alone
    groups=(
        Group("ha", r"failover$"),
        Group("cluster", r"cluster group \S"),
        Group("aggregation", r"interface (\S+) \| (?P<of>channel-group \d+)", least=2),
    ),
    own=(
        r"interface (Management\S+) \| |interface (\S+) \| management-only"
        r"|interface (\S+) \| nameif (?i:\S*mgmt|\S*manage)"
    ),
    shared=r"interface (Vlan1) \| ip address \d",
    published=(
        rf"nat \(\S+\) (?:.* )?static ((?:interface|{_PUBLIC}) service tcp (?:22|ssh|23|telnet|3389|8443) \S+)"
        r"|((?:ssh|http|telnet) (?:0\.0\.0\.0 0\.0\.0\.0|::/0) outside)"
    ),
    secured={"ssh": r"ssh \S+ \S+ \S+|ssh version 2", "syslog-tls": r"logging host \S+ \S+ .*\bsecure\b"},
    agent=r"snmp-server (?:host|community|group|user)\b",
    agent_default=defaults.SNMP,
    trap_host=r"snmp-server host \S+ ([0-9a-fA-F.:]{3,})",
    traps=r"snmp-server enable traps",
    traps_default=defaults.TRAPS,
    secured_snmp=r"snmp-server (?:group \S+ v3 priv|user \S+ \S+ v3 .*\bpriv\b)",
    thresholds={"cpu": r"snmp-server enable traps cpu threshold"},
    thresholds_default=defaults.THRESHOLDS,
    ciphers=r"ssh cipher encryption (.+)",
    macs=r"ssh cipher integrity (.+)",
    key_exchanges=r"ssh key-exchange group (.+)",
    ports=partial(port_guards, PORTS),
)
_LISTS = ios_rules.Writing(masks=True, bound=r"access-group (?P<acl>\S+) (?P<way>in|out) interface \S+")
TRAFFIC = TrafficMarks(
    inspects={
        "intrusion": r"policy-map \S+ \| class \S+ \| (?:ips (?:inline|promiscuous)|sfr fail-)",
        "application": r"policy-map \S+ \| class \S+ \| (?:inspect (?:http|ftp|dns|esmtp|sip)\b|sfr fail-)",
        "url": r"policy-map \S+ \| class \S+ \| sfr fail-|url-server \(",
    },
    bound=r"service-policy \S",
    tunnels=r"crypto map \S+ interface (\S+)|interface (\S+) \| tunnel protection ipsec profile \S",
    algorithms=(
        r"crypto ipsec (?:ikev1 )?transform-set \S+ (.+)",
        r"crypto (?:ikev1|ikev2|isakmp) policy \d+ \| (?:encryption|hash|integrity) (.+)",
        r"crypto ipsec ikev2 ipsec-proposal \S+ \| protocol esp (?:encryption|integrity) (.+)",
    ),
)
READS = (
    *hardening_reads(MARKS),
    *traffic_reads(TRAFFIC),
    *zone_rules.rule_reads(asa_network.zone_policy, partial(ios_rules.rule_sets, _LISTS)),
)
