"""What checks judge beside single devices: declared things joined with what was found of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol

from inventory.addresses import IPAddress
from inventory.egress import Egress
from inventory.errors import Gap, Missing
from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts import Addresses, Forwarding, Interface, RateLimit, Reachability, Routes, ServiceProbe, Throughput
from inventory.paths import Path
from inventory.snapshot import DeviceRecord
from inventory.system_traces import SystemHost, Trace
from inventory.text import Text
from inventory.traffic import Latency, Load

_UNREAD = Missing(Gap.UNREAD)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the device at one end of a link hears at its port."""

    place: str  # device and port as they call themselves
    agrees: bool | None  # with the declared far end; None: it is no device of the run, or its port is not told
    mutual: bool  # the far end hears this one as well
    port: str | None = None  # where it is heard, if not at the declared port; None: there
    evidence: Evidence = NO_EVIDENCE  # of what contradicts the register


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """One end of a link: what is declared there and what its device says of the interface."""

    site: str | None
    device: str | None  # None: the register names no device at this end
    interface_name: str | None
    interface: Interface | Missing
    limits: tuple[RateLimit, ...] | Missing  # shapers and policers that hold for all that goes through it
    platform: str | None = None
    evidence: Evidence = NO_EVIDENCE
    outside: bool = False  # beyond what the county runs: the carrier's, the city's
    serial: str | None = None  # of the device; None: not told
    members: tuple[Interface, ...] = ()  # of an aggregation
    load: Load | Missing = _UNREAD  # over the last day
    latency: Latency | Missing = _UNREAD  # of the device
    reach: Reachability | Missing = _UNREAD  # of the device, over each family
    also_links: tuple[str, ...] = ()  # other declared links that name the same port
    stands_at: str | None = None  # the site where the register has the device, where that is another one
    heard: tuple[Heard, ...] = ()  # LLDP and CDP at this end
    instead_of: str | None = None  # both ends' tables prove this end: what the register says, or the site alone
    perhaps: tuple[RateLimit, ...] = ()  # limits that may hold for all of it, or for a part only

    @property
    def place(self) -> str:
        """How a reader finds this end."""
        return " ".join(part for part in (self.device or self.site, self.interface_name) if part)


@dataclass(frozen=True, slots=True)
class LinkView:
    """A declared link with the facts of both ends."""

    name: str
    site: str | None  # the site it serves: that of the lower tier
    tier: str | None  # of that site; None: not declared
    kind: str | None  # fibre, mstp, vpn, 5g …
    carrier: str | None
    contracted_mbps: float | None
    ends: tuple[LinkEnd, ...]
    evidence: Evidence = NO_EVIDENCE
    route: str | None = None  # the physical route
    test: Throughput | Missing = _UNREAD  # of the only link of its site


@dataclass(frozen=True, slots=True)
class SiteDevice:
    """A device of a site with what tells how traffic leaves it."""

    record: DeviceRecord
    forwarding: Forwarding | Missing
    routes: Routes | Missing
    addresses: Addresses | Missing = _UNREAD
    reach: Reachability | Missing = _UNREAD  # as the run asked it, a few times
    polled: Reachability | Missing = _UNREAD  # as polls asked it over the last day


@dataclass(frozen=True, slots=True)
class SiteView:
    """A declared site with its devices and the links that serve it."""

    name: str
    tier: str | None
    unit: str | None
    devices: tuple[SiteDevice, ...]
    links: tuple[LinkView, ...]
    prefixes: tuple[IPv6Network, ...] = ()  # of the address plan
    paths: tuple[Path, ...] = ()  # to the core and to the egresses; none to what stands at the site itself
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class GradedSystem:
    """A system that is graded, when it was last evaluated, and how its data are kept. None: not declared."""

    name: str
    level: int | None
    last_evaluation: date | None
    evidence: Evidence = NO_EVIDENCE
    hosted: str | None = None  # Hosting
    site: str | None = None  # of the county's own, where it runs in a room
    changed: date | None = None  # the last great change that the register tells: it went live, it moved
    crypto_assessed: bool | None = None
    last_backup: date | None = None
    backup_site: str | None = None
    last_restore: date | None = None


@dataclass(frozen=True, slots=True)
class SystemView:
    """A declared business system with what its probe found."""

    name: str
    unit: str | None
    state: str | None  # a value of MigrationState; None: not declared
    hosted: str | None
    wave: str | None
    wave_date: date | None
    exception_reason: str | None
    data_interface: bool | None
    old_address: str | None  # where it ran before it moved
    probe: ServiceProbe | Missing
    room: str | None = None  # of the county's own, where it is declared to run
    exception_approver: str | None = None
    interface_endpoint: str | None = None  # of an exception's data interface
    addresses: tuple[IPAddress, ...] = ()  # where it serves: as declared, in its URL, by its name
    hosts: tuple[SystemHost, ...] = ()  # servers of the run at its addresses and at the old one
    traces: tuple[Trace, ...] = ()  # what still uses the old address
    watched: frozenset[str] = frozenset()  # kinds of trace that somebody in a position to see them was asked for
    copies: tuple[Trace, ...] | Missing = _UNREAD  # what its servers store on devices in the county's rooms
    graded: GradedSystem | None = None  # None: it is of no grade
    databases: tuple[Trace, ...] | Missing = _UNREAD  # there that its servers are connected with
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class DeclaredDevice:
    """A device as the register declares it. ``also`` holds its other names and addresses as text."""

    name: str
    kind: str | None
    site: str | None
    unit: str | None
    also: tuple[str, ...] = ()
    evidence: Evidence = NO_EVIDENCE
    target: str | None = None  # under which the run knows it; None: it is no target
    role: str | None = None  # of a network device: NetworkRole
    support_ends: date | None = None
    importance: str | None = None  # Importance


@dataclass(frozen=True, slots=True)
class DeclaredRow:
    """One row of the register and which of its census fields are empty."""

    sheet: Text
    name: str
    unit: str | None
    empty: tuple[Text, ...]
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class DeclaredPrefix:
    """An IPv6 prefix that the address plan gives to a site."""

    site: str
    prefix: IPv6Network
    upper: str | None = None  # the site above it
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class DeclaredComponent:
    """A security component as the register declares it."""

    name: str
    function: str | None  # SecurityKind; None: not declared
    boundary: str | None
    licence_no: str | None = None
    signature_date: date | None = None
    target: str | None = None  # under which the run knows it; None: it is no target
    evidence: Evidence = NO_EVIDENCE
    crypto_no: str | None = None  # of a cryptographic product: its certificate


@dataclass(frozen=True, slots=True)
class DeclaredBoundary:
    """Where the network meets another: a way out to the Internet, a department's own network, a named boundary."""

    name: str
    internet: bool
    components: tuple[DeclaredComponent, ...]  # that stand there
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class DeclaredRoom:
    """A machine room and what it is fitted with; None: the unit left the cell empty."""

    name: str
    access_control: bool | None = None
    cctv: bool | None = None
    fire_system: str | None = None
    leak_sensor: bool | None = None
    cooling: str | None = None
    ups_minutes: float | None = None
    mains_feeds: int | None = None
    evidence: Evidence = NO_EVIDENCE
    ups_kva: float | None = None


@dataclass(frozen=True, slots=True)
class DeclaredZone:
    """A security zone as the register declares it."""

    name: str
    importance: str | None  # Importance
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    guard: str | None = None
    target: str | None = None  # of the guard, under which the run knows it
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class DeclaredHolder:
    """An account and the person it was given to."""

    account: str
    person: str | None = None
    duty: str | None = None  # Duty
    outsider: bool | None = None
    approver: str | None = None
    until: date | None = None
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class DeclaredConnection:
    """A connection with another network that somebody has to approve: an egress, a private network."""

    name: str
    approved: bool | None
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class CensusView:
    """The register as a whole."""

    units: tuple[str, ...]
    devices: tuple[DeclaredDevice, ...]
    systems: tuple[SystemView, ...]
    rows: tuple[DeclaredRow, ...]
    prefixes: tuple[DeclaredPrefix, ...] = ()  # the address plan, in the register's order
    egresses: tuple[Egress, ...] = ()  # ways out that are none of the approved ones
    components: tuple[DeclaredComponent, ...] = ()
    boundaries: tuple[DeclaredBoundary, ...] = ()
    rooms: tuple[DeclaredRoom, ...] = ()
    graded: tuple[GradedSystem, ...] = ()
    zones: tuple[DeclaredZone, ...] = ()
    holders: tuple[DeclaredHolder, ...] = ()
    connections: tuple[DeclaredConnection, ...] = ()
    evidence: Evidence = NO_EVIDENCE


class Views(Protocol):
    """Declared things joined with what one run found; built one by one, never all in memory."""

    def sites(self) -> Iterator[SiteView]:
        """Every declared site."""

    def links(self, *, served: bool = True) -> Iterator[LinkView]:
        """Every declared link; without ``served`` only those that stand in no site's view."""

    def systems(self) -> Iterator[SystemView]:
        """Every declared business system."""

    def census(self) -> CensusView:
        """The register as a whole."""


@dataclass(frozen=True, slots=True)
class MemoryViews:
    """Views over what is in memory already: for small what-ifs and tests."""

    all_sites: tuple[SiteView, ...] = ()
    all_links: tuple[LinkView, ...] = ()
    all_systems: tuple[SystemView, ...] = ()
    whole: CensusView = CensusView((), (), (), ())

    def sites(self) -> Iterator[SiteView]:
        """Every declared site."""
        return iter(self.all_sites)

    def links(self, *, served: bool = True) -> Iterator[LinkView]:
        """Every declared link; without ``served`` only those that stand in no site's view."""
        shown = () if served else tuple(link for site in self.all_sites for link in site.links)
        return (link for link in self.all_links if link not in shown)

    def systems(self) -> Iterator[SystemView]:
        """Every declared business system."""
        return iter(self.all_systems)

    def census(self) -> CensusView:
        """The register as a whole."""
        return self.whole
