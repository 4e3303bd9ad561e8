"""What Hillstone StoneOS means where its configuration says nothing, and who says so."""

from __future__ import annotations

from collectors.platforms.base import Default

_CLI = "StoneOS command line user manual, "
IDLE_MIN = Default(
    "console, ssh, telnet and web timeout", 10, _CLI + "system management, web timeout and its like: 10 minutes"
)
LOCKOUT = Default(
    "admin max-login-failure, admin lockout-duration",
    (3, 120),
    _CLI + "administrators, limits of logins: 3 failures, 2 minutes",
)
LENGTH = Default(
    "password-policy: admin min-length", (4, 8), _CLI + "password policy of administrators: 4, with complexity 8"
)
ZONES_PASS = Default(
    "policy-global: default-action", False, "Hillstone, Security Policy: the default rule denies all traffic"
)
STOPPABLE = Default(
    "admin user: role",
    False,
    "StoneOS web help 5.5R7, device management: the administrator alone manages what is logged; auditors clear logs",
)
_WRITTEN = "exported configurations, which write "
SNMP = Default("snmp-server", False, _WRITTEN + "each manager that is answered")
SERVICES = Default("interface: manage", False, _WRITTEN + "each way in of an interface")
