"""The lab stands as planned, and real agents answer the SNMP sessions that an audit uses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from plan_of_lab import NODES, Node
from topology import Lab

SYS_NAME, IF_DESCR, LLDP_SYS_NAME = "1.3.6.1.2.1.1.5", "1.3.6.1.2.1.2.2.1.2", "1.0.8802.1.1.2.1.4.1.1.9"
NEIGHBOURS = {"island": {"core1", "branch"}, "branch": {"island"}} | {
    "core1": {"core2", "island"},
    "core2": {"core1", "fw1"},
    "fw1": {"core2", "srv1", "srv2"},
    "srv1": {"fw1"},
}


def asked(lab: Lab, folder: Path, address: str, engine: str = "gufo") -> dict[str, list[str]]:
    probe = str(Path(__file__).with_name("lab_probe.py"))
    done = lab.audit(
        sys.executable, probe, address, "lab", engine, SYS_NAME, IF_DESCR, LLDP_SYS_NAME, folder=folder, timeout=60
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, list[str]] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("node", NODES, ids=lambda node: str(node.name))
def test_agent_tells_name_interfaces_and_neighbours(lab: Lab, folder: Path, node: Node) -> None:
    told = asked(lab, folder, node.address)
    assert told[SYS_NAME] == [node.name]
    assert set(told[IF_DESCR]) == {"lo", "eth0", *(port.name for port in (*node.ports, *node.tuns))}
    assert set(told[LLDP_SYS_NAME]) == NEIGHBOURS.get(node.name, {"fw1"})


def test_agent_answers_over_ipv6(lab: Lab, folder: Path) -> None:
    assert asked(lab, folder, NODES[1].address6)[SYS_NAME] == ["core2"]


def test_both_engines_hear_the_same(lab: Lab, folder: Path) -> None:
    assert asked(lab, folder, NODES[2].address, "pysnmp") == asked(lab, folder, NODES[2].address, "gufo")


def test_routers_hold_routes_of_both_families(lab: Lab) -> None:
    assert "O>* 203.0.113.4/30" in lab.run("core1", "vtysh", "-c", "show ip route ospf").stdout
    assert "O>* 2001:db8:0:23::/64" in lab.run("core1", "vtysh", "-c", "show ipv6 route ospf6").stdout


def test_firewall_drops_what_it_does_not_allow(lab: Lab) -> None:
    """SSH to a server is allowed on the out-of-band side only; from core2 through the firewall nothing comes back."""
    reach = ("timeout", "2", "bash", "-c", "exec 3<>/dev/tcp/192.0.2.2/22 && head -c 4 <&3")
    assert lab.run("core2", *reach).returncode != 0
    from_firewall = lab.run("fw1", "nft", "list", "chain", "inet", "border", "forward").stdout
    assert "counter packets 0 bytes 0 drop" not in from_firewall.replace("\n", " ").split("border-drop")[1][:60]


def test_servers_differ_in_what_an_audit_must_find(lab: Lab) -> None:
    settings = {name: lab.run(name, "/usr/sbin/sshd", "-T").stdout for name in ("srv1", "srv2")}
    assert "permitrootlogin no\n" in settings["srv1"]
    assert "permitrootlogin yes\n" in settings["srv2"]


def test_audit_account_logs_in_by_key(lab: Lab, folder: Path) -> None:
    options = ("-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={folder}/known", "-o", "BatchMode=yes")
    key = lab.logins["HECHA_LOGIN_LABROOT_SSH_KEY"]
    done = lab.audit("ssh", "-i", key, *options, f"audit@{NODES[0].address}", "vtysh -c 'show version'", folder=folder)
    assert "FRRouting" in done.stdout


def test_nothing_is_left_of_a_lab(tmp_path: Path, lab: Lab) -> None:
    """A second lab beside the first takes down itself and nothing else."""
    with Lab(tmp_path / "second", "hecha-second") as second:
        held = [second.space(node.name) for node in NODES]
        spaces = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
        assert all(space in spaces for space in held)
    spaces = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    assert "hecha-second" not in spaces
    assert lab.space("core1") in spaces
