"""Places of findings, said to Chinese readers in Chinese where words and not devices name them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_cases import findings, plain

from checks.catalogue import catalogue
from checks.model import Outcome
from checks.sentences import place_text, sentence
from inventory.yaml_text import values_of

FOLDER = Path(__file__).parent / "cases"
# Evidences, goals of ways, guards, families of rules and measurements are no names that a device gives.
NAMED_BY_WORDS = (
    "bandwidth.evidence-agrees",
    "ipv6.path-carries",
    "ipv6.first-hop-guarded",
    "ipv6.system-response-time",
)


@pytest.mark.parametrize("check_id", NAMED_BY_WORDS)
def test_place_of_words_is_said_in_both_languages(check_id: str) -> None:
    check = catalogue()[check_id]
    cases = values_of((FOLDER / f"{check_id}.yaml").read_bytes())
    failed = [f for case in cases for f in findings(check, plain(case)) if f.outcome is Outcome.FAIL]
    assert failed
    for finding in failed:
        said = place_text(finding.place, finding.values)
        assert said.en == finding.place
        assert re.search(r"[\u4e00-\u9fff]", said.zh)


def test_place_that_a_device_names_is_the_same_in_both() -> None:
    said = place_text("GigabitEthernet0/0/1", {"interface": "GigabitEthernet0/0/1"})
    assert (said.zh, said.en) == ("GigabitEthernet0/0/1", "GigabitEthernet0/0/1")


def test_sentence_names_the_place_in_its_language() -> None:
    check = catalogue()["ipv6.acl-parity"]
    cases = values_of((FOLDER / "ipv6.acl-parity.yaml").read_bytes())
    said = [
        sentence(check, finding)
        for case in cases
        for finding in findings(check, plain(case))
        if finding.outcome is Outcome.FAIL and finding.place == "default"
    ]
    assert said
    assert all("默认策略" in each.zh and "default" in each.en for each in said)
