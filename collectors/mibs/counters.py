"""Counters of interfaces: columns of ifTable and ifXTable (IF-MIB, RFC 2863)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from collectors.base import SnmpValue
from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.interfaces import DESCR, NAME, TYPE, both, interface_names, rows
from collectors.mibs.rows import number, seconds
from inventory.errors import Missing
from inventory.facts import Counter, Counters

IN_OCTETS, IN_DISCARDS, IN_ERRORS, OUT_OCTETS, OUT_DISCARDS, OUT_ERRORS = 10, 13, 14, 16, 19, 20
HC_IN_OCTETS, HC_OUT_OCTETS, DISCONTINUITY = 6, 10, 19
HC_PACKETS_IN, HC_PACKETS_OUT = (7, 8, 9), (11, 12, 13)  # unicast, multicast, broadcast
# The columns a counter is made of, of ifTable and of ifXTable.
BASICS = (IN_OCTETS, IN_DISCARDS, IN_ERRORS, OUT_OCTETS, OUT_DISCARDS, OUT_ERRORS)
EXTRAS = (HC_IN_OCTETS, HC_OUT_OCTETS, *HC_PACKETS_IN, *HC_PACKETS_OUT, DISCONTINUITY)
WANTED = (DESCR, TYPE, *BASICS), (NAME, *EXTRAS)
Cells = Mapping[int, SnmpValue]  # values of an interface by the number of their column


@reads(Counters)
def counters(agent: Agent) -> Counters | Missing:
    """Octets, errors and discards: 64-bit octets where the agent has them."""
    basics, extras = both(agent, WANTED)
    indexes = rows(basics.whole(), extras)
    if not indexes:
        return lacks("IF-MIB ifTable")
    names = interface_names(agent)
    columns = ({n: basics.column(n) for n in BASICS}, {n: extras.column(n) for n in EXTRAS})
    cells = ([{n: column.get(i) for n, column in each.items()} for each in columns] for i in indexes)
    items = tuple(counter(names[int(i)], *each) for i, each in zip(indexes, cells, strict=True))
    return Counters(items, agent.uptime_s(), agent.evidence("IF-MIB::ifXTable"))


def counter(name: str, basic: Cells, extra: Cells) -> Counter:
    """The counters of one interface out of its values in ifTable and in ifXTable."""
    wide_in, wide_out = number(extra[HC_IN_OCTETS]), number(extra[HC_OUT_OCTETS])
    wide = wide_in is not None and wide_out is not None
    return Counter(
        interface=name,
        in_octets=wide_in if wide else number(basic[IN_OCTETS]),
        out_octets=wide_out if wide else number(basic[OUT_OCTETS]),
        in_errors=number(basic[IN_ERRORS]),
        out_errors=number(basic[OUT_ERRORS]),
        in_discards=number(basic[IN_DISCARDS]),
        out_discards=number(basic[OUT_DISCARDS]),
        bits=64 if wide else 32,
        in_packets=_summed(extra[n] for n in HC_PACKETS_IN),
        out_packets=_summed(extra[n] for n in HC_PACKETS_OUT),
        discontinuity_s=seconds(extra[DISCONTINUITY]),
    )


def _summed(values: Iterable[SnmpValue]) -> int | None:
    """The sum of those counters that the agent has; None where it has none of them."""
    known = [n for value in values if (n := number(value)) is not None]
    return sum(known) if known else None
