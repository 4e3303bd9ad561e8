"""What is secret in statements that few configurations have, and what tells its form beside it."""

from __future__ import annotations

from time import process_time

import pytest

from collectors.config_text import masked
from collectors.flat_text import typed
from collectors.platforms.catalogue import platform

HIDDEN = "Qx7Zw4k9"
LINES = {
    "cisco_ios": """
username a masked-secret {}
snmp-server community 0 {} RO
no snmp-server community {}
no snmp-server host 192.0.2.1 {}
no username a password 0 {}
no enable secret 0 {}
 pre-shared-key local 0 {}
 pre-shared-key remote {}
 ipv6 ospf authentication ipsec spi 500 md5 {}
 ospfv3 authentication ipsec spi 500 sha1 7 {}
 ipv6 ospf encryption ipsec spi 500 esp aes-cbc 128 7 {} sha1 7 {}
 standby 1 authentication {}
 vrrp 1 authentication text {}
 ppp pap sent-username u password 7 {}
 isis password {}
 ip nhrp authentication {}
 area-password {}
 domain-password {} authenticate snp validate
mpls ldp neighbor vrf v 192.0.2.1 password 7 {}
mpls ldp password option 1 for 10 7 {}
ip http client password 0 {}
 path scp://user:{}@192.0.2.1/cfg
 l2tp tunnel password 7 {}
 security wpa psk set-key ascii 8 {}
 client 192.0.2.1 server-key 7 {}
 credentials username 1 password 7 {} realm r
vtp password {} hidden
license smart register idtoken {}
 secret 5 $1$a$b{}
""",
    "cisco_nxos": """
scheduler aaa-authentication username u password 7 {}
ldap-server host 192.0.2.1 rootDN "cn=a" password 7 {}
  action 1 cli copy running-config scp://backup:{}@192.0.2.1/x vrf management
""",
    "cisco_asa": """
password {}
ena pass {}
user a pass {} priv 15
passw {}
snmp-server comm {}
no snmp-server community {}
snmp-server host inside 192.0.2.1 comm {}
aaa-server T (inside) host 192.0.2.1 {} timeout 5
 ke {}
 pre-sh {}
 authentication key eigrp 1 8 {} key-id 1
 password {}
 http-proxy 192.0.2.1 80 username u password {}
key config-key password-encryption {}
 web update-url https://u:{}@example.org/
 rip authentication key {} key_id 1
""",
    "fortinet_fortios": """
config system snmp community
    edit 1
        set status disable
        set name {}
    next
    edit 2
            config hosts
                edit 1
                    set ip 192.0.2.1
                next
            end
        set name "{}"
    next
end
        set secondary-key {}
        set ddns-key "{}"
        set fixed-key ENC {}
        set seed ENC {}
        set http-headers "Authorization: Bearer {}"
""",
    "juniper_junos": """
set system archival configuration archive-sites "ftp://u:{}@192.0.2.1/x"
set interfaces pp0 unit 0 ppp-options chap default-chap-secret "$9${}"
set security macsec connectivity-association c pre-shared-key cak {}
set logical-systems L snmp community {}
""",
    "huawei_vrp": """
undo snmp-agent community {}
undo snmp-agent community cipher {}
undo snmp-agent target-host trap address udp-domain 192.0.2.1 params securityname {}
""",
    "h3c_comware": """
 undo snmp-agent community simple {}
""",
    "zte_zxros": """
no snmp-server community {}
""",
    "hillstone_stoneos": """
no snmp-server host 192.0.2.1 version 2c community {} ro
""",
    "linux": """
    auth_pass {}
    wpa-psk {}
primary_conninfo = 'host=192.0.2.1 user=r password={} port=5432'
action(type="ommysql" server="x" db="d" uid="u" pwd="{}")
*.* :ommysql:192.0.2.1,db,u,{}
export DB_PASSWORD="{}"
auth required pam_ldap.so bindpw={}
""",
    "frr": """
 ip nhrp authentication {}
ip msdp peer 192.0.2.1 password {}
""",
}
KEPT = {  # what is none, and what tells the form of one
    "cisco_ios": (
        " description password of the line: see the office", "no password strength-check", "mpls ldp password required",
        "snmp-server community public RO", "enable secret 9 $9$***", "username a password 7 ***",
        "ntp server http://[2001:db8::1]:80/",
    ),
    "cisco_asa": (
        "username a password *** pbkdf2 privilege 15", "aaa-server T (inside) host 192.0.2.1 timeout 5",
        "aaa-server T (inside) host 192.0.2.1", "ssh key-exchange group dh-group14-sha256", "key chain K",
    ),
    "linux": (
        "PermitEmptyPasswords=no", "password requisite pam_unix.so use_authtok remember=5", "Defaults passwd_tries=3",
        "password_encryption = scram-sha-256", "%wheel ALL=(ALL) NOPASSWD: ALL", "unix password sync = yes",
    ),
    "fortinet_fortios": (
        'config system snmp community\n edit 1\n  set name "public"\n next\nend\nconfig x\n set name a\nend',
        'set ssh-public-key1 "ssh-rsa AAAA"',
    ),
}  # fmt: skip


def _masked(name: str, text: str) -> str:
    chosen = platform(name)
    assert chosen is not None
    assert chosen.dialect is not None
    return masked(text, chosen.dialect.secrets)


@pytest.mark.parametrize("name", LINES)
def test_no_secret_stays(name: str) -> None:
    shown = _masked(name, LINES[name].replace("{}", HIDDEN))
    assert [line for line in shown.split("\n") if HIDDEN in line] == []


def test_no_secret_of_what_was_typed_stays() -> None:
    """At a FortiGate's prompts, which have blanks in them; nothing is indented there."""
    lines = [line.strip() for line in LINES["fortinet_fortios"].replace("{}", HIDDEN).split("\n") if line.strip()]
    shown = _masked("fortinet_fortios", typed("\n".join(f"FG-1 (community) # {line}" for line in lines)))
    assert [line for line in shown.split("\n") if HIDDEN in line] == []


@pytest.mark.parametrize("name", KEPT)
def test_other_words_stay(name: str) -> None:
    for text in KEPT[name]:
        assert _masked(name, text) == text


def test_a_text_made_to_hold_up_does_not() -> None:
    began = process_time()
    _masked("fortinet_fortios", "config system snmp community\n" * 20_000 + "set name x\n" * 20_000)
    _masked("linux", "a" * 50_000 + "_password=" * 10_000 + "\n" + "password = " * 10_000)
    _masked("cisco_ios", "a password b " * 10_000 + "\n" + "http://a:b" * 10_000)
    assert process_time() - began < 20
