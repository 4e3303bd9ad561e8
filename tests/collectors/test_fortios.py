"""FortiOS: facts of configurations and answers written in its syntax."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest
from shown import by_configuration, recorded, told

from collectors.platforms.catalogue import recognised
from collectors.platforms.fortios_text import tree
from inventory.errors import Gap, Missing, ReadFailed
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

BORDER = """\
#config-version=FGT60E-6.4.5-FW-build1828-210217:opmode=0:vdom=0:user=admin
#conf_file_ver=123456789
config system global
    set admintimeout 15
    set admin-lockout-threshold 5
    set admin-lockout-duration 600
    set hostname "county-border"
    set pre-login-banner enable
end
config system interface
    edit "wan1"
        set vdom "root"
        set ip 203.0.113.2 255.255.255.248
        set allowaccess ping https ssh
        set type physical
        set alias "province"
        config ipv6
            set ip6-address 2001:db8:f::2/64
            set ip6-allowaccess ping
        end
    next
    edit "internal"
        set vdom "root"
        set ip 10.1.0.1 255.255.0.0
        set allowaccess ping https ssh http telnet
        config secondaryip
            edit 1
                set ip 10.2.0.1 255.255.255.0
            next
        end
    next
    edit "dmz"
        set vdom "root"
        set ip 0.0.0.0 0.0.0.0
        set status down
        set allowaccess fgfm
        config ipv6
            set ip6-address ::/0
        end
    next
    edit "vlan20"
        set vdom "root"
        set ip 10.20.0.1 255.255.255.0
        set interface "internal"
        set vlanid 20
        config ipv6
            set ip6-mode dhcp
        end
    next
    edit "lag1"
        set type aggregate
        set member "port3" "port4"
    next
    edit "port3"
        set type physical
    next
end
config system password-policy
    set status enable
    set minimum-length 12
    set min-upper-case-letter 1
    set min-number 1
    set expire-status enable
    set expire-day 60
    set reuse-password disable
end
config system admin
    edit "admin"
        set accprofile "super_admin"
        set vdom "root"
        set trusthost1 10.9.0.0 255.255.255.0
        set password ENC SH2kV3n0tR3allyAHash0123456789ABCDEFGHIJ=
    next
    edit "auditor"
        set accprofile "prof_admin"
        set ip6-trusthost1 2001:db8:9::/64
        set password ENC AK1kV3n0tR3allyAHash9876543210=
    next
    edit "by-radius"
        set remote-auth enable
        set accprofile "prof_admin"
        set trusthost1 10.9.0.7 255.255.255.255
    next
end
config system snmp sysinfo
    set status enable
end
config system snmp community
    edit 1
        set name "c0untyWatch"
        config hosts
            edit 1
                set ip 10.9.0.8 255.255.255.255
            next
        end
    next
    edit 2
        set name "public"
        set query-v1-status disable
    next
    edit 3
        set name "private"
        set status disable
    next
end
config system snmp user
    edit "watcher"
        set security-level auth-priv
        set auth-pwd ENC authWordOfTheWatcher=
        set priv-pwd ENC privWordOfTheWatcher=
    next
end
config system ntp
    set ntpsync enable
    set type custom
    config ntpserver
        edit 1
            set server "10.9.0.9"
            set authentication enable
            set key ENC ntpKeyWordOfTheCounty=
            set key-id 1
        next
        edit 2
            set server "ntp.example.org"
        next
    end
end
config system replacemsg admin "pre_admin-disclaimer-text"
    set buffer "Authorised
staff only:
end
config system admin"
end
config user radius
    edit "rad"
        set server "10.9.0.6"
        set secret ENC radiusSharedWord=
    next
end
config firewall policy
    edit 1
        set name "out"
        set uuid 0d2f5a4e-0000-51e8-0000-000000000000
        set srcintf "internal"
        set dstintf "wan1"
        set srcaddr "all"
        set dstaddr "all"
        set action accept
        set schedule "always"
        set service "ALL"
        set logtraffic all
    next
    edit 2
        set srcintf "wan1"
        set dstintf "internal"
        set srcaddr "all"
        set dstaddr "web-server"
        set service "HTTPS"
        set status disable
        set logtraffic disable
    next
end
config log syslogd setting
    set status enable
    set server "10.9.0.5"
end
config log syslogd2 setting
    set server "10.9.0.55"
end
config log fortianalyzer setting
    set status enable
    set server "analyzer.example.org"
end
config router static
    edit 1
        set gateway 203.0.113.1
        set device "wan1"
    next
    edit 2
        set dst 10.50.0.0 255.255.0.0
        set gateway 10.1.0.254
        set device "internal"
    next
end
config router static6
    edit 1
        set gateway 2001:db8:f::1
        set device "wan1"
    next
end
config router ospf
    set router-id 10.1.0.1
    config area
        edit 0.0.0.0
            set authentication message-digest
        next
    end
    config redistribute "connected"
    end
end
config router rip
    config redistribute "connected"
    end
end
config router bgp
    set as 65010
    config neighbor
        edit "203.0.113.1"
            set remote-as 65000
            set password ENC bgpWordOfTheCounty=
        next
        edit "2001:db8:f::1"
            set remote-as 65000
        next
    end
end
"""
SECRETS = ("kV3n0tR3ally", "c0untyWatch", "authWordOfTheWatcher", "privWordOfTheWatcher", "ntpKeyWordOfTheCounty",
           "radiusSharedWord", "bgpWordOfTheCounty")  # fmt: skip
Told = dict[type[Fact], Fact | Missing]


@pytest.fixture(scope="module")
def border() -> Told:
    return dict(told("fortinet_fortios", BORDER))


def test_it_is_recognised_and_named(border: Told) -> None:
    assert recognised(BORDER) == "fortinet_fortios"
    identity = border[Identity]
    assert isinstance(identity, Identity)
    assert (identity.hostname, identity.model) == ("county-border", "FortiGate-60E")
    assert identity.release == "v6.4.5,build1828,210217"


def test_remote_access(border: Told) -> None:
    access = border[RemoteAccess]
    assert isinstance(access, RemoteAccess)
    assert (access.telnet, access.ssh, access.ssh_v1, access.http, access.https) == (True, True, False, True, True)
    assert access.acl_limits_login, "every administrator has trusted hosts"
    (line,) = access.lines
    assert (line.transports, line.idle_timeout_s, line.idle_timeout_written) == ({"telnet", "ssh"}, 900, True)


@pytest.mark.parametrize(
    ("admin", "limited"),
    [
        ("set trusthost1 10.0.0.0 255.0.0.0", True),
        ("set trusthost1 0.0.0.0 0.0.0.0", False),
        ("set trusthost1 10.0.0.0 255.0.0.0\nset trusthost2 0.0.0.0 0.0.0.0", False),
        ("set ip6-trusthost1 ::/0", False),
        ("set accprofile super_admin", False),
    ],
)
def test_trusted_hosts_limit_logins(admin: str, limited: bool) -> None:
    access = told("fortinet_fortios", f"config system admin\nedit a\n{admin}\nnext\nend\n")[RemoteAccess]
    assert isinstance(access, RemoteAccess)
    assert access.acl_limits_login is limited
    assert (access.telnet, access.ssh) == (None, None), "no interface is in the text"


def test_an_interface_that_is_down_lets_nobody_in() -> None:
    text = "config system interface\nedit p1\nset status down\nset allowaccess telnet http\nnext\nend\n"
    access = told("fortinet_fortios", text)[RemoteAccess]
    assert isinstance(access, RemoteAccess)
    assert (access.telnet, access.http, access.acl_limits_login) == (False, False, None)


def test_accounts(border: Told) -> None:
    accounts = border[Accounts]
    assert isinstance(accounts, Accounts)
    assert {a.name: (a.storage, a.level) for a in accounts.items} == {
        "admin": ("strong", "super_admin"), "auditor": ("md5", "prof_admin"), "by-radius": (None, "prof_admin")
    }  # fmt: skip
    assert accounts.aaa_servers == ("10.9.0.6",)


def test_password_policy(border: Told) -> None:
    policy = border[PasswordPolicy]
    assert isinstance(policy, PasswordPolicy)
    assert (policy.min_length, policy.min_classes, policy.max_age_days, policy.history) == (12, 2, 60, 1)
    assert (policy.lockout_attempts, policy.lockout_s, policy.lockout_written) == (5, 600, True)
    bare = told("fortinet_fortios", "config system global\nset hostname x\nend\n")[PasswordPolicy]
    assert isinstance(bare, PasswordPolicy)
    assert (bare.min_length, bare.lockout, bare.lockout_attempts, bare.lockout_written) == (0, True, 3, False)


def test_snmp(border: Told) -> None:
    agent = border[SnmpAgent]
    assert isinstance(agent, SnmpAgent)
    assert agent.enabled
    assert [(c.default, c.access, c.acl, c.purpose) for c in agent.communities] == [
        (False, "ro", "10.9.0.8 255.255.255.255", "access"), (True, "ro", None, "access")
    ]  # fmt: skip
    assert {u.name: u.level for u in agent.users} == {"watcher": "authPriv"}


def test_logs_time_and_banner(border: Told) -> None:
    logging, time, banner = border[Logging], border[TimeSync], border[Banner]
    assert isinstance(logging, Logging)
    assert logging.hosts == ("10.9.0.5", "analyzer.example.org")
    assert isinstance(time, TimeSync)
    assert (time.servers, time.authenticated) == (("10.9.0.9", "ntp.example.org"), True)
    assert isinstance(banner, Banner)
    assert banner.present


def test_network(border: Told) -> None:
    interfaces, addresses, forwarding = border[Interfaces], border[Addresses], border[Forwarding]
    assert isinstance(interfaces, Interfaces)
    by_name = {i.name: i for i in interfaces.items}
    assert [name for name, i in by_name.items() if i.ipv6_enabled] == ["wan1", "vlan20"]
    assert (by_name["wan1"].alias, by_name["dmz"].admin_up, by_name["port3"].aggregate) == ("province", False, "lag1")
    assert by_name["vlan20"].vlans == (20,)
    assert isinstance(addresses, Addresses)
    assert [str(a.ip) for a in addresses.items] == [
        "203.0.113.2/29", "2001:db8:f::2/64", "10.1.0.1/16", "10.2.0.1/24", "10.20.0.1/24"
    ]  # fmt: skip
    assert isinstance(forwarding, Forwarding)
    assert (forwarding.ipv4, forwarding.ipv6) == (True, True)


def test_routing(border: Told) -> None:
    routes, protocols = border[Routes], border[RoutingProtocols]
    assert isinstance(routes, Routes)
    assert [(d.family, d.via, d.interface) for d in routes.defaults] == [
        (4, ip_address("203.0.113.1"), "wan1"), (6, ip_address("2001:db8:f::1"), "wan1")
    ]  # fmt: skip
    assert isinstance(protocols, RoutingProtocols)
    assert {p.name: (set(p.families), p.authenticated) for p in protocols.items} == {
        "ospf": ({4}, True), "bgp": ({4, 6}, False)
    }, "empty blocks configure nothing"  # fmt: skip


def test_policy(border: Told) -> None:
    filtering, policy = border[Filtering], border[ZonePolicy]
    assert isinstance(filtering, Filtering)
    assert (filtering.acls, filtering.default_deny_ipv4) == ((), True)
    assert isinstance(policy, ZonePolicy)
    assert (policy.zones, policy.default_permits) == ({"internal", "wan1"}, False)
    out, closed = policy.rules
    assert (out.name, out.source_zones, out.destination_zones) == ("out", {"internal"}, {"wan1"})
    assert (out.sources_any, out.destinations_any, out.services_any, out.permits, out.logs) == (True,) * 5
    assert (closed.permits, closed.enabled, closed.destinations_any, closed.logs) == (False,) * 4


def test_virtual_domains_are_read_together() -> None:
    text = (
        "#config-version=FGVM64-7.2.4-FW-build1396-230131:opmode=0:vdom=1:user=admin\n"
        "config vdom\nedit root\nnext\nedit inner\nend\n\n"
        "config global\nconfig system global\nset hostname \"two\"\nend\n"
        "config system interface\nedit \"p1\"\nset vdom \"root\"\nset ip 10.0.0.1 255.255.255.0\nset allowaccess ssh\n"
        "next\nend\nend\n\n"
        "config vdom\nedit root\nconfig router static\nedit 1\nset gateway 10.0.0.254\nset device p1\nnext\nend\nend\n"
        "config vdom\nedit inner\nconfig firewall policy\nedit 7\nset srcintf \"any\"\nset dstintf \"any\"\n"
        "set action accept\nnext\nend\nend\n"
    )  # fmt: skip
    facts = told("fortinet_fortios", text)
    identity, routes, policy = facts[Identity], facts[Routes], facts[ZonePolicy]
    assert isinstance(identity, Identity)
    assert identity.hostname == "two"
    assert isinstance(routes, Routes)
    assert len(routes.defaults) == 1
    assert isinstance(policy, ZonePolicy)
    assert [(r.name, r.source_zones) for r in policy.rules] == [("7", frozenset())]


def test_no_secret_gets_out(border: Told) -> None:
    assert [secret for secret in SECRETS if secret in repr(border)] == []
    assert [secret for secret in SECRETS if secret not in BORDER] == []
    assert 'set name "out"' in repr(border), "a policy's name is no community"


@pytest.mark.parametrize("kept", range(3, 100, 4))
def test_a_cut_configuration_is_none(kept: int) -> None:
    text = BORDER[: len(BORDER) * kept // 100]
    if text.endswith("\nend\n"):
        return
    cut = told("fortinet_fortios", text)
    assert {kind.__name__: fact for kind, fact in cut.items() if not isinstance(fact, Missing)} == {}
    gaps = {fact.gap for fact in by_configuration("fortinet_fortios", cut).values() if isinstance(fact, Missing)}
    assert gaps == {Gap.UNPARSED}


@pytest.mark.parametrize(
    "text",
    [
        "config system global\nset hostname x\n",
        'config a\nset b "c\nend\n',
        "config a\nedit 1\nconfig b\nend\nend\nconfig",
    ],
)
def test_open_blocks_and_quotes_are_a_cut(text: str) -> None:
    with pytest.raises(ReadFailed):
        tree(text)


def test_recordings_of_its_status(corpus: Path) -> None:
    answers = [(t, rows[0]) for command, t, rows in recorded(corpus, "fortinet") if command == "get system status"]
    assert answers
    for text, row in answers:
        identity = told("fortinet_fortios", answers={"get system status": text})[Identity]
        assert isinstance(identity, Identity)
        assert identity.serial in row["serial_number"]
        assert identity.hostname == row["hostname"]


@pytest.mark.parametrize(
    ("head", "model", "release"),
    [
        ("FGT60E-6.4.5-FW-build1828-210217:opmode=0", "FortiGate-60E", "v6.4.5,build1828,210217"),
        ("FG3K9B-5.00-FW-build292-140801:opmode=0", "FortiGate-3K9B", "v5.00,build292,140801"),
        ("FGVM64-7.2.4-FW-build1396-230131:opmode=0", "FortiGate-VM64", "v7.2.4,build1396,230131"),
        ("FWF61E-7.0.1-FW-build0157:opmode=0", "FortiWiFi-61E", "v7.0.1,build0157"),
        ("FS108E-7.0.1-FW-build0157:opmode=0", None, None),
    ],
)
def test_the_head_of_a_backup_tells_the_model(head: str, model: str | None, release: str | None) -> None:
    identity = told("fortinet_fortios", f"#config-version={head}\nconfig system global\nend\n")[Identity]
    assert isinstance(identity, Identity)
    assert (identity.model, identity.release) == (model, release)
