"""Who a device says it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact


@dataclass(frozen=True, slots=True)
class SystemGroup(Fact):
    """SNMPv2-MIB system group (RFC 3418) as the agent gives it; None: the agent has no such object."""

    sys_descr: str | None
    sys_object_id: str | None
    sys_name: str | None
    sys_location: str | None
    sys_contact: str | None
    uptime_s: float | None
    services: int | None
    engine_id: str | None = None  # snmpEngineID in hex; None: not asked or not told
    chassis_id: str | None = None  # own lldpLocChassisId, a MAC or text; None: speaks no LLDP, or was not asked
    bridge_mac: str | None = None  # dot1dBaseBridgeAddress; None: no bridge, or was not asked
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class HostKeys(Fact):
    """SSH host keys the server has shown, each ``ssh-ed25519 SHA256:…`` as ``ssh-keygen -l`` writes it.

    A login shows the one key it was negotiated with: others of the server are not known from it.
    """

    items: tuple[str, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Source:
    """Which object, command or pattern gave one identity field, and what else contradicts it."""

    field: str
    where: str
    disagrees: str = ""  # "<other place>=<its value>" where two places give different answers


@dataclass(frozen=True, slots=True)
class Identity(Fact):
    """What a device is. None in a field: nothing that was read tells."""

    vendor: str | None = None
    kind: str | None = None  # router, switch, firewall, server, wireless, storage, ups, printer, camera …
    platform: str | None = None
    model: str | None = None
    release: str | None = None
    serial: str | None = None
    hostname: str | None = None
    uptime_s: float | None = None
    sources: tuple[Source, ...] = ()
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Entity:
    """One row of ENTITY-MIB entPhysicalTable (RFC 6933). Empty text is None."""

    index: int
    parent: int | None
    kind: str | None  # chassis, module, port, powerSupply, fan, sensor, stack …
    name: str | None
    descr: str | None
    model: str | None
    serial: str | None
    hardware: str | None
    firmware: str | None
    software: str | None
    vendor: str | None = None
    field_replaceable: bool | None = None


@dataclass(frozen=True, slots=True)
class Entities(Fact):
    """The hardware modules of a device."""

    items: tuple[Entity, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
