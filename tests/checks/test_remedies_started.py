"""Remedies that hold from the next start of a host, and those of its ports, on an emulated machine with its own kernel.

An emulated start takes half a minute, and making Debian minutes: ``make test-vm`` alone runs these.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from machine import Machine, is_made, make_disk, why_not
from remedied import entered
from shell import Shell
from test_remedies_between_hosts import judged_between
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
# Of the port at the end of a link: fixed at what is too little, and an aggregation of which a member is shut.
PORT_CHECKS = ("bandwidth.full-duplex", "bandwidth.port-meets-tier")
OF_LINKS = (*PORT_CHECKS, "bandwidth.members-up")
TRUSTED, LABELS = (catalogue()[check] for check in CHECKS)


@pytest.fixture(scope="module")
def disk(checkout: Path) -> Path:
    """Debian with its access control turned off on the kernel's line, made once."""
    if reason := why_not():
        pytest.skip(reason)
    made, unfinished = checkout / ".machine", checkout / ".machine.part"
    if not is_made(made):
        shutil.rmtree(made, ignore_errors=True)
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


_PORT = """
port=$(basename /sys/bus/pci/drivers/e1000e/*/net/*)
ip link set $port name lan0; ip link set lan0 up
ethtool -s lan0 speed 10 duplex half autoneg off
"""
_AGGREGATION = """
ip link set lan0 down; ip link set lan0 name lan9
modprobe bonding max_bonds=0; ip link add lan0 type bond mode balance-xor miimon 100
for n in 0 1; do
    ip link add port$n type veth peer name far$n; ip link set far$n up; ip link set port$n master lan0
done
ip link set lan0 up; ip link set port1 down
"""
_CARRIER = "timeout 60 sh -c 'until [ $(cat /sys/class/net/{}/carrier) = {} ]; do sleep 0.2; done'"


def test_ports_negotiate_again_and_members_come_up(disk: Path) -> None:
    with Machine(disk) as host:
        assert host.run(_PORT + _CARRIER.format("lan0", 1)).returncode == 0
        commands = {mended(host, check) for check in PORT_CHECKS}
        assert commands == {"ethtool -s lan0 autoneg on"}
        host.run(f"{commands.pop()}\n{_CARRIER.format('lan0', 0)}; {_CARRIER.format('lan0', 1)}")
        passes(host, *PORT_CHECKS)

        host.run(_AGGREGATION)
        members = OF_LINKS[-1]
        host.run(mended(host, members))
        passes(host, members)


def mended(host: Shell, check_id: str) -> str:
    """The commands of the one gap that a check finds at the end of the link."""
    found = judged_between([host], check_id)
    assert [finding.outcome for finding in found] == [Outcome.FAIL], found
    return found[0].commands


def passes(host: Shell, *check_ids: str) -> None:
    found = [finding for check in check_ids for finding in judged_between([host], check)]
    assert {finding.outcome for finding in found} == {Outcome.PASS}, found
