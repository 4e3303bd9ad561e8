"""OSCAL: what NIST's model of assessment results (1.1.2) asks for, and that everything referred to is there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from checks.items import Result as ItemResult
from reports.model import Result

# Of each object of the model that is used: the fields it must have and the further ones it may have.
MODEL: dict[str, tuple[set[str], set[str]]] = {
    "assessment-results": (
        {"uuid", "metadata", "import-ap", "results"},
        {"local-definitions", "back-matter"},
    ),
    "metadata": (
        {"title", "last-modified", "version", "oscal-version"},
        {"published", "revisions", "document-ids", "props", "links", "roles", "locations", "parties", "remarks"},
    ),
    "import-ap": ({"href"}, {"remarks"}),
    "back-matter": (set(), {"resources"}),
    "resources": (
        {"uuid"},
        {"title", "description", "props", "document-ids", "citation", "rlinks", "base64", "remarks"},
    ),
    "results": (
        {"uuid", "title", "description", "start", "reviewed-controls"},
        {"end", "props", "links", "local-definitions", "attestations", "assessment-log", "observations", "risks"}
        | {"findings", "remarks"},
    ),
    "local-definitions": (set(), {"components", "inventory-items", "users", "assessment-assets", "tasks"}),
    "inventory-items": ({"uuid", "description"}, {"props", "links", "responsible-parties", "implemented-components"}),
    "reviewed-controls": (
        {"control-selections"},
        {"description", "props", "links", "control-objective-selections", "remarks"},
    ),
    "control-selections": (set(), {"description", "props", "include-all", "include-controls", "exclude-controls"}),
    "include-controls": ({"control-id"}, {"statement-ids"}),
    "observations": (
        {"uuid", "description", "methods", "collected"},
        {"title", "props", "links", "types", "origins", "subjects", "relevant-evidence", "expires", "remarks"},
    ),
    "subjects": ({"subject-uuid", "type"}, {"title", "props", "links", "remarks"}),
    "relevant-evidence": ({"description"}, {"href", "props", "links", "remarks"}),
    "risks": (
        {"uuid", "title", "description", "statement", "status"},
        {"props", "links", "origins", "threat-ids", "characterizations", "mitigating-factors", "deadline"},
    ),
    "findings": (
        {"uuid", "title", "description", "target"},
        {"props", "links", "origins", "related-observations", "related-risks", "remarks"},
    ),
    "target": ({"type", "target-id", "status"}, {"title", "description", "implementation-status", "remarks"}),
    "implementation-status": ({"state"}, {"remarks"}),
    "related-observations": ({"observation-uuid"}, set()),
    "related-risks": ({"risk-uuid"}, set()),
    "props": ({"name", "value"}, {"uuid", "ns", "class", "group", "remarks"}),
}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TOKEN = re.compile(r"[^\W\d][\w.\-]*")
LINE = re.compile(r"\S(?:.*\S)?")
TOKENS = {"control-id", "target-id", "type", "name", "state", "reason", "class"}
MOMENTS = {"last-modified", "start", "end", "collected", "expires"}
STATES = {"satisfied", "not-satisfied"}


@pytest.fixture(params=["zh", "en"])
def told(request: pytest.FixtureRequest, written: Callable[..., bytes]) -> Any:
    return json.loads(written("oscal", request.param))


def objects(value: Any, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object with the name of the field that it stands in."""
    if isinstance(value, dict):
        yield name, value
        for key, each in value.items():
            yield from objects(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from objects(each, name)


def every(told: Any) -> list[tuple[str, dict[str, Any]]]:
    return list(objects(told["assessment-results"], "assessment-results"))


def test_fields_are_those_of_the_model(told: Any) -> None:
    assert set(told) == {"assessment-results"}
    for name, found in every(told):
        if name == "status":
            assert set(found) == {"state", "reason"}
            assert found["state"] in STATES
            continue
        needed, allowed = MODEL[name]
        assert needed <= set(found), name
        assert set(found) <= needed | allowed, name


def test_no_list_is_empty_and_no_text_either(told: Any) -> None:
    for name, found in every(told):
        assert [key for key, each in found.items() if each in ("", [], None, {})] == [], name


def test_values_are_of_their_kinds(told: Any) -> None:
    for name, found in every(told):
        for key, value in found.items():
            if key == "uuid" or key.endswith("-uuid"):
                assert UUID.fullmatch(value), (name, key)
            elif key in TOKENS:
                assert TOKEN.fullmatch(value), (name, key, value)
            elif key in MOMENTS:
                assert datetime.fromisoformat(value).tzinfo is not None
            elif key == "value":
                assert LINE.fullmatch(value), (name, key, value)


def test_numbers_are_given_once_and_refer_to_something(told: Any) -> None:
    result = told["assessment-results"]["results"][0]
    uuids = [found["uuid"] for _, found in every(told) if "uuid" in found]
    assert len(uuids) == len(set(uuids))
    items = {each["uuid"] for each in result["local-definitions"]["inventory-items"]}
    observed = {each["uuid"] for each in result["observations"]}
    risks = {each["uuid"] for each in result["risks"]}
    for name, found in every(told):
        if name == "subjects":
            assert found["subject-uuid"] in items
        elif name == "related-observations":
            assert found["observation-uuid"] in observed
        elif name == "related-risks":
            assert found["risk-uuid"] in risks
    assert told["assessment-results"]["import-ap"]["href"].removeprefix("#") in uuids


def test_every_result_that_there_is_has_a_finding(told: Any, result: Result) -> None:
    found = told["assessment-results"]["results"][0]
    states = {each["props"][0]["value"]: each["target"]["status"]["state"] for each in found["findings"]}
    wanted = {
        item.clause.id: item
        for item in result.assessment.items.values()
        if item.result is not ItemResult.NOT_ASSESSED or item.is_lacking
    }
    assert set(states) == set(wanted)
    satisfied = (ItemResult.MET, ItemResult.NOT_APPLICABLE)
    for item, state in states.items():
        assert (state == "satisfied") == (wanted[item].result in satisfied)
    selected = found["reviewed-controls"]["control-selections"][0]["include-controls"]
    assert len(selected) == 211


def test_it_says_that_it_is_a_self_check(told: Any) -> None:
    assert re.search("自查|self-check", told["assessment-results"]["metadata"]["remarks"])
    props = {p["name"]: p["value"] for p in told["assessment-results"]["results"][0]["props"]}
    assert props["conclusion"] == "undetermined"
    assert props["report-template"] == "2025"
