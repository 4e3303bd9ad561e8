"""The things a county declares, one dataclass a sheet of the census workbook.

None means that the unit left the cell empty. Figures are in the unit their name tells; yes-or-no cells are bool.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Annotated

from inventory.addresses import IPAddress
from inventory.register.choices import (
    ExceptionReason,
    Form,
    Hosting,
    Importance,
    LinkKind,
    MigrationState,
    NetworkRole,
    PrivateState,
    RoomClass,
    SecurityKind,
    Tier,
    UnitKind,
)
from inventory.register.column import Column, Row
from inventory.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit(Row):
    """An organisation that fills in the census."""

    name: Annotated[str, Column("单位名称", "Unit", unique=True)]
    kind: Annotated[UnitKind, Column("单位类型", "Kind of unit")]
    budget_unit: Annotated[
        bool | None,
        Column(
            "是否财政预算单位", "Budget unit", Text("计算接入率的分母", "denominator of the access rate"), census=False
        ),
    ] = None
    contact: Annotated[str | None, Column("联系人", "Contact", census=False)] = None
    phone: Annotated[str | None, Column("联系电话", "Phone", census=False)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Row):
    """A place on the network: the bandwidth wanted of it follows from its tier."""

    name: Annotated[str, Column("站点编号", "Site", Text("全县唯一，如 town-1", "unique, such as town-1"), unique=True)]
    tier: Annotated[Tier, Column("层级", "Tier")]
    title: Annotated[str | None, Column("站点名称", "Title", census=False)] = None
    unit: Annotated[str | None, Column("所属单位", "Unit", refers_to="units")] = None
    parent: Annotated[str | None, Column("上级站点", "Upper site", census=False, refers_to="sites")] = None
    address: Annotated[str | None, Column("地址", "Address", census=False)] = None
    ipv6_prefixes: Annotated[
        tuple[IPv6Network, ...],
        Column("IPv6 前缀", "IPv6 prefixes", Text("地址规划分给本站点的前缀", "of the address plan"), census=False),
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room(Row):
    """A machine room."""

    name: Annotated[str, Column("机房名称", "Room", unique=True)]
    unit: Annotated[str, Column("所属单位", "Unit", refers_to="units")]
    site: Annotated[str | None, Column("所在站点", "Site", census=False, refers_to="sites")] = None
    address: Annotated[str | None, Column("地址", "Address")] = None
    floor: Annotated[str | None, Column("楼层", "Floor")] = None
    area_m2: Annotated[float | None, Column("面积（㎡）", "Area (m²)")] = None
    class_gb50174: Annotated[RoomClass | None, Column("机房等级（GB 50174）", "Class (GB 50174)")] = None
    racks_total: Annotated[int | None, Column("机柜总数", "Racks")] = None
    racks_used: Annotated[int | None, Column("已用机柜数", "Racks in use")] = None
    ups_kva: Annotated[float | None, Column("UPS 容量（kVA）", "UPS (kVA)")] = None
    ups_minutes: Annotated[float | None, Column("UPS 后备时间（分钟）", "UPS backup (minutes)")] = None
    mains_feeds: Annotated[int | None, Column("市电路数", "Mains feeds", most=20)] = None
    cooling: Annotated[str | None, Column("制冷方式", "Cooling")] = None
    fire_system: Annotated[str | None, Column("消防系统", "Fire system")] = None
    access_control: Annotated[bool | None, Column("门禁", "Access control")] = None
    cctv: Annotated[bool | None, Column("视频监控", "CCTV")] = None
    leak_sensor: Annotated[bool | None, Column("漏水检测", "Leak sensor")] = None
    owner: Annotated[str | None, Column("责任人", "Owner")] = None
    standalone: Annotated[
        bool | None,
        Column("是否部门独立机房", "Standalone", Text("不在县信息中心的机房", "a room outside the county centre")),
    ] = None
    built_year: Annotated[int | None, Column("建成年份", "Year built", least=1900, most=2100)] = None
    plan_merge_date: Annotated[date | None, Column("计划并入日期", "Planned merge date")] = None

    def not_due(self) -> frozenset[str]:
        """A room that does not stand alone has nothing to merge into."""
        return frozenset() if self.standalone else frozenset({"plan_merge_date"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rack(Row):
    """A rack in a room."""

    room: Annotated[str, Column("机房", "Room", refers_to="rooms")]
    rack_no: Annotated[str, Column("机柜编号", "Rack no.")]
    u_total: Annotated[int | None, Column("总 U 数", "Units in all", most=100)] = None
    u_used: Annotated[int | None, Column("已用 U 数", "Units in use", most=100)] = None
    power_kw: Annotated[float | None, Column("配电功率（kW）", "Power (kW)")] = None

    @property
    def label(self) -> str:
        """Room and number together."""
        return f"{self.room} {self.rack_no}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device(Row):
    """What servers, network devices, security components and storage have in common."""

    asset_no: Annotated[
        str, Column("资产编号", "Asset no.", Text("四张设备表内唯一", "unique over the four device sheets"))
    ]
    name: Annotated[
        str | None,
        Column("设备名称", "Name", Text("主机名，与采集目标一致", "host name, as in the target list"), census=False),
    ] = None
    unit: Annotated[str | None, Column("所属单位", "Unit", refers_to="units")] = None
    site: Annotated[str | None, Column("所在站点", "Site", census=False, refers_to="sites")] = None
    room: Annotated[str | None, Column("机房", "Room", refers_to="rooms")] = None
    rack: Annotated[str | None, Column("机柜编号", "Rack no.")] = None
    vendor: Annotated[str | None, Column("厂商", "Vendor")] = None
    model: Annotated[str | None, Column("型号", "Model")] = None
    serial: Annotated[str | None, Column("序列号", "Serial no.")] = None
    mgmt_ip4: Annotated[IPv4Address | None, Column("管理 IPv4", "Management IPv4")] = None
    mgmt_ip6: Annotated[IPv6Address | None, Column("管理 IPv6", "Management IPv6")] = None
    release: Annotated[str | None, Column("系统版本", "Release")] = None
    eos_date: Annotated[date | None, Column("停止服务日期", "End of support")] = None
    importance: Annotated[Importance | None, Column("重要程度", "Importance", census=False)] = None

    @property
    def label(self) -> str:
        """The name, else the asset number."""
        return self.name or self.asset_no

    @property
    def kind(self) -> str:
        """server, network, security or storage."""
        return _DEVICE_KINDS[type(self)]

    @property
    def addresses(self) -> tuple[IPAddress, ...]:
        """Its management addresses."""
        return tuple(ip for ip in (self.mgmt_ip4, self.mgmt_ip6) if ip is not None)

    def not_due(self) -> frozenset[str]:
        """Outside a machine room there is no rack; no device needs both kinds of address to be found."""
        spared = {"mgmt_ip6"} if self.mgmt_ip4 else {"mgmt_ip4"} if self.mgmt_ip6 else set()
        return frozenset(spared if self.room else {*spared, "room", "rack", "u_position"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Server(Device):
    """A server, a machine of its own or a virtual one."""

    u_position: Annotated[int | None, Column("U 位", "U position", least=1, most=100)] = None
    cpu_arch: Annotated[str | None, Column("处理器架构", "CPU architecture")] = None
    os: Annotated[str | None, Column("操作系统", "Operating system")] = None
    role: Annotated[str | None, Column("用途", "Role")] = None
    form: Annotated[Form | None, Column("物理机/虚拟机", "Physical or virtual")] = None
    domestic: Annotated[bool | None, Column("是否国产化", "Domestic technology")] = None

    def not_due(self) -> frozenset[str]:
        """A virtual machine stands in no rack and has no maker."""
        virtual = {"rack", "u_position", "serial", "vendor", "model"} if self.form is Form.VIRTUAL else set()
        return Device.not_due(self) | virtual


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkDevice(Device):
    """A router, switch or the like."""

    role: Annotated[NetworkRole | None, Column("网络角色", "Network role")] = None
    snmp_profile: Annotated[
        str | None,
        Column("SNMP 登录名", "SNMP login", Text("登录的名称，不是口令", "the name of a login, never its secret")),
    ] = None
    ipv6_capable: Annotated[bool | None, Column("是否支持 IPv6", "IPv6 capable")] = None
    backup_peer: Annotated[str | None, Column("备份设备", "Backup peer", refers_to="devices")] = None

    def not_due(self) -> frozenset[str]:
        """Only the core and the border are doubled."""
        doubled = self.role in (NetworkRole.CORE, NetworkRole.BORDER)
        return Device.not_due(self) | (frozenset() if doubled else {"backup_peer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityComponent(Device):
    """A device or product that protects a boundary."""

    function: Annotated[SecurityKind | None, Column("安全类型", "Kind")] = None
    boundary: Annotated[str | None, Column("防护边界", "Boundary")] = None
    licence_no: Annotated[str | None, Column("许可证或目录编号", "Licence or catalogue no.")] = None
    signature_date: Annotated[date | None, Column("特征库日期", "Signature date")] = None
    crypto_no: Annotated[
        str | None,
        Column(
            "密码产品证书编号",
            "Cryptography certificate",
            Text("VPN 等密码产品填写", "of VPNs and other cryptographic products"),
            census=False,
        ),
    ] = None
    ha_peer: Annotated[str | None, Column("双机对端", "HA peer", census=False, refers_to="devices")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage(Device):
    """A storage system."""

    capacity_tb: Annotated[float | None, Column("容量（TB）", "Capacity (TB)")] = None
    used_tb: Annotated[float | None, Column("已用（TB）", "Used (TB)")] = None
    protocol: Annotated[str | None, Column("协议", "Protocol")] = None
    replication_target: Annotated[str | None, Column("复制目标", "Replication target", census=False)] = None


_DEVICE_KINDS: dict[type[Device], str] = {
    Device: "device",
    Server: "server",
    NetworkDevice: "network",
    SecurityComponent: "security",
    Storage: "storage",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Row):
    """A line between two sites, or from a site to somewhere outside the county."""

    name: Annotated[str, Column("链路名称", "Link", unique=True)]
    a_site: Annotated[str, Column("A 端站点", "A site", refers_to="sites")]
    a_device: Annotated[str | None, Column("A 端设备", "A device", refers_to="devices")] = None
    a_interface: Annotated[str | None, Column("A 端接口", "A interface")] = None
    z_site: Annotated[str | None, Column("Z 端站点", "Z site", refers_to="sites")] = None
    z_device: Annotated[str | None, Column("Z 端设备", "Z device", refers_to="devices")] = None
    z_interface: Annotated[str | None, Column("Z 端接口", "Z interface")] = None
    z_outside: Annotated[
        str | None,
        Column("县外对端", "Far end outside", Text("如市政务外网；此时 Z 端不填", "then Z stays empty"), census=False),
    ] = None
    provider: Annotated[str | None, Column("运营商", "Provider")] = None
    kind: Annotated[LinkKind | None, Column("链路类型", "Kind of link")] = None
    contracted_mbps: Annotated[float | None, Column("签约带宽（Mbit/s）", "Contracted (Mbit/s)")] = None
    physical_route: Annotated[str | None, Column("物理路由", "Physical route")] = None
    purpose: Annotated[str | None, Column("用途", "Purpose")] = None
    start_date: Annotated[date | None, Column("开通日期", "Start date")] = None

    def not_due(self) -> frozenset[str]:
        """What lies outside the county is not ours to name."""
        return frozenset({"z_site", "z_device", "z_interface"}) if self.z_outside else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class InternetEgress(Row):
    """A way out to the Internet."""

    name: Annotated[str, Column("出口名称", "Egress", unique=True)]
    unit: Annotated[str, Column("所属单位", "Unit", refers_to="units")]
    site: Annotated[str | None, Column("所在站点", "Site", census=False, refers_to="sites")] = None
    provider: Annotated[str | None, Column("运营商", "Provider")] = None
    mbps: Annotated[float | None, Column("带宽（Mbit/s）", "Bandwidth (Mbit/s)")] = None
    public_ip4: Annotated[tuple[IPv4Network, ...], Column("公网 IPv4", "Public IPv4")] = ()
    public_ip6: Annotated[tuple[IPv6Network, ...], Column("公网 IPv6", "Public IPv6")] = ()
    boundary_device: Annotated[str | None, Column("边界设备", "Boundary device", refers_to="devices")] = None
    approved: Annotated[bool | None, Column("是否经批准", "Approved")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessSystem(Row):
    """A business system that is not classified; classified ones are never listed."""

    name: Annotated[str, Column("系统名称", "System", unique=True)]
    unit: Annotated[str, Column("所属单位", "Unit", refers_to="units")]
    self_built: Annotated[bool | None, Column("是否自建", "Self-built", census=False)] = None
    graded_level: Annotated[int | None, Column("等保定级", "Graded level", least=1, most=5)] = None
    level_s: Annotated[int | None, Column("业务信息等级 S", "Information level S", least=1, most=5)] = None
    level_a: Annotated[int | None, Column("系统服务等级 A", "Service level A", least=1, most=5)] = None
    filing_no: Annotated[str | None, Column("备案编号", "Filing no.")] = None
    last_evaluation: Annotated[date | None, Column("最近测评日期", "Last evaluation")] = None
    users: Annotated[int | None, Column("用户数", "Users")] = None
    url: Annotated[str | None, Column("访问地址（URL）", "URL")] = None
    host: Annotated[str | None, Column("服务域名", "Host name", census=False)] = None
    port: Annotated[int | None, Column("服务端口", "Port", census=False, least=1, most=65535)] = None
    addresses: Annotated[tuple[IPAddress, ...], Column("服务 IP 地址", "Addresses", census=False)] = ()
    hosted: Annotated[Hosting | None, Column("部署位置", "Hosted")] = None
    room: Annotated[str | None, Column("所在机房", "Room", census=False, refers_to="rooms")] = None
    go_live: Annotated[date | None, Column("上线日期", "Go-live", census=False)] = None
    state: Annotated[MigrationState | None, Column("上云状态", "Migration state")] = None
    wave: Annotated[str | None, Column("上云批次", "Wave")] = None
    wave_date: Annotated[date | None, Column("批次日期", "Wave date", census=False)] = None
    old_address: Annotated[
        IPAddress | None,
        Column("原地址", "Old address", Text("上云前的服务器地址", "of the server before it moved"), census=False),
    ] = None
    old_port: Annotated[int | None, Column("原端口", "Old port", census=False, least=1, most=65535)] = None
    exception_reason: Annotated[ExceptionReason | None, Column("不上云原因", "Exception reason")] = None
    exception_approver: Annotated[str | None, Column("例外批准人", "Approved by", census=False)] = None
    data_interface: Annotated[bool | None, Column("是否做数据对接", "Data interface")] = None
    interface_endpoint: Annotated[str | None, Column("对接地址", "Interface endpoint", census=False)] = None
    personal_data: Annotated[bool | None, Column("是否含个人信息", "Personal data")] = None
    crypto_assessed: Annotated[bool | None, Column("是否通过密评", "Cryptography assessed")] = None
    ipv6: Annotated[bool | None, Column("是否支持 IPv6", "IPv6")] = None
    last_backup: Annotated[date | None, Column("最近备份日期", "Last backup", census=False)] = None
    backup_site: Annotated[
        str | None,
        Column("异地备份地点", "Off-site backup", Text("县外可写地名", "a site, or a place outside"), census=False),
    ] = None
    last_restore: Annotated[date | None, Column("最近恢复测试日期", "Last restore test", census=False)] = None

    def not_due(self) -> frozenset[str]:
        """Only an exception has a reason, only what is to move has a wave, a port stands for a URL."""
        spared = set() if self.state is MigrationState.EXCEPTED else {"exception_reason", "data_interface"}
        if self.state in (MigrationState.EXCEPTED, MigrationState.RETIRED):
            spared.add("wave")
        if self.port and (self.host or self.addresses):
            spared.add("url")
        return frozenset(spared)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateNetwork(Row):
    """A department's own network beside the government extranet."""

    name: Annotated[str, Column("专网名称", "Private network", unique=True)]
    unit: Annotated[str, Column("所属单位", "Unit", refers_to="units")]
    upper_owner: Annotated[str | None, Column("上级主管", "Upper owner")] = None
    classified: Annotated[bool | None, Column("是否涉密", "Classified")] = None
    topology: Annotated[str | None, Column("拓扑结构", "Topology")] = None
    nodes: Annotated[int | None, Column("节点数", "Nodes")] = None
    links: Annotated[int | None, Column("线路数", "Links")] = None
    boundary: Annotated[str | None, Column("与政务外网的边界", "Boundary to the extranet")] = None
    state: Annotated[PrivateState | None, Column("接入状态", "State")] = None
    plan_date: Annotated[date | None, Column("计划日期", "Planned date")] = None
    start_date: Annotated[date | None, Column("启用日期", "Start date", census=False)] = None
    approved: Annotated[bool | None, Column("是否经批准", "Approved", census=False)] = None

    def not_due(self) -> frozenset[str]:
        """Nothing of a classified network is listed; one that is done has no plan."""
        if self.classified:
            return frozenset({"upper_owner", "topology", "nodes", "links", "boundary", "state", "plan_date"})
        return frozenset({"plan_date"}) if self.state in (PrivateState.MIGRATED, PrivateState.RETIRED) else frozenset()
