"""What Cisco NX-OS means where its configuration says nothing, and who says so.

When terminal lines end idle sessions differs by product.
"""

from __future__ import annotations

from collectors.platforms.base import Default

_SSH = (
    "Cisco Nexus 9000 NX-OS security configuration guides 10.1(x) to 10.5(x), configuring SSH and Telnet, default "
    "settings; label of a Nexus 9000v configuration"
)
_API = "Cisco Nexus 9000 NX-OS programmability guide, NX-API CLI: from 9.2(1) HTTPS on port 443, no HTTP"
TELNET = Default("feature telnet", False, _SSH + ": Telnet disabled", r"(?:[5-9]|1\d)\.", "5 and later")
SSH = Default("feature ssh", True, _SSH + ": SSH enabled")
API_HTTP = Default("nxapi http", False, _API, r"9\.[2-9]|1\d\.", "9.2 and later")
API_HTTPS = Default("nxapi https", True, _API, r"9\.[2-9]|1\d\.", "9.2 and later")
STRENGTH = Default(
    "password strength-check",
    True,
    "exported configurations with no password strength-check; Nexus security configuration guide, user accounts: "
    "eight characters at least, of three kinds",
)
SERVICES = Default("feature", False, "Cisco Nexus NX-OS fundamentals guides: features are off until they are turned on")
COMMANDS = Default(
    "aaa accounting default",
    True,
    "Cisco Nexus 9000 NX-OS security configuration guide, AAA: the accounting log keeps configuration commands",
)
LOG_LEVEL = Default(
    "logging server: severity",
    5,
    "Cisco Nexus 9000 NX-OS system management guide, system message logging: notifications",
)
STAMPED = Default(
    "logging timestamp", True, "Cisco Nexus NX-OS system management guides: entries bear date and time; it sets units"
)
TRAPS = Default("snmp-server enable traps link", True, "annet, what Nexus devices leave out: linkDown and linkUp")
UP = Default("interface: shutdown", True, "annet, what Nexus devices leave out: no shutdown of physical interfaces")
RA = Default(
    "ipv6 nd suppress-ra", True, "Cisco Nexus NX-OS unicast routing guides, IPv6: interfaces with IPv6 send RAs"
)
