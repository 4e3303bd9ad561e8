"""Addresses that a discovery heard: those nobody declared stand in the reports, the others do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address

from inventory.sightings import Shown, Sighting
from inventory.store import Store
from reports.model import Result

AT = datetime(2026, 11, 20, tzinfo=UTC)


def test_only_what_nobody_declared_is_a_stranger(store: Store, result: Result, written: Callable[..., bytes]) -> None:
    held = next(iter(result.network.records())).address
    camera = Sighting(ip_address("10.66.0.9"), ("icmp", "tcp/80"), shown=(Shown(80, "title", "<b>IP Camera</b>"),))
    sweep = store.sightings.begin({}, AT)
    store.sightings.keep(sweep, [camera, Sighting(ip_address(held), ("icmp",))], AT)
    store.sightings.finish(sweep, AT)
    page = written("html", "en").decode()
    section = page.partition('<section id="strangers">')[2].partition("</section>")[0]
    assert "10.66.0.9" in section
    assert "&lt;b&gt;IP Camera" in section
    assert held not in section
    told = [json.loads(line) for line in written("json-lines").splitlines()]
    assert [row["address"] for row in told if row["type"] == "stranger"] == ["10.66.0.9"]
