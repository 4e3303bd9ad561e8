"""ZTE ZXROS: ZXR10 switches and routers, and what shares their command line.

Two generations. ZXROS 4 (5900, 8900, T and GER routers) shows a flat configuration that ends with ``end``; ZXROS 5
(M6000-S, 5960, 8900E, 9900) shows sections ``!<ssh>`` … ``!</ssh>`` whose blocks end with ``$``. Statements are those
of IOS where not said otherwise.
"""

from __future__ import annotations

import re

from collectors.base import Answer
from collectors.flat_text import nested, spelt
from collectors.platforms.base import ConfigRead, Dialect, Order, Platform, Read, Release, Shell
from collectors.platforms.cisco_ios import IPSEC_OF_OSPF
from collectors.platforms.dialects import gateways
from collectors.platforms.dialects.ios import network as ios_network
from collectors.platforms.dialects.version_words import labelled, uptime_s
from collectors.platforms.dialects.views import ZXROS
from collectors.platforms.dialects.zxros import access, network
from collectors.platforms.dialects.zxros import hardening as zxros_hardening
from inventory.config import Config, ConfigLine, indented
from inventory.errors import ReadFailed
from inventory.facts import (
    Accounts,
    Addresses,
    Banner,
    Filtering,
    Forwarding,
    Identity,
    Interfaces,
    Listeners,
    Logging,
    OperatingSystem,
    PasswordPolicy,
    RemoteAccess,
    Routes,
    RoutingProtocols,
    SnmpAgent,
    Software,
    Source,
    SshServer,
    TimeSync,
    ZonePolicy,
)

NAME = "zte_zxros"
VERSION, CONFIG = "show version", "show running-config"
_MADE = r"ZXR10|ZXROS|ZTE Corporation"
_MODEL = r"^\s*(?:ZTE )?ZXR10 (?P<value>(?!ROS|Router|Software)[\w-]*\d[\w&-]*)"
# The version of the product, not of the operating system below it nor of a part.
_RELEASE = (
    r"^[ \t]*+(?!.*\bROS Version|(?:Boot|EPLD|PCB|Product|Hardware))"
    r".{0,200}?\bVersion\b.{0,200}?\b(?P<value>V\d[\w.()]*)"
)
_UPTIME = r"^\s*System uptime is\s+(?P<value>.+)$"
_SERIAL = r"^\s*(?:Serial [Nn]umber|Chassis SN)\s*:\s*(?P<value>\w{6,})"
_KINDS = ((r"M6000|T\d{3,4}|GER|GAR|ZSR|(?:18|28|38|68)\d\d", "router"), (r"\d{4}", "switch"))
_BANNER = r"(?:banner \w+|message-of-day) (?P<mark>\S)"
COMMENTS = ("!", "$")


def identity(version: Answer) -> Identity:
    """The device as ``show version`` tells it; ReadFailed where that is no ZXROS."""
    if not re.search(_MADE, version.text):
        raise ReadFailed(f"{version.command}: no ZXROS version in it")
    model, up = labelled(_MODEL, version.text), labelled(_UPTIME, version.text)
    told = {
        "vendor": "ZTE",
        "platform": NAME,
        "model": f"ZXR10 {model}" if model else None,
        "release": labelled(_RELEASE, version.text),
        "serial": labelled(_SERIAL, version.text),
    }
    return Identity(
        **told,
        kind=next((kind for pattern, kind in _KINDS if model and re.match(pattern, model)), None),
        uptime_s=uptime_s(up) if up else None,
        sources=tuple(Source(field, version.command) for field, value in told.items() if value),
        evidence=version.evidence(_MODEL, _RELEASE),
    )


def configured_identity(config: Config, _: Release) -> Identity:
    """What the configuration tells of its device: its name. ``version`` there is that of the operating system."""
    name = config.line(r"hostname \S+")
    return Identity(
        vendor="ZTE",
        platform=NAME,
        hostname=name.text.split()[1] if name else None,
        sources=(Source("vendor", config.source), Source("platform", config.source)),
        evidence=config.evidence(name),
    )


def tree(text: str) -> tuple[ConfigLine, ...]:
    """The tree of either generation; ReadFailed for a text that ends within a section."""
    opened: list[str] = []
    for mark, name in re.findall(r"^!<(/?)([\w-]+)>\s*$", text, re.MULTILINE):
        if not mark:
            opened.append(name)
        elif opened and opened[-1] == name:
            opened.pop()
    if opened:
        raise ReadFailed(f"the configuration is cut: it ends within its section {opened[-1]}")
    return indented(nested(spelt(text), ZXROS, COMMENTS[:1]), COMMENTS, _BANNER)


_ENCRYPTED = r"(?:encrypted|password|community) \*\d+\*\S+\n"  # terminals break the long words
_REST = r"(?P<secret>[A-Za-z0-9+/=]{6,})(?= |$)"
_SCHEME = r"(?:\$\d+\$|\*\d+\*)?"  # how it is stored
_WORD = rf"{_SCHEME}(?P<secret>(?!(?:public|private)(?:\s|$))(?!\*{{4,}})\S+)"
# Of ZXROS 4; every section of ZXROS 5 may be its last.
_ORDER: Order = {
    r"interface \S": (Accounts, Addresses, Interfaces, Routes, RoutingProtocols),
    r"snmp-server \S": (Logging, SnmpAgent),
    r"line (?:console|telnet) ": (),
}

PLATFORM = Platform(
    name=NAME,
    shell=Shell(
        device_type="zte_zxros",
        prompt=r"[\w.:/()@-]{1,80}[>#]",
        paging_off="terminal length 0",
        refusals=(r"%\s?(?:Error \d+: )?(?:Incomplete command|Permission|No permission)", r"%\s?Authorization failed"),
        absences=(r"%\s?(?:Error \d+: )?(?:Invalid input|Unrecognized command|Ambiguous command|Unknown command)",),
    ),
    reads=(Read(Identity, (VERSION,), identity),),
    dialect=Dialect(
        commands=(CONFIG,),
        comments=COMMENTS,
        end=r"end$|!</(?!(?:mim|system-config|if-intf)>)[\w-]+>$",
        secrets=(
            rf"{_ENCRYPTED}{_REST}",
            rf"{_ENCRYPTED}\*\*\*\n{_REST}",
            rf"^\s*(?:no )?snmp-server community (?:encrypted )?{_WORD}",
            rf"^\s*snmp-server host .*? version (?:1|2c) (?:encrypted )?{_WORD}",
            r"^\s*snmp-server user .*? auth \S+ (?:encrypted )?(?P<secret>\S+)",
            r"^\s*snmp-server user .*? priv(?: (?!encrypted )\S+)? (?:encrypted )?(?P<secret>\S+)$",
            rf"^\s*(?:username \S+ +)?password +(?:encrypted |cipher |\d )?{_SCHEME}(?P<secret>(?!\*{{4,}})\S+)",
            rf"^\s*enable (?:secret|password)(?: level \d+)? (?:\d+ |encrypted )?{_SCHEME}(?P<secret>\S+)",
            (
                r"^(?:.*[ \t])?(?:key|key-string|shared-secret|md5-key)(?: \d| encrypted)? "
                r"(?!\d+$|chain)(?P<secret>\S{4,})$"
            ),
            (
                r"^\s*(?:ip ospf|neighbor \S+|area \S+) .*?(?:password|authentication-key|md5) "
                r"(?:encrypted )?(?P<secret>\S+)$"
            ),
            r"^\s*ntp authentication-key \d+ md5 (?:encrypted )?(?P<secret>\S+)",
            r"^\s*(?:vrrp \d+ authentication|(?:area|domain)-password) (?:encrypted )?(?P<secret>\S+)",
            r"^\s*server \d+ \S+ (?:\S+ )?key (?:encrypted )?(?P<secret>\S+)",
            r"^\s*ftp-server .*password (?:encrypted )?(?P<secret>\S+)",
            *IPSEC_OF_OSPF,
        ),
        signs={
            r"^\s*(?:ZTE )?ZXR10 .*(?:Software|Version)|ZXROS(?:NG)?\b.* V\d|ZTE Corporation": 10,
            r"(?i)^!<(?:mim|system-config|if-intf|system-user)>\s*$": 8,
            r"^!</[\w-]+>\s*$": 3,
            r"^hostname ZXR10": 6,
            r"^version V\d\.\d": 4,
            r"^line (?:telnet|console) (?:idle|absolute)-timeout ": 4,
            r"^(?:no )?ssh server (?:enable|only)": 2,
            r"^acl (?:standard|extended|hybrid|link|basic) (?:number|name) ": 4,
            r"^ipv[46](?:-mixed)?-access-list \S": 4,
            r"^interface (?:[gx]+ei|fei|xlgei|cgei|smartgroup|mgmt_eth|qx_)[-_]?\d*": 4,
            r"^syslog-server host ": 3,
            r"^nvram (?:mng|boot)-": 4,
            r"^snmp-server community .* view \S+ r[ow]\b": 2,
            r"^\s*user-name \S+$": 1,
        },
        orders=(_ORDER,),
        proofs={r"username \S|enable secret": (Accounts,), r"(?:syslog-server|syslog|logging) \S": (Logging,)},
        undoes=("no ",),
        quoted=_BANNER,
        tree=tree,
    ),
    config_reads=(
        ConfigRead(Identity, configured_identity),
        ConfigRead(RemoteAccess, access.remote_access),
        ConfigRead(Accounts, access.accounts),
        ConfigRead(PasswordPolicy, access.password_policy),
        ConfigRead(SnmpAgent, access.snmp_agent),
        ConfigRead(Logging, access.logging),
        ConfigRead(TimeSync, access.time_sync),
        ConfigRead(Banner, access.banner),
        ConfigRead(Interfaces, network.interfaces),
        ConfigRead(Addresses, network.addresses),
        ConfigRead(Filtering, network.filtering),
        ConfigRead(Forwarding, network.forwarding),
        ConfigRead(Routes, ios_network.routes),
        ConfigRead(RoutingProtocols, network.routing_protocols),
        *gateways.gateway_reads(gateways.ZXROS),
        *zxros_hardening.READS,
    ),
    lacks=frozenset({SshServer, OperatingSystem, Software, Listeners, ZonePolicy}),
    also=frozenset({"zte_zxr10"}),
)
