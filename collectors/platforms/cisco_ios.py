"""Cisco IOS and IOS-XE: routers and Catalyst switches."""

from __future__ import annotations

import re

from collectors.base import Answer
from collectors.config_text import BLOTTED
from collectors.flat_text import SHORTENED_SECRETS
from collectors.platforms.base import Built, ConfigRead, Dialect, Order, Platform, Read, Release, Shell
from collectors.platforms.dialects import gateways, saved
from collectors.platforms.dialects.ios import access as ios_access
from collectors.platforms.dialects.ios import census as ios_census
from collectors.platforms.dialects.ios import hardening as ios_hardening
from collectors.platforms.dialects.ios import ipv6 as ios_ipv6
from collectors.platforms.dialects.ios import network as ios_network
from collectors.platforms.dialects.ios import qos as ios_qos
from collectors.platforms.dialects.ios import services as ios_services
from collectors.platforms.dialects.version_words import uptime_s
from collectors.platforms.dialects.views import IOS as VIEWS
from inventory.config import Config
from inventory.errors import ReadFailed
from inventory.facts import (
    Accounts,
    Addresses,
    Banner,
    Filtering,
    FirstHopSecurity,
    Forwarding,
    Identity,
    Interfaces,
    LinkServices,
    Listeners,
    Logging,
    ManagementPlane,
    OperatingSystem,
    PasswordPolicy,
    Privileges,
    RateLimits,
    RemoteAccess,
    Routes,
    RoutingProtocols,
    RuleSets,
    SnmpAgent,
    Software,
    Source,
    SshServer,
    TimeSync,
    Transitions,
)

VERSION, CONFIG, NTP = "show version", "show running-config", "show ntp status"
_RELEASE = r"^(?:Cisco )?IOS(?: \(tm\)|-XE)? .*?, Version (?P<value>[^\s,]+)"
_MODEL = r"^(?:Model [Nn]umber\s*: (?P<a>\S+)|[Cc]isco (?P<b>[A-Z0-9][\w./-]+) .*?(?:processor|with \d+K))"
_SERIAL = r"^(?:System [Ss]erial [Nn]umber\s*: (?P<a>\S+)|Processor board ID (?P<b>\S+))"
_UPTIME = r"^(?P<name>\S+) uptime is (?P<value>.+)$"
_KINDS = (
    (r"(?:WS-)?C(?:2[39]|3[5678]|4[59]|6[58]|9[2-6])\d\w*|IE-?\d|ME-?\d", "switch"),
    (r"ASR|ISR|C?[1-4][89]\d\d|CSR|C8\d", "router"),
)


def identity(version: Answer) -> Identity:
    """The device as ``show version`` tells it; ReadFailed where that is no IOS."""
    release = re.search(_RELEASE, version.text, re.MULTILINE)
    if release is None:
        raise ReadFailed(f"{version.command}: no IOS version in it")
    model, serial = (_either(pattern, version.text) for pattern in (_MODEL, _SERIAL))
    up = re.search(_UPTIME, version.text, re.MULTILINE)
    told = {
        "vendor": "Cisco",
        "platform": "cisco_ios",
        "release": release.group("value"),
        "model": model,
        "serial": serial,
    }
    return Identity(
        vendor="Cisco",
        kind=next((kind for pattern, kind in _KINDS if model and re.match(pattern, model, re.IGNORECASE)), None),
        platform="cisco_ios",
        model=model,
        release=release.group("value"),
        serial=serial,
        hostname=up.group("name") if up else None,
        uptime_s=uptime_s(up.group("value")) if up else None,
        sources=tuple(Source(field, version.command) for field, value in told.items() if value),
        evidence=version.evidence(_RELEASE, _MODEL, _SERIAL),
    )


def _either(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text, re.MULTILINE)
    return (found.group("a") or found.group("b")) if found else None


def configured_identity(config: Config, _: Release) -> Identity:
    """What the configuration tells of its device: the name, and that it is IOS. ``version`` there is no release."""
    name = config.line(r"hostname \S+")
    return Identity(
        vendor="Cisco",
        platform="cisco_ios",
        hostname=name.text.split()[1] if name else None,
        sources=(Source("vendor", config.source), Source("platform", config.source)),
        evidence=config.evidence(name),
    )


def synchronised(config: Config, release: Release, status: Built | Answer) -> TimeSync:
    """Time servers as configured, and whether the clock follows one where ``show ntp status`` tells."""
    told = ios_services.time_sync(config, release)
    if not isinstance(status, Answer):
        return told
    found = re.search(r"Clock is (un)?synchronized", status.text)
    return TimeSync(
        told.servers, told.peers, told.authenticated, None if found is None else not found.group(1), told.evidence
    )


_WORD = rf"(?P<secret>(?!(?:public|private)(?:\s|$))(?!{BLOTTED})\S+)"
# Whatever a line says a password of is, but for lines of people's words and settings that are none.
PASSWORDS = (
    r"^(?![ \t]*(?:description|remark|name|banner) )[ \t]*(?:\S.{0,200}? )?(?:password|secret)"
    rf"(?: (?:[0-9]|level \d+|encrypted|clear))*+ (?!{BLOTTED}|\S*\*\*\*)"
    r"(?!(?:policy|strength-check|secure-mode|option|required|rollover|fallback|encryption|history|for|prompt)(?: |$))"
    r"(?:\$\d+\$)?(?P<secret>\S+)"
)
# OSPFv3 is guarded by IPsec: of a process by area, or of an interface (RFC 4552).
_OF_OSPF = r"^\s*(?:ipv6 ospf |ospfv3 |area )?(?:\S+ ){0,3}?"
IPSEC_OF_OSPF = (
    rf"{_OF_OSPF}(?:auth|encr)\w+ ipsec spi \d+ .*?(?:md5|sha1)(?: [07])? (?P<secret>\S+)$",
    rf"{_OF_OSPF}encryption ipsec spi \d+ esp (?!null)\S+(?: \d\d+)?(?: [07])? (?!md5|sha1)(?P<secret>\S+)",
)
SECRETS = (
    *SHORTENED_SECRETS,
    rf"^(?:no )?snmp-server community (?:[078] (?![Rr][OoWw]\b|view ))?+{_WORD}",
    (
        r"^(?:no )?snmp-server host (?:oob )?(?:ipv6 |domain )?(?!(?:oob|ipv6|domain) )\S+(?: vrf \S+)?"
        r"(?: (?:traps?|informs?))?(?: version (?:1|2c))? "
        r"(?:[78] (?=\S))?"
        rf"(?!(?:version|traps?|informs?|vrf|use-vrf|filter-vrf|source-interface) |[78] \S){_WORD}"
    ),
    r"^snmp-server user .*? auth \S+ (?P<secret>\S+)",
    r"^snmp-server user .{0,200}? priv(?: \S+){0,3}? (?P<secret>\S+)(?: access .*)?$",
    (
        r"^\s*(?:no )?(?:username \S+ .*?|enable (?:algorithm-type \S+ )?)(?:password|secret)(?: level \d+)? "
        rf"(?!(?:\d )?{BLOTTED})(?:\d )?(?:\$\d+\$)?(?P<secret>\S+)"
    ),
    r"^\s*password (?!policy|strength-check|secure-mode)(?:\d+ )?(?P<secret>\S+)",
    (
        r"^(?:.*[ \t])?(?:key|key-string|pre-shared-key|authentication-key|shared-secret)(?: \d)? "
        r"(?!chain$|config-key|\d+$|prefer$)(?P<secret>\S{4,})$"
    ),
    r"^\s*(?:tacacs-server|radius-server) (?:host .*? )?key (?:\d )?(?P<secret>\S+)",
    (
        r"^[ \t]*(?:ip ospf|ipv6 ospf|standby \d+|neighbor \S+|ip ftp|ppp chap|area .{0,99}?) "
        r".{0,99}?(?:password|message-digest-key \d+ md5|authentication-key|md5 key-string)(?: \d)? (?P<secret>\S+)$"
    ),
    r"^ntp authentication-key \d+ \S+ (?P<secret>\S+)",
    r"^\s*crypto isakmp key (?:\d )?(?P<secret>\S+)",
    r"^\s*(?:wpa-psk|security wpa psk set-key) (?:ascii|hex)(?: \d)? (?P<secret>\S+)",
    r"^\s*pre-shared-key (?:local|remote|hex)(?: \d)? (?P<secret>\S+)",
    *IPSEC_OF_OSPF,
    r"^\s*(?:standby|vrrp|glbp) (?:ipv6 )?(?:\d+ )?authentication (?!md5 |text )(?P<secret>\S+)$",
    r"^\s*(?:(?:standby|vrrp|glbp) (?:\d+ )?authentication text|ip(?:v6)? nhrp authentication) (?P<secret>\S+)",
    r"^\s*(?:area|domain)-password (?:clear |md5 |[07] )?(?P<secret>\S+)",
    r"^mpls ldp (?:vrf \S+ )?password option \d+ for \S+ (?:[07] )?(?!key-chain)(?P<secret>\S+)",
    r"^(?:.*[ \t])?(?:server-key|idtoken)(?: \d)? (?P<secret>\S+)",
    PASSWORDS,
)

_CONFIG_READS = (
    ConfigRead(Identity, configured_identity),
    ConfigRead(RemoteAccess, ios_access.remote_access),
    ConfigRead(Accounts, ios_access.accounts),
    ConfigRead(PasswordPolicy, ios_access.password_policy),
    ConfigRead(SnmpAgent, ios_services.snmp_agent),
    ConfigRead(Logging, ios_services.logging),
    ConfigRead(TimeSync, synchronised, (NTP,)),
    ConfigRead(Banner, ios_services.banner),
    ConfigRead(Interfaces, ios_network.interfaces),
    ConfigRead(Addresses, ios_network.addresses),
    ConfigRead(Filtering, ios_network.filtering),
    ConfigRead(RateLimits, ios_qos.rate_limits),
    ConfigRead(Forwarding, ios_network.forwarding),
    ConfigRead(Routes, ios_network.routes),
    ConfigRead(RoutingProtocols, ios_network.routing_protocols),
    ConfigRead(Transitions, ios_ipv6.transitions),
    ConfigRead(LinkServices, ios_ipv6.routed_link_services),
    ConfigRead(FirstHopSecurity, ios_ipv6.first_hop),
    *gateways.gateway_reads(gateways.IOS),
    *ios_hardening.READS,
)
# Before the lines stands all but what they say, NTP, which may use an access list too, and NETCONF.
_BY_LINES = frozenset({RemoteAccess, Privileges})
_BEHIND_LINES = frozenset({TimeSync, RuleSets, ManagementPlane})
_BEFORE_LINES = tuple({read.fact for read in _CONFIG_READS} - _BEHIND_LINES - _BY_LINES)
_ORDER: Order = {
    r"interface \S": (),
    r"line (?!vty)": _BEFORE_LINES,
    r"line vty": tuple(_BY_LINES),
}
QUOTED = (
    r"(?:banner (?:motd|login|exec|incoming|prompt-timeout|slip-ppp)? ?|aaa authentication (?:banner|fail-message) "
    r"|menu \S+ (?:title|prompt) |(?:vacant|refuse)-message |busy-message \S+ )(?P<mark>\^C|\x03|\S)"
)
# A certificate is shown in full and saved as the name of a file (IOS PKI configuration guide).
SAVING = saved.Saving(
    (CONFIG, "show startup-config"),
    saved.by_indentation(("!",), QUOTED),
    r"^end$",
    changed=(CONFIG, r"^! Last configuration change at (?P<stamp>.+)"),
    saved=(CONFIG, r"^! NVRAM config last updated at (?P<stamp>.+)"),
    untouched=(CONFIG, r"^! No configuration change since last restart"),
    none=r"\W*startup-config is not present",
    passing=r"(?:Building|Current) configuration|Using \d+ out of|ntp clock-period|crypto pki certificate chain",
)
PLATFORM = Platform(
    name="cisco_ios",
    shell=Shell(
        device_type="cisco_ios",
        prompt=r"[\w.:/()-]{1,64}[>#]",
        paging_off="terminal length 0",
        refusals=(
            r"% Authorization failed",
            r"Command authorization failed",
            r"% Permission denied",
            r"% Incomplete command",
            ios_census.SILENT,
        ),
        absences=(r"% Invalid input detected", r"% Unknown command", r"% Unrecognized command", r"% Ambiguous command"),
    ),
    reads=(Read(Identity, (VERSION,), identity), *ios_census.READS, *SAVING.reads()),
    dialect=Dialect(
        commands=SAVING.commands[:2],  # what is saved stands in for what runs
        comments=("!",),
        end=r"end$",
        secrets=SECRETS,
        signs={
            r"^(?:Cisco )?IOS(?: \(tm\)|-XE)? .*Version ": 10,
            r"^version \d\d\.\d+\s*$": 3,
            r"^(?:no )?service (?:timestamps|password-encryption|tcp-keep|(?:udp|tcp)-small|(?:pad|config)\s*$)": 3,
            r"^boot-start-marker": 5,
            r"^Current configuration : \d+ bytes|^! (?:Last configuration change|NVRAM config last updated) at ": 3,
            r"^(?:no )?aaa new-model": 2,
            r"^ip classless|^ip forward-protocol nd|^ip subnet-zero|^(?:no )?ip(?:v6)? cef\s*$": 2,
            r"^(?:no )?(?:ipv6 unicast-routing|ip domain[ -]lookup|ip http (?:secure-)?server|ip source-route)\s*$": 2,
            r"^ip (?:domain[ -]name|ssh (?:version|time-out|authentication-retries)) \S": 1,
            r"^(?:vrf definition|ip vrf|ip sla(?: monitor)?|dial-peer \w+|ip access-list (?:standard|extended)) \S": 2,
            r"^(?:vtp (?:mode|domain) \S|spanning-tree (?:extend system-id|portfast )|telephony-service)": 2,
            r"^(?:enable secret (?:level \d+ )?\d|username \S+ (?:privilege \d+ )?(?:password|secret) \d )": 2,
            r"^interface (?:Fast|Gigabit|TenGigabit)Ethernet\d+/\d+(?:/\d+)?(?:\.\d+)?\s*$": 1,
            r"^interface (?:Serial|Dialer|Tunnel|BVI|Dot11Radio|FastEthernet)\d": 1,
            r"^ ip address \d[\d.]+ 255\.[\d.]+(?: secondary)?\s*$": 1,
            r"^router (?:ospf \d+|bgp \d+|eigrp \S+|rip)\s*$": 1,
            r"^ (?:address-family ipv[46](?: unicast)?\s*$\n(?s:.{0,4000}?)^ exit-address-family)": 1,
            r"^snmp-server community \S+ (?:view \S+ )?R[OW]\b": 2,
            r"^ntp clock-period \d": 3,
            r"^banner (?:motd|login|exec) (?:\^C|\x03|\S)": 1,
            r"^line (?:con \d|aux \d|vty \d+(?: \d+)?)": 2,
            r"^ transport (?:input|preferred) \S": 1,
            r"^hostname ": 1,
            r"^end\s*$": 1,
        },
        orders=(_ORDER,),
        undoes=("no ", "default "),
        views=VIEWS,
        quoted=QUOTED,
    ),
    config_reads=_CONFIG_READS,
    lacks=frozenset({SshServer, OperatingSystem, Software, Listeners}),
    also=frozenset({"cisco_iosxe"}),
)
