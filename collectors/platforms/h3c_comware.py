"""H3C and HPE Comware 5 and 7: switches, MSR routers, SecPath firewalls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from collectors.base import Answer
from collectors.config_text import BLOTTED
from collectors.flat_text import SHORTENED_SECRETS
from collectors.platforms.base import ConfigRead, Dialect, Got, Platform, Read, Release, Shell
from collectors.platforms.dialects import gateways, saved
from collectors.platforms.dialects.comware import access, census, defaults
from collectors.platforms.dialects.comware import hardening as h3c_comware_hardening
from collectors.platforms.dialects.version_words import uptime_s
from collectors.platforms.dialects.views import COMWARE as VIEWS
from collectors.platforms.dialects.vrp import interzone
from collectors.platforms.dialects.vrp import ipv6 as vrp_ipv6
from collectors.platforms.dialects.vrp import orders as vrp_orders
from collectors.platforms.dialects.vrp import qos as vrp_qos
from collectors.platforms.dialects.vrp import snmp as vrp_snmp
from collectors.platforms.dialects.vrp import style as vrp_style
from collectors.platforms.dialects.vrp import traffic as vrp_traffic
from collectors.platforms.dialects.vrp.secrets import BARE_SECRETS
from inventory.config import Config
from inventory.errors import Missing, ReadFailed
from inventory.facts import (
    Accounts,
    AclBinding,
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
    OperatingSystem,
    PasswordPolicy,
    PolicyRule,
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
    ZonePolicy,
)

NAME = "h3c_comware"
VERSION, MANUINFO, CONFIG = "display version", "display device manuinfo", "display current-configuration"
NTP = "display ntp-service status"
_STAGE = r"(?:Release|ESS|Feature|Alpha|Demo|Test|Beta|Customer)"
_RELEASE = (
    r"Comware (?:Platform )?Software,? (?:Software )?Version (?P<version>\d+\.\d+[\w.]*),? "
    rf"{_STAGE}?\s?(?P<value>[\w.-]+)"
)
_MODEL = r"^(?P<maker>H3C|HPE?|3Com) (?P<value>\S.*?)(?: Switch)?(?: with .*)? [Uu]ptime is (?P<up>.+)"
_MANUFACTURED = r"^\s*(?P<key>DEVICE_NAME|DEVICE_SERIAL_NUMBER)\s*:\s*(?P<value>\S.*?)\s*$"
_KINDS = (
    (r"S\d|LS-|E\d{3}|\d{4} |[AF]?5\d{3}|FlexFabric|12\d{3}", "switch"),
    (r"MSR|SR\d|CR\d|ER\d|RA", "router"),
    (r"(?:SecPath )?(?:F\d|M9|U\d|NS-|T\d)|SecPath", "firewall"),
    (r"W[ABXC]\d|AC|EWP", "wireless"),
)
_UNDATED = frozenset({"none", "boot", "no-year-date"})


def identity(version: Answer, manuinfo: Got) -> Identity:
    """The device as ``display version`` and ``display device manuinfo`` tell it; ReadFailed for what is no Comware."""
    release = re.search(_RELEASE, version.text)
    if release is None:
        raise ReadFailed(f"{version.command}: no Comware version in it")
    named = re.search(_MODEL, version.text, re.MULTILINE)
    made = dict(re.findall(_MANUFACTURED, manuinfo.text, re.MULTILINE)[::-1]) if isinstance(manuinfo, Answer) else {}
    model = named.group("value") if named else made.get("DEVICE_NAME")
    serial = made.get("DEVICE_SERIAL_NUMBER")
    vendor = "HPE" if named and named.group("maker").startswith("HP") else "H3C"
    told = {"vendor": vendor, "platform": NAME, "model": model, "release": f"{release['version']} {release['value']}"}
    sources = [Source(field, version.command) for field, value in told.items() if value]
    return Identity(
        vendor=vendor,
        kind=next((kind for pattern, kind in _KINDS if model and re.match(pattern, model)), None),
        platform=NAME,
        model=model,
        release=told["release"],
        serial=serial,
        uptime_s=uptime_s(named.group("up")) if named else None,
        sources=(*sources, *([Source("serial", MANUINFO)] if serial else [])),
        evidence=version.evidence(_RELEASE, _MODEL),
    )


def configured_identity(config: Config, _: Release) -> Identity:
    """What the configuration tells of its device: its name and its version. H3C or HPE it does not tell."""
    name = config.line(r"sysname \S")
    version = config.line(r"version \d+\.\d+")
    found = re.match(r"version (?P<version>[\d.]+), (?:\w+ )?(?P<value>[\w.-]+)", version.text) if version else None
    release = f"{found['version']} {found['value']}" if found else None
    told = {"platform": NAME, "release": release}
    return Identity(
        platform=NAME,
        release=release,
        hostname=name.text.split(maxsplit=1)[1].strip('"') if name else None,
        sources=tuple(Source(field, config.source) for field, value in told.items() if value),
        evidence=config.evidence(name, version),
    )


def logging(config: Config, _: Release) -> Logging:
    """Where logs go, and whether their stamps tell the day and the year."""
    stamps = [line.text.split()[3] for line in config.all(r"info-center timestamp (?:log|loghost) \S")]
    return vrp_style.logging(config, not set(stamps) & _UNDATED if stamps else bool(defaults.DATE_STAMP.value))


def time_sync(config: Config, _: Release, status: Got) -> TimeSync:
    """Time servers as configured, and whether the clock follows one where the status tells."""
    found = re.search(r"[Cc]lock status: (un)?synchronized", status.text) if isinstance(status, Answer) else None
    return vrp_style.time_sync(config, None if found is None else not found.group(1))


def snmp_agent(config: Config, _: Release) -> SnmpAgent:
    """The SNMP agent."""
    return vrp_snmp.snmp_agent(config, None, apart=True)  # which versions speak without a word differs by model


def filtering(config: Config, _: Release) -> Filtering:
    """Access lists and the interfaces they are applied to."""
    return vrp_style.filtering(config, _bindings(config))


def _bindings(config: Config) -> Iterator[AclBinding]:
    pattern = r"(?:firewall )?packet-filter (?P<six>ipv6 )?(?:mac )?(?:name )?(?P<name>\S+) (?P<way>in|out)bound"
    for name, block in vrp_style.interface_blocks(config):
        for line in block.below(pattern):
            found = re.match(pattern, line.text)
            if found:
                family = 6 if found.group("six") else 4
                yield AclBinding(name, found.group("name"), family, found.group("way"), config.evidence(block, line))


def forwarding(config: Config, _: Release) -> Forwarding:
    """Comware 5 has a global switch that is off by default; Comware 7 forwards IPv6 as soon as an interface has it."""
    line = config.line(r"(?:undo )?ipv6$")
    on_interface = any(block.child(r"ipv6 address\b") for _, block in vrp_style.interface_blocks(config))
    version = access.generation(config)
    if line is not None:
        ipv6: bool | None = line.text == "ipv6"
    elif re.match(defaults.IPV6.releases, version):
        ipv6 = bool(defaults.IPV6.value)
    else:
        ipv6 = True if on_interface and version.startswith("7.") else None
    return Forwarding(None, ipv6, config.evidence(line))


def zone_policy(config: Config, _: Release) -> ZonePolicy | Missing:
    """A firewall's zones and security policy; what no rule matches is dropped (SecPath security policy guide)."""
    zones = frozenset(line.text.partition(" name ")[2] for line in config.all(r"security-zone name \S"))
    engine_off = config.line(r"security-policy disable$") is not None
    passes = (engine_off or bool(defaults.ZONES_PASS.value)) if zones else None
    between, without = interzone.zone_rules(config)
    return vrp_style.zone_policy(config, zones, chain(_rules(config), between), without if without is None else passes)


def _rules(config: Config) -> Iterator[PolicyRule]:
    for policy in config.all(r"security-policy ip(?:v6)?$"):
        for block in policy.below(r"rule \d+ name \S"):
            yield vrp_style.policy_rule(config, block, block.text.split(maxsplit=3)[3].strip('"'), "pass")


QUOTED = r"header (?:login|shell|legal|motd|incoming) (?P<mark>\S)"
_FORM = r"(?:(?:cipher|simple) )?(?!(?:cipher|simple) )"
_WORD = rf"(?P<secret>(?!(?:public|private)(?:\s|$))(?!{BLOTTED})\S+)"
SECRETS = (
    *SHORTENED_SECRETS,
    (
        r"(?<!server )(?<!client )(?<!algorithm )(?<!read )(?<!write )(?<!community )(?<!securityname )"
        r"(?:cipher|simple|sim|plain|hash) (?:\$\w{1,2}\$\d*\$?)?"
        r"(?P<secret>(?!\*{4,}|authentication-mode|(?:plain|cipher) )\S+)"
    ),
    rf"^\s*(?:undo )?snmp-agent community (?:(?:read|write) )?{_FORM}(?!read |write |mib-view){_WORD}",
    rf"^\s*snmp-agent usm-user v(?:1|2c) {_WORD}",
    rf"^\s*(?:undo )?snmp-agent target-host .*securityname (?!.* v3){_FORM}{_WORD}",
    r"^\s*password (?!simple |sim |cipher |hash )(?P<secret>\S+)$",
    r"^\s*snmp-agent usm-user v3 .*?authentication-mode \S+ (?!cipher |simple )(?P<secret>\S+)",
    r"^\s*snmp-agent usm-user v3 .*?privacy-mode \S+ (?!cipher |simple )(?P<secret>\S+)",
    r"^\s*(?:primary|secondary) (?:authentication|accounting|authorization) .*?key (?!cipher |simple )(?P<secret>\S+)",
    r"^\s*key (?:authentication|accounting|authorization) (?!cipher |simple )(?P<secret>\S+)",
    r"^\s*(?:pre-shared-key|preshared-key) .*?key (?!cipher |simple )(?P<secret>\S+)",
    *BARE_SECRETS,
)

SAVING = saved.Saving((CONFIG, "display saved-configuration"), saved.by_indentation(("#",), QUOTED), r"^return$")
PLATFORM = Platform(
    name=NAME,
    shell=Shell(
        device_type="hp_comware",
        prompt=r"(?:RBM_[PS])?[<\[][^<>\[\]\s]{1,80}[>\]]",
        paging_off="screen-length disable",
        refusals=(r"% ?(?:Permission denied|Incomplete command|You do not have permission)", r"Permission denied"),
        absences=(r"% ?(?:Unrecognized command|Wrong parameter|Too many parameters|Ambiguous command)",),
    ),
    reads=(
        Read(Identity, (VERSION, MANUINFO), identity, optional=frozenset({MANUINFO})),
        *census.READS,
        *SAVING.reads(),
    ),
    dialect=Dialect(
        commands=SAVING.commands[:2],  # what is saved stands in for what runs
        comments=("#",),
        end=r"return$|save(?: force| \S+\.(?:cfg|zip))?$",
        secrets=SECRETS,
        signs={
            r"Comware (?:Platform )?Software": 10,
            rf"^\s*version \d+\.\d+[\w.]*, {_STAGE}": 10,
            r"^\s*(?:undo )?info-center ": 1,
            r"^\s*sysname ": 2,
            r"^\s*undo [a-z]": 1,
            r"^\s*snmp-agent": 1,
            r"^line (?:class |vty |aux |con )": 4,
            r"^local-user \S+(?: class (?:manage|network))?\s*$": 4,
            r"^\s*irf ": 3,
            r"^interface (?:Vlan-interface|Bridge-Aggregation|Route-Aggregation|M-GigabitEthernet|Ten-Gigabit)": 4,
            r"^interface GigabitEthernet ?\d/\d+\s*$": 1,
            r"^\s*password-control ": 3,
            r"^acl (?:basic|advanced|ipv6 basic|ipv6 advanced|number) ": 1,
            r"^\s*port link-mode ": 4,
            r"^\s*(?:undo )?port (?:trunk permit|access) vlan ": 4,
            r"^\s*port hybrid vlan .* (?:un)?tagged": 3,
            r"^\s*(?:authorization-attribute |user-role (?:network-|level-))": 4,
            r"^\s*authentication-mode scheme|^\s*ip address dhcp-alloc": 3,
            r"^\s*protocol inbound \w+|^\s*ip route-static |^\s*peer \S+ as-number": 1,
            r"^[#!].*\b(?:H3C|Comware|HPE? FlexFabric)\b": 2,
            r"^ip vpn-instance |^\s*(?:ip binding vpn-instance|vpn-target|undo shutdown)": 1,
            r"^user-interface (?:vty|con|aux) ": 1,
            r"^security-zone name ": 4,
            r"^domain system|^\s*domain default enable": 2,
            r"^return\s*$": 1,
        },
        orders=vrp_orders.COMWARE,
        proofs=vrp_orders.PROOFS,
        views=VIEWS,
        joined=r"(?:(?:add|import|undo) )?interface [A-Za-z][A-Za-z-]*",
        undoes=("undo ",),
        quoted=QUOTED,
    ),
    config_reads=(
        ConfigRead(Identity, configured_identity),
        ConfigRead(RemoteAccess, access.remote_access),
        ConfigRead(Accounts, access.accounts),
        ConfigRead(PasswordPolicy, access.password_policy),
        ConfigRead(SnmpAgent, snmp_agent),
        ConfigRead(Logging, logging),
        ConfigRead(TimeSync, time_sync, (NTP,)),
        ConfigRead(Banner, vrp_style.banner),
        ConfigRead(Interfaces, vrp_style.interfaces),
        ConfigRead(Addresses, vrp_style.addresses),
        ConfigRead(Filtering, filtering),
        ConfigRead(RateLimits, vrp_qos.rate_limits),
        ConfigRead(Forwarding, forwarding),
        ConfigRead(Routes, vrp_style.routes),
        ConfigRead(RoutingProtocols, vrp_traffic.routing_protocols),
        ConfigRead(Transitions, vrp_ipv6.transitions),
        ConfigRead(LinkServices, vrp_ipv6.link_services),
        ConfigRead(FirstHopSecurity, vrp_ipv6.first_hop),
        *gateways.gateway_reads(gateways.COMWARE),
        *h3c_comware_hardening.READS,
        ConfigRead(ZonePolicy, zone_policy),
    ),
    lacks=frozenset({SshServer, OperatingSystem, Software, Listeners}),
)
