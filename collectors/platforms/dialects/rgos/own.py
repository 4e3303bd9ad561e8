"""What RGOS has beside IOS: accounts of its web pages, the gateway of a management port.

Source: RGOS command references, "Web management" and "Management port".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from collectors.platforms.base import Release
from collectors.platforms.dialects.ios import access as ios_access
from collectors.platforms.dialects.ios import network as ios_network
from inventory.config import Config, ConfigLine
from inventory.errors import Missing
from inventory.facts import Account, Accounts, DefaultRoute, Routes

_WEB = re.compile(r"webmaster level (?P<level>\d+) username (?P<name>\S+) (?P<form>(?:password|secret)(?: \d+)?) \S")
_STORED = {"password": "plaintext", "password 0": "plaintext", "password 7": "type7", "secret 5": "md5"}
_STORED |= {"secret 8": "strong"}


def accounts(config: Config, release: Release) -> Accounts:
    """As on IOS, and those that the web pages alone know, whose level 0 is the highest."""
    told = ios_access.accounts(config, release)
    return replace(told, items=(*told.items, *_web_accounts(config)))


def _web_accounts(config: Config) -> Iterator[Account]:
    for line in config.all(r"webmaster level \d"):
        if found := _WEB.match(line.text):
            level = "15" if found["level"] == "0" else None
            evidence = config.evidence(line)
            yield Account(
                f"web {found['name']}", _STORED.get(found["form"]), level, frozenset({"http"}), False, evidence
            )


def routes(config: Config, release: Release) -> Routes | Missing:
    """As on IOS, and the gateway that a management port has for itself."""
    told = ios_network.routes(config, release)
    gateways = list(_gateways(config))
    if not gateways:
        return told
    ways = tuple(
        DefaultRoute(6 if line.text.startswith("ipv6") else 4, ios_network.ip_in(line.text.split()[-1]), port, "static")
        for port, line in gateways
    )
    before = told if isinstance(told, Routes) else Routes(None, None, None)
    lines = (*config.all(ios_network.DEFAULT_ROUTE), *(line for _, line in gateways))
    return replace(before, defaults=(*before.defaults, *ways), evidence=config.evidence(*lines))


def _gateways(config: Config) -> Iterator[tuple[str, ConfigLine]]:
    for name, block in ios_network.interface_blocks(config):
        for line in block.below(r"(?:ipv6 )?gateway [0-9A-Fa-f.:]+$"):
            yield name, line
