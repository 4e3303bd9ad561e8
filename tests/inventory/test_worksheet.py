"""The worksheet: what register and run disagree on, out to a unit and back as it decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from inventory.deciding import Outcome
from inventory.decisions import WORKSHEET, disputed, strangers
from inventory.facts import Entities, Entity, Fact, Identity, Neighbour, Neighbours
from inventory.reconcile import reconcile
from inventory.register import Link, NetworkDevice, Register, Server, Site, Tier, Unit, UnitKind, columns
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.workbook.census import RegisterErrors, write_register
from inventory.workbook.worksheet import is_worksheet, read_worksheet, write_worksheet

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CORE = NetworkDevice(
    asset_no="N1",
    name="core-1",
    unit="u",
    site="centre",
    serial="SER1",
    model="NE20E",
    mgmt_ip4=IPv4Address("10.0.0.1"),
)
GONE = NetworkDevice(asset_no="N2", name="old-sw", unit="u", site="town", mgmt_ip4=IPv4Address("10.0.0.2"))
COUNTY = Register(
    units=(Unit(name="u", kind=UnitKind.TOWN), Unit(name="v", kind=UnitKind.TOWN)),
    sites=(Site(name="centre", tier=Tier.COUNTY, unit="u"), Site(name="town", tier=Tier.TOWN, unit="v")),
    servers=(Server(asset_no="S1", name="srv", unit="u"),),
    network_devices=(CORE, GONE),
    links=(Link(name="line", a_site="centre", a_device="core-1", z_outside="city"),),
)


def snapshot(target: str, ip: str, *facts: Fact, state: State = State.ANSWERED, site: str | None = None) -> Snapshot:
    return Snapshot(DeviceRecord(target, ip, state, NOW, site=site), {type(fact): fact for fact in facts})


NETWORK = MemoryNetwork(
    [
        snapshot(
            "core",
            "10.0.0.1",
            Identity(serial="SER1", model="AR651", release="V300R019", hostname="core-x"),
            Neighbours((Neighbour("GE0/0/9", "lldp", "ap-9", "aa:bb:cc:dd:ee:ff", None),)),
            site="centre",
        ),
        snapshot("old", "10.0.0.2", state=State.UNREACHABLE),
        snapshot("new", "10.0.0.7", Identity(kind="switch", vendor="Huawei", model="S5735", serial="Q7"), site="town"),
    ]
)
Edit = Callable[[Any, dict[str, int], Any], None]


def written(path: Path, settled: set[tuple[str, str]] = frozenset()) -> Path:  # type: ignore[assignment]
    found = list(reconcile(COUNTY, NETWORK))
    rows = disputed(COUNTY, NETWORK, found, settled, lambda target: date(2026, 11, 1))
    write_worksheet(rows, strangers(COUNTY, NETWORK, found, settled), path)
    return path


def headings(page: Any) -> dict[str, int]:
    return {str(cell.value).rstrip("*"): cell.column for cell in page[1]}


def lines(path: Path, title: str = "核对") -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path)[title].iter_rows(min_row=2, values_only=True))


def decided(path: Path, *rulings: tuple[str, str, dict[str, object]]) -> Path:
    """The file as a unit sends it back: (sheet, what a row begins to be found by, cells by heading)."""
    book = openpyxl.load_workbook(path)
    for title, word, cells in rulings:
        page = book[title]
        at = headings(page)
        row = next(r for r in page.iter_rows(min_row=2) if word in [c.value for c in r])
        for heading, value in cells.items():
            row[at[heading] - 1].value = value
    book.save(path)
    return path


def test_worksheet_lists_what_a_unit_has_to_decide(tmp_path: Path) -> None:
    path = written(tmp_path / "w.xlsx")
    assert is_worksheet(path)
    told = [(row[0], row[3], row[6], row[7], row[8]) for row in lines(path)]
    assert told == [
        ("信息不符", "N1", "型号", "NE20E", "AR651"),
        ("信息不符", "N1", "设备名称", "core-1", "core-x"),
        ("登记表未填", "N1", "系统版本", None, "V300R019"),
        ("登记而未找到", "N2", None, "old-sw", None),
    ]
    assert [(row[0], row[1], row[2], row[5], row[6]) for row in lines(path, "未登记")] == [
        ("new", None, "网络设备", "v", "town"),
        ("ap-9", "core GE0/0/9", None, "u", "centre"),
    ]
    book = openpyxl.load_workbook(path)
    lists = {str(v.sqref): v.formula1 for v in book["核对"].data_validations.dataValidation if v.type == "list"}
    assert lists["K2:K20000"] == '"采用发现值,保留登记值,忽略"'
    lists = {str(v.sqref): v.formula1 for v in book["未登记"].data_validations.dataValidation if v.type == "list"}
    assert lists["C2:C20000"] == '"网络设备,服务器,安全设备,存储"'
    assert lists["N2:N20000"] == '"采用发现值,忽略"'


def test_register_is_no_worksheet(tmp_path: Path) -> None:
    write_register(COUNTY, tmp_path / "r.xlsx")
    assert not is_worksheet(tmp_path / "r.xlsx")


def test_sent_back_untouched_it_changes_nothing(tmp_path: Path) -> None:
    outcome = read_worksheet(written(tmp_path / "w.xlsx"), COUNTY)
    assert outcome.register == COUNTY
    assert (len(outcome.decided), len(outcome.undecided)) == (0, 6)


def round_trip(tmp_path: Path) -> tuple[Path, Outcome]:
    path = decided(
        written(tmp_path / "w.xlsx"),
        ("核对", "型号", {"决定": "采用发现值"}),
        ("核对", "设备名称", {"决定": "采用发现值", "发现值": "core-one", "填写人": "张三"}),
        ("核对", "系统版本", {"决定": "忽略", "原因": "待升级"}),
        ("核对", "old-sw", {"决定": "采用发现值"}),
        ("未登记", "new", {"决定": "采用发现值", "资产编号": "N9"}),
    )
    return path, read_worksheet(path, COUNTY)


def test_decided_rows_and_only_these_are_taken_over(tmp_path: Path) -> None:
    path, outcome = round_trip(tmp_path)
    assert outcome.register.network_devices == (
        replace(CORE, model="AR651", name="core-one"),
        NetworkDevice(
            asset_no="N9", name="new", unit="v", site="town", vendor="Huawei", model="S5735", serial="Q7",
            mgmt_ip4=IPv4Address("10.0.0.7"),
        ),
    )  # fmt: skip
    assert outcome.register.links == (replace(COUNTY.links[0], a_device="core-one"),)  # references move along
    assert outcome.register.servers == COUNTY.servers
    assert [row.key for row in outcome.undecided] == [("undeclared", "ap-9")]
    assert ("empty", "N1 系统版本=V300R019") in {row.key for row in outcome.decided}
    again = read_worksheet(path, outcome.register)
    assert again.register == outcome.register  # the same file twice changes nothing more


def test_what_was_decided_is_not_asked_again(tmp_path: Path) -> None:
    settled = {("conflicting", "N1 型号=AR651"), ("undeclared", "ap-9"), ("not-found", "N2")}
    path = written(tmp_path / "w.xlsx", settled)
    assert [row[6] for row in lines(path)] == ["设备名称", "系统版本"]
    assert [row[0] for row in lines(path, "未登记")] == ["new"]


@pytest.mark.parametrize(
    ("ruling", "where", "said"),
    [
        (("核对", "型号", {"决定": "随便"}), "核对!K2", "take the found value"),
        (("核对", "型号", {"决定": "忽略"}), "核对!L2", "reason"),
        (("核对", "型号", {"决定": "采用发现值", "发现值": None}), "核对!I2", "no value"),
        (("核对", "型号", {"决定": "采用发现值", "登记值": "AR1"}), "核对!H2", "NE20E"),
        (("核对", "型号", {"决定": "采用发现值", "字段": "颜色"}), "核对!G2", "型号"),
        (("核对", "型号", {"决定": "采用发现值", "资产编号": "N77"}), "核对!D2", "N77"),
        (("核对", "型号", {"决定": "采用发现值", "发现值": "=1+1"}), "核对!I2", "formula"),
        (("核对", "型号", {"差异": "也许"}), "核对!A2", "conflicting"),
        (("核对", "设备名称", {"决定": "采用发现值", "发现值": "srv"}), "核对!I3", "more than one device"),
        (("核对", "old-sw", {"发现值": "10.0.0.9"}), "核对!I5", "in the register"),
        (("核对", "old-sw", {"资产编号": "N1"}), "核对!H5", "core-1"),
        (("核对", "系统版本", {"决定": "忽略", "原因": "x", "字段": "型号"}), "核对!K4", "otherwise"),
        (("未登记", "ap-9", {"决定": "忽略", "原因": "x", "发现为": "new"}), "未登记!N3", "otherwise"),
        (("未登记", "new", {"决定": "采用发现值", "资产编号": "N1"}), "未登记!D2", "N1"),
        (("未登记", "new", {"决定": "采用发现值", "所属单位": "无此单位"}), "未登记!F2", "无此单位"),
        (("未登记", "new", {"决定": "采用发现值", "所在站点": "nowhere"}), "未登记!G2", "nowhere"),
        (("未登记", "new", {"决定": "采用发现值", "管理 IPv4": "10.0.0.300"}), "未登记!K2", "IPv4"),
        (("未登记", "ap-9", {"决定": "采用发现值", "资产编号": "N9"}), "未登记!C3", "needed"),
        (("未登记", "ap-9", {"决定": "忽略"}), "未登记!O3", "reason"),
        (("未登记", "ap-9", {"决定": "保留登记值"}), "未登记!N3", "ignore"),
    ],
)
def test_bad_cell_is_named_and_nothing_is_taken(
    tmp_path: Path, ruling: tuple[str, str, dict[str, object]], where: str, said: str
) -> None:
    good = ("核对", "old-sw", {"决定": "采用发现值"}), ("核对", "型号", {"决定": "采用发现值"})
    path = decided(written(tmp_path / "w.xlsx"), *good, ("未登记", "new", {"决定": "采用发现值"}), ruling)
    with pytest.raises(RegisterErrors) as raised:
        read_worksheet(path, COUNTY)
    found = {p.where.removeprefix("w.xlsx "): p.text.en for p in raised.value.problems}
    assert list(found) == [where]
    assert said in found[where]


def test_device_that_others_name_is_not_removed(tmp_path: Path) -> None:
    register = replace(COUNTY, links=(Link(name="line", a_site="town", a_device="old-sw", z_outside="city"),))
    path = decided(written(tmp_path / "w.xlsx"), ("核对", "old-sw", {"决定": "采用发现值"}))
    with pytest.raises(RegisterErrors) as raised:
        read_worksheet(path, register)
    (problem,) = raised.value.problems
    assert problem.where == "w.xlsx 核对!I5"
    assert "Links line" in problem.text.en


def test_columns_of_the_worksheet_are_in_both_languages(tmp_path: Path) -> None:
    path = decided(written(tmp_path / "w.xlsx"), ("核对", "型号", {"决定": "take the found value", "字段": "model"}))
    book = openpyxl.load_workbook(path)
    for sheet in WORKSHEET:
        page = book[sheet.text.zh]
        page.title = sheet.text.en
        for cell, column in zip(page[1], columns(sheet.rows), strict=True):
            cell.value = column.en
    book.save(path)
    assert read_worksheet(path, COUNTY).register.network_devices[0].model == "AR651"


def test_stale_device_has_nothing_to_take(tmp_path: Path) -> None:
    found = list(
        reconcile(COUNTY, MemoryNetwork([snapshot("core", "10.0.0.1")]), stale_before=datetime(2027, 1, 1, tzinfo=UTC))
    )
    rows = list(disputed(COUNTY, NETWORK, found, set(), lambda target: None))
    assert [(row.difference, row.declared) for row in rows] == [("stale", "core-1")]
    write_worksheet(rows, [], tmp_path / "w.xlsx")
    path = decided(tmp_path / "w.xlsx", ("核对", "core-1", {"决定": "采用发现值"}))
    with pytest.raises(RegisterErrors, match="keep or ignore"):
        read_worksheet(path, COUNTY)
    decided(path, ("核对", "core-1", {"决定": "保留登记值"}))
    assert read_worksheet(path, COUNTY).register == COUNTY


def test_further_member_of_a_stack_gets_nothing_of_the_master() -> None:
    members = tuple(Entity(n, None, "chassis", None, None, "S5735", f"SER{n}", None, None, None) for n in (1, 2))
    stack = snapshot("core", "10.0.0.1", Identity(serial="SER1", model="NE20E", hostname="core-1"), Entities(members))
    second = NetworkDevice(asset_no="N5", serial="SER2")
    register = replace(COUNTY, network_devices=(CORE, second))
    found = list(reconcile(register, MemoryNetwork([stack])))
    assert [(each.asset_no, each.matched_by) for each in found if each.target] == [("N1", "serial"), ("N5", "stack")]
    assert list(disputed(register, MemoryNetwork([stack]), found, set(), lambda target: None)) == []
