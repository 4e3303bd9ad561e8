"""Lists of assets by site and name in the order people read them, whatever order devices answered in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import openpyxl
import pytest

from inventory.facts import Interface, Interfaces
from inventory.plan import plan
from inventory.register import NetworkDevice, Register, Site, Tier
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import RunState, Store
from inventory.text import Text
from reports.model import Result

Write = Callable[..., bytes]
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANSWERED = (("srv-10", "town-2"), ("srv-2", "town-10"), ("SRV-1", "town-10"), ("core", None), ("srv-9", "town-2"))
EXPECTED = ["core", "srv-3", "srv-9", "srv-10", "SRV-1", "srv-2"]  # srv-3 of town-2 is only declared


@pytest.fixture(params=[1, -1], ids=["as-listed", "backwards"])
def told(fixed_catalogue: None, store: Store, request: pytest.FixtureRequest) -> Result:
    register = Register(
        sites=(Site(name="town-2", tier=Tier.TOWN), Site(name="town-10", tier=Tier.TOWN)),
        network_devices=(NetworkDevice(asset_no="N-1", name="srv-3", site="town-2"),),
    )
    store.save_register(register, "普查表.xlsx", at=START)
    run = store.create_run("full-audit", started=START)
    for name, site in ANSWERED[:: request.param]:
        record = DeviceRecord(name, "10.0.0.1", State.ANSWERED, START, site=site)
        store.save_device(run, Snapshot(record, {Interfaces: Interfaces((Interface("eth0"),))}))
    store.finish_run(run, RunState.FINISHED, at=START)
    return Result(store, run, plan=plan(), today=date(2026, 11, 24), title=Text("核查", "Audit"))


def test_every_list_of_assets_has_the_same_order(told: Result, written: Write) -> None:
    rows = csv.DictReader(io.StringIO(written("assets-csv", "en", told).decode("utf-8-sig")))
    assert [row["Asset"] for row in rows] == EXPECTED
    book = openpyxl.load_workbook(io.BytesIO(written("workbook", "en", told)), read_only=True)
    listed = {name: [row[0] for row in book[name].iter_rows(min_row=2, values_only=True)] for name in book.sheetnames}
    assert listed["Assets"] == EXPECTED
    asked = [name for name in EXPECTED if name != "srv-3"]
    assert listed["Interfaces"] == asked
    lines = map(json.loads, written("json-lines", "en", told).splitlines())
    assert [line["target"] for line in lines if line["type"] == "device"] == asked
    page = written("html", "en", told).decode().partition('id="census"')[2].partition("</section>")[0]
    places = [page.find(f">{name}<") for name in EXPECTED]
    assert -1 not in places
    assert places == sorted(places)
