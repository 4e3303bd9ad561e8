"""``demo``: the simulated county audited."""

from __future__ import annotations

import contextlib
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from inventory.errors import ExitCode, unwritable
from inventory.text import Text
from playbooks.commands.bars import bars, working
from playbooks.commands.here import Here, here
from playbooks.commands.speaking import App, lesson
from playbooks.commands.writing import Spoken
from playbooks.language import tell

_ASKED_FOR = frozenset({ExitCode.COMPLIANT, ExitCode.FINDINGS, ExitCode.INCOMPLETE})


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=lesson(
            "在本机启动模拟县，经真实的 SNMP 和 SSH 核查它",
            "Audits a simulated county on loopback over real SNMP and SSH",
            "hecha demo",
            "hecha demo --mended",
            "hecha demo --villages 200 --out county",
            "hecha demo --keep",
            more=Text(
                "差距是预先埋下的，找到它们不算失败，退出码 0。--mended 是整改后的同一个县：在同一文件夹再核查一次，"
                "用 hecha diff、hecha plan 看消除了什么、还差什么。装有 iperf3 时，两条线路会实测吞吐。",
                "Its gaps were planted: finding them is no failure, and the exit code is 0. --mended is the same "
                "county after its works: audited in the same folder, hecha diff and hecha plan tell what is mended and "
                "what is left. Where iperf3 is installed, the throughput of two lines is tested.",
            ),
        )
    )(demo)


Out = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        metavar="DIR",
        help=tell("写到哪个文件夹。例：-o county", "Folder to write into. Example: -o county"),
    ),
]
Villages = Annotated[
    int,
    typer.Option(
        "--villages",
        metavar="N",
        min=1,
        max=12_000,
        help=tell("村的数量，1 到 12000。例：--villages 200", "How many villages, 1 to 12000. Example: --villages 200"),
    ),
]
Mended = Annotated[
    bool,
    typer.Option(
        "--mended",
        help=tell(
            "核查整改后的同一个县；与整改前同一文件夹，可看两次之间的变化",
            "Audits the same county after its works; in the same folder as before, what changed is told",
        ),
    ),
]
Keep = Annotated[
    bool,
    typer.Option(
        "--keep", help=tell("核查之后让模拟县继续运行，供试用", "Leaves the county up afterwards, for trying")
    ),
]


def demo(
    out: Out = Path("out/demo"),
    villages: Villages = 20,
    mended: Mended = False,
    keep: Keep = False,
) -> None:
    """Audits the simulated county; what it finds is what was planted, so that finding it is no failure."""
    from playbooks.demo.audit import audit, demo_project
    from playbooks.reporting import chosen, result
    from reports.registry import reports

    at = here()
    with contextlib.ExitStack() as stack:
        with working(at.err, Text("启动模拟县", "Starting the county")):
            county = stack.enter_context(demo_project(out, villages, mended=mended))
        if county.county.iperf_port is None:
            at.say("没有安装 iperf3，不实测线路吞吐", "iperf3 is not installed: no line's throughput is tested")
        with bars(at.err) as progress:
            outcome = audit(county, at.language, progress)
        from inventory.store import Store

        with Store.open(county.project.database) as store:
            told = result(county.project, store, outcome.run, county.playbook, datetime.now().astimezone().date())
            chosen(["console"])[0].write(told, at.language, Spoken())
        at.say("报告在 {folder}：", "The reports lie in {folder}:", folder=out)
        for name, path in outcome.files.items():
            at.say("  {path}  {title}", "  {path}  {title}", path=path, title=reports()[name].title.say(at.language))
        _tell_more(at, out, villages, mended=mended)
        if keep:
            _stay(out, county.county.environment())
    raise typer.Exit(ExitCode.COMPLIANT if outcome.exit_code in _ASKED_FOR else outcome.exit_code)


def _tell_more(at: Here, folder: Path, villages: int, *, mended: bool) -> None:
    """What to look at next, as commands that can be typed as they stand."""
    from playbooks.demo.county import VILLAGES

    at.say(
        "接着看：hecha --project {folder} plan，或 assess、ipv6、systems、explain access.telnet-off",
        "Look further: hecha --project {folder} plan, or assess, ipv6, systems, explain access.telnet-off",
        folder=folder,
    )
    if not mended:
        size = f" --villages {villages}" if villages != VILLAGES else ""
        at.say(
            "整改之后：hecha demo --mended{size} --out {folder}，再 hecha --project {folder} diff",
            "After the works: hecha demo --mended{size} --out {folder}, then hecha --project {folder} diff",
            folder=folder,
            size=size,
        )


def _stay(folder: Path, environment: dict[str, str]) -> None:
    """Waits for Ctrl-C with the county up; its logins lie in a file that only its owner may read."""
    logins = folder / "logins.env"
    try:
        logins.touch(mode=0o600)
        logins.write_text("".join(f"export {name}='{word}'\n" for name, word in environment.items()), encoding="utf-8")
    except OSError as error:
        raise unwritable(logins, error) from None
    here().say(
        "模拟县在运行，按 Ctrl-C 结束。另开终端：source {logins} && hecha --project {folder} run demo",
        "The county is up; Ctrl-C ends it. In another terminal: source {logins} && hecha --project {folder} run demo",
        logins=logins,
        folder=folder,
    )
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        logins.unlink(missing_ok=True)
