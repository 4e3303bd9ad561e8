"""Linux: what runs and as whom, signatures, trusted boot, labels, kernel guards, modes, patches, logins, backups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from collectors.base import Answer
from collectors.platforms.base import Built, Got, Read
from collectors.platforms.dialects.linux.text import first_answer, number, told, why_none
from inventory.errors import Gap, Missing, ReadFailed
from inventory.facts import (
    BackupJobs,
    FileMode,
    FileModes,
    InterfaceSwitches,
    KernelGuards,
    LastLogin,
    LastLogins,
    MandatoryAccess,
    PatchState,
    Process,
    Processes,
    Signature,
    Signatures,
    TrustedBoot,
)

PROCESSES = "ps -eo user:32,comm"
_DATED = "stat -c '%Y %n'"
SIGNATURES = (
    f"{_DATED} /etc/hosts /var/lib/clamav/daily.cvd /var/lib/clamav/daily.cld /var/lib/aide/aide.db "
    "/var/lib/aide/aide.db.gz /var/lib/tripwire/*.twd"
)
PACKAGES = f"{_DATED} /var/lib/dpkg/status /var/lib/rpm/Packages /var/lib/rpm/rpmdb.sqlite /var/lib/rpm/Packages.db"
# Told without being done, and without a cache that is written. yum writes caches and logs whatever it is asked.
PENDING = "apt-get -s -o Debug::NoLocking=true -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= dist-upgrade"
MODES = (
    "stat -c '%a %U %n' /etc/passwd /etc/shadow /etc/group /etc/gshadow /etc/sudoers /etc/ssh/sshd_config /etc/crontab "
    "/etc/pam.d /etc/profile /var/log/audit /var/log/secure /var/log/auth.log /boot/grub2/grub.cfg /boot/grub/grub.cfg"
)
SECURE_BOOT = "mokutil --sb-state"
CHIP = "grep . /sys/class/tpm/tpm0/uevent /sys/class/misc/tpm0/uevent /sys/class/misc/tcm/uevent"
MEASURED = "cat /sys/kernel/security/ima/runtime_measurements_count"
MODULES = "cat /sys/kernel/security/lsm"
SELINUX, APPARMOR = "cat /sys/fs/selinux/enforce", "cat /sys/module/apparmor/parameters/enabled"
PROFILES = "cat /sys/kernel/security/apparmor/profiles"
CONTEXT = "cat /proc/self/attr/current"
# By the files of the kernel, which every account reads; sysctl stands in no path of an ordinary account of Debian.
# secure_redirects is not asked: once redirects are refused it has no say, and where they are taken it refuses more.
_SWITCHES = {
    4: ("forwarding", "accept_redirects", "accept_source_route", "send_redirects", "rp_filter"),
    6: ("forwarding", "disable_ipv6", "accept_redirects", "accept_source_route"),
}
_WHOLE = {
    "net/ipv4": ("tcp_syncookies", "icmp_echo_ignore_broadcasts"),
    "kernel": ("randomize_va_space", "kptr_restrict"),
    "fs": ("suid_dumpable",),
}
KERNEL = " ".join(
    [
        "grep .",
        *(f"/proc/sys/{folder}/{name}" for folder, names in _WHOLE.items() for name in names),
        *(f"/proc/sys/net/ipv{family}/conf/*/{name}" for family, names in _SWITCHES.items() for name in names),
    ]
)
_PARAMETER = re.compile(
    r"/proc/sys/(?:(?:net/ipv4|kernel|fs)|net/ipv(?P<family>[46])/conf/(?P<port>[^/:\s]{1,15}))/(?P<name>\w+):"
    r"(?P<value>-?\d{1,10})"
)
LOGINS, LOGINS2 = "lastlog", "lastlog2"  # Debian 13 and Ubuntu 25.04 have the second alone
_COPYING = (
    "rsync", "scp ", "mysqldump", "mysqlpump", "mariadb-dump", "mariabackup", "xtrabackup", "pg_dump", "pg_basebackup",
    "pgbackrest", "barman", "dexp", "dmrman", "sys_dump", "sys_rman", "gs_dump", "gs_basebackup", "expdp", "rman ",
    "mongodump", "borg", "restic", "duplicity", "backup", "tar ",
)  # fmt: skip
# Names of files alone leave the host. The hosts file has the last word always: that nothing else is found is an answer.
_SCHEDULES = (
    "/etc/hosts /etc/crontab /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly "
    "/var/spool/cron"
)
_WORDS = " ".join(f"-e '{word}'" for word in _COPYING)
BACKUPS = f"grep -rlI {_WORDS} -e '^127[.]0[.]0[.]1[[:space:]]' {_SCHEDULES}"
_MOST = 4096
_SECURITY = re.compile(r"^Inst ([\w.+-]{1,100}) .*/[\w-]+-security\b", re.MULTILINE)
# Debian's kernels list tomoyo whatever they do: it controls nothing before a program of its own loads a policy.
_LABELS = ("selinux", "smack", "apparmor", "kysec")


def processes(answer: Answer) -> Processes:
    """The rows of ps, each pair of program and account once."""
    if "USER" not in answer.text.partition("\n")[0]:
        raise ReadFailed(f"{answer.command}: no heading")
    found: dict[Process, None] = {}
    for line in answer.lines()[1:]:
        user, _, name = line.strip().partition(" ")
        if name.strip():
            found[Process(name.strip()[:64], user)] = None
    if not found:
        raise ReadFailed(f"{answer.command}: lists nothing")
    return Processes(tuple(sorted(list(found)[:_MOST], key=lambda p: (p.name, p.user))), answer.evidence())


def _dates(answer: Answer) -> Iterator[tuple[str, date]]:
    for line in answer.lines():
        seconds, _, path = line.partition(" ")
        told_ = number(seconds)
        if told_ is not None and 0 < told_ < 2**33 and path.startswith("/"):
            yield path, datetime.fromtimestamp(told_, UTC).date()


def signatures(answer: Answer) -> Signatures:
    """ClamAV's daily set, and the baselines of AIDE and Tripwire, by the days of their files."""
    found = dict(_dates(answer))
    if not found:
        raise ReadFailed(f"{answer.command}: tells no file")
    items = []
    for path, day in found.items():
        if "/clamav/" in path:
            items.append(Signature("malware", "clamav", day))
        elif "/aide/" in path or "/tripwire/" in path:
            items.append(Signature("integrity", path.split("/")[3], day))
    return Signatures(tuple(items), answer.evidence(r"clamav|aide|tripwire"))


def patch_state(answer: Answer, simulated: Got) -> PatchState:
    """When the package manager last wrote down what is installed, and what apt would install of security updates."""
    days = [day for _, day in _dates(answer)]
    if not days:
        raise ReadFailed(f"{answer.command}: tells no file")
    pending = _SECURITY.findall(told(simulated) or "")
    known = re.search(r"^\d+ upgraded, ", told(simulated) or "", re.MULTILINE) is not None
    shown = (
        simulated.evidence(r"-security\b")
        if pending and isinstance(simulated, Answer)
        else answer.evidence(r"dpkg|rpm")
    )
    return PatchState(max(days), tuple(sorted(set(pending)))[:_MOST] if known else None, shown)


def file_modes(answer: Answer) -> FileModes:
    """The rows of stat: octal mode, owner, path."""
    rows = (re.match(r"([0-7]{1,4}) (\S{1,64}) (/\S.*)$", line) for line in answer.lines())
    items = tuple(FileMode(row.group(3), int(row.group(1), 8), row.group(2)) for row in rows if row)
    if not items:
        raise ReadFailed(f"{answer.command}: tells no file")
    return FileModes(items, answer.evidence(r"^[0-7]+ "))


def trusted_boot(state: Got, chip: Got, measured: Got) -> Built:
    """mokutil(1) on the firmware's switch, the trusted module's device, and the count of IMA's measurements."""
    where = first_answer(state, chip, measured)
    lacking = all(isinstance(got, Missing) and got.gap is Gap.LACKING for got in (chip, measured))
    if where is None and not lacking:
        return why_none(state, chip, measured)
    said = (told(state) or "").lower()
    secure = True if "secureboot enabled" in said else None
    if "secureboot disabled" in said or "not supported" in said:
        secure = False
    return TrustedBoot(
        secure,
        _there(chip),
        (number(told(measured)) or 0) > 1 if isinstance(measured, Answer) else _there(measured),
        where.evidence() if where else Answer(CHIP, "").evidence(),
    )


def _there(got: Got) -> bool | None:
    """Whether the kernel shows something; None where it may not be looked at."""
    if isinstance(got, Answer):
        return bool(got.text.strip())
    return False if got.gap is Gap.LACKING else None


def mandatory_access(modules: Got, selinux: Got, apparmor: Got, profiles: Got, context: Got) -> Built:
    """The security module that is on, by the kernel's own files: SELinux enforces as a whole, AppArmor by profile.

    Before a policy is loaded, SELinux has one word for every context, and controls nothing.
    """
    labelled = not isinstance(context, Answer) or ":" in context.text
    if isinstance(selinux, Answer) and (mode := selinux.text.strip()) in ("0", "1") and labelled:
        return MandatoryAccess("selinux", mode == "1", selinux.evidence())
    if isinstance(apparmor, Answer) and apparmor.text.strip() == "Y":
        enforced = re.search(r"\(enforce\)$", told(profiles) or "", re.MULTILINE)
        known = isinstance(profiles, Answer)
        return MandatoryAccess("apparmor", bool(enforced) if known else None, apparmor.evidence())
    if isinstance(modules, Answer):
        listed = modules.text.strip().split(",")
        other = next((name for name in _LABELS if name in listed and name not in ("selinux", "apparmor")), None)
        return MandatoryAccess(other, None if other else False, modules.evidence())
    lacking = all(isinstance(got, Missing) and got.gap is Gap.LACKING for got in (selinux, apparmor))
    if lacking:  # both files stand there wherever the module is compiled in and on
        return MandatoryAccess(None, False, Answer(SELINUX, "").evidence())
    return why_none(selinux, apparmor, modules)


def kernel_guards(answer: Answer) -> KernelGuards:
    """Parameters of the kernel, and those of each interface; ReadFailed without the ones that every kernel has."""
    whole: dict[str, int] = {}
    ports: dict[tuple[int, str], dict[str, int]] = {}
    for said in filter(None, map(_PARAMETER.fullmatch, answer.lines())):
        of = ports.setdefault((int(said["family"]), said["port"]), {}) if said["port"] else whole
        of[said["name"]] = int(said["value"])
    if not {(4, "all"), (4, "default")} <= ports.keys() or len(ports) > _MOST:
        raise ReadFailed(f"{answer.command}: tells of no interface, or of more than {_MOST}")
    return KernelGuards(
        tuple(
            InterfaceSwitches(family, name, **{each: of.get(each) for each in _SWITCHES[family]})
            for (family, name), of in sorted(ports.items())
        ),
        **{name: whole.get(name) for names in _WHOLE.values() for name in names},
        evidence=answer.evidence(r"_va_space|/(?:all|default)/(?:accept|send|rp_)"),
    )


_STAMP = re.compile(r"([A-Z][a-z]{2}) +(\d{1,2}) \d\d:\d\d:\d\d (?:[+-]\d{4} )?(\d{4})\s*$")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def last_logins(answer: Answer) -> LastLogins:
    """The rows of lastlog(8): a day, or that there was none."""
    items = []
    for line in answer.lines()[1:]:
        name, stamp = line.split(" ")[0], _STAMP.search(line)
        if name and stamp and stamp.group(1) in _MONTHS:
            month, day, year = _MONTHS.index(stamp.group(1)) + 1, int(stamp.group(2)), int(stamp.group(3))
            items.append(LastLogin(name, date(year, month, day)))
        elif name and "**" in line:
            items.append(LastLogin(name, None))
    if not items:
        raise ReadFailed(f"{answer.command}: tells of no account")
    return LastLogins(tuple(items), answer.evidence(r"\d{4}\s*$"))


def backup_jobs(answer: Answer) -> BackupJobs:
    """The files that grep names; those that packages bring along for their own log and database of names are none."""
    lines = [line for line in answer.lines() if line.startswith("/")]
    if "/etc/hosts" not in lines:
        raise ReadFailed(f"{answer.command}: the search did not come to its end")
    own = re.compile(r"/etc/hosts$|.*/(?:dpkg|logrotate|mlocate|man-db|apt-compat|sysstat|aptitude|passwd)(?:\.cron)?$")
    files = tuple(sorted(line[:200] for line in lines if not own.match(line)))
    return BackupJobs(files[:_MOST], answer.evidence(r"^/(?!etc/hosts)"))


_BOOT, _LABELLED = (SECURE_BOOT, CHIP, MEASURED), (MODULES, SELINUX, APPARMOR, PROFILES, CONTEXT)
READS = (
    Read(Processes, (PROCESSES,), processes),
    Read(Signatures, (SIGNATURES,), signatures),
    Read(PatchState, (PACKAGES, PENDING), patch_state, frozenset({PENDING})),
    Read(FileModes, (MODES,), file_modes),
    Read(TrustedBoot, _BOOT, trusted_boot, frozenset(_BOOT)),
    Read(MandatoryAccess, _LABELLED, mandatory_access, frozenset(_LABELLED)),
    Read(KernelGuards, (KERNEL,), kernel_guards),
    Read(LastLogins, (LOGINS,), last_logins),
    Read(LastLogins, (LOGINS2,), last_logins),
    Read(BackupJobs, (BACKUPS,), backup_jobs),
)
AS_ROOT = frozenset({MEASURED, PROFILES, BACKUPS})
