"""Files that are there whole or not at all, and reports on standard output."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from inventory.errors import InputError, unwritable
from inventory.text import Text

STDOUT = Path("-")


class Spoken(io.BytesIO):
    """Standard output for a report that people read there: its UTF-8 goes on in the encoding of the terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, data: Any, /) -> int:
        """Writes on what has come whole of the bytes; how many there were."""
        given = bytes(data)
        sys.stdout.write(self._decoder.decode(given))
        return len(given)

    def flush(self) -> None:
        """Lets out what was written."""
        sys.stdout.flush()

    def isatty(self) -> bool:
        """Whether a person reads it as it comes."""
        return sys.stdout.isatty()


def refuse_existing(path: Path) -> None:
    """InputError where the file is there already."""
    if path.exists():
        raise InputError(str(path), Text("已经存在，不覆盖", "exists and is not overwritten"))


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
