"""Configurations read and judged: facts of bare files of a thousand lines, and all level-3 checks on them.

python benchmarks/config_speed.py [files]

Limit: 60 ms of CPU a file on one core, which is 10,000 files in ten minutes. Beside it, where it is installed
(pip install ciscoconfparse2), the time that ciscoconfparse2 takes to make its tree of the same IOS files, judging none.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_device
from checks.model import Family
from collectors.offline import snapshots_from
from inventory.plan import plan
from inventory.snapshot import Snapshot

LIMIT_MS = 60.0
LINES = 1_000
FILES = int(sys.argv[1]) if len(sys.argv) > 1 else 300


def vrp(n: int, seed: random.Random) -> Iterator[str]:
    yield from ("!Software Version V200R019C00SPC500", "#", f"sysname SW-{n}", "#", "telnet server enable", "#", "aaa")
    yield from (f" local-user user{u} password irreversible-cipher $1a${seed.getrandbits(64):x}$" for u in range(5))
    yield "#"
    for port in range(150):
        yield from (f"interface GigabitEthernet0/0/{port}", f" description to room {seed.randrange(999)}")
        yield from (" port link-type access", f" port default vlan {seed.randrange(2, 4000)}", "#")
    yield "acl number 3000"
    yield from (f" rule {r} permit tcp source 10.{r % 250}.0.0 0.0.255.255" for r in range(5, 1200, 5))
    yield from ("#", "info-center loghost 10.88.0.50", "ntp-service unicast-server 10.88.0.123", "#")
    yield from ("user-interface vty 0 4", " authentication-mode aaa", " protocol inbound all", "#", "return")


def ios(n: int, seed: random.Random) -> Iterator[str]:
    yield from ("version 15.2", "service password-encryption", f"hostname R{n}", "!")
    yield from (f"username user{u} privilege 15 secret 5 $1$ab$u{u}" for u in range(5))
    for port in range(150):
        yield from (f"interface GigabitEthernet0/{port}", f" description to room {seed.randrange(999)}")
        yield from (f" switchport access vlan {seed.randrange(2, 4000)}", " switchport mode access", "!")
    yield "ip access-list extended EDGE"
    yield from (f" permit tcp 10.{r % 250}.0.0 0.0.255.255 any" for r in range(220))
    yield from ("logging host 10.88.0.50", "ntp server 10.88.0.123", "snmp-server community public RO")
    yield from ("line vty 0 4", " transport input telnet ssh", " login local", "end")


def comware(n: int, seed: random.Random) -> Iterator[str]:
    yield from ("#", " version 7.1.070, Release 6616P05", "#", f" sysname H3C-{n}", "#", " telnet server enable", "#")
    for port in range(150):
        yield from (f"interface GigabitEthernet1/0/{port}", f" description to room {seed.randrange(999)}")
        yield from (f" port access vlan {seed.randrange(2, 4000)}", " stp edged-port", "#")
    yield "acl advanced 3000"
    yield from (f" rule {r} permit tcp source 10.{r % 250}.0.0 0.0.255.255" for r in range(5, 1150, 5))
    yield from (
        "#",
        " info-center loghost 10.88.0.50",
        "#",
        "line vty 0 63",
        " authentication-mode scheme",
        "#",
        "return",
    )


WRITERS: tuple[Callable[[int, random.Random], Iterator[str]], ...] = (vrp, ios, comware)


def written(folder: Path) -> list[Path]:
    seed = random.Random(20260101)
    paths = []
    for n in range(FILES):
        writer = WRITERS[n % len(WRITERS)]
        lines = list(writer(n, seed))
        path = folder / f"{writer.__name__}-{n}.cfg"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        paths.append(path)
        assert 0.9 * LINES < len(lines) < 1.15 * LINES, (writer.__name__, len(lines))
    return paths


def ours(paths: list[Path]) -> tuple[float, int]:
    """Milliseconds of CPU a file, and how many findings came of all."""
    checks = tuple(each for each in catalogue().values() if each.family is Family.LEVEL3)
    terms = Terms(checks=checks, today=datetime.now(UTC).date(), plan=plan())
    findings = 0
    begun = time.process_time()
    for name, told in snapshots_from(paths, datetime.now(UTC)):
        assert isinstance(told, Snapshot), (name, told)
        findings += sum(1 for _ in evaluate_device(told, terms))
    return (time.process_time() - begun) / len(paths) * 1000, findings


def theirs(paths: list[Path]) -> float | None:
    """Milliseconds of CPU a file; None: it is not installed."""
    try:
        from ciscoconfparse2 import CiscoConfParse
    except ImportError:
        return None
    begun = time.process_time()
    for path in paths:
        CiscoConfParse(str(path), syntax="ios")
    return (time.process_time() - begun) / len(paths) * 1000


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        paths = written(Path(folder))
        ours(paths[: len(WRITERS)])  # templates and catalogues loaded
        mine, findings = ours(paths)
        peer = theirs([path for path in paths if path.name.startswith("ios")][:20])
    print(f"{len(paths)} configurations of {LINES} lines, {findings} findings")
    print(f"read and judged                 {mine:7.1f} ms CPU a file (limit {LIMIT_MS:g})")
    print(f"10,000 of them                  {mine * 10_000 / 60_000:7.1f} min on one core (limit 10)")
    if peer is not None:
        print(f"ciscoconfparse2, the tree alone {peer:7.1f} ms CPU a file; ratio {peer / mine:.1f}")
    return 0 if mine <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
