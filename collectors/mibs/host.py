"""HOST-RESOURCES-MIB (RFC 2790), services of Windows, listening ports (RFC 4022, 4113, 2012, 2013)."""

from __future__ import annotations

import re

from collectors.base import SnmpValue
from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.rows import arcs, inet, ip_of, number, text, unsigned
from inventory.addresses import IPAddress
from inventory.errors import Missing
from inventory.facts import Listener, Listeners, RunningServices, Software, Storage, Storages

STORAGE_ENTRY = "1.3.6.1.2.1.25.2.3.1"
SOFTWARE_NAME = "1.3.6.1.2.1.25.6.3.1.2"
RUN_NAME = "1.3.6.1.2.1.25.4.2.1.2"
RUN_TYPE = "1.3.6.1.2.1.25.4.2.1.6"
WINDOWS_SERVICE_NAME = "1.3.6.1.4.1.77.1.2.3.1.1"  # LanMgr-Mib-II svSvcName
OF_THE_SYSTEM = {2, 3}  # hrSWRunType operatingSystem, deviceDriver
TCP_LISTENER_PROCESS = "1.3.6.1.2.1.6.20.1.4"
TCP_CONN_STATE = "1.3.6.1.2.1.6.13.1.1"
UDP_ENDPOINT_PROCESS = "1.3.6.1.2.1.7.7.1.8"
UDP_LOCAL_ADDRESS = "1.3.6.1.2.1.7.5.1.1"
LISTEN = 2  # tcpConnState
KINDS = {
    1: "other",
    2: "ram",
    3: "virtualMemory",
    4: "fixedDisk",
    5: "removableDisk",
    6: "floppyDisk",
    7: "compactDisc",
    8: "ramDisk",
    9: "flashMemory",
    10: "networkDisk",
}
# Package managers as net-snmp shows them: dpkg "name_version_arch", RPM "name-version-release.arch"
_DPKG = re.compile(r"^([a-z0-9][a-z0-9+.-]+)_([^_]+)_([a-z0-9-]+)$")
_RPM = re.compile(r"^(\S+)-([^-\s]+-[^-\s]+?)(?:\.(?:x86_64|aarch64|noarch|loongarch64|i686))?$")


@reads(Storages)
def storages(agent: Agent) -> Storages | Missing:
    """hrStorageTable: memory and disks, sizes in octets."""
    table = agent.table(STORAGE_ENTRY).whole()
    kinds, names, units, sizes, used = (table.column(n) for n in range(2, 7))
    items = []
    for i in table.indexes():
        unit = number(units.get(i))
        kind = kinds.get(i)
        items.append(
            Storage(
                name=text(names.get(i)) or f"hrStorage {i}",
                kind=KINDS.get(arcs(kind)[-1]) if isinstance(kind, str) and kind else None,
                size_bytes=_octets(unit, sizes.get(i)),
                used_bytes=_octets(unit, used.get(i)),
            )
        )
    if not items:
        return lacks("HOST-RESOURCES-MIB hrStorageTable")
    return Storages(tuple(items), agent.evidence("HOST-RESOURCES-MIB::hrStorageTable"))


def _octets(unit: int | None, count: SnmpValue) -> int | None:
    size = unsigned(count)
    return None if unit is None or unit <= 0 or size is None else unit * size


@reads(Software)
def software(agent: Agent) -> Software | Missing:
    """hrSWInstalledTable by name and, where the name has a package manager's shape, version."""
    names = (text(value) for value in agent.column(SOFTWARE_NAME).values())
    items = tuple(_package(name) for name in names if name)
    if not items:
        return lacks("HOST-RESOURCES-MIB hrSWInstalledTable")
    return Software(items, agent.evidence("HOST-RESOURCES-MIB::hrSWInstalledTable", f"{len(items)} rows"))


def _package(name: str) -> tuple[str, str | None]:
    shape = _DPKG.match(name) or _RPM.match(name)
    return (shape.group(1), shape.group(2)) if shape else (name, None)


@reads(RunningServices)
def running_services(agent: Agent) -> RunningServices | Missing:
    """Services of Windows, else the programs of hrSWRunTable that are not the kernel's own."""
    windows = agent.column(WINDOWS_SERVICE_NAME)
    if windows:
        names, source = windows, "LanMgr-Mib-II::svSvcTable"
    else:
        kinds = agent.column(RUN_TYPE)
        running = agent.column(RUN_NAME)
        names = {i: name for i, name in running.items() if kinds.get(i) not in OF_THE_SYSTEM}
        source = "HOST-RESOURCES-MIB::hrSWRunTable"
    items = sorted({said for value in names.values() if (said := text(value))})
    if not items:
        return lacks(source)
    return RunningServices(tuple(items), agent.evidence(source, f"{len(names)} rows"))


@reads(Listeners)
def listeners(agent: Agent) -> Listeners | Missing:
    """Listening TCP and UDP ports with the program behind them; the older tables only know IPv4."""
    tcp = [(_endpoint(arcs(i)), pid) for i, pid in agent.column(TCP_LISTENER_PROCESS).items()]
    udp = [(_endpoint(arcs(i)), pid) for i, pid in agent.column(UDP_ENDPOINT_PROCESS).items()]
    if not tcp:
        states = agent.column(TCP_CONN_STATE)
        tcp = [(_old_endpoint(arcs(i)[:5]), None) for i, state in states.items() if state == LISTEN]
    if not udp:
        udp = [(_old_endpoint(arcs(i)), None) for i in agent.column(UDP_LOCAL_ADDRESS)]
    if not tcp and not udp:
        return lacks("TCP-MIB and UDP-MIB")
    programs = _programs(agent, {pid for _, pid in tcp + udp if isinstance(pid, int) and pid})
    items: dict[Listener, None] = {}
    for protocol, rows in (("tcp", tcp), ("udp", udp)):
        for endpoint, pid in rows:
            if endpoint is not None:
                port, ip, family = endpoint
                process = programs.get(pid) if isinstance(pid, int) else None
                items[Listener(protocol, port, ip, family, process)] = None
    return Listeners(tuple(items), agent.evidence("TCP-MIB::tcpListenerTable UDP-MIB::udpEndpointTable"))


Endpoint = tuple[int, IPAddress | None, int | None]


def _endpoint(numbers: tuple[int, ...]) -> Endpoint | None:
    """Port, address and family of an index that begins InetAddressType, InetAddress, port.

    Address type unknown(0) with no address listens on both families (RFC 4022).
    """
    if len(numbers) >= 3 and numbers[:2] == (0, 0):
        return numbers[2], None, None
    ip, rest = inet(numbers)
    if ip is None or not rest or not 0 < rest[0] < 65536:
        return None
    return rest[0], None if ip.is_unspecified else ip, ip.version


def _old_endpoint(numbers: tuple[int, ...]) -> Endpoint | None:
    ip = ip_of(numbers[:4]) if len(numbers) == 5 else None
    if ip is None or not 0 < numbers[4] < 65536:
        return None
    return numbers[4], None if ip.is_unspecified else ip, 4


def _programs(agent: Agent, pids: set[int]) -> dict[int, str]:
    """Process number → name, of hrSWRunTable; only those asked for."""
    if not pids:
        return {}
    values = agent.scalars([f"{RUN_NAME}.{pid}" for pid in sorted(pids)[:200]])
    found = {int(oid.rpartition(".")[2]): text(value) for oid, value in values.items()}
    return {pid: name for pid, name in found.items() if name}
