"""Facts of several sources: the first answer wins, and the next ones fill what it left open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.merge import merge_into, merged_identity
from inventory.errors import Gap, Missing
from inventory.facts import Fact, Forwarding, Identity, Interface, Interfaces, OperatingSystem, RunningServices, Source
from inventory.snapshot import Facts

GAPS = st.builds(Missing, st.sampled_from(Gap), st.sampled_from(["", "snmp: no answer", "cli: refused"]))


def merged(*told: Fact | Missing) -> Fact | Missing:
    facts: Facts = {}
    kind = next((type(fact) for fact in told if isinstance(fact, Fact)), Forwarding)
    for fact in told:
        merge_into(facts, {kind: fact})
    return facts[kind]


def test_first_answer_wins() -> None:
    assert merged(Forwarding(True, None), Forwarding(False, True)) == Forwarding(True, None)


def test_kernel_alone_gives_way_to_its_system() -> None:
    """net-snmp puts uname into sysDescr and knows no distribution; what it alone knows stays."""
    kernel = OperatingSystem(None, None, "5.10.0", "x86_64", "Kunpeng 920")
    system = OperatingSystem("openEuler", "22.03 (LTS-SP3)", "5.10.0", "x86_64", None)
    assert merged(kernel, system) == OperatingSystem("openEuler", "22.03 (LTS-SP3)", "5.10.0", "x86_64", "Kunpeng 920")
    assert merged(system, kernel) == system


def test_what_runs_is_what_any_source_saw_run() -> None:
    """An agent lists programs by name, for which every Java program is java; the command line knows more of them."""
    told = merged(RunningServices(("java", "sshd")), RunningServices(("sshd", "tongweb")))
    assert told == RunningServices(("java", "sshd", "tongweb"))
    assert merged(RunningServices(("java",)), Missing(Gap.REFUSED)) == RunningServices(("java",))


@given(st.lists(GAPS, max_size=3), st.lists(GAPS, max_size=3))
def test_answer_is_never_lost_to_a_gap(before: list[Missing], after: list[Missing]) -> None:
    assert merged(*before, Forwarding(True, True), *after) == Forwarding(True, True)


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (Gap.UNREACHABLE, Gap.UNREAD, Gap.UNREACHABLE),  # that a source never reads it says less
        (Gap.UNREAD, Gap.REFUSED, Gap.REFUSED),
        (Gap.UNREACHABLE, Gap.LACKING, Gap.LACKING),
        (Gap.UNREAD, Gap.UNREAD, Gap.UNREAD),
    ],
)
def test_gap_that_tells_more_is_kept(first: Gap, second: Gap, kept: Gap) -> None:
    told = merged(Missing(first, "first"), Missing(second, "second"))
    assert isinstance(told, Missing)
    assert told.gap is kept


def test_identity_is_filled_with_its_sources() -> None:
    by_snmp = Identity(
        vendor="Huawei", serial="S1", sources=(Source("vendor", "sysObjectID"), Source("serial", "ENTITY"))
    )
    by_cli = Identity(
        vendor="H3C", release="V200R019", serial="s1",
        sources=(Source("vendor", "banner"), Source("release", "display version"), Source("serial", "display esn")),
    )  # fmt: skip
    whole = merged_identity(by_snmp, by_cli)
    assert (whole.vendor, whole.release, whole.serial) == ("Huawei", "V200R019", "S1")
    assert whole.sources == (
        Source("vendor", "sysObjectID"), Source("serial", "ENTITY"), Source("release", "display version"),
    )  # fmt: skip


def test_another_serial_is_noted_and_not_chosen() -> None:
    one = Identity(serial="S1", sources=(Source("serial", "ENTITY"),))
    other = Identity(serial="S2", sources=(Source("serial", "display esn"),))
    whole = merged_identity(one, other)
    assert whole.serial == "S1"
    assert whole.sources == (Source("serial", "ENTITY", "display esn=S2"),)
    unsourced = merged_identity(Identity(serial="S1"), Identity(serial="S2"))
    assert [s.disagrees for s in unsourced.sources] == ["?=S2"]


def test_interfaces_are_filled_by_name() -> None:
    first = Interfaces((Interface("GE1", 1, speed_mbps=1000.0, admin_up=False), Interface("GE2", 2)))
    second = Interfaces((Interface("GE1", 9, "to core", admin_up=True, vlans=(10, 20)), Interface("GE3", alias="new")))
    assert merged(first, second) == Interfaces(
        (Interface("GE1", 1, "to core", speed_mbps=1000.0, admin_up=False, vlans=(10, 20)), Interface("GE2", 2))
    )


NAMES = st.sampled_from(["GE1", "GE2", "GE3"])
PORTS = st.builds(
    Interface, NAMES, st.none() | st.integers(1, 9), st.none() | st.just("x"), oper_up=st.none() | st.booleans(),
    vlans=st.just(()) | st.just((1,)), speed_mbps=st.none() | st.just(0.0) | st.just(100.0),
)  # fmt: skip


@given(st.lists(PORTS, max_size=3, unique_by=lambda i: i.name), st.lists(PORTS, max_size=3, unique_by=lambda i: i.name))
def test_what_the_first_source_tells_stays(first: list[Interface], second: list[Interface]) -> None:
    told = merged(Interfaces(tuple(first)), Interfaces(tuple(second)))
    assert isinstance(told, Interfaces)
    assert [i.name for i in told.items] == [i.name for i in first]
    for before, after in zip(first, told.items, strict=True):
        for part in ("index", "alias", "oper_up", "vlans", "speed_mbps"):
            if getattr(before, part) not in (None, ()):
                assert getattr(after, part) == getattr(before, part)
    assert merged(told, Interfaces(tuple(second))) == told


def test_a_source_that_tells_nothing_changes_nothing() -> None:
    facts: Facts = {Forwarding: Forwarding(True, None)}
    merge_into(facts, {})
    assert facts == {Forwarding: Forwarding(True, None)}
