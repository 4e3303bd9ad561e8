"""Cisco ASA: firewalls of the 5500 series, ASAv, and ASA on Firepower."""

from __future__ import annotations

import re

from collectors.base import Answer
from collectors.config_text import BLOTTED
from collectors.flat_text import SHORTENED_SECRETS
from collectors.platforms.base import ConfigRead, Dialect, Got, Order, Platform, Read, Release, Shell
from collectors.platforms.cisco_ios import IPSEC_OF_OSPF, NTP, PASSWORDS, synchronised
from collectors.platforms.dialects import hits, saved
from collectors.platforms.dialects.asa import access as asa_access
from collectors.platforms.dialects.asa import census as asa_census
from collectors.platforms.dialects.asa import hardening as asa_hardening
from collectors.platforms.dialects.asa import network as asa_network
from collectors.platforms.dialects.ios import network as ios_network
from collectors.platforms.dialects.ios import views as cisco_views
from collectors.platforms.dialects.ios.inventory import COMMAND as INVENTORY
from collectors.platforms.dialects.ios.inventory import chassis
from collectors.platforms.dialects.version_words import labelled, uptime_s
from inventory.config import Config
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
    VirtualGateways,
    ZonePolicy,
)

NAME = "cisco_asa"
VERSION, CONFIG, STARTUP = "show version", "show running-config", "show startup-config"
_RELEASE = r"^(?:Cisco )?(?:Adaptive|PIX) Security Appliance Software Version (?P<value>\S+)"
_MODEL = r"^:? ?Hardware:\s+(?P<value>[^\s,]+)"
_SERIAL = r"^:? ?Serial Number: (?P<value>\w+)"
_UPTIME = r"^(?P<name>\S+) up (?P<value>(?:\d+ (?:year|day|hour|min|sec)[a-z]*\s*)+)$"
_CONFIGURED = r"(?:ASA|PIX) Version (?P<value>\d\S*)"


def identity(version: Answer, inventory: Got) -> Identity:
    """The device as ``show version`` and ``show inventory`` tell it; ReadFailed where that is no ASA."""
    release = labelled(_RELEASE, version.text)
    if release is None:
        raise ReadFailed(f"{version.command}: no ASA version in it")
    model, serial = (labelled(pattern, version.text) for pattern in (_MODEL, _SERIAL))
    product, chassis_serial = chassis(inventory)
    up = re.search(_UPTIME, version.text, re.MULTILINE)
    sources = [Source(name, version.command) for name in ("vendor", "kind", "platform", "release")]
    for name, first, second in (("model", product, model), ("serial", chassis_serial, serial)):
        if first or second:
            sources.append(Source(name, INVENTORY if first else version.command))
    return Identity(
        vendor="Cisco",
        kind="firewall",
        platform=NAME,
        model=product or model,
        release=release,
        serial=chassis_serial or serial,
        hostname=up.group("name") if up else None,
        uptime_s=uptime_s(up.group("value")) if up else None,
        sources=tuple(sources),
        evidence=version.evidence(_RELEASE, _MODEL, _SERIAL),
    )


def configured_identity(config: Config, _: Release) -> Identity:
    """What the configuration tells of its device; newer releases write hardware and serial number at its head."""
    lines = [config.line(pattern) for pattern in (r"hostname \S+", _CONFIGURED, _MODEL, _SERIAL)]
    name, release, model, serial = (
        found.group("value") if line and (found := re.match(pattern, line.text)) else None
        for line, pattern in zip(lines, (r"hostname (?P<value>\S+)", _CONFIGURED, _MODEL, _SERIAL), strict=True)
    )
    told = {
        "vendor": "Cisco",
        "kind": "firewall",
        "platform": NAME,
        "release": release,
        "model": model,
        "serial": serial,
    }
    return Identity(
        vendor="Cisco",
        kind="firewall",
        platform=NAME,
        model=model,
        release=release,
        serial=serial,
        hostname=name,
        sources=tuple(Source(field, config.source) for field, value in told.items() if value),
        evidence=config.evidence(*lines),
    )


_WORD = rf"(?P<secret>(?!(?:public|private)(?:\s|$))(?!{BLOTTED})\S+)"
_HASH = rf"(?:\$sha512\$\d*\$?)?(?P<secret>(?!{BLOTTED})\S+)"
SECRETS = (
    *SHORTENED_SECRETS,
    rf"^(?:no )?snmp-server community (?:[08] )?(?![08] ){_WORD}",
    rf"^(?:no )?snmp-server host.*? com(?:m\w*)? (?:[08] )?(?![08] ){_WORD}",
    r"^snmp-server user .*? auth \S+ (?P<secret>\S+)",
    r"^snmp-server user .*? priv (?:aes|3des|des)(?: \d+)? (?P<secret>\S+)",
    rf"^(?:enable password|passwd|(?:vpdn )?username \S+ (?:.{{0,99}} )?password) (?:0 )?{_HASH}",
    (
        r"^(?:.*[ \t])?(?:pre-shared-key|key-string|key|authentication-key|md5)(?: [08])? "
        rf"(?P<secret>(?!{BLOTTED}|chain$|config-key|\d+ )\S{{3,}})$"
    ),
    r"^failover (?:ipsec )?(?:pre-shared-)?key (?:hex )?(?:[08] )?(?P<secret>\S+)",
    r"^\s*(?:ldap-login-password|radius-common-pw|automate-tester username \S+ password) (?P<secret>\S+)",
    r"^\s*neighbor \S+ password (?:\d )?(?P<secret>\S+)",
    r"^ntp authentication-key \d+ \S+ (?:[08] )?(?P<secret>\S+)",
    r"^(?:.*[ \t])?(?:message-digest-key|authentication-key) \d+ md5 (?:[08] )?(?P<secret>\S+)",
    r"^(?:crypto )?isakmp key (?P<secret>\S+)",
    rf"^aaa-server \S+ (?:\(\S+\) )?host \S+ (?!timeout )(?P<secret>(?!{BLOTTED})\S+)",
    r"^\s*(?:authentication key eigrp \d+|rip authentication key) (?:[08] )?(?P<secret>\S+) key[-_]id ",
    r"^\s*(?:ke|(?:\S+ ){0,2}pre-s[hared]{0,5}(?:-k?e?)?)(?: [08])? (?P<secret>\S{3,})$",
    r"^\s*passphrase (?:[08] )?(?P<secret>\S+)",
    r"^(?:key config-key password-encryption|license smart register idtoken) (?P<secret>\S+)",
    PASSWORDS,
    *IPSEC_OF_OSPF,
)

_CONFIG_READS = (
    ConfigRead(Identity, configured_identity),
    ConfigRead(RemoteAccess, asa_access.remote_access),
    ConfigRead(Accounts, asa_access.accounts),
    ConfigRead(PasswordPolicy, asa_access.password_policy),
    ConfigRead(SnmpAgent, asa_access.snmp_agent),
    ConfigRead(Logging, asa_access.logging),
    ConfigRead(TimeSync, synchronised, (NTP,)),
    ConfigRead(Banner, asa_access.banner),
    ConfigRead(Interfaces, asa_census.interfaces, (asa_census.INTERFACE,)),
    ConfigRead(Addresses, ios_network.addresses),
    ConfigRead(Filtering, asa_network.filtering),
    ConfigRead(ZonePolicy, asa_network.zone_policy),
    ConfigRead(Forwarding, ios_network.forwarding_by_address),
    ConfigRead(Routes, asa_network.routes),
    ConfigRead(RoutingProtocols, ios_network.routing_protocols),
    *hits.with_hits(asa_hardening.READS, hits.ASA),
)
# Inspection is the last that an ASA writes; where it is applied, everything else has been told.
_ORDER: Order = {
    r"interface \S": (),
    r"access-list \S": (),
    r"(?:telnet|ssh|console) timeout ": (),
    r"(?:class|policy)-map \S": tuple({read.fact for read in _CONFIG_READS}),
    r"(?:service-policy|prompt) \S|Cryptochecksum:": (),
}

SAVING = saved.Saving(
    (CONFIG, STARTUP, VERSION),
    saved.by_indentation(("!", ":", "Cryptochecksum:")),
    r"^(?:ASA|PIX) Version \d",
    changed=(VERSION, r"^Configuration last modified by (?P<who>\S+) at (?P<stamp>.+)"),
    saved=(STARTUP, r"^: Written by \S+ at (?P<stamp>.+)"),
    untouched=(VERSION, r"^Configuration has not been modified since last system restart"),
)
PLATFORM = Platform(
    name=NAME,
    shell=Shell(
        device_type="cisco_asa",
        prompt=r"[\w.:/()-]{1,100}[>#]",
        paging_off="terminal pager 0",
        refusals=(r"(?:ERROR: )?Command authorization failed", r"ERROR: % Incomplete command", r"ERROR: .*privilege"),
        absences=(
            r"ERROR: % (?:Invalid|Unrecognized|Ambiguous)",
            r"ERROR: Command requires",
            r"% Invalid input detected",
        ),
    ),
    reads=(
        Read(Identity, (VERSION, INVENTORY), identity, optional=frozenset({INVENTORY})),
        *asa_census.READS,
        *SAVING.reads(),
    ),
    dialect=Dialect(
        commands=SAVING.commands[:2],  # what is saved stands in for what runs
        comments=("!",),
        end=r": end$|\[?Cryptochecksum:|end$",
        secrets=SECRETS,
        signs={
            r"^(?:ASA|PIX) Version \d": 10,
            r"^(?:Cisco )?(?:Adaptive|PIX) Security Appliance Software Version": 10,
            r"^: Serial Number: ": 4,
            r"^ nameif \S+": 5,
            r"^ security-level \d": 5,
            r"^xlate per-session ": 3,
            r"^access-group \S+ (?:in|out) interface ": 4,
            r"^access-list \S+ (?:line \d+ )?(?:extended (?:permit|deny)|standard permit) ": 5,
            r"^nameif \S+ \S+ security\d": 8,
            r"^(?:nat|global|static) \(\S+\) ": 5,
            r"^ nat \(\S+,\S+\) (?:static|dynamic) ": 5,
            r"^route \S+ \d+(?:\.\d+){3} \d+(?:\.\d+){3} \S|^route \S+ 0 0 \S": 4,
            r"^(?:ssh|telnet|http) \d+(?:\.\d+){3} \d+(?:\.\d+){3} \S+\s*$": 4,
            r"^(?:enable password|passwd) \S+ (?:encrypted|pbkdf2)": 5,
            r"^object(?:-group)? network \S+\s*$|^object-group service \S+(?: (?:tcp|udp|tcp-udp))?\s*$": 2,
            r"^(?:fixup protocol|conduit permit|sysopt connection|threat-detection|tunnel-group \S+ type) ": 3,
            r"^class-map inspection_default|^service-policy \S+ (?:global|interface \S+)\s*$": 3,
            r"^: (?:Saved|end)\s*$": 2,
            r"^same-security-traffic ": 3,
            r"^http server enable": 2,
            r"^aaa authentication \w+ console ": 2,
            r"^hostname ": 1,
        },
        orders=(_ORDER,),
        undoes=("no ", "default "),
        views=cisco_views.ASA,
    ),
    config_reads=_CONFIG_READS,
    # A pair by failover shares the addresses of both families: it has no groups of its own.
    lacks=frozenset({SshServer, OperatingSystem, Software, Listeners, VirtualGateways}),
)
