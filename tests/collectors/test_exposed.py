"""Management that interfaces with public addresses let in, and the commands that take it out there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from checks.catalogue import catalogue
from collectors.offline import snapshots_from
from collectors.platforms.catalogue import platform
from inventory.facts import ManagementPlane
from inventory.snapshot import Snapshot

NOW = datetime(2026, 1, 1, tzinfo=UTC)

TEXTS = {
    "huawei_vrp": """sysname fw
#
interface GigabitEthernet1/0/0
 undo shutdown
 ip address {outer} 255.255.255.248
 service-manage ping permit
 service-manage ssh permit
#
interface GigabitEthernet1/0/1
 ip address 10.1.1.1 255.255.255.0
 service-manage https permit
#
return
""",
    "hillstone_stoneos": """Version 5.5R8
zone "untrust"
exit
hostname "fw"
interface ethernet0/1
  zone  "untrust"
  ip address {outer} 255.255.255.248
  manage ping
  manage ssh
exit
interface ethernet0/2
  zone  "trust"
  ip address 10.1.1.1 255.255.255.0
  manage https
exit
rule id 1
  action permit
exit
End
""",
    "fortinet_fortios": """config system global
    set hostname "fw"
end
config system interface
    edit "wan1"
        set ip {outer} 255.255.255.248
        set allowaccess ping ssh
    next
    edit "lan"
        set ip 10.1.1.1 255.255.255.0
        set allowaccess ping https ssh
    next
end
""",
    "juniper_junos": """set version 20.4R3
set system host-name fw
set security zones security-zone untrust interfaces ge-0/0/0.0 host-inbound-traffic system-services ssh
set security zones security-zone trust host-inbound-traffic system-services all
set security zones security-zone trust interfaces ge-0/0/1.0
set interfaces ge-0/0/0 unit 0 family inet address {outer}/29
set interfaces ge-0/0/1 unit 0 family inet address 10.1.1.1/24
""",
}
PLACES = {
    "huawei_vrp": "GigabitEthernet1/0/0 ssh",
    "hillstone_stoneos": "ethernet0/1 ssh",
    "fortinet_fortios": "wan1 ssh",
    "juniper_junos": "ge-0/0/0.0 ssh",
}
MENDING = {
    "huawei_vrp": "undo service-manage ssh permit",
    "hillstone_stoneos": "no manage ssh",
    "fortinet_fortios": "unselect allowaccess http https ssh telnet snmp",
    "juniper_junos": "delete security zones security-zone untrust interfaces ge-0/0/0.0 host-inbound-traffic "
    "system-services ssh",
}


def plane(name: str, text: str, folder: Path) -> ManagementPlane:
    path = folder / "fw.cfg"
    path.write_text(text, encoding="utf-8")
    ((_, told),) = snapshots_from([path], NOW, platform=platform(name), whole=True)
    assert isinstance(told, Snapshot)
    found = told.fact(ManagementPlane)
    assert isinstance(found, ManagementPlane), found
    return found


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_public_interfaces_that_let_management_in(name: str, tmp_path: Path) -> None:
    told = plane(name, TEXTS[name].format(outer="203.0.113.2"), tmp_path)
    assert told.published == (PLACES[name],)
    assert "ssh" in told.evidence.excerpt
    assert plane(name, TEXTS[name].format(outer="10.9.9.2"), tmp_path).published == ()


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_what_is_printed_takes_it_out_there(name: str, tmp_path: Path) -> None:
    check = catalogue()["management.not-published"]
    (verdict,) = check.function(plane(name, TEXTS[name].format(outer="203.0.113.2"), tmp_path))
    assert verdict.ok is False
    printed = check.remedy.commands_for(name, {"place": verdict.place, **verdict.values})
    assert MENDING[name] in [line.strip() for line in printed.splitlines()], printed


def test_what_an_interface_of_fortios_lets_in_by_ipv6(tmp_path: Path) -> None:
    six = "        config ipv6\n            set ip6-allowaccess ping ssh telnet\n        end\n    next\n"
    text = TEXTS["fortinet_fortios"].format(outer="203.0.113.2").replace("    next\n", six, 1)
    told = plane("fortinet_fortios", text, tmp_path)
    assert told.published == ("wan1 ssh", "wan1 IPv6 ssh telnet")
    check = catalogue()["management.not-published"]
    _, verdict = check.function(told)
    printed = check.remedy.commands_for("fortinet_fortios", {"place": verdict.place, **verdict.values})
    assert [line.strip() for line in printed.splitlines()][1:5] == [
        "edit wan1",
        "unselect allowaccess http https ssh telnet snmp",
        "config ipv6",
        "unselect ip6-allowaccess http https ssh telnet snmp",
    ]


def test_what_stoneos_translates_to_a_port_of_management(tmp_path: Path) -> None:
    rule = '  dnatrule id {} from "any" to "{}" service "{}" trans-to "10.2.1.10" port 22\n'
    rules = [
        rule.format(1, "203.0.113.2", "SSH"),
        rule.format(2, "10.9.9.2", "SSH"),
        rule.format(3, "203.0.113.2", "HTTPS"),
    ]
    head = 'Version 5.5R8\nhostname "fw"\nip vrouter "trust-vr"\n'
    told = plane("hillstone_stoneos", f"{head}{''.join(rules)}exit\nEnd\n", tmp_path)
    assert told.published == ("203.0.113.2 ssh",)
    check = catalogue()["management.not-published"]
    (verdict,) = check.function(told)
    printed = check.remedy.commands_for("hillstone_stoneos", {"place": verdict.place, **verdict.values})
    assert [line.strip() for line in printed.splitlines()][1:3] == ["ip vrouter trust-vr", "no dnatrule id 1"]


def test_a_zone_lets_in_on_all_of_its_interfaces(tmp_path: Path) -> None:
    text = TEXTS["juniper_junos"].format(outer="10.9.9.2").replace("10.1.1.1/24", "198.51.100.1/24")
    assert plane("juniper_junos", text, tmp_path).published == ("ge-0/0/1.0 all",)


def test_an_interface_of_a_usg_whose_policy_decides(tmp_path: Path) -> None:
    text = TEXTS["huawei_vrp"].format(outer="203.0.113.2").replace(" undo shutdown\n", " undo service-manage enable\n")
    assert plane("huawei_vrp", text, tmp_path).published == ()
