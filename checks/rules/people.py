"""Level 3: whose the accounts on devices are, by the register: who administers, who left, who came from outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from checks.model import Check, Family, Remedy, Severity, Today, Verdict, check, verdict
from checks.sentences import first_of
from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.facts import Account, Accounts
from inventory.snapshot import Network
from inventory.text import Text
from inventory.views import CensusView

_NOBODY = Text("普查表没有登记任何账号", "the register declares no account")
_UNREAD = Text(
    "普查表没有登记账号，或没有读到设备上的账号：{where}", "no account is declared, or none was read of: {where}"
)
_OWN = frozenset({"enable", "super", "root"})  # passwords and accounts that come with the system
_SHOWN = 5


def _open_accounts(network: Network) -> dict[str, list[tuple[str, Account]]]:
    """Accounts that may log in, by name, with the devices that carry them."""
    found: dict[str, list[tuple[str, Account]]] = defaultdict(list)
    for target, accounts in network.each(Accounts):
        for each in () if isinstance(accounts, Missing) else accounts.items:
            # Where shadow is not readable, nothing tells an account of a service from a person's.
            if not each.locked and each.name not in _OWN and each.storage is not None:
                found[each.name].append((target, each))
    return dict(sorted(found.items()))


def _unread(network: Network) -> list[str]:
    """Devices of which no account was read: any may carry one."""
    told = network.each(Accounts)
    return [target for target, each in told if isinstance(each, Missing) and each.gap is not Gap.LACKING]


def _named_some(targets: list[str]) -> str:
    return first_of(sorted(targets), _SHOWN)


def _platform(network: Network, carried: list[tuple[str, Account]]) -> str | None:
    """The platform of the devices that carry an account, where it is one."""
    records = [network.record(target) for target, _ in carried]
    found = {record.platform if record else None for record in records}
    return found.pop() if len(found) == 1 else None


def _where(carried: list[tuple[str, Account]]) -> str:
    return _named_some(list(dict.fromkeys(target for target, _ in carried)))


def _evidence(carried: list[tuple[str, Account]]) -> list[Evidence]:
    by_target = sorted(carried, key=lambda each: each[0])
    return [account.evidence for _, account in by_target[:_SHOWN]]


@check(
    "people.accounts-registered",
    family=Family.LEVEL3,
    title=Text("设备上的账号都登记了使用人", "Every account on a device is somebody's"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.10.6-b#2~", "gbt22239-2019:8.1.4.2-c"),
    found=Text("账号 {place} 没有登记使用人（{where}）", "account {place} is nobody's in the register ({where})"),
    unknown=_UNREAD,
    remedy=Remedy(Text("核实后登记使用人，多余的删除", "Find out whose it is; declare it or remove it")),
)
def accounts_registered(network: Network, census: CensusView) -> Iterator[Verdict]:
    known = {holder.account.lower() for holder in census.holders if holder.person}
    if not census.holders:
        yield verdict(None, place="-", where="-")
        return
    carried = _open_accounts(network)
    strangers = {name: where for name, where in carried.items() if name.lower() not in known}
    for name, where in strangers.items():
        yield verdict(False, *_evidence(where), place=name, where=_where(where))
    if dark := _unread(network):
        yield verdict(None, place="", where=_named_some(dark))
    elif not strangers:
        yield verdict(True if carried else None, census.evidence, place="", where="-")


@check(
    "people.accounts-current",
    family=Family.LEVEL3,
    title=Text("到期、离岗人员的账号已停用", "Accounts end when their holders leave"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.8.2-a#1~", "gbt22239-2019:8.1.8.4-c#2~", "gbt22239-2019:8.1.4.2-c"),
    found=Text(
        "账号 {place} 已于 {day} 到期，仍可登录（{where}）",
        "account {place} ended on {day} and may still log in ({where})",
    ),
    unknown=_UNREAD,
    remedy=Remedy(
        Text("立即停用，记录清除时间", "Lock it at once and record when"),
        {"linux": "usermod --lock --expiredate 1 {place}"},
    ),
)
def accounts_current(network: Network, census: CensusView, today: Today) -> Iterator[Verdict]:
    if not census.holders:
        yield verdict(None, place="-", where="-", day="?")
        return
    carried = {name.lower(): where for name, where in _open_accounts(network).items()}
    over = [holder for holder in census.holders if holder.until and holder.until < today.date]
    left = [holder for holder in over if holder.account.lower() in carried]
    for holder in left:
        where = carried[holder.account.lower()]
        day = holder.until.isoformat() if holder.until else "?"
        said = {"place": holder.account, "where": _where(where), "day": day}
        yield verdict(False, *_evidence(where), holder.evidence, platform=_platform(network, where), **said)
    if dark := _unread(network):
        yield verdict(None, place="", where=_named_some(dark), day="?")
    elif not left:
        yield verdict(True if carried else None, census.evidence, place="", where="-", day="?")


@check(
    "people.outsiders-approved",
    family=Family.LEVEL3,
    title=Text("外部人员的账号经批准且有期限", "Accounts of outsiders are approved and end"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.8.4-b#3~",),
    found=Text("外部人员账号 {place} 没有登记{lacks}", "the outsider's account {place} names no {lacks}"),
    unknown=_NOBODY,
    remedy=Remedy(Text("补办审批，登记批准人和有效期", "Have it approved; declare by whom and until when")),
    high_risk=("HR-6.8.1.1",),
)
def outsiders_approved(census: CensusView) -> Iterator[Verdict]:
    outsiders = [holder for holder in census.holders if holder.outsider]
    for holder in outsiders:
        lacks = Text("批准人", "approver") if not holder.approver else Text("有效期", "end")
        held = bool(holder.approver and holder.until)
        yield verdict(held, holder.evidence, place=holder.account, lacks=lacks)
    if not outsiders:
        told = [holder for holder in census.holders if holder.outsider is not None]
        yield verdict(True if told else None, census.evidence, place="", lacks=Text("-", "-"))


@check(
    "people.duties-divided",
    family=Family.LEVEL3,
    title=Text("系统、安全、审计管理员由不同的人担任", "System, security and audit are three people's"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.10.6-a#1~",),
    found=Text("{place} 同时担任 {duties}", "{place} is {duties} at once"),
    unknown=_NOBODY,
    remedy=Remedy(Text("三类管理员分设，账号分开", "Give the three duties to three people with accounts of their own")),
)
def duties_divided(census: CensusView) -> Iterator[Verdict]:
    duties: dict[str, dict[str, Evidence]] = defaultdict(dict)
    for holder in census.holders:
        if holder.person and holder.duty in _ADMINISTRATORS:
            duties[holder.person].setdefault(holder.duty, holder.evidence)
    joined = {person: held for person, held in duties.items() if len(held) > 1}
    for person, held in joined.items():
        said = Text("、".join(_ADMINISTRATORS[d].zh for d in held), " and ".join(_ADMINISTRATORS[d].en for d in held))
        yield verdict(False, *held.values(), place=person, duties=said)
    if not joined:
        yield verdict(True if duties else None, census.evidence, place="", duties="-")


_ADMINISTRATORS = {
    "system": Text("系统管理员", "system administrator"),
    "security": Text("安全管理员", "security administrator"),
    "audit": Text("审计管理员", "audit administrator"),
}


def _named(duty: str, clause: str) -> Check:
    """A check that somebody holds one of the three duties."""
    who = _ADMINISTRATORS[duty]

    def judge(census: CensusView) -> Iterator[Verdict]:
        there = [holder for holder in census.holders if holder.duty == duty and holder.person]
        yield verdict(bool(there) if census.holders else None, *(h.evidence for h in there), census.evidence)

    return check(
        f"people.{duty}-administrator-named",
        family=Family.LEVEL3,
        title=Text(f"指定了{who.zh}", f"There is a {who.en}"),
        severity=Severity.MEDIUM,
        clauses=(f"gbt22239-2019:{clause}#1~",),
        found=Text(f"没有登记{who.zh}", f"no {who.en} is declared"),
        unknown=_NOBODY,
        remedy=Remedy(Text(f"指定{who.zh}并登记账号", f"Name a {who.en} and declare the account")),
    )(judge)


system_administrator = _named("system", "8.1.5.1-b")
audit_administrator = _named("audit", "8.1.5.2-b")
security_administrator = _named("security", "8.1.5.3-b")
