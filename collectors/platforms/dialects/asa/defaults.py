"""What a Cisco ASA means where its configuration says nothing, and who says so."""

from __future__ import annotations

from collectors.platforms.base import Default

_GUIDE = "Cisco Secure Firewall ASA series command reference, "
_SSH = _GUIDE + "ssh version: 1 and 2, until 9.16 left 2 alone"
SSH_V1 = (
    Default("ssh version", True, _SSH, r"[78]\.|9\.(?:\d|1[0-5])\(", "7 to 9.15"),
    Default("ssh version", False, _SSH, r"9\.(?:1[6-9]|[2-9]\d)\(", "9.16 and later"),
)
_WRITTEN = "; exported configurations, which write it of their own"
IDLE_MIN = Default("telnet timeout, ssh timeout", 5, _GUIDE + "telnet timeout, ssh timeout: 5 minutes" + _WRITTEN)
CONSOLE_MIN = Default("console timeout", 0, _GUIDE + "console timeout: 0, which is never" + _WRITTEN)
LENGTH = Default(
    "password-policy minimum-length", 3, _GUIDE + "password-policy minimum-length: 3", r"9\.", "9 and later"
)
_LOCK = _GUIDE + "aaa local authentication attempts: until an administrator unlocks, from 9.17 for 10 minutes"
UNLOCKED_S = (
    Default("aaa local authentication attempts", 0, _LOCK, r"[78]\.|9\.(?:\d|1[0-6])\(", "7 to 9.16"),
    Default("aaa local authentication attempts", 600, _LOCK, r"9\.(?:1[7-9]|[2-9]\d)\(", "9.17 and later"),
)
LOGGING = Default("logging enable", False, _GUIDE + "logging enable: off")
STAMPED = Default("logging timestamp", False, _GUIDE + "logging timestamp: off")
STOPPABLE = Default("privilege: logging", False, _GUIDE + "privilege: logging and clear logging are of level 15")
SNMP = Default("snmp-server host", False, _GUIDE + "snmp-server host: nobody is answered until it is named")
TRAPS = Default(
    "snmp-server enable traps", True, _GUIDE + "snmp-server enable traps: authentication, link and cold start"
)
THRESHOLDS = Default("snmp-server enable traps cpu threshold", False, _GUIDE + "snmp-server enable traps: not of load")
SERVICES = Default("tftp-server", False, _GUIDE + "tftp-server: a server elsewhere; the device runs none")
UP = Default("interface: shutdown", True, "exported configurations, which write shutdown of interfaces that are down")
