"""``doctor``: what works and what does not, before anything depends on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import ExitCode
from inventory.text import Text
from playbooks.commands.bars import bars
from playbooks.commands.here import Here, here
from playbooks.commands.options import Targets
from playbooks.commands.speaking import App, lesson
from playbooks.language import tell

if TYPE_CHECKING:
    from playbooks.doctor import LoginTrial

_MARKS = {True: "√", False: "×", None: "–"}  # signs that GBK has as well
_THINGS = {"playbook": "剧本", "register": "登记表", "database": "数据库", "resolver": "域名服务器"}


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=lesson(
            "检查安装、项目与登录",
            "Looks at installation, project and logins",
            "hecha doctor",
            "hecha doctor --targets few.csv",
            "hecha doctor --offline",
            more=Text(
                "每个登录在每个目标上只试一次，并受失败次数的限制，不会锁定账号。有一项不行，退出码 3。",
                "Each login is tried once on each target, within the failure budget, so that no account is locked. "
                "Exit code 3 where something does not work.",
            ),
        )
    )(doctor)


def doctor(
    targets: Targets = None,
    offline: Annotated[bool, typer.Option("--offline", help=tell("不连接任何设备", "Asks no device"))] = False,
) -> None:
    """Looks at everything a run needs; exits 3 where something does not work."""
    from playbooks.doctor import NO_LOGIN, installed, project_parts

    at = here()
    broken = False
    for found in (*installed(), *project_parts(at.project)):
        broken |= found.ok is False
        at.print(f"{_MARKS[found.ok]} {_thing(found.thing)}: {found.told.say(at.language)}")
    path = targets or at.project.path("targets.csv")
    if not offline and (targets or path.exists()):
        tried = sorted(_tried(at, path), key=lambda trial: (trial.target, trial.protocol))
        unset = Counter(trial.told for trial in tried if trial.protocol == NO_LOGIN)
        for told, count in unset.items():
            at.print(f"{_MARKS[False]} {told.say(at.language)}{tell('（{n} 个目标）', ' (targets: {n})', n=count)}")
        for trial in tried:
            broken |= trial.ok is False
            if trial.protocol == NO_LOGIN:
                continue
            said = trial.told.say(at.language)
            at.print(f"{_MARKS[trial.ok]} {trial.target} {trial.login} {trial.protocol}: {said}")
        at.say(
            "登录：{good} 个可用，{bad} 个不可用",
            "logins: {good} work, {bad} do not",
            good=sum(trial.ok is True for trial in tried),
            bad=sum(trial.ok is False for trial in tried),
        )
    raise typer.Exit(ExitCode.INCOMPLETE if broken else ExitCode.COMPLIANT)


def _thing(thing: str) -> str:
    """What was looked at, its first word in the reader's language."""
    word, space, name = thing.partition(" ")
    return f"{tell(_THINGS[word], word)}{space}{name}" if word in _THINGS else thing


def _tried(at: Here, path: Path) -> Iterator[LoginTrial]:
    from inventory.targets import read_targets
    from playbooks.doctor import trials
    from playbooks.excluding import Exclusions

    wanted, logins = read_targets(path, Exclusions(at.project).refusal), at.logins()
    with bars(at.err) as progress:
        progress.begin(Text("试登录", "Trying logins"), len(wanted))
        for of_target in trials(at.project, wanted, logins):
            yield from of_target
            progress.step()
