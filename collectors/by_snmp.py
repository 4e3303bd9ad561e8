"""Facts by SNMP: each kind from the MIBs that tell it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection
from datetime import datetime
from functools import cache

from collectors import mibs
from collectors.base import SnmpSession
from collectors.mibs.agent import READERS, Agent, Reader
from inventory.errors import CollectError, Gap, Missing
from inventory.facts import Fact
from inventory.snapshot import Facts


@cache
def readers() -> dict[type[Fact], Reader]:
    """Every fact SNMP can tell and what reads it, found in collectors/mibs."""
    for module in pkgutil.iter_modules(mibs.__path__):
        importlib.import_module(f"{mibs.__name__}.{module.name}")
    return dict(READERS)


def facts_by_snmp(session: SnmpSession, wanted: Collection[type[Fact]], now: datetime) -> Facts:
    """Each wanted fact, or why it is not known; ``now`` is the time the evidence bears.

    Tables are walked once each, in the order the facts are asked for; one that fails costs only the facts that need
    it. Raises nothing: an agent that goes silent leaves the rest Missing(UNREACHABLE).
    """
    agent = Agent(session, now)
    found: Facts = {}
    for kind in wanted:
        reader = readers().get(kind)
        if reader is None:
            found[kind] = Missing(Gap.UNREAD, f"no MIB tells {kind.__name__}")
            continue
        try:
            found[kind] = reader(agent)
        except CollectError as failure:
            found[kind] = failure.missing()
        except ValueError as odd:  # a number or an address among the values that is none
            found[kind] = Missing(Gap.UNPARSED, f"{kind.__name__}: the text holds a {type(odd).__name__}")
    return found
