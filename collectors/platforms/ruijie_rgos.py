"""Ruijie RGOS 10 and 11: switches, routers and wireless controllers, configured the IOS way with own services."""

from __future__ import annotations

import re
from dataclasses import replace

from collectors.base import Answer
from collectors.platforms.base import ConfigRead, Default, Dialect, Order, Platform, Read, Release, Shell
from collectors.platforms.cisco_ios import QUOTED
from collectors.platforms.cisco_ios import SECRETS as IOS_SECRETS
from collectors.platforms.dialects import gateways, saved, views
from collectors.platforms.dialects.ios import access as ios_access
from collectors.platforms.dialects.ios import hardening as ios_hardening
from collectors.platforms.dialects.ios import ipv6 as ios_ipv6
from collectors.platforms.dialects.ios import network as ios_network
from collectors.platforms.dialects.ios import qos as ios_qos
from collectors.platforms.dialects.ios import services as ios_services
from collectors.platforms.dialects.rgos import census, defaults, own
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
    OperatingSystem,
    PasswordPolicy,
    RateLimits,
    RemoteAccess,
    RemoteLine,
    Routes,
    RoutingProtocols,
    SnmpAgent,
    Software,
    Source,
    SshServer,
    TimeSync,
    Transitions,
)

VERSION, CONFIG = "show version", "show running-config"
_RELEASE = r"^\s*(?:System software version|Software version|System [Ss]oftware)\s*:\s*(?P<value>(?:RGOS\s+)?\S.*)$"
_MODEL = r"^\s*System description\s*:\s*(?P<value>.+)$"
_SERIAL = r"^\s*(?:System serial number|Serial number)\s*:\s*(?P<value>\S+)"
_UPTIME = r"^\s*System uptime\s*:\s*(?P<days>\d+):(?P<hours>\d+):(?P<minutes>\d+):(?P<seconds>\d+)"
_PRODUCT = re.compile(
    r"\((?P<name>(?:RG-)?[A-Z][\w.+-]*\d[\w./+-]*)\)|\b(?P<other>RG-[\w./+-]+)|\b(?P<bare>(?:S|RSR|N|NBR|WS|EG)\d[\w-]+)\b"
)
_KINDS = (
    (r"(?:RG-)?(?:S|N|CS|IS)\d", "switch"),
    (r"(?:RG-)?(?:RSR|NBR|EG|NPE)", "router"),
    (r"(?:RG-)?WALL", "firewall"),
    (r"(?:RG-)?(?:WS|AP)", "wireless"),
)
_VERSION = r"version (?:\S*RGOS|\d+\.\d+\(\w+\)\w)"


def identity(version: Answer) -> Identity:
    """The device as ``show version`` tells it; ReadFailed where it names no RGOS."""
    release = re.search(_RELEASE, version.text, re.MULTILINE)
    descr = re.search(_MODEL, version.text, re.MULTILINE)
    if release is None or not re.search(r"Ruijie|RGOS|RG-|Red-Giant", version.text):
        raise ReadFailed(f"{version.command}: no RGOS version in it")
    product = _PRODUCT.search(descr.group("value")) if descr else None
    model = next(filter(None, product.groups()), None) if product else None
    serial = re.search(_SERIAL, version.text, re.MULTILINE)
    told = {
        "vendor": "Ruijie",
        "platform": "ruijie_rgos",
        "model": model,
        "release": release.group("value").strip(),
        "serial": serial.group("value") if serial else None,
    }
    return Identity(
        **told,
        kind=next((kind for pattern, kind in _KINDS if model and re.match(pattern, model)), None),
        uptime_s=_uptime_s(version.text),
        sources=tuple(Source(field, version.command) for field, value in told.items() if value),
        evidence=version.evidence(_RELEASE, _MODEL, _SERIAL),
    )


def _uptime_s(text: str) -> float | None:
    found = re.search(_UPTIME, text, re.MULTILINE)
    if found is None:
        return None
    days, hours, minutes, seconds = map(int, found.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)


def configured_identity(config: Config, _: Release) -> Identity:
    """What the configuration tells of its device."""
    name, version = config.line(r"hostname \S+"), config.line(_VERSION)
    release = version.text.removeprefix("version ") if version else None
    told = {"vendor": "Ruijie", "platform": "ruijie_rgos", "release": release}
    return Identity(
        vendor="Ruijie",
        platform="ruijie_rgos",
        release=release,
        hostname=name.text.split()[1] if name else None,
        sources=tuple(Source(field, config.source) for field, value in told.items() if value),
        evidence=config.evidence(name, version),
    )


def remote_access(config: Config, release: Release) -> RemoteAccess:
    """As on IOS, where each server has a service that is turned on and off by itself."""
    told = ios_access.remote_access(config, release)
    telnet, ssh = (_service(config, f"{name}-server", default, release) for name, default in _SERVERS.items())
    lines = tuple(_as_written(line, config) for line in told.lines)
    return replace(
        told,
        telnet=telnet and told.telnet is not False,
        ssh=ssh and told.ssh is not False,
        http=_web(config, "http"),
        https=_web(config, "https"),
        lines=lines,
        acl_limits_login=config.line(_LISTS) is not None or told.acl_limits_login,
        server_acls=tuple(dict.fromkeys(li.text.split()[3] for li in config.all(r"ip (?:ssh|telnet) access-class \S"))),
        evidence=config.evidence(*config.all(rf"(?:no )?enable service |line |ip ssh |{_LISTS}")),
    )


_LISTS = r"(?:ip|ipv6) (?:ssh|telnet) access-class \S"  # who may reach a server, whatever its lines say
_SERVERS = {"telnet": defaults.TELNET, "ssh": defaults.SSH}


def _as_written(line: RemoteLine, config: Config) -> RemoteLine:
    """The line without what IOS would mean where nothing is written."""
    asks = config.line(r"aaa new-model\b") or re.search(r"^\s*(?:no )?login\b", line.evidence.excerpt, re.MULTILINE)
    return replace(
        line,
        authentication=line.authentication if asks else None,
        idle_timeout_s=line.idle_timeout_s if line.idle_timeout_written else None,
    )


def _service(config: Config, name: str, default: Default, release: Release) -> bool | None:
    written = ios_access.switch(config, rf"enable service {name}\b")
    stated: bool | None = default.holds(release)
    return stated if written is None else written


def _web(config: Config, protocol: str) -> bool | None:
    """What the last line says that names the protocol or both; one that only turns the other on leaves it off."""
    written = ios_access.switch(config, rf"enable service web-server(?: all| {protocol})?\s*$")
    other_on = config.line(r"enable service web-server \w") is not None
    return False if written is None and other_on else written


# The number of a lock stands for minutes, or hours on some releases: it is at least so many minutes. Of fewer than
# these, whether it is a long lock is open.
_SURELY_LONG_MIN = 10


def _lock_s(written: str | None) -> int | None:
    minutes = int(written or 0)
    return 60 * minutes if minutes >= _SURELY_LONG_MIN else None


def password_policy(config: Config, _: Release) -> PasswordPolicy:
    """``password policy`` and the lock of local accounts; ``strong`` wants two classes of characters."""
    attempts = config.word(r"aaa local authentication attempts (\d+)")
    lock = config.line(r"(?:no )?aaa local authentication lockout-time\b")
    off = lock is not None and lock.text.startswith("no ")
    written = (lock is not None or attempts is not None) and not off
    strong = ios_access.switch(config, r"password policy strong\b")
    uses_aaa = config.line(r"aaa new-model\b") is not None
    return PasswordPolicy(
        min_length=_number(config, r"password policy min-size (\d+)"),
        min_classes=None if strong is None else 2 if strong else 0,
        max_age_days=_number(config, r"password policy life-cycle (\d+)"),
        history=_number(config, r"password policy no-repeat-times (\d+)"),
        lockout=False if off else uses_aaa if written else None,  # without AAA these lines say nothing
        lockout_attempts=None if off else int(attempts) if attempts else None,
        lockout_s=_lock_s(config.word(r"aaa local authentication lockout-time (\d{1,9})$")),
        lockout_written=written,
        evidence=config.evidence(
            *config.all(r"(?:no )?password policy|(?:no )?aaa local authentication|aaa new-model")
        ),
    )


def _number(config: Config, pattern: str) -> int | None:
    found = config.word(pattern)
    return int(found) if found else None


def snmp_agent(config: Config, release: Release) -> SnmpAgent:
    """As on IOS; single versions can be turned off, and the agent as a whole."""
    told = ios_services.snmp_agent(config, release)
    off = {line.text.split()[-1] for line in config.all(r"no snmp-server enable version v")}
    service = ios_access.switch(config, r"enable service snmp-agent\b")
    versions = (told.versions or frozenset()) - off
    return replace(told, enabled=told.enabled and service is not False, versions=frozenset(versions))


def forwarding(config: Config, release: Release) -> Forwarding:
    """As on IOS, but what a device does without a word on IPv6 differs by product."""
    told = ios_network.forwarding(config, release)
    written = ios_access.switch(config, r"ipv6 unicast-routing$")
    return replace(told, ipv6=written)


# All but clocks, which differ by release, stands before the lines.
_ORDER: Order = {
    r"interface \S": (
        Accounts,
        Addresses,
        Banner,
        Filtering,
        Forwarding,
        Interfaces,
        LinkServices,
        Logging,
        RateLimits,
        Routes,
        RoutingProtocols,
        SnmpAgent,
    ),
    r"line (?!vty)": (),
    r"line vty ": (PasswordPolicy, RemoteAccess),
}
_PROOFS: Order = {
    rf"username \S|(?:no )?enable (?:secret|password)|{_VERSION}": (Accounts,),
    rf"(?:no )?enable service |ip ssh |{_VERSION}": (RemoteAccess,),
    rf"(?:no )?(?:snmp-server|logging|s?ntp)\b|{_VERSION}": (Logging, SnmpAgent),
    r"interface \S": (Addresses, Filtering, Forwarding, Interfaces, LinkServices, Routes, RoutingProtocols),
}

SAVING = saved.Saving(
    (CONFIG, "show startup-config"),
    saved.by_indentation(("!",), QUOTED),
    r"^end$",
    passing=r"Building configuration|Current configuration",
)
PLATFORM = Platform(
    name="ruijie_rgos",
    shell=Shell(
        device_type="ruijie_os",
        prompt=r"[\w.:/()-]{1,64}[>#]",
        paging_off="terminal length 0",
        refusals=(r"% User doesn't have sufficient privilege", r"% Incomplete command", r"% Authorization failed"),
        absences=(r"% Invalid input detected", r"% Unknown command", r"% Unrecognized command", r"% Ambiguous command"),
    ),
    reads=(Read(Identity, (VERSION,), identity), *census.READS, *SAVING.reads()),
    dialect=Dialect(
        commands=SAVING.commands[:2],  # what is saved stands in for what runs
        comments=("!",),
        end=r"end$|wr(?:ite(?: memory)?)?$",
        orders=(_ORDER,),
        proofs=_PROOFS,
        undoes=("no ", "default "),
        views=views.IOS,
        secrets=(
            *IOS_SECRETS,
            r"^\s*(?:username \S+ .*?)?(?:password|secret)(?: \d+)? (?!policy)(?:\$\d+\$)?(?P<secret>\S+)",
            r"^(?:web|wlan).*? (?:password|secret)(?: \d)? (?P<secret>\S+)",
        ),
        signs={
            r"^version \S*RGOS[ _]": 10,
            r"^version \d+\.\d+\(\d\w*\)B\d": 10,
            r"^webmaster level \d ": 10,
            r"^sysmac [0-9a-f]{4}\.": 4,
            r"^\s*System description\s*:.*(?:Ruijie|Red-Giant)": 10,
            r"^\s*(?:System software version|Software version)\s*:\s*.*RGOS": 10,
            r"^(?:no )?enable service (?:ssh|telnet|web|snmp)-": 10,
            r"^switch virtual domain": 4,
            r"^interface (?:Gigabit|TenGigabit|FastE)\w* \d": 5,
            r"^hostname Ruijie": 4,
            r"^password policy (?:strong|min-size|life-cycle)": 4,
            r"^line vty \d+ \d+": 1,
        },
        quoted=QUOTED,
    ),
    config_reads=(
        ConfigRead(Identity, configured_identity),
        ConfigRead(RemoteAccess, remote_access),
        ConfigRead(Accounts, own.accounts),
        ConfigRead(PasswordPolicy, password_policy),
        ConfigRead(SnmpAgent, snmp_agent),
        ConfigRead(Logging, ios_services.logging),
        ConfigRead(TimeSync, ios_services.time_sync),
        ConfigRead(Banner, ios_services.banner),
        ConfigRead(Interfaces, ios_network.interfaces),
        ConfigRead(Addresses, ios_network.addresses),
        ConfigRead(Filtering, ios_network.filtering),
        ConfigRead(RateLimits, ios_qos.rate_limits_in_kbit),
        ConfigRead(Forwarding, forwarding),
        ConfigRead(Routes, own.routes),
        ConfigRead(RoutingProtocols, ios_network.routing_protocols),
        ConfigRead(Transitions, ios_ipv6.transitions),
        ConfigRead(LinkServices, ios_ipv6.link_services(sends=None)),
        ConfigRead(FirstHopSecurity, ios_ipv6.first_hop),
        *gateways.gateway_reads(gateways.RGOS),
        *ios_hardening.RGOS_READS,
    ),
    lacks=frozenset({SshServer, OperatingSystem, Software, Listeners}),
)
