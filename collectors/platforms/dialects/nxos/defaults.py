"""What Cisco NX-OS means where its configuration says nothing, and who says so.

When terminal lines end idle sessions differs by product. Of password strength the command reference of the Nexus 7000
says the contrary of the benchmarks; from which severity a log server is told is in no document that was found.
"""

from __future__ import annotations

from collectors.platforms.base import Default

_SSH = (
    "Cisco Nexus 9000 NX-OS security configuration guides 10.1(x) to 10.5(x), configuring SSH and Telnet, default "
    "settings; label of a Nexus 9000v configuration"
)
_API = "Cisco Nexus 3400-S NX-OS programmability guide 9.3(x), NX-API CLI, transport: HTTPS on port 443, no HTTP"
TELNET = Default("feature telnet", False, _SSH + ": Telnet disabled", r"(?:[5-9]|1\d)\.", "5 and later")
SSH = Default("feature ssh", True, _SSH + ": SSH enabled")
API_HTTP = Default("nxapi http", False, _API, r"9\.[2-9]|1\d\.", "9.2 and later")
API_HTTPS = Default("nxapi https", True, _API, r"9\.[2-9]|1\d\.", "9.2 and later")
STRENGTH = Default(
    "password strength-check",
    True,
    "CIS Cisco NX-OS benchmark 1.1.0, 1.4.1, and DISA STIG V-220489: on, and not written; eight characters, of three "
    "kinds",
    r"7\.0\(3\)|9\.|1\d\.",
    "Nexus 3000 and 9000: 7.0(3), 9 and later",
)
SERVICES = Default("feature", False, "exported configurations, which write each feature that is on")
COMMANDS = Default(
    "aaa accounting default",
    True,
    "CIS Cisco NX-OS benchmark 1.1.0, 1.6.2: changes are logged with the name of who is logged in; accounting of MDS "
    "NX-OS: the accounting log keeps what configuration mode does",
)
STAMPED = Default(
    "logging timestamp",
    True,
    "Cisco NX-OS system messages reference (OL-15994-03), format on a remote server: year, month, day and time",
)
TRAPS = Default("snmp-server enable traps link", True, "annet, what Nexus devices leave out: linkDown and linkUp")
UP = Default("interface: shutdown", True, "annet, what Nexus devices leave out: no shutdown of physical interfaces")
RA = Default(
    "ipv6 nd suppress-ra",
    True,
    "Cisco Nexus 7000 NX-OS unicast routing guide 4.x (OL-20002-02), IPv6: sent on Ethernet interfaces",
)
