"""Facts through NAPALM getters, a second source where it has a driver; NAPALM lives here and is loaded when asked for.

What NAPALM writes where it knows nothing (empty text, "Unknown", "None", -1) becomes None. It opens its own
connection: only to a server whose host key is recorded already, and within the login failure budget.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from ipaddress import ip_interface
from typing import Any

from paramiko.ssh_exception import AuthenticationException, SSHException

from collectors.budget import FailureBudget
from collectors.hostkeys import KnownHosts
from collectors.mibs.rows import LONGEST_TEXT
from inventory.addresses import mac_address
from inventory.credentials import Login
from inventory.errors import Gap, LoginRefused, Missing, ReadFailed, Unreachable
from inventory.evidence import Evidence
from inventory.facts import (
    Address,
    Addresses,
    Fact,
    Identity,
    Interface,
    Interfaces,
    Neighbour,
    Neighbours,
    Source,
)
from inventory.names import canonical_interface
from inventory.snapshot import Facts

DRIVERS = {
    "cisco_ios": "ios",
    "cisco_iosxe": "ios",
    "cisco_nxos": "nxos_ssh",
    "cisco_xr": "iosxr",
    "juniper_junos": "junos",
    "arista_eos": "eos",
}
_UNTOLD = frozenset({"", "unknown", "none", "n/a", "-1"})
_TIMEOUT_S = 60


def facts_by_napalm(
    address: str,
    port: int,
    login: Login,
    platform: str | None,
    wanted: Collection[type[Fact]],
    now: datetime,
    *,
    budget: FailureBudget,
    known_hosts: KnownHosts,
) -> Facts:
    """Each wanted fact that a getter tells, or why it is not known.

    Raises ReadFailed(UNREAD) where NAPALM is not installed, has no driver for the platform, or the server's host key
    was never recorded; LoginWithheld, LoginRefused and Unreachable as any session.
    """
    driver = _driver(platform)
    if not known_hosts.kinds(address, port):
        raise ReadFailed("the host key is not recorded yet: ask by cli first", Gap.UNREAD)
    if login.password is None or not login.username:
        raise LoginRefused(f"login {login.name} has no user name with a password")
    options = {"port": port, "ssh_strict": True, "alt_host_keys": True, "alt_key_file": str(known_hosts.path)}
    device = driver(address, login.username, login.password.reveal(), timeout=_TIMEOUT_S, optional_args=options)
    account = budget.account(f"ssh:{login.username}", login.password.reveal())
    with budget.attempt(account, address) as attempt:
        attempt.sent = True
        _open(device, address)
    try:
        return {kind: _told(device, kind, now) for kind in wanted}
    finally:
        with contextlib.suppress(*_failures()):
            device.close()


def _driver(platform: str | None) -> Callable[..., Any]:
    if platform not in DRIVERS:
        raise ReadFailed(f"NAPALM has no driver for {platform or 'an unknown platform'}", Gap.UNREAD)
    try:
        from napalm import get_network_driver
    except ImportError:
        raise ReadFailed("NAPALM is not installed (pip install 'hecha[napalm]')", Gap.UNREAD) from None
    driver: Callable[..., Any] = get_network_driver(DRIVERS[platform])
    return driver


def _failures() -> tuple[type[Exception], ...]:
    """What its drivers end in when a line breaks or an answer is not what they expect: they parse by hand."""
    from napalm.base.exceptions import NapalmException
    from netmiko.exceptions import NetmikoBaseException

    libraries = (NapalmException, NetmikoBaseException, SSHException)
    return (*libraries, OSError, EOFError, ValueError, LookupError, AttributeError, TypeError)


def _open(device: Any, address: str) -> None:
    from napalm.base.exceptions import ConnectAuthError

    try:
        device.open()
    except (ConnectAuthError, AuthenticationException):  # some drivers let the SSH library's own through
        raise LoginRefused(f"{address} refused the login over NAPALM") from None
    except _failures() as failure:
        raise Unreachable(f"{address}: no NAPALM session: {type(failure).__name__}") from None


def _told(device: Any, kind: type[Fact], now: datetime) -> Fact | Missing:
    reader = _READERS.get(kind)
    if reader is None:
        return Missing(Gap.UNREAD, f"no NAPALM getter tells {kind.__name__}")
    getter, build = reader
    try:
        return build(getattr(device, getter)(), Evidence(f"NAPALM {getter}", taken_at=now))
    except NotImplementedError:
        return Missing(Gap.UNREAD, f"this NAPALM driver has no {getter}")
    except _failures() as failure:
        return Missing(Gap.UNPARSED, f"NAPALM {getter}: {type(failure).__name__}")


def known(value: object) -> str | None:
    """Text as NAPALM gives it, without control characters; None for what it writes where it knows nothing."""
    said = "".join(c for c in str(value) if c.isprintable()).strip() if value is not None else ""
    return None if said.lower() in _UNTOLD else said[:LONGEST_TEXT]


def identity(facts: Mapping[str, Any], where: Evidence) -> Identity:
    """get_facts."""
    uptime = facts.get("uptime")
    told = {
        "vendor": known(facts.get("vendor")),
        "model": known(facts.get("model")),
        "release": known(facts.get("os_version")),
        "serial": known(facts.get("serial_number")),
        "hostname": known(facts.get("hostname")),
    }
    return Identity(
        **told,
        uptime_s=float(uptime) if isinstance(uptime, int | float) and uptime >= 0 else None,
        sources=tuple(Source(field, where.source) for field, value in told.items() if value),
        evidence=where,
    )


def interfaces(told: Mapping[str, Mapping[str, Any]], where: Evidence) -> Interfaces:
    """get_interfaces; -1 and 0 as a speed or an MTU are not known.

    ``last_flapped`` is left: a time since for some drivers, seconds since 1970 for EOS, and no uptime for any.
    """
    return Interfaces(tuple(_interface(name, one) for name, one in told.items()), where)


def _interface(name: str, one: Mapping[str, Any]) -> Interface:
    speed, mtu = one.get("speed"), one.get("mtu")
    return Interface(
        name=canonical_interface(name),
        alias=known(one.get("description")),
        speed_mbps=float(speed) if isinstance(speed, int | float) and speed > 0 else None,
        mtu=int(mtu) if isinstance(mtu, int) and mtu > 0 else None,
        admin_up=_flag(one.get("is_enabled")),
        oper_up=_flag(one.get("is_up")),
        mac=mac_address(str(one.get("mac_address") or "")),
    )


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def addresses(told: Mapping[str, Mapping[str, Mapping[str, Mapping[str, Any]]]], where: Evidence) -> Addresses:
    """get_interfaces_ip."""
    return Addresses(tuple(_addresses(told)), where)


def _addresses(told: Mapping[str, Any]) -> Iterator[Address]:
    for name, families in told.items():
        for ips in families.values():
            for ip, more in ips.items():
                length = more.get("prefix_length")
                with contextlib.suppress(ValueError):
                    full = ip_interface(f"{ip}/{length}" if isinstance(length, int) else ip)
                    yield Address(canonical_interface(name), full, isinstance(length, int))


def neighbours(told: Mapping[str, list[Mapping[str, Any]]], where: Evidence) -> Neighbours:
    """get_lldp_neighbors."""
    items = tuple(
        Neighbour(
            interface=canonical_interface(name),
            protocol="lldp",
            name=known(one.get("hostname")),
            chassis_id=None,
            port=known(one.get("port")),
        )
        for name, heard in told.items()
        for one in heard
    )
    return Neighbours(items, where)


_READERS: dict[type[Fact], tuple[str, Callable[[Any, Evidence], Fact]]] = {
    Identity: ("get_facts", identity),
    Interfaces: ("get_interfaces", interfaces),
    Addresses: ("get_interfaces_ip", addresses),
    Neighbours: ("get_lldp_neighbors", neighbours),
}
