"""What Ruijie RGOS means where its configuration says nothing, and who says so.

What VTY lines take, when they end idle sessions, which passwords are refused, when accounts lock and what is logged
no document that was found says, so it is open.
"""

from __future__ import annotations

from collectors.platforms.base import Default

_BEFORE = r"\S*?(?:10\.|11\.[0-4]\()|\S*RGOS (?:10\.|11\.[0-4]\()"  # what came after writes both states down
TELNET = Default(
    "enable service telnet-server",
    True,
    "device-hardening.md, sections 3 and 5, 8.1.4.1-c: on, by RG manuals and public configurations",
    _BEFORE,
    "RGOS 10 to 11.4",
)
SSH = Default(
    "enable service ssh-server",
    False,
    "exported RGOS configurations, which write it where it is on beside no enable service telnet-server",
    _BEFORE,
    "RGOS 10 to 11.4",
)
SNMP = Default("snmp-server", False, "device-hardening.md, section 2: off")
