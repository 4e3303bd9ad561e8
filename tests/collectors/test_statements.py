"""Single statements in the forms that releases of one vendor write them in, and what a bare configuration says then."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

VRP = "#\nsysname SW1\n#\n{top}\n#\ninterface Vlanif1\n#\nuser-interface vty 0 4\n{line}\n#\nreturn\n"
COMWARE = "#\n version 7.1.070, Release 6318P01\n#\n sysname SW1\n#\n{top}\n#\nline vty 0 63\n{line}\n#\nreturn\n"
COMWARE5 = (
    "#\n version 5.20, Release 2222P05\n#\n sysname SW1\n#\n{top}\n#\nuser-interface vty 0 4\n{line}\n#\nreturn\n"
)
IOS = "!\nversion 15.2\n!\nhostname R1\n!\n{top}\n!\nline con 0\nline vty 0 4\n login\n{line}\n!\nend\n"
RGOS = (
    "\nversion RGOS 11.4(1)B12P5\nhostname SW1\n!\n{top}\n!\nline con 0\nline vty 0 4\n login local\n{line}\n!\nend\n"
)

TOP = [
    (VRP, "info-center loghost source Vlanif1", {"syslog_hosts": []}),
    (VRP, "info-center loghost domain log.example.cn", {"syslog_hosts": ["log.example.cn"]}),
    (VRP, "info-center loghost ipv6 2001:db8::9", {"syslog_hosts": ["2001:db8::9"]}),
    (VRP, "info-center loghost vpn-instance m 192.0.2.9", {"syslog_hosts": ["192.0.2.9"]}),
    (VRP, "ntp-service unicast-server ipv6 2001:db8::7", {"ntp_servers": ["2001:db8::7"], "ntp_auth": False}),
    (VRP, "ntp unicast-server 192.0.2.7", {"ntp_servers": ["192.0.2.7"]}),
    (VRP, "undo ssh server compatible-ssh1x enable", {"ssh_v1_allowed": False}),
    (VRP, "undo ssh server compatible-ssh1x", {"ssh_v1_allowed": False}),
    (VRP, "telnet ipv6 server enable", {"telnet_enabled": True}),
    (VRP, "undo telnet server enable\nundo telnet ipv6 server enable", {"telnet_enabled": False}),
    (VRP, "ip route-static vpn-instance m 0.0.0.0 0 192.0.2.1", {"default_route": True}),
    (VRP, "ipv6 route-static :: 0 2001:db8::1", {"default_route": False}),
    (VRP, "acl number 2000\n#\nacl name x advance\n#\nacl ipv6 number 3000", {"acl_count": 3}),
    (VRP, "acl number 2000\n#\nacl number 3000\n#\nundo acl 3000", {"acl_count": 1}),
    (VRP, "interface Vlanif10\n ipv6 enable\n#\nundo interface Vlanif 10", {"ipv6_interfaces": 0}),
    (VRP, "super password level 3 cipher %$%$x%$%$", {"password_storage": "cipher"}),
    (VRP, "super password level 15 irreversible-cipher $1c$x$y$", {"password_storage": "strong"}),
    (
        VRP,
        "aaa\n local-user a password irreversible-cipher $1c$x$y$\n#\nsuper password simple abc",
        {"password_storage": "plaintext"},
    ),
    (VRP, "snmp-agent\nsnmp-agent community read simple private acl 2000", {"snmp_default_community": True}),
    (
        VRP,
        "snmp-agent\nsnmp-agent target-host trap address udp-domain 192.0.2.5 params securityname cipher %^%#a%^%# v2c",
        {"snmp_community_present": True, "snmp_default_community": None},
    ),
    (COMWARE, " snmp-agent\n snmp-agent community read simple private acl 2000", {"snmp_default_community": True}),
    (COMWARE, " snmp-agent\n snmp-agent community read simple c0unty", {"snmp_default_community": False}),
    (COMWARE, " snmp-agent\n snmp-agent community simple public user-role r", {"snmp_default_community": True}),
    (COMWARE, " snmp-agent\n snmp-agent usm-user v2c nms g", {"snmp_community_present": True}),
    (
        COMWARE,
        " snmp-agent\n snmp-agent usm-user v3 u user-role r simple authentication-mode sha a privacy-mode 3des b",
        {"snmp_community_present": False, "snmpv3_priv": True},
    ),
    (COMWARE, " ntp-service ipv6 unicast-server 2001:db8::7", {"ntp_servers": ["2001:db8::7"]}),
    (COMWARE, " sntp unicast-server 192.0.2.7", {"ntp_servers": ["192.0.2.7"]}),
    (COMWARE, " password-control login-attempt 3 exceed lock-time 10", {"login_lockout": False}),
    (
        COMWARE,
        " password-control enable\n password-control login-attempt 3 exceed lock-time 10",
        {"login_lockout": True},
    ),
    (COMWARE, "acl basic 2001\n#\nacl advanced name x\n#\nacl ipv6 basic 2000", {"acl_count": 3}),
    (COMWARE5, "acl number 2000\n#\nacl ipv6 number 2000", {"acl_count": 2}),
    (COMWARE5, " super password level 3 cipher x", {"password_storage": "cipher"}),
    (
        COMWARE,
        "super password role network-admin hash $h$6$x\nsuper password role network-operator simple x",
        {"password_storage": "plaintext"},
    ),
    (COMWARE, "local-user a\n password simple x\n password hash $h$6$x$y==", {"password_storage": "strong"}),
    (VRP, "super password level 1 cipher x\nsuper password irreversible-cipher $1a$y$", {"password_storage": "cipher"}),
    (
        VRP,
        "aaa\n local-user a password cipher x\n local-user a password irreversible-cipher y",
        {"password_storage": "strong"},
    ),
    (COMWARE, "acl basic 2000\n rule 0 permit\n#\nundo acl basic 2000\nacl basic 2000\n rule 0 deny", {"acl_count": 1}),
    (COMWARE5, " ipv6", {"ipv6_enabled_globally": True}),
    (COMWARE5, "", {"ipv6_enabled_globally": False, "ssh_enabled": False}),
    (COMWARE5, "ssh server enable", {"ssh_enabled": True, "ssh_v1_allowed": True}),
    (IOS, "", {"ssh_v1_allowed": None, "http_enabled": None}),
    (IOS, "ip ssh version 2", {"ssh_v1_allowed": False}),
    (IOS, "logging log.example.cn", {"syslog_hosts": ["log.example.cn"]}),
    (IOS, "logging host ipv6 2001:db8::9", {"syslog_hosts": ["2001:db8::9"]}),
    (IOS, "logging buffered 4096\nlogging facility local5\nlogging source-interface Lo0", {"syslog_hosts": []}),
    (IOS, "ntp server vrf m ip 192.0.2.7", {"ntp_servers": ["192.0.2.7"]}),
    (IOS, "enable secret 5 $1$abcd$efghijk\nenable password 7 0822455D0A16", {"password_storage": "type7"}),
    (IOS, "snmp-server host 192.0.2.5 inform version 2c public", {"snmp_default_community": True}),
    (IOS, "snmp-server host 192.0.2.5 trap traps-only", {"snmp_default_community": False}),
    (IOS, "username a nopassword", {"password_storage": "none"}),
    (IOS, "username a privilege 15 secret s3same", {"password_storage": "md5"}),
    (IOS, "enable secret level 7 9 $9$abc$def", {"password_storage": "strong"}),
    (IOS, "enable algorithm-type scrypt secret s3same", {"password_storage": "strong"}),
    (IOS, "username a password <removed>", {"password_storage": None}),
    (IOS, "interface Vlan5\n ipv6 unnumbered Loopback0", {"ipv6_interfaces": 1}),
    (IOS, "banner motd ^C\nline vty 0 4\n transport input none\n^C", {"banner_present": True, "telnet_enabled": None}),
    (IOS, "snmp-server host 192.0.2.5 version 3 priv public", {"snmp_community_present": False}),
    (RGOS, "logging server 192.0.2.9", {"syslog_hosts": ["192.0.2.9"]}),
    (RGOS, "enable secret 5 $1$abcd$efghijk", {"password_storage": "md5"}),
]
LINE = [
    (VRP, " protocol inbound ssh", {"vty_telnet_permitted": False, "idle_timeout_minutes": "unset"}),
    (VRP, " protocol inbound all", {"vty_telnet_permitted": True}),
    (VRP, " acl 2000 outbound", {"vty_acl_present": False}),
    (VRP, " acl ipv6 2000 inbound", {"vty_acl_present": True}),
    (VRP, " idle-timeout 3 30", {"idle_timeout_minutes": 3.5}),
    (COMWARE, "", {"vty_telnet_permitted": True, "vty_acl_present": False, "idle_timeout_minutes": "unset"}),
    (COMWARE, " idle-timeout 0", {"idle_timeout_minutes": 0}),
    (COMWARE5, " protocol inbound ssh", {"vty_telnet_permitted": False}),
    (IOS, " transport input none", {"telnet_enabled": False, "ssh_enabled": False}),
    (IOS, " transport input ssh", {"telnet_enabled": False, "ssh_v1_allowed": True}),
    (IOS, " transport input ssh\nline vty 5 15\n transport input all", {"vty_telnet_permitted": True}),
    (IOS, " no exec-timeout", {"idle_timeout_minutes": 0}),
    (IOS, " access-class 10 in vrf-also", {"vty_acl_present": True}),
    (IOS, " access-class 10 out", {"vty_acl_present": False}),
    (RGOS, " transport input ssh", {"vty_telnet_permitted": False}),
]
CASES = [(text.format(top=top, line=""), facts) for text, top, facts in TOP]
CASES += [(text.format(top="", line=line), facts) for text, line, facts in LINE]
CASES = [(re.sub(r"\n\n+", "\n", text), facts) for text, facts in CASES]


@pytest.mark.parametrize(
    ("text", "wanted"), CASES, ids=[f"{n}-{', '.join(facts)}" for n, (_, facts) in enumerate(CASES)]
)
def test_statement(config_facts: ModuleType, tmp_path: Path, text: str, wanted: dict[str, Any]) -> None:
    path = tmp_path / "device.cfg"
    path.write_text(text, encoding="utf-8")
    told = config_facts.facts_of(path)
    assert {fact: told.get(fact, "not read") for fact in wanted} == wanted, text
