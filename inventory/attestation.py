"""What a person confirmed of an item of a standard, as the store keeps it: who, until when, on what file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

MET, PARTIAL, NOT_MET, NOT_APPLICABLE = "met", "partial", "not-met", "na"
RESULTS = (MET, PARTIAL, NOT_MET, NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Attestation:
    """A person's word on an item, on one object of it, on a high-risk case or on a row of major risks."""

    item: str  # 8.1.1.1-a, HR-6.1.1.1, A-27
    object: str  # empty: the item as a whole
    result: str  # one of RESULTS; of a risk: met, it is ruled out, not-met, it stands
    note: str
    attested_by: str
    attested_at: datetime
    until: date  # the last day on which it counts
    file: str = ""  # name in the project's evidence folder
    sha256: str = ""  # of that file
    compensated_by: str = ""  # the control point that makes up for a gap (GB/T 28448 11.3, 11.4)
    id: int | None = field(default=None, compare=False)  # of the store; None: not kept yet

    @property
    def line(self) -> str:
        """Who said it, until when, and why."""
        return f"{self.note} ({self.attested_by}, {self.until.isoformat()})".strip()
