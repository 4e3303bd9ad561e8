"""Junos: facts of configurations in braces and as set lines, and of answers, written in its syntax."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junos_texts import BRACES, LINES
from shown import by_configuration, recorded, told

from collectors.platforms.catalogue import recognised
from collectors.platforms.dialects.junos.text import tree
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
    RateLimits,
    RemoteAccess,
    Routes,
    RoutingProtocols,
    SnmpAgent,
    TimeSync,
    Transitions,
    ZonePolicy,
)
from inventory.snapshot import SoFar

SECRETS = (
    "rootHashOfTheCounty", "oldHashOfTheCounty", "tacSecretOfTheCounty", "ntpSecretOfTheCounty", "countyWatchWord",
    "trapWordOfCounty", "authKeyOfTheCounty", "privKeyOfTheCounty", "bgpKeyOfTheCounty", "ospfKeyOfTheCounty",
    "words of countyWord", "rootHashOfTheGate", "gateHashOfTheCounty", "gateWatchWord", "ikeKeyOfTheCounty",
)  # fmt: skip
Told = dict[type[Fact], Fact | Missing]


@pytest.fixture(scope="module")
def edge() -> Told:
    return dict(told("juniper_junos", BRACES))


@pytest.fixture(scope="module")
def gate() -> Told:
    return dict(told("juniper_junos", LINES))


def test_both_forms_are_recognised_and_named(edge: Told, gate: Told) -> None:
    assert recognised(BRACES) == recognised(LINES) == "juniper_junos"
    for facts, expected in ((edge, ("edge-mx", "20.4R3.8", None)), (gate, ("gate-srx", "15.1X49-D170.4", "firewall"))):
        identity = facts[Identity]
        assert isinstance(identity, Identity)
        assert (identity.hostname, identity.release, identity.kind) == expected


def test_remote_access(edge: Told, gate: Told) -> None:
    access = edge[RemoteAccess]
    assert isinstance(access, RemoteAccess)
    assert (access.telnet, access.ssh, access.ssh_v1) == (False, True, False)
    assert (access.http, access.https, access.ftp) == (True, True, True)
    assert access.acl_limits_login, "the loopback's filter tells sources apart"
    (line,) = access.lines
    assert (line.transports, line.idle_timeout_s, line.idle_timeout_written) == ({"ssh"}, 900, True)
    access = gate[RemoteAccess]
    assert isinstance(access, RemoteAccess)
    assert (access.telnet, access.ssh, access.http, access.acl_limits_login) == (False, True, False, False)
    assert (access.lines[0].idle_timeout_s, access.lines[0].idle_timeout_written) == (0, False)


def test_classes_that_end_idle_sessions_stand_beside_those_that_do_not() -> None:
    text = "set system login class noc idle-timeout 12\nset system login user a class noc\n"
    for more, idle in (
        ("", [(720, True)]),
        ("set system login user b class super-user\n", [(720, True), (0, False)]),
        ("set system login user a class super-user\n", [(720, True), (0, False)]),
    ):
        access = told("juniper_junos", text + more + "set protocols lldp interface all\n")[RemoteAccess]
        assert isinstance(access, RemoteAccess)
        assert [(line.idle_timeout_s, line.idle_timeout_written) for line in access.lines] == idle


@pytest.mark.parametrize(
    ("lines", "ssh_v1"),
    [
        ("set version 18.4R1\nset system services ssh", False),
        ("set version 10.4R1\nset system services ssh", None),
        ("set version 10.4R1\nset system services ssh protocol-version [ v1 v2 ]", True),
        ("set version 10.4R1\nset system services ssh protocol-version v2", False),
        ("set version 10.4R1\nset system services telnet", False),
    ],
)
def test_ssh_protocol_1(lines: str, ssh_v1: bool | None) -> None:
    access = told("juniper_junos", lines + "\nset protocols lldp interface all\n")[RemoteAccess]
    assert isinstance(access, RemoteAccess)
    assert access.ssh_v1 is ssh_v1


def test_set_lines_that_stop_before_routing_may_be_cut() -> None:
    system, ports = "set version 18.4R1\nset system services netconf ssh\n", "set interfaces fxp0 unit 0\n"
    cut, further = told("juniper_junos", system), told("juniper_junos", system + ports)
    whole = told("juniper_junos", system + ports + "set protocols lldp interface all\n")
    assert (type(cut[RemoteAccess]), type(cut[Logging])) == (SoFar, SoFar)
    assert (type(further[RemoteAccess]), type(further[Logging])) == (SoFar, Logging)
    assert (type(whole[RemoteAccess]), type(whole[RoutingProtocols])) == (RemoteAccess, RoutingProtocols)
    braces = told("juniper_junos", "system {\n    services {\n        netconf { ssh; }\n    }\n}\n")
    assert type(braces[RemoteAccess]) is RemoteAccess


def test_set_lines_in_the_order_of_a_person_are_taken_for_all() -> None:
    text = "set interfaces fxp0 unit 0\nset protocols lldp interface all\nset system services ssh\n"
    assert type(told("juniper_junos", text)[RemoteAccess]) is RemoteAccess


def test_accounts(edge: Told, gate: Told) -> None:
    accounts = edge[Accounts]
    assert isinstance(accounts, Accounts)
    assert {a.name: (a.storage, a.level) for a in accounts.items} == {
        "admin": ("md5", "ops"), "keyed": (None, "view"), "root": ("strong", "super-user")
    }  # fmt: skip
    assert accounts.aaa_servers == ("10.9.0.6",)
    accounts = gate[Accounts]
    assert isinstance(accounts, Accounts)
    assert {a.name: a.storage for a in accounts.items} == {"admin": "md5", "root": "strong"}


def test_password_policy(edge: Told, gate: Told) -> None:
    policy = edge[PasswordPolicy]
    assert isinstance(policy, PasswordPolicy)
    assert (policy.min_length, policy.min_classes, policy.max_age_days) == (10, 2, 0)
    assert (policy.lockout, policy.lockout_attempts, policy.lockout_s) == (True, 4, 600)
    policy = gate[PasswordPolicy]
    assert isinstance(policy, PasswordPolicy)
    assert (policy.min_length, policy.lockout) == (6, False)


def test_snmp(edge: Told) -> None:
    agent = edge[SnmpAgent]
    assert isinstance(agent, SnmpAgent)
    assert [(c.default, c.access, c.acl, c.purpose) for c in agent.communities] == [
        (False, "ro", "10.9.0.0/24", "access"), (False, "ro", None, "access"), (True, "rw", None, "access"),
        (False, None, None, "trap"),
    ]  # fmt: skip
    assert {u.name: u.level for u in agent.users} == {"watcher": "authPriv"}


def test_logs_time_and_banner(edge: Told, gate: Told) -> None:
    logging, time, banner = edge[Logging], edge[TimeSync], edge[Banner]
    assert isinstance(logging, Logging)
    assert logging.hosts == ("10.9.0.5",)
    assert isinstance(time, TimeSync)
    assert (set(time.servers), time.peers, time.authenticated) == ({"10.9.0.9", "10.9.0.19"}, ("10.9.0.10",), True)
    assert isinstance(banner, Banner)
    assert banner.present
    logging = gate[Logging]
    assert isinstance(logging, Logging)
    assert logging.hosts == ("10.9.0.5",)


@pytest.mark.parametrize(
    ("line", "enabled"),
    [
        ("set system host-name r1", False),
        ("set system syslog archive files 5", False),
        ("set system syslog file messages any notice", True),
        ("set system syslog user * any emergency", True),
    ],
)
def test_nothing_is_logged_but_to_what_is_named(line: str, enabled: bool) -> None:
    logging = told("juniper_junos", f"set version 18.4R1\n{line}\nset protocols lldp interface all\n")[Logging]
    assert isinstance(logging, Logging)
    assert logging.enabled is enabled


def test_network(edge: Told) -> None:
    interfaces, addresses, forwarding = edge[Interfaces], edge[Addresses], edge[Forwarding]
    assert isinstance(interfaces, Interfaces)
    by_name = {i.name: i for i in interfaces.items}
    assert {name for name, i in by_name.items() if i.ipv6_enabled} == {"ge-0/0/0.0", "ae0.20", "gr-0/0/10.0"}, (
        "the first by its group"
    )
    assert (by_name["ge-0/0/0"].alias, by_name["ge-0/0/1"].admin_up) == ("to the province", False)
    assert (by_name["ge-0/0/1"].aggregate, by_name["ae0.20"].vlans) == ("ae0", (20,))
    assert isinstance(addresses, Addresses)
    assert {(a.interface, str(a.ip)) for a in addresses.items} == {
        ("ge-0/0/0.0", "203.0.113.2/29"), ("ae0.20", "10.20.0.1/24"), ("ae0.20", "2001:db8:20::1/64"),
        ("lo0.0", "10.0.0.1/32"),
    }  # fmt: skip
    assert isinstance(forwarding, Forwarding)
    assert (forwarding.ipv4, forwarding.ipv6) == (True, True)


@pytest.mark.parametrize(("mode", "six"), [("mode drop", False), ("mode flow-based", True), ("", None)])
def test_a_firewall_passes_ipv6_where_a_mode_is_set(mode: str, six: bool | None) -> None:
    line = f"set security forwarding-options family inet6 {mode}\n" if mode else ""
    text = "set security zones security-zone a\nset interfaces ge-0/0/0 unit 0 family inet6 address 2001:db8::1/64\n"
    forwarding = told("juniper_junos", text + line + "set protocols lldp interface all\n")[Forwarding]
    assert isinstance(forwarding, Forwarding)
    assert forwarding.ipv6 is six


def test_routing(edge: Told, gate: Told) -> None:
    routes, protocols, transitions = edge[Routes], edge[RoutingProtocols], edge[Transitions]
    assert isinstance(routes, Routes)
    assert {(d.family, d.via, d.vrf) for d in routes.defaults} == {
        (4, ip_address("203.0.113.1"), None), (6, ip_address("2001:db8:20::fe"), None),
        (4, ip_address("10.20.0.254"), "CLOUD"),
    }  # fmt: skip
    assert isinstance(protocols, RoutingProtocols)
    assert {p.name: (set(p.families), p.authenticated) for p in protocols.items} == {
        "bgp": ({4, 6}, False), "ospf": ({4}, True)
    }, "what is inactive is no protocol"  # fmt: skip
    assert isinstance(transitions, Transitions)
    assert [(t.technique, t.where) for t in transitions.items] == [("gre", "gr-0/0/10.0")]
    protocols = gate[RoutingProtocols]
    assert isinstance(protocols, RoutingProtocols)
    assert [(p.name, set(p.families)) for p in protocols.items] == [("ospfv3", {6})]


def test_filtering(edge: Told) -> None:
    filtering, limits = edge[Filtering], edge[RateLimits]
    assert isinstance(filtering, Filtering)
    assert {a.name: (a.family, a.rules, a.permits_any) for a in filtering.acls} == {
        "PROTECT": (4, 2, False), "EDGE": (4, 1, True)
    }  # fmt: skip
    assert [(b.interface, b.acl, b.direction) for b in filtering.bindings] == [
        ("ge-0/0/0.0", "EDGE", "in"), ("lo0.0", "PROTECT", "in")
    ]  # fmt: skip
    assert isinstance(limits, RateLimits)
    assert [(r.interface, r.direction, r.mbps, r.kind) for r in limits.items] == [("ge-0/0/0.0", "in", 10.0, "police")]


def test_policy(edge: Told, gate: Told) -> None:
    missing, policy = edge[ZonePolicy], gate[ZonePolicy]
    assert isinstance(missing, Missing)
    assert missing.gap is Gap.LACKING
    assert isinstance(policy, ZonePolicy)
    assert (policy.zones, policy.default_permits) == ({"trust", "untrust"}, False)
    out, web = policy.rules
    assert (out.source_zones, out.destination_zones, out.services_any, out.permits, out.logs) == (
        {"trust"}, {"untrust"}, True, True, True
    )  # fmt: skip
    assert (web.sources_any, web.destinations_any, web.services_any, web.permits) == (True, False, False, False)


def test_no_secret_gets_out(edge: Told, gate: Told) -> None:
    shown = repr(edge) + repr(gate)
    assert [secret for secret in SECRETS if secret not in BRACES + LINES] == []
    assert [secret for secret in SECRETS if secret in shown] == []


@pytest.mark.parametrize("kept", range(4, 100, 5))
def test_a_cut_configuration_is_none(kept: int) -> None:
    cut = told("juniper_junos", BRACES[: len(BRACES) * kept // 100])
    assert {kind.__name__: fact for kind, fact in cut.items() if not isinstance(fact, Missing)} == {}
    gaps = {fact.gap for fact in by_configuration("juniper_junos", cut).values() if isinstance(fact, Missing)}
    assert gaps == {Gap.UNPARSED}


@pytest.mark.parametrize("text", ['a { b "c; }', "a { b;", "a b", "a { b; } c", '"'])
def test_open_blocks_statements_and_quotes_are_a_cut(text: str) -> None:
    with pytest.raises(ReadFailed):
        tree(f"version 1;\n{text}")


def test_both_forms_become_the_same_statements() -> None:
    braces = (
        "system { services { ssh { root-login deny; } inactive: telnet; } "
        'login { message "a; b"; } ntp { server [ a b ]; } }'
    )
    lines = (
        "set system services ssh root-login deny\nset system services telnet\ndeactivate system services telnet\n"
        'set system login message "a; b"\nset system ntp server [ a b ]'
    )
    assert {line.text for line in tree(braces)} == {line.text for line in tree(lines)} == {
        "system services ssh root-login deny", 'system login message "a; b"',
        "system ntp server a", "system ntp server b",
    }  # fmt: skip


@given(st.text(alphabet='ab{};[]"\\ \n#<*>/', max_size=120))
def test_any_text_is_a_tree_or_cut(text: str) -> None:
    try:
        lines = tree(text)
    except ReadFailed:
        return
    assert all(line.text for line in lines)


def test_groups_cannot_be_made_to_explode() -> None:
    names = "".join(f"set a{n} x{n} y{n}\n" for n in range(300))
    text = names + "set groups g <*> <*> <*> <*> leaf\nset apply-groups g\n" + "set b c\n" * 10
    assert len(tree(text)) < 2000


def test_version_and_hardware() -> None:
    version = (
        "Hostname: edge-ex\nModel: ex2300-24t\nJunos: 18.2R3-S2.9\n"
        "JUNOS OS Kernel 32-bit  [20190730.7e23da0_builder_stable_11]\n{master:0}\n"
    )
    hardware = (
        "Hardware inventory:\nItem             Version  Part number  Serial number     Description\n"
        "Chassis                                HV0000000001      EX2300-24T\n"
    )
    identity = told("juniper_junos", answers={"show version": version, "show chassis hardware": hardware})[Identity]
    assert isinstance(identity, Identity)
    assert (identity.model, identity.release, identity.serial) == ("ex2300-24t", "18.2R3-S2.9", "HV0000000001")
    assert (identity.kind, identity.hostname) == ("switch", "edge-ex")
    older = "Hostname: r1\nModel: srx240h\nJUNOS Software Release [12.1X44-D35.5]\n"
    identity = told("juniper_junos", answers={"show version": older})[Identity]
    assert isinstance(identity, Identity)
    assert (identity.release, identity.serial, identity.kind) == ("12.1X44-D35.5", None, "firewall")


def test_recordings_of_its_version(corpus: Path) -> None:
    answers = [(t, rows[0]) for command, t, rows in recorded(corpus, "juniper_junos") if command == "show version"]
    assert answers
    for text, row in answers:
        identity = told("juniper_junos", answers={"show version": text})[Identity]
        assert isinstance(identity, Identity)
        assert identity.hostname == row["hostname"]
        assert identity.model == row["model"]
        assert (identity.release or "") == row["junos_version"]


@pytest.mark.parametrize(
    "text",
    [
        "interfaces {\n    ethernet eth0 {\n        address 10.0.0.1/24\n    }\n}\nsystem {\n    host-name vyos\n}\n",
        "set interfaces ethernet eth0 address '10.0.0.1/24'\nset system host-name 'vyos'\nset service ssh port '22'\n",
        "set deviceconfig system hostname PA\nset network interface ethernet ethernet1/1 layer3\n",
    ],
)
def test_others_that_write_alike_are_not_taken_for_it(text: str) -> None:
    assert recognised(text) is None
