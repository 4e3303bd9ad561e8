"""What H3C and HPE Comware mean where their configuration says nothing, and who says so.

Which SNMP versions speak without a word differs by model (H3C SNMP command reference, sys-info version).
"""

from __future__ import annotations

from collectors.platforms.base import Default

_C7 = "H3C Comware 7 command reference, "
_HPE = "HPE 5940 fundamentals configuration guide (5200-1009b), login overview"
IDLE_S = Default(
    "line: idle-timeout",
    600,
    _C7 + "login management: 10 minutes; H3C S3100 operation manual, login: 10 minutes",
)
# Guides of the first releases of Comware 7 (2012) have it on.
TELNET = Default(
    "telnet server enable",
    False,
    _C7 + "login management: off; " + _HPE,
    r"7\.(?!1\.0[0-3])",
    "Comware 7, but for 7.1.00 to 7.1.03",
)
SSH = Default(
    "ssh server enable",
    False,
    _C7 + "SSH: the Stelnet server is off; " + _HPE + "; H3C WX5540E engine guide (Comware 5), login overview",
    r"[57]\.",
    "Comware 5 and 7",
)
FTP = Default("ftp server enable", False, _C7 + "FTP: the server is off", r"7\.", "Comware 7")
WEB = Default(
    "ip http enable, ip https enable", False, _C7 + "login management: HTTP and HTTPS are off", r"7\.", "Comware 7"
)
SSH_V1 = (
    Default(
        "ssh server compatible-ssh1x enable",
        True,
        "HPE 3100-48 security command reference (5998-7646r): clients of SSH1 are supported",
        r"5\.",
        "Comware 5",
    ),
    Default("ssh server compatible-ssh1x enable", False, _C7 + "SSH: no clients of SSH1", r"7\.", "Comware 7"),
)
INBOUND = Default(
    "line vty: protocol inbound",
    frozenset({"telnet", "ssh", "pad"}),
    _C7 + "login management: all protocols; H3C router guide, SSH server: Telnet, PAD and SSH",
    r"[57]\.",
    "Comware 5 and 7",
)
DOMAIN = Default(
    "domain default enable",
    "system",
    "H3C WX3000 user manual, creating an ISP domain; H3C SR8800-F manual (Comware 7), creating an ISP domain: system",
)
PASSWORD_CONTROL = Default(
    "password-control enable",
    False,
    "device-hardening.md, section 2: off until password-control enable (H3C and HPE manuals)",
)
_CONTROL = "once password-control is on: password-control "
LENGTH = Default(_CONTROL + "length", 10, _C7 + "password control: 10 characters", r"7\.", "Comware 7")
AGE_DAYS = Default(_CONTROL + "aging", 90, _C7 + "password control: 90 days", r"7\.", "Comware 7")
HISTORY = Default(_CONTROL + "history", 4, _C7 + "password control: 4 passwords", r"7\.", "Comware 7")
TRIES = Default(
    _CONTROL + "login-attempt", (3, 60), _C7 + "password control: 3 tries, then 1 minute", r"7\.", "Comware 7"
)
IPV6 = Default(
    "ipv6",
    False,
    "H3C S5500-SI operation manual, release 1205, IPv6 packet forwarding function: a step of its own turns it on",
    r"5\.",
    "Comware 5",
)
DATE_STAMP = Default(
    "info-center timestamp",
    True,
    "HPE 5820X network management guide (5998-7395r), information center: date; " + _C7 + "information center: date",
)
ZONES_PASS = Default(
    "security-policy: no rule matches",
    False,
    "device-hardening.md, section 5: default drop (H3C security policy manuals)",
    span="SecPath",
)
LOG_LEVEL = Default(
    "info-center source default loghost level",
    6,
    _C7 + "information center, table of output rules: informational",
)
LOGINS = Default("info-center source SHELL loghost", True, LOG_LEVEL.source + "; SHELL_LOGIN is a notification")
COMMANDS = Default("info-center source SHELL loghost", True, LOG_LEVEL.source + "; SHELL_CMD is informational")
STOPPABLE = Default(
    "role: rule",
    False,
    "device-hardening.md, section 5: of the predefined roles only the administrators configure",
)
TRAPS = Default("snmp-agent trap enable", True, _C7 + "SNMP: standard, configuration and system notifications are on")
SERVICES = Default(
    "netconf soap http enable, tftp server enable",
    False,
    _C7 + "NETCONF: SOAP over HTTP is off; FTP and TFTP: the device is a TFTP client alone",
)
UP = Default(
    "interface: shutdown", True, "HPE 5700 Layer 2 command reference (5998-5602r), shutdown: Ethernet interfaces are up"
)
