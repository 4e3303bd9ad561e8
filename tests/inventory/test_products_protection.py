"""Programs that protect a host by their names, support of releases, and what the register declares for level 3."""

from __future__ import annotations

from datetime import date
from ipaddress import IPv4Network, IPv6Network

import pytest

from inventory.products.protection import protectors, support_ends
from inventory.register import (
    AccountHolder,
    BusinessSystem,
    Duty,
    Importance,
    InternetEgress,
    MigrationState,
    PrivateNetwork,
    PrivateState,
    Register,
    Room,
    SecurityComponent,
    SecurityKind,
    Zone,
    empty_columns,
)
from inventory.views import boundaries


@pytest.mark.parametrize(
    ("name", "does", "known"),
    [
        ("clamd", "malware", "clamav"),
        ("clamd@scan", "malware", "clamav"),
        ("/usr/sbin/clamd", "malware", "clamav"),
        ("clamav-daemon.service", "malware", "clamav"),
        ("ossec-agentd", "intrusion", "wazuh"),
        ("wazuh-syscheckd", "integrity", "wazuh"),
        ("AliYunDunMonito", "malware", "aliyun"),  # as the kernel cuts it
        ("edr_agent", "intrusion", "sangfor"),
        ("MsMpEng.exe", "malware", "defender"),
        ("bacula-fd", "backup", "bacula"),
    ],
)
def test_a_program_is_known_by_its_whole_name(name: str, does: str, known: str) -> None:
    assert [each.id for each in protectors([name, "sshd", "bash"], does)] == [known]


@pytest.mark.parametrize("name", ["", "clamd2", "my-clamd", "sshd", "backup", "x" * 5000, "(((", "edr_agent; rm"])
def test_nothing_else_is_taken_for_one(name: str) -> None:
    assert [protectors([name], does) for does in ("malware", "intrusion", "integrity", "backup")] == [()] * 4


@pytest.mark.parametrize(
    ("distribution", "release", "ends"),
    [
        ("centos", "7", date(2024, 6, 30)),
        ("CentOS", "7.9", date(2024, 6, 30)),
        ("ubuntu", "20.04", date(2025, 5, 29)),
        ("debian", "1", None),
        ("openEuler", "22.03 (LTS-SP3)", date(2025, 12, 31)),
        ("openEuler", "22.03 (LTS)", date(2024, 3, 31)),
        ("openEuler", "22.03", None),  # which service pack decides
        ("openEuler", "22.03 (LTS-SP9)", None),
        ("anolis", "8.10", date(2031, 3, 31)),
        ("anolis", "23.3", date(2030, 6, 30)),
        ("almalinux", "10.0", date(2035, 5, 31)),
        ("kylin", "V10 (Lance)", None),
        (None, None, None),
    ],
)
def test_how_long_a_release_is_mended(distribution: str | None, release: str | None, ends: date | None) -> None:
    assert support_ends(distribution, release) == ends


COUNTY = Register(
    rooms=(Room(name="中心机房", unit="u", site="centre", ups_kva=20.0),),
    security_components=(
        SecurityComponent(asset_no="F1", name="fw-1", function=SecurityKind.FIREWALL, crypto_no="GM1"),
    ),
    egresses=(InternetEgress(name="出口", unit="u", approved=True),),
    private_networks=(
        PrivateNetwork(name="专网", unit="u", state=PrivateState.CONNECTED),
        PrivateNetwork(name="涉密", unit="u", classified=True, state=PrivateState.CONNECTED),
    ),
    systems=(
        BusinessSystem(
            name="oa", unit="u", graded_level=3, room="中心机房", go_live=date(2020, 1, 1),
            state=MigrationState.ON_CLOUD, wave_date=date(2022, 1, 1), last_backup=date(2026, 1, 1), backup_site="市",
        ),
        BusinessSystem(name="form", unit="u"),
    ),
    zones=(
        Zone(
            name="服务器区", importance=Importance.KEY, networks4=(IPv4Network("10.1.0.0/24"),),
            networks6=(IPv6Network("fd00::/64"),), guard="F1",
        ),
        Zone(name="办公区", importance=Importance.GENERAL),
    ),
    accounts=(AccountHolder(account="ops", person="李雷", duty=Duty.OPERATION, until=date(2026, 12, 31)),),
)  # fmt: skip


def test_zones_with_what_keeps_them_apart() -> None:
    first, second = boundaries.zones(COUNTY, {"F1": "fw-1.gov"})
    assert (first.importance, first.guard, first.target) == ("key", "fw-1", "fw-1.gov")
    assert [str(network) for network in first.networks] == ["10.1.0.0/24", "fd00::/64"]
    assert (second.guard, second.target, second.networks) == (None, None, ())
    # What is of no importance needs nothing that keeps it apart.
    assert {column.name for column in empty_columns(COUNTY.zones[1])} == {"networks4"}


def test_graded_systems_with_how_their_data_are_kept() -> None:
    (oa,) = boundaries.graded(COUNTY)
    assert (oa.site, oa.changed, oa.backup_site) == ("centre", date(2022, 1, 1), "市")
    assert boundaries.graded_system(COUNTY.systems[1], COUNTY) is None


def test_connections_rooms_components_and_holders() -> None:
    assert [(each.name, each.approved) for each in boundaries.connections(COUNTY)] == [("出口", True), ("专网", None)]
    assert [room.ups_kva for room in boundaries.rooms(COUNTY)] == [20.0]
    assert [component.crypto_no for component in boundaries.components(COUNTY, {})] == ["GM1"]
    (holder,) = boundaries.holders(COUNTY)
    assert (holder.account, holder.person, holder.duty, holder.until) == (
        "ops",
        "李雷",
        "operation",
        date(2026, 12, 31),
    )
