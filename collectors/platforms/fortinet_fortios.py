"""Fortinet FortiOS: FortiGate and FortiWiFi firewalls.

Pages are turned: what would take them away (``config system console``) changes the device's configuration.
"""

from __future__ import annotations

import re

from collectors.base import Answer
from collectors.config_text import BLOTTED
from collectors.platforms.base import ConfigRead, Dialect, Platform, Read, Release, Shell
from collectors.platforms.dialects import exposed, gateways
from collectors.platforms.dialects.excerpts import shown_reads
from collectors.platforms.dialects.fortios import access as fortios_access
from collectors.platforms.dialects.fortios import census as fortios_census
from collectors.platforms.dialects.fortios import hardening as fortios_hardening
from collectors.platforms.dialects.fortios import network as fortios_network
from collectors.platforms.dialects.fortios.text import lines_of, setting, tree
from collectors.platforms.dialects.version_words import labelled, uptime_s
from inventory.config import Config
from inventory.errors import ReadFailed
from inventory.facts import (
    Accounts,
    Addresses,
    Banner,
    ConfigBackup,
    Fact,
    Filtering,
    Forwarding,
    Identity,
    Inspection,
    Interfaces,
    Listeners,
    Logging,
    OperatingSystem,
    PasswordPolicy,
    RemoteAccess,
    Routes,
    RoutingProtocols,
    Signatures,
    SnmpAgent,
    Software,
    Source,
    SshServer,
    TimeSync,
    TunnelCrypto,
    VirtualGateways,
    ZonePolicy,
)

NAME = "fortinet_fortios"
STATUS, CONFIG = "get system status", "show"
_VERSION = r"^Version: (?P<model>Forti\S+) (?P<release>v\d\S*(?: \([^)\n]*\))?)"
_SERIAL = r"^Serial-Number: (?P<value>\S+)"
_HOSTNAME = r"^Hostname: (?P<value>\S.*)"
_UPTIME = r"^System uptime: (?P<value>.+)"
_HEADER = (
    r"#config-version=(?P<kind>FGT|FGR|FG|FWF|FW)_?(?P<size>\w+)-(?P<version>\d+\.\d+(?:\.\d+)?)-FW-build(?P<build>\d+)"
    r"(?:-(?P<date>\d+))?"
)
_PRODUCTS = {"FGT": "FortiGate", "FG": "FortiGate", "FGR": "FortiGateRugged", "FWF": "FortiWiFi", "FW": "FortiWiFi"}


def identity(status: Answer) -> Identity:
    """The device as ``get system status`` tells it; ReadFailed where that is no FortiOS."""
    version = re.search(_VERSION, status.text, re.MULTILINE)
    if version is None:
        raise ReadFailed(f"{status.command}: no FortiOS version in it")
    serial, hostname, up = (labelled(pattern, status.text) for pattern in (_SERIAL, _HOSTNAME, _UPTIME))
    told = {"vendor", "kind", "platform", "model", "release"} | ({"serial"} if serial else set())
    return Identity(
        vendor="Fortinet",
        kind="firewall",
        platform=NAME,
        model=version["model"],
        release=version["release"],
        serial=serial,
        hostname=hostname,
        uptime_s=uptime_s(up) if up else None,
        sources=tuple(Source(field, status.command) for field in sorted(told)),
        evidence=status.evidence(_VERSION, _SERIAL, _HOSTNAME),
    )


def configured_identity(config: Config, _: Release) -> Identity:
    """What the configuration tells of its device: its name, and in the head that a backup has, model and release."""
    head = config.line(_HEADER)
    found = re.match(_HEADER, head.text) if head else None
    model = f"{_PRODUCTS[found['kind']]}-{found['size']}" if found else None
    release = (
        ",".join(filter(None, (f"v{found['version']}", f"build{found['build']}", found["date"]))) if found else None
    )
    told = {"vendor": "Fortinet", "kind": "firewall", "platform": NAME, "model": model, "release": release}
    return Identity(
        vendor="Fortinet",
        kind="firewall",
        platform=NAME,
        model=model,
        release=release,
        hostname=setting(config, "system global", "hostname"),
        sources=tuple(Source(field, config.source) for field, value in told.items() if value),
        evidence=config.evidence(head, *lines_of(config, "system global", "hostname")),
    )


_KEYS = (
    r"(?:[\w-]*(?:password|passwd|passphrase|secret|auth-pwd|priv-pwd)(?:-l[12])?\d?|key\d?|key-string|"
    r"(?:[\w-]+-)?(?:api|secret|ddns|fixed|secondary|tertiary|pre-?shared|auth|enc|wep)-key\d?|authkey|enckey|"
    r"md5-keys?|authentication-key|token|activation-code|seed)"
)
_ONE_WAY = "SH2|AK1|PB2"  # what an administrator's hash begins with
SECRETS = (
    rf'^\s*set \S+ (?:\d+ )?ENC "?(?:{_ONE_WAY})?(?P<secret>(?!{BLOTTED}|{_ONE_WAY})[^"\n]+)',
    r'^\s*set uri "?[^\s:"@/]+:(?P<secret>[^"\s]+)@',
    r'\bAuthorization: ?(?:Bearer |Basic )?(?P<secret>[^"\s]+)',
    (
        rf'^\s*set {_KEYS} (?:\d+ )?(?:ENC )?"?(?:{_ONE_WAY})?'
        rf'(?P<secret>(?!ENC |enable$|disable$|{BLOTTED}|{_ONE_WAY})[^"\n]+)'
    ),
    # A community is an entry's name. Where nothing tells how far their table goes, what follows it does.
    (
        r"^(?P<within>[ \t]*)config (?:system snmp community|switch-controller snmp-community)\n"
        r"(?:(?!(?P=within)end$(?!\n[ \t]*(?:set|next|edit|config hosts6?)\b)|[ \t]*config \S+ snmp).*\n)*?"
        r'[ \t]*set name "?(?P<secret>(?!(?:public|private)"?$)(?!\*\*\*)[^"\n]+)'
    ),
    (
        r'^\s*edit \d+\n\s*set name "?(?P<secret>(?!(?:public|private)"?$)[^"\n]+)"?\n'
        r"(?=\s*(?:config hosts6?|next|set (?:events|hosts|status|query-|trap-|mib-view|vdoms))\b)"
    ),
)


def _is_whole(config: Config) -> bool:
    """Every device has global settings, and routing is the last that a backup, which its first line tells, writes.

    One that has the blocks of all protocols, as devices write them, has passed them with those of BGP; of others people
    have taken some out. What people write without that first line has administrators.
    """
    if config.line(r"#config-version="):
        all_of_them = config.line(r"config router rip(?:ng)?$") is not None
        last = rf"config router (?:bgp|isis|multicast{'' if all_of_them else '|static6?|ospf6?'})$"
    else:
        last = r"config (?:router |system admin$)"
    return config.line(r"config system global$") is not None and config.line(last) is not None


_PARTS: dict[type[Fact], str] = {
    Identity: r"#config-version=|config ",
    RemoteAccess: r"config system (?:interface|global|admin)$",
    Accounts: r"config system admin$",
    ConfigBackup: r"config system global$",
    Inspection: r"config firewall (?:policy6?|consolidated policy)$",
    TunnelCrypto: r"config vpn ipsec ",
    Signatures: r"\S",  # another answer dates them
    PasswordPolicy: r"config system password-policy$",
    SnmpAgent: r"config system snmp (?:community|user)$",
    Logging: r"config log ",
    TimeSync: r"config system ntp$",
    Banner: r"config system (?:global$|replacemsg admin)",
    Interfaces: r"config system interface$",
    Addresses: r"config system interface$",
    VirtualGateways: r"config system interface$",
    Filtering: r"config router access-list6?$",
    ZonePolicy: r"config firewall policy6?$",
    Forwarding: r"config system (?:interface|settings)$",
    Routes: r"config router static6?$",
    RoutingProtocols: r"config router (?:bgp|isis|multicast6?)$",  # the last ones that a device writes
}
_CONFIG_READS = shown_reads(
    (
        ConfigRead(Identity, configured_identity),
        ConfigRead(RemoteAccess, fortios_access.remote_access),
        ConfigRead(Accounts, fortios_access.accounts),
        ConfigRead(PasswordPolicy, fortios_access.password_policy),
        ConfigRead(SnmpAgent, fortios_access.snmp_agent),
        ConfigRead(Logging, fortios_access.logging),
        ConfigRead(TimeSync, fortios_access.time_sync),
        ConfigRead(Banner, fortios_access.banner),
        ConfigRead(Interfaces, fortios_census.interfaces, (fortios_census.PHYSICAL,)),
        ConfigRead(Addresses, fortios_network.addresses),
        ConfigRead(Filtering, fortios_network.filtering),
        ConfigRead(ZonePolicy, fortios_network.zone_policy),
        ConfigRead(Forwarding, fortios_network.forwarding),
        ConfigRead(Routes, fortios_network.routes),
        ConfigRead(RoutingProtocols, fortios_network.routing_protocols),
        *gateways.gateway_reads(gateways.FORTIOS),
        *exposed.with_exposed(fortios_hardening.READS, exposed.fortios),
    ),
    _is_whole,
    _PARTS,
)
PLATFORM = Platform(
    name=NAME,
    also=frozenset({"fortinet_fortigate"}),  # SNMP names the device, not what runs on it
    shell=Shell(
        device_type="fortinet",
        prompt=r"[\w.-]{1,64}(?: \([\w./-]{1,64}\))? [#$>]",
        refusals=(r"Permission denied", r"You do not have permission", r"Command fail\. Return code -37"),
        absences=(r"Unknown action", r"command parse error", r"Command fail\. Return code -(?:1|61)\b"),
    ),
    reads=(Read(Identity, (STATUS,), identity), *fortios_census.READS),
    dialect=Dialect(
        commands=(CONFIG,),
        comments=("#",),
        end=r"end$",
        secrets=SECRETS,
        signs={
            r"^#config-version=(?:FG|FW)\w*-": 10,
            r"^Version: Forti(?:Gate|WiFi)": 10,
            r"^\s*config system global\s*$": 4,
            r"^\s*config system (?:interface|accprofile|admin|snmp)": 3,
            r"^\s*config firewall (?:policy|address|service)": 4,
            r"^\s*config (?:vdom|router static|log syslogd|log memory)": 2,
            r"^\s*set allowaccess ": 4,
            r"^\s*next\s*$": 1,
            r"^\s*edit ": 1,
            r"^end\s*$": 1,
        },
        tree=tree,
    ),
    config_reads=_CONFIG_READS,
    lacks=frozenset({SshServer, OperatingSystem, Software, Listeners}),
)
