"""How often the rules of firewalls were met, and which of them count as dead by that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from checks.catalogue import catalogue
from checks.policies import FilterPolicy
from collectors.base import Answer
from collectors.by_cli import facts_by_cli
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platforms
from collectors.sessions.answers import Answers
from inventory.errors import Gap, Missing, ReadFailed
from inventory.facts import Identity, RuleSets

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Told:
    """A command line that gives the answers it is given, and knows no other command."""

    def __init__(self, platform: Platform, answers: Mapping[str, str]) -> None:
        self.platform = platform
        self._answers = answers

    def ask(self, command: str) -> Answer:
        if command not in self._answers:
            raise ReadFailed(f"{command}: unknown", Gap.LACKING)
        return Answers().on_terminal(command, self._answers[command].encode(), self.platform)

    def close(self) -> None:
        """Nothing is open."""


USG = """sysname fw
#
firewall zone trust
 set priority 85
#
security-policy
 rule name web in
  source-zone untrust
  destination-zone trust
  service https
  action permit
 rule name old
  source-zone untrust
  service ftp
  action permit
#
return
"""
STONEOS = """Version 5.5R8
zone "trust"
exit
hostname "fw"
rule id 3
  action permit
  src-zone "trust"
  dst-zone "untrust"
  src-addr "Any"
  dst-addr "Any"
  service "HTTP"
exit
rule id 14
  action permit
  src-zone "trust"
  dst-zone "trust"
  src-addr "Any"
  dst-addr "Any"
  service "FTP"
exit
End
"""
JUNOS = """set version 20.4R3
set system host-name fw
set security policies from-zone untrust to-zone trust policy web match source-address any
set security policies from-zone untrust to-zone trust policy web match destination-address any
set security policies from-zone untrust to-zone trust policy web match application junos-https
set security policies from-zone untrust to-zone trust policy web then permit
set security policies from-zone untrust to-zone trust policy old match source-address any
set security policies from-zone untrust to-zone trust policy old match destination-address any
set security policies from-zone untrust to-zone trust policy old match application junos-ftp
set security policies from-zone untrust to-zone trust policy old then permit
set security zones security-zone trust interfaces ge-0/0/1.0
set interfaces ge-0/0/1 unit 0 family inet address 10.1.1.1/24
set routing-options static route 0.0.0.0/0 next-hop 10.1.1.2
"""
ASA = """ASA Version 9.16(4)
hostname fw
interface GigabitEthernet1/1
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.248
object network WEB
 host 10.1.1.9
access-list IN extended permit tcp any object WEB eq https log
access-list IN extended permit tcp any object WEB eq ftp
access-list IN extended deny ip any any log
access-group IN in interface outside
: end
"""
SHOWN = {
    "huawei_vrp": {
        "display current-configuration": USG,
        "display security-policy rule all": """Total:3
RULE ID  RULE NAME                         STATE      ACTION             HITS
-------------------------------------------------------------------------------
0        default                           enable     deny               77
1        web in                            enable     permit             15
2        old                               enable     permit             0
-------------------------------------------------------------------------------
""",
    },
    "hillstone_stoneos": {
        "show configuration": STONEOS,
        "show policy hit-count top all": """Most hit policy rules:
==============================================================================
No. Id Src-zone Dst-zone Src-addr Dst-addr Service Applica~ Action Hit-count
------------------------------------------------------------------------------
1   3  trust    untrust  Any      Any      HTTP             PERMIT 762070
2   14 trust    trust    Any      Any      FTP              PERMIT 0
==============================================================================
""",
    },
    "juniper_junos": {
        "show configuration": JUNOS,
        "show security policies hit-count": """Logical system: root-logical-system
Index   From zone        To zone           Name           Policy count  Action
1       untrust          trust             web            40            Permit
2       untrust          trust             old            0             Permit

Number of policy: 2
""",
    },
    "cisco_asa": {
        "show running-config": ASA,
        "show access-list": """access-list cached ACL log flows: total 0, denied 0 (deny-flow-max 4096)
            alert-interval 300
access-list IN; 3 elements; name hash: 0x558eed49
access-list IN line 1 extended permit tcp any object WEB eq https log informational interval 300 (hitcnt=56) 0xae44
  access-list IN line 1 extended permit tcp any host 10.1.1.9 eq https log informational interval 300 (hitcnt=56) 0x1
access-list IN line 2 extended permit tcp any object WEB eq ftp (hitcnt=0) 0xf304e575
  access-list IN line 2 extended permit tcp any host 10.1.1.9 eq ftp (hitcnt=0) 0xf304
access-list IN line 3 extended deny ip any any log informational interval 300 (hitcnt=9) 0x5
""",
    },
}
COUNTS = {
    "huawei_vrp": [15, 0],
    "hillstone_stoneos": [762070, 0],
    "juniper_junos": [40, 0],
    "cisco_asa": [56, 0, 9] * 2,  # of the list, and of the interface that it is bound to
}


def rule_sets(name: str, answers: Mapping[str, str]) -> RuleSets:
    told = facts_by_cli(Told(platforms()[name], answers), platforms()[name], [RuleSets], NOW)[RuleSets]
    assert isinstance(told, RuleSets), told
    return told


def hits(sets: RuleSets) -> list[int | None]:
    return [rule.hits for each in sets.items for rule in each.rules]


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_counters_stand_at_their_rules(name: str) -> None:
    assert hits(rule_sets(name, SHOWN[name])) == COUNTS[name]
    configured, counted = SHOWN[name]
    assert set(hits(rule_sets(name, {configured: SHOWN[name][configured]}))) == {None}
    soup = {configured: SHOWN[name][configured], counted: "1 2 3\n" + "9" * 5000 + " x y enable permit 7\n"}
    assert set(hits(rule_sets(name, soup))) == {None}


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (Identity(uptime_s=200 * 86400.0), False),
        (Identity(uptime_s=3600.0), True),  # started an hour ago: what nothing met may well be needed
        (Missing(Gap.UNREAD), False),
    ],
)
def test_rules_that_nothing_met_are_dead_in_time(identity: Identity | Missing, expected: bool) -> None:
    check = catalogue()["filtering.no-dead-rules"]
    (verdict,) = check.function(rule_sets("huawei_vrp", SHOWN["huawei_vrp"]), FilterPolicy(), identity)
    assert verdict.ok is expected
