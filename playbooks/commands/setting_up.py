"""``init``: a project folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inventory.text import Text
from playbooks.commands.here import here
from playbooks.commands.speaking import App, lesson
from playbooks.language import tell


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=lesson(
            "新建一个项目文件夹：目标表、普查表、设置",
            "Makes a project folder: targets, census workbook, settings",
            "hecha init mynet",
            more=Text("已有的文件不覆盖。", "Nothing that is there is overwritten."),
        )
    )(init)


def init(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help=tell("文件夹，没有就新建。例：mynet", "Folder, made where it is missing. Example: mynet"),
        ),
    ],
) -> None:
    """Makes a project folder."""
    from playbooks.project import create_project

    at = here()
    for path in create_project(folder, at.language):
        at.say("已建 {path}", "made {path}", path=path)
    at.say(
        "下一步：填写 {targets}，设置登录（hecha --project {folder} login add default），再 "
        "hecha --project {folder} doctor",
        "Next: fill in {targets}, set a login (hecha --project {folder} login add default), then "
        "hecha --project {folder} doctor",
        targets=folder / "targets.csv",
        folder=folder,
    )
