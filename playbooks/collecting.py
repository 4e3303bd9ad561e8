"""From a playbook to stored facts: which targets are left, who is asked how."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from collectors.budget import FailureBudget
from collectors.by_napalm import DRIVERS
from collectors.by_probe import Permits, ServiceTarget
from collectors.gather import Asking, gather_all, gather_system
from collectors.hostkeys import KnownHosts
from collectors.platforms.catalogue import platforms
from collectors.probes.names import Resolver, resolver
from collectors.vendors.files import vendors
from collectors.workers import in_parallel
from inventory.credentials import Logins
from inventory.errors import InputError
from inventory.facts import Fact
from inventory.register import MigrationState, Register
from inventory.register.rows import BusinessSystem
from inventory.snapshot import Snapshot, system_target
from inventory.store import Store
from inventory.targets import Target
from inventory.text import Text
from playbooks.progress import Progress
from playbooks.project import Project
from playbooks.schema import Collect


def check_logins(targets: Iterable[Target], logins: Logins) -> None:
    """InputError naming the first target whose login nothing supplies: nothing is asked before."""
    known: set[str] = set()
    for target in targets:
        if target.login in known:
            continue
        known.add(target.login)
        try:
            logins.login(target.login)
        except InputError as error:
            raise InputError(target.name, error.text) from None


def check_platforms(path: Path, targets: Iterable[Target]) -> None:
    """InputError for a platform that no target can have: a word mistyped would leave its devices half judged."""
    given = {target.platform: target.name for target in targets if target.platform}
    odd = given.keys() - platforms().keys() - DRIVERS.keys()
    if odd:  # the census names more platforms than have a file; reading them all takes a moment
        odd -= {vendor.platform for vendor in vendors()} | {s.platform for vendor in vendors() for s in vendor.systems}
    for name in sorted(odd):
        known = ", ".join(platforms())
        raise InputError(
            f"{path} {given[name]}", Text(f"没有平台 {name}；可用：{known}", f"no platform {name}; there are: {known}")
        )


@dataclass(frozen=True, slots=True)
class Collecting:
    """One run's collection."""

    store: Store
    run: int
    asking: Asking
    workers: int
    resolvers: tuple[Resolver, ...]
    progress: Progress
    permits: Permits

    def devices(self, targets: Collection[Target]) -> None:
        """Asks every target that the run does not hold yet, storing each as it comes."""
        done = self.store.done_targets(self.run)
        left = [target for target in targets if target.name not in done]
        self.progress.begin(Text("采集设备", "Collecting devices"), len(targets))
        self.progress.step(len(targets) - len(left))
        # Closed at once when storing fails or Ctrl-C comes, so that nobody more is asked.
        with closing(gather_all(left, self.asking, self.workers)) as snapshots:
            for snapshot in snapshots:
                self.store.save_device(self.run, snapshot)
                self.progress.step()
        self.store.flush()

    def systems(self, register: Register) -> None:
        """Probes every declared business system that is in service."""
        done = self.store.done_targets(self.run)
        left = [s for s in services(register) if system_target(s.system) not in done]
        self.progress.begin(Text("探测业务系统", "Probing business systems"), len(left))
        with closing(probed(left, self.resolvers, self.workers, self.permits)) as snapshots:
            for _, snapshot in snapshots:
                self.store.save_device(self.run, snapshot)
                self.progress.step()
        self.store.flush()


def services(register: Register) -> Iterator[ServiceTarget]:
    """Every declared business system that is in service, as it is to be probed."""
    return (_service(system) for system in register.systems if system.state is not MigrationState.RETIRED)


def _service(system: BusinessSystem) -> ServiceTarget:
    host = f"//{system.host}" if system.host else None
    old = (system.old_address,) if system.old_address else ()
    interface = system.interface_endpoint if system.state is MigrationState.EXCEPTED else None
    url = system.url or host
    return ServiceTarget(system.name, url, system.port, system.addresses, old, system.old_port, interface)


def probed(
    wanted: Iterable[ServiceTarget], resolvers: tuple[Resolver, ...], workers: int, permits: Permits
) -> Generator[tuple[ServiceTarget, Snapshot], None, None]:
    """Each business system with what it answers, in order of completion."""
    return in_parallel(partial(_probed, resolvers=resolvers, permits=permits), wanted, workers)


def _probed(
    service: ServiceTarget, resolvers: tuple[Resolver, ...], permits: Permits
) -> tuple[ServiceTarget, Snapshot]:
    return service, gather_system(service, resolvers, datetime.now(UTC), permits)


def asking(
    project: Project,
    collect: Collect,
    wanted: tuple[type[Fact], ...],
    logins: Logins,
    store: Store | None = None,
    replay: Path | None = None,
) -> Asking:
    """How a playbook of a project has devices asked, or their captures read.

    InputError where the project's login failures or host keys cannot be read.
    """
    budget, known_hosts = FailureBudget(project.login_failures, collect.login_failures), KnownHosts(project.known_hosts)
    budget.standings()
    known_hosts.kinds("::", 22)
    return Asking(
        wanted=wanted,
        sources=tuple(source for source in collect.sources if source != "probe"),
        logins=logins,
        budget=budget,
        known_hosts=known_hosts,
        timeout_s=collect.timeout_s,
        tries=collect.tries,
        deadline_s=collect.device_deadline_s,
        keep=store.keep_raw if store else None,
        replay=replay,
    )


def resolvers(project: Project, collect: Collect) -> tuple[Resolver, ...]:
    """Name servers of the playbook, else of the project; InputError for one that is no address."""
    return tuple(map(name_server, collect.resolvers or project.settings.resolvers))


def name_server(text: str) -> Resolver:
    """A name server as playbooks and settings write it; InputError for what is no address."""
    try:
        return resolver(text)
    except ValueError:
        expected = Text("应是地址或 地址:端口", "expected an address, or address:port")
        raise InputError(f"resolvers: {text}", expected) from None
