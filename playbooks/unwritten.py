"""Runs whose reports were not written to the end: a mark that stays where their process was killed."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inventory.errors import unwritable
from playbooks.lock import is_running
from playbooks.project import Project, state_folder


@contextmanager
def writing(project: Project, run: int, playbook: str) -> Iterator[None]:
    """Marks a run while its reports are written; the mark goes when they are. InputError where it cannot be made."""
    path = _mark(project, run)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(playbook, encoding="utf-8")
    except OSError as error:
        raise unwritable(path, error) from None
    yield
    written(project, run)


def written(project: Project, run: int) -> None:
    """The run has its reports."""
    with contextlib.suppress(OSError):
        _mark(project, run).unlink()


def left_unwritten(project: Project) -> list[int]:
    """Numbers of the runs that have no reports, or not all of them; those that are being written now left out."""
    found = []
    for path in state_folder(project.root).glob(f"{_prefix(project)}*"):
        number = path.name.rpartition("-")[2]
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if number.isdecimal() and not is_running(project, path.read_text(encoding="utf-8")):
                found.append(int(number))
    return sorted(found)


def _prefix(project: Project) -> str:
    # Folders that are no projects share one state folder; another database counts its runs anew.
    named = f"{project.root.resolve()}\0{project.database}"
    return f"unwritten-{hashlib.sha256(named.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}-"


def _mark(project: Project, run: int) -> Path:
    return state_folder(project.root) / f"{_prefix(project)}{run}"
