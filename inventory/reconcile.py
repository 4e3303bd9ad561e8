"""The register held against what was found: which declared device is which found one, and where they differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from operator import itemgetter

from inventory.errors import Missing
from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts import Addresses, Entities, Identity, Interfaces, Neighbour, Neighbours, SystemGroup
from inventory.hints import chassis_of
from inventory.names import place_order, plain_name
from inventory.register import Device, Register
from inventory.snapshot import DeviceRecord, Network, State
from inventory.text import Text


class Difference(StrEnum):
    """How a declared and a found device stand to each other."""

    MATCHED = "matched"
    CONFLICTING = "conflicting"  # the same device, but the register says otherwise of it
    STALE = "stale"  # matched, but seen longer ago than asked for
    UNDECLARED = "undeclared"  # found or heard, and in no sheet
    NOT_FOUND = "not-found"  # declared and asked, and nothing answered
    NOT_ASKED = "not-asked"  # declared, and no target of the run: nothing is known


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field in which register and device disagree."""

    field: Text
    declared: str
    found: str
    column: str = ""  # of the register; empty: none holds it


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One device of the register, of the network, or of both."""

    difference: Difference
    subject: str  # the declared name, else the target, else what a neighbour calls it
    unit: str | None
    site: str | None
    asset_no: str | None = None  # None: not declared
    target: str | None = None  # None: not asked, or heard by a neighbour only
    matched_by: str = ""  # serial, address or name; stack: by the serial number of a further member
    conflicts: tuple[Conflict, ...] = ()
    heard_by: str = ""  # target and interface that hear an undeclared neighbour
    evidence: Evidence = NO_EVIDENCE


def reconcile(
    register: Register,
    network: Network,
    *,
    stale_before: datetime | None = None,
    same_as: Mapping[str, str] | None = None,
) -> Iterator[Reconciled]:
    """Every difference and every match, found devices first, then neighbours nobody knows, then what is missing.

    A device matches by serial number, by any of its addresses, or by name, in this order; a stack also matches the
    declared devices of its other members. A host name that several of the devices found bear (as they left the
    factory) matches none of them, and a serial number (of virtual systems) only what addresses and names leave open.
    What was seen before ``stale_before`` is stale; None: nothing is.
    ``same_as`` tells which targets are further addresses of a device that another target stands for.
    """
    doubles: dict[str, list[str]] = {}
    for target, principal in (same_as or {}).items():
        doubles.setdefault(principal, []).append(target)
    matching = _Matching(register, doubles, _borne_by_several(network, same_as or {}))
    silent: list[DeviceRecord] = []
    for record in network.records():
        if record.state is State.UNREACHABLE:
            silent.append(record)
        elif same_as is None or record.target not in same_as:
            yield from matching.found(record, network, stale_before)
    yield from matching.strangers(network)
    yield from matching.absent(silent)


def totals(reconciled: Iterable[Reconciled]) -> dict[tuple[str | None, str | None], Counter[Difference]]:
    """How many of each difference by (unit, site)."""
    counts: dict[tuple[str | None, str | None], Counter[Difference]] = {}
    for item in reconciled:
        counts.setdefault((item.unit, item.site), Counter())[item.difference] += 1
    return counts


def _borne_by_several(network: Network, same_as: Container[str]) -> frozenset[str]:
    """Serial numbers and host names, as they are compared, that more than one of the devices found bears."""
    borne: Counter[str] = Counter()
    for target, identity in network.each(Identity):
        if isinstance(identity, Identity) and target not in same_as:
            borne.update({_key(identity.serial), plain_name(identity.hostname or "")})
    return frozenset(word for word, count in borne.items() if count > 1)


class _Matching:
    def __init__(self, register: Register, doubles: Mapping[str, list[str]], shared: Container[str]) -> None:
        self._register = register
        self._shared = shared  # serial numbers and host names
        self._doubles = doubles  # further targets of a device by the one that stands for it
        self._by_serial = _index((d.serial, d) for d in register.devices)
        self._by_address = _index((str(ip), d) for d in register.devices for ip in d.addresses)
        self._by_name = _index((plain_name(word), d) for d in register.devices for word in (d.name, d.asset_no) if word)
        self._seen: set[str] = set()  # asset numbers of declared devices that were found
        self._known = {*self._by_name, *self._by_address}  # what neighbours may be called
        self._link_names: frozenset[str] | None = None  # None: not read yet

    def found(self, record: DeviceRecord, network: Network, stale_before: datetime | None) -> Iterator[Reconciled]:
        """The found device, and what is declared of a stack's other members."""
        identity = network.fact(record.target, Identity)
        identity = identity if isinstance(identity, Identity) else Identity()
        also = self._doubles.get(record.target, [])
        own = list(_addresses(record, also, network))
        own_name = plain_name(identity.hostname or "")
        names = [record.target, *also, *([own_name] if own_name and own_name not in self._shared else [])]
        self._known.update(own, map(plain_name, names), {own_name} - {""})
        entities = network.fact(record.target, Entities)
        members = () if isinstance(entities, Missing) else chassis_of(entities)
        serials = {_key(each.serial) for each in members}
        device, by = self._match(identity, own, names)
        if device is None:
            yield Reconciled(
                Difference.UNDECLARED,
                record.target,
                None,
                record.site,
                target=record.target,
                evidence=identity.evidence,
            )
        else:
            if _key(device.serial) in serials:  # as which member a stack answers may change
                identity = replace(identity, serial=device.serial)
            yield self._matched(device, by, record, identity, own, stale_before)
        for member in members:
            declared = self._by_serial.get(_key(member.serial))
            if declared is not None and declared.asset_no not in self._seen:
                self._seen.add(declared.asset_no)
                yield self._of(declared, Difference.MATCHED, record.target, "stack")

    def _matched(
        self,
        device: Device,
        by: str,
        record: DeviceRecord,
        identity: Identity,
        own: list[str],
        stale_before: datetime | None,
    ) -> Reconciled:
        self._seen.add(device.asset_no)
        conflicts = tuple(self._conflicts(device, record, identity, own))
        stale = stale_before is not None and record.taken_at < stale_before
        difference = Difference.CONFLICTING if conflicts else Difference.STALE if stale else Difference.MATCHED
        return self._of(device, difference, record.target, by, conflicts)

    def _match(self, identity: Identity, own: list[str], names: list[str]) -> tuple[Device | None, str]:
        # The address that was asked goes before the others: a shared service address may stand on several devices.
        by_serial = ("serial", identity.serial, self._by_serial)
        tries = [] if _key(identity.serial) in self._shared else [by_serial]
        tries += [("address", ip, self._by_address) for ip in own]
        tries += [*(("name", name, self._by_name) for name in names), by_serial]
        for by, word, index in tries:
            key = plain_name(word) if by == "name" and word else _key(word)
            if key and key in index:
                return index[key], by
        return None, ""

    def _conflicts(
        self, device: Device, record: DeviceRecord, identity: Identity, own: list[str]
    ) -> Iterator[Conflict]:
        pairs = (
            (Text("序列号", "serial number"), "serial", identity.serial, _same_serial),
            (Text("型号", "model"), "model", identity.model, _one_holds_the_other),
            (Text("系统版本", "release"), "release", identity.release, _one_holds_the_other),
            (Text("设备名称", "name"), "name", identity.hostname, _same_name),
        )
        for field, column, found, agree in pairs:
            declared = getattr(device, column)
            if declared and found and not agree(declared, found):
                yield Conflict(field, declared, found, column)
        for ip in device.addresses:
            if str(ip) not in own and (ip.version == 6) == (":" in record.address):
                text = Text("管理地址", "management address")
                yield Conflict(text, str(ip), record.address, f"mgmt_ip{ip.version}")
        site = self._register.site_of(device)
        if site and record.site and site.name != record.site:
            yield Conflict(Text("站点", "site"), site.name, record.site, "site")

    def strangers(self, network: Network) -> Iterator[Reconciled]:
        """Neighbours that are neither declared nor among the devices found, each once."""
        told: set[str] = set()
        # By name: which device answers first must not decide what a stranger is called, or decisions on it are lost.
        for target, neighbours in sorted(network.each(Neighbours), key=itemgetter(0)):
            if isinstance(neighbours, Missing):
                continue
            for neighbour in neighbours.items:
                names = _names(neighbour)
                if not names or names & self._known or names & told:
                    continue
                if names & self._macs(network):
                    continue
                told |= names
                label = neighbour.name or neighbour.chassis_id or min(names)
                record = network.record(target)
                heard = " ".join(part for part in (target, neighbour.interface) if part)
                site = record.site if record else None
                yield Reconciled(Difference.UNDECLARED, label, None, site, heard_by=heard, evidence=neighbours.evidence)

    def _macs(self, network: Network) -> frozenset[str]:
        """What the devices found are called at link level; read where a name leaves a neighbour open: it takes long."""
        if self._link_names is None:
            systems = (fact for _, fact in network.each(SystemGroup) if isinstance(fact, SystemGroup))
            words = {word.lower() for fact in systems for word in (fact.chassis_id, fact.bridge_mac) if word}
            ports = (fact for _, fact in network.each(Interfaces) if isinstance(fact, Interfaces))
            self._link_names = frozenset(words.union(each.mac for fact in ports for each in fact.items if each.mac))
        return self._link_names

    def absent(self, silent: list[DeviceRecord]) -> Iterator[Reconciled]:
        """Declared devices that no found one matched: asked in vain, or never asked."""
        asked: dict[str, str] = {}
        for record in silent:
            device, _ = self._match(Identity(), [record.address], [record.target])
            if device is not None:
                asked[device.asset_no] = record.target
        for device in self._register.devices:
            if device.asset_no not in self._seen:
                target = asked.get(device.asset_no)
                yield self._of(device, Difference.NOT_FOUND if target else Difference.NOT_ASKED, target)

    def _of(
        self,
        device: Device,
        difference: Difference,
        target: str | None,
        by: str = "",
        conflicts: tuple[Conflict, ...] = (),
    ) -> Reconciled:
        site = self._register.site_of(device)
        return Reconciled(
            difference,
            device.label,
            device.unit,
            site.name if site else None,
            device.asset_no,
            target,
            by,
            conflicts,
            evidence=device.evidence,
        )


def _addresses(record: DeviceRecord, also: list[str], network: Network) -> Iterator[str]:
    """The address that was asked, those asked of the same device beside it, then all that it lists."""
    yield record.address
    for target in also:
        other = network.record(target)
        if other is not None:
            yield other.address
    fact = network.fact(record.target, Addresses)
    if isinstance(fact, Addresses):
        yield from (str(each.ip.ip) for each in fact.items if not each.ip.is_loopback)


def _index(pairs: Iterable[tuple[str | None, Device]]) -> dict[str, Device]:
    """Devices by key; a key that several share identifies none of them."""
    found: dict[str, Device | None] = {}
    for word, device in pairs:
        if key := _key(word):
            found[key] = device if found.get(key, device) is device else None
    return {key: device for key, device in found.items() if device is not None}


def _key(word: str | None) -> str:
    return word.strip().lower() if word else ""


def _names(neighbour: Neighbour) -> set[str]:
    names = {str(ip) for ip in neighbour.addresses}
    names.update(plain_name(n) for n in (neighbour.name,) if n)
    if neighbour.chassis_id:
        names.add(neighbour.chassis_id.lower())
    return names


def _same_name(declared: str, found: str) -> bool:
    return plain_name(declared) == plain_name(found)


def _same_serial(declared: str, found: str) -> bool:
    return _key(declared) == _key(found)


def _one_holds_the_other(declared: str, found: str) -> bool:
    # "S5735-L24T4S-A" is declared as "S5735", "V200R019C00SPC500" as "V200R019": less exact is no contradiction.
    one, other = (re.sub(r"[\W_]+", "", text).lower() for text in (declared, found))
    return not one or not other or one in other or other in one


def place_in_list(each: Reconciled) -> tuple[int, object]:
    """Sorts by kind of difference, site and name: devices answer in another order every time."""
    return list(Difference).index(each.difference), place_order(each.site, each.subject)
