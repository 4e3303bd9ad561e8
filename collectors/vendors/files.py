"""Vendor files as typed rules, and the public register of enterprise numbers."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from inventory.document import read_document

FOLDER = Path(__file__).parent
STANDARD = FOLDER / "standard.yaml"
ENTERPRISES = "1.3.6.1.4.1."  # the arc below which each maker has a number (IANA Private Enterprise Numbers)
FIELDS = ("model", "release", "serial")
# Of an Entity, in its order.
INVENTORY_FIELDS = ("name", "descr", "model", "serial", "hardware", "firmware", "software", "vendor")


@dataclass(frozen=True, slots=True)
class Place:
    """One place that may tell a field; exactly one of the first six says which.

    ``descr``      pattern on sysDescr; the group ``value``, or the last group, is the value
    ``object_id``  true: sysObjectID below 1.3.6.1.4.1, for ``table``
    ``get``        a scalar's OID with its instance
    ``below``      the same below the device's own sysObjectID, for makers whose products each have a MIB of their own;
                   ``up`` leaves out so many of its last numbers first
    ``column``     a table's column; the first row that tells something
    ``row``        with ``column``: pattern on the words of a row's index, where that names what the row holds
    ``entity``     column of the chassis in ENTITY-MIB: model, serial, software, firmware, hardware, descr, name, maker
    ``match``      pattern that cuts the value out of what was read
    ``form``       what stands around the value where the device leaves it out: FortiAP-{}
    ``table``      value by the longest prefix first (OIDs)
    ``products``   the same from a file beside this one: what ``match`` leaves of the OID, tab, product
    ``octets``     the value's octets in hexadecimal: a MAC that is the serial number
    ``name``       the object as its MIB names it, for evidence
    ``lone``       asked only where nothing before told: a part's serial does not dispute the device's
    """

    descr: str | None = None
    object_id: bool = False
    get: str | None = None
    below: str | None = None
    column: str | None = None
    row: str | None = None
    entity: str | None = None
    up: int = 0
    match: str | None = None
    form: str = "{}"
    table: dict[str, str] = field(default_factory=dict)
    products: str | None = None
    octets: bool = False
    name: str | None = None
    lone: bool = False

    def __post_init__(self) -> None:
        given = [self.descr, self.object_id or None, self.get, self.below, self.column, self.entity]
        if sum(value is not None for value in given) != 1:
            raise ValueError("exactly one of descr, object_id, get, below, column, entity")
        if self.up and not self.below:
            raise ValueError("up only with below")
        if self.row and not self.column:
            raise ValueError("row only with column")
        if self.form.count("{}") != 1 or re.search(r"[{}]", self.form.replace("{}", "")):
            raise ValueError("a form takes the value once: {}")
        for pattern in (self.descr, self.row, self.match):
            if pattern:
                re.compile(pattern)


@dataclass(frozen=True, slots=True)
class Inventory:
    """A maker's own table of hardware, read where ENTITY-MIB tells nothing of it.

    ``entries``   OIDs of the entries (…Table.1) of tables that are built alike; a group of scalars is one row
    ``columns``   column by the field of an Entity that it fills: name, descr, model, serial, hardware, firmware,
                  software, vendor; a row that none of them says anything of is no module
    ``kind``      class of every row; or ``kinds``, class by the number in column ``class``, rows of others left out
    ``absent``    column → numbers in it that say that the hardware is not there
    ``parent``    column that holds the last number of the containing row's index
    ``beside``    the rows stand beside those of ENTITY-MIB, which has none for them
    """

    source: str
    entries: tuple[str, ...]
    columns: dict[str, int]
    kind: str | None = None
    kinds: dict[int, str] = field(default_factory=dict)
    absent: dict[int, tuple[int, ...]] = field(default_factory=dict)
    parent: int | None = None
    beside: bool = False

    def __post_init__(self) -> None:
        if (self.kind is None) != bool(self.kinds) or bool(self.kinds) != ("class" in self.columns):
            raise ValueError("either kind, or kinds with a column class")
        if unknown := set(self.columns) - {*INVENTORY_FIELDS, "class"}:
            raise ValueError(f"no fields of an entity: {', '.join(sorted(unknown))}")


@dataclass(frozen=True, slots=True)
class Ports:
    """A maker's own table of ports, read where the agent has no ifTable.

    ``entry``    OID of the entry (…Table.1)
    ``columns``  column by the field of an Interface that it fills: name, alias, admin_up, oper_up (1 up, 2 down, as in
                 IF-MIB)
    ``name``     how a port is called that bears no name of its own: {0} and so on are the numbers of its row's index
    ``kind``     IANAifType of every port, with ``speed_mbps`` where the table is of ports of one speed
    ``beside``   the ports stand beside those of ifTable, which has none of them
    """

    source: str
    entry: str
    columns: dict[str, int]
    name: str
    kind: str | None = None
    speed_mbps: float | None = None
    beside: bool = False

    def __post_init__(self) -> None:
        if unknown := set(self.columns) - {"name", "alias", "admin_up", "oper_up"}:
            raise ValueError(f"no fields of a port: {', '.join(sorted(unknown))}")
        if not re.fullmatch(r"[\w/.: -]*(?:\{\d\}[\w/.: -]*)+", self.name):
            raise ValueError("a name takes numbers of the index: {0}")


@dataclass(frozen=True, slots=True)
class System:
    """One of a vendor's systems: when it fits, what it is, and where its fields stand before the vendor's own places.

    It fits when every condition given holds: pattern on sysDescr, prefixes of sysObjectID below 1.3.6.1.4.1, a scalar
    that the agent has, pattern on the model of the chassis in ENTITY-MIB. ``only`` leaves the standard MIBs out, for
    agents that fill them with nonsense.
    """

    platform: str | None = None
    kind: str | None = None
    vendor: str | None = None
    descr: str | None = None
    object_id: tuple[str, ...] = ()
    asks: str | None = None
    says: str | None = None  # pattern on the value of ``asks``; None: having it is enough
    chassis: str | None = None
    only: bool = False
    model: tuple[Place, ...] = ()
    release: tuple[Place, ...] = ()
    serial: tuple[Place, ...] = ()
    inventory: tuple[Inventory, ...] = ()
    ports: tuple[Ports, ...] = ()


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor file. ``descr`` recognises its devices where the agent is somebody else's, ``alone`` (a scalar's OID
    with its instance) where it answers nothing of the system group."""

    vendor: str
    enterprises: tuple[int, ...] = ()
    shipped_by_others: bool = False  # the number is an agent's that other makers put into their devices
    descr: str | None = None
    alone: str | None = None
    platform: str | None = None
    kind: str | None = None
    only: bool = False
    systems: tuple[System, ...] = ()
    model: tuple[Place, ...] = ()
    release: tuple[Place, ...] = ()
    serial: tuple[Place, ...] = ()
    inventory: tuple[Inventory, ...] = ()  # of all its systems


@dataclass(frozen=True, slots=True)
class Standard:
    """What anybody's device may tell: ``systems`` are kinds of device that a standard MIB gives away."""

    systems: tuple[System, ...] = ()
    model: tuple[Place, ...] = ()
    release: tuple[Place, ...] = ()
    serial: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What of a vendor file decides whether it is the one: read from its lines, since parsing all files takes long."""

    path: Path
    enterprises: tuple[int, ...]
    descr: str | None
    shipped_by_others: bool
    alone: str | None

    def vendor(self) -> Vendor:
        """The whole file; InputError with file and line where it is wrong."""
        return _vendor(self.path)


@cache
def heads() -> tuple[Head, ...]:
    """The head of every vendor file, by file name."""
    return tuple(_head(path) for path in sorted(FOLDER.glob("*.yaml")) if path != STANDARD)


@cache
def standard() -> Standard:
    """Where the MIBs of the IETF and IEEE, and what sysDescr usually says, tell the fields of anybody's device."""
    return read_document(STANDARD, Standard)


def vendors() -> tuple[Vendor, ...]:
    """Every vendor file, whole, by file name."""
    return tuple(head.vendor() for head in heads())


@cache
def pattern(written: str) -> re.Pattern[str]:
    """A pattern of a vendor file, compiled once; ``^`` stands at every line of a sysDescr."""
    return re.compile(written, re.MULTILINE)


def _head(path: Path) -> Head:
    wanted = r"^(enterprises|descr|shipped_by_others|alone): (.*)$"
    lines = dict(re.findall(wanted, path.read_text("utf-8"), re.MULTILINE))
    descr = lines.get("descr")
    return Head(
        path,
        tuple(map(int, re.findall(r"\d+", lines.get("enterprises", "")))),
        descr[1:-1].replace("''", "'") if descr else None,
        lines.get("shipped_by_others") == "true",
        lines.get("alone"),
    )


@cache
def _vendor(path: Path) -> Vendor:
    return read_document(path, Vendor)


@cache
def products(name: str) -> dict[str, str]:
    """The products a file lists, by what tells them apart."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if not line.startswith("#"))


@cache
def _register() -> dict[int, str]:
    lines = gzip.decompress((FOLDER / "enterprise-numbers.tsv.gz").read_bytes()).decode("utf-8").splitlines()
    pairs = (line.partition("\t") for line in lines if not line.startswith("#"))
    return {int(number): name for number, _, name in pairs}


def enterprise_name(number: int) -> str | None:
    """Who holds an enterprise number (IANA); None for one that nobody holds."""
    return _register().get(number)
