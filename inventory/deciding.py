"""The register after a unit decided: only decided rows count, and with one that is wrong nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from inventory.decisions import (
    KIND_OF_SHEET,
    WORKSHEET,
    Admission,
    Dispute,
    Disputed,
    Ruling,
    Stranger,
    attribute_of,
)
from inventory.register import (
    DEVICE_SHEETS,
    SHEETS,
    Column,
    Device,
    Problem,
    Register,
    Row,
    Sheet,
    columns,
    problems,
)
from inventory.text import Text
from inventory.workbook.cells import CellError, cell_of, value_of

_DISPUTED, _STRANGERS = WORKSHEET
Decided = Disputed | Stranger


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a worksheet. With any problem the register is the one from before."""

    register: Register
    decided: tuple[Decided, ...]
    undecided: tuple[Decided, ...]
    problems: tuple[Problem, ...]


def applied(register: Register, disputed: Sequence[Disputed], strangers: Sequence[Stranger]) -> Outcome:
    """The register as the decided rows want it; those of an earlier time, already in it, change nothing."""
    applying = _Applying(register)
    for position, row in enumerate(disputed):
        if row.ruling is not None and applying.asks_anew(_DISPUTED, position, row.ruling, row.asset_no, row.field):
            applying.rule(position, row, row.ruling)
    for position, stranger in enumerate(strangers):
        if stranger.ruling is not None and applying.asks_anew(_STRANGERS, position, stranger.ruling, stranger.found_as):
            applying.admit(position, stranger)
    every: tuple[Decided, ...] = (*disputed, *strangers)
    found = tuple(applying.problems())
    return Outcome(
        register if found else applying.register(),
        tuple(row for row in every if row.ruling is not None),
        tuple(row for row in every if row.ruling is None),
        found,
    )


@dataclass
class _Applying:
    old: Register
    _found: list[Problem] = field(default_factory=list)
    _places: dict[str, tuple[Sheet, int]] = field(default_factory=dict)  # by asset number, name and old name
    _renamed: dict[str, str] = field(default_factory=dict)
    _ruled: dict[tuple[str | None, ...], Ruling | Admission] = field(default_factory=dict)  # by what was asked

    def __post_init__(self) -> None:
        self._devices: dict[str, Device] = {device.asset_no: device for device in self.old.devices}

    def asks_anew(self, sheet: Sheet, position: int, ruling: Ruling | Admission, *question: str | None) -> bool:
        """Whether no row before decides the same otherwise; one that does is a problem."""
        if self._ruled.setdefault((sheet.attribute, *question), ruling) is ruling:
            return True
        text = Text("前面有一行对同一处作了不同的决定", "a row before decides the same otherwise")
        self._problem(sheet, position, "ruling", text)
        return False

    def rule(self, position: int, row: Disputed, ruling: Ruling) -> None:
        device = self._devices.get(row.asset_no)
        if ruling is Ruling.IGNORE and not row.reason:
            self._problem(_DISPUTED, position, "reason", _NEEDS_REASON)
        if row.difference is Dispute.NOT_FOUND:
            if ruling is Ruling.FOUND and device is not None:
                self._remove(position, row, device)
            return  # one that is gone already was removed by the same file before
        if device is None:
            text = Text(f"登记表中没有资产“{row.asset_no}”", f"the register has no asset '{row.asset_no}'")
            self._problem(_DISPUTED, position, "asset_no", text)
        elif row.difference is Dispute.STALE:
            if ruling is Ruling.FOUND:
                text = Text("没有新的发现值，应为保留登记值或忽略", "nothing new was found: expected keep or ignore")
                self._problem(_DISPUTED, position, "ruling", text)
        else:
            self._take(position, row, device)

    def _remove(self, position: int, row: Disputed, device: Device) -> None:
        if row.found:
            text = Text(
                "未找到的设备只能采用空值，即从登记表删除；要更正请改登记表",
                "a device that was not found is removed, where this is empty; correct its address in the register",
            )
            self._problem(_DISPUTED, position, "found", text)
        elif row.declared != device.label:
            self._outdated(position, device.label)
        else:
            self._note(_DISPUTED, position, device)
            del self._devices[row.asset_no]

    def _outdated(self, position: int, now: str) -> None:
        text = Text(f"登记表现在是“{now}”，与这里不同", f"the register says '{now}' by now")
        self._problem(_DISPUTED, position, "declared", text)

    def _take(self, position: int, row: Disputed, device: Device) -> None:
        column = _column(type(device), row.field)
        if column is None:
            known = "、".join(c.zh for c in columns(type(device)))
            self._problem(_DISPUTED, position, "field", Text(f"没有这个字段；应为 {known}", f"expected one of {known}"))
            return
        if row.ruling is not Ruling.FOUND:
            return
        try:
            value = value_of(column, row.found)
        except CellError as error:
            self._problem(_DISPUTED, position, "found", error.text)
            return
        now = _shown(getattr(device, column.name))
        if column.name == "site" and device.site is None:
            site = self.old.site_of(device)
            now = site.name if site else ""
        if value is None:
            self._problem(_DISPUTED, position, "found", Text("没有可采用的值", "there is no value to take"))
        elif now not in (row.declared or "", _shown(value)):
            self._outdated(position, now)
        else:
            self._note(_DISPUTED, position, device)
            change: dict[str, Any] = {column.name: value}
            changed = replace(device, **change)
            if column.name == "name" and device.name and device.name != device.asset_no:
                self._renamed[device.name] = changed.label
            self._devices[row.asset_no] = changed
            self._note(_DISPUTED, position, changed)

    def admit(self, position: int, row: Stranger) -> None:
        if row.ruling is Admission.IGNORE:
            if not row.reason:
                self._problem(_STRANGERS, position, "reason", _NEEDS_REASON)
            return
        for name in ("sheet", "asset_no"):
            if getattr(row, name) is None:
                self._problem(_STRANGERS, position, name, Text("登记时必须填写", "needed to declare the device"))
        if row.sheet is None or row.asset_no is None:
            return
        kind = KIND_OF_SHEET[row.sheet]
        shared = {column.name for column in columns(kind)} & {column.name for column in columns(Stranger)}
        values: dict[str, Any] = {name: getattr(row, name) for name in shared}
        made = kind(**values)
        there = self._devices.get(row.asset_no)
        if there is not None and there != made:
            text = Text(f"资产编号“{row.asset_no}”已经登记", f"asset '{row.asset_no}' is declared already")
            self._problem(_STRANGERS, position, "asset_no", text)
        elif there is None:
            self._devices[row.asset_no] = made
            self._note(_STRANGERS, position, made)

    def register(self) -> Register:
        """All sheets anew, the order of the rows kept, references to renamed devices moved along."""
        sheets: dict[str, Any] = {sheet.attribute: tuple(self._rows(sheet)) for sheet in SHEETS}
        return Register(**sheets)

    def _rows(self, sheet: Sheet) -> Iterator[Row]:
        if sheet.attribute not in DEVICE_SHEETS:
            yield from (self._moved(row) for row in self.old.rows(sheet))
            return
        for device in self._devices.values():
            if attribute_of(type(device)) == sheet.attribute:
                yield self._moved(device)

    def _moved(self, row: Row) -> Row:
        named = (column.name for column in columns(type(row)) if column.refers_to == "devices")
        change: dict[str, Any] = {n: self._renamed[v] for n in named if (v := getattr(row, n)) in self._renamed}
        return replace(row, **change) if change else row

    def problems(self) -> Iterator[Problem]:
        """What is wrong in the decided rows, or would be in the register after them, at cells of the worksheet."""
        yield from self._found
        if self._found:
            return
        register = self.register()
        before = {_said(self.old, problem) for problem in problems(self.old)}
        for problem in problems(register):
            if _said(register, problem) not in before:
                yield self._placed(register, problem)

    def _placed(self, register: Register, problem: Problem) -> Problem:
        row = register.rows(problem.sheet)[problem.position]
        words = [row.asset_no] if isinstance(row, Device) else []
        value = getattr(row, problem.column)
        words += [value] if isinstance(value, str) else []
        sheet, position = next((self._places[w] for w in words if w in self._places), (_DISPUTED, 0))
        column = "found" if sheet is _DISPUTED else problem.column
        if column not in {each.name for each in columns(sheet.rows)}:
            column = "asset_no"
        where = f"{problem.sheet.text.zh} {row.label}", f"{problem.sheet.text.en} {row.label}"
        return Problem(
            sheet, position, column, Text(f"{where[0]}：{problem.text.zh}", f"{where[1]}: {problem.text.en}")
        )

    def _note(self, sheet: Sheet, position: int, device: Device) -> None:
        for word in (device.asset_no, device.name):
            if word:
                self._places[word] = sheet, position

    def _problem(self, sheet: Sheet, position: int, column: str, text: Text) -> None:
        self._found.append(Problem(sheet, position, column, text))


_NEEDS_REASON = Text("忽略时必须写明原因", "a reason is needed to ignore")


def _column(kind: type[Row], heading: str | None) -> Column | None:
    """The column of a kind of device by its heading in either language."""
    word = (heading or "").strip().lower()
    return next((c for c in columns(kind) if word in (c.zh.lower(), c.en.lower(), c.name)), None)


def _shown(value: Any) -> str:
    cell = cell_of(value)
    return "" if cell is None else str(cell)


def _said(register: Register, problem: Problem) -> tuple[str, str, str, str]:
    row = register.rows(problem.sheet)[problem.position]
    return problem.sheet.attribute, row.label, problem.column, problem.text.en
