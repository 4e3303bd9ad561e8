"""Where a command runs and whom it speaks to: project folder, language, the two consoles."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from inventory.errors import InputError
from inventory.text import Language, Text
from playbooks.language import language, tell

if TYPE_CHECKING:
    from inventory.credentials import Logins, Secret
    from inventory.store import Store
    from playbooks.project import Project

PASSPHRASE = "HECHA_PASSPHRASE"  # noqa: S105 - the name of a variable
_GLOBAL = {"--lang": True, "--project": True, "--verbose": False, "-v": False}


class _Table(Console):
    """The console of results: a reader who left is told to the caller, not turned into exit code 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class _Telling(Console):
    """The console of messages: where nobody listens any more, the work goes on and its exit code stands."""

    def on_broken_pipe(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


@dataclass(frozen=True)
class Here:
    """The place of this process. Results go to ``out``, everything said about them to ``err``."""

    root: Path
    verbose: bool = False

    @property
    def language(self) -> Language:
        """The reader's."""
        return language()

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads the results as they come."""
        return sys.stdout.isatty()

    @cached_property
    def out(self) -> Console:
        """Standard output, for tables; lines go through ``print``."""
        return _Table(highlight=False, emoji=False, markup=False, soft_wrap=True)

    @cached_property
    def err(self) -> Console:
        """Standard error."""
        return _Telling(stderr=True, highlight=False, emoji=False, markup=False, soft_wrap=True)

    def say(self, zh: str, en: str, **values: object) -> None:
        """One message to whoever runs the command."""
        self.err.print(harmless(tell(zh, en, **values)))

    def print(self, text: object) -> None:
        """One line of the result, what devices and files hold in it made harmless to a terminal."""
        sys.stdout.write(f"{harmless(str(text))}\n")

    def json(self, value: object) -> None:
        """One line of the result as JSON."""
        sys.stdout.write(f"{json_line(value)}\n")

    @property
    def log(self) -> Path:
        """The file of the log; made when there is something to write."""
        from playbooks.project import state_folder

        return state_folder(self.root) / "hecha.log"

    @cached_property
    def project(self) -> Project:
        """The project in the folder; one without settings where nothing was made by ``init``."""
        from playbooks.project import project_at

        return project_at(self.root)

    @contextmanager
    def store(self, *, create: bool = True) -> Iterator[Store]:
        """The project's store. ``create`` false: InputError where there is none yet."""
        from inventory.store import Store

        database = self.project.database
        if not create and "://" not in database and not Path(database).exists():
            raise InputError(
                database,
                Text("还没有数据库；请先运行 hecha run", "there is no database yet: run hecha run first"),
            )
        with Store.open(database) as store:
            yield store

    def unlock(self) -> None:
        """The passphrase asked for now, where it will be needed, such that commands started from here have it."""
        if self.project.vault.exists():
            os.environ[PASSPHRASE] = passphrase(self.project.vault).reveal()
            self.logins()

    def logins(self) -> Logins:
        """Logins from the environment, and from the encrypted file where there is one; none of it reaches the log."""
        from inventory.credentials import Logins, Vault
        from playbooks.logs import mask

        path = self.project.vault
        if not path.exists():
            return Logins()
        vault = Vault(path, passphrase(path))
        mask(word for name in vault.names() for word in secrets_of(vault.parts(name)))
        return Logins(vault=vault)


def secrets_of(parts: dict[str, str]) -> list[str]:
    """The parts of a login that must not be seen."""
    return [word for part, word in parts.items() if part not in ("USERNAME", "SNMPV3_USER", "SSH_KEY")]


def harmless(text: str) -> str:
    """The text without what would steer a terminal: escapes, bidirectional overrides, carriage returns."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def json_line(value: object) -> str:
    """One line of JSON, characters that steer terminals escaped."""
    text = json.dumps(value, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def passphrase(path: Path) -> Secret:
    """The passphrase of the file of logins: from HECHA_PASSPHRASE, else asked for at the terminal, twice for a new one.

    InputError where there is no terminal, or the two differ.
    """
    from inventory.credentials import Secret
    from playbooks.logs import mask

    word = os.environ.get(PASSPHRASE)
    if not word:
        if not sys.stdin.isatty():
            raise InputError(
                str(path), Text(f"需要口令：请设置 {PASSPHRASE}", f"needs its passphrase: set {PASSPHRASE}")
            )
        word = _asked(tell("登录文件的口令：", "Passphrase of the file of logins: "))
        if not path.exists() and word != _asked(tell("再输一次：", "Once more: ")):
            raise InputError(str(path), Text("两次输入的口令不同", "the two passphrases differ"))
    if not word:
        raise InputError(str(path), Text("口令不能为空", "the passphrase must not be empty"))
    mask([word])
    return Secret(encodable(str(path), word))


def encodable(where: str, word: str) -> str:
    """The word; InputError where bytes came in that are no text in this terminal's encoding."""
    if any("\ud800" <= c <= "\udfff" for c in word):
        raise InputError(where, Text("不是这个终端编码里的文字", "not text in the encoding of this terminal"))
    return word


def _asked(words: str) -> str:
    import getpass

    return getpass.getpass(words)


def taken_apart(arguments: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The options that every command has, wherever they stand, and the rest of the command line."""
    found: dict[str, str] = {}
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif _GLOBAL.get(name):
            found[name] = value if equals else next(words, "")
        elif word in _GLOBAL:
            found[name] = ""
        else:
            rest.append(word)
    return found, rest


def command_line() -> list[str]:
    """The words after ``hecha``: this process's, or those typed so far where the shell asks how they may go on."""
    typed = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS")
    if "_HECHA_COMPLETE" not in os.environ or not typed:
        return sys.argv[1:]
    try:
        return shlex.split(typed)[1:]
    except ValueError:  # a quote that is still open
        return typed.split()[1:]


@cache
def here() -> Here:
    """The place of this process, from its own command line."""
    options, _ = taken_apart(command_line())
    return Here(Path(options.get("--project") or "."), "--verbose" in options or "-v" in options)
