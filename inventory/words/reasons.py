"""Why a fact is not known, in the reader's language: what is stored in English is put into Chinese where it is shown.

The sentences are data: ``reasons.yaml``. What devices sent stands in their slots, so they are matched piece by
piece from left to right, without regular expressions: the time taken grows with the length of the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path

from inventory.document import read_document
from inventory.text import Text
from inventory.words.facts import FACTS

FILE = Path(__file__).parent / "reasons.yaml"
_LONGEST = 2000  # characters; what is longer is no sentence of ours
_DEEPEST = 8  # reasons within reasons
_SOURCES = 4  # colons that what stands before a reason may hold itself
_SLOT = re.compile(r"\{(\w+)\}")
_FORMS = {  # of slots that hold a single word
    "date": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
    "host": re.compile(r"\S+"),
    "port": re.compile(r"\d+", re.ASCII),
}


@dataclass(frozen=True, slots=True)
class _Document:
    sentences: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One sentence taken apart: what stands around its slots, and their names; ``zh`` has the same slots."""

    pieces: tuple[str, ...]
    slots: tuple[str, ...]
    zh: str

    def held(self, why: str) -> dict[str, str] | None:
        """What each slot holds in a text; None where the text is not this sentence. No slot is empty."""
        first, *middle, last = self.pieces if self.slots else (*self.pieces, "")
        if not self.slots:
            return {} if why == first else None
        end = len(why) - len(last)
        if not why.startswith(first) or not why.endswith(last):
            return None
        start, found = len(first), []
        for piece in middle:
            at = why.find(piece, start + 1, end)
            if at < 0:
                return None
            found.append(why[start:at])
            start = at + len(piece)
        return dict(zip(self.slots, (*found, why[start:end]), strict=True)) if start < end else None


def reason(why: str) -> Text:
    """A reason in both languages; in Chinese as it is where the catalogue does not know it."""
    return Text(_known(why) or why, why)


@lru_cache(maxsize=4096)
def _known(why: str, depth: int = 0) -> str | None:
    """The Chinese of a reason, of one behind what names its source too; None where the catalogue does not know it."""
    if not why or len(why) > _LONGEST or depth > _DEEPEST:
        return None
    for sentence in _sentences():
        held = sentence.held(why)
        words = None if held is None else {slot: _shown(slot, text, depth) for slot, text in held.items()}
        if words is not None and None not in words.values():
            return sentence.zh.format(**words)
    for colon in islice(re.finditer(": ", why), _SOURCES):
        if rest := _known(why[colon.end() :], depth + 1):
            return f"{why[: colon.start()]}：{rest}"
    return None


def _shown(slot: str, text: str, depth: int) -> str | None:
    """What a slot holds, as a Chinese reader reads it; None for what it cannot hold."""
    if slot == "fact":
        return FACTS[text].zh if text in FACTS else None
    if slot in _FORMS:
        return text if _FORMS[slot].fullmatch(text) else None
    return (_known(text, depth + 1) if slot == "why" else None) or text


@cache
def _sentences() -> tuple[_Sentence, ...]:
    """The catalogue: before those that begin with a slot the others, the most words of their own first."""
    found = [_taken_apart(en, zh) for en, zh in read_document(FILE, _Document).sentences.items()]
    return tuple(sorted(found, key=lambda each: (not each.pieces[0], -sum(map(len, each.pieces)))))


def _taken_apart(en: str, zh: str) -> _Sentence:
    parts = _SLOT.split(en)
    return _Sentence(tuple(parts[::2]), tuple(parts[1::2]), zh)
