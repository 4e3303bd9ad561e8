"""``exchange export`` and ``exchange import`` of files, by the console script over a stored run."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml
from console import hecha, refused
from exchanged import COUNTY, make_project

from inventory.exchange.platforms import from_nornir
from inventory.store import Store
from inventory.targets import read_targets
from playbooks.commands.importing import drivers


@pytest.fixture
def found(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_ansible_goes_out_and_comes_back_as_targets_and_as_register(found: Path) -> None:
    done = hecha("exchange", "export", "ansible", at=found)
    assert done.returncode == 0, done.stderr
    told = yaml.load(done.stdout.replace("!unsafe", ""), yaml.SafeLoader)["all"]
    assert list(told["hosts"]) == ["bare", "core-1", "dark", "edge-1"]  # whichever answered first
    assert told["hosts"]["edge-1"]["ansible_port"] == 2222  # as the target list says
    assert "!unsafe '{{ lookup" in done.stdout
    assert hecha("exchange", "export", "ansible", "-o", "i.yml", at=found).returncode == 0
    done = hecha("exchange", "import", "ansible", "i.yml", "-o", "t.csv", at=found)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    _, first, _, second = read_targets(found / "t.csv")
    assert (first.name, str(first.address), first.platform, first.site) == (
        "core-1",
        "10.0.0.1",
        "huawei_vrp",
        "centre",
    )
    assert (second.ssh_port, first.tags) == (2222, ("backbone",))
    refused(hecha("exchange", "import", "ansible", "i.yml", "-o", "t.csv", at=found), "t.csv", "not overwritten")
    done = hecha("exchange", "import", "ansible", "i.yml", at=found)
    assert done.returncode == 3  # what dark is nobody tells
    assert "left out dark" in done.stderr
    assert "  ~ core-1: Vendor, Model, Serial no., Release" in done.stdout.splitlines()
    assert "  + bare" in done.stdout.splitlines()
    assert hecha("exchange", "import", "ansible", "i.yml", "--as", "server", at=found).returncode == 0
    with Store.open(found / "hecha.db") as store:
        register = store.register()
        assert len(store.runs()) == 1  # what is imported is declared, never found
    assert register is not None
    assert [server.asset_no for server in register.servers] == ["dark"]


def test_nornir_goes_out_and_comes_back(found: Path) -> None:
    assert hecha("exchange", "export", "nornir", "-o", "n", at=found).returncode == 0
    assert sorted(path.name for path in (found / "n").iterdir()) == ["defaults.yaml", "groups.yaml", "hosts.yaml"]
    refused(hecha("exchange", "export", "nornir", "-o", "n", at=found), "hosts.yaml", "not overwritten")
    done = hecha("exchange", "import", "nornir", "n", "-o", "-", at=found)
    assert done.returncode == 0, done.stderr
    assert "edge-1,10.0.0.2,cisco_ios,town-1,access,default,161,2222," in done.stdout.splitlines()


def test_netmikos_drivers_are_known_for_what_snmp_calls_a_system_too() -> None:
    known = drivers()
    assert (known["cisco_iosxe"], known["fortinet_fortigate"]) == ("cisco_ios", "fortinet")
    assert from_nornir("fortinet", known) == "fortinet_fortios"


def test_netbox_csv_refers_only_to_what_comes_before(found: Path) -> None:
    done = hecha("exchange", "export", "netbox-csv", "-o", "nb", at=found)
    assert done.returncode == 3, done.stderr
    assert "left out bare: site not known" in done.stderr
    by_kind = {path.stem.partition("-")[2]: lines(path) for path in sorted((found / "nb").iterdir())}
    names = {kind: {row["name"] for row in rows} for kind, rows in by_kind.items() if rows and "name" in rows[0]}
    for row in by_kind["devices"]:
        assert row["role"] in names["device-roles"]
        assert row["platform"] in names["platforms"]
        assert row["site"] in names["sites"]
        assert row["tenant"] in names["tenants"]
        assert (row["manufacturer"], row["device_type"]) in {
            (t["manufacturer"], t["model"]) for t in by_kind["device-types"]
        }
    ports = {(row["device"], row["name"]): row for row in by_kind["interfaces"]}
    assert len(ports) == 6
    assert ports["core-1", "GigabitEthernet0/0/1"]["lag"] == "Eth-Trunk1"
    assert ports["core-1", "GigabitEthernet0/0/1"]["description"] == "'=cmd to edge"
    order = [row["name"] for row in by_kind["interfaces"] if row["device"] == "core-1"]
    assert order[0] == "Eth-Trunk1"  # before the ports that name it
    held = {row["address"]: row for row in by_kind["ip-addresses"]}
    assert set(held) == {"10.0.0.1/32", "10.1.0.1/30", "2001:db8::1/64", "10.0.0.2/24"}
    assert held["10.0.0.2/24"]["is_primary"] == "true"
    assert all((row["device"], row["interface"]) in ports for row in held.values())
    (cable,) = by_kind["cables"]
    assert {(cable[f"side_{s}_device"], cable[f"side_{s}_name"]) for s in "ab"} <= set(ports)
    refused(hecha("exchange", "export", "netbox-csv", "-o", "nb", at=found), "01-manufacturers.csv")
    done = hecha("exchange", "import", "netbox-csv", "nb", "-o", "-", at=found)
    assert [line.split(",")[:4] for line in done.stdout.splitlines()[1:]] == [
        ["core-1", "10.0.0.1", "huawei_vrp", "centre"],
        ["edge-1", "10.0.0.2", "cisco_ios", "town-1"],
    ]


def test_no_secret_of_the_project_goes_out(found: Path) -> None:
    env = {"HECHA_LOGIN_DEFAULT_USERNAME": "auditor", "HECHA_LOGIN_DEFAULT_PASSWORD": "S3cret-word!"}
    hecha("exchange", "export", "ansible", "-o", "i.yml", at=found, env=env)
    hecha("exchange", "export", "nornir", "-o", "n", at=found, env=env)
    texts = [path.read_text() for path in (found / "i.yml", *(found / "n").iterdir())]
    assert len(texts) == 4
    assert not any("S3cret" in text or "auditor" in text for text in texts)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("words", "name", "text", "where"),
    [
        (("ansible", "x.yml"), "x.yml", "all:\n  hots:\n", "x.yml:2"),
        (("ansible", "x.ini"), "x.ini", "h =\n", "x.ini:1"),
        (("nornir", "."), "hosts.yaml", "a: {port: x}\n", "hosts.yaml:1"),
        (("netbox-csv", "x.csv"), "x.csv", "name,device_type,site\nx,y,\n", "x.csv:2"),
        (("netbox-csv", "none.csv"), "x.csv", "", "none.csv"),
        (("ansible", "x.yml", "--as", "car"), "x.yml", "all: {hosts: {a: }}", "--as car"),
        (("ansible", "x.yml", "--tier", "moon"), "x.yml", "all: {hosts: {a: }}", "--tier moon"),
    ],
)
def test_bad_input_is_one_message_and_changes_nothing(
    found: Path, lang: str, words: tuple[str, ...], name: str, text: str, where: str
) -> None:
    (found / name).write_text(text)
    done = hecha("exchange", "import", *words, at=found, lang=lang)
    refused(done, where)
    assert len(done.stderr.splitlines()) == 1
    assert any("\u4e00" <= c <= "\u9fff" for c in done.stderr) is (lang == "zh")
    with Store.open(found / "hecha.db") as store:
        assert store.register() == COUNTY


def test_passwords_in_an_inventory_are_told_and_not_taken(found: Path) -> None:
    (found / "x.ini").write_text("sw ansible_host=10.0.0.9 ansible_password=topsecret ansible_network_os=ios\n")
    done = hecha("exchange", "import", "ansible", "x.ini", at=found)
    assert done.returncode == 0, done.stderr
    assert "secrets in it that were not taken: 1" in done.stderr
    assert not any(b"topsecret" in path.read_bytes() for path in found.glob("hecha.db*"))


def test_without_a_run_there_is_nothing_to_export(tmp_path: Path) -> None:
    refused(hecha("exchange", "export", "ansible", at=tmp_path), "hecha run")
