"""One worker process of the simulated county: SNMP, SSH and, in the first worker, the business systems.

It is told what to be by one line of JSON on its standard input, says ``ready`` on its standard output, and ends
when its standard input does: whatever becomes of the parent, no worker is left behind.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import Process
from collections import OrderedDict
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from playbooks.demo import iperf, services, usm
from playbooks.demo.agent_snmp import Agent, serve_snmp
from playbooks.demo.agent_ssh import serve_ssh
from playbooks.demo.county import county
from playbooks.demo.mib import Table
from playbooks.demo.model import County, Device
from playbooks.demo.name_server import name_servers, serve_names

_TABLES_HELD = 512  # of devices asked last; the tables of thousands would fill the memory


@dataclass(frozen=True, slots=True)
class Access:
    """What one login of the county is made of; never shown."""

    username: str
    password: str
    community: str | None
    user: str | None  # of SNMPv3
    hash: str
    auth: str
    priv: str

    def __repr__(self) -> str:
        return f"Access({self.username})"


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is to do."""

    villages: int
    mended: bool  # the county after its works
    snmp_port: int
    ssh_port: int
    services_port: int
    iperf_port: int | None  # None: nothing is there to test with
    with_services: bool
    started: float  # when the county's devices booted, by the wall clock
    host_key: str
    access: dict[str, Access]

    def line(self) -> str:
        """The orders as one line."""
        return json.dumps(asdict(self)) + "\n"


def orders_from(line: str) -> Orders:
    """The orders of a line that ``Orders.line`` wrote."""
    read = json.loads(line)
    return Orders(**{**read, "access": {name: Access(**parts) for name, parts in read["access"].items()}})


class _Worker:
    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._county: County = county(orders.villages, mended=orders.mended)
        self._agents: OrderedDict[str, Agent] = OrderedDict()

    def device(self, address: str) -> Device | None:
        """The device that answers at an address; None: nobody does."""
        found = self._county.by_address.get(address)
        return found if found and found.answers else None

    def agent(self, address: str) -> Agent | None:
        """The SNMP agent at an address; None: nobody answers."""
        held = self._agents.get(address)
        if held is None:
            device = self.device(address)
            if device is None:
                return None
            held = self._agents[address] = self._built(device)
            if len(self._agents) > _TABLES_HELD:
                self._agents.popitem(last=False)
        else:
            self._agents.move_to_end(address)
        return held

    def _built(self, device: Device) -> Agent:
        access = self._orders.access[device.login]
        engine = usm.engine_id(device.address.packed)
        community = device.hardening.community
        user = usm.User(access.user, access.hash, access.auth, access.priv) if access.user else None
        table = Table(device, engine, self._orders.started)
        return Agent(engine, table, community.encode() if community else None, user, self._orders.started)

    def login(self, device: Device) -> tuple[str, str]:
        """User name and password of a device."""
        access = self._orders.access[device.login]
        return access.username, access.password

    async def run(self) -> None:
        """Serves until standard input ends; OSError when a port is taken."""
        loop = asyncio.get_running_loop()
        orders = self._orders
        serve_snmp(loop, orders.snmp_port, self.agent)
        booted = datetime.fromtimestamp(orders.started, UTC).astimezone()
        await serve_ssh(orders.ssh_port, orders.host_key.encode(), self.device, self.login, booted)
        tested: list[Process] = []
        if orders.with_services:
            await self._serve_systems()
            tested = await iperf.serve_iperf(self._county, orders.iperf_port) if orders.iperf_port else []
        ended = loop.create_future()
        loop.add_reader(sys.stdin.fileno(), _at_end, ended)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await ended
        await iperf.ended(tested)

    async def _serve_systems(self) -> None:
        port = self._orders.services_port
        places = [services.place(system, port) for system in self._county.systems]
        await services.serve_pages(places)
        await serve_names(name_servers(places, port, mended=self._orders.mended))


def _at_end(ended: asyncio.Future[None]) -> None:
    if not os.read(sys.stdin.fileno(), 4096) and not ended.done():
        ended.set_result(None)


def main() -> None:
    """Runs one worker; exits 1 with the reason on standard output when it cannot begin."""
    # Byte by byte up to the newline: what a buffer had swallowed would hide the end of the input later.
    line = bytearray()
    while (octet := os.read(sys.stdin.fileno(), 1)) not in (b"", b"\n"):
        line += octet
    try:
        asyncio.run(_Worker(orders_from(line.decode())).run())
    except OSError as error:
        sys.stdout.write(f"{error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
