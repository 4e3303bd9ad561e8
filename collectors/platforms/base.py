"""What a platform file declares: how its command line behaves, what is read, and how answers become facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from collectors.base import Answer
from inventory.config import Config
from inventory.errors import Missing
from inventory.facts import Fact

Built = Fact | Missing


@dataclass(frozen=True, slots=True)
class Shell:
    """How the command line behaves.

    ``device_type``  Netmiko's driver
    ``prompt``       pattern of the whole prompt line
    ``paging_off``   what is sent once after the login so that answers come unpaged; empty: nothing is needed
    ``refusals``     patterns of lines by which the device says that it does not know or does not allow a command
    """

    device_type: str
    prompt: str
    paging_off: str = ""
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """One fact from the answers to some commands.

    ``build`` gets one Answer per command in order; None in place of an answer that ``optional`` names and the device
    refused or failed to give. It may raise ReadFailed.
    """

    fact: type[Fact]
    commands: tuple[str, ...]
    build: Callable[..., Built]
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Release:
    """What is known of the device while its configuration is read: some defaults depend on it."""

    model: str | None = None
    release: str | None = None


@dataclass(frozen=True, slots=True)
class ConfigRead:
    """One fact from the configuration."""

    fact: type[Fact]
    build: Callable[[Config, Release], Built]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a configuration is written.

    ``commands``   the commands that show it, the first that the device accepts is taken
    ``comments``   marks that make a line no statement
    ``end``        pattern of the last line of a complete configuration; empty: the text does not tell
    ``secrets``    patterns whose group ``secret`` is masked before anything else is done with the text
    ``signs``      patterns of lines by which the dialect is recognised in a bare file, with their weight
    """

    commands: tuple[str, ...]
    comments: tuple[str, ...]
    end: str
    secrets: tuple[str, ...]
    signs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Default:
    """What a setting means that a configuration does not state."""

    value: Any
    releases: str  # pattern of the releases it holds for
    source: str  # the vendor's manual that says so


@dataclass(frozen=True, slots=True)
class Platform:
    """One network operating system. A platform file holds exactly one, named ``PLATFORM``."""

    name: str
    shell: Shell
    reads: tuple[Read, ...] = ()
    dialect: Dialect | None = None
    config_reads: tuple[ConfigRead, ...] = ()
    lacks: frozenset[type[Fact]] = frozenset()  # what such a device has no such thing as

    @property
    def commands(self) -> frozenset[str]:
        """Every command that may be sent to such a device, and nothing else ever is."""
        read = {command for r in self.reads for command in r.commands}
        shown = set(self.dialect.commands) if self.dialect else set()
        paging = {self.shell.paging_off} if self.shell.paging_off else set()
        return frozenset(read | shown | paging)


AnswerOrNone = Answer | None
