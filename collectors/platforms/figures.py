"""Numbers that stand in configurations and answers, which whoever wrote the text may have made of anything."""

from __future__ import annotations

_LONGEST = 12  # digits; more are meant as nothing that is counted here


def number(word: str | None) -> int | None:
    """The number that a word is; None for any other word, for none, and for one longer than any that is meant."""
    return int(word) if word and word.isdecimal() and len(word) <= _LONGEST else None
