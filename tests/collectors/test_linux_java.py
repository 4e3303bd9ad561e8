"""Java programs are told by the properties they were started with, here on this machine; nothing else of them is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from shown import Shown

from collectors.by_cli import facts_by_cli
from collectors.platforms.catalogue import platforms
from collectors.platforms.dialects.linux.system import JAVA, UNITS
from inventory.errors import Missing
from inventory.facts import Fact, RunningServices

SECRET = "not-to-be-seen"
UNIT = "  sshd.service loaded active running OpenSSH server daemon\n"


def running(**said: str) -> Fact | Missing:
    linux = platforms()["linux"]
    answers = {command: text for command, text in ((UNITS, said.get("units")), (JAVA, said.get("java"))) if text}
    shown = Shown(linux, answers)
    return facts_by_cli(shown, linux, [RunningServices], datetime(2026, 1, 1, tzinfo=UTC))[RunningServices]


@contextmanager
def started(*properties: str) -> Iterator[None]:
    """A program with such properties on its command line, and a password."""
    code = "import sys; print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, *properties, f"--password={SECRET}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout
        program.stdout.readline()
        try:
            yield
        finally:
            program.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("properties", "product"),
    [
        (("-Dtongweb.home=/opt/TongWeb7.0", "-Dcatalina.home=/opt/TongWeb7.0"), "tongweb"),
        (("-Dcom.bes.instanceRoot=/opt/BES",), "bes-appserver"),
        (("-Dcom.cvicse.inforsuite.home=/opt/IAS",), "inforsuite"),
        (("-Dcom.apusic.domain.home=/opt/AAS",), "apusic"),
        (("-Dcom.primeton.home=/opt/PAS",), "primeton"),
        (("-Dweblogic.Name=AdminServer",), "weblogic"),
    ],
)
def test_product_is_told_and_no_parameter(properties: tuple[str, ...], product: str) -> None:
    with started(*properties):
        done = subprocess.run(["bash", "-c", JAVA], capture_output=True, text=True, check=False)
    assert SECRET not in done.stdout
    assert "/opt" not in done.stdout
    told = running(units=UNIT, java=done.stdout)
    assert isinstance(told, RunningServices)
    assert {"sshd", product} <= set(told.items)


def test_command_does_not_find_itself() -> None:
    done = subprocess.run(["bash", "-c", f"{JAVA}; true"], capture_output=True, text=True, check=False)
    assert "[" not in done.stdout


def test_tomcat_is_told_where_nothing_built_upon_it_is() -> None:
    assert running(units=UNIT, java="-Dcatalina\n") == RunningServices(("sshd", "tomcat"))
    assert running(units=UNIT, java="-Dcatalina\n-Dcom.bes\n") == RunningServices(("bes-appserver", "sshd"))


def test_host_without_systemd_tells_its_java_programs_and_no_more() -> None:
    assert running(java="-Dtongweb\n") == RunningServices(("tongweb",))
    assert isinstance(running(), Missing)
    assert running(units=UNIT) == RunningServices(("sshd",))
