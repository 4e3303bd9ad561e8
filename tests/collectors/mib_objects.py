"""MIB objects for tests: an agent that has these and no others, and what a reader makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import IPv6Address

from collectors.base import SnmpValue
from collectors.by_snmp import facts_by_snmp
from collectors.sessions.replay_snmp import ReplaySnmp
from inventory.errors import Missing
from inventory.facts import Fact

NOW = datetime(2026, 11, 24, tzinfo=UTC)
IF, IFX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
MAC = b"\x00\x1a\x2b\x3c\x4d\x5e"
Objects = Mapping[str, SnmpValue]
PORTS: Objects = {
    f"{IF}.2.1": b"GigabitEthernet0/0/1", f"{IF}.2.7": b"Vlanif10",
    f"{IFX}.1.1": b"GE0/0/1", f"{IFX}.1.7": b"Vlanif10",
}  # fmt: skip
A4 = "1.4.10.0.0.1"  # an InetAddressType and InetAddress as they stand in an index
V6 = ".".join(map(str, IPv6Address("2001:db8::1").packed))
A6 = f"2.16.{V6}"


def told(kind: type[Fact], *objects: Objects) -> Fact | Missing:
    """The fact of an agent that has these objects and no others."""
    rows = [(tuple(map(int, oid.split("."))), value) for each in objects for oid, value in each.items()]
    return facts_by_snmp(ReplaySnmp(rows), (kind,), NOW)[kind]
