"""Linux: interfaces, addresses, forwarding, routes, neighbours, transition tunnels, open sockets."""

from __future__ import annotations

import itertools
import re
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_interface

from collectors.base import Answer
from collectors.platforms.base import Got, Read
from collectors.platforms.dialects.linux.text import Json, count, inner, number, objects, parsed, told, word, words
from collectors.templates import rows
from inventory.addresses import IPAddress, mac_address
from inventory.errors import Gap, Missing
from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts import (
    Address,
    Addresses,
    DefaultRoute,
    Forwarding,
    Interface,
    Interfaces,
    Listener,
    Listeners,
    Neighbour,
    Neighbours,
    ResolvedAddress,
    ResolvedAddresses,
    Routes,
)

ADDRESSES, PLAIN_ADDRESSES = "ip -j -d address show", "ip address show"
SPEEDS = "grep . /sys/class/net/*/speed /sys/class/net/*/duplex"
FORWARD4, FORWARD6 = "cat /proc/sys/net/ipv4/ip_forward", "cat /proc/sys/net/ipv6/conf/all/forwarding"
ROUTES4, ROUTES6 = "ip -j -4 route show", "ip -j -6 route show"
PLAIN_ROUTES4, PLAIN_ROUTES6 = "ip -4 route show", "ip -6 route show"
RESOLVED, SOCKETS = "ip -j neigh show", "ss -tulnp"
LLDP = "/usr/sbin/lldpcli -f json show neighbors"

_TUNNELS = frozenset(
    {"gre", "gretap", "ip6gre", "ip6gretap", "sit", "ipip", "ip6tnl", "vxlan", "wireguard", "tun", "vti"}
)
_LAGS = ("bond", "team")
_SHOWN = 400  # characters of a line that evidence quotes
_KINDS = {"vlan": "l2vlan", "bond": "ieee8023adLag", "team": "ieee8023adLag", "bridge": "bridge"}
_PORT_FILE = re.compile(r"^/sys/class/net/(?P<name>[^/\s]+)/(?P<what>speed|duplex):(?P<value>\S+)", re.MULTILINE)


# -- interfaces and addresses ------------------------------------------------------------------------------------


def links(answer: Answer) -> list[Json]:
    """The links of ``ip -j address``; of the plain form as a template reads it, in the same shape."""
    if answer.command == PLAIN_ADDRESSES:
        return [_plain_link(row) for row in rows("linux", "ip_address_show", answer)]
    return [link for link in objects(parsed(answer)) if word(link, "ifname")]


def _plain_link(row: Json) -> Json:
    flags = str(row["flags"]).split(",")
    found: Json = {"ifname": row["name"], "flags": flags, "operstate": row["state"], "link_type": row["link_type"]}
    found |= {
        "ifindex": number(row["index"]),
        "mtu": number(row["mtu"]),
        "address": row["mac"],
        "ifalias": row["alias"],
    }
    return found | {"master": row["master"], "addr_info": [_plain_address(text) for text in row["addresses"]]}


def _plain_address(text: str) -> Json:
    family, _, rest = text.partition(" ")
    ip, _, more = rest.partition(" ")
    local, _, length = ip.partition("/")
    said: Json = dict.fromkeys(more.split(), True)
    return said | {"family": family, "local": local, "prefixlen": number(length)}


def interfaces(answer: Answer, speeds: Got) -> Interfaces:
    """Every link; speed and duplex where the kernel's files tell them."""
    ports: dict[str, dict[str, str]] = {}
    for found in _PORT_FILE.finditer(told(speeds) or ""):
        ports.setdefault(found["name"], {})[found["what"]] = found["value"]
    return Interfaces(tuple(_interface(link, ports) for link in links(answer)), answer.evidence())


def _interface(link: Json, ports: dict[str, dict[str, str]]) -> Interface:
    name = word(link, "ifname") or ""
    info = inner(link, "linkinfo")
    vlan = count(inner(info, "info_data"), "id") if info.get("info_kind") == "vlan" else None
    flags = words(link, "flags")
    port = ports.get(name, {})
    speed = number(port.get("speed"))
    return Interface(
        name,
        index=count(link, "ifindex"),
        alias=word(link, "ifalias"),
        kind=_kind(link, info),
        speed_mbps=float(speed) if speed is not None and speed > 0 else None,  # -1: no link, or no such notion
        duplex=port["duplex"] if port.get("duplex") in ("full", "half") else None,
        mtu=count(link, "mtu"),
        admin_up="UP" in flags if flags else None,
        oper_up=_oper_up(link, flags),
        mac=_mac(link),
        aggregate=word(link, "master") if info.get("info_slave_kind") in _LAGS or "SLAVE" in flags else None,
        vlans=(vlan,) if vlan is not None else (),
        ipv6_enabled=True if any(a.get("family") == "inet6" for a in objects(link.get("addr_info"))) else None,
    )


def _kind(link: Json, info: Json) -> str | None:
    kind = info.get("info_kind")
    if link.get("link_type") == "loopback":
        return "softwareLoopback"
    if kind in _TUNNELS or link.get("link_type") in _TUNNELS:
        return "tunnel"
    if isinstance(kind, str) and kind in _KINDS:
        return _KINDS[kind]
    if "MASTER" in words(link, "flags"):
        return _KINDS["bond"]
    return "ethernetCsmacd" if link.get("link_type") == "ether" else None


def _oper_up(link: Json, flags: list[str]) -> bool | None:
    state = link.get("operstate")
    if state == "UNKNOWN":  # drivers that do not say, as the loopback's: the carrier does
        return "LOWER_UP" in flags
    return {"UP": True, "DOWN": False, "LOWERLAYERDOWN": False, "NOTPRESENT": False}.get(str(state))


def _mac(link: Json) -> str | None:
    mac = mac_address(word(link, "address") or "")
    return None if mac is None or mac == "00:00:00:00:00:00" else mac


def addresses(answer: Answer) -> Addresses:
    """Every address of both families."""
    found = [_address(name, info) for name, info in _assigned(answer)]
    return Addresses(tuple(a for a in found if a is not None), answer.evidence(r"\binet6?\b"))


def _assigned(answer: Answer) -> list[tuple[str, Json]]:
    return [(word(k, "ifname") or "", info) for k in links(answer) for info in objects(k.get("addr_info"))]


def _address(interface: str, info: Json) -> Address | None:
    ip = own_ip(info)
    if ip is None:
        return None
    return Address(interface, ip, count(info, "prefixlen") is not None, _origin(info, ip), _status(info))


def own_ip(info: Json) -> IPv4Interface | IPv6Interface | None:
    """An address of ``addr_info`` with its prefix length; None for anything else."""
    length = count(info, "prefixlen")
    try:
        return ip_interface(f"{word(info, 'local')}/{length}" if length is not None else word(info, "local") or "")
    except ValueError:
        return None


def _origin(info: Json, ip: IPv4Interface | IPv6Interface) -> str:
    if info.get("temporary"):
        return "random"
    if ip.version == 6 and (ip.ip.is_link_local or info.get("protocol") == "kernel_ra" or info.get("mngtmpaddr")):
        return "linklayer"
    return "dhcp" if info.get("dynamic") else "manual"


def _status(info: Json) -> str:
    for flag, status in (("dadfailed", "duplicate"), ("tentative", "tentative"), ("deprecated", "deprecated")):
        if info.get(flag):
            return status
    return "preferred"


# -- forwarding, routes, neighbours -------------------------------------------------------------------------------


def forwarding(ipv4: Answer, ipv6: Got) -> Forwarding:
    """The kernel's switches; a kernel without IPv6 has no file for it and forwards none."""
    if isinstance(ipv6, Missing) and ipv6.gap is Gap.LACKING:
        six: bool | None = False
    else:
        six = _switch(told(ipv6))
    return Forwarding(_switch(ipv4.text), six, (ipv6 if isinstance(ipv6, Answer) else ipv4).evidence(r"^\d"))


def _switch(text: str | None) -> bool | None:
    return {"0": False, "1": True, "2": True}.get((text or "").strip())


def routes(ipv4: Answer, ipv6: Answer) -> Routes:
    """The main tables of both families."""
    four, six = route_table(ipv4), route_table(ipv6)
    learned = sum(route.get("protocol") != "kernel" for route in six)
    defaults = [_default(family, r) for family, table in ((4, four), (6, six)) for r in table if _is_default(r)]
    return Routes(len(four), len(six), learned, tuple(defaults), ipv6.evidence(r"default|::/0"))


def route_table(answer: Answer) -> list[Json]:
    """Routes that lead somewhere, of ``ip -j route`` or of the plain form in the same shape."""
    found = objects(parsed(answer)) if " -j " in answer.command else [_plain_route(line) for line in answer.lines()]
    # Routes that drop lead nowhere; the kernel's own unreachable defaults are among them.
    barren = ("unreachable", "blackhole", "prohibit", "throw")
    return [r for r in found if word(r, "dst") and r.get("type") not in barren and r.get("dev") != "lo"]


def _plain_route(line: str) -> Json:
    words = line.split()
    if not words:
        return {}
    kinds = ("unreachable", "blackhole", "prohibit", "throw", "unicast", "multicast", "anycast", "local", "broadcast")
    kind = words.pop(0) if words[0] in kinds else "unicast"
    after = dict(itertools.pairwise(words[1:]))
    said: Json = {"dst": words[0] if words else "", "type": kind, "dev": after.get("dev")}
    return said | {"gateway": after.get("via"), "protocol": after.get("proto")}


def _is_default(route: Json) -> bool:
    return route.get("dst") in ("default", "0.0.0.0/0", "::/0")


def _default(family: int, route: Json) -> DefaultRoute:
    hops = [route, *objects(route.get("nexthops"))]
    gateways = [*(word(h, "gateway") for h in hops), word(inner(route, "via"), "host")]
    hop = next((ip for text in gateways if text and (ip := any_ip(text)) is not None), None)
    return DefaultRoute(family, hop, next((d for h in hops if (d := word(h, "dev"))), None), word(route, "protocol"))


def any_ip(text: str) -> IPAddress | None:
    """The address in a text, a zone behind it left out; None for anything else."""
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def resolved(answer: Answer) -> ResolvedAddresses:
    """ARP and ND entries; failed ones left out."""
    found = []
    for item in objects(parsed(answer)):
        ip = any_ip(word(item, "dst") or "")
        states = (
            [s for s in item.get("state") or () if isinstance(s, str)] if isinstance(item.get("state"), list) else []
        )
        if ip is not None and word(item, "lladdr"):
            state = "static" if "PERMANENT" in states else states[0].lower() if states else None
            found.append(ResolvedAddress(ip, mac_address(word(item, "lladdr") or ""), word(item, "dev"), state))
    return ResolvedAddresses(tuple(found), answer.evidence())


def neighbours(answer: Answer) -> Neighbours:
    """What lldpd hears by LLDP and CDP."""
    top = parsed(answer)
    ports = objects(inner(top, "lldp").get("interface")) if isinstance(top, dict) else []
    found = [_neighbour(name, item) for port in ports for name, one in port.items() for item in objects(one)]
    return Neighbours(tuple(found), answer.evidence(r'"(name|value)"|"via"'))


def _neighbour(interface: str, item: Json) -> Neighbour:
    chassis = inner(item, "chassis")
    # The name is the key; a neighbour without one has its parts at this level.
    name, parts = next(iter(chassis.items()), ("", {})) if "id" not in chassis else ("", chassis)
    parts = parts if isinstance(parts, dict) else {}
    port = inner(item, "port")
    return Neighbour(
        interface,
        protocol=str(item.get("via", "LLDP")).lower()[:4].rstrip("v"),
        name=name or None,
        chassis_id=word(inner(parts, "id"), "value"),
        port=word(inner(port, "id"), "value"),
        port_descr=word(port, "descr"),
        descr=word(parts, "descr"),
        addresses=tuple(ip for t in words(parts, "mgmt-ip") if (ip := any_ip(t)) is not None),
    )


# -- sockets ------------------------------------------------------------------------------------------------------


def listeners(answer: Answer) -> Listeners:
    """Open TCP and UDP sockets; the process only where the account may see it."""
    return Listeners(tuple(sockets(answer)), answer.evidence())


def sockets(answer: Answer) -> list[Listener]:
    """The rows of ``ss``."""
    found, lines = [], _socket_lines(answer)
    for row in rows("linux", "ss_tulnp", answer):
        port = number(row["port"])
        text = str(row["address"]).partition("%")[0].strip("[]")
        ip = None if text in ("*", "0.0.0.0", "::") else any_ip(text)  # noqa: S104 - what ss prints
        if port is not None and (ip is not None or text in ("*", "0.0.0.0", "::")):  # noqa: S104
            family = ip.version if ip else {"*": None, "0.0.0.0": 4, "::": 6}[text]  # noqa: S104
            shown = lines.get((row["protocol"], f"{row['address']}:{row['port']}"), NO_EVIDENCE)
            found.append(Listener(row["protocol"], port, ip, family, row["process"] or None, shown))
    return found


def _socket_lines(answer: Answer) -> dict[tuple[str, str], Evidence]:
    """The line of each socket, by protocol and local address with port."""
    split = ((at, line, line.split()) for at, line in enumerate(answer.lines(), 1))
    return {
        (cells[0], cells[4]): Evidence(answer.command, (at,), line[:_SHOWN], answer.taken_at, answer.sha256)
        for at, line, cells in split
        if len(cells) > 4
    }


READS = (
    Read(Interfaces, (ADDRESSES, SPEEDS), interfaces, frozenset({SPEEDS})),
    Read(Interfaces, (PLAIN_ADDRESSES, SPEEDS), interfaces, frozenset({SPEEDS})),
    Read(Addresses, (ADDRESSES,), addresses),
    Read(Addresses, (PLAIN_ADDRESSES,), addresses),
    Read(Forwarding, (FORWARD4, FORWARD6), forwarding, frozenset({FORWARD6})),
    Read(Routes, (ROUTES4, ROUTES6), routes),
    Read(Routes, (PLAIN_ROUTES4, PLAIN_ROUTES6), routes),
    Read(ResolvedAddresses, (RESOLVED,), resolved),
    Read(Listeners, (SOCKETS,), listeners),
    Read(Neighbours, (LLDP,), neighbours),
)
AS_ROOT = frozenset({LLDP})
