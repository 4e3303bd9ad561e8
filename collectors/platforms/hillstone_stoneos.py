"""Hillstone StoneOS 4 and 5: SG-6000 firewalls and what others sell under their own name (DCFW)."""

from __future__ import annotations

import re
from itertools import pairwise

from collectors.base import Answer
from collectors.flat_text import nested
from collectors.platforms.base import ConfigRead, Dialect, Order, Platform, Read, Release, Shell
from collectors.platforms.dialects import exposed, hits, saved
from collectors.platforms.dialects.stoneos import access, network
from collectors.platforms.dialects.stoneos import hardening as stoneos_hardening
from collectors.platforms.dialects.version_words import labelled, uptime_s
from collectors.platforms.dialects.views import STONEOS
from inventory.config import Config, ConfigLine, indented
from inventory.errors import ReadFailed
from inventory.facts import (
    Accounts,
    Addresses,
    Banner,
    Filtering,
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

NAME = "hillstone_stoneos"
VERSION, CONFIG = "show version", "show configuration"
_RELEASE = r"^(?:Hillstone )?(?:Networks )?StoneOS software, Version (?P<value>\S+)"
_BOOT = r"^Boot file is \S*?-(?P<value>\d+\.\d+R\d+\w*(?:\.\d+)?)"  # with the patch, which the version line lacks
_MODEL = r"^Product name:? (?P<value>\S+)"
_SERIAL = r"\bS/N:? (?P<value>\w{8,})"
_UPTIME = r"^Uptime is (?P<value>.+)$"


def identity(version: Answer) -> Identity:
    """The device as ``show version`` tells it; ReadFailed where that is no StoneOS."""
    if not re.search(_RELEASE, version.text, re.MULTILINE):
        raise ReadFailed(f"{version.command}: no StoneOS version in it")
    up = labelled(_UPTIME, version.text)
    told = {
        "vendor": "Hillstone",
        "platform": NAME,
        "model": labelled(_MODEL, version.text),
        "release": labelled(_BOOT, version.text) or labelled(_RELEASE, version.text),
        "serial": labelled(_SERIAL, version.text),
    }
    return Identity(
        **told,
        kind="firewall",
        uptime_s=uptime_s(up) if up else None,
        sources=tuple(Source(field, version.command) for field, value in told.items() if value),
        evidence=version.evidence(_RELEASE, _BOOT, _MODEL),
    )


def configured_identity(config: Config, _: Release) -> Identity:
    """What the configuration tells of its device: its name and its version without the patch."""
    name, version = config.line(r"hostname \S+"), config.line(r"Version \d+\.\d+")
    release = version.text.split()[1] if version else None
    told = {"vendor": "Hillstone", "platform": NAME, "release": release}
    return Identity(
        vendor="Hillstone",
        kind="firewall",
        platform=NAME,
        release=release,
        hostname=name.text.split(maxsplit=1)[1].strip('"') if name else None,
        sources=tuple(Source(field, config.source) for field, value in told.items() if value),
        evidence=config.evidence(name, version),
    )


_QUOTED = r"\"?(?P<secret>(?!\*{4,})[^\"\s]+)"
_COMMUNITY = r"\"?(?P<secret>(?!(?:public|private)(?:[\"\s]|$))(?!\*{4,})[^\"\s]+)"
COMMENTS = ("!", "#")


def tree(text: str) -> tuple[ConfigLine, ...]:
    """By indentation. A single word at the margin within a block is the rest of a line that a terminal broke.

    Every block ends with ``exit``: nothing else stands at the margin before it.
    """
    lines = nested(text, STONEOS, COMMENTS).split("\n")
    inside = False
    for number, (line, following) in enumerate(pairwise([*lines, ""])):
        if line.startswith(" "):
            inside = True
        elif inside and following.startswith(" ") and re.fullmatch(r"(?!exit\b)[\w.\"-]+\s*", line):
            lines[number] = ""
        elif line.strip():
            inside = False
    return indented("\n".join(lines), COMMENTS)


# Interfaces, zones and routers stand before and behind it, where they are made and where they are set.
_ORDER: Order = {
    r"admin user ": (),
    r"hostname ": (
        Accounts,
        Addresses,
        Banner,
        Filtering,
        Interfaces,
        Logging,
        PasswordPolicy,
        RemoteAccess,
        Routes,
        RoutingProtocols,
        TimeSync,
    ),
    r"rule id \d": (),
}

# StoneOS CLI guide, system management: what is read when the device starts is marked startup.
SAVING = saved.Saving((CONFIG, "show configuration startup"), tree, r"^[Ee]nd$", passing=r"Building configuration")
PLATFORM = Platform(
    name=NAME,
    shell=Shell(
        device_type="hillstone_stoneos",
        prompt=r"[\w.@~()/-]{1,80}[>#]",
        paging_off="terminal length 0",
        refusals=(r".*[Ii]ncomplete command", r".*[Pp]ermission denied", r".*not authorized"),
        absences=(r"\^-+ ?unrecogni[sz]ed keyword", r".*[Uu]nrecognized command"),
    ),
    reads=(Read(Identity, (VERSION,), identity), *SAVING.reads()),
    dialect=Dialect(
        commands=SAVING.commands[:2],  # what is saved stands in for what runs
        comments=COMMENTS,
        end=r"[Ee]nd$",
        secrets=(
            rf"^\s*(?:login-)?password(?: (?:irreversible-cipher|hash-\S+))? {_QUOTED}",
            rf"^\s*(?:pre-share|preshared-key|shared-secret|secret|key-string|enable-password) {_QUOTED}",
            rf"^\s*(?:no )?snmp-server .* community {_COMMUNITY}",
            rf"^\s*snmp-server user .* auth-protocol \S+ {_QUOTED}",
            rf"^\s*snmp-server user .* enc-protocol \S+ {_QUOTED}",
            rf"^\s*ntp authentication-key \d+ md5 {_QUOTED}",
            rf"^\s*ip ospf (?:message-digest-key \d+ md5|authentication-key) {_QUOTED}",
            rf"^\s*neighbor \S+ password {_QUOTED}",
            rf"^\s*admin reset-password answer {_QUOTED}",
            rf"^\s*user \S+ password {_QUOTED}",
        ),
        orders=(_ORDER,),
        undoes=("no ",),
        tree=tree,
        signs={
            r"^(?:Hillstone )?(?:Networks )?StoneOS software": 10,
            r"^Version \d\.\d(?:R\w+)?\s*$": 5,
            r'^ip vrouter "': 6,
            r'^vswitch "': 4,
            r'^zone "[^"]+"(?: l2)?\s*$': 4,
            r'^admin user "': 4,
            r"^admin host ": 3,
            r"^interface (?:ethernet|vswitchif|aggregate|redundant)\d": 2,
            r"^rule id \d+": 2,
        },
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
        ConfigRead(Routes, network.routes),
        ConfigRead(RoutingProtocols, network.routing_protocols),
        ConfigRead(ZonePolicy, network.zone_policy),
        *hits.with_hits(exposed.with_exposed(stoneos_hardening.READS, exposed.stoneos), hits.STONEOS),
    ),
    lacks=frozenset({SshServer, OperatingSystem, Software, Listeners}),
)
