"""Rows out of a command's answer by TextFSM templates; TextFSM lives here.

Templates lie at ``platforms/templates/<platform>/<name>.textfsm`` and end every state with ``^. -> Error``: a line
that no rule knows makes the answer UNPARSED, never a lost row.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import textfsm

from collectors.base import Answer
from inventory.errors import ReadFailed

FOLDER = Path(__file__).parent / "platforms" / "templates"
_LONGEST_QUOTE = 80

# A compiled template keeps the state of its parsing: each thread has its own.
_compiled = threading.local()


def rows(platform: str, name: str, answer: Answer) -> list[dict[str, Any]]:
    """The records of an answer, value by the template's names (lower case); a List value is a list.

    Raises ReadFailed(UNPARSED) at a line the template does not know.
    """
    machine = _template(platform, name)
    machine.Reset()
    try:
        found = machine.ParseTextToDicts(answer.text)
    except textfsm.TextFSMError as error:
        line = str(error).partition("Input Line: ")[2].strip()[:_LONGEST_QUOTE]
        raise ReadFailed(f"{answer.command}: unknown line: {line}") from None
    return [{key.lower(): value for key, value in row.items()} for row in found]


def _template(platform: str, name: str) -> Any:
    cache: dict[tuple[str, str], Any] = _compiled.__dict__.setdefault("machines", {})
    if (platform, name) not in cache:
        with (FOLDER / platform / f"{name}.textfsm").open(encoding="utf-8") as file:
            cache[platform, name] = textfsm.TextFSM(file)
    return cache[platform, name]
