"""The simulated county mended: what its findings print is entered into the devices' configurations, and they pass."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

import pytest
from remedied import findings, mended_at_last, remedies

from checks.model import Outcome
from playbooks.demo import comware, vrp
from playbooks.demo.county import county
from playbooks.demo.model import Device

STARTED = datetime(2026, 1, 1, tzinfo=UTC)
SPEAK = {"huawei_vrp": vrp.answer, "h3c_comware": comware.answer}
MOST = 3  # devices of one gap; the others are written alike
# Gaps that the county plants and a configuration shows, by platform; they only become more.
LEAST = {"huawei_vrp": 14, "h3c_comware": 11}
ENTERED_NOWHERE = {"configuration.saved"}  # save changes no line but the time of the last one


def configuration(device: Device) -> str:
    """What the device shows, without the line that ends it."""
    text = SPEAK[device.platform](device, "display current-configuration", STARTED) or ""
    return text.removesuffix("return\n")


@cache
def gaps() -> dict[tuple[str, str], list[Device]]:
    """The devices that fail a check by their configuration alone, by check and platform."""
    found: dict[tuple[str, str], list[Device]] = {}
    for check, name in remedies():
        if check.id in ENTERED_NOWHERE:
            continue
        for device in _speaking(name):
            if len(found.get((check.id, name), ())) < MOST and _fails(check.id, device):
                found.setdefault((check.id, name), []).append(device)
    return found


def _speaking(name: str) -> Iterator[Device]:
    """Of the devices that are hardened alike one is enough: villages have hundreds."""
    seen = set()
    for device in county().devices:
        key = (device.role, device.hardening)
        if device.platform == name and name in SPEAK and key not in seen:
            seen.add(key)
            yield device


def _fails(check_id: str, device: Device) -> bool:
    told = findings(check_id, device.platform, configuration(device))
    return any(f.outcome is Outcome.FAIL for f in told)


def test_each_gap_that_a_configuration_shows_is_mended() -> None:
    wrong = []
    for (check_id, name), devices in gaps().items():
        for device in devices:
            text = mended_at_last(check_id, name, configuration(device))
            left = [f for f in findings(check_id, name, text) if f.outcome is Outcome.FAIL]
            if left:
                wrong.append((check_id, device.name, left[0].place, left[0].commands))
    assert wrong == []


@pytest.mark.parametrize("name", list(LEAST))
def test_the_county_shows_gaps_of_many_kinds(name: str) -> None:
    assert sum(platform == name for _, platform in gaps()) >= LEAST[name]
