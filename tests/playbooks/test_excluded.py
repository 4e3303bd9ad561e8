"""What ``discovery.exclude`` names is asked by no command: a listener there hears nothing."""

from __future__ import annotations

import json
import re
import select
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest
from console import await_, hecha, refused, started

from inventory.register import BusinessSystem, Register, Unit, UnitKind
from inventory.workbook.census import write_register

LOGIN = {"HECHA_LOGIN_DEFAULT_COMMUNITY": "public", "HECHA_LOGIN_DEFAULT_USERNAME": "a"} | {
    "HECHA_LOGIN_DEFAULT_PASSWORD": "b"
}
SPARED = "127.61.0.7"


class Ear:
    """Hears whatever comes to the address, by TCP and UDP at one port."""

    def __init__(self, held: ExitStack) -> None:
        self._tcp = held.enter_context(socket.socket())
        self._tcp.bind((SPARED, 0))
        self._tcp.listen()
        self.port: int = self._tcp.getsockname()[1]
        self._udp = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self._udp.bind((SPARED, self.port))

    @property
    def heard(self) -> bool:
        return bool(select.select([self._tcp, self._udp], [], [], 0.2)[0])


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    with ExitStack() as held:
        ear = Ear(held)
        lines = ["name,address,snmp_port,ssh_port", "near,127.61.0.1,9,9", f"spared,{SPARED},{ear.port},{ear.port}"]
        (tmp_path / "targets.csv").write_text("\n".join(lines) + "\n")
        (tmp_path / "hecha.yaml").write_text("discovery:\n  exclude: [127.61.0.4-127.61.0.9]\n")
        yield ear


@pytest.mark.parametrize("words", [["census"], ["run", "weekly-census"], ["traffic", "--rounds", "1"], ["doctor"]])
@pytest.mark.parametrize(("lang", "said"), [("en", "is refused"), ("zh", "拒绝采集")])
def test_excluded_target_is_refused_with_file_and_line(
    tmp_path: Path, ear: Ear, words: list[str], lang: str, said: str
) -> None:
    done = hecha(*words, at=tmp_path, env=LOGIN, lang=lang)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    for expected in ("targets.csv", SPARED, said, "discovery.exclude", "127.61.0.4-127.61.0.9"):
        assert expected in done.stderr
    assert re.search(r"\b3\b", done.stderr)
    assert not ear.heard


def test_listed_elsewhere_or_written_as_ipv6_it_stays_excluded(tmp_path: Path, ear: Ear) -> None:
    (tmp_path / "few.yaml").write_text(f"- address: 127.61.0.1\n- address: '::ffff:{SPARED}'\n")
    refused(hecha("census", "-t", "few.yaml", at=tmp_path, env=LOGIN), "few.yaml", "line 2")
    done = hecha("run", "full-audit", "-t", "few.yaml", "--only", "127.61.0.1", at=tmp_path, env=LOGIN)
    refused(done, "few.yaml", "line 2")
    assert not ear.heard


def test_captures_of_an_excluded_device_may_be_read(tmp_path: Path, ear: Ear) -> None:
    (tmp_path / "captures").mkdir()
    (tmp_path / "captures" / "spared.cfg").write_text("sysname spared\nreturn\n")
    done = hecha("census", "--replay", "captures", at=tmp_path)
    assert done.returncode in (0, 3), done.stderr
    assert len(done.stdout.splitlines()) == 2
    assert not ear.heard


def test_the_same_without_the_exclusion_is_heard(tmp_path: Path, ear: Ear) -> None:
    """The listener is no dummy."""
    (tmp_path / "hecha.yaml").write_text("discovery:\n  exclude: [127.61.0.4]\n")
    with started("census", "--with", "cli", at=tmp_path, env=LOGIN) as process:
        await_(lambda: ear.heard)
        process.kill()  # the listener never answers


def imported(folder: Path, *systems: BusinessSystem) -> subprocess.CompletedProcess[str]:
    write_register(
        Register(units=(Unit(name="U", kind=UnitKind.COUNTY_DEPT),), systems=systems), folder / "filled.xlsx"
    )
    done = hecha("register", "import", "filled.xlsx", at=folder)
    assert done.returncode == 0, done.stderr
    return done


def test_business_system_at_an_excluded_address_is_not_probed(tmp_path: Path, ear: Ear) -> None:
    serving = BusinessSystem(name="OA", unit="U", url=f"http://{SPARED}:{ear.port}/")
    moved = BusinessSystem(name="FIN", unit="U", addresses=(ip_address("127.61.0.1"),), port=9)
    moved = replace(moved, old_address=ip_address(SPARED), old_port=ear.port)
    imported(tmp_path, serving, moved)
    done = hecha("census", "--with", "probe", at=tmp_path)
    assert done.returncode == 3, done.stderr
    told = {row["system"]: json.dumps(row["facts"]) for row in map(json.loads, done.stdout.splitlines())}
    assert all("excluded" in facts and SPARED in facts for facts in told.values())
    assert set(told) == {"OA", "FIN"}
    assert not ear.heard


def test_excluded_name_server_is_not_asked(tmp_path: Path, ear: Ear) -> None:
    settings = tmp_path / "hecha.yaml"
    settings.write_text(settings.read_text() + f"resolvers: ['{SPARED}:{ear.port}']\n")
    (tmp_path / "targets.csv").write_text("address\n127.61.0.1\n")
    imported(tmp_path, BusinessSystem(name="OA", unit="U", url="http://oa.example/"))
    done = hecha("census", "--with", "probe", at=tmp_path)
    assert "excluded" in done.stdout, done.stderr
    looked = hecha("doctor", "--offline", at=tmp_path)
    assert looked.returncode == 3
    assert f"resolver {SPARED}:{ear.port}: {SPARED} is refused" in looked.stdout
    assert not ear.heard


@pytest.mark.parametrize("words", [["census"], ["list", "runs"], ["doctor", "--offline"]])
def test_exclusion_that_cannot_be_understood_stops_every_command(tmp_path: Path, words: list[str]) -> None:
    """Nothing goes on as though nothing were excluded."""
    (tmp_path / "targets.csv").write_text("address\n127.61.0.1\n")
    (tmp_path / "hecha.yaml").write_text("discovery:\n  exclude: [127.61.0.4/24]\n")
    refused(hecha(*words, at=tmp_path, env=LOGIN), "hecha.yaml:2: discovery.exclude 127.61.0.4/24")
