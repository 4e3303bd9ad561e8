"""Targets: what is to be asked, from CSV or YAML."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import yaml

from inventory.addresses import IPAddress, address, port
from inventory.errors import InputError
from inventory.file_text import file_text, not_csv
from inventory.snapshot import SYSTEM_PREFIX
from inventory.text import Text
from inventory.yaml_text import composed

COLUMNS = ("name", "address", "platform", "site", "role", "login", "snmp_port", "ssh_port", "tags")
_CHINESE = dict(
    zip(COLUMNS, ("名称", "地址", "平台", "站点", "角色", "登录", "snmp端口", "ssh端口", "标签"), strict=True)
)
_COLUMN_OF = {chinese: column for column, chinese in _CHINESE.items()}
_MOST_SHOWN = 50  # problems of a file


@dataclass(frozen=True, slots=True)
class Target:
    """A device to ask, before it answered."""

    name: str
    address: IPAddress
    platform: str | None = None  # None: to be recognised
    site: str | None = None
    role: str | None = None
    login: str = "default"
    snmp_port: int = 161
    ssh_port: int = 22
    tags: tuple[str, ...] = ()


def read_targets(path: Path, refusal: Callable[[Target], Text | None] | None = None) -> list[Target]:
    """All targets of a ``.csv``, ``.yaml`` or ``.yml`` file; InputError names the bad rows at once.

    ``refusal`` tells what is wrong with a target that may not be asked.
    """
    text = file_text(path)
    rows = _yaml_rows(path, text) if path.suffix in (".yaml", ".yml") else _csv_rows(path, text)
    return list(_targets(path, rows, refusal))


def write_targets(targets: Iterable[Target], file: TextIO) -> int:
    """The targets as CSV that ``read_targets`` reads, a line each; how many there were."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for target in targets:
        row = {name: getattr(target, name) for name in COLUMNS} | {"tags": " ".join(target.tags)}
        writer.writerow("" if row[name] is None else row[name] for name in COLUMNS)
        count += 1
    return count


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    lines = io.StringIO(text, newline=None)  # any system's line ends
    reader = csv.DictReader(lines, restkey="")
    try:
        header = [_column(h) for h in reader.fieldnames or ()]
        _refuse_columns(f"{path}:1", header)
        reader.fieldnames = header
        for row in reader:
            if "" in row:
                raise InputError(
                    f"{path}:{reader.line_num}",
                    Text("这一行比表头多出了列", "this row has more columns than the header"),
                )
            if any((v or "").strip() for v in row.values()):
                yield reader.line_num, {k: (v or "").strip() for k, v in row.items()}
    except csv.Error as error:
        raise not_csv(path, reader.line_num, error) from None


def _column(heading: str) -> str:
    """A column by its heading in either language; the heading where it is none's."""
    plain = heading.strip().lower()
    return _COLUMN_OF.get(plain.replace(" ", ""), plain)


def _refuse_columns(where: str, header: list[str]) -> None:
    unknown = [h for h in header if h not in COLUMNS]
    if unknown or "address" not in header:
        named = ", ".join(unknown)
        zh, en = (f"；不认识：{named}", f"; unknown: {named}") if unknown else ("", "")
        if len(header) == 1 and re.search("[;\t，；]", header[0]):
            zh, en = f"{zh}；列之间要用半角逗号", f"{en}; columns are set apart by commas"
        raise InputError(
            where,
            Text(
                f"应含 address（地址），可用的列是 {', '.join(f'{c}（{_CHINESE[c]}）' for c in COLUMNS)}{zh}",
                f"address is needed, and may stand with {', '.join(COLUMNS)}{en}",
            ),
        )
    twice = sorted({h for h in header if header.count(h) > 1})
    if twice:
        named = ", ".join(twice)
        raise InputError(where, Text(f"{named} 写了两次", f"{named} is given twice"))


def _yaml_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    document = composed(text, str(path))
    if not isinstance(document, yaml.SequenceNode):
        raise InputError(str(path), Text("应是目标的列表", "expected a list of targets"))
    for node in document.value:
        where = f"{path}:{node.start_mark.line + 1}"
        if not isinstance(node, yaml.MappingNode):
            raise InputError(where, Text("应是“列: 值”的映射", "expected a mapping of column: value"))
        cells = [(_written(path, key), value) for key, value in node.value]
        _refuse_columns(where, [key for key, _ in cells])
        yield node.start_mark.line + 1, {key: _written(path, value, key) for key, value in cells}


def _written(path: Path, node: yaml.Node, column: str = "") -> str:
    """The text of a value as it is written, a list of tags joined; empty for null."""
    if isinstance(node, yaml.ScalarNode):
        return "" if node.tag.endswith(":null") else str(node.value).strip()
    if isinstance(node, yaml.SequenceNode) and column == "tags":
        return " ".join(_written(path, each) for each in node.value)
    raise InputError(f"{path}:{node.start_mark.line + 1}", Text("应是一个值", "expected a single value"))


def _targets(
    path: Path, rows: Iterable[tuple[int, dict[str, str]]], refusal: Callable[[Target], Text | None] | None
) -> Iterator[Target]:
    seen: dict[str, int] = {}
    problems: list[tuple[int, Text]] = []
    for line, row in rows:
        try:
            target = target_from(row)
        except InputError as error:
            problems.append((line, error.text))
            continue
        if target.name in seen:
            first = seen[target.name]
            problems.append(
                (line, Text(f"名称 {target.name} 与第 {first} 行重复", f"name {target.name} is also on line {first}"))
            )
            continue
        seen[target.name] = line
        if refusal and (why := refusal(target)):
            problems.append((line, why))
        yield target
    if problems:
        raise InputError(str(path), _listed(problems))


def _listed(problems: Sequence[tuple[int, Text]]) -> Text:
    """One problem in the same line, several in a line each."""
    if len(problems) == 1:
        ((line, text),) = problems
        return Text(f"第 {line} 行 {text.zh}", f"line {line}: {text.en}")
    shown, left = problems[:_MOST_SHOWN], len(problems) - _MOST_SHOWN
    zh = [f"有 {len(problems)} 处错误", *(f"第 {line} 行 {text.zh}" for line, text in shown)]
    en = [f"{len(problems)} problems", *(f"line {line}: {text.en}" for line, text in shown)]
    if left > 0:
        zh, en = [*zh, f"还有 {left} 处"], [*en, f"and {left} more"]
    return Text("\n  ".join(zh), "\n  ".join(en))


def target_from(row: Mapping[str, str]) -> Target:
    """The target of one row by column name; InputError names the column."""
    try:
        ip = address(row.get("address", ""))
    except ValueError:
        given = row.get("address", "")
        if not given:
            raise InputError("", Text("缺少 address", "address is missing")) from None
        raise InputError("address", Text(f"“{given}”不是 IP 地址", f"'{given}' is not an IP address")) from None
    name = row.get("name") or str(ip)
    if not name.isprintable():
        raise InputError("name", Text("含有看不见的字符", "has characters that cannot be seen"))
    if name.lower().startswith(SYSTEM_PREFIX):
        told = Text(f"{SYSTEM_PREFIX} 开头的名称留给业务系统", f"names with {SYSTEM_PREFIX} are of business systems")
        raise InputError("name", told)
    return Target(
        name=name,
        address=ip,
        platform=row.get("platform") or None,
        site=row.get("site") or None,
        role=row.get("role") or None,
        login=row.get("login") or "default",
        snmp_port=_port("snmp_port", row.get("snmp_port") or "161"),
        ssh_port=_port("ssh_port", row.get("ssh_port") or "22"),
        tags=tuple(row.get("tags", "").replace(",", " ").split()),
    )


def _port(column: str, text: str) -> int:
    number = port(text)
    if number is None:
        raise InputError(column, Text(f"“{text[:20]}”不是 1–65535 的端口", f"'{text[:20]}' is not a port 1-65535"))
    return number
