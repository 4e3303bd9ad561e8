"""Polling alone finds how IPv6 is carried in the lab: natively, by a tunnel, by a translator, or not at all."""

from __future__ import annotations

import csv
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from plan_of_lab import NODES, why_no_tun
from topology import Lab

from inventory.facts import Reachability
from inventory.paths import Path as Way
from inventory.paths import Paths, Stop
from inventory.register import Link, NetworkDevice, Register, Site, Tier
from inventory.store import Store, StoredNetwork

HECHA = str(Path(sys.executable).with_name("hecha"))


@pytest.fixture(scope="module")
def project(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose run looked for IPv6, everywhere by SNMP and SSH."""
    folder = tmp_path_factory.mktemp("ipv6") / "net"
    assert lab.audit(HECHA, "init", folder, folder=folder.parent).returncode == 0
    (folder / "targets.csv").write_bytes((lab.folder / "targets.csv").read_bytes())
    done = lab.audit(HECHA, "run", "ipv6-readiness", "--out", "reports", folder=folder)
    assert done.returncode in (1, 3), done.stderr
    return folder


@pytest.fixture(scope="module")
def standings(lab: Lab, project: Path) -> dict[str, dict[str, Any]]:
    done = lab.audit(HECHA, "ipv6", "--json", folder=project)
    assert done.returncode == 0, done.stderr
    return {row["name"]: row for row in map(json.loads, done.stdout.splitlines()) if "name" in row}


@pytest.fixture
def tun() -> None:
    """Skips, with the reason, where TUN devices cannot stand; where all is demanded that is a failure."""
    reason = why_no_tun()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(f"the lab's tunnel and translator are demanded here: {reason}")
    if reason:
        pytest.skip(f"no tunnel and no translator: {reason}")


@pytest.mark.usefixtures("tun")
def test_tunnel_and_translator_carry_packets(lab: Lab) -> None:
    """What is found below is really there: branch reaches core1 through the tunnel, core2 an IPv4 address by IPv6."""
    through = lab.run("branch", "ping", "-6", "-c", "2", "-W", "2", "2001:db8:ffff::1")
    assert through.returncode == 0, through.stdout
    translated = lab.run(
        "core2", "ping", "-6", "-c", "2", "-W", "2", "-I", "2001:db8:ffff::2", "2001:db8:0:64::192.0.2.129"
    )
    assert translated.returncode == 0, translated.stdout


@pytest.mark.usefixtures("tun")
def test_each_technique_is_found_and_no_other(standings: dict[str, dict[str, Any]]) -> None:
    told = {name: set(row["techniques"]) - {"ipv6"} for name, row in standings.items() if row["kind"] != "site"}
    assert told == {
        "core1": {"dual-stack", "tun"},
        "core2": {"dual-stack", "nat64"},
        "branch": {"dual-stack", "tun"},
        "fw1": {"dual-stack"},
        "srv1": {"dual-stack"},
        "srv2": {"dual-stack"},
        "island": set(),
    }


def test_island_is_on_no_level_and_the_routers_are_able(standings: dict[str, dict[str, Any]]) -> None:
    """Higher up they are not: all addresses of the lab are of the documentation range."""
    assert standings["island"]["level"] == 0
    assert standings["core1"]["level"] == standings["core2"]["level"] == 1
    assert "ipv6.usable-address" in standings["core1"]["missing"]
    assert {node.name for node in NODES} <= set(standings)


def way(project: Path, start: str, goal: str = "core2") -> Way | None:
    with Store.open(project / "hecha.db", create=False) as store:
        run = next(iter(store.runs())).id
        return Paths(StoredNetwork(store, run)).to([goal], "core").best([start])


@pytest.mark.usefixtures("tun")
def test_way_of_the_branch_leads_over_the_tunnel(project: Path) -> None:
    assert way(project, "branch") == Way("core", ("branch", "core1", "core2"), True)


def test_way_of_the_island_breaks_at_once(project: Path) -> None:
    assert way(project, "island") == Way("core", ("island", "core1", "core2"), False, "island", None, Stop.FORWARDING)


def test_nothing_discouraged_is_found(project: Path) -> None:
    lines = map(json.loads, (project / "reports" / "json-lines.jsonl").read_text(encoding="utf-8").splitlines())
    rows = [line for line in lines if line.get("check") == "ipv6.no-discouraged-transition"]
    assert rows
    assert {row["outcome"] for row in rows} <= {"pass", "not_applicable", "unknown"}


def test_firewall_serves_the_web_over_ipv4_alone(project: Path) -> None:
    """nftables itself tells: port 80 is passed on over IPv4, over IPv6 port 443 is all; nothing is wider."""
    lines = map(json.loads, (project / "reports" / "json-lines.jsonl").read_text(encoding="utf-8").splitlines())
    rows = [line for line in lines if line.get("subject") == "fw1"]
    told = {(line["check"], line["place"]): (line["outcome"], line["values"].get("services")) for line in rows}
    assert told["ipv6.filters-no-narrower", "forward"] == ("fail", "tcp/80")
    assert told["ipv6.filters-no-wider", "forward"][0] == told["ipv6.filters-no-wider", "input"][0] == "pass"
    assert told["ipv6.icmpv6-passes", "input"][0] == "pass"


SITES = Register(
    sites=tuple(Site(name=name, tier=Tier.TOWN) for name in ("core1", "branch", "srv2", "island")),
    network_devices=tuple(
        NetworkDevice(asset_no=name, name=name, site=name) for name in ("core1", "branch", "srv2", "island")
    ),
)
ECHO = """name: reach
title: {zh: 可达性, en: reachability}
collect:
  sources: [snmp, cli]
  echo: {count: 3, per_second: 100}
judge:
  include: [ipv6.site-reached, ipv6.site-latency]
allow_unknown: true
"""


def test_devices_answer_over_both_families_by_the_way_they_agreed_to(lab: Lab, project: Path) -> None:
    """All but srv2 may be sent echo requests; that one is asked by connects. The branch drops those of IPv6, and the
    island has no IPv6 at all."""
    (project / "playbooks").mkdir(exist_ok=True)
    (project / "playbooks" / "reach.yaml").write_text(ECHO, encoding="utf-8")
    with (project / "targets.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (project / "reach.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*rows[0], "tags"])
        writer.writeheader()
        writer.writerows({**row, "tags": "" if row["name"] == "srv2" else "echo"} for row in rows)
    with Store.open(project / "hecha.db", create=False) as store:
        store.save_register(SITES, "lab")
    deaf = ("add", "rule", "inet", "deaf", "in", "icmpv6", "type", "echo-request", "drop")
    lab.run("branch", "nft", "add", "table", "inet", "deaf")
    lab.run("branch", "nft", "add", "chain", "inet", "deaf", "in", "{ type filter hook input priority 0; }")
    assert lab.run("branch", "nft", *deaf).returncode == 0
    try:
        lab.audit(
            HECHA, "run", "reach", "--targets", "reach.csv", "-f", "json-lines", "--out", "reached", folder=project
        )
    finally:
        lab.run("branch", "nft", "delete", "table", "inet", "deaf")
    with Store.open(project / "hecha.db", create=False) as store:
        run = next(iter(store.runs("reach"))).id
        told = {
            name: [(a.ip.version, a.way, a.answered) for a in found.items]
            for name, found in store.each(run, Reachability)
            if isinstance(found, Reachability)
        }
    assert sorted(told["branch"]) == [(4, "icmp", 3), (6, "icmp", 0)]
    for name in ("core1", "core2", "srv1"):
        assert sorted(told[name]) == [(4, "icmp", 3), (6, "icmp", 3)], name
    assert {way for _, way, _ in told["srv2"]} == {"tcp"}
    assert [version for version, _, _ in told["island"]] == [4]
    lines = map(json.loads, (project / "reached" / "json-lines.jsonl").read_text(encoding="utf-8").splitlines())
    verdicts = {(line["check"], line["subject"]): line["outcome"] for line in lines if line["type"] == "finding"}
    reached = {site: outcome for (check, site), outcome in verdicts.items() if check == "ipv6.site-reached"}
    assert reached == {"core1": "pass", "branch": "fail", "srv2": "pass", "island": "not_applicable"}
    assert verdicts["ipv6.site-latency", "core1"] == "pass"


def test_polls_over_both_families_go_before_the_few_requests_of_a_run(lab: Lab, project: Path) -> None:
    """The branch answers pings over IPv6 and takes no connect there: polls tell so over every round, and fail it."""
    links = tuple(
        Link(name=f"{name}-uplink", a_site=name, a_device=name, a_interface="eth1")
        for name in ("core1", "branch", "island")
    )
    (project / "playbooks").mkdir(exist_ok=True)
    playbook = ECHO.replace("name: reach", "name: polled").replace("[snmp, cli]", "[snmp]")
    playbook += "policy: {ipv6: {connects_min: 3}}  # the lab has no day to spare\n"
    (project / "playbooks" / "polled.yaml").write_text(playbook, encoding="utf-8")
    with Store.open(project / "hecha.db", create=False) as store:
        store.save_register(replace(SITES, links=links), "lab")
    shut = ("add", "rule", "inet", "shut", "in", "meta", "nfproto", "ipv6", "tcp", "flags", "syn", "drop")
    lab.run("branch", "nft", "add", "table", "inet", "shut")
    lab.run("branch", "nft", "add", "chain", "inet", "shut", "in", "{ type filter hook input priority 0; }")
    assert lab.run("branch", "nft", *shut).returncode == 0
    polling = ("traffic", "--playbook", "polled", "--every", "1", "--rounds", "3")
    try:
        polled = lab.audit(HECHA, *polling, folder=project)
    finally:
        lab.run("branch", "nft", "delete", "table", "inet", "shut")
    assert polled.returncode == 0, polled.stderr
    done = lab.audit(HECHA, "run", "polled", "-f", "json-lines", "--out", "polled", folder=project)
    assert done.returncode == 0, done.stderr  # the gap is no high one
    lines = map(json.loads, (project / "polled" / "json-lines.jsonl").read_text(encoding="utf-8").splitlines())
    found = {line["subject"]: line for line in lines if line.get("check") == "ipv6.site-reached"}
    told = {site: line["outcome"] for site, line in found.items()}
    assert told == {"core1": "pass", "branch": "fail", "srv2": "pass", "island": "not_applicable"}
    assert found["branch"]["values"]["way"] == "tcp"
    assert "0 of 3" in found["branch"]["evidence"][0]["excerpt"]
