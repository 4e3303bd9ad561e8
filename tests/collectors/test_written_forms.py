"""Statements as products and people write them, by the names of the corpus."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from collectors.offline import snapshots_from

RGOS = "version S5760X_RGOS 12.5(4)B0102\nhostname AGG\n!\n"
SWITCH = "!Software Version V200R019C00SPC500\n#\nsysname AGG\n#\n"
YUNSHAN = "!Software Version V600R022C00SPC500\n#\nsysname AGG\n#\n"
VTY = "user-interface vty 0 4\n#\n"
ZXROS = "!<system-user>\nsystem-user\n$\n!</system-user>\n!<telnet>\nline telnet server disable\n!</telnet>\n"
COMWARE = "#\n sysname AGG\n#\n password-recovery enable\n#\n"


def test_words_without_their_form_are_plain_and_masked(tmp_path: Path, config_facts: ModuleType) -> None:
    for text in (
        f"{SWITCH}aaa\n local-user ops password Gate#Seven7\n local-user ops privilege level 15\n#\nreturn\n",
        f"{COMWARE}local-user ops class manage\n password Gate#Seven7\n#\nreturn\n",
    ):
        path = tmp_path / "agg.cfg"
        path.write_text(text, encoding="utf-8")
        assert config_facts.facts_of(path)["password_storage"] == "plaintext"
        assert "Seven7" not in repr(list(snapshots_from([path], datetime.now(UTC))))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            (
                f"{RGOS}logging server oob 192.0.2.1\nlogging server vrf mgmt 192.0.2.2\nntp server oob 192.0.2.3\n"
                "ntp server vrf mgmt domain ntp.example.net\n"
                "expert access-list extended e1\n 10 permit etype-any any any\n!\nmac access-list extended 700\nend\n"
            ),
            {
                "syslog_hosts": ["192.0.2.1", "192.0.2.2"],
                "ntp_servers": ["192.0.2.3", "ntp.example.net"],
                "acl_count": 2,
            },
        ),
        (
            (
                'Version 5.5R8\nip vrouter "trust-vr"\n  snatrule id 1 from "192.0.2.1" to "198.51.100.1" s\n'
                'ticky\n  ip route 0.0.0.0/0 192.0.2.254\nexit\nhostname "EDGE"\nEnd\n'
            ),
            {"default_route": True},  # behind the rest of a line that the terminal broke
        ),
        # Of a switch of this release Telnet is off without a word; of a router its head would be another.
        (f"{SWITCH}interface GigabitEthernet0/0/1\n#\nreturn\n", {"telnet_enabled": False}),
        (
            "[V200R010C00]\n#\n sysname AR\n#\n aaa\n#\ninterface GigabitEthernet0/0/1\n#\nreturn\n",
            {"telnet_enabled": None},
        ),
        (
            (
                f"{YUNSHAN}undo telnet server-source all-interface\n#\ninterface GE1/0/1\n#\n{VTY}"
                "web-manager enable port 443\n#\nreturn\nas found on the day of the visit\n"
            ),
            {"telnet_enabled": False, "vty_telnet_permitted": None, "http_enabled": False, "https_enabled": True},
        ),
        (
            (
                f"{SWITCH}interface Vlanif 1\n ipv6 enable\n#\ninterface Vlanif 2\n ipv6 enable\n#\n"
                "header login information #\nstelnet server enable\n#\n\n#\nsave\n"
            ),
            {"ipv6_interfaces": 2, "banner_present": True, "ssh_enabled": False, "vty_acl_present": False},
        ),
        # The generation by what only one has, where the head is gone.
        (
            (
                f"{COMWARE}line vty 0 63\n authentication-mode scheme\n#\n"
                "local-user a class manage\n password sim Ab3#\n#\nreturn\n"
            ),
            {
                "telnet_enabled": False,
                "https_enabled": False,
                "vty_telnet_permitted": True,
                "password_storage": "plaintext",
            },
        ),
        (
            f"{COMWARE}local-user a\n authorization-attribute level 3\n#\nuser-interface vty 0 4\n#\nreturn\n",
            {"telnet_enabled": None, "ssh_v1_allowed": True, "ipv6_enabled_globally": False},
        ),
        # Whatever its port, what forwards to it by HTTP is the secure one.
        (
            f"{YUNSHAN}{VTY}web-manager enable port 8443\nweb-manager http forward enable\n#\nreturn\n",
            {"http_enabled": False, "https_enabled": True},
        ),
        (
            (
                "!Software Version V500R005C20SPC500\n#\nfirewall zone trust\n#\ninterface GigabitEthernet1/0/0\n#\n"
                "web-manager enable port 8080\nweb-manager security enable port 8443\n#\nreturn\n"
            ),
            {"http_enabled": True, "https_enabled": True},
        ),
        (
            f"{SWITCH}telnet server-source -i Vlanif1\n#\ninterface Vlanif1\n#\n{VTY}return\n",
            {"telnet_enabled": False},  # where it would listen, if it did
        ),
        # Who only gets into networks is no account of the device.
        (
            (
                f"{SWITCH}aaa\n local-user a password irreversible-cipher $1a$x$y$\n local-user a service-type ssh\n"
                " local-user a state block fail-times 3 interval 5\n local-user b password cipher %^%#x%^%#\n"
                f" local-user b service-type 8021x web\n#\ninterface Vlanif1\n#\n{VTY}return\n"
            ),
            {"password_storage": "strong", "login_lockout": True},
        ),
        (
            (
                "#\n version 5.20, Release 2221P02\n#\nlocal-user a\n password hash $h$6$x$y==\n service-type ssh\n#\n"
                "local-user b\n password simple b\n service-type lan-access\n#\nuser-interface vty 0 4\n#\nreturn\n"
            ),
            {"password_storage": "strong"},
        ),
        # A line that tells how users prove who they are takes nothing of the protocols of its class.
        (
            (
                f"{COMWARE}line class vty\n acl 2000 inbound\n protocol inbound ssh\n#\n"
                "line vty 0 63\n authentication-mode scheme\n#\nreturn\n"
            ),
            {"vty_acl_present": True, "vty_telnet_permitted": True},
        ),
        (
            f"{COMWARE}line class vty\n protocol inbound ssh\n#\nline vty 0 63\n user-role network-admin\n#\nreturn\n",
            {"vty_telnet_permitted": False},
        ),
        (
            (
                'Version 5.5R8\nip vrouter "trust-vr"\nexit\nhostname "EDGE"\ninterface ethernet0/0\n  manage telnet\n'
                "  manage https\nexit\ninterface ethernet0/0\n  no manage telnet\nexit\nEnd\n"
            ),
            {"telnet_enabled": False, "https_enabled": True},
        ),
        (
            f"{ZXROS}!<ssh>\nssh server enable listen 50022\n!</ssh>\n",
            {"telnet_enabled": False, "ssh_enabled": True, "ssh_v1_allowed": False},
        ),
        # Somebody must get in: where both are off, Telnet is not.
        (f"{ZXROS}!<ssh>\nssh server disable\n!</ssh>\n", {"telnet_enabled": True, "ssh_enabled": False}),
        # Scripts of changes: what they take back further on is none of the device's.
        (
            (
                f"{SWITCH}info-center loghost 192.0.2.1 facility local5\n"
                'ntp-service unicast-server 192.0.2.2 preference\nheader login information "Keep out"\n'
                "snmp-agent community read public\ntelnet server enable\n"
                "acl number 2000\n rule 5 permit\n#\nip route-static 0.0.0.0 0.0.0.0 192.0.2.254\n"
                "aaa\n local-user a password cipher %^%#x%^%#\n local-user a service-type telnet\n"
                " local-user b password irreversible-cipher $1a$x$y$\n local-user b service-type ssh\n#\n"
                "user-interface vty 0 4\n acl 2000 inbound\n authentication-mode none\n idle-timeout 0 0\n"
                " protocol inbound all\n#\n"
                "undo info-center loghost 192.0.2.1\nundo ntp-service unicast-server 192.0.2.2\n"
                "undo snmp-agent community public\nundo telnet server enable\nundo header login\n"
                "undo ip route-static 0.0.0.0 0.0.0.0\naaa\n undo local-user a\n#\n"
                "user-interface vty 0 4\n undo acl inbound\n authentication-mode aaa\n undo idle-timeout\n"
                " protocol inbound ssh\n#\nreturn\n"
            ),
            {
                "syslog_hosts": [],
                "ntp_servers": [],
                "snmp_community_present": False,
                "snmp_default_community": False,
                "telnet_enabled": False,
                "banner_present": False,
                "default_route": False,
                "password_storage": "strong",
                "vty_acl_present": False,
                "vty_telnet_permitted": False,
                "idle_timeout_minutes": "unset",
            },
        ),
        (
            (
                f"{COMWARE}info-center loghost 192.0.2.1\nsnmp-agent community write simple private acl 2000\n"
                "snmp-agent community read simple Qx7Zw4k9\nip http enable\npassword-control enable\n"
                "local-user a class manage\n password simple a\n#\nline vty 0 63\n acl 2000 inbound\n"
                " idle-timeout 0 0\n#\nundo info-center loghost 192.0.2.1\nundo snmp-agent community simple private\n"
                "undo ip http enable\nundo password-control enable\nundo local-user a class manage\nline vty 0 63\n"
                " undo acl inbound\n idle-timeout 5 0\n#\nreturn\n"
            ),
            {
                "syslog_hosts": [],
                "snmp_community_present": True,
                "snmp_default_community": False,
                "http_enabled": False,
                "vty_acl_present": False,
                "idle_timeout_minutes": 5,
            },
        ),
        (
            (
                f"{RGOS}enable service telnet-server\nlogging server 192.0.2.1\nusername a password a\n"
                "username b password 7 0132564a\nsnmp-server community public ro\nline vty 0 4\n"
                " transport input telnet\n!\nno enable service telnet-server\nno logging server 192.0.2.1\n"
                "no username a\nno snmp-server community public\nline vty 0 4\n transport input ssh\n!\nend\n"
            ),
            {
                "telnet_enabled": False,
                "vty_telnet_permitted": False,
                "syslog_hosts": [],
                "password_storage": "type7",
                "snmp_community_present": False,
            },
        ),
        (
            (
                f"{ZXROS}ntp server 192.0.2.1 priority 1\nsyslog-server host 192.0.2.2\n"
                "snmp-server community public view AllView ro\nno ntp server 192.0.2.1\n"
                "no syslog-server host 192.0.2.2\nno snmp-server community public\nend\n"
            ),
            {"ntp_servers": [], "syslog_hosts": [], "snmp_community_present": False},
        ),
        (
            (
                'Version 5.5R8\nip vrouter "trust-vr"\nexit\nhostname "EDGE"\nntp server 192.0.2.1 prefer\n'
                "snmp-server host 192.0.2.2 version 2c community public ro\n"
                "no ntp server 192.0.2.1\nno snmp-server host 192.0.2.2\nEnd\n"
            ),
            {"ntp_servers": [], "snmp_community_present": False},
        ),
    ],
    ids=[
        "RGOS",
        "StoneOS",
        "S switch",
        "AR router",
        "YunShan",
        "blanks and banner",
        "Comware 7",
        "Comware 5",
        "web of YunShan",
        "web of USG",
        "source of Telnet",
        "networks of VRP",
        "networks of Comware",
        "class of lines",
        "class alone",
        "taken back on StoneOS",
        "SSH of ZXROS 5",
        "neither SSH nor Telnet of ZXROS 5",
        "script for VRP",
        "script for Comware",
        "script for RGOS",
        "script for ZXROS",
        "script for StoneOS",
    ],
)
def test_statements_tell_what_they_are_written_for(
    text: str, wanted: dict[str, Any], tmp_path: Path, config_facts: ModuleType
) -> None:
    path = tmp_path / "agg.cfg"
    path.write_text(text, encoding="utf-8")
    found = config_facts.facts_of(path)
    assert {name: found[name] for name in wanted} == wanted
