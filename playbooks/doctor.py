"""What is installed, reachable and writable; which login works on which target, one try each."""

from __future__ import annotations

import importlib.util
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from collectors.budget import FailureBudget
from collectors.by_echo import privilege
from collectors.hostkeys import KnownHosts
from collectors.platforms.catalogue import platform as platform_named
from collectors.probes.names import answers
from collectors.sessions.snmp import Bounds
from collectors.sessions.snmp_login import open_within_budget
from collectors.sessions.ssh import open_cli
from collectors.workers import in_parallel
from inventory.credentials import Login, Logins
from inventory.errors import CollectError, HechaError, InputError, unwritable
from inventory.store import Store
from inventory.targets import Target, read_targets
from inventory.text import Text
from inventory.words.reasons import reason
from playbooks.collecting import name_server
from playbooks.excluding import Exclusions
from playbooks.judging import terms
from playbooks.project import Project, state_folder
from playbooks.reporting import chosen
from playbooks.schedule import times_of
from playbooks.schema import available, playbook

_OPTIONAL = {
    "gufo.snmp": Text("快速 SNMP", "fast SNMP"),
    "napalm": Text("第二来源 NAPALM", "second source NAPALM"),
    "psycopg": Text("PostgreSQL 数据库", "databases in PostgreSQL"),
}
NO_LOGIN = "login"  # in the place of a protocol: there is nothing to try with
_SPACE_BYTES = 200_000_000
_ECHOES = Text("可以发 ICMP 回显请求", "echo requests can be sent")
_NO_ECHO = Text(
    "不能发 ICMP 回显请求，可达性改用 TCP 连接；要用 net.ipv4.ping_group_range 或 CAP_NET_RAW",
    "echo requests cannot be sent, TCP connects stand in; wants net.ipv4.ping_group_range or CAP_NET_RAW",
)


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
    able = None not in (privilege(4), privilege(6))
    yield Diagnosis("ICMP", able or None, _ECHOES if able else _NO_ECHO)


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def project_parts(project: Project) -> Iterator[Diagnosis]:
    """The project's folders, its database, register, logins, playbooks, targets and name servers."""
    yield _tried(str(project.root), lambda: _writable(project.root))
    state = _tried(str(state_folder(project.root)), lambda: _writable(project.state))
    yield state
    yield from _database(project)
    if state.ok and project.vault.exists():
        yield _tried(str(project.vault), lambda: _own(project.vault))
    for name, path in available(project.root).items():
        yield _tried(f"playbook {name}", partial(_playbook, path, project))
    exclusions = Exclusions(project)
    targets = project.path("targets.csv")
    if targets.exists():
        yield _tried(str(targets), lambda: _targets(targets, exclusions))
    for server in project.settings.resolvers:
        yield _tried(f"resolver {server}", partial(_resolver, server, exclusions))


def _tried(thing: str, look: Callable[[], Text]) -> Diagnosis:
    try:
        return Diagnosis(thing, True, look())
    except HechaError as error:
        return Diagnosis(thing, False, error.text)


def _writable(folder: Path) -> Text:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"hecha")
            file.flush()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise unwritable("", error) from None
    shown = f"{free / 1e9:.1f} GB"
    if free < _SPACE_BYTES:
        raise InputError("", Text(f"只剩 {shown}", f"only {shown} free"))
    return Text(f"可写，剩余 {shown}", f"writable, {shown} free")


def _database(project: Project) -> Iterator[Diagnosis]:
    """The database and the register in it; nothing is made where there is none yet."""
    named = project.database if "@" not in project.database else "database"
    if "://" not in project.database and not Path(project.database).exists():
        yield Diagnosis(named, None, Text("还没有，第一次运行时建立", "not there yet; the first run makes it"))
        return
    try:
        with Store.open(project.database, create=False) as store:
            runs, register = len(store.runs()), store.register()
    except HechaError as error:
        yield Diagnosis(named, False, error.text)
        return
    yield Diagnosis(named, True, Text(f"可用，{runs} 次运行", f"usable, {runs} runs"))
    rows = len(register) if register else 0
    told = Text(f"{rows} 行", f"{rows} rows") if register else Text("还没有导入", "not imported yet")
    yield Diagnosis("register", True if register else None, told)


def _own(path: Path) -> Text:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise InputError("", Text("别人也能读；chmod 600", "others may read it: chmod 600"))
    return Text("只有所有者能读", "for its owner alone")


def _playbook(path: Path, project: Project) -> Text:
    """Whether all that a playbook names is there; targets only where the playbook is the project's own."""
    book, exclusions = playbook(str(path), project.root), Exclusions(project)
    terms(project, book, datetime.now().astimezone().date())
    with book.telling("reports"):
        chosen(book.reports)
    with book.telling("schedule"):
        if book.schedule:
            times_of(book)
    for server in book.collect.resolvers:
        _resolver(server, exclusions)
    if project.root in path.parents:
        read_targets(project.path(book.targets), exclusions.refusal)
    return Text("合法", "valid")


def _targets(path: Path, exclusions: Exclusions) -> Text:
    count = len(read_targets(path, exclusions.refusal))
    return Text(f"{count} 个目标", f"{count} targets")


def _resolver(server: str, exclusions: Exclusions) -> Text:
    asked = name_server(server)
    if refused := exclusions.told(asked.ip):
        raise InputError("", refused)
    if not answers(asked):
        raise InputError(server, Text("没有应答", "does not answer"))
    return Text("有应答", "answers")


@dataclass(frozen=True, slots=True)
class LoginTrial:
    """How one login fares on one target over one protocol. ``ok`` None: not tried."""

    target: str
    login: str
    protocol: str
    ok: bool | None
    told: Text


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
        return [LoginTrial(target.name, target.login, NO_LOGIN, False, error.text)]
    return [
        _outcome(target, "snmp", login.for_snmp, lambda: _snmp(target, login, budget)),
        _outcome(target, "ssh", login.for_ssh, lambda: _ssh(target, login, budget, hosts)),
    ]


def _outcome(target: Target, protocol: str, has_login: bool, attempt: Callable[[], Text]) -> LoginTrial:
    if not has_login:
        told = Text("这个登录没有为它准备什么", "the login has nothing for it")
        return LoginTrial(target.name, target.login, protocol, None, told)
    try:
        return LoginTrial(target.name, target.login, protocol, True, attempt())
    except CollectError as failure:
        return LoginTrial(target.name, target.login, protocol, False, reason(failure.why))


def _snmp(target: Target, login: Login, budget: FailureBudget) -> Text:
    address = str(target.address)
    session = open_within_budget(address, target.snmp_port, login, budget=budget, bounds=Bounds(timeout_s=2.0, tries=1))
    session.close()
    return Text(f"可用（{session.engine}）", f"works ({session.engine})")


def _ssh(target: Target, login: Login, budget: FailureBudget, hosts: KnownHosts) -> Text:
    named = platform_named(target.platform or "")
    session = open_cli(str(target.address), target.ssh_port, login, named, budget=budget, known_hosts=hosts)
    session.close()
    if session.platform is None:
        return Text("可用，认不出平台", "works; the platform is not recognised")
    return Text(f"可用，平台 {session.platform.name}", f"works, platform {session.platform.name}")
