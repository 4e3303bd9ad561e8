"""Devices asked: one after its sources in order, the first answer winning; many side by side, silent ones last."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from collectors.base import CliSession, SnmpSession
from collectors.budget import FailureBudget
from collectors.by_cli import facts_by_cli
from collectors.by_napalm import facts_by_napalm
from collectors.by_probe import Permits, ServiceTarget, anywhere, probe
from collectors.by_snmp import facts_by_snmp
from collectors.hostkeys import KnownHosts
from collectors.merge import IN_PART, merge_into, merged_identity
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platform as platform_named
from collectors.probes.names import Resolver
from collectors.sessions.answers import Keep
from collectors.sessions.replay import open_replay
from collectors.sessions.snmp import Bounds
from collectors.sessions.snmp_login import open_within_budget
from collectors.sessions.ssh import open_cli
from collectors.sessions.ssh_client import Timeouts
from collectors.workers import in_parallel
from inventory.credentials import Login, Logins
from inventory.errors import (
    CollectError,
    Gap,
    HostKeyChanged,
    LoginRefused,
    LoginWithheld,
    Missing,
    ReadFailed,
    Unreachable,
)
from inventory.evidence import Evidence
from inventory.facts import Fact, HostKeys, Identity, OperatingSystem, ServiceProbe, Source
from inventory.snapshot import DeviceRecord, Facts, Snapshot, State, fact_in, system_target
from inventory.targets import Target

log = logging.getLogger(__name__)

_BRIEF_TRIES = 2  # SNMP requests of the first round: who is silent then is asked patiently after all others
_BRIEF_CONNECT_S = 3.0
# What an SNMP agent on Linux says of itself does not tell which routing suite runs beside it.
_TOLD_BY_SHELL = frozenset({"linux"})


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Asking:
    """How devices are asked in a run; all workers share it.

    ``wanted``      facts to bring, in the order they are asked for
    ``sources``     snmp, cli, napalm in the order they are asked
    ``keep``        stores a masked raw answer and returns its SHA-256; None: raw answers are not kept
    ``deadline_s``  of a device, over all its sources
    ``replay``      folder of captures that are read instead of asking devices; None: devices are asked
    """

    wanted: tuple[type[Fact], ...]
    sources: tuple[str, ...]
    logins: Logins
    budget: FailureBudget
    known_hosts: KnownHosts
    timeout_s: float = 0.5
    tries: int = 5
    deadline_s: float = 120.0
    keep: Keep | None = None
    replay: Path | None = None
    clock: Callable[[], datetime] = _now


def gather_all(targets: Iterable[Target], asking: Asking, workers: int) -> Generator[Snapshot, None, None]:
    """Every target's snapshot in order of completion; those that stay silent at first are asked again at the end.

    A short first round keeps dead addresses from holding the workers that living ones wait for.
    """
    silent: list[Target] = []
    for target, snapshot in in_parallel(partial(_briefly, asking=asking), targets, workers):
        if snapshot.record.state is State.UNREACHABLE:
            silent.append(target)
        else:
            yield snapshot
    yield from in_parallel(partial(gather, asking=asking), silent, workers)


def _briefly(target: Target, asking: Asking) -> tuple[Target, Snapshot]:
    return target, _Asked(target, asking, brief=True).snapshot()


def gather(target: Target, asking: Asking) -> Snapshot:
    """What the target's sources tell, each wanted fact present or Missing; raises nothing of the device's making."""
    return _Asked(target, asking, brief=False).snapshot()


def gather_system(
    service: ServiceTarget, resolvers: Iterable[Resolver], now: datetime, permits: Permits = anywhere
) -> Snapshot:
    """A business system as its probe finds it, under the name of ``system_target``; raises nothing of its making.

    Nothing of a system is asked where ``permits`` forbids one of its addresses: what the others say is not the whole.
    """
    name = system_target(service.system)
    told: Facts
    try:
        told = at_the_edge(
            name,
            "probe",
            lambda: {ServiceProbe: probe(service, resolvers, now, permits=permits)},
            lambda: (ServiceProbe,),
        )
    except CollectError as forbidden:
        told = {ServiceProbe: forbidden.missing()}
    return Snapshot(DeviceRecord(name, service.url or "", State.ANSWERED, now), told)


def at_the_edge(target: str, source: str, ask: Callable[[], Facts], left: Callable[[], Iterable[type[Fact]]]) -> Facts:
    """What a source tells; a CollectError passes, and any other fault costs the facts that are left, not the run."""
    try:
        return ask()
    except CollectError:
        raise
    except Exception as fault:  # the edge of a device
        log.exception("%s: %s", target, source)
        return dict.fromkeys(left(), Missing(Gap.UNPARSED, f"{source}: a fault of hecha: {type(fault).__name__}"))


class _Asked:
    """One target while its sources are asked."""

    def __init__(self, target: Target, asking: Asking, *, brief: bool) -> None:
        self._target = target
        self._asking = asking
        self._brief = brief
        self._now = asking.clock()
        self._until = time.monotonic() + asking.deadline_s
        self._facts: Facts = {}
        self._platform: str | None = target.platform
        self._answered = False
        self._refusals: list[CollectError] = []
        self._silent: set[str] = set()

    def snapshot(self) -> Snapshot:
        """All sources asked."""
        for source in ("replay",) if self._asking.replay else self._asking.sources:
            self._ask(source)
        if self._brief and self._answered and "snmp" in self._silent:
            self._brief = False  # it is alive: its agent may only be slow, or the line bad
            self._ask("snmp")
        unasked = Missing(Gap.UNREAD, f"no source that was asked tells it ({', '.join(self._asking.sources)})")
        facts = {kind: self._facts.get(kind, unasked) for kind in self._asking.wanted}
        facts.update({kind: fact for kind, fact in self._facts.items() if kind is HostKeys})  # comes with every login
        record = DeviceRecord(
            target=self._target.name,
            address=str(self._target.address),
            state=self._state(),
            taken_at=self._now,
            platform=self._platform,
            site=self._target.site,
            role=self._target.role,
            tags=self._target.tags,
        )
        return Snapshot(record, facts)

    def _ask(self, source: str) -> None:
        try:
            told = at_the_edge(self._target.name, source, partial(self._told, source), self._open_facts)
        except CollectError as failure:
            self._refusals.append(failure)
            if isinstance(failure, Unreachable):
                self._silent.add(source)
            told = dict.fromkeys(self._open_facts(), replace(failure.missing(), why=f"{source}: {failure.why}"))
        merge_into(self._facts, told)

    def _told(self, source: str) -> Facts:
        if source == "replay":
            return self.by_replay()
        return _SOURCES[source](self, self._asking.logins.login(self._target.login))

    def _left_s(self) -> float:
        """What is left of the device's time; Unreachable when it is over."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise Unreachable(f"not asked: the device's {self._asking.deadline_s:g} s were over")
        return left

    def _open_facts(self) -> tuple[type[Fact], ...]:
        """Wanted facts that no source has told so far."""
        return tuple(kind for kind in self._asking.wanted if not isinstance(self._facts.get(kind), Fact))

    def by_snmp(self, login: Login) -> Facts:
        """Facts from the SNMP agent."""
        if not login.for_snmp:
            return self._unasked("SNMP", login)
        session = open_within_budget(
            str(self._target.address),
            self._target.snmp_port,
            login,
            budget=self._asking.budget,
            bounds=Bounds(
                timeout_s=self._asking.timeout_s,
                tries=_BRIEF_TRIES if self._brief else self._asking.tries,
                deadline_s=self._left_s(),
            ),
        )
        return self._snmp_facts(session)

    def _snmp_facts(self, session: SnmpSession) -> Facts:
        self._answered = True
        try:
            told = facts_by_snmp(session, self._open_facts(), self._now)
        finally:
            session.close()
        identity = fact_in(told, Identity)
        if self._platform is None and isinstance(identity, Identity):
            self._platform = identity.platform
        return told

    def by_cli(self, login: Login) -> Facts:
        """Facts from the command line."""
        if not login.for_ssh:
            return self._unasked("SSH", login)
        timeouts = Timeouts(session_s=self._left_s())
        session = open_cli(
            str(self._target.address),
            self._target.ssh_port,
            login,
            self._shell_platform(),
            budget=self._asking.budget,
            known_hosts=self._asking.known_hosts,
            timeouts=replace(timeouts, connect_s=_BRIEF_CONNECT_S) if self._brief else timeouts,
            keep=self._asking.keep,
        )
        told = self._cli_facts(session)
        return {HostKeys: self._host_keys(), **told}

    def _host_keys(self) -> HostKeys:
        """What the server has shown: it was held against the file of known hosts before the login."""
        address, port = str(self._target.address), self._target.ssh_port
        keys = self._asking.known_hosts.keys(address, port)
        evidence = Evidence(f"SSH host key, port {port}", excerpt="", taken_at=self._now)
        return HostKeys(tuple(f"{key.kind} {key.fingerprint}" for key in keys), evidence)

    def _cli_facts(self, session: CliSession) -> Facts:
        self._answered = True
        try:
            if session.platform is None:
                return dict.fromkeys(self._open_facts(), Missing(Gap.UNREAD, "cli: no platform is recognised"))
            self._platform = self._target.platform or session.platform.name
            told = facts_by_cli(session, session.platform, self._asked_of_shell(), self._now)
        finally:
            session.close()
        self._prefer_shell(session.platform, told)
        return told

    def by_napalm(self, login: Login) -> Facts:
        """Facts through NAPALM, where it knows the platform and the host key is known."""
        self._left_s()
        told = facts_by_napalm(
            str(self._target.address),
            self._target.ssh_port,
            login,
            self._platform,
            self._open_facts(),
            self._now,
            budget=self._asking.budget,
            known_hosts=self._asking.known_hosts,
        )
        self._answered = True
        return told

    def by_replay(self) -> Facts:
        """Facts from captured files, an SNMP recording first."""
        try:
            replayed = open_replay(self._asking.replay or Path(), self._target, self._asking.keep)
        except ReadFailed:
            self._answered = True  # there are captures of it, if none that can be read: no login was refused
            raise
        if replayed.snmp is not None:
            merge_into(self._facts, self._snmp_facts(replayed.snmp))
        if replayed.refused is not None:
            self._answered = True
            return dict.fromkeys(self._open_facts(), replayed.refused)
        return self._cli_facts(replayed.cli) if replayed.cli is not None else {}

    def _shell_platform(self) -> Platform | None:
        """The platform whose shell is to be expected; None: it has to be recognised there."""
        if self._target.platform is None and self._platform in _TOLD_BY_SHELL:
            return None
        return platform_named(self._platform or "")

    def _asked_of_shell(self) -> tuple[type[Fact], ...]:
        """What is still open, and what SNMP left a part of open: identity, a kernel's system, groups."""
        identity, system = fact_in(self._facts, Identity), fact_in(self._facts, OperatingSystem)
        more: list[type[Fact]] = []
        if isinstance(identity, Identity):
            parts = (identity.model, identity.release, identity.serial)
            more += [Identity] if None in parts or identity.platform in _TOLD_BY_SHELL else []
        if isinstance(system, OperatingSystem) and system.distribution is None:
            more.append(OperatingSystem)
        more += [kind for kind in IN_PART if isinstance(self._facts.get(kind), Fact)]
        return (*self._open_facts(), *more)

    def _prefer_shell(self, shell: Platform, told: Facts) -> None:
        """What SNMP read off a kernel gives way to what the shell says of the system that runs on it."""
        known, said = fact_in(self._facts, Identity), fact_in(told, Identity)
        if isinstance(known, Identity) and known.platform in _TOLD_BY_SHELL:
            alone = Identity(platform=shell.name, sources=(Source("platform", "the command line"),))
            self._facts[Identity] = merged_identity(said if isinstance(said, Identity) else alone, known)

    def _unasked(self, what: str, login: Login) -> Facts:
        return dict.fromkeys(self._open_facts(), Missing(Gap.UNREAD, f"login {login.name} has nothing for {what}"))

    def _state(self) -> State:
        if self._answered:
            return State.ANSWERED
        if any(isinstance(r, LoginWithheld) for r in self._refusals):
            return State.WITHHELD
        if any(isinstance(r, LoginRefused | HostKeyChanged) for r in self._refusals):
            return State.REFUSED
        # An address that closes the door or talks nonsense is there; only silence is no answer.
        spoke = any(not isinstance(r, Unreachable) for r in self._refusals)
        return State.REFUSED if spoke else State.UNREACHABLE


_SOURCES: dict[str, Callable[[_Asked, Login], Facts]] = {
    "snmp": _Asked.by_snmp,
    "cli": _Asked.by_cli,
    "napalm": _Asked.by_napalm,
}
