"""NX-OS: facts of configurations and answers written in its syntax."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest
from shown import recorded, told

from collectors.platforms.catalogue import platform, recognised
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
)

CORE = """\
!Command: show running-config
version 7.0(3)I7(9) Bios:version 07.66
hostname dc-core-1
feature telnet
feature nxapi
feature ospf
feature ospfv3
feature bgp

banner motd #
 Authorised staff only
feature ssh is no statement here
#
username admin password 5 $5$ABCDEF$Ndk3FpZzq1Wc9o0Hx2Lr5  role network-admin
username monitor password 5 $1$abcdefgh$1234567890abcdefghijkl  role network-operator
username relay password 5 !  role network-operator
username blotted password 5 ********  role network-operator
ip access-list MGMT
  10 permit tcp 10.9.0.0/24 any eq 22
ip access-list OPEN
  10 permit ip any any
ipv6 access-list MGMT6
  10 permit ipv6 2001:db8:9::/48 any
snmp-server user watcher network-operator auth sha 0xa1b2c3d4e5f60718 priv aes-128 0x99887766554433 localizedkey
snmp-server user poller network-operator auth md5 0x5566778899aabb localizedkey
snmp-server host 10.9.0.8 traps version 2c tr4pw0rd
snmp-server community c0untyRead group network-operator
snmp-server community c0untyRead use-ipv4acl MGMT
snmp-server community public group network-admin
snmp-server community 0therRead ro
ntp authenticate
ntp authentication-key 1 md5 tlmqpzu 7
ntp server 10.9.0.1 use-vrf management key 1
ntp server 2001:db8:9::1 prefer use-vrf management
ntp peer 10.9.0.2
login block-for 120 attempts 4 within 60
ip route 0.0.0.0/0 Ethernet1/1 10.1.1.1 name out 200
vrf context management
  ip route 0.0.0.0/0 10.9.0.254
  ipv6 route ::/0 2001:db8:9::fe
interface Vlan10
  no shutdown
  ip address 10.10.0.1/24
  ipv6 address 2001:db8:10::1/64
interface port-channel5
  switchport mode trunk
interface Ethernet1/1
  no switchport
  description up to the province
  ip access-group MGMT in
  ip address 10.1.1.2/30
  ipv6 link-local fe80::1
  ip router ospf 1 area 0.0.0.0
  ipv6 router ospfv3 1 area 0.0.0.0
interface Ethernet1/2
  shutdown
  ip port access-group OPEN in
  ipv6 port traffic-filter MGMT6 in
  channel-group 5 mode active
interface mgmt0
  vrf member management
  ip address 10.9.0.10/24
line console
  exec-timeout 5
line vty
  exec-timeout 15
  access-class MGMT in
  ipv6 access-class MGMT6 in
boot nxos bootflash:/nxos.7.0.3.I7.9.bin
router ospf 1
  area 0.0.0.0 authentication message-digest
router ospfv3 1
router bgp 65001
  template peer INNER
    remote-as 65001
    password 3 9125d59c18a9b015
  neighbor 10.1.1.1
    inherit peer INNER
    address-family ipv4 unicast
  neighbor 2001:db8:1::1
    remote-as 65002
    password 3 0123456789abcdef
    address-family ipv6 unicast
logging server 10.9.0.5 5 use-vrf management facility local6
logging server log.example.org
"""
SECRETS = ("$5$ABCDEF$Ndk3FpZzq1Wc9o0Hx2Lr5"[3:], "0xa1b2c3d4e5f60718", "0x99887766554433", "0x5566778899aabb",
           "tr4pw0rd", "c0untyRead", "tlmqpzu", "9125d59c18a9b015")  # fmt: skip


@pytest.fixture(scope="module")
def core() -> dict[type[Fact], Fact | Missing]:
    return dict(told("cisco_nxos", CORE))


def test_it_is_recognised_and_named(core: dict[type[Fact], Fact | Missing]) -> None:
    assert recognised(CORE) == "cisco_nxos"
    identity = core[Identity]
    assert isinstance(identity, Identity)
    assert (identity.hostname, identity.release, identity.kind) == ("dc-core-1", "7.0(3)I7(9)", "switch")


def test_remote_access(core: dict[type[Fact], Fact | Missing]) -> None:
    access = core[RemoteAccess]
    assert isinstance(access, RemoteAccess)
    assert (access.telnet, access.ssh, access.ssh_v1) == (True, True, False)
    assert (access.http, access.https) == (None, None), "what NX-API listens on before 9.2 is not known"
    assert access.acl_limits_login
    vty = next(line for line in access.lines if line.remote)
    assert (vty.idle_timeout_s, vty.acl_ipv4, vty.acl_ipv6) == (900, "MGMT", "MGMT6")
    assert vty.transports == {"telnet", "ssh"}


@pytest.mark.parametrize(
    ("lines", "http", "https"),
    [
        ("version 9.3(3) Bios:version\nfeature nxapi", False, True),
        ("version 9.3(3) Bios:version\nfeature nxapi\nnxapi http port 80", True, True),
        ("version 9.3(3) Bios:version\nfeature nxapi\nno nxapi https", False, False),
        ("version 7.0(3)I7(9) Bios:version\nfeature nxapi\nno nxapi http\nnxapi https port 443", False, True),
        ("version 9.3(3) Bios:version", False, False),
    ],
)
def test_the_programming_interface_is_the_web_server(lines: str, http: bool, https: bool) -> None:
    access = told("cisco_nxos", f"{lines}\ninterface mgmt0\nline vty\nboot nxos bootflash:/nxos.bin\n")[RemoteAccess]
    assert isinstance(access, RemoteAccess)
    assert (access.http, access.https, access.telnet) == (http, https, False)


def test_accounts(core: dict[type[Fact], Fact | Missing]) -> None:
    accounts = core[Accounts]
    assert isinstance(accounts, Accounts)
    assert {a.name: (a.storage, a.level) for a in accounts.items} == {
        "admin": ("strong", "network-admin"),
        "monitor": ("md5", "network-operator"),
        "relay": (None, "network-operator"),
        "blotted": (None, "network-operator"),
    }


def test_password_policy(core: dict[type[Fact], Fact | Missing]) -> None:
    policy = core[PasswordPolicy]
    assert isinstance(policy, PasswordPolicy)
    assert (policy.min_length, policy.min_classes) == (8, 3)
    assert (policy.lockout, policy.lockout_attempts, policy.lockout_s) == (True, 4, 120)
    weak = told("cisco_nxos", "no password strength-check\ninterface mgmt0\nline vty\n")[PasswordPolicy]
    assert isinstance(weak, PasswordPolicy)
    assert (weak.min_length, weak.min_classes, weak.lockout) == (0, 0, False)
    for release, length, classes in (("9.3(8)", 8, 3), ("7.0(3)I7(9)", 8, 3), ("6.2(24)", None, None)):
        bare = told("cisco_nxos", f"version {release}\nhostname n1\ninterface mgmt0\nline vty\n")[PasswordPolicy]
        assert isinstance(bare, PasswordPolicy)
        assert (bare.min_length, bare.min_classes) == (length, classes), release


def test_snmp(core: dict[type[Fact], Fact | Missing]) -> None:
    agent = core[SnmpAgent]
    assert isinstance(agent, SnmpAgent)
    assert [(c.default, c.access, c.acl, c.purpose) for c in agent.communities] == [
        (False, "ro", "MGMT", "access"),
        (True, "rw", None, "access"),
        (False, "ro", None, "access"),
        (False, None, None, "trap"),
    ]
    assert {u.name: u.level for u in agent.users} == {"watcher": "authPriv", "poller": "authNoPriv"}


def test_logs_time_and_banner(core: dict[type[Fact], Fact | Missing]) -> None:
    logging, time, banner = core[Logging], core[TimeSync], core[Banner]
    assert isinstance(logging, Logging)
    assert logging.hosts == ("10.9.0.5", "log.example.org")
    assert isinstance(time, TimeSync)
    assert (time.servers, time.peers) == (("10.9.0.1", "2001:db8:9::1"), ("10.9.0.2",))
    assert time.authenticated
    assert isinstance(banner, Banner)
    assert banner.present


def test_network(core: dict[type[Fact], Fact | Missing]) -> None:
    interfaces, addresses, forwarding = core[Interfaces], core[Addresses], core[Forwarding]
    assert isinstance(interfaces, Interfaces)
    assert [i.name for i in interfaces.items if i.ipv6_enabled] == ["Vlan10", "Ethernet1/1"]
    assert {i.name: i.aggregate for i in interfaces.items if i.aggregate} == {"Ethernet1/2": "port-channel5"}
    assert isinstance(addresses, Addresses)
    assert {str(a.ip) for a in addresses.items} == {
        "10.10.0.1/24", "2001:db8:10::1/64", "10.1.1.2/30", "10.9.0.10/24"
    }  # fmt: skip
    assert isinstance(forwarding, Forwarding)
    assert (forwarding.ipv4, forwarding.ipv6) == (True, True)


def test_routing(core: dict[type[Fact], Fact | Missing]) -> None:
    routes, protocols = core[Routes], core[RoutingProtocols]
    assert isinstance(routes, Routes)
    assert [(d.family, d.via, d.interface, d.vrf) for d in routes.defaults] == [
        (4, ip_address("10.1.1.1"), "Ethernet1/1", None),
        (4, ip_address("10.9.0.254"), None, "management"),
        (6, ip_address("2001:db8:9::fe"), None, "management"),
    ]
    assert isinstance(protocols, RoutingProtocols)
    assert {p.name: (set(p.families), p.authenticated) for p in protocols.items} == {
        "ospf": ({4}, True),
        "ospfv3": ({6}, False),
        "bgp": ({4, 6}, True),
    }


def test_filtering(core: dict[type[Fact], Fact | Missing]) -> None:
    filtering = core[Filtering]
    assert isinstance(filtering, Filtering)
    assert {a.name: (a.family, a.permits_any) for a in filtering.acls} == {
        "MGMT": (4, False), "OPEN": (4, True), "MGMT6": (6, False)
    }  # fmt: skip
    assert [(b.interface, b.acl, b.family) for b in filtering.bindings] == [
        ("Ethernet1/1", "MGMT", 4), ("Ethernet1/2", "OPEN", 4), ("Ethernet1/2", "MGMT6", 6)
    ]  # fmt: skip


def test_no_secret_gets_out(core: dict[type[Fact], Fact | Missing]) -> None:
    chosen = platform("cisco_nxos")
    assert chosen is not None
    assert [secret for secret in SECRETS if secret in repr(core)] == []


@pytest.mark.parametrize(
    ("shown", "hosts"),
    [
        (None, None),
        ("Logging server:              disabled\n", ()),
        ("Logging server:              enabled\n{10.0.0.9}\n", None),
    ],
)
def test_log_servers_are_written_last(shown: str | None, hosts: tuple[str, ...] | None) -> None:
    """A configuration without them may be cut before them."""
    text = "interface mgmt0\nline console\nline vty\nboot nxos bootflash:/nxos.bin\n"
    logging = told("cisco_nxos", text, {"show logging server": shown} if shown else {})[Logging]
    assert (logging.hosts if isinstance(logging, Logging) else None) == hosts
    for passed in (
        "logging timestamp milliseconds\n!\n",
        "hostname n9k\n!\nn9k# show clock\n",
        "hostname n9k\n!\nn9k#",
    ):
        none = told("cisco_nxos", text + passed)[Logging]
        assert isinstance(none, Logging)
        assert none.hosts == ()
    written = told("cisco_nxos", text + "logging server 10.0.0.9\nlogging level local0 4\n")[Logging]
    assert isinstance(written, Logging)
    assert written.hosts == ("10.0.0.9",)


def test_routing_is_open_until_its_features_have_their_blocks() -> None:
    text = "feature ospf\nfeature bgp\ninterface mgmt0\nline console\nline vty\nboot nxos bootflash:/x\nrouter ospf 1\n"
    assert isinstance(told("cisco_nxos", text)[RoutingProtocols], Missing)
    for rest in ("router bgp 65001\n  router-id 192.0.2.1\n", "logging server 192.0.2.9\n!\n"):
        assert isinstance(told("cisco_nxos", text + rest)[RoutingProtocols], RoutingProtocols)
    assert isinstance(told("cisco_nxos", text.replace("feature bgp\n", ""))[RoutingProtocols], RoutingProtocols)


@pytest.mark.parametrize("kept", range(5, 100, 5))
def test_a_cut_configuration_makes_nothing_absent(kept: int, core: dict[type[Fact], Fact | Missing]) -> None:
    """What was cut off is not known; what stands in the rest still is."""
    cut = told("cisco_nxos", CORE[: len(CORE) * kept // 100])
    whole = "line vty" in CORE[: len(CORE) * kept // 100] or "line console" in CORE[: len(CORE) * kept // 100]
    for kind in (Logging, TimeSync, SnmpAgent, Banner, RoutingProtocols):
        fact = cut[kind]
        if not whole and isinstance(fact, Missing):
            assert fact.gap is Gap.UNPARSED
        elif not whole:
            assert getattr(fact, "evidence").lines, f"{kind.__name__} of nothing"  # noqa: B009


def test_version_and_inventory() -> None:
    version = (
        "Cisco Nexus Operating System (NX-OS) Software\n\nSoftware\n  BIOS: version 08.38\n NXOS: version 9.3(8)\n\n"
        'Hardware\n  cisco Nexus9000 C93180YC-EX chassis ("48x10/25G/32G")\n  Processor Board ID FDO21000001\n\n'
        "  Device name: leaf-7\nKernel uptime is 1 day(s), 2 hour(s), 3 minute(s), 4 second(s)\n"
    )
    inventory = (
        'NAME: "Chassis",  DESCR: "Nexus9000 C93180YC-EX chassis"\n'
        "PID: N9K-C93180YC-EX     ,  VID: V02 ,  SN: FDO21000002\n\n"
        'NAME: "Slot 1",  DESCR: "48x10/25G"\nPID: N9K-C93180YC-EX     ,  VID: V02 ,  SN: FDO21000001\n'
    )
    alone = told("cisco_nxos", answers={"show version": version})[Identity]
    both = told("cisco_nxos", answers={"show version": version, "show inventory": inventory})[Identity]
    assert isinstance(alone, Identity)
    assert (alone.model, alone.serial, alone.uptime_s) == ("Nexus9000 C93180YC-EX", "FDO21000001", 93784.0)
    assert isinstance(both, Identity)
    assert (both.model, both.serial, both.hostname) == ("N9K-C93180YC-EX", "FDO21000002", "leaf-7")
    assert both.release == "9.3(8)"


def test_recordings_of_its_version(corpus: Path) -> None:
    answers = [(text, rows[0]) for command, text, rows in recorded(corpus, "cisco_nxos") if command == "show version"]
    assert answers
    for text, row in answers:
        identity = told("cisco_nxos", answers={"show version": text})[Identity]
        assert isinstance(identity, Identity)
        assert identity.release == row["os"]
        assert (identity.serial, identity.hostname) == (row["serial"], row["hostname"])
