"""All reports, found where they lie: every module of this package that declares one, nothing listed."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache

import reports as package
from reports.model import Report


class DoubleReport(Exception):
    """Two modules declare a report of the same name."""


@cache
def reports() -> Mapping[str, Report]:
    """Every report by name, sorted by name; DoubleReport when two share one."""
    found: dict[str, Report] = {}
    for report in _declared():
        if report.name in found:
            raise DoubleReport(report.name)
        found[report.name] = report
    return dict(sorted(found.items()))


def _declared() -> Iterator[Report]:
    for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            # A report imported from another module belongs to that one.
            if isinstance(value, Report) and value.write.__module__ == module.__name__:
                yield value
