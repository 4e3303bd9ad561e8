"""A throughput test with iperf3 against a server that agreed to it: the one thing hecha does that loads a line.

The server stands on the device; only the client runs here. Nothing is asked of a device that did not declare it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from datetime import datetime
from typing import Any

from inventory.errors import Gap, Missing, ReadFailed
from inventory.evidence import Evidence
from inventory.facts import Throughput

_SLACK_S = 15.0  # beyond the test itself: connecting, and the exchange of results
_LARGEST = 4_000_000  # octets of a report
Report = dict[str, Any]


def throughput(address: str, port: int, cap_mbps: float, seconds: int, now: datetime) -> Throughput | Missing:
    """What one TCP stream carried in each direction, never sent faster than the cap; Missing where neither ran."""
    program = shutil.which("iperf3")
    if program is None:
        return Missing(Gap.UNREAD, "iperf3 is not installed here")
    rates: list[float | None] = []
    failures: list[str] = []
    for more in ((), ("-R",)):
        command = [program, "-c", address, "-p", str(port), "-J", "-t", str(seconds), "-b", f"{cap_mbps:g}M", *more]
        try:
            rates.append(_mbps(_report(command, seconds + _SLACK_S)))
        except ReadFailed as failure:
            rates.append(None)
            failures.append(failure.why)
    if rates == [None, None]:
        return Missing(Gap.UNREACHABLE, failures[0])
    where = f"{address} {port}"
    up, down = rates
    said = ", ".join(
        f"{name} {'failed' if mbps is None else f'{mbps:.1f} Mbit/s'}" for name, mbps in (("up", up), ("down", down))
    )
    return Throughput(where, up, down, cap_mbps, float(seconds), Evidence(f"iperf3 {where}", (), said, now))


def _report(command: list[str], limit_s: float) -> Report:
    with tempfile.TemporaryFile() as out:  # a file, not memory: how much comes is the far end's choice
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, timeout=limit_s)
        except subprocess.TimeoutExpired:
            raise ReadFailed(f"iperf3: no end within {limit_s:g} s", Gap.UNREACHABLE) from None
        out.seek(0)
        text = out.read(_LARGEST)
    try:
        report = json.loads(text)
    except ValueError:
        raise ReadFailed("iperf3: no report") from None
    if not isinstance(report, dict):
        raise ReadFailed("iperf3: no report")
    return report


def _mbps(report: Report) -> float:
    """What arrived; ReadFailed with iperf3's own words where the test failed."""
    received = report.get("end", {}).get("sum_received") if isinstance(report.get("end"), dict) else None
    rate = received.get("bits_per_second") if isinstance(received, dict) else None
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not rate > 0:
        raise ReadFailed(f"iperf3: {str(report.get('error', 'no result'))[:200]}", Gap.UNREACHABLE)
    return rate / 1e6
