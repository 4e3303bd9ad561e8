"""H3C Comware 5 and 7: what level 3 asks for beyond who gets in (H3C security, system and IRF command references)."""

from __future__ import annotations

from functools import partial

from collectors.platforms.dialects.comware import access as h3c_comware_access
from collectors.platforms.dialects.comware import defaults
from collectors.platforms.dialects.hardening import Group, Marks, hardening_reads
from collectors.platforms.dialects.hardening_ports import PortMarks, port_guards, translating_policy
from collectors.platforms.dialects.hardening_traffic import TrafficMarks, signature_read, traffic_reads
from collectors.platforms.dialects.vrp.dropping import dropping
from collectors.platforms.dialects.vrp.hardening import _MANAGED, _PUBLIC
from collectors.platforms.dialects.vrp.rules import rule_reads

PORTS = PortMarks(
    access=r"port link-type access|port access vlan \d",
    controls={
        "dot1x": r"dot1x(?: port-method| mandatory-domain| port-control|$)",
        "mab": r"mac-authentication\b",
        "port-security": r"port-security (?:port-mode|max-mac-count) \S|mac-address max-mac-count \d",
        "portal": r"portal (?:enable|server|apply)",
    },
    filters={
        4: r"(?:firewall )?packet-filter (?!ipv6|mac)(?:name )?\S+ inbound",
        6: r"packet-filter ipv6 .*inbound",
    },
    members=r"security-zone name (\S+)",
    member=r"import interface (\S+)",
    translates=r"nat outbound|nat server",
    translating=translating_policy,
    dialled=r"ip address ppp-negotiate",
    admission=r"port-security enable|dot1x$",
    up_default=defaults.UP,
    policy=r"qos apply policy (\S+) inbound",
    dropping=dropping,
    held=r"irf-port \S+ \| port group interface (\S+)",
)
MARKS = Marks(
    services={
        "tftp": r"tftp server enable",
        "netconf-http": r"netconf soap http enable",
    },
    services_default=defaults.SERVICES,
    logins=(
        r"info-center source (?:default|SHELL|LOGIN) (?:channel )?loghost (?:level \w+"
        r"|(?P<off>deny))|accounting login \S"
    ),
    logins_default=defaults.LOGINS,
    commands=(
        r"info-center source (?:default|SHELL) (?:channel )?loghost (?:level (?:informational"
        r"|debugging)|(?P<off>deny|level \w+))"
        r"|command accounting|accounting command \S"
    ),
    commands_default=defaults.COMMANDS,
    severity=r"info-center source default loghost level (\w+)",
    severity_default=defaults.LOG_LEVEL,
    local=r"info-center logfile enable|info-center logbuffer(?: size (?P<off>0\b))?",
    logging_off=r"info-center enable",
    lowered=(
        r"role name \S+ \| rule \d+ permit (?:command (?:\*|.*info-center)"
        r"|read write execute feature$|.*write.* feature (?:info|syslog))"
    ),
    raised=r"role name \S+ \| rule \d+ deny command .*info-center",
    stoppable_default=defaults.STOPPABLE,
    accounts=h3c_comware_access.accounts,
    roles=r"local-user {name}(?: class \S+)? \| authorization-attribute user-role (\S+)",
    ranks=(
        (r"(?:network|mdc|context|vsys)-admin$|level-15$|3$", "top"),  # of Comware 5 the levels are 0 to 3
        (r"security-audit$|(?:network|mdc|context|vsys)-operator$|(?:level-)?[01]$", "auditor"),
        (r".*sec", "security"),
        (r".*aud", "auditor"),
        (r"\S", "operator"),
    ),
    line_rights=(
        r"(?:(?:line|user-interface) (?P<line>\S+ \d+(?: \d+)?) \| user-role"
        r"|role default-role enable) (?P<level>\S+)"
    ),
    named_lines=r"(?:line|user-interface) (?P<line>\S+ \d+(?: \d+)?) \| authentication-mode scheme",
    authorised=r"(?:line \S+ \d+.* \| )command authorization|domain \S+ \| authorization command hwtacacs",
    by_server=r"domain \S+ \| authentication (?:login|default) (?:hwtacacs|radius)",
    second_factor=r"ssh user \S+ .*authentication-type password-publickey",
    groups=(
        Group("stack", r"irf member (\d+) priority|irf-port (\d+)/", guard=r".*mad (?:bfd |arp |nd )?enable", least=2),
        Group("ha", r"remote-backup group(?:$| \| (?P<off>undo hot-backup enable))"),
        Group("ha", r"(?P<of>redundancy group \S+) \| node \d"),
        Group("vrrp", r"(?P<of>interface \S+ \| vrrp (?:ipv6 )?vrid \d+) virtual-ip"),
        Group("aggregation", r"interface (\S+) \| port (?P<of>link-aggregation group \d+)", least=2),
        Group("cluster", r"m-lag system-mac|interface \S+ \| port (?:m-lag|drni) group"),
    ),
    own=(
        r"interface (M-\S+) \| ip(?:v6)? (?:address|binding)"
        r"|security-zone name Management \| import interface (\S+)"
        r"|interface (\S+) \| ip binding vpn-instance (?i:\S*(?:mgmt|manage|oob|guanli)\S*)"
        r"|interface (\S+) \| description .*(?i:mgmt|manage|oob|管理)"
    ),
    shared=(
        r"interface (Vlan-interface1) \| ip address \d"
        r"|interface (Vlan-interface\d+) \| description .*(?i:\buser|office|用户|办公|业务)"
    ),
    published=rf"interface \S+ \| nat server (?:protocol \w+ )?global ({_PUBLIC} \S+) inside \S+ {_MANAGED}",
    secured={
        "ssh": r"ssh server enable",
        "netconf-ssh": r"netconf ssh server enable",
        "snmp-v3": r"snmp-agent group v3 \S+ privacy",
    },
    agent=r"snmp-agent$",
    trap_host=r"snmp-agent target-host .*?(?:udp-domain|address) (?:udp-domain )?(?:ipv6 )?([0-9a-fA-F.:]{3,})",
    traps=r"snmp-agent trap enable\b",
    traps_default=defaults.TRAPS,
    secured_snmp=r"snmp-agent (?:group v3 \S+ privacy|usm-user v3 .*privacy)",
    thresholds={
        "cpu": r"monitor cpu-usage (?:enable|(?:.* )?threshold \d)",
        "memory": r"memory-threshold (?:.* )?(?:usage|minor) ",
    },
    ciphers=r"ssh2 algorithm cipher (.+)",
    macs=r"ssh2 algorithm mac (.+)",
    key_exchanges=r"ssh2 algorithm key-exchange (.+)",
    ports=partial(port_guards, PORTS),
)
TRAFFIC = TrafficMarks(
    inspects={
        "intrusion": r"app-profile \S+ \| ips apply policy \S",
        "malware": r"app-profile \S+ \| anti-virus apply policy \S",
        "application": r"rule \d+ .*\| (?:application|app-group) \S",
        "url": r"app-profile \S+ \| url-filter apply policy \S",
        "content": r"app-profile \S+ \| (?:data-filter|file-filter) apply policy \S",
    },
    bound=r"rule \d+ .*\| (?:profile|application|app-group) \S|rule \d+ inspect \S",
    tunnels=(
        r"interface (\S+) \| ipsec apply (?:ipv6-)?policy \S"
        r"|interface (\S+)(?: mode \S+)? \| tunnel protection ipsec profile \S"
        r"|interface (\S+) \| macsec desire"
    ),
    algorithms=(
        r"ipsec transform-set \S+ \| (?:esp|ah) (?:encryption|authentication)-algorithm (.+)",
        r"ike(?:v2)? proposal \S+ \| (?:encryption|authentication|integrity)(?:-algorithm)? (.+)",
    ),
)
# DPI command reference: a table with the row of the set in use first.
SIGNATURES = {"intrusion": "display ips signature library", "malware": "display anti-virus signature library"}
READS = (
    *hardening_reads(MARKS),
    *rule_reads("pass"),
    *traffic_reads(TRAFFIC),
    signature_read(SIGNATURES, r"^\s*Current\s+\S+\s+(.+)"),
)
