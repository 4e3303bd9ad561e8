"""Every asset as one row of CSV: what answered, what is only declared, what only a neighbour has heard of."""

from __future__ import annotations

from typing import BinaryIO

from inventory.text import Language, Text
from reports.cells import CsvRows
from reports.model import Report, Result
from reports.rows import ASSET_COLUMNS, assets


def write(result: Result, language: Language, stream: BinaryIO) -> None:
    """One row an asset, by site and name."""
    rows = CsvRows(stream)
    rows.add(heading.say(language) for heading in ASSET_COLUMNS.values())
    for cells in assets(result, language):
        rows.add(cells[name] for name in ASSET_COLUMNS)


ASSETS_CSV = Report("assets-csv", Text("资产清单（CSV）", "Assets (CSV)"), ".csv", write)
