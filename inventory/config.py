"""A configuration as a tree of lines that remember where they stood."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import accumulate

from inventory.evidence import Evidence


@lru_cache(maxsize=8192)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, made once: all platforms together have more of them than the library remembers."""
    return re.compile(pattern)


@dataclass(frozen=True, slots=True)
class ConfigLine:
    """One line, stripped, with the lines that belong under it. ``number`` counts from 1 in the text as captured."""

    number: int
    text: str
    children: tuple[ConfigLine, ...] = ()

    def child(self, pattern: str) -> ConfigLine | None:
        """The last line directly below that the pattern matches from its start: a later line overrides."""
        match = compiled(pattern).match
        return next((line for line in reversed(self.children) if match(line.text)), None)

    def below(self, pattern: str) -> Iterator[ConfigLine]:
        """Every line directly below that the pattern matches from its start."""
        match = compiled(pattern).match
        return (line for line in self.children if match(line.text))

    def word(self, pattern: str) -> str | None:
        """The first group of the pattern in the last line directly below that matches; None when none does."""
        found = self.child(pattern)
        return _group(pattern, found) if found else None


@dataclass(frozen=True, slots=True)
class Statement:
    """A line with its tails: the line alone, then behind the one it stands under, and so on outwards."""

    line: ConfigLine
    tails: tuple[str, ...]


_DEEPEST = 3  # blocks above a line that its tails name
_MOST_LEVELS = 40  # of blocks within blocks; no device has as many


class Statements(tuple[Statement, ...]):
    """Statements in order, and all their tails in one text, through which a pattern goes faster than through each."""

    @cached_property
    def tails(self) -> tuple[str, tuple[int, ...], tuple[Statement, ...]]:
        """The text, a newline before each tail and at its end; where each begins in it, and whose it is."""
        told = [(tail, each) for each in self for tail in each.tails]
        begins = accumulate((len(tail) + 1 for tail, _ in told[:-1]), initial=0)
        text = "".join(f"\n{tail}" for tail, _ in told) + "\n"
        return text, tuple(begins) if told else (), tuple(each for _, each in told)

    def matching(self, pattern: str) -> Iterator[tuple[Statement, re.Match[str]]]:
        """Those of which a tail begins as the pattern says, with the match of the first that does."""
        text, begins, owners = self.tails
        search, match = _within(pattern).search, compiled(pattern).match
        at, last = 0, None
        while found := search(text, at):
            at = text.find("\n", found.start() + 1)
            if at < 0:
                return
            owner = owners[bisect_right(begins, found.start()) - 1]
            if found.end() > at:  # it goes on in the next line: what is there of it in its own
                own = match(text[found.start() + 1 : at])
                if own is None:
                    continue
                found = own
            if owner is not last:
                yield owner, found
            last = owner


@lru_cache(maxsize=8192)
def _within(pattern: str) -> re.Pattern[str]:
    own = re.sub(r"(?<!\\)\[\^", "[^\n", pattern)  # what is not some sign is no end of a line either: texts are long
    return re.compile(rf"\n(?:{own})", re.MULTILINE)


def _statements(lines: tuple[ConfigLine, ...]) -> Iterator[Statement]:
    waiting: list[tuple[ConfigLine, tuple[str, ...]]] = [(line, ()) for line in reversed(lines)]
    while waiting:  # however many blocks a text has within blocks
        line, above = waiting.pop()
        tails = (line.text, *(f"{tail} | {line.text}" for tail in above[:_DEEPEST]))
        yield Statement(line, tails)
        waiting.extend((child, tails) for child in reversed(line.children))


@dataclass(frozen=True)
class Config:
    """A configuration. ``source`` is the command or file it came from, the text of its lines is masked already.

    ``settled`` are the facts that one which may be cut tells all the same; None: it is whole and tells every fact.
    """

    lines: tuple[ConfigLine, ...]
    source: str
    sha256: str = ""
    taken_at: datetime | None = None
    settled: frozenset[type] | None = None

    @cached_property
    def statements(self) -> Statements:
        """Every line in order, blocks before what stands in them."""
        return Statements(_statements(self.lines))

    def settles(self, fact: type) -> bool:
        """Whether no line that may follow can bear on the fact."""
        return self.settled is None or fact in self.settled

    def line(self, pattern: str) -> ConfigLine | None:
        """The last top-level line that the pattern matches from its start."""
        match = compiled(pattern).match
        return next((line for line in reversed(self.lines) if match(line.text)), None)

    def all(self, pattern: str) -> Iterator[ConfigLine]:
        """Every top-level line that the pattern matches from its start."""
        match = compiled(pattern).match
        return (line for line in self.lines if match(line.text))

    def word(self, pattern: str) -> str | None:
        """The first group of the pattern in the last top-level line that matches; None when none does."""
        found = self.line(pattern)
        return _group(pattern, found) if found else None

    def evidence(self, *lines: ConfigLine | None) -> Evidence:
        """Evidence for a fact that these lines tell; without any line, the whole configuration, where it is absent."""
        told = {(line.number, line.text): line for line in lines if line is not None}  # each once, whatever it tells
        there = sorted(told.values(), key=lambda line: line.number)
        return Evidence(
            self.source,
            tuple(line.number for line in there),
            "\n".join(line.text for line in there),
            self.taken_at,
            self.sha256,
        )


def indented(
    text: str, comments: tuple[str, ...] = (), quoted: str = "", *, whole: bool = True
) -> tuple[ConfigLine, ...]:
    """Lines nested by how far they are indented; blank lines and lines that are only a comment mark are left out.

    ``comments`` are marks that, at the start of a stripped line, make it no statement (``!``, ``#``). ``quoted`` is the
    pattern of a line that opens a text of several lines (a banner), its group ``mark`` being what closes it: whatever
    a person wrote in there is no statement. Where nothing closes it, a whole text has but that line of it, and of
    one that is not whole it is the rest.
    """
    stack: list[tuple[int, ConfigLine, list[ConfigLine]]] = []
    roots: list[ConfigLine] = []

    def close(depth: int) -> None:
        while stack and stack[-1][0] >= depth:
            _, line, below = stack.pop()
            (stack[-1][2] if stack else roots).append(replace(line, children=tuple(below)))

    lines = text.splitlines()
    inside = 0  # number of the line on which the text now open ends
    for number, raw in enumerate(lines, 1):
        if number <= inside:
            continue
        stripped = raw.strip()
        if not stripped or stripped.startswith(comments):
            if stripped == "#" and not raw.startswith(" "):
                close(0)  # VRP and Comware: the mark at the margin ends every block
            continue
        depth = len(raw) - len(raw.lstrip(" \t"))
        close(depth)
        if len(stack) == _MOST_LEVELS:
            close(stack[-1][0])  # beside what it should be below
        stack.append((depth, ConfigLine(number, stripped), []))
        if quoted and (opened := re.match(quoted, stripped)):
            closed = _closed_on(lines, number, stripped[opened.end() :], opened.group("mark"))
            inside = closed or (number if whole else len(lines))
    close(0)
    return tuple(roots)


def _closed_on(lines: list[str], number: int, rest: str, mark: str) -> int | None:
    """Number of the line that closes the text opened on line ``number``; None where none does."""
    if mark in rest:
        return number
    return next((n for n, line in enumerate(lines[number:], number + 1) if mark in line), None)


def _group(pattern: str, line: ConfigLine) -> str | None:
    found = compiled(pattern).match(line.text)
    return found.group(1) if found and found.groups() else line.text
