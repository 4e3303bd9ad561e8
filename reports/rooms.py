"""Machine rooms: which can be closed, and what still keeps the others open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from inventory.register import BusinessSystem, Device, MigrationState, Register, Room, Server, Storage
from inventory.snapshot import Network, State
from inventory.system_traces import CONNECTION, COPY, SystemTraces
from inventory.text import Text
from reports.systems import Standing, SystemLine

STAYS, OPEN, UNKNOWN, CLOSABLE = "stays", "open", "unknown", "closable"
ROOM_STATES = {
    STAYS: Text("保留", "stays"),
    OPEN: Text("尚不能关闭", "still needed"),
    UNKNOWN: Text("情况不明", "not known"),
    CLOSABLE: Text("可以关闭", "can be closed"),
}


@dataclass(frozen=True, slots=True)
class RoomLine:
    """One declared machine room."""

    room: Room
    keeps: tuple[Text, ...]  # what still runs or ends there
    open: tuple[Text, ...]  # what nobody could tell of it

    @property
    def state(self) -> str:
        """stays: the county's own, into which the others move; else what comes of ``keeps`` and ``open``."""
        if self.room.standalone is False:
            return STAYS
        return OPEN if self.keeps else UNKNOWN if self.open else CLOSABLE


class RoomLines:
    """Reads the register and one run; ``lines`` are the business systems of the same run."""

    def __init__(self, register: Register, network: Network, lines: Iterable[SystemLine]) -> None:
        self._register = register
        self._traces = SystemTraces(register, network)
        self._lines = tuple(lines)
        self._states = self._asked(network)
        self._rooms: dict[str, list[Device]] = {}
        for device in register.devices:
            if device.room:
                self._rooms.setdefault(device.room, []).append(device)

    def _asked(self, network: Network) -> Mapping[str, State]:
        """What became of each declared device in the run, by asset number."""
        found: dict[str, State] = {}
        by_address = {str(ip): device for device in self._register.devices for ip in device.addresses}
        for record in network.records():
            device = self._register.device(record.target) or by_address.get(record.address)
            if device is not None:
                found[device.asset_no] = record.state
        return found

    def __iter__(self) -> Iterator[RoomLine]:
        for room in self._register.rooms:
            devices = self._rooms.get(room.name, [])
            keeps = (*self._systems(room), *self._devices(devices), *self._lines_ending(devices), *self._uses(devices))
            yield RoomLine(room, tuple(dict.fromkeys(keeps)), tuple(self._untold(room, devices)))

    def _systems(self, room: Room) -> Iterator[Text]:
        """Systems that run there, as declared or as found."""
        declared = {s.name: s for s in self._register.systems}
        for line in self._lines:
            view, system = line.view, declared[line.view.name]
            if view.state == "retired" or line.standing is Standing.OUTSIDE:
                continue
            hosts = {host.room for host in view.hosts if host.role == "service"}
            old = self._traces.device_at(system.old_address) if system.old_address else None
            if line.standing is Standing.CONTRADICTED and (room.name in hosts or (old and old.room == room.name)):
                yield Text(f"系统 {view.name}（申报已上云，与实测矛盾）", f"system {view.name} (claimed, contradicted)")
            elif line.standing is Standing.UNCLAIMED and (
                room.name in hosts or (view.room == room.name and not _is_untold(system))
            ):
                state = system.state or MigrationState.NOT_STARTED
                yield Text(f"系统 {view.name}（{state.zh}）", f"system {view.name} ({state.en})")

    def _devices(self, devices: Iterable[Device]) -> Iterator[Text]:
        for device in devices:
            if isinstance(device, Server | Storage) and self._states.get(device.asset_no) in (
                State.ANSWERED,
                State.REFUSED,
            ):
                yield Text(f"{device.label} 仍在运行", f"{device.label} is up")

    def _lines_ending(self, devices: Iterable[Device]) -> Iterator[Text]:
        """Lines and ways out that end on a device there."""
        words = {word for device in devices for word in (device.asset_no, device.name) if word}
        for link in self._register.links:
            if {link.a_device, link.z_device} & words:
                yield Text(f"链路 {link.name}", f"link {link.name}")
        for egress in self._register.egresses:
            if egress.boundary_device in words:
                yield Text(f"互联网出口 {egress.name}", f"Internet egress {egress.name}")

    def _uses(self, devices: list[Device]) -> Iterator[Text]:
        """Connections with devices there, and copies that others store on them."""
        own = {word for device in devices for word in (device.asset_no, device.name) if word}
        for device in devices:
            for trace in (t for ip in device.addresses for t in self._traces.of(ip)):
                if trace.target in own and trace.kind == COPY:
                    continue
                what = {CONNECTION: Text("连接", "connection"), COPY: Text("备份或挂载", "copy")}.get(trace.kind)
                if what:
                    there = f"{trace.target} → {device.label} {trace.detail}"
                    yield Text(f"{what.zh} {there}", f"{what.en} {there}")

    def _untold(self, room: Room, devices: list[Device]) -> Iterator[Text]:
        """Why a room that nothing seems to keep may still be needed."""
        for device in devices:
            if isinstance(device, Server | Storage) and self._states.get(device.asset_no) in (None, State.WITHHELD):
                yield Text(f"没有问过 {device.label}", f"{device.label} was not asked")
        for system in self._register.systems:
            if system.room == room.name and _is_untold(system):
                yield Text(f"系统 {system.name} 没有登记状态", f"system {system.name}: no state is declared")


def _is_untold(system: BusinessSystem) -> bool:
    """Whether nobody declared how far a system is, nor where it runs."""
    return system.state is None and system.hosted is None
