"""Groups of an Ansible inventory, whichever way they were written, and the hosts they come to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from string import ascii_letters

from inventory.errors import InputError
from inventory.exchange.assets import KEPT, Asset, Given
from inventory.exchange.nodes import Word, addresses_in, port_in
from inventory.exchange.platforms import from_ansible
from inventory.text import Text

MOST_HOSTS = 65_536  # of one pattern
_MOST_MENTIONS = 1_000_000  # of hosts in groups, ranges written out
OWN = "hecha_"  # what variables of ours begin with
TEMPLATE = ("{{", "{%", "{#")
_MOST_DIGITS = 8  # of the numbers in a range
_DEEPEST = 1_000  # groups inside groups
_NO_TAGS = ("all", "ungrouped")
_SECRET = re.compile(r"pass|secret|token|community|private_key|_key$", re.IGNORECASE)
_RANGE = re.compile(r"\[(\w+):(\w+)(?::(\d+))?\]")


@dataclass
class Group:
    """A group as it is written: variables by name, its hosts with theirs, and the groups under it."""

    vars: dict[str, Word] = field(default_factory=dict)
    hosts: dict[str, dict[str, Word]] = field(default_factory=dict)
    wheres: dict[str, str] = field(default_factory=dict)  # of hosts
    children: dict[str, str] = field(default_factory=dict)  # with where each is named


class Groups(dict[str, Group]):
    """Groups by name. ``host_vars`` are those of hosts that no group tells."""

    def __init__(self) -> None:
        super().__init__()
        self.host_vars: dict[str, dict[str, Word]] = {}
        self._left = _MOST_MENTIONS

    def group(self, name: str) -> Group:
        """The group of that name, made where it was not met before."""
        return self.setdefault(name, Group())

    def add(self, name: str, pattern: Word, told: Mapping[str, Word]) -> None:
        """Puts the hosts of a pattern into a group, with what is told of them there."""
        group = self.group(name)
        hosts = expanded(pattern)
        self._left -= len(hosts)
        if self._left < 0:
            raise InputError(pattern.where, Text("主机过多", "too many hosts"))
        for host in hosts:
            group.hosts.setdefault(host, {}).update(told)
            group.wheres.setdefault(host, pattern.where)


def given_by(groups: Groups) -> Given:
    """What groups of hosts come to."""
    ranks = _ranks(groups)
    order = sorted(groups, key=lambda name: (ranks[name], name))  # a child's variables win over its parents'
    groups_of: dict[str, list[str]] = {}
    for name in order:
        for host in _members(groups, name):
            groups_of.setdefault(host, []).append(name)
    hosts: dict[str, str] = {}
    for group in groups.values():
        hosts |= {name: where for name, where in group.wheres.items() if name not in hosts}
    assets: list[Asset] = []
    secrets: set[tuple[str, str]] = set()
    for host, where in hosts.items():
        told: dict[str, Word] = {}
        mine = groups_of[host]
        for name in mine:
            told |= groups[name].vars
        for name in mine:
            told |= groups[name].hosts.get(host, {})
        told |= groups.host_vars.get(host, {})
        secrets |= {(name, word.where) for name, word in told.items() if word.text and _SECRET.search(name)}
        assets.append(_asset(host, where, told, mine))
    return Given(tuple(assets), secrets=len(secrets))


def _ranks(groups: Groups) -> dict[str, int]:
    """How deep each group lies at most; ``all`` above every other. InputError for one inside itself, or too deep."""
    ranks = {name: int(name != "all") for name in groups}
    for _ in range(min(len(groups), _DEEPEST) + 1):
        deeper = {
            child: ranks[name] + 1
            for name, group in groups.items()
            for child in group.children
            if ranks[child] < ranks[name] + 1
        }
        if not deeper:
            return ranks
        ranks |= deeper
    name, where = next((c, w) for group in groups.values() for c, w in group.children.items() if c in deeper)
    if len(groups) > _DEEPEST:
        raise InputError(where, Text(f"组 {name} 嵌套过深或包含自己", f"group {name} lies too deep or contains itself"))
    raise InputError(where, Text(f"组 {name} 包含自己", f"group {name} contains itself"))


def _members(groups: Groups, name: str) -> set[str]:
    if name == "all":
        return {host for group in groups.values() for host in group.hosts}
    found: set[str] = set()
    left, seen = [name], {name}
    while left:
        group = groups[left.pop()]
        found |= group.hosts.keys()
        fresh = group.children.keys() - seen
        seen |= fresh
        left += fresh
    return found


def _asset(host: str, where: str, told: Mapping[str, Word], groups: list[str]) -> Asset:
    def text(*names: str) -> str | None:
        return next((told[name].text for name in names if name in told and told[name].text), None)

    network_os = text("ansible_network_os")
    connects = text("ansible_host", "ansible_ssh_host") or host
    own = {name: text(OWN + name) or (text(name) if name in ("unit", "site", "role") else None) for name in KEPT}
    tags = text(f"{OWN}tags")
    port = told.get("ansible_port") or told.get("ansible_ssh_port")
    is_ours = any(name.startswith(OWN) for name in told)
    return Asset(
        name=host,
        addresses=addresses_in(connects),
        platform=text(f"{OWN}platform") or (from_ansible(network_os) if network_os else None),
        login=text(f"{OWN}login"),
        ssh_port=None if port is None or any(mark in port.text for mark in TEMPLATE) else port_in(port),
        tags=tuple(tags.split()) if tags else () if is_ours else tuple(g for g in groups if g not in _NO_TAGS),
        where=where,
        **own,
    )


def expanded(host: Word) -> list[str]:
    """The hosts of a pattern: ``sw[01:10]``, ``[a:c]-leaf``; InputError for a range that runs backwards or is huge."""
    parts: list[list[str]] = []
    last, count = 0, 1
    for match in _RANGE.finditer(host.text):
        items = _range(match[1], match[2], match[3] or "1", host)
        count *= max(1, len(items))
        if count > MOST_HOSTS:
            raise InputError(host.where, Text(f"主机超过 {MOST_HOSTS} 台", f"more than {MOST_HOSTS} hosts"))
        parts += [[host.text[last : match.start()]], items]
        last = match.end()
    return ["".join(each) for each in product(*parts, [host.text[last:]])]


def _range(first: str, last: str, step: str, host: Word) -> list[str]:
    ends, by = (_number(first), _number(last)), _number(step)
    items: list[str] = []
    if by and ends[0] is not None and ends[1] is not None:
        if (ends[1] - ends[0]) // by < MOST_HOSTS:
            width = len(first) if first.startswith("0") else 0
            items = [str(n).zfill(width) for n in range(ends[0], ends[1] + 1, by)]
    elif by and first in ascii_letters and last in ascii_letters and len(first) == len(last) == 1:
        items = list(ascii_letters[ascii_letters.index(first) : ascii_letters.index(last) + 1 : by])
    if not items:
        shown = host.text[:60]
        raise InputError(host.where, Text(f"“{shown}”中的范围不对", f"'{shown}': not a range"))
    return items


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
