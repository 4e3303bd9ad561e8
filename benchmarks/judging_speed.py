"""How long a large county's sites, links and systems take to be judged, and how much memory.

python benchmarks/judging_speed.py [sites] [database]

5,000 sites of one device, four links each to forty core devices, and 2,000 business systems, over a stored run with a
day of five-minute polls of both ends of all 20,000 links, folded as ``hecha traffic`` does: all checks that judge more
than single devices, on one core. Exits with 1 over 60 seconds or 500 MB. Building the day takes minutes: a database
that is named is kept, and judged anew the next time.
"""

from __future__ import annotations

import cProfile
import math
import os
import pstats
import resource
import sys
import tempfile
import time
from collections import Counter as Tally
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface
from pathlib import Path

from checks.catalogue import selected
from checks.evaluate import Terms
from inventory.evidence import Evidence
from inventory.facts import (
    Address,
    Addresses,
    Counter,
    Forwarding,
    Identity,
    Interface,
    Interfaces,
    NameAnswer,
    Neighbour,
    Neighbours,
    RateLimit,
    RateLimits,
    Routes,
    ServiceProbe,
)
from inventory.register import (
    BusinessSystem,
    Hosting,
    Link,
    LinkKind,
    MigrationState,
    NetworkDevice,
    NetworkRole,
    Register,
    Site,
    Tier,
    Unit,
    UnitKind,
)
from inventory.snapshot import DeviceRecord, Snapshot, State, system_target
from inventory.store import Store
from inventory.traffic import Poll
from playbooks import judging
from playbooks.progress import Quiet

LINKS_A_SITE, CORES, PORTS, READS, EVERY_S = 4, 40, 28, 288, 300
LIMIT_S, LIMIT_MB = 60.0, 500.0
NOW = datetime.now(UTC)
TIERS = (Tier.TOWN, Tier.VILLAGE, Tier.DEPARTMENT, Tier.INSTITUTION)
EVIDENCE = Evidence("SNMP ifTable", taken_at=NOW, sha256="ab" * 32)


def core_port(site: int, line: int) -> tuple[int, str]:
    """The core device and port that a line of a site ends on."""
    place = site * LINKS_A_SITE + line
    return place % CORES, f"GigabitEthernet{1 + place // CORES // 48}/0/{place // CORES % 48}"


def address(number: int) -> IPv4Address:
    """The management address of a device."""
    return IPv4Address(int(IPv4Address("10.0.0.0")) + number)


def register(sites: int, systems: int) -> Register:
    """Everything declared."""
    near = [NetworkDevice(asset_no=f"N{n}", name=f"site-{n}", site=f"s{n}", mgmt_ip4=address(n)) for n in range(sites)]
    core = [
        NetworkDevice(asset_no=f"C{n}", name=f"core-{n}", site="centre", role=NetworkRole.CORE) for n in range(CORES)
    ]
    return Register(
        units=(Unit(name="bureau", kind=UnitKind.DATA_BUREAU),),
        sites=(
            Site(name="centre", tier=Tier.COUNTY, unit="bureau"),
            *(Site(name=f"s{n}", tier=TIERS[n % 4], unit="bureau") for n in range(sites)),
        ),
        network_devices=(*near, *core),
        links=tuple(line(n, k) for n in range(sites) for k in range(LINKS_A_SITE)),
        systems=tuple(
            BusinessSystem(
                name=f"system-{n}", unit="bureau", state=MigrationState.ON_CLOUD, hosted=Hosting.CITY_CLOUD, wave="1"
            )
            for n in range(systems)
        ),
    )


def line(site: int, number: int) -> Link:
    """One declared line."""
    core, port = core_port(site, number)
    return Link(
        name=f"l{site}-{number}",
        a_site=f"s{site}",
        a_device=f"site-{site}",
        a_interface=f"GigabitEthernet0/0/{number}",
        z_site="centre",
        z_device=f"core-{core}",
        z_interface=port,
        provider=("carrier-a", "carrier-b")[number % 2],
        kind=LinkKind.FIBRE,
        contracted_mbps=100.0 if site % 10 else 20.0,
    )


def snapshots(sites: int, systems: int) -> Iterator[Snapshot]:
    """Everything found."""
    for n in range(sites):
        names = [f"GigabitEthernet0/0/{i}" for i in range(PORTS)]
        lines = [(names[k], *core_port(n, k)) for k in range(LINKS_A_SITE)]
        heard = tuple(Neighbour(name, "lldp", f"core-{core}", None, port) for name, core, port in lines)
        limit = (RateLimit(names[0], "out", 20.0, "shape", EVIDENCE),) if n % 7 == 0 else ()
        yield device(f"site-{n}", n, names, heard, limit, f"s{n}")
    far: dict[int, list[tuple[str, Neighbour]]] = {}
    for n in range(sites):
        for k in range(LINKS_A_SITE):
            core, port = core_port(n, k)
            near = f"GigabitEthernet0/0/{k}"
            far.setdefault(core, []).append((port, Neighbour(port, "lldp", f"site-{n}", None, near)))
    for core, ports in far.items():
        names, heard = [port for port, _ in ports], tuple(neighbour for _, neighbour in ports)
        yield device(f"core-{core}", 60_000 + core, names, heard, (), "centre", "core")
    for n in range(systems):
        record = DeviceRecord(system_target(f"system-{n}"), "", State.ANSWERED, NOW)
        answer = NameAnswer(f"system-{n}.example", (IPv4Address("10.9.0.1"),), ())
        yield Snapshot(record, {ServiceProbe: ServiceProbe(f"system-{n}", answer)})


def device(
    name: str,
    number: int,
    ports: list[str],
    heard: tuple[Neighbour, ...],
    limits: tuple[RateLimit, ...],
    site: str,
    role: str = "access",
) -> Snapshot:
    """One device with its ports, addresses, routes, neighbours and limits."""
    items = tuple(
        Interface(
            port,
            i,
            f"to {i}",
            "ethernetCsmacd",
            1000.0,
            "full",
            1500,
            admin_up=True,
            oper_up=True,
            mac=f"02:11:22:33:44:{i % 256:02x}",
        )
        for i, port in enumerate(ports, 1)
    )
    loopback = Address("LoopBack0", IPv4Interface((address(number), 32)), True, "manual", "preferred")
    six = Address("LoopBack0", IPv6Interface(f"fd00::{number:x}/128"), True, "manual", "preferred")
    record = DeviceRecord(name, str(address(number)), State.ANSWERED, NOW, "huawei_vrp", site, role)
    return Snapshot(
        record,
        {
            Identity: Identity("Huawei", "router", "huawei_vrp", "AR651", "V300R021", f"SER{number}", name),
            Interfaces: Interfaces(items, EVIDENCE),
            RateLimits: RateLimits(limits, EVIDENCE),
            Forwarding: Forwarding(True, True, EVIDENCE),
            Routes: Routes(10, 10, 8, (), EVIDENCE),
            Addresses: Addresses((loopback, six), EVIDENCE),
            Neighbours: Neighbours(heard, EVIDENCE),
        },
    )


def polls(sites: int) -> Iterator[list[Poll]]:
    """A day of reads, device by device: every site's four ports, and the ports of the core that they lead to."""
    far: dict[int, list[str]] = {}
    for n in range(sites):
        yield day(f"site-{n}", [f"GigabitEthernet0/0/{k}" for k in range(LINKS_A_SITE)])
        for k in range(LINKS_A_SITE):
            core, port = core_port(n, k)
            far.setdefault(core, []).append(port)
    for core, ports in far.items():
        yield day(f"core-{core}", ports)


def day(target: str, ports: list[str]) -> list[Poll]:
    """Reads of some ports of one device, busiest in the afternoon."""
    found, octets = [], 0
    for read in range(READS):
        octets += round(EVERY_S * 1_000_000 * (1.2 + math.sin(read / READS * 2 * math.pi)))
        at = NOW - timedelta(seconds=EVERY_S * (READS - read))
        counters = tuple(
            Counter(port, octets + n, octets // 2, 0, 0, 0, 0, 64, octets // 500, octets // 900)
            for n, port in enumerate(ports)
        )
        found.append(Poll(target, at, 1e6 + read * EVERY_S, counters, (3.0,)))
    return found


def built(sites: int, systems: int, path: Path) -> None:
    """Writes everything declared, found and polled into a new database."""
    child = os.fork()  # what builds the county does not count as the memory of judging it
    if child == 0:
        with Store.open(path) as store:
            store.save_register(register(sites, systems))
            run = store.create_run("full-audit", started=NOW)
            for snapshot in snapshots(sites, systems):
                store.save_device(run, snapshot)
            for each in polls(sites):
                store.traffic.keep(each)
                store.traffic.fold()
        os._exit(0)
    os.waitpid(child, 0)


def main(sites: int, path: Path) -> int:
    """0 within the limits, 1 beyond them."""
    systems = sites * 2 // 5
    if not path.exists():
        built(sites, systems, path)
    checks = tuple(check for check in selected() if check.subject.value != "device")
    profiler = cProfile.Profile() if "HECHA_PROFILE" in os.environ else None
    with Store.open(path) as store:
        store.forget_findings(1)
        began = time.process_time()
        if profiler:
            profiler.enable()
        judging.judge(store, 1, Terms(checks, NOW.date()), Quiet())
        if profiler:
            profiler.disable()
            pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
        took = time.process_time() - began
        outcomes: Tally[str] = Tally()
        for (_, _, outcome), count in store.finding_counts(1).items():
            outcomes[outcome] += count
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{sites} sites, {sites * LINKS_A_SITE} links, {systems} systems, {len(checks)} checks: {dict(outcomes)}")
    print(f"{took:.1f} s of one core (limit {LIMIT_S:g}), {most:.0f} MB (limit {LIMIT_MB:g})")
    return int(took > LIMIT_S or most > LIMIT_MB)


if __name__ == "__main__":
    kept = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp(prefix="hecha-judging-")) / "store.sqlite"
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000, kept))
