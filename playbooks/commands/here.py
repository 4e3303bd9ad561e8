"""Where a command runs and whom it speaks to: project folder, language, the two consoles."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from inventory.credentials import Logins, Secret, Vault
from inventory.errors import InputError
from inventory.text import Language, Text
from playbooks.language import language, tell

if TYPE_CHECKING:
    from inventory.store import Store
    from playbooks.project import Project

PASSPHRASE = "HECHA_PASSPHRASE"  # noqa: S105 - the name of a variable


@dataclass(frozen=True)
class Here:
    """The place of this process. Results go to ``out``, everything said about them to ``err``."""

    root: Path
    verbose: bool = False

    @property
    def language(self) -> Language:
        """The reader's."""
        return language()

    @cached_property
    def out(self) -> Console:
        """Standard output."""
        return Console(highlight=False, emoji=False, markup=False, soft_wrap=True)

    @cached_property
    def err(self) -> Console:
        """Standard error."""
        return Console(stderr=True, highlight=False, emoji=False, markup=False, soft_wrap=True)

    def say(self, zh: str, en: str, **values: object) -> None:
        """One message to whoever runs the command."""
        self.err.print(tell(zh, en, **values))

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

    def logins(self) -> Logins:
        """Logins from the environment, and from the encrypted file where there is one."""
        path = self.project.vault
        return Logins(vault=Vault(path, passphrase(path)) if path.exists() else None)


def passphrase(path: Path) -> Secret:
    """The passphrase of the file of logins: from HECHA_PASSPHRASE, else asked for at the terminal."""
    if word := os.environ.get(PASSPHRASE):
        return Secret(word)
    if not _at_terminal():
        raise InputError(str(path), Text(f"需要口令：请设置 {PASSPHRASE}", f"needs its passphrase: set {PASSPHRASE}"))
    import getpass

    return Secret(getpass.getpass(tell("登录文件的口令：", "Passphrase of the file of logins: ")))


def _at_terminal() -> bool:
    import sys

    return sys.stdin.isatty()


_GLOBAL = {"--lang": True, "--project": True, "--verbose": False, "-v": False}


def taken_apart(arguments: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The options that every command has, wherever they stand, and the rest of the command line."""
    found: dict[str, str] = {}
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif name in _GLOBAL and (equals or not _GLOBAL[name]):
            found[name] = value
        elif name in _GLOBAL:
            found[name] = next(words, "")
        else:
            rest.append(word)
    return found, rest


@cache
def here() -> Here:
    """The place of this process, from its own command line."""
    import sys

    options, _ = taken_apart(sys.argv[1:])
    return Here(Path(options.get("--project") or "."), "--verbose" in options or "-v" in options)
