"""Which lines of a configuration went and came, each with the section it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from inventory.config import ConfigLine, indented

# What a device writes anew each time it shows its configuration, whether anybody changed it or not.
_VOLATILE = re.compile(
    r"^(?:building configuration|current configuration\b|ntp clock-period\b|using \d+ out of \d+)", re.I
)
_COMMENTS = ("!", "#")
Placed = tuple[str, str]  # section and line


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line that went (``old``) or came (``new``), or one in whose place another stands (both)."""

    section: str  # the lines above it, outermost first; empty at the top level
    old: str | None
    new: str | None


def line_changes(old: str, new: str) -> Iterator[LineChange]:
    """Differences from one configuration's text to the next, comments and what the device dates anew left out."""
    before, after = list(_placed(old)), list(_placed(new))
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from _changed(before[i:j], after[k:m])


def _placed(text: str) -> Iterator[Placed]:
    waiting: list[tuple[str, ConfigLine]] = [("", line) for line in reversed(indented(text, _COMMENTS))]
    while waiting:
        section, line = waiting.pop()
        if _VOLATILE.match(line.text):
            continue
        yield section, line.text
        below = f"{section} / {line.text}" if section else line.text
        waiting += [(below, child) for child in reversed(line.children)]


def _changed(went: list[Placed], came: list[Placed]) -> Iterator[LineChange]:
    """Lines of one section that begin with the same word stand for each other; the rest went or came."""
    left = list(came)
    for section, line in went:
        word = line.partition(" ")[0]
        at = next((n for n, (s, new) in enumerate(left) if s == section and new.partition(" ")[0] == word), None)
        yield LineChange(section, line, left.pop(at)[1] if at is not None else None)
    for section, line in left:
        yield LineChange(section, None, line)
