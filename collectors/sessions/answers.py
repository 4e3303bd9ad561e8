"""From what came over a line or stands in a file to an Answer, or to why there is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from collectors.base import Answer
from collectors.config_text import cleaned, decoded, masked
from collectors.platforms.base import Platform, Shell
from inventory.errors import Gap, ReadFailed

LARGEST = 50_000_000  # octets of one answer; a longer one is cut and the read fails
Keep = Callable[[str], str]  # stores masked text, returns its SHA-256

_SHORT = 8  # lines that are not blank; a refusal has no more, and a longer answer only quotes one
_QUOTED = 200  # characters of a refusal that a message repeats
_LONGEST = 4096  # characters of a line that may be a refusal; what is longer quotes one


class Answers:
    """Cleans, masks, judges and keeps what one device says.

    ``words`` are the secrets of the login, masked wherever the device repeats them.
    """

    def __init__(self, keep: Keep | None = None, words: Iterable[str] = ()) -> None:
        self._keep = keep
        self._words = tuple(words)

    def on_terminal(self, command: str, octets: bytes, platform: Platform) -> Answer:
        """The answer as a terminal showed it, echo and prompt already gone; ReadFailed for a refusal."""
        text = self.clean(octets, platform)
        if platform.shell.by_exec:
            return self._sorted(command, text, platform)
        if sum(bool(line.strip()) for line in text.split("\n")) <= _SHORT:
            _refuse(command, text.split("\n"), platform.shell)
        return self._kept(command, text)

    def of_process(self, command: str, out: bytes, err: bytes, status: int, platform: Platform) -> Answer:
        """The answer of a host's program from its output, error output and exit status; ReadFailed where it failed.

        A program that complains of a file it could not read has not told everything. One that misses a file among
        several, or only says no by its status, has.
        """
        text, errors = self.clean(out, platform), self.clean(err, platform)
        complaints = [line for line in errors.split("\n") if line.strip()]
        if not text.strip() or any(_is_any(platform.shell.refusals, line) for line in complaints):
            _refuse(command, complaints, platform.shell)
            if status and not text.strip():
                said = complaints[0].strip()[:_QUOTED] if complaints else f"exit status {status}"
                raise ReadFailed(f"{command}: {said}", Gap.LACKING if status == 127 else Gap.REFUSED)
        return self._kept(command, text)

    def clean(self, octets: bytes, platform: Platform | None) -> str:
        """What may be kept of it."""
        secrets = platform.dialect.secrets if platform and platform.dialect else ()
        return masked(cleaned(decoded(octets)), secrets, self._words)

    def _sorted(self, command: str, text: str, platform: Platform) -> Answer:
        # On a terminal complaints stand between the lines of the answer.
        shell = platform.shell
        lines = text.split("\n")
        complaints = [line for line in lines if _is_any(shell.refusals, line) or _is_any(shell.absences, line)]
        told = frozenset(complaints)
        rest = "\n".join(line for line in lines if line not in told)
        if complaints and (not rest.strip() or any(_is_any(shell.refusals, line) for line in complaints)):
            _refuse(command, complaints, shell)
        return self._kept(command, rest)

    def _kept(self, command: str, text: str) -> Answer:
        body = text.strip("\n")
        if body and text.endswith("\n"):  # without it the last line may be cut
            body += "\n"
        return Answer(command, body, self._keep(body) if self._keep else "")


def only_refused(text: str, shells: Iterable[Shell]) -> str | None:
    """The line by which a device of one of these kinds refused to show what was asked; None: there is more in it."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) > _SHORT:
        return None
    known = tuple(shells)
    for patterns in ([shell.refusals for shell in known], [shell.absences for shell in known]):
        for line in lines:
            if any(_is_any(each, line) for each in patterns):
                return line[:_QUOTED]
    return None


def _refuse(command: str, lines: Iterable[str], shell: Shell) -> None:
    """ReadFailed where one of the lines is a refusal, or says that there is no such thing."""
    for patterns, gap in ((shell.refusals, Gap.REFUSED), (shell.absences, Gap.LACKING)):
        for line in lines:
            if _is_any(patterns, line):
                raise ReadFailed(f"{command}: {line.strip()[:_QUOTED]}", gap)


def _is_any(patterns: tuple[str, ...], line: str) -> bool:
    return bool(patterns) and len(line) <= _LONGEST and _any_of(patterns).match(line.strip()) is not None


@lru_cache(maxsize=64)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
