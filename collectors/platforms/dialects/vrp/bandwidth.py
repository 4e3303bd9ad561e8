"""Bandwidth policies of firewalls: rules for all that crosses an interface, limited by the profile that they name.

Huawei USG6000 and H3C SecPath command references, bandwidth management. Upstream is the direction in which a session is
opened: out of an outgoing interface or zone, into an incoming one. A profile's rate is in kbit/s; that for both
directions together is the most that either gets. The first rule that a session meets counts, so a rule is about all of
a port only where none before it takes some of its sessions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inventory.config import Config, ConfigLine
from inventory.facts import RateLimit
from inventory.names import canonical_interface

_MOST = re.compile(
    r"bandwidth (?:total )?maximum-bandwidth (?:whole )?"
    r"(?:(?P<way>upstream|downstream|both|total) )?(?P<kbps>\d{1,12})$"
    r"|bandwidth (?P<h3c>upstream|downstream|total) maximum (?P<kbit>\d{1,12})$"
)
_NO_CONDITION = re.compile(r"description|parent|enable|action|counting|statistics")
_LEAVING, _ENTERING = r"(?:egress-interface|destination-zone) ", r"(?:ingress-interface|source-zone) "
_OPPOSITE = {"out": "in", "in": "out"}


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a rule takes of the sessions that are opened one way; ``ports`` None: perhaps of every port."""

    way: str
    ports: frozenset[str] | None
    whole: bool  # all of them

    def meets(self, port: str) -> bool:
        return self.ports is None or port in self.ports


def bandwidth_policy(config: Config) -> Iterator[RateLimit]:
    """Limits of whole interfaces."""
    block = config.line(r"traffic-policy$")
    earlier: list[_Taken] = []
    for rule in block.below(r"rule ") if block else ():
        if block is None or rule.child(r"disable$"):
            continue
        takes = list(_takes(config, rule))
        for each in takes:
            free = [p for p in sorted(each.ports or ()) if not any(e.way == each.way and e.meets(p) for e in earlier)]
            for port in free if each.whole else ():
                yield from _held(config, block, rule, port, each.way)
        earlier += takes


def _takes(config: Config, rule: ConfigLine) -> Iterator[_Taken]:
    asked = [line for line in rule.children if not _NO_CONDITION.match(line.text)]
    for way, pattern in (("out", _LEAVING), ("in", _ENTERING)):
        named = list(rule.below(pattern))
        ports = [_ports(config, line.text) for line in named]
        known = None if not named or None in ports else frozenset(p for each in ports for p in each or ())
        yield _Taken(way, known, whole=bool(named) and len(asked) == len(named))


def _ports(config: Config, condition: str) -> list[str] | None:
    """The interfaces that a condition names, those of its zone in their place; None: a zone that is not defined."""
    kind, _, said = condition.partition(" ")
    if kind.endswith("-interface"):
        return [canonical_interface(said.replace(" ", ""))]
    zone = config.line(rf"(?:firewall zone|security-zone) (?:name )?{re.escape(said)}(?: id \d+)?$")
    members = zone.below(r"(?:add|import) interface ") if zone else None
    return None if members is None else [canonical_interface("".join(line.text.split()[2:4])) for line in members]


def _held(config: Config, block: ConfigLine, rule: ConfigLine, port: str, opened: str) -> Iterator[RateLimit]:
    profile = rule.word(r"action qos profile (\S+)")
    named = block.child(rf"profile (?:name )?{re.escape(profile)}$") if profile else None
    for line in named.children if named else ():
        found = _MOST.match(line.text)
        if found is None:
            continue
        ways = {"upstream": (opened,), "downstream": (_OPPOSITE[opened],)}
        for way in ways.get(found["way"] or found["h3c"] or "both", ("in", "out")):
            evidence = config.evidence(rule, *rule.children, line)
            yield RateLimit(port, way, int(found["kbps"] or found["kbit"]) / 1000, "police", evidence)
