"""What a run found, brought into NetBox: objects known by their natural keys are updated, the others created.

Nothing is ever deleted. What NetBox declares of a device (site, role, tenant, status) is left as it stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import quote

from collectors.netbox import BATCH, UNWANTED, NetBox, Object
from inventory.errors import InputError
from inventory.exchange.assets import LeftOut
from inventory.exchange.netbox import KIND, KINDS, Kind, Line, NetboxLines
from inventory.exchange.netbox_api import text
from inventory.names import canonical_interface
from inventory.text import Text

T = TypeVar("T")
_LONGEST_QUERY = 6_000  # characters
_DEVICES_AT_ONCE = 10  # whose interfaces are asked for together
# Fields that refer to an object of another kind, by kind: the field, that kind, the columns that name it.
_REFERENCES: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "device-types": {"manufacturer": ("manufacturers", ("manufacturer",))},
    "sites": {"group": ("site-groups", ("group",)), "tenant": ("tenants", ("tenant",))},
    "devices": {
        "role": ("device-roles", ("role",)),
        "tenant": ("tenants", ("tenant",)),
        "platform": ("platforms", ("platform",)),
        "site": ("sites", ("site",)),
        "device_type": ("device-types", ("manufacturer", "device_type")),
    },
    "interfaces": {"device": ("devices", ("device",)), "lag": ("interfaces", ("device", "lag"))},
}
_UPDATED = {  # what is found, and may be put right in NetBox
    "devices": ("serial", "asset_tag", "platform", "device_type"),
    "interfaces": ("enabled", "lag", "mtu", "speed", "duplex", "description"),
}


@dataclass(frozen=True, slots=True)
class Ref:
    """An object of another kind by its natural key: its number may not be known before it is made."""

    kind: str
    key: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(self.key)


@dataclass(frozen=True, slots=True)
class Change:
    """One object to be created, or to be updated; ``was`` holds what NetBox has in the fields of an update."""

    kind: Kind
    name: str
    fields: Object
    key: tuple[str, ...]
    id: int | None = None  # None: to be created
    was: Object = field(default_factory=dict)


class NetboxExport:
    """The changes that bring a run's devices into a NetBox, sent as they come or, without ``send``, only told."""

    def __init__(self, netbox: NetBox, lines: NetboxLines, *, send: bool) -> None:
        self._netbox = netbox
        self._lines = lines
        self._send = send
        self._ids: dict[tuple[str, tuple[str, ...]], int] = {}
        self._cabled: dict[tuple[str, ...], str] = {}  # ports with a cable, and what is at its other end
        self._primary: dict[str, Object] = {}  # devices with their primary addresses
        self.left_out: list[LeftOut] = lines.left_out

    def changes(self) -> Iterator[Change]:
        """Every change in the order it has to be made; InputError when NetBox refuses one, those before it stand."""
        for kind in KINDS:
            lines = self._lines.lines(kind)
            match kind.name:
                case "devices":
                    yield from self._devices(kind, lines)
                case "interfaces":
                    yield from self._interfaces(kind, lines)
                case "ip-addresses":
                    yield from self._addresses(kind, lines)
                case "cables":
                    yield from self._cables(kind, lines)
                case _:
                    yield from self._names(kind, lines)

    def _names(self, kind: Kind, lines: Iterator[Line]) -> Iterator[Change]:
        """Kinds that have a name and little else: known by name, whatever its case, or by slug."""
        wanted = list(lines)
        if not wanted:
            return
        known: dict[tuple[str, ...], int] = {}
        for there in self._netbox.each(kind.path):
            maker = (text(there, "manufacturer", "name") or "",) if kind.name == "device-types" else ()
            for column in ("name", "model", "slug"):
                if word := text(there, column):
                    known[_folded((*maker, word))] = _id(there)
        fresh = []
        for line in wanted:
            key = tuple(str(line[column]) for column in kind.key)
            found = known.get(_folded(key)) or known.get((*_folded(key[:-1]), line["slug"]))
            if found is None:
                fresh.append(Change(kind, kind.named(line), self._fields(kind, line), key))
            else:
                self._ids[kind.name, key] = found
        yield from self._made(fresh)

    def _devices(self, kind: Kind, lines: Iterator[Line]) -> Iterator[Change]:
        for batch in _batches(lines, BATCH):
            there: dict[str, list[Object]] = {}
            for names in _short([line["name"] for line in batch]):
                for each in self._netbox.each(kind.path, name=names, exclude=UNWANTED):
                    there.setdefault(text(each, "name") or "", []).append(each)
            changes: list[Change] = []
            for line in batch:
                found = self._same_site(line, there.get(line["name"], []))
                if found is not None:
                    self._primary[line["name"]] = found
                changes += self._change(kind, line, found)
            yield from self._made(changes)

    def _same_site(self, line: Line, there: list[Object]) -> Object | None:
        """The device of that name at that site, else the only one of that name."""
        at_site = [each for each in there if text(each, "site", "name") == line["site"]]
        return next(iter(at_site or (there if len(there) == 1 else [])), None)

    def _interfaces(self, kind: Kind, lines: Iterator[Line]) -> Iterator[Change]:
        for batch in _by_device(lines, _DEVICES_AT_ONCE):
            names = {line["device"] for line in batch}
            ids = {self._ids["devices", (name,)]: name for name in names if ("devices", (name,)) in self._ids}
            there: dict[tuple[str, str], Object] = {}
            if ids:
                for each in self._netbox.each(kind.path, device_id=[str(number) for number in ids]):
                    device = ids.get(_id(each.get("device")), "")
                    there[device, _port_key(text(each, "name") or "")] = each
            # A port names its bundle, which therefore has to be there before it.
            for wave in ([x for x in batch if not x["lag"]], [x for x in batch if x["lag"]]):
                changes: list[Change] = []
                for line in wave:
                    found = there.get((line["device"], _port_key(line["name"])))
                    if found is not None and found.get("cable"):
                        self._cabled[line["device"], line["name"]] = _peer(found)
                    changes += self._change(kind, line, found)
                yield from self._made(changes)

    def _change(self, kind: Kind, line: Line, there: Object | None) -> Iterator[Change]:
        """What makes the object in NetBox what was found; nothing when it is that already."""
        key = tuple(str(line[column]) for column in kind.key)
        fields = self._fields(kind, line)
        if there is None:
            yield Change(kind, kind.named(line), fields, key)
            return
        self._ids[kind.name, key] = _id(there)
        told = {name: fields[name] for name in _UPDATED[kind.name] if name in fields}
        differing = {name: value for name, value in told.items() if not self._is(there.get(name), value)}
        if differing:
            was = {name: _shown(there.get(name)) for name in differing}
            yield Change(kind, kind.named(line), differing, key, _id(there), was)

    def _is(self, there: Any, wanted: Any) -> bool:
        if isinstance(wanted, Ref):
            return isinstance(there, dict) and there.get("id") == self._ids.get((wanted.kind, wanted.key), -1)
        if isinstance(there, dict):
            there = there.get("value")  # of a choice
        return bool(there == wanted)

    def _fields(self, kind: Kind, line: Line) -> Object:
        refer = _REFERENCES.get(kind.name, {})
        fields: Object = {}
        for name in kind.columns:
            if line.get(name) is None or (kind.name == "devices" and name == "manufacturer") or name == "u_height":
                continue
            if name in refer:
                other, columns = refer[name]
                fields[name] = Ref(other, tuple(str(line[column]) for column in columns))
            else:
                fields[name] = line[name]
        return fields

    def _addresses(self, kind: Kind, lines: Iterator[Line]) -> Iterator[Change]:
        for batch in _batches(lines, BATCH):
            hosts = [_host(line["address"]) for line in batch]
            there = {
                _host(text(each, "address") or ""): each
                for each in self._netbox.each(kind.path, address=hosts, vrf_id="null")
            }
            changes: list[Change] = []
            for line in batch:
                changes += self._address(kind, line, there.get(_host(line["address"])))
            yield from self._made(changes)
            primary: list[Change] = []
            for line in batch:
                if line["is_primary"]:
                    primary += self._primary_of(line)
            yield from self._made(primary)

    def _address(self, kind: Kind, line: Line, there: Object | None) -> Iterator[Change]:
        key = (line["address"],)
        port = Ref("interfaces", (line["device"], line["interface"])) if line["interface"] else None
        place = {"assigned_object_type": "dcim.interface", "assigned_object_id": port} if port else {}
        if there is None:
            yield Change(kind, line["address"], {"address": line["address"], "status": line["status"], **place}, key)
            return
        self._ids[kind.name, key] = _id(there)
        fields: Object = {} if there.get("address") == line["address"] else {"address": line["address"]}
        assigned = there.get("assigned_object_id")
        if port and assigned is None:
            fields |= place
        elif port and assigned != self._ids.get((port.kind, port.key), -1):
            other = _end(there.get("assigned_object"))
            why = Text(f"NetBox 中这个地址在 {other}，没有改动", f"NetBox has the address at {other}: left as it is")
            self.left_out.append(LeftOut(f"{line['device']} {line['address']}", why))
        if fields:
            was = {name: _shown(there.get(name)) for name in fields}
            yield Change(kind, line["address"], fields, key, _id(there), was)

    def _primary_of(self, line: Line) -> Iterator[Change]:
        device, address = line["device"], Ref("ip-addresses", (line["address"],))
        name = "primary_ip6" if ":" in line["address"] else "primary_ip4"
        there = self._primary.get(device, {}).get(name)
        number = self._ids.get(("devices", (device,)))
        if not self._is(there, address):
            was = {name: _shown(there)}
            # A device that a dry run did not make has no number yet, and is updated all the same.
            yield Change(KIND["devices"], device, {name: address}, (device,), number or 0, was)

    def _cables(self, kind: Kind, lines: Iterator[Line]) -> Iterator[Change]:
        for batch in _batches(lines, BATCH):
            changes = []
            for line in batch:
                a, z = ((line[f"side_{side}_device"], line[f"side_{side}_name"]) for side in "ab")
                if a in self._cabled or z in self._cabled:
                    self._compare_cable(a, z)
                    continue
                fields = {
                    f"{side}_terminations": [{"object_type": "dcim.interface", "object_id": Ref("interfaces", end)}]
                    for side, end in (("a", a), ("b", z))
                }
                changes.append(Change(kind, kind.named(line), fields | {"status": line["status"]}, (*a, *z)))
            yield from self._made(changes)

    def _compare_cable(self, a: tuple[str, ...], z: tuple[str, ...]) -> None:
        if self._cabled.get(a) != " ".join(z) and self._cabled.get(z) != " ".join(a):
            there = f"{' '.join(a)} – {self._cabled.get(a, '-')}; {' '.join(z)} – {self._cabled.get(z, '-')}"
            why = Text(
                f"NetBox 中另有线缆（{there}），没有改动", f"NetBox has other cables ({there}): left as they are"
            )
            self.left_out.append(LeftOut(f"{' '.join(a)} – {' '.join(z)}", why))

    def _made(self, changes: Sequence[Change]) -> Iterator[Change]:
        """Sends the changes, creations first, and tells them once NetBox has taken them."""
        fresh = [change for change in changes if change.id is None]
        for batch in (*_batches(fresh, BATCH), *_batches((c for c in changes if c.id is not None), BATCH)):
            kind = batch[0].kind
            if self._send:
                objects = [self._resolved(change) for change in batch]
                send = self._netbox.create if batch[0].id is None else self._netbox.update
                for change, made in zip(batch, send(kind.path, objects), strict=True):
                    self._ids[kind.name, change.key] = _id(made)
            yield from batch

    def _resolved(self, change: Change) -> Object:
        fields = {name: self._number(value) for name, value in change.fields.items()}
        return fields if change.id is None else {"id": self._ids[change.kind.name, change.key], **fields}

    def _number(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self._ids[value.kind, value.key]
        if isinstance(value, list):
            return [{name: self._number(each) for name, each in item.items()} for item in value]
        return value


def _id(told: Any) -> int:
    """The number of an object; InputError for what is none of NetBox's."""
    number = told.get("id") if isinstance(told, dict) else None
    if not isinstance(number, int):
        raise InputError("NetBox", Text("对象没有编号", "an object without a number"))
    return number


def _port_key(name: str) -> str:
    """A port as it is compared: Gi0/1 of one and GigabitEthernet0/1 of the other are the same."""
    return canonical_interface(name).casefold()


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)


def _host(address: str) -> str:
    return address.partition("/")[0]


def _end(told: Any) -> str:
    return " ".join(word for word in (text(told, "device", "name"), text(told, "name")) if word) or "?"


def _peer(interface: Object) -> str:
    peers = interface.get("link_peers")
    return _end(peers[0]) if isinstance(peers, list) and peers else "?"


def _shown(there: Any) -> str:
    """A value of an object as a reader takes it."""
    for path in (("value",), ("display",), ("name",), ("address",), ("model",)):
        if isinstance(there, dict) and (word := text(there, *path)):
            return word
    return "" if there is None else str(there)


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    stream = iter(items)
    while batch := list(islice(stream, size)):
        yield batch


def _short(names: list[str]) -> Iterator[list[str]]:
    """The names in parts that a request line holds: servers refuse those of over 8 KiB."""
    part: list[str] = []
    size = 0
    for name in names:
        length = len(quote(name)) + len("&name=")
        if part and size + length > _LONGEST_QUERY:
            yield part
            part, size = [], 0
        part.append(name)
        size += length
    if part:
        yield part


def _by_device(lines: Iterator[Line], most: int) -> Iterator[list[Line]]:
    """The lines of so many devices at a time."""
    batch: list[Line] = []
    devices: set[str] = set()
    for line in lines:
        if line["device"] not in devices and len(devices) == most:
            yield batch
            batch, devices = [], set()
        devices.add(line["device"])
        batch.append(line)
    if batch:
        yield batch
