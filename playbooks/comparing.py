"""The newest register held against a stored run, with what was decided before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import cache

from inventory.decisions import Disputed, Stranger, disputed, key_of, strangers
from inventory.errors import InputError
from inventory.reconcile import Conflict, Difference, Reconciled, place_in_list, reconcile
from inventory.register import Register
from inventory.same import sameness
from inventory.snapshot import State
from inventory.store import Decision, Store, StoredNetwork
from inventory.text import Text

_MOST_RUNS = 50  # earlier ones in which a device that is silent now is looked for
_MOST_NAMED = 10  # units or sites to choose from, in a message


@dataclass(frozen=True, slots=True)
class Compared:
    """Register against run: every match and every difference, those of one unit or site where these are asked for."""

    store: Store
    run: int
    register: Register
    reconciled: tuple[Reconciled, ...]
    decisions: Mapping[tuple[str, str], Decision]
    before: tuple[int, ...]  # earlier runs, the newest first

    def disputed(self) -> Iterator[Disputed]:
        """What of declared devices waits for a decision."""
        return disputed(self.register, self._network, self.reconciled, self.decisions, cache(self.last_found))

    def strangers(self) -> Iterator[Stranger]:
        """Which undeclared devices wait for a decision."""
        return strangers(self.register, self._network, self.reconciled, self.decisions)

    def decision(self, each: Reconciled, conflict: Conflict | None = None) -> Decision | None:
        """What a unit decided on a difference, or on one of its conflicts; None: nothing yet."""
        return self.decisions.get(key_of(self.register, each, conflict))

    @property
    def _network(self) -> StoredNetwork:
        return StoredNetwork(self.store, self.run)

    def last_found(self, target: str) -> date | None:
        """The day the target last answered, in this run or in one before it; None: in none of them."""
        for run in (self.run, *self.before):
            record = self.store.record(run, target)
            if record is not None and record.state is not State.UNREACHABLE:
                return record.taken_at.astimezone().date()
        return None


def compared(
    store: Store,
    run: int,
    *,
    unit: str | None = None,
    site: str | None = None,
    stale_after_days: float | None = None,
    now: datetime | None = None,
) -> Compared:
    """The comparison; InputError where no register was imported, or it has no such unit or site."""
    register = store.register()
    if register is None:
        raise InputError(store.name, Text("还没有导入过登记表", "no register was imported yet"))
    for option, name, known in (("--unit", unit, register.units), ("--site", site, register.sites)):
        if name is not None and name not in {row.label for row in known}:
            named = _some(name, [row.label for row in known])
            raise InputError(
                f"{option} {name}", Text(f"登记表中没有；现有：{named}", f"not in the register; there are: {named}")
            )
    before = None if stale_after_days is None else (now or datetime.now(UTC)) - timedelta(days=stale_after_days)
    network = StoredNetwork(store, run)
    decisions = store.decisions()
    same_as = sameness(network, decisions).principals()
    found = reconcile(register, network, stale_before=before, same_as=same_as)
    placed = (_placed(register, each) for each in found)
    wanted = (e for e in placed if unit in (None, e.unit) and site in (None, e.site))
    runs = tuple(each.id for each in store.runs() if each.id < run)[:_MOST_RUNS]
    return Compared(store, run, register, tuple(sorted(wanted, key=place_in_list)), decisions, runs)


def _placed(register: Register, each: Reconciled) -> Reconciled:
    """With the unit of its site, where it is not declared itself."""
    site = register.site(each.site or "")
    if each.difference is Difference.UNDECLARED and site is not None:
        return replace(each, unit=site.unit)
    return each


def rulings(decided: Collection[Disputed | Stranger], by: str, at: datetime) -> list[Decision]:
    """What a unit decided, as it is kept; ``by`` where the row names nobody."""
    return [
        Decision(*row.key, row.ruling.value, row.reason or "", row.decided_by or by, at)
        for row in decided
        if row.ruling is not None
    ]


def _some(name: str, known: list[str]) -> str:
    """Names to choose from, those that look alike first; a county has thousands."""
    near = get_close_matches(name, known, _MOST_NAMED)
    named = list(dict.fromkeys([*near, *known]))
    return ", ".join(named[:_MOST_NAMED]) + (f" … {len(named)}" if len(named) > _MOST_NAMED else "") or "-"
