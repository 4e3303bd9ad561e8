"""Servers, stations, rights and logs in words of the other family, the management port or the system's own form."""

from __future__ import annotations

import pytest
from shown import told

from collectors.config_text import masked
from collectors.platforms.catalogue import platforms
from collectors.platforms.dialects.linux.services import JOURNAL, LOGGERS, RSYSLOG, UPLOAD
from inventory.facts import Accounts, Fact, Logging, Monitoring, Privileges, SnmpAgent

_RGOS = "version S5750_RGOS 11.4(1)B74\nhostname r1\n{}line vty 0 4\nend\n"
_NEXUS = (
    "version 9.3(8) Bios:version 05.42\nhostname n1\naaa authorization commands default {}\n"
    "username a role network-admin\ninterface mgmt0\nline console\nline vty\nrouter bgp 1\n"
)
_IOS = "version 15.2\nhostname r1\n{}line vty 0 4\nend\n"


@pytest.mark.parametrize(
    ("name", "text", "kind", "field", "expected"),
    [
        # Servers and stations by either family, over the management port too.
        (
            "ruijie_rgos",
            _RGOS.format(
                "tacacs-server host ipv6 2001:db8::5 key 0 x\nradius-server host oob via mgmt 0 10.1.1.6 key 7 x\n"
                "tacacs-server host 10.1.1.5\n"
            ),
            Accounts,
            "aaa_servers",
            ("2001:db8::5", "10.1.1.6", "10.1.1.5"),
        ),
        (
            "cisco_ios",
            _IOS.format("radius-server host 2001:db8::5 auth-port 1812 key x\ntacacs-server host 10.1.1.5 key x\n"),
            Accounts,
            "aaa_servers",
            ("2001:db8::5", "10.1.1.5"),
        ),
        (
            "ruijie_rgos",
            _RGOS.format(
                "snmp-server host oob 10.1.1.9 traps version 3 priv u\n"
                "snmp-server host ipv6 2001:db8::9 traps version 3 priv u\n"
            ),
            Monitoring,
            "trap_hosts",
            ("10.1.1.9", "2001:db8::9"),
        ),
        (
            "zte_zxros",
            "version V2.8.23\nhostname ZXR10-1\nsnmp-server host ipv6 2001:db8::9 trap version 3 priv u\nend\n",
            Monitoring,
            "trap_hosts",
            ("2001:db8::9",),
        ),
        (
            "cisco_nxos",
            _NEXUS.format("group T local"),
            Privileges,
            "authorised",
            True,
        ),
        (
            "cisco_nxos",
            _NEXUS.format("local"),
            Privileges,
            "authorised",
            False,
        ),
    ],
)
def test_words_for_servers_and_rights(name: str, text: str, kind: type[Fact], field: str, expected: object) -> None:
    assert getattr(told(name, text)[kind], field) == expected


@pytest.mark.parametrize(
    ("journal", "days"),
    [
        ("[Journal]\nMaxRetentionSec=6month\n", 182),
        ("[Journal]\n#MaxRetentionSec=1day\nMaxRetentionSec=26w 4d\n", 186),
        ("MaxRetentionSec=15552000\n", 180),
        ("MaxRetentionSec=6month\nMaxRetentionSec=30day\n", 30),  # of a file read later
        ("MaxRetentionSec=0\n", None),
        ("MaxRetentionSec=6month\nStorage=volatile\n", None),
        ("[Journal]\n#Storage=auto\n", None),
    ],
)
def test_a_host_that_keeps_a_journal_alone(journal: str, days: int | None) -> None:
    answers = {
        LOGGERS: "inactive\ninactive\nactive\n",
        JOURNAL: journal,
        UPLOAD: "[Upload]\nURL=https://[2001:db8::9]:19532\n",
    }
    found = told("linux", answers=answers)[Logging]
    assert isinstance(found, Logging)
    assert (found.enabled, found.timestamps, found.retention_days) == (True, True, days)
    assert found.hosts == ("2001:db8::9",)
    with_files = told(
        "linux", answers={**answers, LOGGERS: "active\ninactive\nactive\n", RSYSLOG: "*.* /var/log/all\n"}
    )
    assert isinstance(with_files[Logging], Logging)
    assert with_files[Logging].retention_days is None


@pytest.mark.parametrize(
    ("name", "line"),
    [
        *((name, " area 0 authentication ipsec spi 256 sha1 {}") for name in ("cisco_ios", "cisco_nxos", "cisco_asa")),
        ("ruijie_rgos", " area 0 encryption ipsec spi 256 esp des 0 {} md5 0 {}"),
        ("ruijie_rgos", " vrrp ipv6 1 authentication {}"),
        ("ruijie_rgos", " area-password 0 {}"),
        ("zte_zxros", "    authentication ipsec spi 256 sha1 {}"),
        ("zte_zxros", "  vrrp 1 authentication {}"),
        ("zte_zxros", "snmp-server user u g v3 auth md5 encrypted {} priv des56 encrypted {}"),
        ("zte_zxros", "snmp-server user u g v3 auth md5 {} priv des56 {}"),
        ("zte_zxros", "  server 1 10.1.1.5 master key {} port 1812"),
        ("huawei_vrp", " vrrp vrid 1 authentication-mode simple plain {}"),
        ("huawei_vrp", " isis authentication-mode md5 {}"),
        ("huawei_vrp", " rip authentication-mode md5 usual {}"),
        ("huawei_vrp", "  vlink-peer 10.1.1.1 md5 1 {}"),
        ("huawei_vrp", " md5-password plain 10.1.1.1 {}"),
        ("huawei_vrp", "  security wpa2 psk pass-phrase {} aes"),
        ("huawei_vrp", " sa authentication-hex inbound ah {}"),
        ("huawei_vrp", " ldap-server authentication manager cn=a {} {}"),
        ("huawei_vrp", "ntp-service authentication-keyid 1 authentication-mode md5 {}"),
        ("huawei_vrp", " set authentication password {}"),
        ("h3c_comware", " ospf authentication-mode md5 1 {}"),
        ("h3c_comware", " peer 2001:db8::1 password {}"),
        ("h3c_comware", " pre-shared-key {}"),
        ("h3c_comware", " ppp pap local-user u password {}"),
        ("h3c_comware", "radius-server client ip 10.1.1.1 key {}"),
    ],
)
def test_keys_without_their_form_and_of_ipv6_are_masked(name: str, line: str) -> None:
    dialect = platforms()[name].dialect
    assert dialect
    said = masked(line.replace("{}", "Gate#Seven7"), dialect.secrets)
    assert "Seven7" not in said
    assert said.split("***")[0] == line.split("{}")[0] or "10.1.1.1" in line  # an address may go with its key


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("huawei_vrp", " authentication-mode hmac-sha256 1 cipher ***"),
        ("huawei_vrp", " authentication-mode md5"),
        ("huawei_vrp", " local-aaa-user password policy administrator"),
        ("h3c_comware", " pre-shared-key address 10.1.1.1 255.255.255.255 key cipher ***"),
        ("cisco_ios", " ipv6 ospf encryption ipsec spi 256 esp null md5 ***"),
    ],
)
def test_words_beside_keys_stand(name: str, line: str) -> None:
    dialect = platforms()[name].dialect
    assert dialect
    assert masked(line, dialect.secrets) == line


@pytest.mark.parametrize(
    ("name", "text", "limited"),
    [
        ("cisco_ios", _IOS.format("snmp-server community x RO 98\nsnmp-server community y RO ipv6 A6\n"), [{4}, {6}]),
        (
            "cisco_ios",
            _IOS.format("snmp-server community x RO ipv6 A6 98\nsnmp-server community y RO\n"),
            [{4, 6}, None],
        ),
        ("ruijie_rgos", _RGOS.format("snmp-server community 7 0812 ro A4 ipv6 A6\n"), [{4, 6}]),
        (
            "cisco_nxos",
            _NEXUS.format(
                "local\nsnmp-server community x group network-operator\nsnmp-server community x use-ipv4acl A4\n"
                "snmp-server community x use-ipv6acl A6"
            ),
            [{4, 6}],
        ),
        (
            "h3c_comware",
            (
                "#\n version 7.1.070, Release 6635\n#\n snmp-agent\n snmp-agent community read simple x acl 2000\n"
                " snmp-agent community read simple y acl 2000 acl ipv6 name A6\n#\nreturn\n"
            ),
            [{4}, {4, 6}],
        ),
        (
            "huawei_vrp",
            "!Software Version V200R019C10SPC500\n#\nsnmp-agent community read cipher x acl 2000\n#\nreturn\n",
            [None],
        ),
    ],
)
def test_families_that_the_lists_of_a_community_decide_about(
    name: str, text: str, limited: list[set[int] | None]
) -> None:
    agent = told(name, text)[SnmpAgent]
    assert isinstance(agent, SnmpAgent)
    assert [each.limited for each in agent.communities] == limited
