"""``hecha ipv6``: the simulated county on its ladders, its address plan, for people and for programs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from console import hecha, refused

from inventory.store import Store
from playbooks.demo.audit import audit, demo_project
from playbooks.progress import Quiet

HECHA = str(Path(sys.executable).with_name("hecha"))


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ripe") / "county"
    with demo_project(folder) as demo:
        audit(demo, "en", Quiet())
    return folder


def told(county: Path, *arguments: str) -> str:
    done = subprocess.run([HECHA, "--project", str(county), "ipv6", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_thing_is_on_its_level_with_what_it_lacks(county: Path) -> None:
    rows = [json.loads(line) for line in told(county, "--json").splitlines()]
    by_name = {(row["kind"], row.get("name")): row for row in rows}
    assert by_name["county", None]["layers"] == {"backbone": 4, "boundary": 4, "departments": 4}
    expected = {
        ("network", "town-7"): (0, "ipv6.capable"),
        ("network", "dept-5"): (1, "ipv6.addresses-clean"),
        ("network", "village-12"): (3, "ipv6.mtu-fits"),
        ("network", "core-1"): (4, "ipv6.alone"),
        ("host", "srv-07"): (0, "ipv6.usable-address"),
        ("site", "dept-12"): (0, "ipv6.site-prefix"),
        ("site", "village-06"): (2, "ipv6.path-carries"),
        ("system", "重点项目信息管理平台"): (0, "ipv6.system-aaaa|ipv6.system-reachable"),
        ("system", "数字档案管理系统"): (3, "ipv6.system-same-content"),
    }
    assert {key: (by_name[key]["level"], by_name[key]["missing"][0]) for key in expected} == expected
    assert by_name["security", "fw-1"]["techniques"] == ["dual-stack", "nat64"]
    assert "6to4" in by_name["network", "village-10"]["techniques"]


def test_what_lags_behind_is_listed_and_one_kind_in_full(county: Path) -> None:
    lagging = [line.split("\t") for line in told(county).splitlines()]
    assert {level for _, _, level, *_ in lagging} == {"L0", "L1", "L2"}
    sites = [line.split("\t") for line in told(county, "--of", "site", "--all").splitlines()]
    assert {kind for kind, *_ in sites} == {"site"}
    assert len(sites) == 43


def test_address_plan_with_its_use(county: Path) -> None:
    rows = [json.loads(line) for line in told(county, "--prefixes", "--json").splitlines()]
    centre = next(row for row in rows if row["prefix"].endswith("ff00::/56"))
    assert (centre["site"], centre["networks"], centre["used"]) == ("centre", 256, 3)
    assert any(row["site"] == "dept-9" and row["used"] == 1 for row in rows)


def test_a_kind_that_does_not_exist_is_refused(county: Path) -> None:
    done = subprocess.run(
        [HECHA, "--project", str(county), "--lang", "en", "ipv6", "--of", "printer"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "network, security, host, site, unit, system" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ipv6", "--prefixes"), "the register declares no address plan"),
        (("systems",), "the register declares no business system"),
        (("rooms",), "the register declares no machine room"),
    ],
)
def test_nothing_to_list_is_said_and_before_the_first_run_refused(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    refused(hecha(*words, at=tmp_path), "there is no database yet")
    with Store.open(tmp_path / "hecha.db") as store:
        pass
    for each in (words, ("ipv6",), ("plan",)):
        refused(hecha(*each, at=tmp_path), "there is no run yet: run hecha run first")
    with Store.open(tmp_path / "hecha.db") as store:
        store.finish_run(store.create_run("full-audit"))
    done = hecha(*words, at=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"{said}\n")
    assert hecha("plan", at=tmp_path).returncode == 0
