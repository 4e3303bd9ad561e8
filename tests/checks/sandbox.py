"""A host to be mended: this machine's files under an overlay that is thrown away, a network of its own.

Where services are to be started and stopped, the machine's own systemd is the first process of the host.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from shell import Shell

_PROGRAMS = ("unshare", "nsenter", "mount", "chroot")
_BEGIN = """
mount --make-rprivate / && mount -t tmpfs none {root} && mkdir {root}/upper {root}/work {root}/all &&
mount -t overlay overlay -o lowerdir=/,upperdir={root}/upper,workdir={root}/work {root}/all && cd {root}/all &&
mkdir -p .{tests} .{python} && mount -o bind,ro {beside} .{tests} && mount -o bind,ro {prefix} .{python} &&
mount -t proc proc proc && mount --rbind /dev dev && mount -t sysfs sysfs sys && ip link set lo up && echo ready
"""
# Where the host has the programs beside this file, and the interpreter: the checkout may lie below its /tmp.
TESTS, PYTHON = "/srv/tests", "/srv/python"
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


class Sandbox(Shell):
    """The host, up for a block. ``booted``: systemd runs its services."""

    def __init__(self, folder: Path, *, booted: bool = False, name: str = "linux") -> None:
        super().__init__(name)
        self._booted = booted
        self._root = folder / "root"
        self._root.mkdir()
        self._host: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        boot = _BOOT.format(systemd=_SYSTEMD, masked=" ".join(_MASKED)) if self._booted else "exec sleep 3600"
        beside, prefix = Path(__file__).parent, sys.prefix
        begin = _BEGIN.format(root=self._root, beside=beside, prefix=prefix, tests=TESTS, python=PYTHON) + boot
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

    def _run(self, commands: str, typed: str) -> subprocess.CompletedProcess[bytes]:
        assert self._host
        children = Path(f"/proc/{self._host.pid}/task/{self._host.pid}/children").read_text(encoding="ascii")
        inside = ["nsenter", "-t", children.split()[0], "-m", "-n", "-u", "-p", "-C", "chroot", str(self._root / "all")]
        return subprocess.run(
            [*inside, "env", "LC_ALL=C", "sh", "-c", commands], input=typed.encode(), capture_output=True, timeout=60
        )
