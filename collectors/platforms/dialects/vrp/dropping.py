"""Traffic policies of VRP and Comware that drop something: those that only mark or shape let all of it pass."""

from __future__ import annotations

import re
from collections.abc import Mapping

from inventory.config import Config, ConfigLine

_LIST = re.compile(r"if-match (?P<six>ipv6 )?acl (?P<also>ipv6 )?(?:name )?(?P<name>\S+)")


def dropping(config: Config) -> Mapping[str, frozenset[int]]:
    """The families of whose packets each policy drops some, by its name.

    By a behavior that denies; on VRP by a rule that denies, too, in a list that a class looks at (S series QoS guide).
    """
    classes = {_name(block): block for block in config.all(r"traffic classifier \S")}
    denies = {_name(b) for b in config.all(r"traffic behavior \S") if b.child(r"(?:filter )?deny$")}
    rules = _denying(config)
    found: dict[str, frozenset[int]] = {}
    for block in config.all(r"(?:traffic|qos) policy \S"):
        families: set[int] = set()
        for line in block.below(r"classifier \S+ behavior \S"):
            _, classifier, _, behavior, *_ = line.text.split()
            if classifier in classes:
                by_rule = rules if block.text.startswith("traffic") else frozenset()
                families |= _dropped(classes[classifier], behavior in denies, by_rule)
        found[_name(block)] = frozenset(families)
    return found


def _name(block: ConfigLine) -> str:
    return block.text.split()[2]


def _dropped(classifier: ConfigLine, denies: bool, by_rule: frozenset[tuple[str, int]]) -> set[int]:
    families: set[int] = set()
    for line in classifier.below(r"if-match \S"):
        matched = _LIST.match(line.text)
        if matched is None:
            families |= {4, 6} if denies else set()
            continue
        family = 6 if matched["six"] or matched["also"] else 4
        if denies or (matched["name"], family) in by_rule:
            families.add(family)
    return families


def _denying(config: Config) -> frozenset[tuple[str, int]]:
    """Lists with a rule that denies, by each word of their heads, one of which is the name, and their family."""
    heads = [block.text for block in config.all(r"acl \S") if block.child(r"rule .*\bdeny\b")]
    return frozenset((word, 6 if " ipv6 " in head else 4) for head in heads for word in head.split()[1:])
