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
IDLE_MIN = Default(
    "telnet timeout, ssh timeout",
    5,
    "CIS Cisco ASA 9.x benchmark 1.1.0, 1.8.2; FWSM command reference 4.0, telnet: 5 minutes" + _WRITTEN,
)
CONSOLE_MIN = Default(
    "console timeout", 0, "CIS Cisco Firewall 8.x benchmark 4.2.0, console: 0, which is never" + _WRITTEN
)
LENGTH = Default(
    "password-policy minimum-length",
    3,
    "CIS Cisco Firewall 8.x benchmark 4.2.0, 1.1.5: 3; Cisco ASA 5500 CLI configuration guide, chapter 35: 3 to 64",
    r"9\.",
    "9 and later",
)
_LOCK = (
    "Cisco ASA 9.17(1) release notes, local user lockout: until then an administrator unlocks, since then 10 minutes"
)
UNLOCKED_S = (
    Default("aaa local authentication attempts", 0, _LOCK, r"[78]\.|9\.(?:\d|1[0-6])\(", "7 to 9.16"),
    Default("aaa local authentication attempts", 600, _LOCK, r"9\.(?:1[7-9]|[2-9]\d)\(", "9.17 and later"),
)
_ON = "exported configurations, which write it where it is on"
LOGGING = Default("logging enable", False, _ON)
STAMPED = Default("logging timestamp", False, _ON)
STOPPABLE = Default(
    "privilege: logging",
    False,
    "Cisco ASA 5500 configuration guide (OL-20339-01), default command privilege levels: all but a few are of level 15",
)
SNMP = Default("snmp-server host", False, _ON)
TRAPS = Default(
    "snmp-server enable traps", True, "exported configurations, which write no snmp-server enable traps snmp where off"
)
THRESHOLDS = Default("snmp-server enable traps cpu threshold", False, _ON)
SERVICES = Default("tftp-server", False, _GUIDE + "tftp-server: a server elsewhere; the device runs none")
UP = Default("interface: shutdown", True, "exported configurations, which write shutdown of interfaces that are down")
