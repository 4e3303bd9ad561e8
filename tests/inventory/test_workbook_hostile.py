"""Workbooks that nobody should open: each is refused in words, within bounds, and nothing is left half-written."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from inventory.errors import InputError
from inventory.register import Register, Unit, UnitKind
from inventory.workbook.census import RegisterErrors, read_register, write_register, write_template


def _refusal(path: Path) -> str:
    with pytest.raises(InputError) as raised:
        read_register(path)
    assert not isinstance(raised.value, RegisterErrors)
    assert path.name in raised.value.text.zh
    return raised.value.text.en


def test_another_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "x.xlsx")
    assert "not the census workbook" in _refusal(tmp_path / "x.xlsx")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not an .xlsx"),
        (b"name,address\n1,2\n", "not an .xlsx"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "save it as .xlsx"),
        (b"PK\x03\x04" + b"\xff" * 500, "not an .xlsx"),
    ],
)
def test_file_that_is_no_workbook(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "x.xlsx").write_bytes(content)
    assert said in _refusal(tmp_path / "x.xlsx")


def test_file_that_is_not_there(tmp_path: Path) -> None:
    assert "cannot be read" in _refusal(tmp_path / "x.xlsx")
    assert "cannot be read" in _refusal(tmp_path)


def test_zip_without_a_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "not an .xlsx" in _refusal(tmp_path / "x.xlsx")


def test_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_template(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as part:
        for _ in range(210):
            part.write(b"\0" * 1_000_000)
    assert path.stat().st_size < 1_000_000
    assert "too large" in _refusal(path)


def test_more_parts_than_any_workbook_has(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(2_001):
            archive.writestr(f"p{n}", "")
    assert "too large" in _refusal(path)


def _sheet_replaced(path: Path, xml: bytes) -> None:
    """The same workbook with other content in its sheet of units, which is the second."""
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part, xml if part.filename == "xl/worksheets/sheet2.xml" else old.read(part))
    path.write_bytes(content.getvalue())


_SHEET = (
    b'<?xml version="1.0"?>%s<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData>%s</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<worksheet",
        b"\xff\xfe\x00",
        _SHEET % (b"", b'<row r="x"><c r="A1"><v>1</v></c></row>'),
        _SHEET % (b"", b'<row r="1"><c r="A1" t="s"><v>999999</v></c></row>'),
        _SHEET % (b"", b'<row r="1"><c r="1A"><v>1</v></c></row>'),
        _SHEET % (b"", b'<row r="1"><c r="A1" t="n"><v>x</v></c></row>'),
        _SHEET % (b'<!DOCTYPE w [<!ENTITY a "x">]>', b'<row r="1"><c r="A1" t="str"><v>&a;</v></c></row>'),
        _SHEET % (b"", b'<row r="99999999999"><c r="A99999999999" t="str"><v>x</v></c></row>'),
    ],
)
def test_sheet_that_no_program_wrote(tmp_path: Path, xml: bytes) -> None:
    path = tmp_path / "普查表.xlsx"
    write_template(path)
    _sheet_replaced(path, xml)
    with pytest.raises(InputError):
        read_register(path)


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "普查表.xlsx"
    write_template(path)
    levels = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    row = b'<row r="1"><c r="A1" t="str"><v>&a9;</v></c></row>'
    _sheet_replaced(path, _SHEET % (b'<!DOCTYPE w [<!ENTITY a0 "lol">' + levels + b"]>", row))
    assert "damaged" in _refusal(path)


def test_so_many_problems_that_reading_stops(tmp_path: Path) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" t="str"><v>u</v></c></row>' % (n, n) for n in range(2, 15_000))
    head = b'<row r="1"><c r="A1" t="str"><v>name</v></c><c r="B1" t="str"><v>kind</v></c></row>'
    path = tmp_path / "普查表.xlsx"
    write_template(path)
    _sheet_replaced(path, _SHEET % (b"", head + rows))
    with pytest.raises(RegisterErrors) as raised:
        read_register(path)
    assert len(raised.value.problems) == 10_000
    assert len(raised.value.text.en) < 100_000


@pytest.mark.parametrize("name", ["nowhere/x.xlsx", "."])
def test_place_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot write"):
        write_template(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_failed_export_leaves_the_old_workbook(tmp_path: Path) -> None:
    path = tmp_path / "普查表.xlsx"
    write_register(Register(units=(Unit(name="u", kind=UnitKind.TOWN),)), path)
    before = path.read_bytes()
    long = Register(units=(Unit(name="x" * 40_000, kind=UnitKind.TOWN),))
    with pytest.raises(InputError):
        write_register(long, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["普查表.xlsx"]
