"""How devices answer over both families: only where a playbook says so, by ICMP only where the target does, too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from collectors.by_echo import Echoing, reach
from collectors.discovery.pace import Pace
from collectors.workers import in_parallel
from inventory.addresses import IPAddress
from inventory.errors import Gap, Missing
from inventory.facts import Addresses, Reachability
from inventory.snapshot import Snapshot, State
from inventory.store import Store
from inventory.targets import Target
from inventory.text import Text
from playbooks.progress import Progress
from playbooks.schema import Echo

TAG = "echo"  # of a target that may be sent ICMP echo requests


@dataclass(frozen=True, slots=True)
class Reaching:
    """One run's look at how devices answer."""

    store: Store
    run: int
    echo: Echo
    workers: int
    permits: Callable[[IPAddress], bool]
    progress: Progress

    def devices(self, targets: Collection[Target]) -> None:
        """Asks every target that answered, storing each as it comes; those that a resumed run has asked are left."""
        echoing = Echoing(self.echo.count, Pace(self.echo.per_second))
        self.progress.begin(Text("探测可达性", "Looking how devices are reached"), len(targets))

        def look(waiting: tuple[Target, Snapshot]) -> Snapshot:
            target, snapshot = waiting
            ips = [ip for ip in both_families(target, snapshot) if self.permits(ip)]
            found: Reachability | Missing = Missing(Gap.EXCLUDED)
            if ips:
                found = reach(ips, target.ssh_port, echoing, datetime.now(UTC), by_icmp=TAG in target.tags)
            return replace(snapshot, facts={**snapshot.facts, Reachability: found})

        with closing(in_parallel(look, self._left(targets), self.workers)) as snapshots:
            for snapshot in snapshots:
                self.store.save_device(self.run, snapshot)
        self.store.flush()

    def _left(self, targets: Iterable[Target]) -> Iterator[tuple[Target, Snapshot]]:
        for target in targets:
            snapshot = self.store.snapshot(self.run, target.name)
            self.progress.step()
            if (
                snapshot
                and snapshot.record.state is State.ANSWERED
                and not isinstance(snapshot.fact(Reachability), Reachability)
            ):
                yield target, snapshot


def both_families(target: Target, snapshot: Snapshot) -> tuple[IPAddress, ...]:
    """The target's address, and one of the other family that its device has, if it has any."""
    addresses = snapshot.fact(Addresses)
    other = None if isinstance(addresses, Missing) else other_family(target.address, addresses)
    return (target.address,) if other is None else (target.address, other)


def other_family(own: IPAddress, addresses: Addresses) -> IPAddress | None:
    """An address of the other family than a device's own, of the same interface if it can be; None: it has none."""
    place = next((each.interface for each in addresses.items if each.ip.ip == own), None)
    others = [
        (each.interface != place or place is None, each.ip.ip)
        for each in addresses.items
        if each.ip.version != own.version and serves(each.ip.ip)
    ]
    # The first of those as near as that: a device tells its interfaces in their order.
    return min(others, key=lambda told: told[0])[1] if others else None


def serves(ip: IPAddress) -> bool:
    """Whether an address can be reached from elsewhere."""
    return not (ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified)
