"""Every finding as one row of CSV that a Chinese Excel opens as it stands: UTF-8 with a byte order mark."""

from __future__ import annotations

from typing import BinaryIO

from inventory.text import Language, Text
from reports.cells import CsvRows
from reports.model import Report, Result
from reports.rows import FINDING_COLUMNS, finding_cells, finding_line


def write(result: Result, language: Language, stream: BinaryIO) -> None:
    """One row a finding, whatever its outcome, in the order they were made."""
    rows = CsvRows(stream)
    rows.add(heading.say(language) for heading in FINDING_COLUMNS.values())
    for row in result.findings():
        cells = finding_cells(result, finding_line(result, row), language)
        rows.add(cells[name] for name in FINDING_COLUMNS)


FINDINGS_CSV = Report("findings-csv", Text("检查结果（CSV）", "Findings (CSV)"), ".csv", write)
