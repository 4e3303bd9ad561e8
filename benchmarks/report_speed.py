"""Seconds, bytes and memory of every report over a large county: 2,000 devices, 50,000 findings, two runs.

python benchmarks/report_speed.py [devices]

Exits with 1 when a limit is broken: a minute for any report, 15 MB for the page, 400 MiB at the peak.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

from checks.catalogue import catalogue
from checks.model import Check, SubjectKind
from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.facts import Address, Addresses, Identity, Interface, Interfaces, Neighbour, Neighbours
from inventory.findings import FindingRow
from inventory.plan import plan
from inventory.register import NetworkDevice, Register, Site, Tier, Unit, UnitKind
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import Store
from inventory.text import Text
from reports.model import Result
from reports.registry import reports

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SITES = 120
PER_DEVICE = 25
MOST_SECONDS, MOST_PAGE_BYTES, MOST_MIB = 60, 15_000_000, 400
EXCERPT = "user-interface vty 0 4\n authentication-mode aaa\n protocol inbound all\n idle-timeout 0 0\n"
COMMANDS = "system-view\n user-interface vty 0 4\n  protocol inbound ssh\n  idle-timeout 10 0\n  quit\n quit\n"


def name(n: int) -> str:
    """A device's name."""
    return f"town-{n % SITES}-sw-{n}"


def address(n: int) -> IPv4Address:
    """A device's management address."""
    return IPv4Address("10.0.0.1") + n


def register(devices: int) -> Register:
    """Units and sites of a county, and nine in ten of its devices."""
    return Register(
        units=tuple(Unit(name=f"单位 {n}", kind=UnitKind.TOWN) for n in range(SITES)),
        sites=tuple(Site(name=f"town-{n}", tier=Tier.TOWN, unit=f"单位 {n}") for n in range(SITES)),
        network_devices=tuple(
            NetworkDevice(
                asset_no=f"N-{n}", name=name(n), unit=f"单位 {n % SITES}", site=f"town-{n % SITES}", mgmt_ip4=address(n)
            )
            for n in range(devices)
            if n % 10
        ),
    )


def snapshot(n: int, devices: int) -> Snapshot:
    """A device with 28 interfaces that hears its two neighbours; one in fifty does not answer."""
    record = DeviceRecord(name(n), str(address(n)), State.ANSWERED, START, "huawei_vrp", f"town-{n % SITES}", "access")
    if n % 50 == 49:
        silent = Missing(Gap.UNREACHABLE, "no SNMP answer in 2 tries of 2.5 s (no answer)")
        silent_record = DeviceRecord(name(n), str(address(n)), State.UNREACHABLE, START, site=f"town-{n % SITES}")
        return Snapshot(silent_record, {Identity: silent, Neighbours: silent})
    evidence = Evidence("SNMP ifTable", taken_at=START, sha256="ab" * 32)
    ports = [f"GigabitEthernet0/0/{i}" for i in range(28)]
    heard = ((ports[0], (n + 1) % devices, ports[1]), (ports[1], (n - 1) % devices, ports[0]))
    return Snapshot(
        record,
        {
            Identity: Identity("Huawei", "switch", "huawei_vrp", "S5735-L24T4S-A", "V200R019C10", f"SN{n}", name(n)),
            Interfaces: Interfaces(tuple(Interface(p, i, f"to {n}", speed_mbps=1000) for i, p in enumerate(ports))),
            Addresses: Addresses((Address("Vlanif1", IPv4Interface((address(n), 24))),), evidence),
            Neighbours: Neighbours(tuple(Neighbour(p, "lldp", name(m), None, q) for p, m, q in heard), evidence),
        },
    )


def findings(n: int, checks: list[Check]) -> Iterator[FindingRow]:
    """Twenty-five findings of one device: nine gaps, two unknown, one waived, the rest passed."""
    for i in range(PER_DEVICE):
        check = checks[i % len(checks)]
        outcome = "fail" if i % 3 == 0 else "unknown" if i in (4, 16) else "waived" if i == 7 else "pass"
        lines = tuple(range(200 + i, 204 + i))
        fails = outcome in ("fail", "waived")
        yield FindingRow(
            check.id,
            "device",
            name(n),
            outcome,
            check.severity.value,
            f"vty {i}",
            f"town-{n % SITES}",
            "huawei_vrp",
            values={"subject": name(n), "place": f"vty {i}"},
            evidence=(Evidence("display current-configuration", lines, EXCERPT * 2, START, "cd" * 32),),
            commands=COMMANDS if fails else "",
            missing=(("RemoteAccess", Missing(Gap.REFUSED, "Error: unrecognised")),) if outcome == "unknown" else (),
            underlying="fail" if outcome == "waived" else None,
            waiver="镇级改造已立项 (张三, 2027-03-31)" if outcome == "waived" else "",
        )


def filled(store: Store, devices: int) -> int:
    """Two runs; the number of the second."""
    checks = [check for check in catalogue().values() if check.subject is SubjectKind.DEVICE]
    store.save_register(register(devices), at=START)
    for at in (START - timedelta(days=30), START):
        run = store.create_run("bench", started=at)
        for n in range(devices):
            store.save_device(run, snapshot(n, devices))
        store.save_findings(run, (row for n in range(devices) for row in findings(n, checks)))
        store.finish_run(run, at=at + timedelta(hours=1))
    return run


def main(devices: int) -> int:
    """Prints seconds and bytes of each report and the peak of memory; 1 when a limit is broken."""
    broken = False
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "hecha.db") as store:
        started = time.perf_counter()
        run = filled(store, devices)
        print(f"filled in {time.perf_counter() - started:.1f} s: {devices} devices, {devices * PER_DEVICE} findings")
        for report in reports().values():
            # A result of its own for each, as if it were the only one that was asked for.
            result = Result(store, run, plan=plan(), today=date(2026, 11, 24), title=Text("全县核查", "County audit"))
            path = Path(folder) / f"{report.name}{report.suffix}"
            started = time.perf_counter()
            with path.open("w+b") as stream:
                report.write(result, "zh", stream)
            seconds, size = time.perf_counter() - started, path.stat().st_size
            broken |= seconds > MOST_SECONDS or (report.name == "html" and size > MOST_PAGE_BYTES)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{report.name:14} {seconds:6.1f} s  {size / 1e6:7.2f} MB  peak so far {peak:4.0f} MiB")
        broken |= peak > MOST_MIB
    return int(broken)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
