"""Juniper Junos: MX and other routers, EX and QFX switches, SRX firewalls."""

from __future__ import annotations

import re

from collectors.base import Answer
from collectors.config_text import BLOTTED
from collectors.platforms.base import ConfigRead, Dialect, Got, Order, Platform, Read, Release, Shell
from collectors.platforms.dialects import exposed, gateways, hits
from collectors.platforms.dialects.excerpts import shown_reads
from collectors.platforms.dialects.junos import access as junos_access
from collectors.platforms.dialects.junos import census as junos_census
from collectors.platforms.dialects.junos import hardening as junos_hardening
from collectors.platforms.dialects.junos import ipv6 as junos_ipv6
from collectors.platforms.dialects.junos import network as junos_network
from collectors.platforms.dialects.junos.text import has, plain, tree
from collectors.platforms.dialects.version_words import labelled
from inventory.config import Config
from inventory.errors import ReadFailed
from inventory.facts import (
    Accounts,
    Addresses,
    Banner,
    Fact,
    Filtering,
    Forwarding,
    Identity,
    Interfaces,
    LinkServices,
    Listeners,
    Logging,
    OperatingSystem,
    PasswordPolicy,
    RateLimits,
    RemoteAccess,
    Routes,
    RoutingProtocols,
    SnmpAgent,
    Software,
    Source,
    SshServer,
    TimeSync,
    Transitions,
    VirtualGateways,
    ZonePolicy,
)

NAME = "juniper_junos"
VERSION, HARDWARE, CONFIG = "show version", "show chassis hardware", "show configuration"
_HOSTNAME = r"^Hostname: (?P<value>\S+)"
_MODEL = r"^Model: (?P<value>\S.*)"
_RELEASE = (
    r"^(?:Junos: (?P<a>\S+)|JUNOS (?:Software Release|Base OS boot|EX\s+Software Suite)"
    r"[^\[\n]*\[(?P<b>\d{1,2}\.\d+[A-Z][^\]]*)\])"
)
_CHASSIS = r"^Chassis\s+(?P<value>[A-Z0-9]{4,})\s+\S"
_KINDS = (
    (r"(?i)(?:ex|qfx|ocx)\d", "switch"),
    (r"(?i)v?srx|ln1000", "firewall"),
    (r"(?i)v?mx|acx|ptx|[mtj]\d|jnp", "router"),
)


def identity(version: Answer, hardware: Got) -> Identity:
    """The device as ``show version`` and ``show chassis hardware`` tell it; ReadFailed where that is no Junos."""
    model = labelled(_MODEL, version.text)
    if model is None or not re.search(r"(?i)junos", version.text):
        raise ReadFailed(f"{version.command}: no Junos version in it")
    release = re.search(_RELEASE, version.text, re.MULTILINE)
    serial = labelled(_CHASSIS, hardware.text) if isinstance(hardware, Answer) else None
    told = ["vendor", "platform", "model", *(["release"] if release else [])]
    sources = [Source(field, version.command) for field in told]
    return Identity(
        vendor="Juniper",
        kind=_kind(model),
        platform=NAME,
        model=model,
        release=(release["a"] or release["b"]) if release else None,
        serial=serial,
        hostname=labelled(_HOSTNAME, version.text),
        sources=(*sources, *([Source("serial", HARDWARE)] if serial else [])),
        evidence=version.evidence(_HOSTNAME, _MODEL, _RELEASE),
    )


def _kind(model: str) -> str | None:
    return next((kind for pattern, kind in _KINDS if re.match(pattern, model)), None)


def configured_identity(config: Config, _: Release) -> Identity:
    """What the configuration tells of its device: name, release, and by its zones that it is a firewall."""
    name, version = config.line(r"system host-name \S"), config.line(r"version \S+$")
    release = plain(version.text.split()[1]) if version else None
    kind = "firewall" if has(config, "security (?:zones|policies)") else None
    told = {"vendor": "Juniper", "kind": kind, "platform": NAME, "release": release}
    return Identity(
        vendor="Juniper",
        kind=kind,
        platform=NAME,
        release=release,
        hostname=plain(name.text.split()[2]) if name else None,
        sources=tuple(Source(field, config.source) for field, value in told.items() if value),
        evidence=config.evidence(name, version),
    )


_CRYPT = r"(?:\$(?:\d|sha1)\$)?"
_VALUE = rf'"?{_CRYPT}(?P<secret>(?!{BLOTTED})[^"\s;{{}}]+)'
_COMMUNITY = (
    rf'(?P<secret>"(?!(?:public|private)"|{BLOTTED})[^"\n]+"|'
    rf'(?!(?:public|private)(?![^\s;{{]))(?!{BLOTTED})[^"\s;{{]+)'
)
_AT = r"(?:^|[\s;{])"
SECRETS = (
    rf"{_AT}(?:encrypted-password|plain-text-password-value|secret|simple-password|ascii-text|hexadecimal) {_VALUE}",
    rf"{_AT}(?:[\w-]*-)?(?:authentication-key|privacy-key|authentication-password|privacy-password) (?!\d+ ){_VALUE}",
    rf"{_AT}(?:pre-shared-key|[\w-]*chap-secret|(?:pap|local)-password) (?!ascii-text|hexadecimal|c[ak][kn] ){_VALUE}",
    rf"{_AT}(?:cak|ckn) {_VALUE}",
    rf'{_AT}(?:key|password) "{_CRYPT}(?P<secret>[^"]+)',
    rf"{_AT}authentication-key \d+ (?:type \S+ )?value {_VALUE}",
    rf"{_AT}community-name {_VALUE}",
    rf"^set (?:(?:groups|logical-systems) \S+ ){{0,2}}snmp (?:community|trap-group) {_COMMUNITY}",
    rf"^\s+(?:community|trap-group) {_COMMUNITY}(?=\s*\{{)",
    rf"^(?: {{4}}|\t)community {_COMMUNITY}(?=;)",
)


def _is_whole(config: Config) -> bool:
    """Every device has a name, accounts or services."""
    return has(config, "(?:system|groups)")


_PARTS: dict[type[Fact], str] = {
    Identity: r"\S",
    SnmpAgent: r"snmp ",
    Interfaces: r"interfaces ",
    Addresses: r"interfaces ",
    VirtualGateways: r"interfaces ",
    Filtering: r"firewall ",
    RateLimits: r"firewall ",
    ZonePolicy: r"security ",
    Forwarding: r"interfaces ",
    Routes: r"(?:routing-instances \S+ )?routing-options ",
    RoutingProtocols: r"(?:routing-instances \S+ )?protocols ",
}
_CONFIG_READS = shown_reads(
    (
        ConfigRead(Identity, configured_identity),
        ConfigRead(RemoteAccess, junos_access.remote_access),
        ConfigRead(Accounts, junos_access.accounts),
        ConfigRead(PasswordPolicy, junos_access.password_policy),
        ConfigRead(SnmpAgent, junos_access.snmp_agent),
        ConfigRead(Logging, junos_access.logging),
        ConfigRead(TimeSync, junos_access.time_sync),
        ConfigRead(Banner, junos_access.banner),
        ConfigRead(Interfaces, junos_census.interfaces, (junos_census.TERSE,)),
        ConfigRead(Addresses, junos_network.addresses),
        ConfigRead(Filtering, junos_network.filtering),
        ConfigRead(ZonePolicy, junos_network.zone_policy),
        ConfigRead(RateLimits, junos_network.rate_limits),
        ConfigRead(Forwarding, junos_network.forwarding),
        ConfigRead(Routes, junos_network.routes),
        ConfigRead(RoutingProtocols, junos_network.routing_protocols),
        ConfigRead(Transitions, junos_network.transitions),
        ConfigRead(LinkServices, junos_ipv6.link_services),
        *gateways.gateway_reads(gateways.JUNOS),
        *hits.with_hits(exposed.with_exposed(junos_hardening.READS, exposed.junos), hits.JUNOS),
    ),
    _is_whole,
    _PARTS,
)
# Braces close what they open; of ``set`` lines none is the last. Whatever else its release writes where, a device
# begins with its system and has its ports before its routing.
_SYSTEM = (Accounts, PasswordPolicy, Logging, TimeSync, Banner)
_ORDER: Order = {
    r"(?:version|groups|apply-groups|system)(?: |$)": _SYSTEM,
    r"(?:chassis|interfaces)(?: |$)": tuple({read.fact for read in _CONFIG_READS}.difference(_SYSTEM)),
    (
        r"(?:routing-options|routing-instances|protocols|policy-options|firewall|class-of-service|applications|vlans"
        r"|bridge-domains|switch-options|ethernet-switching-options|poe|virtual-chassis)(?: |$)"
    ): (),
}

PLATFORM = Platform(
    name=NAME,
    shell=Shell(
        device_type="juniper_junos",
        prompt=r"[\w.-]{1,64}@[\w.-]{1,128}>",
        paging_off="set cli screen-length 0",
        refusals=(r"error: permission denied", r"(?:error: )?.*permission denied"),
        absences=(r"unknown command", r"syntax error", r"error: (?:command is not valid|syntax error)"),
    ),
    reads=(Read(Identity, (VERSION, HARDWARE), identity, optional=frozenset({HARDWARE})), *junos_census.READS),
    dialect=Dialect(
        commands=(CONFIG,),
        comments=(),
        end=r"\}",
        is_open=True,
        secrets=SECRETS,
        signs={
            r"^(?:set )?version \"?\d+\.\d\w*[RXISB]\d": 10,
            r"^## Last (?:commit|changed): ": 6,
            r"^Hostname: \S+\s*\nModel: ": 6,
            r"^(?:Junos|JUNOS) ?(?:: |(?:OS |Base OS |Software Release)).*\d": 6,
            r"^set system host-name ": 2,
            r"^set (?:interfaces \S+ unit \d+ |system (?:services|root-authentication|login (?:user \S+ )?class) )": 5,
            r"^(?:system|interfaces) \{": 1,
            r"^\s+(?:host-name \S+;|root-authentication \{)": 4,
            r"^\s+family inet6? \{|^\s+unit \d+ \{": 3,
        },
        orders=(_ORDER,),
        tree=tree,
    ),
    config_reads=_CONFIG_READS,
    lacks=frozenset({SshServer, OperatingSystem, Software, Listeners}),
)
