"""Who a device is, by its SNMP agent; the rules stand in collectors/vendors."""

from __future__ import annotations

from collectors.mibs.agent import Agent, reads
from collectors.mibs.identifying import identifying, unnamed
from collectors.mibs.system import system_group
from inventory.errors import Missing
from inventory.facts import Identity


@reads(Identity)
def identity(agent: Agent) -> Identity | Missing:
    """Vendor, kind, platform, model, release and serial, each with the place it was read at.

    Cameras there are whose agents have no system group, and objects of their maker's.
    """
    system = system_group(agent)
    if isinstance(system, Missing):
        return unnamed(agent) or system
    return identifying(agent, system).identity()
