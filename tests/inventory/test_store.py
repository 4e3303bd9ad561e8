"""The store on SQLite, and on a real PostgreSQL where one can be started: the same tests on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.facts import Address, Addresses, Identity, Interface, Interfaces, Neighbour, Neighbours, ServiceProbe
from inventory.findings import FindingRow
from inventory.register import Register, Site, Tier, Unit, UnitKind
from inventory.snapshot import DeviceRecord, MemoryNetwork, Network, Snapshot, State, system_target
from inventory.store import Decision, RunState, Store, StoredNetwork
from inventory.text import Text

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Opened = Callable[[], Store]


@pytest.fixture
def store(where: str) -> Iterator[Store]:
    with Store.open(where) as opened:
        yield opened


def snapshot(target: str, *, state: State = State.ANSWERED, hostname: str | None = None) -> Snapshot:
    record = DeviceRecord(target, "10.0.0.1", state, START, "huawei_vrp", "town-1", "access", ("镇", "x y"))
    evidence = Evidence("SNMP ifTable", (3, 4), "ifDescr.1", START, "ab" * 32)
    return Snapshot(
        record,
        {
            Identity: Identity("Huawei", hostname=hostname or target, evidence=evidence),
            Addresses: Addresses((Address("Vlanif1", IPv4Interface("10.0.0.1/24")),), evidence),
            Neighbours: Missing(Gap.REFUSED, "Error: unrecognised"),
        },
    )


def failure(subject: str = "a", place: str = "", outcome: str = "fail", check: str = "access.telnet-off") -> FindingRow:
    return FindingRow(check, "device", subject, outcome, "high", place)


def test_satisfies_the_network_protocol(store: Store) -> None:
    network: Network = StoredNetwork(store, store.create_run("p"))
    assert list(network.records()) == []


def test_device_comes_back_as_it_was(store: Store) -> None:
    run = store.create_run("full-audit", {"targets": "targets.csv"}, started=START)
    store.save_device(run, snapshot("a"))
    network = StoredNetwork(store, run)
    assert network.snapshot("a") == snapshot("a")
    assert network.record("a") == snapshot("a").record
    assert network.fact("a", Neighbours) == Missing(Gap.REFUSED, "Error: unrecognised")
    found = network.fact("a", Identity)
    made = snapshot("a").fact(Identity)
    assert isinstance(found, Identity)
    assert isinstance(made, Identity)
    assert found.evidence == made.evidence


def test_what_nobody_asked_is_unread(store: Store) -> None:
    run = store.create_run("p")
    store.save_device(run, snapshot("a"))
    for target in ("a", "nobody"):
        missing = store.fact(run, target, Interfaces)
        assert isinstance(missing, Missing)
        assert missing.gap is Gap.UNREAD
    assert store.snapshot(run, "nobody") is None
    assert store.record(run, "nobody") is None


def test_answers_as_a_network_in_memory_does(store: Store) -> None:
    """More devices than a page, systems among them, in the order they came."""
    made = [snapshot(f"dev-{n}") for n in range(451)]
    probe = ServiceProbe("oa", None)
    made.insert(7, Snapshot(DeviceRecord(system_target("oa"), "", State.ANSWERED, START), {ServiceProbe: probe}))
    run, other = store.create_run("p"), store.create_run("p")
    for each in made:
        store.save_device(run, each)
    store.save_device(other, snapshot("elsewhere"))
    stored, memory = StoredNetwork(store, run), MemoryNetwork(made)
    assert list(stored.records()) == list(memory.records())
    assert list(stored.each(Identity)) == list(memory.each(Identity))
    assert list(stored.each(ServiceProbe)) == []
    assert stored.fact(system_target("oa"), ServiceProbe) == probe
    assert [s.record.target for s in store.snapshots(run, systems=True)] == [s.record.target for s in made]
    assert list(store.snapshots(run)) == [s for s in made if s.record.target != system_target("oa")]


def test_same_target_again_replaces_it(store: Store) -> None:
    run = store.create_run("p")
    for name in ("first", "second"):
        store.save_device(run, snapshot("a", hostname=name))
    store.flush()
    store.save_device(run, snapshot("a", hostname="third"))
    assert [(t, f.hostname) for t, f in store.each(run, Identity) if isinstance(f, Identity)] == [("a", "third")]
    assert store.done_targets(run) == {"a"}


def test_iterators_hold_nothing_open_while_others_write(store: Store) -> None:
    run = store.create_run("p")
    for n in range(250):
        store.save_device(run, snapshot(f"d{n}"))
    seen = 0
    for record in store.records(run):
        store.save_findings(run, [failure(record.target)])
        seen += 1
    assert seen == 250
    assert sum(1 for _ in store.findings(run)) == 250


def test_threads_write_together(store: Store) -> None:
    run = store.create_run("p")
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(store.save_device, run, snapshot(f"d{n}")) for n in range(300)]
        jobs += [pool.submit(store.keep_raw, f"answer {n % 10}") for n in range(300)]
        counts = [pool.submit(store.save_findings, run, [failure(str(n))]) for n in range(20)]
        for job in [*jobs, *counts]:
            job.result()
    assert len(store.done_targets(run)) == 300
    assert sum(1 for _ in store.findings(run)) == 20


def test_raw_answers_are_kept_once_and_whole(store: Store, where: str) -> None:
    text = "display version\n华为\x00\udcff" + "x" * 100_000
    address = store.keep_raw(text)
    assert address == store.keep_raw(text)
    assert store.raw(address) == text
    assert store.raw("00" * 32) is None
    assert store.raw("no address") is None
    with Store.open(where) as second:
        assert second.keep_raw(text) == address
        assert second.raw(address) == text


def test_runs_are_remembered_newest_first(store: Store) -> None:
    first = store.create_run("a", {"n": 1}, started=START)
    second = store.create_run("b", started=START + timedelta(hours=1))
    store.finish_run(first, at=START + timedelta(hours=2))
    assert [r.id for r in store.runs()] == [second, first]
    assert [r.id for r in store.runs("b", states=[RunState.RUNNING])] == [second]
    run = store.run(first)
    assert (run.state, run.started, run.options) == (RunState.FINISHED, START, {"n": 1})
    assert run.finished == START + timedelta(hours=2)
    store.resume_run(first)
    assert store.run(first).finished is None


def test_finding_comes_back_as_it_was(store: Store) -> None:
    run = store.create_run("p", started=START)
    row = FindingRow(
        check="access.telnet-off",
        subject_kind="device",
        subject="交换机\x1b",
        outcome="waived",
        severity="high",
        place="vty 0 4",
        site="town-1",
        platform="huawei_vrp",
        values={"n": 3, "f": 0.5, "s": "x", "t": Text("中", "e")},
        evidence=(Evidence("display current-configuration", (7, 8), "telnet server enable", START, "cd" * 32),),
        commands="undo telnet server enable",
        diagnosis="display telnet server status",
        missing=(("Identity", Missing(Gap.WITHHELD, "budget")),),
        traceback="",
        underlying="fail",
        waiver="accepted",
    )
    assert store.save_findings(run, iter([row])) == 1
    (found,) = store.findings(run)
    assert found == row
    assert found.first_seen == START
    assert found.resolved_at is None


def test_findings_are_limited_by_what_is_asked(store: Store) -> None:
    run = store.create_run("p")
    rows = [FindingRow("c.a", "device", f"d{n}", "fail" if n % 2 else "pass", "low", site="s") for n in range(1100)]
    store.save_findings(run, (r for r in rows))
    assert [r.subject for r in store.findings(run)] == [r.subject for r in rows]
    assert sum(1 for _ in store.findings(run, outcomes=["fail"])) == 550
    assert [r.outcome for r in store.findings(run, subjects=["d4"], subject_kinds=["device"])] == ["pass"]
    assert list(store.findings(run, sites=["elsewhere"])) == []
    assert store.finding_counts(run) == {("c.a", "low", "fail"): 550, ("c.a", "low", "pass"): 550}


def _judged(store: Store, day: int, rows: list[FindingRow]) -> int:
    at = START + timedelta(days=day)
    run = store.create_run("p", started=at)
    store.save_findings(run, rows)
    store.finish_run(run, at=at + timedelta(hours=1))
    return run


def test_gap_knows_when_it_was_first_seen_and_resolved(store: Store) -> None:
    first = _judged(store, 0, [failure(place="vty 0"), failure(place="vty 1")])
    second = _judged(store, 1, [failure(place="vty 0")])
    kept, gone = store.findings(first)
    assert (kept.first_seen, kept.resolved_at) == (START, None)
    assert gone.resolved_at == START + timedelta(days=1, hours=1)
    assert [(r.subject, r.place) for r in store.resolved(second)] == [("a", "vty 1")]
    third = _judged(store, 2, [failure(outcome="pass")])
    assert [r.place for r in store.resolved(third)] == ["vty 0"]
    _judged(store, 3, [failure(place="vty 0")])
    kept, _ = store.findings(first)
    assert (kept.first_seen, kept.resolved_at) == (START, None)  # it is back


@pytest.mark.parametrize(
    "later",
    [[], [failure(outcome="unknown")], [failure(outcome="error")], [failure("b", outcome="pass")]],
    ids=["not judged", "not known", "check broke", "other device"],
)
def test_gap_stays_open_while_nobody_can_tell(store: Store, later: list[FindingRow]) -> None:
    first = _judged(store, 0, [failure()])
    second = _judged(store, 1, later)
    (row,) = store.findings(first)
    assert row.resolved_at is None
    assert store.resolved(second) == []


def test_failed_run_resolves_nothing(store: Store) -> None:
    first = _judged(store, 0, [failure()])
    run = store.create_run("p")
    store.save_findings(run, [failure(outcome="pass")])
    store.finish_run(run, RunState.FAILED)
    assert next(store.findings(first)).resolved_at is None


def test_waived_gap_is_still_there(store: Store) -> None:
    first = _judged(store, 0, [failure()])
    _judged(store, 1, [FindingRow("access.telnet-off", "device", "a", "waived", underlying="fail")])
    assert next(store.findings(first)).resolved_at is None


def test_resumed_run_is_judged_anew(store: Store) -> None:
    _judged(store, 0, [failure(place="old")])
    run = store.create_run("p", started=START + timedelta(days=1))
    store.save_device(run, snapshot("a"))
    store.save_findings(run, [failure(place="old"), failure(place="mistaken")])
    store.resume_run(run)
    assert list(store.findings(run)) == []
    assert store.done_targets(run) == {"a"}
    store.save_findings(run, [failure(outcome="pass")])
    store.finish_run(run)
    assert [r.place for r in store.resolved(run)] == ["old"]


def _again(store: Store, run: int, rows: list[FindingRow]) -> None:
    """The run judged anew, as of the time it ended."""
    finished = store.run(run).finished
    store.resume_run(run)
    store.save_findings(run, rows)
    store.finish_run(run, at=finished)


def test_judging_the_same_again_closes_the_same(store: Store) -> None:
    _judged(store, 0, [failure(place="old")])
    run = _judged(store, 1, [failure(outcome="pass")])
    before = store.resolved(run)
    _again(store, run, [failure(outcome="pass")])
    assert [(r.place, r.resolved_at) for r in store.resolved(run)] == [(r.place, r.resolved_at) for r in before]
    _again(store, run, [failure(place="old")])
    assert store.resolved(run) == []
    assert next(store.findings(run)).resolved_at is None


def test_judging_an_earlier_run_again_leaves_later_ones_alone(store: Store) -> None:
    """What a later run saw stays open, and what it closed stays closed."""
    first = _judged(store, 0, [failure(place="mended"), failure(place="lasting")])
    second = _judged(store, 1, [failure(place="lasting"), failure(place="new")])
    _again(store, first, [failure(place="mended"), failure(place="lasting")])
    assert [(r.place, r.resolved_at) for r in store.findings(second)] == [("lasting", None), ("new", None)]
    assert [r.place for r in store.resolved(second)] == ["mended"]
    assert [r.first_seen for r in store.findings(first)] == [START, START]
    third = _judged(store, 2, [failure(outcome="pass")])
    assert {r.place for r in store.resolved(third)} == {"lasting", "new"}


def test_register_versions(store: Store) -> None:
    assert store.register() is None
    one = Register(units=(Unit(name="县府办", kind=UnitKind.COUNTY_DEPT),))
    two = Register(units=one.units, sites=(Site(name="s", tier=Tier.TOWN, unit="县府办"),))
    first = store.save_register(one, "普查表.xlsx", at=START)
    assert store.save_register(one, "copy.xlsx") == first
    second = store.save_register(two, "普查表.xlsx", at=START + timedelta(days=1))
    assert [v.id for v in store.register_versions()] == [second.id, first.id]
    assert store.register() == two
    assert store.register(first.id) == one
    assert store.run(store.create_run("p")).register_id == second.id


def test_newest_decision_counts(store: Store) -> None:
    for word in ("ignore", "correct"):
        store.decide(Decision("undeclared", "ap-9", word, "访客 AP", "王工", START))
    assert store.decisions()["undeclared", "ap-9"].decision == "correct"


def test_what_an_older_or_newer_version_wrote_is_missing_not_misread(store: Store) -> None:
    run = store.create_run("p")
    store.save_device(run, snapshot("a"))
    store.flush()
    from inventory.store.packing import packed
    from inventory.store.tables import facts

    with store._writing() as connection:
        connection.execute(facts.update().where(facts.c.kind == "Identity").values(body=packed({"colour": "red"})))
        connection.execute(facts.update().where(facts.c.kind == "Addresses").values(body=b"\x00not zlib"))
    for kind in (Identity, Addresses):
        found = store.fact(run, "a", kind)
        assert isinstance(found, Missing)
        assert found.gap is Gap.UNPARSED


words = st.text(max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=words, alias=words, neighbour=words, subject=words, value=words)
def test_any_words_of_a_device_are_kept(
    sqlite_store: Store, name: str, alias: str, neighbour: str, subject: str, value: str
) -> None:
    run = sqlite_store.create_run("p")
    record = DeviceRecord("t", "::1", State.ANSWERED, START)
    heard = Neighbours((Neighbour(None, "lldp", neighbour, None, None, addresses=(IPv4Address("1.2.3.4"),)),))
    made = Snapshot(record, {Interfaces: Interfaces((Interface(name, alias=alias),)), Neighbours: heard})
    sqlite_store.save_device(run, made)
    assert sqlite_store.snapshot(run, "t") == made
    row = FindingRow("c.d", "device", subject, "fail", values={"v": value})
    sqlite_store.save_findings(run, [row])
    assert next(sqlite_store.findings(run)).values == {"v": value}


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "words.db") as opened:
        yield opened
