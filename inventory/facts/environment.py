"""How the hardware is: temperatures, fans, power supplies, voltages; how busy it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor, or one part that reports its state. ``ok`` None: it does not say."""

    name: str
    kind: str  # temperature, fan, powerSupply, voltage, current, power, humidity, frequency, flow, truth, other
    value: float | None = None  # None: tells a state only
    unit: str = ""  # °C, rpm, V, A, W, %, Hz, m³/min; empty: no number, or of no known unit
    ok: bool | None = None


@dataclass(frozen=True, slots=True)
class Sensors(Fact):
    """All sensors, fans and power supplies that report."""

    items: tuple[Sensor, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Load(Fact):
    """How busy the device was when it was asked. None: it does not tell."""

    cpu_percent: float | None
    memory_percent: float | None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
