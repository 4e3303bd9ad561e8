"""The engine: checks asked of subjects one by one, findings streamed out."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from checks.model import Check, Finding, Outcome, Subject, SubjectKind, Today, Value, Verdict, harmless
from checks.policies import KINDS, Policies
from checks.waivers import Waivers
from inventory.errors import Gap, Missing
from inventory.facts import Fact, Identity
from inventory.plan import Plan, plan
from inventory.snapshot import DeviceRecord, Network, Snapshot
from inventory.views import CensusView, LinkView, Views

Supply = Callable[[type[Any]], object]
_SETTING_TYPES = frozenset(KINDS.values())


@dataclass(frozen=True)
class Terms:
    """What one run judges with. ``stale_after_days`` None: evidence of any age counts."""

    checks: tuple[Check, ...]
    today: date
    plan: Plan = field(default_factory=plan)
    policies: Policies = field(default_factory=Policies)
    stale_after_days: float | None = None
    waivers: Waivers | None = None

    def setting(self, kind: type[Any]) -> object | None:
        """The policy, plan or day of that type; None for a type that the subject has to supply."""
        if kind is Plan:
            return self.plan
        if kind is Today:
            return Today(self.today)
        return self.policies.of(kind) if kind in _SETTING_TYPES else None

    def of(self, kind: SubjectKind) -> Iterator[Check]:
        """The checks that judge subjects of one kind."""
        return (c for c in self.checks if c.subject is kind)


def evaluate_device(snapshot: Snapshot, terms: Terms) -> Iterator[Finding]:
    """Findings of all device checks on one device; a check that is not about such a device gives none."""
    record = snapshot.record
    supply = _device_supply(snapshot, terms)
    identity = snapshot.fact(Identity)
    platform = record.platform or (identity.platform if isinstance(identity, Identity) else None)
    subject = Subject(SubjectKind.DEVICE, record.target, record.site, platform)
    for check in terms.of(SubjectKind.DEVICE):
        if _concerns(check, platform, identity, record.role):
            yield from evaluate_subject(check, subject, supply, terms)


_ROLES_OF_HOSTS = frozenset({"server", "storage"})  # that tell the kind of a device: no network check is about it


def _concerns(check: Check, platform: str | None, identity: Identity | Missing, role: str | None) -> bool:
    # A device that nobody recognised is judged by every check: each says that it does not know.
    if platform and check.scope.platforms and platform not in check.scope.platforms:
        return False
    declared = role if role in _ROLES_OF_HOSTS else None
    kind = (identity.kind if isinstance(identity, Identity) else None) or declared
    return not (kind and check.scope.kinds and kind not in check.scope.kinds)


def _device_supply(snapshot: Snapshot, terms: Terms) -> Supply:
    stale = _staleness(snapshot.record, terms)

    def supply(kind: type[Any]) -> object:
        if kind is DeviceRecord:
            return snapshot.record
        fact = snapshot.fact(kind)
        return stale if stale and isinstance(fact, Fact) else fact

    return supply


def _staleness(record: DeviceRecord, terms: Terms) -> Missing | None:
    """Missing(STALE) when the device was read longer before the end of today than the terms allow."""
    if terms.stale_after_days is None:
        return None
    taken = record.taken_at if record.taken_at.tzinfo else record.taken_at.replace(tzinfo=UTC)
    oldest = datetime.combine(terms.today, time.min, UTC) - timedelta(days=terms.stale_after_days)
    return Missing(Gap.STALE, f"read {taken.date().isoformat()}") if taken < oldest else None


def evaluate_network(network: Network, views: Views, terms: Terms) -> Iterator[Finding]:
    """Findings of the checks on sites with their links, business systems, the register and the network, in that order.

    The links of a site are judged with it: of a county's thousands none is put together twice.
    """
    for site in views.sites():
        yield from _evaluate_view(Subject(SubjectKind.SITE, site.name, site.name), site, terms)
        yield from _evaluate_links(site.links, terms)
    yield from _evaluate_links(views.links(served=False), terms)
    for system in views.systems():
        yield from _evaluate_view(Subject(SubjectKind.SYSTEM, system.name), system, terms)
    census = views.census()
    yield from _evaluate_view(Subject(SubjectKind.REGISTER, SubjectKind.REGISTER), census, terms)
    supply: dict[type[Any], object] = {Network: network, CensusView: census}
    subject = Subject(SubjectKind.NETWORK, SubjectKind.NETWORK)
    for check in terms.of(SubjectKind.NETWORK):
        yield from evaluate_subject(check, subject, supply.__getitem__, terms)


def _evaluate_links(links: Iterable[LinkView], terms: Terms) -> Iterator[Finding]:
    for link in links:
        yield from _evaluate_view(Subject(SubjectKind.LINK, link.name, link.site), link, terms)


def _evaluate_view(subject: Subject, view: object, terms: Terms) -> Iterator[Finding]:
    for check in terms.of(subject.kind):
        yield from evaluate_subject(check, subject, lambda _: view, terms)


def evaluate_subject(check: Check, subject: Subject, supply: Supply, terms: Terms) -> Iterator[Finding]:
    """Findings of one check on one subject; ``supply`` gives what the check asks for by type, or Missing."""
    for finding in _judged(check, subject, supply, terms):
        yield terms.waivers.applied(finding) if terms.waivers else finding


def _judged(check: Check, subject: Subject, supply: Supply, terms: Terms) -> Iterator[Finding]:
    arguments: dict[str, object] = {}
    missing: list[tuple[str, Missing]] = []
    for parameter in check.parameters:
        setting = terms.setting(parameter.kind)
        value = supply(parameter.kind) if setting is None else setting
        if isinstance(value, Missing) and not parameter.may_miss:
            missing.append((parameter.kind.__name__, value))
        arguments[parameter.name] = value
    if missing:
        yield _without_facts(check, subject, missing)
        return
    unread = _unread(check, arguments)
    try:
        found = [_finding(check, verdict.about or subject, verdict, unread) for verdict in check.function(**arguments)]
    except Exception:  # noqa: BLE001 - the edge of a check: its fault is a finding, the run goes on
        yield Finding(check.id, subject, Outcome.ERROR, traceback=traceback.format_exc())
        return
    yield from _told_apart(found) if found else (Finding(check.id, subject, Outcome.NOT_APPLICABLE),)


def _told_apart(found: Iterable[Finding]) -> Iterator[Finding]:
    """Findings with places of their own: of two access lists of one name, for IPv4 and IPv6, each has its history."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for each in found:
        seen[each.key] += 1
        number = seen[each.key]
        yield each if number == 1 else replace(each, place=f"{each.place} ({number})".lstrip())


_Unread = tuple[tuple[str, Missing], ...]


def _unread(check: Check, arguments: Mapping[str, object]) -> _Unread:
    """Why each of a check's facts is missing, when it got none of them: it can say no more than that."""
    facts = [(each.kind.__name__, arguments[each.name]) for each in check.parameters if issubclass(each.kind, Fact)]
    missing = [(kind, value) for kind, value in facts if isinstance(value, Missing)]
    return _clean(each for each in missing if each[1].gap is not Gap.LACKING) if len(missing) == len(facts) else ()


def _without_facts(check: Check, subject: Subject, missing: list[tuple[str, Missing]]) -> Finding:
    lacking = any(reason.gap is Gap.LACKING for _, reason in missing)
    outcome = Outcome.NOT_APPLICABLE if lacking else Outcome.UNKNOWN
    return Finding(check.id, subject, outcome, missing=_clean(missing))


def _clean(missing: Iterable[tuple[str, Missing]]) -> _Unread:
    return tuple((kind, replace(reason, why=str(harmless(reason.why)))) for kind, reason in missing)


_OUTCOMES = {True: Outcome.PASS, False: Outcome.FAIL, None: Outcome.UNKNOWN}


def _finding(check: Check, subject: Subject, verdict: Verdict, unread: _Unread) -> Finding:
    values: dict[str, Value] = {"subject": str(harmless(subject.name)), "place": str(harmless(verdict.place))}
    values.update({name: harmless(value) for name, value in verdict.values.items()})
    failed, platform = verdict.ok is False, verdict.platform or subject.platform
    return Finding(
        check=check.id,
        subject=subject,
        outcome=_OUTCOMES[verdict.ok],
        place=str(harmless(verdict.place)),
        values=values,
        evidence=verdict.evidence,
        commands=check.remedy.commands_for(platform, values) if failed else "",
        diagnosis=check.remedy.diagnosis_for(platform, values) if failed else "",
        missing=unread if verdict.ok is None else (),
    )
