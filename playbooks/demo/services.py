"""The simulated business systems: web pages on loopback and the name server that tells where they are."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import cast

from playbooks.demo import planted
from playbooks.demo.certificates import server_context
from playbooks.demo.model import System

ZONE = "county.example"
NAME_SERVER = IPv4Address("127.44.3.53")
_SLOW_S = 2.0
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
        return f"{'https' if self.system.tls else 'http'}://{self.host}:{self.port}/"


def place(system: System, first_port: int) -> Place:
    """Where a system answers; each has a port of its own, since ::1 is the only IPv6 address there is."""
    moved_from = IPv4Address(f"127.44.3.{100 + system.number}") if system.moved else None
    on_cloud = 4 if (system.hosted or "").endswith("cloud") and system.name not in planted.AT_HOME else 3
    return Place(system, first_port + system.number, IPv4Address(f"127.44.{on_cloud}.{system.number}"), moved_from)


def page(system: System, path: str = "/", *, over_ipv6: bool = False) -> bytes:
    """The whole HTTP answer of a system: its page, or one that the page links to."""
    wrong = system.wrong_over_ipv6 if over_ipv6 else ""
    if path not in ("/", *system.links) or (path != "/" and wrong == "links"):
        return _http("404 Not Found", "<title>404</title>")
    if wrong == "content":
        return _http("200 OK", "<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>")
    if wrong == "loop":
        return _http("302 Found", "<title>302</title>", "Location: /\r\n")
    links = "".join(f'<a href="{link}">{link}</a>' for link in system.links if path == "/")
    image = f'<img src="http://{system.literal}/logo.png">' if system.literal else ""
    return _http("200 OK", f"<title>{system.title}</title><h1>{system.title}</h1>{links}{image}")


def _http(status: str, content: str, more: str = "") -> bytes:
    body = f"<!doctype html><meta charset=utf-8>{content}\n".encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + more.encode() + b"Connection: close\r\n\r\n" + body


async def serve_pages(places: list[Place]) -> list[asyncio.Server]:
    """Begins to answer for every system; OSError when a port is taken."""
    servers = []
    for where in (place for place in places if place.system.served):
        hosts = [str(where.address)]
        if where.old_address and where.system.old_host_answers:
            hosts.append(str(where.old_address))
        servers.append(await _serve(where, hosts, over_ipv6=False))
        if where.system.aaaa and where.system.wrong_over_ipv6 != "closed" and loopback_ipv6():
            servers.append(await _serve(where, ["::1"], over_ipv6=True))
    return servers


async def _serve(where: Place, hosts: list[str], *, over_ipv6: bool) -> asyncio.Server:
    system = where.system
    strange = over_ipv6 and system.wrong_over_ipv6 == "certificate"
    tls = server_context("test.invalid" if strange else where.host, expired=system.expired) if system.tls else None
    return await asyncio.start_server(_answering(system, over_ipv6=over_ipv6), hosts, where.port, ssl=tls)


def loopback_ipv6() -> bool:
    """Whether this machine has ::1."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


def _answering(
    system: System, *, over_ipv6: bool
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    delay_s = _SLOW_S if over_ipv6 and system.wrong_over_ipv6 == "slow" else 0.0

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            await asyncio.sleep(delay_s)
            path = request.split(b" ", 2)[1].decode("ascii", "replace") if request.count(b" ") > 1 else ""
            writer.write(page(system, path, over_ipv6=over_ipv6))
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
