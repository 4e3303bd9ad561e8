"""Ways around the filters for IPv6: tunnels over IPv4 that a boundary lets in from outside."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.parity import Filter, Gate, Passage, as_filter, passage
from checks.rules.filtering import entries
from inventory.errors import Missing
from inventory.facts import AclBinding, Filtering, PortGuard, PortGuards, RuleSet, RuleSets
from inventory.names import canonical_interface
from inventory.text import Text

_TUNNELS = {"6in4, 6to4, ISATAP (41)": ("41", 0, 65535), "Teredo (udp/3544)": ("udp", 3544, 3544)}


@check(
    "ipv6.tunnels-stopped",
    family=Family.IPV6,
    title=Text("边界不放行来自外部的 IPv6 隧道", "Boundaries let no tunnels of IPv6 in from outside"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-03",),
    found=Text(
        "{subject} 的 {place} 对所有外部地址放行 {tunnels}（规则 {rules}）",
        "{subject}: {place} lets in {tunnels} from everywhere (rules {rules})",
    ),
    unknown=Text(
        "{subject} 的 {place} 是否放行 IPv6 隧道未知", "{subject}: whether {place} lets tunnels of IPv6 in is not known"
    ),
    remedy=Remedy(
        Text(
            "在外部接口入方向拒绝协议 41 和 UDP 3544；确需的隧道只放行固定对端",
            "Deny protocol 41 and UDP 3544 inbound from outside; a tunnel that is needed is permitted from its far end "
            "alone",
        )
    ),
)
def tunnels_stopped(guards: PortGuards, rules: RuleSets, filtering: Filtering | Missing) -> Iterator[Verdict]:
    bindings = () if isinstance(filtering, Missing) else filtering.bindings
    for port in guards.items:
        filters, sets = _inbound(port, rules, bindings)
        if not port.outside or port.shut or not filters:
            continue  # that nothing filters there is another check's finding
        told = {name: _widest([passage([each], 4, span) for each in filters]) for name, span in _TUNNELS.items()}
        through = [name for name, found in told.items() if found.gate is Gate.OPEN]
        unsure = any(found.gate is None for found in told.values())
        deciding = [rule for name in through for rule in told[name].by]
        yield verdict(
            False if through else None if unsure else True,
            *([rule.evidence for rule in deciding] or [each.evidence for each in sets])[:4],
            place=port.interface,
            tunnels=", ".join(through),
            rules=", ".join(dict.fromkeys(rule.name for rule in deciding)) or "-",
            variant=sets[0].kind,
            acl=sets[0].name,
            head=sets[0].head or "<list>",
            zone=port.zone or "-",
            entries=entries(list(dict.fromkeys(deciding))),
        )


def _inbound(port: PortGuard, rules: RuleSets, bindings: tuple[AclBinding, ...]) -> tuple[list[Filter], list[RuleSet]]:
    """What IPv4 meets that comes in by a port: its list, else the policies from its zone to each of the others."""
    # An ASA applies a list to what an interface is called, which is the zone.
    entrances = {port.interface, canonical_interface(port.interface), port.zone}
    names = [b.acl for b in bindings if b.interface in entrances and b.direction == "in" and b.family in (4, None)]
    lists = [each for each in rules.items if each.kind == "acl" and each.family == 4 and each.name in names]
    if lists:
        return [as_filter(each) for each in lists], lists
    policies = [each for each in rules.items if each.kind == "policy" and each.family in (4, None)] if port.zone else []
    others = {zone: None for each in policies for zone in _zones(each) if zone != port.zone}
    return [as_filter(each, port.zone, zone) for each in policies for zone in others], policies


def _zones(policy: RuleSet) -> list[str]:
    return sorted({zone for rule in policy.rules for zone in rule.destination_zones})


def _widest(told: list[Passage]) -> Passage:
    """Where a tunnel gets furthest; unknown counts only where none is open."""
    return max(told, key=lambda each: (each.gate is Gate.OPEN, each.gate is None, each.gate or Gate.SHUT))
