"""Throughput tests in the simulated county: real iperf3 servers, one of them behind a line that carries too little."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Iterable

from playbooks.demo.model import County, Device

SECONDS, CAP_MBPS = 1, 200
_AGREED = ("village-05", "village-09")  # who lets its line be loaded
_POLICED_MBPS = {"village-09": 40}  # the carrier polices what it sold
_BEHIND = "127.44.3.201"  # where the server behind such a line stands
_BUFFER = 65_536  # octets under way: what a test has sent has soon arrived
_CHUNK = 16_384


def program() -> str | None:
    """The iperf3 of this machine; None: it has none, and nothing is tested."""
    return shutil.which("iperf3")


def agreed(county: County) -> list[Device]:
    """The devices on which a server listens."""
    return [device for device in county.devices if device.name in _AGREED]


async def serve_iperf(county: County, port: int) -> list[Process]:
    """Begins to serve at that port of each device that agreed; the processes are the caller's to end.

    Raises OSError where a port is taken or iperf3 does not begin.
    """
    servers: list[Process] = []
    try:
        for device in agreed(county):
            mbps = None if county.mended else _POLICED_MBPS.get(device.name)
            servers.append(await _iperf(_BEHIND if mbps else str(device.address), port))
            if mbps:
                await _serve_line(str(device.address), port, mbps)
    except OSError:
        await ended(servers)
        raise
    return servers


async def _iperf(ip: str, port: int) -> Process:
    command = (program() or "iperf3", "-s", "-B", ip, "-p", str(port), "--forceflush")
    server = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    told = server.stdout
    while told and (line := await told.readline()):
        if b"listening" in line:
            return server
    raise OSError(f"iperf3 does not listen at {ip} port {port}")


async def ended(servers: Iterable[Process]) -> None:
    """Ends the servers, and returns when they have."""
    for server in servers:
        with contextlib.suppress(ProcessLookupError):
            server.terminate()
        await server.wait()


# -- a line that is policed ---------------------------------------------------------------------------------------


class _Rate:
    """What a line carries in one direction, by all connections together."""

    def __init__(self, mbps: float) -> None:
        self._octets_per_s = mbps * 1e6 / 8
        self._free_at = 0.0

    async def carry(self, octets: int) -> None:
        """Returns when so much has gone through."""
        now = asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now) + octets / self._octets_per_s
        await asyncio.sleep(self._free_at - now)


async def _serve_line(ip: str, port: int, mbps: float) -> asyncio.Server:
    """Takes connections at a device's address and carries them on to the server behind it."""
    up, down = _Rate(mbps), _Rate(mbps)

    async def carried(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there = _socket()
            await asyncio.get_running_loop().sock_connect(there, (_BEHIND, port))
            far_reader, far_writer = await asyncio.open_connection(sock=there, limit=_BUFFER)
            await asyncio.gather(_along(reader, far_writer, up), _along(far_reader, writer, down))

    sock = _socket()
    sock.bind((ip, port))
    return await asyncio.start_server(carried, sock=sock, limit=_BUFFER)


def _socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        sock.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
    sock.setblocking(False)
    return sock


async def _along(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rate: _Rate) -> None:
    try:
        while octets := await reader.read(_CHUNK):
            await rate.carry(len(octets))
            writer.write(octets)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
