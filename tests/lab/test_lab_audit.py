"""The product audits real routers, a firewall and servers, end to end, as a user would."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from plan_of_lab import NODES, Node
from topology import Lab

HECHA = str(Path(sys.executable).with_name("hecha"))
Rows = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def project(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project made by ``init``, with the lab's target list."""
    folder = tmp_path_factory.mktemp("audit") / "net"
    made = lab.audit(HECHA, "init", folder, folder=folder.parent)
    assert made.returncode == 0, made.stderr
    (folder / "targets.csv").write_bytes((lab.folder / "targets.csv").read_bytes())
    return folder


@pytest.fixture(scope="module")
def census(lab: Lab, project: Path) -> Rows:
    done = lab.audit(HECHA, "census", "--with", "snmp,cli", "--out", "census.jsonl", folder=project)
    assert done.returncode == 0, done.stderr
    rows = map(json.loads, (project / "census.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["target"]: row for row in rows}


@pytest.fixture(scope="module")
def findings(lab: Lab, project: Path) -> list[dict[str, Any]]:
    done = lab.audit(HECHA, "run", "full-audit", "--out", "reports", folder=project)
    assert done.returncode == 1, done.stderr
    lines = map(json.loads, (project / "reports" / "json-lines.jsonl").read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line["type"] == "finding"]


def outcomes(findings: Iterable[dict[str, Any]], check: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for finding in findings:
        if finding["check"] == check:
            found.setdefault(finding["subject"], set()).add(finding["outcome"])
    return found


@pytest.mark.parametrize("node", NODES, ids=lambda node: str(node.name))
def test_census_names_each_node(census: Rows, node: Node) -> None:
    row = census[node.name]
    assert row["state"] == "answered"
    assert row["platform"] == ("frr" if node.is_router else "linux")
    assert row["hostname"] == node.name
    assert row["release"]
    assert row["interfaces"] == 2 + len(node.ports) + len(node.tuns)
    assert row["neighbours"] == len(node.ports)
    assert row["sources"]["platform"]


@pytest.mark.parametrize("node", NODES, ids=lambda node: str(node.name))
def test_census_lists_every_address_of_both_families(census: Rows, node: Node) -> None:
    ports = (node.management, *node.ports, *node.tuns)
    planned = {str(a) for port in ports for a in port.interfaces()} | set(node.loopback)
    told = set(census[node.name]["ipv4"]) | set(census[node.name]["ipv6"])
    assert planned <= told


def test_both_sources_agree(lab: Lab, project: Path, census: Rows) -> None:
    """By SNMP alone and by SSH alone a node has the same addresses."""
    alone: dict[str, Rows] = {}
    for source in ("snmp", "cli"):
        done = lab.audit(HECHA, "census", "--with", source, folder=project)
        assert done.returncode == 0, done.stderr
        alone[source] = {row["target"]: row for row in map(json.loads, done.stdout.splitlines())}
    for name in census:
        by_snmp, by_cli = alone["snmp"][name], alone["cli"][name]
        assert by_snmp["ipv4"] == by_cli["ipv4"]
        assert {a for a in by_snmp["ipv6"] if a[:4] != "fe80"} == {a for a in by_cli["ipv6"] if a[:4] != "fe80"}
        assert by_snmp["interfaces"] == by_cli["interfaces"]
        # lldpcli asks for root: a plain account is told nothing
        assert by_cli["neighbours"] in (None, by_snmp["neighbours"])
        assert (by_cli["neighbours"] is None) == ("Neighbours" in by_cli["gaps"])


def test_planted_gaps_of_the_second_server_are_found(findings: list[dict[str, Any]]) -> None:
    root_login = outcomes(findings, "host.no-root-login")
    assert root_login["srv2"] == {"fail"}
    assert root_login["srv1"] == {"pass"}
    assert "fail" in outcomes(findings, "snmp.no-default-community")["srv2"]
    assert "fail" not in outcomes(findings, "snmp.no-default-community").get("srv1", set())


def test_packet_filters_are_read_where_the_account_may(findings: list[dict[str, Any]]) -> None:
    """fw1 and srv2 are audited as root; on srv1 a plain account is not shown the rules, which is no pass."""
    judged = outcomes(findings, "host.packet-filter-default-deny")
    assert judged["fw1"] == {"pass"}
    assert judged["srv2"] == {"fail"}
    assert judged["srv1"] == {"unknown"}


def test_routers_prove_their_ipv6_neighbours(findings: list[dict[str, Any]]) -> None:
    judged = outcomes(findings, "ipv6.adjacency-up")
    assert judged["core1"] == judged["core2"] == {"pass"}
    assert outcomes(findings, "ipv6.forwarding-on")["core1"] == {"pass"}


def test_evidence_of_a_gap_is_the_line_itself(lab: Lab, findings: list[dict[str, Any]]) -> None:
    gap = next(f for f in findings if f["check"] == "host.no-root-login" and f["subject"] == "srv2")
    excerpt = " ".join(e["excerpt"] for e in gap["evidence"]).lower()
    assert "permitrootlogin yes" in excerpt
    assert gap["commands"]


def test_remedy_makes_the_check_pass(lab: Lab, project: Path, findings: list[dict[str, Any]]) -> None:
    """The printed commands, typed on the real server, mend what was found; then they are taken back."""
    gap = next(f for f in findings if f["check"] == "host.no-root-login" and f["subject"] == "srv2")
    before = lab.run("srv2", "sh", "-c", "cat /etc/ssh/sshd_config; ls /etc/ssh/sshd_config.d").stdout
    assert before
    saved = lab.run("srv2", "sh", "-c", "rm -rf /run/ssh.before && cp -a /etc/ssh /run/ssh.before")
    assert saved.returncode == 0, saved.stderr
    try:
        typed = gap["commands"].replace("systemctl reload sshd", "true").replace("systemctl reload ssh", "true")
        done = lab.run("srv2", "sh", "-c", typed)
        assert done.returncode == 0, done.stderr
        again = lab.audit(
            HECHA, "run", "level3-protection", "--only", "srv2", "-f", "json-lines", "--out", "again", folder=project
        )
        assert again.returncode in (0, 1, 3), again.stderr
        lines = map(json.loads, (project / "again" / "json-lines.jsonl").read_text(encoding="utf-8").splitlines())
        mended = [x for x in lines if x["type"] == "finding" and x["check"] == "host.no-root-login"]
        assert [f["outcome"] for f in mended] == ["pass"]
    finally:
        lab.run("srv2", "sh", "-c", "rm -rf /etc/ssh/* && cp -a /run/ssh.before/. /etc/ssh/")


def test_nothing_is_written_to_a_device(lab: Lab, census: Rows, findings: list[dict[str, Any]]) -> None:
    """After a census and an audit the routers' configuration is what it was, and no node has a file of ours."""
    for node in NODES:
        home = lab.run(
            node.name, "sh", "-c", "find /home/audit /root /etc -newer /proc/1/exe -name '*hecha*' 2>/dev/null"
        )
        assert home.stdout == ""
    running = lab.run("core1", "vtysh", "-c", "show running-config").stdout
    written = (lab.folder / "core1" / "etc" / "frr" / "frr.conf").read_text()
    assert "router ospf6" in running
    assert "router ospf6" in written


def test_a_wrong_password_is_tried_once_and_no_account_is_worn_out(lab: Lab, project: Path) -> None:
    wrong = {"HECHA_LOGIN_LAB_PASSWORD": "not-the-password", "XDG_STATE_HOME": str(project / "fresh")}
    folder = project.parent / "elsewhere"
    folder.mkdir()
    targets = str(project / "targets.csv")
    done = lab.audit(HECHA, "census", "-t", targets, "--with", "cli", folder=folder, environment=wrong)
    assert done.returncode == 3, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    refused = [row for row in rows if row["state"] in ("refused", "withheld")]
    failures = sum(
        lab.run(node.name, "sh", "-c", "cat /var/log/sshd.log /log/* 2>/dev/null").stdout.count(
            "Failed password for audit"
        )
        for node in NODES
    )
    assert refused
    assert failures <= 3


def test_default_route_that_leads_out_is_found_and_no_other(
    lab: Lab, project: Path, findings: list[dict[str, Any]]
) -> None:
    assert outcomes(findings, "census.one-egress") == {"network": {"pass"}}
    stranger = "198.51.100.200"  # an address of the network that no device of it has
    (project / "playbooks" / "routes.yaml").write_text(_BY_SHELL, encoding="utf-8")  # agents remember their routes
    lab.run("core1", "ip", "route", "add", "default", "via", stranger)
    try:
        done = lab.audit(HECHA, "run", "routes", "--out", "later", folder=project)
    finally:
        lab.run("core1", "ip", "route", "delete", "default", "via", stranger)
    assert done.returncode == 1, done.stderr
    lines = map(json.loads, (project / "later" / "json-lines.jsonl").read_text(encoding="utf-8").splitlines())
    found = [line for line in lines if line.get("check") == "census.one-egress"]
    assert [(line["outcome"], line["place"], line["values"]["via"]) for line in found] == [
        ("fail", "core1 eth0", stranger)
    ]


_BY_SHELL = """\
name: routes
title: {zh: 默认路由, en: Default routes}
collect: {sources: [cli]}
judge: {families: [census], include: [census.one-egress]}
reports: [json-lines]
"""
