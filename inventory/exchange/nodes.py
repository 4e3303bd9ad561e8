"""YAML that another tool wrote, read with the line of every value; nothing in it is constructed or executed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from inventory.addresses import IPAddress, address, port
from inventory.errors import InputError
from inventory.file_text import file_text
from inventory.text import Text
from inventory.yaml_text import composed, mapping_wanted

_MOST_PAIRS = 2_000_000  # an alias of an alias of an alias makes a small file endless


@dataclass(frozen=True, slots=True)
class Word:
    """A value as it is written, and where."""

    text: str
    where: str


class Nodes:
    """A YAML file as a tree of nodes, each asked for by what it has to be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = _MOST_PAIRS
        self.root = composed(file_text(path), str(path))

    def where(self, node: yaml.Node) -> str:
        """File and line of a node."""
        return f"{self._path}:{node.start_mark.line + 1}"

    def pairs(self, node: yaml.Node | None) -> Iterator[tuple[Word, yaml.Node]]:
        """Keys with their values; none for null. InputError for anything but a mapping, and for a key given twice."""
        if node is None or _is_null(node):
            return
        if not isinstance(node, yaml.MappingNode):
            raise InputError(self.where(node), mapping_wanted(node))
        seen: set[str] = set()
        for key, value in node.value:
            word = self.word(key)
            self._left -= 1
            if self._left < 0:
                raise InputError(str(self._path), Text("内容过多", "holds too much"))
            if word.text in seen:
                told = Text(f"键“{word.text}”写了两次", f"key '{word.text}' is given twice")
                raise InputError(word.where, told)
            seen.add(word.text)
            yield word, value

    def word(self, node: yaml.Node) -> Word:
        """A single value as it is written, whatever its tag; empty for null."""
        if not isinstance(node, yaml.ScalarNode):
            raise InputError(self.where(node), Text("应是一个值", "expected a single value"))
        return Word("" if _is_null(node) else str(node.value).strip(), self.where(node))

    def words(self, node: yaml.Node) -> list[Word]:
        """The values of a list, or the only one."""
        if isinstance(node, yaml.SequenceNode):
            return [self.word(each) for each in node.value]
        return [] if _is_null(node) else [self.word(node)]

    def is_single(self, node: yaml.Node) -> bool:
        """Whether it is one value."""
        return isinstance(node, yaml.ScalarNode)


def _is_null(node: yaml.Node) -> bool:
    return node.tag.endswith(":null") or (isinstance(node, yaml.ScalarNode) and node.value == "" and not node.style)


def addresses_in(text: str) -> tuple[IPAddress, ...]:
    """The address a word is; none for a name, for nobody is asked what it stands for."""
    try:
        return (address(text),)
    except ValueError:
        return ()


def port_in(word: Word | None) -> int | None:
    """The port a word is, None for none; InputError for what is none."""
    if word is None or not word.text:
        return None
    number = port(word.text)
    if number is None:
        shown = word.text[:20]
        raise InputError(word.where, Text(f"“{shown}”不是 1–65535 的端口", f"'{shown}' is not a port 1-65535"))
    return number


class Unsafe(str):
    """Text of a device that Ansible must not take for a template."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the dumper's own signature
        """Writes everything out: an alias is one more thing that a reader has to know."""
        return True


_Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style="'"))


def yaml_text(plain: object) -> str:
    """Plain data as YAML in the order given."""
    return yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
