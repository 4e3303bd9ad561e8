"""A finding as the store keeps it and reports read it: plain values, no judgement of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.text import Text

FAIL, PASS, UNKNOWN, NOT_APPLICABLE, ERROR, WAIVED = "fail", "pass", "unknown", "not_applicable", "error", "waived"
OUTCOMES = (FAIL, PASS, UNKNOWN, NOT_APPLICABLE, ERROR, WAIVED)
Value = str | int | float | Text


@dataclass(frozen=True, slots=True)
class FindingRow:
    """What one check said of one subject, or of one place in it, in one run.

    ``first_seen`` and ``resolved_at`` are the store's: when the failure first stood in any run, and the run in which
    it was judged again and stood no more. Both are None for what never failed.
    """

    check: str
    subject_kind: str  # device, site, link, system, network, register
    subject: str
    outcome: str  # one of OUTCOMES
    severity: str = ""
    place: str = ""
    site: str | None = None
    platform: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    commands: str = ""  # that mend it on the subject's platform
    diagnosis: str = ""  # … that show where the cause lies
    missing: tuple[tuple[str, Missing], ...] = ()  # for unknown: fact type and why it is not known
    traceback: str = ""  # for error
    underlying: str | None = None  # for waived: the outcome without the waiver
    waiver: str = ""
    first_seen: datetime | None = field(default=None, compare=False)
    resolved_at: datetime | None = field(default=None, compare=False)

    @property
    def fingerprint(self) -> str:
        """What makes this finding the same one in the next run: 32 hex digits over check, subject and place."""
        parts = "\0".join((self.check, self.subject_kind, self.subject, self.place))
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def fails(self) -> bool:
        """Whether the gap is there, accepted or not."""
        return self.outcome == FAIL or (self.outcome == WAIVED and self.underlying in (None, FAIL))
