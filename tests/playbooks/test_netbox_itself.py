"""Exchange with NetBox itself, both ways it takes: its REST API and the bulk import of its pages.

Making its tables takes minutes, so that ``make test-netbox`` alone runs these; what they find is what
``test_exchange_netbox.py`` asks of a server that behaves the same.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from console import Completed, hecha, refused
from exchanged import make_project
from netbox_itself import Itself, installed, running

from inventory.store import Store

pytestmark = [
    pytest.mark.netbox,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not os.environ.get("HECHA_TEST_NETBOX"), reason="minutes long: make test-netbox"),
]
# What the project's run holds, in the order in which it is imported.
COUNTS = {
    "dcim/manufacturers": 1, "dcim/device-types": 2, "dcim/device-roles": 2, "dcim/platforms": 2,
    "tenancy/tenants": 2, "dcim/site-groups": 2, "dcim/sites": 2, "dcim/devices": 2, "dcim/interfaces": 6,
    "ipam/ip-addresses": 4, "dcim/cables": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def itself(cluster: str, checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Itself]:
    if not shutil.which("redis-server"):
        pytest.skip("Redis is not installed (Debian: redis-server)")
    with running(installed(checkout / ".netbox"), cluster, tmp_path_factory.mktemp("netbox")) as netbox:
        yield netbox


@pytest.fixture
def netbox(itself: Itself) -> Itself:
    """NetBox with nothing in it."""
    for path in reversed(COUNTS):
        itself.clear(path)
    return itself


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def exchange(netbox: Itself, at: Path, *words: str, token: str | None = None) -> Completed:
    login = {"HECHA_LOGIN_NETBOX_PASSWORD": token or netbox.token}
    done = hecha("exchange", *words, "--url", netbox.url, at=at, env=login)
    assert "Traceback" not in done.stderr
    assert netbox.token not in done.stdout + done.stderr
    return done


def counted(netbox: Itself) -> dict[str, int]:
    return {path: len(netbox.objects(path)) for path in COUNTS}


def test_rest_api_takes_what_was_found_and_nothing_twice(netbox: Itself, project: Path) -> None:
    dry = exchange(netbox, project, "export", "netbox")
    assert "26 objects to create, 2 to update; nothing sent" in dry.stderr
    assert sum(counted(netbox).values()) == 0
    sent = exchange(netbox, project, "export", "netbox", "--send")
    assert "26 objects created, 2 updated" in sent.stderr
    assert sent.stdout == dry.stdout
    assert counted(netbox) == COUNTS
    core = netbox.one("dcim/devices", name="core-1")
    assert (core["serial"], core["primary_ip4"]["address"]) == ("SER1", "10.0.0.1/32")
    member = netbox.one("dcim/interfaces", device="core-1", name="GigabitEthernet0/0/1")
    assert member["lag"]["name"] == "Eth-Trunk1"
    assert "0 objects created, 0 updated" in exchange(netbox, project, "export", "netbox", "--send").stderr


def test_rest_api_is_put_right_where_it_was_found_otherwise(netbox: Itself, project: Path) -> None:
    exchange(netbox, project, "export", "netbox", "--send")
    core = netbox.one("dcim/devices", name="core-1")
    netbox.change("dcim/devices", core["id"], serial="OLD", status="planned")
    told = exchange(netbox, project, "export", "netbox", "--send")
    assert told.stdout.splitlines() == ["update\tdevices\tcore-1\tserial: OLD → SER1"]
    core = netbox.one("dcim/devices", name="core-1")
    assert (core["serial"], core["status"]["value"]) == ("SER1", "planned")


def test_objects_that_netbox_refuses_are_named_with_its_reason(netbox: Itself, project: Path) -> None:
    exchange(netbox, project, "export", "netbox", "--send")
    netbox.change("dcim/devices", netbox.one("dcim/devices", name="edge-1")["id"], name="else")
    done = exchange(netbox, project, "export", "netbox", "--send")
    assert done.returncode == 2
    assert re.search(r"NetBox does not accept: edge-1 asset_tag: .*already exists", done.stderr)


@pytest.mark.parametrize("token", ["nbt_0123456789ab.0123456789", "0123456789abcdef0123456789abcdef01234567"])
def test_wrong_tokens_of_both_versions_are_refused(netbox: Itself, project: Path, token: str) -> None:
    refused(exchange(netbox, project, "import", "netbox", token=token), "token refused, or no permission")


def test_what_was_sent_comes_back_as_declared(netbox: Itself, project: Path, tmp_path: Path) -> None:
    exchange(netbox, project, "export", "netbox", "--send")
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    exchange(netbox, fresh, "import", "netbox")
    with Store.open(fresh / "hecha.db") as store:
        register = store.register()
    assert register is not None
    core = register.device("core-1")
    assert core is not None
    assert (core.asset_no, core.serial, core.model, core.site) == ("N1", "SER1", "NE20E-S4", "centre")
    assert [(link.a_device, link.z_device) for link in register.links] == [("core-1", "edge-1")]


def test_bulk_import_takes_every_file_in_the_order_of_their_numbers(netbox: Itself, project: Path) -> None:
    hecha("exchange", "export", "netbox-csv", "-o", "csv", at=project)
    files = sorted((project / "csv").glob("*.csv"))
    assert [file.stem.partition("-")[2] for file in files] == [path.partition("/")[2] for path in COUNTS]
    for file, path in zip(files, COUNTS, strict=True):
        rows = file.read_text("utf-8-sig")
        page = netbox.form(f"/{path}/import/", import_method="direct", data=rows, format="csv", csv_delimiter="auto")
        assert page.url.path == f"/{path}/", re.findall(r"Record \d+[^<]*", page.text)
    assert counted(netbox) == COUNTS
    # The one difference is the apostrophe that keeps spreadsheets from computing what a port is called.
    left = exchange(netbox, project, "export", "netbox").stdout.splitlines()
    assert left == ["update\tinterfaces\tcore-1 GigabitEthernet0/0/1\tdescription: '=cmd to edge → =cmd to edge"]
