"""Limits that hold for all of an interface's traffic, and those that hold for a part of it only, by platform."""

from __future__ import annotations

import pytest
from rate_limits import ANYTHING, BEHAVIOUR, COMWARE, IOS, NOW, POLICY, PORT, RGOS, VRP, Limits, items, limits

from collectors.platforms.base import Release
from collectors.platforms.catalogue import platforms
from inventory.config import Config, indented
from inventory.facts import Interfaces


def shares(platform: str, text: str) -> list[tuple[str, float | None, float | None]]:
    return [(item.direction, item.mbps, item.percent) for item in items(platform, text)]


@pytest.mark.parametrize("platform", [VRP, COMWARE])
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{PORT} qos car inbound cir 20480 cbs 3850240\n", ("in", 20.48, "police")),
        (f"{PORT} qos car outbound any cir 20480\n", ("out", 20.48, "police")),
        (f"{PORT} qos lr outbound cir 20000 cbs 2500000\n", ("out", 20.0, "shape")),
        (f"{PORT} qos lr inbound cir 20000 cbs 2500000\n", ("in", 20.0, "shape")),
        (f"{PORT} qos lr cir 20 mbps outbound\n", ("out", 20.0, "shape")),
        (f"{PORT} qos lr cir 1 gbps cbs 4000 kbytes inbound\n", ("in", 1000.0, "shape")),
        (f"{PORT} qos gts any cir 20000\n", ("out", 20.0, "shape")),
        (f"{PORT} qos gts cir 20000 cbs 500000\n", ("out", 20.0, "shape")),
        (f"qos car town cir 20 mbps\n{PORT} qos car inbound town\n", ("in", 20.0, "police")),
        (f"qos car town cir 2000 pir 8000\n{PORT} qos car outbound town\n", ("out", 8.0, "police")),
        (f"{PORT} line-rate outbound 20480\n", ("out", 20.48, "shape")),
        (f"{ANYTHING}{BEHAVIOUR}{POLICY}{PORT} traffic-policy p inbound\n", ("in", 20.48, "police")),
        (
            f"{BEHAVIOUR}qos policy p\n classifier default-class behavior slow\n{PORT} qos apply policy p outbound\n",
            ("out", 20.48, "police"),
        ),
        (
            f"{ANYTHING}traffic behavior slow\n gts cir 30000 cbs 1875000\n{POLICY}{PORT} traffic-policy p outbound\n",
            ("out", 30.0, "shape"),
        ),
    ],
)
def test_vrp_and_comware(platform: str, text: str, wanted: tuple[str, float, str]) -> None:
    assert limits(platform, text) == [("GigabitEthernet0/0/1", *wanted)]


@pytest.mark.parametrize("platform", [VRP, COMWARE])
@pytest.mark.parametrize(
    "text",
    [
        f"{PORT} qos car inbound acl 3000 cir 1024\n",
        f"acl number 3000\n rule 5 permit ip source 10.0.0.0 0.0.0.255\n{PORT} qos car inbound acl 3000 cir 1024\n",
        f"acl number 3000\n rule 1 deny udp\n rule 5 permit ip\n{PORT} qos car inbound acl 3000 cir 1024\n",
        f"{PORT} qos car outbound carl 1 cir 1024\n",
        f"{PORT} qos car inbound source-ip-address range 10.0.0.1 to 10.0.0.9 per-address cir 1024\n",
        f"{PORT} qos car cir 1024 inbound vlan 10\n",
        f"{PORT} qos gts queue 1 cir 1024\n",
        f"{PORT} qos car inbound unheard-of\n",
        f"{PORT} qos car inbound cir 1024 green pass red pass\n",
        f"{PORT} qos car inbound any cir 1024 red remark-dscp-pass 8\n",
        f"{ANYTHING}{BEHAVIOUR}{POLICY}{PORT} traffic-policy p inbound vlan 10\n",
        f"{ANYTHING} if-match acl 3000\n{BEHAVIOUR}{POLICY}{PORT} traffic-policy p inbound\n",
        (
            f"traffic classifier web\n if-match acl 3000\n{BEHAVIOUR}"
            f"traffic policy p\n classifier web behavior slow\n{PORT} traffic-policy p inbound\n"
        ),
        (
            f"traffic classifier web\n if-match acl 3000\n{BEHAVIOUR}traffic policy p\n classifier web behavior fast\n"
            f" classifier default-class behavior slow\n{PORT} traffic-policy p inbound\n"
        ),
        f"{PORT} qos lr outbound cir {'9' * 5000}\n",
        f"{ANYTHING}traffic behavior slow\n traffic-policy p\n{POLICY}{PORT} traffic-policy p inbound\n",
    ],
    ids=[
        "an access list that is not there",
        "an access list of a network",
        "an access list that denies first",
        "a CAR list",
        "addresses",
        "a VLAN",
        "a queue",
        "a name that is not defined",
        "what exceeds passes",
        "what exceeds is marked",
        "the VLAN of a policy",
        "all conditions of a class, of which one is more than any",
        "a class",
        "the rest of a class",
        "no number",
        "a policy within itself",
    ],
)
def test_vrp_and_comware_limits_of_a_part(platform: str, text: str) -> None:
    assert limits(platform, text) == []


@pytest.mark.parametrize("platform", [VRP, COMWARE])
def test_access_list_that_permits_everything_is_all_traffic(platform: str) -> None:
    acl = "acl number 3000\n rule 5 permit ip\n"
    everything = [("GigabitEthernet0/0/1", "in", 20.48, "police")]
    assert limits(platform, f"{acl}{PORT} qos car inbound acl 3000 cir 20480\n") == everything
    part = f"traffic classifier all operator or\n if-match acl 3000\n if-match vlan-id 7\n{BEHAVIOUR}"
    assert limits(platform, f"{acl}{part}{POLICY}{PORT} traffic-policy p inbound\n") == everything


@pytest.mark.parametrize("platform", [VRP, COMWARE])
def test_peak_rate_is_what_passes_unless_what_exceeds_the_first_is_dropped(platform: str) -> None:
    two = f"{PORT} qos car inbound any cir 2000 cbs 125000 ebs 0 pir 8000"
    assert [mbps for _, _, mbps, _ in limits(platform, f"{two} green pass yellow pass red discard\n")] == [8.0]
    assert [mbps for _, _, mbps, _ in limits(platform, f"{two} green pass yellow discard red discard\n")] == [2.0]


def test_policies_within_policies_and_shared_policers() -> None:
    inner = "traffic classifier all\n if-match any\ntraffic behavior inner\n car cir 5000\ntraffic policy child\n"
    outer = " classifier all behavior inner\ntraffic behavior outer\n gts cir 20000\n traffic-policy child\n"
    text = f"{inner}{outer}traffic policy p\n classifier all behavior outer\n{PORT} traffic-policy p outbound\n"
    assert sorted(mbps for _, _, mbps, _ in limits(VRP, text) if mbps) == [5.0, 20.0]
    for car, used in (
        ("qos car agg cir 4000", "car agg share"),
        ("qos car agg aggregative cir 4000 cbs 250112", "car name agg"),
        ("qos car agg hierarchy cir 4000", "car cir 9000 hierarchy-car agg"),
    ):
        shared = f"{car}\n{ANYTHING}traffic behavior slow\n {used}\n{POLICY}{PORT} traffic-policy p inbound\n"
        assert ("GigabitEthernet0/0/1", "in", 4.0, "police") in limits(VRP, shared)


PROFILE = "qos-profile town\n user-queue cir 10000 pir 20000 flow-queue f outbound\n car cir 8000 inbound\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{PROFILE}{PORT} qos-profile town outbound\n", [("out", 20.0, "shape")]),
        (f"{PROFILE}{PORT} qos-profile town inbound identifier none group g\n", [("in", 8.0, "police")]),
        (f"{PROFILE}{PORT} qos-profile town inbound identifier vid\n", []),
        (f"{PROFILE}{PORT} qos-profile town outbound vlan 1 to 9 identifier vlan-id\n", []),
        (f"{PORT} qos-profile unheard-of outbound\n", []),
        (f"qos-profile name q\n car inbound cir 64 pir 128\n{PORT} qos-profile q inbound\n", [("in", 0.128, "police")]),
        (f"qos-profile town\n user-queue pir 30000\n{PORT} qos-profile town outbound\n", [("out", 30.0, "shape")]),
        (f"{PORT} user-queue cir 1000 pir 20000 flow-queue f inbound\n", [("in", 20.0, "shape")]),
        (f"{PORT} user-queue cir 20000 outbound\n", [("out", 20.0, "shape")]),
        (f"{PORT} qos car cir 20000 pir 30000 green pass yellow pass red discard inbound\n", [("in", 30.0, "police")]),
        (f"{PORT} port shaping 100\n", [("out", 100.0, "shape")]),
        (f"{PORT} port shaping 512K\n", [("out", 0.512, "shape")]),
        (f"{PORT} bandwidth egress 20000 threshold 80\n bandwidth ingress 50000\n", [
            ("out", 20.0, "police"), ("in", 50.0, "police"),
        ]),
        (f"{PORT} bandwidth 100\n", []),
    ],
)  # fmt: skip
def test_vrp_alone(text: str, wanted: Limits) -> None:
    assert limits(VRP, text) == [("GigabitEthernet0/0/1", *each) for each in wanted]


@pytest.mark.parametrize(
    ("platform", "text", "percent"),
    [
        (VRP, " qos lr pct 20 outbound\n", 20.0),
        (VRP, " port shaping shaping-percentage 20\n", 20.0),
        (VRP, " user-queue cir-percentage 10 pir-percentage 20 outbound\n", 20.0),
        (VRP, " qos gts cir pct 20\n", 20.0),
        (COMWARE, " qos car outbound any percent cir 20\n", 20.0),
    ],
)
def test_vrp_and_comware_shares_of_the_port(platform: str, text: str, percent: float) -> None:
    assert shares(platform, PORT + text) == [("out", None, percent)]
    limit = items(platform, PORT + text)[0]
    assert (limit.at(100.0), limit.at(None)) == (percent, None)


def test_comware_3_routers_count_in_bits() -> None:
    text = "interface Ethernet0/0\n qos car inbound any cir 2000000 cbs 100000 ebs 0 green pass red discard\n"
    assert limits(COMWARE, text, "3.40 Release 0201P12") == [("Ethernet0/0", "in", 2.0, "police")]
    assert limits(COMWARE, text, "7.1.064 0707P16") == [("Ethernet0/0", "in", 2000.0, "police")]


def policy(lines: str, name: str = "class-default") -> str:
    return f"policy-map P\n class {name}\n{lines}"


CISCO_PORT = "interface GigabitEthernet0/1\n"
AGGREGATE = policy("  police aggregate town\n")
POLICED = policy("  police 20000000\n", "X")


@pytest.mark.parametrize("way", ["in", "out"])
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (policy("  police cir 20000000\n"), (20.0, "police")),
        (policy("  police 20000000 8000 exceed-action drop\n"), (20.0, "police")),
        (policy("  police cir 20m\n   conform-action transmit\n   exceed-action drop\n"), (20.0, "police")),
        (policy("  police rate 20000 kbps\n"), (20.0, "police")),
        (policy("  shape average 20000000\n"), (20.0, "shape")),
        (policy("  shape average 20000000 80000 0\n"), (20.0, "shape")),
        (policy("  shape peak 20000000\n"), (40.0, "shape")),
        (policy("  shape peak 20000000 80000 40000\n"), (30.0, "shape")),
        (
            policy("  police cir 5000000 pir 20000000 exceed-action transmit violate-action drop\n"),
            (20.0, "police"),
        ),
        (policy("  police cir 5000000 pir 20000000\n   exceed-action drop\n"), (5.0, "police")),
        (f"mls qos aggregate-policer town 20000000 8000 exceed-action drop\n{AGGREGATE}", (20.0, "police")),
        (f"policer aggregate town cir 20000000 bc 8000\n{AGGREGATE}", (20.0, "police")),
        (f"class-map match-any X\n match any\n match access-group 7\n{POLICED}", (20.0, "police")),
        (f"access-list 130 permit ip any any\nclass-map X\n match access-group 130\n{POLICED}", (20.0, "police")),
    ],
)  # fmt: skip
def test_ios_policy_maps(way: str, text: str, wanted: tuple[float, str]) -> None:
    applied = f"{text}{CISCO_PORT} service-policy {way}put P\n"
    assert limits(IOS, applied) == [("GigabitEthernet0/1", way, *wanted)]


@pytest.mark.parametrize(
    "text",
    [
        policy("  police cir 20000000 conform-action transmit exceed-action set-dscp-transmit 8\n"),
        policy("  police 20000000 8000 exceed-action policed-dscp-transmit\n"),
        policy("  police cir 5000000 pir 20000000 exceed-action transmit violate-action transmit\n"),
        policy("  police rate 1000 pps\n"),
        policy("  police aggregate unheard-of\n"),
        policy("  bandwidth 20000\n  bandwidth percent 20\n"),
        "policy-map P\n class VOICE\n  priority 512\n class class-default\n  shape average 20000000\n",
        f"class-map match-all X\n match access-group 101\n match any\n{POLICED}",
        f"access-list 1 deny 10.0.0.1\naccess-list 1 permit any\nclass-map X\n match access-group 1\n{POLICED}",
        policy("  service-policy P\n"),
        policy("  police cir " + "9" * 5000 + "\n"),
    ],
    ids=[
        "marked",
        "marked by table",
        "violating passes",
        "packets",
        "an aggregate that is not defined",
        "guarantees",
        "the rest beside a class",
        "a class",
        "an access list that denies first",
        "a policy within itself",
        "no number",
    ],
)
def test_ios_limits_of_a_part(text: str) -> None:
    assert limits(IOS, f"{text}{CISCO_PORT} service-policy input P\n") == []


def test_ios_policies_within_policies() -> None:
    child = "policy-map CHILD\n class class-default\n  police cir percent 50\n"
    parent = policy("  shape average 20000000\n  service-policy CHILD\n")
    found = limits(IOS, f"{child}{parent}{CISCO_PORT} service-policy output P\n")
    assert found == [("GigabitEthernet0/1", "out", 20.0, "shape"), ("GigabitEthernet0/1", "out", 10.0, "police")]


def test_ios_shares() -> None:
    shaped = policy("  shape average percent 20\n")
    assert shares(IOS, f"{shaped}{CISCO_PORT} service-policy output P\n") == [("out", None, 20.0)]
    assert shares(IOS, f"{shaped}{CISCO_PORT} bandwidth 50000\n service-policy output P\n") == [("out", 10.0, None)]
    assert shares(IOS, f"{CISCO_PORT} srr-queue bandwidth limit 20\n") == [("out", None, 20.0)]
    assert shares(IOS, f"{CISCO_PORT} srr-queue bandwidth shape 25 0 0 0\n") == []


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("traffic-shape rate 20000000 500000", [("out", 20.0, "shape")]),
        ("traffic-shape group 101 20000000", []),
        ("rate-limit input 20000000 8000 8000 conform-action transmit exceed-action drop", [("in", 20.0, "police")]),
        ("rate-limit output 20000000 8000 8000 conform-action transmit exceed-action drop", [("out", 20.0, "police")]),
        ("rate-limit input 20000000 8000 8000 conform-action transmit exceed-action transmit", []),
        ("rate-limit input access-group 101 20000000 8000 8000 conform-action transmit exceed-action drop", []),
        ("rate-limit input access-group rate-limit 1 20000000 8000 8000 conform-action drop exceed-action drop", []),
        (
            "rate-limit input access-group 130 20000000 8000 8000 conform-action transmit exceed-action drop",
            [("in", 20.0, "police")],
        ),
    ],
)
def test_ios_interfaces_alone(line: str, wanted: Limits) -> None:
    text = f"access-list 130 permit ip any any\n{CISCO_PORT} {line}\n"
    assert limits(IOS, text) == [("GigabitEthernet0/1", *each) for each in wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (" rate-limit input 20480 4096\n", ("in", 20.48, "police")),
        (" rate-limit output 20480 4096\n", ("out", 20.48, "police")),
        (
            " rate-limit output 20000000 8000 8000 conform-action transmit exceed-action drop\n",
            ("out", 20.0, "police"),
        ),
        (" traffic-shape rate 20000000\n", ("out", 20.0, "shape")),
        (" service-policy input P\n", ("in", 20.48, "police")),
        (" service-policy output P\n", ("out", 20.48, "police")),
    ],
)
def test_ruijie(text: str, wanted: tuple[str, float, str]) -> None:
    acl = "ip access-list extended 199\n 10 permit ip any any\n!\nclass-map c\n match access-group 199\n!\n"
    defined = f"{acl}policy-map P\n class c\n  police 20480 4096 exceed-action drop\n!\n"
    assert limits(RGOS, f"{defined}interface GigabitEthernet 0/1\n{text}") == [("GigabitEthernet0/1", *wanted)]


def test_ruijie_limits_of_a_part() -> None:
    acl = "ip access-list extended 199\n 10 permit tcp any any eq 80\n!\nclass-map c\n match access-group 199\n!\n"
    text = "interface GigabitEthernet 0/1\n service-policy input P\n"
    assert limits(RGOS, f"{acl}policy-map P\n class c\n  police 20480 4096 exceed-action drop\n!\n{text}") == []
    everything = acl.replace("tcp any any eq 80", "ip any any")
    marked = "policy-map P\n class c\n  police 20480 4096 exceed-action dscp 8\n!\n"
    assert limits(RGOS, f"{everything}{marked}{text}") == []


@pytest.mark.parametrize(
    ("platform", "lines", "mbps"),
    [
        (VRP, " undo negotiation auto\n speed 100\n", 100.0),
        (COMWARE, " speed 1000\n duplex full\n", 1000.0),
        (IOS, " speed 10\n", 10.0),
        (RGOS, " speed 10G\n", 10000.0),
        (VRP, " auto speed 10 100\n", None),
        (IOS, " speed auto\n", None),
        (IOS, " no speed\n", None),
    ],
)
def test_speed_that_a_port_is_fixed_to(platform: str, lines: str, mbps: float | None) -> None:
    chosen = platforms()[platform]
    config = Config(indented(f"{CISCO_PORT}{lines}"), "the configuration", taken_at=NOW)
    found = next(each for each in chosen.config_reads if each.fact is Interfaces).build(config, Release())
    assert isinstance(found, Interfaces)
    assert [port.speed_mbps for port in found.items] == [mbps]


@pytest.mark.parametrize(
    ("platform", "text", "whole"),
    [
        (VRP, "interface Eth-Trunk1\ninterface GigabitEthernet0/0/1\n eth-trunk 1\n", "Eth-Trunk1"),
        (COMWARE, "interface Bridge-Aggregation1\n{0}", "Bridge-Aggregation1"),
        (COMWARE, "interface Route-Aggregation1\n{0}", "Route-Aggregation1"),
        (COMWARE, "{0}", "Bridge-Aggregation1"),
    ],
)
def test_aggregation_that_a_port_is_a_member_of(platform: str, text: str, whole: str) -> None:
    member = "interface GigabitEthernet0/0/1\n port link-aggregation group 1\n"
    config = Config(indented(text.format(member)), "the configuration", taken_at=NOW)
    read = next(each for each in platforms()[platform].config_reads if each.fact is Interfaces)
    found = read.build(config, Release())
    assert isinstance(found, Interfaces)
    assert {port.name: port.aggregate for port in found.items}["GigabitEthernet0/0/1"] == whole
