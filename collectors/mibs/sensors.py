"""Sensors, fans and power supplies: ENTITY-SENSOR-MIB (RFC 3433), and where makers keep the state of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from collectors.base import SnmpValue
from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.entities import CLASSES
from collectors.mibs.identifying import ENTITY_ENTRY
from collectors.mibs.rows import number, text
from collectors.mibs.system import enterprise
from inventory.errors import Missing
from inventory.facts import Sensor, Sensors

SENSOR_ENTRY = "1.3.6.1.2.1.99.1.1.1"  # entPhySensorTable
CISCO_SENSOR_ENTRY = "1.3.6.1.4.1.9.9.91.1.1.1.1"  # CISCO-ENTITY-SENSOR-MIB entSensorValueTable: the same columns
_OK = {1: True, 2: None, 3: False}  # EntitySensorStatus: ok, unavailable, nonoperational
# EntitySensorDataType (RFC 3433): kind and unit
_TYPES = {
    3: ("voltage", "V"),
    4: ("voltage", "V"),
    5: ("current", "A"),
    6: ("power", "W"),
    7: ("frequency", "Hz"),
    8: ("temperature", "°C"),
    9: ("humidity", "%"),
    10: ("fan", "rpm"),
    11: ("flow", "m³/min"),
    12: ("truth", ""),
}
_TRUTH = 12
_FIGURE = re.compile(r"[+-]?\d{1,12}(?:\.\d{0,12})?", re.ASCII)
_UNITS_SCALE = 9  # EntitySensorDataScale units(9); each step is a factor of 1000


@dataclass(frozen=True, slots=True)
class _Table:
    """A maker's table of parts that tell their state. Column 0: the table has none of the kind."""

    enterprise: int
    entry: str
    kind: str  # empty: the entity of the same index tells
    name: int
    state: int
    good: frozenset[int]
    bad: frozenset[int]
    value: int = 0
    unit: str = ""
    scale: float = 1.0
    present: int = 0  # column that is 1 where the part is there


_ENVMON = (
    frozenset({1}),
    frozenset({2, 3, 4, 6}),
)  # CiscoEnvMonState: normal; warning, critical, shutdown, not working
_NONE: frozenset[int] = frozenset()
_TABLES = (
    # CISCO-ENVMON-MIB
    _Table(9, "1.3.6.1.4.1.9.9.13.1.3.1", "temperature", 2, 6, *_ENVMON, value=3, unit="°C"),
    _Table(9, "1.3.6.1.4.1.9.9.13.1.4.1", "fan", 2, 3, *_ENVMON),
    _Table(9, "1.3.6.1.4.1.9.9.13.1.5.1", "powerSupply", 2, 3, *_ENVMON),
    # HUAWEI-ENTITY-EXTENT-MIB hwFanStatusTable, hwPwrStatusTable
    _Table(2011, "1.3.6.1.4.1.2011.5.25.31.1.1.10.1", "fan", 8, 7, frozenset({1}), frozenset({2}), present=6),
    _Table(2011, "1.3.6.1.4.1.2011.5.25.31.1.1.18.1", "powerSupply", 9, 6, frozenset({1}), frozenset({2}), present=5),
    # HH3C-ENTITY-EXT-MIB hh3cEntityExtStateTable: normal(2), sensor and hardware errors above
    _Table(25506, "1.3.6.1.4.1.25506.2.6.1.1.1.1", "", 0, 19, frozenset({2}), frozenset({3, *range(11, 100)})),
    # FORTINET-FORTIGATE-MIB fgHwSensorTable: the value is text, the alarm 0 or 1
    _Table(12356, "1.3.6.1.4.1.12356.101.4.3.2.1", "other", 2, 4, frozenset({0}), frozenset({1}), value=3),
    # LM-SENSORS-MIB of net-snmp
    _Table(8072, "1.3.6.1.4.1.2021.13.16.2.1", "temperature", 2, 0, _NONE, _NONE, value=3, unit="°C", scale=0.001),
    _Table(8072, "1.3.6.1.4.1.2021.13.16.3.1", "fan", 2, 0, _NONE, _NONE, value=3, unit="rpm"),
    _Table(8072, "1.3.6.1.4.1.2021.13.16.4.1", "voltage", 2, 0, _NONE, _NONE, value=3, unit="V", scale=0.001),
)
_WITH_STATE = frozenset({"fan", "powerSupply", "sensor", "module"})  # entities whose own state is worth a line


@reads(Sensors)
def sensors(agent: Agent) -> Sensors | Missing:
    """Every sensor with its reading, and every fan and power supply with its state."""
    maker = enterprise(agent)
    items = [*_measured(agent, SENSOR_ENTRY)]
    if maker == 9 and not items:
        items = [*_measured(agent, CISCO_SENSOR_ENTRY)]
    for table in _TABLES:
        if table.enterprise == maker:
            items += _parts(agent, table)
    if not items:
        return lacks("ENTITY-SENSOR-MIB and the maker's own tables")
    return Sensors(tuple(dict.fromkeys(items)), agent.evidence("ENTITY-SENSOR-MIB::entPhySensorTable"))


def _measured(agent: Agent, entry: str) -> Iterator[Sensor]:
    table = agent.table(entry).whole()
    if not table:
        return
    names = _entity_names(agent)
    kinds, scales, precisions, values, states = (table.column(n) for n in range(1, 6))
    for index, kind in kinds.items():
        known, unit = _TYPES.get(number(kind) or 0, ("other", ""))
        state = number(states.get(index))
        ok = _OK.get(state) if state is not None else None
        reading = _scaled(number(values.get(index)), number(scales.get(index)), number(precisions.get(index)))
        if kind == _TRUTH:
            reading = None
        yield Sensor(names.get(index) or f"entity {index}", known, reading if ok is not False else None, unit, ok)


def _scaled(value: int | None, scale: int | None, precision: int | None) -> float | None:
    """The number that EntitySensorValue stands for; the MIB's bounds kept, for agents write what they like."""
    if value is None or abs(value) >= 1_000_000_000:  # its ends mean overflow and underflow
        return None
    steps = (scale if scale is not None and 1 <= scale <= 17 else _UNITS_SCALE) - _UNITS_SCALE
    digits = precision if precision is not None and 0 <= precision <= 9 else 0
    return float(f"{value * 1000.0**steps / 10**digits:.6g}")


def _entity_names(agent: Agent) -> dict[str, str]:
    table = agent.table(ENTITY_ENTRY)
    found = {index: text(value) for number_ in (2, 7) for index, value in table.column(number_).items()}
    return {index: name for index, name in found.items() if name}


def _parts(agent: Agent, table: _Table) -> Iterator[Sensor]:
    rows = agent.table(table.entry).whole()
    names = rows.column(table.name) if table.name else {}
    present = rows.column(table.present) if table.present else {}
    entities = {} if table.kind else agent.table(ENTITY_ENTRY).column(5)
    entity_names = {} if table.kind else _entity_names(agent)
    for index in rows.indexes():
        if present.get(index, 1) != 1:
            continue
        kind = table.kind or CLASSES.get(number(entities.get(index)) or 0, "")
        state = number(rows.column(table.state).get(index)) if table.state else None
        ok = True if state in table.good else False if state in table.bad else None
        if not table.kind and (kind not in _WITH_STATE or ok is None):
            continue
        name = text(names.get(index)) or entity_names.get(index) or f"{kind} {index}"
        yield Sensor(name, kind, _reading(table, rows.column(table.value).get(index)), table.unit, ok)


def _reading(table: _Table, value: SnmpValue) -> float | None:
    if isinstance(value, bytes):
        said = text(value) or ""
        return float(said) if _FIGURE.fullmatch(said) else None
    return float(f"{value * table.scale:.6g}") if isinstance(value, int) else None
