"""IOS, IOS-XE and what is configured their way: what level 3 asks for beyond who gets in.

Sources: Cisco IOS security, fundamentals and network management command references; RGOS configuration guides.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from collectors.platforms.dialects.hardening import Group, Marks, hardening_reads
from collectors.platforms.dialects.hardening_ports import PortMarks, port_guards
from collectors.platforms.dialects.hardening_traffic import TrafficMarks, traffic_reads
from collectors.platforms.dialects.ios import access as ios_access
from collectors.platforms.dialects.ios import defaults
from collectors.platforms.dialects.ios.rules import Writing, rule_reads
from collectors.platforms.dialects.rgos import defaults as rgos

_PUBLIC = r"(?!(?:10|127|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.)\d[\d.]+"
_MANAGED = r"(?:22|23|161|830|3389|8443|10443)"  # those of a web site are published for its readers
RANKS = ((r"15$", "top"), (r"[01]$", "auditor"), (r"\d+$", "operator"))

PORTS = PortMarks(
    access=r"switchport mode access|switchport access vlan \d",
    controls={
        "dot1x": (
            r"dot1x port-control (?:auto|force-unauth)|authentication port-control auto"
            r"|access-session port-control auto"
        ),
        "mab": r"mab\b|dot1x mac-auth-bypass",
        "port-security": r"switchport port-security(?: maximum| mac-address|$)",
        "portal": r"web-auth\b|ip admission \S",
    },
    filters={4: r"ip access-group \S+ in\b", 6: r"ipv6 traffic-filter \S+ in\b"},
    zone=r"zone-member security (\S+)",
    translates=r"ip nat outside",
    dialled=r"ip address (?:negotiated|dhcp)|dialer (?:in-band|pool)",
    admission=r"dot1x system-auth-control",
    up_default=defaults.UP,
)
MARKS = Marks(
    services={
        "small-servers": r"service (?:tcp|udp)-small-servers",
        "finger": r"(?:ip|service) finger",
        "bootp": r"ip bootp server",
        "pad": r"service pad(?! to-xot| from-xot)",
        "smart-install": r"vstack$|vstack config",
        "source-route": r"ip source-route",
        "identd": r"ip identd",
        "tftp": r"tftp-server \S",
        "rsh": r"ip rcmd (?:rsh|rcp)-enable",
    },
    logins=r"login on-success log|aaa accounting exec \S+ start-stop",
    logins_default=defaults.LOGINS,
    commands=r"aaa accounting commands \d+ |archive \| log config \| logging enable",
    commands_default=defaults.COMMANDS,
    severity=r"logging trap (\w+)",
    severity_default=defaults.LOG_LEVEL,
    local=r"logging buffered\b",
    logging_off=r"logging on$",
    lowered=(
        r"privilege (?:config(?:ure)? (?:all )?level (?:\d|1[0-4]) (?:no )?logging"
        r"|exec (?:all )?level (?:\d|1[0-4]) clear logging)"
    ),
    raised=r"aaa authorization commands 15 \S",
    stoppable_default=defaults.STOPPABLE,
    accounts=ios_access.accounts,
    ranks=RANKS,
    line_rights=r"line (?P<line>\S+ \d+(?: \d+)?) \| privilege level (?P<level>\d+)",
    named_lines=r"line (?P<line>\S+ \d+(?: \d+)?) \| login (?:local|authentication|tacacs)",
    authorised=r"aaa authorization commands \d+ \S",
    by_server=r"aaa authentication login \S+ group \S+",
    second_factor=r"(?!)",  # a key stands in for the password: two are asked for by a server alone
    groups=(
        Group("stack", r"stackwise-virtual$|switch virtual domain \d|switch (\d+) provision"),
        Group("vrrp", r"(?P<of>interface [^|]+ \| (?:standby|vrrp|glbp)(?: \d+)?) (?:ip|ipv6|address-family)\b"),
        Group("aggregation", r"interface ([^|]+) \| (?P<of>(?:channel-group|port-group) \d+)", least=2),
        Group("supervisor", r"redundancy \| mode sso"),
    ),
    own=(
        r"interface (Mgmt\S*(?: ?\d+)?|GigabitEthernet0|mgmt\S*) \| (?:ip address|vrf forwarding)"
        r"|interface (\S+) \| (?:ip )?vrf forwarding (?i:\S*(?:mgmt|manage|oob)\S*)"
        r"|interface (\S+(?: \d+)?) \| description .*(?i:mgmt|manage|oob|管理)"
    ),
    shared=(
        r"(?i:interface (Vlan ?1)) \| ip address \d"
        r"|interface (Vlan ?\d+) \| description .*(?i:\buser|office|用户|办公|业务)"
    ),
    published=(
        rf"ip nat inside source static tcp \S+ {_MANAGED} ((?:interface \S+|{_PUBLIC}) \d+)"
        rf"|ip nat inside source static tcp \S+ \d+ ({_PUBLIC} {_MANAGED})(?: |$)"
    ),
    secured={
        "ssh": r"ip ssh version 2|enable service ssh-server|ip scp server enable",
        "netconf-ssh": r"netconf-yang$|netconf ssh",
        "syslog-tls": r"logging host \S+ .*transport tls",
        "snmp-v3": r"snmp-server host \S+ .*version 3 priv|snmp-server group \S+ v3 priv",
    },
    agent=r"snmp-server (?:community|group|user|host|enable traps)\b|enable service snmp-agent",
    agent_default=defaults.SNMP,
    trap_host=r"snmp-server host (?:(?:inform|oob|ipv6) )*([0-9a-fA-F.:]{3,})",
    traps=r"snmp-server enable traps",
    traps_default=defaults.TRAPS,
    secured_snmp=r"snmp-server (?:group \S+ v3 priv|host \S+ .*version 3 priv|user \S+ \S+ v3 .*priv)",
    thresholds={"cpu": r"process cpu threshold type \w+ rising \d", "memory": r"memory free low-watermark \w+ \d"},
    thresholds_default=defaults.THRESHOLDS,
    ciphers=r"ip ssh server algorithm encryption (.+)",
    macs=r"ip ssh server algorithm mac (.+)",
    key_exchanges=r"ip ssh server algorithm kex (.+)",
    ports=partial(port_guards, PORTS),
)
TRAFFIC = TrafficMarks(
    tunnels=r"interface ([^|]+) \| (?:crypto map|tunnel protection ipsec profile|macsec(?: network-link)?$)",
    algorithms=(
        r"crypto ipsec transform-set \S+ (.+)",
        r"crypto (?:isakmp|ikev2) (?:policy|proposal) \S+ \| (?:encr\w*|hash|integrity) (.+)",
    ),
)
READS = (*hardening_reads(MARKS), *rule_reads(Writing(numbered_six="sequence ")), *traffic_reads(TRAFFIC))

_RGOS_PORTS = replace(
    PORTS, up_default=None, held=r"vsl-(?:port|aggregateport \d+) \| port-member interface (\S+(?: \d[\d/]*)?)"
)
RGOS = replace(
    MARKS,
    logins_default=None,
    commands_default=None,
    severity_default=None,
    stoppable_default=None,
    agent_default=rgos.SNMP,
    traps_default=None,
    thresholds_default=None,
    ports=partial(port_guards, _RGOS_PORTS),
    logins=r"logging userinfo$|login on-success log|aaa accounting exec \S+ start-stop",
    commands=r"logging userinfo command-log|aaa accounting commands \d+ ",
    local=r"logging (?:buffered|file)\b",
    groups=(
        Group("stack", r"switch virtual domain (\d+)", guard=r".*dual-active detection (?:bfd|aggregateport)"),
        *MARKS.groups[1:],
    ),
    thresholds={
        "cpu": r"cpu-log log-limit (?:(?P<off>\d+ 100)$|\d)",
        "memory": r"memory(?:-lack)? (?:threshold|low-watermark) \S",
    },
    ciphers=r"ip ssh cipher-mode (.+)",
    macs=r"ip ssh hmac-algorithm (.+)",
    key_exchanges=r"ip ssh key-exchange (.+)",
    agent=r"snmp-server (?:community|group|user|host|enable traps)\b|enable service snmp-agent",
)
RGOS_READS = (*hardening_reads(RGOS), *rule_reads(), *traffic_reads(TRAFFIC))
