"""docs/remedies.md: which remedies there are, each entered and proven to mend, and why there are no more.

``HECHA_UPDATE_DOCS=1 pytest tests/test_remedy_coverage.py`` writes it anew.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from networked import CASES
from remedied import gap
from test_remedies_between_hosts import CASES as HOST_CASES
from test_remedies_linux import GAPS
from test_remedies_started import CHECKS as STARTED
from test_remedies_started import OF_LINKS

from checks.catalogue import catalogue
from checks.model import FALLBACKS, Check, SubjectKind
from collectors.by_snmp import readers
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platforms
from inventory.facts import Fact, LinkServices

HOSTS = ("linux", "frr")
ON_HOSTS = {(each.check, each.platform) for each in GAPS}
BETWEEN_HOSTS = {(each.check, each.platform) for each in HOST_CASES} | {(check, "linux") for check in OF_LINKS}
BETWEEN = {(case.check, case.platform) for case in CASES}
_ENTERED = (
    "a configuration with the gap is in the tests: the commands are entered into it, the facts are read again, the "
    "check passes and no other check that passed fails. On hosts a shell runs them; where they hold from the next "
    "start, or are about ports that negotiate or are aggregated, an emulated machine does (`make test-vm`). What a "
    "neighbour, a link or a server makes of the configuration is added by the tests"
)
_MEANINGS = {
    "yes": _ENTERED,
    "shows": "no command mends it; those that are printed as diagnostic commands show where the cause lies",
    "–": "there are no commands, for the reason below",
    "·": "the check comes to no verdict on such a device",
}
MARKS = {"entered": "yes", "shows": "shows", "unproven": "?", "none": "–", "": "·"}
# What a device measures or another one decides, which no command of its own mends; and why by check.
_SHOWN = {
    "host.release-supported": "another release or extended support is planned and bought; until then few may reach it",
    "ipv6.adjacency-up": "what is wrong between two neighbours of such a system they show",
    "ipv6.capable": "what hardware and release are able to do no command changes",
    "ipv6.neighbours-live": "who speaks IPv6 on a link its hosts decide",
    "ipv6.traffic-flows": "the traffic is that of the hosts behind it",
    "load.within-limits": "what fills it has to be found first",
    "time_sync.synchronised": "whether a server is followed its answers decide",
}
# Hosts about which a check of several devices has nothing to say: what a Linux without FRR advertises it does not tell,
# by commands or by Net-SNMP, which serves no ipv6RouterAdvertTable.
_NOT_OF = {("ipv6.advertised-gateways-doubled", "linux")}
# Pairs without commands for a reason of their own, by check, and platform where it differs by it.
_BY_SERVER = "the device asks for one factor alone; an AAA server or a bastion asks for two"
_WITHOUT = {
    "privileges.two-factors": _BY_SERVER,
    "configuration.saved fortinet_fortios": "it saves each change; set otherwise, it does not tell what is unsaved",
    "configuration.saved juniper_junos": "what is committed both runs and is saved",
}
# The pairs that find gaps and have no commands, each for the same reason.
_UNCONFIRMED = "the manuals at hand do not confirm the command"


def device_checks() -> list[Check]:
    """Checks of devices that have commands for some platform, be it those that show the cause."""
    return [c for c in catalogue().values() if c.subject is SubjectKind.DEVICE and _told(c)]


def _told(check: Check) -> dict[str, str]:
    return {**check.remedy.diagnosis, **check.remedy.commands}


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


def has(commands: Mapping[str, str], name: str) -> bool:
    """Whether there are any for the platform."""
    known = {key.partition("/")[0] for key in commands}
    return bool(known & {name, FALLBACKS.get(name)})


def standing(check: Check, platform: Platform) -> tuple[str, str]:
    """entered, shows, unproven, none or an empty text where the check is about no such device; and why no more."""
    return _standing(check.id, platform.name)


@cache
def _standing(check_id: str, name: str) -> tuple[str, str]:
    check, platform = catalogue()[check_id], platforms()[name]
    if not concerns(check, platform):
        return "", ""
    if not has(check.remedy.commands, name):
        if has(check.remedy.diagnosis, name):
            return "shows", _SHOWN.get(check_id, "")
        return "none", why_none(check, platform)
    if name in HOSTS:
        return _on_host(check, name)
    if (check_id, name) in BETWEEN or gap(check_id, name) is not None:
        return "entered", ""
    return "unproven", "no configuration with this gap is kept"


def _on_host(check: Check, name: str) -> tuple[str, str]:
    """FRR obeys what is for its host, where nothing is for FRR."""
    own = _own(check, name)
    if (check.id, own) in ON_HOSTS or (own == "linux" and check.id in STARTED):
        return "entered", ""
    return "unproven", "no host with this gap is kept"


def _own(check: Check, name: str) -> str:
    """Whose commands FRR is mended by: its own, where there are any."""
    return name if any(key.partition("/")[0] == name for key in check.remedy.commands) else "linux"


def why_none(check: Check, platform: Platform) -> str:
    """Why a platform has no commands for a check that is judged there."""
    own = _WITHOUT.get(f"{check.id} {platform.name}")
    if own:
        return own
    if platform.name not in HOSTS and gap(check.id, platform.name) is not None:
        return _WITHOUT.get(check.id, _UNCONFIRMED)
    return "no configuration is known that fails it there"


def grouped(found: str) -> Iterator[str]:
    """Reasons for one standing, below each its checks with their platforms."""
    reasons: dict[str, dict[str, list[str]]] = {}
    for check in device_checks():
        for platform in platforms().values():
            what, why = standing(check, platform)
            if what == found:
                reasons.setdefault(why, {}).setdefault(check.id, []).append(f"`{platform.name}`")
    for why, listed in sorted(reasons.items()):
        yield f"- {why}:"
        yield from (f"  - `{check_id}`: {', '.join(names)}" for check_id, names in listed.items())


def document() -> Iterator[str]:
    """The document, line by line."""
    yield "# Remedies, and how they are proven"
    yield ""
    yield "A failed check prints the commands that mend it on the device's platform, with the finding's own values."
    yield ""
    yield "| In the tables | Means |"
    yield "|---|---|"
    yield from (f"| `{mark}` | {meaning} |" for mark, meaning in _MEANINGS.items())
    yield ""
    names = list(platforms())
    tally = Counter((p.name, standing(c, p)[0]) for c in device_checks() for p in platforms().values())
    yield "| Platform | Entered | That show | Judged |"
    yield "|---|---|---|---|"
    for name in names:
        proven, showing = tally[name, "entered"], tally[name, "shows"]
        yield f"| `{name}` | {proven} | {showing} | {proven + showing + tally[name, 'none']} |"
    yield ""
    yield "| Check | " + " | ".join(f"`{name}`" for name in names) + " |"
    yield "|---|" + "---|" * len(names)
    for check in device_checks():
        cells = (MARKS[standing(check, platform)[0]] for platform in platforms().values())
        yield f"| `{check.id}` | " + " | ".join(cells) + " |"
    yield from _of_more_than_one(names)
    for title, found in _LISTED:
        if listed := list(grouped(found)):
            yield from ("", f"## {title}", "", *listed)


_LISTED = (
    ("Only shown, and why", "shows"),
    ("Without commands, and why", "none"),
)


def _of_more_than_one(names: list[str]) -> Iterator[str]:
    """What is judged over more than one device; hosts beside network systems have tests of their own."""
    yield from ("", "## Judged over more than one device", "")
    yield "| Check | Of | " + " | ".join(f"`{name}`" for name in names) + " |"
    yield "|---|---|" + "---|" * len(names)
    for check in catalogue().values():
        if check.subject is not SubjectKind.DEVICE and _told(check):
            cells = (MARKS[_between(check, name)] for name in names)
            yield f"| `{check.id}` | {check.subject} | " + " | ".join(cells) + " |"


def _between(check: Check, name: str) -> str:
    if (check.id, name) in BETWEEN or (name in HOSTS and (check.id, _own(check, name)) in BETWEEN_HOSTS):
        return "entered"
    if (check.id, name) in _NOT_OF:
        return ""
    return "unproven" if has(check.remedy.commands, name) else "shows" if has(check.remedy.diagnosis, name) else "none"


def test_document_is_up_to_date(checkout: Path) -> None:
    path = checkout / "docs" / "remedies.md"
    text = "\n".join(document()) + "\n"
    if os.environ.get("HECHA_UPDATE_DOCS"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "write it anew with HECHA_UPDATE_DOCS=1"


def test_every_remedy_is_entered() -> None:
    """Whoever writes commands that mend writes the configuration or the host that they are entered into as well."""
    for check in catalogue().values():
        for platform in platforms().values():
            is_own = check.subject is SubjectKind.DEVICE
            found = _standing(check.id, platform.name)[0] if is_own else _between(check, platform.name)
            assert found != "unproven", (check.id, platform.name)


def test_a_host_that_a_check_is_not_of_tells_nothing_of_it() -> None:
    assert all(LinkServices not in {each.fact for each in platforms()[name].all_reads} for _, name in _NOT_OF)


def test_each_diagnosis_says_why_nothing_mends() -> None:
    found = [(check.id, *standing(check, p)) for check in device_checks() for p in platforms().values()]
    assert [check for check, what, why in found if what == "shows" and not why] == []


def test_no_fewer_remedies_are_proven() -> None:
    found = Counter(standing(check, platform)[0] for check in device_checks() for platform in platforms().values())
    assert found["entered"] >= 735


def test_gaps_on_hosts_are_of_checks_with_commands_there() -> None:
    assert {check_id for check_id, name in ON_HOSTS if not has(catalogue()[check_id].remedy.commands, name)} == set()
