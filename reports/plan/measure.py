"""What a requirement comes to: everything counted for it by name, or what is missing to count it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checks.items import ItemResult, Result
from checks.model import Outcome, SubjectKind
from inventory.text import Language, Text
from reports.wording import subject_text

# What keeps a figure open that the register alone tells: a declaration is no proof.
DECLARED_ONLY = Text("按登记，没有采集佐证", "as declared, nothing found proves it")

# From here on the report template of 2025 concludes "basically met" (checks.scoring).
BASIC_PERCENT = 60.0

Name = str | Text  # of what is counted: as devices and register have it, or words of ours in both languages


@dataclass(frozen=True, slots=True)
class Measure:
    """A value between what is certain and what is possible.

    ``unit`` % makes it the share of ``yes`` in all that was counted; empty: the number of ``yes``. ``unlisted`` are
    things that are known to exist and that nobody listed by name. ``open`` says why the total is not certain.
    """

    yes: tuple[Name, ...]
    no: tuple[Name, ...]
    unsure: tuple[Name, ...]
    things: Text
    unit: str = "%"
    unlisted: int = 0
    open: Text | None = None
    note: Text | None = None  # stands in place of the count
    declared: float | None = None  # a person's figure with its source: nothing was counted

    @property
    def total(self) -> int:
        """All that was counted."""
        return len(self.yes) + len(self.no) + len(self.unsure) + self.unlisted

    @property
    def lowest(self) -> float:
        """The value with everything unknown against it."""
        return self._value(len(self.yes))

    @property
    def highest(self) -> float:
        """The value with everything unknown in its favour."""
        return self._value(len(self.yes) + len(self.unsure) + self.unlisted)

    def _value(self, count: int) -> float:
        if self.declared is not None:
            return self.declared
        return float(count) if self.unit != "%" else 100 * count / self.total if self.total else 0.0

    @property
    def counted(self) -> Text:
        """What those that make up the value are: what meets the requirement, or what was counted."""
        return Text("达标", "Met") if self.unit == "%" else Text("计入", "Counted")

    @property
    def basis(self) -> Text:
        """What was counted, in words."""
        if self.note:
            return self.note
        unsure = len(self.unsure) + self.unlisted
        count = f"{len(self.yes)}/{self.total}" if self.unit == "%" else str(len(self.yes))
        of = f"{len(self.yes)} of {self.total}" if self.unit == "%" else str(len(self.yes))
        zh, en = f"{count} {self.things.zh}", f"{of} {self.things.en}"
        if unsure:
            zh, en = f"{zh}，{unsure} 个未知", f"{en}, {unsure} not known"
        if self.open:
            zh, en = f"{zh}；{self.open.zh}", f"{en}; {self.open.en}"
        return Text(zh, en)

    @property
    def shown(self) -> str:
        """``87.5 %``, or ``62.5–75 %`` where something is not known."""
        ends = [f"{value:.1f}".removesuffix(".0") for value in (self.lowest, self.highest)]
        span = ends[0] if ends[0] == ends[1] else "–".join(ends)
        return f"{span} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Nothing tells the value. ``missing`` says what would."""

    missing: Text


Told = Measure | Unmeasured


def named(names: Iterable[Name], language: Language) -> list[str]:
    """What was counted by name, in one language."""
    return [name.say(language) if isinstance(name, Text) else name for name in names]


def answers(
    told: Iterable[tuple[Name, bool | None]],
    things: Text,
    missing: Text,
    *,
    total: int | None = None,
    open: Text | None = None,  # noqa: A002 - as the field is called
) -> Told:
    """The share of things of which it is true; None: not known. ``total`` is how many there are, listed or not.

    Where there is nothing to count, ``missing`` says what is.
    """
    found: dict[bool | None, list[Name]] = {True: [], False: [], None: []}
    for name, answer in told:
        found[answer].append(name)
    listed = sum(map(len, found.values()))
    unlisted = max(0, (total or 0) - listed)
    if not listed:
        return Unmeasured(missing)
    return Measure(tuple(found[True]), tuple(found[False]), tuple(found[None]), things, unlisted=unlisted, open=open)


def passed(worst: Mapping[tuple[str, str], str], things: Text, missing: Text) -> Told:
    """The share of subjects that pass, by the worst outcome of each. An accepted gap is still one."""
    holds = {Outcome.PASS: True, Outcome.UNKNOWN: None, Outcome.ERROR: None}
    told = [
        (_name(*subject), holds.get(Outcome(outcome), False))
        for subject, outcome in worst.items()
        if outcome != Outcome.NOT_APPLICABLE
    ]
    return answers(told, things, missing)


def _name(kind: str, name: str) -> Name:
    return subject_text(kind, name) if kind in (SubjectKind.NETWORK, SubjectKind.REGISTER) else name


def item_met(item: ItemResult) -> bool | None:
    """Whether an item of the standard is met; None: it may be."""
    if item.result is Result.MET:
        return True
    return None if Result.MET in item.possible else False


def at(place: str, what: Text) -> Text:
    """The name of something that is counted once at each of several places."""
    return Text(f"{place} {what.zh}", f"{place} {what.en}")


def number(
    names: Iterable[Name],
    things: Text,
    unsure: Iterable[Name] = (),
    note: Text | None = None,
    *,
    open: Text | None = None,  # noqa: A002 - as the field is called
) -> Measure:
    """How many there are."""
    return Measure(tuple(names), (), tuple(unsure), things, unit="", note=note, open=open)
