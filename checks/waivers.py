"""Accepted risks: a named person answers for a finding until a date; the finding stays visible underneath."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from checks.model import Finding, Outcome
from inventory.document import read_document

_WAIVABLE = (Outcome.FAIL, Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Waiver:
    """One accepted risk. ``check`` and ``subject`` may hold ``*`` and ``?``; valid through ``until``."""

    check: str
    subject: str
    reason: str
    approver: str
    until: date
    place: str = "*"

    def __post_init__(self) -> None:
        for name in ("check", "subject", "reason", "approver"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name}: ?")
        if self.check.strip("*?.") == "":
            raise ValueError("check: a waiver names what it accepts")

    def fits(self, finding: Finding) -> bool:
        """Whether it speaks of this finding, whatever the date."""
        return (
            fnmatchcase(finding.check, self.check)
            and fnmatchcase(finding.subject.name, self.subject)
            and fnmatchcase(finding.place, self.place)
        )

    @property
    def line(self) -> str:
        """Reason, approver and end date for the reader of the finding."""
        return f"{self.reason} ({self.approver}, {self.until.isoformat()})"


@dataclass(frozen=True, slots=True)
class WaiverFile:
    """What a waiver file holds."""

    waivers: tuple[Waiver, ...]


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """The waivers of a YAML file; InputError with file and line when something is wrong."""
    return read_document(path, WaiverFile).waivers


class Waivers:
    """The waivers of one run: applies them, and remembers which ever fitted anything."""

    def __init__(self, waivers: Iterable[Waiver], today: date) -> None:
        self._waivers = tuple(waivers)
        self._today = today
        self._fitted: set[Waiver] = set()

    def applied(self, finding: Finding) -> Finding:
        """The finding, waived when a valid waiver fits a fail or unknown."""
        if finding.outcome not in _WAIVABLE:
            return finding
        fitting = [w for w in self._waivers if w.fits(finding)]
        self._fitted.update(fitting)
        valid = [w for w in fitting if w.until >= self._today]
        if not valid:
            return finding
        longest = max(valid, key=lambda w: w.until)
        return replace(finding, outcome=Outcome.WAIVED, underlying=finding.outcome, waiver=longest.line)

    @property
    def expired(self) -> tuple[Waiver, ...]:
        """Waivers whose end date has passed."""
        return tuple(w for w in self._waivers if w.until < self._today)

    @property
    def unmatched(self) -> tuple[Waiver, ...]:
        """Waivers that have fitted no finding so far; complete once everything is judged."""
        return tuple(w for w in self._waivers if w not in self._fitted)
