"""Hardware modules: ENTITY-MIB first, makers' own tables where it tells nothing or has no rows for them."""

from __future__ import annotations

import pytest
from mib_objects import Objects, told

from collectors.base import Oid, SnmpValue
from collectors.vendors.files import INVENTORY_FIELDS, Inventory, vendors
from inventory.facts import Entities, Entity

ENT = "1.3.6.1.2.1.47.1.1.1.1"
HARDWARE = "1.3.6.1.4.1.6527.3.1.2.2.1.8.1"  # TIMETRA-CHASSIS-MIB tmnxHwTable
PLUGGED = "1.3.6.1.4.1.9.6.1.101.217.1"  # CISCOSB-INVENTORYENT-MIB rlInventoryEntTable


def system(object_id: str, descr: bytes) -> Objects:
    return {"1.3.6.1.2.1.1.1.0": descr, "1.3.6.1.2.1.1.2.0": Oid(f"1.3.6.1.4.1.{object_id}")}


def rows(entry: str, columns: tuple[int, ...], **by_index: tuple[SnmpValue, ...]) -> Objects:
    """Rows of a table; the index is written i1_3 for 1.3."""
    return {
        f"{entry}.{column}.{index[1:].replace('_', '.')}": value
        for index, values in by_index.items()
        for column, value in zip(columns, values, strict=True)
    }


def modules(*objects: Objects) -> tuple[Entity, ...]:
    fact = told(Entities, *objects)
    assert isinstance(fact, Entities)
    return fact.items


NOKIA = system("6527.1.3.17", b"TiMOS-C-23.10.R3 cpm/hops64 Nokia 7750 SR")
CHASSIS = rows(
    HARDWARE, (4, 5, 7, 8, 13, 16),
    i1_50331649=(b"3HE18080AARA01", b"NS0000001", 3, b"Chassis 1", 0, 2),
    i1_134217729=(b"3HE16472AARA01", b"NS0000002", 8, b"Slot 1", 50331649, 2),
    i1_134217730=(b"", b"", 8, b"Slot 2", 50331649, 7),
    i1_184549633=(b"3HE17771AARB01", b"NS0000003", 11, b"MDA 1/1", 134217729, 2),
    i1_200000000=(b"", b"", 7, b"Sensor 1", 50331649, 2),
)  # fmt: skip


def test_makers_table_stands_in_for_entity_mib() -> None:
    """Empty slots and sensors are no modules; what contains what is kept."""
    chassis, card, adapter = modules(NOKIA, CHASSIS)
    assert (chassis.kind, chassis.name, chassis.model, chassis.serial, chassis.parent) == (
        *("chassis", "Chassis 1", "3HE18080AARA01", "NS0000001", None),
    )
    assert (card.name, card.parent, adapter.name, adapter.parent) == ("Slot 1", chassis.index, "MDA 1/1", card.index)


def test_entity_mib_that_tells_comes_first() -> None:
    standard = {f"{ENT}.5.1": 3, f"{ENT}.7.1": b"chassis", f"{ENT}.11.1": b"NS0000001"}
    (only,) = modules(NOKIA, CHASSIS, standard)
    assert (only.index, only.name) == (1, "chassis")


def test_entity_mib_of_names_alone_gives_way() -> None:
    """Rows without class, model and serial say no more than that there is something."""
    names = {f"{ENT}.2.1": b"CHASSIS", f"{ENT}.2.2": b"CHASSIS"}
    assert [m.name for m in modules(NOKIA, CHASSIS, names)] == ["Chassis 1", "Slot 1", "MDA 1/1"]
    assert len(modules(system("2011.2.23.1", b"Huawei"), names)) == 2


def test_rows_that_entity_mib_lacks_stand_beside_it() -> None:
    """The table of units and transceivers of small-business switches: units are in ENTITY-MIB, transceivers not."""
    switch = system("9.1.3211", b"Catalyst 1200 Series Smart Switch, 8-port GE (C1200-8T-E-2G)")
    standard = {f"{ENT}.5.67109120": 3, f"{ENT}.13.67109120": b"C1200-8T-E-2G"}
    more = rows(
        PLUGGED, (1, 4, 5, 6, 7),
        i0_1=(0, b"C1200-8T-E-2G", b"1", b"Catalyst 1200", b"DNI00000001"),
        i1_9=(1, b"GLC-SX-MMD", b"GigabitEthernet9", b"SFP-1000Base-SX", b"G2610000001    "),
    )  # fmt: skip
    chassis, transceiver = modules(switch, standard, more)
    assert (chassis.kind, transceiver.kind, transceiver.name) == ("chassis", "module", "GigabitEthernet9")
    assert (transceiver.model, transceiver.serial) == ("GLC-SX-MMD", "G2610000001")
    assert transceiver.index > chassis.index


def test_nobody_else_is_asked_for_a_makers_table() -> None:
    assert not isinstance(told(Entities, system("2011.2.23.1", b"Huawei"), CHASSIS), Entities)


@pytest.mark.parametrize(
    "dummy", [b"<private>", b"N/A", b"000000", b"FFFFFFFF", b"-----", b"SERIALNO", b"Not Specified"]
)
def test_words_for_nothing_are_no_serial_of_a_module(dummy: bytes) -> None:
    (only,) = modules(NOKIA, {f"{ENT}.5.1": 3, f"{ENT}.7.1": b"chassis", f"{ENT}.11.1": dummy})
    assert only.serial is None
    (own, *_) = modules(NOKIA, CHASSIS, {f"{HARDWARE}.5.1.50331649": dummy})
    assert own.serial is None


def test_tables_of_the_files_are_their_makers() -> None:
    """Each stands below a number of its file, or is the system group; every field is one that an entity has."""
    for vendor in vendors():
        for each in (*vendor.inventory, *(i for s in vendor.systems for i in s.inventory)):
            own = {f"1.3.6.1.4.1.{number}" for number in vendor.enterprises} | {"1.3.6.1.2.1.1"}
            assert all(any(entry == o or entry.startswith(f"{o}.") for o in own) for entry in each.entries), each


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": {"name": 1}},
        {"columns": {"name": 1}, "kind": "module", "kinds": {1: "fan"}},
        {"columns": {"name": 1, "class": 2}, "kind": "module"},
        {"columns": {"colour": 1}, "kind": "module"},
    ],
)
def test_rules_that_contradict_themselves_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"kind|field"):
        Inventory("X-MIB::xTable", ("1.3.6.1.4.1.1.1",), **wrong)  # type: ignore[arg-type]


def test_fields_of_a_makers_table_are_those_of_an_entity_in_its_order() -> None:
    said = Entity(1, None, "module", *INVENTORY_FIELDS)
    assert all(getattr(said, field) == field for field in INVENTORY_FIELDS)


def test_modules_of_a_ruijie_chassis() -> None:
    """RUIJIE-ENTITY-MIB: the device, its cards and supplies; a bay without a supply says noLink(1)."""
    table = "1.3.6.1.4.1.4881.1.1.10.2.21.1"
    found = modules(
        system("4881.1.1.10.1.150", b"Ruijie 10G Routing Switch(S8610) By Ruijie Networks"),
        rows(f"{table}.2.1", (2, 8, 10), i1=(b"S8610", b"RGOS 10.4(3)", b"1234942570021")),
        rows(f"{table}.3.1", (3, 10), i1_1=(b"M8600-24SFP/12GT", b"1234942570333"), i1_2=(b"", b"")),
        rows(f"{table}.5.1", (3, 4, 5), i1_1=(4, b"RG-PA600I", b"P0000001"), i1_2=(1, b"N/A", b"N/A")),
    )
    assert [(m.kind, m.model, m.serial) for m in found] == [
        ("chassis", "S8610", "1234942570021"),
        ("module", "M8600-24SFP/12GT", "1234942570333"),
        ("powerSupply", "RG-PA600I", "P0000001"),
    ]


def test_names_of_parts_are_kept_where_the_maker_tells_of_the_whole_alone() -> None:
    """Rows of names alone give way to the maker's table unless that has fewer."""
    names: Objects = {f"{ENT}.2.{n}": b"port" for n in range(1, 5)}
    one = rows("1.3.6.1.4.1.4881.1.1.10.2.21.1.2.1", (2, 10), i1=(b"S8610", b"1234942570021"))
    agent = system("4881.1.1.10.1.150", b"Ruijie Switch(S8610)")
    assert [m.descr for m in modules(agent, names, one)] == ["port"] * 4
    assert [m.model for m in modules(agent, one)] == ["S8610"]
