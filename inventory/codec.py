"""Facts to plain data and back, strictly.

Plain data is what JSON holds. Encoding leaves out fields that equal their default, so that stored facts stay
small; decoding refuses unknown keys and wrong types, so that a changed fact is noticed and not misread.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from inventory.errors import Missing
from inventory.facts import Fact
from inventory.snapshot import Facts, fact_kinds

Plain = Any  # None, bool, int, float, str, list and dict with str keys
T = TypeVar("T")

_TEXTUAL = (IPv4Address, IPv6Address, IPv4Interface, IPv6Interface, IPv4Network, IPv6Network)


class CodecError(ValueError):
    """Plain data does not fit the type it is said to be."""


def encode(value: object) -> Plain:
    """Plain data for a dataclass, collection, address, date, enumeration or scalar."""
    kind: Any = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if isinstance(value, tuple | list):
        return [encode(v) for v in value]
    if dataclasses.is_dataclass(value):
        return {name: encode(v) for name, v, default in _fields_of(value) if v != default}
    if isinstance(value, frozenset):
        return sorted((encode(v) for v in value), key=str)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, _TEXTUAL):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): encode(v) for k, v in value.items()}
    raise CodecError(f"no plain form for {kind.__name__}")


def _fields_of(value: Any) -> list[tuple[str, object, object]]:
    cls: Any = type(value)
    return [(name, getattr(value, name), default) for name, default in _defaults(cls)]


@cache
def _defaults(cls: Any) -> tuple[tuple[str, object], ...]:
    return tuple((f.name, f.default) for f in dataclasses.fields(cls))


def decode(cls: type[T], plain: Plain) -> T:
    """The value of type ``cls`` that ``encode`` made this from; CodecError when it does not fit."""
    hint: Any = cls
    try:
        value: T = _decoder(hint)(plain)
    except CodecError:
        raise
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise CodecError(f"{cls.__name__}: {error}") from error
    return value


@cache
def _decoder(hint: Any) -> Callable[[Plain], Any]:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union(get_args(hint))
    if origin in (tuple, frozenset):
        return _collection(origin, get_args(hint))
    if origin in (dict, Mapping):
        return _mapping(get_args(hint)[1])
    if isinstance(hint, type):
        return _scalar(hint)
    raise CodecError(f"cannot decode {hint}")


def _scalar(cls: type) -> Callable[[Plain], Any]:
    if dataclasses.is_dataclass(cls):
        return _dataclass(cls)
    if cls is float:
        return _exactly(float, int)
    if cls in (bool, int, str, type(None)):
        return _exactly(cls)
    if issubclass(cls, datetime | date):
        return cls.fromisoformat
    if issubclass(cls, Enum):
        return cls
    if cls in _TEXTUAL:
        return lambda plain: cls(_text(plain))  # the classes themselves take numbers for addresses, too
    raise CodecError(f"cannot decode {cls.__name__}")


def _exactly(*classes: type) -> Callable[[Plain], Any]:
    def check(plain: Plain) -> Any:
        if type(plain) not in classes:
            raise CodecError(f"{plain!r} is not {classes[0].__name__}")
        return classes[0](plain) if classes[0] is float else plain

    return check


_text = _exactly(str)


def _union(options: tuple[Any, ...]) -> Callable[[Plain], Any]:
    decoders = [_decoder(o) for o in options if o is not type(None)]
    optional = type(None) in options

    def first_fitting(plain: Plain) -> Any:
        if plain is None and optional:
            return None
        for option in decoders:
            try:
                return option(plain)
            except ValueError:
                continue
        raise CodecError(f"{plain!r} fits none of {options}")

    return first_fitting


def _collection(origin: type, items: tuple[Any, ...]) -> Callable[[Plain], Any]:
    if origin is tuple and not (len(items) == 2 and items[1] is Ellipsis):
        each = [_decoder(i) for i in items]
        return lambda plain: tuple(d(p) for d, p in zip(each, _list(plain), strict=True))
    one = _decoder(items[0])
    return lambda plain: origin(one(p) for p in _list(plain))


def _mapping(item: Any) -> Callable[[Plain], Any]:
    one = _decoder(item)

    def build(plain: Plain) -> dict[str, Any]:
        if not isinstance(plain, dict):
            raise CodecError(f"{plain!r} is not a mapping")
        return {str(k): one(v) for k, v in plain.items()}

    return build


def _list(plain: Plain) -> list[Plain]:
    if not isinstance(plain, list):
        raise CodecError(f"{plain!r} is not a list")
    return plain


def _dataclass(cls: type) -> Callable[[Plain], Any]:
    hints = get_type_hints(cls)
    names = {f.name for f in dataclasses.fields(cls)}

    # Looked up when used, not now: a dataclass may hold itself.
    def build(plain: Plain) -> Any:
        if not isinstance(plain, dict):
            raise CodecError(f"{cls.__name__}: {plain!r} is not a mapping")
        if unknown := plain.keys() - names:
            raise CodecError(f"{cls.__name__}: unknown {sorted(unknown)}")
        return cls(**{k: _decoder(hints[k])(v) for k, v in plain.items()})

    return build


def encode_facts(facts: Mapping[type[Fact], Fact | Missing]) -> dict[str, Plain]:
    """Facts by type name; a missing one as {"missing": gap, "why": reason}."""
    return {kind.__name__: encode_fact(fact) for kind, fact in facts.items()}


def encode_fact(fact: Fact | Missing) -> Plain:
    """One fact, or the reason of its absence, as plain data."""
    if isinstance(fact, Missing):
        return {"missing": fact.gap.value, "why": fact.why}
    return encode(fact)


def decode_fact(kind: str, plain: Plain) -> Fact | Missing:
    """What encode_fact gave for the fact type of that name."""
    if isinstance(plain, dict) and "missing" in plain:
        return decode(Missing, {"gap": plain["missing"], "why": plain.get("why", "")})
    kinds = fact_kinds()
    if kind not in kinds:
        raise CodecError(f"no fact is named {kind}")
    return decode(kinds[kind], plain)


def decode_facts(plain: Mapping[str, Plain]) -> Facts:
    """The mapping by type that encode_facts was given."""
    kinds = fact_kinds()
    return {kinds[name]: decode_fact(name, body) for name, body in plain.items() if name in kinds}
