"""What the register says of links against itself and the devices: ends named, ports of their own, members up."""

from __future__ import annotations

from collections.abc import Iterator

from checks.capacity import ours, owner, place, why_missing
from checks.model import Family, Remedy, Severity, Verdict, check, harmless, verdict
from inventory.errors import Gap, Missing
from inventory.text import Text
from inventory.views import LinkEnd, LinkView

_DECLARED = ("plan:PR-NET-04", "gbt22239-2019:8.1.10.8-a#1~")


@check(
    "bandwidth.ends-known",
    family=Family.BANDWIDTH,
    title=Text("链路两端的设备和接口都已登记且存在", "Device and interface at both ends are declared and exist"),
    severity=Severity.LOW,
    clauses=_DECLARED,
    found=Text("链路 {subject} 在 {place} 的一端：{why}", "link {subject}, end at {place}: {why}"),
    unknown=Text(
        "链路 {subject} 在 {place} 的一端没有读到：{why}", "link {subject}, end at {place} could not be read: {why}"
    ),
    remedy=Remedy(
        Text("在登记册的链路表中补全或改正设备与接口", "Complete or correct device and interface in the register")
    ),
)
def ends_known(link: LinkView) -> Iterator[Verdict]:
    for end in link.ends:
        if not end.outside:
            ok, why = _known(end)
            yield verdict(ok, link.evidence, end.evidence, place=place(end), why=why)


def _known(end: LinkEnd) -> tuple[bool | None, Text]:
    if end.device is None:
        return False, Text("没有登记设备", "no device is declared")
    if end.interface_name is None:
        return False, Text(
            f"没有登记 {harmless(end.device)} 的接口", f"no interface of {harmless(end.device)} is declared"
        )
    if isinstance(end.interface, Missing):
        if end.interface.gap is Gap.LACKING:
            return False, Text("设备上没有这个接口", "the device has no such interface")
        why = why_missing(end.interface)
        return None, Text(why, why)
    return True, Text("", "")


@check(
    "bandwidth.register-consistent",
    family=Family.BANDWIDTH,
    title=Text("链路登记自身不矛盾", "What the register says of a link does not contradict itself"),
    severity=Severity.LOW,
    clauses=_DECLARED,
    found=Text("链路 {subject} 的登记矛盾：{why}", "the register contradicts itself on link {subject}: {why}"),
    unknown=Text(
        "链路 {subject} 登记太少，无从核对", "too little is declared of link {subject} to be held against itself"
    ),
    remedy=Remedy(Text("查清后改正登记册", "Find out what holds and correct the register")),
)
def register_consistent(link: LinkView) -> Iterator[Verdict]:
    wrong = list(_contradictions(link))
    for place_of, why in wrong:
        yield verdict(False, link.evidence, place=place_of, why=why)
    if not wrong:
        yield verdict(True if any(ours(link)) else None, link.evidence)


def _contradictions(link: LinkView) -> Iterator[tuple[str, Text]]:
    if link.contracted_mbps is not None and link.contracted_mbps <= 0:
        yield "contract", Text("签约带宽不大于 0", "the contracted bandwidth is not above 0")
    devices = [end.device for end in ours(link)]
    ports = [(end.device, end.interface_name) for end in ours(link) if end.interface_name]
    if len(devices) > 1 and len(set(devices)) == 1 and len(ports) > len(set(ports)):
        yield "ends", Text("两端是同一个接口", "both ends are one interface")
    for end in ours(link):
        if end.also_links:
            others = ", ".join(str(harmless(name)) for name in end.also_links[:5])
            yield place(end), Text(f"{place(end)} 也登记给了 {others}", f"{place(end)} is also given to {others}")
        if end.stands_at:
            at, here = harmless(end.stands_at), harmless(end.site or "?")
            yield (
                place(end),
                Text(f"{end.device} 登记在 {at}，不在 {here}", f"{end.device} stands at {at}, not at {here}"),
            )


def _unread(end: LinkEnd) -> Verdict:
    """Of an interface that was not read nobody knows whether it is an aggregation."""
    said = {"interface": end.interface_name or "?", "up": "?", "total": "?", "speeds": "?"}
    return verdict(None, end.evidence, place=place(end), platform=end.platform, party=owner(end), **said)


@check(
    "bandwidth.members-up",
    family=Family.BANDWIDTH,
    title=Text("聚合链路的成员全部在用且速率一致", "All members of an aggregation are up and equally fast"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-NET-06", "gbt22239-2019:8.1.2.1-b"),
    found=Text(
        "链路 {subject} 的 {place}：{up}/{total} 成员在用，速率 {speeds} Mbit/s，责任方：{party}",
        "link {subject}: {place} has {up} of {total} members up, at {speeds} Mbit/s; up to {party}",
    ),
    unknown=Text(
        "链路 {subject} 的 {place} 成员状态未知", "link {subject}: the state of the members of {place} is not known"
    ),
    remedy=Remedy(
        Text("恢复中断的成员端口", "Bring the members back that are down"),
        {
            "huawei_vrp": "display eth-trunk\ndisplay interface brief",
            "h3c_comware": "display link-aggregation verbose\ndisplay interface brief",
            "ruijie_rgos": "show aggregateport summary\nshow interfaces status",
            "cisco_ios": "show etherchannel summary\nshow interfaces status",
            "linux": "cat /proc/net/bonding/{interface}",
        },
    ),
)
def members_up(link: LinkView) -> Iterator[Verdict]:
    for end in ours(link):
        if isinstance(end.interface, Missing) and end.device:
            yield _unread(end)
        if not end.members:
            continue
        states = [member.oper_up for member in end.members]
        speeds = {member.speed_mbps for member in end.members if member.oper_up and member.speed_mbps}
        down = False in states
        yield verdict(
            False if down or len(speeds) > 1 else None if None in states else True,
            end.evidence,
            place=place(end),
            platform=end.platform,
            interface=end.interface_name or "?",
            up=sum(bool(state) for state in states),
            total=len(states),
            speeds=", ".join(f"{speed:g}" for speed in sorted(speeds)) or "?",
            party=owner(end),
        )
