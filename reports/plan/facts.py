"""What requirements are measured on: plan, register and run side by side; and the requirements that are measured."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache, cached_property
from typing import Protocol, TypeVar

import reports.plan as package
from checks.assessing import Assessment
from checks.catalogue import catalogue
from checks.standards import PLAN_PREFIX
from inventory.facts import Interface
from inventory.findings import FindingRow
from inventory.plan import Plan
from inventory.plan_figures import PlanFigures
from inventory.register import MigrationState, Register
from inventory.register.rows import BusinessSystem
from inventory.snapshot import Network, State
from inventory.text import Text
from inventory.views import CensusView, SiteView, Views
from reports.figures import Figures
from reports.plan.measure import Told, passed

_PERIOD_STARTS = date(2021, 1, 1)  # of a plan whose period nobody can read


class Findings(Protocol):
    """The run's findings, by check and subject."""

    def __call__(self, *, checks: Iterable[str], subjects: Iterable[str]) -> Iterator[FindingRow]:
        """Those of some checks on some subjects."""


class PlanFacts:
    """One run and the register beside the plan. ``today`` is the day that ages are counted to."""

    def __init__(
        self,
        plan: Plan,
        register: Register,
        views: Views,
        network: Network,
        figures: Figures,
        findings: Findings,
        declared: PlanFigures,
        today: date,
        assess: Callable[[], Assessment],
    ) -> None:
        self.plan = plan
        self.register = register
        self.views = views
        self.network = network
        self.figures = figures
        self.findings = findings
        self.declared = declared
        self.today = today
        self._assess = assess

    @cached_property
    def census(self) -> CensusView:
        """The register as a whole, joined with what probes found."""
        return self.views.census()

    @cached_property
    def assessment(self) -> Assessment:
        """The level-3 pre-assessment of the run."""
        return self._assess()

    @cached_property
    def connected(self) -> dict[str, bool | None]:
        """Declared sites and whether the network reaches them."""
        return {site.name: _is_connected(site) for site in self.views.sites()}

    @property
    def period_start(self) -> date:
        """The first day of the plan's period."""
        year = self.plan.period[:4]
        return date(int(year), 1, 1) if year.isdigit() and int(year) > 1900 else _PERIOD_STARTS

    def systems(self) -> Iterator[BusinessSystem]:
        """Business systems in service."""
        return (s for s in self.register.systems if s.state is not MigrationState.RETIRED)

    def total(self, denominator: str) -> int | None:
        """A declared number of things; the plan's own where nobody declared one; None: nobody knows."""
        given = self.declared.denominators.get(denominator)
        if given is not None:
            return given
        return next((each.default for each in self.plan.denominators if each.id == denominator), None)

    def undeclared(self, *denominators: str) -> Text | None:
        """What to say of totals that nobody declared; None: all are known."""
        known = {each.id: Text(each.zh, each.en or each.zh) for each in self.plan.denominators}
        open_ = [name for name in denominators if name in known and self.total(name) is None]
        if not open_:
            return None
        zh = "、".join(f"{known[name].zh}（{name}）" for name in open_)
        en = ", ".join(f"{known[name].en} ({name})" for name in open_)
        return Text(f"没有申报{zh}", f"not declared: {en}")

    def passing(self, checks: Iterable[str], things: Text, missing: Text) -> Told:
        """The share of subjects of which all that some checks asked passed."""
        return passed(self.figures.subjects_of(checks), things, missing)


def _is_connected(site: SiteView) -> bool | None:
    """True: a device there answered, or an interface of a link to it is up. False: all that was seen is down."""
    if any(device.record.state is not State.UNREACHABLE for device in site.devices):
        return True
    ends = [end.interface for link in site.links for end in link.ends]
    return any_of([end.oper_up if isinstance(end, Interface) else None for end in ends])


def any_of(told: list[bool | None]) -> bool | None:
    """Whether any is true; None where none is and some are not known, or there is nothing to ask."""
    return True if True in told else None if None in told or not told else False


Measuring = Callable[[PlanFacts], Told]
M = TypeVar("M", bound=Measuring)
_MEASURED: dict[str, Measuring] = {}


def measures(key: str) -> Callable[[M], M]:
    """Marks the function that measures a requirement, by the key that checks cite it under."""

    def keep(function: M) -> M:
        _MEASURED[key] = function
        return function

    return keep


@cache
def measured() -> Mapping[str, Measuring]:
    """Every requirement that has a function of its own, found in this package."""
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return dict(_MEASURED)


def citing() -> Mapping[str, tuple[str, ...]]:
    """Checks by the key of the requirement they cite."""
    found: dict[str, tuple[str, ...]] = {}
    for check in catalogue().values():
        for ref in check.clauses:
            name, _, key = ref.partition(":")
            if name == PLAN_PREFIX:
                found[key] = (*found.get(key, ()), check.id)
    return found
