"""How far a run is, for whoever watches."""

from __future__ import annotations

from typing import Protocol

from inventory.text import Text


class Progress(Protocol):
    """Told by a run as it goes; the command line draws it."""

    def begin(self, stage: Text, total: int | None) -> None:
        """A new stage of so many steps; None: nobody knows how many."""

    def step(self, count: int = 1) -> None:
        """So many steps of the stage are done."""


class Quiet:
    """Nobody watches."""

    def begin(self, stage: Text, total: int | None) -> None:
        """Nothing."""

    def step(self, count: int = 1) -> None:
        """Nothing."""
