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
LENGTH = Default("system login password minimum-length", 6, _CLI + "password (login), minimum-length: 6 characters")
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
LOGGING = Default(
    "system syslog", True, "Junos OS system log guide, default settings: messages of the system go to a file"
)
STAMPED = Default("system syslog time-format", True, _CLI + "time-format: month, date, hour, minute and second")
LOGINS = Default(
    "system syslog: authorization", False, "Junos OS system log guide: what no statement names is not recorded"
)
COMMANDS = Default(
    "system syslog: interactive-commands",
    False,
    "Junos OS system log guide: what no statement names is not recorded",
)
STOPPABLE = Default(
    "system login class", False, "Junos OS user access guide: operator and read-only change no configuration"
)
SNMP = Default("snmp", False, "Junos OS network management guide, SNMP communities: without one all is denied")
ZONES_PASS = Default(
    "security policies default-policy", False, "Junos OS security policies guide: deny-all", span="SRX"
)
UP = Default("interfaces: disable", True, _CLI + "disable (interfaces): interfaces are enabled")
