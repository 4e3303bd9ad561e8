"""FortiOS: facts of configurations and answers written in its syntax."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest
from fortios_texts import BORDER
from shown import by_configuration, recorded, told

from collectors.platforms.catalogue import recognised
from collectors.platforms.dialects.fortios.text import tree
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
    settings = "config system global\nset hostname x\nend\n"
    assert isinstance(told("fortinet_fortios", settings)[PasswordPolicy], Missing), "the rest may be cut off"
    bare = told("fortinet_fortios", f"{settings}config router static\nend\n")[PasswordPolicy]
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
    cut = told("fortinet_fortios", text[: text.index("config vdom\nedit inner")])
    assert isinstance(cut[Routes], Missing), "the second is announced and not there"


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
