"""What a county declares for level 3: security zones, and the people whose accounts its devices carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from inventory.register.choices import Duty, Importance
from inventory.register.column import Column, Row
from inventory.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone(Row):
    """A security zone: which networks it holds, how important it is, what keeps it apart from the others."""

    name: Annotated[
        str,
        Column("安全区域", "Zone", Text("如 服务器区、管理区、办公区", "servers, management, offices"), unique=True),
    ]
    unit: Annotated[str | None, Column("所属单位", "Unit", census=False, refers_to="units")] = None
    importance: Annotated[Importance | None, Column("重要程度", "Importance")] = None
    networks4: Annotated[tuple[IPv4Network, ...], Column("IPv4 网段", "IPv4 networks")] = ()
    networks6: Annotated[tuple[IPv6Network, ...], Column("IPv6 前缀", "IPv6 prefixes", census=False)] = ()
    guard: Annotated[
        str | None,
        Column(
            "隔离设备",
            "Kept apart by",
            Text("防火墙、网闸或设有访问控制的设备", "the firewall, gap or filtering device"),
            refers_to="devices",
        ),
    ] = None

    @property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Its networks of both families."""
        return (*self.networks4, *self.networks6)

    def not_due(self) -> frozenset[str]:
        """What is of no importance may share a network with its neighbours."""
        return frozenset({"guard"}) if self.importance is Importance.GENERAL else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHolder(Row):
    """An account of devices and systems, and the one person it was given to. Never a password."""

    account: Annotated[str, Column("账号", "Account", Text("登录名，不是口令", "the login name, never a password"))]
    person: Annotated[str | None, Column("使用人", "Person")] = None
    unit: Annotated[str | None, Column("所属单位", "Unit", refers_to="units")] = None
    duty: Annotated[Duty | None, Column("岗位", "Duty")] = None
    outsider: Annotated[bool | None, Column("是否外部人员", "Outsider", census=False)] = None
    approver: Annotated[str | None, Column("批准人", "Approved by", census=False)] = None
    until: Annotated[
        date | None,
        Column("有效期至", "Valid until", Text("离岗或离场之日", "the day the person leaves"), census=False),
    ] = None
