"""A project with one judged run, for tests of what is made of runs: no device is asked for it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from checks.catalogue import catalogue
from inventory.evidence import Evidence
from inventory.findings import FindingRow
from inventory.store import Store

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RAW = "telnet server enable\nuser-interface vty 0 4\n"


def judged_project(folder: Path) -> Path:
    """The folder, its only run having found a Telnet server on one device of two, and a file to attest by."""
    with Store.open(folder / "hecha.db") as store:
        evidence = Evidence("display current-configuration", (1,), "telnet server enable", AT, store.keep_raw(RAW))
        run = store.create_run("full-audit", started=AT)
        rows = []
        for name, outcome in (("core-1", "pass"), ("town-sw", "fail")):
            for check in ("access.telnet-off", "access.vty-encrypted"):
                severity = catalogue()[check].severity.value
                values = {"subject": name, "place": "vty 0 4", "transports": "telnet"}
                found = {"evidence": (evidence,), "values": values, "commands": "undo telnet server enable"}
                rows.append(FindingRow(check, "device", name, outcome, severity, **found))  # type: ignore[arg-type]
        store.save_findings(run, rows)
        store.finish_run(run, at=AT)
    (folder / "proof.pdf").write_bytes(b"%PDF-1.7 acceptance")
    return folder
