"""The platforms, found where they lie, and which of them wrote a text."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from collectors import platforms as folder
from collectors.platforms.base import Platform

_ENOUGH = 3  # weight of signs below which a text stays unrecognised
_CERTAIN = 10  # weight from which a text is nobody else's
_LOOKED_AT = 2_000_000  # characters of a text in which signs are sought


@cache
def platforms() -> Mapping[str, Platform]:
    """Every platform by name: each module of collectors/platforms that holds a ``PLATFORM``."""
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    modules = [importlib.import_module(f"{folder.__name__}.{name}") for name in names]
    found = [m.PLATFORM for m in modules if isinstance(getattr(m, "PLATFORM", None), Platform)]
    return MappingProxyType({platform.name: platform for platform in found})


def platform(name: str) -> Platform | None:
    """The platform of that name, or the one that reads systems of that name; None when there is none."""
    return platforms().get(name) or next((p for p in platforms().values() if name in p.also), None)


def recognised(text: str) -> str | None:
    """Name of the platform that wrote a configuration or the answer to a version command.

    None when no platform's signs weigh enough, or when two weigh the same.
    """
    weights = sorted(((_weight(text[:_LOOKED_AT], p), name) for name, p in platforms().items()), reverse=True)
    if not weights or weights[0][0] < _ENOUGH:
        return None
    return None if len(weights) > 1 and weights[1][0] == weights[0][0] else weights[0][1]


def other_than(text: str, declared: Platform) -> str | None:
    """Name of the platform that certainly wrote the text where it is not the declared one; None: it may well be.

    One whose commands the declared platform sends too (Linux under FRR) is no other.
    """
    if _weight(text[:_LOOKED_AT], declared) >= _ENOUGH:
        return None
    name = recognised(text)
    other = platforms()[name] if name else declared
    certain = _weight(text[:_LOOKED_AT], other) >= _CERTAIN
    return other.name if certain and not other.commands <= declared.commands else None


def _weight(text: str, platform: Platform) -> int:
    signs = platform.dialect.signs if platform.dialect else {}
    return sum(weight for pattern, weight in signs.items() if _sign(pattern).search(text))


@cache
def _sign(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)
