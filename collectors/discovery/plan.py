"""What a discovery would send, before it sends anything."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from collectors.discovery.known import Told
from collectors.discovery.scopes import Reach
from inventory.addresses import IPAddress

SWEPT = "swept"
_LOOKUP = 2  # packets of the question for one name: one lost, one again


@dataclass(frozen=True, slots=True)
class Plan:
    """The addresses that would be asked, and what that costs at most. Lookups of names come before, crawling after."""

    why: Mapping[IPAddress, tuple[str, ...]]  # each address, and what it is asked for
    ways: tuple[str, ...]
    tries: int
    names: int
    per_second: float
    spared: int  # addresses of the scopes that are excluded
    lasts: int = 0  # packets to each address after all tries

    @property
    def packets(self) -> int:
        """How many packets at most, what is asked of those that answer not counted."""
        return len(self.why) * (len(self.ways) * self.tries + self.lasts) + self.names * _LOOKUP

    @property
    def seconds(self) -> int:
        """How long that takes at the rate."""
        return math.ceil(self.packets / self.per_second)

    @property
    def origins(self) -> Counter[str]:
        """How many addresses each origin tells of; one that several tell of counts for each."""
        return Counter(word for words in self.why.values() for word in words)


def planned(reach: Reach, told: Iterable[Told]) -> dict[IPAddress, tuple[str, ...]]:
    """Every address that is to be asked with what it is asked for, the swept ones first; none outside the reach."""
    return reached(reach, told, dict.fromkeys(reach.addresses(), (SWEPT,)))


def reached(
    reach: Reach, told: Iterable[Told], why: dict[IPAddress, tuple[str, ...]] | None = None
) -> dict[IPAddress, tuple[str, ...]]:
    """The addresses ``why`` has and those told of that lie within the reach, with what tells of each."""
    found = {} if why is None else why
    outside: set[IPAddress] = set()
    for ip, word in told:
        if ip in outside or word in found.get(ip, ()):
            continue
        if ip not in found and ip not in reach:
            outside.add(ip)
            continue
        found[ip] = (*found.get(ip, ()), word)
    return found


def names_of(words: Sequence[str | None]) -> tuple[str, ...]:
    """The names among words that a name server may know: with a dot, and no address."""
    plain = (word.strip().rstrip(".").lower() for word in words if word)
    return tuple(dict.fromkeys(word for word in plain if "." in word and not word.rpartition(".")[2].isdigit()))
