"""How a device that is configured the IOS way limits all that an interface sends or receives.

Cisco IOS Quality of Service Solutions command reference (police, shape, rate-limit, traffic-shape) and Catalyst 3750
command reference (srr-queue bandwidth limit, mls qos aggregate-policer): rates in bit/s. RGOS switches write police and
rate-limit in kbit/s, routers, which name a conform-action, in bit/s (RG-S and RG-RSR configuration guides, QoS). What
holds for a class or an access list that not every packet meets is no limit of the interface.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from collectors.platforms.base import Release
from collectors.platforms.dialects.ios.network import interface_blocks
from inventory.config import Config, ConfigLine
from inventory.facts import RateLimit, RateLimits

_MBPS = {"k": 1e-3, "m": 1.0, "g": 1e3}
_RATE = r"(?P<share>percent )?(?P<figure>\d{1,18})(?P<unit>[kmg])?(?: (?P<word>[kmg])?bps\b)?(?= |$)(?! pps)"
_POLICE = re.compile(rf"police (?:cir |rate )?{_RATE}")
_PEAK = re.compile(rf"\b(?:pir|peak-rate) {_RATE}")
_SHAPE = re.compile(rf"shape (?P<way>average|peak) {_RATE}(?: (?P<bc>\d{{1,12}})(?: (?P<be>\d{{1,12}}))?)?")
_AGGREGATE = re.compile(r"police aggregate (?P<name>\S+)")
_CAR = re.compile(rf"rate-limit (?P<way>in|out)put (?:access-group (?P<acl>(?!rate-limit)\S+) )?{_RATE}")
_OLD_SHAPE = re.compile(rf"traffic-shape (?:rate|group (?P<acl>\S+)) {_RATE}")
_PORT_SHARE = re.compile(r"srr-queue bandwidth limit (?P<percent>\d{1,2})$")
_APPLIED = re.compile(r"service-policy (?P<way>in|out)put (?P<name>\S+)$")
_ANY_LIMIT = r"service-policy (?:in|out)put |rate-limit |traffic-shape |srr-queue bandwidth limit "
_PERMITS_ALL = re.compile(r"(?:\d+ )?permit (?:any|ip any any)$")
_DEEPEST = 4  # policies within classes of policies


@dataclass(frozen=True, slots=True)
class _Held:
    """How fast something passes: at a rate, or a share of what is above it."""

    mbps: float | None
    percent: float | None = None

    def under(self, upper: _Held | None) -> _Held:
        """A share of the policy above it, or of the bandwidth that the interface is said to have, is a rate."""
        if self.percent is None or upper is None:
            return self
        if upper.mbps is not None:
            return _Held(upper.mbps * self.percent / 100)
        return _Held(None, self.percent * (upper.percent or 100.0) / 100)


def rate_limits(config: Config, _: Release) -> RateLimits:
    """Shapers and policers that hold for all traffic of an interface: its own, and those of its policies."""
    return _rate_limits(_Reader(config, bare_mbps=1e-6))


def rate_limits_in_kbit(config: Config, _: Release) -> RateLimits:
    """The same of RGOS."""
    return _rate_limits(_Reader(config, bare_mbps=1e-3))


def _rate_limits(reader: _Reader) -> RateLimits:
    items: list[RateLimit] = []
    lines: list[ConfigLine] = []
    for name, block in interface_blocks(reader.config):
        for line in block.below(_ANY_LIMIT):
            lines.append(line)
            items += reader.on_port(name, block, line)
    return RateLimits(tuple(items), reader.config.evidence(*lines))


@dataclass(frozen=True, slots=True)
class _Reader:
    config: Config
    bare_mbps: float  # what a police or rate-limit of one is without a unit

    def on_port(self, name: str, block: ConfigLine, line: ConfigLine) -> Iterator[RateLimit]:
        """What one line of an interface limits."""
        if applied := _APPLIED.match(line.text):
            kbit = block.word(r"bandwidth (\d{1,12})$")
            base = _Held(int(kbit) / 1000) if kbit else None
            yield from self._by_policy(name, applied["way"], applied["name"], base, (block, line))
        elif (found := _CAR.match(line.text)) and self._all(found["acl"]) and not _passes(line.text, "exceed"):
            yield self._limit(name, found["way"], self._rate(found, line.text), "police", block, line)
        elif (found := _OLD_SHAPE.match(line.text)) and self._all(found["acl"]):
            yield self._limit(name, "out", _rate(found, 1e-6), "shape", block, line)
        elif found := _PORT_SHARE.match(line.text):
            yield self._limit(name, "out", _Held(None, float(found["percent"])), "shape", block, line)

    def _limit(self, name: str, way: str, held: _Held, kind: str, *lines: ConfigLine) -> RateLimit:
        return RateLimit(name, way, held.mbps, kind, self.config.evidence(*lines), held.percent)

    def _rate(self, found: re.Match[str], text: str) -> _Held:
        return _rate(found, 1e-6 if "conform-action" in text else self.bare_mbps)

    def _by_policy(
        self, name: str, way: str, policy: str, base: _Held | None, lines: tuple[ConfigLine, ...], depth: int = 0
    ) -> Iterator[RateLimit]:
        block = self.config.line(rf"policy-map {re.escape(policy)}$")
        classes = list(block.below(r"class \S")) if block and depth < _DEEPEST else []
        for each in classes:
            called = each.text.split()[1]
            if not (self._whole(called) or (called == "class-default" and len(classes) == 1)):
                continue
            least = base
            for line in each.children:
                told = self._of_class(line)
                if told is not None:
                    least = told[0].under(base)
                    yield self._limit(name, way, least, told[1], *lines, each, line)
            if inner := each.word(r"service-policy (\S+)$"):
                yield from self._by_policy(name, way, inner, least, (*lines, each), depth + 1)

    def _of_class(self, line: ConfigLine) -> tuple[_Held, str] | None:
        text = " ".join((line.text, *(below.text for below in line.children)))
        if shaped := _SHAPE.match(text):
            return _shaped(shaped), "shape"
        if shared := _AGGREGATE.match(text):
            name = re.escape(shared["name"])
            defined = self.config.line(rf"(?:mls qos aggregate-policer|policer aggregate) {name} ")
            if defined is None:
                return None
            text = re.sub(rf"^.*?{name} ", "police ", defined.text)
        policed = _POLICE.match(text)
        return (held, "police") if policed and (held := self._policed(policed, text)) else None

    def _policed(self, found: re.Match[str], text: str) -> _Held | None:
        """The peak rate of two where the first lets pass what exceeds it; None where nothing is dropped."""
        peak = _PEAK.search(text)
        if "violate-action" in text or peak:
            if _passes(text, "violate"):
                return None
            return self._rate(peak, text) if peak and _passes(text, "exceed") else self._rate(found, text)
        return None if _passes(text, "exceed") else self._rate(found, text)

    def _whole(self, name: str) -> bool:
        """Whether every packet meets a class map."""
        block = self.config.line(rf"class-map (?:match-(?:any|all) )?{re.escape(name)}$")
        asked = [self._catches_all(line.text) for line in block.below(r"match ")] if block else []
        one_is_enough = block is not None and "match-any" in block.text
        return any(asked) if one_is_enough else bool(asked) and all(asked)

    def _catches_all(self, condition: str) -> bool:
        acl = re.match(r"match access-group (?:name )?(\S+)$", condition)
        return self._all(acl[1]) if acl else condition == "match any"

    def _all(self, acl: str | None) -> bool:
        """Whether the first rule of an access list permits everything; no access list does."""
        if acl is None:
            return True
        block = self.config.line(rf"ip access-list (?:standard |extended )?{re.escape(acl)}$")
        named = [line.text for line in block.below(r"(?:\d+ )?(?:permit|deny)\b")] if block else []
        numbered = [line.text.split(maxsplit=2)[2] for line in self.config.all(rf"access-list {re.escape(acl)} [pd]")]
        first = next(iter(named or numbered), None)
        return first is not None and _PERMITS_ALL.match(first) is not None


def _passes(text: str, action: str) -> bool:
    """Whether what goes beyond a rate passes, marked or not; it is dropped where nothing is said."""
    found = re.search(rf"\b{action}-action (\S+)", text)
    return found is not None and found[1] != "drop"


def _rate(found: re.Match[str], bare_mbps: float) -> _Held:
    if found["share"]:
        return _Held(None, float(found["figure"]))
    if found["word"] or found["unit"]:
        return _Held(int(found["figure"]) * _MBPS[found["word"] or found["unit"]])
    return _Held(int(found["figure"]) * (1e-6 if "bps" in found[0].split() else bare_mbps))


def _shaped(found: re.Match[str]) -> _Held:
    """``peak`` lets the excess burst through as well, which is as large as the committed one unless written."""
    held = _rate(found, 1e-6)
    if found["way"] == "average" or held.mbps is None:
        return held
    bc, be = int(found["bc"] or 1), int(found["be"] or found["bc"] or 1)
    return _Held(held.mbps * (1 + be / bc)) if bc else held
