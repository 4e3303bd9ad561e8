"""The command line: ``hecha``."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import typer

from inventory.errors import ExitCode, HechaError, InputError
from inventory.text import Text
from playbooks.commands import demonstrating, doctoring, looking, running, scheduling, setting_up
from playbooks.commands.here import here, taken_apart
from playbooks.commands.speaking import App, UsageError, complaint
from playbooks.language import language, tell
from playbooks.logs import start_log

INTERRUPTED = 130  # what shells give a process that Ctrl-C ended
_LANGUAGES = ("zh", "en")
_GROUPS = (setting_up, running, looking, scheduling, doctoring, demonstrating)


def application() -> App:
    """All commands, their help in the reader's language."""
    app = App(
        name="hecha",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=tell(
            "hecha 核查：电子政务外网资产普查与差距核查（IPv6、带宽、等保三级、上云）。\n\n"
            "先试：hecha demo。自己的网络：hecha init mynet，填好目标与登录，再 hecha --project mynet run full-audit。",
            "hecha: asset census and gap audit of a government network: IPv6, bandwidth, level-3 protection, cloud.\n"
            "\n"
            "To try it: hecha demo. Your own network: hecha init mynet, fill in targets and logins, then "
            "hecha --project mynet run full-audit.",
        ),
    )
    app.callback()(_options)
    for group in _GROUPS:
        group.add_to(app)
    app.command(help=tell("版本", "Shows the version"))(version)
    return app


def _options(
    lang: str = typer.Option(
        "", "--lang", help=tell("语言：zh 或 en，默认随系统", "Language: zh or en; the locale's by default")
    ),
    project: str = typer.Option(
        ".", "--project", help=tell("项目文件夹，默认当前文件夹", "Project folder; the current one by default")
    ),
    verbose: bool = typer.Option(
        False, "--verbose", "-v", help=tell("把日志写到标准错误", "Writes the log to standard error")
    ),
) -> None:
    # Taken before, wherever they stand in the command line; declared here for the help.
    del lang, project, verbose


def version() -> None:
    """Shows the version."""
    from importlib.metadata import version as installed

    here().out.print(f"hecha {installed('hecha')}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and ends the process with its exit code."""
    sys.excepthook = _fault
    given, rest = taken_apart(sys.argv[1:] if arguments is None else arguments)
    code = _guarded(lambda: _run(given, rest))
    sys.exit(_guarded(lambda: _flushed(code)))


def _flushed(code: int) -> int:
    """The code, once what was written has gone out. What cannot go out is dropped, or Python would complain again."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
    return code


def _run(given: dict[str, str], rest: list[str]) -> int:
    if "--lang" in given and given["--lang"] not in _LANGUAGES:
        raise InputError("--lang", Text("应是 zh 或 en", "expected zh or en"))
    at = here()
    if "--project" in given and not at.root.is_dir():
        raise InputError(f"--project {given['--project']}", Text("没有这个文件夹", "no such folder"))
    log = at.root / ".hecha"
    start_log(log / "hecha.log" if log.is_dir() else None, verbose=at.verbose)
    done = application()(args=rest, prog_name="hecha", standalone_mode=False)
    return done if isinstance(done, int) else 0


def _guarded(command: Callable[[], int]) -> int:
    """The exit code of the command; what goes wrong becomes one message in the reader's language."""
    try:
        return command()
    except typer.Exit as ended:
        return ended.exit_code
    except HechaError as error:
        _complain(error.say(language()))
        return error.exit_code
    except UsageError as error:
        _complain(complaint(error))
        return ExitCode.BAD_INPUT
    except (typer.Abort, KeyboardInterrupt):
        _complain(tell("已停止", "stopped"))
        return INTERRUPTED
    except BrokenPipeError:  # whoever read it has seen enough
        return ExitCode.COMPLIANT
    except OSError as error:
        _complain(f"{error.filename or ''}: {error.strerror or error}".removeprefix(": "))
        return ExitCode.BAD_INPUT


def _complain(message: str) -> None:
    sys.stderr.write(f"{message}\n")


def _fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody expected: one line for the reader, the whole of it for the log, exit code 4."""
    logging.getLogger("hecha").error("fault", exc_info=(kind, error, trace))
    last = traceback.extract_tb(trace)[-1]
    _complain(
        tell(
            "hecha 自身出错（{where}）；加 -v 再运行一次可看到经过",
            "a fault of hecha itself ({where}); run it again with -v to see how it came about",
            where=f"{kind.__name__} {Path(last.filename).name}:{last.lineno}",
        )
    )
    sys.stdout.flush()
    os._exit(ExitCode.FAULT)  # Python itself would end with 1, which means gaps
