"""Huawei VRP: what level 3 asks for beyond who gets in (S, AR, NE, CE and USG command references)."""

from __future__ import annotations

from functools import partial

from collectors.platforms.dialects.hardening import Group, Marks, hardening_reads
from collectors.platforms.dialects.hardening_ports import PortMarks, port_guards, translating_policy
from collectors.platforms.dialects.hardening_traffic import TrafficMarks, signature_read, traffic_reads
from collectors.platforms.dialects.vrp import access as huawei_vrp_access
from collectors.platforms.dialects.vrp import defaults
from collectors.platforms.dialects.vrp.dropping import dropping
from collectors.platforms.dialects.vrp.rules import rule_reads

_PUBLIC = r"(?!(?:10|127|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.)\d[\d.]+"
# The ports of a web site are published for its readers.
_MANAGED = r"(?:22|23|161|830|3389|8443|10443|ssh|telnet)\b"

PORTS = PortMarks(
    access=r"port link-type access|port default vlan \d",
    controls={
        "dot1x": r"authentication-profile \S|dot1x (?:enable|authentication-method)|authentication dot1x",
        "mab": r"mac-authen\b|authentication mac-authen",
        "port-security": r"port-security enable|mac-limit maximum \d",
        "portal": r"web-auth-server \S|authentication portal",
    },
    filters={
        4: r"traffic-filter inbound (?!ipv6|acl ipv6)",
        6: r"traffic-filter inbound (?:acl )?ipv6",
    },
    members=r"firewall zone (?:name )?(\S+)",
    member=r"add interface (\S+)",
    translates=r"nat outbound|nat server",
    translating=translating_policy,
    dialled=r"ip address ppp-negotiate",
    up_default=defaults.UP,
    policy=r"traffic-policy (\S+) inbound",
    dropping=dropping,
    held=r"interface stack-port ?\S+ \| port interface (\S+) enable",
)
MARKS = Marks(
    services={
        "tftp": r"tftp[- ]server enable",
        "finger": r"finger (?:server )?enable",
        "netconf-http": r"netconf soap http enable",
    },
    services_default=defaults.SERVICES,
    logins=r"info-center source (?:default|SHELL|AAA|SSH) channel \S+ log (?:level \w+|(?P<off>state off))",
    logins_default=defaults.LOGINS,
    commands=(
        r"info-center source (?:default|SHELL) channel \S+ log "
        r"(?:level (?:notifications?|informational|debugging|warnings?)|(?P<off>state off"
        r"|level \w+))|cmd recording-scheme \S"
    ),
    commands_default=defaults.COMMANDS,
    severity=r"info-center source default channel (?:loghost|2) log level (\w+)",
    severity_default=defaults.LOG_LEVEL,
    local=r"info-center logbuffer (?:(?P<off>size 0\b)|size \d|channel)|info-center logbuffer$",
    logging_off=r"info-center enable",
    lowered=r"command-privilege level [0-2] view \S+ .*info-center",
    raised=r"command-privilege level (?:[3-9]|1[0-5]) view \S+ .*info-center",
    accounts=huawei_vrp_access.accounts,
    roles=r"bind manager-user {name} role (\S+)",
    ranks=(
        (r"audit", "auditor"),
        (r"security", "security"),
        (r"(?:system|device)-admin$", "top"),
        (r"(?:[3-9]|1[0-5])$", "top"),
        (r"[01]$", "auditor"),
        (r"2$", "operator"),
    ),
    line_rights=r"user-interface (?P<line>\S+ \d+(?: \d+)?) \| user privilege level (?P<level>\d+)",
    named_lines=r"user-interface (?P<line>\S+ \d+(?: \d+)?) \| authentication-mode aaa",
    authorised=r"(?:aaa \| )?authorization-scheme \S+ \| authorization-(?:mode|cmd \d+) hwtacacs",
    by_server=r"authentication-scheme \S+ \| authentication-mode (?:hwtacacs|radius)",
    second_factor=r"ssh user \S+ authentication-type password-",  # with all, a key or a password is enough
    groups=(
        Group("ha", r"hrp enable"),
        Group(
            "stack",
            r"(?:stack slot|irf member|set css id|css enable|stack member) ?(\d*)",
            guard=r".*mad (?:detect|bfd|relay)",
        ),
        Group("vrrp", r"(?P<of>interface \S+ \| vrrp6? (?:ipv6 )?vrid \d+) virtual-ip"),
        Group("aggregation", r"interface (\S+) \| (?P<of>eth-trunk \d+)", least=2),
        Group("cluster", r"dfs-group \d+ \| m-lag|m-lag (?:unpaired|member)"),
    ),
    own=(
        r"interface (MEth\S+) \| ip(?:v6)? (?:address|binding)"
        r"|interface (GigabitEthernet0/0/0) \| ip binding vpn-instance default$"  # of a USG
        r"|interface (\S+) \| ip binding vpn-instance (?i:\S*(?:mgmt|manage|oob|guanli)\S*)"
        r"|interface (\S+) \| description .*(?i:mgmt|manage|oob|管理)"
    ),
    shared=(
        r"interface (Vlanif1) \| ip address \d"
        r"|interface (Vlanif\d+) \| description .*(?i:\buser|office|用户|办公|业务)"
    ),
    published=(
        rf"nat (?:static|server) (?:\S+ ){{0,6}}?global ((?:{_PUBLIC}|(?:current-)?interface(?: \S+)?) \S+) "
        rf"(?:vpn-instance \S+ )?inside \S+ {_MANAGED}"
    ),
    secured={
        "ssh": r"(?:stelnet|ssh) (?:ipv[46] )?server enable",
        "netconf-ssh": r"snetconf (?:ipv[46] )?server enable",
        "syslog-tls": r"info-center loghost \S+ .*ssl-policy",
        "snmp-v3": r"snmp-agent group v3 \S+ privacy|snmp-agent usm-user v3 .*privacy",
    },
    agent=r"snmp-agent$",
    trap_host=r"snmp-agent target-host .*?(?:udp-domain|address) (?:udp-domain )?(?:ipv6 )?([0-9a-fA-F.:]{3,})",
    traps=r"snmp-agent trap enable\b",
    secured_snmp=r"snmp-agent (?:group v3 \S+ privacy|usm-user v3 .*privacy)",
    # Of 100 % nothing is ever above.
    thresholds={name: rf"set {name}-usage threshold (?:(?P<off>100)\b|\d)" for name in ("cpu", "memory")},
    ciphers=r"ssh server (?:secure-algorithms )?cipher (.+)",
    macs=r"ssh server (?:secure-algorithms )?hmac (.+)",
    key_exchanges=r"ssh server key-exchange (.+)",
    ports=partial(port_guards, PORTS),
)
TRAFFIC = TrafficMarks(
    inspects={
        "intrusion": r"rule name .* \| profile (?:ips|aapt) \S",
        "malware": r"rule name .* \| profile av \S",
        "application": r"rule name .* \| (?:profile app-control|application (?:app|category|label|software)) \S",
        "url": r"rule name .* \| profile url-filter \S",
        "content": r"rule name .* \| profile (?:data-filter|file-block) \S",
        "spam": r"rule name .* \| profile (?:mail-filter|rbl-filter) \S",
    },
    tunnels=r"interface (\S+) \| ipsec (?:policy|profile) \S",
    algorithms=(
        r"ipsec proposal \S+ \| (?:esp|ah) (?:encryption|authentication)-algorithm (.+)",
        r"ike proposal \d+ \| (?:encryption|authentication|integrity)-algorithm (.+)",
    ),
)
# USG command reference: the first set of the answer is the one in use.
SIGNATURES = {"intrusion": "display version ips-sdb", "malware": "display version av-sdb"}
READS = (
    *hardening_reads(MARKS),
    *rule_reads("permit"),
    *traffic_reads(TRAFFIC),
    signature_read(SIGNATURES, r"(?:Update|Issue) Time[^:]*:(.+)|Signature Database Version\s*:(.+)"),
)
