"""What commands that show a version have in common: labelled values, and how long the system is up in words."""

from __future__ import annotations

import re

_SECONDS = {"year": 365 * 86400, "week": 7 * 86400, "day": 86400, "hour": 3600, "min": 60, "sec": 1}
_COUNT = re.compile(rf"(\d{{1,9}}) ({'|'.join(_SECONDS)})")


def labelled(pattern: str, text: str) -> str | None:
    """The group ``value`` of the first line that has the pattern; None where none does."""
    found = re.search(pattern, text, re.MULTILINE)
    return found.group("value").strip() if found else None


def uptime_s(words: str) -> float:
    """Seconds of ``1 year, 3 weeks, 2 days, 4 hours, 5 minutes`` or ``67 day(s), 12 hour(s), 3 minute(s)``."""
    return float(sum(int(count) * _SECONDS[unit] for count, unit in _COUNT.findall(words)))
