"""A host to be mended: this machine's files under an overlay that is thrown away, a network of its own.

Where services are to be started and stopped, the machine's own systemd is the first process of the host.
"""

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
from inventory.errors import ReadFailed

_PROGRAMS = ("unshare", "nsenter", "mount", "chroot")
_BEGIN = """
mount --make-rprivate / && mount -t tmpfs none {root} && mkdir {root}/upper {root}/work {root}/all &&
mount -t overlay overlay -o lowerdir=/,upperdir={root}/upper,workdir={root}/work {root}/all && cd {root}/all &&
mount -t proc proc proc && mount --rbind /dev dev && mount -t sysfs sysfs sys && ip link set lo up && echo ready
"""
_SYSTEMD = "/lib/systemd/systemd"
_BOOT = """
for unit in {masked}; do ln -sf /dev/null etc/systemd/system/$unit; done
mount -t cgroup2 none sys/fs/cgroup && mount -t tmpfs none run && mount -t tmpfs none tmp &&
exec env container=sandbox chroot . {systemd} --unit=basic.target --show-status=0 --log-target=null
"""
# The kernel is the machine's as well: units that would touch what is not the host's own.
_MASKED = (
    "systemd-sysctl.service", "systemd-modules-load.service", "systemd-binfmt.service", "systemd-udevd.service",
    "systemd-udev-trigger.service", "systemd-remount-fs.service", "systemd-tmpfiles-setup-dev.service",
    "systemd-random-seed.service", "kmod-static-nodes.service", "proc-sys-fs-binfmt_misc.automount",
    "dev-hugepages.mount", "sys-kernel-debug.mount", "sys-kernel-tracing.mount", "sys-kernel-config.mount",
)  # fmt: skip
_UP = "until systemctl is-system-running 2>/dev/null | grep -Eq 'running|degraded'; do sleep 0.1; done"

_IN_FILES = "cd $(mktemp -d)\n"
_FRAMED = "({command}\n) >out 2>err </dev/null; echo $? $(stat -c %s out err); cat out err\n"


def why_not(*, booted: bool = False) -> str:
    """Why no sandbox can stand here; empty: one can."""
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    if booted and not Path(_SYSTEMD).exists():
        missing.append("systemd")
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
    """A CliSession to the host, by whose shell commands are run as well. ``booted``: systemd runs its services."""

    def __init__(self, folder: Path, *, booted: bool = False, name: str = "linux") -> None:
        self._booted = booted
        self.platform: Platform = platform(name)
        self._answers = Answers()
        self._root = folder / "root"
        self._root.mkdir()
        self._host: subprocess.Popen[str] | None = None
        self._seen: dict[str, Answer | ReadFailed] = {}

    def __enter__(self) -> Self:
        boot = _BOOT.format(systemd=_SYSTEMD, masked=" ".join(_MASKED)) if self._booted else "exec sleep 3600"
        begin = _BEGIN.format(root=self._root) + boot
        command = ["unshare", "-m", "-n", "-u", "-p", "-C", "-f", "--kill-child", "sh", "-c", begin]
        self._host = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self._host.stdout
        assert self._host.stderr
        if self._host.stdout.readline().strip() != "ready":
            raise RuntimeError(self._host.stderr.read())
        if self._booted:
            self.run(_UP)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._host:
            self._host.kill()
            self._host.communicate()

    def run(self, commands: str, typed: str = "") -> subprocess.CompletedProcess[bytes]:
        """Runs commands as an administrator types them, one shell for all."""
        assert self._host
        self._seen = {}
        children = Path(f"/proc/{self._host.pid}/task/{self._host.pid}/children").read_text(encoding="ascii")
        inside = ["nsenter", "-t", children.split()[0], "-m", "-n", "-u", "-p", "-C", "chroot", str(self._root / "all")]
        return subprocess.run(
            [*inside, "env", "LC_ALL=C", "sh", "-c", commands], input=typed.encode(), capture_output=True, timeout=60
        )

    def look(self) -> None:
        """Asks all that the platform may ask at once, for ``ask`` to tell until something is run."""
        if self._seen:
            return
        dialect = self.platform.dialect
        reads = (command for read in self.platform.all_reads for command in read.commands)
        commands = list(dict.fromkeys((*(dialect.commands if dialect else ()), *reads)))
        told = self.run(_IN_FILES + "".join(_FRAMED.format(command=command) for command in commands)).stdout
        for command in commands:
            head, _, told = told.partition(b"\n")
            status, out, err = (int(word) for word in head.split())
            self._seen[command] = self._answer(command, told[:out], told[out : out + err], status)
            told = told[out + err :]

    def ask(self, command: str) -> Answer:
        """What a program of the host says."""
        if (seen := self._seen.get(command)) is None:
            done = self.run(command)
            seen = self._answer(command, done.stdout, done.stderr, done.returncode)
        if isinstance(seen, ReadFailed):
            raise seen
        return seen

    def _answer(self, command: str, out: bytes, err: bytes, status: int) -> Answer | ReadFailed:
        try:
            return self._answers.of_process(command, out, err, status, self.platform)
        except ReadFailed as failed:
            return failed

    def close(self) -> None:
        """It ends with the block it was opened for."""
