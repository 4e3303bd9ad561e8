"""Programs that protect a host, and how long a distribution is mended: data in ``protection.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from inventory.document import read_document
from inventory.text import Text

FILE = Path(__file__).parent / "protection.yaml"


@dataclass(frozen=True, slots=True)
class Protector:
    """A program and what it does: malware, intrusion, integrity, backup."""

    id: str
    zh: str
    en: str
    does: tuple[str, ...]
    patterns: tuple[str, ...]

    @property
    def text(self) -> Text:
        """Its name."""
        return Text(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class _Support:
    """Releases of one distribution (ID of os-release), each a pattern, with their last days; ``source`` states them."""

    name: str
    source: str
    ends: Mapping[str, date]


@dataclass(frozen=True, slots=True)
class _Products:
    programs: tuple[Protector, ...]
    support: tuple[_Support, ...]


@cache
def _products() -> _Products:
    return read_document(FILE, _Products)


def protectors(names: Iterable[str], does: str) -> tuple[Protector, ...]:
    """The programs that do one thing, among names of processes, services or packages; each once."""
    found = dict.fromkeys(each for name in names if (each := _known(name)) and does in each.does)
    return tuple(found)


@lru_cache(maxsize=4096)
def _known(name: str) -> Protector | None:
    plain = name.rpartition("/")[2].removesuffix(".service").removesuffix(".exe")
    programs = _products().programs
    return next((p for p in programs if any(re.fullmatch(pt, plain, re.IGNORECASE) for pt in p.patterns)), None)


def support_ends(distribution: str | None, release: str | None) -> date | None:
    """The last day a release is mended for everybody; None where that is not known."""
    rows = (row for row in _products().support if row.name == (distribution or "").lower())
    known = (pair for row in rows for pair in row.ends.items())
    return next((day for pattern, day in known if re.match(rf"(?:{pattern})(?:\.|$)", release or "")), None)
