"""SNMPv2-MIB system group, IP forwarding, and the operating system that a Linux agent states in sysDescr."""

from __future__ import annotations

import re

from collectors.base import SnmpValue
from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.rows import mac, number, text, truth
from collectors.vendors.files import ENTERPRISES
from inventory.errors import Missing
from inventory.facts import Forwarding, OperatingSystem, SystemGroup

SYSTEM = "1.3.6.1.2.1.1"
DESCR, OBJECT_ID, UPTIME, CONTACT, NAME, LOCATION, SERVICES = (f"{SYSTEM}.{n}.0" for n in range(1, 8))
ENGINE_ID = "1.3.6.1.6.3.10.2.1.1.0"  # SNMP-FRAMEWORK-MIB snmpEngineID
IP_FORWARDING = "1.3.6.1.2.1.4.1.0"
IPV6_IP_FORWARDING = "1.3.6.1.2.1.4.25.0"  # IP-MIB ipv6IpForwarding (RFC 4293)
IPV6_FORWARDING = "1.3.6.1.2.1.55.1.1.0"  # IPV6-MIB ipv6Forwarding (RFC 2465)
# What the device calls itself in LLDP (IEEE 802.1AB), with its subtype, and its address as a bridge (BRIDGE-MIB).
LLDP_CHASSIS_KIND, LLDP_CHASSIS = "1.0.8802.1.1.2.1.3.1.0", "1.0.8802.1.1.2.1.3.2.0"
LLDP2_CHASSIS_KIND, LLDP2_CHASSIS = "1.3.111.2.802.1.1.13.1.3.1.0", "1.3.111.2.802.1.1.13.1.3.2.0"
BRIDGE_ADDRESS = "1.3.6.1.2.1.17.1.1.0"
DEVICE_TYPE, DEVICE_DESCR = "1.3.6.1.2.1.25.3.2.1.2", "1.3.6.1.2.1.25.3.2.1.3"  # HOST-RESOURCES-MIB hrDeviceTable
PROCESSOR = "1.3.6.1.2.1.25.3.1.3"  # hrDeviceProcessor
_NO_NAME = re.compile(r"(an electronic chip|unknown)", re.IGNORECASE)  # net-snmp where /proc/cpuinfo has no name
MAC_CHASSIS = 4  # LldpChassisIdSubtype macAddress
SCALARS = (
    *(DESCR, OBJECT_ID, UPTIME, CONTACT, NAME, LOCATION, SERVICES, ENGINE_ID),
    *(IP_FORWARDING, IPV6_IP_FORWARDING, IPV6_FORWARDING),
    *(LLDP_CHASSIS_KIND, LLDP_CHASSIS, LLDP2_CHASSIS_KIND, LLDP2_CHASSIS, BRIDGE_ADDRESS),
)
_DOTTED = re.compile(r"1\.3\.6\.1(?:\.\d{1,10}){1,40}")
_LINUX = re.compile(r"^Linux \S+ (\d\S*) .*?\b(x86_64|aarch64|loongarch64|mips64|sw_64|armv7l|ppc64le|i686|riscv64)\b")


def enterprise(agent: Agent) -> int | None:
    """The maker's number in sysObjectID (IANA Private Enterprise Numbers); None where the object names no maker."""
    said = _object_id(agent.scalars([OBJECT_ID])[OBJECT_ID]) or ""
    number_ = said.removeprefix(ENTERPRISES).partition(".")[0]
    return int(number_) if number_.isdecimal() else None


@reads(SystemGroup)
def system_group(agent: Agent) -> SystemGroup | Missing:
    """The system group (RFC 3418)."""
    values = agent.scalars(SCALARS)
    if all(values[oid] is None for oid in (DESCR, OBJECT_ID, UPTIME, NAME)):
        return lacks("SNMPv2-MIB system")
    object_id = _object_id(values[OBJECT_ID])
    ticks = number(values[UPTIME])
    return SystemGroup(
        sys_descr=text(values[DESCR], lines=True),
        sys_object_id=object_id,
        sys_name=text(values[NAME]),
        sys_location=text(values[LOCATION]),
        sys_contact=text(values[CONTACT]),
        uptime_s=None if ticks is None or ticks < 0 else ticks / 100,
        services=number(values[SERVICES]),
        engine_id=_hex(values[ENGINE_ID]),
        chassis_id=_chassis(values[LLDP_CHASSIS_KIND], values[LLDP_CHASSIS])
        or _chassis(values[LLDP2_CHASSIS_KIND], values[LLDP2_CHASSIS]),
        bridge_mac=mac(values[BRIDGE_ADDRESS]),
        evidence=agent.evidence("SNMPv2-MIB::system", f"sysObjectID {object_id or ''}"),
    )


@reads(Forwarding)
def forwarding(agent: Agent) -> Forwarding | Missing:
    """ipForwarding and ipv6IpForwarding: 1 forwards, 2 does not."""
    values = agent.scalars(SCALARS)
    ipv6 = values[IPV6_IP_FORWARDING]
    both = (values[IP_FORWARDING], ipv6 if ipv6 is not None else values[IPV6_FORWARDING])
    if both == (None, None):
        return lacks("IP-MIB ipForwarding")
    return Forwarding(truth(both[0]), truth(both[1]), agent.evidence("IP-MIB::ipForwarding"))


@reads(OperatingSystem)
def operating_system(agent: Agent) -> OperatingSystem | Missing:
    """Kernel and architecture as net-snmp puts ``uname -a`` into sysDescr; the distribution is not told there."""
    descr = text(agent.scalars(SCALARS)[DESCR])
    shape = _LINUX.match(descr or "")
    if shape is None:
        return lacks("an operating system in sysDescr")
    where = agent.evidence("SNMPv2-MIB::sysDescr", descr or "")
    return OperatingSystem(None, None, shape.group(1), shape.group(2), _processor(agent), where)


def _processor(agent: Agent) -> str | None:
    """hrDeviceDescr of the first processor; agents that know no name write nothing or a phrase."""
    kinds = agent.column(DEVICE_TYPE)
    first = next((index for index, kind in kinds.items() if str(kind) == PROCESSOR), None)
    said = text(agent.scalars([f"{DEVICE_DESCR}.{first}"])[f"{DEVICE_DESCR}.{first}"]) if first else None
    return said if said and not _NO_NAME.match(said) else None


def _object_id(value: SnmpValue) -> str | None:
    """An OID as agents send it: some spell it out as text, and one of four arcs looks like an address to an engine."""
    if isinstance(value, bytes):
        said = (text(value) or "").removeprefix(".")
        return said if _DOTTED.fullmatch(said) else None
    return str(value) if value is not None and not isinstance(value, int) else None


def _chassis(kind: SnmpValue, value: SnmpValue) -> str | None:
    is_mac = kind == MAC_CHASSIS or (kind is None and isinstance(value, bytes) and len(value) == 6)
    return (mac(value) if is_mac else None) or text(value)


def _hex(value: SnmpValue) -> str | None:
    return value[:32].hex() if isinstance(value, bytes) and value else None
