"""Facts by command line: each command asked once, one failure costing only what needs it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from collectors.base import Answer
from collectors.by_cli import facts_by_cli
from collectors.platforms.base import ConfigRead, Dialect, Got, Platform, Read, Release, Shell
from inventory.config import Config
from inventory.errors import CollectError, Gap, Missing, ReadFailed, Unreachable
from inventory.facts import Banner, ConfigBackup, Identity, Logging, TimeSync, ZonePolicy

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DIALECT = Dialect(("show all", "show run"), ("!",), r"end$", (), {})


class Line:
    """A command line that answers by a table; an error in it is raised."""

    def __init__(self, answers: dict[str, str | CollectError]) -> None:
        self.answers = answers
        self.asked: Counter[str] = Counter()
        self.platform = None

    def ask(self, command: str) -> Answer:
        self.asked[command] += 1
        said = self.answers.get(command, ReadFailed(f"{command}: no", Gap.REFUSED))
        if isinstance(said, CollectError):
            raise said
        return Answer(command, said, "hash-of-" + command)

    def close(self) -> None:
        """Nothing is open."""


def identity(version: Answer) -> Identity:
    return Identity(model="M1", release=version.text.strip(), evidence=version.evidence(r"\S"))


def banner(config: Config, release: Release) -> Banner:
    return Banner(config.line(f"banner {release.release}") is not None, config.evidence(config.line("banner")))


def clock(config: Config, _: Release, status: Got) -> TimeSync:
    synchronised = "yes" in status.text if isinstance(status, Answer) else None
    return TimeSync(tuple(line.text for line in config.all("ntp")), synchronised=synchronised)


def logs(first: Got, second: Got) -> Logging | Missing:
    return first if isinstance(first, Missing) else Logging(isinstance(second, Missing), ())


A_PLATFORM = Platform(
    "a_platform",
    Shell("generic", ">"),
    (
        Read(Identity, ("show version",), identity),
        Read(Logging, ("log a", "log b"), logs, frozenset({"log a", "log b"})),
    ),
    DIALECT,
    (ConfigRead(Banner, banner), ConfigRead(TimeSync, clock, ("show clock",))),
    frozenset({ZonePolicy}),
)
RUNNING = "banner 7\nntp 192.0.2.1\nend\n"


def test_each_command_is_asked_once() -> None:
    line = Line({"show version": "7", "show run": RUNNING, "show clock": "yes"})
    facts = facts_by_cli(line, A_PLATFORM, [Banner, TimeSync, Identity, Banner], NOW)
    assert facts[Banner] == Banner(True)
    assert facts[TimeSync] == TimeSync(("ntp 192.0.2.1",), synchronised=True)
    assert line.asked == {"show version": 1, "show all": 1, "show run": 1, "show clock": 1}


def test_evidence_says_where_and_when() -> None:
    facts = facts_by_cli(Line({"show version": "7", "show run": RUNNING}), A_PLATFORM, [Banner, Identity], NOW)
    found = facts[Banner]
    assert isinstance(found, Banner)
    assert (found.evidence.source, found.evidence.lines, found.evidence.excerpt) == ("show run", (1,), "banner 7")
    assert (found.evidence.taken_at, found.evidence.sha256) == (NOW, "hash-of-show run")


@pytest.mark.parametrize(
    ("kind", "answers", "expected"),
    [
        (ZonePolicy, {}, Gap.LACKING),
        (ConfigBackup, {}, Gap.UNREAD),
        (Identity, {"show version": ReadFailed("no", Gap.REFUSED)}, Gap.REFUSED),
        # that a command is not there does not mean that the device has no such thing
        (Identity, {"show version": ReadFailed("no such command", Gap.LACKING)}, Gap.REFUSED),
        (Identity, {"show version": Unreachable("gone")}, Gap.UNREACHABLE),
        (Banner, {"show run": "banner 7\nntp 19"}, Gap.UNPARSED),
        (Banner, {"show run": ""}, Gap.UNPARSED),
        (Banner, {}, Gap.REFUSED),
        (Banner, {"show all": ReadFailed("cut", Gap.UNPARSED), "show run": Unreachable("gone")}, Gap.UNREACHABLE),
    ],
)
def test_what_is_not_known_has_its_reason(kind: type, answers: dict[str, str | CollectError], expected: Gap) -> None:
    found = facts_by_cli(Line(answers), A_PLATFORM, [kind], NOW)[kind]
    assert isinstance(found, Missing)
    assert found.gap is expected
    assert found.why


def test_one_failure_costs_only_what_needs_it() -> None:
    line = Line({"show version": Unreachable("gone"), "show run": RUNNING})
    facts = facts_by_cli(line, A_PLATFORM, [Identity, Banner, TimeSync], NOW)
    assert isinstance(facts[Identity], Missing)
    assert facts[Banner] == Banner(False)  # the release is not known, so its line is not either
    assert facts[TimeSync] == TimeSync(("ntp 192.0.2.1",), synchronised=None)


def test_optional_answers_reach_the_builder_with_their_reason() -> None:
    given = {"log a": "on", "log b": ReadFailed("not there", Gap.LACKING)}
    assert facts_by_cli(Line(given), A_PLATFORM, [Logging], NOW) == {Logging: Logging(True, ())}
    refused = facts_by_cli(Line({"log b": "on"}), A_PLATFORM, [Logging], NOW)[Logging]
    assert refused == Missing(Gap.REFUSED, "log a: no")


def test_later_reads_stand_in_for_earlier_ones() -> None:
    first = Read(Identity, ("show inventory",), identity)
    platform = Platform("a_platform", Shell("generic", ">"), (first, *A_PLATFORM.reads))
    facts = facts_by_cli(Line({"show version": "7"}), platform, [Identity], NOW)
    assert facts[Identity] == Identity(model="M1", release="7")


def test_evidence_is_bounded() -> None:
    answer = Answer("show", "".join(f"line {'x' * 5000} {n}\n" for n in range(500)))
    evidence = answer.evidence("LINE")
    assert len(evidence.lines) == 20
    assert len(evidence.excerpt) < 20 * 401
