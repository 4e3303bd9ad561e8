"""The audit of the simulated county finds what was planted, all of it and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from console import hecha, refused

from checks.model import Outcome
from inventory.errors import ExitCode
from inventory.findings import FindingRow
from inventory.store import RunState, Store
from inventory.targets import read_targets
from playbooks.demo.audit import DemoProject, audit, demo_project
from playbooks.demo.key import answer_key
from playbooks.demo.written import write_targets
from playbooks.progress import Quiet
from playbooks.runner import Order, RunOutcome, run_playbook


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProject]:
    with demo_project(tmp_path_factory.mktemp("demo") / "county") as project:
        yield project


@pytest.fixture(scope="module")
def outcome(demo: DemoProject) -> RunOutcome:
    return audit(demo, "zh", Quiet())


@pytest.fixture(scope="module")
def store(demo: DemoProject, outcome: RunOutcome) -> Iterator[Store]:
    with Store.open(demo.project.database, create=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def findings(store: Store, outcome: RunOutcome) -> list[FindingRow]:
    return list(store.findings(outcome.run))


def test_exactly_what_was_planted_fails(findings: list[FindingRow]) -> None:
    failing = {(row.check, row.subject) for row in findings if row.outcome == Outcome.FAIL}
    assert failing == {(planted.check, planted.subject) for planted in answer_key()}


def test_each_planted_gap_of_lines_has_its_opposite(findings: list[FindingRow]) -> None:
    """A check of lines that fails somewhere passes elsewhere; of nodes with two uplinks the county has but one."""
    passed = {row.check for row in findings if row.outcome == Outcome.PASS}
    planted = {gap.check for gap in answer_key() if gap.check.startswith(("bandwidth.", "redundancy.links"))}
    assert planted - passed == {"bandwidth.dual-uplinks"}


def test_no_check_breaks(findings: list[FindingRow]) -> None:
    assert [row.traceback for row in findings if row.outcome == Outcome.ERROR] == []


def test_what_is_unknown_is_honestly_so(findings: list[FindingRow]) -> None:
    """A silent device, and what no device of the kind can tell: how long its log host keeps what it is sent, how its
    clock's keys are, which routing a host runs, what an AAA server or PAM asks beside the password; of the
    network what the silent device may add to it; how a system is administered that the county has none of; and by
    which servers a zone is served that its resolver does not name."""
    known_gaps = {"audit_log.retention", "ipv6.adjacency-up", "ipv6.addresses-allocated", "privileges.two-factors"}
    known_gaps |= {"boundary.spam-filtered", "boundary.audit-systems-guarded"}
    known_gaps |= {"people.accounts-registered", "people.accounts-current", "zones.servers-inside"}
    known_gaps |= {"zones.servers-not-at-edge", "ipv6.system-delegated"}
    unknown = Counter(r.check for r in findings if r.outcome == Outcome.UNKNOWN and r.subject != "srv-24")
    assert set(unknown) <= known_gaps, unknown


def test_failed_findings_carry_lines_and_commands(findings: list[FindingRow]) -> None:
    """Whoever mends it sees where it stands and, on a device whose platform is known, what to type."""
    on_devices = [r for r in findings if r.outcome == Outcome.FAIL and r.subject_kind == "device" and r.platform]
    assert on_devices
    assert [(r.check, r.subject) for r in on_devices if not r.evidence] == []
    assert [(r.check, r.subject) for r in on_devices if not r.commands] == []


def test_run_is_kept_and_tells_its_caller(demo: DemoProject, store: Store, outcome: RunOutcome) -> None:
    assert outcome.exit_code is ExitCode.FINDINGS
    record = store.run(outcome.run)
    assert (record.state, record.playbook) == (RunState.FINISHED, "demo")
    assert len(store.done_targets(outcome.run)) == len(demo.county.county.devices) + len(demo.county.county.systems)


def test_reports_lie_there_whole(outcome: RunOutcome) -> None:
    assert set(outcome.files) == {"html", "workbook", "json-lines", "findings-csv"}
    lines = [json.loads(line) for line in outcome.files["json-lines"].read_text(encoding="utf-8").splitlines()]
    failing = [line for line in lines if line["type"] == "finding" and line["outcome"] == "fail"]
    assert lines[0]["type"] == "run"
    assert lines[0]["outcomes"]["fail"] == len(failing)
    assert not list(outcome.files["html"].parent.glob(".*.tmp"))


def test_secrets_are_nowhere(demo: DemoProject, outcome: RunOutcome) -> None:
    """Neither in the database, raw answers included, nor in a report, nor in what hecha remembers beside them."""
    words = [word.partition(":")[2] or word for name, word in demo.county.environment().items() if "USER" not in name]
    written = [path for path in demo.project.root.rglob("*") if path.is_file()]
    assert outcome.files["html"] in written
    for path in written:
        content = path.read_bytes()
        assert not any(word.encode() in content for word in words), path
    with Store.open(demo.project.database, create=False) as opened:
        for row in opened.findings(outcome.run):
            for evidence in row.evidence:
                raw = opened.raw(evidence.sha256) if evidence.sha256 else None
                assert raw is None or not any(word in raw for word in words)


def test_systems_are_told_with_verdict_evidence_and_stack(demo: DemoProject, outcome: RunOutcome) -> None:
    done = hecha("systems", "--run", outcome.run, "--json", at=demo.project.root)
    assert done.returncode == 0, done.stderr
    told = {line["system"]: line for line in map(json.loads, done.stdout.splitlines())}
    moved, old, home = (told[system.title] for system in (demo.county.county.systems[n] for n in (0, 2, 1)))
    assert (moved["verdict"], moved["counts"], moved["against"], moved["domestic"]) == ("confirmed", True, [], True)
    assert {part["product"] for part in moved["stack"]} == {"kunpeng", "kylin", "kingbase"}
    assert (old["verdict"], old["counts"]) == ("contradicted", False)
    assert {sign["check"] for sign in old["against"]} == {
        planted.check
        for planted in answer_key()
        if planted.subject == old["system"] and planted.check.startswith("cloud.")
    }
    assert {sign["check"] for sign in home["against"]} >= {"cloud.own-room-left", "cloud.addresses-in-cloud"}


def test_the_rate_by_wave_names_both_sides(demo: DemoProject, outcome: RunOutcome) -> None:
    done = hecha("systems", "--run", outcome.run, "--by", "wave", "--json", at=demo.project.root)
    told = {line["wave"]: line for line in map(json.loads, done.stdout.splitlines())}
    first, whole = told["第一批 2021-12-31"], told["*"]
    assert (len(first["done"]), first["total"], len(first["contradicted"])) == (2, 4, 2)
    assert (len(whole["done"]), whole["total"], whole["percent"]) == (2, 8, 25.0)
    assert sorted([*whole["done"], *whole["left"]]) == sorted(s.title for s in demo.county.county.systems)
    refused(hecha("systems", "--by", "colour", at=demo.project.root), "expected unit or wave")


def test_room_says_what_keeps_it(demo: DemoProject, outcome: RunOutcome) -> None:
    done = hecha("rooms", "--run", outcome.run, "--json", at=demo.project.root)
    (room,) = map(json.loads, done.stdout.splitlines())
    assert room["verdict"] == "stays"
    assert {"system 农村集体三资管理服务平台 (claimed, contradicted)", "srv-22 is up"} <= set(room["keeps"])
    assert not any("srv-20 → stor-1" in line for line in room["keeps"]), "what stays within the room keeps nothing"
    assert not any(line.startswith("cloud-1") for line in room["keeps"]), "it stands elsewhere"


def test_judging_again_says_the_same(demo: DemoProject, outcome: RunOutcome, findings: list[FindingRow]) -> None:
    from playbooks.runner import judge_again

    with Store.open(demo.project.database, create=False) as opened:
        code = judge_again(demo.project, opened, demo.playbook, outcome.run, progress=Quiet())
        again = {(r.check, r.subject, r.place, r.outcome) for r in opened.findings(outcome.run)}
    assert code is outcome.exit_code
    assert again == {(r.check, r.subject, r.place, r.outcome) for r in findings}


@pytest.mark.parametrize("villages", [60])
def test_a_larger_county_has_the_same_gaps(tmp_path: Path, villages: int) -> None:
    with demo_project(tmp_path / "county", villages) as larger:
        outcome = audit(larger, "en", Quiet())
        with Store.open(larger.project.database, create=False) as opened:
            failing = {(r.check, r.subject) for r in opened.findings(outcome.run, outcomes=["fail"])}
    assert failing == {(planted.check, planted.subject) for planted in answer_key()}


def test_devices_that_fall_silent_close_no_gap(demo: DemoProject, outcome: RunOutcome, tmp_path: Path) -> None:
    """Every second device gone: nothing is mended by that, and all that is new is that they do not answer."""
    targets = read_targets(demo.project.path("targets.csv"))
    half = [replace(t, snmp_port=9, ssh_port=9) if n % 2 else t for n, t in enumerate(targets)]
    write_targets(half, tmp_path / "half.csv")
    order = Order(targets=tmp_path / "half.csv", out=tmp_path)
    with Store.open(demo.project.database) as opened:
        before = {(r.check, r.subject) for r in opened.findings(outcome.run, outcomes=["fail"])}
        later = run_playbook(
            demo.project, opened, demo.playbook, demo.logins, order=order, language="zh", progress=Quiet()
        )
        assert opened.resolved(later.run) == []
        failing = {(r.check, r.subject) for r in opened.findings(later.run, outcomes=["fail"])} - before
        gone = {r.place for r in opened.findings(later.run, outcomes=["fail"], checks=["census.declared-found"])}
    assert {check for check, _ in failing} <= {"census.declared-found", "redundancy.core-dual"}
    assert {t.name for n, t in enumerate(targets) if n % 2} <= gone
