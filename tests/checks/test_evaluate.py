"""The engine: gaps, scopes, staleness, faults, waivers, order, hostile words."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_device, evaluate_network
from checks.model import Check, Family, Finding, Outcome, Remedy, Scope, Severity, Verdict, check, harmless, verdict
from checks.policies import AccessPolicy, policies_from
from checks.sentences import GAPS, sentence
from checks.waivers import Waiver, Waivers, read_waivers, reviewed
from inventory.errors import Gap, InputError, Missing
from inventory.evidence import Evidence
from inventory.facts import Fact, Forwarding, Identity, Interfaces, Neighbour, Neighbours, RemoteAccess, RemoteLine
from inventory.findings import FindingRow
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.text import Text
from inventory.views import CensusView, DeclaredDevice, MemoryViews

TAKEN = datetime(2026, 1, 1, 12, tzinfo=UTC)
TODAY = date(2026, 1, 2)
WORDS = Text("好", "good")
READ = Evidence("display current-configuration", (3, 4), "telnet server enable")


def device(name: str = "r1", platform: str | None = None, **facts: Fact | Missing) -> Snapshot:
    kinds = {"forwarding": Forwarding, "interfaces": Interfaces, "identity": Identity, "access": RemoteAccess}
    kinds["neighbours"] = Neighbours
    record = DeviceRecord(name, "127.0.0.1", State.ANSWERED, TAKEN, platform, site="town-1")
    return Snapshot(record, {kinds[key]: fact for key, fact in facts.items()})


def rule(function: Any, **more: Any) -> Check:
    words: dict[str, Any] = {"title": WORDS, "found": WORDS, "remedy": Remedy(WORDS)} | more
    return check(
        "topic.good", family=Family.LEVEL3, severity=Severity.LOW, clauses=("gbt22239-2019:8.1.4.1-a",), **words
    )(function)


def forwards(forwarding: Forwarding) -> Iterator[Verdict]:
    if forwarding.ipv4 is not None or forwarding.ipv6 is not None:
        yield verdict(forwarding.ipv6, READ)


def judge(declared: Check, snapshot: Snapshot, **more: Any) -> list[Finding]:
    return list(evaluate_device(snapshot, Terms((declared,), TODAY, **more)))


@pytest.mark.parametrize(
    ("fact", "outcome"),
    [
        (Forwarding(True, True), Outcome.PASS),
        (Forwarding(True, False), Outcome.FAIL),
        (Forwarding(True, None), Outcome.UNKNOWN),
        (Forwarding(None, None), Outcome.NOT_APPLICABLE),
        *((Missing(gap), Outcome.NOT_APPLICABLE if gap is Gap.LACKING else Outcome.UNKNOWN) for gap in Gap),
    ],
)
def test_outcome_of_each_state_of_a_fact(fact: Fact | Missing, outcome: Outcome) -> None:
    (finding,) = judge(rule(forwards), device(forwarding=fact))
    assert finding.outcome is outcome
    assert (finding.subject.name, finding.subject.site) == ("r1", "town-1")
    if isinstance(fact, Missing):
        assert finding.missing == (("Forwarding", fact),)


def test_a_fact_nobody_asked_for_is_unknown() -> None:
    (finding,) = judge(rule(forwards), device())
    assert finding.outcome is Outcome.UNKNOWN
    assert finding.missing[0][1].gap is Gap.UNREAD


def test_every_gap_has_words_in_both_languages() -> None:
    assert set(GAPS) == set(Gap)
    for gap in Gap:
        (finding,) = judge(rule(forwards), device(forwarding=Missing(gap, "why")))
        said = sentence(rule(forwards), finding)
        assert "{" not in said.zh + said.en


def test_evidence_and_site_travel_with_the_finding() -> None:
    (finding,) = judge(rule(forwards), device(forwarding=Forwarding(True, False)))
    assert finding.evidence == (READ,)


def test_findings_on_things_of_one_name_are_told_apart() -> None:
    def twice(forwarding: Forwarding) -> Iterator[Verdict]:
        for ok, place in ((True, "acl 3001"), (False, "acl 3001"), (True, "acl 3002"), (True, ""), (False, "")):
            yield verdict(ok and forwarding.ipv4, place=place)

    found = judge(rule(twice), device(forwarding=Forwarding(True, True)))
    assert [finding.place for finding in found] == ["acl 3001", "acl 3001 (2)", "acl 3002", "", "(2)"]
    assert len({finding.key for finding in found}) == 5


def test_a_check_that_copes_with_absence_is_called() -> None:
    def copes(forwarding: Forwarding, interfaces: Interfaces | Missing) -> Iterator[Verdict]:
        yield verdict(isinstance(interfaces, Missing))

    (finding,) = judge(rule(copes), device(forwarding=Forwarding(True, True)))
    assert finding.outcome is Outcome.PASS


def test_a_check_that_got_none_of_its_facts_says_why_each_is_missing() -> None:
    def copes(forwarding: Forwarding | Missing, interfaces: Interfaces | Missing) -> Iterator[Verdict]:
        known = not isinstance(interfaces, Missing)
        yield verdict(True if known or isinstance(forwarding, Forwarding) else None)
        yield verdict(known, place="interfaces")

    silent, lacking = Missing(Gap.UNREACHABLE, "timeout"), Missing(Gap.LACKING)
    unknown, failed = judge(rule(copes), device(forwarding=silent, interfaces=silent))
    assert unknown.missing == (("Forwarding", silent), ("Interfaces", silent))
    assert failed.missing == ()
    assert judge(rule(copes), device(forwarding=silent, interfaces=lacking))[0].missing == (("Forwarding", silent),)
    assert judge(rule(copes), device(forwarding=Forwarding(True, True), interfaces=silent))[0].missing == ()


def test_a_fault_of_a_check_is_a_finding_and_the_run_goes_on() -> None:
    def broken(forwarding: Forwarding) -> Iterator[Verdict]:
        yield verdict(True)
        raise ZeroDivisionError(str(forwarding.ipv4))

    checks = (rule(broken), rule(forwards))
    findings = list(evaluate_device(device(forwarding=Forwarding(True, True)), Terms(checks, TODAY)))
    assert [f.outcome for f in findings] == [Outcome.ERROR, Outcome.PASS]
    assert "ZeroDivisionError" in findings[0].traceback
    assert sentence(checks[0], findings[0]).en.startswith("the check itself failed")


def test_a_remedy_that_lacks_a_value_is_a_fault_not_a_crash() -> None:
    remedy = Remedy(WORDS, {"linux": "ip link set {interface} up"})
    (finding,) = judge(rule(forwards, remedy=remedy), device(platform="frr", forwarding=Forwarding(True, False)))
    assert finding.outcome is Outcome.ERROR
    assert "KeyError" in finding.traceback


def test_scope_by_platform_and_kind() -> None:
    scoped = rule(forwards, scope=Scope(frozenset({"linux"}), frozenset({"router"})))
    on = Forwarding(True, True)
    assert judge(scoped, device(platform="huawei_vrp", forwarding=on)) == []
    assert judge(scoped, device(platform="linux", forwarding=on, identity=Identity(kind="server"))) == []
    assert judge(scoped, device(forwarding=on, identity=Identity(platform="huawei_vrp"))) == []
    for known in ({"platform": "linux"}, {}, {"identity": Identity(kind="router")}):
        assert [f.outcome for f in judge(scoped, device(forwarding=on, **known))] == [Outcome.PASS]


def test_a_silent_server_is_no_router() -> None:
    scoped = rule(forwards, scope=Scope(kinds=frozenset({"router"})))
    silent = device(forwarding=Missing(Gap.UNREACHABLE))
    for role, outcomes in (("server", []), ("access", [Outcome.UNKNOWN]), (None, [Outcome.UNKNOWN])):
        declared = replace(silent, record=replace(silent.record, role=role))
        assert [f.outcome for f in judge(scoped, declared)] == outcomes


def test_stale_evidence_is_never_green() -> None:
    old = device(forwarding=Forwarding(True, True))
    assert judge(rule(forwards), old, stale_after_days=1)[0].outcome is Outcome.PASS
    (finding,) = judge(rule(forwards), old, stale_after_days=0.25)
    assert finding.outcome is Outcome.UNKNOWN
    assert finding.missing[0][1].gap is Gap.STALE


def test_waiver_keeps_the_finding_beneath_visible_until_it_ends() -> None:
    snapshot = device(forwarding=Forwarding(True, False))
    accepted = Waiver("topic.*", "r?", "replaced in March", "王五", date(2026, 1, 2))
    expired = Waiver("topic.good", "r1", "old", "王五", date(2026, 1, 1))
    idle = Waiver("topic.good", "r9", "gone", "王五", date(2026, 6, 1))
    waivers = Waivers((accepted, expired, idle), TODAY)
    (finding,) = judge(rule(forwards), snapshot, waivers=waivers)
    assert (finding.outcome, finding.underlying) == (Outcome.WAIVED, Outcome.FAIL)
    assert "王五" in finding.waiver
    row = FindingRow(finding.check, "device", finding.subject.name, "waived", underlying="fail")
    known = [(each.is_expired, each.is_unmatched) for each in reviewed((accepted, expired, idle), [row], TODAY)]
    assert known == [(False, False), (True, False), (False, True)]
    (late,) = judge(rule(forwards), snapshot, waivers=Waivers((expired,), TODAY))
    assert late.outcome is Outcome.FAIL
    (good,) = judge(rule(forwards), device(forwarding=Forwarding(True, True)), waivers=waivers)
    assert good.outcome is Outcome.PASS


def test_scope_of_a_waiver() -> None:
    waiver = Waiver("topic.*", "r?", "why", "王五", date(2026, 1, 2), place="vty *", site="town-*")
    assert waiver.fits("topic.good", "r1", "vty 0 4", "town-hetian")
    assert not waiver.fits("topic.good", "r1", "con 0", "town-hetian")
    assert not waiver.fits("topic.good", "r1", "vty 0 4", "county")
    assert not waiver.fits("topic.good", "r1", "vty 0 4", None)
    assert waiver.scope == "topic.* r? place=vty * site=town-*"
    assert Waiver("topic.good", "r1", "why", "王五", date(2026, 1, 2)).scope == "topic.good r1"


def test_waiver_file_is_read_strictly(tmp_path: Any) -> None:
    path = tmp_path / "waivers.yaml"
    good = "waivers:\n- {check: access.telnet-off, subject: r1, reason: lab, approver: 王五, until: 2026-05-01}\n"
    path.write_text(good, encoding="utf-8")
    assert read_waivers(path) == (Waiver("access.telnet-off", "r1", "lab", "王五", date(2026, 5, 1)),)
    for bad, line in ((good.replace("reason: lab, ", ""), 2), (good.replace("access.telnet-off", '"*"'), 2)):
        path.write_text(bad, encoding="utf-8")
        with pytest.raises(InputError, match=f"waivers.yaml:{line}"):
            read_waivers(path)


def test_policies_are_read_strictly() -> None:
    assert policies_from({"access": {"idle-timeout-max-s": 60}}).of(AccessPolicy).idle_timeout_max_s == 60
    assert policies_from({}).of(AccessPolicy) == AccessPolicy()
    for document, where in (
        ({"acces": {}}, "policy.acces"),
        ({"access": {"idle": 1}}, "policy.access.idle"),
        ({"access": {"idle_timeout_max_s": "ten"}}, "policy.access.idle_timeout_max_s"),
        ({"bandwidth": {"tiers_mbps": {"town": "fast"}}}, "policy.bandwidth.tiers_mbps"),
    ):
        with pytest.raises(InputError, match=where):
            policies_from(document)


def test_words_of_a_device_lose_what_could_act() -> None:
    assert harmless("a\nb\x1b[31m\u202e") == "a�b�[31m�"
    assert len(str(harmless("x" * 5000))) == 300
    line = RemoteLine("vty 0 4\n reboot", frozenset({"telnet"}), "aaa", 600, True)
    access = RemoteAccess(True, True, False, False, False, False, (line,))
    encrypted = catalogue()["access.vty-encrypted"]
    (finding,) = judge(encrypted, device(platform="huawei_vrp", access=access))
    assert "reboot" not in finding.commands
    assert "user-interface <place>" in finding.commands
    braces = RemoteLine("{subject.__class__}", frozenset({"telnet"}), "aaa", 600, True)
    (finding,) = judge(encrypted, device(access=RemoteAccess(True, True, None, None, None, None, (braces,))))
    assert "{subject.__class__}" in sentence(encrypted, finding).en


def county(order: list[int]) -> tuple[MemoryNetwork, MemoryViews]:
    heard = Neighbours(
        (Neighbour("Gi0/1", "lldp", "stranger", None, None), Neighbour("Gi0/2", "lldp", "r2", None, None))
    )
    devices = [device(f"r{i}", neighbours=heard if i % 2 else Missing(Gap.REFUSED)) for i in order]
    declared = tuple(DeclaredDevice(f"r{i}", None, None, None) for i in sorted(order))
    return MemoryNetwork(devices), MemoryViews(whole=CensusView((), declared, (), ()))


def test_order_of_devices_changes_nothing_that_is_said() -> None:
    terms = Terms(tuple(catalogue().values()), TODAY)

    def said(order: list[int]) -> list[tuple[object, ...]]:
        network, views = county(order)
        findings = evaluate_network(network, views, terms)
        return sorted((*f.key, f.outcome.value, *(() if "seen_by" in f.values else (str(f.values),))) for f in findings)

    order = list(range(12))
    straight = said(order)
    assert any(row[3] == "stranger" for row in straight)
    random.Random(7).shuffle(order)
    assert said(order) == straight


def test_a_silent_device_gives_unknown_everywhere_and_no_verdict() -> None:
    silent = Snapshot(DeviceRecord("r1", "127.0.0.1", State.UNREACHABLE, TAKEN), {})
    findings = list(evaluate_device(silent, Terms(tuple(catalogue().values()), TODAY)))
    assert findings
    assert {f.outcome for f in findings} == {Outcome.UNKNOWN}
