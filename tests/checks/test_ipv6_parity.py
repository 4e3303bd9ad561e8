"""Filters of both families held against one another, as they are read from configurations."""

from __future__ import annotations

from datetime import UTC, date, datetime
from ipaddress import IPv6Interface

import pytest

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_device
from checks.model import Finding
from checks.sentences import sentence
from collectors.base import Answer
from collectors.platforms.base import Dialect, Release
from collectors.platforms.catalogue import platform
from collectors.platforms.dialects.excerpts import vouched_reads
from collectors.platforms.dialects.linux.filter import IP6TABLES, IPTABLES, NFT
from inventory.config import Config, indented
from inventory.errors import Gap, Missing
from inventory.facts import Address, Addresses, Fact, Filtering, RuleSets
from inventory.snapshot import DeviceRecord, Snapshot, State

NOW = datetime(2026, 1, 1, tzinfo=UTC)
WIDER, NARROWER = "ipv6.filters-no-wider", "ipv6.filters-no-narrower"


def findings(name: str, facts: dict[type[Fact], Fact | Missing], check: str) -> dict[str, Finding]:
    snapshot = Snapshot(DeviceRecord("r1", "10.0.0.1", State.ANSWERED, NOW, name), facts)
    found = list(evaluate_device(snapshot, Terms((catalogue()[check],), date(2026, 1, 1))))
    assert not [f.traceback for f in found if f.traceback]
    return {f.place: f for f in found}


def configured(name: str, text: str, check: str) -> dict[str, Finding]:
    """Findings of a device by what its configuration says of addresses and filters."""
    chosen = platform(name)
    assert chosen is not None
    assert isinstance(chosen.dialect, Dialect)
    dialect = chosen.dialect
    lines = dialect.tree(text) if dialect.tree else indented(text, dialect.comments, dialect.quoted)
    config = Config(lines, "the configuration", taken_at=NOW)
    facts: dict[type[Fact], Fact | Missing] = {}
    for kind in (RuleSets, Filtering, Addresses):
        read = next(each for each in vouched_reads(chosen.config_reads) if each.fact is kind)
        facts[kind] = read.build(config, Release(), *(Missing(Gap.UNREAD) for _ in read.commands))
    return findings(name, facts, check)


def said(found: Finding) -> str:
    return sentence(catalogue()[found.check], found).en


IOS = """ipv6 unicast-routing
!
interface GigabitEthernet0/0
 ip address 192.0.2.1 255.255.255.0
 ipv6 address 240E:1::1/64
 ip access-group EDGE in
 ipv6 traffic-filter EDGE6 in
!
ip access-list extended EDGE
 10 deny tcp any any eq 445
 20 permit tcp any host 10.1.1.1 eq 443
 30 permit tcp 10.0.0.0 0.255.255.255 any eq 22
 40 permit udp any any eq domain
 50 permit tcp any any established
 60 permit icmp any any
 70 permit udp any any eq bootps
 80 deny ip any any log
!
ipv6 access-list EDGE6
 permit tcp any host 240E:9::1 eq 443
 permit tcp any any eq 22
 permit tcp any any eq 445
 permit udp any any eq 546
 permit icmp any any
 deny ipv6 any any log
!
end
"""


def test_ios_lists_are_compared_service_by_service() -> None:
    wider = configured("cisco_ios", IOS, WIDER)
    assert {place: f.outcome.value for place, f in wider.items()} == {"GigabitEthernet0/0 in": "fail"}
    (found,) = wider.values()
    assert found.values["services"] == "tcp/22, tcp/445"
    assert "tcp/22, tcp/445 (rules 2 @21, 3 @22)" in said(found)
    assert {line for e in found.evidence for line in e.lines} == {21, 12, 22, 10}
    narrower = configured("cisco_ios", IOS, NARROWER)["GigabitEthernet0/0 in"]
    assert (narrower.outcome.value, narrower.values["services"]) == ("fail", "udp/53")


def test_the_same_rules_in_both_families_pass() -> None:
    same = IOS.replace(" permit tcp any any eq 22\n permit tcp any any eq 445\n", " permit tcp 240E::/20 any eq 22\n")
    same = same.replace(" permit udp any any eq 546\n", " permit udp any any eq 546\n permit udp any any eq domain\n")
    for check in (WIDER, NARROWER):
        assert {f.outcome.value for f in configured("cisco_ios", same, check).values()} == {"pass"}


def test_object_that_is_not_defined_leaves_it_open() -> None:
    text = IOS.replace("permit tcp any host 240E:9::1 eq 443", "permit tcp object-group NOBODY any eq 443")
    text = text.replace(" permit tcp any any eq 22\n permit tcp any any eq 445\n", "")
    (found,) = configured("cisco_ios", text, WIDER).values()
    assert found.outcome.value == "unknown"
    assert "rules 1 @20 ask" in said(found)


VRP = """#
acl number 3001
 rule 5 permit tcp destination 10.1.1.1 0 destination-port eq 443
 rule 10 deny ip
#
acl ipv6 number 3001
 rule 5 permit tcp destination 240E:9::1/128 destination-port eq 443
 rule 10 permit tcp destination-port range 8000 8099
#
interface GigabitEthernet0/0/1
 ipv6 enable
 ip address 10.2.2.1 255.255.255.0
 ipv6 address 240E:2::1/64
 traffic-filter inbound acl 3001
 traffic-filter inbound ipv6 acl 3001
#
return
"""


def test_vrp_list_without_a_last_denial_lets_the_rest_through() -> None:
    """Lists of one number and two families are told apart; what no rule names passes a traffic-filter."""
    (found,) = configured("huawei_vrp", VRP, WIDER).values()
    assert found.outcome.value == "fail"
    assert found.values["services"] == "tcp, udp/0-66, udp/69-519, udp/522-545, udp/548-65535, *"
    closed = VRP.replace("range 8000 8099\n", "range 8000 8099\n rule 20 deny ipv6\n")
    (found,) = configured("huawei_vrp", closed, WIDER).values()
    assert found.values["services"] == "tcp/8000-8099"


COMWARE = """#
interface GigabitEthernet1/0/1
 ip address 10.1.1.1 255.255.255.0
 ipv6 address 240E:1::1/64
#
interface GigabitEthernet1/0/2
 ipv6 address 240E:2::1/64
#
security-policy ip
 rule 1 name web
  action pass
  source-zone trust
  destination-zone dmz
  service http
#
security-policy ipv6
 rule 1 name web6
  action pass
  source-zone trust
  destination-zone dmz
  service http
 rule 2 name all6
  action pass
  source-zone guest
  destination-zone dmz
#
return
"""


def test_comware_policies_of_each_family_are_compared_by_zones() -> None:
    found = configured("h3c_comware", COMWARE, WIDER)
    assert found["guest > dmz"].outcome.value == "fail"
    assert "rules all6" in said(found["guest > dmz"])


FORTIOS = """#config-version=FGT60F-7.2.5-FW-build1517-230606:opmode=0:vdom=0:user=admin
config system global
    set hostname "fw"
end
config system interface
    edit "wan1"
        set ip 192.0.2.1 255.255.255.0
        config ipv6
            set ip6-address 240e:1::1/64
        end
    next
    edit "dmz"
        config ipv6
            set ip6-address 240e:2::1/64
        end
    next
end
config firewall policy
    edit 1
        set name "web"
        set srcintf "wan1"
        set dstintf "dmz"
        set srcaddr "all"
        set dstaddr "all"
        set action accept
        set schedule "always"
        set service "HTTPS"
    next
    edit 2
        set name "all6"
        set srcintf "wan1"
        set dstintf "dmz"
        set srcaddr6 "all"
        set dstaddr6 "all"
        set action accept
        set schedule "always"
        set service "ALL"
    next
end
"""
STONEOS = """Version 5.5R8
!
interface ethernet0/1
  zone "untrust"
  ip address 192.0.2.1 255.255.255.0
  ipv6 address 240e:1::1/64
exit
interface ethernet0/2
  zone "dmz"
  ipv6 address 240e:2::1/64
exit
rule id 1
  action permit
  src-zone "untrust"
  dst-zone "dmz"
  src-addr "Any"
  dst-addr "Any"
  service "Any"
exit
rule id 2
  action permit
  src-zone "untrust"
  dst-zone "dmz"
  src-addr "IPv6-any"
  dst-addr "IPv6-any"
  service "HTTPS"
exit
"""
ASA = """: Saved
ASA Version 9.16(2)
!
hostname fw
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 192.0.2.1 255.255.255.0
 ipv6 address 240e:1::1/64
!
access-list OUT extended permit tcp any4 any4 eq 443
access-list OUT extended permit tcp any6 any6 eq 443
access-list OUT extended permit tcp any6 any6 eq 3389
access-list OUT extended permit udp any any eq 53
access-list OUT extended deny ip any any
access-group OUT in interface outside
: end
"""


@pytest.mark.parametrize(
    ("name", "text", "place", "wider", "narrower"),
    [
        ("fortinet_fortios", FORTIOS, "wan1 > dmz", "tcp/0-442", None),
        ("hillstone_stoneos", STONEOS, "untrust > dmz", None, "tcp/0-442"),
        ("cisco_asa", ASA, "outside in", "tcp/3389", None),
    ],
)
def test_firewalls_whose_any_is_of_one_family(
    name: str, text: str, place: str, wider: str | None, narrower: str | None
) -> None:
    for check, services in ((WIDER, wider), (NARROWER, narrower)):
        found = configured(name, text, check)[place]
        assert found.outcome.value == ("fail" if services else "pass"), said(found)
        assert str(found.values["services"]).startswith(services or "")


NFTABLES = """table ip filter {
	chain input {
		type filter hook input priority 0; policy drop;
		ct state established,related accept
		tcp dport 22 ip saddr 10.0.0.0/8 accept
		tcp dport { 80, 443 } accept
	}
}
table ip6 filter {
	chain input {
		type filter hook input priority 0; policy drop;
		ct state established,related accept
		tcp dport 22 accept
		tcp dport { 80, 443 } accept
		udp dport 161 accept
	}
}
"""


def on_host(ruleset: str, check: str) -> dict[str, Finding]:
    chosen = platform("linux")
    assert chosen is not None
    missing = Missing(Gap.LACKING)
    answers = (Answer(NFT, ruleset, NOW), missing, missing)
    facts: dict[type[Fact], Fact | Missing] = {}
    for kind in (RuleSets, Filtering):
        read = next(r for r in chosen.reads if r.fact is kind and r.commands == (NFT, IPTABLES, IP6TABLES))
        facts[kind] = read.build(*answers)
    facts[Addresses] = Addresses((Address("eth0", IPv6Interface("240e:1::2/64")),))
    return findings("linux", facts, check)


def test_chains_of_a_host_are_compared_by_hook() -> None:
    (found,) = on_host(NFTABLES, WIDER).values()
    assert (found.place, found.outcome.value, found.values["services"]) == ("input", "fail", "tcp/22, udp/161")
    one = NFTABLES.replace("table ip6 filter", "table ip6 unused").replace("udp dport 161 accept", "")
    one = one.replace("tcp dport 22 accept", "tcp dport 22 ip6 saddr 240e::/20 accept")
    assert [f.outcome.value for f in on_host(one, WIDER).values()] == ["pass"]


def test_who_is_let_in_to_a_host_by_his_ipv4_address_needs_no_other() -> None:
    closed = NFTABLES.replace("tcp dport 22 accept\n", "").replace("udp dport 161 accept", "")
    assert [f.outcome.value for f in on_host(closed, NARROWER).values()] == ["pass"]
    shut = "".join(closed.rpartition("tcp dport { 80, 443 } accept")[::2])
    (found,) = on_host(shut, NARROWER).values()
    assert (found.outcome.value, found.values["services"]) == ("fail", "tcp/80, tcp/443")


def test_chain_that_others_are_reached_from_is_not_taken_for_the_whole() -> None:
    jumping = NFTABLES.replace("udp dport 161 accept", "jump more").replace("tcp dport 22 accept", "")
    assert [f.outcome.value for f in on_host(jumping, WIDER).values()] == ["unknown"]


# -- ICMPv6 -------------------------------------------------------------------------------------------------------

NEEDED = "ipv6.icmpv6-passes"
TYPES_IOS = """ permit icmp any any packet-too-big
 permit icmp any any unreachable
 permit icmp any any time-exceeded
 permit icmp any any parameter-problem
 permit icmp any any nd-ns
 permit icmp any any 136 0
"""


def test_types_of_icmpv6_are_read_from_ios() -> None:
    assert [f.outcome.value for f in configured("cisco_ios", IOS, NEEDED).values()] == ["pass"]
    for left in ("nd-ns", "packet-too-big"):
        rules = "".join(line + "\n" for line in TYPES_IOS.splitlines() if left not in line)
        text = IOS.replace(" permit icmp any any\n deny ipv6", f"{rules} deny ipv6")
        (found,) = configured("cisco_ios", text, NEEDED).values()
        assert found.outcome.value == "fail"
    text = IOS.replace(" permit icmp any any\n deny ipv6", f"{TYPES_IOS} deny ipv6")
    assert [f.outcome.value for f in configured("cisco_ios", text, NEEDED).values()] == ["pass"]


def test_types_of_icmpv6_are_read_from_vrp() -> None:
    closed = VRP.replace("range 8000 8099\n", "range 8000 8099\n rule 20 deny ipv6\n")
    (found,) = configured("huawei_vrp", closed, NEEDED).values()
    assert (found.outcome.value, "packet-too-big" in said(found)) == ("fail", True)
    words = ("destination-unreachable", "packet-too-big", "3 0", "parameter-problem", "neighbor-solicitation", "136 0")
    rules = "".join(f" rule {n} permit icmpv6 icmp6-type {word}\n" for n, word in enumerate(words, 11))
    opened = closed.replace(" rule 20 deny ipv6\n", f"{rules} rule 20 deny ipv6\n")
    assert [f.outcome.value for f in configured("huawei_vrp", opened, NEEDED).values()] == ["pass"]


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        ("", "fail"),
        ("meta l4proto ipv6-icmp accept", "pass"),
        ("icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept", "pass"),
        ("icmpv6 type nd-neighbor-solicit accept", "fail"),
        ("icmpv6 type @needed accept", "unknown"),
    ],
)
def test_types_of_icmpv6_are_read_from_nftables(rule: str, outcome: str) -> None:
    """Errors come in with their sessions; neighbours belong to none."""
    text = NFTABLES.replace("udp dport 161 accept", rule)
    assert [f.outcome.value for f in on_host(text, NEEDED).values()] == [outcome]
