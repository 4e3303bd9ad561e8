"""Commands forked from a process that has loaded the libraries once, as quick as the command alone is.

It is a program of its own, without threads: the tests' process has some, and forking it could hang.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from checks.catalogue import catalogue
from playbooks.language import language
from reports.registry import reports

LOADED = (
    *("playbooks.doctor", "playbooks.discovering", "playbooks.evidence_pack", "playbooks.runner", "playbooks.schedule"),
    *("inventory.workbook.census", "playbooks.netbox_export", "rich.progress", "rich.table", "typer"),
)  # not the commands: their help is in the language of a process
LONGEST = 200_000  # bytes of a command with its environment


class _Parent:
    """The process that forks; one command at a time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-P", __file__, str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(command, env=environment, pass_fds=[theirs.fileno()])
        self._lock = threading.Lock()
        atexit.register(self._end)

    def run(self, asked: Mapping[str, Any], streams: list[int], timeout: float) -> int:
        with self._lock:
            socket.send_fds(self._ours, [json.dumps(asked).encode()], streams)
            pid = self._number()
            self._ours.settimeout(timeout)
            try:
                return os.waitstatus_to_exitcode(self._number())
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._ours.settimeout(None)
                self._number()
                raise
            finally:
                self._ours.settimeout(None)

    def _number(self) -> int:
        told = self._ours.recv(64)
        assert told, "the process that forks has gone"
        return int(told)

    def _end(self) -> None:
        self._ours.close()
        self._process.wait(timeout=10)


@cache
def _parent() -> _Parent:
    with tempfile.TemporaryDirectory() as home:
        return _Parent({"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8"})


def run(
    command: list[str], at: Path, environment: Mapping[str, str], typed: str, timeout: float
) -> subprocess.CompletedProcess[str]:
    """The console script with these words, run in a folder to its end; ``typed`` is its standard input."""
    with contextlib.ExitStack() as files:
        given, out, err = (files.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        given.write(typed.encode())
        given.seek(0)
        asked = {"command": command, "at": str(at), "environment": dict(environment)}
        try:
            code = _parent().run(asked, [given.fileno(), out.fileno(), err.fileno()], timeout)
        except TimeoutError:
            raise subprocess.TimeoutExpired(command, timeout) from None
        for stream in (out, err):
            stream.seek(0)
        return subprocess.CompletedProcess(command, code, out.read().decode(), err.read().decode())


def _load() -> None:
    for name in LOADED:
        importlib.import_module(name)
    catalogue()
    reports()
    assert not language.cache_info().currsize, "the language is chosen before the command is known"
    gc.collect()
    gc.freeze()  # what is loaded stays one copy for all


def _become(asked: Mapping[str, Any], streams: list[int]) -> None:
    """Makes this process the one that was asked for, as it would be where the script begins."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        old = getattr(sys, name)
        by_line = 1 if name == "stderr" else -1
        new = open(number, old.mode, by_line, old.encoding, old.errors, closefd=False)  # noqa: SIM115 - stays open
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)
    os.chdir(asked["at"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    sys.argv = asked["command"]


def _serve(channel: socket.socket) -> bool:
    """Forks until nobody asks any more; True in each process that was forked."""
    while True:
        told, streams, _, _ = socket.recv_fds(channel, LONGEST, 3)
        if not told:
            return False
        if (pid := os.fork()) == 0:
            channel.close()
            _become(json.loads(told), streams)
            return True
        for stream in streams:
            os.close(stream)
        channel.send(str(pid).encode())
        channel.send(str(os.waitpid(pid, 0)[1]).encode())


if __name__ == "__main__":
    _load()
    if _serve(socket.socket(fileno=int(sys.argv[1]))):
        from playbooks.entry import main

        main()
