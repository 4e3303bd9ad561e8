"""One run of a playbook at a time: a lock that dies with its process."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

from inventory.errors import InputError, unwritable
from inventory.text import Text
from playbooks.project import Project


class AlreadyRunning(InputError):
    """Another process runs the playbook."""


@contextmanager
def only_run(project: Project, playbook: str) -> Iterator[None]:
    """Held while the project's playbook runs; AlreadyRunning when another process does.

    InputError where the lock cannot be written. It ends with the process, however that ends.
    """
    # Folders that are no projects share one state folder, and are told apart here.
    named = f"{project.root.resolve()}\0{playbook}"
    digest = hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    path = project.state / f"running-{digest}.lock"
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
