"""Text files that people gave, in the encodings that their programs write."""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

from inventory.errors import InputError, unreadable
from inventory.text import Text

LARGEST_BYTES = 32_000_000
_OTHER_CSV = Text("请检查引号、逗号和换行", "see to quotes, commas and line ends")


def file_text(path: Path, largest: int = LARGEST_BYTES) -> str:
    """The text of a file; InputError for what is too large, cannot be read, or is neither UTF-8, GBK nor UTF-16."""
    try:
        if path.stat().st_size > largest:
            raise InputError(str(path), Text("文件过大", "the file is too large"))
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None
    return decoded(path, content)


def not_csv(path: Path, line: int, error: csv.Error) -> InputError:
    """What to raise for a CSV file that the library does not take."""
    told = _OTHER_CSV
    if "NUL" in str(error):
        told = Text("含有 NUL 字符，不是文本文件", "holds a NUL: it is no text file")
    elif "field larger" in str(error):
        told = Text("一个单元格过长：前面的引号可能没有闭合", "a cell is too long: a quote before it may not be closed")
    return InputError(f"{path}:{line}", Text(f"不是 CSV：{told.zh}", f"not CSV: {told.en}"))


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
