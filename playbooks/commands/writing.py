"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from inventory.errors import unwritable

STDOUT = Path("-")


@contextmanager
def whole_file(path: Path | None) -> Iterator[TextIO]:
    """A text file to write, put in its place when the context ends well; standard output for None and ``-``.

    What is no regular file (a pipe, a device) is written as it is. InputError where nothing can be written.
    """
    if path is None or path == STDOUT:
        yield sys.stdout
        return
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8") as file:
                yield file
            return
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with fresh.open("w", encoding="utf-8") as file:
                yield file
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(path, error) from None
