"""What a configuration tells of a second factor, of locks whose unit differs by release, and of alarms never raised."""

from __future__ import annotations

import pytest

from collectors.platforms.base import Release
from collectors.platforms.catalogue import platforms
from inventory.config import Config, indented
from inventory.facts import Fact, Monitoring, PasswordPolicy, Privileges


def told(platform: str, kind: type[Fact], text: str) -> Fact:
    chosen = platforms()[platform]
    assert chosen.dialect
    tree = (chosen.dialect.tree or (lambda t: indented(t, chosen.dialect.comments, chosen.dialect.quoted)))(text)
    read = next(each for each in chosen.config_reads if each.fact is kind)
    found = read.build(Config(tree, "the configuration"), Release())
    assert isinstance(found, kind)
    return found


@pytest.mark.parametrize(
    ("platform", "text", "second"),
    [
        ("huawei_vrp", "ssh user a authentication-type password-rsa\n", True),
        ("huawei_vrp", "ssh user a authentication-type all\n", False),  # either of them is enough
        ("huawei_vrp", "ssh user a authentication-type rsa\n", False),
        ("h3c_comware", "ssh user a service-type stelnet authentication-type password-publickey\n", True),
        ("h3c_comware", "ssh user a service-type stelnet authentication-type any\n", False),
        ("cisco_ios", "ip ssh server authenticate user publickey\n", False),  # a key in place of the password
        ("cisco_asa", "username a attributes\n ssh authentication publickey AAAA\n", False),
    ],
)
def test_one_of_two_is_no_second_factor(platform: str, text: str, second: bool) -> None:
    found = told(platform, Privileges, f"{text}local-user x\n")
    assert isinstance(found, Privileges)
    assert found.second_factor is second


@pytest.mark.parametrize(("written", "lock_s"), [("15", 900), ("10", 600), ("5", None), ("9" * 30, None)])
def test_a_lock_in_minutes_or_hours_is_at_least_of_minutes(written: str, lock_s: int | None) -> None:
    text = f"hostname r1\naaa new-model\naaa local authentication lockout-time {written}\n"
    found = told("ruijie_rgos", PasswordPolicy, text)
    assert isinstance(found, PasswordPolicy)
    assert found.lockout_s == lock_s


@pytest.mark.parametrize(
    ("platform", "text", "alarms"),
    [
        ("huawei_vrp", "set cpu-usage threshold 100 restore 95\n", ()),
        ("huawei_vrp", "set cpu-usage threshold 80\nset memory-usage threshold 100\n", ("cpu",)),
        ("ruijie_rgos", "cpu-log log-limit 90 100\n", ()),
        ("ruijie_rgos", "cpu-log log-limit 60 70\n", ("cpu",)),
    ],
)
def test_nothing_is_ever_above_all_of_it(platform: str, text: str, alarms: tuple[str, ...]) -> None:
    found = told(platform, Monitoring, text)
    assert isinstance(found, Monitoring)
    assert found.thresholds == alarms
