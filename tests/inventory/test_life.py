"""History: lines of a configuration, a device's chapters, and the census as of a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inventory.config_diff import LineChange, line_changes
from inventory.diff import Change, Event, Facet, diff
from inventory.evidence import Evidence
from inventory.facts import Configuration, Identity
from inventory.life import Known, known, life
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State

START = datetime(2026, 1, 5, tzinfo=UTC)
OLD = """!Last configuration was updated at 2026-01-05 10:00:00
sysname core
#
interface GigabitEthernet0/0/1
 description to town-1
 undo shutdown
#
user-interface vty 0 4
 protocol inbound telnet
#
return
"""


def record(name: str, week: int, state: State = State.ANSWERED) -> DeviceRecord:
    return DeviceRecord(name, "10.0.0.1", state, START + timedelta(weeks=week))


def run(week: int, text: str, *, state: State = State.ANSWERED, release: str = "V1") -> MemoryNetwork:
    whole = Configuration(len(text.splitlines()), Evidence("display current-configuration", sha256=f"{week:064x}"))
    facts = {Configuration: whole, Identity: Identity(release=release)} if state is State.ANSWERED else {}
    return MemoryNetwork([Snapshot(record("core", week, state), facts)], {f"{week:064x}": text})


def test_changed_line_stands_with_its_section() -> None:
    new = OLD.replace("inbound telnet", "inbound ssh").replace("10:00", "11:30").replace(" undo shutdown\n", "")
    assert list(line_changes(OLD, new)) == [
        LineChange("interface GigabitEthernet0/0/1", "undo shutdown", None),
        LineChange("user-interface vty 0 4", "protocol inbound telnet", "protocol inbound ssh"),
    ]


def test_section_that_came_is_told_line_by_line() -> None:
    new = OLD.replace("return\n", "acl number 2000\n rule 5 permit source 10.0.0.0 0.0.0.255\n#\nreturn\n")
    assert list(line_changes(OLD, new)) == [
        LineChange("", None, "acl number 2000"),
        LineChange("acl number 2000", None, "rule 5 permit source 10.0.0.0 0.0.0.255"),
    ]


LINES = st.lists(
    st.sampled_from(["sysname a", "interface x", " ip address 1", " shutdown", "vlan 2", "#", ""]), max_size=12
)


@given(LINES, LINES)
def test_differences_mirror_each_other(old: list[str], new: list[str]) -> None:
    there, back = (list(line_changes("\n".join(a), "\n".join(b))) for a, b in ((old, new), (new, old)))
    went = sorted((change.section, change.old) for change in there if change.old)
    assert sum(c.old is not None for c in there) - sum(c.new is not None for c in there) == (
        sum(c.new is not None for c in back) - sum(c.old is not None for c in back)
    )
    assert not list(line_changes("\n".join(old), "\n".join(old)))
    assert went or not any(change.old for change in there)


def test_diff_tells_the_lines_of_configurations() -> None:
    changes = list(diff(run(1, OLD), run(2, OLD.replace("sysname core", "sysname core-1"))))
    assert changes == [Change(Event.CHANGED, Facet.CONFIGURATION, "core", "", "line", "sysname core", "sysname core-1")]


def test_configuration_whose_text_was_not_kept_says_nothing() -> None:
    kept, lost = run(1, OLD), run(2, "sysname other\n")
    lost._raws = {}
    assert not list(diff(kept, lost))


def test_life_compares_with_the_last_time_it_answered() -> None:
    runs = [
        (1, run(1, OLD)),
        (2, run(2, "", state=State.UNREACHABLE)),
        (3, MemoryNetwork([])),
        (4, run(4, OLD, release="V2")),
    ]
    chapters = list(life("core", runs))
    assert [(chapter.run, chapter.record.state) for chapter in chapters] == [
        (1, State.ANSWERED), (2, State.UNREACHABLE), (4, State.ANSWERED),
    ]  # fmt: skip
    assert [chapter.changes for chapter in chapters] == [
        (), (), (Change(Event.CHANGED, Facet.RELEASE, "core", "", "release", "V1", "V2"),),
    ]  # fmt: skip


def test_device_is_known_by_the_last_run_in_which_it_answered() -> None:
    found = list(
        known(
            [
                (1, record("core", 1)), (2, record("core", 2)), (3, record("core", 3, State.UNREACHABLE)),
                (4, record("core", 4, State.UNREACHABLE)), (2, record("never", 2, State.UNREACHABLE)),
            ]
        )
    )  # fmt: skip
    week = [START + timedelta(weeks=n) for n in range(5)]
    assert found == [
        Known(2, record("core", 2), week[1], week[2], week[3]),
        Known(2, record("never", 2, State.UNREACHABLE), None, None, None),
    ]


def test_device_that_came_back_is_not_gone() -> None:
    (found,) = known([(1, record("a", 1)), (2, record("a", 2, State.UNREACHABLE)), (3, record("a", 3))])
    assert found.gone_since is None
