"""``evidence``: a run's evidence as one file, made and verified."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.bars import working
from playbooks.commands.here import here
from playbooks.commands.speaking import App, lesson
from playbooks.commands.stored_runs import RunNumber, result_of
from playbooks.commands.writing import refuse_existing
from playbooks.language import tell

_MOST_SHOWN = 50


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    group = App(
        help=lesson(
            "证据包：一次运行的原始回答、人工确认的文件和报告，带清单与哈希",
            "Evidence package: a run's raw answers, attested files and reports, with a manifest of hashes",
            "hecha evidence pack -o evidence.zip",
            "hecha evidence verify evidence.zip",
        )
    )
    group.command(
        help=lesson(
            "制作证据包；内容与库中一样已遮盖口令",
            "Makes an evidence package; secrets are masked in it as they are in the store",
            "hecha evidence pack --run 3 -o evidence.zip",
            more=Text(
                "请另行保存它打印的清单哈希：连清单一起改动的包，只有凭它才看得出来。",
                "Keep the manifest's hash that it prints elsewhere: it alone tells a package that was forged along "
                "with its manifest.",
            ),
        )
    )(pack)
    group.command(
        help=lesson(
            "核对证据包：改动、缺失、多余、损坏都会列出，退出码 2",
            "Verifies an evidence package: what was changed, is missing, extra or damaged is listed; exit code 2",
            "hecha evidence verify evidence.zip",
        )
    )(verify)
    app.add_typer(group, name="evidence")


def pack(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help=tell("写到哪个 zip 文件，不覆盖。例：-o evidence.zip", "The zip to write. Example: -o evidence.zip"),
        ),
    ],
    number: RunNumber = None,
) -> None:
    """Makes an evidence package of a stored run."""
    from playbooks.evidence_pack import pack as packed

    at = here()
    refuse_existing(out)
    with at.store(create=False) as store:
        told = result_of(at, store, number)
        with working(at.err, Text("打包", "Packing")):
            done = packed(at.project, store, told, at.language, out)
    at.print(done.manifest_sha256)
    at.say("已写 {path}：{n} 个文件", "wrote {path}: {n} files", path=out, n=done.parts)
    for name in done.lost:
        at.say("缺失或已被改动：{name}", "missing or changed: {name}", name=name)


def verify(
    path: Annotated[
        Path,
        typer.Argument(metavar="FILE", help=tell("证据包。例：evidence.zip", "The package. Example: evidence.zip")),
    ],
    sha256: Annotated[
        str | None,
        typer.Option(
            "--manifest-sha256",
            metavar="HEX",
            help=tell(
                "制作时打印的清单哈希，不符即报。例：--manifest-sha256 9f86d0…",
                "The manifest's hash as printed by pack, compared. Example: --manifest-sha256 9f86d0…",
            ),
        ),
    ] = None,
) -> None:
    """Verifies an evidence package."""
    from playbooks.evidence_pack import MANIFEST
    from playbooks.evidence_pack import verify as verified

    at = here()
    given = None if sha256 is None else sha256.strip().lower()
    if given is not None and not re.fullmatch("[0-9a-f]{64}", given):
        raise InputError("--manifest-sha256", Text("应是 64 位十六进制数", "expected 64 hexadecimal digits"))
    with working(at.err, Text("核对", "Verifying")):
        found = verified(path)
    problems = list(found.problems)
    if given is not None and given != found.manifest_sha256:
        problems.insert(0, (MANIFEST, Text("清单哈希不符", "has another hash than the one given")))
    if problems:
        raise InputError(str(path), _listed(problems))
    at.print(found.manifest_sha256)
    count = len(found.manifest.files)
    at.say("完好：第 {run} 次运行，{n} 个文件", "intact: run {run}, {n} files", run=found.manifest.run, n=count)
    if given is None:
        at.say(
            "清单自身没有核对：把制作时打印的哈希用 --manifest-sha256 给出",
            "the manifest itself was not verified: give the hash that pack printed as --manifest-sha256",
        )


def _listed(problems: list[tuple[str, Text]]) -> Text:
    count, more = len(problems), len(problems) - _MOST_SHOWN
    zh = [f"有 {count} 处不符", *(f"{name}：{text.zh}" for name, text in problems[:_MOST_SHOWN])]
    en = [f"{count} problems", *(f"{name}: {text.en}" for name, text in problems[:_MOST_SHOWN])]
    if more > 0:
        zh.append(f"……另有 {more} 处")
        en.append(f"… and {more} more")
    return Text("\n".join(zh), "\n".join(en))
