"""Whose text it is: a few lines of a configuration, left-overs of terminals, systems that are not read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.offline import snapshots_from
from collectors.platforms.catalogue import recognised
from inventory.errors import Missing
from inventory.facts import (
    Accounts,
    Banner,
    Fact,
    Filtering,
    Identity,
    Interfaces,
    Logging,
    RemoteAccess,
    Routes,
    SnmpAgent,
    SshServer,
    TimeSync,
)
from inventory.snapshot import Snapshot

IOS_SWITCH = """\
hostname floor-2
!
vtp mode transparent
!
interface GigabitEthernet0/7
 switchport access vlan 30
 spanning-tree portfast
!
end
"""
IOS_ROUTER = (
    "interface Serial0/0\n ip address 192.0.2.1 255.255.255.252\n!\nip cef\nrouter eigrp 7\n network 192.0.2.0\n"
)
NXOS = "hostname pod-3\nfeature vpc\nvrf context keepalive\nline console\nline vty\n"
ASA = "hostname gate\nssh 192.0.2.0 255.255.255.0 office\nssh timeout 12\n"
ASA_RULES = (
    "access-list from_dmz extended permit tcp any host 192.0.2.80 eq 443\naccess-group from_dmz in interface dmz\n"
)
PIX = "nameif ethernet1 office security100\nconduit permit icmp any any\n"
JUNOS = "protocols {\n    bgp {\n        group peers {\n            family inet {\n                unicast;\n"
JUNOS += "            }\n        }\n    }\n}\n"
FORTIOS = 'config log syslogd setting\n    set server "192.0.2.9"\nend\n'
FRR = "router ospf\n ospf router-id 192.0.2.1\n network 192.0.2.0/25 area 0.0.0.3\nexit\n"
QUAGGA = "! -*- zebra -*-\nhostname edge\npassword secretword\nline vty\n"
SSHD_DROP_IN = "# what the hardening role writes\nPasswordAuthentication no\nX11Forwarding no\n"
SSHD_TIGHT = "PermitRootLogin=no\nPort 2022\n"

XR = "!! IOS XR Configuration 7.3.2\nhostname p1\ninterface MgmtEth0/RP0/CPU0/0\n ipv4 address 192.0.2.1/24\n!\nend\n"
XR_BARE = "hostname p1\nrouter static\n address-family ipv4 unicast\n!\nroute-policy PASS\n  pass\nend-policy\n!\nend\n"
EOS = "! Command: show running-config\n! device: tor1 (DCS-7050, EOS-4.27.1F)\nhostname tor1\nspanning-tree mode mstp\n"
EOS += "interface Ethernet1\n   switchport trunk allowed vlan 7\nrouter bgp 65001\n   router-id 192.0.2.1\nend\n"
SSH_CLIENT = "Host *\n    PasswordAuthentication no\n    SendEnv LANG\nHostKeyAlgorithms ssh-ed25519\n"
VYOS = "set interfaces ethernet eth0 address 192.0.2.1/24\nset system login user vyos level admin\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (IOS_SWITCH, "cisco_ios"),
        (IOS_ROUTER, "cisco_ios"),
        (NXOS, "cisco_nxos"),
        (ASA, "cisco_asa"),
        (ASA_RULES, "cisco_asa"),
        (PIX, "cisco_asa"),
        (JUNOS, "juniper_junos"),
        (FORTIOS, "fortinet_fortios"),
        (FRR, "frr"),
        (QUAGGA, "frr"),
        (SSHD_DROP_IN, "linux"),
        (SSHD_TIGHT, "linux"),
    ],
)
def test_a_few_lines_tell_whose_they_are(text: str, name: str) -> None:
    assert recognised(text) == name


ICX = "ver 08.0.95dT213\nvlan 7 name desks by port\n tagged ethe 1/1/1\n!\nhostname closet\nip dns domain-list x.cn\n"
DELL = "! Version 9.14(2.4P5)\nhostname rack\ninterface TenGigabitEthernet 1/1\n no shutdown\n!\nline vty 0\n!\nend\n"
OTHERS = {"xr": XR, "xr bare": XR_BARE, "eos": EOS, "ssh": SSH_CLIENT, "vyos": VYOS, "icx": ICX, "dell": DELL}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_what_is_not_read_is_not_taken_for_its_neighbour(text: str) -> None:
    assert recognised(text) is None


def test_a_certain_sign_outweighs_many_hints() -> None:
    """RGOS is written as IOS is; its version line alone tells them apart."""
    shared = "service password-encryption\naaa new-model\nip http server\nline con 0\nline vty 0 4\nend\n"
    assert recognised(shared) == "cisco_ios"
    assert recognised(f"version S5750_RGOS 11.4(1)B12\n{shared}") == "ruijie_rgos"
    assert recognised(f"enable service ssh-server\n{shared}") == "ruijie_rgos"
    assert recognised(f"interface GigabitEthernet 0/1\n{shared}") == "cisco_ios", "as people type it"


ROUTER = "version 15.2\nhostname edge\ninterface Ethernet0/0\n ip address 192.0.2.1 255.255.255.0\n!\nline vty 0 4\n"
ROUTER += " transport input telnet\n!\nend\n"


@pytest.mark.parametrize(
    "as_captured",
    [
        ROUTER.encode(),
        b"\xef\xbb\xbf" + ROUTER.encode(),
        ROUTER.replace("\n", "\r\n").encode(),
        ROUTER.replace("\n", "\r\n").encode("utf-16"),
        ROUTER.replace(" address ", "\xa0address\xa0").encode(),
        ROUTER.replace("hostname", "\x1b[24;1H\x1b[2Khostname").encode(),
        ROUTER.replace("interface", " --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\binterface").encode(),
        f"edge#sh run\nBuilding configuration...\n\nCurrent configuration : 99 bytes\n!\n{ROUTER}edge#exit\n".encode(),
        f"# Lab 3\n\n```\n{ROUTER}```\n\n[Back](index.md) to the ip plan\n".encode(),
        f"edge#sh startup-config\nUsing 180 out of 262136 bytes\n!\n{ROUTER}\nedge#\n".encode(),
    ],
    ids=[
        "plain",
        "mark of UTF-8",
        "DOS",
        "UTF-16",
        "hard blanks",
        "escapes",
        "paging",
        "terminal",
        "Markdown",
        "startup",
    ],
)
def test_what_terminals_leave_changes_no_fact(as_captured: bytes, tmp_path: Path) -> None:
    (tmp_path / "edge.txt").write_bytes(as_captured)
    [(_, found)] = snapshots_from([tmp_path / "edge.txt"], datetime(2026, 1, 1, tzinfo=UTC))
    assert isinstance(found, Snapshot)
    identity, access = found.facts[Identity], found.facts[RemoteAccess]
    assert isinstance(identity, Identity)
    assert identity.hostname == "edge"
    assert isinstance(access, RemoteAccess)
    assert (access.telnet, access.ssh) == (True, False)


IOS_LINES = (
    "hostname far\n{}ip access-list standard DESK\n permit 192.0.2.0 0.0.0.255\n{}line con 0\n exec-timeout 3 0\n{}"
    "line vty 0 4\n access-class DESK in\n exec-timeout 7 0\n transport input ssh\n{}ntp server 192.0.2.5\n{}end\n"
)
NXOS_LINES = (
    "hostname far\nfeature lacp\n{}interface mgmt0\n vrf member management\n{}line console\n exec-timeout 3\n{}"
    "line vty\n exec-timeout 7\n access-class DESK in\n{}snmp-server community x group vdc-admin\n{}end\n"
)


@pytest.mark.parametrize("mark", ["!\n", ""], ids=["with its marks", "without marks"])
@pytest.mark.parametrize(("name", "text"), [("cisco_ios", IOS_LINES), ("cisco_nxos", NXOS_LINES)])
def test_lost_indentation_changes_no_fact(name: str, text: str, mark: str, tmp_path: Path) -> None:
    shown = text.replace("{}", mark)
    for flat in (shown, "\n".join(line.strip() for line in shown.split("\n"))):
        assert recognised(flat) == name
        (tmp_path / "far.txt").write_text(flat)
        [(_, found)] = snapshots_from([tmp_path / "far.txt"], datetime(2026, 1, 1, tzinfo=UTC))
        assert isinstance(found, Snapshot)
        access = found.facts[RemoteAccess]
        assert isinstance(access, RemoteAccess)
        [vty] = [line for line in access.lines if line.remote]
        assert (vty.acl_ipv4, vty.idle_timeout_s) == ("DESK", 420)


def test_an_argument_of_sshd_ends_at_a_remark(tmp_path: Path) -> None:
    (tmp_path / "sshd_config").write_text('PermitRootLogin no  # never\nMaxAuthTries 3 # tries\nBanner "/etc/a #b"\n')
    [(_, found)] = snapshots_from([tmp_path / "sshd_config"], datetime(2026, 1, 1, tzinfo=UTC))
    assert isinstance(found, Snapshot)
    server = found.facts[SshServer]
    assert isinstance(server, SshServer)
    assert (server.permit_root_login, server.max_auth_tries) == ("no", 3)


PARTS = [
    (
        'config system interface\n    edit "wan"\n        set allowaccess ping ssh\n    next\nend\n',
        {RemoteAccess, Interfaces},
        {SnmpAgent, Logging, TimeSync, Routes, Accounts, Banner},
    ),
    (
        (
            "firewall {\n    family inet {\n        filter IN {\n            term a {\n                then accept;\n"
            "            }\n        }\n    }\n}\n"
        ),
        {Filtering},
        {RemoteAccess, SnmpAgent, Logging, TimeSync, Routes, Interfaces, Banner},
    ),
]


@pytest.mark.parametrize(("text", "told", "untold"), PARTS, ids=["FortiOS", "Junos"])
def test_what_a_part_does_not_show_is_not_absent(
    text: str, told: set[type[Fact]], untold: set[type[Fact]], tmp_path: Path
) -> None:
    (tmp_path / "part.txt").write_text(text)
    [(_, found)] = snapshots_from([tmp_path / "part.txt"], datetime(2026, 1, 1, tzinfo=UTC))
    assert isinstance(found, Snapshot)
    assert {kind for kind in told if isinstance(found.facts[kind], Missing)} == set()
    assert {kind for kind in untold if not isinstance(found.facts[kind], Missing)} == set()
    [(_, found)] = snapshots_from([tmp_path / "part.txt"], datetime(2026, 1, 1, tzinfo=UTC), whole=True)
    assert isinstance(found, Snapshot)
    assert {kind for kind in untold - {Routes} if isinstance(found.facts[kind], Missing)} == set()


def test_blocks_of_fortios_that_nobody_closed_nest_by_indentation(tmp_path: Path) -> None:
    text = 'config system global\n  set hostname "edge"\nconfig system interface\n  edit "wan"\n'
    text += (
        '    set allowaccess ssh\n  next\nconfig log syslogd setting\n  set status enable\n  set server "192.0.2.9"\n'
    )
    (tmp_path / "edge.conf").write_text(text)
    for whole in (False, True):
        [(_, found)] = snapshots_from([tmp_path / "edge.conf"], datetime(2026, 1, 1, tzinfo=UTC), whole=whole)
        assert isinstance(found, Snapshot)
        access, logging = found.facts[RemoteAccess], found.facts[Logging]
        assert isinstance(access, RemoteAccess) is isinstance(logging, Logging) is whole
    assert isinstance(access, RemoteAccess)
    assert (access.ssh, access.telnet) == (True, False)
    assert isinstance(logging, Logging)
    assert logging.hosts == ("192.0.2.9",)


def test_a_backup_of_fortios_ends_with_routing(tmp_path: Path) -> None:
    head = "#config-version=FGT60F-7.0.5-FW-build0304-220328:opmode=0:vdom=0:user=a\nconfig system global\n"
    head += '    set hostname "edge"\nend\n'
    for rest, kind in (("", Missing), ("config router static\nend\n", Logging)):
        (tmp_path / "edge.conf").write_text(head + rest)
        [(_, found)] = snapshots_from([tmp_path / "edge.conf"], datetime(2026, 1, 1, tzinfo=UTC))
        assert isinstance(found, Snapshot)
        assert isinstance(found.facts[Logging], kind)
        assert isinstance(found.facts[Banner], Banner)


@pytest.mark.parametrize(
    "line",
    [
        "snmp-server host 192.0.2.5 vrf m version 2c traps-wordly  bgp config",
        "snmp-server host 192.0.2.5 inform version 2c wordly",
        "snmp-server host 192.0.2.5 trap wordly",
        "enable algorithm-type scrypt secret wordly",
        "username clerk secret <wordly7",
        "username clerk secret 0 ****wordly",
        "username clerk password 1234wordly",
        "snmp-server community <wordly RO",
    ],
)
def test_words_of_older_and_newer_ios_stay_secret(line: str, tmp_path: Path) -> None:
    (tmp_path / "edge.txt").write_text(ROUTER.replace("interface", f"{line}\ninterface", 1))
    [(_, found)] = snapshots_from([tmp_path / "edge.txt"], datetime(2026, 1, 1, tzinfo=UTC))
    assert isinstance(found, Snapshot)
    assert "wordly" not in repr(found.facts)
    assert "***" in repr(found.facts)


@pytest.mark.parametrize("word", ["<removed>", "<SECRET-1>", "<taken out>", "********"])
def test_what_was_blotted_out_tells_no_form_of_storage(word: str, tmp_path: Path) -> None:
    lines = f"username one secret {word}\nusername two password {word}\nusername three password 7 {word}"
    (tmp_path / "edge.txt").write_text(ROUTER.replace("interface", f"{lines}\ninterface", 1))
    [(_, found)] = snapshots_from([tmp_path / "edge.txt"], datetime(2026, 1, 1, tzinfo=UTC))
    assert isinstance(found, Snapshot)
    accounts = found.facts[Accounts]
    assert isinstance(accounts, Accounts)
    told = {account.name: account.storage for account in accounts.items}
    assert (told["one"], told["two"], told["three"]) == (None, None, "type7")
