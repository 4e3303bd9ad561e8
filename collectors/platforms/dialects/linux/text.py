"""What the readers of Linux files and programs share: words, numbers, settings and JSON, all of it unproven."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from collectors.base import Answer
from collectors.platforms.base import Got
from inventory.errors import Gap, Missing, ReadFailed

_MOST_DIGITS = 15
Json = dict[str, Any]


def number(text: str | None) -> int | None:
    """A decimal number, a sign allowed; None for anything else."""
    word = (text or "").strip()
    digits = word.removeprefix("-")
    return int(word) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


def statements(text: str) -> Iterator[str]:
    """Lines that say something: stripped, comments (``#`` or ``;`` at the start) and blank ones left out."""
    for line in text.splitlines():
        stripped = line.strip()
        if stripped and stripped[0] not in "#;":
            yield stripped


def settings(text: str) -> dict[str, str]:
    """Values by key of ``key = value`` or ``key value`` lines, the last one of each key; quotes taken off."""
    found: dict[str, str] = {}
    for line in statements(text):
        parts = re.split(r"\s*=\s*|\s+", line, maxsplit=1)
        found[parts[0]] = parts[1].strip().strip("\"'") if len(parts) > 1 else ""
    return found


def body(got: Got) -> str:
    """The text of an answer; empty where the host has no such file or program.

    Raises ReadFailed for every other reason that there is none: what could not be read is not empty.
    """
    if isinstance(got, Answer):
        return got.text
    if got.gap is Gap.LACKING:
        return ""
    raise ReadFailed(got.why, got.gap)


def told(got: Got) -> str | None:
    """The text of an answer; None where there is none, whatever the reason."""
    return got.text if isinstance(got, Answer) else None


def first_answer(*got: Got) -> Answer | None:
    """The first answer there is."""
    return next((answer for answer in got if isinstance(answer, Answer)), None)


def why_none(*got: Got) -> Missing:
    """Why no answer is there: the first reason, one other than the lack of a command or file before that."""
    failures = [g for g in got if isinstance(g, Missing)]
    weighty = [g for g in failures if g.gap is not Gap.LACKING]
    # That none of them is there does not mean that the host has no such thing.
    return weighty[0] if weighty else Missing(Gap.REFUSED, failures[0].why if failures else "an empty answer")


def objects(value: object) -> list[Json]:
    """The objects of a JSON list; a lone object is a list of one, anything else none."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def parsed(answer: Answer) -> Any:
    """The JSON of an answer, an empty one as None; ReadFailed(UNPARSED) when it is none."""
    if not answer.text.strip():
        return None
    try:
        return json.loads(answer.text)
    except (ValueError, RecursionError):
        raise ReadFailed(f"{answer.command}: the answer is no JSON") from None


def word(item: Json, key: str) -> str | None:
    """A text value that is not empty; None for anything else."""
    value = item.get(key)
    return value if isinstance(value, str) and value else None


def count(item: Json, key: str) -> int | None:
    """An integer value; None for anything else."""
    value = item.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def inner(item: Json, key: str) -> Json:
    """An object within; an empty one for anything else."""
    value = item.get(key)
    return value if isinstance(value, dict) else {}


def words(item: Json, key: str) -> list[str]:
    """The texts of a list, or a lone text; none for anything else."""
    value = item.get(key)
    listed = value if isinstance(value, list) else [value]
    return [text for text in listed if isinstance(text, str) and text]
