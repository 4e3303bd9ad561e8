"""``facts``: what configuration files and captures tell, without asking any device."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inventory.errors import ExitCode, Gap, InputError, Missing
from inventory.spans import spans
from inventory.text import Text
from inventory.words.reasons import reason
from playbooks.commands.bars import working
from playbooks.commands.completing import platform_names
from playbooks.commands.here import here
from playbooks.commands.options import a_platform
from playbooks.commands.speaking import App, lesson
from playbooks.commands.tabular import show
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.facts import Fact
    from inventory.snapshot import Snapshot

# What a device or its file kept from being known; what nobody reads or nobody has is no fault of the file's.
_FAILED = frozenset({Gap.UNPARSED, Gap.REFUSED, Gap.UNREACHABLE})


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    app.command(
        help=lesson(
            "从配置文件或采集文件读出事实，平台由内容识别",
            "Reads facts from configurations and captures; their text tells the platform",
            "hecha facts core.cfg",
            "hecha facts --platform huawei_vrp backup/*.cfg",
            "hecha facts --json captures/ | jq .facts.Identity",
            more=Text(
                "读不出的，在原处写明原因，退出码 3：文件截断、为空、过大、是别家的。不在终端上时每台设备一行 JSON。",
                "What cannot be read is told in its place with the reason, and the exit code is 3: a file that is cut, "
                "empty, too large, of another vendor. Where no terminal shows it, a device is a line of JSON.",
            ),
        )
    )(facts)


Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH...",
        help=tell("文件或文件夹。例：core.cfg captures/", "Files or folders. Example: core.cfg captures/"),
    ),
]
Platform = Annotated[
    str | None,
    typer.Option(
        "--platform",
        metavar="NAME",
        help=tell(
            "平台，默认由内容识别，见 hecha list platforms。例：--platform h3c_comware",
            "Platform, else the text tells it; see hecha list platforms. Example: --platform h3c_comware",
        ),
        autocompletion=platform_names,
    ),
]
Whole = Annotated[
    bool,
    typer.Option(
        "--whole",
        help=tell("配置是完整的，尽管文中没有结束标志", "The configurations are whole, though nothing in them says so"),
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help=tell("每台设备一行 JSON", "One JSON object a device"))]


def facts(
    paths: Paths,
    platform: Platform = None,
    whole: Whole = False,
    as_json: AsJson = False,
) -> None:
    """Facts read offline."""
    from collectors.offline import snapshots_from

    at = here()
    for path in paths:
        if not path.exists():
            raise InputError(str(path), Text("没有这个文件", "no such file"))
    chosen = a_platform(platform) if platform else None
    tell_one = _json if as_json or not at.is_terminal else _table
    found, incomplete = 0, False
    for name, told in _read(snapshots_from(paths, datetime.now(UTC), platform=chosen, whole=whole)):
        incomplete |= isinstance(told, Missing) or any(
            isinstance(fact, Missing) and fact.gap in _FAILED for fact in told.facts.values()
        )
        tell_one(name, told)
        found += 1
    if not found:
        raise InputError(", ".join(map(str, paths)), Text("里面没有采集文件", "holds no captured file"))
    raise typer.Exit(ExitCode.INCOMPLETE if incomplete else ExitCode.COMPLIANT)


def _read(devices: Iterator[tuple[str, Snapshot | Missing]]) -> Iterator[tuple[str, Snapshot | Missing]]:
    """Each of them, with a bar while it is read and none while it is shown."""
    while True:
        with working(here().err, Text("读取文件", "Reading files")):
            told = next(devices, None)
        if told is None:
            return
        yield told


def _json(name: str, told: Snapshot | Missing) -> None:
    from inventory.codec import encode_fact, encode_facts
    from inventory.snapshot import SoFar

    if isinstance(told, Missing):
        here().json({"source": name, "gap": told.gap, "why": told.why})
        return
    line = {"source": name, "target": told.record.target, "platform": told.record.platform}
    facts = encode_facts(told.facts)
    for kind, fact in told.facts.items():
        if isinstance(fact, SoFar) and fact.seen is not None:
            facts[kind.__name__] |= {"seen": encode_fact(fact.seen)}
    here().json(line | {"facts": facts})


def _table(name: str, told: Snapshot | Missing) -> None:
    at = here()
    if isinstance(told, Missing):
        at.print(f"{name}: {reason(told.why.removeprefix(f'{name}: ')).say(at.language)}")
        return
    at.print(f"{name}: {told.record.target}, {told.record.platform or 'SNMP'}")
    headings = (Text("事实", "Fact"), Text("字段", "Field"), Text("值", "Value"), Text("行", "Lines"))
    show(headings, _rows(told))


def _rows(snapshot: Snapshot) -> Iterator[tuple[str, str, str, str]]:
    from inventory.snapshot import SoFar

    for kind, fact in snapshot.facts.items():
        name = _called(kind)
        if not isinstance(fact, Missing):
            yield from _rows_of(name, fact)
            continue
        yield name, "", f"{tell('未知', 'not known')}: {reason(fact.why).say(here().language)}", ""
        if isinstance(fact, SoFar) and fact.seen is not None:
            so_far = tell("目前所见", "so far")
            stands = (row for row in _rows_of("", fact.seen) if row[2] not in _nothing())
            yield from (("", f"{so_far}: {field}", value, lines) for _, field, value, lines in stands)


def _called(kind: type[Fact]) -> str:
    """A fact by its name, in Chinese with what it is."""
    from inventory.words.facts import FACTS

    name = kind.__name__
    return tell(f"{FACTS[name].zh}\n{name}", name)


def _nothing() -> frozenset[str]:
    return frozenset({tell("否", "no"), tell("无", "none"), tell("未知", "not known")})


def _rows_of(name: str, fact: Fact) -> Iterator[tuple[str, str, str, str]]:
    from inventory.codec import encode

    body = encode(fact)
    lines = body.pop("evidence", {}).get("lines", ())
    body.pop("sources", None)
    for number, (field, value) in enumerate(_fields(body)):
        yield (name if not number else ""), field, value, (spans(lines) if not number else "")


def _fields(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field, value in body.items():
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            yield from ((field, _inline(item)) for item in value)
        else:
            yield field, _inline(value)


def _inline(value: object) -> str:
    if isinstance(value, dict):
        told = ((k, v) for k, v in value.items() if k != "evidence" and v is not None)
        return ", ".join(f"{k} {_inline(v)}" for k, v in told)
    if isinstance(value, list):
        return " ".join(map(_inline, value)) or tell("无", "none")
    if value is None:
        return tell("未知", "not known")
    return {True: tell("是", "yes"), False: tell("否", "no")}[value] if isinstance(value, bool) else str(value)
