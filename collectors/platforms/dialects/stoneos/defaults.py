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
    "admin user: role", False, _CLI + "administrators: the role admin alone clears logs and turns them off"
)
SNMP = Default("snmp-server", False, _CLI + "SNMP: no manager is answered until it is named")
SERVICES = Default("interface: manage", False, _CLI + "interfaces: what no manage names is not let in")
