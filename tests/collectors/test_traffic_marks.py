"""What firewalls inspect, how tunnels are protected, and how old signatures are, on each system that tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from collectors.base import Answer
from collectors.by_cli import facts_by_cli
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platforms
from collectors.platforms.dialects.hardening_traffic import day_in
from inventory.errors import Gap, Missing, ReadFailed
from inventory.facts import Fact, Inspection, Signatures, TunnelCrypto

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Told:
    """A command line with the answers it is given, and no others."""

    def __init__(self, platform: Platform, answers: Mapping[str, str], otherwise: Gap) -> None:
        self.platform = platform
        self._answers = answers
        self._otherwise = otherwise

    def ask(self, command: str) -> Answer:
        if command not in self._answers:
            raise ReadFailed(f"{command}: not known", self._otherwise)
        return Answer(command, self._answers[command])

    def close(self) -> None:
        """Nothing is open."""


def fact(name: str, kind: type[Fact], text: str = "", otherwise: Gap = Gap.LACKING, **answers: str) -> Fact | Missing:
    platform = platforms()[name]
    assert platform.dialect
    told = {command.replace("_", " "): said for command, said in answers.items()}
    shown = {platform.dialect.commands[0]: text} if text else {}
    return facts_by_cli(Told(platform, shown | told, otherwise), platform, [kind], NOW)[kind]


VRP = """\
sysname fw1
#
security-policy
 rule name out
  source-zone trust
  profile ips default
  profile av strict
  profile url-filter gov
  action permit
 rule name in
  action deny
#
ipsec proposal p1
 esp authentication-algorithm sha2-256
 esp encryption-algorithm 3des
#
interface GigabitEthernet1/0/1
 ipsec policy map1
#
return
"""
COMWARE = """\
 sysname fw2
#
app-profile 1_IPv4
 ips apply policy default mode protect
 anti-virus apply policy default mode protect
#
security-policy ip
 rule 0 name out
  action pass
{bound}
#
interface Tunnel1 mode gre
 tunnel protection ipsec profile p1
#
ipsec transform-set t1
 esp encryption-algorithm aes-cbc-256
 esp authentication-algorithm md5
#
return
"""
FORTI = """\
config system global
    set hostname "fw3"
end
config firewall policy
    edit 1
        set action accept
        set utm-status enable
        set av-profile "default"
        set ips-sensor "default"
        set application-list "default"
    next
end
config vpn ipsec phase1-interface
    edit "to-city"
        set interface "wan1"
        set proposal des-md5 aes256-sha256
    next
end
"""
JUNOS = """\
set system host-name fw4
set security policies from-zone trust to-zone untrust policy p match application any
set security policies from-zone trust to-zone untrust policy p then permit application-services idp-policy base
set security ipsec proposal p1 encryption-algorithm aes-256-cbc
set security ipsec vpn city bind-interface st0.1
set routing-options static route 10.0.0.0/8 next-hop st0.1
"""
STONEOS = """\
Version 5.5R8
hostname "fw5"
rule id 1
  action permit
  src-zone "trust"
  ips "predef_default"
  av "predef_low"
exit
interface tunnel1
  tunnel ipsec "vpn1"
exit
isakmp proposal "p1"
  hash sha256
  encryption aes-256
exit
End
"""
ASA = """\
ASA Version 9.8(2)
hostname fw6
policy-map global_policy
 class inspection_default
  inspect dns
  inspect http
crypto ipsec ikev1 transform-set T esp-3des esp-md5-hmac
crypto map M interface outside
{bound}
: end
"""

IOS = """\
hostname r1
crypto isakmp policy 10
 encr aes 256
 hash sha256
interface Tunnel0
 tunnel protection ipsec profile P
end
"""


@pytest.mark.parametrize(
    ("name", "text", "kinds"),
    [
        ("huawei_vrp", VRP, {"intrusion", "malware", "url"}),
        ("huawei_vrp", "sysname fw1\n#\nsecurity-policy\n rule name out\n  action permit\n#\nreturn\n", set()),
        ("h3c_comware", COMWARE.replace("{bound}", "  profile 1_IPv4"), {"intrusion", "malware"}),
        ("h3c_comware", COMWARE.replace("{bound}", "  counting enable"), set()),
        ("fortinet_fortios", FORTI, {"intrusion", "malware", "application"}),
        ("juniper_junos", JUNOS, {"intrusion"}),
        ("hillstone_stoneos", STONEOS, {"intrusion", "malware"}),
        ("cisco_asa", ASA.replace("{bound}", "service-policy global_policy global"), {"application"}),
        ("cisco_asa", ASA.replace("{bound}", "logging enable"), set()),
    ],
)
def test_a_policy_inspects_what_its_rules_bind(name: str, text: str, kinds: set[str]) -> None:
    found = fact(name, Inspection, text)
    assert isinstance(found, Inspection), found
    assert found.kinds == kinds
    assert found.evidence


@pytest.mark.parametrize(
    ("name", "text", "applied", "algorithms"),
    [
        ("huawei_vrp", VRP, ("GigabitEthernet1/0/1",), {"sha2-256", "3des"}),
        ("h3c_comware", COMWARE.replace("{bound}", "  logging enable"), ("Tunnel1",), {"aes-cbc-256", "md5"}),
        ("fortinet_fortios", FORTI, ("to-city",), {"des-md5", "aes256-sha256"}),
        ("juniper_junos", JUNOS, ("city",), {"aes-256-cbc"}),
        ("hillstone_stoneos", STONEOS, ("tunnel1",), {"sha256", "aes-256"}),
        ("cisco_asa", ASA.replace("{bound}", ""), ("outside",), {"esp-3des", "esp-md5-hmac"}),
        (
            "cisco_ios",
            IOS,
            ("Tunnel0",),
            {"aes", "256", "sha256"},
        ),
        ("cisco_ios", "hostname r1\ninterface Tunnel0\n tunnel source Loopback0\nend\n", (), set()),
    ],
)
def test_tunnels_tell_where_and_how_they_are_protected(
    name: str, text: str, applied: tuple[str, ...], algorithms: set[str]
) -> None:
    found = fact(name, TunnelCrypto, text)
    assert isinstance(found, TunnelCrypto), found
    assert (found.applied, found.algorithms) == (applied, algorithms)


IPS_SDB = """\
IPS SDB Update Information List:
----------------------------------------------------------------
  Current Version:
    Signature Database Version    : 2025102900
    Signature Database Size(byte) : 3172536
    Update Time                   : 15:29:09 2025/11/02
    Issue Time of the Update File : 15:29:51 2025/10/29

  Backup Version:
    Signature Database Version    : 2019102900
    Update Time                   : 15:29:09 2019/11/02
"""
LIBRARY = """\
IPS signature library information:
Type      SigVersion         ReleaseTime               Size
Current   1.0.210            Fri Sep 12 09:05:35 2025  71594
Last      1.0.2              Fri Sep 13 09:05:35 2014  71594
Factory   1.0.0              Fri Sep 11 09:05:35 2014  71394
"""
STATUS = """\
Version: FortiGate-60F v7.2.5,build1517,230606 (GA.F)
Virus-DB: 91.05018(2025-12-20 04:26)
Extended DB: 1.00000(2018-04-09 18:07)
IPS-DB: 6.00741(2015-12-01 02:30)
Serial-Number: FGT60FTK00000001
"""


def test_signatures_are_as_old_as_the_set_in_use() -> None:
    vrp = fact("huawei_vrp", Signatures, VRP, display_version_ips_sdb="").__class__
    assert vrp is Missing  # an empty answer dates nothing
    told = fact("huawei_vrp", Signatures, VRP, **{"display version ips-sdb": IPS_SDB})
    assert isinstance(told, Signatures)
    assert [(s.kind, s.released) for s in told.items] == [("intrusion", date(2025, 10, 29))]
    told = fact("h3c_comware", Signatures, COMWARE.replace("{bound}", ""), **{"display ips signature library": LIBRARY})
    assert isinstance(told, Signatures)
    assert [(s.kind, s.released) for s in told.items] == [("intrusion", date(2025, 9, 12))]
    told = fact("fortinet_fortios", Signatures, FORTI, **{"get system status": STATUS})
    assert isinstance(told, Signatures)
    assert {s.kind: s.released for s in told.items} == {"malware": date(2025, 12, 20), "intrusion": date(2015, 12, 1)}
    version = "Attack database version:3045(Tue Feb 04 14:36:26 2025 UTC)\nDetector version :12.6\n"
    told = fact("juniper_junos", Signatures, JUNOS, **{"show security idp security-package-version": version})
    assert isinstance(told, Signatures)
    assert told.items[0].released == date(2025, 2, 4)


def test_a_device_that_knows_no_signatures_tells_why() -> None:
    missing = fact("huawei_vrp", Signatures, VRP)
    assert isinstance(missing, Missing)
    assert missing.gap is Gap.UNREAD
    refused = fact("huawei_vrp", Signatures, VRP, Gap.REFUSED)
    assert isinstance(refused, Missing)
    assert refused.gap is Gap.REFUSED
    odd = fact("h3c_comware", Signatures, "sysname r\n#\nreturn\n", **{"display ips signature library": "no library\n"})
    assert isinstance(odd, Missing)
    assert odd.gap is Gap.UNPARSED


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15:29:09 2020/06/02", date(2020, 6, 2)),
        ("2015-12-01 02:30", date(2015, 12, 1)),
        ("Fri Sep 13 09:05:35 2014", date(2014, 9, 13)),
        ("Feb 4, 2025", date(2025, 2, 4)),
        ("2020052900", date(2020, 5, 29)),
        ("2020/13/45", None),
        ("version 12.6.140140207", None),
        ("", None),
    ],
)
def test_days_as_vendors_write_them(text: str, day: date | None) -> None:
    assert day_in(text) == day
