"""Forms of statements that few configurations have, by the names of the corpus."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from textwrap import indent
from types import ModuleType
from typing import Any

import pytest

from collectors.config_text import evenly
from collectors.offline import snapshots_from

VRP = "!Software Version V200R019C00SPC500\n#\nsysname AGG\n#\n"
COMWARE = "#\n version 7.1.070, Release 6710P03\n#\n sysname AGG\n#\n"
LINES = "line vty 0 63\n authentication-mode scheme\n"
ASA = "ASA Version 9.8(2)\n!\nhostname EDGE\n!\ninterface GigabitEthernet0/0\n nameif outside\n security-level 0\n!\n"
IOS = "version 15.2\nservice timestamps log datetime\n!\nhostname AGG\n!\n"
RGOS = "version S5760X_RGOS 12.5(4)B0102\nhostname AGG\n!\n"
ZXROS = "version V4.8.11.01\n!\nhostname ZXR10\n!\n"
STONEOS = 'Version 5.5R8\nip vrouter "trust-vr"\nexit\nzone "trust"\nexit\n'


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "PermitRootLogin no\nMatch Address *,!192.0.2.0/24\n\tDenyUsers *\n",
            {"vty_acl_present": True, "permit_root_login": "no"},
        ),
        # Each family has a line of its own: one that is on will do.
        (f"{VRP}stelnet ipv4 server enable\nundo stelnet ipv6 server enable\n#\nreturn\n", {"ssh_enabled": True}),
        (f"{VRP}undo stelnet ipv4 server enable\n#\nreturn\n", {"ssh_enabled": False}),
        # Accounts at the top, as VRP 3 has them, and deeper than they are.
        (
            f"{VRP}local-user ops\n password simple abc\n#\nreturn\n",
            {"password_storage": "plaintext"},
        ),
        (
            f"{VRP}aaa\n undo local-user policy security-enhance\n  local-user op password simple a\n#\nreturn\n",
            {"password_storage": "plaintext"},
        ),
        (
            f"{VRP}aaa\n administrator remote authen-fail retry-interval 5 retry-time 3 block-time 5\n#\nreturn\n",
            {"login_lockout": True},
        ),
        (f"{VRP}aaa\n local-user authentication lock times 5 5\n#\nreturn\n", {"login_lockout": True}),
        (f"{VRP}aaa\n undo administrator remote authen-fail\n#\nreturn\n", {"login_lockout": False}),
        (f"{VRP}ip route-static topology base 0.0.0.0 0.0.0.0 192.0.2.1\n#\nreturn\n", {"default_route": True}),
        (f"{COMWARE}{LINES} acl name managers inbound\n#\nreturn\n", {"vty_acl_present": True}),
        (f"{COMWARE}{LINES} acl mac 4000 inbound\n#\nreturn\n", {"vty_acl_present": True}),
        (
            f"{COMWARE} attack-defense login enable\n attack-defense login max-attempt 3\n#\nreturn\n",
            {"login_lockout": True},
        ),
        (f"{COMWARE} attack-defense login reauthentication-delay 5\n#\nreturn\n", {"login_lockout": False}),
        (
            f"{COMWARE} sntp authentication enable\n sntp unicast-server 192.0.2.1 authentication-keyid 1\n#\nreturn\n",
            {"ntp_auth": True, "ntp_servers": ["192.0.2.1"]},
        ),
        (
            f"{COMWARE}bgp 65001\n #\n ip vpn-instance v\n  #\n  address-family ipv6 unicast\n#\nreturn\n",
            {"ipv6_routing_protocols": ["bgp"]},
        ),
        (f"{ASA}access-list a advanced permit ip any any rule-id 9\n: end\n", {"acl_count": 1}),
        (f"{ASA}snmp-server community 0 public\n: end\n", {"snmp_default_community": True}),
        (f"{ASA}snmp-server community 8 Uf3xQ9\n: end\n", {"snmp_default_community": None}),
        (f"{RGOS}snmp-server community 0 public view default ro 5\nend\n", {"snmp_default_community": True}),
        (f"{RGOS}snmp-server community 0 ro\nend\n", {"snmp_default_community": False}),
        (f"{ASA}enable password Uf3xQ9 level 5 encrypted\n: end\n", {"password_storage": "md5"}),
        (
            f"{IOS}snmp-server user ops staff remote 192.0.2.1 v3 auth sha Ab3 priv aes 128 Cd4\nend\n",
            {"snmpv3_priv": True},
        ),
        (f"{IOS}snmp-server host 192.0.2.1 use-vrf management\nend\n", {"snmp_community_present": False}),
        (
            f"{RGOS}snmp-server host oob 192.0.2.1 traps version 2c public via mgmt 0\nend\n",
            {"snmp_default_community": True},
        ),
        (
            f"{RGOS}snmp-server host ipv6 2001:db8::1 informs version 2c 7 0a3b9c\nend\n",
            {"snmp_community_present": True, "snmp_default_community": None},
        ),
        (
            f"{RGOS}webmaster level 0 username ops password 7 0132564a\nusername ops secret 8 $1c$Uf3xQ9\nend\n",
            {"password_storage": "type7"},
        ),
        (
            f"{RGOS}interface Mgmt 0\n ip address 192.0.2.2 255.255.255.0\n gateway 192.0.2.1\n!\nend\n",
            {"default_route": True},
        ),
        (f"{RGOS}ip ssh access-class 10\n!\nline vty 0 4\n login local\n!\nend\n", {"vty_acl_present": True}),
        (f"{ZXROS}ip route mng 0.0.0.0 0.0.0.0 192.0.2.1\nend\n", {"default_route": True}),
        (f"{ZXROS}syslog-server host mng 192.0.2.1\nend\n", {"syslog_hosts": ["192.0.2.1"]}),
        (f"{ZXROS}syslog-server host ipv6 2001:db8::1\nend\n", {"syslog_hosts": ["2001:db8::1"]}),
        (f"{ZXROS}ntp server mng 192.0.2.1 priority 1\nend\n", {"ntp_servers": ["192.0.2.1"]}),
        (f"{ZXROS}acl ipv6 extended number 2500\n  rule 1 permit ipv6 any any\nend\n", {"acl_count": 1}),
        (
            f"{STONEOS}logging syslog additional-information\nlogging syslog 192.0.2.1 udp 514 type event\nEnd\n",
            {"syslog_hosts": ["192.0.2.1"]},
        ),
        (
            f'{STONEOS}admin user "ops"\n  password hash-sha512 Uf3xQ9\nexit\nhostname "EDGE"\nEnd\n',
            {"password_storage": "strong"},
        ),
    ],
)
def test_rarer_forms(tmp_path: Path, config_facts: ModuleType, text: str, wanted: dict[str, Any]) -> None:
    path = tmp_path / "agg.cfg"
    path.write_text(text, encoding="utf-8")
    found = config_facts.facts_of(path)
    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize("margin", ["    ", "\t"])
def test_a_margin_that_all_lines_have_changes_nothing(tmp_path: Path, config_facts: ModuleType, margin: str) -> None:
    text = (
        f"{COMWARE} telnet server enable\n#\ninterface Vlan-interface1\n ipv6 address 2001:db8::1/64\n#\n"
        f"{LINES}#\n ip route-static 0.0.0.0 0 192.0.2.1\n#\nreturn\n"
    )
    path = tmp_path / "agg.cfg"
    path.write_text(text, encoding="utf-8")
    plain = config_facts.facts_of(path)
    path.write_text(indent(text, margin), encoding="utf-8")
    assert config_facts.facts_of(path) == plain
    assert plain["default_route"] is True


def test_a_margin_within_a_page_changes_nothing(tmp_path: Path, config_facts: ModuleType) -> None:
    path = tmp_path / "page.txt"
    path.write_text(APART, encoding="utf-8")
    plain = config_facts.facts_of(path)
    page = f"How the switch of the third floor is set up:\n\n{indent(APART, '    ')}\nRead it with care.\n"
    path.write_text(page, encoding="utf-8")
    assert config_facts.facts_of(path) == plain
    assert plain["ipv6_interfaces"] == 1


def test_a_mark_with_nothing_erased_leaves_the_line_as_deep_as_it_was(tmp_path: Path, config_facts: ModuleType) -> None:
    text = f"{COMWARE}interface Vlan-interface1\n  ---- More ---- ipv6 address 2001:db8::1/64\n#\n{LINES}#\nreturn\n"
    path = tmp_path / "agg.cfg"
    path.write_text(text, encoding="utf-8")
    assert config_facts.facts_of(path)["ipv6_interfaces"] == 1


@pytest.mark.parametrize(
    "line",
    [
        "snmp-server host oob 192.0.2.1 traps version 2c Gate#Seven7 via mgmt 0",
        "snmp-server host ipv6 2001:db8::1 version 2c 7 Gate#Seven7",
        "webmaster level 0 username ops secret 8 $1c$Gate#Seven7",
        "username ops  privilege 15  password  0  Gate#Seven7",
        "snmp-server community  Gate#Seven7  ro",
        "enable   secret Gate#Seven7",
    ],
)
def test_no_word_of_a_rarer_form_is_kept(tmp_path: Path, line: str) -> None:
    path = tmp_path / "agg.cfg"
    path.write_text(f"{RGOS}{line}\nend\n", encoding="utf-8")
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return ""

    found = list(snapshots_from([path], datetime.now(UTC), keep))
    assert "Seven7" not in repr(found)
    assert "hostname AGG" in "".join(kept)
    assert "Seven7" not in "".join(kept)


APART = (
    f"{COMWARE} telnet  server  enable\n#\ninterface  Vlan-interface  1\n ipv6  address 2001:db8::1/64\n#\n"
    f"line  vty  0 63\n authentication-mode   scheme\n idle-timeout  5  0\n#\n"
    " snmp-agent\n snmp-agent  community   read  public\n ip  route-static 0.0.0.0  0  192.0.2.1\n#\nreturn\n"
)


def test_blanks_between_words_count_as_one(tmp_path: Path, config_facts: ModuleType) -> None:
    path = tmp_path / "agg.cfg"
    found = []
    for text in (APART, APART.replace("   ", " ").replace("  ", " "), APART.replace("  ", "\t")):
        path.write_text(text, encoding="utf-8")
        found.append(config_facts.facts_of(path))
    assert found[0] == found[1] == found[2]
    assert found[0]["snmp_default_community"] is True
    assert (found[0]["idle_timeout_minutes"], found[0]["ipv6_interfaces"]) == (5, 1)


def test_quoted_text_keeps_its_blanks() -> None:
    assert evenly('zone  "a  b"\n\tset  x\t"c\td"  y\n') == 'zone "a  b"\n\tset x "c\td" y\n'
    assert evenly("interface Vlanif 10\ninterface range Eth 0/1\n", r"interface [A-Z]\w*") == (
        "interface Vlanif10\ninterface range Eth 0/1\n"
    )


@pytest.mark.parametrize(
    "logged",
    [
        "Apr 26 2024 12:00:01-08:00 AGG %%01IFNET/4/IF_STATE(l)[0]:Interface Vlanif1 has turned into UP state.",
        "%Apr 26 12:00:01:123 2024 AGG SHELL/5/SHELL_LOGIN: TTY logged in from con0.",
        "*Mar  1 00:01:02.123: %SYS-5-CONFIG_I: Configured from console by console",
        "%LINK-3-UPDOWN: Interface Vlan1, changed state to up",
    ],
)
def test_what_a_console_logs_in_between_is_no_statement(tmp_path: Path, config_facts: ModuleType, logged: str) -> None:
    text = f"{COMWARE}interface Vlan-interface1\n{logged}\n ipv6 address 2001:db8::1/64\n#\n{LINES}#\nreturn\n"
    path = tmp_path / "agg.cfg"
    path.write_text(text, encoding="utf-8")
    assert config_facts.facts_of(path)["ipv6_interfaces"] == 1


def test_scripts_that_indent_some_blocks_alone_are_read(tmp_path: Path, config_facts: ModuleType) -> None:
    text = (
        "sysname AGG\n\nvlan 1\n description office\nquit\n\ninterface Vlan-interface 1\nip address 192.0.2.1 24\n"
        "ipv6 address 2001:db8::1/64\nquit\n\nlocal-user ops class manage\n password simple Gate#Seven7\nquit\n\n"
        "line vty 0 63\nauthentication-mode scheme\nidle-timeout 25 0\nprotocol inbound ssh\nquit\n\n"
        "ssh server enable\nsave force\n"
    )
    path = tmp_path / "agg.cfg"
    path.write_text(text, encoding="utf-8")
    found = config_facts.facts_of(path)
    assert (found["idle_timeout_minutes"], found["vty_telnet_permitted"]) == (25, False)
    assert (found["ipv6_interfaces"], found["password_storage"], found["ssh_enabled"]) == (1, "plaintext", True)


@pytest.mark.parametrize(
    "text",
    [
        (
            f"{VRP}aaa\n authentication-scheme default\n domain default\n domain default_admin\n"
            " local-user ops password cipher %^%#abcdef%^%#\n local-user ops service-type ssh\n#\nreturn\n"
        ),
        (
            f"{VRP}aaa\n authentication-scheme default\n #\n manager-user ops\n  password cipher %@%@abcdef%@%@\n"
            "  level 15\n #\n lock-authentication failed-count 5\n#\nreturn\n"
        ),
        (
            f'{STONEOS}interface ethernet0/1\n  zone "trust"\n  ip address 192.0.2.1 255.255.255.0\n'
            '  manage telnet\nexit\nadmin user "ops"\n  password Hk9uwlZQwjMo113AkUVF\n  access ssh\nexit\n'
            'hostname "GATE"\nip vrouter "trust-vr"\n  ip route 0.0.0.0/0 192.0.2.254\nexit\nrule id 1\n'
            '  action permit\n  service "Any"\nexit\nEnd\n'
        ),
        (
            "!<if-intf>\ninterface vlan10\n  ipv6 enable\n$\n!</if-intf>\n!<system-user>\nsystem-user\n"
            "  user-name ops\n    bind authentication-template 1\n    password encrypted *21*abcdefgh\n  $\n$\n"
            "!</system-user>\n!<ssh>\nssh server enable\n!</ssh>\n"
        ),
        (
            "frr version 8.5\nfrr defaults traditional\nhostname edge\n!\ninterface swp1\n"
            " ipv6 address 2001:db8::1/64\n!\nrouter bgp 65000\n neighbor 2001:db8::2 remote-as 65001\n"
            " address-family ipv6 unicast\n  neighbor 2001:db8::2 activate\n exit-address-family\n!\nline vty\n!\n"
        ),
    ],
)
def test_the_margins_may_be_lost(tmp_path: Path, config_facts: ModuleType, text: str) -> None:
    as_written, without = tmp_path / "written.txt", tmp_path / "without.txt"
    as_written.write_text(text, encoding="utf-8")
    without.write_text("\n".join(line.strip() for line in text.split("\n")), encoding="utf-8")
    read = config_facts.facts_of(as_written)
    assert {name for name, value in read.items() if value not in (None, False, 0, [], "unset")}
    assert config_facts.facts_of(without) == read


def test_an_interface_that_is_written_twice_counts_once(tmp_path: Path, config_facts: ModuleType) -> None:
    path = tmp_path / "twice.txt"
    block = "interface Vlanif10\n ipv6 enable\n ipv6 address 2001:db8::1/64\n#\n"
    path.write_text(f"{VRP}ipv6\n#\n{block}{block}return\n", encoding="utf-8")
    assert config_facts.facts_of(path)["ipv6_interfaces"] == 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            (
                f"{VRP}Acl number 2001\n Rule 5 permit\n#\nSnmp-agent community read Some%Word\n#\n"
                "User-interface vty 0 4\n Acl 2001 inbound\n Idle-timeout 7\n Protocol inbound all\n#\nreturn\n"
            ),
            {"acl_count": 1, "vty_acl_present": True, "idle_timeout_minutes": 7, "snmp_community_present": True},
        ),
        (
            (
                f"{IOS}Username ops password 0 Some%Word\nIp route 0.0.0.0 0.0.0.0 192.0.2.1\nNo Ip http server\n"
                "Line vty 0 4\n Transport input ssh\n Exec-timeout 9\n!\nend\n"
            ),
            {"password_storage": "plaintext", "default_route": True, "idle_timeout_minutes": 9},
        ),
        (
            f"{ZXROS}Snmp-server community Some%Word view AllView ro\nLine telnet idle-timeout 8\n!\nend\n",
            {"snmp_community_present": True, "idle_timeout_minutes": 8},
        ),
    ],
)
def test_statements_may_begin_with_a_capital(
    tmp_path: Path, config_facts: ModuleType, text: str, wanted: dict[str, Any]
) -> None:
    path = tmp_path / "typed.txt"
    path.write_text(text, encoding="utf-8")
    found = config_facts.facts_of(path)
    assert {name: found[name] for name in wanted} == wanted
    assert "Some%Word" not in repr(list(snapshots_from([path], datetime.now(UTC))))


@pytest.mark.parametrize(
    ("head", "line", "end"),
    [
        (IOS, "user ops priv 15 sec 5 Some%Word", "end"),
        (IOS, "username ops pass Some%Word", "end"),
        (IOS, "ena sec 0 Some%Word", "end"),
        (IOS, "snmp-s comm Some%Word ro", "end"),
        (IOS, "line vty 0 4\n pass Some%Word", "end"),
        (VRP, "aaa\n local-u ops pass irr Some%Word", "return"),
        (VRP, "snmp-a comm read Some%Word", "return"),
        (VRP, "user-int vty 0 4\n set auth pass cip Some%Word", "return"),
        (COMWARE, "snmp-agent comm write sim Some%Word", "return"),
    ],
)
def test_what_is_written_in_fewer_letters_is_neither_absent_nor_shown(
    tmp_path: Path, config_facts: ModuleType, head: str, line: str, end: str
) -> None:
    path = tmp_path / "typed.txt"
    path.write_text(f"{head}int vlan 10\n ip add 192.0.2.1 255.255.255.0\n!\n{line}\n!\n{end}\n", encoding="utf-8")
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return ""

    assert "Some%Word" not in repr(list(snapshots_from([path], datetime.now(UTC), keep)))
    assert "Some%Word" not in "".join(kept)
    assert kept
    told = config_facts.facts_of(path)
    assert not any(told[name] is False or told[name] == [] for name in told if name != "snmp_default_community"), told
