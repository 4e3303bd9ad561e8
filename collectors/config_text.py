"""From what a device sent to text that may be kept: decoded, paging and colours gone, secrets masked; and to trees."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from math import inf

from collectors.flat_text import in_effect, is_shortened, nested, spelt
from collectors.platforms.base import Dialect, Order
from inventory.config import Config, ConfigLine, compiled, indented
from inventory.errors import ReadFailed
from inventory.facts import Fact

MASK = "***"
# What people who pass a text on put in the place of a secret; anything else there is one, whatever it begins with.
BLOTTED = r"(?:\*{4,}|<[A-Za-z][A-Za-z _-]*(?:[_-]\d+)?>)(?![^\s\";{}])"
MORE = re.compile(r"(?:-{2,} ?\(?more\b[^\n]{0,40}?\)?-{2,}|--More--)", re.IGNORECASE)
# A mark that a terminal log kept without its escape characters: the mark, the erasing, what followed on the line.
# Fewer blanks than a mark has signs erase none: the line is indented by them.
_MARK_IN_LOG = re.compile(
    rf"^[ \t]*{MORE.pattern}(?:[ \t]*\[\d+D[ \t]*(?:\[\d+D)?|[ \t]{{8,}}|(?=[ \t]))?", re.IGNORECASE
)
_GAPS = re.compile(r'("[^"]*")|[ \t]{2,}|\t')
# A line that the console of a device that logs to it puts between others: VRP and Comware, IOS and what is like it.
_LOGGED = re.compile(
    r"[#%*.]{0,2}(?:[A-Z][a-z]{2} +\d{1,2} |\d{4}-\d\d-\d\d )[\d :.+-]{8,40}(?:[\w.-]+:? ){0,2}(?:%%\d\d[A-Z]|%[A-Z])"
    r"|%[A-Z][a-z]{2} +\d{1,2} [\d:]{8,12} |%[A-Z][A-Z0-9_]+-\d-[A-Z0-9_]+:"
)
_ESCAPE = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[()][A-Z0-9]|\x1b.?")
_BLANK = re.compile(r"(\(\?<[=!][^)]*\)|\[[^\]]*\]|\\.)| (?![*+?{])")
_WIDEST_GAP = 8  # blanks between two words of a statement
_MOST_BLANK = 100
_WIDEST = 4096  # columns a cursor may be sent to
_MOST_DIGITS = 5  # of their number that tell
_DEFAULT_COMMUNITIES = frozenset({"public", "private"})
_MOST_WITHIN = 64  # secrets of a kind in one block; no device has as many communities
_SHORTEST_MASKED = 6  # characters; a shorter login word would blot out ordinary words
_LEFT = r"(?:exit|quit|logout|return|end)"
_CONFIGURES = (
    r"(?:undo|no|edit|unset|next|interface|sysname|hostname|sys(?:tem-view)?|conf(?:ig\w*)?|enable|ip|ipv6|vlan|line|router|username|aaa"
    r"|access-list|acl|ntp\S*|snmp-\S+|logging|info-center|banner|service|set|zone|policy)(?: \S|$)"
    r"|\[[^\[\]\s]{1,80}\]\s*\S|\S{1,64}\(\S{1,40}\)#\s*\S|!<\w"
)
_SAVED = r"(?:save|wr(?:i\w*)?|copy run\S*|commit)\b.{0,60}"
# What may stand behind the end of a configuration: what is typed at a prompt that changes nothing, questions and
# answers, log lines, rules drawn by people.
_BEHIND = re.compile(
    rf"<[^<>\s]{{1,80}}>.*|[\w.@:/~+-]{{1,64}}[>#].*|(?:\[[^\[\]\s]{{1,80}}\]|\S{{1,64}}\(\S{{1,40}}\)#)\s*{_LEFT}?"
    rf"|{_LEFT}|{_SAVED}|y|n|yes|no|.*[\[(]y(?:es)?/n(?:o)?[\])].*|\[OK\]|(?:info|warning|error|building|connection)\b.*"
    r"|[*%`=~-].*|(?:[a-z]{3}[ ,]+)?[a-z]{3}[ ]+\d{1,2}[ ,].*|\d{4}[-/]\d\d?[-/]\d\d?\b.*",
    re.IGNORECASE,
)
_IN_ADDRESS = r"\w://[^\s/:@\"']{1,80}:(?P<secret>[^\s\"'/]+)@"  # the password of a URL, whatever it is for
_PRIVATE_KEY = r"-----BEGIN [A-Z ]*PRIVATE[ ]KEY-----(?P<secret>.*?)(?:-----END|\Z)"


def decoded(octets: bytes) -> str:
    """UTF-8; where it is not, line by line UTF-8, GB18030 or Latin-1: people type from different terminals.

    UTF-16 where its mark says so, as the shells of Windows write what is sent to a file.
    """
    if octets.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) and b"\0" in octets:
        return octets.decode("utf-16", errors="replace")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(_line_decoded(line) for line in octets.split(b"\n"))


def _line_decoded(line: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def cleaned(text: str) -> str:
    """The text as a person at the terminal saw it in the end: no escape sequences, page marks or control characters.

    Lines end with a newline and keep their order; one that only held a page mark goes. Of blank lines a hundred in a
    row stay: patterns that begin with white space try it from every one of them.
    """
    shown: list[str] = []
    blank = 0
    for raw in text.replace("\r\r\n", "\n").replace("\r\n", "\n").split("\n"):
        line = on_screen(raw) if not raw.isprintable() else raw
        if "more" in line.lower() and (mark := _MARK_IN_LOG.match(line)):
            line = line[mark.end() :]
            if not line.strip():
                continue
        line = line.rstrip()
        blank = 0 if line else blank + 1
        if blank <= _MOST_BLANK:
            shown.append(line)
    return "\n".join(shown)


def on_screen(line: str) -> str:
    """What stays of a line on a terminal: carriage returns, backspaces and cursor movements carried out."""
    cells: list[str] = []
    column = 0
    at = 0
    while at < len(line):
        if (escape := _ESCAPE.match(line, at)) is not None:
            column = _moved(escape, cells, column)
            at = escape.end()
            continue
        char = line[at]
        at += 1
        if char == "\r":
            column = 0
        elif char == "\b":
            column = max(0, column - 1)
        elif char == "\t" or char.isprintable():
            cells[column : column + 1] = [char]
            column += 1
        elif char.isspace():  # other separators of lines
            cells[column : column + 1] = [" "]
            column += 1
    return "".join(cells)


def _moved(escape: re.Match[str], cells: list[str], column: int) -> int:
    letter = escape.group(2)
    digits = escape.group(1) or ""
    count = min(int(digits[:_MOST_DIGITS]), _WIDEST) if digits.isdigit() else 1
    if letter == "D":
        return max(0, column - count)
    if letter == "C":
        there = min(column + count, _WIDEST) if column < _WIDEST else column
        cells.extend(" " * (there - len(cells)))
        return there
    if letter == "K" and digits in {"", "0"}:
        del cells[column:]
    elif letter == "K":  # the line up to the cursor, or all of it: of a longer one the last line on the screen
        begin = max(0, column - _WIDEST)
        cells[begin:] = " " * (column - begin)
    return column


def masked(text: str, patterns: Iterable[str], words: Iterable[str] = ()) -> str:
    """The text with what the patterns' group ``secret`` matches, and the given words, replaced by ``***``.

    A pattern with a group ``within`` goes over a block, in which it finds the first secret that is not masked.
    """
    for pattern in (*patterns, _IN_ADDRESS, _PRIVATE_KEY):
        regex = _compiled(pattern)
        for _ in range(_MOST_WITHIN if "within" in regex.groupindex else 1):
            text, masks = regex.subn(_blotted, text)
            if not masks:
                break
    for word in words:
        if len(word) >= _SHORTEST_MASKED and word not in _DEFAULT_COMMUNITIES:
            text = text.replace(word, MASK)
    return text


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    flags = re.MULTILINE | re.IGNORECASE | (re.DOTALL if pattern == _PRIVATE_KEY else 0)
    # Words may stand apart by more than one blank; what looks behind has to be of one width.
    return re.compile(_BLANK.sub(lambda told: told[1] or f" {{1,{_WIDEST_GAP}}}", pattern), flags)


def _blotted(found: re.Match[str]) -> str:
    start, end = found.span("secret")
    if start < 0:
        return found.group()
    whole = found.group()
    return whole[: start - found.start()] + MASK + whole[end - found.start() :]


def end_of(text: str, dialect: Dialect) -> int | None:
    """Number of the line that ends a complete configuration; None where none does.

    What else a file may hold behind it does not configure: prompts and what was typed at them, logs, remarks.
    """
    if not dialect.end:
        return None
    lines = text.splitlines()
    last = len(lines)
    fences = [number for number, line in enumerate(lines) if line.startswith("```")]
    if len(fences) > 1:  # a page in Markdown: what stands behind the text it shows is prose
        lines = lines[: fences[-1]]
    for number in range(len(lines), 0, -1):
        line = lines[number - 1].strip()
        if re.match(dialect.end, line):
            return number
        # a word of a remark, or what is left of a statement
        half = number == last and not text.endswith("\n") and " " not in line
        if line and not _BEHIND.fullmatch(line) and (half or _configures(line, dialect)):
            return None
    return None


def _before_prompt(text: str, dialect: Dialect) -> int | None:
    """How many lines stand before the device's own prompt, which it shows when all is told; None: no such prompt."""
    named = compiled(rf"(?m)^{dialect.name}$").search(text) if dialect.name else None
    if named is None:
        return None
    prompt = re.compile(rf"(?m)^{re.escape(named[1])}[#>](?: .*)?$").search(text, named.end())
    return text.count("\n", 0, prompt.start()) if prompt else None


def evenly(text: str, joined: str = "") -> str:
    """The text with one blank between the words of each statement, and without what a terminal logged in between.

    Quoted text keeps its blanks. ``joined`` is the pattern of what stands directly before a number, as a port's kind.
    """
    lines = text.split("\n")
    for number, line in enumerate(lines):
        statement = line.lstrip(" \t")
        if "%" in line and _LOGGED.match(line):
            lines[number] = ""
        elif "  " in statement or "\t" in statement:
            told = _GAPS.sub(lambda gap: gap[1] or " ", statement)
            lines[number] = line[: len(line) - len(statement)] + told
    even = "\n".join(lines)
    return re.sub(rf"(?m)^([ \t]*{joined}) (?=\d)", r"\1", even) if joined else even


def _configures(line: str, dialect: Dialect) -> bool:
    marks = (_CONFIGURES, *(pattern for order in (*dialect.orders, dialect.proofs) for pattern in order))
    return any(compiled(mark).match(line) for mark in marks)


def config_from(
    text: str, dialect: Dialect, source: str, *, sha256: str = "", taken_at: datetime | None = None
) -> Config:
    """The configuration as a tree, from text that is cleaned and masked; ReadFailed(UNPARSED) where it is none.

    Where nothing shows its end it may be cut: it settles what its dialect's orders tell, and a last line that no
    other follows is left out, for half of it may be missing.
    """
    if not text.strip():
        raise ReadFailed(f"{source}: the configuration is empty")
    text = evenly(text, dialect.joined)
    end = end_of(text, dialect)
    end = _before_prompt(text, dialect) if end is None else end
    may_be_cut = end is None and bool(dialect.end or dialect.orders)
    if may_be_cut and not dialect.orders:
        raise ReadFailed(f"{source}: the configuration is cut: its last line is not the end of one")
    shown = text[: text.rfind("\n") + 1] if may_be_cut else "".join(text.splitlines(keepends=True)[:end])
    if dialect.views:
        shown = spelt(shown)
    kept = nested(shown, dialect.views, dialect.comments) if dialect.views else shown
    try:
        if dialect.tree:
            lines = dialect.tree(kept)
        else:
            lines = indented(kept, dialect.comments, dialect.quoted, whole=not may_be_cut)
    except ReadFailed as failure:
        raise ReadFailed(f"{source}: {failure.why}", failure.gap) from None
    settled: frozenset[type[Fact]] | None = None
    if dialect.views and is_shortened(shown):
        settled = frozenset()
    elif may_be_cut:
        typed = kept != shown or any(_leaves(line, dialect) for line in lines)
        settled = frozenset() if typed else _passed(lines, kept, dialect)
    return Config(in_effect(lines, dialect.undoes) if dialect.undoes else lines, source, sha256, taken_at, settled)


def _leaves(line: ConfigLine, dialect: Dialect) -> bool:
    """Whether it leaves a view, as people write and no device does."""
    return dialect.views is not None and compiled(dialect.views.leaves).fullmatch(line.text) is not None


def _passed(lines: tuple[ConfigLine, ...], text: str, dialect: Dialect) -> frozenset[type[Fact]] | None:
    """The facts whose lines a text has passed by every order that it keeps; None: it is taken for whole.

    One that keeps none is in the order of a person, which says nothing about what may follow: where a whole one would
    end with a mark, its lack counts.
    """
    closed = _is_closed(text, dialect)
    proven = {fact: _first(lines, pattern) for pattern, facts in dialect.proofs.items() for fact in facts}
    kept = [told for order in dialect.orders if (told := _passed_by(order, lines, closed=closed)) is not None]
    if not kept and dialect.is_open:
        return None
    common = set[type[Fact]].intersection(*map(set, kept)) if kept else set()
    return frozenset(fact for fact in common if proven.get(fact, 0) <= min(told[fact] for told in kept))


def _first(lines: tuple[ConfigLine, ...], pattern: str) -> float:
    match = compiled(pattern).match
    return next((n for n, line in enumerate(lines) if match(line.text)), inf)


def _passed_by(order: Order, lines: tuple[ConfigLine, ...], *, closed: bool) -> dict[type[Fact], int] | None:
    """The facts passed, each with the index of the line from which it was; None for a text in another order."""
    patterns = [compiled(pattern) for pattern in order]
    places = [next((n for n, p in enumerate(patterns, 1) if p.match(line.text)), 0) for line in lines]
    known = [place for place in places if place]
    if known[:1] != [1] or known != sorted(known):
        return None
    reached = known[-1]
    # Behind the last, whatever comes next will do.
    passed = reached if reached == len(patterns) and (closed or not places[-1]) else max(0, reached - 1)
    return {
        fact: next(n for n, place in enumerate(places) if place >= mark)
        for mark, facts in enumerate(list(order.values())[:passed], 1)
        for fact in facts
    }


def _is_closed(text: str, dialect: Dialect) -> bool:
    """Whether a ``!`` at the margin ends the last block and all of its kind; a ``#`` stands behind every block."""
    last = next((line for line in reversed(text.splitlines()) if line.strip()), " ")
    return "!" in dialect.comments and last.startswith("!")
