"""A device whose command line answers what a test writes: cleaned, masked and judged as any answer is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collectors.base import Answer
from collectors.by_cli import facts_by_cli
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platforms
from collectors.sessions.answers import Answers
from inventory.errors import Gap, Missing, ReadFailed
from inventory.facts import Fact

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Told = Mapping[type[Fact], Fact | Missing]


class Shown:
    """A CliSession over what is written; every other command is one the device does not know."""

    def __init__(self, platform: Platform, answers: Mapping[str, str]) -> None:
        self._platform = platform
        self._said = answers
        self._answers = Answers()

    @property
    def platform(self) -> Platform:
        return self._platform

    def ask(self, command: str) -> Answer:
        if command not in self._said:
            raise ReadFailed(f"{command}: not known", Gap.LACKING)
        return self._answers.on_terminal(command, self._said[command].encode(), self._platform)

    def close(self) -> None:
        """Nothing is open."""


def told(name: str, config: str = "", answers: Mapping[str, str] | None = None) -> Told:
    """Every fact that a platform reads, from a configuration and other answers by command."""
    chosen = platforms()[name]
    assert chosen.dialect is not None
    said = dict(answers or {})
    if config:
        said[chosen.dialect.commands[0]] = config
    kinds = dict.fromkeys(read.fact for read in chosen.all_reads)
    return facts_by_cli(Shown(chosen, said), chosen, list(kinds), NOW)


def by_configuration(name: str, facts: Told) -> Told:
    """The facts that the configuration alone tells."""
    chosen = platforms()[name]
    asked = {read.fact for read in chosen.reads}
    return {read.fact: facts[read.fact] for read in chosen.config_reads if read.fact not in asked}


def recorded(corpus: Path, system: str) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Commands of a system with what real devices answered and the rows that those who recorded them expect."""
    index = json.loads((corpus / "cli" / "index.json").read_text(encoding="utf-8"))
    return [
        (entry["command"], (corpus / "cli" / entry["path"]).read_text(encoding="utf-8"), entry["expected"])
        for entry in index
        if entry["platform"] == system
    ]
