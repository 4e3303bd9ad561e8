"""Lists of targets as people write them: CSV out of spreadsheets, YAML, and every mistake with its line."""

from __future__ import annotations

import codecs
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.errors import InputError
from inventory.targets import COLUMNS, Target, read_targets, target_from

HEADER = ",".join(COLUMNS)
FULL = "core-1,10.0.0.1,huawei_vrp,县府,core,centre,1161,2222,ring a"
EXPECTED = Target(
    "core-1", IPv4Address("10.0.0.1"), "huawei_vrp", "县府", "core", "centre", 1161, 2222, ("ring", "a")
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "targets.csv"


def read(path: Path, content: str | bytes) -> list[Target]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_targets(path)


def refusal(path: Path, content: str | bytes) -> InputError:
    with pytest.raises(InputError) as refused:
        read(path, content)
    assert str(path) in refused.value.where
    return refused.value


def test_line_ends_of_any_system_are_read(path: Path) -> None:
    assert len(read(path, "address\r10.0.0.1\r10.0.0.2\r")) == 2


def test_numbers_in_yaml_are_names_as_written(tmp_path: Path) -> None:
    (target,) = read(tmp_path / "targets.yaml", "- {name: 007, address: 10.0.0.1, site: 1e3, role: ~}\n")
    assert (target.name, target.site, target.role) == ("007", "1e3", None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_of_any_spreadsheet_is_read(path: Path, encoding: str, end: str) -> None:
    assert read(path, f"{HEADER}{end}{FULL}{end}".encode(encoding)) == [EXPECTED]


def test_columns_may_be_few_in_any_order_and_case(path: Path) -> None:
    assert read(path, " Site , ADDRESS\n乡镇, 10.0.0.2 \n") == [
        Target("10.0.0.2", IPv4Address("10.0.0.2"), site="乡镇")
    ]


def test_columns_may_be_headed_in_chinese(path: Path) -> None:
    (target,) = read(path, "地址,名称,登录,SNMP 端口,标签\n10.0.0.1,core-1,centre,1161,ring a\n")
    expected = Target("core-1", IPv4Address("10.0.0.1"), login="centre", snmp_port=1161, tags=("ring", "a"))
    assert target == expected
    assert "name（名称）" in refusal(path, "名称,管理口\na,10.0.0.1\n").text.zh


def test_empty_lines_are_no_targets(path: Path) -> None:
    assert read(path, "name,address\n\n,\n , \na,10.0.0.1\n\n") == [Target("a", IPv4Address("10.0.0.1"))]
    assert read(path, "address\n") == []


def test_quoted_cells_may_hold_commas_and_lines(path: Path) -> None:
    (target,) = read(path, 'name,address,tags\n"a, b",10.0.0.1,"x,y\nz"\n')
    assert (target.name, target.tags) == ("a, b", ("x", "y", "z"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10.0.0.1", IPv4Address("10.0.0.1")),
        ("[2001:db8::1]", IPv6Address("2001:db8::1")),
        ("2001:DB8:0::1", IPv6Address("2001:db8::1")),
    ],
)
def test_addresses_as_people_write_them(written: str, meant: object) -> None:
    assert target_from({"address": written}).address == meant


@pytest.mark.parametrize(
    ("content", "where", "said"),
    [
        ("", ":1", "address is needed"),
        ("name\ncore\n", ":1", "address is needed"),
        ("name,address,passwort\n", ":1", "unknown: passwort"),
        ("name;address\na;10.0.0.1\n", ":1", "address is needed"),  # semicolons of another locale
        ("name,address\na,10.0.0.1,extra\n", ":2", "more columns"),
        ("name,address\na,10.0.0.1\na,10.0.0.2\n", "", "line 3: name a is also on line 2"),
        ("address\n10.0.0.1\n10.0.0.1\n", "", "line 3: name 10.0.0.1 is also on line 2"),
        ("name,address\na,10.0.0\n", "", "line 2: address: '10.0.0' is not an IP address"),
        ("name,address\na,\n", "", "line 2: address is missing"),
        ("name;address\na;10.0.0.1\n", ":1", "columns are set apart by commas"),
        ("name,address\na,core.example\n", "", "is not an IP address"),
        ("name,address\nSystem:a,10.0.0.1\n", "", "line 2: name: names with system:"),
        ("address,snmp_port\n10.0.0.1,0\n", "", "line 2: snmp_port: '0' is not a port"),
        pytest.param(f"address,snmp_port\n10.0.0.1,{'1' * 5000}\n", "", "is not a port", id="long port"),
        ("address,ssh_port\n10.0.0.1,65536\n", "", "line 2: ssh_port"),
        ("address,ssh_port\n10.0.0.1,-22\n", "", "line 2: ssh_port"),
        ("address,ssh_port\n10.0.0.1,２２\n", "", "line 2: ssh_port"),  # full-width digits
        ("address,ssh_port\n10.0.0.1,22.0\n", "", "line 2: ssh_port"),
        ("address,name,name\n10.0.0.1,a,b\n", ":1", "name is given twice"),
        (b"address\n\x81", "", "neither UTF-8 nor GBK"),
        (b"PK\x03\x04\x14\x00", "", "save it as CSV"),
        ("name,address\na\0b,10.0.0.1\n", "", "line 2: name"),
    ],
)
def test_every_mistake_is_named_with_its_line(path: Path, content: str | bytes, where: str, said: str) -> None:
    refused = refusal(path, content)
    assert refused.where == f"{path}{where}"
    assert said in refused.text.en
    assert refused.exit_code == 2
    assert refused.text.zh != refused.text.en


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "utf-16-be"])
def test_encodings_of_spreadsheets(path: Path, encoding: str) -> None:
    text = "name,address\n核心,10.0.0.1\n"
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    assert read(path, mark + text.encode(encoding)) == [Target("核心", IPv4Address("10.0.0.1"))]


def test_thousands_of_bad_rows_are_counted_and_some_are_named(path: Path) -> None:
    said = refusal(path, "address\n" + "x\n" * 3000).text.en
    assert said.splitlines()[0].endswith("3000 problems")
    assert said.endswith("and 2950 more")


def test_all_bad_rows_are_named_at_once(path: Path) -> None:
    said = refusal(path, "address,ssh_port\nx,1\n10.0.0.1,y\n10.0.0.2,22\nz,1\n").text.en
    assert [f"line {n}:" in said for n in (2, 3, 4, 5)] == [True, True, False, True]


def test_rows_are_counted_over_quoted_line_ends(path: Path) -> None:
    """The line an editor shows, not the number of the record."""
    assert "line 4: address" in refusal(path, 'address,tags\n10.0.0.1,"a\nb"\nx,\n').text.en


def test_cell_without_end_is_refused_and_not_a_crash(path: Path) -> None:
    refusal(path, 'address\n"' + "x" * 200_000)


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError) as refused:
            read_targets(path)
        assert refused.value.where == str(path)


YAML = """\
- name: core-1
  address: 10.0.0.1
  platform: huawei_vrp
  site: 县府
  role: core
  login: centre
  snmp_port: 1161
  ssh_port: 2222
  tags: [ring, a]
- address: "2001:db8::1"
"""


def test_yaml_is_read(tmp_path: Path) -> None:
    assert read(tmp_path / "targets.yaml", YAML) == [EXPECTED, Target("2001:db8::1", IPv6Address("2001:db8::1"))]


@pytest.mark.parametrize(
    ("content", "where", "said"),
    [
        ("targets:\n- address: 10.0.0.1\n", "", "expected a list"),
        ("", "", "expected a list"),
        ("- 10.0.0.1\n", ":1", "expected a mapping"),
        ("- address: 10.0.0.1\n- nome: x\n  address: 10.0.0.2\n", ":2", "unknown: nome"),
        ("- name: x\n", ":1", "address is needed"),
        ("- address: [unclosed\n", ":1", "not valid YAML: the [ ] opened"),
        ("[" * 5000, "", "nested too deeply"),
        ("- address: !!python/object:os.system x\n", "", "'x' is not an IP address"),  # a tag makes no object
        ("- address: &a [*a]\n", ":1", "expected a single value"),
        ("- tags: [[a]]\n  address: 10.0.0.1\n", ":1", "expected a single value"),
        ("- address: 10.0.0.1\n- address: x\n", "", "line 2: address: 'x' is not"),
        ("- {address: 10.0.0.1, address: 10.0.0.2}\n", ":1", "address is given twice"),
        ("- {[a]: 1, address: 10.0.0.2}\n", ":1", "expected a single value"),
    ],
)
def test_every_mistake_in_yaml_is_named(tmp_path: Path, content: str, where: str, said: str) -> None:
    path = tmp_path / "targets.yaml"
    refused = refusal(path, content)
    assert refused.where.startswith(f"{path}{where}")
    assert said in refused.text.en


WORDS = ["address", "name", ",", "\n", "\r", '"', "10.0.0.1", ":", "- ", "'", "a", "&a ", "*a", "[", "{"]
TEXTS = st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=20).map("".join)


@pytest.mark.parametrize("name", ["targets.csv", "targets.yaml"])
def test_any_file_is_targets_or_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(TEXTS.map(lambda t: t.encode("utf-8", "replace")) | st.binary(max_size=40))
    def poured(content: bytes) -> None:
        with suppress(InputError):
            assert all(isinstance(target, Target) for target in read(path, content))

    poured()
