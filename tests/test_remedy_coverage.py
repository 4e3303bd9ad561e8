"""docs/remedies.md: which remedy is entered and proven to mend on which platform, and why another is not.

``HECHA_UPDATE_DOCS=1 pytest tests/test_remedy_coverage.py`` writes it anew.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from host_gaps import GAPS
from remedied import UNPROVEN, gap
from test_remedies_linux import FRR

from checks.catalogue import catalogue
from checks.model import FALLBACKS, Check, SubjectKind
from collectors.by_snmp import readers
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platforms
from inventory.facts import Fact

HOSTS = ("linux", "frr")
ON_HOSTS = {each.check for each in GAPS}
_NEXT_START = "what it turns on holds from the next start of the machine, whose kernel and firmware decide"
_HOST_UNPROVEN = {
    "host.boot-trusted": _NEXT_START,
    "host.intrusion-watched": "the agent is its maker's package, which no distribution brings along",
    "host.labels-enforced": _NEXT_START,
    "host.malware-watched": "signatures come from their maker's servers alone, signed",
    "ipv6.services-on-both": "which line of which file a program listens by, the program decides",
}
MARKS = {"entered": "yes", "read": "read", "printed": "printed", "none": "–", "": "·"}
_SHOWS = re.compile(
    r"display |show |get |diagnose |#|!|vtysh -c 'show |top |free |nstat |ip -[46s] |chronyc |cat |ls |nft list "
)
_SHOWING = "what is printed shows where to look"
# What no command that is entered into a configuration changes there, by check, or by check and platform.
_ELSEWHERE = {
    "ipv6.adjacency-up": "whether a neighbour answers is the state of two running devices",
    "ipv6.capable": "what hardware and release are able to do no configuration changes",
    "ipv6.routes-learned": "routes are learned from neighbours: the table of the running device shows them, by SNMP",
    "ipv6.traffic-flows": "the traffic is that of the hosts behind it, counted by SNMP",
    "load.within-limits": "the load is measured on the running device, by SNMP",
    "time_sync.synchronised": "whether the clock follows the server is the state of the running device",
    "configuration.saved fortinet_fortios": "it saves each change by itself unless told otherwise",
    "configuration.saved juniper_junos": "what is committed is saved",
    "management.load-alarms huawei_vrp": "the alarm is on by default, and no command is known that turns it off",
}
# The pairs that find gaps and have no commands, each for the same reason.
_UNCONFIRMED = "the manuals at hand do not confirm the command"


def device_checks() -> list[Check]:
    """Checks of devices that have commands for some platform."""
    return [c for c in catalogue().values() if c.subject is SubjectKind.DEVICE and c.remedy.commands]


def needed(check: Check) -> list[type[Fact]]:
    """The facts that it cannot do without."""
    return [p.kind for p in check.parameters if issubclass(p.kind, Fact) and not p.may_miss]


def concerns(check: Check, platform: Platform) -> bool:
    """Whether the check can come to a verdict there."""
    if check.scope.platforms and platform.name not in check.scope.platforms:
        return False
    if platform.name == "linux" and check.scope.kinds and "server" not in check.scope.kinds:
        return False  # what Linux tells of itself is that it is a server
    read = {each.fact for each in platform.all_reads} | set(readers())
    return all(kind in read and kind not in platform.lacks for kind in needed(check))


def only_shows(check: Check, name: str) -> bool:
    """Whether its commands only show where to look."""
    keys = [key for key in check.remedy.commands if key.partition("/")[0] in (name, FALLBACKS.get(name))]
    lines = [line.strip() for key in keys for line in check.remedy.commands[key].splitlines()]
    return all(_SHOWS.match(line) for line in lines)


def has_commands(check: Check, name: str) -> bool:
    """Whether the finding prints any there."""
    known = {key.partition("/")[0] for key in check.remedy.commands}
    return bool(known & {name, FALLBACKS.get(name)})


def standing(check: Check, platform: Platform) -> tuple[str, str]:
    """entered, read, printed, none or an empty text where the check is about no such device; and why not entered."""
    return _standing(check.id, platform.name)


@cache
def _standing(check_id: str, name: str) -> tuple[str, str]:
    check, platform = catalogue()[check_id], platforms()[name]
    if not concerns(check, platform):
        return "", ""
    if not has_commands(check, name):
        return "none", why_none(check, platform)
    if name in HOSTS:
        own = name == "linux" or "frr" not in check.remedy.commands
        if own and check.id in ON_HOSTS:
            return "entered", ""
        if not own and check.id in dict(FRR):
            return "read", ""
        return "printed", _SHOWING if only_shows(check, name) else _HOST_UNPROVEN[check.id]
    if (check.id, name) in UNPROVEN:
        return "printed", UNPROVEN[check.id, name]
    if gap(check.id, name) is not None:
        return "entered", ""
    elsewhere = _ELSEWHERE.get(check.id) or _ELSEWHERE.get(f"{check.id} {name}")
    return "printed", elsewhere or (_SHOWING if only_shows(check, name) else "no configuration with this gap is kept")


def why_none(check: Check, platform: Platform) -> str:
    """Why a platform has no commands for a check that is judged there."""
    if platform.name not in HOSTS and gap(check.id, platform.name) is not None:
        return _UNCONFIRMED
    return "no configuration is known that fails it there"


def grouped(found: str) -> Iterator[str]:
    """Pairs of one standing by their reason."""
    reasons: dict[str, list[str]] = {}
    for check in device_checks():
        for platform in platforms().values():
            what, why = standing(check, platform)
            if what == found:
                reasons.setdefault(why, []).append(f"`{check.id}` on `{platform.name}`")
    for why, listed in sorted(reasons.items()):
        yield f"- {why}: {', '.join(listed)}"


def document() -> Iterator[str]:
    """The document, line by line."""
    yield "# Remedies, and how they are proven"
    yield ""
    yield (
        "A failed check prints the commands that mend it on the device's platform, with the finding's own values. "
        "`yes`: a configuration with the gap is in the tests, the commands are entered into it (on hosts, run by a "
        "shell), the facts are read again, the check passes and no other check that passed fails. "
        "`read`: FRR's own vtysh reads the result without complaint. `printed`: there are commands, and why they are "
        "not entered stands below. `–`: there are none, with the reason below. `·`: the check comes to no verdict on "
        "such a device."
    )
    yield ""
    names = list(platforms())
    tally = Counter((p.name, standing(c, p)[0]) for c in device_checks() for p in platforms().values())
    yield "| Platform | Proven | With commands | Judged |"
    yield "|---|---|---|---|"
    for name in names:
        proven = tally[name, "entered"] + tally[name, "read"]
        having = proven + tally[name, "printed"]
        yield f"| `{name}` | {proven} | {having} | {having + tally[name, 'none']} |"
    yield ""
    yield "| Check | " + " | ".join(f"`{name}`" for name in names) + " |"
    yield "|---|" + "---|" * len(names)
    for check in device_checks():
        cells = (MARKS[standing(check, platform)[0]] for platform in platforms().values())
        yield f"| `{check.id}` | " + " | ".join(cells) + " |"
    for title, found in (("Printed and not entered, and why", "printed"), ("Without commands, and why", "none")):
        yield ""
        yield f"## {title}"
        yield ""
        yield from grouped(found)
    yield ""
    yield "## Judged over more than one device: printed, and entered by hand"
    yield ""
    for check in catalogue().values():
        if check.subject is not SubjectKind.DEVICE and check.remedy.commands:
            yield f"- `{check.id}` ({check.subject}): {', '.join(f'`{name}`' for name in check.remedy.commands)}"


def test_document_is_up_to_date(checkout: Path) -> None:
    path = checkout / "docs" / "remedies.md"
    text = "\n".join(document()) + "\n"
    if os.environ.get("HECHA_UPDATE_DOCS"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "write it anew with HECHA_UPDATE_DOCS=1"


def test_most_remedies_are_proven() -> None:
    """Of those whose gap a configuration shows, all but the listed ones; of all that have commands, most."""
    found = [standing(check, platform)[0] for check in device_checks() for platform in platforms().values()]
    proven = sum(each in ("entered", "read") for each in found)
    assert proven >= 640
    assert proven / (proven + found.count("printed")) > 0.85


def test_gaps_on_hosts_are_of_checks_with_commands_there() -> None:
    assert {check_id for check_id in ON_HOSTS if not has_commands(catalogue()[check_id], "linux")} == set()
