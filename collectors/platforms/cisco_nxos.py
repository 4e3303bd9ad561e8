"""Cisco NX-OS: Nexus 3000, 5000, 6000, 7000 and 9000 switches."""

from __future__ import annotations

from functools import partial

from collectors.base import Answer
from collectors.platforms.base import ConfigRead, Dialect, Got, Order, Platform, Read, Release, Shell
from collectors.platforms.cisco_ios import NTP, SECRETS, synchronised
from collectors.platforms.dialects import gateways, saved
from collectors.platforms.dialects.ios import ipv6 as ios_ipv6
from collectors.platforms.dialects.ios import network as ios_network
from collectors.platforms.dialects.ios import services as ios_services
from collectors.platforms.dialects.ios import views as cisco_views
from collectors.platforms.dialects.ios.inventory import COMMAND as INVENTORY
from collectors.platforms.dialects.ios.inventory import chassis
from collectors.platforms.dialects.nxos import access as nxos_access
from collectors.platforms.dialects.nxos import census as nxos_census
from collectors.platforms.dialects.nxos import defaults
from collectors.platforms.dialects.nxos import hardening as nxos_hardening
from collectors.platforms.dialects.nxos import network as nxos_network
from collectors.platforms.dialects.version_words import labelled, uptime_s
from inventory.config import Config
from inventory.errors import ReadFailed
from inventory.facts import (
    Accounts,
    Addresses,
    AuditTrail,
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
    VirtualGateways,
)

NAME = "cisco_nxos"
VERSION, CONFIG = "show version", "show running-config"
_RELEASE = r"^\s+(?:NXOS|system):\s+version (?P<value>\d[^\s\[]*)"
_MODEL = r"^\s+[Cc]isco (?P<value>\S.*?)(?: \([^)\n]*\))? [Cc]hassis"
_BOARD = r"^\s+Processor Board ID (?P<value>\S+)"
_HOSTNAME = r"^\s+Device name: (?P<value>\S+)"
_UPTIME = r"^Kernel uptime is (?P<value>.+)$"
STARTUP = "show startup-config"
_CONFIGURED = r"version (?P<value>\d+\.\d+\([^)\s]+\)\S*)"


def identity(version: Answer, inventory: Got) -> Identity:
    """The device as ``show version`` and ``show inventory`` tell it; ReadFailed where that is no NX-OS.

    Where the inventory is not there the serial is the processor board's, which on one-piece switches is the same.
    """
    if "NX-OS" not in version.text:
        raise ReadFailed(f"{version.command}: no NX-OS version in it")
    patterns = (_RELEASE, _MODEL, _BOARD, _HOSTNAME, _UPTIME)
    release, model, board, hostname, up = (labelled(pattern, version.text) for pattern in patterns)
    product, serial = chassis(inventory)
    sources = [Source(name, version.command) for name in ("vendor", "kind", "platform")]
    for name, first, second in (("release", None, release), ("model", product, model), ("serial", serial, board)):
        if first or second:
            sources.append(Source(name, INVENTORY if first else version.command))
    return Identity(
        vendor="Cisco",
        kind="switch",
        platform=NAME,
        release=release,
        model=product or model,
        serial=serial or board,
        hostname=hostname,
        uptime_s=uptime_s(up) if up else None,
        sources=tuple(sources),
        evidence=version.evidence(_RELEASE, _MODEL, _BOARD),
    )


def configured_identity(config: Config, _: Release) -> Identity:
    """What the configuration tells of its device: name and release."""
    name, version = config.line(r"(?:hostname|switchname) \S+"), config.line(_CONFIGURED)
    release = config.word(_CONFIGURED)
    told = ("vendor", "kind", "platform", *(("release",) if release else ()))
    return Identity(
        vendor="Cisco",
        kind="switch",
        platform=NAME,
        release=release,
        hostname=name.text.split()[1] if name else None,
        sources=tuple(Source(field, config.source) for field in told),
        evidence=config.evidence(name, version),
    )


_CONFIG_READS = (
    ConfigRead(Identity, configured_identity),
    ConfigRead(RemoteAccess, nxos_access.remote_access),
    ConfigRead(Accounts, nxos_access.accounts),
    ConfigRead(PasswordPolicy, nxos_access.password_policy),
    ConfigRead(SnmpAgent, nxos_access.snmp_agent),
    nxos_access.by_log_servers(ConfigRead(Logging, nxos_access.logging)),
    ConfigRead(TimeSync, synchronised, (NTP,)),
    ConfigRead(Banner, ios_services.banner),
    ConfigRead(Interfaces, nxos_census.interfaces, (nxos_census.INTERFACE,)),
    ConfigRead(Addresses, ios_network.addresses),
    ConfigRead(Filtering, nxos_network.filtering),
    ConfigRead(Forwarding, ios_network.forwarding_by_address),
    ConfigRead(Routes, nxos_network.routes),
    nxos_access.by_features(ConfigRead(RoutingProtocols, nxos_network.routing_protocols)),
    ConfigRead(Transitions, ios_ipv6.transitions),
    ConfigRead(LinkServices, ios_ipv6.link_services(sends=bool(defaults.RA.value))),
    ConfigRead(FirstHopSecurity, ios_ipv6.first_hop),
    ConfigRead(VirtualGateways, partial(gateways.virtual_gateways, gateways.NXOS)),
    *(nxos_access.by_log_servers(read) if read.fact is AuditTrail else read for read in nxos_hardening.READS),
)
# No line is the last of a configuration. What stands behind the terminal lines, routing and log servers, is taken for
# all of it: there is no line that would tell.
_ORDER: Order = {
    r"interface \S": (),
    r"line console$": tuple({read.fact for read in _CONFIG_READS} - {RemoteAccess, RuleSets}),
    r"line vty$": (RemoteAccess, RuleSets),
}

QUOTED = r"banner (?:motd|exec) (?P<mark>\^C|\x03|\S)"
SAVING = saved.Saving(
    (CONFIG, STARTUP),
    saved.by_indentation(("!",), QUOTED),
    rf"^{_CONFIGURED}",
    changed=(CONFIG, r"^!Running configuration last done at: (?P<stamp>.+)"),
    saved=(STARTUP, r"^!Startup config saved at: (?P<stamp>.+)"),
)
PLATFORM = Platform(
    name=NAME,
    shell=Shell(
        device_type="cisco_nxos",
        prompt=r"[\w.:/()-]{1,64}[>#]",
        paging_off="terminal length 0",
        refusals=(r"% ?Permission denied", r"% ?Incomplete command", r"Error: AAA authorization failed"),
        absences=(r"% ?Invalid (?:command|parameter|number)", r"Syntax error while parsing", r"% ?Ambiguous command"),
    ),
    reads=(
        Read(Identity, (VERSION, INVENTORY), identity, optional=frozenset({INVENTORY})),
        *nxos_census.READS,
        *SAVING.reads(),
    ),
    dialect=Dialect(
        commands=SAVING.commands[:2],  # what is saved stands in for what runs
        comments=("!",),
        end=r"end$",  # which only people write
        secrets=(
            r"^snmp-server user .*? priv (?:(?:aes|des)\S* )?(?P<secret>(?!aes|des)\S+)",
            r"^snmp-server user .*? auth \S+ (?P<secret>\S+)",
            *(pattern for pattern in SECRETS if not pattern.startswith("^snmp-server user")),
            r"^\s*authentication text (?P<secret>\S+)",
            r"^\s*key-octet-string (?:\d )?(?P<secret>\S+)",
        ),
        signs={
            r"^Cisco Nexus Operating System": 10,
            r"^version \d+\.\d+\([^)\s]+\)\S* +Bios:": 10,
            r"^version \d+\.\d+\(\d+\w*\)(?:[NUI]\d\S*)?\s*$": 3,
            r"^!Command: show (?:running|startup)-config": 5,
            r"^vdc \S+ id \d+": 5,
            (
                r"^(?:no )?feature (?:telnet|ssh|nxapi|vpc|lacp|lldp|interface-vlan|hsrp|vrrp|udld|ospf|ospfv3|"
                r"bgp|eigrp|isis|tacacs\+|scp-server|sftp-server|bash-shell|fcoe|pim|dhcp|ntp|"
                r"private-vlan|acl-logging|vn-segment-vlan-based|bfd|glbp|msdp|netconf|netflow|"
                r"tunnel|vtp|wccp|grpc|restconf|otv|fex|fabric forwarding|nv overlay|(?:sla|mpls) \w+)\s*$"
            ): 6,
            r"^line (?:vty|console)\s*$": 2,
            r"^ +ip address \d[\d.]+/\d+": 1,
            r"^(?:ip|ipv6) access-list \S+\s*$\n +\d+ (?:permit|deny|remark)": 2,
            r"^role name \S+|^ +rule \d+ (?:permit|deny) ": 2,
            r"^(?:class-map|policy-map) type (?:qos|control-plane|network-qos|queuing) ": 3,
            r"^rmon event \d+ .*owner PMON@": 4,
            r"^(?:nv overlay evpn|vpc domain \d|feature-set \S|install feature-set|system default switchport)": 3,
            r"^vrf context ": 3,
            r"^copp (?:profile|copy) ": 4,
            r"^username \S+ password \d .* role (?:network|vdc)-": 5,
            r"^boot (?:nxos|kickstart|system) bootflash:": 4,
            r"^(?:no )?password strength-check": 3,
            r"^interface (?:Ethernet\d+/\d+|mgmt0)": 1,
            r"^hostname |^switchname ": 1,
        },
        orders=(_ORDER,),
        undoes=("no ", "default "),
        views=cisco_views.NXOS,
        name=r"(?:hostname|switchname) (\S+)",
        quoted=QUOTED,
    ),
    config_reads=_CONFIG_READS,
    lacks=frozenset({SshServer, OperatingSystem, Software, Listeners}),
)
