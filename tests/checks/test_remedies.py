"""A configuration with a gap, the commands that the finding prints entered: the check passes then."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from config_merge import merged

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_device
from checks.model import Finding, Outcome
from checks.policies import policies_from
from collectors.base import Answer
from collectors.by_cli import facts_by_cli
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platforms
from inventory.errors import Gap, ReadFailed
from inventory.snapshot import DeviceRecord, Snapshot, State

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = {"huawei_vrp": "return", "h3c_comware": "return", "ruijie_rgos": "end", "cisco_ios": "end"}
# What whoever mends it puts in place of the words in angle brackets.
PUT = {
    "<management-network>": "10.88.0.0", "<wildcard>": "0.0.0.255", "<management-prefix>": "fd00:88::/64",
    "<log-host>": "10.88.0.50", "<time-server>": "10.88.0.123", "<station>": "10.88.0.40", "<group>": "NMS",
    "<user>": "nms", "<auditor>": "aud01", "<password>": "irreversible", "<acl>": "3001", "<key>": "k",
    "<new-password>": "$1c$new$new$", "<role>": "ops", "<network>": "10.20.0.0", "<host>": "10.30.1.10",
    "<port>": "443",
    "<level>": "5", "<time>": "1", "<address>": "10.88.0.9", "<mask>": "255.255.255.0",
}  # fmt: skip
GAPS: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "gaps.yaml").read_text(encoding="utf-8"))


class Shown:
    """A command line that shows one configuration and knows nothing else."""

    def __init__(self, platform: Platform, text: str) -> None:
        self.platform = platform
        self._text = text

    def ask(self, command: str) -> Answer:
        dialect = self.platform.dialect
        if dialect is None or command != dialect.commands[0]:
            raise ReadFailed("not shown", Gap.UNREAD)
        return Answer(command, self._text)

    def close(self) -> None:
        """Nothing is open."""


def findings(check_id: str, name: str, text: str) -> list[Finding]:
    platform = platforms()[name]
    shown = Shown(platform, f"{text.rstrip()}\n{ENDS[name]}\n")
    kinds = dict.fromkeys(read.fact for read in platform.all_reads)
    facts = facts_by_cli(shown, platform, list(kinds), NOW)
    snapshot = Snapshot(DeviceRecord("r1", "10.0.0.1", State.ANSWERED, NOW, name), facts)
    policies = policies_from({"logs": {"collectors": ["10.88.0.50"]}})
    return list(evaluate_device(snapshot, Terms((catalogue()[check_id],), date(2026, 1, 1), policies=policies)))


def entered(commands: str) -> str:
    for words, value in PUT.items():
        commands = commands.replace(words, value)
    return commands


@pytest.mark.parametrize(("check_id", "name"), [(check_id, name) for check_id, gaps in GAPS.items() for name in gaps])
def test_the_remedy_mends_the_gap(check_id: str, name: str) -> None:
    text = GAPS[check_id][name]
    failed = [f for f in findings(check_id, name, text) if f.outcome is Outcome.FAIL]
    assert failed, "the gap is not found"
    assert all(f.commands for f in failed), "no commands are known"
    for finding in failed:
        text = merged(text, entered(finding.commands))
    after = findings(check_id, name, text)
    assert [f for f in after if f.outcome is Outcome.FAIL] == [], text
    assert any(f.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE) for f in after), text


def test_a_merge_keeps_what_was_not_mentioned() -> None:
    before = "sysname r1\nuser-interface vty 0 4\n idle-timeout 0 0\n authentication-mode aaa\n"
    after = merged(before, "system-view\n user-interface vty 0 4\n  idle-timeout 10 0\n  quit")
    assert [line.strip() for line in after.splitlines() if line != "#"] == [
        "sysname r1", "user-interface vty 0 4", "authentication-mode aaa", "idle-timeout 10 0",
    ]  # fmt: skip
