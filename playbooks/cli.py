"""The command line: ``hecha``."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType

import typer

from inventory.errors import ExitCode, HechaError, InputError, reason
from inventory.text import Text
from playbooks.commands import (
    assessing,
    attesting,
    census_taking,
    cloud_progress,
    demonstrating,
    device_lives,
    device_tables,
    differing,
    discovering,
    doctoring,
    evidencing,
    exchanging,
    explaining,
    facts_of_files,
    ipv6_progress,
    keeping_logins,
    listing,
    planning,
    registering,
    running,
    same_targets,
    scheduling,
    setting_up,
    stored_runs,
    traffic_readings,
    waiving,
)
from playbooks.commands.completing import languages
from playbooks.commands.here import command_line, harmless, here, taken_apart
from playbooks.commands.speaking import App, UsageError, complaint, lesson
from playbooks.entry import INTERRUPTED
from playbooks.language import language, tell
from playbooks.logs import start_log

UNHEARD = 141  # what shells give a process whose reader left
_COMPLETING = "_HECHA_COMPLETE"  # set by the shell that wants to know how a command line may go on
_PATIENCE_S = 2.0  # after Ctrl-C, before it is told what is waited for
_CURSOR_SHOWN = b"\x1b[?25h"
_LANGUAGES = ("zh", "en")
_over = threading.Event()  # what Ctrl-C stopped has ended
_GROUPS = (
    setting_up,
    registering,
    exchanging,
    keeping_logins,
    doctoring,
    discovering,
    census_taking,
    running,
    stored_runs,
    assessing,
    attesting,
    waiving,
    evidencing,
    listing,
    differing,
    device_tables,
    device_lives,
    cloud_progress,
    planning,
    ipv6_progress,
    facts_of_files,
    same_targets,
    explaining,
    traffic_readings,
    scheduling,
    demonstrating,
)
log = logging.getLogger("hecha")


def application() -> App:
    """All commands, their help in the reader's language."""
    app = App(
        name="hecha",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=lesson(
            "hecha 核查：电子政务外网资产普查与差距核查（IPv6、带宽、等保三级、上云）",
            "hecha: asset census and gap audit of a government network: IPv6, bandwidth, level-3 protection, cloud",
            "hecha demo",
            "hecha init mynet",
            "hecha --project mynet run full-audit",
            more=Text(
                "先用 demo 试。自己的网络：init 建项目文件夹，填好目标与登录，用 doctor 检查，再 run。",
                "Try demo first. Your own network: init makes a project folder; fill in targets and logins, look with "
                "doctor, then run.",
            ),
        ),
    )
    app.callback()(_options)
    for group in _GROUPS:
        group.add_to(app)
    app.command(help=lesson("显示版本", "Shows the version", "hecha version"))(version)
    return app


def _version_shown(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


def _options(
    lang: str = typer.Option(
        "",
        "--lang",
        metavar="zh|en",
        help=tell(
            "语言，默认随系统，可写在命令之后。例：--lang en",
            "Language, the locale's by default; may stand after the command. Example: --lang zh",
        ),
        autocompletion=languages,
        show_default=False,
    ),
    project: str = typer.Option(
        ".",
        "--project",
        metavar="DIR",
        help=tell(
            "项目文件夹，默认当前文件夹，可写在命令之后。例：--project mynet",
            "Project folder, the current one by default; may stand after the command. Example: --project mynet",
        ),
        show_default=False,
    ),
    verbose: bool = typer.Option(
        False, "--verbose", "-v", help=tell("把日志写到标准错误", "Writes the log to standard error")
    ),
    shown: bool = typer.Option(
        False, "--version", callback=_version_shown, is_eager=True, help=tell("显示版本", "Shows the version")
    ),
) -> None:
    # Taken before, wherever they stand in the command line; declared here for the help.
    del lang, project, verbose, shown


def version() -> None:
    """Shows the version."""
    from importlib.metadata import version as installed

    here().print(f"hecha {installed('hecha')}")


def main() -> None:
    """Runs one command and ends the process with its exit code."""
    sys.excepthook = _fault
    _lead_closed_streams_nowhere()
    logging.getLogger().addHandler(logging.NullHandler())  # until the log begins
    for number in (signal.SIGINT, signal.SIGTERM):  # a service that is stopped ends as orderly as by Ctrl-C
        signal.signal(number, _stopped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a GBK terminal has not every sign
    code = _guarded(_run)
    flushed = _guarded(_flushed)
    sys.exit(code or flushed)


def _lead_closed_streams_nowhere() -> None:
    """Whoever closed one wants nothing to be said there; the next file to be opened must not take its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _stopped(number: int, frame: FrameType | None) -> None:
    """The first Ctrl-C lets what is under way end, so that nothing is lost; the second does not wait for it."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _stopped_again)
    hint = threading.Timer(_PATIENCE_S, _hint)
    hint.daemon = True
    hint.start()
    signal.default_int_handler(number, frame)


def _hint() -> None:
    if _over.is_set():
        return
    _complain(
        tell(
            "正在停止，等待手头的设备；再按一次 Ctrl-C 立即结束",
            "stopping once what is under way has ended; Ctrl-C again ends at once",
        )
    )


def _stopped_again(number: int, frame: FrameType | None) -> None:
    del number, frame
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), _CURSOR_SHOWN)  # the progress bars hid it
    os._exit(INTERRUPTED)


def _flushed() -> int:
    """0, once what was written has gone out. What cannot go out is dropped, or Python would complain again."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
    return 0


def _run() -> int:
    if _COMPLETING in os.environ:
        typer.main.get_command(application()).main([], "hecha")  # answers the shell and ends
    given, rest = taken_apart(command_line())
    for name in ("--lang", "--project"):
        if given.get(name) == "":
            raise InputError(name, Text("缺少值", "needs a value"))
    if given.get("--lang", "zh") not in _LANGUAGES:
        raise InputError("--lang", Text("应是 zh 或 en", "expected zh or en"))
    at = here()
    if "--project" in given and not at.root.is_dir():
        raise InputError(f"--project {given['--project']}", Text("没有这个文件夹", "no such folder"))
    start_log(at.log, verbose=at.verbose)
    command = typer.main.get_command(application())
    # Not its main: that would swallow Ctrl-C, end with 1 when a reader leaves, and put a hook in the place of _fault.
    with command.make_context("hecha", rest) as context:
        command.invoke(context)
    return 0


def _guarded(command: Callable[[], int]) -> int:
    """The exit code of the command; what goes wrong becomes one message in the reader's language."""
    try:
        return command()
    except typer.Exit as ended:
        return ended.exit_code
    except HechaError as error:
        log.debug("refused", exc_info=True)
        _complain(error.say(language()))
        return error.exit_code
    except UsageError as error:
        _complain(complaint(error))
        return ExitCode.BAD_INPUT
    except (typer.Abort, KeyboardInterrupt, EOFError):
        _over.set()
        _complain(tell("已停止", "stopped"))
        return INTERRUPTED
    except BrokenPipeError:  # whoever read it has seen enough
        return UNHEARD
    except OSError as error:
        log.warning("the system refused", exc_info=True)
        where = f"{error.filename}: " if error.filename else ""
        _complain(where + reason(error).say(language()))
        return ExitCode.BAD_INPUT


def _complain(message: str) -> None:
    try:
        sys.stderr.write(f"{harmless(message)}\n")
        sys.stderr.flush()
    except OSError:  # nobody listens
        return


def _fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody expected: one line for the reader, the whole of it for the log, exit code 4."""
    if issubclass(kind, KeyboardInterrupt):  # between commands
        os._exit(INTERRUPTED)
    log.error("fault", exc_info=(kind, error, trace))
    last = traceback.extract_tb(trace)[-1]
    where = f"{kind.__name__} {Path(last.filename).name}:{last.lineno}"
    _complain(
        tell("hecha 自身出错（{where}）；{log}", "a fault of hecha itself ({where}); {log}", where=where, log=_how())
    )
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    os._exit(ExitCode.FAULT)  # Python itself would end with 1, which means gaps


def _how() -> str:
    at = here()
    if at.verbose:
        return tell("经过在上面", "how it came about stands above")
    if not at.log.is_file():
        return tell("加 -v 再运行一次可看到经过", "run it again with -v to see how it came about")
    return tell("经过在 {path}", "how it came about stands in {path}", path=at.log)
