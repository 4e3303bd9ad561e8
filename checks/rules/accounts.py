"""Level 3: local accounts, how their passwords are kept, what new passwords must satisfy."""

from __future__ import annotations

from collections.abc import Iterator

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
    remedy=Remedy(
        Text("重设口令，用不可逆方式保存", "Set the password again, stored one-way"),
        {
            "huawei_vrp": "system-view\n aaa\n  local-user {place} password irreversible-cipher <new-password>\n  quit",
            "h3c_comware": "system-view\n local-user {place} class manage\n  password simple <new-password>\n  quit",
            "linux": "passwd {place}",
            "cisco_ios": "configure terminal\n username {place} algorithm-type scrypt secret <new-password>\n end",
            "cisco_nxos": "configure terminal\n username {place} password <new-password>\n end",
            "cisco_asa": "configure terminal\n username {place} password <new-password>\n end",
            "fortinet_fortios": "config system admin\n edit {place}\n  set password <new-password>\n next\nend",
            "juniper_junos": "configure\n"
            " set system login user {place} authentication plain-text-password\n"
            " commit and-quit",
        },
    ),
    high_risk=("HR-6.4.5.2",),
)
def passwords_irreversible(accounts: Accounts) -> Iterator[Verdict]:
    for account in usable(accounts):
        if account.storage is None:
            yield verdict(None, account.evidence, place=account.name)
        else:
            storage = _READABLE.get(account.storage, Text("不可逆", "one-way"))
            yield verdict(account.storage not in _READABLE, account.evidence, place=account.name, storage=storage)


@check(
    "accounts.passwords-strong-hash",
    family=Family.LEVEL3,
    title=Text("口令散列不用 MD5 等弱算法", "Password hashes are not of a weak kind such as MD5"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.4.8-b#1~",),
    found=Text("{subject} 的账号 {place}：{storage}", "{subject}: account {place}: {storage}"),
    remedy=Remedy(
        Text("改用加盐的强散列并重设口令", "Move to a salted strong hash and set the password again"),
        {"linux": "sed -i 's/^ENCRYPT_METHOD.*/ENCRYPT_METHOD SHA512/' /etc/login.defs\npasswd {place}"},
    ),
)
def passwords_strong_hash(accounts: Accounts) -> Iterator[Verdict]:
    for account in usable(accounts):
        if account.storage is None:
            yield verdict(None, account.evidence, place=account.name)
        elif account.storage not in _READABLE:
            storage = _WEAK.get(account.storage, Text("强散列", "strong"))
            yield verdict(account.storage not in _WEAK, account.evidence, place=account.name, storage=storage)


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
        ),
        {
            "huawei_vrp": "system-view\n aaa\n  undo local-user {place}\n  quit",
            "h3c_comware": "system-view\n undo local-user {place} class manage\n quit",
            "linux": "usermod --lock --expiredate 1 {place}",
            "cisco_ios": "configure terminal\n no username {place}\n end",
            "cisco_nxos": "configure terminal\n no username {place}\n end",
            "cisco_asa": "configure terminal\n no username {place}\n end",
            "fortinet_fortios": "config system admin\n delete {place}\nend",
            "juniper_junos": "configure\n delete system login user {place}\n commit and-quit",
        },
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
    remedy=Remedy(
        Text("设置口令最小长度和复杂度", "Set least length and complexity of passwords"),
        {
            "huawei_vrp": "system-view\n set password min-length {length_min}\n aaa\n"
            "  user-password complexity-check three-of-kinds\n  quit",
            "h3c_comware": "system-view\n password-control enable\n password-control length {length_min}\n"
            " password-control composition type-number {classes_min} type-length 1\n quit",
            "linux": "printf 'minlen = {length_min}\\nminclass = {classes_min}\\n' "
            "> /etc/security/pwquality.conf.d/level3.conf",
            "cisco_ios": "configure terminal\n security passwords min-length {length_min}\n"
            " aaa common-criteria policy PASSWORDS\n  min-length {length_min}\n"
            "  upper-case 1\n  lower-case 1\n  numeric-count 1\n end",
            "cisco_nxos": "configure terminal\n password strength-check\n userpassphrase min-length {length_min}\n end",
            "cisco_asa": "configure terminal\n password-policy minimum-length {length_min}\n"
            " password-policy minimum-uppercase 1\n"
            " password-policy minimum-lowercase 1\n password-policy minimum-numeric 1\n"
            " end",
            "fortinet_fortios": "config system password-policy\n set status enable\n"
            " set minimum-length {length_min}\n set min-upper-case-letter 1\n"
            " set min-lower-case-letter 1\n set min-number 1\nend",
            "juniper_junos": "configure\n set system login password minimum-length {length_min}\n"
            " set system login password minimum-upper-cases 1\n"
            " set system login password minimum-lower-cases 1\n"
            " set system login password minimum-numerics 1\n commit and-quit",
        },
    ),
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
    remedy=Remedy(
        Text("设置口令有效期", "Set how long a password may live"),
        {
            "huawei_vrp": "system-view\n aaa\n  local-aaa-user password policy administrator\n"
            "   password expire {days_max}\n   quit\n  quit",
            "h3c_comware": "system-view\n password-control enable\n password-control aging {days_max}\n quit",
            "linux": "sed -i 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS {days_max}/' /etc/login.defs",
            "cisco_ios": "configure terminal\n aaa common-criteria policy PASSWORDS\n  lifetime day {days_max}\n end",
            "cisco_nxos": "configure terminal\n userpassphrase default-lifetime {days_max}\n end",
            "cisco_asa": "configure terminal\n password-policy lifetime {days_max}\n end",
            "fortinet_fortios": "config system password-policy\n set status enable\n"
            " set expire-status enable\n set expire-day {days_max}\nend",
            "juniper_junos": "configure\n set system login password maximum-lifetime {days_max}\n commit and-quit",
        },
    ),
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
    remedy=Remedy(
        Text("启用登录失败锁定", "Turn the lock after failed logins on"),
        {
            "huawei_vrp": "system-view\n aaa\n"
            "  local-aaa-user wrong-password retry-interval 10 retry-time {attempts_max} block-time {lock_min_min}\n"
            "  quit",
            "h3c_comware": "system-view\n password-control enable\n"
            " password-control login-attempt {attempts_max} exceed lock-time {lock_min_min}\n quit",
            "linux": "printf 'deny = {attempts_max}\\nunlock_time = {lock_min_s}\\n' > /etc/security/faillock.conf\n"
            "# then call pam_faillock.so in the PAM stack: authselect enable-feature with-faillock, or pam-auth-update",
            "cisco_ios": "configure terminal\n aaa local authentication attempts max-fail {attempts_max}\n end",
            "cisco_nxos": "configure terminal\n login block-for <seconds> attempts {attempts_max} within 60\n end",
            "cisco_asa": "configure terminal\n aaa local authentication attempts max-fail {attempts_max}\n end",
            "fortinet_fortios": "config system global\n set admin-lockout-threshold {attempts_max}\n"
            " set admin-lockout-duration <seconds>\nend",
            "juniper_junos": "configure\n"
            " set system login retry-options tries-before-disconnect {attempts_max}\n"
            " set system login retry-options lockout-period {lock_min_min}\n"
            " commit and-quit",
        },
    ),
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
