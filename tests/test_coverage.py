"""docs/coverage.md: which check of level 3 decides what on which platform, and what is left open with the reason.

``HECHA_UPDATE_DOCS=1 pytest tests/test_coverage.py`` writes it anew.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from checks.catalogue import catalogue, selected
from checks.model import Check, SubjectKind
from checks.standards import LEVEL3, Assess, Clause, standard
from collectors.by_snmp import readers
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platforms
from collectors.platforms.dialects.hardening import Marks
from inventory.facts import Fact
from playbooks.schema import LIBRARY, playbook

PREFIX = f"{LEVEL3}:"
MOST_OPEN = 0.10
# What a platform's table has to know, beside that the fact is read, for a check to come to a verdict there.
NEEDED = {
    "audit_trail.logins-recorded": ("logins", "logins_default"),
    "audit_trail.commands-recorded": ("commands", "commands_default"),
    "audit_trail.severity-enough": ("severity", "severity_default"),
    "audit_trail.local-copy": ("local",),
    "audit_trail.not-stoppable": ("lowered", "raised", "stoppable_default"),
    "privileges.two-factors": ("second_factor", "by_server"),
    "management.load-alarms": ("thresholds",),
    "management.ssh-algorithms-strong": ("ciphers",),
    "management.monitored": ("agent",),
    "services.unneeded-off": ("services", "services_default"),
}


def level3() -> list[Check]:
    """Checks that speak to a clause of level 3."""
    return [c for c in catalogue().values() if any(ref.startswith(PREFIX) for ref in c.clauses)]


def marks(platform: Platform) -> Marks | None:
    """The platform's table of hardening; None where answers to commands tell it."""
    tables = (r.build.args[0] for r in platform.config_reads if isinstance(r.build, partial) and r.build.args)
    return next((table for table in tables if isinstance(table, Marks)), None)


def standing(check: Check, platform: Platform) -> str:
    """decided, an empty text where the check is about no such device, or why it stays open."""
    if check.scope.platforms and platform.name not in check.scope.platforms:
        return ""
    needed: list[type[Fact]] = [p.kind for p in check.parameters if issubclass(p.kind, Fact) and not p.may_miss]
    if any(kind in platform.lacks for kind in needed):
        return ""
    read = {each.fact for each in platform.all_reads} | set(readers())
    unread = [kind.__name__ for kind in needed if kind not in read]
    if unread:
        return f"{', '.join(unread)} is not read"
    table = marks(platform)
    names = NEEDED.get(check.id, ())
    if table is not None and names and all(getattr(table, name) in ("", None, {}, ()) for name in names):
        return "how it is written there is not known"
    return "decided"


def pairs() -> Iterator[tuple[Check, Platform, str]]:
    """Every pair of a device check and a platform it is about."""
    for check in level3():
        if check.subject is SubjectKind.DEVICE:
            for platform in platforms().values():
                if found := standing(check, platform):
                    yield check, platform, found


def document() -> Iterator[str]:
    """The document, line by line."""
    found = list(pairs())
    is_open = [(c, p, why) for c, p, why in found if why != "decided"]
    yield "# Coverage of level 3"
    yield ""
    yield (
        f"Checks of GB/T 22239-2019 by platform: {len(found)} pairs of a check and a platform it is about, "
        f"{len(found) - len(is_open)} decided, {len(is_open)} open. `·`: the check is about no such device."
    )
    yield ""
    names = list(platforms())
    yield "| Check | Steps | " + " | ".join(f"`{name}`" for name in names) + " |"
    yield "|---|---|" + "---|" * len(names)
    notes: list[str] = []
    for check in level3():
        if check.subject is not SubjectKind.DEVICE:
            continue
        cells = [standing(check, platform) for platform in platforms().values()]
        yield (
            f"| `{check.id}` | {steps(check)} | "
            + " | ".join("yes" if cell == "decided" else "open" if cell else "·" for cell in cells)
            + " |"
        )
        notes += [
            f"- `{check.id}` on `{name}`: {cell}"
            for name, cell in zip(names, cells, strict=True)
            if cell not in ("", "decided")
        ]
    yield ""
    yield "## Open, and why"
    yield ""
    yield from notes
    yield ""
    yield "## Judged over more than one device"
    yield ""
    for check in level3():
        if check.subject is not SubjectKind.DEVICE:
            yield f"- `{check.id}` ({check.subject}): {steps(check)}"
    yield ""
    yield "## Items that can be decided from configuration, SNMP or probing"
    yield ""
    yield "| Item | 要求 | Steps a tool can decide | Decided by |"
    yield "|---|---|---|---|"
    deciding: dict[str, list[str]] = {}
    for check in level3():
        for clause in dict.fromkeys(step.clause for step in check.steps):
            deciding.setdefault(clause.removeprefix(PREFIX), []).append(f"`{check.id}`")
    for item in standard(LEVEL3).clauses():
        if item.assess is Assess.AUTO:
            checks = ", ".join(deciding.get(item.id, []))
            yield f"| {item.id} | {item.zh} | {', '.join(map(str, item.auto_steps))} | {checks} |"
    yield from assisted(deciding)


def assisted(deciding: Mapping[str, list[str]]) -> Iterator[str]:
    """What a tool decides of the items that it helps to assess, and why it decides nothing of the others."""
    items = [item for item in standard(LEVEL3).clauses(("cloud",)) if item.assess is Assess.ASSISTED]
    helped = sum(item.id in deciding for item in items if not item.duty)
    general = sum(not item.duty for item in items)
    yield ""
    yield "## Items that are assessed with a tool's help"
    yield ""
    yield (
        f"{helped} of the {general} have a step that checks decide (`~`: a failure settles it, that it is met a person "
        "confirms). The others, and those of the cloud extension, are attested, for the reason given."
    )
    yield ""
    yield "| Item | 要求 | Unit | Steps | Decided by, or needs attestation because |"
    yield "|---|---|---|---|---|"
    for item in items:
        found = decided_steps(item)
        why = f"{item.unaided.zh} · {item.unaided.en}" if item.unaided else ", ".join(deciding[item.id])
        yield f"| {item.id} | {item.zh} | {item.unit} | {found or '-'} of {item.substeps} | {why} |"


def decided_steps(item: Clause) -> str:
    """``1, 2~``: the steps that some check decides, with a tilde where only its failure does."""
    proven = {s.number for c in level3() for s in c.steps if s.clause == f"{PREFIX}{item.id}" and s.proves}
    spoken = {s.number for c in level3() for s in c.steps if s.clause == f"{PREFIX}{item.id}"}
    return ", ".join(f"{number}{'' if number in proven else '~'}" for number in sorted(spoken))


def steps(check: Check) -> str:
    """``8.1.4.1-b 3``, with a tilde where only a failure says something; clauses without a step stand alone."""
    said = [f"{s.clause.removeprefix(PREFIX)} {s.number}{'' if s.proves else '~'}" for s in check.steps]
    known = {step.clause for step in check.steps}
    rest = [r.removeprefix(PREFIX) for r in check.clauses if r.startswith(PREFIX) and r not in known]
    return ", ".join([*said, *rest])


def test_coverage_is_what_the_program_has(checkout: Path) -> None:
    path = checkout / "docs" / "coverage.md"
    text = "\n".join(document()) + "\n"
    if os.environ.get("HECHA_UPDATE_DOCS"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "HECHA_UPDATE_DOCS=1 pytest tests/test_coverage.py"


def test_little_is_left_open() -> None:
    counted = Counter(found == "decided" for _, _, found in pairs())
    assert counted[False] <= MOST_OPEN * counted.total(), [f"{c.id} {p.name}" for c, p, f in pairs() if f != "decided"]


def test_every_item_a_tool_can_decide_is_decided() -> None:
    decided = {step.clause for check in level3() for step in check.steps}
    items = [item for item in standard(LEVEL3).clauses() if item.assess is Assess.AUTO]
    assert len(items) == 26
    assert {item.id for item in items if f"{PREFIX}{item.id}" not in decided} == set()


def test_every_item_a_tool_helps_with_is_decided_in_part_or_says_why_not() -> None:
    decided = {step.clause.removeprefix(PREFIX) for check in level3() for step in check.steps}
    for item in standard(LEVEL3).clauses(("cloud",)):
        helped = item.assess is Assess.ASSISTED
        assert (item.unaided is not None) == (helped and item.id not in decided), item.id
        if item.unaided:
            assert item.unaided.zh
            assert item.unaided.en
    general = [i for i in standard(LEVEL3).clauses() if i.assess is Assess.ASSISTED]
    assert len(general) == 78
    assert sum(item.id in decided for item in general) >= 69


def test_the_playbook_of_level_3_judges_whatever_decides_a_step() -> None:
    told = playbook(str(LIBRARY / "level3-protection.yaml"), LIBRARY)
    judged = {check.id for check in selected(told.judge.families, told.judge.include, told.judge.exclude)}
    assert {check.id for check in level3() if check.steps} <= judged
