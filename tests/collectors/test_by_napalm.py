"""NAPALM as a second source: what it writes where it knows nothing, and that it keeps to our rules."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from collectors import by_napalm
from collectors.budget import FailureBudget
from collectors.by_napalm import facts_by_napalm
from collectors.hostkeys import HostKey, KnownHosts
from collectors.sessions.ssh_client import OneTryClient, Timeouts
from inventory.errors import CollectError, Gap, LoginRefused, ReadFailed
from inventory.evidence import Evidence
from inventory.facts import Identity

NOW = datetime(2026, 1, 1, tzinfo=UTC)
WHERE = Evidence("NAPALM get_facts")


def asked(sshd, platform: str | None, budget: FailureBudget, known_hosts: KnownHosts) -> object:
    login = sshd.wrong_login()
    return facts_by_napalm(
        "127.0.0.1", sshd.port, login, platform, (Identity,), NOW, budget=budget, known_hosts=known_hosts
    )


def test_words_for_not_knowing_are_no_answers() -> None:
    told = {"vendor": "Cisco", "model": "Unknown", "os_version": "N/A", "serial_number": "", "uptime": -1.0}
    found = by_napalm.identity(told, WHERE)
    assert (found.vendor, found.model, found.release, found.serial, found.hostname, found.uptime_s) == (
        "Cisco", None, None, None, None, None,
    )  # fmt: skip
    assert [s.field for s in found.sources] == ["vendor"]


def test_sentinels_of_interfaces_are_not_known() -> None:
    told = {
        "Gi0/1": {
            "is_up": True, "is_enabled": "yes", "description": "N/A", "last_flapped": 9.0, "speed": -1.0, "mtu": 0,
            "mac_address": "",
        }
    }  # fmt: skip
    one = by_napalm.interfaces(told, WHERE).items[0]
    assert one.name == "GigabitEthernet0/1"
    assert (one.oper_up, one.admin_up, one.alias, one.last_change_s, one.speed_mbps, one.mtu, one.mac) == (
        True, None, None, None, None, None, None,
    )  # fmt: skip


def test_addresses_without_a_prefix_say_so() -> None:
    told = {
        "Vlan1": {
            "ipv4": {"10.0.0.1": {"prefix_length": 24}, "nonsense": {}},
            "ipv6": {"2001:db8::1": {"prefix_length": "N/A"}},
        }
    }
    found = by_napalm.addresses(told, WHERE).items
    assert [(str(a.ip), a.prefix_known) for a in found] == [("10.0.0.1/24", True), ("2001:db8::1/128", False)]


@pytest.mark.parametrize(("platform", "said"), [("huawei_vrp", "no driver"), (None, "unknown platform")])
def test_platforms_without_a_driver_are_left(
    platform: str | None, said: str, sshd, budget: FailureBudget, known_hosts: KnownHosts
) -> None:
    with pytest.raises(ReadFailed) as left:
        facts_by_napalm(
            "127.0.0.1",
            sshd.port,
            sshd.wrong_login(),
            platform,
            (Identity,),
            NOW,
            budget=budget,
            known_hosts=known_hosts,
        )
    assert left.value.gap is Gap.UNREAD
    assert said in left.value.why


def test_host_that_nobody_vouched_for_is_not_logged_into(sshd, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    pytest.importorskip("napalm")
    before = sshd.connections()
    with pytest.raises(ReadFailed) as left:
        facts_by_napalm(
            "127.0.0.1",
            sshd.port,
            sshd.wrong_login(),
            "cisco_ios",
            (Identity,),
            NOW,
            budget=budget,
            known_hosts=known_hosts,
        )
    assert "host key" in left.value.why
    assert sshd.connections() == before


def test_wrong_password_counts_once_in_the_budget(sshd, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    """NAPALM logs in by itself, and still every failure is one of the account's."""
    pytest.importorskip("napalm")
    kind, blob = sshd.host_key.with_suffix(".pub").read_text().split()[:2]
    known_hosts.admit("127.0.0.1", sshd.port, HostKey(kind, base64.b64decode(blob)))
    with pytest.raises(CollectError):
        facts_by_napalm(
            "127.0.0.1",
            sshd.port,
            sshd.wrong_login(),
            "cisco_ios",
            (Identity,),
            NOW,
            budget=budget,
            known_hosts=known_hosts,
        )
    assert [(s.name, s.failures) for s in budget.standings()] == [("ssh:nobody-of-that-name", 1)]
    assert sshd.failures() == 1
    client = OneTryClient(sshd.wrong_login(), budget, known_hosts, Timeouts())
    with pytest.raises(CollectError) as again:
        client.connect("127.0.0.1", sshd.port)
    assert not isinstance(again.value, LoginRefused)
