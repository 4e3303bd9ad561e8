"""Why a fact is not known, in Chinese: the catalogue has every sentence, and hostile text breaks none."""

from __future__ import annotations

import ast
import re
import string
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inventory.document import read_document
from inventory.words.facts import FACTS
from inventory.words.reasons import FILE, _Document, reason

PACKAGES = ("inventory", "collectors", "checks", "playbooks")
# What else makes words that end up in a reason: the arguments of these, and what a refusal is called.
SAYS = {"Missing": 1, "SoFar": 1, "EndpointAnswer": 1, "lacks": 0, "Silent": 0, "Puzzled": 0, "Unsettled": 0}
SLOTS = ("Interfaces", "2026-01-31", "22")  # what stands in every slot while a sentence is looked up


@pytest.fixture(scope="module")
def trees(checkout: Path) -> dict[str, ast.Module]:
    paths = (path for package in PACKAGES for path in (checkout / package).rglob("*.py"))
    return {path.relative_to(checkout).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def errors(trees: dict[str, ast.Module]) -> set[str]:
    """CollectError and every class below it."""
    classes = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found = {"CollectError"}
    while more := {c.name for c in classes if any(getattr(b, "id", "") in found for b in c.bases)} - found:
        found |= more
    return found


def named(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def given(tree: ast.Module, failures: set[str]) -> Iterator[ast.expr]:
    """What is given as why: to Missing, to an error of collecting, and as the words such a reason is made of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in failures:
            calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
            yield from (each.args[0] for each in calls if ast.unparse(each.func) == "super().__init__")
        if not isinstance(node, ast.Call):
            continue
        at = 0 if named(node.func) in failures else SAYS.get(named(node.func))
        if at is not None:
            yield from node.args[at : at + 1]
        if at is not None or named(node.func) == "replace":
            yield from (word.value for word in node.keywords if word.arg == "why")


def sentences(value: ast.expr | None, tree: ast.Module, deep: int = 0) -> Iterator[str]:
    """The literals that an expression may come to, NUL for what stands in them; names are followed in the module."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in value.values)
    if deep < 5:
        for each in leads_to(value, tree):
            yield from sentences(each, tree, deep + 1)


def leads_to(value: ast.expr | None, tree: ast.Module) -> Iterator[ast.expr | None]:
    """The expressions whose value another one may take."""
    if isinstance(value, ast.JoinedStr):
        held = (part.value for part in value.values if isinstance(part, ast.FormattedValue))
        yield from (each for each in held if getattr(each, "id", "") == "why")
    elif isinstance(value, ast.IfExp):
        yield from (value.body, value.orelse)
    elif isinstance(value, ast.Dict | ast.BoolOp):
        yield from value.values
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "get":
        yield from (value.func.value, *value.args[1:])
    elif isinstance(value, ast.Call):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == named(value.func):
                yield from (each.value for each in ast.walk(node) if isinstance(each, ast.Return))
    elif isinstance(value, ast.Name):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and value.id in [getattr(target, "id", "") for target in node.targets]:
                yield node.value


def has_chinese(sentence: str) -> bool:
    """Whether the catalogue has it; slots and the names of tools and MIB objects alone are the same in Chinese."""
    if not re.search(r"(?<![\w-])[a-z']{2,}(?![\w-])", sentence):
        return True
    tries = (reason(sentence.replace("\0", slot)) for slot in SLOTS)
    return any(each.zh != each.en for each in tries)


def test_every_reason_of_the_source_has_a_chinese_sentence(trees: dict[str, ast.Module]) -> None:
    failures = errors(trees)
    found = {
        (where, sentence)
        for where, tree in trees.items()
        for value in given(tree, failures)
        for sentence in sentences(value, tree)
    }
    assert len(found) > 120, "the walk no longer finds them"
    assert {(where, sentence.replace("\0", "{}")) for where, sentence in found if not has_chinese(sentence)} == set()


def test_a_sentence_nobody_put_into_chinese_is_noticed() -> None:
    tree = ast.parse("def f(x):\n    raise ReadFailed(f'{x}: the \\'moon\\' hides {x}')\n")
    (sentence,) = (s for value in given(tree, {"ReadFailed"}) for s in sentences(value, tree))
    assert sentence == "\0: the 'moon' hides \0"
    assert not has_chinese(sentence)


def test_both_sides_of_a_sentence_have_the_same_slots() -> None:
    for en, zh in read_document(FILE, _Document).sentences.items():
        slots = [sorted({name for _, name, _, _ in string.Formatter().parse(side) if name}) for side in (en, zh)]
        if en.startswith("[Errno"):  # the system's number says nothing that its words do not
            slots[0].remove("n")
        assert slots[0] == slots[1], en


@pytest.mark.parametrize(
    ("en", "zh"),
    [
        ("the configuration has no security zones", "配置中没有安全域"),
        ("huawei_vrp does not read TimeSync", "在 huawei_vrp 上还不读取“时间同步”"),
        ("huawei_vrp does not read Telepathy", "huawei_vrp does not read Telepathy"),
        (
            "snmp: no SNMP answer in 2 tries of 2.5 s (no answer)",
            "snmp：试了 2 次，每次等 2.5 秒，没有 SNMP 应答（没有应答）",
        ),
        ("cli: display version: no VRP version in it", "cli：display version：其中没有 VRP 版本"),
        (
            "fe80::1 port 22: no SSH session: Error reading SSH protocol banner[Errno 104] Connection reset by peer",
            "fe80::1 端口 22：没有建立 SSH 会话：读不到 SSH 协议标识：连接被对方重置",
        ),
        ("cli: srv-1 port 22: no answer", "cli：srv-1 端口 22：没有应答"),
        ("show port security: no answer", "show port security：没有应答"),
        ("display x: % Unrecognized command", "display x: % Unrecognized command"),
        ("tc does not run: tc qdisc show is not among the captures", "tc 不能运行：采集记录中没有 tc qdisc show"),
        ("read 2026-01-31", "读于 2026-01-31"),
        ("read my lips", "read my lips"),
        ("the line broke: {0.__class__}", "连接中断：{0.__class__}"),
        ("", ""),
    ],
)
def test_reasons_are_said_in_chinese_where_they_are_known(en: str, zh: str) -> None:
    said = reason(en)
    assert (said.zh, said.en) == (zh, en)


@pytest.mark.parametrize(
    "hostile",
    [
        ": " * 1000,
        "a: the line broke: " * 100,
        "no way to a: answer cannot be read: no terminal: " * 40,
        "host key of " + " port  is  (), recorded is " * 70,
        "no SNMP answer in " * 50 + " tries of  s (" * 50 + ")",
        "x" * 1_000_000,
        "the line broke: " + "\u202e\x1b[2J" * 100,
    ],
)
def test_what_a_device_sent_costs_little_time(hostile: str) -> None:
    began = time.process_time()
    assert reason(hostile).en == hostile
    assert time.process_time() - began < 1


def test_every_fact_word_is_chinese() -> None:
    assert all(not text.zh.isascii() or text.zh == text.en for text in FACTS.values())
