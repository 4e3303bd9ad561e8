"""Business systems on their way to the cloud: what is claimed, what was found, what counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from checks.claims import REFUTING, Kind, Prefixes, Sign, declared_on_cloud, signs
from checks.rules.cloud import outside
from inventory.products.stack import LAYERS, Stack
from inventory.text import Text
from inventory.views import SystemView


class Standing(StrEnum):
    """What comes of a claim."""

    CONFIRMED = "confirmed"  # something found is the cloud's, and nothing stands against it
    CONTRADICTED = "contradicted"  # it does not count
    DOUBTFUL = "doubtful"  # it counts, and something stands against it
    UNPROVEN = "unproven"  # it counts, and nothing found proves it
    UNCLAIMED = "unclaimed"  # nothing is claimed: not on the cloud yet, excepted, retired
    OUTSIDE = "outside"  # a higher level runs it: on neither side of the rate


STANDINGS = {
    Standing.CONFIRMED: Text("证实", "confirmed"),
    Standing.CONTRADICTED: Text("与实测矛盾", "contradicted"),
    Standing.DOUBTFUL: Text("存疑", "doubtful"),
    Standing.UNPROVEN: Text("未证实", "unproven"),
    Standing.UNCLAIMED: Text("未申报上云", "not claimed"),
    Standing.OUTSIDE: Text("上级平台", "run by a higher level"),
}
_PROVING = frozenset({Kind.ADDRESSES, Kind.HOST})


@dataclass(frozen=True, slots=True)
class SystemLine:
    """One business system."""

    view: SystemView
    signs: tuple[Sign, ...]
    stack: Stack  # of the servers that serve it

    def told(self, *, stands: bool | None) -> tuple[Sign, ...]:
        """The signs for the claim, against it, or that tell nothing."""
        return tuple(sign for sign in self.signs if sign.stands is stands)

    @property
    def standing(self) -> Standing:
        """What comes of its claim."""
        if outside(self.view):
            return Standing.OUTSIDE
        if not declared_on_cloud(self.view):
            return Standing.UNCLAIMED
        against = {sign.kind for sign in self.told(stands=False)}
        if against & REFUTING:
            return Standing.CONTRADICTED
        if against:
            return Standing.DOUBTFUL
        return Standing.CONFIRMED if {s.kind for s in self.told(stands=True)} & _PROVING else Standing.UNPROVEN

    @property
    def counts(self) -> bool | None:
        """Whether it counts as migrated; None: it counts on neither side of the rate."""
        if self.view.state == "retired" or self.standing is Standing.OUTSIDE:
            return None
        return self.standing in (Standing.CONFIRMED, Standing.DOUBTFUL, Standing.UNPROVEN)


def system_lines(systems: Iterable[SystemView], prefixes: Prefixes = ()) -> Iterator[SystemLine]:
    """Every business system with what was found of it; ``prefixes`` are the cloud's blocks."""
    for view in systems:
        stack = Stack()
        for host in view.hosts:
            if host.role == "service":
                stack |= host.stack
        yield SystemLine(view, signs(view, prefixes), stack)


def stack_words(stack: Stack, language: str) -> str:
    """The products layer by layer; what is not domestic is marked, what is merely installed stands in brackets."""
    words = []
    for part in (part for layer in LAYERS for part in stack.of(layer)):
        name = part.product.zh if language == "zh" else part.product.en
        mark = " ✗" if part.product.domestic is False else ""
        words.append(f"({name}{mark})" if part.by == "installed" else f"{name}{mark}")
    return ", ".join(words)


@dataclass(frozen=True, slots=True)
class Share:
    """The rate of one unit or wave: numerator and denominator by name."""

    group: str
    done: tuple[str, ...]
    left: tuple[str, ...]
    contradicted: tuple[str, ...]  # of those left

    @property
    def total(self) -> int:
        """The denominator."""
        return len(self.done) + len(self.left)

    @property
    def percent(self) -> float:
        """The rate; every group has at least one system."""
        return 100 * len(self.done) / self.total


def shares(lines: Iterable[SystemLine], by: str) -> list[Share]:
    """The rate by ``unit``, by ``wave`` with its date, or by ``date``: of all that was due by the end of each wave.

    In the order of the names or days; all together last, where there are any.
    """
    counted = [line for line in lines if line.counts is not None]
    groups = _due(counted) if by == "date" else _grouped(counted, _wave if by == "wave" else lambda v: v.unit or "")
    return [_share(name, group) for name, group in groups.items()] + ([_share("*", counted)] if counted else [])


def _grouped(counted: list[SystemLine], key: Callable[[SystemView], str]) -> dict[str, list[SystemLine]]:
    groups: dict[str, list[SystemLine]] = {}
    for line in sorted(counted, key=lambda line: key(line.view)):
        groups.setdefault(key(line.view), []).append(line)
    return groups


def _due(counted: list[SystemLine]) -> dict[str, list[SystemLine]]:
    """By the date of each wave, the systems of that wave and of those before it."""
    dated = [(line.view.wave_date, line) for line in counted if line.view.wave_date]
    days = sorted({day for day, _ in dated})
    return {end.isoformat(): [line for day, line in dated if day <= end] for end in days}


def _wave(view: SystemView) -> str:
    return " ".join(word for word in (view.wave, view.wave_date.isoformat() if view.wave_date else None) if word)


def _share(group: str, lines: list[SystemLine]) -> Share:
    left = [line for line in lines if not line.counts]
    return Share(
        group,
        tuple(line.view.name for line in lines if line.counts),
        tuple(line.view.name for line in left),
        tuple(line.view.name for line in left if line.standing is Standing.CONTRADICTED),
    )
