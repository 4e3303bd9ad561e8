"""Whether what runs is what was saved: by the times a device tells, or by both texts side by side.

Secrets are masked in both texts: that one of them alone was changed, only the times tell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from collectors.base import Answer
from collectors.platforms.base import Built, Got, Read
from inventory.config import Config, ConfigLine, indented
from inventory.errors import Gap, Missing
from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts import ConfigBackup

_SHOWN = 20  # differing lines that evidence quotes
_BLOTTED = re.compile(r"\*{3,}")  # devices that hide secrets write more asterisks than masking does
_CLOCK_SET = 2010  # a device whose clock nobody set counts from an earlier year


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something was done, by the device's clock in the zone it names, and by whom; None: by nobody."""

    at: datetime
    zone: str
    who: str | None


@dataclass(frozen=True, slots=True)
class Saving:
    """How a platform tells it. Answers come in the order of ``commands``: what runs, what was saved, anything else.

    ``tree``      makes the tree of either text
    ``sign``      pattern of a line that every configuration has
    ``changed``   the command whose answer says when the configuration was last changed, and the pattern of the line:
                  group ``stamp`` is the time, ``who`` who did it where that stands before it
    ``saved``     the same of when it was last saved
    ``untouched`` the same of the line that says that nothing was changed since the saved one was loaded
    ``none``      pattern of the answer that says that none was ever saved
    ``passing``   pattern of statements, with what they stand under, that differ though nobody changed them
    """

    commands: tuple[str, ...]
    tree: Callable[[str], tuple[ConfigLine, ...]]
    sign: str
    changed: tuple[str, str] | None = None
    saved: tuple[str, str] | None = None
    untouched: tuple[str, str] | None = None
    none: str = r"(?!)"
    passing: str = r"(?!)"

    def reads(self) -> Iterator[Read]:
        """The reads of it: what is saved is asked for where the head of what runs does not settle it."""
        if self.saved and self.saved[0] == self.commands[0]:
            yield Read(ConfigBackup, self.commands[:1], self.by_head)
        yield Read(ConfigBackup, self.commands, self.backup, optional=frozenset(self.commands[1:]))

    def by_head(self, runs: Answer) -> Built:
        """That it is saved, where the head of what runs says so."""
        told, shown = self._by_times({runs.command: runs})
        return ConfigBackup(True, shown) if told else _untold(runs, Missing(Gap.UNREAD))

    def backup(self, runs: Answer, startup: Got, *more: Got) -> Built:
        """Whether it is saved, from the first source that tells."""
        given = dict(zip(self.commands, (runs, startup, *more), strict=True))
        told, shown = self._by_times({name: each for name, each in given.items() if isinstance(each, Answer)})
        if told:
            return ConfigBackup(True, shown)
        if isinstance(startup, Missing):
            return ConfigBackup(False, shown) if told is False else _untold(runs, startup)
        alike = self._by_texts(runs, startup)
        if told is False and isinstance(alike, Missing):
            return ConfigBackup(False, shown)
        if told is False and isinstance(alike, ConfigBackup) and alike.saved:
            return Missing(Gap.UNREAD, f"{runs.command}: it was changed after it was saved, in no line that is shown")
        return alike

    def _by_times(self, answers: Mapping[str, Answer]) -> tuple[bool | None, Evidence]:
        """Whether it was saved after its last change; None where that is not told, or nobody is named for a change."""
        if self.untouched and _line(self.untouched, answers):
            return True, answers[self.untouched[0]].evidence(self.untouched[1])
        done, kept = (stamp(found) if (found := _line(each, answers)) else None for each in (self.changed, self.saved))
        if not self.changed or not self.saved or done is None or kept is None or done.zone != kept.zone:
            return None, NO_EVIDENCE
        if min(done.at, kept.at).year < _CLOCK_SET:
            return None, NO_EVIDENCE
        shown = answers[self.changed[0]].evidence(self.changed[1], self.saved[1])
        return (True if done.at <= kept.at else None if done.who is None else False), shown

    def _by_texts(self, runs: Answer, startup: Answer) -> Built:
        if re.match(self.none, startup.text):
            return ConfigBackup(False, startup.evidence(self.none))
        for answer in (runs, startup):
            if not re.search(self.sign, answer.text, re.MULTILINE):
                return Missing(Gap.UNPARSED, f"{answer.command}: it is no whole configuration")
        one, other = (Config(self.tree(a.text), a.command, a.sha256, a.taken_at) for a in (runs, startup))
        if not one.lines or not other.lines or one.lines[-1].text != other.lines[-1].text:
            return Missing(Gap.UNPARSED, f"{startup.command}: it does not end as the configuration that runs does")
        new, gone = self._beyond(one, other), self._beyond(other, one)
        if new or not gone:
            return ConfigBackup(not new, one.evidence(*new[:_SHOWN]))
        return ConfigBackup(False, other.evidence(*gone[:_SHOWN]))

    def _beyond(self, one: Config, other: Config) -> list[ConfigLine]:
        """The lines that one configuration has more often than the other."""
        left = Counter(_BLOTTED.sub("***", each.tails[-1]) for each in other.statements)
        found: list[ConfigLine] = []
        for each in one.statements:
            said = _BLOTTED.sub("***", each.tails[-1])
            left[said] -= 1
            if left[said] < 0 and not re.match(self.passing, said):
                found.append(each.line)
        return found


def by_indentation(comments: tuple[str, ...], quoted: str = "") -> Callable[[str], tuple[ConfigLine, ...]]:
    """What makes the tree of a text that is nested by indentation."""
    return lambda text: indented(text, comments, quoted)


def _untold(runs: Answer, startup: Missing) -> Missing:
    if startup.gap is Gap.UNREAD:  # a file of the configuration alone
        return Missing(Gap.UNREAD, f"{runs.command}: the configuration does not tell when it was changed and saved")
    # That a device knows no such command does not mean that it saves nothing.
    return Missing(Gap.REFUSED, startup.why) if startup.gap is Gap.LACKING else startup


def _line(source: tuple[str, str] | None, answers: Mapping[str, Answer]) -> re.Match[str] | None:
    """The line that a pattern finds in the answer to its command."""
    answer = answers.get(source[0]) if source else None
    return re.search(source[1], answer.text, re.MULTILINE) if source and answer else None


_CISCO = (
    r"[*.]?(?P<time>\d\d:\d\d:\d\d)(?:\.\d+)? (?P<zone>\S+) \w{3} (?P<day>\w{3} +\d{1,2} \d{4})(?: by (?P<who>\S+))?"
)
_NEXUS = r"\w{3} (?P<day>\w{3} +\d{1,2}) (?P<time>\d\d:\d\d:\d\d) (?P<year>\d{4})"
# What the system itself changes nobody has to save.
_HUAWEI = (
    r"(?P<day>\d{4}-\d\d-\d\d) (?P<time>\d\d:\d\d:\d\d)(?P<zone>[+-]\d\d:\d\d)?(?: DST)?(?P<who>$| by (?!SYSTEM\b)\S+)?"
)
_STAMPS = (
    (re.compile(_CISCO), "%b %d %Y %H:%M:%S"),
    (re.compile(_NEXUS), "%b %d %Y %H:%M:%S"),
    (re.compile(_HUAWEI), "%Y-%m-%d %H:%M:%S"),
)


def stamp(line: re.Match[str]) -> Stamp | None:
    """The stamp of a line, in the way of IOS and ASA, NX-OS or VRP; None for any other."""
    for pattern, form in _STAMPS:
        if found := pattern.match(line["stamp"].strip()):
            told = found.groupdict() | {k: v for k, v in line.groupdict().items() if k == "who"}
            day = " ".join(f"{told['day']} {told.get('year') or ''}".split())
            try:
                at = datetime.strptime(f"{day} {told['time']}", form).replace(tzinfo=UTC)  # of one zone, whichever
            except ValueError:  # no day of the calendar
                return None
            return Stamp(at, told.get("zone") or "", told.get("who"))
    return None
