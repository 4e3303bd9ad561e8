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
from inventory.facts import FilterRule, RuleSets
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
