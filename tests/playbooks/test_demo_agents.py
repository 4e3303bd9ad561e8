"""The simulated county's agents over real SNMP, SSH, DNS and HTTP on loopback."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncssh
import pytest

from collectors.by_probe import ServiceTarget, probe
from collectors.probes.names import resolver
from collectors.sessions.snmp import Bounds, Engine, open_snmp
from inventory.credentials import Logins
from inventory.errors import CollectError, LoginRefused, Unreachable
from inventory.targets import Target
from playbooks.demo.running import DemoCounty
from playbooks.demo.services import loopback_ipv6

SYS_NAME = "1.3.6.1.2.1.1.5.0"


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoCounty]:
    with DemoCounty() as running:
        yield running


def target(demo: DemoCounty, name: str) -> Target:
    return next(t for t in demo.targets() if t.name == name)


def logins(demo: DemoCounty, **changed: str) -> Logins:
    return Logins(demo.environment() | changed)


@pytest.mark.parametrize("engine", ["gufo", "pysnmp"])
@pytest.mark.parametrize("name", ["core-1", "town-3", "srv-01", "stor-1"])
def test_snmp_answers_in_every_version_in_use(demo: DemoCounty, name: str, engine: Engine) -> None:
    """SHA-256 with AES at the centre, SHA with AES in the field, v2c at the storage arrays."""
    asked = target(demo, name)
    session = open_snmp(str(asked.address), asked.snmp_port, logins(demo).login(asked.login), engine=engine)
    try:
        assert session.get([SYS_NAME]) == {SYS_NAME: name.encode()}
        indexes = [value for _, value in session.walk("1.3.6.1.2.1.2.2.1.1")]
    finally:
        session.close()
    device = next(d for d in demo.county.devices if d.name == name)
    assert indexes == list(range(1, len(device.ports) + 1))


def test_snmp_refuses_a_wrong_key_and_a_wrong_user(demo: DemoCounty) -> None:
    asked = target(demo, "core-1")
    for part, value in (("SNMPV3_AUTH", "sha256:not-the-key"), ("SNMPV3_USER", "nobody")):
        login = logins(demo, **{f"HECHA_LOGIN_CENTRE_{part}": value}).login("centre")
        with pytest.raises(LoginRefused):
            open_snmp(str(asked.address), asked.snmp_port, login, bounds=Bounds(tries=1))


def test_snmp_keeps_silent_to_a_wrong_community_and_where_nobody_is(demo: DemoCounty) -> None:
    wrong = logins(demo, HECHA_LOGIN_STORAGE_COMMUNITY="public").login("storage")
    right = logins(demo).login("centre")
    for name, login in (("stor-1", wrong), ("srv-24", right)):
        asked = target(demo, name)
        with pytest.raises(Unreachable):
            open_snmp(str(asked.address), asked.snmp_port, login, bounds=Bounds(tries=1, timeout_s=0.2))


def test_snmp_survives_bytes_that_are_no_snmp(demo: DemoCounty) -> None:
    asked = target(demo, "core-1")
    soup = [
        bytes(range(256)),
        b"",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x03\x02\x01\x03",
        b"\x30\x82\x00",
        os.urandom(1400),
    ]
    soup += [b"\x30\x0b\x02\x01\x01\x04\x06public" + bytes((tag, 0)) for tag in range(0xA0, 0xA9)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for message in soup:
            sock.sendto(message, (str(asked.address), asked.snmp_port))
    session = open_snmp(str(asked.address), asked.snmp_port, logins(demo).login(asked.login))
    assert session.get([SYS_NAME]) == {SYS_NAME: b"core-1"}
    session.close()


async def shown(demo: DemoCounty, name: str, password: str, *lines: str) -> str:
    asked = target(demo, name)
    async with asyncssh.connect(
        str(asked.address), asked.ssh_port, username="audit01", password=password, known_hosts=None
    ) as connection:
        process = await connection.create_process(term_type="vt100")
        process.stdin.write("".join(f"{line}\n" for line in lines))
        return str(await asyncio.wait_for(process.stdout.read(), 20))


@pytest.mark.parametrize(
    ("name", "lines", "expected"),
    [
        ("core-1", ("screen-length 0 temporary", "display version", "quit"), "NE20E V300R005C10SPC500"),
        ("dept-1", ("screen-length disable", "display version", "quit"), "Release 6126P20"),
        ("srv-01", ("cat /etc/os-release", "exit"), 'ID="openEuler"'),
    ],
)
def test_ssh_gives_the_platforms_command_line(
    demo: DemoCounty, name: str, lines: tuple[str, ...], expected: str
) -> None:
    login = logins(demo).login(target(demo, name).login)
    assert login.password
    assert expected in asyncio.run(shown(demo, name, login.password.reveal(), *lines))


def test_ssh_refuses_a_wrong_password(demo: DemoCounty) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        asyncio.run(shown(demo, "core-1", "not-the-password", "quit"))


def test_ssh_serves_dozens_at_once(demo: DemoCounty) -> None:
    names = [t.name for t in demo.targets() if t.login == "field"]
    login = logins(demo).login("field")
    assert login.password
    word = login.password.reveal()

    async def all_at_once() -> list[str]:
        return await asyncio.gather(*(shown(demo, name, word, "display version", "quit") for name in names))

    answers = asyncio.run(all_at_once())
    assert len(answers) > 40
    assert all(f"<{name}>" in answer for name, answer in zip(names, answers, strict=True))


def test_business_systems_answer_as_planted(demo: DemoCounty) -> None:
    now = datetime.now(UTC)
    for place in (each for each in demo.places if each.system.served):
        old = (place.old_address,) if place.old_address else ()
        found = probe(
            ServiceTarget(place.system.name, url=place.url, old_addresses=old),
            [resolver(each) for each in demo.resolvers],
            now,
        )
        assert found.names is not None
        assert found.names.a == (place.address,)
        assert bool(found.names.aaaa) == place.system.aaaa
        assert found.pages[0].title == place.system.title
        on_six = [p.open for p in found.ports if p.ip.version == 6]
        answers = place.system.wrong_over_ipv6 != "closed"
        assert on_six == ([answers] if place.system.aaaa and loopback_ipv6() else on_six)
        olds = [p.open for p in found.ports if p.role == "old-host"]
        assert olds == ([bool(place.system.old_host)] if old else [])


def test_a_second_county_finds_ports_of_its_own(demo: DemoCounty) -> None:
    with DemoCounty(villages=1) as second:
        assert {second.snmp_port, second.ssh_port}.isdisjoint({demo.snmp_port, demo.ssh_port})
        asked = target(second, "village-01")
        session = open_snmp(str(asked.address), asked.snmp_port, logins(second).login(asked.login))
        assert session.get([SYS_NAME]) == {SYS_NAME: b"village-01"}
        session.close()


def test_workers_share_the_ports(demo: DemoCounty) -> None:
    with DemoCounty(villages=20, workers=2) as second:
        for name in ("core-1", "village-20", "dept-3"):
            asked = target(second, name)
            session = open_snmp(str(asked.address), asked.snmp_port, logins(second).login(asked.login))
            assert session.get([SYS_NAME]) == {SYS_NAME: name.encode()}
            session.close()


def test_nothing_is_left_when_the_county_ends() -> None:
    with DemoCounty(villages=1) as running:
        asked = target(running, "core-1")
        login = logins(running).login("centre")
    with pytest.raises(CollectError):
        open_snmp(str(asked.address), asked.snmp_port, login, bounds=Bounds(tries=1, timeout_s=0.2))


def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import sys, time\nfrom playbooks.demo.running import DemoCounty\n"
        "with DemoCounty(villages=1) as running:\n    print(running.ssh_port, flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        port = int(parent.stdout.readline())
        socket.create_connection(("127.44.0.1", port), timeout=5).close()
        parent.send_signal(signal.SIGKILL)
    assert ended(port), "an agent outlived its parent"


def ended(port: int) -> bool:
    for _ in range(50):
        try:
            socket.create_connection(("127.44.0.1", port), timeout=1).close()
        except OSError:
            return True
        time.sleep(0.1)
    return False
