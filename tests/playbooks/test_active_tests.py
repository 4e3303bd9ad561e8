"""Throughput tests run only where playbook, target and clock agree."""

from __future__ import annotations

from datetime import time
from ipaddress import IPv4Address

import pytest

from inventory.targets import Target
from playbooks.active_tests import agreed
from playbooks.schema import ActiveTest, Collect


def target(name: str, last: int, *tags: str) -> Target:
    return Target(name, IPv4Address(f"10.0.0.{last}"), tags=tags)


def test_never_by_default() -> None:
    assert Collect().active_test is None


def test_both_sides_have_to_agree() -> None:
    test = ActiveTest(servers=("10.0.0.1", "10.0.0.2", "10.0.0.3"), window="02:00-05:00", cap_mbps=50)
    targets = [
        target("both", 1, "iperf3"),
        target("port", 2, "core", "iperf3:5301"),
        target("untagged", 3),
        target("unnamed", 4, "iperf3"),
        target("mistyped", 3, "iperf3:port"),
    ]
    assert [(found.name, port) for found, port in agreed(targets, test)] == [("both", 5201), ("port", 5301)]


@pytest.mark.parametrize(
    ("window", "moment", "may"),
    [
        ("02:00-05:00", "02:00", True),
        ("02:00-05:00", "05:00", False),
        ("02:00-05:00", "12:00", False),
        ("23:00-04:00", "23:30", True),
        ("23:00-04:00", "03:59", True),
        ("23:00-04:00", "12:00", False),
    ],
)
def test_window(window: str, moment: str, may: bool) -> None:
    assert ActiveTest((), window, 10).open_at(time.fromisoformat(moment)) is may


@pytest.mark.parametrize("wrong", [{"window": "night"}, {"window": "02:00"}, {"cap_mbps": 0}, {"seconds": 0}])
def test_a_test_without_bounds_is_refused(wrong: dict[str, object]) -> None:
    given: dict[str, object] = {"servers": (), "window": "02:00-05:00", "cap_mbps": 10.0, **wrong}
    with pytest.raises(ValueError, match=r"window|cap_mbps"):
        ActiveTest(**given)  # type: ignore[arg-type]
