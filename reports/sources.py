"""What evidence was read from, in the reader's language. Commands, MIB objects and addresses are the same in both."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from inventory.register import SHEETS
from inventory.text import Text

_SOURCES: tuple[tuple[str, str, str], ...] = (  # as collectors and checks write it, and in both languages
    (r"register", "登记表", "register"),
    (r"probe", "探测", "probe"),
    (r"polls", "计数器轮询", "polls of counters"),
    (r"echo", "回显测试", "echo requests"),
    (r"HTTP over IPv6", "经 IPv6 的 HTTP", "HTTP over IPv6"),
    (r"HTTP (\S+) at (\S+)", r"HTTP \1（\2）", r"HTTP \1 at \2"),
    (r"SSH host key, port (\d+)", r"SSH 主机密钥，端口 \1", r"SSH host key, port \1"),
    (r"SNMP processor and memory load", "SNMP 处理器与内存负载", "SNMP processor and memory load"),
)


def source_text(source: str) -> Text:
    """The words for a source as evidence names it; itself where it is a command or an object of a MIB."""
    if source.startswith("register "):
        sheet = _sheets().get(source.removeprefix("register "))
        return Text(f"登记表 {sheet.zh}", f"register {sheet.en}") if sheet else Text(f"登记表{source[8:]}", source)
    for pattern, zh, en in _patterns():
        if found := pattern(source):
            return Text(found.expand(zh), found.expand(en))
    return Text(source, source)


@cache
def _sheets() -> dict[str, Text]:
    """The sheets of the census workbook by their title in either language."""
    return {title: sheet.text for sheet in SHEETS for title in (sheet.text.zh, sheet.text.en)}


@cache
def _patterns() -> tuple[tuple[Callable[[str], re.Match[str] | None], str, str], ...]:
    return tuple((re.compile(pattern).fullmatch, zh, en) for pattern, zh, en in _SOURCES)
