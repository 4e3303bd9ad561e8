"""``attest``: what people confirm of items, objects and risks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.bars import working
from playbooks.commands.here import Here, here
from playbooks.commands.options import a_day
from playbooks.commands.speaking import App, Group, lesson
from playbooks.commands.stored_runs import RunNumber, result_of
from playbooks.commands.tabular import show
from playbooks.commands.writing import refuse_existing
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.attestation import Attestation

_ITEM = "item"


class _ItemsToo(Group):
    """A group in which a word that is no command is the item to attest: ``hecha attest 8.1.1.1-a …``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command; for an item, ``item`` with all the words."""
        known = args and (args[0] in self.commands or args[0].startswith("-"))
        return super().resolve_command(ctx, args if known else [_ITEM, *args])


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    group = App(
        help=lesson(
            "人工确认：条款、对象或风险的结果，附证明文件和有效期",
            "What people confirm of items, objects and risks, with a file and an end date",
            "hecha attest 8.1.1.1-a --result met --note 验收报告 --file 验收.pdf --by 李雷 --until 2027-10-31",
            "hecha attest list",
            "hecha attest worksheet -o 证明表.xlsx",
        )
    )
    group.command(
        _ITEM,
        help=lesson(
            "确认一个条款、它的一个对象，或一项风险",
            "Confirms an item, an object of it, or a risk",
            "hecha attest 8.1.1.1-a --result met --note 验收报告 --file 验收.pdf --by 李雷 --until 2027-10-31",
            "hecha attest 8.1.4.1-d --object core-1 --result not-met --note 单因素 --by 李雷 --until 2026-12-31",
            "hecha attest A-29 --result met --note 已收敛 --file scan.pdf --by 李雷 --until 2027-03-31",
            more=Text(
                "文件算出哈希并复制到项目的 evidence 文件夹。检查发现的不符合，人工确认盖不过去。"
                "最新的一条有效，过期按未评计。",
                "The file is hashed and copied into the project's evidence folder. What checks found outweighs it; the "
                "newest word counts, an expired one does not.",
            ),
        ),
    )(item)
    group.command("list", help=lesson("列出人工确认", "Lists what was confirmed", "hecha attest list --json | jq ."))(
        list_
    )
    group.command(
        help=lesson(
            "写一张证明表：检查定不了的条款和待确认的风险",
            "Writes a worksheet of the items that checks do not settle and the risks that wait for a person",
            "hecha attest worksheet -o 证明表.xlsx",
        )
    )(worksheet)
    group.command(
        "import",
        help=lesson(
            "导入填好的证明表；有一处不符就全部不导入",
            "Imports a filled-in worksheet; with one bad cell nothing is taken over",
            "hecha attest import 证明表.xlsx",
        ),
    )(import_)
    app.add_typer(group, name="attest", cls=_ItemsToo)


Named = Annotated[
    str,
    typer.Argument(
        metavar="ITEM",
        help=tell(
            "条款、高风险情形或重大风险项。例：8.1.1.1-a、HR-6.1.1.1、A-29",
            "Item, high-risk case or row of major risks. Example: 8.1.1.1-a, HR-6.1.1.1, A-29",
        ),
    ),
]
Result = Annotated[
    str,
    typer.Option(
        "--result",
        metavar="RESULT",
        help=tell(
            "met、partial、not-met 或 na；风险：not-met 成立，met 排除。例：--result met",
            "met, partial, not-met or na; of a risk: not-met, it stands, met, it does not. Example: --result met",
        ),
    ),
]
Note = Annotated[
    str,
    typer.Option(
        "--note",
        metavar="TEXT",
        help=tell("依据或理由。例：--note 现场查验", "What it rests on, or why. Example: --note 'seen on site'"),
    ),
]
By = Annotated[
    str, typer.Option("--by", metavar="NAME", help=tell("确认人。例：--by 李雷", "Who confirms. Example: --by Li"))
]
Until = Annotated[
    str,
    typer.Option(
        "--until",
        metavar="DATE",
        help=tell("有效到哪天。例：--until 2027-10-31", "The last day it counts. Example: --until 2027-10-31"),
    ),
]
Thing = Annotated[
    str,
    typer.Option(
        "--object",
        metavar="NAME",
        help=tell("只对这个对象，默认整项。例：--object core-1", "Of this object only. Example: --object core-1"),
    ),
]
File = Annotated[
    Path | None,
    typer.Option(
        "--file",
        metavar="FILE",
        help=tell(
            "证明文件，met、partial 必需。例：--file 验收.pdf",
            "File that shows it, needed for met and partial. Example: --file report.pdf",
        ),
    ),
]
Point = Annotated[
    str,
    typer.Option(
        "--compensated-by",
        metavar="POINT",
        help=tell(
            "整体测评：由这个控制点弥补。例：--compensated-by 8.1.4.4",
            "Another control point makes up for the gap. Example: --compensated-by 8.1.4.4",
        ),
    ),
]


def item(
    named: Named,
    result: Result,
    note: Note,
    by: By,
    until: Until,
    thing: Thing = "",
    file: File = None,
    point: Point = "",
) -> None:
    """Keeps what a person confirms of one item."""
    from inventory.attestation import Attestation
    from playbooks.attesting import evidence_at, keep, refuse
    from reports.preassessment import word_text

    at, now = here(), _now()
    evidence = evidence_at(file) if file else None
    record = Attestation(
        item=named,
        object=thing,
        result=result,
        note=note,
        attested_by=by,
        attested_at=now,
        until=a_day("--until", until),
        file=evidence.name if evidence else "",
        sha256=evidence.sha256 if evidence else "",
        compensated_by=point,
    )
    refuse(record, now.date())
    with at.store() as store:
        keep(at.project, [evidence] if evidence else [])
        store.attest([record])
    said = word_text(record).say(at.language)
    at.say("已记录：{what}，{result}", "kept: {what}, {result}", what=f"{named} {thing}".strip(), result=said)


def _now() -> datetime:
    return datetime.now().astimezone()


def list_(
    as_json: Annotated[bool, typer.Option("--json", help=tell("每条一行 JSON", "One JSON object each"))] = False,
) -> None:
    """Everything that was confirmed, with how it stands today."""
    from reports.preassessment import word_text

    at = here()
    with at.store(create=False) as store:
        records = store.attestations()
        rows = list(_listed(at, records))
    if as_json:
        for row in rows:
            at.json(row)
        return
    if not rows:
        at.say("还没有人工确认", "nothing was attested yet")
    headings = (
        Text("条款", "Item"),
        Text("对象", "Object"),
        Text("结果", "Result"),
        Text("状态", "State"),
        Text("文件", "File"),
        Text("有效期至", "Until"),
        Text("确认人", "By"),
        Text("依据或理由", "Note"),
    )
    for record, row in zip(records, rows, strict=True):
        coded = {"result": word_text(record), **{name: _WORDS[row[name]] for name in ("state", "file")}}
        row.update({name: text.say(at.language) for name, text in coded.items()})
    names = ("item", "object", "result", "state", "file", "until", "by", "note")
    show(headings, ([row[name] for name in names] for row in rows))


_WORDS = {  # of how a word stands, and its file
    "valid": Text("有效", "valid"),
    "expired": Text("已过期", "expired"),
    "unproven": Text("文件缺失或改动", "file gone or changed"),
    "superseded": Text("已被取代", "superseded"),
    "none": Text("无", "none"),
    "whole": Text("完好", "whole"),
    "changed": Text("已改动", "changed"),
    "missing": Text("缺失", "missing"),
}


def _listed(at: Here, records: list[Attestation]) -> Iterator[dict[str, Any]]:
    from checks.attestations import attested
    from playbooks.attesting import file_state, lost_files

    known = attested(records, _now().date(), lost_files(at.project, records))
    states = {each.id: "valid" for each in known.valid.values()}
    states |= {each.id: "expired" for each in known.expired} | {each.id: "unproven" for each in known.unproven}
    for each in records:
        yield {
            "item": each.item,
            "object": each.object,
            "result": each.result,
            "state": states.get(each.id, "superseded"),
            "file": file_state(at.project, each).value,
            "until": each.until.isoformat(),
            "by": each.attested_by,
            "note": each.note,
            "compensated_by": each.compensated_by,
            "attested_at": each.attested_at.isoformat(),
            "name": each.file,
            "sha256": each.sha256,
        }


def worksheet(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help=tell("写到哪个 xlsx 文件，不覆盖。例：-o 证明表.xlsx", "The xlsx to write. Example: -o attest.xlsx"),
        ),
    ] = Path("证明表.xlsx"),
    number: RunNumber = None,
) -> None:
    """Writes the worksheet for a stored run."""
    from playbooks.attesting import write_worksheet

    at = here()
    refuse_existing(out)
    with at.store(create=False) as store:
        told = result_of(at, store, number)
        with working(at.err, Text("写证明表", "Writing the worksheet")):
            count = write_worksheet(told.assessment, out, at.language)
    at.say("已写 {path}，{n} 行", "wrote {path}: {n} rows", path=out, n=count)


def import_(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help=tell("填好的证明表。例：证明表.xlsx", "The filled-in worksheet. Example: attest.xlsx")
        ),
    ],
) -> None:
    """Takes a filled-in worksheet over whole or not at all."""
    from playbooks.attesting import keep, read_worksheet

    at = here()
    with working(at.err, Text("读取证明表", "Reading the worksheet")):
        records, files = read_worksheet(path, _now())
    if not records:
        raise InputError(str(path), Text("没有填任何确认结果", "no row has a result"))
    with at.store() as store:
        keep(at.project, files)
        store.attest(records)
    at.say("已导入 {n} 条", "imported: {n}", n=len(records))
