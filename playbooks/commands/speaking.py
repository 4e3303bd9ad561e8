"""Help and complaints of the command-line library in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from playbooks.language import language, tell

# The library keeps these to itself; what they derive from is its error for a command line that cannot be understood.
UsageError: Any = typer.BadParameter.__mro__[1]
_WORDS = {
    "Usage:": "用法：",
    "Arguments:": "参数：",
    "Options:": "选项：",
    "Commands:": "命令：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    "[required]": "[必填]",
    "[default: ": "[默认：",
    "Show this message and exit.": "显示这段帮助。",
    "Install completion for the current shell.": "为当前 shell 安装命令补全。",
    "Show completion for the current shell, to copy it or": "显示当前 shell 的命令补全脚本，",
    "customize the installation.": "供复制或自行安装。",
}


def _in_language(text: str) -> str:
    if language() == "zh":
        for english, chinese in _WORDS.items():
            text = text.replace(english, chinese)
    return text


class Command(TyperCommand):
    """A command whose help is all in one language."""

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        return _in_language(super().get_help(ctx))


class Group(TyperGroup):
    """A group of commands whose help is all in one language."""

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        return _in_language(super().get_help(ctx))


class App(typer.Typer):
    """An application made of these."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(cls=Group, no_args_is_help=True, rich_markup_mode=None, **settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Declares a command."""
        return super().command(name, cls=Command, **settings)

    def add_typer(self, typer_instance: typer.Typer, **settings: Any) -> None:
        """Puts a group of commands in."""
        super().add_typer(typer_instance, cls=Group, **settings)


def complaint(error: Any) -> str:
    """What is wrong with a command line, and where to read more; ``error`` is a UsageError."""
    command = error.ctx.command_path if error.ctx else "hecha"
    said: str = error.format_message()
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        return said
    if kind == "NoSuchOption":
        said = tell("没有选项 {name}", "no such option: {name}", name=error.option_name)
    elif kind == "MissingParameter":
        said = tell("缺少 {name}", "missing {name}", name=_parameter(error))
    elif kind == "BadParameter":
        expected = {"integer": tell("应是整数", "expected a whole number")}.get(_type(error), error.message)
        said = tell("{name} 的值不对：{said}", "{name}: {said}", name=_parameter(error), said=expected)
    elif said.startswith("No such command"):
        said = tell("没有命令 {name}", "no such command: {name}", name=said.partition("'")[2].partition("'")[0])
    return tell("{said}；见 {command} --help", "{said}; see {command} --help", said=said, command=command)


def _type(error: Any) -> str:
    return str(getattr(getattr(error.param, "type", None), "name", ""))


def _parameter(error: Any) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    is_option = error.param.param_type_name == "option"
    return "/".join(error.param.opts) if is_option else str(error.param.name).upper()
