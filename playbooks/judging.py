"""From stored facts to stored findings, and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime

from checks.catalogue import catalogue, selected
from checks.evaluate import Terms, evaluate_device, evaluate_network
from checks.model import Finding, Outcome, Severity, SubjectKind
from checks.policies import BandwidthPolicy, Policies, policies_from
from checks.waivers import Waiver, Waivers, read_waivers
from inventory.errors import ExitCode, InputError
from inventory.findings import FindingRow
from inventory.plan import Plan, plan
from inventory.register import Register
from inventory.same import sameness
from inventory.snapshot import State
from inventory.store import RunRecord, RunState, Store, StoredNetwork
from inventory.text import Text
from inventory.views.register import RegisterViews
from playbooks.lock import only_run
from playbooks.progress import Progress
from playbooks.project import Project
from playbooks.schema import Playbook


def terms(project: Project, playbook: Playbook, today: date) -> Terms:
    """What a playbook judges with; InputError for checks, policies, a plan or waivers that are wrong."""
    judge = playbook.judge
    with playbook.telling("waivers"):
        waivers = waivers_of(project, playbook)
    with playbook.telling("plan"):
        wanted = plan_of(project, playbook)
    with playbook.telling("policy"):
        policies = policies_from(playbook.policy)
        _check_part(wanted, policies)
    with playbook.telling("judge"):
        checks = selected(judge.families, judge.include, judge.exclude)
    return Terms(
        checks=checks,
        today=today,
        plan=wanted,
        policies=policies,
        stale_after_days=judge.stale_after_days,
        waivers=Waivers(waivers, today) if waivers else None,
    )


def plan_of(project: Project, playbook: Playbook) -> Plan:
    """The plan that a playbook holds its runs against; InputError where there is none of that name or it is wrong."""
    return plan(project.path(playbook.plan) if playbook.plan.endswith((".yaml", ".yml")) else playbook.plan)


def waivers_of(project: Project, playbook: Playbook) -> tuple[Waiver, ...]:
    """The accepted risks of a playbook; InputError where their file is wrong."""
    return read_waivers(project.path(playbook.waivers)) if playbook.waivers else ()


def _check_part(wanted: Plan, policies: Policies) -> None:
    part = policies.of(BandwidthPolicy).tiers_of
    if part and part not in wanted.tiers_by_part:
        known = ", ".join(wanted.tiers_by_part) or "-"
        raise InputError(
            "policy.bandwidth.tiers_of",
            Text(f"规划中没有“{part}”这一部分；现有：{known}", f"the plan has no part '{part}'; there are: {known}"),
        )


def is_partial(record: RunRecord) -> bool:
    """Whether a run was told to ask some of its targets only."""
    return bool(record.options.get("only"))


def register_of(store: Store, record: RunRecord) -> Register:
    """The register that a run is judged against, empty where none was imported; StoreError for a damaged one."""
    return (store.register(record.register_id) if record.register_id is not None else None) or Register()


def judge(store: Store, run: int, judged_by: Terms, progress: Progress) -> None:
    """Judges all that a run holds and stores what comes of it, a page in memory at a time.

    A partial run tells of the devices it asked: of sites, links, systems and the network as a whole it tells nothing.
    """
    record, network = store.run(run), StoredNetwork(store, run)
    if any(judged_by.of(SubjectKind.DEVICE)):
        progress.begin(Text("判定", "Judging"), sum(1 for _ in network.records()))
        store.save_findings(run, _device_rows(network, judged_by, progress))
    else:
        progress.begin(Text("判定", "Judging"), None)
    if is_partial(record):
        return
    register = register_of(store, record)
    if len(register) or any(check.subject is SubjectKind.NETWORK for check in judged_by.checks):
        same_as = sameness(network, store.decisions()).principals()
        views = RegisterViews(register, network, history=store.traffic.history(run), same_as=same_as)
        store.save_findings(run, map(finding_row, evaluate_network(network, views, judged_by)))


def _device_rows(network: StoredNetwork, judged_by: Terms, progress: Progress) -> Iterator[FindingRow]:
    for snapshot in network.snapshots():
        yield from map(finding_row, evaluate_device(snapshot, judged_by))
        progress.step()


def finding_row(finding: Finding) -> FindingRow:
    """A finding as the store keeps it."""
    return FindingRow(
        check=finding.check,
        subject_kind=finding.subject.kind.value,
        subject=finding.subject.name,
        outcome=finding.outcome.value,
        severity=catalogue()[finding.check].severity.value,
        place=finding.place,
        site=finding.subject.site,
        platform=finding.subject.platform,
        values=finding.values,
        evidence=finding.evidence,
        commands=finding.commands,
        diagnosis=finding.diagnosis,
        missing=finding.missing,
        traceback=finding.traceback,
        underlying=finding.underlying.value if finding.underlying else None,
        waiver=finding.waiver,
    )


def judge_again(
    project: Project, store: Store, playbook: Playbook, run: int, *, progress: Progress, now: datetime | None = None
) -> ExitCode:
    """Judges what a run holds anew, its earlier findings forgotten; one that did not finish stays to be resumed.

    Raises InputError while the run is still going.
    """
    agreed = terms(project, playbook, (now or datetime.now(UTC)).astimezone().date())
    record = store.run(run)
    with only_run(project, record.playbook):
        store.resume_run(run)
        judge(store, run, agreed, progress)
        if record.state is RunState.FINISHED:
            store.finish_run(run, at=record.finished)
    return exit_code(store, run, Severity(playbook.fail_on), allow_unknown=playbook.allow_unknown)


def exit_code(store: Store, run: int, fail_on: Severity, *, allow_unknown: bool) -> ExitCode:
    """What a judged run tells its caller: a fault of ours, gaps, incompleteness or none of them, in this order."""
    outcomes: Counter[str] = Counter()
    failing = 0
    for (_, severity, outcome), count in store.finding_counts(run).items():
        outcomes[outcome] += count
        if outcome == Outcome.FAIL and Severity(severity).rank >= fail_on.rank:
            failing += count
    if outcomes[Outcome.ERROR]:
        return ExitCode.FAULT
    if failing:
        return ExitCode.FINDINGS
    silent = any(record.state is not State.ANSWERED for record in store.records(run))
    if not outcomes.total() - outcomes[Outcome.NOT_APPLICABLE]:
        return ExitCode.INCOMPLETE  # nothing was judged: that proves nothing, whatever is allowed
    return ExitCode.INCOMPLETE if (silent or outcomes[Outcome.UNKNOWN]) and not allow_unknown else ExitCode.COMPLIANT
