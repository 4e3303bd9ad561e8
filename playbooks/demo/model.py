"""What a simulated county is made of; every value is plain data from which agents, register and targets are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface

LOOPBACK, ETHERNET, TUNNEL, VLAN, AGGREGATION = 24, 6, 131, 136, 161  # IANAifType


@dataclass(frozen=True, slots=True)
class Port:
    """An interface as its device tells it."""

    name: str
    mbps: int
    kind: int = ETHERNET
    up: bool = True
    description: str = ""
    ipv4: IPv4Interface | None = None
    ipv6: IPv6Interface | None = None
    car_mbps: int | None = None  # committed rate of a policer in both directions; None: unlimited
    acl4: int | None = None  # numbers of the filters applied inbound
    acl6: int | None = None
    load_percent: float = 3.0  # of what comes in; a third of it goes out
    in_mbps: float | None = None  # what is carried, where a line tells it; None: as load_percent says
    out_mbps: float | None = None
    error_percent: float = 0.0  # of the packets
    half: bool = False  # half duplex
    aggregate: str | None = None  # the aggregation it is a member of
    mtu: int = 1500
    advertises: bool = False  # sends Router Advertisements
    translates: bool = False  # the addresses of what leaves by it
    mode: str = ""  # of a tunnel, as its platform writes it
    vrrp4: int | None = None  # groups of a gateway that another one stands in for
    vrrp6: int | None = None

    @property
    def carried_mbps(self) -> tuple[float, float]:
        """What comes in and what goes out."""
        usual = self.mbps * self.load_percent / 100
        return (
            usual if self.in_mbps is None else self.in_mbps,
            usual / 3 if self.out_mbps is None else self.out_mbps,
        )


@dataclass(frozen=True, slots=True)
class Heard:
    """A neighbour as LLDP heard it on a port."""

    port: str
    name: str
    remote_port: str
    chassis: str  # MAC
    descr: str
    address: IPv4Address | None


@dataclass(frozen=True, slots=True)
class Hardening:
    """How a device is managed. The defaults are the good state; each planted gap changes one of them."""

    telnet: bool = False
    vty_acl4: bool = True
    vty_acl6: bool = True
    idle_minutes: int = 10
    community: str | None = None  # a v2c community that is configured; None: SNMPv3 only
    ntp: bool = True
    log_host: bool = True
    stored_as: str = "irreversible"  # the administrator's password: irreversible or cipher
    lockout: bool = True
    root_login: bool = False  # hosts
    aaa: bool = True  # logins are asked of the AAA server first
    traps: bool = True  # notifications go to the monitoring system
    recorded: bool = True  # the log of commands is sent on
    servers6: bool = True  # log host and time server have IPv6 addresses, too
    first_hop: bool = True  # access switches: forged router advertisements and the like are stopped
    risky_port: int | None = None  # hosts: a TCP port that listens for no good reason
    saved: bool = True  # what runs was saved
    # Of hosts: what protects them, and how they are kept.
    antimalware: bool = True
    intrusion: bool = True
    trusted: bool = True
    labels: bool = True
    kernel: bool = True  # its parameters refuse redirects
    shadow_closed: bool = True
    patched: bool = True
    backed_up: bool = True
    database_as_root: bool = False
    leaver: bool = False  # the account of somebody who left
    surplus: bool = False  # a package that nothing needs


@dataclass(frozen=True, slots=True)
class Runs:
    """What goes on at a host beyond what every host does."""

    programs: tuple[tuple[str, int], ...] = ()  # what else listens: program and TCP port
    java: tuple[str, ...] = ()  # properties that Java programs were started with, as far as they name a product
    flows: tuple[tuple[str, int, str, str], ...] = ()  # who is connected: local address and port, peer, program
    resolved: tuple[tuple[str, str, str], ...] = ()  # by ARP, beside the gateway: address, port, MAC
    mounts: tuple[tuple[str, str], ...] = ()  # from other hosts: source, mount point


@dataclass(frozen=True, slots=True)
class Device:
    """One device of the county."""

    name: str
    address: IPv4Address
    platform: str  # huawei_vrp, h3c_comware, linux
    role: str
    site: str
    model: str
    number: int  # of the device in the county, from 1: serial, MACs and counters follow from it
    login: str
    ports: tuple[Port, ...]
    chassis: int | None = None  # number of the device of whose chassis it is a part; None: it has its own
    heard: tuple[Heard, ...] = ()
    hardening: Hardening = Hardening()
    forwards: bool = True
    ipv6: bool = True  # IPv6 turned on globally
    gateway4: IPv4Address | None = None
    gateway6: IPv6Interface | None = None
    rack: str | None = None  # in the information centre's room
    answers: bool = True  # False: declared, but switched off
    answers_in_ms: float = 2.0  # a connect from the centre
    answers6_in_ms: float = 2.2  # the same over IPv6, where that carries
    loses6: int | None = None  # of so many connects over IPv6 one; None: none
    system: str = ""  # of a host: distribution
    ipv6_percent: float = 20.0  # of its traffic
    nat64: bool = False  # translates for hosts that have IPv6 alone
    ospf6_up: int | None = None  # OSPFv3 neighbours that are up; None: it runs none
    resolves6: bool = True  # its neighbours answer over IPv6
    busy_percent: int | None = None  # of the processor; None: little, as its number has it
    runs: Runs = Runs()

    @property
    def serial(self) -> str:
        """The chassis serial number."""
        return f"DEMO{self.chassis or self.number:08d}"

    @property
    def addressed6(self) -> bool:
        """Whether any port has an IPv6 address, be IPv6 on or off."""
        return any(port.ipv6 for port in self.ports)

    def mac(self, index: int = 0) -> bytes:
        """The MAC of the port with that ifIndex; 0 is the chassis. Locally administered."""
        return bytes((0x02, 0x44)) + self.number.to_bytes(3, "big") + bytes((index % 256,))

    def mac_text(self, index: int = 0) -> str:
        """The same, as the vendors write it: 0244-0000-0100."""
        digits = self.mac(index).hex()
        return "-".join(digits[i : i + 4] for i in range(0, 12, 4))


@dataclass(frozen=True, slots=True)
class Site:
    """A place with a tier of the plan."""

    name: str
    title: str
    tier: str  # county, town, village, department, institution
    unit: str


@dataclass(frozen=True, slots=True)
class Link:
    """A declared line between two ports; the far end may be outside the county."""

    name: str
    site: str
    a_device: str
    a_port: str
    z_site: str
    z_device: str | None
    z_port: str | None
    contracted_mbps: int
    kind: str = "fibre"
    carrier: str = "广电网络"
    route: str = "主用管道"


@dataclass(frozen=True, slots=True)
class System:
    """A declared business system and what really answers for it."""

    name: str
    title: str
    unit: str
    number: int  # its port and addresses follow from it
    state: str | None
    hosted: str | None
    wave: str | None = None
    wave_date: date | None = None
    exception_reason: str | None = None
    data_interface: bool | None = None
    aaaa: bool = True
    moved: bool = False  # ran elsewhere before
    old_host: str = ""  # what still answers there: page, redirect
    at_home: bool = False  # declared on the cloud, and a server of the county's own room serves it
    tls: bool = False
    links: tuple[str, ...] = ()  # pages that the first one links to
    literal: str = ""  # an IPv4 address written into the page, or a name without IPv6 that a picture comes from
    wrong_over_ipv6: str = ""  # what is: content, certificate, links, slow, loop, closed
    room: str = ""  # empty: the information centre's, where it runs in a room at all
    go_live: date = date(2019, 3, 1)
    addressed: bool = True  # the register says where it serves
    served: bool = True  # anybody serves there
    expired: bool = False  # its certificate
    backup_days: int = 1  # since the last one
    restore_days: int = 90  # since one was tested
    backup_site: str = "市灾备中心"
    own_zone: bool = False  # its name is a zone, which the name servers of its cloud serve over IPv4 alone


@dataclass(frozen=True, slots=True)
class County:
    """Everything that is simulated: devices, links, sites, systems."""

    sites: tuple[Site, ...]
    devices: tuple[Device, ...]
    links: tuple[Link, ...]
    systems: tuple[System, ...]
    mended: bool = False  # the same county after its works
    by_address: dict[str, Device] = field(default_factory=dict, repr=False)
