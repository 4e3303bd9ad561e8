"""The register as it would be: one system moved, retired or excepted, for questions of what if."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from inventory.errors import InputError
from inventory.register import Hosting, MigrationState, Register
from inventory.register.rows import BusinessSystem
from inventory.text import Text


def assumed(register: Register, assumption: str) -> Register:
    """The register with one assumption, written ``system=NAME:STATE``; InputError for what it cannot mean.

    A system assumed on the cloud is taken as really there: what was found of its old place no longer contradicts.
    """
    what, _, rest = assumption.partition("=")
    name, _, state = rest.rpartition(":")
    if what != "system" or not name:
        raise InputError(
            f"--assume {assumption}",
            Text(
                "应写成 system=系统名称:状态，如 system=OA:on-cloud",
                "expected system=NAME:STATE, as system=OA:on-cloud",
            ),
        )
    wanted = next((each for each in MigrationState if each.value == state), None)
    if wanted is None:
        known = ", ".join(each.value for each in MigrationState)
        raise InputError(
            f"--assume {assumption}", Text(f"没有状态 {state}；有：{known}", f"no state {state}; there are: {known}")
        )
    found = _system(register, name, assumption)
    return replace(register, systems=tuple(_moved(s, wanted) if s is found else s for s in register.systems))


def _system(register: Register, name: str, assumption: str) -> BusinessSystem:
    exact = [s for s in register.systems if s.name == name]
    found = exact or [s for s in register.systems if name.lower() in s.name.lower()]
    if len(found) != 1:
        names = ", ".join(s.name for s in found or register.systems) or "-"
        raise InputError(
            f"--assume {assumption}", Text(f"应恰好指一个系统：{names}", f"expected to mean one system: {names}")
        )
    return found[0]


def _moved(system: BusinessSystem, state: MigrationState) -> BusinessSystem:
    if state is not MigrationState.ON_CLOUD:
        return replace(system, state=state)
    on_cloud = (Hosting.CITY_CLOUD, Hosting.DOMESTIC_CLOUD)
    hosted = system.hosted if system.hosted in on_cloud else Hosting.CITY_CLOUD
    emptied: dict[str, Any] = {"old_address": None, "old_port": None, "url": None, "host": None, "addresses": ()}
    return replace(system, state=state, hosted=hosted, **emptied)
