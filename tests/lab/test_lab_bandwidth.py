"""A shaper on a real router: 100 Mbit/s are paid for, tc lets 20 through; the audit finds it and nothing else."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from plan_of_lab import NODES
from topology import Lab

from inventory.register import Link, LinkKind, NetworkDevice, Register, Site, Tier
from inventory.store import Store
from playbooks.project import project_at

HECHA = str(Path(sys.executable).with_name("hecha"))
ROUNDS = 5
PLAYBOOK = """\
name: tiers
title: {zh: 带宽分级, en: Bandwidth tiers}
collect: {sources: [snmp, cli]}
judge: {families: [bandwidth]}
policy: {bandwidth: {load_samples_min: 3, connects_min: 3}}  # the lab has no hours to spare
"""
TESTED = """\
name: tested
title: {{zh: 实测, en: Throughput}}
collect:
  sources: [snmp]
  active_test: {{servers: [{servers}], window: "00:00-23:59", cap_mbps: 120, seconds: 2}}
judge: {{include: [bandwidth.test-reaches-tier]}}
"""


def register() -> Register:
    """Two lines with a contract of 100 Mbit/s each: core2 to the firewall, the firewall to a server."""
    sites = {"core2": "centre", "fw1": "border", "srv1": "servers"}
    ends = {"border-uplink": ("fw1", "eth1", "core2", "eth2"), "servers-uplink": ("srv1", "eth1", "fw1", "eth2")}
    return Register(
        sites=(
            Site(name="centre", tier=Tier.TOWN),
            Site(name="border", tier=Tier.DEPARTMENT),
            Site(name="servers", tier=Tier.INSTITUTION),
        ),
        network_devices=tuple(NetworkDevice(asset_no=name, name=name, site=site) for name, site in sites.items()),
        links=tuple(
            Link(
                name=name,
                a_site=sites[near],
                a_device=near,
                a_interface=near_port,
                z_site=sites[far],
                z_device=far,
                z_interface=far_port,
                provider="lab",
                kind=LinkKind.FIBRE,
                contracted_mbps=100.0,
            )
            for name, (near, near_port, far, far_port) in ends.items()
        ),
    )


@contextmanager
def shaper(lab: Lab, node: str, port: str) -> Iterator[None]:
    """A token bucket that lets 20 Mbit/s out of a port; skips, with the reason, where the kernel has none."""
    rate = ("rate", "20mbit", "burst", "32kb", "latency", "50ms")
    made = lab.run(node, "tc", "qdisc", "add", "dev", port, "root", "tbf", *rate)
    if made.returncode:
        pytest.skip(f"this kernel has no token bucket: {made.stderr.strip()}")
    try:
        yield
    finally:
        lab.run(node, "tc", "qdisc", "del", "dev", port, "root")


@contextmanager
def served(lab: Lab, node: str, table: str) -> Iterator[None]:
    """An iperf3 server on a node, and the way to it through its filter."""
    rule = ("rule", "inet", table, "input")
    opened = lab.run(node, "nft", "--echo", "--handle", "insert", *rule, "tcp", "dport", "5201", "accept")
    handle = opened.stdout.rpartition("handle ")[2].strip()
    assert lab.run(node, "iperf3", "-s", "-D", "-I", "/run/iperf3.pid").returncode == 0
    try:
        yield
    finally:
        lab.run(node, "pkill", "-F", "/run/iperf3.pid")
        assert lab.run(node, "nft", "delete", *rule, "handle", handle).returncode == 0


@pytest.fixture(scope="module")
def shaped(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with that register, while core2 shapes what it sends to the firewall."""
    with shaper(lab, "core2", "eth2"):
        folder = tmp_path_factory.mktemp("bandwidth") / "net"
        done = lab.audit(HECHA, "init", folder, folder=folder.parent)
        assert done.returncode == 0, done.stderr
        (folder / "targets.csv").write_bytes((lab.folder / "targets.csv").read_bytes())
        (folder / "playbooks" / "tiers.yaml").write_text(PLAYBOOK, encoding="utf-8")
        with Store.open(project_at(folder).database) as store:
            store.save_register(register(), "lab")
        yield folder


def findings(folder: Path) -> list[dict[str, Any]]:
    lines = map(json.loads, (folder / "out" / "json-lines.jsonl").read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line["type"] == "finding"]


def test_shaper_is_found_and_nothing_else(lab: Lab, shaped: Path) -> None:
    polled = lab.audit(HECHA, "traffic", "--every", "1", "--rounds", str(ROUNDS), folder=shaped)
    assert polled.returncode == 0, polled.stderr
    done = lab.audit(HECHA, "run", "tiers", "-f", "json-lines", "--out", "out", folder=shaped)
    assert done.returncode == 1, done.stderr
    found = findings(shaped)
    failing = {
        (f["check"], f["subject"]) for f in found if f["outcome"] == "fail" and f["check"].startswith("bandwidth.")
    }
    assert failing == {
        ("bandwidth.shaper-meets-tier", "border-uplink"),
        ("bandwidth.evidence-agrees", "border-uplink"),
        ("bandwidth.site-reaches-tier", "border"),
    }
    disagrees = next(f for f in found if (f["check"], f["outcome"]) == ("bandwidth.evidence-agrees", "fail"))
    assert disagrees["place"] == "outbound rate limit on core2 eth2"
    assert any("rate 20Mbit" in evidence["excerpt"] for evidence in disagrees["evidence"])
    told = {f["subject"]: f["outcome"] for f in found if f["check"] == "bandwidth.latency-in-limits"}
    assert told == {"border-uplink": "pass", "servers-uplink": "pass"}
    spare = {f["subject"]: f["outcome"] for f in found if f["check"] == "bandwidth.headroom"}
    assert spare == {"border-uplink": "pass", "servers-uplink": "pass"}


@pytest.mark.skipif(shutil.which("iperf3") is None, reason="iperf3 is not installed")
def test_throughput_is_tested_where_both_sides_agreed(lab: Lab, shaped: Path) -> None:
    """The server's own line is shaped to 20 Mbit/s and has to carry 50; the firewall's carries what it should."""
    addresses = {node.name: node.address for node in NODES}
    servers = ", ".join(addresses[name] for name in ("fw1", "srv1"))
    (shaped / "playbooks" / "tested.yaml").write_text(TESTED.format(servers=servers), encoding="utf-8")
    with (shaped / "targets.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (shaped / "agreed.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*rows[0], "tags"])
        writer.writeheader()
        writer.writerows({**row, "tags": "iperf3"} for row in rows)
    with served(lab, "fw1", "border"), served(lab, "srv1", "host"), shaper(lab, "srv1", "eth0"):
        done = lab.audit(
            HECHA, "run", "tested", "--targets", "agreed.csv", "-f", "json-lines", "--out", "out", folder=shaped
        )
    assert done.returncode == 1, done.stderr
    told = {f["subject"]: f["outcome"] for f in findings(shaped) if f["check"] == "bandwidth.test-reaches-tier"}
    assert told == {"border-uplink": "pass", "servers-uplink": "fail"}
