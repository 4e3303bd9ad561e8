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
        Text("在登记表的链路表中补全或改正设备与接口", "Complete or correct device and interface in the register")
    ),
)
def ends_known(link: LinkView) -> Iterator[Verdict]:
    for end in link.ends:
        if not end.outside and not (end.instead_of and _misheard(link)):  # which is a finding of its own
            ok, why = _known(end)
            where = str(harmless(end.instead_of)) if end.instead_of else place(end)
            yield verdict(ok, link.evidence, end.evidence, place=where, why=why)


def _misheard(link: LinkView) -> bool:
    """Whether an end hears another than the declared far one."""
    return any(heard.agrees is False for end in link.ends for heard in end.heard)


def _known(end: LinkEnd) -> tuple[bool | None, Text]:
    if end.instead_of is not None:
        seen = place(end)
        return False, Text(f"登记不全，邻居表显示为 {seen}", f"not declared in full, neighbour tables show {seen}")
    if end.device is None:
        return False, Text("没有登记设备", "no device is declared")
    if end.interface_name is None:
        return False, Text(
            f"没有登记 {harmless(end.device)} 的接口", f"no interface of {harmless(end.device)} is declared"
        )
    if isinstance(end.interface, Missing):
        if end.interface.gap is Gap.LACKING:
            return False, Text("设备上没有这个接口", "the device has no such interface")
        return None, why_missing(end.interface)
    return True, Text("", "")


@check(
    "bandwidth.runs-as-declared",
    family=Family.BANDWIDTH,
    title=Text("链路接在登记的两端之间", "Links run between the ends that the register names"),
    severity=Severity.MEDIUM,
    clauses=_DECLARED,
    found=Text(
        "链路 {subject} 登记为 {declared}，邻居表显示 {heard}",
        "link {subject} is declared {declared}, neighbour tables show {heard}",
    ),
    unknown=Text(
        "链路 {subject} 是否接在登记的两端之间未知：{why}",
        "whether link {subject} runs between its declared ends is not known: {why}",
    ),
    remedy=Remedy(
        Text("查清实际接线后改正登记表或跳线", "Find out how it is cabled; correct the register or the cabling")
    ),
)
def runs_as_declared(link: LinkView) -> Iterator[Verdict]:
    ends = list(ours(link))
    if not ends or any(end.outside for end in link.ends) or (_undeclared(link) and not _misheard(link)):
        return
    declared = " — ".join(str(harmless(end.instead_of or end.place)) for end in link.ends)
    heard = [(end, each) for end in ends for each in end.heard]
    for end, each in heard:
        if each.agrees is False:
            here = f"{end.device} {each.port}" if each.port else end.place
            seen = str(harmless(f"{here} — {each.place}"))
            words = {"declared": declared, "heard": seen}
            yield verdict(False, link.evidence, each.evidence, place=place(end), platform=end.platform, **words)
    if not _misheard(link):
        strangers = ", ".join(dict.fromkeys(str(harmless(each.place)) for _, each in heard))
        why = Text("两端的端口上都没有听到邻居", "no neighbour is heard at the ports of either end")
        if strangers:
            why = Text(f"端口上听到的是 {strangers}", f"what is heard there is {strangers}")
        ok = True if any(each.agrees for _, each in heard) else None
        yield verdict(ok, link.evidence, declared=declared, why=why)


def _undeclared(link: LinkView) -> bool:
    """Whether an end is not declared to its port: nothing can be held against it."""
    return any(end.device is None or end.interface_name is None or end.instead_of for end in link.ends)


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
    remedy=Remedy(Text("查清后改正登记表", "Find out what holds and correct the register")),
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
            "huawei_vrp/shut": "system-view\n interface {entries}\n  undo shutdown\n  quit",
            "h3c_comware/shut": "system-view\n interface {entries}\n  undo shutdown\n  quit",
            "ruijie_rgos/shut": "configure terminal\n interface {entries}\n  no shutdown\n end",
            "cisco_ios/shut": "configure terminal\n interface {entries}\n  no shutdown\n end",
            "cisco_nxos/shut": "configure terminal\n interface {entries}\n  no shutdown\n end",
            "juniper_junos/shut": "configure\n delete interfaces {entries} disable\n commit and-quit",
            "zte_zxros/shut": "configure terminal\n interface {entries}\n  no shutdown\n end",
            "linux/shut": "ip link set dev {entries} up",
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
        shut = [member.name for member in end.members if member.admin_up is False]
        yield verdict(
            False if down or len(speeds) > 1 else None if None in states else True,
            end.evidence,
            place=place(end),
            platform=end.platform,
            interface=end.interface_name or "?",
            up=sum(bool(state) for state in states),
            total=len(states),
            speeds=", ".join(f"{speed:g}" for speed in sorted(speeds)) or "?",
            entries=", ".join(shut),
            variant="shut" if shut else "",
            party=owner(end),
        )
