"""The text of a Junos configuration, in braces or as ``set`` lines, as one statement a line: ``system services ssh``.

Each statement is its whole path. What is inactive is left out, what groups hand down stands where it takes effect.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from inventory.config import Config, ConfigLine
from inventory.errors import ReadFailed

Path = tuple[str, ...]
Said = list[tuple[ConfigLine, Path]]  # statements, and what is left of each behind the name they are sorted by
_TOKEN = re.compile(
    r'/\*.*?\*/|\#[^\n]*|(?P<text>"(?:[^"\\]|\\.)*")|(?P<sign>[{};\[\]])|(?P<word>[^\s{};\[\]"]+)|(?P<odd>")', re.DOTALL
)
_ORDERS = re.compile(r"\s*(?P<order>set|deactivate|activate|delete|protect|unprotect)\s+(?P<rest>\S.*)")
# What the command line writes around a configuration: who is the master, where one is in the hierarchy, prompts.
_AROUND = re.compile(
    r"^(?:\{(?:master|backup|primary|secondary|linecard)(?:[:-]\w+)?\}(?:\[edit.*)?|\[edit[^\]\n]*\]|[\w.-]+@[\w.:-]+[>#%].*)$",
    re.MULTILINE,
)
_PARTITIONS = frozenset({"logical-systems", "tenants"})
_TAGS = frozenset({"inactive:", "protect:", "replace:"})
_DEEPEST = 64  # levels of a path; the hierarchy has some twenty
_MOST_INHERITED = 200_000  # statements that groups may hand down
_MOST_WITHDRAWN = 20_000_000  # statements that are looked at for what is deleted
_CUT = "the configuration is cut: a block of it is still open at its end"


@dataclass(slots=True)
class _Block:
    """A block that is open: its path, and whether anything stood in it."""

    path: Path
    active: bool
    used: bool = False


@dataclass(slots=True)
class _Found:
    """Statements in order, each with the number of its line."""

    items: list[tuple[int, Path]] = field(default_factory=list)
    inactive: list[Path] = field(default_factory=list)
    _withdrawn: int = 0

    def withdraw(self, path: Path, order: str) -> None:
        """What a script deletes of what it set before, or activates again. ReadFailed for more than scripts do."""
        self._withdrawn += len(self.items)
        if self._withdrawn > _MOST_WITHDRAWN:
            raise ReadFailed("a script that deletes more than scripts do")
        if order == "delete":
            self.items = [(n, told) for n, told in self.items if told[: len(path)] != path]
        else:
            self.inactive = [off for off in self.inactive if off != path]

    def active(self) -> list[tuple[int, Path]]:
        """Those that no deactivation covers."""
        off = set(self.inactive)
        if not off:
            return self.items
        return [(n, path) for n, path in self.items if not any(path[:size] in off for size in range(1, len(path) + 1))]


def tree(text: str) -> tuple[ConfigLine, ...]:
    """Every statement in effect. Raises ReadFailed(UNPARSED) where a block or a quoted text is open at the end."""
    text = _AROUND.sub("", text)
    found = _orders(text) if _is_set_form(text) else _braces(text)
    statements = [(number, _everywhere(path)) for number, path in found.active()]
    inherited = list(_inherited(statements))
    # What a block says itself goes before what it inherits, and the last line that says a thing is the one that counts.
    return tuple(ConfigLine(number, " ".join(path)) for number, path in (*inherited, *statements))


def _everywhere(path: Path) -> Path:
    """The path as the device itself has it: what stands within a logical system or a tenant is its own as well."""
    return path[2:] if path[0] in _PARTITIONS and len(path) > 2 else path


def _is_set_form(text: str) -> bool:
    first = next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(("#", "/*"))), "")
    return _ORDERS.match(first) is not None or (";" not in text and "{" not in text)


def _orders(text: str) -> _Found:
    """The statements of ``show configuration | display set``."""
    found = _Found()
    for number, line in enumerate(text.splitlines(), 1):
        order = _ORDERS.match(line)
        if order is None:
            continue
        paths = [path for path in _expanded(_words(order["rest"])) if len(path) <= _DEEPEST]
        if order["order"] == "set":
            found.items += [(number, path) for path in paths]
        elif order["order"] == "deactivate":
            found.inactive += paths
        elif order["order"] in {"delete", "activate"} and paths:
            found.withdraw(paths[0], order["order"])
    return found


def _words(rest: str) -> Iterator[str]:
    return (token.group() for token in _TOKEN.finditer(rest) if token.lastgroup and token.lastgroup != "odd")


def _expanded(words: Iterator[str]) -> list[Path]:
    """The path that some words are, once for each element of a list in brackets."""
    head: list[str] = []
    listed: list[str] | None = None
    for word in words:
        if word == "[":
            listed = []
        elif word != "]":
            (head if listed is None else listed).append(word)
    if listed:
        return [(*head, element) for element in listed]
    return [tuple(head)] if head else []


def _braces(text: str) -> _Found:
    """The statements of ``show configuration``."""
    found = _Found()
    open_blocks: list[_Block] = [_Block((), active=True)]
    newlines = [match.start() for match in re.finditer("\n", text)]
    pending: list[str] = []
    began = 0
    for token in _TOKEN.finditer(text):
        kind, word = token.lastgroup, token.group()
        if kind is None:
            continue
        if kind == "odd":
            raise ReadFailed("the configuration is cut: a quoted text of it is still open at its end")
        if not pending:
            began = bisect_right(newlines, token.start()) + 1
        if word == "{":
            open_blocks.append(_opened(open_blocks[-1], pending))
        elif word == ";":
            _end_statement(found, open_blocks[-1], pending, began)
        elif word == "}":
            _close(found, open_blocks, began)
        else:
            pending.append(word)
            continue
        pending = []
    if pending or len(open_blocks) > 1:
        raise ReadFailed(_CUT)
    return found


def _opened(parent: _Block, pending: list[str]) -> _Block:
    parent.used = True
    path = (*parent.path, *(word for word in pending if word not in _TAGS))
    if len(path) > _DEEPEST:
        raise ReadFailed(f"more than {_DEEPEST} levels of blocks")
    return _Block(path, parent.active and "inactive:" not in pending)


def _end_statement(found: _Found, block: _Block, pending: list[str], number: int) -> None:
    block.used = True
    if pending and block.active and "inactive:" not in pending:
        rest = _expanded(word for word in pending if word not in _TAGS)
        found.items += [(number, (*block.path, *path)) for path in rest]


def _close(found: _Found, open_blocks: list[_Block], number: int) -> None:
    if len(open_blocks) < 2:
        return
    block = open_blocks.pop()
    if not block.used and block.active and block.path:
        found.items.append((number, block.path))


# Groups -----------------------------------------------------------------------------------------------------------

Trie = dict[str, Any]


def _inherited(statements: Sequence[tuple[int, Path]]) -> Iterator[tuple[int, Path]]:
    """What ``apply-groups`` hands down to the place it stands at and below."""
    groups: dict[str, list[tuple[int, Path]]] = {}
    there: Trie = {}
    applied: list[tuple[Path, str]] = []
    refused: dict[str, list[Path]] = {}
    for number, path in statements:
        if path[0] == "groups" and len(path) > 2:
            groups.setdefault(path[1], []).append((number, path[2:]))
        elif len(path) > 1 and path[-2] == "apply-groups":
            applied.append((path[:-2], path[-1]))
        elif len(path) > 1 and path[-2] == "apply-groups-except":
            refused.setdefault(path[-1], []).append(path[:-2])
        else:
            _plant(there, path)
    count = 0
    for place, name in applied:
        for number, path in groups.get(name, ()):
            for full in _fitted(path, place, there):
                count += 1
                if count > _MOST_INHERITED:
                    raise ReadFailed(f"groups hand down more than {_MOST_INHERITED} statements")
                if not any(full[: len(top)] == top for top in refused.get(name, ())[:_DEEPEST]):
                    yield number, full


def _plant(there: Trie, path: Path) -> None:
    for word in path:
        there = there.setdefault(word, {})


def _fitted(path: Path, place: Path, there: Trie) -> Iterator[Path]:
    """The path below the place, each ``<pattern>`` as every name there that it fits."""
    if len(path) < len(place) or not all(_fits(p, w) for p, w in zip(path, place, strict=False)):
        return
    node: Trie | None = there
    for word in place:
        node = node.get(word) if node is not None else None
    yield from _unrolled(path[len(place) :], place, node)


def _unrolled(rest: Path, done: Path, node: Trie | None) -> Iterator[Path]:
    if not any(_is_pattern(word) for word in rest):
        yield (*done, *rest)
        return
    names = [name for name in node or {} if _fits(rest[0], name)] if _is_pattern(rest[0]) else [rest[0]]
    for name in names:
        yield from _unrolled(rest[1:], (*done, name), (node or {}).get(name))


def _is_pattern(word: str) -> bool:
    return word[:1] == "<" and word[-1:] == ">"


def _fits(word: str, name: str) -> bool:
    return fnmatchcase(name, word[1:-1]) if _is_pattern(word) else word == name


# What is asked of it ------------------------------------------------------------------------------------------------


def plain(word: str) -> str:
    """A word without the quotes around it."""
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] == '"' else word


def words(line: ConfigLine) -> Path:
    """The words of a statement, quoted text being one word, quotes taken off."""
    return tuple(plain(token.group()) for token in _TOKEN.finditer(line.text) if token.lastgroup)


def grouped(config: Config, path: str) -> dict[str, Said]:
    """What stands below ``path <name>``, by name: every statement with its words behind the name."""
    size = len(path.split())
    found: dict[str, Said] = {}
    for line in config.all(re.escape(path).replace(r"\ ", " ") + " "):
        told = words(line)
        if len(told) > size:
            found.setdefault(told[size], []).append((line, told[size + 1 :]))
    return found


def lines_in(said: Said) -> Iterator[ConfigLine]:
    """The statements themselves."""
    return (line for line, _ in said)


def has(config: Config, pattern: str) -> bool:
    """Whether some statement begins so, the last word in full."""
    return config.line(rf"{pattern}(?:\s|$)") is not None
