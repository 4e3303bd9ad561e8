"""Discoveries of loopback for tests: what is ordered, what they are told, and a network namespace to be alone in."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from collectors.budget import FailureBudget
from collectors.discovery.crawl import Discovery, Orders
from collectors.discovery.pace import Pace
from collectors.discovery.plan import planned
from collectors.discovery.scopes import reach
from inventory.addresses import IPAddress
from inventory.sightings import Sighting


class Watching:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.sightings: dict[str, Sighting] = {}
        self.missed: dict[str, frozenset[str]] = {}
        self.waves: list[int] = []
        self.steps = 0

    def sweep(self, hop: int, addresses: int) -> None:
        assert hop == len(self.waves)
        self.waves.append(addresses)

    def step(self, addresses: int) -> None:
        self.steps += addresses

    def found(self, sighting: Sighting) -> None:
        assert str(sighting.address) not in self.sightings
        self.sightings[str(sighting.address)] = sighting

    def silent(self, ip: IPAddress, ways: frozenset[str]) -> None:
        self.missed[str(ip)] = ways


def nothing_yet(budget: FailureBudget) -> Orders:
    """Orders that ask for nothing: a test says what."""
    return Orders(
        reach=reach(["127.0.0.1"], [], [], 65536), kinds=frozenset(), ports=(), logins={}, budget=budget, own={},
        own_budget=budget, per_second=2000, patience_s=0.3,
    )  # fmt: skip


def bounded(orders: Orders, *scopes: str, within: Sequence[str] = (), exclude: Sequence[str] = ()) -> Orders:
    return replace(orders, reach=reach(scopes, within, exclude, 65536))


def discovered(orders: Orders, told: Sequence[str] = ()) -> tuple[Watching, Discovery]:
    watching = Watching()
    discovery = Discovery(orders, watching, Pace(orders.per_second), {})
    discovery.run(planned(orders.reach, [(ip_address(each), "told") for each in told]))
    return watching, discovery


def alone(script: str, code: str) -> str:
    """What a script says in a network namespace of its own; ``code`` is in its environment."""
    home = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "CODE": code, "PYTHONPATH": str(home)}
    command = ["unshare", "--net", "sh", "-c", script]
    ran = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=60)
    if ran.stderr.startswith("unshare"):
        pytest.skip(f"no network namespaces here: {ran.stderr.strip()}")
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()
