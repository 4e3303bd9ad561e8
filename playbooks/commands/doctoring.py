"""``doctor``: what works and what does not, before anything depends on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inventory.errors import ExitCode
from inventory.text import Text
from playbooks.commands.bars import bars
from playbooks.commands.here import here
from playbooks.commands.speaking import App
from playbooks.language import tell


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=tell(
            "检查安装、项目与登录；每个登录在每个目标上只试一次。例：hecha doctor --targets targets.csv",
            "Checks installation, project and logins, one try each. Example: hecha doctor --targets targets.csv",
        )
    )(doctor)


def doctor(
    targets: Annotated[
        Path | None,
        typer.Option("--targets", "-t", help=tell("目标文件，默认项目里的", "Targets; the project's by default")),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help=tell("不连接任何设备", "Asks no device"))] = False,
) -> None:
    """Looks at everything a run needs; exits 3 where something does not work."""
    from inventory.targets import read_targets
    from playbooks.doctor import installed, project_parts, trials

    at = here()
    broken = False
    for found in (*installed(), *project_parts(at.project)):
        broken |= found.ok is False
        at.out.print(f"{_mark(found.ok)} {found.thing}: {found.told.say(at.language)}")
    path = targets or at.project.path("targets.csv")
    if offline or not (targets or path.exists()):
        raise typer.Exit(ExitCode.INCOMPLETE if broken else ExitCode.COMPLIANT)
    wanted = read_targets(path)
    with bars(at.err) as progress:
        progress.begin(Text("试登录", "Trying logins"), len(wanted))
        tried = []
        for of_target in trials(at.project, wanted, at.logins()):
            tried += of_target
            progress.step()
    for trial in sorted(tried, key=lambda trial: (trial.target, trial.protocol)):
        broken |= trial.ok is False
        at.out.print(f"{_mark(trial.ok)} {trial.target} {trial.login} {trial.protocol}: {trial.told}")
    raise typer.Exit(ExitCode.INCOMPLETE if broken else ExitCode.COMPLIANT)


def _mark(ok: bool | None) -> str:
    return {True: "✓", False: "✗", None: "–"}[ok]
