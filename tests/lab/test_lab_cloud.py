"""A system that has moved, and its old host that serves on: two nginx servers of the lab, told by polling alone."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import Any

import pytest
from plan_of_lab import NODES, SYSTEM_PATH
from topology import Lab

from inventory.register import BusinessSystem, Form, Hosting, MigrationState, Register, Room, Server, Unit, UnitKind
from inventory.store import Store
from playbooks.project import project_at

HECHA = str(Path(sys.executable).with_name("hecha"))
PORT, ROOM = 8080, "旧机房"
NEW, OLD = (next(node for node in NODES if node.name == name) for name in ("srv1", "srv2"))
PLAYBOOK = f"""\
name: moved
title: {{zh: 上云核查, en: Cloud migration}}
collect: {{sources: [cli, probe]}}  # snmpd tells for a minute what listened before
judge: {{families: [cloud]}}
policy: {{cloud: {{prefixes: [{NEW.address}/32, "{NEW.address6}/128"]}}}}
reports: [json-lines]
"""
NGINX = """\
user root;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  server {{ listen {port}; listen [::]:{port}; root {folder}/pages; }}
}}
"""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that nginx serves from; skips where there is no nginx, which fails where all is demanded."""
    if shutil.which("nginx", path=SYSTEM_PATH) is None:
        if os.environ.get("CI") == "true":
            pytest.fail("nginx is demanded here and not installed")
        pytest.skip("not installed: nginx")
    folder = tmp_path_factory.mktemp("web")
    (folder / "pages").mkdir()
    (folder / "pages" / "index.html").write_text("<title>OA</title><p>政务协同办公</p>", encoding="utf-8")
    return folder


@contextmanager
def serving(lab: Lab, node: str, web: Path) -> Iterator[None]:
    """nginx in a node, as long as the context lasts."""
    folder = web / node
    folder.mkdir(exist_ok=True)
    (folder / "pages").unlink(missing_ok=True)
    (folder / "pages").symlink_to(web / "pages")
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=PORT), encoding="utf-8")
    started = lab.run(node, "nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"))
    assert started.returncode == 0, started.stderr
    try:
        yield
    finally:
        lab.run(node, "nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-s", "stop")


def register() -> Register:
    """One system, declared on the cloud; the server it ran on stands in a room that is to be closed."""
    unit = Unit(name="县府办", kind=UnitKind.COUNTY_DEPT)
    system = BusinessSystem(
        name="OA", unit=unit.name, state=MigrationState.ON_CLOUD, hosted=Hosting.CITY_CLOUD, port=PORT,
        url=f"http://{NEW.address}:{PORT}/", addresses=(ip_address(NEW.address6),), old_address=ip_address(OLD.address),
    )  # fmt: skip
    old = Server(asset_no="S1", name=OLD.name, room=ROOM, mgmt_ip4=IPv4Address(OLD.address), form=Form.PHYSICAL)
    room = Room(name=ROOM, unit=unit.name, standalone=True)
    return Register(units=(unit,), rooms=(room,), servers=(old,), systems=(system,))


@contextmanager
def let_in(lab: Lab) -> Iterator[None]:
    """The new server's packet filter opened for its web server."""
    rule = f"insert rule inet host input tcp dport {PORT} accept"
    opened = lab.run(NEW.name, "nft", "--echo", "--handle", *rule.split())
    assert opened.returncode == 0, opened.stderr
    try:
        yield
    finally:
        handle = opened.stdout.rpartition("# handle ")[2].split()[0]
        lab.run(NEW.name, "nft", "delete", "rule", "inet", "host", "input", "handle", handle)


@pytest.fixture(scope="module")
def project(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cloud") / "net"
    made = lab.audit(HECHA, "init", str(folder), folder=folder.parent)
    assert made.returncode == 0, made.stderr
    (folder / "targets.csv").write_bytes((lab.folder / "targets.csv").read_bytes())
    (folder / "playbooks" / "moved.yaml").write_text(PLAYBOOK, encoding="utf-8")
    with Store.open(project_at(folder).database) as store:
        store.save_register(register(), "lab")
    return folder


def failing(lab: Lab, project: Path) -> set[str]:
    done = lab.audit(HECHA, "run", "moved", "--out", "out", "--allow-unknown", folder=project)
    assert done.returncode in (0, 1), done.stderr
    lines = map(json.loads, (project / "out" / "json-lines.jsonl").read_text(encoding="utf-8").splitlines())
    return {line["check"] for line in lines if line["type"] == "finding" and line["outcome"] == "fail"}


def told(lab: Lab, project: Path, *command: str) -> dict[str, Any]:
    done = lab.audit(HECHA, "--lang", "en", *command, "--json", folder=project)
    assert done.returncode == 0, done.stderr
    (line,) = map(json.loads, done.stdout.splitlines())
    return dict(line)


@contextmanager
def unplugged(lab: Lab, node: str) -> Iterator[None]:
    """A node whose cable to the network that it is asked over is out."""
    out = lab.audit("ip", "link", "set", node, "down", folder=lab.folder)
    assert out.returncode == 0, out.stderr
    try:
        yield
    finally:
        lab.audit("ip", "link", "set", node, "up", folder=lab.folder)


def test_old_host_that_serves_on_is_found_and_nothing_else(lab: Lab, project: Path, web: Path) -> None:
    """… silent, its address alone is left of it; once it is away, the same claim counts."""
    with let_in(lab), serving(lab, NEW.name, web):
        with serving(lab, OLD.name, web):
            assert failing(lab, project) == {
                "cloud.old-address-gone",
                "cloud.old-host-silent",
                "cloud.old-page-gone",
                "cloud.old-programs-stopped",
                "cloud.rate-reached",
            }
            system, room = told(lab, project, "systems"), told(lab, project, "rooms")
            assert (system["verdict"], system["counts"]) == ("contradicted", False)
            assert "the old host still runs nginx tcp/8080" in {sign["seen"] for sign in system["against"]}
            assert room["verdict"] == "open"
            assert "system OA (claimed, contradicted)" in room["keeps"]
        assert failing(lab, project) == {"cloud.old-address-gone", "cloud.rate-reached"}
        (sign,), room = told(lab, project, "systems")["against"], told(lab, project, "rooms")
        assert sign["seen"] == "an interface still has the old address: srv2 eth0"
        assert "srv2 is up" in room["keeps"], "the machine still has to be switched off"
        with unplugged(lab, OLD.name):
            assert failing(lab, project) == set()
            system, room = told(lab, project, "systems"), told(lab, project, "rooms")
        assert (system["verdict"], system["counts"], system["against"]) == ("confirmed", True, [])
        assert (room["verdict"], room["keeps"]) == ("closable", [])
