"""Throughput tests of a run: only to servers that the playbook names and the target list declares, in the window."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from collectors.by_iperf import throughput
from inventory.facts import Throughput
from inventory.store import Store
from inventory.targets import Target
from inventory.text import Text
from playbooks.progress import Progress
from playbooks.schema import ActiveTest

TAG = "iperf3"  # of a target on which an iperf3 server listens; iperf3:5301 for another port
_PORT = 5201


def agreed(targets: Collection[Target], test: ActiveTest) -> Iterator[tuple[Target, int]]:
    """Targets that both sides name, with the server's port."""
    for target in targets:
        port = next((found for tag in target.tags if (found := _port(tag)) is not None), None)
        if port is not None and str(target.address) in test.servers:
            yield target, port


def _port(tag: str) -> int | None:
    name, _, number = tag.partition(":")
    if name != TAG or (number and not (number.isascii() and number.isdigit() and 1 <= int(number) <= 65535)):
        return None
    return int(number or _PORT)


def run_tests(
    store: Store, run: int, targets: Collection[Target], test: ActiveTest, progress: Progress, now: datetime
) -> None:
    """Tests one target after another, that no test is in another's way; outside the window none."""
    wanted = list(agreed(targets, test))
    progress.begin(Text("实测吞吐", "Testing throughput"), len(wanted))
    for target, port in wanted:
        snapshot = store.snapshot(run, target.name)
        if snapshot is not None and test.open_at(now.astimezone().time()):
            found = throughput(str(target.address), port, test.cap_mbps, test.seconds, now)
            store.save_device(run, replace(snapshot, facts={**snapshot.facts, Throughput: found}))
        progress.step()
    store.flush()
