"""A fleet of equal SNMP agents on loopback, in a process of its own: the simulated county's agent as a filled switch.

``fleet(count)`` yields (addresses, port); every address 127.45.x.y answers COMMUNITY, and the SNMPv3 user of USER
(SHA-256, AES-128), with the same tables.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface

COMMUNITY = "benchmark"
USER, AUTH, PRIV = "benchmark", "authentication", "privacy-word"
PORTS, ADDRESSED, HEARD = 52, 10, 6


@contextmanager
def fleet(count: int) -> Iterator[tuple[list[str], int]]:
    """So many addresses that answer at a port while the context lasts."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen([sys.executable, __file__, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.stdout
        if child.stdout.readline().strip() != b"ready":
            raise SystemExit("the agents did not start")
        yield [str(IPv4Address("127.45.0.1") + n) for n in range(count)], port
    finally:
        if child.stdin:
            child.stdin.close()
        child.wait()


def _serve(port: int) -> None:
    from playbooks.demo import usm
    from playbooks.demo.agent_snmp import Agent, serve_snmp
    from playbooks.demo.mib import Table
    from playbooks.demo.model import LOOPBACK, Device, Heard, Port

    ports = [Port("LoopBack0", 0, LOOPBACK, ipv4=IPv4Interface("127.45.0.1/32"))]
    for n in range(1, PORTS):
        addressed = n <= ADDRESSED
        ports.append(
            Port(
                f"GigabitEthernet0/0/{n}",
                1000,
                description=f"to access {n}",
                ipv4=IPv4Interface(f"10.45.{n}.1/24") if addressed else None,
                ipv6=IPv6Interface(f"fd45:0:0:{n:x}::1/64") if addressed else None,
            )
        )
    heard = tuple(
        Heard(f"GigabitEthernet0/0/{n}", f"access-{n}", "GigabitEthernet0/0/1", f"0245-0000-{n:04x}", "S5735", None)
        for n in range(1, HEARD + 1)
    )
    device = Device(
        "switch", IPv4Address("127.45.0.1"), "huawei_vrp", "access", "site", "S5735-L24T4S-A", 1, "field",
        tuple(ports), heard, gateway4=IPv4Address("10.45.1.2"), gateway6=IPv6Interface("fd45:0:0:1::2/64"),
    )  # fmt: skip
    started = time.time() - 86400
    engine = b"\x80\x00\x07\xdb\x03" + b"\x02" * 6
    user = usm.User(USER, "sha256", AUTH, PRIV)
    agent = Agent(engine, Table(device, engine, started), COMMUNITY.encode(), user, started)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        serve_snmp(loop, port, lambda _: agent)
        ended = loop.create_future()
        loop.add_reader(sys.stdin.fileno(), lambda: ended.done() or ended.set_result(None))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await ended

    asyncio.run(run())


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
