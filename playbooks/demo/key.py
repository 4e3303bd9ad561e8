"""The answer key: what an audit of the simulated county must find failed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inventory.document import read_document

KEY = Path(__file__).parent / "key.yaml"


@dataclass(frozen=True, slots=True)
class Planted:
    """One failed check that must be found."""

    check: str
    subject: str
    why: str


@dataclass(frozen=True, slots=True)
class _Key:
    level3: tuple[Planted, ...]
    ipv6: tuple[Planted, ...]
    bandwidth: tuple[Planted, ...]
    cloud: tuple[Planted, ...]
    census: tuple[Planted, ...]


def answer_key() -> tuple[Planted, ...]:
    """Every planted finding, in the order of the file."""
    key = read_document(KEY, _Key)
    return key.level3 + key.ipv6 + key.bandwidth + key.cloud + key.census
