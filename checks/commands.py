"""The commands that mend what checks find, those that show where its cause lies, and what a person has to fill in.

``remedies`` holds a file of commands for each platform and the one that explains blanks; ``diagnosis`` holds those that
only show: what a device measures, or what another one decides, no command of its own mends.

A comment that is a sentence stands in both languages on its line, with the platform's own mark: ``# 中文 ‖ English``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from inventory.text import Language, Text
from inventory.yaml_text import values_of

FOLDER = Path(__file__).parent / "remedies"
DIAGNOSIS = Path(__file__).parent / "diagnosis"
_BLANKS = "blanks"  # the file of what stands in angle brackets
_BLANK = re.compile(r"<([a-z][a-z0-9 -]*)>")
_COMMENT = re.compile(r"^(?P<mark> *[#!] )(?P<zh>[^‖\n]*) ‖ (?P<en>.*)$", re.MULTILINE)


def commands_of(check_id: str) -> Mapping[str, str]:
    """The commands that mend it, by ``platform`` or ``platform/variant``; empty where no platform has any."""
    return _by_check(FOLDER).get(check_id, {})


def diagnosis_of(check_id: str) -> Mapping[str, str]:
    """The commands that show where the cause lies, in the same way."""
    return _by_check(DIAGNOSIS).get(check_id, {})


@cache
def _by_check(folder: Path) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.stem == _BLANKS:
            continue
        for check_id, told in _loaded(path).items():
            variants = told if isinstance(told, dict) else {"": told}
            for variant, commands in variants.items():
                name = f"{path.stem}/{variant}" if variant else path.stem
                found.setdefault(check_id, {})[name] = commands.rstrip("\n")
    return found


def _loaded(path: Path) -> dict[str, Any]:
    return values_of(path.read_bytes()) or {}


@cache
def blanks() -> Mapping[str, Text]:
    """What each name in angle brackets stands for."""
    return {name: Text(told["zh"], told["en"]) for name, told in _loaded(FOLDER / f"{_BLANKS}.yaml").items()}


def blanks_in(commands: str) -> Iterator[str]:
    """The names in angle brackets, in their order, each once."""
    return iter(dict.fromkeys(_BLANK.findall(commands)))


def in_language(commands: str, language: Language) -> str:
    """The commands with each comment in one language."""
    return _COMMENT.sub(lambda comment: comment["mark"] + comment[language], commands)
