"""Options that several commands have, and the playbook as they change it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.completing import report_names, severities
from playbooks.language import tell

if TYPE_CHECKING:
    from collectors.platforms.base import Platform
    from playbooks.schema import Playbook

Replay = Annotated[
    Path | None,
    typer.Option(
        "--replay",
        metavar="DIR",
        help=tell(
            "不连设备，改读这个文件夹里的采集文件。例：--replay captures",
            "Reads captures in this folder instead of asking devices. Example: --replay captures",
        ),
    ),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        "-f",
        metavar="NAME",
        help=tell(
            "要写的报告，可重复，见 hecha list reports。例：-f html -f workbook",
            "Report to write; may be repeated; see hecha list reports. Example: -f html -f workbook",
        ),
        autocompletion=report_names,
    ),
]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        metavar="SEVERITY",
        help=tell(
            "从哪个程度起的差距算不符合：info、low、medium、high、critical。例：--fail-on medium",
            "Severity from which gaps fail the run: info, low, medium, high, critical. Example: --fail-on medium",
        ),
        autocompletion=severities,
    ),
]
AllowUnknown = Annotated[
    bool,
    typer.Option(
        "--allow-unknown",
        help=tell("有无法判断的也不算不完整", "What is unknown does not make the run incomplete"),
    ),
]


AsJson = Annotated[bool, typer.Option("--json", help=tell("一行一个 JSON 对象", "One JSON object a line"))]
Targets = Annotated[
    Path | None,
    typer.Option(
        "--targets",
        "-t",
        metavar="FILE",
        help=tell(
            "目标表（CSV 或 YAML），默认项目里的。例：-t targets.csv",
            "Targets, as CSV or YAML; the project's by default. Example: -t targets.csv",
        ),
    ),
]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help=tell(
            "截至这一天结束，默认现在。例：--as-of 2026-06-30",
            "As of the end of that day; now by default. Example: --as-of 2026-06-30",
        ),
    ),
]


def end_of(as_of: str) -> datetime | None:
    """The last moment of the day that ``--as-of`` names; None without one. InputError for what is no date."""
    return datetime.combine(a_day("--as-of", as_of), time.max).astimezone() if as_of else None


def a_platform(name: str) -> Platform:
    """The platform that ``--platform`` names; InputError where there is none of that name."""
    from collectors.platforms.catalogue import platform, platforms

    found = platform(name)
    if found is None:
        known = ", ".join(platforms())
        raise InputError(f"--platform {name}", Text(f"应是 {known} 之一", f"expected one of {known}"))
    return found


def a_day(option: str, text: str) -> date:
    """The date an option names; InputError for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        expected = Text("应是日期，如 2026-06-30", "expected a date such as 2026-06-30")
        raise InputError(f"{option} {text}", expected) from None


def changed(book: Playbook, formats: list[str] | None, fail_on: str | None, *, allow_unknown: bool) -> Playbook:
    """The playbook with what the command line says instead; InputError for a severity that is none."""
    from playbooks.schema import SEVERITIES

    if fail_on is not None and fail_on not in SEVERITIES:
        known = ", ".join(SEVERITIES)
        raise InputError(f"--fail-on {fail_on}", Text(f"应是 {known} 之一", f"expected one of {known}"))
    return replace(
        book,
        reports=tuple(formats) if formats else book.reports,
        fail_on=fail_on or book.fail_on,
        allow_unknown=allow_unknown or book.allow_unknown,
    )
