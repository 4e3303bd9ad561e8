"""Exchange with NetBox's REST API, against a server that behaves as it is documented to."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from console import hecha, refused
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from exchanged import COUNTY, make_project
from netbox_server import TOKEN, FakeNetBox, serving

from collectors.netbox import NetBox
from inventory.credentials import Secret
from inventory.errors import InputError
from inventory.exchange.assets import Asset
from inventory.exchange.netbox import NetboxLines
from inventory.register import Register, Tier
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.store import Store
from playbooks.netbox_export import NetboxExport

LOGIN = {"HECHA_LOGIN_NETBOX_PASSWORD": TOKEN}
ALL_FOUND = {
    "dcim/manufacturers": 1, "dcim/device-types": 2, "dcim/device-roles": 2, "dcim/platforms": 2,
    "tenancy/tenants": 2, "dcim/site-groups": 2, "dcim/sites": 2, "dcim/devices": 2, "dcim/interfaces": 6,
    "ipam/ip-addresses": 4, "dcim/cables": 1,
}  # fmt: skip


@pytest.fixture
def found(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def export(netbox: FakeNetBox, at: Path, *words: str, **env: str) -> tuple[int, list[list[str]], str]:
    done = hecha("exchange", "export", "netbox", "--url", netbox.url, *words, at=at, env=LOGIN | env)
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    return done.returncode, [line.split("\t") for line in done.stdout.splitlines()], done.stderr


def client(netbox: FakeNetBox) -> NetBox:
    return NetBox(netbox.url, Secret(TOKEN))


def test_dry_run_lists_everything_and_sends_nothing(found: Path) -> None:
    with serving() as netbox:
        code, lines, said = export(netbox, found)
        assert code == 3  # a device without a site is left out
        assert netbox.writes == []
        assert not any(netbox.objects.values())
    created = [line for line in lines if line[0] == "create"]
    assert len(created) == sum(ALL_FOUND.values())
    assert "26 objects to create, 2 to update; nothing sent" in said
    assert "left out bare: site not known" in said
    assert "10.9.9.9/32: more than one device holds the address" in said
    told = {(line[1], line[2]): line[3] for line in lines if line[0] == "create"}
    assert "device_type: Huawei NE20E-S4" in told["devices", "core-1"]
    assert "description: =cmd to edge" in told["interfaces", "core-1 GigabitEthernet0/0/1"]
    assert ["update", "devices", "core-1", "primary_ip4: - → 10.0.0.1/32"] in lines


def test_found_devices_are_created_with_all_that_belongs_to_them(found: Path) -> None:
    with serving() as netbox:
        code, lines, said = export(netbox, found, "--send")
        assert code == 3, said
        assert "26 objects created, 2 updated" in said
        assert {path: len(held) for path, held in netbox.objects.items()} == ALL_FOUND
        core = netbox.shown("dcim/devices", netbox.one("dcim/devices", name="core-1"))
        assert (core["site"]["name"], core["role"]["name"], core["serial"]) == ("centre", "core", "SER1")
        assert core["device_type"]["model"] == "NE20E-S4"
        assert core["device_type"]["manufacturer"]["name"] == "Huawei"
        assert core["tenant"]["name"] == "县数据局"
        assert core["primary_ip4"]["address"] == "10.0.0.1/32"
        port = netbox.one("dcim/interfaces", name="GigabitEthernet0/0/1")
        assert netbox.one("dcim/interfaces", id=port["lag"])["name"] == "Eth-Trunk1"
        assert (port["speed"], port["mtu"], port["duplex"], port["type"]) == (1_000_000, 1500, "full", "other")
        (cable,) = netbox.objects["dcim/cables"]
        shown = netbox.shown("dcim/cables", cable)
        ends = {shown[side][0]["object"]["device"]["name"] for side in ("a_terminations", "b_terminations")}
        assert ends == {"core-1", "edge-1"}
        # Told again, there is nothing left to do.
        before = len(netbox.writes)
        code, lines, said = export(netbox, found, "--send")
        assert lines == []
        assert "0 objects created, 0 updated" in said
        assert len(netbox.writes) == before


def test_what_netbox_has_is_updated_where_it_was_found_otherwise(found: Path) -> None:
    with serving() as netbox:
        maker = netbox.add("dcim/manufacturers", name="HUAWEI", slug="huawei")
        model = netbox.add("dcim/device-types", manufacturer=maker["id"], model="NE40", slug="ne40")
        role = netbox.add("dcim/device-roles", name="Router", slug="router")
        site = netbox.add("dcim/sites", name="elsewhere", slug="elsewhere")
        core = netbox.add(
            "dcim/devices", name="core-1", device_type=model["id"], role=role["id"], site=site["id"],
            status="planned", serial="OLD", asset_tag=None,
        )  # fmt: skip
        port = netbox.add("dcim/interfaces", device=core["id"], name="Gi0/0/2", type="1000base-t", enabled=True)
        other = netbox.add("dcim/interfaces", device=core["id"], name="Mgmt", type="1000base-t", enabled=True)
        ends = [[{"object_type": "dcim.interface", "object_id": each["id"]}] for each in (port, other)]
        netbox.add("dcim/cables", a_terminations=ends[0], b_terminations=ends[1], status="connected")
        netbox.add("ipam/ip-addresses", address="10.0.0.1/24", status="active", assigned_object_id=None, vrf=None)
        netbox.add("ipam/ip-addresses", address="10.1.0.1/30", assigned_object_id=other["id"], vrf=None)
        code, lines, said = export(netbox, found, "--send", "--json")
        changes = {(c["action"], c["kind"], c["object"]): c for c in (json.loads(line[0]) for line in lines)}
        assert code == 3, said
        assert ("create", "manufacturers", "Huawei") not in changes
        assert changes["update", "devices", "core-1"]["was"]["primary_ip4"] == ""
        core = netbox.shown("dcim/devices", netbox.one("dcim/devices", name="core-1"))
        assert (core["serial"], core["asset_tag"], core["device_type"]["model"]) == ("SER1", "N1", "NE20E-S4")
        assert core["device_type"]["manufacturer"]["name"] == "HUAWEI"
        assert (core["site"]["name"], core["role"]["name"]) == ("elsewhere", "Router")  # what NetBox declares stays
        assert core["status"]["value"] == "planned"
        assert netbox.one("dcim/interfaces", id=port["id"])["enabled"] is False
        assert netbox.one("dcim/interfaces", id=port["id"])["type"] == "1000base-t"
        assert netbox.one("ipam/ip-addresses", address="10.0.0.1/32")["assigned_object_id"]
        assert len(netbox.objects["dcim/cables"]) == 1
        assert "10.1.0.1/30: NetBox has the address at core-1 Mgmt" in said
        assert "NetBox has other cables" in said


def test_unknown_words_stand_in_only_when_asked_for(found: Path) -> None:
    with serving() as netbox:
        _, lines, _ = export(netbox, found, "--unknown", "tbd")
        told = {(line[1], line[2]): line[3] for line in lines}
        assert "site: tbd" in told["devices", "bare"]
        assert ("devices", "dark") not in told  # nothing was found of it


def test_refused_object_is_named_with_the_field_and_netboxs_reason(found: Path) -> None:
    with serving() as netbox:
        netbox.add("dcim/devices", name="else", asset_tag="N2", device_type=None, role=None, site=None)
        done = hecha("exchange", "export", "netbox", "--url", netbox.url, "--send", at=found, env=LOGIN)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(
        "/api/dcim/devices/: NetBox does not accept: edge-1 asset_tag: object with this asset_tag already exists."
    )
    assert "13 objects created, 0 updated" in done.stderr  # what came before it stands
    assert len(netbox.objects["dcim/devices"]) == 1  # of the refused batch nothing


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (
            401,
            b'{"detail": "Authentication credentials were not provided."}',
            "token refused, or no permission: detail",
        ),
        (403, b'{"detail": "You do not have permission"}', "do not have permission"),
        (
            400,
            b'{"detail": "1 of 1", "errors": [{"index": 0, "errors": {"name": ["taken"]}}]}',
            "accept: 1 name: taken",
        ),
        (400, b'{"errors": ["x", {"index": "0"}, {}]}', "accept: errors: x index: 0"),
        (429, b"{}", "too many requests"),
        (500, b"<html>oops", "HTTP 500"),
        (302, b"", "HTTP 302 leads elsewhere"),
        (200, b"<html>", "is this NetBox?"),
        (200, b"[" * 100_000, "is this NetBox?"),
        (200, b'{"count": 1}', "not a list of NetBox"),
        (200, b'{"results": [1], "next": null}', "not a list of NetBox"),
        (200, b'{"results": [{"name": "x"}], "next": null}', "without a number"),
    ],
)
def test_odd_answers_are_one_message(found: Path, status: int, body: bytes, said: str) -> None:
    with serving() as netbox:
        netbox.answer = (status, body)
        done = hecha("exchange", "export", "netbox", "--url", netbox.url, at=found, env=LOGIN)
    refused(done, said)
    assert TOKEN not in done.stderr


def test_wrong_token_is_refused_and_never_shown(found: Path) -> None:
    wrong = {"HECHA_LOGIN_NETBOX_PASSWORD": "not-the-token"}
    with serving() as netbox:
        done = hecha("exchange", "import", "netbox", "--url", netbox.url, "-v", at=found, env=wrong)
    refused(done, "token refused, or no permission: detail: Invalid token")
    assert "not-the-token" not in done.stderr
    refused(hecha("exchange", "import", "netbox", "--url", netbox.url, at=found), "set HECHA_LOGIN_NETBOX_PASSWORD, or")
    user = {"HECHA_LOGIN_NETBOX_USERNAME": "x"}
    refused(
        hecha("exchange", "import", "netbox", "--url", netbox.url, at=found, env=user),
        "put the API token of NetBox into HECHA_LOGIN_NETBOX_PASSWORD",
    )


def test_too_many_requests_are_waited_out() -> None:
    with serving() as netbox, client(netbox) as it:
        netbox.add("dcim/sites", name="a", slug="a")
        netbox.hurried = 2
        assert [site["name"] for site in it.each("dcim/sites")] == ["a"]
        assert len(netbox.requests) == 3


def test_server_that_asks_for_a_long_wait_is_not_waited_for() -> None:
    with serving() as netbox, client(netbox) as it:
        netbox.hurried, netbox.retry_after = 9, "86400"
        with pytest.raises(InputError, match="too many requests"):
            list(it.each("dcim/sites"))


def test_every_page_is_read_whatever_the_servers_own_limit() -> None:
    with serving() as netbox, client(netbox) as it:
        for n in range(7):
            netbox.add("dcim/sites", name=f"s{n}", slug=f"s{n}")
        assert [site["name"] for site in it.each("dcim/sites")] == [f"s{n}" for n in range(7)]
        assert len(netbox.requests) == 4


def test_many_long_names_fit_into_the_request_line() -> None:
    assets = [Asset(f"某某镇政务服务中心核心交换机之{n}" * 3, (ip_address(f"10.0.0.{n}"),)) for n in range(1, 61)]
    found = [Snapshot(DeviceRecord(a.name, str(a.addresses[0]), State.ANSWERED, datetime.now(UTC))) for a in assets]
    with serving() as netbox, client(netbox) as it:
        netbox.page = 100
        for _ in range(2):
            lines = NetboxLines(Register(), MemoryNetwork(found), assets, unknown="tbd")
            changes = list(NetboxExport(it, lines, send=True).changes())
            assert lines.left_out == []
        assert len(netbox.objects["dcim/devices"]) == 60
        assert changes == []  # all were found again


def test_answer_without_end_is_cut_off() -> None:
    with serving() as netbox, client(netbox) as it:
        netbox.answer = (200, b'"' + b"x" * 33_000_000 + b'"')
        with pytest.raises(InputError, match="too large"):
            list(it.each("dcim/sites"))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://netbox.example", "https"),
        ("netbox.example", "expected an address"),
        ("https://", "expected an address"),
        ("ftp://netbox.example", "expected an address"),
        ("https://u:secret@netbox.example", "expected an address"),
        ("https://netbox.example:x", "expected an address"),
    ],
)
def test_addresses_over_which_a_token_is_not_sent(url: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as raised:
        NetBox(url, Secret(TOKEN))
    assert "secret" not in str(raised.value)


def test_nobody_there_is_one_message(found: Path) -> None:
    with serving() as netbox:
        pass
    done = hecha("exchange", "export", "netbox", "--url", netbox.url, at=found, env=LOGIN)
    refused(done, "cannot be reached")


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "netbox")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "netbox.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_certificate_is_verified(tmp_path: Path) -> None:
    path = certificate(tmp_path)
    with serving(path) as netbox:
        with client(netbox) as it, pytest.raises(InputError, match="does not verify"):
            list(it.each("dcim/sites"))
        assert netbox.requests == []  # the token was not given away
        with NetBox(netbox.url, Secret(TOKEN), authority=path) as it:
            assert list(it.each("dcim/sites")) == []
    (tmp_path / "no.pem").write_text("no certificate")
    with pytest.raises(InputError, match="PEM"):
        NetBox("https://netbox.example", Secret(TOKEN), authority=tmp_path / "no.pem")


# -- in ------------------------------------------------------------------------------------------------------------


def test_what_was_exported_comes_back_as_declared(found: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    fresh = tmp_path_factory.mktemp("fresh")
    with serving() as netbox:
        export(netbox, found, "--send")
        done = hecha("exchange", "import", "netbox", "--url", netbox.url, at=fresh, env=LOGIN)
        assert done.returncode == 3
        assert "no unit 'Town' in the register" in done.stderr
        with Store.open(fresh / "hecha.db") as store:
            register = store.register()
            assert next(iter(store.runs()), None) is None
        assert register is not None
        assert {(site.name, site.tier) for site in register.sites} == {("centre", Tier.COUNTY), ("town-1", Tier.TOWN)}
        core = register.device("core-1")
        assert core is not None
        assert (core.asset_no, core.serial, core.model, core.site) == ("N1", "SER1", "NE20E-S4", "centre")
        assert [(x.a_device, x.z_device) for x in register.links] == [("core-1", "edge-1")]
        done = hecha("exchange", "import", "netbox", "--url", netbox.url, "-o", "t.csv", at=fresh, env=LOGIN)
    assert done.returncode == 0, done.stderr
    assert (fresh / "t.csv").read_text().splitlines()[1:] == [
        "core-1,10.0.0.1,huawei_vrp,centre,core,default,161,22,",
        "edge-1,10.0.0.2,cisco_ios,town-1,access,default,161,22,",
    ]


def test_odd_objects_say_nothing(found: Path) -> None:
    with serving() as netbox:
        rows = [
            {"id": 1, "name": None, "asset_tag": None},
            {"id": 2, "name": "odd", "role": [], "device_type": "x", "primary_ip4": {"address": {"a": 1}}, "tags": 7},
            {
                "id": 3,
                "name": "core-1",
                "serial": "NEW",
                "primary_ip4": {"address": "10.0.0.9/24"},
                "site": {"name": 5},
            },
        ]
        netbox.answer = (200, json.dumps({"count": 3, "next": None, "results": rows}).encode())
        done = hecha("exchange", "import", "netbox", "--url", netbox.url, at=found, env=LOGIN)
    assert done.returncode == 3, done.stderr
    with Store.open(found / "hecha.db") as store:
        register = store.register()
    assert register is not None
    core = register.device("core-1")
    assert core is not None
    assert (core.serial, str(core.mgmt_ip4), core.site) == ("NEW", "10.0.0.9", "centre")
    assert len(register.devices) == len(COUNTY.devices)
