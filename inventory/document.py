"""YAML files that people write, read into dataclasses: an unknown key or a wrong value is refused with its line."""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml

from inventory.errors import InputError
from inventory.file_text import file_text
from inventory.text import Text
from inventory.yaml_text import composed, mapping_wanted

T = TypeVar("T")
# What the YAML library lets through from values that are none.
_NO_VALUE = (yaml.YAMLError, ValueError, AttributeError, KeyError, TypeError, OverflowError, RecursionError)
UNWRITTEN = {"written": False}  # metadata of a field that no file gives
WANTED = "wanted"  # in the metadata of a field that is text: what it is, said to whoever wrote something else there
_LARGEST_BYTES = 8_000_000
_DEEPEST = 50
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NO_DAY = Text("没有这一天", "there is no such day")
_WORDS: dict[object, Text] = {
    bool: Text("true 或 false", "true or false"),
    int: Text("整数", "a whole number"),
    float: Text("数", "a number"),
    str: Text("文字", "text"),
    date: Text("日期，如 2026-06-30", "a date such as 2026-06-30"),
    datetime: Text("时间，如 2026-06-30T08:00:00Z", "a time such as 2026-06-30T08:00:00Z"),
    IPv4Network: Text("IPv4 网段，如 10.0.0.0/8", "an IPv4 network such as 10.0.0.0/8"),
    IPv6Network: Text("IPv6 网段，如 2001:db8::/32", "an IPv6 network such as 2001:db8::/32"),
}


def read_document(path: Path, cls: type[T]) -> T:
    """The file as a ``cls``; InputError names file, line and what was expected there."""
    return parse_document(file_text(path, _LARGEST_BYTES), cls, str(path))


def has_content(path: Path) -> bool:
    """Whether a file has a line that is neither empty nor a comment."""
    lines = file_text(path, _LARGEST_BYTES).splitlines()
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def line_of(path: Path, keys: str, word: str = "") -> int | None:
    """The line of a key (``policy.access.acl``, ``figures.0.requirement``), or of the last one before it that is there.

    With a word that of the value or key below ``keys`` which is the word, or what it ends with after a space or slash.
    None: there is none. InputError for a file that can no longer be read.
    """
    node, left, line = _content(file_text(path, _LARGEST_BYTES), str(path)), keys, None
    while left and (found := _step(node, left)):
        line, node, left = found[0].start_mark.line + 1, found[1], found[2]
    if not word:
        return line
    return None if left else next((n.start_mark.line + 1 for n in _scalars(node) if _is_meant(n.value, word)), None)


def _step(node: yaml.Node, keys: str) -> tuple[yaml.Node, yaml.Node, str] | None:
    """The node that tells where the first of some keys stands, its value, and the keys that are left."""
    pairs: list[tuple[str, yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        pairs = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        pairs = [(str(at), value, value) for at, value in enumerate(node.value)]
    for name, mark, value in pairs:
        if keys == name or keys.startswith(f"{name}."):
            return mark, value, keys[len(name) + 1 :]
    return None


def _scalars(node: yaml.Node, depth: int = 0) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif depth < _DEEPEST:
        for each in node.value:
            for part in each if isinstance(each, tuple) else (each,):
                yield from _scalars(part, depth + 1)


def _is_meant(value: str, word: str) -> bool:
    return bool(value) and (value == word or word.endswith((f" {value}", f"/{value}")))


def parse_document(text: str, cls: type[T], name: str) -> T:
    """The YAML text as a ``cls``; ``name`` stands in errors where a file name would."""
    value: T = _Reader(name).value(_content(text, name), cls)
    return value


def _content(text: str, name: str) -> yaml.Node:
    node = composed(text, name)
    if node is None:
        raise InputError(name, Text("文件是空的", "the file is empty"))
    return node


def expected(hint: Any) -> Text:
    """What a value of a type looks like, in words that follow “应是” and "expected"."""
    parts = tuple(part for part in get_args(hint) if part is not type(None))
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        words = [expected(part) for part in parts]
        return Text("或".join(each.zh for each in words), " or ".join(each.en for each in words))
    if origin in (tuple, list, frozenset):
        item = expected(parts[0])
        return Text(f"列表，每项是{item.zh}", f"a list, each item {item.en}")
    if isinstance(origin, type) and issubclass(origin, Mapping):
        item = expected(parts[1])
        return Text(f"“键: 值”的映射，值是{item.zh}", f"a mapping of key: value, each value {item.en}")
    if isinstance(hint, type) and issubclass(hint, Enum):
        allowed = ", ".join(str(member.value) for member in hint)
        return Text(f" {allowed} 之一", f"one of {allowed}")
    return _WORDS.get(hint, Text(hint.__name__, hint.__name__))


class _Reader:
    def __init__(self, name: str) -> None:
        self._name = name
        self._loader = yaml.SafeLoader("")
        self._depth = 0
        self._keys: list[str] = []  # from the outermost to the value that is being read

    def value(self, node: yaml.Node, hint: Any) -> Any:
        self._depth += 1
        if self._depth > _DEEPEST:  # an alias inside its own anchor
            self._refuse(node, Text("嵌套过深", "nested too deeply"))
        try:
            return self._plain_value(node, hint)
        finally:
            self._depth -= 1

    def _plain_value(self, node: yaml.Node, hint: Any) -> Any:
        origin = get_origin(hint)
        if hint in (Any, object):
            return self._constructed(node)
        if origin in (Union, types.UnionType):
            return self._union(node, get_args(hint))
        if origin in (tuple, list, frozenset):
            return self._sequence(node, origin, get_args(hint)[0])
        if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
            key, item = get_args(hint)
            return {self.value(k, key): self._of(str(k.value), v, item) for k, v in self._pairs(node)}
        if dataclasses.is_dataclass(hint):
            return self._dataclass(node, hint)
        return self._scalar(node, hint)

    def _union(self, node: yaml.Node, options: tuple[Any, ...]) -> Any:
        if type(None) in options and node.tag.endswith(":null"):
            return None
        refused: InputError | None = None
        for option in options:
            if option is type(None):
                continue
            try:
                return self.value(node, option)
            except InputError as error:
                refused = refused or error
        raise refused or InputError(self._name, Text("无法理解", "cannot be understood"))

    def _sequence(self, node: yaml.Node, origin: Any, item: Any) -> Any:
        if not isinstance(node, yaml.SequenceNode):
            self._refuse_value(
                node,
                Text("应是列表：每项一行，以“- ”开头，或写成 [甲, 乙]", "expected a list: “- item” lines, or [a, b]"),
            )
        return origin(self.value(n, item) for n in node.value)

    def _pairs(self, node: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self._refuse_value(node, mapping_wanted(node))
        pairs: list[tuple[yaml.Node, yaml.Node]] = node.value
        return pairs

    def _dataclass(self, node: yaml.Node, cls: Any) -> Any:
        hints = get_type_hints(cls)
        fields = {f.name: f for f in dataclasses.fields(cls) if f.metadata != UNWRITTEN}
        given: dict[str, Any] = {}
        keys: dict[str, yaml.Node] = {}
        for key_node, value_node in self._pairs(node):
            key = str(key_node.value).replace("-", "_")
            if key not in fields:
                allowed = ", ".join(fields)
                self._refuse(
                    key_node,
                    Text(
                        f"不认识的键“{key_node.value}”，可用：{allowed}",
                        f"unknown key '{key_node.value}'; known: {allowed}",
                    ),
                )
            if key in given:
                self._refuse(key_node, Text(f"键“{key}”写了两次", f"key '{key}' is given twice"))
            if (wanted := fields[key].metadata.get(WANTED)) and not isinstance(value_node, yaml.ScalarNode):
                self._refuse(key_node, Text(f"{key}：{wanted.zh}", f"{key}: {wanted.en}"))
            given[key] = self._of(key, value_node, hints[key])
            keys[key] = key_node
        self._require(node, fields, given)
        try:
            return cls(**given)
        except InputError as error:
            return self._refuse(node, error.text)
        except ValueError as error:
            name = re.match(r"\w*", str(error))
            return self._refuse(keys.get(name[0] if name else "", node), _in_words(str(error)))

    def _of(self, key: str, node: yaml.Node, hint: Any) -> Any:
        self._keys.append(key)
        try:
            return self.value(node, hint)
        finally:
            self._keys.pop()

    def _require(self, node: yaml.Node, fields: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        missing = [
            f.name
            for f in fields.values()
            if f.name not in given and f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
        ]
        if missing:
            named = ", ".join(missing)
            self._refuse(node, Text(f"缺少 {named}", f"missing {named}"))

    def _scalar(self, node: yaml.Node, cls: Any) -> Any:
        plain = self._constructed(node) if isinstance(node, yaml.ScalarNode) else node
        if cls is str and isinstance(node, yaml.ScalarNode) and plain is not None:
            return str(node.value)
        if cls is float and isinstance(plain, int | float) and not isinstance(plain, bool):
            return float(plain)
        if cls is date and isinstance(plain, str) and _DAY.fullmatch(plain):  # in quotes
            plain = self._day(node, plain)
        if isinstance(cls, type) and type(plain) is cls and cls in (bool, int, date, datetime):
            return plain
        if isinstance(cls, type) and issubclass(cls, Enum):
            return self._member(node, cls, plain)
        return self._refuse_type(node, cls)

    def _constructed(self, node: yaml.Node) -> Any:
        try:
            return self._loader.construct_object(node, deep=True)
        except _NO_VALUE:  # 2026-02-30, !!int x, an unknown tag, an alias inside its own anchor
            is_day = isinstance(node, yaml.ScalarNode) and _DAY.fullmatch(str(node.value))
            return self._refuse_value(node, _NO_DAY if is_day else Text("不是合法的值", "not a valid value"))

    def _day(self, node: yaml.Node, text: str) -> Any:
        try:
            return date.fromisoformat(text)
        except ValueError:  # 2026-02-30
            return self._refuse_value(node, _NO_DAY)

    def _member(self, node: yaml.Node, cls: type[Enum], plain: object) -> Enum:
        for member in cls:
            if plain in (member.value, member.name, str(member.name).lower()):
                return member
        self._refuse_type(node, cls)
        raise AssertionError

    def _refuse_type(self, node: yaml.Node, hint: Any) -> Any:
        wanted = expected(hint)
        return self._refuse_value(node, Text(f"应是{wanted.zh}", f"expected {wanted.en}"))

    def _refuse_value(self, node: yaml.Node, text: Text) -> Any:
        if not self._keys:
            return self._refuse(node, text)
        key = self._keys[-1]
        return self._refuse(node, Text(f"{key}：{text.zh}", f"{key}: {text.en}"))

    def _refuse(self, node: yaml.Node, text: Text) -> Any:
        raise InputError(f"{self._name}:{node.start_mark.line + 1}", text)


def _in_words(complaint: str) -> Text:
    """What a dataclass says of its fields, ``key: what is allowed`` or ``key: what was given? what is allowed``."""
    key, colon, allowed = complaint.partition(": ")
    if not colon:
        return Text(complaint, complaint)
    if allowed == "?":
        return Text(f"{key}：不能为空", f"{key}: must not be empty")
    given, asked, known = allowed.partition("? ")
    if asked:
        return Text(f"{key}：没有 {given}；可用：{known}", f"{key}: there is no {given}; known: {known}")
    return Text(f"{key}：应是 {allowed}", f"{key}: expected {allowed}")
