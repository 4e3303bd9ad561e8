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
from collectors.platforms.strangers import STRANGERS

_ENOUGH = 3  # weight of signs below which a text stays unrecognised
_CERTAIN = 10  # weight from which a text is nobody else's
_LOOKED_AT = 2_000_000  # characters of a text in which signs are sought
_ALIKE = 3  # lines of one shape in which they are
_DIGITS = str.maketrans("123456789", "000000000")


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

    None when no platform's signs weigh enough, when two weigh the same, or when one that is not read weighs as much.
    """
    looked_at = _told_once(text[:_LOOKED_AT])
    found = {name: _strength(looked_at, _signs(p)) for name, p in platforms().items()}
    first = max(found, key=found.__getitem__, default="")
    if not first or found[first][1] < _ENOUGH:
        return None
    others = [strength for name, strength in found.items() if name != first]
    others += [_strength(looked_at, signs) for signs in STRANGERS.values()]
    return None if max(others, default=(False, 0)) >= found[first] else first


def _told_once(text: str) -> str:
    """The text without lines that differ from several before them in their numbers alone, for it is words that tell.

    A configuration of a thousand lines is some fifty of them over and over, and there are hundreds of signs.
    """
    seen: dict[str, int] = {}
    kept: list[str] = []
    for line, shape in zip(text.split("\n"), text.translate(_DIGITS).split("\n"), strict=True):
        seen[shape] = seen.get(shape, 0) + 1
        if seen[shape] <= _ALIKE:
            kept.append(line)
    return "\n".join(kept)


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
    return _strength(text, _signs(platform))[1]


def _signs(platform: Platform) -> Mapping[str, int]:
    return platform.dialect.signs if platform.dialect else {}


def _strength(text: str, signs: Mapping[str, int]) -> tuple[bool, int]:
    """Whether one of the signs is certain by itself, and what all of them weigh: many hints make no certainty."""
    found = [weight for pattern, weight in signs.items() if _sign(pattern).search(text)]
    return max(found, default=0) >= _CERTAIN, sum(found)


@cache
def _sign(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)
