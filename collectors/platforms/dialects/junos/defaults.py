"""What Junos means where its configuration says nothing, and who says so."""

from __future__ import annotations

from collectors.platforms.base import Default

_CLI = "Junos OS CLI reference, "
SERVICES = Default(
    "system services", False, "Junos OS getting started guide, remote access services: all are off by default"
)
SSH_V1 = Default(
    "system services ssh protocol-version",
    False,
    _CLI + "protocol-version: from 11.4 version 2 alone",
    r"11\.4|1[2-9]\.|[2-9]\d\.",
    "11.4 and later",
)
IDLE_S = Default(
    "system login class: idle-timeout", 0, _CLI + "idle-timeout: users are never logged out for being idle"
)
LENGTH = Default(
    "system login password minimum-length",
    6,
    "Junos OS 9.3, 10.3, 12.2 and 13.2 references, minimum-length (login): 6 characters",
)
LOCKOUT = Default(
    "system login retry-options lockout-period",
    False,
    "CIS Juniper OS benchmark 2.1, 6.6.1.5: who is disconnected for failures is not locked out",
)
TRIES = Default(
    "system login retry-options tries-before-disconnect",
    10,
    "Junos OS 13.1 and 13.2 references, retry-options: 10",
    r"(?:[89]|1[0-3])\.",
    "8.0 to 13.3",
)
_SYSLOG = "Junos OS 10.3 system log messages reference, "
_NAMED = _SYSLOG + "minimum configuration: nothing is recorded but what a destination names by facility and severity"
LOGGING = Default("system syslog", False, _NAMED)
STAMPED = Default("system syslog time-format", True, _SYSLOG + "default settings: month, date, hour, minute and second")
LOGINS = Default("system syslog: authorization", False, _NAMED)
COMMANDS = Default("system syslog: interactive-commands", False, _NAMED)
STOPPABLE = Default(
    "system login class", False, "Junos OS 10.3 and 12.3, login classes: operator and read-only configure nothing"
)
SNMP = Default("snmp", False, "Junos OS 13.2, example: configuring SNMP: disabled until statements of snmp stand")
ZONES_PASS = Default(
    "security policies default-policy",
    False,
    "Junos OS security policies 9.6 and evaluated configurations 20.3 and 22.2: all traffic is denied",
    span="SRX",
)
UP = Default("interfaces: disable", True, "CIS Juniper OS benchmark 2.1, 3.3: physical interfaces are enabled")
