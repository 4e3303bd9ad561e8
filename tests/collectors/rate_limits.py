"""Limits that configurations set, by platform."""

from __future__ import annotations

from datetime import UTC, datetime

from collectors.platforms.base import Release
from collectors.platforms.catalogue import platforms
from inventory.config import Config, indented
from inventory.facts import RateLimit, RateLimits

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Limits = list[tuple[str, str, float | None, str]]
VRP, COMWARE, IOS, RGOS = "huawei_vrp", "h3c_comware", "cisco_ios", "ruijie_rgos"


def items(platform: str, text: str, release: str | None = None) -> tuple[RateLimit, ...]:
    chosen = platforms()[platform]
    assert chosen.dialect is not None
    config = Config(indented(text, chosen.dialect.comments, chosen.dialect.quoted), "the configuration", taken_at=NOW)
    read = next(each for each in chosen.config_reads if each.fact is RateLimits)
    found = read.build(config, Release(release=release))
    assert isinstance(found, RateLimits)
    assert all(item.evidence.lines for item in found.items)
    return found.items


def limits(platform: str, text: str, release: str | None = None) -> Limits:
    return [(item.interface, item.direction, item.mbps, item.kind) for item in items(platform, text, release)]


PORT = "interface GigabitEthernet0/0/1\n"
BEHAVIOUR = "traffic behavior slow\n car cir 20480 cbs 3850240\n"
ANYTHING = "traffic classifier all\n if-match any\n"
POLICY = "traffic policy p\n classifier all behavior slow\n"
