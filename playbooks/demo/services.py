"""The simulated business systems: web pages on loopback and the name server that tells where they are."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import cast

from playbooks.demo.model import System

ZONE = "county.example"
NAME_SERVER = IPv4Address("127.44.3.53")
_A, _AAAA, _IN, _NX, _REFUSED = 1, 28, 1, 3, 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a system answers."""

    system: System
    port: int
    address: IPv4Address
    old_address: IPv4Address | None

    @property
    def host(self) -> str:
        """Its name in DNS."""
        return f"{self.system.name}.{ZONE}"

    @property
    def url(self) -> str:
        """Its page."""
        return f"http://{self.host}:{self.port}/"


def place(system: System, first_port: int) -> Place:
    """Where a system answers; each has a port of its own, since ::1 is the only IPv6 address there is."""
    moved_from = IPv4Address(f"127.44.3.{100 + system.number}") if system.moved else None
    on_cloud = 4 if system.hosted.endswith("cloud") else 3
    return Place(system, first_port + system.number, IPv4Address(f"127.44.{on_cloud}.{system.number}"), moved_from)


def page(system: System) -> bytes:
    """The whole HTTP answer of a system."""
    body = f"<!doctype html><meta charset=utf-8><title>{system.title}</title><h1>{system.title}</h1>\n".encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body


async def serve_pages(places: list[Place]) -> list[asyncio.Server]:
    """Begins to answer for every system; OSError when a port is taken."""
    servers = []
    for where in places:
        hosts = [str(where.address)]
        if where.old_address and where.system.old_host_answers:
            hosts.append(str(where.old_address))
        if where.system.aaaa and loopback_ipv6():
            hosts.append("::1")
        servers.append(await asyncio.start_server(_answering(page(where.system)), hosts, where.port))
    return servers


def loopback_ipv6() -> bool:
    """Whether this machine has ::1."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


def _answering(content: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            writer.write(content)
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    return answered


def records(places: list[Place]) -> dict[str, tuple[bytes, bytes | None]]:
    """A and AAAA data by name."""
    six = IPv6Address("::1").packed
    return {p.host: (p.address.packed, six if p.system.aaaa else None) for p in places}


class NameServer(asyncio.DatagramProtocol):
    """Answers A and AAAA questions for the county's zone, and refuses all others."""

    def __init__(self, known: Mapping[str, tuple[bytes, bytes | None]]) -> None:
        self._known = known
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self.reply(data)
        if reply and self._transport:
            self._transport.sendto(reply, addr)

    def reply(self, query: bytes) -> bytes | None:
        """The answer to one query (RFC 1035); None for what is no query with one question."""
        if len(query) < 17 or query[2] & 0x80 or query[4:6] != b"\0\1":
            return None
        labels, at = _labels(query)
        if labels is None or at + 4 > len(query):
            return None
        kind = struct.unpack_from("!H", query, at)[0]
        name = ".".join(labels).lower()
        found = self._known.get(name)
        code = 0 if found else _NX if name.endswith(ZONE) else _REFUSED
        data = {_A: found[0], _AAAA: found[1]}.get(kind) if found else None
        head = query[:2] + struct.pack("!HHHHH", 0x8400 | (query[2] & 1) << 8 | code, 1, 1 if data else 0, 0, 0)
        record = struct.pack("!HHHIH", 0xC00C, kind, _IN, 60, len(data)) + data if data else b""
        return head + query[12 : at + 4] + record


def _labels(query: bytes) -> tuple[list[str] | None, int]:
    labels, at = [], 12
    while at < len(query) and (size := query[at]):
        if size > 63:
            return None, at
        labels.append(query[at + 1 : at + 1 + size].decode("ascii", "replace"))
        at += 1 + size
    return labels, at + 1
