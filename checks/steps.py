"""Steps of test units (GB/T 28448): which checks decide them, and what findings come to on each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from checks.items import Steps
from checks.model import Check
from checks.standards import LEVEL3, Clause
from inventory.findings import ERROR, NOT_APPLICABLE, UNKNOWN, FindingRow

MOST_NAMED = 10  # of the things that fail a step
States = dict[str, bool | None]  # by check, of one thing: passes, fails, cannot tell
Word = tuple[bool | None, bool]  # on one step: state of a check, and whether its passing proves the step
Said = Mapping[int, Iterable[Word]]  # by step


class StepsOf:
    """Which checks decide which steps of which items."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self._by_check: dict[str, list[tuple[str, int, bool]]] = {}
        self.checks: dict[str, set[str]] = defaultdict(set)  # by item
        for check in checks:
            for step in check.steps:
                name, _, item = step.clause.partition(":")
                if name == LEVEL3:
                    self._by_check.setdefault(check.id, []).append((item, step.number, step.proves))
                    self.checks[item].add(check.id)

    def said(self, states: States) -> dict[str, dict[int, list[Word]]]:
        """What the checks of one thing say of steps, by item and step."""
        found: dict[str, dict[int, list[Word]]] = {}
        for check, state in states.items():
            for item, number, proves in self._by_check.get(check, ()):
                found.setdefault(item, {}).setdefault(number, []).append((state, proves))
        return found

    def found(self, item: str, rows: Iterable[FindingRow]) -> dict[int, list[FindingRow]]:
        """Findings by the step of an item that their checks decide."""
        found: dict[int, list[FindingRow]] = {}
        for row in rows:
            for cited, number, _ in self._by_check.get(row.check, ()):
                if cited == item:
                    found.setdefault(number, []).append(row)
        return found

    def spoken(self, item: str) -> dict[int, set[str]]:
        """Steps of an item that checks speak to, each with those of them whose passing proves it."""
        found: dict[int, set[str]] = {}
        for check, steps in self._by_check.items():
            for cited, number, proves in steps:
                if cited == item:
                    found.setdefault(number, set()).update({check} if proves else ())
        return found

    def items(self, checks: Iterable[str]) -> set[str]:
        """Items of which these checks decide a step."""
        return {item for check in checks for item, _, _ in self._by_check.get(check, ())}


def step_state(words: Iterable[Word]) -> bool | None:
    """One step: one failure settles it, and only passes of all who speak to it prove it."""
    said = list(words)
    if any(holds is False for holds, _ in said):
        return False
    return True if any(proves for _, proves in said) and all(holds for holds, _ in said) else None


def step_states(clause: Clause, *said: Said) -> Steps:
    """The steps of an object, by what is said of itself and of what holds of it with others."""
    numbers = range(1, clause.substeps + 1)
    return tuple(step_state(word for part in said for word in part.get(number, ())) for number in numbers)


class Judged:
    """What each check says of one thing, row by row."""

    def __init__(self, rows: Iterable[FindingRow] = ()) -> None:
        self.states: States = {}
        self._spared: set[str] = set()
        for row in rows:
            self.add(row)

    def add(self, row: FindingRow) -> None:
        """Counts a finding on the thing in: of several places the worst."""
        if row.outcome == NOT_APPLICABLE:
            self._spared.add(row.check)
        elif row.fails:
            self.states[row.check] = False
        elif row.outcome in (UNKNOWN, ERROR) or row.underlying:
            self.states[row.check] = None if self.states.get(row.check, True) is not False else False
        else:
            self.states.setdefault(row.check, True)

    @property
    def spared(self) -> set[str]:
        """The checks that do not concern it."""
        return self._spared - set(self.states)


@dataclass
class Pooled:
    """What is said of one step over several things."""

    words: set[Word] = field(default_factory=set)
    told: int = 0  # things that something is said of
    holding: int = 0  # of them those on which it is proven
    failing: int = 0
    names: list[str] = field(default_factory=list)  # of the first that fail

    def add(self, words: Iterable[Word], name: str) -> None:
        """Counts in what is said of one thing."""
        said = list(words)
        state = step_state(said)
        self.words.update(said)
        self.told += 1
        self.holding += state is True
        if state is False:
            self.failing += 1
            if len(self.names) < MOST_NAMED:
                self.names.append(name)


class Pool:
    """Steps of items over all that they were looked at on."""

    def __init__(self) -> None:
        self._steps: dict[str, dict[int, Pooled]] = {}

    def add(self, item: str, said: Said, name: str) -> None:
        """Counts in what is said of an item on one thing."""
        steps = self._steps.setdefault(item, {})
        for number, words in said.items():
            steps.setdefault(number, Pooled()).add(words, name)

    def of(self, item: str) -> Mapping[int, Pooled]:
        """The steps of an item that something is said of."""
        return self._steps.get(item, {})

    def said(self, item: str) -> Said:
        """What is said of an item, by step."""
        return {number: pooled.words for number, pooled in self.of(item).items()}

    def holds_somewhere(self, item: str) -> bool:
        """Whether a step holds on something, so that an item judged as one is not wholly unmet."""
        return any(pooled.holding for pooled in self.of(item).values())
