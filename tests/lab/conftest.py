"""One lab for all lab tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from topology import Lab, why_not


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A running lab; skips, with the reason, where none can stand."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with Lab(tmp_path_factory.mktemp("lab") / "lab") as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a command of the audit runs."""
    return tmp_path
