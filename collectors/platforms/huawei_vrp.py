"""Huawei VRP 5 and 8: S and CE switches, AR and NE routers, USG firewalls, AC controllers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from collectors.base import Answer
from collectors.config_text import BLOTTED
from collectors.flat_text import SHORTENED_SECRETS
from collectors.platforms.base import ConfigRead, Dialect, Got, Platform, Read, Release, Shell
from collectors.platforms.dialects import exposed, gateways, hits, saved
from collectors.platforms.dialects.version_words import uptime_s
from collectors.platforms.dialects.views import VRP as VIEWS
from collectors.platforms.dialects.vrp import access, census, defaults, interzone
from collectors.platforms.dialects.vrp import hardening as huawei_vrp_hardening
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

NAME = "huawei_vrp"
VERSION, ESN, CONFIG = "display version", "display esn", "display current-configuration"
TELNET, NTP = "display telnet server status", "display ntp-service status"
_RELEASE = r"^VRP \(R\) software, ?Version (?P<vrp>\S+) \((?P<series>.+?) (?P<value>V\d+R\d+\w*)\)"
_MODEL = (
    r"^(?:HUAWEI|Huawei|Quidway) (?P<value>[A-Z]\S*(?: \S+)*?) (?:Terabit |Core |Multilayer )*"
    r"(?:Routing Switch |Switch |Router |Firewall )?uptime is (?P<up>.+)"
)
_ESN = r"^\s*ESN(?: of [\w ]+)?\s*:\s*(?P<value>\w+)"
_KINDS = (
    (r"S\d|CE\d|Quidway S", "switch"),
    (r"AR\d|NE\d|NetEngine|ATN|CX\d|ME60|PTN", "router"),
    (r"USG|Eudemon|NGFW|SVN|NIP", "firewall"),
    (r"AC\d|AP\d|AirEngine|WLAN", "wireless"),
)
_STAMPED = {"boot": False, "none": False, "short-date": False, "date": True, "format-date": True, "rfc-3339": True}


def identity(version: Answer, esn: Got) -> Identity:
    """The device as ``display version`` and ``display esn`` tell it; ReadFailed where that is no VRP."""
    release = re.search(_RELEASE, version.text, re.MULTILINE)
    if release is None:
        raise ReadFailed(f"{version.command}: no VRP version in it")
    named = re.search(_MODEL, version.text, re.MULTILINE)
    model = named.group("value") if named else None
    serials = re.findall(_ESN, esn.text, re.MULTILINE) if isinstance(esn, Answer) else []
    told = {"vendor": "Huawei", "platform": NAME, "model": model, "release": release.group("value")}
    sources = [Source(field, version.command) for field, value in told.items() if value]
    return Identity(
        vendor="Huawei",
        kind=next((kind for pattern, kind in _KINDS if model and re.match(pattern, model)), None),
        platform=NAME,
        model=model,
        release=release.group("value"),
        serial=serials[0] if serials else None,
        uptime_s=uptime_s(named.group("up")) if named else None,
        sources=(*sources, *(Source("serial", ESN) for _ in serials[:1])),
        evidence=version.evidence(_RELEASE, _MODEL),
    )


def configured_identity(config: Config, _: Release) -> Identity:
    """What the configuration tells of its device: its name and, at the head, its release."""
    name, version = config.line(r"sysname \S"), config.line(r"!Software Version \S")
    release = _headed(config)
    told = {"vendor": "Huawei", "platform": NAME, "release": release}
    return Identity(
        vendor="Huawei",
        platform=NAME,
        release=release,
        hostname=name.text.split(maxsplit=1)[1].strip('"') if name else None,
        sources=tuple(Source(field, config.source) for field, value in told.items() if value),
        evidence=config.evidence(name, version),
    )


def logging(config: Config, _: Release) -> Logging:
    """Where logs go, and whether their stamps tell the day and the year."""
    stamp = config.word(r"info-center timestamp log (\S+)")
    return vrp_style.logging(config, bool(defaults.DATE_STAMP.value) if stamp is None else _STAMPED.get(stamp))


def time_sync(config: Config, _: Release, status: Got) -> TimeSync:
    """Time servers as configured, and whether the clock follows one where the status tells."""
    found = re.search(r"[Cc]lock status: (un)?synchronized", status.text) if isinstance(status, Answer) else None
    return vrp_style.time_sync(config, None if found is None else not found.group(1))


def snmp_agent(config: Config, _: Release) -> SnmpAgent:
    """The SNMP agent."""
    return vrp_snmp.snmp_agent(config, defaults.SNMP_VERSIONS.value, apart=False)


def filtering(config: Config, _: Release) -> Filtering:
    """Access lists and the interfaces they are applied to."""
    return vrp_style.filtering(config, _bindings(config))


def _bindings(config: Config) -> Iterator[AclBinding]:
    pattern = r"traffic-filter (?P<way>in|out)bound (?P<six>ipv6 )?acl (?P<also>ipv6 )?(?:name )?(?P<name>\S+)"
    for name, block in vrp_style.interface_blocks(config):
        for line in block.below(pattern):
            found = re.match(pattern, line.text)
            if found:
                family = 6 if found.group("six") or found.group("also") else 4
                yield AclBinding(name, found.group("name"), family, found.group("way"), config.evidence(block, line))


def forwarding(config: Config, release: Release) -> Forwarding:
    """IPv6 is forwarded on VRP 5 only where the command ``ipv6`` stands; what VRP 8 does without a word is open."""
    written = _global_ipv6(config)
    ipv6 = written if written is not None or access.is_vrp8(config, release) else bool(defaults.IPV6.value)
    return Forwarding(None, ipv6, config.evidence(config.line(r"(?:undo )?ipv6$")))


def _global_ipv6(config: Config) -> bool | None:
    line = config.line(r"(?:undo )?ipv6$")
    return None if line is None else line.text == "ipv6"


def _headed(config: Config) -> str | None:
    head = config.line(r"!Software Version \S")
    return head.text.split()[2] if head else None


def zone_policy(config: Config, _: Release) -> ZonePolicy | Missing:
    """A firewall's zones and security policy; what no rule matches is denied unless it says otherwise (USG guide)."""
    zones = frozenset(line.text.split()[-1] for line in config.all(r"firewall zone (?:name )?\S+"))
    policy = config.line(r"security-policy$")
    default = policy.child(r"default action (?:permit|deny)") if policy else None
    permits = default.text.endswith("permit") if default else bool(defaults.ZONES_PASS.value) if zones else None
    between, passes = interzone.zone_rules(config)
    return vrp_style.zone_policy(config, zones, chain(_rules(config), between), passes or permits)


def _rules(config: Config) -> Iterator[PolicyRule]:
    for policy in config.all(r"security-policy$"):
        for block in policy.below(r"rule name \S"):
            yield vrp_style.policy_rule(config, block, block.text.removeprefix("rule name ").strip('"'), "permit")


QUOTED = r"header (?:login|shell) information (?P<mark>[^\w\s])"
_FORM = r"(?:(?:cipher|simple) )?(?!(?:cipher|simple) )"
_WORD = rf"(?P<secret>(?!(?:public|private)(?:\s|$))(?!{BLOTTED})\S+)"
SECRETS = (
    *SHORTENED_SECRETS,
    (
        r"(?<!server )(?<!client )(?<!read )(?<!write )(?<!community )(?<!securityname )"
        r"(?:irreversible-cipher|cipher|simple|plain) (?:\$\w{1,2}\$)?"
        r"(?P<secret>(?!\*{4,}|authentication-mode|(?:plain|cipher) )\S+)"
    ),
    rf"^\s*(?:undo )?snmp-agent community (?:(?:read|write) )?{_FORM}(?!complexity-check|mib-view|read |write ){_WORD}",
    rf"^\s*(?:undo )?snmp-agent target-host .*securityname {_FORM}{_WORD}(?! v3)(?=(?: v1| v2c)?(?: |$))(?!.* v3)",
    r"^\s*snmp-agent (?:usm-user|local-user) v3 .*?authentication-mode \S+ (?!cipher |simple )(?P<secret>\S+)",
    r"^\s*snmp-agent (?:usm-user|local-user) v3 .*?privacy-mode \S+ (?!cipher |simple )(?P<secret>\S+)",
    r"^\s*local-user (?!policy )\S+ password (?!simple |cipher |irreversible-cipher )(?P<secret>\S+)",
    r"^\s*(?:radius|hwtacacs)-server shared-key (?!cipher |simple )(?P<secret>\S+)",
    r"^\s*key (?:authentication|accounting|authorization) (?!cipher |simple )(?P<secret>\S+)",
    r"^\s*(?:pre-shared-key|shared-key|psk) (?!cipher |simple )(?P<secret>\S+)",
    r"^[ \t]*(?:\S.*authentication-mode )?(?:md5|hmac-\S+) \d+ (?!cipher |plain |simple )(?P<secret>\S+)",
    r"^\s*peer \S+ password (?!cipher |simple )(?P<secret>\S+)",
    r"^\s*vrrp vrid \d+ authentication-mode \S+ (?!cipher |plain )(?P<secret>\S+)",
    *BARE_SECRETS,
)

SAVING = saved.Saving(
    (CONFIG, "display saved-configuration"),
    saved.by_indentation(("#", "!"), QUOTED),
    r"^return$",
    changed=(CONFIG, r"^!Last configuration was updated at (?P<stamp>.+)"),
    saved=(CONFIG, r"^!Last configuration was saved at (?P<stamp>.+)"),
)
PLATFORM = Platform(
    name=NAME,
    shell=Shell(
        device_type="huawei",
        prompt=r"(?:HRP_[MSA])?[<\[][^<>\[\]\s]{1,80}[>\]]",
        paging_off="screen-length 0 temporary",
        refusals=(r"Error: ?(?:You do not have permission|No permission|Permission)", r"Error: ?Incomplete command"),
        absences=(
            r"Error: ?Unrecognized command",
            r"Error: ?Wrong parameter",
            r"Error: ?Too many parameters",
            r"Error:.*found at '\^'",
        ),
    ),
    reads=(
        Read(Identity, (VERSION, ESN), identity, optional=frozenset({ESN})),
        *census.READS,
        *SAVING.reads(),
    ),
    dialect=Dialect(
        commands=SAVING.commands[:2],  # what is saved stands in for what runs
        comments=("#",),
        end=r"return$|save(?: force| \S+\.(?:cfg|zip))?$",
        secrets=SECRETS,
        signs={
            r"^VRP \(R\) [Ss]oftware": 10,
            r"^!Software Version V\d+R\d+": 10,
            r"^!Last configuration was (?:updated|saved) at": 6,
            r"^\s*(?:undo )?info-center ": 1,
            r"^\s*sysname ": 2,
            r"^\s*undo [a-z]": 1,
            r"^\s*snmp-agent": 1,
            r"^(?:undo )?stelnet (?:ipv[46] )?server enable": 4,
            r"irreversible-cipher ": 3,
            r"^\s*local-aaa-user |^\s*local-user \S+ (?:password|privilege|service-type)": 4,
            r"^interface (?:Vlanif|Eth-Trunk|MEth|XGigabitEthernet|\d+GE)\d": 4,
            r"^interface (?:Gigabit)?Ethernet ?0/0/\d": 1,
            r"^user-interface (?:vty|con|console|maximum-vty) ": 1,
            r"^aaa$": 2,
            r"^\s*authentication-scheme ": 1,
            r"^\[V\d+R\d+\w*\]\s*$": 6,
            r"^firewall zone ": 3,
            r"^\s*rule name \S+": 2,
            r"^\s*(?:undo )?port (?:trunk allow-pass|default) vlan ": 4,
            r"^\s*port hybrid (?:un)?tagged vlan |^\s*undo portswitch": 3,
            r"^\s*ipv[46]-family (?:unicast|vpnv[46]|vpn-instance)": 3,
            r"^\s*(?:undo )?service-manage (?:enable|\w+ permit)": 4,
            r"^\s*protocol inbound \w+|^ip route-static |^\s*peer \S+ as-number": 1,
            r"^ip vpn-instance |^\s*(?:ip binding vpn-instance|vpn-target|undo shutdown)": 1,
            r"^[#!].*\b(?:Huawei|HUAWEI|huawei|VRP)\b|^header (?:shell|login) information": 2,
            r"^return\s*$": 1,
        },
        orders=vrp_orders.VRP,
        proofs=vrp_orders.PROOFS,
        views=VIEWS,
        joined=r"(?:(?:add|import|undo) )?interface [A-Za-z][A-Za-z-]*",
        undoes=("undo ",),
        quoted=QUOTED,
    ),
    config_reads=(
        ConfigRead(Identity, configured_identity),
        ConfigRead(RemoteAccess, access.remote_access, (TELNET,)),
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
        *gateways.gateway_reads(gateways.VRP),
        *hits.with_hits(exposed.with_exposed(huawei_vrp_hardening.READS, exposed.vrp), hits.USG),
        ConfigRead(ZonePolicy, zone_policy),
    ),
    lacks=frozenset({SshServer, OperatingSystem, Software, Listeners}),
)
