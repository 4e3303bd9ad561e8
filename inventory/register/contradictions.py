"""In what a register contradicts itself: names given twice or that nothing has, impossible pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from inventory.register.column import columns
from inventory.register.rows import Device
from inventory.register.sheets import DEVICE_SHEETS, SHEETS, Register, Sheet
from inventory.text import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the register. ``position`` counts the sheet's rows from 0; ``column`` is a field's name."""

    sheet: Sheet
    position: int
    column: str
    text: Text


def problems(register: Register) -> Iterator[Problem]:
    """Everything in which the register contradicts itself: names given twice or that nothing has, impossible pairs."""
    for sheet in SHEETS:
        yield from _doubles(register, sheet)
        yield from _dangling(register, sheet)
    yield from _device_doubles(register)
    yield from _rack_problems(register)
    yield from _link_problems(register)
    yield from _more_used_than_there_is(register)


def _doubles(register: Register, sheet: Sheet) -> Iterator[Problem]:
    for column in (c for c in columns(sheet.rows) if c.unique):
        values = [getattr(row, column.name) for row in register.rows(sheet)]
        yield from _repeated(sheet, column.name, values)


def _repeated(sheet: Sheet, column: str, values: list[str]) -> Iterator[Problem]:
    seen = Counter(values)
    for position, value in enumerate(values):
        if seen[value] > 1:
            yield Problem(sheet, position, column, Text(f"“{value}”写了不止一次", f"'{value}' is given more than once"))


def _dangling(register: Register, sheet: Sheet) -> Iterator[Problem]:
    for column in columns(sheet.rows):
        if column.refers_to is None:
            continue
        known = register.names(column.refers_to)
        for position, row in enumerate(register.rows(sheet)):
            value = getattr(row, column.name)
            if value is not None and value not in known:
                yield Problem(sheet, position, column.name, _unknown(column.refers_to, value))


def _unknown(attribute: str, value: str) -> Text:
    where = next((s.text for s in SHEETS if s.attribute == attribute), Text("四张设备表", "the four device sheets"))
    return Text(f"{where.zh}中没有“{value}”", f"{where.en}: there is no '{value}'")


def _device_doubles(register: Register) -> Iterator[Problem]:
    # A name may be another device's asset number only where both are the same device: references use either.
    sheets = [sheet for sheet in SHEETS if sheet.attribute in DEVICE_SHEETS]
    rows = [(s, i, row) for s in sheets for i, row in enumerate(register.rows(s)) if isinstance(row, Device)]
    seen = Counter(word for _, _, row in rows for word in {row.asset_no, row.name or row.asset_no})
    for sheet, position, row in rows:
        for column, value in (("asset_no", row.asset_no), ("name", row.name)):
            if value and seen[value] > 1:
                text = Text(f"“{value}”用于不止一台设备", f"'{value}' stands for more than one device")
                yield Problem(sheet, position, column, text)


def _rack_problems(register: Register) -> Iterator[Problem]:
    sheet = next(s for s in SHEETS if s.attribute == "racks")
    yield from _repeated(sheet, "rack_no", [rack.label for rack in register.racks])
    racks = {(rack.room, rack.rack_no) for rack in register.racks}
    listed = {room for room, _ in racks}  # a room whose racks nobody listed proves nothing
    for sheet in (s for s in SHEETS if s.attribute in DEVICE_SHEETS):
        for position, row in enumerate(register.rows(sheet)):
            if isinstance(row, Device) and row.rack and row.room in listed and (row.room, row.rack) not in racks:
                text = Text(f"机房 {row.room} 没有机柜“{row.rack}”", f"room {row.room} has no rack '{row.rack}'")
                yield Problem(sheet, position, "rack", text)


def _link_problems(register: Register) -> Iterator[Problem]:
    sheet = next(s for s in SHEETS if s.attribute == "links")
    for position, link in enumerate(register.links):
        if link.z_site is None and link.z_outside is None:
            text = Text("Z 端站点和县外对端至少填一个", "either the Z site or the far end outside has to be given")
            yield Problem(sheet, position, "z_site", text)
        for end, name, site in (("a", link.a_device, link.a_site), ("z", link.z_device, link.z_site)):
            device = register.device(name or "")
            stands = register.site_of(device) if device else None
            if site and stands and stands.name != site:
                text = Text(f"设备 {name} 登记在站点 {stands.name}", f"device {name} is declared at site {stands.name}")
                yield Problem(sheet, position, f"{end}_device", text)


_CAPACITIES = (
    ("rooms", "racks_used", "racks_total"),
    ("racks", "u_used", "u_total"),
    ("storages", "used_tb", "capacity_tb"),
)


def _more_used_than_there_is(register: Register) -> Iterator[Problem]:
    for attribute, used_name, total_name in _CAPACITIES:
        sheet = next(s for s in SHEETS if s.attribute == attribute)
        for position, row in enumerate(register.rows(sheet)):
            used, total = getattr(row, used_name), getattr(row, total_name)
            if used is not None and total is not None and used > total:
                text = Text(f"已用 {used:g} 多于总数 {total:g}", f"{used:g} in use, more than the {total:g} there are")
                yield Problem(sheet, position, used_name, text)
