"""The reader's language: ``--lang``, then HECHA_LANG, then the locale; Chinese where nothing tells."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache

from inventory.text import Language, Text


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """``zh`` or ``en`` for a command line and an environment; of several ``--lang`` the last one counts."""
    named = ""
    for at, word in enumerate(arguments):
        if word == "--":
            break
        if word.startswith("--lang="):
            named = word.partition("=")[2]
        elif word == "--lang" and at + 1 < len(arguments):
            named = arguments[at + 1]
    if named:
        return _named(named)
    for variable in ("HECHA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(variable):
            return _named(value)
    return "zh"


def _named(word: str) -> Language:
    # C and POSIX name no language; the product speaks Chinese first.
    plain = word.lower().partition(".")[0]
    return "zh" if plain.startswith("zh") or plain in ("c", "posix", "") else "en"


@cache
def language() -> Language:
    """The language of this process."""
    return language_of(sys.argv[1:], os.environ)


def tell(zh: str, en: str, **values: object) -> str:
    """One sentence in the reader's language, for help texts and messages of the command line."""
    return Text(zh, en).say(language(), **values)
