"""Servers, stations, rights and logs in words of the other family, the management port or the system's own form."""

from __future__ import annotations

import pytest
from shown import told

from collectors.platforms.dialects.linux.services import JOURNAL, LOGGERS, RSYSLOG, UPLOAD
from inventory.facts import Accounts, Fact, Logging, Monitoring, Privileges

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
