"""Hardware modules: ENTITY-MIB entPhysicalTable (RFC 6933), and makers' own tables where that tells nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.identifying import ENTITY_ENTRY, identifying
from collectors.mibs.rows import Table, named, number, telling, text, truth
from collectors.mibs.system import system_group
from collectors.vendors.files import INVENTORY_FIELDS, Inventory
from inventory.errors import Missing
from inventory.facts import Entities, Entity

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
    """The physical entities of a device, and those of its maker's tables that ENTITY-MIB does not have."""
    listed = list(_physical(agent.table(ENTITY_ENTRY).whole()))
    tells = any(each.kind or each.model or each.serial for each in listed)
    wanted = [each for each in _inventory(agent) if each.beside or not tells]
    numbers = count(max((each.index for each in listed), default=0) + 1)
    own = [row for each in wanted for entry in each.entries for row in _own(agent.table(entry).whole(), each, numbers)]
    # rows of names alone give way to the maker's, unless those are fewer: then they are of the device as a whole
    items = (*listed, *own) if tells else tuple(own if len(own) >= len(listed) else listed)
    if not items:
        return lacks("ENTITY-MIB entPhysicalTable")
    sources = [*(["ENTITY-MIB::entPhysicalTable"] if listed else []), *(each.source for each in wanted)]
    return Entities(items, agent.evidence(" ".join(sources), f"{len(items)} rows"))


def _inventory(agent: Agent) -> tuple[Inventory, ...]:
    system = system_group(agent)
    return () if isinstance(system, Missing) else identifying(agent, system).inventory()


def _physical(table: Table) -> Iterator[Entity]:
    columns = {n: table.column(n) for n in (2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 16)}
    for index in table.indexes():
        if not index.isdigit():
            continue
        values = {n: column.get(index) for n, column in columns.items()}
        yield Entity(
            index=int(index),
            parent=number(values[4]),
            kind=named(CLASSES, values[5]),
            name=text(values[7]),
            descr=text(values[2]),
            model=telling(text(values[13])),
            serial=telling(text(values[11])),
            hardware=text(values[8]),
            firmware=text(values[9]),
            software=text(values[10]),
            vendor=text(values[12]),
            field_replaceable=truth(values[16]),
        )


def _own(table: Table, rules: Inventory, numbers: Iterator[int]) -> Iterator[Entity]:
    """Rows of a maker's table, numbered on: their own indexes have several parts, and are another table's too."""
    texts = {field: table.column(rules.columns[field]) for field in INVENTORY_FIELDS if field in rules.columns}
    kinds, parents = (table.column(n) if n else {} for n in (rules.columns.get("class"), rules.parent))
    absences = [(table.column(column), values) for column, values in rules.absent.items()]
    places: dict[str, int] = {}
    found = []
    for index in dict.fromkeys(i for column in texts.values() for i in column):
        said = {field: telling(text(column.get(index))) for field, column in texts.items()}
        kind = rules.kind or named(rules.kinds, kinds.get(index))
        if kind and any(said.values()) and not any(column.get(index) in values for column, values in absences):
            places[index.rpartition(".")[2]] = place = next(numbers)
            found.append((place, str(parents.get(index)), kind, said))
    for place, parent, kind, said in found:
        name, descr, model, serial, hardware, firmware, software, vendor = map(said.get, INVENTORY_FIELDS)
        where = (place, places.get(parent), kind)
        yield Entity(*where, name, descr, model, serial, hardware, firmware, software, vendor)
