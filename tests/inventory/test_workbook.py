"""The census workbook out and in: what was written comes back, what is wrong is named cell by cell."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Any, get_args, get_origin

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from inventory.errors import ExitCode
from inventory.register import SHEETS, Choice, Column, Link, Register, Server, Site, Tier, Unit, UnitKind, columns
from inventory.workbook.cells import harmless
from inventory.workbook.census import RegisterErrors, read_register, write_register, write_template

Edit = Callable[[Any], None]
NOON = datetime(2021, 3, 5, 12)  # noqa: DTZ001 - a spreadsheet knows no zones


def test_template_is_an_empty_register(tmp_path: Path) -> None:
    write_template(tmp_path / "普查表.xlsx")
    assert read_register(tmp_path / "普查表.xlsx") == Register()
    assert [p.name for p in tmp_path.iterdir()] == ["普查表.xlsx"]


def test_template_helps_whoever_fills_it_in(tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["说明", *(s.text.zh for s in SHEETS)]
    sites = book["站点"]
    assert [c.value for c in sites[1]] == [
        "站点编号*",
        "层级*",
        "站点名称",
        "所属单位",
        "上级站点",
        "地址",
        "IPv6 前缀",
    ]
    assert sites.freeze_panes == "B2"
    assert sites.max_row == 1  # no example that somebody forgets to delete
    rules = {str(v.sqref): v for v in sites.data_validations.dataValidation}
    assert rules["B2:B20000"].formula1 == '"县级,镇级,村级,县直部门,事业单位"'
    assert rules["D2:D20000"].formula1 == "'单位'!$A$2:$A$20000"
    told = {(row[0], row[1]) for row in book["说明"].iter_rows(values_only=True)}
    assert {(s.text.zh, c.zh) for s in SHEETS for c in columns(s.rows)} <= told


def _of(column: Column) -> st.SearchStrategy[Any]:
    hint = column.hint
    if get_origin(hint) is tuple:
        return st.lists(_scalar(column, get_args(hint)[0]), max_size=3).map(tuple)
    return _scalar(column, hint)


def _scalar(column: Column, hint: Any) -> st.SearchStrategy[Any]:
    if isinstance(hint, type) and issubclass(hint, Choice):
        return st.sampled_from(list(hint))
    bounds = {"min_value": int(column.least), "max_value": int(min(column.most, 1e9))}
    by_type: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(max_size=20).map(lambda t: harmless(t).strip()).filter(bool),
        int: st.integers(**bounds),
        float: st.decimals(**bounds, places=3).map(float),  # a sheet keeps 15 digits
        bool: st.booleans(),
        date: st.dates(date(1900, 3, 1), date(9999, 12, 31)),
        IPv4Address: st.ip_addresses(v=4),
        IPv6Address: st.ip_addresses(v=6),
        IPv4Address | IPv6Address: st.ip_addresses(),
        IPv4Network: st.ip_addresses(v=4).map(lambda ip: IPv4Network(f"{ip}/24", strict=False)),
        IPv6Network: st.ip_addresses(v=6).map(IPv6Network),
    }
    return by_type[hint]


@st.composite
def registers(draw: st.DrawFn) -> Register:
    """Registers with every kind of row and value, in order with themselves."""
    made: dict[str, tuple[Any, ...]] = {}
    names: dict[str, list[str]] = {"devices": [], "units": [], "sites": [], "rooms": []}
    for sheet in SHEETS:
        rows = [_row(draw, sheet.rows, names, f"{sheet.attribute}-{n}") for n in range(draw(st.integers(0, 2)))]
        made[sheet.attribute] = tuple(row for row in rows if row)
        names[sheet.attribute] = [row.label for row in made[sheet.attribute]]
        if sheet.rows.__mro__[1].__name__ == "Device":
            names["devices"] += names[sheet.attribute]
    return Register(**made)


def _row(draw: st.DrawFn, cls: type[Any], names: dict[str, list[str]], own: str) -> Any:
    values: dict[str, Any] = {}
    for column in columns(cls):
        if column.refers_to:
            known = names[column.refers_to]
            value = draw(st.sampled_from(known)) if known else None
        elif column.unique or column.name in ("asset_no", "rack_no"):
            value = own
        elif column.name in ("rack", "name", "racks_used", "u_used", "used_tb"):
            value = None
        else:
            value = draw(st.none() | _of(column)) if not column.required else draw(_of(column))
        if value is None and column.required:
            return None
        if value is not None:
            values[column.name] = value
    row = cls(**values)
    return dataclasses.replace(row, z_outside="city", a_device=None, z_device=None) if isinstance(row, Link) else row


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(register=registers())
def test_export_and_import_give_the_equal_register(tmp_path: Path, register: Register) -> None:
    path = tmp_path / "r.xlsx"
    write_register(register, path)
    assert read_register(path) == register


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "#N/A", "007", "1e5", "2021-01-01", "是"]
)
def test_words_that_look_like_something_else_stay_inert_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "r.xlsx"
    register = Register(units=(Unit(name=text, kind=UnitKind.TOWN, contact="a\nb"),))
    write_register(register, path)
    cell = openpyxl.load_workbook(path)["单位"]["A2"]
    assert (cell.data_type, cell.value) == ("s", text)
    assert cell.quotePrefix is text.startswith(("=", "+", "-", "@"))
    assert read_register(path) == register


def test_characters_no_sheet_can_hold_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    write_register(Register(units=(Unit(name="a\x00\x1b\ud800b", kind=UnitKind.TOWN),)), path)
    assert read_register(path).units[0].name == "a���b"


def test_row_says_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    write_register(Register(units=tuple(Unit(name=n, kind=UnitKind.TOWN) for n in "abc")), path)
    evidence = read_register(path).units[2].evidence
    assert (evidence.source, evidence.lines) == ("register 单位", (4,))


COUNTY = Register(
    units=(Unit(name="u", kind=UnitKind.TOWN),),
    sites=(Site(name="s", tier=Tier.COUNTY), Site(name="t", tier=Tier.TOWN)),
    servers=(Server(asset_no="1", name="srv", u_position=3),),
    links=(Link(name="l", a_site="s", z_site="t", contracted_mbps=100.0, start_date=date(2021, 1, 1)),),
)


def edited(tmp_path: Path, edit: Edit, register: Register = COUNTY) -> Path:
    path = tmp_path / "普查表.xlsx"
    write_register(register, path)
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


def refused(path: Path) -> dict[str, str]:
    with pytest.raises(RegisterErrors) as raised:
        read_register(path)
    error = raised.value
    assert error.exit_code is ExitCode.BAD_INPUT
    for problem in error.problems:
        assert problem.text.zh != problem.text.en
        assert f"{problem.where}：{problem.text.zh}" in error.text.zh
        assert f"{problem.where}: {problem.text.en}" in error.text.en
    return {p.where.removeprefix("普查表.xlsx "): p.text.en for p in error.problems}


def put(sheet: str, cell: str, value: object) -> Edit:
    def edit(book: Any) -> None:
        book[sheet][cell] = value

    return edit


@pytest.mark.parametrize(
    ("edit", "where", "said"),
    [
        (put("链路", "K2", "百兆"), "链路!K2", "number"),
        (put("链路", "K2", -1), "链路!K2", "number"),
        (put("链路", "K2", True), "链路!K2", "number"),
        (put("链路", "K2", "=10*10"), "链路!K2", "formula"),
        (put("链路", "K2", "#REF!"), "链路!K2", "#REF!"),
        (put("链路", "N2", "2021-13-01"), "链路!N2", "date"),
        (put("链路", "J2", "同轴"), "链路!J2", "fibre"),
        (put("链路", "B2", None), "链路!B2", "filled in"),
        (put("链路", "B2", "nowhere"), "链路!B2", "nowhere"),
        (put("链路", "C2", "no-device"), "链路!C2", "no-device"),
        (put("服务器", "J2", "10.0.0.256"), "服务器!J2", "IPv4"),
        (put("服务器", "K2", "fe80::1%eth0"), "服务器!K2", "IPv6"),
        (put("服务器", "O2", 2.5), "服务器!O2", "whole"),
        (put("服务器", "O2", 101), "服务器!O2", "1–100"),
        (put("服务器", "F2", NOON), "服务器!F2", "text"),
        (put("服务器", "T2", "maybe"), "服务器!T2", "yes"),
        (put("服务器", "AZ2", "stray"), "服务器!AZ2", "heading"),
        (put("站点", "A3", "s"), "站点!A2", "more than once"),
        (put("站点", "B1", "楼层高度"), "站点!B1", "unknown heading"),
        (put("站点", "C1", "层级"), "站点!C1", "twice"),
        (put("站点", "A1", None), "站点!1:1", "missing"),
    ],
)
def test_bad_cell_is_named(tmp_path: Path, edit: Edit, where: str, said: str) -> None:
    found = refused(edited(tmp_path, edit))
    assert said in found[where]


def test_all_that_is_wrong_is_said_at_once_and_only_that(tmp_path: Path) -> None:
    """A row that is refused does not make those that refer to it wrong as well."""

    def edit(book: Any) -> None:
        book["站点"]["B2"] = "省级"
        book["服务器"]["O2"] = "x"
        book["链路"]["K2"] = "fast"
        book["链路"]["A3"] = "l2"
        book["链路"]["E3"] = "nowhere"

    assert list(refused(edited(tmp_path, edit))) == ["站点!B2", "服务器!O2", "链路!K2", "链路!B3", "链路!E3"]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("2021年3月5日", date(2021, 3, 5)), ("2021/3/5", date(2021, 3, 5)), (NOON, date(2021, 3, 5))],
)
def test_dates_as_people_write_them(tmp_path: Path, value: object, wanted: date) -> None:
    assert read_register(edited(tmp_path, put("链路", "N2", value))).links[0].start_date == wanted


def test_english_headings_and_values_are_understood(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        for sheet in SHEETS:
            book[sheet.text.zh].title = sheet.text.en
            for cell, column in zip(book[sheet.text.en][1], columns(sheet.rows), strict=True):
                cell.value = column.en.upper()
        book["Sites"]["B2"] = "town"

    assert read_register(edited(tmp_path, edit)).sites[0].tier is Tier.TOWN


def test_numbers_typed_as_text_and_text_typed_as_numbers(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        book["链路"]["K2"] = " 100.5 "
        book["服务器"]["A2"] = 1001

    register = read_register(edited(tmp_path, edit))
    assert register.links[0].contracted_mbps == 100.5
    assert register.servers[0].asset_no == "1001"


def test_merged_cells_are_refused(tmp_path: Path) -> None:
    found = refused(edited(tmp_path, lambda book: book["站点"].merge_cells("D2:D3")))
    assert "merged" in found["站点!D2:D3"]


def test_array_formula_is_refused(tmp_path: Path) -> None:
    assert "formula" in refused(edited(tmp_path, put("链路", "K2", ArrayFormula("K2:K2", "=1+1"))))["链路!K2"]


def test_blank_rows_between_are_skipped_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        book["单位"]["A900000"], book["单位"]["B900000"] = "far", "镇"
        book["单位"]["A5"] = "   "

    register = read_register(edited(tmp_path, edit))
    assert [(u.name, u.evidence.lines) for u in register.units] == [("u", (2,)), ("far", (900000,))]


def test_missing_and_unknown_sheets(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        del book["机柜"]
        book.create_sheet("Sheet1")["A1"] = "links"
        book.create_sheet("空")

    found = refused(edited(tmp_path, edit))
    assert list(found) == ["机柜", "Sheet1"]


def test_a_workbook_of_before_goes_without_later_sheets(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        del book["安全区域"]
        del book["账号"]

    register = read_register(edited(tmp_path, edit))
    assert (register.zones, register.accounts) == ((), ())
    assert register.units


@pytest.mark.parametrize("sheet", ["单位", "站点"])
def test_rows_that_refer_to_a_missing_sheet_are_not_blamed(tmp_path: Path, sheet: str) -> None:
    def edit(book: Any) -> None:
        del book[sheet]

    assert list(refused(edited(tmp_path, edit))) == [sheet]


def test_sheets_print_as_wide_as_the_paper_with_their_headings(tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    for page in book:
        assert page.page_setup.orientation == "landscape"
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.fitToHeight == 0
    assert {page.print_title_rows for page in book.worksheets[1:]} == {"$1:$1"}
    assert {book["机柜"].page_setup.paperSize, book["业务系统"].page_setup.paperSize} == {9, 8}
