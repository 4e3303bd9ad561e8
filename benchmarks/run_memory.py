"""Peak memory of whole runs: collected, judged and reported, it must not grow with the number of devices.

python benchmarks/run_memory.py

Each size of the simulated county is audited in a process of its own, over real SNMP and SSH, its agents in another;
the larger may need a quarter more: the register, one name a target and each report's own tables grow with the county.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from inventory.store import Store
from playbooks.demo.audit import audit, demo_project
from playbooks.progress import Quiet

SMALL, LARGE, LIMIT = 20, 220, 1.25  # villages


def run(villages: int) -> str:
    """Devices of the county, and peak resident memory of this process in KiB after auditing it."""
    with tempfile.TemporaryDirectory() as name, demo_project(Path(name), villages) as demo:
        outcome = audit(demo, "zh", Quiet())
        with Store.open(demo.project.database) as store:
            devices = sum(1 for _ in store.records(outcome.run))
    return f"{devices} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}"


def main() -> int:
    if len(sys.argv) > 1:
        print(run(int(sys.argv[1])))
        return 0
    peaks = []
    for villages in (SMALL, LARGE):
        command = [sys.executable, __file__, str(villages)]
        devices, peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        peaks.append(int(peak))
        print(f"{devices:>5} devices: peak {int(peak) / 1024:6.1f} MiB")
    ratio = peaks[1] / peaks[0]
    print(f"ratio {ratio:.2f} (limit {LIMIT})")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
