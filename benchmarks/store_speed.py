"""CPU and memory of keeping devices: facts as large as those of a well-filled switch, in and out of the store.

python benchmarks/store_speed.py [devices]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.facts import (
    Address,
    Addresses,
    Counter,
    Counters,
    Entities,
    Entity,
    Identity,
    Interface,
    Interfaces,
    Neighbour,
    Neighbours,
    Storage,
    Storages,
)
from inventory.snapshot import DeviceRecord, Snapshot, State, fact_kinds
from inventory.store import Store

NOW = datetime(2026, 11, 24, tzinfo=UTC)
EVIDENCE = Evidence("SNMP ifTable", taken_at=NOW, sha256="ab" * 32)


def snapshot(n: int) -> Snapshot:
    """One device: 52 interfaces with counters, 20 addresses, 30 modules, 10 neighbours; 20 fact kinds in all."""
    names = [f"GigabitEthernet0/0/{i}" for i in range(52)]
    facts = (
        Interfaces(tuple(Interface(x, i, f"to {n}", "ethernetCsmacd", 1000.0, "full", 1500, True, True,
                                   f"02:11:22:33:44:{i:02x}", 12345.0) for i, x in enumerate(names)), EVIDENCE),
        Counters(tuple(Counter(x, n * 1000, n * 2000, 0, 0, 0, 0) for x in names), 1.0, EVIDENCE),
        Addresses(tuple(Address(f"Vlanif{i}", IPv4Interface(f"10.{n % 250}.{i}.1/24"), True, "manual", "preferred")
                        for i in range(20)), EVIDENCE),
        Entities(tuple(Entity(i, 1, "module", f"slot {i}", "descr", "model", f"S{n}{i}", "A", "1", "2")
                       for i in range(30)), EVIDENCE),
        Neighbours(tuple(Neighbour(x, "lldp", f"dev-{n}", "02:11", "GE1", addresses=(IPv4Address("10.0.0.1"),))
                         for x in names[:10]), EVIDENCE),
        Storages(tuple(Storage(f"disk {i}", "fixedDisk", 10**9, n) for i in range(5)), EVIDENCE),
        Identity("Huawei", "switch", "huawei_vrp", "S5735", "V200R019", f"SER{n}", f"dev-{n}", 1.0, (), EVIDENCE),
    )  # fmt: skip
    known = {type(fact): fact for fact in facts}
    others = [kind for kind in fact_kinds().values() if kind not in known][: 20 - len(known)]
    missing = {kind: Missing(Gap.UNREAD, "no template") for kind in others}
    return Snapshot(DeviceRecord(f"dev-{n}", "10.0.0.1", State.ANSWERED, NOW), {**known, **missing})


def main(devices: int) -> None:
    """Prints CPU milliseconds a device, bytes a device and the peak of memory."""
    made = [snapshot(n) for n in range(50)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hecha.db"
        with Store.open(path) as store:
            run = store.create_run("bench")
            started = time.process_time()
            for n in range(devices):
                pick = made[n % len(made)]
                record = DeviceRecord(f"dev-{n}", "10.0.0.1", State.ANSWERED, NOW)
                store.save_device(run, Snapshot(record, pick.facts))
            store.flush()
            saved = time.process_time()
            read = sum(1 for _ in store.snapshots(run))
            done = time.process_time()
            assert read == devices
        size = path.stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"saved {(saved - started) / devices * 1e3:.2f} ms CPU a device, {size / devices:.0f} bytes a device")
    print(f"read  {(done - saved) / devices * 1e3:.2f} ms CPU a device, peak {peak / 1024:.0f} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
