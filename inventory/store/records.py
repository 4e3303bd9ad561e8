"""What the store says of its runs, register versions and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class RunState(StrEnum):
    """How far a run came."""

    RUNNING = "running"  # or killed: whoever resumes it decides
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of a playbook."""

    id: int
    playbook: str
    state: RunState
    started: datetime
    finished: datetime | None  # None: not yet, or killed
    options: Mapping[str, Any] = field(default_factory=dict)
    register_id: int | None = None  # the register version it is judged against; None: none was imported


@dataclass(frozen=True, slots=True)
class RegisterVersion:
    """One import of the register."""

    id: int
    imported_at: datetime
    source: str  # file name
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a difference between register and network."""

    kind: str  # the difference: undeclared, not-found, conflicting, stale
    subject: str
    decision: str  # accept, ignore, correct …
    reason: str
    decided_by: str
    decided_at: datetime
