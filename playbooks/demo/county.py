"""The simulated county: its devices, lines and systems, built from a size alone; nothing in it is random.

The state is the plan's own baseline moved partly towards its targets. All is good unless ``planted`` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface

from playbooks.demo import planted
from playbooks.demo.carried import carrying
from playbooks.demo.model import LOOPBACK, TUNNEL, VLAN, County, Device, Heard, Link, Port, Site
from playbooks.demo.six import with_ipv6
from playbooks.demo.systems import systems

TOWNS, DEPARTMENTS, VILLAGES = 8, 12, 20
MOST_VILLAGES = 12_000
CENTRE = "centre"
_TOWN_NAMES = ("河田", "水唇", "河口", "新田", "上护", "螺溪", "东坑", "南万")
_DEPARTMENT_NAMES = (
    "发展和改革局", "教育局", "工业和信息化局", "民政局", "司法局", "财政局", "人力资源和社会保障局", "自然资源局",
    "住房和城乡建设局", "交通运输局", "农业农村局", "卫生健康局",
)  # fmt: skip
_INSTITUTIONS = (("hospital", "县人民医院", 50), ("school", "县实验学校", 50))


def address(block: int, number: int) -> IPv4Address:
    """The loopback address of a device: 127.44.block.number, running on into the next blocks."""
    return IPv4Address("127.44.0.0") + block * 256 + number


def county(villages: int = VILLAGES, *, mended: bool = False) -> County:
    """The county with so many villages, as it was or after its works; ValueError outside 1 to MOST_VILLAGES."""
    if not 1 <= villages <= MOST_VILLAGES:
        raise ValueError(f"villages: 1-{MOST_VILLAGES}")
    builder = _Builder(villages, mended=mended)
    devices = {device.name: device for device in builder.devices()}
    gaps = {} if mended else planted.LINKS
    built = County(
        sites=tuple(_sites(villages)),
        devices=tuple(_wired(devices, mended=mended)),
        links=tuple(replace(link, **gaps.get(link.name, {})) for link in builder.links),
        systems=systems(mended=mended),
        mended=mended,
    )
    return carrying(built)


def _sites(villages: int) -> Iterator[Site]:
    yield Site(CENTRE, "县信息中心", "county", "县政务服务数据管理局")
    for n, name in enumerate(_TOWN_NAMES, 1):
        yield Site(f"town-{n}", f"{name}镇", "town", f"{name}镇人民政府")
    for n in range(1, villages + 1):
        town = _TOWN_NAMES[(n - 1) % TOWNS]
        yield Site(village(n), f"{town}镇第{n}村", "village", f"{town}镇第{n}村委会")
    for n, name in enumerate(_DEPARTMENT_NAMES, 1):
        yield Site(f"dept-{n}", f"县{name}", "department", f"县{name}")
    for name, title, _ in _INSTITUTIONS:
        yield Site(name, title, "institution", title)


def village(n: int) -> str:
    """The name of the n-th village."""
    return f"village-{n:02d}"


# The gateway of the network in which the old hosts of systems stood.
_OLD_SERVERS = Port(
    "Vlan-interface20", 1000, VLAN, description="old servers", advertises=True,
    ipv4=IPv4Interface("127.44.3.97/27"), ipv6=IPv6Interface(f"{planted.PREFIX}:e000::97/64"),
)  # fmt: skip


class _Builder:
    """Builds devices one after another and the lines between them on the way."""

    def __init__(self, villages: int, *, mended: bool) -> None:
        self._villages = villages
        self._mended = mended
        self._number = 0
        self._lines = 0
        self._far_ports: dict[str, list[Port]] = {}  # ports that lines need on devices built earlier
        self.links: list[Link] = []

    def devices(self) -> list[Device]:
        built = [*self._centre(), *self._towns(), *self._departments(), *self._village_devices(), *self._cloud_hosts()]
        return [self._with_far_ports(device) for device in built]

    def _with_far_ports(self, device: Device) -> Device:
        return replace(device, ports=device.ports + tuple(self._far_ports.get(device.name, ())))

    def _device(self, name: str, block: int, n: int, platform: str, role: str, site: str, model: str) -> Device:
        self._number += 1
        here = address(block, n)
        v6 = IPv6Interface(f"{planted.PREFIX}:ff00::{self._number:x}/128")
        own = Port(_loopback_name(platform), 0, LOOPBACK, ipv4=IPv4Interface(f"{here}/32"), ipv6=v6)
        login = {"server": "server", "storage": "storage"}.get(role, "centre" if site == CENTRE else "field")
        return Device(name, here, platform, role, site, model, self._number, login, (own,))

    def _line(self, near: Device, far: str, near_port: str, far_port: str, mbps: int, place: str = CENTRE) -> Device:
        """Joins a new device to one built before: a port at each end, an LLDP neighbour each, a declared link."""
        self._lines += 1
        (a4, z4), (a6, z6) = _pair(self._lines)
        self._far_ports.setdefault(far, []).append(
            Port(far_port, 1000, description=f"to {near.name}", ipv4=z4, ipv6=z6)
        )
        port = Port(near_port, 1000, description=f"to {far}", ipv4=a4, ipv6=a6)
        if near.site != CENTRE:  # a patch cable in a room is no declared line
            self.links.append(Link(f"{near.name}-uplink", near.site, near.name, near_port, place, far, far_port, mbps))
        return replace(near, ports=(*near.ports, port), gateway4=z4.ip, gateway6=z6)

    def _uplinked(self, core: Device, name: str, **more: str) -> Device:
        """Joins a core device to the city, by the line of that name."""
        port, n = "GigabitEthernet0/1/0", len(self.links)
        self.links.append(Link(name, CENTRE, core.name, port, "city", None, None, 1000, **more))
        here4, there4 = (IPv4Interface((IPv4Address("10.40.44.0") + 4 * n + host, 30)) for host in (2, 1))
        here6, there6 = (IPv6Interface(f"{planted.PREFIX}:{0xFFFF - 2 * n:x}::{host}/64") for host in (2, 1))
        city = Port(port, 1000, description="to the city", load_percent=4.0, ipv4=here4, ipv6=here6)
        return replace(core, ports=(*core.ports, city), gateway4=there4.ip, gateway6=there6)

    def _centre(self) -> Iterator[Device]:
        core = [self._device(f"core-{n}", 0, n, "huawei_vrp", "core", CENTRE, "NE20E-S4") for n in (1, 2)]
        firewall = self._device("fw-1", 0, 3, "huawei_vrp", "firewall", CENTRE, "USG6555E")
        yield from self._core_ring(core[0], core[1], firewall)
        for n in (1, 2):
            switch = self._device(f"agg-{n}", 0, 3 + n, "h3c_comware", "aggregation", CENTRE, "S7503E-M")
            yield self._in_rack(
                self._line(switch, f"core-{n}", "GigabitEthernet1/0/1", f"GigabitEthernet0/2/{n}", 1000)
            )
        for n in (1, 2):
            switch = self._device(f"access-{n}", 0, 5 + n, "h3c_comware", "access", CENTRE, "S5130S-28P-EI")
            switch = replace(switch, ports=(*switch.ports, _OLD_SERVERS)) if n == 1 else switch
            yield self._in_rack(
                self._line(switch, f"agg-{n}", "GigabitEthernet1/0/1", f"GigabitEthernet1/0/{10 + n}", 1000)
            )
        yield from self._hosts()

    def _core_ring(self, first: Device, second: Device, firewall: Device) -> Iterator[Device]:
        first = self._uplinked(first, "county-uplink")
        second = self._line(second, "core-1", "GigabitEthernet0/1/1", "GigabitEthernet0/1/1", 1000)
        if self._mended:
            second = self._uplinked(second, "county-uplink-2", carrier="中国电信", route="备用管道")
        firewall = self._line(firewall, "core-2", "GigabitEthernet0/0/1", "GigabitEthernet0/1/2", 1000)
        outside = Port(
            "GigabitEthernet0/0/2", 1000, description="Internet", acl4=3001, acl6=3001,
            ipv4=IPv4Interface("100.64.44.2/30"), ipv6=IPv6Interface(f"{planted.PREFIX}:fffe::2/64"),
        )  # fmt: skip
        firewall = replace(firewall, ports=(*firewall.ports, outside), nat64=True)
        for device in (first, second, firewall):
            yield self._in_rack(device)

    def _hosts(self) -> Iterator[Device]:
        for n in range(1, 25):
            yield self._host(f"srv-{n:02d}", 7 + n, "server", "TaiShan 200" if n % 3 else "R5300 G4", n)
        for n in range(1, 4):
            yield self._host(f"stor-{n}", 31 + n, "storage", "CF22000 G5", n + 24)

    def _host(self, name: str, n: int, role: str, model: str, slot: int) -> Device:
        host = self._device(name, 0, n, "linux", role, CENTRE, model)
        switch, port = f"access-{1 + slot % 2}", f"GigabitEthernet1/0/{2 + slot // 2}"
        host = self._line(host, switch, "eth0", port, 1000)
        system = "openEuler" if role == "storage" or slot % 3 else "kylin"
        return self._in_rack(replace(host, forwards=False, system=system))

    def _cloud_hosts(self) -> Iterator[Device]:
        """Guests on the cloud, which serve what has moved there."""
        for n in (1, 2):
            host = self._device(f"cloud-{n}", 4, n, "linux", "server", CENTRE, "TaiShan 200")
            host = self._line(host, "access-1", "eth0", f"GigabitEthernet1/0/{19 + n}", 1000)
            yield replace(host, forwards=False, system="kylin")

    def _in_rack(self, device: Device) -> Device:
        return replace(device, rack=f"A{1 + device.number % 8:02d}")

    def _towns(self) -> Iterator[Device]:
        for n in range(1, TOWNS + 1):
            town = self._device(f"town-{n}", 1, n, "huawei_vrp", "aggregation", f"town-{n}", "S5735-L24T4S-A")
            yield self._line(town, f"core-{2 - n % 2}", "GigabitEthernet0/0/24", f"GigabitEthernet0/3/{n}", 100)

    def _departments(self) -> Iterator[Device]:
        for n in range(1, DEPARTMENTS + 1):
            switch = self._device(f"dept-{n}", 2, n, "h3c_comware", "access", f"dept-{n}", "S5130S-28P-EI")
            users = Port(
                "Vlan-interface10", 1000, VLAN, description="users", advertises=True,
                ipv4=IPv4Interface(f"10.128.{n}.1/24"), ipv6=IPv6Interface(f"{planted.PREFIX}:{0x1000 + n:x}::1/64"),
            )  # fmt: skip
            switch = replace(switch, ports=(*switch.ports, users))
            yield self._line(switch, f"agg-{1 + n % 2}", "GigabitEthernet1/0/24", f"GigabitEthernet1/0/{n + 20}", 100)
        for n, (name, _, mbps) in enumerate(_INSTITUTIONS, DEPARTMENTS + 1):
            switch = self._device(name, 2, n, "h3c_comware", "access", name, "S5130S-28P-EI")
            yield self._line(switch, "agg-1", "GigabitEthernet1/0/24", f"GigabitEthernet1/0/{n + 20}", mbps)

    def _village_devices(self) -> Iterator[Device]:
        for n in range(1, self._villages + 1):
            comware = n % 2 == 0
            block, place = divmod(n - 1, 250)
            device = self._device(
                village(n), 16 + block, place + 1, "h3c_comware" if comware else "huawei_vrp", "access", village(n),
                "MSR810" if comware else "AR651",
            )  # fmt: skip
            town = f"town-{_town_of(n)}"
            slot, port = divmod(len(self._far_ports.get(town, ())), 20)
            far = f"GigabitEthernet0/{1 + slot}/{port + 1}"
            yield self._line(device, town, "GigabitEthernet0/0" if comware else "GigabitEthernet0/0/0", far, 100, town)


def _town_of(n: int) -> int:
    """The town that the n-th village hangs on. Beyond the first twenty those whose IPv6 works: what is planted stays
    the same in a county of any size.
    """
    if n <= VILLAGES:
        return 1 + (n - 1) % TOWNS
    sound = [town for town in range(1, TOWNS + 1) if f"town-{town}" not in planted.DARK_TOWNS]
    return sound[n % len(sound)]


def _loopback_name(platform: str) -> str:
    return "lo" if platform == "linux" else "LoopBack0"


def _pair(n: int) -> tuple[tuple[IPv4Interface, IPv4Interface], tuple[IPv6Interface, IPv6Interface]]:
    """Addresses of both ends of the n-th line, near end first."""
    net = IPv4Address("10.64.0.0") + 4 * n
    v6 = f"{planted.PREFIX}:{n:x}::"
    near, far = (IPv4Interface((net + 2, 30)), IPv4Interface((net + 1, 30)))
    return (near, far), (IPv6Interface(f"{v6}2/64"), IPv6Interface(f"{v6}1/64"))


def _wired(devices: dict[str, Device], *, mended: bool) -> Iterator[Device]:
    """The devices with neighbours heard on their lines and with their planted gaps."""
    strangers = {} if mended else planted.STRANGERS
    ends = dict(_ends(devices))
    for device in devices.values():
        heard = tuple(
            _heard(port, *ends[device.name, port.name]) for port in device.ports if (device.name, port.name) in ends
        )
        whole = replace(device, heard=heard + strangers.get(device.name, ()))
        yield with_ipv6(planted.changed(whole, mended=mended), mended=mended)


def _ends(devices: dict[str, Device]) -> Iterator[tuple[tuple[str, str], tuple[Device, Port]]]:
    """For each end of a line, its other end: both lie in the same subnet."""
    by_subnet: dict[object, list[tuple[Device, Port]]] = {}
    for device in devices.values():
        for port in device.ports:
            if port.ipv4 and port.kind not in (LOOPBACK, TUNNEL, VLAN):
                by_subnet.setdefault(port.ipv4.network, []).append((device, port))
    for pair in by_subnet.values():
        if len(pair) == 2:
            (a, a_port), (z, z_port) = pair
            yield (a.name, a_port.name), (z, z_port)
            yield (z.name, z_port.name), (a, a_port)


def _heard(port: Port, far: Device, far_port: Port) -> Heard:
    return Heard(port.name, far.name, far_port.name, far.mac_text(), f"{far.model} of {far.site}", far.address)
