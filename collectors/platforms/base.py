"""What a platform file declares: how its command line behaves, what is read, and how answers become facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from collectors.base import Answer
from inventory.config import ConfigLine
from inventory.errors import Missing
from inventory.facts import Fact

Built = Fact | Missing
Got = Answer | Missing
Order = Mapping[str, tuple[type[Fact], ...]]


@dataclass(frozen=True, slots=True)
class Shell:
    """How the command line behaves.

    ``device_type``  Netmiko's driver
    ``prompt``       pattern of the whole prompt line
    ``paging_off``   what is sent once after the login so that answers come unpaged; empty: nothing is needed
    ``refusals``     patterns of lines by which the device says that it does not allow or does not understand a command
    ``absences``     patterns of lines by which it says that it has no such command or file
    ``by_exec``      each command goes over a channel of its own (RFC 4254, 6.5), as hosts allow: the exit status and
                     what was meant for the error output come apart from the answer
    ``as_root``      commands sent again behind ``sudo -n`` when they fail for an account without rights
    """

    device_type: str
    prompt: str
    paging_off: str = ""
    refusals: tuple[str, ...] = ()
    absences: tuple[str, ...] = ()
    by_exec: bool = False
    as_root: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Read:
    """One fact from the answers to some commands.

    ``build`` gets one Answer per command in order. In place of an answer that ``optional`` names and the device did
    not give, it gets the Missing: LACKING where the device has no such command or file, else another gap.
    It may raise ReadFailed. Several reads of one fact are alternatives in order: the first that gives it wins.
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
    """One fact from the configuration.

    ``build`` gets the configuration, the release, and one Answer for each of ``commands``; where the device did not
    give one, the Missing in its place. Reads of the same fact come before it.
    """

    fact: type[Fact]
    build: Callable[..., Built]
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Views:
    """How statements nest in a text without indentation, as people type them. Patterns of stripped lines.

    ``opens``   what opens a block of the top level, whatever block it stands behind
    ``inner``   what opens one within that
    ``top``     what stands in no block
    ``leaves``  what leaves the block
    """

    opens: str
    inner: str
    top: str
    leaves: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a configuration is written.

    ``commands``   the commands that show it, the first that the device accepts is taken
    ``comments``   marks that make a line no statement
    ``end``        pattern of the last line of a complete configuration; empty: no line says that it is the last
    ``is_open``    whether complete ones may lack that line as well
    ``orders``     in which the system's generations write a configuration: patterns of top-level lines that always
                   stand in this order, each with the facts of which nothing is written behind the last such line. The
                   first is in every configuration. A text without its end may be cut; it settles a fact once it is
                   seen to have passed that line by every order that it keeps
    ``proofs``     patterns of lines of which one must have stood by then for the facts to count as settled: a person
                   who keeps the order so far may still have put them last
    ``secrets``    patterns whose group ``secret`` is masked in every answer before anything else is done with it. What
                   tells the form of storage (``cipher``, ``$6$``) and the words public and private stay outside the
                   group, for facts are read from the masked text
    ``signs``      patterns of lines by which the platform is recognised in a bare configuration or the answer to a
                   version command, each with its weight and counted once: 1 a hint, 3 enough if no other platform
                   has more, 10 certain
    ``name``       pattern of the line that names the device, group 1 the name: where none says that it is the last, a
                   prompt of that name behind it does, for the device has shown all that it had to
    ``joined``     pattern of what people part by a blank from the number behind it, and a device does not
    ``quoted``     pattern of the line that opens a text of several lines (a banner); its group ``mark`` closes the text
    ``bare``       pattern without which a text that no command is written over is no configuration
    ``undoes``     words before a statement that take back what it set before
    ``views``      what makes the tree of a text without indentation; None: such texts are not read
    ``tree``       what makes the tree of it, where indentation does not tell what belongs under what; it raises
                   ReadFailed(UNPARSED) for a text whose blocks are not all closed
    """

    commands: tuple[str, ...]
    comments: tuple[str, ...]
    end: str
    secrets: tuple[str, ...]
    signs: Mapping[str, int] = field(default_factory=dict)
    name: str = ""
    undoes: tuple[str, ...] = ()
    joined: str = ""
    quoted: str = ""
    bare: str = ""
    is_open: bool = False
    orders: tuple[Order, ...] = ()
    proofs: Order = field(default_factory=dict)
    views: Views | None = None
    tree: Callable[[str], tuple[ConfigLine, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Default:
    """What a setting means that a configuration does not state.

    ``setting``   the statement that would state it, as the vendor writes it
    ``value``     what holds without it
    ``source``    the document that says so: the vendor's manual with its release or command, a configuration that a
                  device exported (it writes what differs from its defaults), a benchmark
    ``releases``  pattern of the releases it holds for
    ``span``      those releases in words
    """

    setting: str
    value: Any
    source: str
    releases: str = r".*"
    span: str = "all"

    def holds(self, release: Release) -> Any:
        """The value where it holds for the release; None where it does not, or where the release is not known."""
        return self.value if re.match(self.releases, release.release or "") else None


def holding(default: Default | None, release: Release) -> Any:
    """What holds without a word; None where no default is known for the release."""
    return None if default is None else default.holds(release)


def first_holding(defaults: Iterable[Default], release: Release) -> Any:
    """The value of the first default that holds for the release; None where none does."""
    return next((value for each in defaults if (value := each.holds(release)) is not None), None)


@dataclass(frozen=True, slots=True)
class Platform:
    """One network operating system. A platform file holds exactly one, named ``PLATFORM``.

    ``also`` are names that identification has for systems with the same command line (IOS-XE beside IOS).
    """

    name: str
    shell: Shell
    reads: tuple[Read, ...] = ()
    dialect: Dialect | None = None
    config_reads: tuple[ConfigRead, ...] = ()
    lacks: frozenset[type[Fact]] = frozenset()  # what such a device has no such thing as
    also: frozenset[str] = frozenset()

    @property
    def all_reads(self) -> tuple[Read | ConfigRead, ...]:
        """Reads of answers, then of the configuration, in the order they are tried."""
        return (*self.reads, *self.config_reads)

    @property
    def commands(self) -> frozenset[str]:
        """Every command that may be sent to such a device, and nothing else ever is."""
        read = {command for r in self.all_reads for command in r.commands}
        shown = set(self.dialect.commands) if self.dialect else set()
        paging = {self.shell.paging_off} if self.shell.paging_off else set()
        raised = {f"sudo -n {command}" for command in self.shell.as_root}
        return frozenset(read | shown | paging | raised)
