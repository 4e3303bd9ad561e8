"""A host to be mended: this machine's files under an overlay that is thrown away, a network of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from collectors.base import Answer
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platform
from collectors.sessions.answers import Answers

_PROGRAMS = ("unshare", "nsenter", "mount", "chroot")
_BEGIN = """
mount --make-rprivate / && mount -t tmpfs none {root} && mkdir {root}/upper {root}/work {root}/all &&
mount -t overlay overlay -o lowerdir=/,upperdir={root}/upper,workdir={root}/work {root}/all &&
mount -t proc proc {root}/all/proc && mount --rbind /dev {root}/all/dev && ip link set lo up && echo ready &&
exec sleep 3600
"""


def why_not() -> str:
    """Why no sandbox can stand here; empty: one can."""
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    if os.geteuid() != 0:
        return "only root mounts an overlay"
    if missing:
        return f"not installed: {', '.join(missing)}"
    tried = subprocess.run(
        ["unshare", "-m", "-n", "-p", "-f", "sh", "-c", "mount --make-rprivate / && mount -t tmpfs none /mnt"],
        capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    return tried.stderr.strip()


class Sandbox:
    """A CliSession to the host, by whose shell commands are run as well."""

    def __init__(self, folder: Path) -> None:
        self.platform: Platform = platform("linux")
        self._answers = Answers()
        self._root = folder / "root"
        self._root.mkdir()
        self._host: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        begin = _BEGIN.format(root=self._root)
        command = ["unshare", "-m", "-n", "-u", "-p", "-f", "--kill-child", "sh", "-c", begin]
        self._host = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self._host.stdout
        assert self._host.stderr
        if self._host.stdout.readline().strip() != "ready":
            raise RuntimeError(self._host.stderr.read())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._host:
            self._host.kill()
            self._host.communicate()

    def run(self, commands: str, typed: str = "") -> subprocess.CompletedProcess[bytes]:
        """Runs commands as an administrator types them, one shell for all."""
        assert self._host
        children = Path(f"/proc/{self._host.pid}/task/{self._host.pid}/children").read_text(encoding="ascii")
        inside = ["nsenter", "-t", children.split()[0], "-m", "-n", "-u", "-p", "chroot", str(self._root / "all")]
        return subprocess.run(
            [*inside, "env", "LC_ALL=C", "sh", "-c", commands], input=typed.encode(), capture_output=True, timeout=60
        )

    def ask(self, command: str) -> Answer:
        """What a program of the host says."""
        done = self.run(command)
        return self._answers.of_process(command, done.stdout, done.stderr, done.returncode, self.platform)

    def close(self) -> None:
        """It ends with the block it was opened for."""
