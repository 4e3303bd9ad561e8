"""The simulated county as files: what a person who audits his own network would have written. Secrets are in none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from inventory.errors import InputError, unwritable
from inventory.plan_figures import FILE as FIGURES
from inventory.targets import Target
from inventory.targets import write_targets as targets_csv
from inventory.text import Text
from playbooks.demo import iperf, planted
from playbooks.demo.agent_ssh import new_host_key
from playbooks.demo.declared import END_OF_SUPPORT
from playbooks.demo.running import DemoCounty
from playbooks.demo.vrp import LOG_HOST, LOG_HOST6
from playbooks.demo.wording import KERNELS
from playbooks.project import STATE

_HOST_KEY = "demo-host-key"
_TARGETS, _OWN = "targets.csv", Path("playbooks", "demo.yaml")
_PLAYBOOK = """\
# The full audit of the simulated county: all sources and all rules, with the county's own name server and address plan.
name: demo
title: {{zh: 模拟县全面核查, en: Full audit of the simulated county}}
collect:
  sources: [snmp, cli, probe]
  tries: 2  # on loopback an answer that does not come at once does not come
  resolvers: [{resolvers}]
{tests}policy:
  logs:
    collectors: ["{log_host}", "{log_host6}"]
  management:
    networks: [127.44.0.0/16]
  protection:
    supported_until: {{{supported}}}  # by the county's contracts
  cloud:
    prefixes: [127.44.4.0/24, "::1/128"]
  ipv6:
    planned_prefixes: ["{prefix}::/48"]
    incapable_models: ["{model}"]
    response_quick_ms: 1200  # agents and audit share one machine
"""

_TESTS = """\
  active_test:  # at any time, for these lines carry nothing else
    servers: [{servers}]
    window: "00:00-23:59:59.999999"
    cap_mbps: {cap}
    seconds: {seconds}
"""


_FIGURES = """\
# What no device tells of the plan: totals, and values with their source. How many schools and hospitals there are
# (DEN-EDU-HEALTH) nobody declared.
denominators:
  DEN-BUDGET: {budget}
  DEN-TOWN: {towns}
  DEN-VILLAGE: {villages}
  DEN-SYS: {systems}
  DEN-PRIV: 3
figures:
- {{requirement: PR-VID-01, value: 3600, as_of: {day}, by: 值班长, source: 雪亮平台月报}}
"""


def check_folder(folder: Path) -> None:
    """Raises InputError where a folder holds a project that is not the county's: nothing of it would be left."""
    if (folder / _TARGETS).exists() and not (folder / _OWN).exists():
        raise InputError(
            str(folder),
            Text(
                "里面是别的项目，模拟县不覆盖它；用 --out 另选文件夹",
                "holds another project, which the simulated county does not overwrite; choose a folder with --out",
            ),
        )


def write_project(demo: DemoCounty, folder: Path) -> list[Path]:
    """Writes target list and playbook into a project folder, made where it is missing; returns the files.

    Raises InputError where the folder cannot be written.
    """
    targets, playbook = folder / _TARGETS, folder / _OWN
    figures = folder / FIGURES
    try:
        playbook.parent.mkdir(parents=True, exist_ok=True)
        (folder / STATE).mkdir(mode=0o700, exist_ok=True)
        write_targets(demo.targets(), targets)
        playbook.write_text(
            _PLAYBOOK.format(
                resolvers=", ".join(f'"{each}"' for each in demo.resolvers),
                tests=_tests(demo),
                prefix=planted.PREFIX,
                model=planted.OLD_MODEL,
                supported=", ".join(f'"{name} {kernel[0]}": {END_OF_SUPPORT}' for name, kernel in KERNELS.items()),
                log_host=LOG_HOST,
                log_host6=LOG_HOST6,
            ),
            encoding="utf-8",
        )
        figures.write_text(_figures(demo), encoding="utf-8")
    except OSError as error:
        raise unwritable(folder, error) from None
    return [targets, playbook, figures]


def kept_host_key(folder: Path) -> str:
    """The host key of the county of that folder, made at first: devices that came back with another are not talked to.

    Raises InputError where it cannot be read or written.
    """
    file = folder / STATE / _HOST_KEY
    try:
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_bytes(new_host_key())
        return file.read_text(encoding="ascii")
    except OSError as error:
        raise unwritable(folder, error) from None


def _tests(demo: DemoCounty) -> str:
    if not demo.tested:
        return ""
    return _TESTS.format(servers=", ".join(map(str, demo.tested)), cap=iperf.CAP_MBPS, seconds=iperf.SECONDS)


def _figures(demo: DemoCounty) -> str:
    """The totals as the county knows them: one more private network than anybody listed, and how many schools and
    hospitals there are nobody said."""
    units = demo.register().units
    towns, villages = (sum(site.tier == tier for site in demo.county.sites) for tier in ("town", "village"))
    return _FIGURES.format(
        budget=sum(unit.budget_unit is True for unit in units),
        towns=towns,
        villages=villages,
        systems=sum(system.state != "retired" and system.hosted != "province" for system in demo.county.systems),
        day=datetime.now(UTC).date() - timedelta(days=30),
    )


def write_targets(targets: Iterable[Target], path: Path) -> None:
    """The targets as the CSV that ``read_targets`` reads; OSError where it cannot be written."""
    with path.open("w", encoding="utf-8", newline="") as file:
        targets_csv(targets, file)
