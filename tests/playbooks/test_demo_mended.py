"""The simulated county after its works: what was planted is gone, what takes procurement is left; hecha tells both."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from console import hecha

from checks.model import Outcome
from inventory.errors import ExitCode
from inventory.findings import FindingRow
from inventory.store import Store
from playbooks.demo.audit import DemoProject, audit, demo_project
from playbooks.demo.county import county
from playbooks.demo.key import answer_key, opposites
from playbooks.demo.model import Device
from playbooks.progress import Quiet
from playbooks.runner import Order, RunOutcome, run_playbook

BEFORE = ("core-1", "core-2", "town-3", "town-7", "stor-1")  # who is asked before the works


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which the county was audited before its works, some of its devices and all of its systems."""
    at = tmp_path_factory.mktemp("mended") / "county"
    with demo_project(at) as before, Store.open(before.project.database) as store:
        order = Order(only=BEFORE, out=at)
        run_playbook(
            before.project, store, before.playbook, before.logins, order=order, language="zh", progress=Quiet()
        )
    return at


@pytest.fixture(scope="module")
def mended(folder: Path) -> Iterator[DemoProject]:
    with demo_project(folder, mended=True) as project:
        yield project


@pytest.fixture(scope="module")
def outcome(mended: DemoProject) -> RunOutcome:
    return audit(mended, "zh", Quiet())


@pytest.fixture(scope="module")
def findings(mended: DemoProject, outcome: RunOutcome) -> list[FindingRow]:
    with Store.open(mended.project.database, create=False) as opened:
        return list(opened.findings(outcome.run))


def told(folder: Path, *command: str) -> list[dict[str, object]]:
    done = hecha(*command, "--json", at=folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_exactly_what_the_works_left_fails(findings: list[FindingRow]) -> None:
    failing = {(row.check, row.subject) for row in findings if row.outcome == Outcome.FAIL}
    assert failing == {(planted.check, planted.subject) for planted in answer_key(mended=True)}


def test_what_has_no_two_sides_at_once_passes_now(findings: list[FindingRow]) -> None:
    passed, failed = ({(r.check, r.subject) for r in findings if r.outcome == o} for o in (Outcome.PASS, Outcome.FAIL))
    assert {(good.check, good.subject) for good in opposites(mended=True)} <= passed - failed


def test_what_is_unknown_is_what_no_device_tells(findings: list[FindingRow]) -> None:
    """Nothing is lost by keys, ports or logins that changed: what is unknown was so before, for no device tells it."""
    known_gaps = {"audit_log.retention", "ipv6.adjacency-up", "privileges.two-factors", "filtering.stateful"}
    known_gaps |= {"boundary.audit-systems-guarded", "ipv6.gateway-redundant", "ipv6.site-latency"}
    unknown = Counter(row.check for row in findings if row.outcome == Outcome.UNKNOWN)
    assert set(unknown) <= known_gaps, unknown
    assert [row.traceback for row in findings if row.outcome == Outcome.ERROR] == []


def test_gaps_before_the_works_are_told_as_mended(mended: DemoProject, outcome: RunOutcome) -> None:
    with Store.open(mended.project.database, create=False) as opened:
        resolved = {(row.check, row.subject) for row in opened.resolved(outcome.run)}
        before = {(row.check, row.subject) for row in opened.findings(outcome.run - 1, outcomes=["fail"])}
    assert {("access.telnet-off", "town-3"), ("access.vty-encrypted", "town-3")} <= resolved
    left = {(planted.check, planted.subject) for planted in answer_key(mended=True)}
    assert before - resolved <= left


def test_difference_shows_the_works(folder: Path, outcome: RunOutcome) -> None:
    lines = told(folder, "diff", str(outcome.run - 1), str(outcome.run))
    written = {(line["target"], line["new"]) for line in lines if line["facet"] == "configuration"}
    assert {("town-3", "undo telnet server enable"), ("core-2", "interface GigabitEthernet0/1/0")} <= written
    serials = {line["target"] for line in lines if line["facet"] == "identity" and line["field"] == "serial"}
    assert serials == {"core-2"}, "the second core got a chassis of its own, all others kept theirs"


def test_plan_shows_the_way_it_went(folder: Path, outcome: RunOutcome) -> None:
    requirements = {line["id"]: line for line in told(folder, "plan", "--run", str(outcome.run))}
    cloud = requirements["PR-CLD-01"]
    assert (cloud["progress"], cloud["numerator"], cloud["denominator"]) == ("reached", 14, 15)
    first, last = (point["value"] for point in cloud["trend"])
    assert first < 90 <= last
    assert requirements["PR-NET-06"]["progress"] == "reached"


def test_same_devices_stand_in_both_states() -> None:
    before, after = county(), county(mended=True)
    assert [(d.name, d.address, d.number) for d in before.devices] == [
        (d.name, d.address, d.number) for d in after.devices
    ]
    assert [d.serial for d in after.devices] == [f"DEMO{d.number:08d}" for d in after.devices]
    assert after.mended
    assert not before.mended
    assert county(mended=True) == after


def test_a_larger_county_has_the_same_left() -> None:
    def hardened(whole: list[Device]) -> dict[str, object]:
        return {d.name: d.hardening for d in whole if d.hardening != type(d.hardening)()}

    small, large = (list(county(villages, mended=True).devices) for villages in (20, 300))
    assert len(large) == len(small) + 280
    assert hardened(large) == hardened(small)
    assert set(hardened(small)) == {"stor-1", "stor-2", "stor-3"}


def test_devices_show_the_host_key_that_they_had(folder: Path, mended: DemoProject, outcome: RunOutcome) -> None:
    assert outcome.exit_code is ExitCode.FINDINGS
    known = (folder / ".hecha" / "known_hosts").read_text(encoding="utf-8").splitlines()
    keys = {line.split()[2] for line in known}
    assert len(keys) == 1
    assert (folder / ".hecha" / "demo-host-key").stat().st_mode & 0o777 == 0o600
