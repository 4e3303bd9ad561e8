"""Ansible inventories: out as YAML that a YAML reader and Ansible itself understand, in from YAML and INI."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from inventory.errors import ExitCode, InputError
from inventory.exchange.ansible import ansible_yaml, read_ansible
from inventory.exchange.assets import Asset

CORE = Asset(
    "core-1", (ip_address("10.0.0.1"),), asset_no="N1", platform="huawei_vrp", kind="router", vendor="Huawei",
    model="NE20E", release="V800", serial="0123", unit="县数据局", site="town-1", role="core", ssh_port=2222,
    tags=("a", "b"),
)  # fmt: skip
SRV = Asset("srv", (ip_address("2001:db8::5"),), platform="linux", site="town_1")


class Loader(yaml.SafeLoader):
    """PyYAML with the one tag of Ansible's that is written."""


Loader.add_constructor("!unsafe", lambda loader, node: ("unsafe", loader.construct_scalar(node)))


def loaded(text: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.load(text, Loader)  # a SafeLoader with one tag more
    return found


def test_groups_by_platform_unit_site_and_role() -> None:
    told = loaded(ansible_yaml([CORE, SRV]))["all"]
    assert told["hosts"]["core-1"]["ansible_host"] == "10.0.0.1"
    assert told["hosts"]["core-1"]["ansible_port"] == 2222
    assert "ansible_port" not in told["hosts"]["srv"]
    groups = told["children"]
    assert groups["platform_huawei_vrp"] == {
        "hosts": {"core-1": None},
        "vars": {
            "ansible_network_os": "community.network.ce",
            "ansible_connection": "ansible.netcommon.network_cli",
        },
    }
    assert groups["platform_linux"] == {"hosts": {"srv": None}}  # Ansible's own way of logging in is right for it
    assert groups["unit_县数据局"] == {"hosts": {"core-1": None}}
    assert groups["role_core"] == {"hosts": {"core-1": None}}
    sites = {name: list(group["hosts"]) for name, group in groups.items() if name.startswith("site_")}
    assert sorted(sites.values()) == [["core-1"], ["srv"]]  # town-1 and town_1 do not fall together


def test_what_a_device_says_is_no_template() -> None:
    told = loaded(ansible_yaml([Asset("x", model="{{ lookup('pipe','id') }}", serial="{% x %}", vendor="a: b #c")]))
    assert told["all"]["hosts"]["x"] == {
        "hecha_model": ("unsafe", "{{ lookup('pipe','id') }}"),
        "hecha_serial": ("unsafe", "{% x %}"),
        "hecha_vendor": "a: b #c",
    }


def test_ansible_itself_understands_it(tmp_path: Path) -> None:
    program = shutil.which("ansible-inventory")
    if program is None:
        pytest.skip("ansible-core is not installed: its own reading of the inventory is left out")
    (tmp_path / "i.yml").write_text(ansible_yaml([CORE, SRV]), encoding="utf-8")
    done = subprocess.run([program, "-i", tmp_path / "i.yml", "--list"], capture_output=True, check=True, text=True)
    told = json.loads(done.stdout)
    assert told["_meta"]["hostvars"]["core-1"]["ansible_network_os"] == "community.network.ce"
    assert told["unit_县数据局"]["hosts"] == ["core-1"]


def read(tmp_path: Path, text: str, name: str = "i.yml") -> list[Asset]:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return list(read_ansible(tmp_path / name).assets)


def test_exported_inventory_comes_back_equal(tmp_path: Path) -> None:
    assert read(tmp_path, ansible_yaml([CORE, SRV])) == [CORE, SRV]


@settings(max_examples=60, deadline=None)
@for_all(texts=st.lists(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1), min_size=5, max_size=5))
def test_any_text_survives_the_way_out_and_in(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    kept = [text.strip() or "x" for text in texts]
    asset = Asset(
        "h", (ip_address("10.0.0.1"),), model=kept[0], serial=kept[1], unit=kept[2], site=kept[3], role=kept[4]
    )
    assert read(tmp_path_factory.mktemp("any"), ansible_yaml([asset])) == [asset]


NESTED = """\
all:
  vars: {ansible_network_os: cisco.ios.ios, site: far, ansible_password: topsecret}
  children:
    lan:
      vars: {site: near, role: access}
      children:
        floor:
          hosts:
            sw[01:03]:
            core: {ansible_host: 10.0.0.9, role: core, ansible_port: 830}
      hosts: {192.0.2.7: }
    dc:
      hosts:
        srv: {ansible_host: srv.example, ansible_network_os: null}
"""


def test_variables_are_inherited_and_the_nearest_wins(tmp_path: Path) -> None:
    found = {asset.name: asset for asset in read(tmp_path, NESTED)}
    assert list(found) == ["192.0.2.7", "sw01", "sw02", "sw03", "core", "srv"]
    core = found["core"]
    assert (core.site, core.role, core.platform, core.ssh_port) == ("near", "core", "cisco_ios", 830)
    assert core.addresses == (ip_address("10.0.0.9"),)
    assert core.tags == ("dc", "floor", "lan")[1:][::-1]  # the groups it is in
    assert found["192.0.2.7"].addresses == (ip_address("192.0.2.7"),)
    assert found["sw02"].role == "access"
    assert found["sw02"].addresses == ()
    assert (found["srv"].site, found["srv"].platform, found["srv"].addresses) == ("far", None, ())
    assert core.where.endswith("i.yml:10")


def test_secrets_are_counted_and_not_taken(tmp_path: Path) -> None:
    (tmp_path / "i.yml").write_text(NESTED)
    given = read_ansible(tmp_path / "i.yml")
    assert given.secrets == 1
    assert "topsecret" not in repr(given)


def test_variables_beside_the_inventory_count(tmp_path: Path) -> None:
    for name, text in {
        "group_vars/all.yml": "site: far\nansible_password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3061\n",
        "group_vars/sw/net.yml": "ansible_network_os: ios\nrole: access\nnested: {a: [1]}\n",
        "group_vars/sw/vault.yml": "$ANSIBLE_VAULT;1.1;AES256\n30613062\n",
        "host_vars/sw1.yaml": "ansible_host: 10.0.0.1\nrole: core\n",
        "outside.yml": "role: stolen\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    first, second = read(tmp_path, "[sw]\nsw1 role=inline\nsw2 role=inline\n[../outside]\nsw2\n", "hosts")
    assert (first.addresses, first.platform, first.role, first.site) == (
        (ip_address("10.0.0.1"),), "cisco_ios", "core", "far",
    )  # fmt: skip
    assert (second.role, second.site) == ("inline", "far")
    assert read_ansible(tmp_path / "hosts").secrets == 1
    (tmp_path / "host_vars" / "sw2.yml").write_text("- a\n")
    with pytest.raises(InputError, match="mapping") as raised:
        read_ansible(tmp_path / "hosts")
    assert raised.value.where.endswith("host_vars/sw2.yml:1")


INI = """\
; a comment
lonely ansible_host=10.0.0.5   # another
[sw]
sw[1:2].lan ansible_network_os=ios
192.0.2.1:2222
[lan:children]
sw
[lan:vars]
site = "town 1"
[sw:vars]
role=access
ansible_ssh_pass='x y'
"""


def test_ini(tmp_path: Path) -> None:
    found = {asset.name: asset for asset in read(tmp_path, INI, "hosts")}
    assert list(found) == ["lonely", "sw1.lan", "sw2.lan", "192.0.2.1"]
    assert found["lonely"].addresses == (ip_address("10.0.0.5"),)
    assert (found["sw2.lan"].platform, found["sw2.lan"].site, found["sw2.lan"].role) == (
        "cisco_ios",
        "town 1",
        "access",
    )
    assert found["192.0.2.1"].ssh_port == 2222
    assert read_ansible(tmp_path / "hosts").secrets == 1


DEEP = "h\n" + "".join(f"[g{n}:children]\ng{n + 1}\n" for n in range(3000))


@pytest.mark.parametrize(
    ("name", "text", "where", "said"),
    [
        ("i.yml", "", "i.yml", "no group"),
        ("i.yml", "- a\n", "i.yml:1", "mapping"),
        ("i.yml", "all:\n  hosts: [a]\n", "i.yml:2", "mapping"),
        ("i.yml", "all:\n  hosts:\n    a:\n    a:\n", "i.yml:4", "twice"),
        ("i.yml", "all:\n  host:\n    a:\n", "i.yml:2", "expected hosts, children, vars"),
        ("i.yml", "all:\n  hosts:\n    a: {ansible_port: 99999}\n", "i.yml:3", "port"),
        ("i.yml", "all:\n  hosts:\n    'a[9:1]':\n", "i.yml:3", "range"),
        ("i.yml", "all:\n  hosts:\n    'a[1:99999999]':\n", "i.yml:3", "range"),
        ("i.yml", "all:\n  hosts:\n    '[1:9999][1:9999]':\n", "i.yml:3", "hosts"),
        ("i.yml", "all:\n  x: [\n", "i.yml:3", "YAML"),
        ("i.yml", "a:\n  children:\n    b:\n      children:\n        a:\n", "i.yml:3", "itself"),
        ("i.yml", "a: &a\n  children:\n    b: *a\n", "i.yml:3", "nested too deeply"),
        ("hosts", "[a]\nh\n[a:kids]\n", "hosts:3", "children or vars"),
        ("hosts", "h x\n", "hosts:1", "variable=value"),
        ("hosts", "h x='\n", "hosts:1", "quote"),
        ("hosts", "[a:vars]\nx\n", "hosts:2", "variable=value"),
        ("hosts", "# nothing\n", "hosts", "no host"),
        ("hosts", "[a:children]\na\n[a]\nh\n", "hosts:2", "itself"),
        pytest.param("hosts", f"a[{'0' * 5000}:1]\n", "hosts:1", "range", id="long begin"),
        pytest.param("hosts", f"a[1:2:{'1' * 5000}]\n", "hosts:1", "range", id="long step"),
        pytest.param("hosts", DEEP, "hosts:", "lies too deep", id="deep"),
    ],
)
def test_bad_input_is_one_message_with_file_and_line(
    tmp_path: Path, name: str, text: str, where: str, said: str
) -> None:
    with pytest.raises(InputError, match=said) as raised:
        read(tmp_path, text, name)
    assert raised.value.exit_code is ExitCode.BAD_INPUT
    assert raised.value.where.removeprefix(f"{tmp_path}/").startswith(where)
    assert raised.value.text.zh != raised.value.text.en


def test_aliases_of_aliases_come_to_an_end(tmp_path: Path) -> None:
    lines = ["x0: &x0\n  hosts: {a: }\n"]
    lines += [f"x{n}: &x{n}\n  children: {{p: *x{n - 1}, q: *x{n - 1}}}\n" for n in range(1, 40)]
    with pytest.raises(InputError):
        read(tmp_path, "".join(lines))


def test_host_without_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="hosts:2"):
        read(tmp_path, 'a\n""\n', "hosts")


@settings(max_examples=100, deadline=None)
@for_all(text=st.text(alphabet="ab[]:=\n#'\" 1{}-&*!,"), name=st.sampled_from(["i.yml", "hosts"]))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str, name: str) -> None:
    with contextlib.suppress(InputError):
        assert all(asset.name for asset in read(tmp_path_factory.mktemp("any"), text, name))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hosts.ini", "[机房]\n核心 ansible_host=10.0.0.1\n"),
        ("hosts.yml", "机房:\n  hosts:\n    核心: {ansible_host: 10.0.0.1}\n"),
    ],
)
def test_inventories_in_the_encodings_of_chinese_windows(tmp_path: Path, name: str, text: str, encoding: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    (asset,) = read_ansible(path).assets
    assert (asset.name, asset.addresses) == ("核心", (ip_address("10.0.0.1"),))
