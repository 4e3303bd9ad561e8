"""Fragments of configurations that people labelled per item of level 3: as many are judged alike as ever were."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml


@pytest.fixture(scope="module")
def benchmark(checkout: Path) -> ModuleType:
    folder = checkout / "benchmarks"
    sys.path.insert(0, str(folder))
    try:
        spec = importlib.util.spec_from_file_location("hardening_fixtures", folder / "hardening_fixtures.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder))
    return module


@pytest.fixture(scope="module")
def labelled(corpus: Path) -> Path:
    """The labelled fragments beside the recordings."""
    path = corpus.parent / "standards" / "device-hardening.md"
    if not path.is_file():
        pytest.skip(f"no labelled fragments at {path.name} beside the corpus")
    return path


def test_fragments_are_judged_as_people_judged_them(benchmark: ModuleType, labelled: Path, checkout: Path) -> None:
    floor = json.loads((checkout / "benchmarks" / "results" / "hardening-fixtures.json").read_text(encoding="utf-8"))
    rows = benchmark.score(labelled)
    wrong = [(f.number, f.item, f.platform, f.expected, verdict) for f, verdict, _ in rows if f.expected != verdict]
    assert len(rows) == floor["asked"]
    assert len(rows) - len(wrong) >= floor["right"], wrong


def test_a_disputed_label_names_what_says_otherwise(benchmark: ModuleType, checkout: Path) -> None:
    listed = yaml.safe_load((checkout / "benchmarks" / "hardening_disputed.yaml").read_text(encoding="utf-8"))
    assert all(entry["source"] and entry["label"] != entry["judged"] for entry in listed)


OPPOSITES = {
    "ok": "user-interface vty 0 4\n idle-timeout 10 0\n",
    "bad": "user-interface vty 0 4\n idle-timeout 0 0\n",
}


@pytest.mark.parametrize("expected", list(OPPOSITES))
def test_a_fragment_is_judged_by_what_it_says(benchmark: ModuleType, expected: str) -> None:
    fixture = benchmark.Fixture(1, "8.1.4.1-b", "huawei_vrp", expected, "", OPPOSITES[expected])
    assert benchmark.judged(fixture)[0] == expected


def test_shared_fences_are_expanded(benchmark: ModuleType) -> None:
    text = "### 8.1.4.1-b Login\n\n```text ruijie+cisco bad | never\nline vty 0 4\n exec-timeout 0 0\n```\n"
    found = list(benchmark.fixtures(text))
    assert [(f.item, f.platform, f.expected, f.note) for f in found] == [
        ("8.1.4.1-b", "ruijie_rgos", "bad", "never"),
        ("8.1.4.1-b", "cisco_ios", "bad", "never"),
    ]
