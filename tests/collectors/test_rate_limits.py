"""Limits that hold for all of an interface's traffic, and those that hold for a part of it only, by platform."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collectors.platforms.base import Release
from collectors.platforms.catalogue import platforms
from inventory.config import Config, indented
from inventory.facts import RateLimits

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Limits = list[tuple[str, str, float, str]]


def limits(platform: str, text: str) -> Limits:
    chosen = platforms()[platform]
    assert chosen.dialect is not None
    config = Config(indented(text, chosen.dialect.comments, chosen.dialect.quoted), "the configuration", taken_at=NOW)
    found = next(each for each in chosen.config_reads if each.fact is RateLimits).build(config, Release())
    assert isinstance(found, RateLimits)
    assert all(item.evidence.lines for item in found.items)
    return [(item.interface, item.direction, item.mbps, item.kind) for item in found.items]


PORT = "interface GigabitEthernet0/0/1\n"
BEHAVIOUR = "traffic behavior slow\n car cir 20480 cbs 3850240\n"


@pytest.mark.parametrize("platform", ["huawei_vrp", "h3c_comware"])
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{PORT} qos car inbound cir 20480 cbs 3850240\n", ("in", 20.48, "police")),
        (f"{PORT} qos car outbound any cir 20480\n", ("out", 20.48, "police")),
        (f"{PORT} qos lr outbound cir 20000 cbs 2500000\n", ("out", 20.0, "shape")),
        (f"{PORT} qos lr cir 20 mbps outbound\n", ("out", 20.0, "shape")),
        (f"{PORT} qos gts any cir 20000\n", ("out", 20.0, "shape")),
        (f"qos car town cir 20 mbps\n{PORT} qos car inbound town\n", ("in", 20.0, "police")),
        (f"{PORT} line-rate outbound 20480\n", ("out", 20.48, "shape")),
        (
            (
                f"traffic classifier all\n if-match any\n{BEHAVIOUR}"
                f"traffic policy p\n classifier all behavior slow\n{PORT} traffic-policy p inbound\n"
            ),
            ("in", 20.48, "police"),
        ),
        (
            f"{BEHAVIOUR}qos policy p\n classifier default-class behavior slow\n{PORT} qos apply policy p outbound\n",
            ("out", 20.48, "police"),
        ),
    ],
)
def test_vrp_and_comware(platform: str, text: str, wanted: tuple[str, float, str]) -> None:
    assert limits(platform, text) == [("GigabitEthernet0/0/1", *wanted)]


@pytest.mark.parametrize("platform", ["huawei_vrp", "h3c_comware"])
@pytest.mark.parametrize(
    "text",
    [
        f"{PORT} qos car inbound acl 3000 cir 1024\n",
        f"{PORT} qos car inbound unheard-of\n",
        (
            f"traffic classifier web\n if-match acl 3000\n{BEHAVIOUR}"
            f"traffic policy p\n classifier web behavior slow\n{PORT} traffic-policy p inbound\n"
        ),
        (
            f"traffic classifier web\n if-match acl 3000\n{BEHAVIOUR}traffic policy p\n classifier web behavior fast\n"
            f" classifier default-class behavior slow\n{PORT} traffic-policy p inbound\n"
        ),
        f"{PORT} qos lr outbound cir {'9' * 5000}\n",
    ],
    ids=["an access list", "a name that is not defined", "a class", "the rest of a class", "no number"],
)
def test_vrp_and_comware_limits_of_a_part(platform: str, text: str) -> None:
    assert limits(platform, text) == []


@pytest.mark.parametrize(
    ("platform", "text", "wanted"),
    [
        ("cisco_ios", "policy-map P\n class class-default\n  police cir 20000000\n", ("in", 20.0, "police")),
        ("cisco_ios", "policy-map P\n class class-default\n  shape average 20000000\n", ("in", 20.0, "shape")),
        (
            "cisco_ios",
            "class-map match-any ALL\n match any\npolicy-map P\n class ALL\n  police 20000000\n",
            ("in", 20.0, "police"),
        ),
    ],
)
def test_ios_policy_maps(platform: str, text: str, wanted: tuple[str, float, str]) -> None:
    applied = f"{text}interface GigabitEthernet0/1\n service-policy input P\n"
    assert limits(platform, applied) == [("GigabitEthernet0/1", *wanted)]


def test_ios_interfaces_alone() -> None:
    port = "interface GigabitEthernet0/1\n"
    assert limits("cisco_ios", f"{port} traffic-shape rate 20000000 500000\n") == [
        ("GigabitEthernet0/1", "out", 20.0, "shape")
    ]
    assert limits("cisco_ios", f"{port} rate-limit input 20000000 8000 8000 conform-action transmit\n") == [
        ("GigabitEthernet0/1", "in", 20.0, "police")
    ]
    part = f"class-map match-any WEB\n match access-group 101\npolicy-map P\n class WEB\n  police cir 1000000\n{port}"
    assert limits("cisco_ios", f"{part} service-policy input P\n") == []


def test_ruijie_counts_in_kbit() -> None:
    text = "interface GigabitEthernet 0/1\n rate-limit input 20480 4096\n"
    assert [(way, mbps, kind) for _, way, mbps, kind in limits("ruijie_rgos", text)] == [("in", 20.48, "police")]
