"""Text files that people gave, in the encodings that their programs write."""

from __future__ import annotations

import codecs
from pathlib import Path

from inventory.errors import InputError, unreadable
from inventory.text import Text

LARGEST_BYTES = 32_000_000


def file_text(path: Path, largest: int = LARGEST_BYTES) -> str:
    """The text of a file; InputError for what is too large, cannot be read, or is neither UTF-8, GBK nor UTF-16."""
    try:
        if path.stat().st_size > largest:
            raise InputError(str(path), Text("文件过大", "the file is too large"))
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None
    return decoded(path, content)


def decoded(path: Path, content: bytes) -> str:
    """The text that a file's bytes are."""
    if content.startswith(b"PK\x03\x04"):
        told = Text("是 Excel 工作簿：请另存为 CSV", "is an Excel workbook: save it as CSV")
        raise InputError(str(path), told)
    # Programs on Chinese Windows save CSV and text as GBK, "Unicode text" as UTF-16 with a mark; the others as UTF-8
    # with or without one.
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(str(path), Text("既不是 UTF-8 也不是 GBK 文本", "neither UTF-8 nor GBK text"))
