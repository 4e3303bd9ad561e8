"""How busy a device is: processors and memory by the makers' MIBs, processors else by HOST-RESOURCES-MIB (RFC 2790)."""

from __future__ import annotations

from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.rows import number
from collectors.mibs.system import enterprise
from inventory.errors import Missing
from inventory.facts import Load

HR_PROCESSOR_ENTRY = "1.3.6.1.2.1.25.3.3.1"  # hrProcessorTable; hrProcessorLoad is column 2
# By maker: entry and column of the processors' load and of the memory's, both in percent.
_TABLES: dict[int, tuple[tuple[str, int], tuple[str, int] | None]] = {
    # HUAWEI-ENTITY-EXTENT-MIB hwEntityCpuUsage, hwEntityMemUsage
    2011: (("1.3.6.1.4.1.2011.5.25.31.1.1.1.1", 5), ("1.3.6.1.4.1.2011.5.25.31.1.1.1.1", 7)),
    # HH3C-ENTITY-EXT-MIB hh3cEntityExtCpuUsage, hh3cEntityExtMemUsage
    25506: (("1.3.6.1.4.1.25506.2.6.1.1.1.1", 6), ("1.3.6.1.4.1.25506.2.6.1.1.1.1", 8)),
    # CISCO-PROCESS-MIB cpmCPUTotal5minRev
    9: (("1.3.6.1.4.1.9.9.109.1.1.1.1", 8), None),
}


@reads(Load)
def load(agent: Agent) -> Load | Missing:
    """The busiest processor and memory in percent, of a stack the busiest board's."""
    cpu, memory = _TABLES.get(enterprise(agent) or 0, (None, None))
    busy = (_percent(agent, *cpu) if cpu else None) or _percent(agent, HR_PROCESSOR_ENTRY, 2)
    full = _percent(agent, *memory) if memory else None
    if busy is None and full is None:
        return lacks("the maker's processor and memory objects and of HOST-RESOURCES-MIB hrProcessorTable")
    return Load(busy, full, agent.evidence("processor and memory load", f"cpu {busy}, memory {full}"))


def _percent(agent: Agent, entry: str, column: int) -> float | None:
    """The highest value of a column of percentages. A board that measures nothing tells 0, and no more than 100 is."""
    values = (number(value) for value in agent.table(entry).whole().column(column).values())
    return max((float(value) for value in values if value is not None and 0 < value <= 100), default=None)
