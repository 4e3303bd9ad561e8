"""IF-MIB (RFC 2863), duplex of EtherLike-MIB, aggregation of IEEE8023-LAG-MIB, VLANs, and makers' own ports."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from collectors.base import SnmpValue
from collectors.identify import identifying
from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.system import system_group
from collectors.mibs.vlans import carried_vlans
from collectors.rows import Table, mac, named, number, text, unsigned
from collectors.vendors.files import Ports
from inventory.errors import CollectError, Missing
from inventory.facts import Counter, Counters, Interface, Interfaces
from inventory.names import canonical_interface, is_interface

IF_ENTRY = "1.3.6.1.2.1.2.2.1"
IFX_ENTRY = "1.3.6.1.2.1.31.1.1.1"
DUPLEX = "1.3.6.1.2.1.10.7.2.1.19"  # dot3StatsDuplexStatus
AGGREGATE = "1.2.840.10006.300.43.1.2.1.1.13"  # dot3adAggPortAttachedAggID
IPV6_ENABLED = "1.3.6.1.2.1.4.30.1.5"  # ipv6InterfaceEnableStatus
ENCAPSULATION = "1.3.6.1.2.1.10.131.1.1.1.1.3"  # tunnelIfEncapsMethod (TUNNEL-MIB, RFC 4087)
SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
DESCR, TYPE, MTU, SPEED, PHYS, ADMIN, OPER, CHANGE = range(2, 10)
NAME, HC_IN, HC_OUT, HIGH_SPEED, ALIAS, DISCONTINUITY = 1, 6, 10, 15, 18, 19
HC_PACKETS_IN, HC_PACKETS_OUT = (7, 8, 9), (11, 12, 13)  # unicast, multicast, broadcast
# What names, facts and counters are made of: columns of ifTable and of ifXTable.
NAMES = (DESCR, TYPE), (NAME,)
BASICS = (DESCR, TYPE, MTU, SPEED, PHYS, ADMIN, OPER, CHANGE), (NAME, HIGH_SPEED, ALIAS)
COUNTS = (DESCR, TYPE, 10, 13, 14, 16, 19, 20), (NAME, HC_IN, HC_OUT, *HC_PACKETS_IN, *HC_PACKETS_OUT, DISCONTINUITY)
CEILING = 2**32 - 1  # ifSpeed of an interface too fast for it
CEILINGS_MBPS = (4294, 4295, CEILING)  # ifHighSpeed of agents that reckon it from that
DUPLEXES = {2: "half", 3: "full"}
STATES = {1: True, 2: False}
OTN_OTU = 261  # of ifType
NOT_PRESENT = 6  # of ifOperStatus: some component, typically hardware, is missing
ENCAPSULATIONS = {
    1: "other",
    2: "direct",
    3: "gre",
    4: "minimal",
    5: "l2tp",
    6: "pptp",
    8: "udp",
    11: "sixToFour",
    12: "sixOverFour",
    13: "isatap",
    14: "teredo",
    16: "softwireMesh",
    17: "dsLite",
}
TYPES = {  # IANAifType, the registry of interface types, as far as devices were met that have them
    1: "other",
    5: "rfc877x25",
    6: "ethernetCsmacd",
    7: "iso88023Csmacd",
    9: "iso88025TokenRing",
    15: "fddi",
    16: "lapb",
    18: "ds1",
    19: "e1",
    20: "basicISDN",
    21: "primaryISDN",
    22: "propPointToPointSerial",
    23: "ppp",
    24: "softwareLoopback",
    28: "slip",
    30: "ds3",
    31: "sip",
    32: "frameRelay",
    33: "rs232",
    37: "atm",
    39: "sonet",
    44: "frameRelayService",
    45: "v35",
    46: "hssi",
    48: "modem",
    49: "aal5",
    50: "sonetPath",
    51: "sonetVT",
    53: "propVirtual",
    54: "propMultiplexor",
    56: "fibreChannel",
    62: "fastEther",
    63: "isdn",
    69: "fastEtherFX",
    70: "channel",
    71: "ieee80211",
    77: "lapd",
    81: "ds0",
    82: "ds0Bundle",
    94: "adsl",
    95: "radsl",
    96: "sdsl",
    97: "vdsl",
    100: "voiceEM",
    101: "voiceFXO",
    102: "voiceFXS",
    103: "voiceEncap",
    104: "voiceOverIp",
    107: "atmIma",
    108: "pppMultilinkBundle",
    117: "gigabitEthernet",
    118: "hdlc",
    124: "interleave",
    125: "fast",
    126: "ip",
    127: "docsCableMaclayer",
    128: "docsCableDownstream",
    129: "docsCableUpstream",
    131: "tunnel",
    133: "ces",
    134: "atmSubInterface",
    135: "l2vlan",
    136: "l3ipvlan",
    142: "ipForward",
    144: "ieee1394",
    149: "atmVirtual",
    150: "mplsTunnel",
    157: "propWirelessP2P",
    160: "usb",
    161: "ieee8023adLag",
    166: "mpls",
    168: "hdsl2",
    169: "shdsl",
    171: "pos",
    188: "radioMAC",
    195: "opticalChannel",
    196: "opticalTransport",
    199: "infiniband",
    200: "teLink",
    205: "docsCableUpstreamChannel",
    207: "pon155",
    208: "pon622",
    209: "bridge",
    210: "linegroup",
    219: "opticalChannelGroup",
    225: "rpr",
    229: "docsCableMCmtsDownstream",
    230: "adsl2",
    231: "macSecControlledIF",
    232: "macSecUncontrolledIF",
    237: "ieee80216WMAN",
    238: "adsl2plus",
    243: "wwanPP",
    244: "wwanPP2",
    246: "ifPwType",
    247: "ilan",
    248: "pip",
    250: "gpon",
    251: "vdsl2",
    252: "capwapDot11Profile",
    253: "capwapDot11Bss",
    254: "capwapWtpVirtualRadio",
    260: "otnOdu",
    261: "otnOtu",
}


def interface_names(agent: Agent) -> dict[int, str]:
    """ifIndex → name in full. ifDescr where it spells the ifName out, else ifName, else ifDescr.

    Optical transport (ITU-T G.709) has a row beneath the port that it carries (RFC 2863, 3.1.1); where it bears the
    same name, -otu stands behind it.
    """
    basics, extras = both(agent, NAMES)
    descrs, names, kinds = basics.column(DESCR), extras.column(NAME), basics.column(TYPE)
    found = {i: _name(names.get(i), descrs.get(i), i) for i in _rows(basics, extras)}
    layers = {i for i in found if kinds.get(i) == OTN_OTU}
    ports = {found[i] for i in found.keys() - layers} if layers else ()
    return {int(i): f"{name}-otu" if i in layers and name in ports else name for i, name in found.items()}


def both(agent: Agent, wanted: tuple[Collection[int], Collection[int]]) -> tuple[Table, Table]:
    """ifTable and ifXTable; of an agent with very many interfaces at least these columns."""
    return agent.table(IF_ENTRY, wanted[0]), agent.table(IFX_ENTRY, wanted[1])


@reads(Interfaces)
def interfaces(agent: Agent) -> Interfaces | Missing:
    """All interfaces: the rows of ifTable, of ifXTable where the agent has only that one, and its maker's own ports."""
    listed = _listed(agent)
    wanted = [ports for ports in _maker(agent) if ports.beside or not listed]
    own = [port for ports in wanted for port in _own(agent.table(ports.entry).whole(), ports)]
    if not (listed or own):
        return lacks("IF-MIB ifTable")
    sources = [*(["IF-MIB::ifTable"] if listed else []), *(ports.source for ports in wanted)]
    return Interfaces((*listed, *own), agent.evidence(" ".join(sources), f"{len(listed) + len(own)} rows"))


def _listed(agent: Agent) -> tuple[Interface, ...]:
    basics, extras = both(agent, BASICS)
    rows = _rows(basics.whole(), extras)
    names = interface_names(agent)
    names_by_descr, names_by_name = basics.column(DESCR), extras.column(NAME)
    duplexes, masters, ipv6, methods = (
        _optional(agent, oid) for oid in (DUPLEX, AGGREGATE, IPV6_ENABLED, ENCAPSULATION)
    )
    kinds, mtus, macs = basics.column(TYPE), basics.column(MTU), basics.column(PHYS)
    admins, opers, changes = basics.column(ADMIN), basics.column(OPER), basics.column(CHANGE)
    vlans = carried_vlans(agent)
    speeds, high_speeds, aliases = basics.column(SPEED), extras.column(HIGH_SPEED), extras.column(ALIAS)
    return tuple(
        Interface(
            name=names[(index := int(i))],
            index=index,
            alias=text(aliases.get(i)),
            kind=_kind(kinds.get(i)),
            speed_mbps=_mbps(speeds.get(i), high_speeds.get(i)),
            duplex=named(DUPLEXES, duplexes.get(i)),
            mtu=number(mtus.get(i)),
            admin_up=named(STATES, admins.get(i)),
            oper_up=named(STATES, opers.get(i)),
            mac=mac(macs.get(i)),
            last_change_s=_seconds(changes.get(i)),
            aggregate=_aggregate(index, masters.get(i), names),
            vlans=vlans.get(index, ()),
            ipv6_enabled=named(STATES, ipv6.get(i)),
            encapsulation=named(ENCAPSULATIONS, methods.get(i)),
            present=opers.get(i) != NOT_PRESENT and bool(text(names_by_descr.get(i)) or text(names_by_name.get(i))),
        )
        for i in rows
    )


def _maker(agent: Agent) -> tuple[Ports, ...]:
    system = system_group(agent)
    return () if isinstance(system, Missing) else identifying(agent, system).ports()


def _own(table: Table, rules: Ports) -> Iterator[Interface]:
    """Rows of a maker's table: they have no ifIndex, and a name by their place where they bear none."""
    names, aliases, admins, opers = (
        table.column(rules.columns[field]) if field in rules.columns else {}
        for field in ("name", "alias", "admin_up", "oper_up")
    )
    for index in table.indexes():
        yield Interface(
            name=text(names.get(index)) or rules.name.format(*index.split("."), *[""] * 10),
            alias=text(aliases.get(index)),
            kind=rules.kind,
            speed_mbps=rules.speed_mbps,
            admin_up=named(STATES, admins.get(index)),
            oper_up=named(STATES, opers.get(index)),
        )


@reads(Counters)
def counters(agent: Agent) -> Counters | Missing:
    """Octets, errors and discards: 64-bit octets where the agent has them."""
    basics, extras = both(agent, COUNTS)
    rows = _rows(basics.whole(), extras)
    if not rows:
        return lacks("IF-MIB ifTable")
    names = interface_names(agent)
    ins, outs, wide_ins, wide_outs = basics.column(10), basics.column(16), extras.column(HC_IN), extras.column(HC_OUT)
    bad_ins, bad_outs, lost_ins, lost_outs = (basics.column(n) for n in (14, 20, 13, 19))
    packets_in, packets_out = ([extras.column(n) for n in columns] for columns in (HC_PACKETS_IN, HC_PACKETS_OUT))
    anew = extras.column(DISCONTINUITY)
    items = []
    for i in rows:
        wide = i in wide_ins and i in wide_outs
        octets = (wide_ins, wide_outs) if wide else (ins, outs)
        items.append(
            Counter(
                interface=names[int(i)],
                in_octets=number(octets[0].get(i)),
                out_octets=number(octets[1].get(i)),
                in_errors=number(bad_ins.get(i)),
                out_errors=number(bad_outs.get(i)),
                in_discards=number(lost_ins.get(i)),
                out_discards=number(lost_outs.get(i)),
                bits=64 if wide else 32,
                in_packets=summed(column.get(i) for column in packets_in),
                out_packets=summed(column.get(i) for column in packets_out),
                discontinuity_s=_seconds(anew.get(i)),
            )
        )
    ticks = number(agent.scalars([SYS_UPTIME])[SYS_UPTIME])
    return Counters(tuple(items), None if ticks is None else ticks / 100, agent.evidence("IF-MIB::ifXTable"))


def _rows(basics: Table, extras: Table) -> list[str]:
    """Indexes that are an ifIndex. ifXTable only speaks where ifTable is silent: it augments it (RFC 2863)."""
    return [i for i in (basics.indexes() or extras.indexes()) if i.isdigit()]


def _name(short: SnmpValue, long: SnmpValue, index: str) -> str:
    name, descr = text(short), text(long)
    if name is None or descr is None:
        only = name or descr
        return canonical_interface(only) if only else f"ifIndex {index}"
    if not is_interface(descr):  # a layer bears the short name of the interface it lies on
        return descr
    full = canonical_interface(name)
    if (
        len(descr) > len(name)
        and " " not in descr
        and _tail(descr) == _tail(name)
        and descr[0].lower() == name[0].lower()
    ):
        return descr
    return full


def _tail(name: str) -> str:
    """What follows the letters of a name: 1/0/3 of GigabitEthernet1/0/3."""
    return name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_")


def _kind(value: SnmpValue) -> str | None:
    if not isinstance(value, int):
        return None
    return TYPES.get(value) or f"ifType {value}"


def _mbps(speed: SnmpValue, high: SnmpValue) -> float | None:
    """ifHighSpeed in Mbit/s; ifSpeed in bit/s where that is 0 or lacks (RFC 2863 3.1.6)."""
    if isinstance(high, int) and high > 0 and not (high in CEILINGS_MBPS and speed in (CEILING, None)):
        return float(high)
    if isinstance(speed, int) and 0 < speed < CEILING:
        return speed / 1e6
    return None


def summed(values: Iterable[SnmpValue]) -> int | None:
    """The sum of those counters that the agent has; None where it has none of them."""
    known = [n for value in values if (n := number(value)) is not None]
    return sum(known) if known else None


def _seconds(ticks: SnmpValue) -> float | None:
    value = unsigned(ticks)
    return None if value is None else value / 100


def _aggregate(index: int, master: SnmpValue, names: dict[int, str]) -> str | None:
    """The aggregation a port is attached to; an aggregation attached to itself is none."""
    if not isinstance(master, int) or master in {0, index}:
        return None
    return names.get(master)


def _optional(agent: Agent, column: str) -> dict[str, SnmpValue]:
    """A column that adds to the fact; where it cannot be read its field stays None."""
    try:
        return agent.column(column)
    except CollectError:
        return {}
