"""What Huawei VRP means where its configuration says nothing, and who says so.

Whether Telnet is on differs by product and release as well as the protocols of VTY lines: where neither a manual nor
an exported configuration was found for a release, it is open.
"""

from __future__ import annotations

from collectors.platforms.base import Default

_CE = "CloudEngine 6800 and 8800 command reference (CE6863H to CE8855), "
_IMPLICIT = "; annet, what Huawei CE and NE devices leave out of their configurations"
IDLE_S = Default(
    "user-interface vty, and of VRP 5 any: idle-timeout",
    600,
    _CE + "idle-timeout; Quidway S3900 operation manual, release 1510, login; Huawei USG command reference, "
    "idle-timeout: 10 minutes",
)
IDLE_CONSOLE_8 = (
    Default(
        "user-interface con: idle-timeout", 300, _CE + "idle-timeout: 5 minutes", r"V[36]00R", "VRP 8, V300R and V600R"
    ),
    Default(
        "user-interface con: idle-timeout",
        600,
        "NetEngine 8000 F1A command reference, idle-timeout: 10 minutes",
        r"V800R",
        "NetEngine, V800R",
    ),
)
STELNET = Default(
    "stelnet server enable",
    False,
    _CE + "stelnet server enable: off; exported S6700 configuration of V200R003C00, which writes it where it is on",
)
FTP = Default("ftp server enable", False, _CE + "ftp server enable: off")
# Newer releases listen on the interfaces alone that telnet server-source names, and YunShan OS on none without it.
TELNET_CE = Default(
    "telnet server disable",
    True,
    _CE + "telnet server disable: on where that does not stand" + _IMPLICIT,
    r"V[12]00R00",
    "CloudEngine V100R001 to V200R009",
)
TELNET_S = Default(
    "telnet server enable",
    False,
    "exported S5700 configuration of V200R005C00SPC500 and example configurations of the S series with telnet "
    "server-source, which write it where it is on",
    r"V200R0(?:0[5-9]|[12]\d)",
    "S switches, V200R005 and later",
)
INBOUND_8 = Default(
    "user-interface vty: protocol inbound",
    frozenset({"telnet", "ssh"}),
    _CE + "protocol inbound: all" + _IMPLICIT,
    r"V[123]00R",
    "CloudEngine V100R001 to V300R",
)
_INBOUND_S = "S series typical configuration examples, AAA local authentication: Telnet to V200R006, SSH from V200R007"
INBOUND_S = (
    Default(
        "user-interface vty: protocol inbound",
        frozenset({"telnet"}),
        _INBOUND_S,
        r"V(?:100R|200R00[1-6])",
        "S switches to V200R006",
    ),
    Default(
        "user-interface vty: protocol inbound",
        frozenset({"ssh"}),
        _INBOUND_S,
        r"V200R0(?:0[7-9]|[12]\d)",
        "S switches, V200R007 and later",
    ),
)
SSH_V1_8 = Default(
    "ssh server compatible-ssh1x enable", False, _CE + "ssh server compatible-ssh1x enable: off", span="VRP 8"
)
WEB_MANAGER = Default(
    "web-manager enable, web-manager security enable",
    False,
    "exported configurations of USG6300 and USG6000V, which write each that is on",
    span="USG",
)
SCHEME = Default(
    "domain default_admin: authentication-scheme",
    "default",
    "S series typical configuration examples, AAA local authentication: the scheme default, local accounts",
)
SNMP = Default(
    "snmp-agent",
    False,
    "CloudEngine configuration guide, SNMP: disabled; device-hardening.md, section 2: off until it is configured",
)
SNMP_VERSIONS = Default("snmp-agent sys-info version", frozenset({"v3"}), _CE + "snmp-agent sys-info version: SNMPv3")
INFO_CENTER = Default(
    "info-center enable",
    True,
    _CE + "info-center enable; Huawei USG help, enabling the information center: on",
)
DATE_STAMP = Default(
    "info-center timestamp log",
    True,
    _CE + "info-center timestamp: date, with the year; Huawei USG help, enabling the information center: date",
)
IPV6 = Default("ipv6", False, "label of a USG configuration (ipv6_enabled_globally by default: off)", span="VRP 5")
ZONES_PASS = Default(
    "security-policy: default action",
    False,
    "Huawei USG command reference, default action (security policy view): deny between zones",
    span="USG",
)
LOG_LEVEL = Default(
    "info-center source default channel loghost log level",
    6,
    "recorded answers to display channel: channel 2, loghost, takes logs from informational",
)
LOGINS = Default(
    "info-center source SHELL channel loghost log",
    True,
    LOG_LEVEL.source + "; logins are SHELL, notification",
)
COMMANDS = Default(
    "info-center source SHELL channel loghost log",
    True,
    LOG_LEVEL.source + "; log of an S5700, SHELL/5/CMDRECORD: commands are notifications",
)
UP = Default("interface: shutdown", True, _CE + "shutdown: physical interfaces start with the device")
RA_HALT = Default(
    "ipv6 nd ra halt",
    True,
    "NetEngine 8000 F1A command reference and Huawei EDOC1100064351, ipv6 nd ra halt: no RAs are sent; of Comware "
    "3Com S7906E reference guide",
)
LISTS_PASS = Default(
    "traffic-filter, packet-filter: no rule matches",
    True,
    "device-hardening.md, 8.1.3.2-a: permitted; H3C Comware 7 command reference, ACL, packet-filter default deny",
)
SERVICES = Default(
    "tftp-server enable, finger enable",
    False,
    "NE40E-M2 configuration guide, TFTP: the device is a client alone; the CloudEngine command reference has neither",
)
