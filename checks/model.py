"""What a check is, what it says, and what comes of it.

A check cites clauses, and of a clause of GB/T 22239 the steps of its test unit (GB/T 28448) that it decides:

``gbt22239-2019:8.1.4.1-b#3``      step 3 is not met where the check fails, and met where every check that decides it
                                   for this subject passes
``gbt22239-2019:8.1.4.1-b#1,2``    steps 1 and 2
``gbt22239-2019:8.1.3.1-b#1~``     a failure speaks against step 1; that it passes proves nothing of the step
``gbt22239-2019:8.1.4.3-b``        a finding beside the clause: it decides no step

``Check.clauses`` holds the clauses without their steps, ``Check.steps`` what it decides of them (``Step``). The cases
of the high-risk guide that a failure makes a candidate for stand in ``Check.high_risk``: whether one is a high risk is
for a person to say, who knows what mitigates it.
"""

from __future__ import annotations

import inspect
import re
import string
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from checks import policies
from checks.commands import commands_of, diagnosis_of
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import Fact
from inventory.plan import Plan
from inventory.snapshot import DeviceRecord, Network
from inventory.text import Language, Text
from inventory.views import CensusView, LinkView, SiteView, SystemView

Value = str | int | float | Text
_ID = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*\.[a-z0-9]+(?:-[a-z0-9]+)*")
_REF = re.compile(r"[a-z0-9-]+:[A-Za-z0-9.-]+")
_STEPS = re.compile(r"[1-9]~?(?:,[1-9]~?)*")
_HIGH_RISK = re.compile(r"HR(?:-\d+(?:\.\d+)+)")
_LONGEST_VALUE = 300
# A platform whose host also obeys another platform's commands, or that has another's command line.
FALLBACKS = {"frr": "linux", "cisco_iosxe": "cisco_ios", "fortinet_fortigate": "fortinet_fortios"}


class Severity(StrEnum):
    """How much a failed check weighs, rising."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info to 4 for critical."""
        return list(Severity).index(self)


class Family(StrEnum):
    """The four audits, and the census beneath them."""

    LEVEL3 = "level3"
    IPV6 = "ipv6"
    BANDWIDTH = "bandwidth"
    CLOUD = "cloud"
    CENSUS = "census"


class Outcome(StrEnum):
    """What came of one check on one subject."""

    PASS = "pass"  # noqa: S105 - an outcome, not a secret
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"
    WAIVED = "waived"


class SubjectKind(StrEnum):
    """What a check judges."""

    DEVICE = "device"
    SITE = "site"
    LINK = "link"
    SYSTEM = "system"
    NETWORK = "network"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Subject:
    """One judged thing. ``name`` is the target, site, link or system; for network and register the kind itself."""

    kind: SubjectKind
    name: str
    site: str | None = None
    platform: str | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """The day of the run; checks have no clock."""

    date: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says of its subject, or of one place in it (a line, an interface, an account)."""

    ok: bool | None  # None: the facts do not tell
    place: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    platform: str | None = None  # whose commands mend it, where the subject is not a device
    about: Subject | None = None  # the device that a check of the whole network speaks of; None: the network itself


def verdict(
    ok: bool | None, *evidence: Evidence, place: str = "", platform: str | None = None, **values: Value
) -> Verdict:
    """A Verdict with the values of its sentence as keywords; empty evidence is left out."""
    return Verdict(ok, place, values, tuple(e for e in evidence if e), platform)


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do: in words, and per platform the commands with ``{placeholders}`` of the verdict's values.

    Commands stand by platform in ``checks/remedies``, or here. ``<words>`` are for a person to fill in (Blank). Where
    a platform mends one thing in several ways, ``platform/variant`` is what the verdict's value ``variant`` chooses.
    Commands that only show where the cause lies mend nothing: they stand in ``checks/diagnosis``.
    """

    text: Text
    commands: Mapping[str, str] = field(default_factory=dict)
    diagnosis: Mapping[str, str] = field(default_factory=dict)

    def commands_for(self, platform: str | None, values: Mapping[str, Value]) -> str:
        """The commands that mend it on one platform with the values filled in; empty where none are known.

        Lines that name ``{entries}``, and those indented below them, are repeated for each entry of that value.
        """
        return _chosen(self.commands, platform, values)

    def diagnosis_for(self, platform: str | None, values: Mapping[str, Value]) -> str:
        """The commands that show where its cause lies, in the same way."""
        return _chosen(self.diagnosis, platform, values)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which devices a check is about; an empty set sets no limit."""

    platforms: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()  # of Identity.kind


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a clause's test unit (GB/T 28448) that a check decides."""

    clause: str  # gbt22239-2019:8.1.4.1-b
    number: int  # from 1, as in Clause.steps
    proves: bool = True  # False: only its failure says something of the step


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a check."""

    name: str
    kind: type[Any]
    may_miss: bool  # annotated ``Kind | Missing``: the check copes with absence itself


VIEWS: dict[type[Any], SubjectKind] = {
    SiteView: SubjectKind.SITE,
    LinkView: SubjectKind.LINK,
    SystemView: SubjectKind.SYSTEM,
    Network: SubjectKind.NETWORK,
    CensusView: SubjectKind.REGISTER,
}
SETTINGS: frozenset[type[Any]] = frozenset({Plan, Today, *policies.KINDS.values()})


@dataclass(frozen=True, slots=True)
class Check:
    """A judgement with all that the reader of its findings needs."""

    id: str
    family: Family
    title: Text  # the good condition
    severity: Severity
    clauses: tuple[str, ...]
    found: Text  # the sentence of a failed verdict
    remedy: Remedy
    function: Callable[..., Iterator[Verdict]] = field(compare=False)
    parameters: tuple[Parameter, ...]
    subject: SubjectKind
    unknown: Text | None = None  # the sentence of a verdict None; None: the title and "not known"
    scope: Scope = field(default_factory=Scope)
    steps: tuple[Step, ...] = ()  # of the clauses' test units
    high_risk: tuple[str, ...] = ()  # cases of the 2025 guide for which a failure is a candidate: HR-6.4.1.2

    @property
    def facts(self) -> tuple[type[Fact], ...]:
        """Fact types that the check asks a device for."""
        return tuple(p.kind for p in self.parameters if issubclass(p.kind, Fact))


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says of one subject (and place): all that a report needs and a store can keep."""

    check: str
    subject: Subject
    outcome: Outcome
    place: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    commands: str = ""  # that mend it on the subject's platform, with this finding's values
    diagnosis: str = ""  # … that show where the cause lies
    missing: tuple[tuple[str, Missing], ...] = ()  # for UNKNOWN: fact type and why it is not known
    traceback: str = ""  # for ERROR
    underlying: Outcome | None = None  # for WAIVED: what it would be
    waiver: str = ""  # for WAIVED: reason, approver and end date in one line

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes this finding the same one in the next run."""
        return (self.check, self.subject.kind.value, self.subject.name, self.place)


class IncompleteCheck(Exception):
    """A check's declaration lacks something; its module cannot be imported."""


def check(
    id: str,  # noqa: A002 - reads as the declaration it is
    *,
    family: Family,
    title: Text,
    severity: Severity,
    clauses: tuple[str, ...],
    found: Text,
    remedy: Remedy,
    unknown: Text | None = None,
    scope: Scope | None = None,
    high_risk: tuple[str, ...] = (),
) -> Callable[[Callable[..., Iterator[Verdict]]], Check]:
    """Declares the function below as a check; IncompleteCheck when anything is missing or contradicts itself."""

    def declare(function: Callable[..., Iterator[Verdict]]) -> Check:
        parameters = tuple(_parameters(id, function))
        declared = Check(
            id=id,
            family=family,
            title=title,
            severity=severity,
            clauses=tuple(dict.fromkeys(ref.partition("#")[0] for ref in clauses)),
            found=found,
            remedy=replace(remedy, commands={**commands_of(id), **remedy.commands}, diagnosis=diagnosis_of(id)),
            function=function,
            parameters=parameters,
            subject=_subject(id, parameters),
            unknown=unknown,
            scope=scope or Scope(),
            steps=tuple(_steps(id, clauses)),
            high_risk=high_risk,
        )
        for complaint in complaints(declared):
            raise IncompleteCheck(f"{id}: {complaint}")
        return declared

    return declare


def _steps(check_id: str, citations: Iterable[str]) -> Iterator[Step]:
    for ref, mark, numbers in (citation.partition("#") for citation in citations):
        if mark and not _STEPS.fullmatch(numbers):
            raise IncompleteCheck(f"{check_id}: {ref}#{numbers}: steps are written #1 or #1,2 or #1~")
        for number in numbers.split(",") if numbers else ():
            yield Step(ref, int(number.rstrip("~")), not number.endswith("~"))


def _parameters(check_id: str, function: Callable[..., Any]) -> Iterator[Parameter]:
    hints = get_type_hints(function)
    for name in inspect.signature(function).parameters:
        if name not in hints:
            raise IncompleteCheck(f"{check_id}: parameter {name} has no type")
        hint = hints[name]
        options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
        kinds = [option for option in options if option is not Missing]
        if len(kinds) != 1 or not _askable(kinds[0]):
            raise IncompleteCheck(f"{check_id}: parameter {name}: nothing supplies {hint}")
        yield Parameter(name, kinds[0], len(options) > 1)


def _askable(kind: Any) -> bool:
    return (
        kind in VIEWS or kind in SETTINGS or kind is DeviceRecord or (isinstance(kind, type) and issubclass(kind, Fact))
    )


def _subject(check_id: str, parameters: Iterable[Parameter]) -> SubjectKind:
    kinds = {VIEWS.get(p.kind, SubjectKind.DEVICE) for p in parameters if p.kind not in SETTINGS}
    if kinds == {SubjectKind.NETWORK, SubjectKind.REGISTER}:  # the register held against everything found
        return SubjectKind.NETWORK
    if len(kinds) != 1:
        raise IncompleteCheck(f"{check_id}: asks for {', '.join(sorted(kinds)) or 'nothing'}; one subject is needed")
    return kinds.pop()


def complaints(declared: Check) -> Iterator[str]:
    """Everything wrong with a check's words: id, languages, placeholders, citations."""
    if not _ID.fullmatch(declared.id):
        yield "the id is not <topic>.<good-condition>"
    texts = {"title": declared.title, "found": declared.found, "remedy": declared.remedy.text}
    if declared.unknown:
        texts["unknown"] = declared.unknown
    for name, text in texts.items():
        if not text.zh.strip() or not text.en.strip():
            yield f"{name} lacks a language"
        if placeholders(text.zh) != placeholders(text.en):
            yield f"{name} has other placeholders in zh than in en"
    if placeholders(declared.title.en) or placeholders(declared.remedy.text.en):
        yield "title and remedy stand alone: no placeholders"
    if not declared.clauses or not all(_REF.fullmatch(ref) for ref in declared.clauses):
        yield "clauses are cited as <standard>:<item>"
    if not all(_HIGH_RISK.fullmatch(case) for case in declared.high_risk):
        yield "high-risk cases are named as HR-<section>"


def placeholders(template: str) -> frozenset[str]:
    """Names in braces in a template."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


def say_values(values: Mapping[str, Value], language: Language) -> dict[str, str | int | float]:
    """The values as one language says them."""
    return {k: v.say(language) if isinstance(v, Text) else v for k, v in values.items()}


def _chosen(commands: Mapping[str, str], platform: str | None, values: Mapping[str, Value]) -> str:
    names = (f"{name}/{values.get('variant')}" for name in (platform, FALLBACKS.get(platform or "")))
    found = (commands.get(key) for name in names for key in (name, name.partition("/")[0]))
    template = next(filter(None, found), "")
    return _repeated(template, values).format(**_command_words(values)) if template else ""


_ENTRIES = re.compile(r"^( *).*\{entries\}.*$(?:\n\1 +.*$)*", re.MULTILINE)


def _repeated(template: str, values: Mapping[str, Value]) -> str:
    """The template with the parts that name ``{entries}`` once for each, filled in."""
    if "{entries}" not in template:
        return template
    words = [word if _commandable(word) else "<entry>" for word in str(values["entries"]).split(", ")]
    return _ENTRIES.sub(lambda part: "\n".join(part[0].replace("{entries}", word) for word in words), template)


def _command_words(values: Mapping[str, Value]) -> dict[str, str | int | float]:
    said = say_values(values, "en")
    return {k: v if not isinstance(v, str) or _commandable(v) else f"<{k}>" for k, v in said.items()}


def _commandable(value: str) -> bool:
    # A name from a device may hold a semicolon or a quote: whoever pastes the command has to write such a name himself.
    return not value.startswith("-") and all(c.isalnum() or c in " ._:/@,+-" for c in value)


def harmless(value: Value) -> Value:
    """A value fit to stand in a sentence or a command: what a device sent loses control characters and length."""
    if not isinstance(value, str):
        return value
    # isprintable is false for newlines, escapes and bidirectional overrides, with which a name could add commands.
    clean = value if value.isprintable() else "".join(c if c.isprintable() else "�" for c in value)
    return clean if len(clean) <= _LONGEST_VALUE else clean[: _LONGEST_VALUE - 1] + "…"
