"""The simulated county's register and answer key: whole, free of contradiction, about things that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.catalogue import catalogue
from checks.model import SubjectKind
from checks.policies import policies_from
from inventory.errors import InputError
from inventory.plan import plan
from inventory.register import SHEETS, Hosting, MigrationState, Register, empty_columns, problems
from inventory.targets import read_targets
from playbooks.demo.declared_rooms import ROOM
from playbooks.demo.key import answer_key, opposites
from playbooks.demo.running import DemoCounty
from playbooks.demo.systems import BASELINE
from playbooks.demo.written import write_project
from playbooks.schema import playbook


@pytest.fixture(scope="module")
def demo() -> DemoCounty:
    return DemoCounty()  # not started: nothing is asked


@pytest.fixture(scope="module")
def register(demo: DemoCounty) -> Register:
    return demo.register()


def test_register_does_not_contradict_itself(register: Register) -> None:
    assert list(problems(register)) == []
    assert list(problems(DemoCounty(villages=300).register())) == []


def test_room_holds_the_plans_baseline(register: Register) -> None:
    baseline = plan().requirement("PR-CEN-02")
    assert baseline
    assert baseline.baseline == {
        "racks": len(register.racks),
        "devices_total": sum(device.room == ROOM for device in register.devices),
        "business_systems": BASELINE,
        "class": str(register.rooms[0].class_gb50174),
    }


def test_every_state_on_the_way_to_the_cloud_has_its_system(register: Register) -> None:
    """And one of which nobody said how far it is, one that a higher level runs."""
    assert {system.state for system in register.systems} == {*MigrationState, None}
    assert {Hosting.CITY_CLOUD, Hosting.DOMESTIC_CLOUD, Hosting.ROOM, Hosting.PROVINCE, None} == {
        system.hosted for system in register.systems
    }


def test_only_the_planted_cells_are_empty(register: Register) -> None:
    empty = {
        (sheet.attribute, row.label): [column.name for column in empty_columns(row)]
        for sheet in SHEETS
        for row in register.rows(sheet)
        if empty_columns(row)
    }
    assert empty == {
        ("systems", "工资统发系统"): ["exception_reason"],
        ("systems", "会议管理系统"): ["url"],
        ("systems", "气象信息发布系统"): ["hosted", "state", "wave"],
        ("systems", "企业登记信息系统"): ["state", "wave"],
        ("links", "hospital-uplink"): ["z_device", "z_interface"],
    }


def test_every_target_is_declared_at_its_address(demo: DemoCounty, register: Register) -> None:
    for target in demo.targets():
        assert [device.name for device in register.devices_at(target.address)] == [target.name]


@pytest.mark.parametrize("mended", [False, True])
def test_key_names_checks_and_subjects_that_exist(mended: bool) -> None:
    demo = DemoCounty(mended=mended)
    register = demo.register()
    subjects = {
        SubjectKind.DEVICE: {target.name for target in demo.targets()},
        SubjectKind.SITE: {site.name for site in register.sites},
        SubjectKind.LINK: {link.name for link in register.links},
        SubjectKind.SYSTEM: {system.name for system in register.systems},
        SubjectKind.NETWORK: {"network", *(target.name for target in demo.targets())},  # which it may speak of
        SubjectKind.REGISTER: {"register"},
    }
    for each in (*answer_key(mended=mended), *opposites(mended=mended)):
        assert each.subject in subjects[catalogue()[each.check].subject], each


@pytest.mark.parametrize("mended", [False, True])
def test_key_says_a_thing_once_and_not_its_opposite(mended: bool) -> None:
    fails = [(planted.check, planted.subject) for planted in answer_key(mended=mended)]
    passes = [(good.check, good.subject) for good in opposites(mended=mended)]
    assert len({*fails, *passes}) == len(fails) + len(passes)


def test_key_covers_every_family_and_kind_of_subject() -> None:
    checks = [catalogue()[planted.check] for planted in answer_key()]
    assert {check.family.value for check in checks} == {"level3", "ipv6", "bandwidth", "cloud", "census"}
    assert {check.subject for check in checks} == set(SubjectKind)


def test_key_covers_each_verdict_with_its_opposite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every check of IPv6, bandwidth and cloud fails somewhere and passes somewhere, before the works or after them."""
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")  # on a machine that has what the key needs
    wanted = {name for name, check in catalogue().items() if check.family.value in ("ipv6", "bandwidth", "cloud")}
    fails, passes = (
        {each.check for mended in (False, True) for each in told(mended=mended)} for told in (answer_key, opposites)
    )
    assert wanted - fails == set()
    assert wanted - passes == set()


def test_written_project_reads_back(demo: DemoCounty, tmp_path: Path) -> None:
    write_project(demo, tmp_path)
    assert read_targets(tmp_path / "targets.csv") == demo.targets()
    run = playbook("demo", tmp_path)
    assert run.collect.resolvers == demo.resolvers
    assert policies_from(run.policy)


def test_written_project_holds_no_secret(demo: DemoCounty, tmp_path: Path) -> None:
    secrets = [value.partition(":")[2] or value for name, value in demo.environment().items() if "USER" not in name]
    for path in write_project(demo, tmp_path):
        assert not [secret for secret in secrets if secret in path.read_text(encoding="utf-8")]


def test_folder_that_cannot_be_written_is_named(demo: DemoCounty, tmp_path: Path) -> None:
    (tmp_path / "playbooks").write_text("a file in the way")
    with pytest.raises(InputError, match=str(tmp_path)):
        write_project(demo, tmp_path)
