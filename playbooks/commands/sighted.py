"""How ``discover`` shows what was found: a line an address, and what it came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from inventory.addresses import mac_vendor
from inventory.codec import encode
from inventory.sightings import Seen, Sighting, Standing, owner
from inventory.text import Text
from inventory.words.reasons import reason
from playbooks.commands.here import Here
from playbooks.commands.tabular import moment, show
from playbooks.discovering import Known, Outcome

_STANDINGS = {
    Standing.DECLARED: Text("已登记", "declared"),
    Standing.INTERFACE: Text("已知设备的接口", "interface of a device"),
    Standing.UNDECLARED: Text("未登记", "undeclared"),
}
_HEADINGS = (
    Text("地址", "Address"),
    Text("登记", "Standing"),
    Text("名称", "Name"),
    Text("厂商", "Vendor"),
    Text("应答", "Answers"),
    Text("显露", "Shows"),
    Text("不再应答", "Gone since"),
)


def show_seen(at: Here, seen: Iterable[Seen], known: Known, *, as_json: bool) -> None:
    """A line for every address; what is declared of it stands beside what was found, never in its place."""
    if as_json:
        for each in seen:
            at.json(_plain(each, known))
        return
    show(_HEADINGS, (_row(at, each, known) for each in seen))


def _plain(seen: Seen, known: Known) -> dict[str, object]:
    sighting = seen.sighting
    whose = owner(sighting.address, known.owners)
    line: dict[str, object] = {"address": str(sighting.address), "standing": whose.standing.value}
    line |= {"declared_as": whose.name or None, "site": whose.site, "label": sighting.label}
    line |= {"mac_vendor": mac_vendor(sighting.mac) if sighting.mac else None}
    line |= {"first_seen": seen.first_seen.isoformat(), "last_seen": seen.last_seen.isoformat()}
    line |= {"gone_since": seen.gone_since.isoformat() if seen.gone_since else None}
    return line | {"found": encode(sighting)}


def _row(at: Here, seen: Seen, known: Known) -> tuple[str, ...]:
    sighting = seen.sighting
    whose = owner(sighting.address, known.owners)
    standing = _STANDINGS[whose.standing].say(at.language) if at.is_terminal else whose.standing.value
    vendor = sighting.vendor or (mac_vendor(sighting.mac) if sighting.mac else None)
    called = whose.name or sighting.label or ""
    return (
        str(sighting.address),
        standing,
        called if sighting.label in (None, called) else f"{called} ({sighting.label})",
        vendor or "",
        " ".join(_ways(sighting)),
        "; ".join(_shows(at, sighting)),
        moment(seen.gone_since),
    )


def _ways(sighting: Sighting) -> list[str]:
    """The ways it answered, without the login's name; ports that refuse where nothing else is known of it."""
    ways = list(dict.fromkeys(way.partition(" ")[0] for way in sighting.ways))
    return ways or [f"-{port}" for port in sighting.refused]


def _shows(at: Here, sighting: Sighting) -> list[str]:
    told = [f"{shown.port} {shown.words}" for shown in sighting.shown]
    told += [sighting.descr] if sighting.descr else []
    told += [sighting.mac] if sighting.mac else []
    return told + ([f"SNMP: {reason(sighting.snmp_gap).say(at.language)}"] if sighting.snmp_gap else [])


def show_outcome(at: Here, outcome: Outcome, known: Known) -> None:
    """What it came to, and what kept it from more."""
    living = [each for each in outcome.seen if each.gone_since is None]
    counts = Counter(owner(each.sighting.address, known.owners).standing for each in living)
    at.say(
        "问了 {asked} 个地址，发了约 {packets} 个包；{n} 个有应答：{declared} 个已登记，"
        "{interface} 个是已知设备的接口，{undeclared} 个未登记；{gone} 个不再应答",
        "{asked} addresses asked with about {packets} packets; {n} answer: {declared} declared, {interface} interfaces "
        "of known devices, {undeclared} undeclared; {gone} no longer answer",
        asked=outcome.asked,
        packets=outcome.packets,
        n=len(living),
        gone=len(outcome.seen) - len(living),
        **{standing.value: counts[standing] for standing in Standing},
    )
    for why, count in sorted(outcome.unsent.items()):
        said = reason(why).say(at.language)
        at.say("{n} 个包没能发出：{why}", "{n} packets could not be sent: {why}", n=count, why=said)
    if outcome.cut:
        at.say(
            "邻居还报出 {n} 个地址，太多，没有问",
            "{n} more addresses that neighbours tell of were too many to be asked",
            n=outcome.cut,
        )
