"""Level 3: accounts, their rights, and how rights are divided."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.policies import AccountPolicy
from inventory.facts import Privileges
from inventory.text import Text


@check(
    "privileges.accounts-levelled",
    family=Family.LEVEL3,
    title=Text("账号都写明权限级别", "Every account states its rights"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.2-a#1",),
    found=Text(
        "{subject} 的账号 {place} 没有写明级别或角色", "{subject}: account {place} states neither level nor role"
    ),
    unknown=Text("{subject} 没有可核对的实名账号", "{subject} has no named account to look at"),
    remedy=Remedy(Text("给每个账号指定级别或角色", "Give each account a level or role")),
)
def accounts_levelled(rights: Privileges) -> Iterator[Verdict]:
    people = rights.administrators
    bare = [person for person in people if not person.level]
    for person in bare:
        # Without a level VRP and Comware give the lowest one: that nobody chose it is the gap, not what it allows.
        yield verdict(False, person.evidence, place=person.name)
    if not bare:
        yield verdict(True if people else None, *(p.evidence for p in people))


@check(
    "privileges.lines-give-nothing",
    family=Family.LEVEL3,
    title=Text("权限随账号，不随线路", "Rights come with accounts, not with lines"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.2-a#1",),
    found=Text(
        "{subject} 的 {place} 不问账号即给最高权限（{level}）",
        "{subject}: {place} gives top rights ({level}) without asking for an account",
    ),
    remedy=Remedy(
        Text("线路改为账号鉴别，取消线路上的高权限", "Ask for accounts on the lines and take the rights from them")
    ),
)
def lines_give_nothing(rights: Privileges) -> Iterator[Verdict]:
    open_lines = [line for line in rights.lines if line.top]
    for line in open_lines:
        yield verdict(False, line.evidence, place=line.line, level=line.level)
    if not open_lines:
        yield verdict(True, rights.evidence)


@check(
    "privileges.no-shared-names",
    family=Family.LEVEL3,
    title=Text("没有匿名或公共账号", "There is no anonymous or guest account"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.2-a#2", "gbt22239-2019:8.1.4.2-c#1~"),
    found=Text("{subject} 有公共账号 {place}", "{subject} has the shared account {place}"),
    remedy=Remedy(Text("删除公共账号，改用实名账号", "Remove the account and give people accounts of their own")),
)
def no_shared_names(rights: Privileges, policy: AccountPolicy) -> Iterator[Verdict]:
    shared = [person for person in rights.administrators if person.name.lower() in policy.shared_names]
    for person in shared:
        yield verdict(False, person.evidence, place=person.name)
    if not shared and rights.administrators:
        yield verdict(True, *(person.evidence for person in rights.administrators))


@check(
    "privileges.roles-divided",
    family=Family.LEVEL3,
    title=Text("系统、安全、审计角色分开", "Administrators, auditors and operators are told apart"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.2-d#1,2",),
    found=Text(
        "{subject} 的 {total} 个账号中 {top} 个是最高权限，没有分权",
        "{subject}: {top} of {total} accounts have top rights; they are not divided",
    ),
    unknown=Text("{subject} 没有可核对的本地账号", "{subject} has no local account to look at"),
    remedy=Remedy(
        Text(
            "分设系统、安全、审计账号，最高权限账号不超过两个",
            "Keep two top accounts at most, and give operators and auditors accounts of lower rank",
        )
    ),
)
def roles_divided(rights: Privileges, policy: AccountPolicy) -> Iterator[Verdict]:
    able = [person for person in rights.administrators if person.rank != "none"]
    if not able:
        yield verdict(None, rights.evidence)
        return
    top = [person for person in able if person.rank == "top"]
    too_many = len(top) > policy.top_accounts_max
    # A single account for when the AAA servers are gone divides nothing by itself: the servers do.
    alone = len(able) == len(top) and not (len(top) == 1 and rights.by_server)
    yield verdict(
        not (too_many or alone),
        *(person.evidence for person in (top if too_many or alone else able)),
        top=len(top),
        total=len(able),
        place=top[-1].name if top else able[0].name,
    )


@check(
    "privileges.two-factors",
    family=Family.LEVEL3,
    title=Text("管理员登录用两种鉴别", "Administrators prove themselves in two ways"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.1-d#1~",),
    found=Text(
        "{subject} 只凭本地口令登录，没有第二种鉴别",
        "{subject} takes a local password alone; there is no second factor",
    ),
    remedy=Remedy(
        Text(
            "设备支持时在口令之外再要求密钥或令牌；不支持时登录由双因素的 AAA 服务器或堡垒机鉴别，以其记录为证",
            "Ask for a key or token beside the password where the device can; elsewhere an AAA server or bastion with "
            "two factors decides, and its record is the evidence",
        )
    ),
    high_risk=("HR-6.4.1.3",),
)
def two_factors(rights: Privileges) -> Iterator[Verdict]:
    # What a server asks of those who log in its own record has to show.
    yield verdict(None if rights.by_server and not rights.second_factor else rights.second_factor, rights.evidence)
