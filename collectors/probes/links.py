"""Links of a business system followed over IPv6: pages of the second and the third level (the official indicators).

A sample of them, at most two requests a second, GET alone, and none that the site's robots.txt excludes (RFC 9309).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import SplitResult
from urllib.robotparser import RobotFileParser

from collectors.probes.page_text import links
from collectors.probes.pages import Page, ProbeLimits, fetched
from inventory.facts import LinkAnswer, PortAnswer

_SAMPLE = 10  # links of each level
_PAUSE_S = 0.5  # between two requests
_AGENT = "hecha"


def link_answers(url: SplitResult, first: Page, bounds: ProbeLimits) -> tuple[LinkAnswer, ...]:
    """What the sampled links get at the address that gave the first page; raises nothing.

    Those for which no time was left are not among them.
    """
    second = links(first.text, url)
    if not second:
        return ()
    walk = _Walk(url, first.port, bounds)
    found = list(walk.level(2, second))
    third = [link for _, text in found for link in links(text, url)]
    known = {url._replace(fragment="", path=url.path or "/").geturl(), *(link.geturl() for link in second)}
    found += walk.level(3, [link for link in third if link.geturl() not in known])
    return tuple(answer for answer, _ in found)


class _Walk:
    """Requests to one address, paced and ended in time."""

    def __init__(self, url: SplitResult, port: PortAnswer, bounds: ProbeLimits) -> None:
        self._port = port
        self._bounds = bounds
        self._until = time.monotonic() + bounds.links_s
        self._robots = RobotFileParser()
        rules = fetched(url._replace(path="/robots.txt", query="", fragment=""), port, bounds)
        self._robots.parse(rules.text().splitlines() if rules.status == 200 else [])

    def level(self, number: int, pages: Iterable[SplitResult]) -> Iterator[tuple[LinkAnswer, str]]:
        """Answers for a sample of the pages, spread over all of them, each with its text."""
        allowed = list(self._allowed(pages))
        step = max(1, len(allowed) // _SAMPLE)
        for page in allowed[::step][:_SAMPLE]:
            left_s = self._until - time.monotonic() - _PAUSE_S
            if left_s <= 0:
                return
            time.sleep(_PAUSE_S)
            got = fetched(page, self._port, replace(self._bounds, page_s=min(left_s, self._bounds.page_s)))
            yield LinkAnswer(page.geturl(), number, got.status), got.text()

    def _allowed(self, pages: Iterable[SplitResult]) -> Iterator[SplitResult]:
        """Each page once that the rules let pass, as far as there is time to look: they may be many thousands."""
        for where, page in {page.geturl(): page for page in pages}.items():
            if time.monotonic() >= self._until:
                return
            if self._robots.can_fetch(_AGENT, where):
                yield page
