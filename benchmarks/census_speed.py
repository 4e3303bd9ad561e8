"""CPU of a census: one device asked by SNMP, facts built and stored, against net-snmp fetching the same tables.

python benchmarks/census_speed.py [devices]

Limits over SNMP v2c: 10 ms of CPU a device, and a third of what ``snmpbulkwalk`` needs to print the same tables to
/dev/null. Over SNMPv3 with authentication and privacy half as much again.
The agents run in a process of their own, whose CPU counts for neither side.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from _agents import AUTH, COMMUNITY, PRIV, USER, fleet

from collectors.base import SnmpSession, SnmpValue
from collectors.budget import FailureBudget
from collectors.by_snmp import facts_by_snmp
from collectors.gather import Asking, gather
from collectors.hostkeys import KnownHosts
from collectors.sessions.snmp import open_snmp
from inventory.credentials import Logins
from inventory.facts import Interfaces
from inventory.snapshot import State
from inventory.store import Store
from inventory.targets import Target
from playbooks.wanted import CENSUS

LIMIT_MS, LIMIT_SECURE_MS, LIMIT_RATIO = 10.0, 15.0, 3.0
DEVICES = int(sys.argv[1]) if len(sys.argv) > 1 else 200


class Counting:
    """A session that notes which tables are walked and how many values come."""

    def __init__(self, session: SnmpSession) -> None:
        self._session = session
        self.engine = session.engine
        self.roots: list[str] = []
        self.values = 0

    @property
    def pdus(self) -> int:
        return int(getattr(self._session, "requests", 0))

    def get(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        self.values += len(oids)
        return self._session.get(oids)

    def walk(self, root: str) -> Iterator[tuple[str, SnmpValue]]:
        self.roots.append(root)
        for row in self._session.walk(root):
            self.values += 1
            yield row

    def close(self) -> None:
        self._session.close()


def cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def logins() -> Logins:
    return Logins(
        {
            "HECHA_LOGIN_DEFAULT_COMMUNITY": COMMUNITY,
            "HECHA_LOGIN_SECURE_SNMPV3_USER": USER,
            "HECHA_LOGIN_SECURE_SNMPV3_AUTH": f"sha256:{AUTH}",
            "HECHA_LOGIN_SECURE_SNMPV3_PRIV": f"aes128:{PRIV}",
        }
    )


def what_is_asked(address: str, port: int) -> Counting:
    session = Counting(open_snmp(address, port, logins().login("default")))
    facts_by_snmp(session, CENSUS, datetime.now(UTC))
    session.close()
    return session


def ours(addresses: list[str], port: int, login: str) -> float:
    """Milliseconds of CPU a device."""
    with tempfile.TemporaryDirectory() as folder:
        return _ours(addresses, port, login, Path(folder))


def _ours(addresses: list[str], port: int, login: str, folder: Path) -> float:
    asking = Asking(CENSUS, ("snmp",), logins(), FailureBudget(folder / "budget.json"), KnownHosts(folder / "hosts"))
    with Store.open(folder / "census.db") as store:
        run = store.create_run("benchmark")
        warm = gather(Target("warm", ip_address(addresses[0]), snmp_port=port, login=login), asking)
        assert warm.record.state is State.ANSWERED
        assert isinstance(warm.fact(Interfaces), Interfaces)
        before = cpu(resource.RUSAGE_SELF)
        for address in addresses:
            target = Target(address, ip_address(address), snmp_port=port, login=login)
            store.save_device(run, gather(target, asking))
        store.flush()
        return (cpu(resource.RUSAGE_SELF) - before) / len(addresses) * 1000


def theirs(addresses: list[str], port: int, roots: list[str]) -> float:
    """Milliseconds of CPU a device; one process a table, as the command takes one root."""
    before = cpu(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "MIBS": ""}  # no MIB files: the leanest it can be
    for address in addresses:
        for root in roots:
            command = ["snmpbulkwalk", "-v2c", "-c", COMMUNITY, "-Cr40", "-On", f"{address}:{port}", f".{root}"]
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, check=False)
    return (cpu(resource.RUSAGE_CHILDREN) - before) / len(addresses) * 1000


def main() -> int:
    with fleet(DEVICES) as (addresses, port):
        asked = what_is_asked(addresses[0], port)
        print(f"one device: {asked.pdus} PDUs, {asked.values} values, {len(asked.roots)} tables")
        mine, secure = (ours(addresses, port, login) for login in ("default", "secure"))
        peer = theirs(addresses[: max(10, DEVICES // 10)], port, asked.roots)
    ratio = peer / mine
    print(f"hecha, facts built and stored   {mine:7.2f} ms CPU a device (limit {LIMIT_MS:g})")
    print(f"the same over SNMPv3 authPriv   {secure:7.2f} ms CPU a device (limit {LIMIT_SECURE_MS:g})")
    print(f"snmpbulkwalk to /dev/null       {peer:7.2f} ms CPU a device")
    print(f"ratio                           {ratio:7.1f}    (limit {LIMIT_RATIO:g})")
    return 0 if mine <= LIMIT_MS and secure <= LIMIT_SECURE_MS and ratio >= LIMIT_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
