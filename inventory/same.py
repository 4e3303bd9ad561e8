"""Targets that are one device, asked at several addresses; and pairs that only look so.

Two targets are one device when they share a word that identifies by itself, or two words of different kinds, and
nothing they say contradicts it. Where something does, a person decides, and the decision counts in every later run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from inventory.errors import Missing
from inventory.facts import Entities, Entity
from inventory.hints import Hint, Hints, Kind, Weak, chassis_of, hints
from inventory.snapshot import DeviceRecord, F, Network, State
from inventory.store.records import Decision
from inventory.text import Text

DECISION = "same"  # kind under which a decision on a pair is kept
ONE, APART = "one", "apart"
WITHDRAWN = "withdrawn"  # what was decided on a pair no longer counts
_EQUALS = " = "
_MOST_BEARERS = 32  # targets that may bear one word before it identifies nobody
_BESIDE = {Kind.HOST_KEY, Kind.ENGINE, Kind.ADDRESS, Kind.MACS}  # two of these identify, or one with the same name
_STAND_INS = {Kind.FLOATING, Kind.HOST_KEY}  # what the devices of a pair have in common


class Standing(StrEnum):
    """How two targets stand to each other."""

    MERGED = "merged"  # their words agree
    ONE = "one"  # a person said so
    APART = "apart"  # a person said so
    REDUNDANT = "redundant"  # two devices of one make that hold an address in common: a firewall pair, a VRRP pair
    DOUBTFUL = "doubtful"  # something shared, but too little, or something contradicts it


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A kind of word in which two targets differ that one device would have once."""

    kind: Kind
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two targets that share a word, in the order in which they stand for a device."""

    a: str
    b: str
    standing: Standing
    shared: tuple[Hint, ...]
    against: tuple[Contradiction, ...] = ()
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """A target that answers for several chassis, each with its own serial number."""

    target: str
    members: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Sameness:
    """What came of comparing all targets of a run."""

    groups: tuple[tuple[str, ...], ...]  # two targets or more each; the first stands for the device
    pairs: tuple[Pair, ...]
    stacks: tuple[Stack, ...]
    weak: tuple[Weak, ...]

    def principals(self) -> dict[str, str]:
        """For each target that is another one's device: the target that stands for it."""
        return {target: group[0] for group in self.groups for target in group[1:]}


class OneEach:
    """A Network in which each device is one target, the one that stands for it.

    What that one did not tell is taken from the device's further addresses.
    """

    def __init__(self, network: Network, same_as: Mapping[str, str]) -> None:
        self._network = network
        self._same_as = same_as
        self._further: dict[str, list[str]] = {}
        for target, principal in same_as.items():
            self._further.setdefault(principal, []).append(target)

    def records(self) -> Iterator[DeviceRecord]:
        """Those of the targets that stand for a device."""
        return (record for record in self._network.records() if record.target not in self._same_as)

    def record(self, target: str) -> DeviceRecord | None:
        """That of the target that stands for the device."""
        return self._network.record(self._same_as.get(target, target))

    def fact(self, target: str, kind: type[F]) -> F | Missing:
        """The fact as the device told it at any of its addresses, the standing one's first."""
        target = self._same_as.get(target, target)
        return self._told(target, self._network.fact(target, kind), kind)

    def each(self, kind: type[F]) -> Iterator[tuple[str, F | Missing]]:
        """That fact of every device that was asked for it."""
        for target, fact in self._network.each(kind):
            if target not in self._same_as:
                yield target, self._told(target, fact, kind)

    def raw(self, sha256: str) -> str | None:
        """A raw answer."""
        return self._network.raw(sha256)

    def _told(self, target: str, fact: F | Missing, kind: type[F]) -> F | Missing:
        if not isinstance(fact, Missing):
            return fact
        others = (self._network.fact(other, kind) for other in self._further.get(target, ()))
        return next((other for other in others if not isinstance(other, Missing)), fact)


def subject(a: str, b: str) -> str:
    """How a decision on two targets is filed, whichever is named first."""
    return _EQUALS.join(sorted((a, b)))


def sameness(network: Network, decisions: Mapping[tuple[str, str], Decision]) -> Sameness:
    """Every pair of targets that shares a word, judged, and the devices that come of it. Holds all hints in memory."""
    found = hints(network)
    order = _order(network)
    weak = [each for of in found.values() for each in of.weak]
    shared: dict[tuple[str, str], set[Hint]] = {}
    for hint, targets in _bearers(found, weak):
        for a, b in combinations(sorted(targets, key=order.__getitem__), 2):
            shared.setdefault((a, b), set()).add(hint)
    decided = _decided(order, decisions)
    for named in decided:
        shared.setdefault(named, set())
    pairs = tuple(
        _judged(found[a], found[b], shared[a, b], decided.get((a, b)))
        for a, b in sorted(shared, key=lambda pair: (order[pair[0]], order[pair[1]]))
    )
    return Sameness(_groups(found, order, pairs), pairs, tuple(_stacks(network)), tuple(weak))


def _order(network: Network) -> dict[str, int]:
    """The place of each target among those of one device: what answered first, then by name.

    Targets answer in another order every time; the one that stands for a device is the same in every run.
    """
    ranked = sorted((record.state is not State.ANSWERED, record.target) for record in network.records())
    return {target: place for place, (_, target) in enumerate(ranked)}


def _bearers(found: dict[str, Hints], weak: list[Weak]) -> Iterator[tuple[Hint, list[str]]]:
    """Each word with the targets that bear it, where there are two; what half the network bears goes to ``weak``."""
    bearers: dict[Hint, list[str]] = {}
    for target, of in found.items():
        for hint in (*of.hints, *(Hint(Kind.MACS, mac) for mac in of.macs)):
            bearers.setdefault(hint, []).append(target)
    for hint, targets in (*bearers.items(), *_by_address(found)):
        if len(targets) > _MOST_BEARERS:
            why = Text(f"{len(targets)} 个目标都有", f"{len(targets)} targets bear it")
            weak.append(Weak(targets[0], hint.kind, hint.value, why))
        elif len(targets) > 1:
            yield hint, targets


def _by_address(found: dict[str, Hints]) -> Iterator[tuple[Hint, list[str]]]:
    """Addresses that one target was asked at and another lists, and those that two hold in turn, pair by pair."""
    asked = {of.address: target for target, of in found.items()}
    holders: dict[str, list[str]] = {}
    for target, of in found.items():
        for address in of.addresses:
            holders.setdefault(address, []).append(target)
    for address, targets in holders.items():
        bearers = list(dict.fromkeys((asked[address], *targets))) if address in asked else targets
        if len(bearers) > _MOST_BEARERS:  # as every branch may number its inside
            if address in asked:
                yield Hint(Kind.ADDRESS, address), bearers
            continue
        for a, b in combinations(bearers, 2):
            if found[a].floats(address, found[b]) and found[b].floats(address, found[a]):
                yield Hint(Kind.FLOATING, address), [a, b]
            elif address in asked:
                yield Hint(Kind.ADDRESS, address), [a, b]


def _decided(
    order: Mapping[str, int], decisions: Mapping[tuple[str, str], Decision]
) -> dict[tuple[str, str], Decision]:
    """Decisions on targets of this run, by pair in the order of the run."""
    told: dict[tuple[str, str], Decision] = {}
    for (kind, filed), decision in decisions.items():
        a, _, b = filed.partition(_EQUALS)
        if kind == DECISION and decision.decision in (ONE, APART) and a in order and b in order:
            told[(a, b) if order[a] < order[b] else (b, a)] = decision
    return told


def _judged(a: Hints, b: Hints, words: set[Hint], decision: Decision | None) -> Pair:
    shared = tuple(sorted(words))
    against = tuple(_contradictions(a, b))
    if decision is not None:
        standing = Standing.ONE if decision.decision == ONE else Standing.APART
    elif not against and _identifies(shared, a, b):
        standing = Standing.MERGED
    elif _redundant(a, shared, against):
        standing = Standing.REDUNDANT
    else:
        standing = Standing.DOUBTFUL
    return Pair(a.target, b.target, standing, shared, against, decision)


def _identifies(shared: tuple[Hint, ...], a: Hints, b: Hints) -> bool:
    named = a.hostname is not None and a.hostname == b.hostname
    return any(hint.sole for hint in shared) or len(_BESIDE & _kinds(shared)) + named > 1


def _contradictions(a: Hints, b: Hints) -> Iterator[Contradiction]:
    for kind in (Kind.SERIAL, Kind.ENGINE):
        mine, theirs = a.of(kind), b.of(kind)
        if mine and theirs and not mine & theirs:
            yield Contradiction(kind, ", ".join(sorted(mine)), ", ".join(sorted(theirs)))
    if a.hostname and b.hostname and a.hostname != b.hostname:
        yield Contradiction(Kind.HOSTNAME, a.hostname, b.hostname)
    if a.make and b.make and a.make != b.make:
        yield Contradiction(Kind.MAKE, " ".join(a.make), " ".join(b.make))


def _redundant(a: Hints, shared: tuple[Hint, ...], against: tuple[Contradiction, ...]) -> bool:
    """Whether they are two of one make that stand in for each other.

    Serial numbers tell two devices apart; engines do where an address is held in turn, for images have those in common.
    """
    kinds, common = {each.kind for each in against}, _STAND_INS & _kinds(shared)
    two = Kind.SERIAL in kinds or (Kind.ENGINE in kinds and Kind.FLOATING in common)
    return two and Kind.MAKE not in kinds and a.make is not None and bool(common)


def _kinds(shared: tuple[Hint, ...]) -> set[Kind]:
    return {hint.kind for hint in shared}


def _groups(
    found: Mapping[str, Hints], order: Mapping[str, int], pairs: tuple[Pair, ...]
) -> tuple[tuple[str, ...], ...]:
    """Targets joined by pairs that are one. What would join two that contradict each other joins nothing."""
    group = {target: [target] for pair in pairs for target in (pair.a, pair.b)}
    apart = {frozenset((p.a, p.b)) for p in pairs if p.standing is Standing.APART}
    for pair in (p for p in pairs if p.standing is Standing.ONE):
        _join(group, pair)
    for pair in (p for p in pairs if p.standing is Standing.MERGED):
        crossed = [(x, y) for x in group[pair.a] for y in group[pair.b] if x != y]
        if not any({x, y} in apart or any(_contradictions(found[x], found[y])) for x, y in crossed):
            _join(group, pair)
    made = {id(each): each for each in group.values() if len(each) > 1}
    return tuple(tuple(sorted(each, key=order.__getitem__)) for each in made.values())


def _join(group: dict[str, list[str]], pair: Pair) -> None:
    a, b = group[pair.a], group[pair.b]
    if a is not b:
        a += b
        group.update(dict.fromkeys(b, a))


def _stacks(network: Network) -> Iterator[Stack]:
    for target, entities in network.each(Entities):
        members = () if isinstance(entities, Missing) else chassis_of(entities)
        if len(members) > 1:
            yield Stack(target, members)
