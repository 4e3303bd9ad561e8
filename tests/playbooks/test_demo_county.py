"""The simulated county as data: its size, its determinism, and that every planted gap has its opposite."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from playbooks.demo import planted
from playbooks.demo.county import CENTRE, county
from playbooks.demo.model import County, Device
from playbooks.demo.shell import Terminal
from playbooks.demo.systems import BASELINE


@pytest.fixture(scope="module")
def small() -> County:
    return county()


def device(whole: County, name: str) -> Device:
    return next(d for d in whole.devices if d.name == name)


def terminal(whole: County, name: str) -> Terminal:
    return Terminal(device(whole, name), datetime(2026, 1, 1, tzinfo=UTC), "audit01")


def test_size_is_that_of_the_plans_baseline(small: County) -> None:
    tiers = Counter(site.tier for site in small.sites)
    assert tiers == {"county": 1, "town": 8, "village": 20, "department": 12, "institution": 2}
    in_room = [d for d in small.devices if d.rack]
    assert len(in_room) == 34
    assert len({d.rack for d in in_room}) == 8
    baseline = small.systems[:BASELINE]
    assert [system.number for system in baseline] == list(range(1, 9))
    assert sum(system.state == "on-cloud" for system in baseline) == 4, "as the plan names them"
    roles = Counter(d.role for d in small.devices if d.site == CENTRE)
    assert (roles["core"], roles["firewall"]) == (2, 1)


def test_same_size_gives_the_same_county(small: County) -> None:
    assert county() == small


def test_a_larger_county_only_adds_villages(small: County) -> None:
    large = county(2000)
    assert Counter(site.tier for site in large.sites)["village"] == 2000
    assert len(large.by_address) == len(large.devices) == len(small.devices) + 1980
    assert {d.name: d.hardening for d in large.devices if d.hardening != type(d.hardening)()} == {
        d.name: d.hardening for d in small.devices if d.hardening != type(d.hardening)()
    }


@pytest.mark.parametrize("villages", [0, -1, 12_001])
def test_a_size_out_of_range_is_refused(villages: int) -> None:
    with pytest.raises(ValueError, match="villages"):
        county(villages)


def test_addresses_ports_and_macs_are_unique(small: County) -> None:
    for whole in (small, county(2000)):
        for d in whole.devices:
            names = [port.name for port in d.ports]
            assert len(names) == len(set(names)), d.name
        ipv4 = [port.ipv4.ip for d in whole.devices for port in d.ports if port.ipv4]
        ipv6 = [port.ipv6.ip for d in whole.devices for port in d.ports if port.ipv6]
        assert len(ipv4) == len(set(ipv4))
        assert len(ipv6) == len(set(ipv6))
        assert {d.name for d in whole.devices if d.serial != f"DEMO{d.number:08d}"} == {"core-2"}, "one chassis"


def test_everybody_hears_who_hears_him(small: County) -> None:
    heard = {(d.name, h.port, h.name, h.remote_port) for d in small.devices for h in d.heard}
    strangers = {h.name for extra in planted.STRANGERS.values() for h in extra}
    one_way = {row for row in heard if (row[2], row[3], row[0], row[1]) not in heard}
    assert {row[2] for row in one_way} == strangers


def test_links_name_ports_that_exist(small: County) -> None:
    ports = {(d.name, p.name) for d in small.devices for p in d.ports}
    for link in small.links:
        assert (link.a_device, link.a_port) in ports
        assert link.z_device is None or (link.z_device, link.z_port) in ports


def test_what_is_planted_names_things_that_exist(small: County) -> None:
    devices = {d.name for d in small.devices}
    assert {*planted.HARDENING, *planted.NO_IPV6, *planted.STRANGERS} <= devices
    assert set(planted.LINKS) <= {link.name for link in small.links}


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("town-3", "telnet server enable", "undo telnet server enable"),
        ("dept-3", None, "ntp-service unicast-server 10.44.0.123"),
        ("village-05", None, "info-center loghost 10.44.0.50"),
        ("village-07", "snmp-agent community read public", "undo snmp-agent sys-info version v1 v2c"),
        ("dept-8", "password cipher ", "password hash "),
        ("dept-2", "idle-timeout 60 0", None),
        ("town-5", "qos car inbound cir 20000", None),
    ],
)
def test_a_planted_gap_stands_in_the_configuration_and_its_opposite_elsewhere(
    small: County, name: str, bad: str | None, good: str | None
) -> None:
    def lines(of: str) -> list[str]:
        text = terminal(small, of).output("display current-configuration")
        return [line.strip() for line in text.splitlines()]

    other = {"huawei_vrp": "town-8", "h3c_comware": "dept-10"}[device(small, name).platform]
    if bad:
        assert any(line.startswith(bad) for line in lines(name))
        assert not any(line.startswith(bad) for line in lines(other))
    if good:
        assert not any(line.startswith(good) for line in lines(name))
        assert any(line.startswith(good) for line in lines(other))


@pytest.mark.parametrize("platform", ["huawei_vrp", "h3c_comware"])
def test_a_configuration_ends_with_return(small: County, platform: str) -> None:
    for d in small.devices:
        if d.platform == platform:
            assert terminal(small, d.name).output("display current-configuration").endswith("#\nreturn\n")


def test_long_answers_come_in_pages_until_paging_is_off(small: County) -> None:
    shell = terminal(small, "core-1")
    first = shell.typed("display current-configuration\n")
    assert first.endswith("---- More ----")
    assert shell.typed("q").endswith("<core-1>")
    assert "takes effect" in shell.typed("screen-length 0 temporary\r\n")
    whole = shell.typed("display current-configuration\n")
    assert "More" not in whole
    assert whole.endswith("return\r\n<core-1>")


def test_paging_shows_every_line_once(small: County) -> None:
    shell = terminal(small, "dept-1")
    shown = shell.typed("display current-configuration\n")
    while shown.endswith("---- More ----"):
        shown += shell.typed(" ")
    kept = shown.replace("---- More ----\x1b[16D" + " " * 16 + "\x1b[16D", "").replace("\r\n", "\n")
    assert shell.output("display current-configuration") in kept
    assert kept.endswith("<dept-1>")


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("town-1", "Error: Unrecognized command found at '^' position."),
        ("dept-1", " % Unrecognized command found at '^' position."),
        ("srv-01", "-bash: system-view: command not found"),
    ],
)
def test_what_is_not_for_looking_is_refused(small: County, name: str, refusal: str) -> None:
    shell = terminal(small, name)
    shown = shell.typed("system-view\n")
    assert refusal in shown.split("\r\n")
    assert shown.endswith(shell.prompt())


def test_keys_that_are_no_text_do_no_harm(small: County) -> None:
    shell = terminal(small, "town-1")
    shell.typed("".join(map(chr, range(256))) + "\x7f" * 300 + "\n")
    assert "VRP (R) software" in shell.typed("display version\n")
