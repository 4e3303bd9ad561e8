"""What one column of the census workbook is: its headings, its type, and what may stand in it."""

from __future__ import annotations

import types
from dataclasses import MISSING, dataclass, field, fields, replace
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Self, Union, get_args, get_origin, get_type_hints

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.text import Text


class Choice(StrEnum):
    """A closed list of answers: the value for programs, ``zh`` for the drop-down and ``en`` for English readers."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str = "") -> Self:
        """A member with its words; English is the value itself unless given."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        member.en = en or value
        return member

    @property
    def text(self) -> Text:
        """The answer in both languages."""
        return Text(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class Column:
    """A column as declared beside its field; name, hint and required are filled in by ``columns``.

    ``census``     the field is one that the census asks for: an empty one makes the row incomplete
    ``refers_to``  attribute of the Register whose rows the value names: units, sites, rooms, devices
    ``least``, ``most``  bounds of a number, both allowed
    ``width``      characters of a column whose text is long and wraps; None: as wide as its heading
    """

    zh: str
    en: str
    note: Text | None = None
    census: bool = True
    unique: bool = False
    refers_to: str | None = None
    least: float = 0
    most: float = 1e12
    width: int | None = None
    name: str = ""
    hint: Any = str  # the field's type without None
    required: bool = False

    @property
    def text(self) -> Text:
        """The heading in both languages."""
        return Text(self.zh, self.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every declared thing has: the row it was read from."""

    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)

    @property
    def label(self) -> str:
        """How a reader finds the row: its name."""
        return str(getattr(self, columns(type(self))[0].name))

    def not_due(self) -> frozenset[str]:
        """Fields that need no value because of what the others say."""
        return frozenset()


def columns(cls: type[Row]) -> tuple[Column, ...]:
    """The columns of a kind of row, in the order of its fields."""
    kind: Any = cls
    return _columns(kind)


@cache
def _columns(cls: Any) -> tuple[Column, ...]:
    hints = get_type_hints(cls, include_extras=True)
    bound = []
    for each in fields(cls):
        if get_origin(hints[each.name]) is Annotated:
            hint, declared = get_args(hints[each.name])
            bound.append(replace(declared, name=each.name, hint=_bare(hint), required=each.default is MISSING))
    return tuple(bound)


def _bare(hint: Any) -> Any:
    """A type without None: ``int | None`` is int; a union of two kinds of address stays one."""
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    kept = tuple(option for option in get_args(hint) if option is not types.NoneType)
    return kept[0] if len(kept) == 1 else Union[kept]  # noqa: UP007 - built at run time from a tuple


def empty_columns(row: Row) -> tuple[Column, ...]:
    """Columns the census asks for that this row leaves empty."""
    spared = row.not_due()
    asked = (c for c in columns(type(row)) if c.census and c.name not in spared)
    return tuple(c for c in asked if getattr(row, c.name) in (None, (), ""))


_NOTHING = frozenset({"无", "没有", "none", "no"})


def says_none(cell: str) -> bool:
    """Whether a cell that is filled in with words says that there is no such thing."""
    return cell.strip().lower() in _NOTHING
