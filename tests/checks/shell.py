"""A host whose shell commands are run, as a session that facts are read from."""

from __future__ import annotations

import subprocess
from abc import ABC, abstractmethod

from collectors.base import Answer
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platform
from collectors.sessions.answers import Answers
from inventory.errors import ReadFailed

_IN_FILES = "cd $(mktemp -d)\n"
_FRAMED = "({command}\n) >out 2>err </dev/null; echo $? $(stat -c %s out err); cat out err\n"


class Shell(ABC):
    """A CliSession to a host, by whose shell commands are run as well."""

    def __init__(self, name: str = "linux") -> None:
        self.platform: Platform = platform(name)
        self._answers = Answers()
        self._seen: dict[str, Answer | ReadFailed] = {}

    def run(self, commands: str, typed: str = "") -> subprocess.CompletedProcess[bytes]:
        """Runs commands as an administrator types them, one shell for all."""
        self._seen = {}
        return self._run(commands, typed)

    @abstractmethod
    def _run(self, commands: str, typed: str) -> subprocess.CompletedProcess[bytes]: ...

    def look(self) -> None:
        """Asks all that the platform may ask at once, for ``ask`` to tell until something is run."""
        if self._seen:
            return
        dialect = self.platform.dialect
        reads = (command for read in self.platform.all_reads for command in read.commands)
        commands = list(dict.fromkeys((*(dialect.commands if dialect else ()), *reads)))
        told = self.run(_IN_FILES + "".join(_FRAMED.format(command=command) for command in commands)).stdout
        for command in commands:
            head, _, told = told.partition(b"\n")
            status, out, err = (int(word) for word in head.split())
            self._seen[command] = self._answer(command, told[:out], told[out : out + err], status)
            told = told[out + err :]

    def ask(self, command: str) -> Answer:
        """What a program of the host says."""
        if (seen := self._seen.get(command)) is None:
            done = self.run(command)
            seen = self._answer(command, done.stdout, done.stderr, done.returncode)
        if isinstance(seen, ReadFailed):
            raise seen
        return seen

    def _answer(self, command: str, out: bytes, err: bytes, status: int) -> Answer | ReadFailed:
        try:
            return self._answers.of_process(command, out, err, status, self.platform)
        except ReadFailed as failed:
            return failed

    def close(self) -> None:  # noqa: B027 - it ends with its block
        """It ends with the block it was opened for."""
