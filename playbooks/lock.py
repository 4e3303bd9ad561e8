"""One run of a playbook at a time: a lock that dies with its process."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

from inventory.errors import InputError, unwritable
from inventory.text import Text
from playbooks.project import Project, state_folder


class AlreadyRunning(InputError):
    """Another process runs the playbook."""


@contextmanager
def only_run(project: Project, playbook: str) -> Iterator[None]:
    """Held while the project's playbook runs; AlreadyRunning when another process does.

    InputError where the lock cannot be written. It ends with the process, however that ends.
    """
    path = project.state / _file(project, playbook)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise unwritable(path, error) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                playbook, Text("这个剧本正在运行，不重复启动", "is running already and is not started twice")
            ) from None
        yield
    finally:
        os.close(descriptor)


def is_running(project: Project, playbook: str) -> bool:
    """Whether a process runs the project's playbook now; nothing is made for asking."""
    try:
        descriptor = os.open(state_folder(project.root) / _file(project, playbook), os.O_RDONLY)
    except OSError:  # it never ran
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _file(project: Project, playbook: str) -> str:
    # Folders that are no projects share one state folder, and are told apart here.
    named = f"{project.root.resolve()}\0{playbook}"
    digest = hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"running-{digest}.lock"
