"""Speed of a sweep: ICMP over a /18 of loopback, at one rate and as fast as it goes, against fping doing the same.

python benchmarks/discovery_speed.py

Limits: at one rate no longer than fping by a tenth; flat out at a quarter of its speed or better, for fping is C and a
sweep notes every answer and keeps its rate; at any rate every one of the 16,382 addresses found.
Debian: fping. Needs root, or a group in net.ipv4.ping_group_range.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import time
from ipaddress import IPv4Network

from collectors.discovery.knocks import Echo, close_all, icmp_is_allowed
from collectors.discovery.pace import Pace
from collectors.discovery.scopes import reach
from collectors.discovery.sweep import Sweep

SCOPE, RATE, FLAT_OUT = "127.46.0.0/18", 1000, 1_000_000
LIMIT_AT_RATE, LIMIT_FLAT_OUT = 1.1, 4.0


def ours(rate: float) -> tuple[float, float, int]:
    """Seconds, seconds of CPU, and addresses that answered."""
    began, used = time.perf_counter(), time.process_time()
    knocks = [Echo()]
    addresses = reach([SCOPE], [], [], 65_536).addresses()
    with Sweep(knocks, (), Pace(rate), tries=2, patience_s=0.5) as sweep:
        found = sum(each.is_there for each in sweep.ask(addresses, lambda _: None).values())
    close_all(knocks)
    return time.perf_counter() - began, time.process_time() - used, found


def theirs(interval_ms: float) -> tuple[float, float, int]:
    """The same of fping; each address once again where it kept silent."""
    command = ["fping", "-a", "-q", "-g", SCOPE, "-i", f"{interval_ms:g}", "-r", "1", "-t", "500"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    answered = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, cpu, len(answered)


def main() -> int:
    if shutil.which("fping") is None or not icmp_is_allowed():
        print("left out: needs fping, and ICMP allowed")
        return 0
    good = True
    for name, rate, interval_ms, limit in (
        (f"{RATE} packets a second", RATE, 1000 / RATE, LIMIT_AT_RATE),
        ("as fast as it goes", FLAT_OUT, 0, LIMIT_FLAT_OUT),
    ):
        mine, cpu, found = ours(rate)
        peer, peer_cpu, peer_found = theirs(interval_ms)
        ratio = mine / peer
        print(name)
        print(f"  hecha  {mine:6.2f} s, {cpu:5.2f} s CPU, {found} answer")
        print(f"  fping  {peer:6.2f} s, {peer_cpu:5.2f} s CPU, {peer_found} answer")
        print(f"  ratio  {ratio:6.2f}   (limit {limit:g})")
        good &= ratio <= limit and found == IPv4Network(SCOPE).num_addresses - 2
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
