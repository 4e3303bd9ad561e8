"""The census scored against recordings of real devices.

python benchmarks/snmp_corpus.py [--corpus DIR] [--tools DIR] [--half a|b] [--wrong N FIELD] [--keep FILE]

The recordings are served by the corpus's own replaying agent and asked through hecha's SNMP sessions and readers; its
own evaluator says what is right. Prints a table per field, over all recordings and over the vendors that matter most
to hecha's users, then the same without the labels that benchmarks/snmp_disputed.yaml disputes. Exits 1 where a field
has fallen below benchmarks/results/snmp-corpus.json by more than half a point, disputed labels counted, a disputed
label is a miss no longer or the census says something else than is written there, a recording ends in an error, or
one takes more than two seconds of CPU.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from collectors.by_snmp import facts_by_snmp
from collectors.sessions.snmp import Bounds, open_snmp
from inventory.credentials import Login, Secret
from inventory.errors import CollectError, Gap, Missing
from inventory.facts import Identity
from inventory.snapshot import DeviceRecord, Snapshot, State
from playbooks.wanted import CENSUS
from reports.census_rows import census_row

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "snmp-corpus.json"
DISPUTED = ROOT / "benchmarks" / "snmp_disputed.yaml"
# A field of the census row → what the evaluator calls it, where that is something else.
JUDGED_AS = {"interfaces": ("ports_exact", "ports_near")}
Disputes = dict[str, set[str]]
LIMIT_CPU_S, TOLERANCE = 2.0, 0.005
# Systems, as the corpus names them, of the vendors that the census is to know in depth.
LISTED = re.compile(
    r"^(?:vrp|huawei|smartax|ibmc|comware|h3c|ruijie|zxr?|zte|hillstone|sangfor|topsec|dptech|venus|maipu|fiberhome|"
    r"raisecom|inspur|sugon|hikvision|dahua|ios|iosxe|iosxr|nxos|asa|ftd|junos|forti|panos|arista|routeros|linux|"
    r"windows|vmware|dsm|netapp|ontap|apc|aos|procurve|hpe-ilo|ciscosb)"
)


@contextmanager
def replaying(tools: Path, recordings: Path) -> Iterator[int]:
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready"
        command = [sys.executable, str(tools / "snmpreplay.py"), str(recordings), "--port", "26100"]
        command += ["--services", "78", "--ready-file", str(ready)]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 60
            while not ready.exists():
                if child.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("the replaying agent did not start")
                time.sleep(0.05)
            yield 26100
        finally:
            child.kill()
            child.wait()


def asked(stem: str, port: int) -> dict[str, Any]:
    """The census row of one recording, with the CPU it took."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    now = datetime.now(UTC)
    login = Login("default", community=Secret(stem))
    try:
        session = open_snmp("127.0.0.1", port, login, bounds=Bounds(timeout_s=1.0, tries=3))
    except CollectError as failure:
        facts: dict[Any, Any] = dict.fromkeys(CENSUS, Missing(Gap.UNREACHABLE, failure.why))
        state = State.UNREACHABLE
    else:
        facts = facts_by_snmp(session, CENSUS, now)
        session.close()
        state = State.ANSWERED
    identity = facts.get(Identity)
    platform = identity.platform if isinstance(identity, Identity) else None
    row = census_row(Snapshot(DeviceRecord(stem, "127.0.0.1", state, now, platform), facts))
    cpu = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    return {**row, "stem": stem, "os": row["platform"], "version": row["release"], "cpu_s": round(cpu, 3)}


def evaluated(tools: Path, expected: list[dict[str, Any]], rows: list[dict[str, Any]], *asked_for: str) -> str:
    """What the corpus's own evaluator prints; ``asked_for`` are its options."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("expected.jsonl", "census.jsonl")]
        for file, lines in zip(files, (expected, rows), strict=True):
            file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        command = [sys.executable, str(tools / "evaluate_snmp.py"), *map(str, files), *asked_for]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def scored(tools: Path, expected: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Accuracy by field."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as score:
        evaluated(tools, expected, rows, "--out", score.name)
        fields = json.load(score)["fields"]
    return {name: {"asked": f["asked"], "right": f["right"], "accuracy": f["accuracy"]} for name, f in fields.items()}


def missed(tools: Path, expected: list[dict[str, Any]], rows: list[dict[str, Any]], field: str) -> set[str]:
    """The recordings whose field is wrong by the corpus's own evaluator."""
    stems = {line["stem"] for line in expected}
    told = evaluated(tools, expected, rows, "--wrong", str(len(expected)), field).splitlines()
    return {line.partition(" | ")[0] for line in told} & stems


def disputes(tools: Path, expected: list[dict[str, Any]], rows: list[dict[str, Any]]) -> tuple[Disputes, list[str]]:
    """The disputed misses by the evaluator's fields, and what is wrong with the list of them."""
    said = {row["stem"]: row for row in rows}
    entries = [e for e in yaml.safe_load(DISPUTED.read_text(encoding="utf-8")) if e["stem"] in said]  # of this half
    fields = {name for entry in entries for name in JUDGED_AS.get(entry["field"], (entry["field"],))}
    misses = {name: missed(tools, expected, rows, name) for name in sorted(fields)}
    found: Disputes = defaultdict(set)
    faults = []
    for entry in entries:
        stem, field = entry["stem"], entry["field"]
        if said[stem][field] != entry["ours"]:
            faults.append(f"{stem} {field}: now {said[stem][field]}")
        wrong = [name for name in JUDGED_AS.get(field, (field,)) if stem in misses[name]]
        if not wrong:
            faults.append(f"{stem} {field}: a miss no longer")
        for name in wrong:
            found[name].add(stem)
    return found, faults


def main() -> int:
    parser = argparse.ArgumentParser(description="Scores the census against recordings of real devices.")
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus" / "snmp")
    parser.add_argument("--tools", type=Path, default=ROOT.parent / "shared" / "tools")
    parser.add_argument("--wrong", nargs=2, metavar=("N", "FIELD"))
    parser.add_argument("--keep", type=Path, help="write the census rows to this file")
    parser.add_argument("--listed", action="store_true", help="with --wrong: of the listed vendors only")
    parser.add_argument("--half", choices=("a", "b"), help="one half of the recordings, chosen by name; no floor")
    parser.add_argument("--update", action="store_true", help="keep what was reached as the new floor")
    options = parser.parse_args()
    if not options.corpus.is_dir():
        print(f"no recordings at {options.corpus}: nothing to score")
        return 0
    expected = [json.loads(line) for line in (options.corpus / "expected.jsonl").open(encoding="utf-8")]
    expected = [line for line in expected if line["level"] != "context"]
    if options.half:
        expected = [line for line in expected if _half(line["stem"]) == options.half]
    with replaying(options.tools, options.corpus / "recordings") as port:
        rows = [asked(line["stem"], port) for line in expected]
    if options.keep:
        options.keep.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    if options.wrong:
        _show_wrong(options, expected, rows)
        return 0
    listed = [line for line in expected if LISTED.search(line["expected"]["os"])]
    reached = {"all": scored(options.tools, expected, rows), "listed": scored(options.tools, listed, rows)}
    floor = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() and not options.half else {}
    failed = _judged(reached, rows, floor, update=options.update and not options.half)
    return int(failed | _undisputed(options.tools, expected, rows, reached, {line["stem"] for line in listed}))


def _half(stem: str) -> str:
    return "ab"[sha256(stem.encode()).digest()[0] % 2]


def _show_wrong(options: argparse.Namespace, expected: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    """The first N recordings whose field is wrong by the corpus's own evaluator, with what tells them apart."""
    count, field = int(options.wrong[0]), options.wrong[1]
    if options.listed:
        expected = [line for line in expected if LISTED.search(line["expected"]["os"])]
    if field not in (fields := scored(options.tools, expected, rows)):
        raise SystemExit(f"no field {field}; there are {', '.join(fields)}")
    by_stem = {line["stem"]: line for line in expected}
    for told in evaluated(options.tools, expected, rows, "--wrong", str(count), field).splitlines():
        line = by_stem.get(told.partition(" | ")[0])  # None: a value of several lines goes on
        print(told, *(["|", line["sysObjectID"], "|", repr((line["sysDescr"] or "")[:110])] if line else []))


def _undisputed(
    tools: Path, expected: list[dict[str, Any]], rows: list[dict[str, Any]], reached: dict[str, Any], listed: set[str]
) -> bool:
    """Prints the figures without the disputed labels; true where the list of them is wrong."""
    found, faults = disputes(tools, expected, rows)
    print(f"\n{'undisputed':<12} {'all':>14} {'listed vendors':>18}")
    for field, stems in found.items():
        cells = []
        for scope, out in (("all", stems), ("listed", stems & listed)):
            got = reached[scope].get(field, {"right": 0, "asked": 0})
            asked = got["asked"] - len(out)
            cells.append(f"{got['right']}/{asked} {got['right'] / asked:.1%}" if asked else "-")
        print(f"{field:<12} {cells[0]:>14} {cells[1]:>18}")
    for fault in faults:
        print(f"{DISPUTED.name}: {fault}")
    return bool(faults)


def _judged(reached: dict[str, Any], rows: list[dict[str, Any]], floor: dict[str, Any], *, update: bool) -> bool:
    failed = False
    print(f"{'field':<12} {'all':>14} {'listed vendors':>18}")
    for field in reached["all"]:
        cells = []
        for scope in ("all", "listed"):
            got = reached[scope].get(field, {"right": 0, "asked": 0, "accuracy": 0.0})
            before = floor.get(scope, {}).get(field, {}).get("accuracy", 0.0)
            fell = got["accuracy"] < before - TOLERANCE
            failed |= fell
            cells.append(f"{got['right']}/{got['asked']} {got['accuracy']:.1%}{' FELL' if fell else ''}")
        print(f"{field:<12} {cells[0]:>14} {cells[1]:>18}")
    slow = [row["stem"] for row in rows if row["cpu_s"] > LIMIT_CPU_S]
    silent = [row["stem"] for row in rows if row["state"] != "answered"]
    print(f"over {LIMIT_CPU_S:g} s of CPU: {slow or 'none'}; without an answer: {silent or 'none'}")
    if update:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(reached, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return bool(failed or slow or silent)


if __name__ == "__main__":
    sys.exit(main())
