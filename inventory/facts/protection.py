"""What protects a device and what is on it: programs and who runs them, signatures, inspection, integrity, patches.

Throughout, None means that the device does not tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact


@dataclass(frozen=True, slots=True)
class Process:
    """A program that runs, and the account it runs as; parameters are left out, for they may hold secrets."""

    name: str
    user: str


@dataclass(frozen=True, slots=True)
class Processes(Fact):
    """Every program that runs, each once an account."""

    items: tuple[Process, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Signature:
    """A set of signatures or a baseline that detection compares with."""

    kind: str  # intrusion, malware, application, url, integrity
    name: str
    released: date | None  # of a baseline: when it was taken
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Signatures(Fact):
    """All that the device holds; empty: it was asked and holds none."""

    items: tuple[Signature, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Inspection(Fact):
    """What a firewall looks for in the traffic that its policy lets through, by the profiles bound to rules.

    ``kinds``: intrusion, malware, application, url, content, spam. Empty: its policy binds none.
    """

    kinds: frozenset[str]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class TunnelCrypto(Fact):
    """How tunnels over foreign networks are protected (IPsec, RFC 4301; MACsec, IEEE 802.1AE)."""

    applied: tuple[str, ...]  # interfaces or policies that apply it, as written; empty: none
    algorithms: frozenset[str]  # as written, in lower case with hyphens
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class TrustedBoot(Fact):
    """What proves that a host started as its maker meant it to."""

    secure_boot: bool | None  # firmware checks the boot loader's signature (UEFI)
    chip: bool | None  # a trusted module is there: TPM, TCM
    measured: bool | None  # the kernel measures what is executed (IMA)
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class MandatoryAccess(Fact):
    """Access control by labels or profiles that no owner of a file can lift."""

    module: str | None  # selinux, apparmor, smack, kysec; None: the kernel runs none
    enforcing: bool | None  # False: it only records
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class FileMode:
    """Who may do what with a file."""

    path: str
    mode: int  # permission bits
    owner: str

    @property
    def others_write(self) -> bool:
        """Whether every account may change it."""
        return bool(self.mode & 0o002)

    @property
    def others_read(self) -> bool:
        """Whether every account may read it."""
        return bool(self.mode & 0o004)


@dataclass(frozen=True, slots=True)
class FileModes(Fact):
    """Modes of the files that decide who may do what on a host."""

    items: tuple[FileMode, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class PatchState(Fact):
    """When packages were last changed: before that day no patch was installed either.

    ``pending`` are packages with a security update that is not installed, as of the lists that the host last fetched.
    """

    changed: date | None
    pending: tuple[str, ...] | None = None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class LastLogin:
    """When an account was last used. ``on`` None: never, as far as the record goes."""

    name: str
    on: date | None


@dataclass(frozen=True, slots=True)
class LastLogins(Fact):
    """Of every account of the host."""

    items: tuple[LastLogin, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class BackupJobs(Fact):
    """Files of scheduled jobs that name a program that copies or dumps data."""

    files: tuple[str, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class InterfaceSwitches:
    """What the kernel's net/ipv4/conf or net/ipv6/conf holds of an interface, or of two that are none.

    ``default`` is what the next interface begins with; ``all`` is combined with each interface's own, by a rule that
    differs from parameter to parameter. None: the kernel has no such parameter in this family.
    """

    family: int
    name: str
    forwarding: int | None = None
    disable_ipv6: int | None = None
    accept_redirects: int | None = None
    accept_source_route: int | None = None
    send_redirects: int | None = None
    rp_filter: int | None = None


@dataclass(frozen=True, slots=True)
class KernelGuards(Fact):
    """How the kernel guards network and memory, by its own names (ip-sysctl, sysctl/kernel, sysctl/fs).

    None: the kernel was built without it, or is older. Without an interface of IPv6 it has no IPv6.
    """

    interfaces: tuple[InterfaceSwitches, ...]
    tcp_syncookies: int | None
    icmp_echo_ignore_broadcasts: int | None
    randomize_va_space: int | None
    kptr_restrict: int | None
    suid_dumpable: int | None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
