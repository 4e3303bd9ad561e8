"""ENTITY-MIB entPhysicalTable (RFC 6933)."""

from __future__ import annotations

from collectors.mibs.agent import Agent, lacks, reads
from collectors.rows import named, number, text, truth
from inventory.errors import Missing
from inventory.facts import Entities, Entity

ENTRY = "1.3.6.1.2.1.47.1.1.1.1"
CLASSES = {
    1: "other",
    2: "unknown",
    3: "chassis",
    4: "backplane",
    5: "container",
    6: "powerSupply",
    7: "fan",
    8: "sensor",
    9: "module",
    10: "port",
    11: "stack",
    12: "cpu",
    13: "energyObject",
    14: "battery",
    15: "storageDrive",
}


@reads(Entities)
def entities(agent: Agent) -> Entities | Missing:
    """The physical entities of a device."""
    table = agent.table(ENTRY).whole()
    columns = {n: table.column(n) for n in (2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 16)}
    items = []
    for index in table.indexes():
        if not index.isdigit():
            continue
        values = {n: column.get(index) for n, column in columns.items()}
        items.append(
            Entity(
                index=int(index),
                parent=number(values[4]),
                kind=named(CLASSES, values[5]),
                name=text(values[7]),
                descr=text(values[2]),
                model=text(values[13]),
                serial=text(values[11]),
                hardware=text(values[8]),
                firmware=text(values[9]),
                software=text(values[10]),
                vendor=text(values[12]),
                field_replaceable=truth(values[16]),
            )
        )
    if not items:
        return lacks("ENTITY-MIB entPhysicalTable")
    return Entities(tuple(items), agent.evidence("ENTITY-MIB::entPhysicalTable", f"{len(items)} rows"))
