"""Facts of hardening out of any configuration, from tables of what a platform's lines look like.

A platform's table is a ``Marks``: patterns matched against statements with their whole path
(``interface Vlan1 | ip address …``), in which what opens a block stands before what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from collectors.platforms.base import ConfigRead, Default, Release, holding
from collectors.platforms.dialects.figures import number as figure
from inventory.config import Config, ConfigLine, Statement, Statements
from inventory.errors import Gap, Missing
from inventory.facts import (
    Accounts,
    Administrator,
    AuditTrail,
    DeviceService,
    DeviceServices,
    Fact,
    LineRight,
    ManagementPlane,
    Monitoring,
    PortGuards,
    Privileges,
    Redundancy,
    RedundancyGroup,
    SshAlgorithms,
)

SEVERITIES = ("emergenc", "alert", "critical", "err", "warning", "notification", "informational", "debug")
_NEGATION = r"(?:undo |no )"


@dataclass(frozen=True, slots=True)
class Group:
    """A kind of redundancy: the statement that turns it on, and what it is guarded by.

    Statements that fill the pattern's group ``of`` with the same words make one group of that name; without it all do.
    """

    kind: str
    on: str
    guard: str = ""
    least: int = 1  # different values of the pattern's other groups: of a stack's numbered members two are wanted


@dataclass(frozen=True, slots=True)
class Marks:
    """How a platform writes what level 3 asks for. Patterns; an empty one: it has no such line, or none is known.

    A statement that begins with ``undo`` or ``no``, or fills the pattern's group ``off``, turns off.
    """

    services: Mapping[str, str] = field(default_factory=dict)
    services_default: Default | None = None  # whether a service that no line names is on; None: it differs
    logins: str = ""
    logins_default: Default | None = None
    commands: str = ""
    commands_default: Default | None = None
    severity: str = ""  # with a group: the word or number of the least severe level that is sent
    severity_default: Default | None = None
    local: str = ""
    logging_off: str = ""  # without which nothing is recorded at all
    lowered: str = ""  # a command that stops the recording, given to a lower role
    raised: str = ""  # … or taken from it
    stoppable_default: Default | None = None
    accounts: Callable[[Config, Release], Accounts | Missing] | None = None
    roles: str = ""  # with {name} in the place of the account's, and a group: roles that are bound to it
    ranks: tuple[tuple[str, str], ...] = ()  # pattern of a level as written → rank; the first that fits
    line_rights: str = ""  # with groups line and level
    named_lines: str = ""  # lines on which accounts decide, by pattern of their path; their rights count for nobody
    authorised: str = ""
    by_server: str = ""
    second_factor: str = ""
    groups: tuple[Group, ...] = ()
    own: str = ""
    shared: str = ""
    published: str = ""
    secured: Mapping[str, str] = field(default_factory=dict)
    agent: str = ""
    agent_default: Default | None = None
    trap_host: str = ""  # with a group
    traps: str = ""
    secured_snmp: str = ""
    traps_default: Default | None = None
    thresholds: Mapping[str, str] = field(default_factory=dict)
    thresholds_default: Default | None = None  # whether an alarm is set where no line sets one
    ciphers: str = ""  # with a group: the words
    macs: str = ""
    key_exchanges: str = ""
    ports: Callable[[Config, Release], PortGuards] | None = None


def found(statements: Statements, pattern: str) -> list[tuple[Statement, re.Match[str]]]:
    """Statements that the pattern matches from their start or that of a block they are in, negated ones too."""
    return list(statements.matching(rf"{_NEGATION}?(?:{pattern})")) if pattern else []


def is_on(each: Statement, match: re.Match[str]) -> bool:
    """Whether a statement turns on what its pattern stands for."""
    if match.groupdict().get("off"):
        return False
    return re.match(_NEGATION, each.line.text) is None


def state(statements: Statements, pattern: str, default: bool | None) -> tuple[bool | None, list[ConfigLine]]:
    """Whether the last statement of the pattern turns on or off, and the lines that say so."""
    lines = found(statements, pattern)
    if not lines:
        return default, []
    return is_on(*lines[-1]), [each.line for each, _ in lines]


def audit_trail(marks: Marks, config: Config, release: Release) -> AuditTrail | Missing:
    """What is recorded of logins and commands, and who may stop it."""
    statements = config.statements
    logins, of_logins = state(statements, marks.logins, holding(marks.logins_default, release))
    commands, of_commands = state(statements, marks.commands, holding(marks.commands_default, release))
    local, of_local = state(statements, marks.local, None)
    off = [each.line for each, match in found(statements, marks.logging_off) if not is_on(each, match)]
    severity, of_severity = _severity(marks, statements, release)
    stoppable, of_stopping = _stoppable(marks, statements, release)
    return AuditTrail(
        logins=False if off else logins,
        commands=False if off else commands,
        severity=severity,
        local=local,
        stoppable=stoppable,
        evidence=config.evidence(*off, *of_logins, *of_commands, *of_local, *of_severity, *of_stopping),
    )


def _severity(marks: Marks, statements: Statements, release: Release) -> tuple[int | None, list[ConfigLine]]:
    lines = found(statements, marks.severity)
    if not lines:
        return holding(marks.severity_default, release), []
    levels = [level for _, match in lines if (level := severity_of(match.group(1))) is not None]
    return min(levels, default=None), [each.line for each, _ in lines]


def severity_of(word: str) -> int | None:
    """A syslog severity by number or by any of its names, short ones as Junos writes them; None for another word."""
    if word.isdecimal():
        told = figure(word)
        return told if told is not None and told < len(SEVERITIES) else None
    if word == "any":
        return len(SEVERITIES) - 1
    return next((n for n, name in enumerate(SEVERITIES) if word.lower().startswith(name[:4])), None)


def _stoppable(marks: Marks, statements: Statements, release: Release) -> tuple[bool | None, list[ConfigLine]]:
    lowered = [each.line for each, _ in found(statements, marks.lowered)]
    raised = [each.line for each, _ in found(statements, marks.raised)]
    if lowered and not raised:
        return True, lowered
    return (False if raised else holding(marks.stoppable_default, release)), raised


def privileges(marks: Marks, config: Config, release: Release) -> Privileges | Missing:
    """Accounts by rank, what lines give away, and who decides about commands."""
    statements = config.statements
    accounts = marks.accounts(config, release) if marks.accounts else Missing(Gap.UNREAD, "accounts are not read")
    if isinstance(accounts, Missing):
        return accounts
    authorised, of_authorised = state(statements, marks.authorised, False if marks.authorised else None)
    by_server, of_server = state(statements, marks.by_server, False if marks.by_server else None)
    second, of_second = state(statements, marks.second_factor, False if marks.second_factor else None)
    people = [a for a in accounts.items if not a.locked and a.name not in ("enable", "super")]
    return Privileges(
        administrators=tuple(
            Administrator(a.name, a.level or "", _rank(marks, config, a.name, a.level), a.evidence) for a in people
        ),
        lines=tuple(_line_rights(marks, config, statements)),
        authorised=authorised,
        by_server=by_server,
        second_factor=second,
        evidence=config.evidence(*told) if (told := [*of_authorised, *of_server, *of_second]) else accounts.evidence,
    )


def _rank(marks: Marks, config: Config, name: str, level: str | None) -> str:
    """The highest rank of the roles bound to an account, which say more than its level; else that of the level."""
    roles = config_words(config, marks.roles.replace("{name}", re.escape(name))) if marks.roles else []
    ranks = [_rank_of(marks, word) for word in roles or [level or ""]]
    return "top" if "top" in ranks else ranks[0]


def _rank_of(marks: Marks, word: str) -> str:
    if not word:
        return "none"
    return next((rank for pattern, rank in marks.ranks if re.match(pattern, word)), "operator")


def config_words(config: Config, pattern: str) -> list[str]:
    """The pattern's first group in every statement that it matches."""
    return [match.group(1) for _, match in found(config.statements, pattern)]


def _line_rights(marks: Marks, config: Config, statements: Statements) -> Iterator[LineRight]:
    named = {match.group("line") for _, match in found(statements, marks.named_lines)}
    for each, match in found(statements, marks.line_rights):
        line, level = match.groupdict().get("line") or "", match.group("level")
        if line and line in named:
            continue
        top = any(rank == "top" and re.match(pattern, level) for pattern, rank in marks.ranks)
        yield LineRight(line, level, top, config.evidence(each.line))


def device_services(marks: Marks, config: Config, release: Release) -> DeviceServices:
    """The services of the table of which the configuration speaks."""
    statements = config.statements
    items: list[DeviceService] = []
    for name, pattern in marks.services.items():
        on, lines = state(statements, pattern, None)
        if on is not None:
            items.append(DeviceService(name, on, config.evidence(*lines)))
    return DeviceServices(tuple(items), holding(marks.services_default, release) is False, config.evidence())


def redundancy(marks: Marks, config: Config, _: Release) -> Redundancy:
    """The groups of the table that are configured; of a stack's members two make one."""
    items: list[RedundancyGroup] = []
    lines: list[ConfigLine] = []
    for group in marks.groups:
        guards = [each.line for each, _ in found(config.statements, group.guard)]
        apart: dict[str, list[tuple[Statement, re.Match[str]]]] = {}
        for each, match in found(config.statements, group.on):
            apart.setdefault(match.groupdict().get("of") or "", []).append((each, match))
        for name, own in apart.items():
            told = [each.line for each, _ in own]
            guarded = bool(guards) if group.guard else None
            shown = config.evidence(*told, *guards)
            items.append(RedundancyGroup(group.kind, name or told[-1].text, _doubled(group, own), guarded, shown))
            lines += told
    return Redundancy(tuple(items), config.evidence(*lines))


def _doubled(group: Group, lines: list[tuple[Statement, re.Match[str]]]) -> bool:
    groups = [(match.groups(), match.re.groupindex.get("of")) for _, match in lines]
    members = {word for words, of in groups for n, word in enumerate(words, 1) if word and n != of}
    return is_on(*lines[-1]) and (group.least == 1 or len(members) >= group.least)


def management_plane(marks: Marks, config: Config, _: Release) -> ManagementPlane:
    """Where management goes, and what of it is seen from outside."""
    statements = config.statements
    own, shared, published = (found(statements, pattern) for pattern in (marks.own, marks.shared, marks.published))
    secured = {
        name: each.line
        for name, pattern in marks.secured.items()
        for each, match in found(statements, pattern)
        if is_on(each, match)
    }
    shown = {_told(*each): each[0].tails[min(1, len(each[0].tails) - 1)] for each in published}
    return ManagementPlane(
        own=tuple(dict.fromkeys(_told(*each) for each in own)),
        shared=tuple(dict.fromkeys(_told(*each) for each in shared)),
        published=tuple(shown),
        publishing=tuple(shown.values()),
        secured=tuple(secured),
        evidence=config.evidence(*(each.line for each, _ in (*own, *shared, *published)), *secured.values()),
    )


def _told(each: Statement, match: re.Match[str]) -> str:
    return next(filter(None, match.groups()), each.line.text)


def monitoring(marks: Marks, config: Config, release: Release) -> Monitoring | Missing:
    """The agent, where its notifications go, and the alarms that are set."""
    if not marks.agent and not marks.trap_host:
        return Missing(Gap.UNREAD, "how such a device reports is not read")
    statements = config.statements
    agent, of_agent = state(statements, marks.agent, holding(marks.agent_default, release))
    hosts = [(each, match) for each, match in found(statements, marks.trap_host) if is_on(each, match)]
    traps, of_traps = state(statements, marks.traps, holding(marks.traps_default, release) if hosts else False)
    v3 = found(statements, marks.secured_snmp)
    told = {name: found(statements, pattern) for name, pattern in marks.thresholds.items()}
    alarms = [name for name, lines in told.items() if lines and all(is_on(*line) for line in lines)]
    known = bool(told.get("cpu")) or holding(marks.thresholds_default, release) is False
    return Monitoring(
        agent=agent,
        trap_hosts=tuple(dict.fromkeys(match.group(1) for _, match in hosts)),
        traps=traps,
        secured=bool(v3) if agent is not False else None,
        thresholds=tuple(alarms) if known else None,
        evidence=config.evidence(
            *of_agent, *of_traps, *(each.line for each, _ in (*hosts, *v3, *chain(*told.values())))
        ),
    )


def ssh_algorithms(marks: Marks, config: Config, _: Release) -> SshAlgorithms:
    """What the SSH server is told to offer."""
    statements = config.statements
    sets: list[frozenset[str] | None] = []
    lines: list[ConfigLine] = []
    for pattern in (marks.ciphers, marks.macs, marks.key_exchanges):
        told = found(statements, pattern)
        lines += [each.line for each, _ in told]
        words = frozenset(word for _, match in told for word in algorithms(match.group(1)))
        sets.append(words if told else None)
    ciphers, macs, key_exchanges = sets
    return SshAlgorithms(ciphers, macs, key_exchanges, config.evidence(*lines))


def algorithms(text: str) -> frozenset[str]:
    """Names of algorithms, whichever way they are written: ``aes256_ctr`` is ``aes256-ctr``."""
    return frozenset(word.lower().replace("_", "-") for word in re.split(r"[\s,\[\]\"]+", text) if word)


_BUILDERS: dict[type[Fact], Callable[..., Fact | Missing]] = {
    AuditTrail: audit_trail,
    Privileges: privileges,
    DeviceServices: device_services,
    Redundancy: redundancy,
    ManagementPlane: management_plane,
    Monitoring: monitoring,
    SshAlgorithms: ssh_algorithms,
}


def hardening_reads(marks: Marks) -> tuple[ConfigRead, ...]:
    """The reads of a platform with such a table."""
    reads = tuple(ConfigRead(fact, partial(build, marks)) for fact, build in _BUILDERS.items())
    return (*reads, ConfigRead(PortGuards, marks.ports)) if marks.ports else reads
