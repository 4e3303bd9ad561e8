"""The text of a FortiOS configuration: ``config`` and ``edit`` open blocks, ``end`` and ``next`` close them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.platforms.base import Default
from inventory.config import Config, ConfigLine, indented
from inventory.errors import ReadFailed

_QUOTE = re.compile(r'(?<!\\)(?:\\\\)*"')
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_INDENTED = re.compile(r"^config \S.*\n[ \t]+\S", re.MULTILINE)
_CLOSING = re.compile(r"^[ \t]*end[ \t]*$", re.MULTILINE)
_HEADER = "#config-version="  # the one comment that tells something


class _Tree:
    """The blocks while they are open; each level is its line and what stands below it."""

    def __init__(self) -> None:
        self.roots: list[ConfigLine] = []
        self._open: list[tuple[int, str, list[ConfigLine]]] = []

    def take(self, number: int, text: str) -> None:
        """One statement."""
        word = text.partition(" ")[0]
        if word in {"config", "edit"}:
            self._open.append((number, text, []))
        elif word == "next":
            self._close("edit")
        elif word == "end":
            self._close("edit")  # of a virtual domain the last entry is closed by the end alone
            self._close("config")
        elif word in _CHANGES:
            self._below()[:] = _changed(self._below(), ConfigLine(number, text))
        else:
            self._below().append(ConfigLine(number, text))

    def depth(self) -> int:
        """How many blocks are open."""
        return len(self._open)

    def _below(self) -> list[ConfigLine]:
        return self._open[-1][2] if self._open else self.roots

    def _close(self, kind: str) -> None:
        if self._open and self._open[-1][1].startswith(kind):
            number, text, below = self._open.pop()
            self._below().append(ConfigLine(number, text, tuple(below)))


# What scripts change of what stands before (FortiOS CLI reference, subcommands); what a device shows only sets.
_CHANGES = frozenset({"append", "unselect", "unset", "delete", "purge"})


def _changed(lines: list[ConfigLine], change: ConfigLine) -> list[ConfigLine]:
    """The lines of a block after a change to one key, to one entry or to all entries."""
    order, key, *named = (*words(change.text), "")
    if order == "purge":
        return []
    if order == "delete":
        return [line for line in lines if words(line.text)[:2] != ("edit", key)]
    others = [line for line in lines if words(line.text)[:2] != ("set", key)]
    if order == "unset":
        return others
    told = next((words(line.text)[2:] for line in reversed(lines) if words(line.text)[:2] == ("set", key)), ())
    left = [*told, *named[:-1]] if order == "append" else [word for word in told if word not in named]
    quoted = " ".join(f'"{word}"' for word in left)
    return [*others, ConfigLine(change.number, f"set {key} {quoted}")] if left else others


def tree(text: str) -> tuple[ConfigLine, ...]:
    """The blocks of a configuration; those of ``config global`` and of virtual domains stand among the others.

    A text that closes none of them, as people write it, nests by its indentation. Raises ReadFailed(UNPARSED) where a
    block or a quoted text is still open at the end.
    """
    if _INDENTED.search(text) and not _CLOSING.search(text):
        return tuple(_hoisted(list(indented(text, ("#", "next")))))
    grown = _Tree()
    for number, statement in _statements(text):
        grown.take(number, statement)
    if grown.depth():
        raise ReadFailed("the configuration is cut: a block of it is still open at its end")
    if name := next(iter(sorted(_announced(grown.roots))), None):
        raise ReadFailed(f"the configuration is cut: virtual domain {name} is not there")
    return tuple(_hoisted(grown.roots))


def _announced(lines: list[ConfigLine]) -> set[str]:
    """Virtual domains that a backup names at its head and does not hold."""
    if not any(line.text.startswith(_HEADER) for line in lines):
        return set()
    domains = [entry for line in lines if line.text == "config vdom" for entry in line.children]
    return {entry.text for entry in domains} - {entry.text for entry in domains if entry.children}


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each statement with the number of the line it begins on; quoted text may go over many lines."""
    began, held = 0, ""
    for number, raw in enumerate(text.splitlines(), 1):
        if held:
            held += " " + raw.strip()
        else:
            began, held = number, raw.strip()
            if not held or (held.startswith("#") and not held.startswith(_HEADER)):
                held = ""
                continue
        odd = len(_QUOTE.findall(raw)) % 2 == 1
        if odd == (began == number):  # a quote opened on this line, or none closed on a later one
            continue
        yield began, held
        held = ""
    if held:
        raise ReadFailed("the configuration is cut: a quoted text of it is still open at its end")


def _hoisted(lines: list[ConfigLine]) -> Iterator[ConfigLine]:
    for line in lines:
        if line.text == "config global":
            yield from line.children
        elif line.text == "config vdom":
            yield from (below for entry in line.children for below in entry.children)
        else:
            yield line


def sections(config: Config, name: str) -> Iterator[ConfigLine]:
    """Every block ``config <name>``, one for each virtual domain that has it."""
    return config.all(rf"config {re.escape(name)}$")


def entries(blocks: Iterator[ConfigLine]) -> Iterator[tuple[str, ConfigLine]]:
    """The ``edit`` blocks in some blocks, by name."""
    return (
        (" ".join(words(line.text)[1:]), line)
        for block in blocks
        for line in block.children
        if line.text[:5] == "edit "
    )


def below(block: ConfigLine, name: str) -> Iterator[ConfigLine]:
    """The blocks ``config <name>`` directly below one."""
    return block.below(rf"config {re.escape(name)}$")


def words(text: str) -> tuple[str, ...]:
    """The words of a statement, without the quotes around them."""
    return tuple(quoted or plain for quoted, plain in _WORD.findall(text))


def line_of(block: ConfigLine, key: str) -> ConfigLine | None:
    """The line that sets a key."""
    return block.child(rf"set {re.escape(key)}(?:\s|$)")


def values(block: ConfigLine, key: str) -> tuple[str, ...]:
    """The words a key is set to; empty where it is not."""
    line = line_of(block, key)
    return words(line.text)[2:] if line else ()


def value(block: ConfigLine, key: str) -> str | None:
    """What a key is set to; None where it is not."""
    return " ".join(values(block, key)) or None


def enabled(block: ConfigLine, key: str, default: Default) -> bool:
    """Whether a key that is ``enable`` or ``disable`` is on."""
    word = value(block, key)
    return bool(default.value) if word is None else word != "disable"


def setting(config: Config, section: str, key: str) -> str | None:
    """What a key is set to in a section, of whatever virtual domain comes first."""
    return next((found for block in sections(config, section) if (found := value(block, key))), None)


def lines_of(config: Config, section: str, *keys: str) -> list[ConfigLine]:
    """The lines of a section that set some keys."""
    return [line for block in sections(config, section) for key in keys if (line := line_of(block, key))]
