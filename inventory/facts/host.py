"""What a server tells: system, hardware, storage, listeners, software, sshd."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact


@dataclass(frozen=True, slots=True)
class OperatingSystem(Fact):
    """Operating system and processor of a host."""

    distribution: str | None  # ID of os-release: openEuler, kylin, debian …
    release: str | None  # its number, and the service pack where one is named: 22.03 (LTS-SP3)
    kernel: str | None
    architecture: str | None  # x86_64, aarch64, loongarch64, sw_64 …
    processor: str | None = None  # maker and model as lscpu, /proc/cpuinfo or hrDeviceDescr name them; None: not told
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Hardware(Fact):
    """DMI data and whether the host is a guest. ``hypervisor`` None: not told; empty: bare metal."""

    manufacturer: str | None
    product: str | None
    serial: str | None
    hypervisor: str | None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Listener:
    """An open socket. ``ip`` None: all addresses of the family."""

    protocol: str  # tcp, udp
    port: int
    ip: IPv4Address | IPv6Address | None
    family: int | None  # None: both
    process: str | None = None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)

    @property
    def local_only(self) -> bool:
        """Whether only the host itself reaches it."""
        return self.ip is not None and self.ip.is_loopback


@dataclass(frozen=True, slots=True)
class Listeners(Fact):
    """All open sockets of a host."""

    items: tuple[Listener, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Connection:
    """An established connection. ``local_port`` is one the host listens at where somebody came to it."""

    protocol: str  # tcp
    local_ip: IPv4Address | IPv6Address
    local_port: int
    peer_ip: IPv4Address | IPv6Address
    peer_port: int
    process: str | None = None


@dataclass(frozen=True, slots=True)
class Connections(Fact):
    """The connections of a host at that moment; those to itself are left out."""

    items: tuple[Connection, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class RemoteCopy:
    """An address that a host stores at: of a file system it mounts, or named in a scheduled job."""

    ip: IPv4Address | IPv6Address
    how: str  # mount, schedule
    where: str  # the mount point, or the file that schedules


@dataclass(frozen=True, slots=True)
class RemoteCopies(Fact):
    """Where a host mounts file systems from and what addresses its scheduled jobs name; names are left out."""

    items: tuple[RemoteCopy, ...]
    complete: bool  # False: mounts or schedules could not be read
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Storage:
    """One row of hrStorageTable or a file system."""

    name: str
    kind: str | None  # ram, virtualMemory, fixedDisk …
    size_bytes: int | None
    used_bytes: int | None


@dataclass(frozen=True, slots=True)
class Storages(Fact):
    """Memory and disks."""

    items: tuple[Storage, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Software(Fact):
    """Installed software by name and version (hrSWInstalledTable or the package manager)."""

    items: tuple[tuple[str, str | None], ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class RunningServices(Fact):
    """Programs and services that run, by name, each once; parameters are left out, for they may hold secrets."""

    items: tuple[str, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class SshServer(Fact):
    """Effective settings of sshd (``sshd -T``, or sshd_config where only the file is at hand).

    None: not written and the source does not show effective values.
    """

    permit_root_login: str | None
    password_authentication: bool | None
    permit_empty_passwords: bool | None
    max_auth_tries: int | None
    client_alive_interval_s: int | None
    client_alive_count_max: int | None
    allow_list: bool | None  # AllowUsers, AllowGroups or a match on addresses limits who may log in
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
