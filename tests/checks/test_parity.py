"""What filters let through in each family, computed: rules in their order, services in pieces, thousands of both."""

from __future__ import annotations

import time
from ipaddress import ip_network

import pytest

from checks.parity import Filter, Gate, compared
from inventory.facts import FilterRule

ALL = FilterRule("all", True)
NONE = FilterRule("none", False)


def rule(permits: bool, ports: tuple[tuple[int, int], ...] | None = None, **more: object) -> FilterRule:
    return FilterRule("r", permits, protocol="tcp", destination_ports=ports, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("four", "six", "expected"),
    [
        ((NONE,), (NONE,), set()),
        ((ALL,), (NONE,), {("tcp", 2, 0), ("udp", 2, 0), ("*", 2, 0)}),
        # the first rule that takes all of it decides
        ((rule(False, ((80, 80),)), ALL), (ALL,), {("tcp/80", 0, 2)}),
        ((ALL, rule(False, ((80, 80),))), (ALL,), set()),
        # a rule that no session has begun for lets nothing begin
        ((rule(True, stateful=True), NONE), (NONE,), set()),
        # by what is not understood nothing is decided
        ((rule(True, ((80, 80),), more=True), NONE), (NONE,), {("tcp/80", None, 0)}),
        ((rule(False, ((80, 80),), more=True), ALL), (ALL,), {("tcp/80", None, 2)}),
        # source ports narrow
        ((rule(True, ((80, 80),), source_ports=((1, 5),)), NONE), (NONE,), {("tcp/80", 1, 0)}),
    ],
)
def test_first_rule_that_takes_all_of_a_service_decides(
    four: tuple[FilterRule, ...], six: tuple[FilterRule, ...], expected: set[tuple[str, int | None, int | None]]
) -> None:
    told = compared([Filter(four, False)], [Filter(six, False)])
    assert told is not None
    differ = {(c.shown, c.four.gate, c.six.gate) for c in told if c.four.gate != c.six.gate}
    merged = {(name, four, six) for name, four, six in differ if not name.startswith("udp/")}
    assert merged == {(n, g, h) for n, g, h in expected if n != "udp"}
    if any(name == "udp" for name, _, _ in expected):
        assert any(name.startswith("udp/") for name, _, _ in differ)


def test_a_packet_has_to_pass_every_chain() -> None:
    told = compared([Filter((ALL,), False), Filter((NONE,), True)], [Filter((ALL,), False)])
    assert told is not None
    assert {c.four.gate for c in told} == {Gate.SHUT}


def test_thousands_of_rules_are_compared_in_no_time_or_not_at_all() -> None:
    many = tuple(rule(n % 3 > 0, ((n, n + 2),)) for n in range(1, 3000))
    begun = time.process_time()
    told = compared([Filter(many, False)], [Filter(many, False)])
    assert told is not None
    assert all(each.four == each.six for each in told)
    assert time.process_time() - begun < 20
    broad = tuple(rule(True, sources=(ip_network(f"10.{n >> 8}.{n & 255}.0/24"),)) for n in range(1000))
    assert compared([Filter((*many, *broad), False)], [Filter(many, False)]) is None
