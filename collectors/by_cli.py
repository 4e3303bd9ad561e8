"""Facts by command line: what the platform's file reads out of answers and out of the configuration."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from collectors.base import Answer, CliSession
from collectors.config_text import config_from
from collectors.platforms.base import Built, ConfigRead, Dialect, Got, Platform, Read, Release
from inventory.config import Config
from inventory.errors import CollectError, Gap, Missing, ReadFailed
from inventory.facts import Configuration, Fact, Identity
from inventory.snapshot import Facts, SoFar


def facts_by_cli(session: CliSession, platform: Platform, wanted: Collection[type[Fact]], now: datetime) -> Facts:
    """Each wanted fact, or why it is not known; ``now`` is the time the evidence bears.

    Each command is asked once and the configuration fetched once; one that fails costs only the facts that need it.
    Raises nothing of the device's making: a line that breaks leaves the rest Missing(UNREACHABLE).
    """
    line = _CommandLine(session, platform, now)
    facts = {kind: line.fact(kind) for kind in wanted}
    if isinstance(told := facts.get(Identity), Identity):
        facts[Identity] = line.named(told)
    return facts


class _CommandLine:
    """One device's command line, each command's answer remembered."""

    def __init__(self, session: CliSession, platform: Platform, now: datetime) -> None:
        self._session = session
        self._platform = platform
        self._now = now
        self._answers: dict[str, Got] = {}
        self._config: Config | Missing | None = None
        self._built: Facts = {}

    def fact(self, kind: type[Fact]) -> Fact | Missing:
        """The fact, from the first read that gives it."""
        if kind not in self._built:
            self._built[kind] = self._read(kind)
        return self._built[kind]

    def named(self, told: Identity) -> Identity:
        """The identity with the host name of a configuration that was fetched anyway, where a version tells none."""
        if told.hostname is not None or not isinstance(self._config, Config):
            return told
        for read in self._platform.config_reads:
            if read.fact is Identity and isinstance(more := self._outcome(read), Identity) and more.hostname:
                return replace(told, hostname=more.hostname)
        return told

    def _read(self, kind: type[Fact]) -> Fact | Missing:
        if kind is Configuration:
            return self._whole_configuration()
        if kind in self._platform.lacks:
            return Missing(Gap.LACKING, f"{self._platform.name} has no {kind.__name__}")
        failures: list[Missing] = []
        for read in self._platform.all_reads:
            if read.fact is not kind:
                continue
            found = self._outcome(read)
            if not isinstance(found, Missing):
                return found
            failures.append(found)
        if not failures:
            return Missing(Gap.UNREAD, f"{self._platform.name} does not read {kind.__name__}")
        # That nobody has captured an answer says less than what is wrong with one, or than what the next source lacks.
        return next((failure for failure in failures if failure.gap is not Gap.UNREAD), failures[-1])

    def _outcome(self, read: Read | ConfigRead) -> Built:
        try:
            return self._by_config(read) if isinstance(read, ConfigRead) else self._by_answers(read)
        except ReadFailed as failure:
            return failure.missing()
        except ValueError as odd:  # a number or an address in the text that is none
            return Missing(Gap.UNPARSED, f"{read.fact.__name__}: the text holds a {type(odd).__name__}")

    def _by_answers(self, read: Read) -> Built:
        answers = [self._answer(command) for command in read.commands]
        for command, answer in zip(read.commands, answers, strict=True):
            if isinstance(answer, Missing) and command not in read.optional:
                # That this device lacks a command does not mean that it has no such thing as the fact.
                return replace(answer, gap=Gap.REFUSED) if answer.gap is Gap.LACKING else answer
        return read.build(*answers)

    def _by_config(self, read: ConfigRead) -> Built:
        config = self._configuration()
        if isinstance(config, Missing):
            return config
        if read.fact is Identity:
            return _named(config, read, *(self._answer(command) for command in read.commands))
        built = read.build(config, self._release(), *(self._answer(command) for command in read.commands))
        return built if config.settles(read.fact) else _cut(config, read.fact, built)

    def _answer(self, command: str) -> Got:
        if command not in self._answers:
            self._answers[command] = self._ask(command)
        return self._answers[command]

    def _ask(self, command: str) -> Got:
        try:
            return replace(self._session.ask(command), taken_at=self._now)
        except CollectError as failure:
            return failure.missing()

    def _configuration(self) -> Config | Missing:
        if self._config is None:
            dialect = self._platform.dialect
            self._config = self._fetched(dialect) if dialect else Missing(Gap.UNREAD, "no configuration is read")
        return self._config

    def _whole_configuration(self) -> Configuration | Missing:
        config = self._configuration()
        if isinstance(config, Missing):
            return config
        if not config.settles(Configuration):
            return _cut(config, Configuration)
        answer = self._answer(config.source)
        return answer if isinstance(answer, Missing) else Configuration(len(answer.lines()), answer.evidence())

    def _fetched(self, dialect: Dialect) -> Config | Missing:
        failure = Missing(Gap.UNREAD, f"{self._platform.name} lists no command that shows its configuration")
        for command in dialect.commands:
            answer = self._answer(command)
            if isinstance(answer, Answer):
                return _tree(answer, dialect)
            failure = replace(answer, gap=Gap.REFUSED) if answer.gap is Gap.LACKING else answer
            if failure.gap is Gap.UNREACHABLE:
                break
        return failure

    def _release(self) -> Release:
        identity = self.fact(Identity)
        return Release(identity.model, identity.release) if isinstance(identity, Identity) else Release()


def _tree(answer: Answer, dialect: Dialect) -> Config | Missing:
    try:
        return config_from(answer.text, dialect, answer.command, sha256=answer.sha256, taken_at=answer.taken_at)
    except ReadFailed as failure:
        return failure.missing()


def _named(config: Config, read: ConfigRead, *answers: Got) -> Built:
    """The identity, which only what is written tells: the rest of one that is cut has no bearing on it."""
    told = read.build(config, Release(), *answers)
    evidence = getattr(told, "evidence", None)
    is_told = evidence is None or config.settles(Identity) or bool(evidence.lines)
    return told if is_told else _cut(config, Identity)


def _cut(config: Config, fact: type[Fact], seen: Built | None = None) -> Missing:
    why = f"the configuration is cut: what it should hold of {fact.__name__} may follow"
    return SoFar(Gap.UNPARSED, f"{config.source}: {why}", None if isinstance(seen, Missing) else seen)
