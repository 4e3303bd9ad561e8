"""A virtual machine with Debian of its own: firmware, boot loader and kernel, whose remedies hold from its next start.

The machine is emulated in full (QEMU's TCG), so that it runs wherever the tests do; a start takes half a minute. Its
firmware is OVMF: with the keys of Microsoft in it, it starts only what they vouch for, which Debian's boot loader is.
A second network port, an Intel 82574L, negotiates speed and duplex as a port of copper does.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from shell import Shell

PROGRAMS = (
    "debootstrap",
    "qemu-system-x86_64",
    "qemu-img",
    "mkfs.ext4",
    "mkfs.vfat",
    "mcopy",
    "sfdisk",
    "ssh",
    "ssh-keygen",
)
_OVMF = Path("/usr/share/OVMF")
_MIRROR = "http://deb.debian.org/debian"
_PACKAGES = (
    "linux-image-amd64", "systemd-sysv", "dbus", "udev", "kmod", "iproute2", "ethtool", "openssh-server", "procps",
    "mokutil", "shim-signed", "grub2-common", "grub-efi-amd64-bin", "grub-efi-amd64-signed",
    "apparmor", "apparmor-utils", "selinux-basics", "selinux-policy-default", "auditd",
)  # fmt: skip
_LINE = "root=LABEL=root ro console=ttyS0"
_SETTLE = """
set -e
rm -f .autorelabel; mv etc/selinux/config etc/selinux/config.kept
echo 'LABEL=root / ext4 errors=remount-ro 0 1' > etc/fstab
echo machine > etc/hostname
printf '[Match]\\nDriver=virtio_net\\n[Network]\\nAddress=10.0.2.15/24\\nIPv6AcceptRA=no\\n' \
    > etc/systemd/network/all.network
mkdir -p root/.ssh boot/grub; cp {folder}/key.pub root/.ssh/authorized_keys
printf 'GRUB_TIMEOUT=0\\nGRUB_TERMINAL=console\\nGRUB_CMDLINE_LINUX="{line} {more}"\\n' > etc/default/grub
printf 'linux /boot/%s {line} {more}\\ninitrd /boot/%s\\nboot\\n' $(cd boot; ls vmlinuz-*) $(cd boot; ls initrd.img-*) \
    > boot/grub/grub.cfg
ln -sf /lib/systemd/system/systemd-networkd.service etc/systemd/system/multi-user.target.wants/
rm -rf var/cache/apt/archives/*.deb var/lib/apt/lists/*
"""
_FIRST_SECTOR, _ESP_MIB, _ROOT_MIB = 1, 64, 1800
_DISK = """
set -e
truncate -s {esp}M esp; mkfs.vfat esp >/dev/null; mmd -i esp ::/EFI ::/EFI/BOOT ::/EFI/debian
mcopy -i esp tree/usr/lib/shim/shimx64.efi.signed ::/EFI/BOOT/BOOTX64.EFI
mcopy -i esp tree/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed ::/EFI/BOOT/grubx64.efi
printf 'search --label root --set=root\\nset prefix=($root)/boot/grub\\nconfigfile $prefix/grub.cfg\\n' > search.cfg
mcopy -i esp search.cfg ::/EFI/debian/grub.cfg
truncate -s {root}M root; mkfs.ext4 -q -L root -d tree root
truncate -s {whole}M disk
printf 'label: gpt\\nstart=1MiB, size={esp}MiB, type=uefi\\nsize={root}MiB\\n' | sfdisk -q disk
dd if=esp of=disk bs=1M seek=1 conv=notrunc status=none; dd if=root of=disk bs=1M seek={after} conv=notrunc status=none
rm -rf esp root tree
"""
_RECIPE = "\n".join((*_PACKAGES, _LINE, _SETTLE, _DISK))
_STARTED = "systemctl is-system-running | grep -Eq 'running|degraded'"
_LONGEST_S = 600.0  # a start in which all files are labelled, and which starts once more


def why_not() -> str:
    """Why no machine can stand here; empty: one can."""
    if os.geteuid() != 0:
        return "only root makes a system in a folder"
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if not _OVMF.exists():
        missing.append("ovmf")
    return f"not installed: {', '.join(missing)}" if missing else ""


def make_disk(folder: Path, kernel_line: str) -> None:
    """A disk with Debian, and a key to log in with; what more its kernel is started with stands in ``kernel_line``."""
    folder.mkdir()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key")], check=True)
    packages = f"--include={','.join(_PACKAGES)}"
    command = ["debootstrap", "--variant=minbase", packages, "bookworm", str(folder / "tree"), _MIRROR]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    settle = _SETTLE.format(folder=folder, line=_LINE, more=kernel_line)
    subprocess.run(["sh", "-c", settle], cwd=folder / "tree", check=True)
    sizes = {"esp": _ESP_MIB, "root": _ROOT_MIB, "after": _ESP_MIB + 1, "whole": _ESP_MIB + _ROOT_MIB + 2}
    subprocess.run(["sh", "-c", _DISK.format(**sizes)], cwd=folder, check=True)
    (folder / "recipe").write_text(_RECIPE, encoding="utf-8")


def is_made(folder: Path) -> bool:
    """Whether a disk lies there that was made as one is by now."""
    recipe = folder / "recipe"
    return recipe.exists() and recipe.read_text(encoding="utf-8") == _RECIPE


class Machine(Shell):
    """The machine, up for a block; what it writes is thrown away. ``secure``: only what is vouched for starts on it."""

    def __init__(self, folder: Path, *, secure: bool = False) -> None:
        super().__init__()
        self._folder, self._secure = folder, secure
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = str(free.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        shutil.copy(_OVMF / f"OVMF_VARS_4M{'.ms' * self._secure}.fd", self._folder / "vars")
        command = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", "disk", str(self._folder / "written")]
        subprocess.run(command, check=True)
        self._up()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def restarted(self, commands: str) -> None:
        """Runs commands of which the last starts it anew, and waits until it is up again."""
        assert self._process
        self.run(commands)
        self._process.wait(_LONGEST_S)
        self._up()

    def _up(self) -> None:
        """Until its services run; it may start more than once. AssertionError where that takes too long."""
        until = time.monotonic() + _LONGEST_S
        while self._run(_STARTED, "").returncode != 0:
            assert time.monotonic() < until, (self._folder / "console").read_text(errors="replace")[-3000:]
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL)
            time.sleep(1)

    def _command(self) -> list[str]:
        """Each start is a process of its own."""
        code = _OVMF / f"OVMF_CODE_4M{'.secboot' * self._secure}.fd"
        on = "on" if self._secure else "off"
        return [
            "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "Nehalem", "-smp", "2", "-m", "1024",
            "-machine", f"q35,smm={on}", "-display", "none", "-vga", "none", "-no-reboot",
            "-serial", f"file:{self._folder / 'console'}", "-global", f"driver=cfi.pflash01,property=secure,value={on}",
            "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}",
            "-drive", f"if=pflash,unit=1,format=raw,file={self._folder / 'vars'}",
            "-drive", f"if=virtio,format=qcow2,file={self._folder / 'written'}",
            "-nic", f"user,model=virtio-net-pci,restrict=on,hostfwd=tcp:127.0.0.1:{self._port}-:22",
            "-nic", "user,model=e1000e,restrict=on",
        ]  # fmt: skip

    def _run(self, commands: str, typed: str) -> subprocess.CompletedProcess[bytes]:
        options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "ConnectTimeout=5"]
        command = ["ssh", "-p", self._port, "-i", str(self._folder / "key"), "-o", "ServerAliveInterval=5"]
        command += [word for option in options for word in ("-o", option)]
        return subprocess.run(
            [*command, "root@127.0.0.1", "sh"], input=commands.encode(), capture_output=True, timeout=_LONGEST_S
        )
