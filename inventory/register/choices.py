"""The closed lists of the register. Values are what programs and checks compare; Chinese stands in the drop-downs."""

from __future__ import annotations

from inventory.register.column import Choice


class UnitKind(Choice):
    """What a unit is in the county's administration."""

    DATA_BUREAU = "data_bureau", "政务服务数据管理局", "data bureau"
    COUNTY_DEPT = "county_dept", "县直部门", "county department"
    INSTITUTION = "institution", "事业单位", "institution"
    TOWN = "town", "镇"
    VILLAGE = "village", "村（社区）"
    OPERATOR = "operator", "建设运营机构", "operator"


class Tier(Choice):
    """The tier of a site, by which the plan wants bandwidth."""

    COUNTY = "county", "县级"
    TOWN = "town", "镇级"
    VILLAGE = "village", "村级"
    DEPARTMENT = "department", "县直部门"
    INSTITUTION = "institution", "事业单位"


class RoomClass(Choice):
    """Class of a machine room (GB 50174)."""

    A = "A", "A 级"
    B = "B", "B 级"
    C = "C", "C 级"


class NetworkRole(Choice):
    """The place of a network device."""

    CORE = "core", "核心"
    AGGREGATION = "aggregation", "汇聚"
    ACCESS = "access", "接入"
    BORDER = "border", "边界"
    CE = "ce", "用户侧边缘（CE）", "customer edge"
    FIREWALL = "firewall", "防火墙"
    WIRELESS = "wireless", "无线"
    OTHER = "other", "其他"


class Form(Choice):
    """Whether a server is a machine of its own."""

    PHYSICAL = "physical", "物理机"
    VIRTUAL = "vm", "虚拟机", "virtual machine"


class SecurityKind(Choice):
    """What a security component is for."""

    FIREWALL = "firewall", "防火墙"
    IDS = "ids", "入侵检测/防御", "intrusion detection or prevention"
    AUDIT = "audit", "审计"
    BEHAVIOUR = "behaviour", "上网行为管理", "behaviour management"
    ANTIVIRUS = "av", "防病毒", "anti-virus"
    SITUATION = "sa", "态势感知", "situation awareness"
    VPN = "vpn", "VPN"
    GAP = "gap", "网闸", "data diode or gap"
    BASTION = "bastion", "堡垒机", "bastion host"
    LOG_SERVER = "logserver", "日志服务器", "log server"
    MAIL_GATEWAY = "mailgw", "邮件安全网关", "mail gateway"
    ENDPOINT = "endpoint", "终端与补丁管理", "endpoint and patch management"
    OTHER = "other", "其他"


class LinkKind(Choice):
    """What a link is made of."""

    FIBRE = "fibre", "光纤"
    MSTP = "mstp", "MSTP 专线", "MSTP line"
    VPN = "vpn", "VPN"
    FIVE_G = "5g", "5G"
    FOUR_G = "4g", "4G"
    OTHER = "other", "其他"


class Hosting(Choice):
    """Where a business system runs."""

    ROOM = "room", "自有机房", "own room"
    CITY_CLOUD = "city-cloud", "市政务云", "city government cloud"
    DOMESTIC_CLOUD = "domestic-cloud", "国产云", "domestic-technology cloud"
    PROVINCE = "province", "省级平台", "province platform"
    STATE = "state", "国家级平台", "state platform"


class MigrationState(Choice):
    """How far a system is on its way to the cloud."""

    NOT_STARTED = "not-started", "未启动", "not started"
    ASSESSED = "assessed", "已评估"
    ADAPTING = "adapting", "适配改造中"
    MIGRATING = "migrating", "迁移中"
    ON_CLOUD = "on-cloud", "已上云", "on the cloud"
    EXCEPTED = "excepted", "例外不上云", "excepted"
    RETIRED = "retired", "已停用"


class ExceptionReason(Choice):
    """Why a system may stay off the cloud."""

    POLICY = "policy", "政策原因"
    TECHNOLOGY = "technology", "技术原因"
    VERTICAL = "vertical-system", "上级垂直系统", "run by a higher level"
    DEVICE_BOUND = "device-bound", "与设备绑定", "bound to a device"


class PrivateState(Choice):
    """How far a private network is joined to the government extranet."""

    NONE = "none", "未接入", "not connected"
    CONNECTED = "connected", "已接入"
    MIGRATED = "migrated", "已并入", "merged"
    RETIRED = "retired", "已撤销"


class Importance(Choice):
    """How much depends on an asset or a zone."""

    KEY = "key", "关键"
    IMPORTANT = "important", "重要"
    GENERAL = "general", "一般"


class Duty(Choice):
    """What an account was given for; the three administrators of level 3 (三员) are told apart."""

    SYSTEM = "system", "系统管理员", "system administrator"
    SECURITY = "security", "安全管理员", "security administrator"
    AUDIT = "audit", "审计管理员", "audit administrator"
    OPERATION = "operation", "运维人员", "operation"
    BUSINESS = "business", "业务用户", "business user"
    SERVICE = "service", "服务账号", "service account"
