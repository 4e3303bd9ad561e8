"""``hecha same``: what a run found to be one device, and a person's decisions on it."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from console import hecha, refused

from inventory.facts import Identity
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import Store

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a run of three targets: one device at two addresses, and a virtual system of it."""
    assert hecha("init", "net", at=tmp_path).returncode == 0
    with Store.open(tmp_path / "net" / "hecha.db") as store:
        run = store.create_run("weekly-census", started=NOW)
        for name, hostname in (("core", "core"), ("core-lo0", "core"), ("tenant", "tenant")):
            identity = Identity(vendor="H3C", model="S10506X", serial="219801A0CNH1", hostname=hostname)
            record = DeviceRecord(name, f"10.0.0.{len(name)}", State.ANSWERED, NOW)
            store.save_device(run, Snapshot(record, {Identity: identity}))
        store.finish_run(run)
    return tmp_path / "net"


def pairs(project: Path) -> dict[tuple[str, ...], str]:
    told = hecha("same", "list", "--json", at=project)
    assert told.returncode == 0, told.stderr
    return {tuple(row["targets"]): row["standing"] for row in map(json.loads, told.stdout.splitlines())}


def test_merged_and_doubtful_pairs_are_listed(project: Path) -> None:
    assert pairs(project) == {
        ("core", "core-lo0"): "merged", ("core", "tenant"): "doubtful", ("core-lo0", "tenant"): "doubtful",
    }  # fmt: skip
    told = hecha("same", "list", at=project, lang="zh").stdout
    assert "序列号 219801A0CNH1" in told
    assert "主机名 core ≠ tenant" in told


def test_decision_counts_from_then_on_and_says_who(project: Path) -> None:
    told = hecha("same", "decide", "tenant", "core", "--apart", "--reason", "虚拟系统", "--by", "王工", at=project)
    assert told.returncode == 0, told.stderr
    assert pairs(project)["core", "tenant"] == "apart"
    assert "王工" in hecha("same", "list", at=project).stdout
    assert hecha("same", "decide", "core", "tenant", "--one", "--reason", "错了", at=project).returncode == 0
    assert pairs(project)["core", "tenant"] == "one"
    assert hecha("same", "withdraw", "tenant", "core", "--reason", "再查", at=project).returncode == 0
    assert pairs(project)["core", "tenant"] == "doubtful"
    refused(hecha("same", "withdraw", "tenant", "core", "--reason", "再查", at=project), "core")


def test_asset_list_says_which_target_stands_for_the_device(project: Path) -> None:
    told = hecha("report", "-f", "assets-csv", "-o", "-", at=project)
    assert told.returncode == 0, told.stderr
    rows = {row["Asset"]: row["Same device as"] for row in csv.DictReader(told.stdout.lstrip("\ufeff").splitlines())}
    assert rows == {"core": "", "core-lo0": "core", "tenant": ""}


def test_what_changed_in_a_device_of_two_addresses_is_told_once(project: Path) -> None:
    with Store.open(project / "hecha.db") as store:
        run = store.create_run("weekly-census", started=NOW)
        for name in ("core-lo0", "core"):
            identity = Identity(vendor="H3C", model="S10508X", serial="219801A0CNH1", hostname="core")
            store.save_device(
                run, Snapshot(DeviceRecord(name, f"10.0.0.{len(name)}", State.ANSWERED, NOW), {Identity: identity})
            )
        store.finish_run(run)
    told = [json.loads(line) for line in hecha("diff", "--json", at=project).stdout.splitlines()]
    assert [(c["event"], c["target"], c["new"]) for c in told] == [
        ("changed", "core", "S10508X"), ("went", "tenant", None),
    ]  # fmt: skip


def test_decision_that_cannot_be_kept_is_refused(project: Path) -> None:
    refused(hecha("same", "decide", "core", "nobody", "--one", "--reason", "x", at=project), "nobody")
    refused(hecha("same", "decide", "core", "core", "--one", "--reason", "x", at=project), "core")
    refused(hecha("same", "decide", "core", "tenant", "--reason", "x", at=project), "--one")
