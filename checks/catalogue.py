"""All checks, found where they lie: every module under checks/rules, nothing listed."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from types import ModuleType

from checks import rules
from checks.model import Check, Family, IncompleteCheck
from inventory.errors import InputError
from inventory.text import Text


@cache
def catalogue() -> Mapping[str, Check]:
    """Every check by id, sorted by id; IncompleteCheck when two share an id."""
    found: dict[str, Check] = {}
    for declared in _declared():
        if declared.id in found:
            raise IncompleteCheck(f"{declared.id} is declared twice")
        found[declared.id] = declared
    return dict(sorted(found.items()))


def _declared() -> Iterator[Check]:
    for module in _modules():
        for value in vars(module).values():
            # A check imported from another rule module belongs to that one.
            if isinstance(value, Check) and value.function.__module__ == module.__name__:
                yield value


def _modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
        yield importlib.import_module(info.name)


def selected(
    families: Iterable[str] = (), include: Iterable[str] = (), exclude: Iterable[str] = ()
) -> tuple[Check, ...]:
    """Checks of the families, or whose id fits a pattern of ``include``, without those that fit ``exclude``.

    With neither families nor include: all. InputError names a family that does not exist and a pattern that fits
    no check.
    """
    families, include, exclude = list(families), list(include), list(exclude)
    for name in families:
        if name not in set(Family):
            known = ", ".join(Family)
            raise InputError(name, Text(f"没有这一类规则；现有：{known}", f"no such family; there are: {known}"))
    for pattern in [*include, *exclude]:
        if not any(fnmatchcase(check_id, pattern) for check_id in catalogue()):
            raise InputError(pattern, Text("没有符合的检查项", "no check has such an id"))
    everything = not families and not include
    return tuple(
        c
        for c in catalogue().values()
        if (everything or c.family in families or _fits(c.id, include)) and not _fits(c.id, exclude)
    )


def _fits(check_id: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(check_id, pattern) for pattern in patterns)
