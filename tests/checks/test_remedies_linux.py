"""Remedies of hosts, run by a shell on a host: real files, sshd, usermod, nft and routes; and FRR's read by vtysh.

Where a gap needs it, systemd starts and stops the services of the host; elsewhere the files that a program is started
with are what is read.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from entering import with_commands
from host_gaps import GAPS as SET
from host_gaps import HostGap
from host_gaps_routers import GAPS as ROUTERS
from host_gaps_running import GAPS as RUNNING
from remedied import NOW, entered
from sandbox import Sandbox, why_not
from shell import Shell

from checks.catalogue import catalogue
from checks.commands import in_language
from checks.evaluate import Terms, evaluate_device
from checks.model import Check, Finding, Outcome, SubjectKind, placeholders
from checks.policies import policies_from
from collectors.by_cli import facts_by_cli
from inventory.snapshot import DeviceRecord, Snapshot, State

GAPS = (*SET, *RUNNING, *ROUTERS)
POLICIES = {"logs": {"collectors": ["10.88.0.50"]}}


def missing(program: str) -> bool:
    """Whether a program that a gap needs is not here."""
    return shutil.which(program) is None and not Path(f"/usr/sbin/{program}").exists()


@pytest.fixture
def host(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A host of its own for each gap."""
    gap = getattr(request, "param", None)
    booted = isinstance(gap, HostGap) and "systemd" in gap.needs
    if reason := why_not(booted=booted):
        pytest.skip(reason)
    if isinstance(gap, HostGap) and (lacking := [each for each in gap.needs if each != "systemd" and missing(each)]):
        pytest.skip(f"not installed: {', '.join(lacking)}")
    name = gap.platform if isinstance(gap, HostGap) else "linux"
    with Sandbox(tmp_path, booted=booted, name=name) as sandbox:
        sandbox.run("rm -rf /var/lib/apt/lists/*")  # the machine's own, and long to read
        yield sandbox


EVERY = tuple(check for check in catalogue().values() if check.subject is SubjectKind.DEVICE)


def judged(host: Shell, *checks: Check, role: str = "") -> list[Finding]:
    """What the checks say of all that the host tells."""
    kinds = list(dict.fromkeys(kind for check in checks for kind in check.facts))
    host.look()
    facts = facts_by_cli(host, host.platform, kinds, NOW)
    record = DeviceRecord("h1", "10.0.0.1", State.ANSWERED, NOW, host.platform.name, role=role)
    terms = Terms(checks, date(2026, 1, 1), policies=policies_from(POLICIES))
    return list(evaluate_device(Snapshot(record, facts), terms))


def failing(findings: list[Finding]) -> dict[str, Finding]:
    """A finding of each check that fails."""
    return {finding.check: finding for finding in findings if finding.outcome is Outcome.FAIL}


@pytest.mark.parametrize(
    ("host", "gap"), [(gap, gap) for gap in GAPS], ids=[f"{g.check} {g.form}".strip() for g in GAPS], indirect=["host"]
)
def test_the_remedy_mends_the_host(host: Sandbox, gap: HostGap) -> None:
    """The gap is found, its commands are run, it is gone; what they turn on works, and nothing else got worse."""
    made = host.run(gap.make)
    own = catalogue()[gap.check]  # by itself: some are about network devices, which FRR makes of a host
    before = failing(judged(host, *EVERY, role=gap.role))
    failed = [f for f in judged(host, own, role=gap.role) if f.outcome is Outcome.FAIL]
    assert failed, (made, judged(host, own, role=gap.role))
    for finding in failed:
        commands = finding.commands
        for words, value in gap.put.items():
            commands = commands.replace(words, value)
        commands = entered(commands, "linux")
        assert not re.findall(r"<[a-z][^<>]*>", in_language(commands, "en")), commands
        done = host.run(commands, gap.typed)
        assert b"syntax error" not in done.stderr.lower(), done
    works = host.run(gap.works)
    assert works.returncode == 0, (done, works)
    left = judged(host, own, role=gap.role)
    assert [f for f in left if f.outcome is Outcome.FAIL] == [], (done, left)
    assert any(f.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE) for f in left), (done, left)
    after = failing(judged(host, *EVERY, role=gap.role))
    worse = after.keys() - before.keys() - gap.worsens
    assert not worse, (done, [after[check] for check in worse])


FRR = [
    (check.id, check.remedy.commands[name])
    for check in catalogue().values()
    for name in check.remedy.commands
    if name == "frr" and "configure terminal" in check.remedy.commands[name]
]


@pytest.mark.parametrize(("check_id", "commands"), FRR, ids=[check_id for check_id, _ in FRR])
def test_frr_understands_its_remedies(check_id: str, commands: str, tmp_path: Path) -> None:
    """vtysh reads the remedied configuration with each daemon's grammar and applies nothing (vtysh(1), -C)."""
    if shutil.which("vtysh") is None:
        pytest.skip("no vtysh")
    values = {name: "eth0" if name in ("place", "interface") else "1" for name in placeholders(commands)}
    text = with_commands("frr", "hostname r1\ninterface eth0\n", entered(commands.format(**values)))
    (tmp_path / "frr.conf").write_text(text, encoding="utf-8")
    told = subprocess.run(
        ["vtysh", "-C", "-f", str(tmp_path / "frr.conf")], capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode == 0, (text, told)
    (tmp_path / "frr.conf").write_text(f"{text}no such command\n", encoding="utf-8")
    refused = subprocess.run(["vtysh", "-C", "-f", str(tmp_path / "frr.conf")], capture_output=True, check=False)
    assert refused.returncode != 0, "it takes anything"


def test_accounts_still_find_their_names(host: Sandbox) -> None:
    """Guarding files takes nothing from those that everybody has to read."""
    host.run("chmod 666 /etc/shadow /etc/passwd")
    for finding in judged(host, catalogue()["host.files-guarded"]):
        host.run(finding.commands)
    assert host.run("stat -c %a /etc/passwd /etc/shadow").stdout.split() == [b"644", b"640"]


def test_nothing_of_it_reaches_this_machine(host: Sandbox) -> None:
    before = Path("/etc/login.defs").read_bytes()
    host.run("echo gone > /etc/login.defs; nft add table inet thrown_away")
    assert Path("/etc/login.defs").read_bytes() == before
    shown = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=False)
    assert "thrown_away" not in shown.stdout
