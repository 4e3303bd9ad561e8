"""The real console script as a user meets it: by pipes, or at a pseudo terminal.

The first run of each command is the script itself, so that each has to load what it needs; later ones are forked
from a process in which the libraries lie loaded. ``started`` and ``Terminal`` always run the script.
"""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import warmed

HECHA = str(Path(sys.executable).with_name("hecha"))
Completed = subprocess.CompletedProcess[str]
_GROUPS = {"attest", "evidence", "exchange", "list", "login", "register", "same"}  # whose second word is a command too
_AS_LOADED = ("HECHA_", "TZ", "XDG_")  # how variables begin that no library reads when it is loaded
_met: set[tuple[str, ...]] = set()


def environment(at: Path, lang: str = "en", **more: str) -> dict[str, str]:
    """What a command finds around it; nothing of this machine's own state is touched."""
    return {"PATH": os.environ["PATH"], "HOME": str(at), "LANG": "C.UTF-8", "HECHA_LANG": lang, **more}


def hecha(
    *words: object,
    at: Path,
    lang: str = "en",
    env: dict[str, str] | None = None,
    timeout: float = 120,
    typed: str | None = None,
) -> Completed:
    """One command run in a folder; ``typed`` is its standard input."""
    command, around = [HECHA, *map(str, words)], environment(at, lang, **(env or {}))
    if _is_met(command[1:]) and all(name.startswith(_AS_LOADED) for name in env or {}):
        return warmed.run(command, at, around, typed or "", timeout)
    return subprocess.run(
        command,
        cwd=at,
        env=around,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        input=typed or "",
    )


def _is_met(words: list[str]) -> bool:
    """Whether this process has run the command before."""
    words = words[2:] if words[:1] == ["--project"] else words
    name = tuple(words[: 2 if words[:1] and words[0] in _GROUPS else 1]) if "--help" not in words else ("--help",)
    met = name in _met
    _met.add(name)
    return met


def refused(done: Completed, *said: str) -> None:
    """Bad input: exit code 2 and one message on standard error, no traceback."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    for words in said:
        assert words in done.stderr
    assert done.stdout == ""


def started(*words: object, at: Path, env: dict[str, str] | None = None, lang: str = "en") -> subprocess.Popen[str]:
    """A command under way, in a session of its own."""
    return subprocess.Popen(
        [HECHA, *map(str, words)],
        cwd=at,
        env=environment(at, lang, **(env or {})),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def await_(condition: object, timeout: float = 60) -> None:
    """Waits until a function says yes."""
    assert callable(condition)
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


class Terminal:
    """A command at a terminal of 100 columns; ``seen`` is all that stood on its screen."""

    def __init__(self, *words: object, at: Path, env: dict[str, str] | None = None, lang: str = "en") -> None:
        self.seen = ""
        pid, self._terminal = pty.fork()
        if pid == 0:
            os.chdir(at)
            here = environment(at, lang, **{"TERM": "xterm-256color", "COLUMNS": "100", **(env or {})})
            os.execve(HECHA, [HECHA, *map(str, words)], here)
        self._pid = pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._terminal)

    def until(self, mark: str, timeout: float = 60) -> str:
        """What came until the mark stood there."""
        before = len(self.seen)
        deadline = time.monotonic() + timeout
        while mark not in self.seen[before:]:
            assert time.monotonic() < deadline, self.seen
            assert self._read(), self.seen
        return self.seen[before:]

    def type(self, line: str) -> None:
        """A line typed, or a control character alone, at the pace of a person."""
        time.sleep(0.2)  # Python's prompt loses a signal that comes between its look for signals and its wait for a key
        os.write(self._terminal, line.encode() + (b"" if line in ("\x03", "\x04") else b"\n"))

    def end(self) -> int:
        """The exit code, once everything was read."""
        while self._read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _read(self) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], 60)
        assert ready, self.seen
        try:
            got = os.read(self._terminal, 65536)
        except OSError:  # the last process at the terminal has gone
            return False
        self.seen += got.decode(errors="replace")
        return bool(got)
