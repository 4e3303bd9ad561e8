"""What a script leaves in effect: lines that are opened again, statements that are taken back."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

IOS = "version 15.2\nservice timestamps log datetime\n!\nhostname AGG\n!\n"
JUNOS = "set version 18.4R1\nset system host-name J\nset system services telnet\n"
FORTIOS = (
    "config system global\n set hostname EDGE\nend\nconfig system interface\n edit port1\n  set allowaccess ping ssh\n"
    "{}\n next\nend\nconfig system admin\n edit a\n  set trusthost1 192.0.2.0 255.255.255.0\n next\nend\n"
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            (
                f"{IOS}line vty 0 4\n transport input telnet\n exec-timeout 0 0\n!\nline vty 0 4\n"
                " transport input ssh\n"
                " exec-timeout 5 0\nend\n"
            ),
            {"telnet_enabled": False, "idle_timeout_minutes": 5},
        ),
        (
            (
                f"{IOS}snmp-server community public RO\nlogging host 192.0.2.1\nusername a password 0 b\n"
                "access-list 1 deny any\nno snmp-server community public\nno logging host 192.0.2.1\n"
                "no username a\nno access-list 1\n"
                "ntp server 192.0.2.1\nno ntp server 192.0.2.1\nntp server 192.0.2.1\nend\n"
            ),
            {
                "snmp_community_present": False,
                "syslog_hosts": [],
                "password_storage": None,
                "acl_count": 0,
                "ntp_servers": ["192.0.2.1"],
            },
        ),
        (f"{IOS}aaa authentication banner ^C\nusername a password 0 b\n^C\nend\n", {"password_storage": None}),
        (f"{IOS}snmp-server community 0 public RO\nend\n", {"snmp_default_community": True}),
        (
            f"{IOS}interface Gi0/1\n ipv6 ospf 1 area 0\n!\ninterface Gi0/2\n ipv6 rip a enable\nend\n",
            {"ipv6_routing_protocols": ["ospfv3", "ripng"]},
        ),
        (
            (
                f"{JUNOS}delete system services telnet\nset logical-systems a protocols ospf3 area 0 interface x\n"
                "set logical-systems a interfaces ge-0/0/9 unit 1 family inet6\n"
                "set interfaces interface-range r member-range ge-0/0/1 to ge-0/0/3\n"
                "set interfaces interface-range r member xe-1/0/0\n"
                "set interfaces interface-range r unit 0 family inet6\nset vlans v vlan-id 2\n"
            ),
            {"telnet_enabled": False, "ipv6_interfaces": 5, "ipv6_routing_protocols": ["ospfv3"]},
        ),
        (
            (
                f"{JUNOS}deactivate system services\nactivate system services\nset groups g system services ftp\n"
                "set groups g system services web-management http\nset apply-groups g\n"
                "set system services apply-groups-except g\n"
                "set snmp v3 usm remote-engine 8000 user u privacy-aes128 privacy-key x\nset interfaces lo0 unit 0\n"
                "set routing-options static route 0.0.0.0/0 discard\nset vlans v vlan-id 2\n"
            ),
            {"telnet_enabled": True, "http_enabled": False, "snmpv3_priv": True, "default_route": True},
        ),
        (
            FORTIOS.format("  append allowaccess http\n  unselect allowaccess ssh"),
            {"http_enabled": True, "ssh_enabled": False},
        ),
        (FORTIOS.format("  unset allowaccess"), {"ssh_enabled": False, "vty_acl_present": True}),
        (
            FORTIOS.format("") + "config system admin\n delete a\n edit b\n next\nend\nconfig system settings\n"
            " set opmode transparent\n set gateway 192.0.2.1\nend\nconfig router static\nend\n",
            {"vty_acl_present": False, "default_route": True},
        ),
    ],
)
def test_what_a_script_leaves(tmp_path: Path, config_facts: ModuleType, text: str, wanted: dict[str, Any]) -> None:
    path = tmp_path / "agg.cfg"
    path.write_text(text, encoding="utf-8")
    found = config_facts.facts_of(path)
    assert {name: found[name] for name in wanted} == wanted
