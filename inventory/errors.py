"""Every way hecha can fail, and every reason a fact can be missing.

HechaError                  carries a Text for the reader and an exit code
├── InputError              a file or option a person wrote is wrong: exit 2
├── StoreError              the project's database cannot be read or written: exit 2
└── CollectError            one device, command or table; never ends a run
    ├── Unreachable         nothing answers
    ├── LoginRefused        the device refused the login (counts against the failure budget)
    ├── LoginWithheld       the failure budget kept us from trying
    ├── HostKeyChanged      the host key is not the one recorded at first use
    └── ReadFailed          one read gave nothing usable; its Gap says why
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from inventory.text import Language, Text


class ExitCode(IntEnum):
    """What the process tells its caller; stated nowhere else."""

    COMPLIANT = 0
    FINDINGS = 1  # at or above the playbook's fail_on
    BAD_INPUT = 2
    INCOMPLETE = 3  # something could not be reached or read
    FAULT = 4  # a fault of ours


class Gap(StrEnum):
    """Why a fact is not known."""

    UNREACHABLE = "unreachable"  # nothing answered
    REFUSED = "refused"  # the device answered with a refusal
    UNPARSED = "unparsed"  # a template or dialect met something it does not know
    UNREAD = "unread"  # nothing reads this fact on this platform or was asked to
    LACKING = "lacking"  # the platform has no such thing: NOT_APPLICABLE, every other gap is UNKNOWN
    STALE = "stale"  # read longer ago than the playbook allows
    WITHHELD = "withheld"  # the login failure budget stopped us
    EXCLUDED = "excluded"  # the project says that the address is never asked


@dataclass(frozen=True, slots=True)
class Missing:
    """Stands where a fact would: it is not known, for this reason."""

    gap: Gap
    why: str = ""


class HechaError(Exception):
    """Base of all errors that a reader may see."""

    exit_code: ExitCode = ExitCode.FAULT

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text

    def say(self, language: Language) -> str:
        """The message in the reader's language."""
        return self.text.say(language)


class InputError(HechaError):
    """Bad input: where it stands and what was expected there.

    ``where`` is what a person can find: ``targets.csv:12``, ``普查表.xlsx 链路!F7``, ``--lang``.
    """

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, where: str, text: Text) -> None:
        super().__init__(Text(f"{where}：{text.zh}" if where else text.zh, f"{where}: {text.en}" if where else text.en))
        self.where = where


_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许这样做",
    errno.EROFS: "文件系统只读",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EISDIR: "是文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已经存在",
    errno.ENAMETOOLONG: "名字太长",
    errno.EIO: "读写出错",
    errno.ELOOP: "符号链接成环",
    errno.ETXTBSY: "文件正在使用",
    errno.EBUSY: "正在使用",
    errno.EFBIG: "文件过大",
    errno.EINVAL: "参数不对",
    errno.EMFILE: "打开的文件太多",
    errno.EADDRINUSE: "端口已被占用",
}


def reason(error: OSError) -> Text:
    """Why the system refused: in the reader's words, in its own where it is rare."""
    own = error.strerror or type(error).__name__
    return Text(_REASONS.get(error.errno or 0, own), own)


def unreadable(where: object, error: OSError) -> InputError:
    """What to raise for a file that cannot be read."""
    why = reason(error)
    return InputError(str(where), Text(f"读不了（{why.zh}）", f"cannot be read ({why.en})"))


def unwritable(where: object, error: OSError) -> InputError:
    """What to raise for a file or folder that cannot be written."""
    why = reason(error)
    return InputError(str(where), Text(f"写不进去（{why.zh}）", f"cannot write ({why.en})"))


class StoreError(HechaError):
    """The project's database cannot be opened, read or written."""

    exit_code = ExitCode.BAD_INPUT


class CollectError(HechaError):
    """One device, command or table gave nothing; the run goes on."""

    gap: Gap = Gap.UNREACHABLE

    def __init__(self, why: str, gap: Gap | None = None) -> None:
        super().__init__(Text(why, why))
        self.why = why
        if gap is not None:
            self.gap = gap

    def missing(self) -> Missing:
        """The same as a value for the snapshot."""
        return Missing(self.gap, self.why)


class Unreachable(CollectError):
    """Nothing answers at the address."""


class LoginRefused(CollectError):
    """The device refused user name, password, key or community."""

    gap = Gap.REFUSED


class LoginWithheld(CollectError):
    """The login failure budget of the account is spent; the device was not asked."""

    gap = Gap.WITHHELD


class HostKeyChanged(CollectError):
    """The SSH host key differs from the recorded one."""

    gap = Gap.REFUSED


class ReadFailed(CollectError):
    """One command or table gave nothing usable."""

    gap = Gap.UNPARSED
