"""ZTE ZXROS: what level 3 asks for beyond who gets in (ZXR10 security, system and interface command references)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from collectors.platforms.dialects.hardening import Group, Marks, hardening_reads
from collectors.platforms.dialects.hardening_ports import port_guards
from collectors.platforms.dialects.ios.hardening import PORTS, RANKS
from collectors.platforms.dialects.ios.rules import Writing, rule_reads
from collectors.platforms.dialects.zxros import access as zxros_access

_PORTS = replace(
    PORTS,
    up_default=None,
    access=r"switchport mode access|switchport access vlan \d|access vlan \d",
    controls={**PORTS.controls, "dot1x": r"dot1x (?:enable|port-control|authentication)|dot1x$"},
    filters={
        4: r"(?:ip access-group \S+ in|ipv4-access-group ingress \S)",
        6: r"(?:ipv6 (?:access-group|traffic-filter) \S+ in|ipv6-access-group ingress \S)",
    },
)
MARKS = Marks(
    services={"tftp": r"tftp-server enable", "finger": r"(?:service )?finger"},
    logins=(
        r"(?:syslog|logging) .*\b(?:aaa|login)\b|login on-(?:failure|success) alarm|aaa-accounting-template"
        r"|aaa accounting exec"
    ),
    commands=(
        r"(?:command-log|logging cmd-log|cmd-log)|syslog-server host .*\bcmdlog\b|aaa accounting commands"
        r"|aaa-accounting-type .*command"
    ),
    severity=r"(?:syslog|logging) (?:level|trap) (\w+)",
    local=r"logging (?:buffer|on|file)|alarm buffer",
    logging_off=r"logging on",
    accounts=zxros_access.accounts,
    ranks=RANKS,
    line_rights=r"line (?P<line>\S+ \d+(?: \d+)?) \| privilege level (?P<level>\d+)",
    named_lines=r"line (?P<line>\S+ \d+(?: \d+)?) \| login (?:local|authentication)",
    authorised=r"aaa authorization commands|aaa-authorization-type .*command",
    by_server=r"aaa-authentication-type (?:tacacs|radius)|(?:.* \| )?aaa authentication login .*(?:tacacs|radius)",
    groups=(
        Group("stack", r"(?:stack|vsc|switch virtual)\b"),
        Group("vrrp", r"(?P<of>interface [^|]+ \| vrrp \d+) (?:ipv4 |ipv6 |ip )"),
        Group("aggregation", r"interface (\S+) \| (?P<of>smartgroup \d+)", least=2),
    ),
    own=r"interface (mgmt\S*) \| ip|interface (\S+) \| (?:ip vrf forwarding|vrf forwarding) (?i:\S*(?:mgmt|manage)\S*)",
    shared=r"interface (vlan ?1) \| ip address \d",
    secured={"ssh": r"ssh server enable", "snmp-v3": r"snmp-server (?:group|user) \S+ .*v3 .*priv"},
    agent=r"snmp-server (?:community|group|user|host|enable|version|view|contact|location)\b",
    trap_host=r"snmp-server host (?:vrf \S+ )?(?:ipv6 )?([0-9a-fA-F.:]{3,})",
    traps=r"snmp-server enable (?:trap|inform)",
    secured_snmp=r"snmp-server (?:group \S+ v3 priv|user \S+ \S+ v3 .*\bpriv)",
    thresholds={"cpu": r"(?:cpu|processor).*threshold \S", "memory": r"memory.*threshold \S"},
    ciphers=r"ssh server (?:encryption|cipher) (.+)",
    macs=r"ssh server (?:hmac|mac) (.+)",
    key_exchanges=r"ssh server (?:key-exchange|kex) (.+)",
    ports=partial(port_guards, _PORTS),
)
_LISTS = Writing(
    bound=r"(?:ip|ipv6) (?:access-group|traffic-filter) (?P<acl>\S+) (?P<way>in|out)"
    r"|ipv[46]-access-group (?P<way2>ingress|egress) (?P<acl2>\S+)"
)
READS = (*hardening_reads(MARKS), *rule_reads(_LISTS))
