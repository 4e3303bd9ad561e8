"""Peak memory of a census: it must not grow with the number of devices.

python benchmarks/census_memory.py

Each size runs in a process of its own, over real SNMP, storing every device; the larger may need a tenth more.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from ipaddress import ip_address
from pathlib import Path

from _agents import COMMUNITY, fleet

from collectors.budget import FailureBudget
from collectors.gather import Asking, gather_all
from collectors.hostkeys import KnownHosts
from inventory.credentials import Logins
from inventory.store import Store
from inventory.targets import Target
from playbooks.wanted import CENSUS

SMALL, LARGE, LIMIT = 100, 1000, 1.1


def census(port: int, addresses: list[str]) -> int:
    """Peak resident memory of this process in KiB after a census of the addresses."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        logins = Logins({"HECHA_LOGIN_DEFAULT_COMMUNITY": COMMUNITY})
        asking = Asking(CENSUS, ("snmp",), logins, FailureBudget(folder / "budget.json"), KnownHosts(folder / "hosts"))
        targets = (Target(address, ip_address(address), snmp_port=port) for address in addresses)
        with Store.open(folder / "census.db") as store:
            run = store.create_run("benchmark")
            for snapshot in gather_all(targets, asking, workers=16):
                store.save_device(run, snapshot)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> int:
    if len(sys.argv) > 1:
        port, *addresses = sys.argv[1:]
        print(census(int(port), addresses))
        return 0
    peaks = {}
    with fleet(LARGE) as (addresses, port):
        for count in (SMALL, LARGE):
            command = [sys.executable, __file__, str(port), *addresses[:count]]
            peaks[count] = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            print(f"{count:5} devices: peak {peaks[count] / 1024:6.1f} MiB")
    ratio = peaks[LARGE] / peaks[SMALL]
    print(f"ratio {ratio:.2f} (limit {LIMIT})")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
