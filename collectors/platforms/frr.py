"""FRRouting on Linux: the host is read as any Linux, routing through vtysh.

The audit account belongs to the group frrvty, or may run these vtysh commands by ``sudo -n``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from collectors.base import Answer
from collectors.platforms import linux
from collectors.platforms.base import Built, ConfigRead, Dialect, Got, Platform, Read, Release
from collectors.platforms.dialects.frr import config as frr_config
from collectors.platforms.dialects.frr import ipv6 as frr_ipv6
from collectors.platforms.dialects.linux.network import any_ip
from collectors.platforms.dialects.linux.system import IDENTITY, identity
from collectors.platforms.dialects.linux.text import Json, count, objects, parsed, word
from collectors.templates import rows
from inventory.config import Config, ConfigLine
from inventory.errors import Gap, Missing, ReadFailed
from inventory.facts import (
    DefaultRoute,
    FirstHopSecurity,
    Identity,
    PortGuards,
    Routes,
    RoutingProtocol,
    RoutingProtocols,
    Source,
    Transitions,
    ZonePolicy,
)

VERSION, RUNNING = 'vtysh -c "show version"', 'vtysh -c "show running-config"'
OSPF, OSPF6 = 'vtysh -c "show ip ospf neighbor json"', 'vtysh -c "show ipv6 ospf6 neighbor json"'
BGP, ISIS = 'vtysh -c "show bgp summary json"', 'vtysh -c "show isis neighbor json"'
TABLE4, TABLE6 = 'vtysh -c "show ip route summary json"', 'vtysh -c "show ipv6 route summary json"'
DEFAULT4, DEFAULT6 = 'vtysh -c "show ip route 0.0.0.0/0 json"', 'vtysh -c "show ipv6 route ::/0 json"'
_NEIGHBOURS = (OSPF, OSPF6, BGP, ISIS)
_DEEPEST = 8  # levels of JSON in which neighbours stand


def frr_identity(version: Answer, *host: Got) -> Built:
    """The host, with FRR's release in place of the distribution's."""
    found = identity(*host)
    said = rows("frr", "show_version", version)
    if not said:
        raise ReadFailed(f"{version.command}: no FRR")
    known = found if isinstance(found, Identity) else Identity()
    evidence = version.evidence(r"^FRRouting ")
    name = known.hostname or said[0]["hostname"] or None
    release = f"FRR {said[0]['release']}"
    told = ("kind", "platform", "release")
    sources = (*(s for s in known.sources if s.field not in told), *(Source(field, VERSION) for field in told))
    return replace(
        known, kind="router", platform="frr", release=release, hostname=name, sources=sources, evidence=evidence
    )


# -- routes -------------------------------------------------------------------------------------------------------


def routes(total4: Answer, total6: Answer, default4: Got, default6: Got) -> Routes:
    """Tables of the main VRF as zebra counts them."""
    four, six = parsed(total4), parsed(total6)
    if not isinstance(four, dict) or not isinstance(six, dict):
        raise ReadFailed(f"{total6.command}: no summary")
    own = sum(count(kind, "rib") or 0 for kind in objects(six.get("routes")) if word(kind, "type") in _OWN)
    total = count(six, "routesTotal")
    defaults = (*_defaults(4, default4), *_defaults(6, default6))
    learned = None if total is None else max(0, total - own)
    return Routes(count(four, "routesTotal"), total, learned, defaults, total6.evidence(r"routesTotal\b"))


_OWN = frozenset({"connected", "local", "kernel"})


def _defaults(family: int, got: Got) -> Iterator[DefaultRoute]:
    said = parsed(got) if isinstance(got, Answer) else None
    entries = said.values() if isinstance(said, dict) else ()
    for route in (r for entry in entries for r in objects(entry) if r.get("selected")):
        for hop in objects(route.get("nexthops")):
            yield DefaultRoute(
                family, any_ip(word(hop, "ip") or ""), word(hop, "interfaceName"), word(route, "protocol")
            )


# -- routing protocols --------------------------------------------------------------------------------------------


def routing_protocols(config: Config, _: Release, ospf: Got, ospf6: Got, bgp: Got, isis: Got) -> RoutingProtocols:
    """What the configuration starts, whether it proves its neighbours, and how many of them are up."""
    found = [
        protocol
        for protocol in (
            _ospf(config, "ospf", 4, r"ip ospf ", ospf),
            _ospf(config, "ospf6", 6, r"ipv6 ospf6 ", ospf6),
            _bgp(config, bgp),
            _isis(config, isis),
            _rip(config, "rip", 4),
            _rip(config, "ripng", 6),
        )
        if protocol is not None
    ]
    return RoutingProtocols(tuple(found), config.evidence(*config.all(r"router ")))


def _ospf(config: Config, name: str, family: int, prefix: str, got: Got) -> RoutingProtocol | None:
    router = config.line(rf"router {name}( |$)")
    if router is None:
        return None
    ports = [port for port in config.all(r"interface ") if port.child(rf"{prefix}area ")]
    active = [port for port in ports if not port.text.endswith(" lo") and not port.child(rf"{prefix}passive")]
    by_area = any(router.below(r"area \S+ authentication"))
    by_port = bool(active) and all(port.child(rf"{prefix}authentication") for port in active)
    named = {"ospf": "ospf", "ospf6": "ospfv3"}[name]
    return RoutingProtocol(named, frozenset({family}), by_area or by_port, _up(got, "nbrState", "state", start="Full"))


def _bgp(config: Config, got: Got) -> RoutingProtocol | None:
    routers = list(config.all(r"router bgp "))
    if not routers:
        return None
    peers = {n.text.split()[1] for r in routers for n in r.below(r"neighbor \S+ (remote-as|peer-group)")}
    proven = {n.text.split()[1] for r in routers for n in r.below(r"neighbor \S+ password")}
    families = {6 for r in routers for _ in r.below(r"address-family ipv6 ")}
    if any(not r.child(r"no bgp default ipv4-unicast") or r.child(r"address-family ipv4 unicast") for r in routers):
        families |= {4}
    authenticated = None if not peers else peers <= proven
    return RoutingProtocol("bgp", frozenset(families), authenticated, _up(got, "state", start="Established"))


def _isis(config: Config, got: Got) -> RoutingProtocol | None:
    router = config.line(r"router isis ")
    if router is None:
        return None
    ports = list(config.all(r"interface "))
    families = {4 for p in ports if p.child(r"ip router isis ")} | {6 for p in ports if p.child(r"ipv6 router isis ")}
    proven = router.child(r"(area|domain)-password ") is not None
    return RoutingProtocol("isis", frozenset(families), proven, _up(got, "state", "adjState", start="Up"))


def _rip(config: Config, name: str, family: int) -> RoutingProtocol | None:
    router: ConfigLine | None = config.line(rf"router {name}( |$)")
    if router is None:
        return None
    # RIPng proves nobody; RIP does by interface.
    proven = any(p.child(r"ip rip authentication mode ") for p in config.all(r"interface ")) if family == 4 else False
    return RoutingProtocol(name, frozenset({family}), proven)


def _up(got: Got, *keys: str, start: str) -> int | None:
    """How many neighbours' state begins so; None: not told. A daemon that does not run has none."""
    if isinstance(got, Missing):
        return 0 if got.gap is Gap.LACKING else None
    top = parsed(got)
    if top is None:
        return None
    return sum(any(str(item.get(key, "")).startswith(start) for key in keys) for item in _all_objects(top))


def _all_objects(value: object, depth: int = 0) -> Iterator[Json]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _all_objects(part, depth + 1)


_KEY = r"(?P<secret>\S+)"
SECRETS = (
    rf"^[ \t]*(?:enable )?password (?:8 )?{_KEY}",
    rf"^[ \t]*neighbor \S+ password {_KEY}",
    rf"^[ \t]*ip ospf (?:authentication-key|message-digest-key \d+ md5) {_KEY}",
    rf"^[ \t]*area \S+ virtual-link .*(?:authentication-key|md5) {_KEY}",
    rf"^[ \t]*ipv6 ospf6 authentication key-id \d+ hash-algo \S+ key {_KEY}",
    rf"^[ \t]*(?:area-password|domain-password|isis password) (?:clear|md5) {_KEY}",
    rf"^[ \t]*(?:key-string|ip rip authentication string) {_KEY}",
    rf"^[ \t]*neighbor \S+ (?:password|ttl-security-key) {_KEY}",
    rf"^[ \t]*(?:ip(?:v6)? nhrp authentication|ip msdp peer \S+ password|mpls ldp \S+ password) {_KEY}",
    *linux.SECRETS,
)

_VTYSH = frozenset({VERSION, RUNNING, TABLE4, TABLE6, DEFAULT4, DEFAULT6, *_NEIGHBOURS})
_IDENTITY = (VERSION, *IDENTITY)
PLATFORM = Platform(
    name="frr",
    shell=replace(
        linux.SHELL,
        refusals=(*linux.SHELL.refusals, r"% Unknown command", r".*failed to connect to any daemons"),
        absences=(
            *linux.SHELL.absences,
            r"\w+d is not running$",
            r"% .* (instance|process) not found",
            r"% Can't open configuration file",  # vtysh's own, which only root reads and nothing needs
            r"vtysh_pam: ",
            r"Configuration file\[\S+\] processing failure",
        ),
        as_root=linux.SHELL.as_root | _VTYSH,
    ),
    reads=(
        Read(Identity, _IDENTITY, frr_identity, frozenset(IDENTITY)),
        Read(Routes, (TABLE4, TABLE6, DEFAULT4, DEFAULT6), routes, frozenset({DEFAULT4, DEFAULT6})),
        *(read for read in linux.PLATFORM.reads if read.fact not in (Identity, Transitions)),
    ),
    dialect=Dialect(
        commands=(RUNNING,),
        comments=frr_config.COMMENTS,
        end="",
        secrets=SECRETS,
        signs={
            r"^FRRouting \d+\.\d+": 10,
            r"^frr version \d": 10,
            r"^frr defaults ": 5,
            r"^service integrated-vtysh": 3,
            r"^log syslog(?: \w+)?\s*$": 2,
            r"^router (?:ospf6|fabricd|babel)\b|^ ipv6 ospf6 ": 3,
            r"^(?:no )?ip(?:v6)? forwarding\s*$": 2,
            r"^no bgp default ipv4-unicast|^ no bgp (?:ebgp-requires-policy|default ipv4-unicast)": 2,
            r"^(?:ipv6 )?access-list \S+ seq \d+ (?:permit|deny) ": 2,
            r"^line vty\s*$": 2,
            r"^! -\*- (?:zebra|bgp|ospf6?|rip|ripng|isis|vtysh|watchfrr) -\*-|^! ?Zebra configuration saved": 8,
            r"^(?:log (?:file|stdout)|agentx|ip nht resolve-via|zebra nexthop|password \S+$|debug (?:bgp|zebra))": 2,
            r"^ (?:ospf|ospf6) router-id \d|^ network \d[\d.]+/\d+ area ": 3,
            r"^ bgp router-id \d": 1,
            r"^ neighbor \S+ interface(?: |$)|^ neighbor \S+ remote-as (?:internal|external)": 3,
            r"^interface (?:eth|ens|enp|eno|swp|lo|dummy|br|bond|wg|tun|tap|vlan|veth|gre)[\w.-]*(?: vrf \S+)?\s*$": 2,
            r"^ ip(?:v6)? address \S+/\d+\s*$": 1,
            r"^ip(?:v6)? prefix-list \S+ (?:seq \d+ )?(?:permit|deny) ": 1,
        },
        undoes=("no ",),
        tree=frr_config.tree,
    ),
    config_reads=(
        ConfigRead(RoutingProtocols, routing_protocols, _NEIGHBOURS),
        *frr_ipv6.CONFIG_READS,
        *(ConfigRead(fact, frr_config.alone(build), IDENTITY[:1]) for fact, build in frr_config.READS.items()),
    ),
    lacks=frozenset({FirstHopSecurity, PortGuards, ZonePolicy}),
)
