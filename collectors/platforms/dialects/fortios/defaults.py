"""What FortiOS means where its configuration says nothing, and who says so.

Its references tell the default of every key; those of 7.0, 7.2 and 7.4 and 6.2 agree on what is used here.
"""

from __future__ import annotations

from collectors.platforms.base import Default

_CLI = "FortiOS 6.2 to 7.4 CLI references, config "
IDLE_MIN = Default("system global: admintimeout", 5, _CLI + "system global, admintimeout: 5 minutes")
SSH_V1 = Default("system global: admin-ssh-v1", False, _CLI + "system global, admin-ssh-v1: disable")
LOCKOUT = Default(
    "system global: admin-lockout-threshold, admin-lockout-duration",
    (3, 60),
    _CLI + "system global: 3 failures, 60 seconds",
)
POLICY = Default("system password-policy: status", False, _CLI + "system password-policy, status: disable")
LENGTH = Default(
    "system password-policy: minimum-length", 8, _CLI + "system password-policy, minimum-length: 8, of 8 to 128"
)
AGE_DAYS = Default("system password-policy: expire-day", 90, _CLI + "system password-policy, expire-day: 90")
REUSE = Default("system password-policy: reuse-password", True, _CLI + "system password-policy, reuse-password: enable")
SNMP = Default("system snmp sysinfo: status", False, _CLI + "system snmp sysinfo, status: disable")
QUERIES = Default(
    "system snmp community: query-v1-status, query-v2c-status", True, _CLI + "system snmp community: enable"
)
USER = Default(
    "system snmp user: security-level", "no-auth-no-priv", _CLI + "system snmp user, security-level: no-auth-no-priv"
)
LOGGING = Default("log memory, log disk", True, _CLI + "log eventfilter, event and system: enable; memory takes them")
STAMPED = Default("log: date, time", True, "FortiOS 7.4 log message reference: every entry has date and time")
COLLECTORS = Default("log syslogd setting: status", False, _CLI + "log syslogd setting, status: disable")
LOGINS = Default("log eventfilter: event, user, system", True, _CLI + "log eventfilter: enable")
LOG_LEVEL = Default("log syslogd filter: severity", 6, _CLI + "log syslogd filter, severity: information")
STOPPABLE = Default("system accprofile: loggrp", False, _CLI + "system accprofile, loggrp: none")
SAVED = Default("system global: cfg-save", "automatic", _CLI + "system global, cfg-save: automatic")
UP = Default("system interface: status", True, _CLI + "system interface, status: up")
ACTION = Default("firewall policy: action", "deny", _CLI + "firewall policy, action: deny")
POLICY_ON = Default("firewall policy: status", True, _CLI + "firewall policy, status: enable")
POLICY_LOGS = Default("firewall policy: logtraffic", True, _CLI + "firewall policy, logtraffic: utm")
ZONES_PASS = Default(
    "firewall policy: no policy matches",
    False,
    "FortiOS 7.4 administration guide, firewall policy: traffic that no policy matches is denied",
)
SERVICES = Default(
    "system interface: allowaccess",
    False,
    _CLI + "system interface, allowaccess: none; a FortiGate has no other services of its own",
)
