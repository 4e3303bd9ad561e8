"""Help and complaints of the command-line library in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from inventory.text import Text
from playbooks.language import language, tell

# The library keeps these to itself; what they derive from is its error for a command line that cannot be understood.
UsageError: Any = typer.BadParameter.__mro__[1]
NEWEST = "newest"  # what an option whose value may be left out gets
_MAY_BE_BARE = "["  # begins the metavar of such an option: ``--resume [RUN]``
_WORDS = {
    "Usage:": "用法：",
    "Arguments:": "参数：",
    "Options:": "选项：",
    "Commands:": "命令：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    "[required]": "[必填]",
    "; required]": "；必填]",
    "[default: ": "[默认：",
    "Show this message and exit.": "显示这段帮助。",
    "Install completion for the current shell.": "为当前 shell 安装命令补全。",
    "Show completion for the current shell, to copy it or": "显示当前 shell 的命令补全脚本，",
    "customize the installation.": "供复制或自行安装。",
}


def lesson(zh: str, en: str, *examples: str, more: Text | None = None) -> str:
    """The help of a command: a sentence, what else is worth knowing, and command lines to begin with."""
    taught = [tell(zh, en)]
    if more:
        taught.append(more.say(language()))
    # \b: the lines stay as they are.
    taught += (
        [
            "\b\n"
            + "\n".join(
                [tell("例：", "Example:" if len(examples) == 1 else "Examples:"), *(f"  {line}" for line in examples)]
            )
        ]
        if examples
        else []
    )
    return "\n\n".join(taught)


def _in_language(text: str) -> str:
    if language() == "zh":
        for english, chinese in _WORDS.items():
            text = text.replace(english, chinese)
    return text


class Command(TyperCommand):
    """A command whose help is all in one language, and in which an option may stand without its value."""

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        return _in_language(super().get_help(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What is left of the arguments; a bare ``--resume`` means the newest run."""
        bare = {word for p in self.params if str(p.metavar or "").startswith(_MAY_BE_BARE) for word in p.opts}
        try:
            return super().parse_args(ctx, _filled(args, bare))
        except UsageError as error:
            error.ctx = error.ctx or ctx  # the parser does not always say which command it was at
            raise


def _filled(args: list[str], bare: set[str]) -> list[str]:
    found: list[str] = []
    for at, word in enumerate(args):
        found.append(word)
        if word == "--":
            return found + args[at + 1 :]
        if word in bare and not (at + 1 < len(args) and args[at + 1].isdecimal()):
            found.append(NEWEST)
    return found


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
        super().add_typer(typer_instance, **{"cls": Group, **settings})


def complaint(error: Any) -> str:
    """What is wrong with a command line, and where to read more; ``error`` is a UsageError."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return str(error.format_message())
    command = error.ctx.command_path if error.ctx else "hecha"
    return tell("{said}；见 {command} --help", "{said}; see {command} --help", said=_said(error), command=command)


def _said(error: Any) -> str:
    message = str(error.format_message())
    match type(error).__name__:
        case "NoSuchOption":
            return _nothing_such(Text("没有选项 {name}", "no such option: {name}"), error.option_name, _near(error))
        case "MissingParameter":
            return tell("缺少 {name}（{help}）", "missing {name} ({help})", name=_parameter(error), help=_help(error))
        case "BadParameter":
            said = "{name} 的值不对。{help}", "{name}: not a value that it takes. {help}"
            return tell(*said, name=_parameter(error), help=_help(error))
        case "BadOptionUsage" if "does not take" in message:
            return tell("选项 {name} 不带值", "option {name} takes no value", name=error.option_name)
        case "BadOptionUsage":
            return tell("选项 {name} 缺少值", "option {name} needs a value", name=error.option_name)
    quoted = message.partition("'")[2].partition("'")[0]
    if message.startswith("No such command"):
        return _nothing_such(Text("没有命令 {name}", "no such command: {name}"), quoted, _near_commands(error, quoted))
    if message.startswith("Missing command"):
        return tell("缺少命令", "a command is missing")
    if message.startswith("Got unexpected extra argument"):
        more = message.partition("(s) (")[2].rstrip(")") or message.partition("(")[2].rstrip(")")
        return tell("多出来的参数：{more}", "more arguments than it takes: {more}", more=more)
    return message


def _nothing_such(text: Text, name: str, near: list[str]) -> str:
    said = text.say(language(), name=name)
    return said + tell("，相近的有 {near}", ", did you mean {near}", near=", ".join(near)) if near else said


def _near(error: Any) -> list[str]:
    return sorted(getattr(error, "possibilities", None) or ())


def _near_commands(error: Any, name: str) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, error.ctx.command.list_commands(error.ctx)) if error.ctx else []


def _help(error: Any) -> str:
    return str(getattr(error.param, "help", "") or "")


def _parameter(error: Any) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    is_option = error.param.param_type_name == "option"
    shown = error.param.metavar or str(error.param.name).upper()  # as --help calls it
    return "/".join(error.param.opts) if is_option else str(shown).strip("[].")
