"""The simulated county's name servers: what they know, and how they answer by UDP and TCP, with and without DNS64."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Address, IPv6Address
from typing import cast

from playbooks.demo.services import ZONE, Answering, Place, loopback_ipv6

OVER_IPV4, OVER_IPV6 = IPv4Address("127.44.3.53"), IPv6Address("::1")
_A, _NS, _SOA, _AAAA, _OPT, _IN = 1, 2, 6, 28, 41, 1
_NX, _REFUSED = 3, 5
_OWN, _OF_THE_CLOUD = f"ns.{ZONE}", "ns.domestic-cloud.example"
_KNOWN_IPV4_ALONE = "ipv4only.arpa"  # RFC 7050: by what it gets of IPv6, who asks learns the prefix
_NAT64 = IPv6Address("64:ff9b::")  # of 96 bits, as the firewall's
_TTL_S = 60

Records = Mapping[str, Mapping[int, tuple[bytes, ...]]]  # data by name and kind


def records(places: list[Place]) -> Records:
    """What a name server of the county knows: its zone, and those that are handed on."""
    found: dict[str, dict[int, tuple[bytes, ...]]] = {
        ZONE: _zone(ZONE, _OWN),
        _OWN: {_A: (OVER_IPV4.packed,), _AAAA: (OVER_IPV6.packed,)},
        _OF_THE_CLOUD: {_A: (IPv4Address("127.44.4.53").packed,)},
        _KNOWN_IPV4_ALONE: {_A: (IPv4Address("192.0.0.170").packed, IPv4Address("192.0.0.171").packed)},
    }
    for where in places:
        data = {_A: (where.address.packed,)} | ({_AAAA: (OVER_IPV6.packed,)} if where.system.aaaa else {})
        found[where.host] = data | (_zone(where.host, _OF_THE_CLOUD) if where.system.own_zone else {})
    return found


def _zone(zone: str, server: str) -> dict[int, tuple[bytes, ...]]:
    soa = _name(server) + _name(f"hostmaster.{zone}") + struct.pack("!5I", 1, 3600, 900, 604_800, _TTL_S)
    return {_NS: (_name(server),), _SOA: (soa,)}


def _name(text: str) -> bytes:
    return b"".join(bytes((len(label),)) + label.encode() for label in text.split(".")) + b"\0"


@dataclass(frozen=True, slots=True)
class NameServer:
    """Answers for the county's zone and the few other names that it knows, and refuses all others."""

    known: Records
    dns64: bool = False  # AAAA records are made for names that have none

    def reply(self, query: bytes) -> bytes | None:
        """The answer to one query (RFC 1035, RFC 6891); None for what is no query with one question."""
        if len(query) < 17 or query[2] & 0x80 or query[4:6] != b"\0\1":
            return None
        labels, at = _labels(query)
        if labels is None or at + 4 > len(query):
            return None
        kind = struct.unpack_from("!H", query, at)[0]
        name = ".".join(labels).lower()
        code = 0 if name in self.known else _NX if name.endswith(f".{ZONE}") else _REFUSED
        data = self._data(name, kind)
        option = b"\0" + struct.pack("!HHIH", _OPT, 1232, 0, 0) if _has_option(query[at + 4 :]) else b""
        flags = 0x8400 | (query[2] & 1) << 8 | code
        head = query[:2] + struct.pack("!HHHHH", flags, 1, len(data), 0, bool(option))
        rows = (struct.pack("!HHHIH", 0xC00C, kind, _IN, _TTL_S, len(each)) + each for each in data)
        return head + query[12 : at + 4] + b"".join(rows) + option

    def _data(self, name: str, kind: int) -> tuple[bytes, ...]:
        known = self.known.get(name, {})
        if kind == _AAAA and self.dns64 and not known.get(_AAAA):
            return tuple(_NAT64.packed[:12] + four for four in known.get(_A, ()))
        return known.get(kind, ())


def _labels(query: bytes) -> tuple[list[str] | None, int]:
    labels, at = [], 12
    while at < len(query) and (size := query[at]):
        if size > 63:
            return None, at
        labels.append(query[at + 1 : at + 1 + size].decode("ascii", "replace"))
        at += 1 + size
    return labels, at + 1


def _has_option(rest: bytes) -> bool:
    """Whether an OPT record follows the question: whoever asks speaks EDNS."""
    return rest[:1] == b"\0" and rest[1:3] == struct.pack("!H", _OPT)


# -- where they listen --------------------------------------------------------------------------------------------


class _ByUdp(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._server.reply(data)
        if reply and self._transport:
            self._transport.sendto(reply, addr)


@dataclass(frozen=True, slots=True)
class Listening:
    """A name server at an address."""

    ip: IPv4Address | IPv6Address
    port: int
    server: NameServer = field(repr=False)
    by_tcp: bool = True

    @property
    def shown(self) -> str:
        """As a playbook names it."""
        return f"[{self.ip}]:{self.port}" if self.ip.version == 6 else f"{self.ip}:{self.port}"


def name_servers(places: list[Place], port: int, *, mended: bool) -> tuple[Listening, ...]:
    """The county's name servers. Until the works the one over IPv6 has no TCP, and of the second one's zone the systems
    are missing that have IPv4 alone; DNS64 comes with the works. The second listens beyond the ports of the systems.
    """
    known = records(places)
    lacking = known if mended else {name: data for name, data in known.items() if _AAAA in data or name == ZONE}
    over_ipv4 = Listening(OVER_IPV4, port, NameServer(known))
    if not loopback_ipv6():
        return (over_ipv4,)
    first = Listening(OVER_IPV6, port, NameServer(known, dns64=mended), by_tcp=mended)
    return over_ipv4, first, Listening(OVER_IPV6, port + len(places) + 1, NameServer(lacking, dns64=mended))


async def serve_names(listening: tuple[Listening, ...]) -> list[asyncio.Server]:
    """Begins to answer at every address; OSError when a port is taken."""
    loop, servers = asyncio.get_running_loop(), []
    for each in listening:
        await loop.create_datagram_endpoint(partial(_ByUdp, each.server), (str(each.ip), each.port))
        if each.by_tcp:
            servers.append(await asyncio.start_server(_by_tcp(each.server), str(each.ip), each.port))
    return servers


def _by_tcp(server: NameServer) -> Answering:
    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while size := struct.unpack("!H", await asyncio.wait_for(reader.readexactly(2), 10))[0]:
                reply = server.reply(await asyncio.wait_for(reader.readexactly(size), 10))
                if reply is None:
                    break
                writer.write(struct.pack("!H", len(reply)) + reply)
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    return answered
