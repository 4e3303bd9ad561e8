"""How VRP and Comware limit all that an interface sends or receives.

Huawei S, CloudEngine, AR, NetEngine and USG command references (qos lr, qos car, qos gts, car, user-queue,
qos-profile, port shaping, bandwidth), H3C ACL and QoS command references (Comware 3 to 9). A rate is in kbit/s unless
its unit is written; ``port shaping`` counts in Mbit/s and a Comware 3 router in bit/s. What holds for a part of the
traffic only (an access list, a queue, one VLAN of several) is no limit of the interface.

A policy of the whole system, a slot or a VLAN lets no port pass more than it says, whether its ports share that or each
has it for itself. Where a port has a policy of its own in the same direction, that one takes its packets (port, then
VLAN, then system); NetEngine's ``global-acl`` goes before all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from collectors.platforms.base import Release
from collectors.platforms.dialects.port_vlans import carried_vlans, vlan_numbers
from collectors.platforms.dialects.vrp.bandwidth import bandwidth_policy
from collectors.platforms.dialects.vrp.ports import is_port_of, own_policy, ports_of_one_vlan
from collectors.platforms.dialects.vrp.style import interface_blocks
from inventory.config import Config, ConfigLine
from inventory.facts import RateLimit, RateLimits

_MBPS: dict[str | None, float] = {None: 1e-3, "bps": 1e-6, "kbps": 1e-3, "mbps": 1.0, "gbps": 1e3}
_RATE = re.compile(
    r"\b(?P<name>cir|pir|cir-percentage|pir-percentage|shaping-percentage|pct)(?P<share> pct| percent)? "
    r"(?P<figure>\d{1,12})(?!\d)(?: ?(?P<unit>[kmg]bps))?"
)
_PORT_SHAPING = re.compile(r"port shaping (?P<figure>\d{1,12})(?P<kilo>K?)(?:\s|$)")
_LINE_RATE = re.compile(r"line-rate (?P<way>in|out)bound (?P<kbps>\d{1,12})(?:\s|$)")
_BANDWIDTH = re.compile(r"bandwidth (?P<way>e|in)gress (?P<kbps>\d{1,12})(?:\s|$)")
_NAMED = re.compile(r"qos car (?P<way>in|out)bound (?:name )?(?P<name>\S+)(?: share| identifier none)?$")
_PROFILE = re.compile(r"qos-profile (?P<name>\S+) (?P<way>in|out)bound(?P<rest>.*)")
_POLICY = re.compile(r"(?:traffic-policy|qos apply policy) (?P<name>\S+) (?P<way>in|out)bound(?P<rest>.*)")
_ANY_LIMIT = (
    r"qos (?:car|lr|gts)\b|traffic-limit |user-queue |qos-profile |port shaping |line-rate |bandwidth [ei]|"
    r"traffic-policy |qos apply policy "
)
# What of the traffic such a word picks out is a part; an access list may still permit everything.
_PART = re.compile(r"(?<![-\w])(?:queue|carl|vlan|vid|ce-vid|pe-vid|any-other|time-range)\b|\buser-(?!queue)|-ip-addr")
_ACL = re.compile(r"\bacl (?:ipv6 )?(?:name |number )?(?P<name>\S+)")
_PASSES_ALL = re.compile(r"\bred \S*pass\b")  # what goes beyond is marked, and passes
_PERMITS_ALL = re.compile(r"rule (?:\d+ )?permit(?: ip(?:v6)?)?(?: source any)?(?: destination any)?$")
_DEEPEST = 4  # policies within behaviours of policies
_SYSTEM = re.compile(
    r"(?:traffic-policy|qos apply policy) (?P<name>\S+) "
    r"(?:global (?:slot (?P<slot>\S+) )?(?P<way>in|out)bound(?: slot (?P<at>\S+))?|(?P<first>in|out)bound global-acl)$"
)
_VLANS = re.compile(r"qos vlan-policy (?P<name>\S+) vlan (?P<vlans>[\d to]+) (?P<way>in|out)bound$")
_LIMIT = re.compile(r"traffic-limit (?:vlan (?P<vlan>\d{1,4}) )?(?P<way>in|out)bound (?P<rest>.+)")
_VLAN = r"vlan \d{1,4}$"
_WIDE = r"traffic-policy \S+ (?:global|inbound|outbound)|qos apply policy |qos vlan-policy |traffic-limit "
_SHARED = re.compile(
    r"car (?:name (?P<name>\S+)|(?P<shared>\S+) share)|car\b.*\bhierarchy-car (?P<upper>\S+)(?: mode and)?$"
)


@dataclass(frozen=True, slots=True)
class _Held:
    """How fast something passes: at a rate, or a share of the port's speed."""

    mbps: float | None
    percent: float | None = None


def rate_limits(config: Config, release: Release) -> RateLimits:
    """Policers and shapers that hold for all traffic of an interface: its own, of its profiles and of its policies."""
    reader = _Reader(config, (release.release or "").startswith("3."), ports_of_one_vlan(config))
    items: list[RateLimit] = []
    for name, block in interface_blocks(config):
        for line in block.below(_ANY_LIMIT):
            items += reader.on_port(name, block, line)
    items += (*reader.of_system(), *reader.of_traffic_limits(), *reader.of_vlans(), *bandwidth_policy(config))
    lines = [line for _, block in interface_blocks(config) for line in block.below(_ANY_LIMIT)]
    return RateLimits(tuple(items), config.evidence(*lines, *config.all(_WIDE)))


@dataclass(frozen=True, slots=True)
class _Reader:
    config: Config
    in_bits: bool  # a bare rate of a Comware 3 router
    by_vlan: Mapping[int, Sequence[tuple[str, ConfigLine]]]  # ports all of whose traffic is of that VLAN

    def on_port(self, name: str, block: ConfigLine, line: ConfigLine) -> Iterator[RateLimit]:
        """What one line of an interface limits."""
        if policy := _POLICY.match(line.text):
            if not _PART.search(policy["rest"]):
                yield from self._by_policy(name, policy["way"], policy["name"], (block, line))
        elif profile := _PROFILE.match(line.text):
            if not re.search(r"\b(?:vlan|pe-vid|any-other|identifier (?!none))", profile["rest"]):
                yield from self._by_profile(name, profile["way"], profile["name"], line)
        elif used := _NAMED.match(line.text):
            yield from self._shared(name, used["way"], used["name"], (block, line))
        elif (held := self._directly(line.text)) is not None:
            way = "in" if re.search(r"\b(?:inbound|ingress)\b", line.text) else "out"
            kind = "police" if re.match(r"qos car|traffic-limit|bandwidth", line.text) else "shape"
            yield self._limit(name, way, held, kind, block, line)

    def of_system(self) -> Iterator[RateLimit]:
        """What is applied to the system or a slot, for each port."""
        taken = {way: {vlan for vlan, each, _, _ in self._vlan_policies() if each == way} for way in ("in", "out")}
        applied = {found.groups()[1:]: (found, line) for line, found in self._written(_SYSTEM)}
        for found, line in applied.values():  # a system or slot has one policy of each direction: the last
            way, slot = found["first"] or found["way"], found["slot"] or found["at"]
            for name, block in interface_blocks(self.config):
                beaten = own_policy(block, way) or not taken[way].isdisjoint(carried_vlans(block))
                if is_port_of(name, slot) and (found["first"] or not beaten):
                    yield from self._by_policy(name, way, found["name"], (line,))

    def of_traffic_limits(self) -> Iterator[RateLimit]:
        """``traffic-limit`` of the system or of a VLAN."""
        ports = [name for name, _ in interface_blocks(self.config) if is_port_of(name)]
        for line, found in self._written(_LIMIT):
            held = self._directly(f"traffic-limit {found['rest']}")
            for name in self._ports_in(int(found["vlan"])) if found["vlan"] else ports:
                if held is not None:
                    yield self._limit(name, found["way"], held, "police", line)

    def _written(self, pattern: re.Pattern[str]) -> Iterator[tuple[ConfigLine, re.Match[str]]]:
        return ((line, found) for line in self.config.all(_WIDE) if (found := pattern.match(line.text)))

    def of_vlans(self) -> Iterator[RateLimit]:
        """What is applied to a VLAN, for each port that carries no other."""
        for vlan, way, policy, lines in self._vlan_policies():
            for name in self._ports_in(vlan, way):
                yield from self._by_policy(name, way, policy, lines)

    def _vlan_policies(self) -> Iterator[tuple[int, str, str, tuple[ConfigLine, ...]]]:
        for line, found in self._written(_VLANS):
            yield from ((vlan, found["way"], found["name"], (line,)) for vlan in sorted(vlan_numbers(found["vlans"])))
        for block in self.config.all(_VLAN):
            for line in block.below(_POLICY.pattern):
                applied = _POLICY.match(line.text)
                if applied:
                    yield int(block.text.split()[1]), applied["way"], applied["name"], (block, line)

    def _ports_in(self, vlan: int, way: str = "") -> Iterator[str]:
        """The ports that carry this VLAN and no other, and what routes it; with a way those without a policy of it."""
        return (name for name, block in self.by_vlan.get(vlan, ()) if not own_policy(block, way))

    def _limit(self, name: str, way: str, held: _Held, kind: str, *lines: ConfigLine) -> RateLimit:
        return RateLimit(name, way, held.mbps, kind, self.config.evidence(*lines), held.percent)

    def _directly(self, text: str) -> _Held | None:
        if found := _PORT_SHAPING.match(text):
            return _Held(int(found["figure"]) * (1e-3 if found["kilo"] else 1.0))
        if found := _LINE_RATE.match(text) or _BANDWIDTH.match(text):
            return _Held(int(found["kbps"]) / 1000)
        acl = _ACL.search(text)
        if _PART.search(text.split(" cir ")[0]) or re.search(r"\bvlan\b", text) or (acl and not self._all(acl["name"])):
            return None
        return self._held(text)

    def _held(self, text: str) -> _Held | None:
        """The rate that a line lets through: the peak rate where there is one; None where it holds nothing back."""
        rates = {found["name"].partition("-")[0]: found for found in _RATE.finditer(text) if int(found["figure"])}
        peak = None if re.search(r"\byellow discard\b", text) else rates.get("pir")
        found = peak or next((rates[name] for name in ("cir", "pct", "shaping") if name in rates), None)
        if found is None or _PASSES_ALL.search(text):
            return None
        if found["share"] or "percentage" in found["name"] or found["name"] == "pct" or " percent " in text:
            return _Held(None, float(found["figure"]))
        return _Held(int(found["figure"]) * _MBPS[found["unit"] or ("bps" if self.in_bits else None)])

    def _all(self, acl: str) -> bool:
        """Whether the first rule of an access list permits everything."""
        block = self.config.line(rf"acl .*\b{re.escape(acl)}(?:\s|$)")
        first = next(block.below(r"rule "), None) if block else None
        return first is not None and _PERMITS_ALL.match(first.text) is not None

    def _shared(self, name: str, way: str, car: str, lines: tuple[ConfigLine, ...]) -> Iterator[RateLimit]:
        """A CAR that is defined once for all that use it: none of them gets more."""
        defined = self.config.line(rf"qos car {re.escape(car)} (?:\w+ )?cir \d")
        held = self._held(defined.text) if defined else None
        if defined and held:
            yield self._limit(name, way, held, "police", *lines, defined)

    def _by_profile(self, name: str, way: str, profile: str, line: ConfigLine) -> Iterator[RateLimit]:
        block = self.config.line(rf"qos-profile (?:name )?{re.escape(profile)}$")
        for each in block.below(r"user-queue |car ") if block else ():
            told = re.search(r"\b(in|out)bound\b", each.text)
            held = self._held(each.text)
            if held is not None and (told is None or told[1] == way):
                kind = "police" if each.text.startswith("car") else "shape"
                yield self._limit(name, way, held, kind, line, each)

    def _by_policy(
        self, name: str, way: str, policy: str, lines: tuple[ConfigLine, ...], depth: int = 0
    ) -> Iterator[RateLimit]:
        block = self.config.line(rf"(?:traffic|qos) policy {re.escape(policy)}(?:\s|$)")
        classes = list(block.below(r"classifier \S+ behavior \S+")) if block and depth < _DEEPEST else []
        for line in classes:
            words = line.text.split()
            behaviour = self.config.line(rf"traffic behavior {re.escape(words[3])}(?:\s|$)")
            if behaviour and (self._whole(words[1]) or (words[1] == "default-class" and len(classes) == 1)):
                for each in behaviour.children:
                    yield from self._of_behaviour(name, way, each, (*lines, line, behaviour, each), depth)

    def _of_behaviour(
        self, name: str, way: str, each: ConfigLine, lines: tuple[ConfigLine, ...], depth: int
    ) -> Iterator[RateLimit]:
        if inner := re.match(r"traffic-policy (\S+)", each.text):
            yield from self._by_policy(name, way, inner[1], lines, depth + 1)
        if shared := _SHARED.match(each.text):
            car = shared["name"] or shared["shared"] or shared["upper"]
            yield from self._shared(name, way, car, lines)
        held = self._held(each.text) if re.match(r"(?:car|gts|user-queue)\b", each.text) else None
        if held is not None:
            yield self._limit(name, way, held, "police" if each.text.startswith("car") else "shape", *lines)

    def _whole(self, classifier: str) -> bool:
        """Whether every packet falls into a class: by all its conditions, or by any of them where one is enough."""
        block = self.config.line(rf"traffic classifier {re.escape(classifier)}(?:\s|$)")
        asked = [self._catches_all(line.text) for line in block.below(r"if-match ")] if block else []
        one_is_enough = block is not None and re.search(r"\boperator or\b", block.text) is not None
        return any(asked) if one_is_enough else bool(asked) and all(asked)

    def _catches_all(self, condition: str) -> bool:
        acl = _ACL.search(condition)
        return self._all(acl["name"]) if acl else re.match(r"if-match any$", condition) is not None
