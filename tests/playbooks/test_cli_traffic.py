"""``hecha traffic`` as a user runs it, against a county that answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from console import hecha, refused

from inventory.store import Store
from inventory.traffic import load, watched
from playbooks.demo.audit import DemoProject, demo_project


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProject]:
    with demo_project(tmp_path_factory.mktemp("traffic") / "county", villages=1) as project:
        yield project


def test_rounds_are_kept_and_tell_what_lines_carry(demo: DemoProject) -> None:
    began = datetime.now(UTC)
    done = hecha("traffic", "--every", 1, "--rounds", 3, at=demo.project.root, env=demo.county.environment())
    assert done.returncode == 0, done.stderr
    assert "round 3: " in done.stderr
    with Store.open(demo.project.database) as store:
        polls = store.traffic.of("town-3", began, began + timedelta(minutes=5))
    assert len(polls) == 3
    assert all(poll.connects_ms and poll.connects_ms[0] is not None for poll in polls)
    told = load(watched(polls).intervals["GigabitEthernet0/0/24"], 1000)
    assert told is not None
    assert told.samples == 2
    assert told.in_p95_mbps == pytest.approx(85, rel=0.1)  # what is planted there


def test_ends_where_the_register_has_no_links(tmp_path: Path) -> None:
    assert hecha("init", "net", at=tmp_path).returncode == 0
    (tmp_path / "net" / "targets.csv").write_text("name,address\nr1,127.0.0.9\n")
    refused(hecha("traffic", "--rounds", 1, at=tmp_path / "net"), "the register has no link")
