"""YAML that people write, read into dataclasses: right or refused with file, line and what was expected."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.document import expected, line_of, parse_document, read_document
from inventory.errors import InputError


class Colour(StrEnum):
    RED = "rot"
    BLUE = "blau"


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Whole:
    title: str
    ratio: float = 0.5
    on: bool = False
    since: date | None = None
    colour: Colour = Colour.RED
    parts: tuple[Part, ...] = ()
    words: frozenset[str] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)
    size: int | str | None = None
    any_thing: object = None

    def __post_init__(self) -> None:
        if self.ratio > 1:
            raise ValueError("ratio is at most 1")


EVERYTHING = """\
title: 标题
ratio: 1
"on": true
since: 2026-01-31
colour: blau
parts:
- name: a
- {name: "7", count: 2}
words: [x, y, x]
limits: {county: 2000}
size: 10
any-thing: {free: [1, text]}
"""


def refusal(text: str) -> InputError:
    with pytest.raises(InputError) as refused:
        parse_document(text, Whole, "file.yaml")
    assert refused.value.exit_code == 2
    return refused.value


def test_every_kind_of_field_is_read() -> None:
    assert parse_document(EVERYTHING, Whole, "file.yaml") == Whole(
        "标题", 1.0, True, date(2026, 1, 31), Colour.BLUE, (Part("a"), Part("7", 2)), frozenset({"x", "y"}),
        {"county": 2000}, 10, {"free": [1, "text"]},
    )  # fmt: skip


def test_what_is_not_written_is_the_default() -> None:
    assert parse_document("title: x", Whole, "f") == Whole("x")


def test_text_stays_as_it_was_written() -> None:
    """A release 5.10 is no number, a yes no truth."""
    assert [parse_document(f"title: {word}", Whole, "f").title for word in ("5.10", "yes", "007", "1e3", "0x1F")] == [
        "5.10", "yes", "007", "1e3", "0x1F",
    ]  # fmt: skip


@pytest.mark.parametrize("written", ["rot", "RED", "red"])
def test_choices_by_value_and_by_name(written: str) -> None:
    assert parse_document(f"title: x\ncolour: {written}", Whole, "f").colour is Colour.RED


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("title: x\ntitel: y\n", 2, "unknown key 'titel'; known: title"),
        ("title: x\nratio: 0.1\nratio: 0.2\n", 3, "key 'ratio' is given twice"),
        ("ratio: 0.1\n", 1, "missing title"),
        ("title: x\n\nparts:\n- count: 2\n", 4, "missing name"),
        ("title: x\nparts:\n- name: a\n  count: many\n", 4, "expected a whole number"),
        ("title: x\nparts:\n- name: a\n  count: 1.5\n", 4, "expected a whole number"),
        ("title: x\nparts:\n- name: a\n  count: true\n", 4, "expected a whole number"),
        ("title: x\nparts: {name: a}\n", 2, "expected a list"),
        ("title: x\nparts: [a]\n", 2, "expected a mapping"),
        ('title: x\n"on": 1\n', 2, "expected true or false"),
        ("title: x\nratio: high\n", 2, "expected"),
        ("title: x\nratio: true\n", 2, "expected"),
        ("title: x\nsince: yesterday\n", 2, "expected a date such as"),
        ("title: x\nsince: '2026-02-30'\n", 2, "no such day"),
        ("title: x\nsince: 2026-02-30\n", 2, "no such day"),
        ("title: x\ncolour: grün\n", 2, "expected one of rot, blau"),
        ("title: [x]\n", 1, "title: expected text"),
        ("title: ~\n", 1, "expected text"),
        ("title: x\nlimits: {county: fast}\n", 2, "county: expected a whole number"),
        ("title: x\nsize: [1]\n", 2, "expected a whole number"),
        ("title: x\nratio: 2\n", 2, "ratio is at most 1"),
        ("- title: x\n", 1, "expected a mapping"),
        ("title: 'x\n", 1, "not valid YAML: the quote opened on this line"),
        ("title: x\n\tratio: 1\n", 2, "not valid YAML"),
        ("title: x\nratio: \x00", 2, "not valid YAML: holds a control character"),
        ("title: x\nany-thing: &a [*a]\n", 2, "not a valid value"),
        ("title: x\nany-thing: !!python/object:os.system {}\n", 2, "not a valid value"),
        ("title: x\nany-thing: {[a]: 1}\n", 2, "not a valid value"),
        ("title: x\n[a]: 1\n", 2, "unknown key"),
    ],
)
def test_every_mistake_is_named_with_its_line(text: str, line: int, said: str) -> None:
    refused = refusal(text)
    assert refused.where == f"file.yaml:{line}"
    assert said in refused.text.en


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "empty"), ("# only a comment\n", "empty"), ("[" * 5000, "nested")],
)
def test_what_has_no_line_is_named_with_its_file(text: str, said: str) -> None:
    refused = refusal(text)
    assert refused.where.startswith("file.yaml")
    assert said in refused.text.en


def test_aliases_that_multiply_do_not_blow_up() -> None:
    """The billion laughs: nine lines that would be ten thousand million strings."""
    lines = ["title: x", "any-thing:", "- &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"- &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    whole = parse_document("\n".join(lines), Whole, "f")  # ten lists that share their parts
    assert isinstance(whole.any_thing, list)
    assert len(whole.any_thing) == 10


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read"), (b"\xff\xfe\x00", "neither UTF-8"), (b"x: " + b"y" * 9_000_000, "too large")],
)
def test_files_that_cannot_be_read_are_named(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "file.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=said) as refused:
        read_document(path, Whole)
    assert refused.value.where == str(path)


def test_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes("title: 标题\n".encode("utf-8-sig"))
    assert read_document(path, Whole).title == "标题"


KEYS = ["title", "ratio", "on", "since", "colour", "parts", "words", "limits", "size", "any-thing", "name", "count"]
TOKENS = st.sampled_from(
    [*KEYS, ": ", "\n", "- ", "[", "]", "{", "}", ", ", "x", "1", "0.5", "true", "~", "&a ", "*a", "!!int ", "  ", "'"]
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.text(max_size=50) | st.lists(TOKENS, max_size=25).map(lambda words: "title: x\n" + "".join(words)))
def test_any_text_is_a_document_or_refused(text: str) -> None:
    with suppress(InputError):
        assert isinstance(parse_document(text, Whole, "f"), Whole)


@pytest.mark.parametrize("written", ["2026-01-31", "'2026-01-31'", '"2026-01-31"'])
def test_dates_may_stand_in_quotes(written: str) -> None:
    assert parse_document(f"title: x\nsince: {written}\n", Whole, "x.yaml").since == date(2026, 1, 31)


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_documents_in_the_encodings_of_chinese_windows(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "settings.yaml"
    path.write_bytes("title: 标题\n".encode(encoding))
    assert read_document(path, Whole).title == "标题"


@pytest.mark.parametrize(
    ("hint", "zh", "en"),
    [
        (int, "整数", "a whole number"),
        (float | None, "数", "a number"),
        (frozenset[int], "列表，每项是整数", "a list, each item a whole number"),
        (Mapping[str, int], "“键: 值”的映射，值是整数", "a mapping of key: value, each value a whole number"),
        (Colour, " rot, blau 之一", "one of rot, blau"),
        (IPv4Network | IPv6Network, "IPv4 网段，如 10.0.0.0/8或IPv6 网段，如 2001:db8::/32", None),
    ],
)
def test_what_is_expected_is_told_in_both_languages(hint: object, zh: str, en: str | None) -> None:
    told = expected(hint)
    assert told.zh == zh
    assert en is None or told.en == en


LINES = """\
# b: x
a: {b: x, c.d: 1}
list:
- b
- key: y
  b: some word
"""


@pytest.mark.parametrize(
    ("keys", "word", "line"),
    [
        ("a", "", 2),
        ("a.b", "", 2),
        ("a.c.d", "", 2),  # a key with a dot in it
        ("list.1.b", "", 6),
        ("list.1.z", "", 5),  # the last that is there
        ("list", "y", 5),
        ("list", "resolvers: y", 5),
        ("list", "some word", 6),
        ("list", "x", None),
        ("z", "x", None),
        ("z", "", None),
    ],
)
def test_line_of_the_very_node(tmp_path: Path, keys: str, word: str, line: int | None) -> None:
    path = tmp_path / "lines.yaml"
    path.write_text(LINES, encoding="utf-8")
    assert line_of(path, keys, word) == line


@dataclass(frozen=True)
class Choosy:
    source: str
    most: int = 1
    note: str = "x"

    def __post_init__(self) -> None:
        if self.source != "snmp":
            raise ValueError(f"source: {self.source}? snmp, cli")
        if self.most > 9:
            raise ValueError("most: 1-9")
        if not self.note:
            raise ValueError("note: ?")


@pytest.mark.parametrize(
    ("text", "line", "zh", "en"),
    [
        ("source: ssh\n", 1, "source：没有 ssh；可用：snmp, cli", "source: there is no ssh; known: snmp, cli"),
        ("source: snmp\nmost: 10\n", 2, "most：应是 1-9", "most: expected 1-9"),
        ("source: snmp\nnote: ''\n", 2, "note：不能为空", "note: must not be empty"),
        ("source: snmp\nmost: many\n", 2, "most：应是整数", "most: expected a whole number"),
    ],
)
def test_what_a_value_may_be_is_told_in_both_languages(text: str, line: int, zh: str, en: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_document(text, Choosy, "file.yaml")
    assert (refused.value.text.zh, refused.value.text.en) == (f"file.yaml:{line}：{zh}", f"file.yaml:{line}: {en}")
