"""What a simulated Linux server answers of what protects it: programs, signatures, modes, patches, logins, copies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from collectors.platforms.dialects.linux import protection as asked
from playbooks.demo.model import Device

_FRESH, _BASELINE, _PATCHED, _FORGOTTEN = 2, 60, 20, 400  # days ago


def _ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def _stamp(days: int) -> int:
    return int(_ago(days).timestamp())


def _processes(device: Device) -> str:
    good = device.hardening
    rows = [("root", "systemd"), ("root", "sshd"), ("chrony", "chronyd"), ("root", "rsyslogd"), ("root", "auditd")]
    rows += [("root", "snmpd")]
    rows += [("clamscan", "clamd"), ("clamupdate", "freshclam")] if good.antimalware else []
    rows += [("ossec", "ossec-agentd")] if good.intrusion else []
    rows += [("redis", "redis-server")] if good.risky_port else []
    rows += [("root", "mysqld")] if good.database_as_root else []
    rows += [(program[:8], program) for program, _ in device.runs.programs]
    return "USER                             COMMAND\n" + "".join(f"{user:<32} {name}\n" for user, name in rows)


def _signatures(device: Device) -> str:
    daily = f"{_stamp(_FRESH)} /var/lib/clamav/daily.cld\n" if device.hardening.antimalware else ""
    return f"{_stamp(_BASELINE)} /etc/hosts\n{daily}{_stamp(_BASELINE)} /var/lib/aide/aide.db.gz\n"


def _packages(device: Device) -> str:
    return f"{_stamp(_PATCHED if device.hardening.patched else _FORGOTTEN)} /var/lib/rpm/Packages\n"


def _modes(device: Device) -> str:
    shadow = 0 if device.hardening.shadow_closed else 644
    return (
        f"644 root /etc/passwd\n{shadow} root /etc/shadow\n644 root /etc/group\n440 root /etc/sudoers\n"
        "600 root /etc/ssh/sshd_config\n600 root /etc/crontab\n755 root /etc/pam.d\n700 root /var/log/audit\n"
    )


def _secure_boot(device: Device) -> str:
    return f"SecureBoot {'enabled' if device.hardening.trusted else 'disabled'}\n"


def _chip(device: Device) -> str:
    return "/sys/class/tpm/tpm0/uevent:DEVNAME=tpm0\n" if device.hardening.trusted else _NONE_THERE


_NONE_THERE = "grep: /sys/class/tpm/tpm0/uevent: No such file or directory\n"


def _logins(device: Device) -> str:
    rows = [("root", _PATCHED), ("ops01", _FRESH), ("audit01", 0)]
    rows += [("temp01", _FORGOTTEN)] if device.hardening.leaver else []
    told = (f"{name:<16} pts/0    10.44.0.40       {_ago(days):%a %b %e %H:%M:%S %z %Y}\n" for name, days in rows)
    never = (f"{name:<16}                           **Never logged in**\n" for name in ("bin", "daemon", "sshd"))
    return "Username         Port     From             Latest\n" + "".join((*told, *never))


def _backups(device: Device) -> str:
    return "/etc/hosts\n" + ("/etc/cron.d/backup\n" if device.hardening.backed_up else "")


_GUARDED = {
    "net/ipv4/tcp_syncookies": 1,
    "net/ipv4/icmp_echo_ignore_broadcasts": 1,
    "kernel/randomize_va_space": 2,
    "kernel/kptr_restrict": 1,
    "fs/suid_dumpable": 0,
}


def _kernel(device: Device) -> str:
    follows, forwards = int(not device.hardening.kernel), int(device.forwards)
    four = {"forwarding": forwards, "accept_redirects": follows, "accept_source_route": 0, "send_redirects": 0}
    six = {"forwarding": 0, "disable_ipv6": int(not device.ipv6), "accept_redirects": follows, "accept_source_route": 0}
    said = dict(_GUARDED)
    for port in ("all", "default", *(port.name for port in device.ports)):
        said |= {f"net/ipv4/conf/{port}/{name}": value for name, value in (four | {"rp_filter": 1}).items()}
        said |= {f"net/ipv6/conf/{port}/{name}": value for name, value in six.items()}
    return "".join(f"/proc/sys/{name}:{value}\n" for name, value in said.items())


COMMANDS: dict[str, Callable[[Device], str]] = {
    asked.PROCESSES: _processes,
    asked.SIGNATURES: _signatures,
    asked.PACKAGES: _packages,
    asked.MODES: _modes,
    asked.SECURE_BOOT: _secure_boot,
    asked.CHIP: _chip,
    asked.KERNEL: _kernel,
    asked.LOGINS: _logins,
    asked.BACKUPS: _backups,
}


def files(device: Device) -> dict[str, str]:
    """Of the kernel's own files, those that tell of it."""
    good = device.hardening
    measured = {"/sys/kernel/security/ima/runtime_measurements_count": "3120\n"} if good.trusted else {}
    return measured | {
        "/sys/kernel/security/lsm": "capability,yama,selinux\n",
        "/sys/fs/selinux/enforce": "1\n" if good.labels else "0\n",
    }
