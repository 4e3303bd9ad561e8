"""Progress on a terminal, nothing where the output goes elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from inventory.text import Text
from playbooks.language import language


class Bars:
    """One bar a stage, the finished ones left standing."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None

    def begin(self, stage: Text, total: int | None) -> None:
        """A new bar; the one before is full."""
        self._task = self._progress.add_task(stage.say(language()), total=total)

    def step(self, count: int = 1) -> None:
        """So many steps further."""
        if self._task is not None:
            self._progress.advance(self._task, count)


@contextmanager
def bars(console: Console) -> Iterator[Bars]:
    """Bars on the console while the context lasts; invisible where it is no terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.file.isatty(), transient=True) as progress:
        yield Bars(progress)


@contextmanager
def working(console: Console, stage: Text) -> Iterator[None]:
    """One bar of no known length while the context lasts."""
    with bars(console) as progress:
        progress.begin(stage, None)
        yield
