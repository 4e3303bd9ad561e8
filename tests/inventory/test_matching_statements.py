"""Statements that a pattern matches: sought through all tails at once, found as in each of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.config import Config, ConfigLine, Statement, Statements, indented

TEXT = """interface GigabitEthernet0/0/1
 description eth-trunk 9
 eth-trunk 1
interface GigabitEthernet 0/0/2
 shutdown
router bgp 1
 address-family ipv4
  neighbor 10.1.1.1 activate
snmp-agent
snmp-agent trap enable
no snmp-agent
"""
PATTERNS = (
    r"interface (\S+) \| eth-trunk \d+", r"snmp-agent$", r"(?:no )?snmp-agent", r"interface ([^|]+) \| shutdown$",
    r"address-family \S+ \| neighbor (\S+)", r"[^x]+ \| eth-trunk 1$", r"[^|]*", r".*trap.*", r"(?!)", r"\W*router",
    r"", r"[^ ]+", r"interface [^|]+$", r"(?s:.)*snmp",
)  # fmt: skip


def each_by_itself(statements: Statements, pattern: str) -> list[tuple[Statement, tuple[str | None, ...]]]:
    match = re.compile(pattern).match
    firsts = ((each, next(filter(None, map(match, each.tails)), None)) for each in statements)
    return [(each, first.groups()) for each, first in firsts if first is not None]


def lines_of(text: str) -> Statements:
    def below(lines: tuple[ConfigLine, ...], above: tuple[str, ...]) -> list[Statement]:
        found = []
        for line in lines:
            tails = (line.text, *(f"{tail} | {line.text}" for tail in above))
            found += [Statement(line, tails), *below(line.children, tails)]
        return found

    return Statements(below(indented(text), ()))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_same_as_in_each(pattern: str) -> None:
    statements = lines_of(TEXT)
    told = [(each, match.groups()) for each, match in statements.matching(pattern)]
    assert told == each_by_itself(statements, pattern)


@given(st.text(alphabet="ab |\n", max_size=60), st.sampled_from([*PATTERNS, "a", "[^a]+b", "a[^b]*", r"a \| b$"]))
def test_the_same_in_any_text(text: str, pattern: str) -> None:
    statements = lines_of(text)
    told = [(each, match.groups()) for each, match in statements.matching(pattern)]
    assert told == each_by_itself(statements, pattern)


def test_nothing_in_nothing() -> None:
    assert list(Statements().matching("a")) == []


def test_a_long_text_is_gone_through_once() -> None:
    """A class of signs does not run on over the lines that follow."""
    statements = lines_of("interface a\n" * 20_000)
    assert list(statements.matching(r"interface ([^|]+) \| eth-trunk \d+")) == []


def test_blocks_within_blocks_without_end_are_told() -> None:
    by_indentation = indented("".join(" " * deep + "a\n" for deep in range(1200)))
    block = ConfigLine(1, "a")
    for number in range(2, 1201):
        block = ConfigLine(number, "a", (block,))
    for lines in (by_indentation, (block,)):
        assert len(Config(lines, "show running-config").statements) == 1200
