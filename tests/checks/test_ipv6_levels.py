"""The ladder: levels hold in order, what is not known is not met, gaps that were accepted are gaps."""

from __future__ import annotations

import pytest

from checks.catalogue import catalogue
from checks.ipv6_levels import (
    ALONE,
    CHECKS,
    LADDERS,
    Findings,
    Kind,
    Standing,
    State,
    climbed,
    county,
    device_standing,
    filtered_alike,
    share,
    site_standing,
    system_standing,
    unit_standing,
)
from inventory.findings import FindingRow

LADDER = (
    ("N1", "N2", "N3", "N4"),
    ("N5", "N6", "N7"),
    ("N8", "N9|N10", "N11"),
    ("N12", "N13", "N14", "N15", "N16", "N17", "N19"),
    ("N20",),
)


def states(**told: str) -> dict[str, State]:
    return {name: State(state) for name, state in told.items()}


def test_an_access_switch_that_is_enabled_and_carries_nothing() -> None:
    met = dict.fromkeys(("N1", "N2", "N3", "N4", "N5", "N6", "N7", "N11", "N12", "N13"), "met")
    lacking = dict.fromkeys(("N8", "N9", "N10", "N15"), "not_met")
    assert climbed(LADDER, states(**met, **lacking)) == (2, ("N8", "N9|N10"))


def test_what_is_not_known_is_not_met_and_what_does_not_apply_is() -> None:
    assert climbed(LADDER, {}) == (0, ("N1", "N2", "N3", "N4"))
    assert climbed(LADDER, states(N1="met", N2="na", N3="met", N4="unknown")) == (0, ("N4",))
    assert climbed(LADDER, states(N1="met", N2="na", N3="na", N4="met")) == (1, ("N5", "N6", "N7"))


def test_either_of_two_is_enough() -> None:
    base = dict.fromkeys(("N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N11"), "met")
    assert climbed(LADDER, states(**base, N9="not_met", N10="met"))[0] == 3
    assert climbed(LADDER, states(**base, N9="na", N10="unknown")) == (2, ("N9|N10",))
    assert climbed(LADDER, states(**base, N9="na", N10="na"))[0] == 3


def test_every_requirement_is_a_check() -> None:
    assert CHECKS - {ALONE} <= set(catalogue())
    assert all(len(ladder) == 5 for ladder in LADDERS.values())


def row(check: str, outcome: str, subject: str = "r1", kind: str = "device", **more: str) -> FindingRow:
    return FindingRow(f"ipv6.{check}", kind, subject, outcome, **more)  # type: ignore[arg-type]


UP_TO_2 = [row(check, "pass") for check in ("capable", "forwarding-on", "usable-address", "addresses-clean")]


def test_the_worst_place_counts() -> None:
    rows = [*UP_TO_2, row("addresses-clean", "fail", place="eth1")]
    assert device_standing("r1", Kind.NETWORK, Findings(rows)) == Standing(
        Kind.NETWORK, "r1", 1, ("ipv6.addresses-clean",)
    )


def test_an_accepted_gap_is_still_one() -> None:
    rows = [*UP_TO_2[:3], row("addresses-clean", "waived", underlying="fail")]
    assert device_standing("r1", Kind.NETWORK, Findings(rows)).level == 1
    accepted = [*UP_TO_2[:3], row("addresses-clean", "waived", underlying="pass")]
    assert device_standing("r1", Kind.NETWORK, Findings(accepted)).level == 2


def test_a_check_that_is_not_about_a_device_does_not_hold_it_back() -> None:
    """First-hop guards are judged of switches; of a router no finding exists, though the run judged them."""
    rows = [*UP_TO_2, row("routes-learned", "pass"), row("adjacency-up", "unknown"), row("neighbours-live", "pass")]
    rows += [row(check, "pass") for check in ("traffic-flows", "mtu-fits", "acl-parity", "managed-over-ipv6")]
    rows += [row("first-hop-guarded", "fail", "sw1"), row("hosts-addressed", "not_applicable")]
    rows += [
        row(check, "not_applicable")
        for check in ("gateway-redundant", "filters-no-wider", "filters-no-narrower", "icmpv6-passes")
    ]
    rows += [FindingRow("access.vty-acl-ipv6", "device", "r1", "pass")]
    assert device_standing("r1", Kind.NETWORK, Findings(rows)) == Standing(Kind.NETWORK, "r1", 4, (ALONE,))
    assert device_standing("r1", Kind.NETWORK, Findings(rows[:-1])).missing == ("access.vty-acl-ipv6",)  # not judged


def test_what_a_device_does_not_tell_of_its_gateways_the_network_may() -> None:
    rows = [
        *UP_TO_2,
        row("routes-learned", "pass"),
        row("neighbours-live", "pass"),
        row("gateway-redundant", "unknown"),
    ]
    rows += [row(check, "pass") for check in ("traffic-flows", "mtu-fits", "acl-parity", "managed-over-ipv6")]
    others = ("hosts-addressed", "filters-no-wider", "filters-no-narrower", "icmpv6-passes", "first-hop-guarded")
    rows += [row(check, "not_applicable") for check in others]
    rows += [FindingRow("access.vty-acl-ipv6", "device", "r1", "pass")]
    told = {
        outcome: device_standing(
            "r1", Kind.NETWORK, Findings([*rows, row("advertised-gateways-doubled", outcome)])
        ).level
        for outcome in ("pass", "fail", "unknown", "not_applicable")
    }
    assert told == {"pass": 4, "fail": 3, "unknown": 3, "not_applicable": 3}


def test_neighbours_are_proven_by_the_cache_or_by_an_adjacency() -> None:
    rows = [*UP_TO_2, row("routes-learned", "pass"), row("neighbours-live", "unknown")]
    assert device_standing("r1", Kind.NETWORK, Findings(rows)).level == 2
    assert device_standing("r1", Kind.NETWORK, Findings([*rows, row("adjacency-up", "pass")])).level == 3
    silent = [row("neighbours-live", "fail"), row("adjacency-up", "not_applicable")]
    assert device_standing("r1", Kind.NETWORK, Findings([*rows[:-1], *silent])).level == 2


def test_nothing_known_is_told_apart_from_proven_nothing() -> None:
    silent = device_standing("r2", Kind.NETWORK, Findings(UP_TO_2))
    proven = device_standing("r2", Kind.NETWORK, Findings([*UP_TO_2, row("capable", "fail", "r2")]))
    assert (silent.level, silent.shown) == (0, False)
    assert (proven.level, proven.shown) == (0, True)


def test_a_site_is_held_back_by_the_worst_of_its_devices() -> None:
    rows = [
        row(c, "pass", "town", "site") for c in ("site-prefix", "site-prefix-active", "site-carries", "path-carries")
    ]
    rows += [row(c, "not_applicable", "town", "site") for c in ("site-reached", "site-latency")]  # nobody may ask
    rows += [row("acl-parity", "pass", "a"), row("acl-parity", "fail", "b"), row("first-hop-guarded", "pass", "a")]
    assert site_standing("town", ["a", "b"], Findings(rows)) == Standing(Kind.SITE, "town", 3, ("ipv6.acl-parity",))
    assert site_standing("town", ["a"], Findings(rows)).level == 4
    assert site_standing("elsewhere", ["a"], Findings(rows)).level == 0


def test_a_system_without_record_is_nowhere_whatever_else_holds() -> None:
    rows = [row("system-aaaa", "fail", "oa", "system"), row("system-reachable", "not_applicable", "oa", "system")]
    assert system_standing("oa", Findings(rows)).level == 0
    answering = [row("system-aaaa", "fail", "oa", "system"), row("system-reachable", "pass", "oa", "system")]
    assert system_standing("oa", Findings(answering)) == Standing(Kind.SYSTEM, "oa", 1, ("ipv6.system-aaaa",))


def stands(kind: Kind, *levels: int) -> list[Standing]:
    return [Standing(kind, f"{kind}-{n}", level, ("ipv6.capable",)) for n, level in enumerate(levels)]


def test_a_unit_is_as_far_as_the_least_of_its_sites() -> None:
    assert unit_standing("u", stands(Kind.SITE, 3, 1, 4)).level == 1
    assert unit_standing("u", []) == Standing(Kind.UNIT, "u", 0, shown=False)


def test_the_county_is_the_lowest_median() -> None:
    backbone, departments = stands(Kind.NETWORK, 4, 4, 0), stands(Kind.UNIT, 3, 3, 2, 2)
    found = county([*backbone, *departments], {"backbone": backbone, "boundary": [], "departments": departments})
    assert (found.level, found.weakest, dict(found.layers)) == (2, "departments", {"backbone": 4, "departments": 2})
    assert found.missing == ("ipv6.capable",)
    assert found.counts[Kind.NETWORK] == {4: 2, 0: 1}
    assert county([], {}).weakest == ""


@pytest.mark.parametrize(("level", "told"), [(0, (4, 4)), (3, (2, 4)), (5, (0, 4))])
def test_share_that_has_come_to_a_level(level: int, told: tuple[int, int]) -> None:
    assert share(stands(Kind.UNIT, 3, 3, 2, 2), level) == told


def test_boundary_is_as_good_as_both_its_checks() -> None:
    """A device that filters neither family has no say: the share of nothing is nothing."""
    rows = [row("acl-parity", "pass", "a"), row("filters-no-wider", "pass", "a")]
    rows += [row("acl-parity", "pass", "b"), row("filters-no-wider", "unknown", "b")]
    rows += [row("acl-parity", "not_applicable", "c"), row("filters-no-wider", "not_applicable", "c")]
    rows += [row("acl-parity", "pass", "d"), row("filters-no-wider", "fail", "d")]
    assert filtered_alike(["a", "b", "c", "d", "e"], Findings(rows)) == (1, 3)
    assert filtered_alike(["c"], Findings(rows)) == (0, 0)
