"""Fragments of configurations whose verdict per item of level 3 a person wrote down, judged by the checks.

python benchmarks/hardening_fixtures.py [FILE] [--wrong] [--update]

FILE is ``../shared/standards/device-hardening.md``, whose fences read ``text <platform>[+<platform>] ok|bad|partial``.
Each fragment is loaded as the configuration of its platform, a Linux one as answers to the commands that would have
shown its lines; everything else is unknown. Prints a table of items by platforms and exits 1 where fewer are judged
as written than in benchmarks/results/hardening-fixtures.json.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from _fragments import facts_of

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_device, evaluate_network
from checks.model import Finding, Outcome, SubjectKind
from checks.policies import policies_from
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.views import MemoryViews

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT.parent / "shared" / "standards" / "device-hardening.md"
RESULTS = ROOT / "benchmarks" / "results" / "hardening-fixtures.json"
DISPUTED = ROOT / "benchmarks" / "hardening_disputed.yaml"
_FENCE = re.compile(
    r"^### (8\.[\d.]+-[a-z])|^```text ([a-z0-9+]+) (ok|bad|partial)(?: \| ([^\n]*))?\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_PLATFORMS = {
    "huawei": "huawei_vrp", "h3c": "h3c_comware", "ruijie": "ruijie_rgos", "cisco": "cisco_ios", "linux": "linux",
}  # fmt: skip
_TERMS = {"logs": {"collectors": ["10.88.0.50"]}, "management": {"networks": ["10.88.0.0/24", "fd00:88::/64"]}}
_SHORTENED = {Outcome.FAIL: "bad", Outcome.PASS: "ok"}


@dataclass(frozen=True, slots=True)
class Fixture:
    """One fragment and what a person says of it."""

    number: int
    item: str
    platform: str
    expected: str
    note: str
    text: str


def fixtures(text: str) -> Iterator[Fixture]:
    """Every fragment, shared fences expanded."""
    item, number = "", 0
    for found in _FENCE.finditer(text):
        if found[1]:
            item = found[1]
            continue
        for name in found[2].split("+"):
            number += 1
            yield Fixture(number, item, _PLATFORMS[name], found[3], found[4] or "", found[5])


def judged(fixture: Fixture) -> tuple[str, list[Finding]]:
    """ok, bad, partial or open, and the findings that say so."""
    checks = tuple(c for c in catalogue().values() if f"gbt22239-2019:{fixture.item}" in c.clauses)
    terms = Terms(checks, date(2026, 1, 1), policies=policies_from(_TERMS))
    facts = facts_of(fixture.text, fixture.platform)
    taken = datetime(2026, 1, 1, tzinfo=UTC)
    record = DeviceRecord("r1", "192.0.2.1", State.ANSWERED, taken, fixture.platform, role="core")
    snapshot = Snapshot(record, facts)
    network = MemoryNetwork([snapshot])
    everywhere = [f for f in evaluate_network(network, MemoryViews(), terms) if f.subject.kind is SubjectKind.NETWORK]
    found = [f for f in (*evaluate_device(snapshot, terms), *everywhere) if f.outcome in _SHORTENED]
    # What a line of the fragment says is what it speaks about; one without such a line speaks of what is absent.
    # A check that decides no step says less of the item than one that does.
    deciding = {c.id for c in checks if any(step.clause.endswith(f":{fixture.item}") for step in c.steps)}
    found = [f for f in found if f.check in deciding] or found
    spoken = [f for f in found if any(e.lines for e in f.evidence)] or found
    outcomes = {_SHORTENED[f.outcome] for f in spoken}
    return ("bad" if "bad" in outcomes else next(iter(outcomes), "open")), spoken


def score(path: Path) -> list[tuple[Fixture, str, list[Finding]]]:
    """Every fixture with its verdict."""
    return [(fixture, *judged(fixture)) for fixture in fixtures(path.read_text(encoding="utf-8"))]


def table(rows: list[tuple[Fixture, str, list[Finding]]]) -> Iterator[str]:
    """Item by platform: how many of the fragments are judged as written."""
    names = list(_PLATFORMS.values())
    yield f"{'item':10}" + "".join(f"{name:>14}" for name in names)
    for item in dict.fromkeys(fixture.item for fixture, _, _ in rows):
        cells = []
        for name in names:
            mine = [(f, v) for f, v, _ in rows if f.item == item and f.platform == name]
            right = sum(f.expected == v for f, v in mine)
            cells.append(f"{f'{right}/{len(mine)}' if mine else '-':>14}")
        yield f"{item:10}" + "".join(cells)


def main() -> int:
    parser = argparse.ArgumentParser(description="Fragments of configurations judged by the checks of level 3.")
    parser.add_argument("file", nargs="?", type=Path, default=FILE)
    parser.add_argument("--wrong", action="store_true", help="list what is judged otherwise than written")
    parser.add_argument("--update", action="store_true", help="keep what was reached as the new floor")
    options = parser.parse_args()
    if not options.file.is_file():
        print(f"no fragments at {options.file}: nothing to judge")
        return 0
    rows = score(options.file)
    for line in table(rows):
        print(line)
    if options.wrong:
        for fixture, verdict, found in rows:
            if verdict != fixture.expected:
                said = ", ".join(f"{f.check} {f.place} {f.outcome}" for f in found)
                print(f"\n#{fixture.number} {fixture.item} {fixture.platform} {fixture.expected} -> {verdict}: {said}")
                print(fixture.note, fixture.text, sep="\n")
    right = sum(fixture.expected == verdict for fixture, verdict, _ in rows)
    print(f"{right} of {len(rows)} judged as written ({right / len(rows):.1%})")
    floor: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {"right": 0}
    if options.update:
        RESULTS.write_text(json.dumps({"right": right, "asked": len(rows)}) + "\n", encoding="utf-8")
    return 1 if right < floor["right"] else 0


if __name__ == "__main__":
    sys.exit(main())
