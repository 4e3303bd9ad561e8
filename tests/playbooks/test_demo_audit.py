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
from playbooks.demo.declared_rooms import ROOM
from playbooks.demo.key import answer_key, opposites
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


def test_what_is_no_gap_passes(findings: list[FindingRow]) -> None:
    """The opposites that the key names pass, and fail nowhere."""
    passed, failed = ({(r.check, r.subject) for r in findings if r.outcome == o} for o in (Outcome.PASS, Outcome.FAIL))
    assert {(good.check, good.subject) for good in opposites()} <= passed - failed


def test_no_check_breaks(findings: list[FindingRow]) -> None:
    assert [row.traceback for row in findings if row.outcome == Outcome.ERROR] == []


def test_what_is_unknown_is_honestly_so(findings: list[FindingRow]) -> None:
    """A silent device, systems that nobody serves or gave an address or a state, and what no device of the kind can
    tell: how long its log host keeps what it is sent, how its clock's keys are, which routing a host runs, what an AAA
    server or PAM asks beside the password; of the network what the silent device may add to it; how a system is
    administered that the county has none of; whether another gateway stands in for one that advertises itself; whether
    a router whose list lets more in than answers keeps sessions; and how fast IPv6 is where it does not answer."""
    known_gaps = {"audit_log.retention", "ipv6.adjacency-up", "ipv6.addresses-allocated", "privileges.two-factors"}
    known_gaps |= {"boundary.spam-filtered", "boundary.audit-systems-guarded"}
    known_gaps |= {"people.accounts-registered", "people.accounts-current", "zones.servers-inside"}
    known_gaps |= {"zones.servers-not-at-edge", "ipv6.gateway-redundant"}
    known_gaps |= {"filtering.stateful", "ipv6.site-latency"}
    dark = {"srv-24", "会议管理系统", "气象信息发布系统", "政务服务热线系统"}
    unknown = Counter(r.check for r in findings if r.outcome == Outcome.UNKNOWN and r.subject not in dark)
    assert set(unknown) <= known_gaps, unknown


def test_failed_findings_carry_lines_and_commands(findings: list[FindingRow]) -> None:
    """Whoever mends it sees where it stands and, on a device whose platform is known, what to type."""
    on_devices = [r for r in findings if r.outcome == Outcome.FAIL and r.subject_kind == "device" and r.platform]
    assert on_devices
    assert [(r.check, r.subject) for r in on_devices if not r.evidence] == []
    assert [(r.check, r.subject) for r in on_devices if not r.commands + r.diagnosis] == []


def test_what_passes_or_fails_on_a_device_carries_evidence(findings: list[FindingRow]) -> None:
    told = [row for row in findings if row.subject_kind == "device" and row.outcome in ("pass", "fail")]
    assert {row.check for row in told if not any(row.evidence)} == set()
    (shown,) = next(r.evidence for r in told if r.check == "services.no-risky-ports" and r.outcome == Outcome.FAIL)
    assert shown.lines
    assert ":6379" in shown.excerpt  # the socket's own line among many


def test_run_is_kept_and_tells_its_caller(demo: DemoProject, store: Store, outcome: RunOutcome) -> None:
    assert outcome.exit_code is ExitCode.FINDINGS
    record = store.run(outcome.run)
    assert (record.state, record.playbook) == (RunState.FINISHED, "demo")
    asked = [system for system in demo.county.county.systems if system.state != "retired"]
    assert len(store.done_targets(outcome.run)) == len(demo.county.county.devices) + len(asked)


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
    assert {part["product"] for part in moved["stack"]} == {"kunpeng", "kylin", "kingbase", "tongweb"}
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
    assert (len(first["done"]), first["total"], len(first["contradicted"])) == (4, 6, 2)
    assert (len(whole["done"]), whole["total"], whole["percent"]) == (5, 15, 33.3)
    counted = [s for s in demo.county.county.systems if s.state != "retired" and s.hosted != "province"]
    assert sorted([*whole["done"], *whole["left"]]) == sorted(system.title for system in counted)
    refused(hecha("systems", "--by", "colour", at=demo.project.root), "expected unit, wave or date")


def test_the_rate_by_date_is_of_all_that_was_due(demo: DemoProject, outcome: RunOutcome) -> None:
    done = hecha("systems", "--run", outcome.run, "--by", "date", "--json", at=demo.project.root)
    told = {line["date"]: (len(line["done"]), line["total"]) for line in map(json.loads, done.stdout.splitlines())}
    assert told == {"2021-12-31": (4, 6), "2022-06-30": (5, 8), "2099-12-31": (5, 12), "*": (5, 15)}


def test_each_verdict_on_a_system_has_its_opposite(demo: DemoProject, outcome: RunOutcome) -> None:
    done = hecha("systems", "--run", outcome.run, "--json", at=demo.project.root)
    told = {line["system"]: line["verdict"] for line in map(json.loads, done.stdout.splitlines())}
    by_name = {system.name: told[system.title] for system in demo.county.county.systems}
    assert by_name == {
        **dict.fromkeys(("oa", "projects"), "confirmed"),
        **dict.fromkeys(("tourism", "assets"), "contradicted"),
        **dict.fromkeys(("permits", "hotline"), "doubtful"),
        "meetings": "unproven",
        **dict.fromkeys(("archive", "flood", "payroll", "portal", "weather", "estate", "trading"), "unclaimed"),
        **dict.fromkeys(("water", "petition"), "unclaimed"),
        "registry": "outside",
    }


def test_ways_out_that_nobody_approved_are_found_by_each_sign(findings: list[FindingRow]) -> None:
    """The boundary device of the approved egress leads out as well, and is none of them."""
    rows = [row for row in findings if row.check == "census.one-egress"]
    told = {row.place: (row.outcome, str(getattr(row.values["by"], "en", row.values["by"]))) for row in rows}
    assert told == {
        "village-16 GigabitEthernet0/9": ("fail", "default route via"),
        "village-19 GigabitEthernet0/9": ("fail", "public address"),
        "village-20 GigabitEthernet0/9": ("fail", "addresses translated towards nobody known"),
        "srv-17 eth0": ("fail", "a carrier's gateway in its ARP table:"),
    }


def test_plan_of_the_county_shows_each_way_to_stand(demo: DemoProject, outcome: RunOutcome) -> None:
    """Every requirement is counted by name or says what is missing; totals that nobody declared keep theirs open."""
    done = hecha("plan", "--run", outcome.run, "--json", at=demo.project.root)
    assert done.returncode == 0, done.stderr
    told = {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert len(told) == 41
    wanted = {
        "reached": ("PR-NET-02", "PR-SEC-02", "PR-VID-01"),
        "late": (
            "PR-CEN-03",
            "PR-CLD-01",
            "PR-CLD-02",
            "PR-CLD-03",
            "PR-CLD-04",
            "PR-NET-04",
            "PR-NET-10",
            "PR-SEC-03",
        ),
        "unknown": ("PR-NET-03", "PR-NET-07", "PR-NET-14", "PR-NET-08", "PR-SEC-06", "PR-MR-01", "PR-SEC-01"),
        "not-measured": ("PR-SEC-05", "PR-SEC-07"),
        "no-verdict": ("PR-CLD-05", "PR-SEC-11"),
    }
    assert {name: told[name]["progress"] for names in wanted.values() for name in names} == {
        name: progress for progress, names in wanted.items() for name in names
    }
    assert "DEN-EDU-HEALTH" in told["PR-NET-03"]["basis"]
    assert told["PR-NET-08"]["unlisted"] == 1, "one private network more than anybody listed"
    assert set(told["PR-NET-10"]["no"]) == {"village-16", "village-19", "village-20", "centre"}
    for line in told.values():
        assert (line["basis"] is None) == bool(line["missing"]), line["id"]
        assert line["missing"] or line["evidence"] or not line["checks"], line["id"]
    assert "第一批 4/6, 第二批 1/2, 第三批 0/4" in told["PR-CLD-02"]["basis"], "each wave beside them all"
    cloud = told["PR-CLD-01"]
    assert (cloud["numerator"], cloud["denominator"], cloud["lacking"]) == (5, 15, 9)
    worst = cloud["evidence"][0]
    assert (worst["outcome"], worst["subject"]) == ("fail", "“一部手机游陆河”全域旅游智慧平台")
    assert worst["source"] == "DNS tourism.county.example", "where it was read, not where it was declared"


def test_room_says_what_keeps_it(demo: DemoProject, outcome: RunOutcome) -> None:
    done = hecha("rooms", "--run", outcome.run, "--json", at=demo.project.root)
    told = {line["room"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert {name: line["verdict"] for name, line in told.items()} == {
        ROOM: "stays", "县财政局机房": "closable", "县水务局机房": "open", "县气象局机房": "unknown",
    }  # fmt: skip
    assert told["县水务局机房"]["keeps"] == ["system 智慧水务系统 (migrating)"]
    assert told["县气象局机房"]["unknown"] == ["system 气象信息发布系统: no state is declared"]
    room = told[ROOM]
    assert {"system 农村集体三资管理服务平台 (claimed, contradicted)", "srv-22 is up"} <= set(room["keeps"])
    assert not any("srv-20 → stor-1" in line for line in room["keeps"]), "what stays within the room keeps nothing"
    assert not any(line.startswith("cloud-1") for line in room["keeps"]), "it stands elsewhere"


def test_judging_again_says_the_same(demo: DemoProject, outcome: RunOutcome, findings: list[FindingRow]) -> None:
    from playbooks.judging import judge_again

    with Store.open(demo.project.database, create=False) as opened:
        code = judge_again(demo.project, opened, demo.playbook, outcome.run, progress=Quiet())
        again = {(r.check, r.subject, r.place, r.outcome) for r in opened.findings(outcome.run)}
    assert code is outcome.exit_code
    assert again == {(r.check, r.subject, r.place, r.outcome) for r in findings}


@pytest.mark.parametrize("villages", [30])
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
    assert {check for check, _ in failing} <= {"census.declared-found", "redundancy.core-dual"}, failing
    assert {t.name for n, t in enumerate(targets) if n % 2} <= gone
