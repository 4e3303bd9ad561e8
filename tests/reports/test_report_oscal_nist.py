"""OSCAL, held against the metaschema that NIST publishes; a library carries it, which ``tox -e oscal`` installs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

oscal = pytest.importorskip("oscal", reason="oscal is not installed: tox -e oscal has it")

# What is held against the metaschema; each is True where all of the file is as it asks.
LOOKED_AT = {"well-formed", "structure", "data-types", "allowed-values", "cardinality", "choice"}


def validated(path: Path) -> tuple[dict[str, bool], list[dict[str, object]]]:
    content = oscal.OSCAL.load(str(path))
    assert content.oscal_version == "v1.1.2"
    assert content.model == "assessment-results"
    return content.validation_status, content.validation_errors


@pytest.mark.parametrize("language", ["zh", "en"])
def test_report_is_valid_by_nists_metaschema(written: Callable[..., bytes], tmp_path: Path, language: str) -> None:
    (tmp_path / "oscal.json").write_bytes(written("oscal", language))
    status, errors = validated(tmp_path / "oscal.json")
    assert errors == []
    assert status == dict.fromkeys(LOOKED_AT, True)


def test_a_report_that_lacks_something_is_not(written: Callable[..., bytes], tmp_path: Path) -> None:
    told = json.loads(written("oscal"))
    del told["assessment-results"]["results"][0]["start"]
    (tmp_path / "oscal.json").write_text(json.dumps(told), encoding="utf-8")
    _, errors = validated(tmp_path / "oscal.json")
    assert [(error["error-type"], error["field"]) for error in errors] == [("missing-required", "start")]
