"""Backbone: two devices and two lines."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from inventory.errors import Missing
from inventory.facts import Identity
from inventory.snapshot import DeviceRecord, Network, State
from inventory.text import Text


@check(
    "redundancy.core-dual",
    family=Family.BANDWIDTH,
    title=Text("核心由两台在线设备承担", "Two working devices share the core"),
    severity=Severity.HIGH,
    clauses=("plan:PR-NET-06", "gbt22239-2019:8.1.2.1-e#1"),
    found=Text(
        "核心设备只有 {working} 台在线（共 {total} 台）", "{working} of {total} core devices answer; two are due"
    ),
    unknown=Text(
        "没有设备标为核心，或核心设备拒绝登录、没有询问",
        "no device is marked as core, or those that are refuse the login or were not asked",
    ),
    remedy=Remedy(Text("增配核心设备，或恢复离线的一台", "Add a core device, or bring the silent one back")),
)
def core_redundant(network: Network) -> Iterator[Verdict]:
    cores = [record for record in network.records() if record.role == "core"]
    chassis = {_chassis(network, record) for record in cores if record.state is State.ANSWERED}
    # Who refuses the login is there, who is spared it may be; whether it is a chassis of its own nobody tells.
    unsure = sum(record.state in (State.REFUSED, State.WITHHELD) for record in cores)
    ok = None if not cores or len(chassis) < 2 <= len(chassis) + unsure else len(chassis) >= 2
    told = (network.fact(record.target, Identity) for record in cores)
    shown = (identity.evidence for identity in told if not isinstance(identity, Missing))
    yield verdict(ok, *shown, working=len(chassis), total=len(cores))


def _chassis(network: Network, record: DeviceRecord) -> str:
    """The serial number, else the target: two targets of one number are one device under two names."""
    identity = network.fact(record.target, Identity)
    return (None if isinstance(identity, Missing) else identity.serial) or f"target {record.target}"
