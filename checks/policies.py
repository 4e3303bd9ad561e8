"""What a site may set: limits that checks judge by, with the catalogue's defaults, overridable in a playbook."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from ipaddress import IPv4Network, IPv6Network
from typing import Any, get_args, get_origin, get_type_hints

from inventory.codec import CodecError, decode
from inventory.document import expected
from inventory.errors import InputError
from inventory.text import Text

_RISKY_TCP = frozenset(
    (
        21,
        23,
        25,
        79,
        111,
        135,
        139,
        445,
        512,
        513,
        514,
        873,
        1080,
        2049,
        2375,
        3389,
        4786,
        5900,
        6379,
        9200,
        11211,
        27017,
    )
)


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Management access."""

    idle_timeout_max_s: int = 600
    encrypted_transports: frozenset[str] = frozenset({"ssh", "https", "netconf-ssh"})
    source_prefix_min_ipv4: int = 16  # an ACL that lets a wider network in limits nothing
    source_prefix_min_ipv6: int = 48
    weak_ssh: tuple[str, ...] = (  # any algorithm with one of these in its name
        "-cbc",
        "3des",
        "arcfour",
        "blowfish",
        "cast128",
        "md5",
        "-96",
        "group1-sha1",
        "group-exchange-sha1",
        "ssh-dss",
    )


@dataclass(frozen=True, slots=True)
class AccountPolicy:
    """Local accounts and their passwords."""

    password_length_min: int = 8
    password_classes_min: int = 3
    password_age_max_days: int = 90
    attempts_max: int = 5
    lockout_min_s: int = 600
    default_names: frozenset[str] = frozenset({"admin", "administrator", "huawei", "h3c", "guest", "test", "user"})
    shared_names: frozenset[str] = frozenset({"guest", "anonymous", "public", "visitor", "everyone", "nobody"})
    top_accounts_max: int = 2


@dataclass(frozen=True, slots=True)
class LogPolicy:
    """How long logs are kept, what goes into them, and where they are collected."""

    retention_min_days: int = 180
    severity_min: int = 5  # notifications (RFC 5424): the least severe level that has to be let through
    collectors: frozenset[str] = frozenset()  # addresses of the log servers; empty: those that the register declares


@dataclass(frozen=True, slots=True)
class ServicePolicy:
    """Listening ports that nothing should need."""

    risky_tcp: frozenset[int] = _RISKY_TCP
    risky_udp: frozenset[int] = frozenset({69, 111, 137, 138, 389, 1900, 5353})
    allowed: frozenset[str] = frozenset()  # "tcp/2049": needed on every device of this playbook


@dataclass(frozen=True, slots=True)
class FilterPolicy:
    """Rules of access lists and firewalls."""

    dead_max_percent: float = 5.0
    complete_min_percent: float = 100.0


@dataclass(frozen=True, slots=True)
class ManagementPolicy:
    """Where devices are managed from."""

    networks: tuple[str, ...] = ()  # of the management zone; empty: told by what interfaces and VRFs are called


@dataclass(frozen=True, slots=True)
class BoundaryPolicy:
    """Security components at boundaries."""

    intrusion_signatures_max_days: int = 180  # from which the 2025 guide calls it a high risk
    malware_signatures_max_days: int = 30
    evaluation_max_days: int = 365  # level 3: every year
    ups_min_minutes: float = 30.0


_UNNEEDED = (
    "telnet-server", "telnetd", "rsh-server", "rsh-redone-server", "ypserv", "nis", "tftp-server", "tftpd-hpa",
    "xinetd", "talk-server", "talkd", "rsyncd", "cups", "avahi-daemon", "avahi", "xorg-x11-server-Xorg", "xserver-xorg",
    "nmap", "wireshark", "tcpreplay", "ettercap", "john", "hydra",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProtectionPolicy:
    """What protects servers, how they are kept current, and what crosses foreign networks."""

    patched_within_days: int = 180
    idle_account_days: int = 180
    backup_max_days: int = 7
    restore_test_max_days: int = 365
    unneeded_packages: frozenset[str] = frozenset(_UNNEEDED)
    own_programs: tuple[str, ...] = ()  # "malware/edrclient": a program beside those that are known, and what it does
    # "kylin V10 (Lance)": the day that the contract with a release's maker ends
    supported_until: Mapping[str, date] = field(default_factory=dict)
    weak_crypto: frozenset[str] = frozenset({"des", "3des", "md5", "null", "rc4", "arcfour"})


@dataclass(frozen=True, slots=True)
class LoadPolicy:
    """How busy a device may be."""

    cpu_max_percent: float = 70.0
    memory_max_percent: float = 70.0


@dataclass(frozen=True, slots=True)
class Ipv6Policy:
    """IPv6 addressing."""

    planned_prefixes: tuple[str, ...] = ()  # unique local prefixes of the address plan; global ones need no mention
    response_ratio_max: float = 2.0
    response_quick_ms: float = 100.0  # nobody waits for less, whatever the ratio
    links_min_percent: float = 85.0  # of the links of a system that answer over IPv6
    latency_quick_ms: float = 10.0  # of a device, whatever the ratio
    lost_max_percent: float = 1.0  # more than over IPv4
    connects_min: int = 20  # polls over both families; where there are fewer, the run's own requests tell
    ipv4_management: bool = False  # the management network stays on IPv4 on purpose
    backbone_mtu_min: int = 1500  # of interfaces of the backbone; less where all of it is wrapped into something
    incapable_models: tuple[str, ...] = ()  # models whose data sheet has no IPv6; * stands for anything


@dataclass(frozen=True, slots=True)
class BandwidthPolicy:
    """Bandwidth. Wanted tiers come from the plan; ``tiers_mbps`` overrides single ones.

    ``tiers_of`` is the part of the plan that counts where its parts differ, as the plan's file names them; empty: the
    strictest of all.
    """

    tiers_mbps: Mapping[str, int] = field(default_factory=dict)
    tiers_of: str = ""
    tolerance: float = 0.05  # a shaper may leave out framing: how far below the wanted rate still counts as reached
    load_max_percent: float | None = None  # 95th percentile of what is carried, of what can be; None: the plan's limit
    load_samples_min: int = 20  # fewer intervals have no 95th percentile
    load_interval_max_s: float = 900.0  # the mean over a longer interval hides its peaks
    errors_max_percent: float = 0.1  # of the packets; without a count of packets no error at all is taken
    rtt_max_ms: float | None = None  # None: the plan's limit, here and in the two below
    lost_max_percent: float | None = None
    available_min_percent: float | None = None
    connects_min: int = 20  # fewer connects do not tell a loss of that size


@dataclass(frozen=True, slots=True)
class CloudPolicy:
    """Cloud migration."""

    rate_min_percent: float | None = None  # None: the plan's target
    # The cloud's address blocks, those in which its gateways show its systems among them; empty: nobody declared them
    prefixes: tuple[IPv4Network | IPv6Network, ...] = ()


@dataclass(frozen=True, slots=True)
class CensusPolicy:
    """Register against reality."""

    ignored_names: tuple[str, ...] = ()  # neighbours that need not be declared, such as a carrier's device


KINDS: dict[str, type[Any]] = {
    "access": AccessPolicy,
    "accounts": AccountPolicy,
    "logs": LogPolicy,
    "services": ServicePolicy,
    "filters": FilterPolicy,
    "management": ManagementPolicy,
    "boundaries": BoundaryPolicy,
    "protection": ProtectionPolicy,
    "load": LoadPolicy,
    "ipv6": Ipv6Policy,
    "bandwidth": BandwidthPolicy,
    "cloud": CloudPolicy,
    "census": CensusPolicy,
}


class Policies:
    """One policy of each kind."""

    def __init__(self, chosen: Mapping[str, object] | None = None) -> None:
        self._by_type = {kind: (chosen or {}).get(name, kind()) for name, kind in KINDS.items()}

    def of(self, kind: type[Any]) -> Any:
        """The policy of that type."""
        return self._by_type[kind]


def policies_from(document: Mapping[str, Mapping[str, Any]], where: str = "policy") -> Policies:
    """Policies from a playbook's mapping; InputError names an unknown section or key and a wrong value."""
    chosen: dict[str, object] = {}
    for name, settings in document.items():
        if name not in KINDS:
            known = ", ".join(KINDS)
            raise InputError(
                f"{where}.{name}", Text(f"没有这一节；现有：{known}", f"no such section; there are: {known}")
            )
        chosen[name] = _policy(KINDS[name], settings, f"{where}.{name}")
    return Policies(chosen)


def _policy(kind: type[Any], settings: Mapping[str, Any], where: str) -> object:
    hints = get_type_hints(kind)
    names = [f.name for f in dataclasses.fields(kind)]
    given: dict[str, Any] = {}
    for key, value in settings.items():
        name = str(key).replace("-", "_")
        if name not in names:
            known = ", ".join(names)
            raise InputError(
                f"{where}.{key}", Text(f"没有这个设置；现有：{known}", f"no such setting; there are: {known}")
            )
        given[name] = _setting(hints[name], value, f"{where}.{key}")
    return kind(**given)


def _setting(hint: Any, value: Any, where: str) -> Any:
    try:
        if isinstance(value, dict) and get_origin(hint) is Mapping:
            item = get_args(hint)[1]
            # YAML reads days itself, and numbers that are meant for names
            return {str(k): decode(item, v.isoformat() if type(v) is date else v) for k, v in value.items()}
        return decode(hint, value)
    except CodecError:
        wanted = expected(hint)
        raise InputError(where, Text(f"应是{wanted.zh}", f"expected {wanted.en}")) from None
