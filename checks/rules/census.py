"""The register held against what was found."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.policies import CensusPolicy
from checks.sentences import first_of
from inventory.egress import DEFAULT_ROUTE, GATEWAY, PUBLIC_ADDRESS, TRANSLATION, unread
from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.facts import Forwarding, Identity, Neighbour, Neighbours, Routes
from inventory.names import plain_name
from inventory.snapshot import Network, State
from inventory.text import Text
from inventory.views import CensusView

_HOSTS = frozenset({"server", "storage"})  # whose neighbours are the switch's to tell
_NAMED = 5  # silent devices that a finding names
_CLAUSES = ("plan:PR-CEN-01", "gbt22239-2019:8.1.10.2-a#1~")


def _declared_names(network: Network, census: CensusView) -> set[str]:
    names = {text for device in census.devices for text in (device.name, *device.also)}
    for record in network.records():
        names.update((record.target, record.address))
    for _, identity in network.each(Identity):
        if isinstance(identity, Identity) and identity.hostname:
            names.add(identity.hostname)
    return {text.lower() for text in names} | {plain_name(text) for text in names}


@check(
    "census.no-undeclared-devices",
    family=Family.CENSUS,
    title=Text("网络中没有未登记的设备", "No device stands in the network undeclared"),
    severity=Severity.MEDIUM,
    clauses=(*_CLAUSES, "gbt22239-2019:8.1.3.1-b#1~"),
    found=Text(
        "{seen_by} 的 {interface} 上发现未登记设备 {place}",
        "{seen_by} hears the undeclared device {place} on {interface}",
    ),
    unknown=Text(
        "没有读到邻居：{seen_by}；其旁的未登记设备无法发现",
        "no neighbours were read of {seen_by}: what stands beside undeclared cannot be found",
    ),
    remedy=Remedy(Text("核实后补登记；非授权设备断开连接", "Find out what it is; declare it or disconnect it")),
)
def no_undeclared_devices(network: Network, census: CensusView, policy: CensusPolicy) -> Iterator[Verdict]:
    declared = _declared_names(network, census)
    hosts = {device.name for device in census.devices if device.kind in _HOSTS}
    strangers: dict[str, tuple[Neighbour, str, Evidence]] = {}
    heard, silent = False, []
    for target, neighbours in network.each(Neighbours):
        if isinstance(neighbours, Missing):
            if target not in hosts and neighbours.gap not in (Gap.LACKING, Gap.UNREAD):
                silent.append(target)
            continue
        heard = True
        for neighbour in neighbours.items:
            label = _label(neighbour)
            if label and not _known(neighbour, declared) and not _ignored(label, policy):
                strangers.setdefault(label, (neighbour, target, neighbours.evidence))
    for label, (neighbour, target, evidence) in sorted(strangers.items()):
        yield verdict(False, evidence, place=label, seen_by=target, interface=neighbour.interface or "?")
    if silent or not heard:
        yield verdict(None, seen_by=first_of(silent, _NAMED) if silent else Text("任何设备", "any device"))
    elif not strangers:
        yield verdict(True)


def _label(neighbour: Neighbour) -> str:
    return neighbour.name or neighbour.chassis_id or next((str(ip) for ip in neighbour.addresses), "")


def _known(neighbour: Neighbour, declared: set[str]) -> bool:
    names = {plain_name(neighbour.name)} if neighbour.name else set()
    names.update(str(ip).lower() for ip in neighbour.addresses)
    if neighbour.chassis_id:
        names.add(neighbour.chassis_id.lower())
    return bool(names & declared)


def _ignored(label: str, policy: CensusPolicy) -> bool:
    return any(fnmatchcase(label.lower(), pattern.lower()) for pattern in policy.ignored_names)


@check(
    "census.declared-found",
    family=Family.CENSUS,
    title=Text("登记的设备都找得到", "Every declared device is found"),
    severity=Severity.MEDIUM,
    clauses=_CLAUSES,
    found=Text("登记的设备 {place} 没有应答（{address}）", "the declared device {place} does not answer ({address})"),
    unknown=Text(
        "登记的设备 {place} 不在本次采集目标中", "the declared device {place} is not among the targets of this run"
    ),
    remedy=Remedy(
        Text(
            "核实设备是否停用、地址是否变更，更新登记",
            "Find out whether it is retired or has moved; correct the register",
        )
    ),
)
def declared_found(network: Network, census: CensusView) -> Iterator[Verdict]:
    found = 0
    by_address = {record.address: record for record in network.records()}
    for device in census.devices:
        record = network.record(device.name) or next((by_address[a] for a in device.also if a in by_address), None)
        if record is None:
            yield verdict(None, device.evidence, place=device.name)
        elif record.state is State.UNREACHABLE:
            yield verdict(False, device.evidence, place=device.name, address=record.address)
        else:
            found += 1
    if found:
        yield verdict(True, census.evidence, place="", address="")


@check(
    "census.register-complete",
    family=Family.CENSUS,
    title=Text("普查表没有空缺字段", "The census workbook has no empty fields"),
    severity=Severity.LOW,
    clauses=_CLAUSES,
    found=Text("{place}（{unit}）缺少：{fields}", "{place} ({unit}) lacks: {fields}"),
    unknown=Text("普查表还没有任何内容", "the census workbook holds nothing yet"),
    remedy=Remedy(Text("由填报单位补全", "Have the unit fill them in")),
)
def register_complete(census: CensusView) -> Iterator[Verdict]:
    incomplete = [row for row in census.rows if row.empty]
    for row in incomplete:
        fields = Text("、".join(each.zh for each in row.empty), ", ".join(each.en for each in row.empty))
        named = Text(f"{row.sheet.zh} {row.name}", f"{row.sheet.en} {row.name}")
        yield verdict(False, row.evidence, place=named.zh, row=named, unit=row.unit or "?", fields=fields)
    if not incomplete:
        yield verdict(True if census.rows else None, census.evidence)


@check(
    "census.one-egress",
    family=Family.CENSUS,
    title=Text("只经批准的出口出网", "Nothing leads out but approved egresses"),
    severity=Severity.HIGH,
    clauses=("plan:PR-NET-10", "gbt22239-2019:8.1.3.1-a#3", "gbt22239-2019:8.1.10.6-j#2~"),
    found=Text(
        "{place} 有未登记的出口：{by} {via}",
        "{place} leads out of the network by an egress nobody approved: {by} {via}",
    ),
    unknown=Text(
        "出口无法核对：{place} {by} {via}", "whether there are other egresses is not known: {place} {by} {via}"
    ),
    remedy=Remedy(
        Text(
            "核实出口：经批准的登记到互联网出口表，其余拆除默认路由、地址转换与线路",
            "Find out what it is: declare it if it is approved, else take out route, translation and line",
        )
    ),
)
def one_egress(network: Network, census: CensusView) -> Iterator[Verdict]:
    for each in census.egresses:
        place = " ".join(part for part in (each.target, each.interface) if part)
        answer = False if each.certain else None
        yield verdict(answer, each.evidence, place=place, by=_EGRESS[each.by], via=each.via)
    hosts = {device.name for device in census.devices if device.kind in _HOSTS}
    told = dict(network.each(Routes))
    dark = [t for t, routes in told.items() if t not in hosts and unread(routes, network.fact(t, Forwarding))]
    if dark or not told:
        by = Text("没有读到路由表", "no routing table was read of")
        yield verdict(None, place="", by=by, via=first_of(dark, _NAMED) or Text("任何设备", "any device"))
    elif not census.egresses:
        yield verdict(True, census.evidence)


_EGRESS = {
    DEFAULT_ROUTE: Text("默认路由指向", "default route via"),
    PUBLIC_ADDRESS: Text("接口公网地址", "public address"),
    TRANSLATION: Text("对外做地址转换", "addresses translated towards nobody known"),
    GATEWAY: Text("ARP 表中有运营商网关", "a carrier's gateway in its ARP table:"),
}
