"""What Cisco IOS and IOS-XE mean where their configuration says nothing, and who says so.

Of what VTY lines take without ``transport input`` Cisco's references say nothing, and books contradict each other.
"""

from __future__ import annotations

from collectors.platforms.base import Default

IDLE_S = Default(
    "line: exec-timeout",
    600,
    "Cisco IOS configuration fundamentals command reference, exec-timeout: 10 minutes and 0 seconds",
)
_SSH = "Cisco IOS XE 17.x SSH configuration guide, SSH version 2 support: compatible to both up to 17.9, 2 from 17.10"
SSH_V1 = (
    Default(
        "ip ssh version",
        True,
        "CIS Cisco IOS 15 and 16 benchmarks, 2.1.1.2; " + _SSH,
        r"1[56]\.|17\.[1-9]$",
        "IOS 15, IOS XE 16.1 to 17.9",
    ),
    Default("ip ssh version", False, _SSH, r"17\.[1-9]\d|1[89]\.|2\d\.", "IOS XE 17.10 and later"),
)
SECRET = Default(
    "username, enable: secret without the number of a form",
    "md5",
    "Cisco, Protecting Secrets on Cisco Network Devices: MD5 (type 5), until IOS XE 17",
    r"1[25]\.",
    "IOS 12 and 15",
)
LEVEL = Default(
    "username: privilege", "1", "Cisco IOS security configuration guide, privilege levels: users begin at level 1"
)
FTP = Default("ftp-server enable", False, "Cisco IOS configuration fundamentals command reference: off, gone since 15")
LOGIN = Default(
    "line: login", "password", "Cisco IOS security configuration guide: VTY lines ask for the password of the line"
)
PASSWORDS = Default(
    "security passwords, aaa common-criteria policy, login block-for",
    False,
    "device-hardening.md, section 2: none",
)
SNMP = Default(
    "snmp-server", False, "Cisco, Configure SNMP community strings: the first snmp-server command turns it on"
)
LOGGING = Default("logging on", True, "Cisco IOS embedded syslog manager command reference, logging on: on")
LOG_LEVEL = Default(
    "logging trap", 6, "Cisco IOS embedded syslog manager command reference, logging trap: informational"
)
LOGINS = Default(
    "login on-success log", False, "Cisco IOS login enhancements configuration guide: successes are not logged"
)
COMMANDS = Default(
    "archive, log config, logging enable",
    False,
    "Cisco IOS XE 17.x, configuration change notification and logging: off",
)
STOPPABLE = Default(
    "privilege configure level: logging", False, "Cisco IOS command references: configure and clear are of level 15"
)
THRESHOLDS = Default(
    "process cpu threshold", False, "Cisco IOS network management command reference, process cpu threshold: none"
)
TRAPS = Default(
    "snmp-server enable traps", False, "Cisco IOS SNMP command reference, snmp-server enable traps: none are sent"
)
IPV6 = Default("ipv6 unicast-routing", False, "labels of IOS 12.4 and IOS XE 17.1 configurations: off")
UP = Default("interface: shutdown", True, "annet, what Cisco devices leave out: no shutdown")
RA = Default(
    "ipv6 nd ra suppress",
    True,
    "Cisco IOS IPv6 command reference: routers send RAs on Ethernet once ipv6 unicast-routing stands",
)
