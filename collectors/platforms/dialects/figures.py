"""Numbers that stand in configurations and answers, which whoever wrote the text may have made of anything."""

from __future__ import annotations

from inventory.config import ConfigLine

_LONGEST = 12  # digits; more are meant as nothing that is counted here


def number(word: str | None) -> int | None:
    """The number that a word is; None for any other word, for none, and for one longer than any that is meant."""
    return int(word) if word and word.isdecimal() and len(word) <= _LONGEST else None


def idle_s(line: ConfigLine) -> int:
    """The seconds that ``exec-timeout 10 30`` or ``idle-timeout 10 30`` say in minutes and seconds; 0: no end."""
    told = [figure for word in line.text.split() if (figure := number(word)) is not None]
    minutes, seconds = (*told, 0, 0)[:2]
    return 60 * minutes + seconds


def fixed_speed_mbps(block: ConfigLine) -> float | None:
    """The speed that an interface is fixed to; None where it negotiates or nothing is written."""
    plain, giga = block.word(r"speed (\d{2,6})$"), block.word(r"speed (\d{1,3})[Gg]$")
    return float(plain) if plain else float(giga) * 1000 if giga else None
