"""``show inventory``, which NX-OS, ASA and IOS answer alike: the chassis's product number and serial."""

from __future__ import annotations

import re

from collectors.base import Answer
from collectors.platforms.base import Got

COMMAND = "show inventory"
_PART = re.compile(
    r'^NAME:\s*"(?P<name>[^"\n]*)"\s*,\s*DESCR:\s*"(?P<descr>[^"\n]*)"\s*\n'
    r"PID:[ \t]*(?P<pid>[^,\n]*?)[ \t]*,[ \t]*VID:[^,\n]*,[ \t]*SN:[ \t]*(?P<serial>\S*)",
    re.MULTILINE | re.IGNORECASE,
)


def chassis(inventory: Got) -> tuple[str | None, str | None]:
    """Product number and serial of the chassis; None for what is not told, or where several parts are called one."""
    if not isinstance(inventory, Answer):
        return None, None
    found = [part for part in _PART.finditer(inventory.text) if "chassis" in part["name"].lower()]
    if len(found) != 1:
        return None, None
    pid, serial = found[0]["pid"], found[0]["serial"]
    return pid or None, serial if serial not in ("", "N/A") else None
