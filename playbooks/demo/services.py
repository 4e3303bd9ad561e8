"""The simulated business systems: their web pages on loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv6Address

from playbooks.demo.certificates import server_context
from playbooks.demo.model import System

ZONE = "county.example"
_SLOW_S = 2.0
Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


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
    on_cloud = 4 if (system.hosted or "").endswith("cloud") and not system.at_home else 3
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


def _leads_to(where: Place, _: str) -> bytes:
    """What an old host answers that only leads to where the system runs now."""
    return _http("301 Moved Permanently", "<title>301</title>", f"Location: {where.url}\r\n")


def _http(status: str, content: str, more: str = "") -> bytes:
    body = f"<!doctype html><meta charset=utf-8>{content}\n".encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + more.encode() + b"Connection: close\r\n\r\n" + body


async def serve_pages(places: list[Place]) -> list[asyncio.Server]:
    """Begins to answer for every system; OSError when a port is taken."""
    servers = []
    for where in (place for place in places if place.system.served):
        system = where.system
        servers.append(await _serve(where, where.address, _page_of(system, over_ipv6=False)))
        if where.old_address and system.old_host:
            leads = _answering(partial(_leads_to, where))
            old = _page_of(system, over_ipv6=False) if system.old_host == "page" else leads
            servers.append(await _serve(where, where.old_address, old))
        if system.aaaa and system.wrong_over_ipv6 != "closed" and loopback_ipv6():
            name = "test.invalid" if system.wrong_over_ipv6 == "certificate" else where.host
            servers.append(await _serve(where, IPv6Address("::1"), _page_of(system, over_ipv6=True), name))
    return servers


async def _serve(where: Place, ip: IPv4Address | IPv6Address, answering: Answering, name: str = "") -> asyncio.Server:
    tls = server_context(name or where.host, expired=where.system.expired) if where.system.tls else None
    return await asyncio.start_server(answering, str(ip), where.port, ssl=tls)


def loopback_ipv6() -> bool:
    """Whether this machine has ::1."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


def _page_of(system: System, *, over_ipv6: bool) -> Answering:
    delay_s = _SLOW_S if over_ipv6 and system.wrong_over_ipv6 == "slow" else 0.0
    return _answering(lambda path: page(system, path, over_ipv6=over_ipv6), delay_s)


def _answering(told: Callable[[str], bytes], delay_s: float = 0.0) -> Answering:
    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            await asyncio.sleep(delay_s)
            path = request.split(b" ", 2)[1].decode("ascii", "replace") if request.count(b" ") > 1 else ""
            writer.write(told(path))
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    return answered
