"""Limits of whole systems, slots and VLANs, and of the bandwidth policies of firewalls, as they hold for ports."""

from __future__ import annotations

import pytest
from rate_limits import ANYTHING, BEHAVIOUR, COMWARE, POLICY, PORT, VRP, Limits, limits


def test_bandwidth_policy_of_a_firewall() -> None:
    profile = "traffic-policy\n profile slow\n  bandwidth maximum-bandwidth whole upstream 20000\n"
    per_user = "  bandwidth maximum-bandwidth per-ip downstream 1000\n"
    rule = " rule name out\n  egress-interface GigabitEthernet1/0/1\n  action qos profile slow\n"
    whole = [("GigabitEthernet1/0/1", "out", 20.0, "police")]
    assert limits(VRP, f"{profile}{per_user}{rule}") == whole
    part = rule.replace("  action", "  source-address 10.0.0.0 24\n  action")
    assert limits(VRP, f"{profile}{per_user}{part}") == []
    assert limits(VRP, f"{profile}{per_user}{rule}  disable\n") == []


RULE = " rule name out\n  egress-interface GigabitEthernet1/0/1\n  action qos profile slow\n"
EGRESS = "egress-interface GigabitEthernet1/0/1"
OUT = [("out", 20.0), ("in", 50.0)]
OUTSIDE = "firewall zone untrust\n add interface GigabitEthernet1/0/1\n"
SLOW = "traffic-policy\n profile slow\n  bandwidth maximum-bandwidth whole upstream 20000\n"
SLOW += "  bandwidth maximum-bandwidth whole downstream 50000\n"


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        (RULE, OUT),
        (RULE.replace("egress", "ingress"), [("in", 20.0), ("out", 50.0)]),
        (RULE.replace(EGRESS, "destination-zone untrust"), OUT),
        (RULE.replace(EGRESS, "destination-zone unheard-of"), []),
        (RULE.replace("  action", "  source-zone trust\n  action"), []),
        (" rule name boss\n  source-address 10.0.0.9 32\n  action no-qos\n" + RULE, []),
        (" rule name boss\n  egress-interface GigabitEthernet1/0/2\n  action no-qos\n" + RULE, OUT),
        (" rule name boss\n  source-address 10.0.0.9 32\n  action no-qos\n  disable\n" + RULE, OUT),
    ],
    ids=[
        "out of an interface", "into an interface", "into a zone", "into a zone that is not defined", "from a zone",
        "after another rule for everybody", "after another rule for another interface", "after a rule that is off",
    ],
)  # fmt: skip
def test_rules_of_a_bandwidth_policy(rules: str, wanted: list[tuple[str, float]]) -> None:
    found = limits(VRP, f"{OUTSIDE}{SLOW}{rules}")
    assert [(name, way, mbps) for name, way, mbps, _ in found] == [("GigabitEthernet1/0/1", *each) for each in wanted]


def test_bandwidth_policy_of_a_comware_firewall() -> None:
    zone = "security-zone name Untrust\n import interface GigabitEthernet1/0/1\n"
    profile = "traffic-policy\n rule 1 name out\n  action qos profile slow\n  destination-zone Untrust\n"
    profile += " profile name slow\n  bandwidth upstream maximum 20000\n  bandwidth total guaranteed 10000\n"
    assert limits(COMWARE, zone + profile) == [("GigabitEthernet1/0/1", "out", 20.0, "police")]


# -- policies of the system, a slot, a VLAN ---------------------------------------------------------------------------

PORTS = "interface {0}1/0/1\n{1}interface {0}2/0/1\ninterface {0}1/0/2.7\ninterface LoopBack0\ninterface Vlanif10\n"
DEFINED = {
    VRP: f"{ANYTHING}{BEHAVIOUR}{POLICY}",
    COMWARE: f"{ANYTHING}{BEHAVIOUR}qos policy p\n classifier all behavior slow\n",
}
ONE, TWO = ("GigabitEthernet1/0/1", "in", 20.48, "police"), ("GigabitEthernet2/0/1", "in", 20.48, "police")


def applied(platform: str, line: str, own: str = "") -> Limits:
    return limits(platform, f"{DEFINED[platform]}{PORTS.format('GigabitEthernet', own)}{line}\n")


@pytest.mark.parametrize(
    ("platform", "line", "wanted"),
    [
        (VRP, "traffic-policy p global inbound", [ONE, TWO]),
        (VRP, "traffic-policy p global inbound slot 2", [TWO]),
        (VRP, "traffic-policy p global slot 1 inbound", [ONE]),
        (VRP, "traffic-policy p inbound global-acl", [ONE, TWO]),
        (VRP, "traffic-policy unheard-of global inbound", []),
        (COMWARE, "qos apply policy p global inbound", [ONE, TWO]),
        (VRP, "acl 3000\n rule 5 permit ip\ntraffic-limit inbound acl 3000 cir 20480", [ONE, TWO]),
        (VRP, "acl 3000\n rule 5 permit tcp\ntraffic-limit inbound acl 3000 cir 20480", []),
    ],
)
def test_policies_of_the_system_and_of_a_slot(platform: str, line: str, wanted: Limits) -> None:
    assert applied(platform, line) == wanted


def test_policy_of_a_port_goes_before_that_of_the_system_in_its_direction() -> None:
    assert applied(VRP, "traffic-policy p global inbound", " traffic-policy free inbound\n") == [TWO]
    assert applied(VRP, "traffic-policy p global inbound", " traffic-policy free outbound\n") == [ONE, TWO]
    assert applied(VRP, "traffic-policy p inbound global-acl", " traffic-policy free inbound\n") == [ONE, TWO]
    assert applied(COMWARE, "qos apply policy p global inbound", " qos apply policy free inbound\n") == [TWO]


def test_last_policy_of_the_system_counts() -> None:
    fast = "traffic behavior fast\n car cir 99000\ntraffic policy q\n classifier all behavior fast\n"
    twice = "traffic-policy p global inbound\ntraffic-policy q global inbound"
    assert [mbps for _, _, mbps, _ in applied(VRP, fast + twice)] == [99.0, 99.0]


VLAN = {VRP: "vlan 10\n traffic-policy p inbound", COMWARE: "qos vlan-policy p vlan 8 10 to 12 inbound"}
ACCESS = {VRP: " port link-type access\n port default vlan 10\n", COMWARE: " port access vlan 10\n"}
TRUNK = {VRP: "port trunk allow-pass vlan", COMWARE: "port trunk permit vlan"}


@pytest.mark.parametrize("platform", [VRP, COMWARE])
def test_policy_of_a_vlan_holds_ports_that_carry_no_other(platform: str) -> None:
    routed = ("Vlanif10", "in", 20.48, "police")
    assert applied(platform, VLAN[platform]) == [routed]
    assert applied(platform, VLAN[platform], ACCESS[platform]) == [ONE, routed]
    other = ACCESS[platform].replace("vlan 10", "vlan 20")
    assert applied(platform, VLAN[platform], other) == [routed]
    trunk = f" port link-type trunk\n {TRUNK[platform]} 10\n"
    assert applied(platform, VLAN[platform], trunk) == [routed]
    assert applied(platform, VLAN[platform], f"{trunk} undo {TRUNK[platform]} 1\n") == [ONE, routed]
    everything = trunk.replace("vlan 10", "vlan all")
    assert applied(platform, VLAN[platform], everything) == [routed]


def test_policy_of_a_vlan_goes_before_that_of_the_system() -> None:
    free = "traffic behavior free\n remark dscp 8\ntraffic policy f\n classifier all behavior free\n"
    both = f"{free}vlan 10\n traffic-policy f inbound\ntraffic-policy p global inbound"
    assert applied(VRP, both, ACCESS[VRP]) == [TWO]


def test_limit_of_a_vlan_by_its_access_list() -> None:
    acl = "acl 3000\n rule 5 permit ip\n"
    found = applied(VRP, f"{acl}traffic-limit vlan 10 outbound acl 3000 cir 8000", ACCESS[VRP])
    assert found == [("GigabitEthernet1/0/1", "out", 8.0, "police"), ("Vlanif10", "out", 8.0, "police")]


def test_lists_of_vlans_without_end_or_sense() -> None:
    for vlans in ("9" * 5000, "10 to " + "9" * 5000, "10 to 4 to to", "1 to 4094 " * 2000):
        assert limits(COMWARE, f"{DEFINED[COMWARE]}qos vlan-policy p vlan {vlans} inbound\n{PORT}") == []
