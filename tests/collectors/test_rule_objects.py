"""Filter rules whose addresses and services are objects: what their groups hold decides."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from shown import NOW, told

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_device
from checks.model import Finding, Outcome
from inventory.facts import FilterRule, RuleSet, RuleSets, ZonePolicy
from inventory.snapshot import DeviceRecord, Snapshot, State

TEXTS = Path(__file__).parent / "rule_objects"
# On each platform the same policy: the rules broad (a group of groups that holds all the servers), narrow (one server,
# one port of those), opened (a group that holds 0.0.0.0/0 on either end, and a service that is everything), loops
# (groups that hold each other) and strange (an object that nothing defines).
POLICIES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(TEXTS.glob("*.cfg")) if "-" not in path.stem}
# RGOS writes them as IOS does.
POLICIES["ruijie_rgos"] = POLICIES["cisco_ios"].replace("version 15.2", "version RGOS 10.4(3b19)p3")


def rules_of(name: str) -> list[FilterRule]:
    found = told(name, POLICIES[name])[RuleSets]
    assert isinstance(found, RuleSets)
    sets = [
        each
        for each in found.items
        if len(each.rules) == 5 and each.kind == ("acl" if "EDGE" in POLICIES[name] else "policy")
    ]
    return list(sets[0].rules)


def judged(name: str, text: str, check_id: str) -> list[Finding]:
    facts = told(name, text)
    snapshot = Snapshot(DeviceRecord("fw", "10.0.0.1", State.ANSWERED, NOW, name), facts)
    return list(evaluate_device(snapshot, Terms((catalogue()[check_id],), date(2026, 1, 1))))


@pytest.mark.parametrize("name", list(POLICIES))
def test_objects_are_what_they_hold(name: str) -> None:
    broad, narrow, opened, loops, strange = rules_of(name)
    assert {str(net) for net in broad.destinations or ()} >= {"10.30.0.0/24"}
    ports = {port for each in broad.services or () for port in each.destination_ports or ()} or {
        *(broad.destination_ports or ())
    }
    assert {(80, 80), (8080, 8090)} <= ports
    assert [(each.protocol, each.destination_ports) for each in narrow.services or ()] or narrow.protocol == "tcp"
    assert narrow.destination_ports == ((8085, 8085),)
    assert opened.anything
    assert [rule.unread for rule in (broad, narrow, opened, loops, strange)] == [False, False, False, True, True]


@pytest.mark.parametrize("name", list(POLICIES))
def test_a_group_hides_what_it_holds(name: str) -> None:
    hidden = judged(name, POLICIES[name], "filtering.no-shadowed-rules")
    assert [f.outcome for f in hidden if f.values.get("rule") in ("narrow", "2", "20")] == [Outcome.FAIL]
    open_rules = [f for f in judged(name, POLICIES[name], "filtering.no-any-any") if f.outcome is Outcome.FAIL]
    assert [f.values["rule"] for f in open_rules][-1] in ("opened", "3", "30")


LISTS = {
    path.stem.removesuffix("-lists"): path.read_text(encoding="utf-8") for path in sorted(TEXTS.glob("*-lists.cfg"))
}


@pytest.mark.parametrize("name", list(LISTS))
def test_access_lists_name_objects_too(name: str) -> None:
    found = told(name, LISTS[name])[RuleSets]
    assert isinstance(found, RuleSets)
    one, two, three = found.items[0].rules
    assert {str(net) for net in one.destinations or ()} == {"10.30.0.0/24", "10.31.0.0/16"}
    ports = two.destination_ports or tuple(p for each in two.services or () for p in each.destination_ports or ())
    assert set(ports) == {(80, 80), (443, 443)}
    assert three.anything  # a wildcard that leaves out nothing is any
    assert not any(rule.unread for rule in (one, two, three))


EXCLUDED = (TEXTS / "fortinet_fortios-exclusions.cfg").read_text(encoding="utf-8")


def test_names_and_exclusions_are_less_than_everything_and_hide_nothing() -> None:
    found = told("fortinet_fortios", EXCLUDED)[RuleSets]
    assert isinstance(found, RuleSets)
    by_name, ten, negated, excluding = found.items[0].rules
    assert [rule.more for rule in (by_name, ten, negated, excluding)] == [True, False, True, True]
    assert not any(rule.anything or rule.unread for rule in found.items[0].rules)
    hidden = judged("fortinet_fortios", EXCLUDED, "filtering.no-shadowed-rules")
    assert [f.outcome for f in hidden] == [Outcome.PASS]


UNDEFINED = (TEXTS / "huawei_vrp-undefined.cfg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "check_id",
    ["filtering.no-any-any", "filtering.no-shadowed-rules", "filtering.five-tuple", "filtering.default-deny"],
)
def test_nothing_is_guessed_of_an_object_that_nothing_defines(check_id: str) -> None:
    assert [f.outcome for f in judged("huawei_vrp", UNDEFINED, check_id)] == [Outcome.UNKNOWN]
    defined = UNDEFINED.replace("address-set nowhere", "address-set servers").replace(
        "second\n", "second\n  service ssh\n"
    )
    assert [f.outcome for f in judged("huawei_vrp", defined, check_id)] == [Outcome.PASS]


def test_endless_and_enormous_groups_are_bounded() -> None:
    deep = "".join(f"ip address-set g{n} type group\n address 0 address-set g{n + 1}\n" for n in range(40))
    wide = "ip address-set wide type object\n" + "".join(
        f" address {n} 10.{n >> 16}.{n >> 8 & 255}.{n & 255} 0\n" for n in range(100_001)
    )
    policy = "".join(
        f" rule name {name}\n  source-address address-set {name}\n  action permit\n" for name in ("g0", "g30", "wide")
    )
    last = "ip address-set g40 type object\n address 0 10.0.0.1 0\n"
    begun = time.process_time()
    found = told(
        "huawei_vrp",
        f"#\nsysname fw\n#\n{deep}{last}{wide}#\nfirewall zone trust\nsecurity-policy\n{policy}#\nreturn\n",
    )
    sets = found[RuleSets]
    assert isinstance(sets, RuleSets)
    assert [rule.unread for rule in sets.items[-1].rules] == [True, False, True]
    assert time.process_time() - begun < 60


_VRP = "!Software Version V200R019C10SPC500\n#\n"
_COMWARE = "#\n version 7.1.070, Release 6635\n#\n"
_LISTS = "acl {four} 3001\n rule 5 permit ip\n#\nacl ipv6 {six} 3001\n rule 5 deny ipv6\n#\nreturn\n"
_ZXROS = (
    "version V2.8.23\nhostname ZXR10-1\nipv4-access-list WEB\n  rule 1 permit ip any any\n$\n"
    "ipv6-access-list WEB\n  rule 1 deny ipv6 any any\n$\ninterface vlan10\n  {}\n$\nend\n"
)


@pytest.mark.parametrize(
    ("name", "text", "bound"),
    [
        # Lists of both families may share a number or a name, and one of them is applied.
        (
            "huawei_vrp",
            f"{_VRP}interface GE1/0/1\n traffic-filter inbound ipv6 acl 3001\n#\n"
            + _LISTS.format(four="number", six="number"),
            {(4, ()), (6, ("GE1/0/1 in",))},
        ),
        (
            "h3c_comware",
            f"{_COMWARE}interface GigabitEthernet1/0/1\n packet-filter ipv6 3001 outbound\n#\n"
            + _LISTS.format(four="advanced", six="advanced"),
            {(4, ()), (6, ("GigabitEthernet1/0/1 out",))},
        ),
        ("zte_zxros", _ZXROS.format("ipv6-access-group ingress WEB"), {(4, ()), (6, ("vlan10 ingress",))}),
        # Applied in the system view: to a VLAN, or to every port.
        (
            "huawei_vrp",
            f"{_VRP}traffic-filter vlan 10 inbound acl 3001\ntraffic-secure inbound acl ipv6 3001\n#\n"
            + _LISTS.format(four="number", six="number"),
            {(4, ("vlan 10 in",)), (6, ("global in",))},
        ),
        (
            "h3c_comware",
            f"{_COMWARE} packet-filter 3001 global inbound\n packet-filter vlan 10 ipv6 3001 inbound\n#\n"
            + _LISTS.format(four="advanced", six="advanced"),
            {(4, ("global in",)), (6, ("vlan 10 in",))},
        ),
    ],
)
def test_a_list_is_applied_in_its_own_family(name: str, text: str, bound: set[tuple[int, tuple[str, ...]]]) -> None:
    found = told(name, text)[RuleSets]
    assert isinstance(found, RuleSets)
    assert {(each.family, each.bound) for each in found.items} == bound
    assert all(("ipv6" in each.head) is (each.family == 6) for each in found.items)


@pytest.mark.parametrize(("closing", "passes"), [("", True), (" packet-filter default deny\n#\n", False)])
def test_what_no_rule_of_a_comware_packet_filter_takes(closing: str, passes: bool) -> None:
    text = f"{_COMWARE}{closing}interface GigabitEthernet1/0/1\n packet-filter 3001 inbound\n#\nacl advanced 3001\n"
    found = told("h3c_comware", f"{text} rule 5 permit tcp destination 10.1.1.1 0 destination-port eq 443\n#\nreturn\n")
    assert isinstance(found[RuleSets], RuleSets)
    assert [each.default_permits for each in found[RuleSets].items] == [passes]


_USG = """#
sysname USG5500
#
 firewall packet-filter default permit interzone local trust direction inbound
 firewall packet-filter default permit interzone trust untrust direction outbound
 firewall packet-filter default permit interzone trust dmz direction inbound
 firewall packet-filter default deny interzone trust dmz direction inbound
 firewall packet-filter default permit interzone dmz untrust direction outbound
#
ip address-set servers type object
 address 0 10.2.1.10 0
#
firewall zone trust
 set priority 85
firewall zone name partner
 set priority 90
#
policy interzone trust untrust inbound
 policy 1
  action permit
  policy logging
  policy service service-set https
  policy destination address-set servers
 policy 2
  action permit
  policy service service-set https
  policy source 10.9.0.0 0.0.255.255
  policy destination 10.2.1.10 0
 policy 3
  policy disable
  action permit
#
policy interzone trust partner inbound
 policy 0
  action permit
  policy source range 10.1.1.1 10.1.1.2
#
return
"""
_OBJECT_POLICY = """#
 version 7.1.064, Release 9303
#
object-group ip address servers
 0 network host address 10.2.1.10
#
object-policy ip in
 rule 0 pass destination-ip servers service https logging
 rule 1 drop
#
object-policy ip twice
 rule 0 pass
#
object-policy ipv6 six
 rule 0 inspect dpi
#
object-policy ip spare
 rule 0 pass
#
security-zone name Trust
#
security-zone name Untrust
#
zone-pair security source Untrust destination Trust
 object-policy apply ip in
 object-policy apply ipv6 six
#
zone-pair security source Trust destination Untrust
 object-policy apply ip twice
#
zone-pair security source Trust destination Trust
 object-policy apply ip twice
#
return
"""
_COMWARE_5 = """#
 version 5.20, Release 3171
#
interzone source Trust destination Untrust
 rule 0 permit logging
  source-ip any_address
  destination-ip any_address
  service any_service
  rule enable
 rule 1 deny
  source-ip any_address
#
return
"""


def policies(name: str, text: str) -> dict[str, RuleSet]:
    found = told(name, text)[RuleSets]
    assert isinstance(found, RuleSets)
    assert found.stateful
    return {each.name: each for each in found.items}


def test_policies_between_two_zones_of_an_older_usg() -> None:
    sets = policies("huawei_vrp", _USG)
    inbound, partner = (
        sets["interzone trust untrust direction inbound"],
        sets["interzone trust partner direction inbound"],
    )
    assert {each.name for each in sets.values() if each.default_permits} == {
        "interzone trust untrust direction outbound",
        "interzone dmz untrust direction outbound",
    }
    assert len(sets) == 4  # what reaches the device itself is not told among them
    first, second, third = inbound.rules
    assert (first.source_zones, first.destination_zones) == ({"untrust"}, {"trust"})
    assert (first.protocol, first.destination_ports, first.logs) == ("tcp", ((443, 443),), True)
    assert first.destinations == second.destinations
    assert [rule.enabled for rule in (first, second, third)] == [True, True, False]
    assert (partner.rules[0].source_zones, len(partner.rules[0].sources or ())) == ({"trust"}, 2)
    (hidden,) = [f for f in judged("huawei_vrp", _USG, "filtering.no-shadowed-rules") if f.outcome is Outcome.FAIL]
    assert hidden.values["entries"] == "policy 2"
    policy = told("huawei_vrp", _USG)[ZonePolicy]
    assert isinstance(policy, ZonePolicy)
    assert (policy.default_permits, len(policy.rules)) == (True, 4)


# By platform: a list, what uses one besides interfaces, and the end of a configuration.
NAMED_LISTS = {
    "huawei_vrp": ("acl number {}\n rule 5 permit source 10.0.0.1 0\n#\n", "ftp acl 2007\n#\n", "return\n"),
    "h3c_comware": ("acl basic {}\n rule 5 permit source 10.0.0.1 0\n#\n", "ftp server acl 2007\n#\n", "return\n"),
    "cisco_ios": (
        "ip access-list standard {}\n 10 permit 10.0.0.1\n!\n",
        "line vty 0 4\n access-class 2007 in\n",
        "end\n",
    ),
}


@pytest.mark.parametrize("name", list(NAMED_LISTS))
def test_which_of_many_lists_something_uses_is_known_in_no_time(name: str) -> None:
    written, used, last = NAMED_LISTS[name]
    text = "".join(written.format(number) for number in range(2000, 3000)) + used + last
    began = time.process_time()
    sets = told(name, text)[RuleSets]
    assert isinstance(sets, RuleSets)
    assert [each.name for each in sets.items if each.used] == ["2007"]
    assert len(sets.items) == 1000
    assert time.process_time() - began < 5  # each held against each line takes longer


def test_object_policies_between_two_zones() -> None:
    sets = policies("h3c_comware", _OBJECT_POLICY)
    six, spare, twice = (sets[f"object-policy {name}"] for name in ("ipv6 six", "ip spare", "ip twice"))
    rule, last = sets["object-policy ip in"].rules
    assert (rule.source_zones, rule.destination_zones, rule.logs) == ({"Untrust"}, {"Trust"}, True)
    assert (rule.protocol, [str(net) for net in rule.destinations or ()]) == ("tcp", ["10.2.1.10/32"])
    assert (rule.permits, last.permits, last.anything) == (True, False, True)
    assert (six.family, six.rules[0].permits) == (6, True)
    assert twice.bound == ("Trust to Untrust", "Trust to Trust")
    assert not twice.rules[0].source_zones
    assert (spare.used, spare.kind) == (False, "acl")


def test_rules_between_two_zones_of_comware_5() -> None:
    ((only),) = policies("h3c_comware", _COMWARE_5).values()
    assert [(rule.permits, rule.enabled, rule.logs, rule.anything) for rule in only.rules] == [
        (True, True, True, True),
        (False, False, False, True),
    ]
    assert only.default_permits is None
