"""How a device is managed: remote access, accounts, SNMP, logging, time.

Throughout, None means that neither the text nor a known default of the release decides it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact


@dataclass(frozen=True, slots=True)
class RemoteLine:
    """A block of remote or local terminal lines (VTY, console, AUX), or sshd on a host."""

    name: str  # "vty 0 4", "con 0", "sshd"
    transports: frozenset[str] | None  # telnet, ssh …; None: not stated and no default known
    authentication: str | None  # none, password, aaa
    idle_timeout_s: int | None  # 0 = never
    idle_timeout_written: bool  # False: idle_timeout_s is the release's default, or None
    acl_ipv4: str | None = None  # None: no IPv4 ACL applied
    acl_ipv6: str | None = None  # None: no IPv6 ACL applied
    open_when_down: bool | None = None  # True: where no AAA server answers, whoever comes is let in; None: not told
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)

    @property
    def remote(self) -> bool:
        """Whether the line is reached over the network."""
        return not self.name.startswith(("con", "aux", "tty"))


@dataclass(frozen=True, slots=True)
class RemoteAccess(Fact):
    """Management servers and the lines behind them."""

    telnet: bool | None
    ssh: bool | None
    ssh_v1: bool | None  # protocol 1 can be negotiated
    http: bool | None  # plain HTTP management
    https: bool | None
    ftp: bool | None
    lines: tuple[RemoteLine, ...] = ()
    acl_limits_login: bool | None = None  # some ACL or address list limits management logins
    server_acls: tuple[str, ...] = ()  # IPv4 lists that are applied to the servers, whatever the lines say
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Account:
    """A local account. ``storage`` is the form of the stored password, never the password.

    none, plaintext, type7, cipher (reversible), md5 (weak one-way), strong (salted SHA-2, PBKDF2 …);
    None: unreadable or an unknown form.
    """

    name: str
    storage: str | None
    level: str | None = None  # privilege level or role, as written
    services: frozenset[str] = frozenset()
    locked: bool = False
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Accounts(Fact):
    """Local accounts, and the enable or super password as an account named after it."""

    items: tuple[Account, ...]
    aaa_servers: tuple[str, ...] = ()
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class PasswordPolicy(Fact):
    """What new passwords must satisfy, and what happens after failures."""

    min_length: int | None
    min_classes: int | None
    max_age_days: int | None  # 0 = never expires
    history: int | None
    lockout: bool | None  # failed logins lead to a lock or a block
    lockout_attempts: int | None
    lockout_s: int | None  # 0 = until an administrator unlocks
    lockout_written: bool | None = None  # False: ``lockout`` is the release's default; None: not told apart
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Community:
    """An SNMP v1/v2c community. The string itself is never kept."""

    default: bool | None  # it is exactly public or private; None: masked or encrypted in the text
    access: str | None  # ro, rw
    acl: str | None = None
    purpose: str = "access"  # access, trap
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
    limited: frozenset[int] | None = None  # families that an ACL decides about; None: they are not told apart


@dataclass(frozen=True, slots=True)
class SnmpUser:
    """An SNMPv3 user or group and its security level."""

    name: str
    level: str | None  # noAuthNoPriv, authNoPriv, authPriv
    group: bool = False
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class SnmpAgent(Fact):
    """How the SNMP agent is configured."""

    enabled: bool | None
    versions: frozenset[str] | None  # v1, v2c, v3
    communities: tuple[Community, ...] = ()
    users: tuple[SnmpUser, ...] = ()
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Logging(Fact):
    """Where logs go."""

    enabled: bool | None
    hosts: tuple[str, ...]  # as written
    timestamps: bool | None = None
    retention_days: int | None = None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class TimeSync(Fact):
    """NTP or SNTP."""

    servers: tuple[str, ...]  # as written, peers left out
    peers: tuple[str, ...] = ()
    authenticated: bool | None = None
    synchronised: bool | None = None  # measured, None: not read
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Banner(Fact):
    """A login, motd or exec banner."""

    present: bool
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Configuration(Fact):
    """The running configuration as a whole. Its masked text lies with the raw answers, under its evidence's SHA-256."""

    lines: int
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class ConfigBackup(Fact):
    """Whether the running configuration is what would come up after a restart."""

    saved: bool | None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
