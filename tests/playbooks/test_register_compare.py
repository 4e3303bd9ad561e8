"""``register compare``, ``register worksheet`` and the way back, by the console script over a stored run."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import openpyxl
import pytest
from console import hecha, refused

from inventory.facts import Identity
from inventory.register import NetworkDevice, Register, Site, Tier, Unit, UnitKind
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import RunState, Store
from inventory.workbook.census import write_register

NOW = datetime.now(UTC)
DEVICES = tuple(
    NetworkDevice(
        asset_no=f"N{n}", name=name, unit=unit, site=site, serial=f"SER{n}", mgmt_ip4=IPv4Address(f"10.0.0.{n}")
    )
    for n, name, unit, site in ((1, "core", "u", "centre"), (2, "edge", "v", "town"), (3, "old", "v", "town"))
)
COUNTY = Register(
    units=(Unit(name="u", kind=UnitKind.TOWN), Unit(name="v", kind=UnitKind.TOWN)),
    sites=(Site(name="centre", tier=Tier.COUNTY, unit="u"), Site(name="town", tier=Tier.TOWN, unit="v")),
    network_devices=DEVICES,
)


def found(target: str, ip: str, serial: str, state: State = State.ANSWERED, days: int = 0, site: str = "") -> Snapshot:
    record = DeviceRecord(target, ip, state, NOW - timedelta(days=days), site=site or None)
    return Snapshot(record, {Identity: Identity(vendor="Huawei", kind="switch", serial=serial)})


def day(days: int) -> str:
    """The day so many days ago, where this machine is."""
    return (NOW - timedelta(days=days)).astimezone().date().isoformat()


@pytest.fixture
def compared(tmp_path: Path) -> Path:
    """A project with two runs: of the second, N2 contradicts, N3 is silent, and one device is nobody's."""
    write_register(COUNTY, tmp_path / "r.xlsx")
    with Store.open(tmp_path / "hecha.db") as store:
        store.save_register(COUNTY, "r.xlsx")
        first = store.create_run("census", started=NOW - timedelta(days=9))
        store.save_device(first, found("old", "10.0.0.3", "SER3", days=9))
        store.finish_run(first, RunState.FINISHED)
        second = store.create_run("census", started=NOW)
        store.save_device(second, found("core", "10.0.0.1", "SER1"))
        store.save_device(second, found("edge", "10.0.0.2", "OTHER"))
        store.save_device(second, found("old", "10.0.0.3", "", State.UNREACHABLE))
        store.save_device(second, found("new", "10.0.0.7", "Q7", site="town"))
        store.finish_run(second, RunState.FINISHED)
    return tmp_path


def test_differences_are_listed_with_both_values(compared: Path) -> None:
    done = hecha("register", "compare", at=compared)
    assert done.returncode == 0, done.stderr
    assert [line.split("\t") for line in done.stdout.splitlines()] == [
        ["conflicting", "v", "town", "edge", "N2", "edge", "serial number", "SER2", "OTHER", ""],
        ["undeclared", "v", "town", "new", "", "new", "", "", "", ""],
        ["not-found", "v", "town", "old", "N3", "old", "", "", day(9), ""],  # the day it last answered
    ]
    assert "matched 1, conflicting 1, undeclared 1, not found 1" in done.stderr
    every = hecha("register", "compare", "--all", "--unit", "u", at=compared).stdout
    assert every.split("\t")[0:5] == ["matched", "u", "centre", "core", "N1"]
    assert "matched" not in hecha("register", "compare", "--unit", "v", at=compared).stdout
    assert "第 2 次运行：一致 1" in hecha("register", "compare", at=compared, lang="zh").stderr


def test_old_finds_are_stale(compared: Path) -> None:
    with Store.open(compared / "hecha.db") as store:
        store.save_device(2, found("core", "10.0.0.1", "SER1", days=40))
    for words, expected in (((), "stale"), (("--stale-after", "90"), "matched")):
        done = hecha("register", "compare", "--all", "--site", "centre", *words, at=compared)
        assert done.stdout.split("\t")[0] == expected


def test_totals_and_json(compared: Path) -> None:
    done = hecha("register", "compare", "--totals", at=compared)
    assert [line.split("\t") for line in done.stdout.splitlines()] == [
        ["u", "centre", "1", "0", "0", "0", "0", "0"],
        ["v", "town", "0", "1", "0", "1", "1", "0"],
    ]
    lines = [json.loads(line) for line in hecha("register", "compare", "--json", at=compared).stdout.splitlines()]
    assert [line["difference"] for line in lines] == ["matched", "conflicting", "undeclared", "not-found"]
    (conflict,) = lines[1]["conflicts"]
    assert conflict == {"field": "serial number", "declared": "SER2", "found": "OTHER", "decision": None}
    assert (lines[3]["last_found"], lines[3]["decision"], lines[0]["last_found"]) == (day(9), None, None)


def test_worksheet_goes_out_to_a_unit_and_comes_back(compared: Path) -> None:
    assert hecha("register", "worksheet", "-o", "v.xlsx", "--unit", "v", at=compared).returncode == 0
    refused(hecha("register", "worksheet", "-o", "v.xlsx", at=compared), "v.xlsx")
    book = openpyxl.load_workbook(compared / "v.xlsx")
    page = book["核对"]
    at = {str(cell.value).rstrip("*"): cell.column - 1 for cell in page[1]}
    rows = list(page.iter_rows(min_row=2))
    assert [(row[at["资产编号"]].value, row[at["字段"]].value) for row in rows] == [
        ("N2", "序列号"), ("N2", "厂商"), ("N3", None),
    ]  # fmt: skip
    assert rows[2][at["最近发现日期"]].value.date().isoformat() == day(9)
    rows[0][at["决定"]].value = "采用发现值"
    rows[2][at["决定"]].value, rows[2][at["原因"]].value = "忽略", "检修"
    book.save(compared / "back.xlsx")
    done = hecha("register", "import", "back.xlsx", at=compared)
    assert done.returncode == 0, done.stderr
    assert "2 rows decided, 2 left open" in done.stderr
    assert "imported as version 2" in done.stderr
    assert "  ~ edge: Serial no." in done.stdout.splitlines()
    assert "  ? undeclared new" in done.stdout.splitlines()
    with Store.open(compared / "hecha.db") as store:
        register = store.register()
        decision = store.decisions()["not-found", "N3"]
    assert register == replace(COUNTY, network_devices=(DEVICES[0], replace(DEVICES[1], serial="OTHER"), DEVICES[2]))
    assert (decision.decision, decision.reason) == ("ignore", "检修")
    assert "no new version" in hecha("register", "import", "back.xlsx", at=compared).stderr
    listed = hecha("register", "compare", "--unit", "v", at=compared).stdout.splitlines()
    assert listed[-1].split("\t")[-1] == "ignore: 检修"
    again = hecha("register", "worksheet", "-o", "again.xlsx", "--unit", "v", at=compared)
    assert "1 rows to compare, 1 undeclared" in again.stderr


def test_bad_cell_takes_nothing_over(compared: Path) -> None:
    assert hecha("register", "worksheet", "-o", "w.xlsx", at=compared).returncode == 0
    book = openpyxl.load_workbook(compared / "w.xlsx")
    page = book["核对"]
    at = {str(cell.value).rstrip("*"): cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        page.cell(row, at["决定"]).value = "采用发现值"
    page.cell(2, at["决定"]).value = "好"
    book.save(compared / "w.xlsx")
    refused(hecha("register", "import", "w.xlsx", at=compared), "w.xlsx 核对!K2", "keep the declared value")
    with Store.open(compared / "hecha.db") as store:
        assert store.register() == COUNTY
        assert store.decisions() == {}


def test_what_cannot_be_compared_is_said(compared: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    refused(hecha("register", "compare", "--unit", "w", at=compared), "--unit w", "u, v")
    refused(hecha("register", "worksheet", "-o", "x.xlsx", "--site", "w", at=compared), "--site w", "town")
    refused(hecha("register", "compare", "--run", "9", at=compared), "9")
    empty = tmp_path_factory.mktemp("empty")
    refused(hecha("register", "compare", at=empty), "hecha run")
    with Store.open(empty / "hecha.db") as store:
        store.finish_run(store.create_run("census"), RunState.FINISHED)
    refused(hecha("register", "compare", at=empty), "no register")
    assert hecha("register", "worksheet", "-o", "w.xlsx", at=compared).returncode == 0
    refused(hecha("register", "import", compared / "w.xlsx", at=empty), "no register")
