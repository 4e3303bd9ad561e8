"""Labels of recordings that are disputed: each names what says otherwise, and is a miss as long as it is listed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROW: dict[str, Any] = {"stem": "sw1", "serial": "CHASSIS1", "interfaces": 21, "vendor": "Huawei", "os": "huawei_vrp"}
EXPECTED = [{"stem": "sw1", "level": "full", "expected": {"os": "vrp", "serial": "CARD1", "ports": 9}}]


@pytest.fixture(scope="module")
def benchmark(checkout: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("snmp_corpus", checkout / "benchmarks" / "snmp_corpus.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def listed(benchmark: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "disputed.yaml"
    monkeypatch.setattr(benchmark, "DISPUTED", path)
    return path


def test_a_disputed_label_names_what_says_otherwise(benchmark: ModuleType) -> None:
    entries = yaml.safe_load(benchmark.DISPUTED.read_text(encoding="utf-8"))
    assert all(set(entry) == {"stem", "field", "ours", "why", "source"} for entry in entries)
    assert all(entry[key] for entry in entries for key in ("stem", "field", "why", "source"))
    keys = [(entry["stem"], entry["field"]) for entry in entries]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("entries", "found", "faults"),
    [
        ([("serial", "CHASSIS1")], {"serial": {"sw1"}}, []),
        ([("interfaces", 21)], {"ports_exact": {"sw1"}, "ports_near": {"sw1"}}, []),
        ([("os", "huawei_vrp")], {}, ["sw1 os: a miss no longer"]),
        ([("serial", "OTHER")], {"serial": {"sw1"}}, ["sw1 serial: now CHASSIS1"]),
    ],
)
def test_what_is_disputed_is_a_miss_and_says_what_is_written(
    benchmark: ModuleType,
    corpus: Path,
    listed: Path,
    entries: list[tuple[str, Any]],
    found: dict[str, set[str]],
    faults: list[str],
) -> None:
    others = [{"stem": "of the other half", "field": "serial", "ours": "x"}]
    mine = [{"stem": "sw1", "field": field, "ours": ours} for field, ours in entries]
    listed.write_text(yaml.safe_dump(mine + others), encoding="utf-8")
    assert benchmark.disputes(corpus.parent / "tools", EXPECTED, [ROW]) == (found, faults)
