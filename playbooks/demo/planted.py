"""What is planted in the county: each entry turns one good thing into a gap. The county's works take them out again.

``key.yaml`` lists what an audit must find of it, ``key_mended.yaml`` what it must find after the works.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface
from typing import Any

from playbooks.demo.model import TUNNEL, Device, Hardening, Heard, Port, Runs

PREFIX = "fd5c:8e21:7a44"  # the county's unique local prefix; its address plan names it
NO_IPV6 = frozenset({"town-7", "village-18", "dept-9", "srv-07"})
DARK_TOWNS = frozenset({"town-6", "town-7"})  # through which no IPv6 comes, to their villages neither
OLD_MODEL = "S3328TP-EI"  # whose data sheet has no IPv6, as the playbook says
NO_NEIGHBOURS = frozenset({"village-11"})  # whose carrier lets no IPv6 across: nothing is resolved there
NO_PREFIX = "dept-12"  # the address plan forgot it
SHARED_PREFIX = ("hospital", "school")  # the first was given the second's prefix as well

# What the works left as it is, for it takes procurement: these devices keep what is planted in them.
LASTING = frozenset({"town-7", "stor-1", "stor-2", "stor-3"})

STORAGE_COMMUNITY = "county-stor-ro"  # what the storage arrays still speak, v2c

HARDENING: dict[str, Hardening] = {
    "town-3": Hardening(telnet=True),
    "town-1": Hardening(vty_acl4=False, vty_acl6=False),
    "dept-2": Hardening(idle_minutes=60),
    "dept-3": Hardening(ntp=False),
    "village-05": Hardening(log_host=False),
    "village-07": Hardening(community="public"),
    "dept-8": Hardening(stored_as="cipher"),
    "dept-4": Hardening(lockout=False),
    "agg-2": Hardening(vty_acl6=False),
    "dept-10": Hardening(servers6=False),
    "dept-11": Hardening(first_hop=False),
    "dept-12": Hardening(aaa=False),
    "village-09": Hardening(traps=False),
    "town-8": Hardening(recorded=False),
    "srv-04": Hardening(root_login=True),
    "srv-05": Hardening(risky_port=6379),
    "srv-02": Hardening(trusted=False),
    "srv-03": Hardening(intrusion=False),
    "srv-06": Hardening(antimalware=False),
    "srv-08": Hardening(database_as_root=True),
    "srv-10": Hardening(patched=False),
    "srv-11": Hardening(leaver=True),
    "srv-12": Hardening(shadow_closed=False),
    "srv-13": Hardening(backed_up=False),
    "srv-14": Hardening(labels=False),
    "srv-15": Hardening(surplus=True),
    "srv-21": Hardening(kernel=False),
    "town-6": Hardening(saved=False),
    **{f"stor-{n}": Hardening(community=STORAGE_COMMUNITY) for n in (1, 2, 3)},
}

NO_ZONE = "srv-16"  # no zone of the register has its network

BUSY = {"town-2": 83}  # percent of the processor

# A device heard by LLDP that nobody declared.
STRANGERS: dict[str, tuple[Heard, ...]] = {
    "access-2": (
        Heard(
            "GigabitEthernet1/0/23",
            "rogue-sw",
            "GigabitEthernet1/0/1",
            "02ff-0000-0001",
            "S1850 unmanaged by anybody",
            IPv4Address("127.44.0.200"),
        ),
    )
}

LINKS: dict[str, dict[str, Any]] = {
    "county-uplink": {"contracted_mbps": 100},
    "town-2-uplink": {"contracted_mbps": 10},
    "dept-7-uplink": {"contracted_mbps": 50},
    "school-uplink": {"contracted_mbps": 20},
    "village-11-uplink": {"kind": "vpn", "carrier": "互联网"},
}

# Of hosts: an old host still runs its database and is used; what moved to the second guest works on a database that
# stayed at home; a broadband line hangs on a server's switch, whose gateway answers; backups lie in the own room.
RUNS: dict[str, Runs] = {
    "srv-17": Runs(resolved=(("1.2.3.129", "eth0", "02:fe:00:00:00:01"),)),
    "srv-18": Runs(programs=(("dmserver", 5236),)),
    "srv-19": Runs(resolved=(("127.44.3.103", "eth1", "02:44:00:00:1d:02"),)),
    "srv-20": Runs(mounts=(("127.44.0.32:/backup", "/backup"),)),
    "srv-22": Runs(
        programs=(("dmserver", 5236),), flows=(("127.44.3.103", 5236, "127.44.0.9:40112", "dmserver"),)
    ),
    "cloud-2": Runs(flows=(("127.44.4.9", 41000, "127.44.0.25:5236", "java"),)),
}  # fmt: skip
_ON_CLOUD = Runs(programs=(("kingbase", 54321),), java=("tongweb",))
# The last part of the addresses at which guests on the cloud serve beside their own, before and after the works.
SERVED = {"cloud-1": (3, 4, 10), "cloud-2": (9,)}
SERVED_LATER = {"cloud-1": (3, 4, 5, 7, 8, 10), "cloud-2": (9, 11, 12, 13, 14, 15)}


def _port_changed(device: Device, name: str, **change: Any) -> Device:
    return replace(device, ports=tuple(replace(p, **change) if p.name == name else p for p in device.ports))


def _without_ipv6(device: Device) -> Device:
    bare = tuple(replace(port, ipv6=None, acl6=None) for port in device.ports)
    return replace(device, ipv6=False, gateway6=None, ports=bare)


def _also_at(device: Device, *addresses: str) -> Device:
    """The device with more ports, one an address; each has an IPv6 address as well."""
    ports = tuple(
        Port(
            f"eth{n}", 1000, ipv4=IPv4Interface(address),
            ipv6=IPv6Interface(f"{PREFIX}:{0xE000 + int(IPv4Interface(address)) % 4096:x}::1/64"),
        )
        for n, address in enumerate(addresses, len(device.ports) - 1)
    )  # fmt: skip
    uplink = device.ports[-1]
    return replace(device, ports=(*device.ports[:-1], *ports, uplink))


def _with_line(device: Device, address: str, **more: Any) -> Device:
    """The device with a broadband line of its own, filtered as it should be."""
    port = Port(
        "GigabitEthernet0/9", 1000, description="broadband", acl4=3001, acl6=3001, ipv4=IPv4Interface(address), **more
    )
    return replace(device, ports=(*device.ports, port))


_CHANGES: dict[str, Callable[[Device], Device]] = {
    # a virtual system of the first, not a second device
    "core-2": lambda d: replace(d, chassis=1),
    # 100 Mbit/s are paid for, the port came up at 10
    "town-4": lambda d: _port_changed(d, "GigabitEthernet0/0/24", mbps=10),
    # … the port is fast enough, a policer is not
    "town-5": lambda d: _port_changed(d, "GigabitEthernet0/0/24", car_mbps=20),
    # IPv6 addresses stand on the interfaces, the global switch was forgotten
    "town-6": lambda d: replace(d, ipv6=False),
    # too old to learn it
    "town-7": lambda d: replace(d, model=OLD_MODEL),
    # the gateway of its users says nothing of IPv6 to them
    "dept-7": lambda d: _port_changed(d, "Vlan-interface10", advertises=False),
    # a relic of the first experiments
    "village-10": lambda d: replace(d, ports=(*d.ports, Port("Tunnel1", 0, TUNNEL, mode="ipv6-ipv4 6to4"))),
    "village-12": lambda d: _port_changed(d, "GigabitEthernet0/0", mtu=1200),
    # all is turned on, and nobody uses it
    "village-13": lambda d: replace(d, ipv6_percent=0.0),
    # somebody copied the address from a manual
    "dept-5": lambda d: _port_changed(d, "LoopBack0", ipv6=IPv6Interface("2001:db8:44::5/128")),
    # IPv4 is filtered, IPv6 walks through
    "dept-6": lambda d: _port_changed(d, "GigabitEthernet1/0/24", acl4=3001),
    # both are filtered, and with them what IPv6 cannot do without
    "dept-1": lambda d: _port_changed(d, "GigabitEthernet1/0/24", acl4=3001, acl6=3001),
    "access-2": lambda d: replace(d, ports=(*d.ports, Port("GigabitEthernet1/0/23", 1000, description="spare"))),
    # serves what is declared on the cloud
    "srv-20": lambda d: _also_at(d, "127.44.3.2/32"),
    # ways out that nobody approved: a default route to a box of the carrier's, a public address, translation
    "village-16": lambda d: replace(_with_line(d, "192.168.1.2/24"), gateway4=IPv4Address("192.168.1.1")),
    "village-19": lambda d: _with_line(d, "1.2.3.6/30"),
    "village-20": lambda d: _with_line(d, "192.168.8.2/24", translates=True),
    # declared, and switched off
    "srv-24": lambda d: replace(d, answers=False),
}


# No gap: a host in the network of the old hosts. Those of the second and third system stand there until the works.
_BESIDE_OLD_HOSTS = {"srv-19": "127.44.3.120/27"}
_OLD_HOSTS = {"srv-20": "127.44.3.102/27", "srv-22": "127.44.3.103/27"}


def changed(device: Device, *, mended: bool = False) -> Device:
    """The device with what is planted in it, or after the works with what they left of that."""
    old = (_BESIDE_OLD_HOSTS if mended else _BESIDE_OLD_HOSTS | _OLD_HOSTS).get(device.name)
    device = _also_at(device, old) if old else device
    served = (SERVED_LATER if mended else SERVED).get(device.name, ())
    device = _also_at(device, *(f"127.44.4.{n}/32" for n in served)) if served else device
    device = replace(device, runs=_ON_CLOUD) if device.name == "cloud-1" else device
    return device if mended and device.name not in LASTING else _with_gaps(device)


def _with_gaps(device: Device) -> Device:
    if change := _CHANGES.get(device.name):
        device = change(device)
    device = _without_ipv6(device) if device.name in NO_IPV6 else device
    return replace(
        device,
        hardening=HARDENING.get(device.name, device.hardening),
        runs=RUNS.get(device.name, device.runs),
        busy_percent=BUSY.get(device.name),
        resolves6=device.name not in NO_NEIGHBOURS,
    )
