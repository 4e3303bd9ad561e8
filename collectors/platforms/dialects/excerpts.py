"""Configurations of which somebody shows a part: the answer to ``show system interface``, one stanza in a ticket.

What is not in the part is not absent from the device. A fact is told where the part holds something of it, and all of
them where it is a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from collectors.platforms.base import Built, ConfigRead, Got, Release
from inventory.config import Config
from inventory.errors import Gap, Missing
from inventory.facts import Fact
from inventory.snapshot import SoFar


@dataclass(frozen=True, slots=True)
class Shown:
    """A build that tells only what the shown part does: ``part`` is the pattern of a line of which one must stand."""

    build: Callable[..., Built]
    is_whole: Callable[[Config], bool]
    part: str | None

    def __call__(self, config: Config, release: Release, *answers: Got) -> Built:
        built = self.build(config, release, *answers)
        if self.is_whole(config) or (self.part is not None and config.line(self.part) is not None):
            return built
        why = f"{config.source}: the part of the configuration that is shown does not tell"
        return SoFar(Gap.UNPARSED, why, None if isinstance(built, Missing) else built)


def shown_reads(
    reads: tuple[ConfigRead, ...], is_whole: Callable[[Config], bool], parts: Mapping[type[Fact], str]
) -> tuple[ConfigRead, ...]:
    """The reads, each of which needs a statement by the pattern of its fact where the text is no whole.

    A fact without a pattern is told of wholes alone.
    """
    return tuple(replace(read, build=Shown(read.build, is_whole, parts.get(read.fact))) for read in reads)


def vouched_reads(reads: tuple[ConfigRead, ...]) -> tuple[ConfigRead, ...]:
    """The reads as they are where somebody vouches that the text is all there."""
    return tuple(replace(r, build=r.build.build) if isinstance(r.build, Shown) else r for r in reads)
