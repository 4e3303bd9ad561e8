"""Linux: queues of tc that hold back all that an interface sends (tc(8), tc-tbf(8), tc-netem(8), tc-cake(8))."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.base import Answer
from collectors.platforms.base import Built, Got, Read
from inventory.errors import Gap, Missing
from inventory.facts import RateLimit, RateLimits

QUEUES, OLD_QUEUES = "/usr/sbin/tc qdisc show", "/sbin/tc qdisc show"  # where /sbin is a folder of its own
_QUEUE = re.compile(
    r"qdisc (?P<kind>\S+) (?P<handle>[0-9a-f]+:) dev (?P<interface>\S+) "
    r"(?:root\b|parent (?P<parent>[0-9a-f]*:)\S*)(?P<rest>.*)"
)
_RATE = r"(?P<figure>\d+(?:\.\d+)?)(?P<prefix>[KMGT]?)(?P<binary>i?)(?P<unit>bit|bps|Bps)"
_UNITS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
_WORDS = {"tbf": "rate", "cake": "bandwidth", "netem": "rate"}  # what such a queue sends no faster than
_THROUGH = frozenset({"tbf", "netem"})  # a queue below one of these still holds for everything
_BY_CLASS = frozenset({"htb", "hfsc", "cbq", "drr"})  # tc shows their rates for one named interface only
_INGRESS = frozenset({"ingress", "clsact"})  # … and the policers that these carry


def rate_limits(answer: Got) -> Built:
    """Every limit on all that an interface sends. Missing where a queue's limits stand in what is not shown."""
    if isinstance(answer, Missing):
        return Missing(Gap.UNREAD, f"tc does not run: {answer.why}")
    lines = [line for line in answer.lines() if line.startswith("qdisc ")]
    if not lines:
        return Missing(Gap.UNREAD, f"{answer.command} shows no queue, not even the default ones")
    hidden = next((line for line in lines if line.split()[1] in _BY_CLASS | _INGRESS), None)
    if hidden is not None:
        kind, _, interface = hidden.removeprefix("qdisc ").partition(" dev ")
        return Missing(Gap.UNPARSED, f"the limits of queue {kind} of {interface.partition(' ')[0]} are not shown")
    return RateLimits(tuple(_limits(lines, answer)), answer.evidence(r"^qdisc "))


def _limits(lines: list[str], answer: Answer) -> Iterator[RateLimit]:
    whole: set[tuple[str, str]] = set()  # interface and handle of the queues that everything goes through
    for line in lines:
        queue = _QUEUE.match(line)
        if queue is None or not (queue["parent"] is None or (queue["interface"], queue["parent"]) in whole):
            continue
        if queue["kind"] in _THROUGH:
            whole.add((queue["interface"], queue["handle"]))
        mbps = _mbps(_WORDS.get(queue["kind"]), queue["rest"])
        if mbps is not None:
            yield RateLimit(queue["interface"], "out", mbps, "shape", answer.evidence(re.escape(line.strip())))


def _mbps(word: str | None, rest: str) -> float | None:
    found = re.search(rf"\b{word} {_RATE}", rest) if word else None
    if found is None:
        return None
    scale = (1024.0 if found["binary"] else 1000.0) ** _UNITS[found["prefix"]]
    return float(found["figure"]) * scale * (1 if found["unit"] == "bit" else 8) / 1e6


READS = tuple(Read(RateLimits, (command,), rate_limits, frozenset({command})) for command in (QUEUES, OLD_QUEUES))
AS_ROOT: frozenset[str] = frozenset()
