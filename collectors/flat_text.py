"""Configurations as people type them: transcripts of a terminal, scripts that leave a view by a word, blanks lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from textwrap import dedent

from collectors.platforms.base import Views
from inventory.config import ConfigLine, compiled

# Prompts of views that configure; those of FortiOS have blanks in them.
_VIEW = r"\[[~*]?[^\[\]\s]{1,80}\]|[\w.-]{1,64}\([\w./-]{1,40}\)#|[\w.-]{1,64} \([^()\n]{1,64}\) [#$](?= |$)"
_TYPED = re.compile(
    rf"\s*(?:(?P<view>{_VIEW})|<[^<>\s]{{1,80}}>|[\w.-]{{1,64}}(?:#| [#$](?= |$)))[ \t]*(?P<command>\S.*)?$"
)
# What programs put before every line: when it was seen, which one it is, that it is a quotation.
_BORNE = (
    re.compile(r"\[?(?:\d{4}[-/]\d\d[-/]\d\d[ T])?\d\d:\d\d:\d\d(?:[.,:]\d{1,6})?\]?:?(?: |$)"),
    re.compile(r"[ \t]{0,8}\d{1,6}(?:\||: |\t|:?$)"),
    re.compile(r">(?: |$)"),
)
# The word that a person begins a statement with, as other texts begin their sentences; devices write ASA and PIX so.
_CAPITAL = re.compile(r"(?m)^([ \t]*(?:(?:undo|no) )?)((?!(?:ASA|PIX) )[A-Z][A-Za-z]*(?:-[A-Za-z]+)*)(?=[ \t]|$)")
# Words that people shorten and no device does, with the fewest letters that tell them from what devices write.
_SHORTENED = {
    "access-class": 7, "access-list": 7, "exec-timeout": 5, "hostname": 5, "idle-timeout": 4, "info-center": 4,
    "local-user": 6, "logging": 4, "ntp-service": 4, "password": 5, "protocol": 4, "snmp-agent": 6, "snmp-server": 6,
    "stelnet": 4, "sysname": 4, "transport": 4, "user-interface": 5, "username": 5,
}  # fmt: skip
_SHORT = re.compile(
    r"(?m)^[ \t]*(?:(?:undo|no) )?(?:(?:"
    + "|".join(sorted({word[:n] for word, fewest in _SHORTENED.items() for n in range(fewest, len(word))}))
    + r"|auth(?:e|en|ent|enti)?)(?: |$)|ip route-(?:s[tatic]{0,4})? "
    + r"|user(?:name)? \S+ (?:pri[vileg]{0,5}|pas[swor]{0,4}|sec[re]{0,2}) |snmp-(?:server|agent) com[munit]{0,5} "
    + r"|pass? (?!log$)\S|en(?:ab?l?e?)? (?:sec[re]{0,2}|pas[swor]{0,4}) )"
)
_PORT = re.compile(r"(?m)^([ \t]*(?:(?:undo|no) )?)int(?:e(?:r(?:f(?:ac?)?)?)?)? (?=[A-Za-z])")
_ADDRESS = re.compile(r"(?m)^([ \t]*(?:(?:undo|no) )?ip(?:v6)?) addr?e?s? ")
# The word behind shortened ones that say it is secret, for the secrets of a dialect.
SHORTENED_SECRETS = (
    (
        r"^[ \t]*(?!(?:snmp(?:-server|-agent)?|username|enable|local-user|user-\S+) (?:\S+ ){0,6}?"
        r"(?:community|password|secret) )"
        r"(?:snmp|user|en|local-u)\S* (?:\S+ ){0,5}?(?:com[munity]{0,6}|pas[sword]{0,5}|sec[ret]{0,3}) "
        r"(?:(?:\d|cip\w*|sim\w*|irr\S*|rea?d?|wri?t?e?) )*(?P<secret>(?!(?:public|private)(?:\s|$))(?!\*{3})\S+)"
    ),
    r"^[ \t]*(?:set \S+ )?pas(?:s(?:w(?:or?)?)?)? (?:(?:\d|cip\w*|sim\w*|irr\S*|has?) )*(?P<secret>(?!\*{3}|log$)\S+)",
)
_MARKS = re.compile(r"(?m)^([ \t]*)[#!]$")  # between the blocks of a configuration, at its margin
_FEWEST = 3  # lines that show what all bear
_MOST_BORNE = 4  # one before the other: a text that was quoted, numbered and quoted again
_LEAST_MARGIN = 2  # blanks; a mark within a block has one
_MOST_TAKEN_BACK = 12  # words that a statement is taken back by
_MOSTLY = 0.5  # share of lines with a prompt that makes a text a transcript


def unborne(text: str) -> str:
    """The text without the stamps, numbers or marks of quotation that each of its lines bears, line by line."""
    lines = text.split("\n")
    for _ in range(_MOST_BORNE):
        filled = [line for line in lines if line]
        borne = next((each for each in _BORNE if all(map(each.match, filled))), None)
        if borne is None or len(filled) < _FEWEST:
            break
        lines = [borne.sub("", line, count=1) for line in lines]
    return "\n".join(lines)


def spelt(text: str) -> str:
    """The text with small letters in the first word of each statement, which the devices take in any; ports in full."""
    return _ADDRESS.sub(r"\1 address ", _PORT.sub(r"\1interface ", _CAPITAL.sub(_lowered, text)))


def _lowered(word: re.Match[str]) -> str:
    return word[1] + word[2].lower()


def unmargined(text: str) -> str:
    """The text without the margin that all of its lines have, or the configuration within a page by its marks."""
    text = dedent(text)
    margins = [mark[1] for mark in _MARKS.finditer(text)]
    margin = min(margins, key=len, default="")
    if len(margins) < _FEWEST or len(margin) < _LEAST_MARGIN or not all(each.startswith(margin) for each in margins):
        return text
    return re.sub(rf"(?m)^{re.escape(margin)}", "", text)


def is_shortened(text: str) -> bool:
    """Whether somebody shortened words of statements: then what is not found may be there in fewer letters."""
    return _SHORT.search(text) is not None


def in_effect(lines: tuple[ConfigLine, ...], undoes: tuple[str, ...]) -> tuple[ConfigLine, ...]:
    """The statements that a script leaves in effect: what is taken back goes, and a block that is opened again goes on.

    What a device shows has every block once, and nothing that it takes back further on.
    """
    if any(line.text.startswith(undoes) for line in lines):
        lines = _kept(lines, undoes)
    if len({line.text for line in lines}) < len(lines):
        lines = _continued(lines)
    if not any(line.children for line in lines):
        return lines
    return tuple(replace(each, children=in_effect(each.children, undoes)) if each.children else each for each in lines)


def _continued(lines: tuple[ConfigLine, ...]) -> tuple[ConfigLine, ...]:
    blocks: dict[str, list[ConfigLine]] = {}
    for line in lines:
        if line.children:
            blocks.setdefault(line.text, []).append(line)
    told: list[ConfigLine] = []
    for line in lines:
        found = blocks.get(line.text)
        if found is None:
            told.append(line)
        elif found:
            told.append(replace(found[0], children=tuple(child for block in found for child in block.children)))
            found.clear()
    return tuple(told)


def _kept(lines: tuple[ConfigLine, ...], undoes: tuple[str, ...]) -> tuple[ConfigLine, ...]:
    back = {line.text.partition(" ")[2]: at for at, line in enumerate(lines) if line.text.startswith(undoes)}
    return tuple(
        line for at, line in enumerate(lines) if not any(back.get(begins, -1) > at for begins in _begins(line.text))
    )


def _begins(text: str) -> Iterator[str]:
    """What a statement begins with, word by word, and all of it."""
    words = text.split(" ", _MOST_TAKEN_BACK)[:_MOST_TAKEN_BACK]
    yield from accumulate(words, "{} {}".format)
    yield text


def typed(text: str) -> str:
    """A text without the prompts of views that configure, line by line; of a transcript what was typed alone."""
    lines = text.split("\n")
    found = [_TYPED.match(line) for line in lines]
    commands = [(match["command"] or "").rstrip() if match else "" for match in found]
    if not any(match and match["view"] and command for match, command in zip(found, commands, strict=True)):
        return text
    if sum(map(bool, commands)) > max(1, _MOSTLY * sum(bool(line.strip()) for line in lines)):
        return "\n".join(commands)
    told = zip(lines, found, commands, strict=True)
    return "\n".join(command if match and match["view"] and command else line for line, match, command in told)


def nested(text: str, views: Views, comments: tuple[str, ...]) -> str:
    """The text with the indentation that its statements would have, line by line; itself where it has any.

    People who leave views by a word may indent some blocks and others not: there, what is indented stays as it is.
    """
    lines = text.split("\n")
    deeper, level = _shape(lines, views, comments)
    if not level or (deeper and not any(compiled(views.leaves).fullmatch(line.rstrip()) for line in lines)):
        return text
    told: list[str] = []
    depth = 0
    for line in lines:
        statement = line.strip()
        if deeper and statement and line[0] in " \t":
            told.append(line)
            depth = 0
            continue
        if not statement or statement.startswith(comments):
            depth = 0 if statement in comments else depth
            told.append(statement)
            continue
        if compiled(views.leaves).match(statement):
            depth = max(0, depth - 1)
            told.append("")
            continue
        opens = compiled(views.opens).match(statement)
        if opens or compiled(views.top).match(statement):
            depth = 0
        elif depth and compiled(views.inner).match(statement):
            opens, depth = compiled("").match(statement), 1
        told.append(" " * depth + statement)
        depth += bool(opens)
    return "\n".join(told)


def _shape(lines: list[str], views: Views, comments: tuple[str, ...]) -> tuple[bool, bool]:
    """Whether something stands deeper than a line that opens a block, and whether something stands there no deeper."""
    opens, above = compiled(views.opens), compiled(f"(?:{views.opens})|(?:{views.top})|(?:{views.leaves})")
    opened: int | None = None  # indentation of the last line, where it opens a block
    deeper = level = False
    for line in lines:
        statement = line.strip()
        if not statement or statement.startswith(comments):
            continue
        depth = len(line) - len(line.lstrip(" \t"))
        if opened is not None:
            deeper = deeper or depth > opened
            level = level or (depth <= opened and not above.match(statement))
        opened = depth if opens.match(statement) else None
    return deeper, level
