"""How often each rule of a firewall's policy was met, as the firewall shows it beside its configuration.

Access lists that hardware applies count nothing there: what switches and routers show of them is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from collectors.base import Answer
from collectors.platforms.base import Built, ConfigRead, Got, Release
from collectors.platforms.dialects.figures import number
from inventory.config import Config
from inventory.facts import FilterRule, RuleSet, RuleSets

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Hits:
    """The command that shows them, what it says by the key of a rule, and that key.

    ``kinds`` are the kinds of rule sets that are counted so.
    """

    command: str
    counts: Callable[[Answer], Counts]
    key: Callable[[FilterRule], str]
    kinds: frozenset[str] = frozenset({"policy"})


def with_hits(reads: tuple[ConfigRead, ...], hits: Hits) -> tuple[ConfigRead, ...]:
    """The reads, of which that of rule sets asks for the counters too."""
    return tuple(
        replace(read, build=partial(_counted, read.build, hits), commands=(*read.commands, hits.command))
        if read.fact is RuleSets
        else read
        for read in reads
    )


def _counted(build: Callable[..., Built], hits: Hits, config: Config, release: Release, *answers: Got) -> Built:
    *others, shown = answers
    sets = build(config, release, *others)
    if not isinstance(sets, RuleSets) or not isinstance(shown, Answer):
        return sets
    counts = hits.counts(shown)
    return replace(
        sets, items=tuple(_told(each, counts, hits) if each.kind in hits.kinds else each for each in sets.items)
    )


def _told(each: RuleSet, counts: Counts, hits: Hits) -> RuleSet:
    rules = tuple(replace(rule, hits=counts.get(hits.key(rule), rule.hits)) for rule in each.rules)
    return replace(each, rules=rules)


def _rows(pattern: str, answer: Answer) -> Counts:
    """Counters by the pattern's group ``key``; of one that stands twice both together."""
    found: dict[str, int] = {}
    for row in re.finditer(pattern, answer.text, re.MULTILINE | re.IGNORECASE):
        count = number(row["hits"])
        if count is not None:
            key = " ".join(row["key"].split())
            found[key] = found.get(key, 0) + count
    return found


# USG command reference: RULE ID, RULE NAME, STATE, ACTION, HITS; long names are shown in full.
USG = Hits(
    "display security-policy rule all",
    partial(_rows, r"^ *\d+ +(?P<key>\S.*?) +(?:enable|disable) +(?:permit|deny|-) +(?P<hits>\d+) *$"),
    lambda rule: " ".join(rule.name.split()),
)
# StoneOS CLI manual, policy: No., Id, zones, addresses, service, action, Hit-count.
STONEOS = Hits(
    "show policy hit-count top all",
    partial(_rows, r"^ *\d+ +(?P<key>\d+) +\S.* (?P<hits>\d+) *$"),
    lambda rule: rule.entry.removeprefix("rule id "),
)
# Junos OS CLI reference: Index, From zone, To zone, Name, Policy count, Action (in later releases).
JUNOS = Hits(
    "show security policies hit-count",
    partial(_rows, r"^ *\d+ +(?P<key>\S+ +\S+ +\S+) +(?P<hits>\d+)(?: +\w+)? *$"),
    lambda rule: re.sub(r"from-zone (\S+) to-zone (\S+) policy ", r"\1 \2 ", rule.entry),
)
_LOGGED = re.compile(r" log(?: .*)?$")


def _asa_lines(answer: Answer) -> Counts:
    """By line as it is configured; what objects in it stand for is shown indented beneath, and counted in it."""
    lines = _rows(r"^access-list (?P<key>\S+ line \d+ (?:extended|standard) .+?) \(hitcnt=(?P<hits>\d+)\)", answer)
    return {_asa_line(re.sub(r" line \d+ ", " ", line, count=1)): count for line, count in lines.items()}


def _asa_line(text: str) -> str:
    return _LOGGED.sub("", " ".join(text.removeprefix("access-list ").split()))


# ASA command reference, show access-list: the line with its number, how it logs, hitcnt, hash.
ASA = Hits("show access-list", _asa_lines, lambda rule: _asa_line(rule.entry), frozenset({"acl", "policy"}))
