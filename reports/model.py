"""What a report is, and the run it is written from."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import BinaryIO

from checks.assessing import WIDE, Assessment, Assessor, Basis, ObjectRecord
from checks.attestations import Attested, attested
from checks.catalogue import catalogue
from checks.model import Outcome, SubjectKind
from checks.waivers import Reviewed, Waiver, reviewed
from inventory.attachments import with_attachments
from inventory.errors import Missing
from inventory.facts import Addresses, Identity
from inventory.findings import FindingRow
from inventory.names import place_order
from inventory.plan import Plan
from inventory.plan_figures import PlanFigures
from inventory.reconcile import Reconciled, place_in_list, reconcile
from inventory.register import Register
from inventory.same import OneEach, sameness
from inventory.sightings import Seen
from inventory.snapshot import DeviceRecord, State
from inventory.store import RunRecord, RunState, Store, StoredNetwork
from inventory.text import Language, Text
from inventory.topology import SeenLink, links
from inventory.views import Views
from inventory.views.register import RegisterViews
from reports.clauses import LayerLine, clause_lines
from reports.figures import SEVERITIES, Figures, Judged, Place, Tally
from reports.plan.facts import PlanFacts
from reports.plan.lines import PlanLine, plan_lines
from reports.plan.trend import Point
from reports.wording import CHINA

_TREND_RUNS = 10  # as many dates as fit under the chart
_BATCH_SUBJECTS = 100


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device of the run as the census lists it."""

    record: DeviceRecord
    identity: Identity | Missing
    declared: Reconciled | None  # None: it did not answer, or no register says anything
    tally: Tally
    same_as: str | None = None  # the target that stands for it: both are addresses of one device

    @property
    def unit(self) -> str | None:
        """The unit the register gives it."""
        return self.declared.unit if self.declared else None

    @property
    def site(self) -> str | None:
        """Where it stands: by the register, else by the target list."""
        return (self.declared.site if self.declared else None) or self.record.site


_LEVEL = 3  # from which on a business system is an object of the assessment


class Result:
    """One run as reports read it: streams of findings and devices, and every figure computed once.

    ``title`` is the playbook's, ``today`` the day deadlines are counted to, ``lost`` tells the files of attestations
    that are gone or changed. Nothing here reads a clock.
    """

    def __init__(
        self,
        store: Store,
        run: int,
        *,
        plan: Plan,
        today: date,
        title: Text,
        stale_after_days: float | None = None,
        declared: PlanFigures | None = None,
        basis: Basis | None = None,
        waivers: Iterable[Waiver] = (),
        lost: Callable[[], Container[str]] = tuple,
    ) -> None:
        self.store = store
        self.run: RunRecord = store.run(run)
        self.plan = plan
        self.today = today
        self.title = title
        self.network = StoredNetwork(store, run)
        self._stale_after_days = stale_after_days
        self._declared = declared or PlanFigures()
        self._basis = basis or Basis()
        self._waivers = tuple(waivers)
        self._lost = lost

    @cached_property
    def register(self) -> Register:
        """The register version that the run was judged against; an empty one when there was none."""
        version = self.run.register_id
        return (self.store.register(version) if version is not None else None) or Register()

    @cached_property
    def views(self) -> RegisterViews:
        """The register joined with what the run found."""
        return RegisterViews(self.register, self.network, ways=False, same_as=self.same_as)

    @cached_property
    def figures(self) -> Figures:
        """All counts over the run's findings."""
        return Figures(self.findings(), self.place_of, self.run.started)

    # Streams ---------------------------------------------------------------------------------------------------------

    def findings(
        self, *, outcomes: Iterable[str] = (), checks: Iterable[str] = (), subjects: Iterable[str] = ()
    ) -> Iterator[FindingRow]:
        """Findings in the order they were made; empty limits mean all."""
        return self.store.findings(self.run.id, outcomes=outcomes, checks=checks, subjects=subjects)

    def gaps_by_severity(self) -> Iterator[FindingRow]:
        """Failed and waived findings, the most severe first."""
        for severity in SEVERITIES:
            checks = self.figures.checks_by_severity.get(severity.value)
            if checks:
                rows = self.findings(outcomes=(Outcome.FAIL, Outcome.WAIVED), checks=sorted(checks))
                yield from (row for row in rows if row.severity == severity)

    def by_subject(self, judged: list[Judged], outcomes: Iterable[str]) -> Iterator[tuple[Judged, list[FindingRow]]]:
        """Findings of some subjects in the order given, those of a hundred subjects in memory at a time."""
        wanted = tuple(outcomes)
        for start in range(0, len(judged), _BATCH_SUBJECTS):
            batch = judged[start : start + _BATCH_SUBJECTS]
            found: dict[tuple[str, str], list[FindingRow]] = {(each.kind, each.name): [] for each in batch}
            for row in self.findings(outcomes=wanted, subjects=[each.name for each in batch]):
                if (row.subject_kind, row.subject) in found:
                    found[row.subject_kind, row.subject].append(row)
            for each in batch:
                yield each, found[each.kind, each.name]

    def devices(self) -> Iterator[DeviceLine]:
        """Every device of the run by site and name."""
        return (line for target in self.targets if (line := self.device(target)))

    def device(self, target: str) -> DeviceLine | None:
        """One device of the run; None when the run has none of that name."""
        record = self.network.record(target)
        if record is None:
            return None
        judged = self.figures.by_subject.get((SubjectKind.DEVICE, target))
        return DeviceLine(
            record,
            self.network.fact(target, Identity),
            self._by_target.get(target),
            judged.tally if judged else Tally(),
            self.same_as.get(target),
        )

    @cached_property
    def targets(self) -> Mapping[str, str | None]:
        """The site of every device target, by site and name: devices answer in another order every time."""
        sites = {each.target: self._site_of(each.target, each.site) for each in self.network.records()}
        return {target: sites[target] for target in sorted(sites, key=lambda name: place_order(sites[name], name))}

    @cached_property
    def reconciled(self) -> tuple[Reconciled, ...]:
        """The register held against the network; empty where there is no register to hold against it."""
        if not len(self.register):
            return ()
        before = None
        if self._stale_after_days is not None:
            before = datetime.combine(self.today, time.min, CHINA) - timedelta(days=self._stale_after_days)
        found = reconcile(self.register, self.network, stale_before=before, same_as=self.same_as)
        return tuple(sorted(found, key=place_in_list))

    @cached_property
    def strangers(self) -> tuple[Seen, ...]:
        """Addresses that a discovery heard, that nobody declared and no device of the run holds."""
        heard = self.store.sightings.seen()
        if not heard:
            return ()
        known = {str(ip) for device in self.register.devices for ip in device.addresses}
        known.update(str(ip) for system in self.register.systems for ip in (*system.addresses, system.old_address))
        known.update(record.address for record in self.network.records())
        for _, addresses in self.network.each(Addresses):
            if isinstance(addresses, Addresses):
                known.update(str(each.ip.ip) for each in addresses.items)
        return tuple(each for each in heard if str(each.sighting.address) not in known)

    @cached_property
    def same_as(self) -> dict[str, str]:
        """For each target that is another one's device: the target that stands for it."""
        return sameness(self.network, self.store.decisions()).principals()

    @cached_property
    def links(self) -> tuple[SeenLink, ...]:
        """Links as neighbours, MAC and ARP tables tell them; those that one end only tells of first."""
        network = OneEach(self.network, self.same_as)
        found = with_attachments(network, links(network))
        return tuple(sorted(found, key=lambda link: (link.mutual, link.a.name, link.a.interface or "")))

    @cached_property
    def _by_target(self) -> dict[str, Reconciled]:
        # Of a stack's members the first one found stands for the target; further addresses stand where it stands.
        found = {each.target: each for each in reversed(self.reconciled) if each.target}
        doubles = {target: found[one] for target, one in self.same_as.items() if one in found}
        return found | doubles

    def place_of(self, row: FindingRow) -> Place:
        """Unit and site that a finding belongs to; None for what is no single one's."""
        if row.subject_kind == SubjectKind.DEVICE:
            declared, site = self._by_target.get(row.subject), self._site_of(row.subject, row.site)
            return (declared.unit if declared else None) or self._unit_of_site(site), site
        if row.subject_kind == SubjectKind.SYSTEM:
            system = self.register.system(row.subject)
            return (system.unit if system else None), row.site
        return self._unit_of_site(row.site) or self.unit_of_named(row.place), row.site

    def unit_of_named(self, name: str) -> str | None:
        """Whose the system, device, room or boundary is that a finding on network or register names."""
        register = self.register
        egress = next((each for each in register.egresses if each.name == name), None)
        private = next((each for each in register.private_networks if each.name == name), None)
        found = (self._by_target.get(name), register.system(name), register.room(name), egress, private)
        return next((each.unit for each in found if each is not None and each.unit), None)

    def _site_of(self, target: str, told: str | None) -> str | None:
        declared = self._by_target.get(target)
        return (declared.site if declared else None) or told

    def kind_of(self, row: FindingRow) -> str | None:
        """The sheet of the register that a device stands on: server, network, security, storage; None: on none."""
        found = self._by_target.get(row.subject) if row.subject_kind == SubjectKind.DEVICE else None
        device = self.register.device(found.asset_no) if found and found.asset_no else None
        return device.kind if device else None

    def _unit_of_site(self, site: str | None) -> str | None:
        found = self.register.site(site or "")
        return found.unit if found else None

    # Figures beside the counts ---------------------------------------------------------------------------------------

    @cached_property
    def states(self) -> dict[State, int]:
        """How many targets came to what."""
        counts = dict.fromkeys(State, 0)
        for record in self.network.records():
            counts[record.state] += 1
        return counts

    @cached_property
    def silent(self) -> tuple[DeviceRecord, ...]:
        """Targets that gave nothing."""
        return tuple(record for record in self.network.records() if record.state is not State.ANSWERED)

    @cached_property
    def plan_lines(self) -> tuple[PlanLine, ...]:
        """Every requirement of the plan with its value where one can be computed."""
        return plan_lines(self.plan_facts(self.register, self.views))

    def plan_facts(self, register: Register, views: Views) -> PlanFacts:
        """What the plan is measured on, with this register or with one that is assumed."""
        found, declared = self.figures, self._declared
        about = (self.plan, register, views, self.network, found, self.findings, declared, self.today)
        return PlanFacts(*about, lambda: self.assessment)

    @cached_property
    def layers(self) -> tuple[LayerLine, ...]:
        """The 211 items of the standard by layer and control point with what the run says of each."""
        return clause_lines(self.figures)

    @cached_property
    def attested(self) -> Attested:
        """What people confirmed, as of today."""
        records = self.store.attestations()
        return attested(records, self.today, self._lost() if records else ())

    @cached_property
    def assessor(self) -> Assessor:
        """Who turns findings and the words of people into results of items."""
        systems = (each.name for each in self.register.systems if (each.graded_level or 0) >= _LEVEL)
        declared = {"machine_room": [room.name for room in self.register.rooms], "business_system": systems}
        return Assessor(self._basis, catalogue().values(), self.attested, declared)

    @cached_property
    def assessment(self) -> Assessment:
        """The level-3 pre-assessment."""
        return self.assessor.assessed(*self._for_items(self.assessor.deciding))

    def records(self, item: str) -> Iterator[ObjectRecord]:
        """The objects of one item of the standard with their findings, in the order they were judged."""
        return self.assessor.records(self.assessment, item, *self._for_items(self.assessor.checks_of(item)))

    def _for_items(self, checks: tuple[str, ...]) -> tuple[Iterator[FindingRow], Iterator[FindingRow]]:
        """Findings of some checks: those on network and register, and those on everything else."""
        if not checks:
            return iter(()), iter(())
        single = tuple(kind.value for kind in SubjectKind if kind not in WIDE)
        wide, rest = (self.store.findings(self.run.id, subject_kinds=kinds, checks=checks) for kinds in (WIDE, single))
        return wide, rest

    @cached_property
    def waivers(self) -> tuple[Reviewed, ...]:
        """Every waiver of the playbook with how it stands today."""
        told = self.findings(outcomes=(Outcome.FAIL, Outcome.UNKNOWN, Outcome.WAIVED)) if self._waivers else ()
        return reviewed(self._waivers, told, self.today)

    @cached_property
    def trend(self) -> tuple[tuple[int, datetime, Tally], ...]:
        """Number, start and counts of this run and of finished ones of its playbook before it, the oldest first."""
        picked = [self.run, *self._before[: _TREND_RUNS - 1]]
        return tuple((each.id, each.started, self._tally(each.id)) for each in reversed(picked))

    def plan_trend(self, most: int) -> Mapping[str, tuple[Point, ...]]:
        """What was certain of the plan's figures by requirement, the oldest first: in this run and in earlier ones.

        At most so many runs are measured anew, each on its own day.
        """
        found: dict[str, list[Point]] = {}
        for told in (*map(self._earlier, reversed(self._before[: most - 1])), self):
            for line in told.plan_lines:
                if line.measure is not None:
                    found.setdefault(line.requirement.id, []).append(Point(told.run.started, line.measure.lowest))
        return {requirement: tuple(points) for requirement, points in found.items()}

    def _earlier(self, run: RunRecord) -> Result:
        return Result(
            self.store,
            run.id,
            plan=self.plan,
            today=run.started.astimezone(CHINA).date(),
            title=self.title,
            stale_after_days=self._stale_after_days,
            declared=self._declared,
            basis=self._basis,
            waivers=self._waivers,
            lost=self._lost,
        )

    @cached_property
    def _before(self) -> list[RunRecord]:
        """Finished runs of the playbook before this one, the newest first."""
        return [r for r in self.store.runs(self.run.playbook, states=[RunState.FINISHED]) if r.id < self.run.id]

    @property
    def has_history(self) -> bool:
        """Whether an earlier run of the playbook tells what is new and what is gone."""
        return len(self.trend) > 1

    def _tally(self, run: int) -> Tally:
        tally = Tally()
        for (_, severity, outcome), count in self.store.finding_counts(run).items():
            tally.add(outcome, severity, count)
        return tally

    @cached_property
    def resolved(self) -> tuple[FindingRow, ...]:
        """Gaps of earlier runs that this one judged again and no longer found."""
        return tuple(self.store.resolved(self.run.id))

    @property
    def is_complete(self) -> bool:
        """Whether every target answered and every applicable check could tell."""
        return not self.silent and not self.figures.total.unsure and self.figures.total.outcomes.total() > 0

    @property
    def open_gaps(self) -> int:
        """Failed findings that nobody accepted."""
        return self.figures.total[Outcome.FAIL]


@dataclass(frozen=True, slots=True)
class Report:
    """A way to read a run. ``write`` puts it on a binary stream in one language and closes nothing."""

    name: str
    title: Text
    suffix: str  # of a file that holds it, with the dot
    write: Callable[[Result, Language, BinaryIO], None] = field(compare=False)

    @property
    def file_name(self) -> str:
        """What its file is called among those of a run: ``findings.csv`` of findings-csv, ``report.html`` of html."""
        form = self.suffix.removeprefix(".")
        return f"{'report' if self.name == form else self.name.removesuffix(f'-{form}')}{self.suffix}"
