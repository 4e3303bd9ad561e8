"""The simulated county, and projects of it, for tests of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from console import hecha

from playbooks.demo.running import DemoCounty
from playbooks.demo.written import write_project, write_targets


@pytest.fixture(scope="session")
def county() -> Iterator[DemoCounty]:
    with DemoCounty(villages=2) as demo:
        yield demo


@pytest.fixture
def project(tmp_path: Path, county: DemoCounty) -> Path:
    """A project folder of the small county, its register imported as a user would."""
    from inventory.workbook.census import write_register

    write_project(county, tmp_path)
    write_register(county.register(), tmp_path / "filled.xlsx")
    assert hecha("register", "import", "filled.xlsx", at=tmp_path).returncode == 0
    return tmp_path


@pytest.fixture
def few(tmp_path: Path, county: DemoCounty) -> Path:
    """Three devices of the county as a target list."""
    write_targets([t for t in county.targets() if t.name in {"core-1", "access-1", "srv-01"}], tmp_path / "few.csv")
    return tmp_path / "few.csv"
