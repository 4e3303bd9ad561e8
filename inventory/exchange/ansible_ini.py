"""Ansible inventories in INI form, line by line."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from inventory.errors import InputError
from inventory.exchange.ansible_groups import Groups
from inventory.exchange.nodes import Word
from inventory.file_text import file_text
from inventory.text import Text

_SECTION = re.compile(r"\[([^:\[\]]+)(?::(\w+))?\]\s*(?:[#;].*)?")
_PORT = re.compile(r"([^:\[\]]+|\[[0-9A-Fa-f:.]+\]):(\d+)")
_NOTE = re.compile(r"\s+#.*$")


def ini_groups(path: Path) -> Groups:
    """The groups of an inventory; InputError names the line that is none of an inventory's."""
    groups = Groups()
    name, kind = "ungrouped", "hosts"
    for number, line in enumerate(file_text(path).splitlines(), 1):
        text, where = line.strip(), f"{path}:{number}"
        if not text or text[0] in "#;":
            continue
        if text[0] == "[" and (section := _SECTION.fullmatch(text)):
            name, kind = section[1].strip(), section[2] or "hosts"
            if kind not in ("hosts", "children", "vars"):
                told = Text(f"应是 children 或 vars，不是 {kind}", f"expected children or vars, not {kind}")
                raise InputError(where, told)
            groups.group(name)
        elif kind == "hosts":
            _take_host(groups, name, text, where)
        elif kind == "children":
            child = _NOTE.sub("", text)
            groups.group(name).children[child] = where
            groups.group(child)
        else:
            key, word = _assigned(_NOTE.sub("", text), where)
            groups.group(name).vars[key] = word
    if not any(group.hosts for group in groups.values()):
        raise InputError(str(path), Text("没有任何主机", "lists no host"))
    return groups


def _take_host(groups: Groups, name: str, text: str, where: str) -> None:
    try:
        pattern, *rest = shlex.split(text, comments=True)
    except ValueError:
        raise InputError(where, Text("引号没有配对", "a quote is not closed")) from None
    told = dict(_assigned(each, where) for each in rest)
    if port := _PORT.fullmatch(pattern):
        pattern = port[1]
        told.setdefault("ansible_port", Word(port[2], where))
    if not pattern:
        raise InputError(where, Text("主机名是空的", "the name of a host is empty"))
    groups.add(name, Word(pattern, where), told)


def _assigned(text: str, where: str) -> tuple[str, Word]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        told = Text(f"“{text[:60]}”应是 变量=值", f"'{text[:60]}': expected variable=value")
        raise InputError(where, told)
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1]
    return key.strip(), Word(value, where)
