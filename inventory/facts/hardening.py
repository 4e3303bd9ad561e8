"""What level 3 asks of a device beyond who gets in: what it records, who may do what, what backs it up, what it guards.

Throughout, None means that neither the text nor a known default of the release decides it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact

_VIRTUAL = re.compile(
    r"(?i)(?:lo|loopback|null|vlan|bvi|tunnel|nve|vxlan|bridge-agg|route-agg|eth-trunk|port-?channel|po\d|smartgroup|ag\d|"
    r"aggregateport|dialer|virtual|m?eth0/0/|m-g|mgmt|meth|irb|st0|ae\d|reth|fxp|em\d|me\d|redundant|inloop|register|"
    r"cellular|range|wlan|npu|ssl|l2tp|fortilink|modem|naf|async|serial|service|stack)"
)


@dataclass(frozen=True, slots=True)
class AuditTrail(Fact):
    """What is recorded of those who log in, and who may stop the recording."""

    logins: bool | None  # successful and failed logins
    commands: bool | None  # each command: accounting by AAA, a command log, auditd's rules
    severity: int | None  # the least severe level that is let through, 0 (emergencies) to 7 (debugging)
    local: bool | None  # a buffer or files of its own; False: turned off
    stoppable: bool | None  # somebody below the top role may stop or clear the recording
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class LineRight:
    """What everybody who comes over a line may do, whatever the account says."""

    line: str
    level: str  # as written
    top: bool
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Administrator:
    """An account or group and how far its rights go."""

    name: str
    level: str  # level, role or sudo rule, as written
    rank: str  # top, operator, auditor, security; none: cannot log in or change anything
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Privileges(Fact):
    """How rights are divided among administrators."""

    administrators: tuple[Administrator, ...]
    lines: tuple[LineRight, ...] = ()
    authorised: bool | None = None  # a server decides command by command (AAA command authorisation)
    by_server: bool | None = None  # logins go to an AAA server before local accounts
    second_factor: bool | None = None  # a key is asked for beside the password; what a server asks is not known here
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class DeviceService:
    """A service of the device's own that nothing should need, and whether it is on."""

    name: str  # tftp, finger, small-servers, smart-install, bootp …
    on: bool
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class DeviceServices(Fact):
    """Those of which the configuration speaks; ``complete``: it would speak of each that is on."""

    items: tuple[DeviceService, ...]
    complete: bool
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class RedundancyGroup:
    """What makes two devices one, or one the other's stand-in."""

    kind: str  # stack, ha, vrrp, aggregation, supervisor, cluster, replication
    name: str
    on: bool | None  # False: configured and turned off, or of a single member
    guarded: bool | None = None  # of a stack: split is detected (MAD, BFD, DAD)
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Redundancy(Fact):
    """All groups; empty: the configuration was read and has none."""

    items: tuple[RedundancyGroup, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class PortGuard:
    """An interface and what stands between it and the device: zone, filter, admission."""

    interface: str
    shut: bool | None  # administratively down; None: not told and no default known
    access: bool  # a switch port for end devices
    described: bool
    controls: frozenset[str] = frozenset()  # dot1x, mab, port-security, portal
    zone: str | None = None
    filters: frozenset[int] = frozenset()  # families filtered inbound
    outside: str | None = None  # why it leads outside: public, dialled, cellular, translates; None: nothing says so
    used: bool | None = None  # carries an address, a VLAN, a link …; False: nothing is configured on it
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
    translates: bool | None = None  # addresses of what passes it are translated (NAT); None: not looked for
    filtering: tuple[str, ...] = ()  # the statements that filter inbound by an access list, as written

    @property
    def physical(self) -> bool:
        """Whether a cable could be plugged into it, by its name."""
        return _VIRTUAL.match(self.interface) is None and "." not in self.interface


@dataclass(frozen=True, slots=True)
class PortGuards(Fact):
    """All interfaces. ``admission`` False: port controls are written and turned off for the whole device."""

    items: tuple[PortGuard, ...]
    admission: bool | None = None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class ManagementPlane(Fact):
    """Over which network the device is managed, and what of it is shown to the outside."""

    own: tuple[str, ...]  # management interfaces, VRFs or addresses that management is bound to
    shared: tuple[str, ...]  # where it is managed over the network of users: VLAN 1, all addresses
    published: tuple[str, ...]  # management ports that are translated to, or bound to, public addresses
    secured: tuple[str, ...]  # encrypted ways to and from management systems: syslog-tls, netconf-ssh, snmpv3
    publishing: tuple[str, ...] = ()  # the statement of each published port, behind the block it stands in and " | "
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Monitoring(Fact):
    """How a monitoring system hears of the device."""

    agent: bool | None  # an SNMP agent answers
    trap_hosts: tuple[str, ...]  # as written
    traps: bool | None  # notifications are turned on
    secured: bool | None  # version 3 with authentication and privacy
    thresholds: tuple[str, ...] | None = None  # of cpu, memory: an alarm is set; None: by a default not known here
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class SshAlgorithms(Fact):
    """What the SSH server offers, in lower case with hyphens. None: not written and the default is not known."""

    ciphers: frozenset[str] | None
    macs: frozenset[str] | None
    key_exchanges: frozenset[str] | None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
