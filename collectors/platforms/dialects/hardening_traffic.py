"""What a configuration says of the traffic that a device carries: what it inspects, how it protects tunnels.

Beside it, what firewalls answer of the signatures they inspect with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from collectors.base import Answer
from collectors.platforms.base import Built, ConfigRead, Got, Release
from collectors.platforms.dialects.hardening import algorithms, found, is_on
from inventory.config import Config
from inventory.errors import Gap, Missing
from inventory.facts import Inspection, Signature, Signatures, TunnelCrypto


@dataclass(frozen=True, slots=True)
class TrafficMarks:
    """How a platform writes it: patterns as in ``Marks``, matched against statements with their whole path."""

    inspects: Mapping[str, str] = field(default_factory=dict)  # by kind of Inspection
    bound: str = ""  # what puts profiles to work, where binding is written apart from them
    tunnels: str = ""  # with a group: the interface or policy that a tunnel's protection is applied to
    algorithms: tuple[str, ...] = ()  # each with a group: the words


def inspection(marks: TrafficMarks, config: Config, _: Release) -> Inspection:
    """What the rules' profiles look for; nothing where nothing binds them."""
    statements = config.statements
    told = {
        kind: [each.line for each, match in found(statements, pattern) if is_on(each, match)]
        for kind, pattern in marks.inspects.items()
    }
    kinds = frozenset(kind for kind, lines in told.items() if lines)
    if marks.bound and not found(statements, marks.bound):
        kinds = frozenset()
    return Inspection(kinds, config.evidence(*(line for kind in sorted(kinds) for line in told[kind][:5])))


def tunnel_crypto(marks: TrafficMarks, config: Config, _: Release) -> TunnelCrypto:
    """Where tunnels are protected, and the algorithms that are written."""
    statements = config.statements
    applied = [(each, match) for each, match in found(statements, marks.tunnels) if is_on(each, match)]
    words = [hit for pattern in marks.algorithms for hit in found(statements, pattern)]
    names = (next(filter(None, match.groups()), each.line.text) for each, match in applied)
    return TunnelCrypto(
        tuple(dict.fromkeys(names)),
        frozenset(word for _, match in words for word in algorithms(match.group(1))),
        config.evidence(*(each.line for each, _ in (*applied, *words))),
    )


def traffic_reads(marks: TrafficMarks) -> Iterator[ConfigRead]:
    """The reads of a platform with such a table."""
    if marks.inspects:
        yield ConfigRead(Inspection, partial(inspection, marks))
    if marks.tunnels:
        yield ConfigRead(TunnelCrypto, partial(tunnel_crypto, marks))


# -- signatures -------------------------------------------------------------------------------------------------------

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMERIC = re.compile(r"(?<!\d)(20\d\d)[-/](\d\d?)[-/](\d\d?)(?!\d)")
_NAMED = re.compile(r"\b([A-Z][a-z]{2}) +(\d\d?),? +(?:\d\d:\d\d:\d\d +)?(?:[A-Z]{3,4} +)?(20\d\d)\b")
_DIGITS = re.compile(r"\b(20\d\d)(\d\d)(\d\d)\d{2}\b")


def day_in(text: str) -> date | None:
    """The first day that a line names: ``2020/06/02``, ``Fri Sep 13 09:05:35 2014``, a version ``2020052900``."""
    if numeric := _NUMERIC.search(text):
        return _day(*numeric.groups())
    named = _NAMED.search(text)
    if named and named.group(1).lower() in _MONTHS:
        return _day(named.group(3), str(_MONTHS.index(named.group(1).lower()) + 1), named.group(2))
    return _day(*digits.groups()) if (digits := _DIGITS.search(text)) else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def signature_read(commands: Mapping[str, str], current: str) -> ConfigRead:
    """A read of signatures: the command of each kind, and the pattern of the line that dates the set in use.

    The pattern's group, where it has one, is what the day is looked for in; the first line that it fits counts.
    """
    return ConfigRead(Signatures, partial(_signatures, tuple(commands), re.compile(current)), tuple(commands.values()))


def _signatures(kinds: tuple[str, ...], current: re.Pattern[str], _c: Config, _r: Release, *answers: Got) -> Built:
    told = [(kind, got) for kind, got in zip(kinds, answers, strict=True) if isinstance(got, Answer)]
    if not told:
        failed = next((got for got in answers if isinstance(got, Missing)), Missing(Gap.UNREAD, "nothing was asked"))
        # A switch of the same family knows no such command: that says nothing of it.
        return Missing(Gap.UNREAD if failed.gap is Gap.LACKING else failed.gap, failed.why)
    items = [Signature(kind, kind, day) for kind, answer in told for day in _dated(answer, current)]
    if not items:
        return Missing(Gap.UNPARSED, f"{told[0][1].command}: no date of signatures in it")
    return Signatures(tuple(items), told[0][1].evidence(current.pattern))


def _dated(answer: Answer, current: re.Pattern[str]) -> Iterator[date]:
    for line in answer.lines():
        match = current.search(line)
        if match and (day := day_in(next(filter(None, match.groups()), line))):
            yield day
            return
