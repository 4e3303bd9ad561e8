"""SNMPv3 keys within the login failure budget, against net-snmp's own count of what it refused."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from snmp_agents import COMMUNITY, NetSnmp, agent, free_port, login, net_snmp

from collectors.budget import FailureBudget
from collectors.sessions.snmp import Bounds
from collectors.sessions.snmp_login import open_within_budget
from inventory.credentials import Secret, SnmpV3
from inventory.errors import CollectError, Unreachable

AUDITOR = SnmpV3("auditor", "sha256", Secret("auth-word-1"), "aes128", Secret("priv-word-1"))
SIGNED = SnmpV3("signed", "sha256", Secret("auth-word-1"))
OPEN = SnmpV3("open")
WRONG = replace(AUDITOR, auth=Secret("another-word"))
TARGETS = 24


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NetSnmp]:
    with net_snmp(tmp_path_factory.mktemp("snmpd"), (AUDITOR, SIGNED, OPEN), everywhere=True) as running:
        yield running


def outcomes(port: int, user: SnmpV3 | None, budget: FailureBudget) -> list[str]:
    """What comes of asking many targets at once, each an address of the one agent."""

    def asked(n: int) -> str:
        try:
            open_within_budget(
                f"127.9.1.{n}", port, login(user), budget=budget, bounds=Bounds(timeout_s=1.0, tries=2, deadline_s=20.0)
            ).close()
        except CollectError as failure:
            return type(failure).__name__
        return "opened"

    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(asked, range(1, TARGETS + 1)))


def test_wrong_key_is_sent_as_often_as_the_budget_allows(snmpd: NetSnmp, budget: FailureBudget) -> None:
    before = snmpd.refusals()["digest"]
    found = outcomes(snmpd.port, WRONG, budget)
    assert found == ["LoginWithheld"] * (TARGETS - 3) + ["UserRefused"] * 3
    assert snmpd.refusals()["digest"] - before == 3
    assert outcomes(snmpd.port, WRONG, budget) == ["LoginWithheld"] * TARGETS
    assert snmpd.refusals()["digest"] - before == 3
    (standing,) = budget.standings()
    assert (standing.name, standing.failures, standing.withheld) == ("snmpv3:auditor", 3, True)


def test_right_key_opens_them_all_and_costs_nothing(snmpd: NetSnmp, budget: FailureBudget) -> None:
    assert outcomes(snmpd.port, AUDITOR, budget) == ["opened"] * TARGETS
    (standing,) = budget.standings()
    assert (standing.failures, standing.proven) == (0, True)


def test_other_key_of_the_same_user_is_another_account(snmpd: NetSnmp, budget: FailureBudget) -> None:
    outcomes(snmpd.port, WRONG, budget)
    assert outcomes(snmpd.port, AUDITOR, budget) == ["opened"] * TARGETS


@pytest.mark.parametrize(
    ("user", "refused"),
    [(replace(AUDITOR, user="nobody"), "UserRefused"), (replace(AUDITOR, user="signed"), "UserRefused")],
    ids=["unknown user", "privacy the user has none for"],
)
def test_refusals_that_say_nothing_of_the_key_count_nothing(
    snmpd: NetSnmp, budget: FailureBudget, user: SnmpV3, refused: str
) -> None:
    """A device that was never given the user does not keep the others from being asked."""
    assert outcomes(snmpd.port, user, budget) == [refused] * TARGETS
    assert [standing.failures for standing in budget.standings()] == [0]


def test_users_without_keys_and_communities_need_no_budget(snmpd: NetSnmp, budget: FailureBudget) -> None:
    assert outcomes(snmpd.port, OPEN, budget) == ["opened"] * TARGETS
    assert outcomes(snmpd.port, None, budget) == ["opened"] * TARGETS
    assert budget.standings() == ()


def test_silence_costs_no_permit_and_little_time(budget: FailureBudget) -> None:
    """Many dead addresses do not wait for one another, though the account never worked yet."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("0.0.0.0", 0))
        began = time.monotonic()
        assert outcomes(deaf.getsockname()[1], AUDITOR, budget) == ["Unreachable"] * TARGETS
        assert time.monotonic() - began < 2 * 1.0 * TARGETS / 8 + 3
    assert outcomes(free_port(), AUDITOR, budget) == ["Unreachable"] * TARGETS
    assert [standing.failures for standing in budget.standings()] == []


@pytest.mark.parametrize("user", [AUDITOR, None])
def test_agent_that_answers_from_another_address_is_told_and_not_taken(
    user: SnmpV3 | None, budget: FailureBudget
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.2", 0))

        def elsewhere(message: bytes, peer: tuple[str, int]) -> None:
            other.sendto(message, peer)  # whatever it says bears the number of what was asked

        asker, bounds = replace(login(), snmpv3=user), Bounds(timeout_s=0.2, tries=1)
        with agent(lambda _: [], heard=elsewhere) as port, pytest.raises(Unreachable) as silence:
            open_within_budget("127.0.0.1", port, asker, budget=budget, bounds=bounds)
    assert silence.value.why.startswith("the agent answers from another address, 127.0.0.2: no SNMP answer in ")


@pytest.mark.parametrize("said", [b"\x00", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x30\x84\xff\xff\xff\xff"])
def test_what_answers_but_is_no_agent_costs_no_failure(budget: FailureBudget, said: bytes) -> None:
    from threading import Thread

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as odd:
        odd.bind(("0.0.0.0", 0))
        odd.settimeout(0.2)
        ended: list[bool] = []

        def serve() -> None:
            while not ended:
                try:
                    _, peer = odd.recvfrom(65_535)
                    odd.sendto(said, peer)
                except TimeoutError:
                    continue

        thread = Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(CollectError):
            open_within_budget(
                "127.0.0.1",
                odd.getsockname()[1],
                login(AUDITOR),
                budget=budget,
                bounds=Bounds(timeout_s=0.3, tries=2, deadline_s=5.0),
            )
        ended.append(True)
        thread.join()
    assert all(standing.failures == 0 for standing in budget.standings())


def test_keys_stand_nowhere_in_the_file(snmpd: NetSnmp, budget: FailureBudget, tmp_path: Path) -> None:
    outcomes(snmpd.port, WRONG, budget)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("budget*"))
    assert b"snmpv3:auditor" in kept
    assert not any(word in kept for word in (b"another-word", b"priv-word-1", COMMUNITY.encode()))
