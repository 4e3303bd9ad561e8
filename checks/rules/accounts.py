"""Level 3: local accounts, how their passwords are kept, what new passwords must satisfy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.policies import AccountPolicy
from inventory.facts import Account, Accounts, PasswordPolicy
from inventory.text import Text

_READABLE = {
    "none": Text("没有口令", "there is no password"),
    "plaintext": Text("明文保存", "stored in the clear"),
    "type7": Text("type 7 可逆编码", "type 7, reversible"),
    "cipher": Text("可逆加密", "reversibly encrypted"),
}
# Passwords that are nobody's own: of a mode, a terminal, the whole device.
_SHARED = frozenset({"enable", "super", "passwd", "vty"})
_WEAK = {"md5": Text("MD5 弱散列", "MD5, a weak hash")}


def usable(accounts: Accounts) -> list[Account]:
    """Accounts that can log in."""
    return [account for account in accounts.items if not account.locked]


@check(
    "accounts.passwords-irreversible",
    family=Family.LEVEL3,
    title=Text("本地口令以不可逆方式保存", "Local passwords are stored one-way"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.8-b#1~", "gbt22239-2019:8.1.4.1-a"),
    found=Text("{subject} 的账号 {place}：{storage}", "{subject}: account {place}: {storage}"),
    unknown=Text(
        "{subject} 的账号 {place} 的口令保存方式无法判断",
        "{subject}: how the password of {place} is stored is not known",
    ),
    remedy=Remedy(Text("重设口令，用不可逆方式保存", "Set the password again, stored one-way")),
    high_risk=("HR-6.4.5.2",),
)
def passwords_irreversible(accounts: Accounts) -> Iterator[Verdict]:
    for account in usable(accounts):
        yield _stored(account, _READABLE, Text("不可逆", "one-way"))


def _stored(account: Account, bad: Mapping[str, Text], good: Text) -> Verdict:
    """Whether a password is kept in none of the bad ways; None: it is not known how."""
    if account.storage is None:
        return verdict(None, account.evidence, place=account.name)
    return verdict(
        account.storage not in bad,
        account.evidence,
        place=account.name,
        storage=bad.get(account.storage, good),
        level=account.level or "1",
        variant=account.name if account.name in _SHARED else "",
    )


@check(
    "accounts.passwords-strong-hash",
    family=Family.LEVEL3,
    title=Text("口令散列不用 MD5 等弱算法", "Password hashes are not of a weak kind such as MD5"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.4.8-b#1~",),
    found=Text("{subject} 的账号 {place}：{storage}", "{subject}: account {place}: {storage}"),
    remedy=Remedy(Text("改用加盐的强散列并重设口令", "Move to a salted strong hash and set the password again")),
)
def passwords_strong_hash(accounts: Accounts) -> Iterator[Verdict]:
    for account in usable(accounts):
        if account.storage not in _READABLE:
            yield _stored(account, _WEAK, Text("强散列", "strong"))


@check(
    "accounts.no-default-names",
    family=Family.LEVEL3,
    title=Text("没有默认名称的账号", "No account carries a default name"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.2-b#1",),
    found=Text("{subject} 仍有默认账号 {place}", "{subject} still has the default account {place}"),
    remedy=Remedy(
        Text(
            "建立实名管理账号并确认可登录后，删除默认账号",
            "Create named accounts, try them, then remove the default one",
        )
    ),
    high_risk=("HR-6.4.2.1",),
)
def no_default_names(accounts: Accounts, policy: AccountPolicy) -> Iterator[Verdict]:
    default = [account for account in usable(accounts) if account.name.lower() in policy.default_names]
    for account in default:
        yield verdict(False, account.evidence, place=account.name)
    if not default:
        yield verdict(True, accounts.evidence)


@check(
    "accounts.password-quality",
    family=Family.LEVEL3,
    title=Text("口令长度和字符种类有要求", "New passwords must have length and kinds of characters"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.1-a#4",),
    found=Text(
        "{subject} 要求口令至少 {length} 位、{classes} 类字符，应至少 {length_min} 位、{classes_min} 类",
        "{subject} wants passwords of {length} characters in {classes} classes; {length_min} in {classes_min} are due",
    ),
    remedy=Remedy(Text("设置口令最小长度和复杂度", "Set least length and complexity of passwords")),
)
def password_quality(rules: PasswordPolicy, policy: AccountPolicy) -> Iterator[Verdict]:
    bounds = ((rules.min_length, policy.password_length_min), (rules.min_classes, policy.password_classes_min))
    yield verdict(
        _all_reached(bounds),
        rules.evidence,
        length="?" if rules.min_length is None else rules.min_length,
        classes="?" if rules.min_classes is None else rules.min_classes,
        length_min=policy.password_length_min,
        classes_min=policy.password_classes_min,
    )


def _all_reached(bounds: tuple[tuple[int | None, int], ...]) -> bool | None:
    """False when one value is below its bound, whatever is unknown of the others; None when that is all unknown."""
    if any(value is not None and value < least for value, least in bounds):
        return False
    return None if any(value is None for value, _ in bounds) else True


@check(
    "accounts.password-age",
    family=Family.LEVEL3,
    title=Text("口令定期更换", "Passwords are changed in time"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.4.1-a#4",),
    found=Text(
        "{subject} 的口令有效期为 {days} 天（0 为永久），应不超过 {days_max} 天",
        "{subject} lets passwords live {days} days (0: for ever), {days_max} at most are wanted",
    ),
    remedy=Remedy(Text("设置口令有效期", "Set how long a password may live")),
)
def password_age(rules: PasswordPolicy, policy: AccountPolicy) -> Iterator[Verdict]:
    days = rules.max_age_days
    ok = None if days is None else 0 < days <= policy.password_age_max_days
    shown = "?" if days is None else days
    yield verdict(ok, rules.evidence, days=shown, days_max=policy.password_age_max_days)


@check(
    "accounts.lockout",
    family=Family.LEVEL3,
    title=Text("多次登录失败会锁定", "Failed logins lead to a lock"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.1-b#1,2",),
    found=Text(
        "{subject} 的登录失败处理不足：失败 {attempts} 次后锁定 {lock_s} 秒，"
        "应为至多 {attempts_max} 次、至少 {lock_min_s} 秒",
        "{subject} handles failed logins too mildly: after {attempts} a lock of {lock_s} s;"
        " {attempts_max} and {lock_min_s} s are due",
    ),
    remedy=Remedy(Text("启用登录失败锁定", "Turn the lock after failed logins on")),
)
def lockout(rules: PasswordPolicy, policy: AccountPolicy) -> Iterator[Verdict]:
    yield verdict(
        _locks(rules, policy),
        rules.evidence,
        attempts="?" if rules.lockout_attempts is None else rules.lockout_attempts,
        lock_s="?" if rules.lockout_s is None else rules.lockout_s,
        attempts_max=policy.attempts_max,
        lock_min_s=policy.lockout_min_s,
        lock_min_min=-(-policy.lockout_min_s // 60),
    )


def _locks(rules: PasswordPolicy, policy: AccountPolicy) -> bool | None:
    if rules.lockout is False:
        return False
    attempts, seconds = rules.lockout_attempts, rules.lockout_s
    too_many = attempts is not None and not 0 < attempts <= policy.attempts_max
    too_short = seconds is not None and 0 < seconds < policy.lockout_min_s  # 0: until somebody unlocks
    if too_many or too_short:
        return False
    return None if None in (rules.lockout, attempts, seconds) else True
