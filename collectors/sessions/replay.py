"""Devices out of captured files: what an office hands over that nobody may log in to.

For ``--replay DIR`` a target's captures are the folder ``DIR/<name or address>/``, or one file
``DIR/<name or address>.<ending>``. Files are taken for what they hold:

* ``<command>.txt`` (or .log, .cfg, .conf, .json, none): the answer to one command. Any sign may stand as ``_`` in the
  name: ``display_version.txt``, ``cat_etc_passwd.txt``, ``vtysh_-c_show_version.txt``.
* a log of a terminal: each answer follows a prompt with its command, which may be shortened (``dis cur``).
* a bare configuration: the answer to the command that shows it.
* ``*.snmprec``, and ``*.snmpwalk`` or any text in the form of ``snmpwalk -On``: the SNMP agent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from collectors.base import Answer, CliSession, SnmpSession
from collectors.config_text import cleaned, decoded
from collectors.flat_text import typed, unborne, unmargined
from collectors.platforms.base import Dialect, Platform
from collectors.platforms.catalogue import other_than, platforms, recognised
from collectors.platforms.catalogue import platform as platform_named
from collectors.sessions.answers import LARGEST, Answers, Keep, only_refused
from collectors.sessions.replay_snmp import ReplaySnmp, looks_like_walk
from inventory.errors import Gap, Missing, ReadFailed, Unreachable
from inventory.targets import Target

_ENDINGS = frozenset({".txt", ".log", ".cfg", ".conf", ".cnf", ".json", ".out", ""})
_SNMP_ENDINGS = frozenset({".snmprec", ".snmpwalk", ".walk"})
_PROMPT = re.compile(
    r"(?P<prompt>(?:HRP_[MS])?<[^<>\s]{1,120}>|\[[^\[\]]{1,120}\][$#]?|[\w.()@:~/+-]{1,120}[#>$%]|"
    r"[\w.-]{1,64}(?: \([\w./-]{1,64}\))? [#$]|[$#])[ \t]*"
    r"(?P<command>\S.{0,2000})?$"  # no command is longer
)
# What may follow a command without changing what it tells: unpaged, or as lines that build it again.
_PIPED = re.compile(r"(?:\s*\|\s*(?:no(?:-?m(?:o(?:re?)?)?)?|display set|nomore))+$")

# What may follow the command for the configuration and still shows all of it.
_ALL = re.compile(r"(?:$|all\b|brief\b|full\b|include-default\b|linenum\b|by-linenum\b|view full\b|running\b)")


@dataclass(frozen=True, slots=True)
class ReplaySessions:
    """What the captures of one target can play; None: there is nothing of that kind."""

    cli: CliSession | None
    snmp: SnmpSession | None
    refused: Missing | None = None  # the texts hold nothing but a refusal, or nothing at all


class ReplayCli:
    """A CliSession over captured answers."""

    def __init__(self, platform: Platform | None, captured: Mapping[str, bytes], answers: Answers) -> None:
        self._platform = platform
        self._captured = captured
        self._answers = answers

    @property
    def platform(self) -> Platform | None:
        """The platform named or recognised; None: none was."""
        return self._platform

    def ask(self, command: str) -> Answer:
        """The captured answer; ReadFailed(UNREAD) when the captures do not hold that command."""
        if self._platform is None or command not in self._platform.commands:
            raise ValueError(f"{command!r} is no command of {self._platform.name if self._platform else 'no platform'}")
        octets = self._captured.get(_key(command))
        if octets is None:
            raise ReadFailed(f"{command} is not among the captures", Gap.UNREAD)
        return self._answers.on_terminal(command, octets, self._platform)

    def close(self) -> None:
        """Nothing is open."""


def open_replay(folder: Path, target: Target, keep: Keep | None = None) -> ReplaySessions:
    """The sessions of a target from its captures; Unreachable when the folder holds none of it."""
    paths = _captures_of(folder, target)
    if not paths:
        raise Unreachable(f"no captures of {target.name} or {target.address} in {folder}")
    return sessions_from(paths, platform_named(target.platform or ""), keep)


def sessions_from(paths: Iterable[Path], platform: Platform | None, keep: Keep | None = None) -> ReplaySessions:
    """The sessions that some files of one device can play; without a platform it is recognised by what they say.

    Raises ReadFailed where a file cannot be read or is too large, or where they are certainly of another platform.
    """
    walks: list[Path] = []
    texts: dict[Path, bytes] = {}
    for path in paths:
        octets = _content(path)
        if path.suffix.lower() in _SNMP_ENDINGS or looks_like_walk(octets):
            walks.append(path)
        else:
            texts[path] = octets
    # What stands in a page may have a margin.
    said = {path: unmargined(unborne(cleaned(decoded(octets)))) for path, octets in texts.items()}
    whole = "\n".join(dict.fromkeys(form for text in said.values() for form in (text, typed(text))))
    if platform and (other := other_than(whole, platform)):
        raise ReadFailed(f"{next(iter(texts))}: a text of {other}, not of {platform.name}")
    found = platform or platform_named(recognised(whole) or "")
    captured = _answers(found, texts, said)
    cli = ReplayCli(found, captured, Answers(keep)) if texts else None
    snmp = ReplaySnmp.of_files(walks) if walks else None
    return ReplaySessions(cli, snmp, None if captured else _refused(tuple(said.values())))


def _captures_of(folder: Path, target: Target) -> list[Path]:
    for name in (target.name, str(target.address), str(target.address).replace(":", "_")):
        if "/" in name or name in ("", ".", ".."):
            continue
        if (folder / name).is_dir():
            return files_of(folder / name)
        single = [p for p in files_of(folder) if p.stem == name] if folder.is_dir() else []
        if single:
            return single
    return []


def _refused(texts: Collection[str]) -> Missing | None:
    """What a device of any platform said where it showed nothing; None: it showed more, or there is no text."""
    if texts and not any(text.strip() for text in texts):
        return Missing(Gap.UNPARSED, "the captures are empty")
    shells = [platform.shell for platform in platforms().values()]
    told = [only_refused(text, shells) for text in texts]
    if not told or None in told:
        return None
    why = f"the device refused to show it, as to a login without the right to see the configuration: {told[0]}"
    return Missing(Gap.REFUSED, why)


def files_of(folder: Path) -> list[Path]:
    """The files of a folder that captures may stand in, by name."""
    known = _ENDINGS | _SNMP_ENDINGS
    return sorted(p for p in folder.iterdir() if p.is_file() and p.suffix.lower() in known and p.name[:1] != ".")


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise ReadFailed(f"{path}: more than {LARGEST} octets")
        return path.read_bytes()
    except OSError as error:
        raise ReadFailed(f"{path}: {error.strerror or 'unreadable'}", Gap.UNREACHABLE) from None


def _answers(platform: Platform | None, texts: Mapping[Path, bytes], said: Mapping[Path, str]) -> dict[str, bytes]:
    """Captured answers by the key of their command."""
    if platform is None:
        return {}
    commands = _by_key(platform)
    found: dict[str, bytes] = {}
    for path, octets in texts.items():
        command = commands.get(_key(path.stem)) or commands.get(_key(path.name))
        if command:
            found[_key(command)] = octets
            continue
        logged, commanded = answers_in_log(said[path], platform), typed(said[path])
        # Without prompts, so that what was typed in between is masked as well.
        found |= {_key(command): typed(text).encode("utf-8") for command, text in logged.items()}
        shown = platform.dialect.commands if platform.dialect else ()
        is_told = logged and (commanded == said[path] or any(command in logged for command in shown))
        if platform.dialect and shown and not is_told and re.search(platform.dialect.bare, commanded):
            text = _unended(commanded, platform.dialect) if shows_part(said[path], shown[0]) else commanded
            found.setdefault(_key(shown[0]), text.encode("utf-8"))
    return found


def shows_part(text: str, command: str) -> bool:
    """Whether the log of a terminal shows parts of the configuration, and nowhere all that ``command`` does.

    An interface, a section or a filtered listing ends as the whole does, and what is not in it is not absent.
    """
    words = command.split()
    typed_there = (found["command"] for line in text.split("\n") if (found := _PROMPT.match(line)) and found["command"])
    rests: list[str] = []
    for said in typed_there:
        plain = _PIPED.sub("", " ".join(said.lower().split())).split()
        if len(plain) >= len(words) and all(w.startswith(t) for w, t in zip(words, plain, strict=False)):
            rests.append(" ".join(plain[len(words) :]))
        elif re.fullmatch(r"di\w* thi?s?", " ".join(plain)):  # of the view that somebody is in
            rests.append("this")
    return bool(rests) and not any(_ALL.match(rest) for rest in rests)


def _unended(text: str, dialect: Dialect) -> str:
    """The text without the lines that would say that it is whole, where there is an order to judge the rest by."""
    if not dialect.end or not dialect.orders or dialect.is_open:
        return text
    return "\n".join(line for line in text.split("\n") if not re.match(dialect.end, line.strip()))


def is_command_file(path: Path) -> bool:
    """Whether the file is named after a command of some platform."""
    return any(_key(path.stem) in _by_key(p) or _key(path.name) in _by_key(p) for p in platforms().values())


def _by_key(platform: Platform) -> dict[str, str]:
    found = {_key(command): command for command in platform.commands}
    # As an engineer names a file: without the program that passes the command on, without its path.
    shorter = {re.sub(r"^(usr_sbin|sudo_n|vtysh_c)_", "", key): command for key, command in found.items()}
    return shorter | found


def _key(name: str) -> str:
    return re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_")


def answers_in_log(text: str, platform: Platform) -> dict[str, str]:
    """Answers by command in the cleaned log of a terminal; empty when no known command follows a prompt."""
    lines = text.split("\n")
    typed = [(number, found) for number, line in enumerate(lines) if (found := _PROMPT.match(line)) is not None]
    known = {
        n: command for n, found in typed if found["command"] and (command := full_command(found["command"], platform))
    }
    prompts = Counter(found["prompt"] for n, found in typed if n in known)
    if not prompts:
        return {}
    starts = [n for n, found in typed if found["prompt"] in prompts] + [len(lines)]
    ended_by_prompt = platform.dialect.commands if platform.dialect and platform.dialect.name else ()
    prompt_at = {n: found["prompt"] for n, found in typed}
    found_answers: dict[str, str] = {}
    for start, end in pairwise(starts):
        if start in known:
            answer = lines[start + 1 : end]
            if known[start] in ended_by_prompt and end < len(lines):
                answer.append(prompt_at[end])
            found_answers[known[start]] = "\n".join([*answer, ""] if end < len(lines) else answer)
    return found_answers


def full_command(typed: str, platform: Platform) -> str | None:
    """The platform's command that was typed, in full or each word shortened; None for any other."""
    plain = (
        _PIPED.sub("", " ".join(typed.split())).removeprefix("sudo -n ").removeprefix("sudo ").removeprefix("LC_ALL=C ")
    )
    if plain in platform.commands:
        return plain
    words = plain.lower().replace('"', "").split()
    for command in sorted(platform.commands):
        whole = command.lower().replace('"', "").removeprefix("vtysh -c ").split()
        if len(whole) == len(words) and all(w.startswith(t) for w, t in zip(whole, words, strict=True)):
            return command
    return None
