"""Configurations of which somebody shows a part: the answer to ``show system interface``, one stanza in a ticket.

What is not in the part is not absent from the device. A fact is told where the part holds something of it, and all of
them where it is a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from collectors.platforms.base import Built, ConfigRead, Got, Release
from inventory.config import Config
from inventory.errors import Gap, Missing
from inventory.facts import Fact


def shown_reads(
    reads: tuple[ConfigRead, ...], is_whole: Callable[[Config], bool], parts: Mapping[type[Fact], str]
) -> tuple[ConfigRead, ...]:
    """The reads, each of which needs a statement by the pattern of its fact where the text is no whole.

    A fact without a pattern is told of wholes alone.
    """
    return tuple(replace(read, build=_shown(read, is_whole, parts.get(read.fact))) for read in reads)


def _shown(read: ConfigRead, is_whole: Callable[[Config], bool], part: str | None) -> Callable[..., Built]:
    def built(config: Config, release: Release, *answers: Got) -> Built:
        if is_whole(config) or (part is not None and config.line(part) is not None):
            return read.build(config, release, *answers)
        return Missing(Gap.UNPARSED, f"{config.source}: the part of the configuration that is shown does not tell")

    return built
