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
    "Cisco IOS 12.1E and 12.2T, Enhanced Password Security, and CIS Cisco IOS 15 benchmark 4.1.1: MD5",
    r"1[25]\.",
    "IOS 12 and 15",
)
LEVEL = Default(
    "username: privilege", "1", "Cisco Networking Academy, 10.2.7, privilege levels: 1 is the default of users"
)
FTP = Default(
    "ftp-server enable", False, "Cisco's advisory of May 2007 on the FTP server of IOS: off, to be removed from IOS"
)
LOGIN = Default(
    "line: login", "password", "Cisco Networking Academy, introduction to networks, 2.2.2.3: login stands on VTY lines"
)
PASSWORDS = Default(
    "security passwords, aaa common-criteria policy, login block-for",
    False,
    "device-hardening.md, section 2: none",
)
SNMP = Default(
    "snmp-server", False, "Cisco, Configure SNMP community strings: the first snmp-server command turns it on"
)
LOGGING = Default(
    "logging on",
    True,
    "Cisco ME 3600X configuration guide (OL-28237), system message logging: messages go to the logging process",
)
LOG_LEVEL = Default(
    "logging trap", 6, "Cisco, show logging, sample display, and recorded answers: trap logging, level informational"
)
LOGINS = Default(
    "login on-success log", False, "netsetup.it, access log of Cisco: logins are not logged without the command"
)
COMMANDS = Default(
    "archive, log config, logging enable",
    False,
    "Cisco IOS XE 17.x, configuration change notification and logging: off",
)
STOPPABLE = Default(
    "privilege configure level: logging",
    False,
    "Cisco Networking Academy, 10.2.7, privilege levels: users neither configure nor debug",
)
THRESHOLDS = Default(
    "process cpu threshold",
    False,
    "Cisco IOS 12.3(4)T, CPU Thresholding Notification: it is enabled, and its thresholds are defined",
)
TRAPS = Default(
    "snmp-server enable traps", False, "CIS Cisco IOS 17 benchmark 2.0.0, SNMP traps: notifications are disabled"
)
IPV6 = Default("ipv6 unicast-routing", False, "labels of IOS 12.4 and IOS XE 17.1 configurations: off")
UP = Default(
    "interface: shutdown",
    True,
    "Cisco, shutdown (interface): enabled; annet, what Cisco devices leave out: no shutdown",
)
RA = Default(
    "ipv6 nd ra suppress",
    True,
    "networkdictionary.com, quoting Cisco on IPv6 in IOS: RAs on Ethernet once ipv6 unicast-routing stands",
)
