"""Remedies that hold from the next start of a host, on a virtual machine whose firmware and kernel decide.

An emulated start takes half a minute, and making Debian minutes: ``make test-vm`` alone runs these.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from machine import Machine, make_disk, why_not
from remedied import entered
from shell import Shell
from test_remedies_linux import EVERY, failing, judged

from checks.catalogue import catalogue
from checks.model import Finding, Outcome

pytestmark = [
    pytest.mark.vm,
    pytest.mark.xdist_group("vm"),  # one disk, which is made once
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not os.environ.get("HECHA_TEST_VM"), reason="minutes long: make test-vm"),
]
CHECKS = ("host.boot-trusted", "host.labels-enforced")
TRUSTED, LABELS = (catalogue()[check] for check in CHECKS)


@pytest.fixture(scope="module")
def disk(checkout: Path) -> Path:
    """Debian with its access control turned off on the kernel's line, made once."""
    if reason := why_not():
        pytest.skip(reason)
    made, unfinished = checkout / ".machine", checkout / ".machine.part"
    if not made.exists():
        shutil.rmtree(unfinished, ignore_errors=True)
        make_disk(unfinished, "apparmor=0")
        unfinished.rename(made)
    return made


def found(host: Shell, check_id: str) -> Finding:
    """The one thing that a check says of the host."""
    (finding,) = judged(host, catalogue()[check_id])
    return finding


def test_access_control_and_measurement_hold_from_the_next_start(disk: Path) -> None:
    with Machine(disk) as host:
        before = failing(judged(host, *EVERY))
        assert before.keys() >= set(CHECKS), (before.keys(), judged(host, LABELS))
        commands = [entered(before[check].commands, "linux") for check in CHECKS]
        assert all(each.endswith("\nreboot") for each in commands)
        host.restarted("\n".join((commands[0].removesuffix("\nreboot"), commands[1])))
        assert [found(host, check).outcome for check in CHECKS] == [Outcome.PASS, Outcome.PASS]
        assert failing(judged(host, *EVERY)).keys() <= before.keys()

        host.run("aa-complain /etc/apparmor.d/*")
        finding = found(host, LABELS.id)
        assert (finding.outcome, finding.values["variant"]) == (Outcome.FAIL, "apparmor")
        host.run(entered(finding.commands, "linux"))
        assert found(host, LABELS.id).outcome is Outcome.PASS


def test_selinux_first_records_and_then_enforces(disk: Path) -> None:
    """As on openEuler, RHEL and their like, whose kernels have it as their own."""
    with Machine(disk) as host:
        host.restarted(
            "sed 's/^SELINUX=.*/SELINUX=disabled/' /etc/selinux/config.kept > /etc/selinux/config;"
            "sed -i s/apparmor=0/security=selinux/ /etc/default/grub; update-grub; reboot"
        )
        off = found(host, LABELS.id)
        assert off.outcome is Outcome.FAIL
        host.restarted(entered(off.commands, "linux"))
        records = found(host, LABELS.id)
        assert (records.outcome, records.values["variant"]) == (Outcome.FAIL, "selinux")
        assert records.commands != off.commands
        host.run(entered(records.commands, "linux"))
        assert host.run("getenforce").stdout.strip() == b"Enforcing"
        assert found(host, LABELS.id).outcome is Outcome.PASS


def test_what_the_firmware_vouches_for_is_told(disk: Path) -> None:
    """Turned on in the firmware, where no command reaches: that alone proves the start."""
    with Machine(disk, secure=True) as host:
        finding = found(host, TRUSTED.id)
        assert finding.outcome is Outcome.PASS
        assert host.run("mokutil --sb-state").stdout.startswith(b"SecureBoot enabled")
        assert b"ima_policy" not in host.run("cat /proc/cmdline").stdout
