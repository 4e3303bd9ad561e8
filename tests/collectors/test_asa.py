"""ASA: facts of configurations and answers written in its syntax."""

from __future__ import annotations

import time
from ipaddress import ip_address
from pathlib import Path

import pytest
from shown import by_configuration, recorded, told

from collectors.base import Answer
from collectors.platforms.catalogue import recognised
from collectors.platforms.cisco_asa import VERSION, identity
from inventory.errors import Gap, Missing
from inventory.facts import (
    Accounts,
    Addresses,
    Banner,
    Fact,
    Filtering,
    Forwarding,
    Identity,
    Interfaces,
    Logging,
    PasswordPolicy,
    RemoteAccess,
    Routes,
    RoutingProtocols,
    SnmpAgent,
    TimeSync,
    ZonePolicy,
)

EDGE = """\
: Saved

:
: Serial Number: JAD000000AA
: Hardware:   ASA5516, 8192 MB RAM, CPU Atom C2000 series 2416 MHz, 1 CPU (8 cores)
:
ASA Version 9.8(4)20
!
hostname edge-fw
enable password $sha512$5000$AbCdEf012345==$QwErTy678901== pbkdf2
passwd 2KFQnbNIdI.2KYOU encrypted
names
name 10.9.0.0 MGMT-NET
!
interface GigabitEthernet1/1
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.248 standby 203.0.113.3
 ipv6 address 2001:db8:f::2/64 standby 2001:db8:f::3
!
interface GigabitEthernet1/2
 description servers
 nameif inside
 security-level 100
 ip address 10.1.0.1 255.255.0.0
 ospf authentication message-digest
 ospf message-digest-key 1 md5 0spfK3yWord
!
interface GigabitEthernet1/3
 shutdown
 no nameif
 no security-level
 no ip address
!
interface Management1/1
 management-only
 nameif mgmt
 security-level 50
 ip address 10.9.0.1 255.255.255.0
!
banner login Authorised staff only
access-list OUT extended permit tcp any host 10.1.0.10 eq www log
access-list OUT remark let nothing else in
access-list OUT extended deny ip any any
access-list IN extended permit ip any4 any4
access-list IN extended permit icmp any6 any6 inactive
access-list NAT0 standard permit 10.1.0.0 255.255.0.0
logging enable
logging timestamp
logging trap informational
logging host inside 10.1.0.5
logging host mgmt 10.9.0.5 17/5514
access-group OUT in interface outside
access-group IN in interface inside
route outside 0.0.0.0 0.0.0.0 203.0.113.1 1
ipv6 route outside ::/0 2001:db8:f::1
router ospf 1
 network 10.1.0.0 255.255.0.0 area 0
router bgp 65010
 address-family ipv4 unicast
  neighbor 203.0.113.1 remote-as 65000
  neighbor 203.0.113.1 password 7bgpSecretWord
 address-family ipv6 unicast
  neighbor 2001:db8:f::1 remote-as 65000
aaa-server TACS protocol tacacs+
aaa-server TACS (mgmt) host 10.9.0.6
 key t4c4csKeyWord
aaa authentication ssh console TACS LOCAL
aaa local authentication attempts max-fail 5
http server enable 8443
http MGMT-NET 255.255.255.0 mgmt
snmp-server host mgmt 10.9.0.7 community public version 2c
snmp-server host mgmt 10.9.0.8 trap community tr4pWordHere version 2c
snmp-server group WATCH v3 priv
snmp-server user watcher WATCH v3 encrypted auth sha aa:bb:cc:dd priv aes 128 ee:ff:00:11
telnet 10.9.0.0 255.255.255.0 mgmt
telnet timeout 5
ssh stricthostkeycheck
ssh MGMT-NET 255.255.255.0 mgmt
ssh 2001:db8:9::/64 mgmt
ssh timeout 10
ssh version 2
console timeout 15
ntp authentication-key 1 md5 ntpKeyWord
ntp authenticate
ntp server 10.9.0.9 key 1 source mgmt prefer
password-policy minimum-length 10
password-policy minimum-uppercase 1
password-policy minimum-numeric 1
password-policy lifetime 90
username admin password $sha512$5000$ZyXwVu98765==$TsRqPo43210== pbkdf2 privilege 15
username old password P3zQ1xYkTe0aB2cD encrypted privilege 5
username open nopassword privilege 1
tunnel-group 203.0.113.9 ipsec-attributes
 ikev2 local-authentication pre-shared-key vpnSharedWord
Cryptochecksum:0123456789abcdef0123456789abcdef
: end
"""
SECRETS = ("AbCdEf012345", "2KFQnbNIdI", "0spfK3yWord", "7bgpSecretWord", "t4c4csKeyWord", "tr4pWordHere",
           "aa:bb:cc:dd", "ee:ff:00:11", "ntpKeyWord", "ZyXwVu98765", "P3zQ1xYkTe0aB2cD", "vpnSharedWord")  # fmt: skip
Told = dict[type[Fact], Fact | Missing]


@pytest.fixture(scope="module")
def edge() -> Told:
    return dict(told("cisco_asa", EDGE))


def test_it_is_recognised_and_named(edge: Told) -> None:
    assert recognised(EDGE) == "cisco_asa"
    identity = edge[Identity]
    assert isinstance(identity, Identity)
    assert (identity.hostname, identity.release, identity.model) == ("edge-fw", "9.8(4)20", "ASA5516")
    assert (identity.serial, identity.kind) == ("JAD000000AA", "firewall")


def test_remote_access(edge: Told) -> None:
    access = edge[RemoteAccess]
    assert isinstance(access, RemoteAccess)
    assert (access.telnet, access.ssh, access.ssh_v1) == (True, True, False)
    assert (access.http, access.https, access.acl_limits_login) == (False, True, True)
    assert {line.name: (line.idle_timeout_s, line.authentication) for line in access.lines} == {
        "con": (900, "none"), "telnet": (300, "password"), "ssh": (600, "aaa")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "ssh", "ssh_v1", "limited"),
    [
        ("ASA Version 9.8(4)\nssh 0.0.0.0 0.0.0.0 inside", True, True, False),
        ("ASA Version 9.16(1)\nssh ::/0 inside", True, False, False),
        ("ASA Version 9.8(4)\nssh 10.0.0.0 255.0.0.0 inside\nssh 0.0.0.0 0.0.0.0 outside", True, True, False),
        ("ASA Version 9.8(4)\nssh 10.0.0.0 255.0.0.0 inside\nssh version 1 2", True, True, True),
        ("ASA Version 9.8(4)\nssh timeout 5\nssh version 2", False, False, None),
        ("ASA Version 9.8(4)\nhttp server enable\nhttp 0 0 inside", False, False, False),
        ("hostname x\nssh 10.0.0.0 255.0.0.0 inside", True, None, True),
    ],
)
def test_a_server_is_on_where_a_network_may_reach_it(
    lines: str, ssh: bool, ssh_v1: bool | None, limited: bool | None
) -> None:
    access = told("cisco_asa", f"{lines}\n: end\n")[RemoteAccess]
    assert isinstance(access, RemoteAccess)
    assert (access.ssh, access.ssh_v1, access.acl_limits_login) == (ssh, ssh_v1, limited)


def test_accounts(edge: Told) -> None:
    accounts = edge[Accounts]
    assert isinstance(accounts, Accounts)
    assert {a.name: (a.storage, a.level) for a in accounts.items} == {
        "admin": ("strong", "15"), "old": ("md5", "5"), "open": ("none", "1"),
        "enable": ("strong", "15"), "passwd": ("md5", "1"),
    }  # fmt: skip
    assert accounts.aaa_servers == ("10.9.0.6",)


@pytest.mark.parametrize(
    ("written", "storage"),
    [
        ("enable password ***** pbkdf2", "strong"),
        ("enable password ***** encrypted", "md5"),
        ("enable password *****", None),
        ("enable password county1", "plaintext"),
        ("username a password x nt-encrypted", "md5"),
        ("username a password <taken out> pbkdf2", "strong"),
        ("username a privilege 15 password 0 county1", "plaintext"),  # words of IOS that people write
    ],
)
def test_how_a_password_is_stored(written: str, storage: str | None) -> None:
    accounts = told("cisco_asa", f"ASA Version 9.8(4)\n{written}\n: end\n")[Accounts]
    assert isinstance(accounts, Accounts)
    assert [a.storage for a in accounts.items] == [storage]
    assert "county1" not in repr(accounts)


def test_password_policy(edge: Told) -> None:
    policy = edge[PasswordPolicy]
    assert isinstance(policy, PasswordPolicy)
    assert (policy.min_length, policy.min_classes, policy.max_age_days) == (10, 2, 90)
    assert (policy.lockout, policy.lockout_attempts, policy.lockout_s) == (True, 5, 0)
    bare = told("cisco_asa", "ASA Version 9.18(2)\naaa local authentication attempts max-fail 3\n: end\n")[
        PasswordPolicy
    ]
    assert isinstance(bare, PasswordPolicy)
    assert (bare.min_length, bare.lockout_s) == (3, 600)


def test_snmp(edge: Told) -> None:
    agent = edge[SnmpAgent]
    assert isinstance(agent, SnmpAgent)
    assert [(c.default, c.purpose, c.acl) for c in agent.communities] == [
        (True, "access", "10.9.0.7"), (False, "trap", "10.9.0.8")
    ]  # fmt: skip
    assert {u.name: u.level for u in agent.users} == {"WATCH": "authPriv", "watcher": "authPriv"}
    typed = told("cisco_asa", "ASA Version 9.8(4)\nsnmp-server community public RO\n: end\n")[SnmpAgent]
    assert isinstance(typed, SnmpAgent)
    assert [c.default for c in typed.communities] == [True], "the word, not what is written behind it"


def test_logs_time_and_banner(edge: Told) -> None:
    logging, time, banner = edge[Logging], edge[TimeSync], edge[Banner]
    assert isinstance(logging, Logging)
    assert (logging.enabled, logging.hosts, logging.timestamps) == (True, ("10.1.0.5", "10.9.0.5"), True)
    assert isinstance(time, TimeSync)
    assert (time.servers, time.authenticated) == (("10.9.0.9",), True)
    assert isinstance(banner, Banner)
    assert banner.present


def test_network(edge: Told) -> None:
    interfaces, addresses, forwarding = edge[Interfaces], edge[Addresses], edge[Forwarding]
    assert isinstance(interfaces, Interfaces)
    assert [i.name for i in interfaces.items if i.ipv6_enabled] == ["GigabitEthernet1/1"]
    assert {i.name: i.admin_up for i in interfaces.items}["GigabitEthernet1/3"] is False
    assert isinstance(addresses, Addresses)
    assert {str(a.ip) for a in addresses.items} == {
        "203.0.113.2/29", "2001:db8:f::2/64", "10.1.0.1/16", "10.9.0.1/24"
    }  # fmt: skip
    assert isinstance(forwarding, Forwarding)
    assert (forwarding.ipv4, forwarding.ipv6) == (True, True)


def test_routing(edge: Told) -> None:
    routes, protocols = edge[Routes], edge[RoutingProtocols]
    assert isinstance(routes, Routes)
    assert [(d.family, d.via, d.interface) for d in routes.defaults] == [
        (4, ip_address("203.0.113.1"), "outside"), (6, ip_address("2001:db8:f::1"), "outside")
    ]  # fmt: skip
    assert isinstance(protocols, RoutingProtocols)
    assert {p.name: (set(p.families), p.authenticated) for p in protocols.items} == {
        "ospf": ({4}, True), "bgp": ({4, 6}, False)
    }  # fmt: skip


def test_policy(edge: Told) -> None:
    filtering, policy = edge[Filtering], edge[ZonePolicy]
    assert isinstance(filtering, Filtering)
    assert {a.name: (a.family, a.rules, a.permits_any) for a in filtering.acls} == {
        "OUT": (None, 2, False), "IN": (None, 2, True), "NAT0": (4, 1, False)
    }  # fmt: skip
    assert [(b.interface, b.acl, b.direction) for b in filtering.bindings] == [
        ("outside", "OUT", "in"), ("inside", "IN", "in")
    ]  # fmt: skip
    assert isinstance(policy, ZonePolicy)
    assert policy.zones == {"outside", "inside", "mgmt"}
    assert policy.default_permits is None, "the management interface has no list: levels decide"
    www, rest, all4, all6 = policy.rules
    assert (www.source_zones, www.sources_any, www.destinations_any, www.services_any) == (
        {"outside"},
        True,
        False,
        False,
    )
    assert (www.logs, www.permits, rest.permits) == (True, True, False)
    assert (all4.sources_any, all4.destinations_any, all4.services_any, all4.enabled) == (True, True, True, True)
    assert not all6.enabled


def test_no_secret_gets_out(edge: Told) -> None:
    assert [secret for secret in SECRETS if secret in repr(edge)] == []
    assert [secret for secret in SECRETS if secret not in EDGE] == []


@pytest.mark.parametrize("kept", range(5, 100, 7))
def test_a_cut_configuration_tells_who_it_is_and_no_more(kept: int) -> None:
    cut = told("cisco_asa", EDGE[: len(EDGE) * kept // 100])
    known = {kind: fact for kind, fact in cut.items() if not isinstance(fact, Missing)}
    assert known.keys() <= {Identity}
    gaps = {fact.gap for fact in by_configuration("cisco_asa", cut).values() if isinstance(fact, Missing)}
    assert gaps == {Gap.UNPARSED}


@pytest.mark.parametrize("behind", ["service-policy global_policy global", "prompt hostname context"])
def test_behind_its_inspection_an_asa_has_told_everything(edge: Told, behind: str) -> None:
    """As copied without the checksum at its end; where only the inspection was reached more of it may follow."""
    body = EDGE[: EDGE.index(": end")].rpartition("Cryptochecksum")[0] or EDGE[: EDGE.index(": end")]
    cut = told("cisco_asa", f"{body}policy-map global_policy\n class inspection_default\n  inspect ftp\n{behind}\n!\n")
    assert by_configuration("cisco_asa", cut).keys() == by_configuration("cisco_asa", edge).keys()
    kinds = (RemoteAccess, Accounts, SnmpAgent, Logging, TimeSync, Filtering, Routes)
    assert [cut[kind] for kind in kinds] == [edge[kind] for kind in kinds]
    open_ended = told("cisco_asa", body[: body.index("\nssh ")] + "\n")
    assert isinstance(open_ended[RemoteAccess], Missing)


def test_recordings_of_its_version(corpus: Path) -> None:
    answers = [(text, rows[0]) for command, text, rows in recorded(corpus, "cisco_asa") if command == "show version"]
    assert answers
    for text, row in answers:
        identity = told("cisco_asa", answers={"show version": text})[Identity]
        assert isinstance(identity, Identity)
        assert (identity.release, identity.hostname) == (row["version"], row["hostname"])
        assert identity.serial in row["serial"]
        assert identity.model == row["hardware"].partition(",")[0]
        assert identity.uptime_s == (55 * 24 + 9) * 3600


def test_uptime_that_is_none_is_passed_over_in_no_time() -> None:
    text = "Cisco Adaptive Security Appliance Software Version 9.8(2)\nfw1 up " + "1111111111 day" * 30 + "!\n"
    began = time.process_time()
    assert identity(Answer(VERSION, text), Missing(Gap.UNREAD)).uptime_s is None
    assert time.process_time() - began < 3
