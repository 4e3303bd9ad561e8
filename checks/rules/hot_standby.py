"""Level 3: what stands in for a device that fails, at once and by itself."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import Redundancy, RedundancyGroup, VirtualGateways
from inventory.register import NetworkRole
from inventory.snapshot import DeviceRecord, Network, State
from inventory.text import Text

_KEY_ROLES = frozenset({"core", "border", "firewall", "boundary_fw"})
_TAKEN_OVER = frozenset({"vrrp", "hsrp", "glbp"})
_HOT = frozenset({"stack", "ha", "vrrp", "cluster", "replication", "supervisor"})


@check(
    "redundancy.device-doubled",
    family=Family.LEVEL3,
    title=Text("核心、边界设备有热备", "Core and border devices have a hot stand-in"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.2.1-e#1", "gbt22239-2019:8.1.4.9-c#1"),
    found=Text(
        "{place}（{role}）没有堆叠、双机或网关冗余：{why}",
        "{place} ({role}) has no stack, HA peer or gateway group: {why}",
    ),
    unknown=Text("没有核心或边界设备可以判断：{place}", "no core or border device tells how it is backed up: {place}"),
    remedy=Remedy(
        Text(
            "为核心、边界、防火墙配置双机热备或堆叠，并启用分裂检测",
            "Give core, border and firewalls a hot stand-in or a stack, with split detection",
        ),
        {
            "huawei_vrp": "system-view\n hrp interface <interface> remote <peer>\n hrp mirror session enable\n"
            " hrp enable\n"
            "# 网关：interface <interface>，vrrp vrid 1 virtual-ip <address>"
            " ‖ of a gateway: interface <interface>, vrrp vrid 1 virtual-ip <address>\n quit",
            "h3c_comware": "system-view\n remote-backup group\n  remote-ip <peer>\n  local-ip <address>\n"
            "  data-channel interface <interface>\n  device-role primary\n  hot-backup enable\n  quit\n quit",
            "ruijie_rgos": "configure terminal\n switch virtual domain 1\n  switch 1\n  switch 1 priority 150\n"
            "  dual-active detection bfd\n  exit\n vsl-port\n  port-member interface <interface>\n  end\n"
            "switch convert mode virtual",
            "cisco_ios": "configure terminal\n interface <interface>\n  standby 1 ip <address>\n"
            "  standby 1 priority 120\n  standby 1 preempt\n end",
            "cisco_nxos": "configure terminal\n feature hsrp\n interface <interface>\n  hsrp 1\n   ip <address>\n end",
            "cisco_asa": "configure terminal\n failover lan unit primary\n failover lan interface <name> <interface>\n"
            " failover interface ip <name> <address> <mask> standby <peer>\n failover\n end",
            "juniper_junos": "set chassis cluster cluster-id 1 node 0 reboot\nconfigure\n"
            " set chassis cluster reth-count 2\n set chassis cluster redundancy-group 0 node 0 priority 200\n"
            " set chassis cluster redundancy-group 0 node 1 priority 100\n commit and-quit",
            "fortinet_fortios": "config system ha\n set mode a-p\n set group-name <group>\n set password <key>\n"
            " set hbdev <interface> 50\nend",
            "linux": "command -v keepalived >/dev/null || dnf install -y keepalived || apt-get install -y keepalived\n"
            "# 备机优先级低于 100 ‖ the stand-in has a priority below 100\n"
            "printf 'vrrp_instance gateway {{\\n  interface <interface>\\n  virtual_router_id 1\\n  priority 100\\n"
            "  virtual_ipaddress {{\\n    <address>/<length>\\n  }}\\n}}\\n' >> /etc/keepalived/keepalived.conf\n"
            "systemctl enable keepalived\nsystemctl restart keepalived",
        },
    ),
    high_risk=("HR-6.2.1.3", "HR-6.4.6.2"),
)
def device_doubled(network: Network) -> Iterator[Verdict]:
    judged = [record for record in network.records() if record.role in _KEY_ROLES]
    for record in judged:
        fact, gateways = network.fact(record.target, Redundancy), _gateways(network, record)
        if gateways:
            yield verdict(True, *gateways, place=record.target, role=_role(record))
        elif isinstance(fact, Missing):
            yield verdict(None, place=record.target, role=_role(record))
        else:
            yield _doubled(record, fact, network)
    if not judged:
        yield verdict(None, place="-")


def _doubled(record: DeviceRecord, fact: Redundancy, network: Network) -> Verdict:
    hot = [group for group in fact.items if group.kind in _HOT and group.on]
    off = [group for group in fact.items if group.on is False]
    # A second device of the same role that answers at the same site stands in by routing; whether one that refuses
    # the login, or is spared it, is a device of its own nobody tells.
    beside = {other.state for other in network.records() if _stands_in(other, record)}
    held = bool(hot) or State.ANSWERED in beside
    return verdict(
        None if not held and not beside.isdisjoint((State.REFUSED, State.WITHHELD)) else held,
        *(group.evidence for group in (hot or off or fact.items)),
        *([] if hot or off else [fact.evidence]),
        place=record.target,
        role=_role(record),
        why=_names(off) if off else Text("没有配置", "none is configured"),
        platform=record.platform,
    )


def _gateways(network: Network, record: DeviceRecord) -> list[Evidence]:
    """Addresses that another router takes over when this one fails, whichever source tells of them."""
    fact = network.fact(record.target, VirtualGateways)
    items = () if isinstance(fact, Missing) else fact.items
    return [each.evidence for each in items if each.protocol in _TAKEN_OVER]


def _role(record: DeviceRecord) -> Text:
    written = record.role or "?"
    return next((each.text for each in NetworkRole if each.value == written), Text(written, written))


def _stands_in(other: DeviceRecord, record: DeviceRecord) -> bool:
    return other.role == record.role and other.site == record.site and other.target != record.target


def _names(groups: list[RedundancyGroup]) -> str:
    return ", ".join(f"{group.kind} {group.name}" for group in groups)
