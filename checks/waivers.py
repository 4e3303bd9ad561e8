"""Accepted risks: a named person answers for a finding until a date; the finding stays visible underneath.

A waiver that has expired waives nothing any more, and one that fits no finding may be misspelt: reports tell both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from checks.model import Finding, Outcome
from inventory.document import read_document
from inventory.errors import InputError
from inventory.findings import FindingRow
from inventory.text import Text

_WAIVABLE = (Outcome.FAIL, Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Waiver:
    """One accepted risk, valid through ``until``.

    Its scope is check, subject, place and site, each of which may hold ``*`` and ``?``; only check and subject are
    needed.
    """

    check: str
    subject: str
    reason: str
    approver: str
    until: date
    place: str = "*"
    site: str = "*"

    def __post_init__(self) -> None:
        for name in ("check", "subject", "reason", "approver"):
            if not getattr(self, name).strip():
                raise InputError(name, Text("必须填写", "must be filled in"))
        if self.check.strip("*?.") == "":
            raise InputError("check", Text("豁免要写明接受的是哪些检查项", "a waiver names the checks that it accepts"))

    def fits(self, check: str, subject: str, place: str = "", site: str | None = None) -> bool:
        """Whether it speaks of such a finding, whatever the date."""
        return (
            fnmatchcase(check, self.check)
            and fnmatchcase(subject, self.subject)
            and fnmatchcase(place, self.place)
            and fnmatchcase(site or "", self.site)
        )

    @property
    def scope(self) -> str:
        """Check, subject, and place and site where they are limited, on one line."""
        limits = {"place": self.place, "site": self.site}
        return " ".join([self.check, self.subject, *(f"{k}={v}" for k, v in limits.items() if v != "*")])

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
    """The waivers of one run, applied to its findings."""

    def __init__(self, waivers: Iterable[Waiver], today: date) -> None:
        self._waivers = tuple(waivers)
        self._today = today

    def applied(self, finding: Finding) -> Finding:
        """The finding, waived when a valid waiver fits a fail or unknown."""
        if finding.outcome not in _WAIVABLE:
            return finding
        subject = finding.subject
        fitting = [w for w in self._waivers if w.fits(finding.check, subject.name, finding.place, subject.site)]
        valid = [w for w in fitting if w.until >= self._today]
        if not valid:
            return finding
        longest = max(valid, key=lambda w: w.until)
        return replace(finding, outcome=Outcome.WAIVED, underlying=finding.outcome, waiver=longest.line)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How a waiver stands on the day of a report."""

    waiver: Waiver
    is_expired: bool
    findings: int  # failed, unknown and waived ones that it speaks of

    @property
    def is_unmatched(self) -> bool:
        """Whether nothing that was found needs it."""
        return not self.findings


def reviewed(waivers: Iterable[Waiver], rows: Iterable[FindingRow], today: date) -> tuple[Reviewed, ...]:
    """Every waiver with how it stands, from the findings of a run that failed, are not known or were waived."""
    known = tuple(waivers)
    counts = [0] * len(known)
    for row in rows if known else ():
        for at, waiver in enumerate(known):
            counts[at] += waiver.fits(row.check, row.subject, row.place, row.site)
    return tuple(Reviewed(w, w.until < today, count) for w, count in zip(known, counts, strict=True))
