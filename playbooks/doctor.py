"""What is installed, reachable and writable; which login works on which target, one try each."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from collectors.budget import FailureBudget
from collectors.hostkeys import KnownHosts
from collectors.platforms.catalogue import platform as platform_named
from collectors.sessions.snmp import open_snmp
from collectors.sessions.ssh import open_cli
from collectors.workers import in_parallel
from inventory.credentials import Login, Logins
from inventory.errors import CollectError, HechaError
from inventory.store import Store
from inventory.targets import Target
from inventory.text import Text
from playbooks.project import Project
from playbooks.schema import available, playbook

_OPTIONAL = {"gufo.snmp": Text("快速 SNMP", "fast SNMP"), "napalm": Text("第二来源 NAPALM", "second source NAPALM")}
_SPACE_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing looked at. ``ok`` None: not there, and not needed either."""

    thing: str
    ok: bool | None
    told: Text


def installed() -> Iterator[Diagnosis]:
    """The interpreter and the optional libraries."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Diagnosis("Python", sys.version_info >= (3, 11), Text(version, version))
    for module, words in _OPTIONAL.items():
        there = _is_there(module)
        zh, en = ("已安装", "installed") if there else ("未安装，可以没有", "not installed; not needed")
        yield Diagnosis(module, there or None, Text(f"{words.zh}：{zh}", f"{words.en}: {en}"))


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def project_parts(project: Project) -> Iterator[Diagnosis]:
    """The project's folder, its database and its playbooks."""
    yield _tried(str(project.root), lambda: _writable(project))
    yield _tried(project.database if "@" not in project.database else "database", lambda: _database(project))
    for name, path in available(project.root).items():
        yield _tried(f"playbook {name}", partial(_playbook, str(path), project))


def _tried(thing: str, look: Callable[[], Text]) -> Diagnosis:
    try:
        return Diagnosis(thing, True, look())
    except HechaError as error:
        return Diagnosis(thing, False, error.text)


def _writable(project: Project) -> Text:
    free = shutil.disk_usage(project.state).free
    shown = f"{free / 1e9:.1f} GB"
    enough = free >= _SPACE_BYTES
    return (
        Text(f"可写，剩余 {shown}", f"writable, {shown} free")
        if enough
        else Text(f"只剩 {shown}", f"only {shown} free")
    )


def _database(project: Project) -> Text:
    with Store.open(project.database) as store:
        count = len(store.runs())
    return Text(f"可用，{count} 次运行", f"usable, {count} runs")


def _playbook(path: str, project: Project) -> Text:
    playbook(path, project.root)
    return Text("合法", "valid")


@dataclass(frozen=True, slots=True)
class LoginTrial:
    """How one login fares on one target over one protocol. ``ok`` None: not tried."""

    target: str
    login: str
    protocol: str
    ok: bool | None
    told: str


def trials(
    project: Project, targets: Iterable[Target], logins: Logins, workers: int = 16
) -> Iterator[list[LoginTrial]]:
    """Each target's login tried once over SNMP and once over SSH, within the failure budget of its account."""
    budget, hosts = FailureBudget(project.login_failures), KnownHosts(project.known_hosts)
    yield from in_parallel(lambda target: _trials(target, logins, budget, hosts), targets, workers)


def _trials(target: Target, logins: Logins, budget: FailureBudget, hosts: KnownHosts) -> list[LoginTrial]:
    try:
        login = logins.login(target.login)
    except HechaError as error:
        return [LoginTrial(target.name, target.login, "", False, error.text.en)]
    return [
        _outcome(target, "snmp", login.for_snmp, lambda: _snmp(target, login)),
        _outcome(target, "ssh", login.for_ssh, lambda: _ssh(target, login, budget, hosts)),
    ]


def _outcome(target: Target, protocol: str, has_login: bool, attempt: Callable[[], str]) -> LoginTrial:
    if not has_login:
        return LoginTrial(target.name, target.login, protocol, None, "")
    try:
        return LoginTrial(target.name, target.login, protocol, True, attempt())
    except CollectError as failure:
        return LoginTrial(target.name, target.login, protocol, False, failure.why)


def _snmp(target: Target, login: Login) -> str:
    session = open_snmp(str(target.address), target.snmp_port, login, timeout_s=2.0, tries=1)
    session.close()
    return session.engine


def _ssh(target: Target, login: Login, budget: FailureBudget, hosts: KnownHosts) -> str:
    named = platform_named(target.platform or "")
    session = open_cli(str(target.address), target.ssh_port, login, named, budget=budget, known_hosts=hosts)
    session.close()
    return session.platform.name if session.platform else ""
