"""NetBox's bulk import as CSV, out and in: one file a kind of object, known by its headings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from inventory.errors import InputError
from inventory.exchange.assets import Asset, Given, GivenLink, GivenSite
from inventory.exchange.netbox import KINDS, Kind, Line
from inventory.exchange.nodes import addresses_in
from inventory.file_text import file_text, not_csv
from inventory.text import Text

_FORMULA = tuple("=+-@\t\r|%")
_MOST_LINES = 1_000_000


# Out -----------------------------------------------------------------------------------------------------------------


def file_name(kind: Kind) -> str:
    """``08-devices.csv``: NetBox has to be given the files in this order."""
    return f"{KINDS.index(kind) + 1:02}-{kind.name}.csv"


def write_lines(kind: Kind, lines: Iterable[Line], file: TextIO) -> int:
    """Writes the rows; how many. An apostrophe stands before what a spreadsheet would compute."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(kind.columns)
    count = 0
    for line in lines:
        writer.writerow([_cell(line.get(column)) for column in kind.columns])
        count += 1
    return count


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = " ".join(str(value).split("\n"))
    return f"'{text}" if text.startswith(_FORMULA) else text


# In ------------------------------------------------------------------------------------------------------------------


def read_netbox_csv(paths: Iterable[Path]) -> Given:
    """Sites, devices with their addresses, and cables; InputError names file and line.

    Manufacturers, types, roles, tenants and interfaces say nothing that the rows of devices do not.
    """
    files = [found for path in paths for found in (sorted(path.glob("*.csv")) if path.is_dir() else [path])]
    if not files:
        raise InputError(", ".join(map(str, paths)), Text("没有 CSV 文件", "no CSV file there"))
    found: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for path in files:
        kind, lines = _lines(path)
        found.setdefault(kind, []).extend(lines)
    addresses: dict[str, list[str]] = {}
    for where, line in found.get("ip-addresses", []):
        if not addresses_in(line.get("address", "").partition("/")[0]):
            raise _refused(where, "address", line, Text("IP 地址", "an IP address"))
        if line.get("device") and line.get("is_primary", "").lower() in ("true", "yes", "1"):
            addresses.setdefault(line["device"], []).append(line["address"])
    return Given(
        tuple(_asset(where, line, addresses) for where, line in found.get("devices", [])),
        tuple(_site(where, line) for where, line in found.get("sites", [])),
        tuple(link for where, line in found.get("cables", []) for link in _links(where, line)),
    )


# Headings by which a file is known, the most telling first.
_SIGNS = (
    ("cables", {"side_a_device", "side_b_device"}),
    ("devices", {"name", "device_type", "site"}),
    ("ip-addresses", {"address", "status"}),
    ("interfaces", {"device", "name", "type"}),
    ("device-types", {"manufacturer", "model"}),
    ("sites", {"name", "slug", "status"}),
    ("names", {"name", "slug"}),  # manufacturers, roles, platforms, tenants
)


def _lines(path: Path) -> tuple[str, list[tuple[str, dict[str, str]]]]:
    reader = csv.DictReader(io.StringIO(file_text(path), newline=None), restkey="", restval="")
    try:
        header = [heading.strip().lower() for heading in reader.fieldnames or ()]
        kind = next((name for name, signs in _SIGNS if signs <= set(header)), None)
        if kind is None:
            known = "; ".join(", ".join(sorted(signs)) for _, signs in _SIGNS)
            raise InputError(
                f"{path}:1", Text(f"不是 NetBox 批量导入的表头；应含 {known} 之一", f"expected headings: {known}")
            )
        reader.fieldnames = header
        return kind, list(_rows(path, reader))
    except csv.Error as error:
        raise not_csv(path, reader.line_num, error) from None


def _rows(path: Path, reader: csv.DictReader[str]) -> Iterator[tuple[str, dict[str, str]]]:
    for row in reader:
        where = f"{path}:{reader.line_num}"
        if "" in row:
            raise InputError(where, Text("这一行比表头多出了列", "this row has more columns than the header"))
        if reader.line_num > _MOST_LINES:
            raise InputError(where, Text("行数过多", "too many lines"))
        cells = {name: _bare(cell.strip()) for name, cell in row.items()}
        if any(cells.values()):
            yield where, cells


def _bare(cell: str) -> str:
    """Without the apostrophe that kept a spreadsheet from computing it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _needed(where: str, line: dict[str, str], column: str) -> str:
    if not line.get(column):
        raise _refused(where, column, line, Text("一个值", "a value"))
    return line[column]


def _refused(where: str, column: str, line: dict[str, str], wanted: Text) -> InputError:
    given = line.get(column, "")
    return InputError(where, Text(f"{column}“{given}”应为{wanted.zh}", f"{column} '{given}': expected {wanted.en}"))


def _site(where: str, line: dict[str, str]) -> GivenSite:
    return GivenSite(
        name=_needed(where, line, "name"),
        tier=line.get("group") or None,
        title=line.get("description") or None,
        unit=line.get("tenant") or None,
        place=line.get("physical_address") or None,
        where=where,
    )


def _asset(where: str, line: dict[str, str], addresses: dict[str, list[str]]) -> Asset:
    name = line.get("name") or line.get("asset_tag") or _needed(where, line, "name")
    ips = [ip for text in addresses.get(name, ()) for ip in addresses_in(text.partition("/")[0])]
    return Asset(
        name=name,
        addresses=tuple(ips),
        asset_no=line.get("asset_tag") or None,
        platform=line.get("platform") or None,
        vendor=line.get("manufacturer") or None,
        model=line.get("device_type") or None,
        serial=line.get("serial") or None,
        unit=line.get("tenant") or None,
        site=_needed(where, line, "site"),
        role=line.get("role") or line.get("device_role") or None,
        where=where,
    )


def _links(where: str, line: dict[str, str]) -> Iterator[GivenLink]:
    """The cable, where both ends are interfaces."""
    sides = [line.get(f"side_{side}_type", "") for side in "ab"]
    if all(side in ("dcim.interface", "interface") for side in sides):
        names = (f"side_{side}_{part}" for side in "ab" for part in ("device", "name"))
        a_device, a_name, z_device, z_name = (_needed(where, line, name) for name in names)
        yield GivenLink(a_device, a_name, z_device, z_name, line.get("label") or None, where)
