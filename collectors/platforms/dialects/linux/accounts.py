"""Linux: accounts, and what PAM asks of passwords and does after failures."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from collectors.base import Answer
from collectors.platforms.base import Built, Got, Read
from collectors.platforms.dialects.linux import defaults
from collectors.platforms.dialects.linux.text import body, first_answer, number, settings, statements, told, why_none
from inventory.errors import Gap, Missing, ReadFailed
from inventory.evidence import NO_EVIDENCE
from inventory.facts import Account, Accounts, PasswordPolicy

PASSWD, SHADOW, GROUP = "cat /etc/passwd", "cat /etc/shadow", "cat /etc/group"
LOGIN_DEFS = "cat /etc/login.defs"
# The directory first: the main file is read last and wins (pwquality.conf(5)).
QUALITY = "cat /etc/security/pwquality.conf.d/*.conf /etc/security/pwquality.conf"
FAILLOCK, HISTORY = "cat /etc/security/faillock.conf", "cat /etc/security/pwhistory.conf"
PAM = (
    "cat /etc/pam.d/password-auth /etc/pam.d/system-auth /etc/pam.d/common-auth /etc/pam.d/common-password "
    "/etc/pam.d/sshd"
)

_NO_SHELL = re.compile(r"/(nologin|false|sync|shutdown|halt)$")
# crypt(5): the prefix tells the method. SM3 is that of openEuler, Kylin and UOS.
_METHODS = {"1": "md5", "md5": "md5", "sha1": "md5", "3": "md5"}
_STRONG = frozenset({"5", "6", "7", "y", "gy", "sm3", "2a", "2b", "2x", "2y", "argon2id"})
_DES = re.compile(r"[./0-9A-Za-z]{2}\*\*\*$|_\S{4,}")
_NEVER_DAYS = 9999  # login.defs means never by 99999
SECRETS = (
    # shadow(5) and passwd(5): method and salt's place stay, the hash goes; of a DES hash the salt stays
    r"^[^:\s]+:[!*]*\$[0-9a-z]+\$(?P<secret>[^:\s]+)",
    r"^[^:\s]+:!*[./0-9A-Za-z]{2}(?P<secret>[./0-9A-Za-z]{11}):[\d:]*$",
)


# -- accounts -----------------------------------------------------------------------------------------------------


def accounts(passwd: Answer, shadow: Got) -> Accounts:
    """Accounts of the host's own files; how a password is stored is not known where shadow is not readable."""
    stored = {line.split(":")[0]: line.split(":") for line in shadow.lines()} if isinstance(shadow, Answer) else None
    on = (passwd.taken_at or datetime.now(UTC)).date()
    where = shadow if isinstance(shadow, Answer) else passwd
    rows = [line.split(":") for line in passwd.lines() if line.count(":") == 6]
    if not rows:
        raise ReadFailed(f"{passwd.command}: no line is an account")
    return Accounts(tuple(_account(row, stored, where, on) for row in rows), evidence=passwd.evidence(r":0:0:"))


def _account(row: list[str], shadow: dict[str, list[str]] | None, where: Answer, on: date) -> Account:
    name = row[0]
    fields = row[:2]
    if row[1] == "x":  # it stands in shadow
        fields = [name, "?"] if shadow is None else shadow.get(name, [name, "*"])
    word = fields[1] if len(fields) > 1 else "*"
    locked = word.startswith(("!", "*")) or _NO_SHELL.search(row[6]) is not None or _expired(fields, on)
    level = "0" if row[2] == "0" else None
    return Account(name, _storage(word), level, locked=locked, evidence=where.evidence(rf"^{re.escape(name)}:"))


def _expired(fields: list[str], on: date) -> bool:
    days = number(fields[7]) if len(fields) > 7 else None
    return days is not None and 0 <= days < 2**20 and date(1970, 1, 1) + timedelta(days) <= on


def _storage(word: str) -> str | None:
    if not word:
        return "none"
    word = word.lstrip("!")  # locked; the hash behind it comes back with usermod -U
    method = re.match(r"\$([0-9a-z]+)\$", word)
    if method:
        return "strong" if method.group(1) in _STRONG else _METHODS.get(method.group(1))
    return "md5" if _DES.match(word) else None


# -- password policy ----------------------------------------------------------------------------------------------


def password_policy(defs: Got, quality: Got, faillock: Got, history: Got, pam: Got) -> Built:
    """What PAM's modules and login.defs say; a module that no stack calls changes nothing."""
    # A line may go on behind a backslash (pam.conf(5)).
    stack = [rule for line in statements(body(pam).replace("\\\n", " ")) if (rule := _rule(line)) is not None]
    if not stack:
        return why_none(pam)
    length, classes = _quality(stack, quality, settings(told(defs) or ""))
    lockout, attempts, seconds = _lockout(stack, faillock)
    where = first_answer(pam, defs)
    return PasswordPolicy(
        min_length=length,
        min_classes=classes,
        max_age_days=_max_age(defs),
        history=_history(stack, history),
        lockout=lockout,
        lockout_attempts=attempts,
        lockout_s=seconds,
        evidence=where.evidence(r"pam_(pwquality|cracklib|faillock|tally2?|pwhistory)\.so|^PASS_")
        if where
        else NO_EVIDENCE,
    )


class _Rule:
    """One line of a PAM stack (pam.conf(5))."""

    def __init__(self, kind: str, module: str, words: list[str]) -> None:
        self.kind = kind
        self.module = module
        self.words = dict(word.partition("=")[::2] for word in words)


def _rule(line: str) -> _Rule | None:
    found = re.match(r"-?(auth|account|password|session)\s+(?:\[[^\]]*\]|\S+)\s+(\S+?)(?:\.so)?(?:\s+(.*))?$", line)
    if found is None:
        return None
    return _Rule(found.group(1), found.group(2).rpartition("/")[2], (found.group(3) or "").split())


def _called(stack: list[_Rule], kind: str, *modules: str) -> dict[str, str] | None:
    """Arguments of the first call of one of the modules, those of its further calls added; None: none is called."""
    calls = [rule.words for rule in stack if rule.kind == kind and rule.module in modules]
    return {key: value for words in reversed(calls) for key, value in words.items()} if calls else None


def _uncommented(conf: Got) -> str:
    """The file without what stands behind the marks of comments, as pwquality and faillock read theirs."""
    return re.sub(r"#.*", "", told(conf) or "")


def _quality(stack: list[_Rule], conf: Got, defs: dict[str, str]) -> tuple[int | None, int | None]:
    asked = _called(stack, "password", "pam_pwquality", "pam_cracklib")
    if asked is None:
        unix = _called(stack, "password", "pam_unix") or {}
        return number(unix.get("minlen")) or number(defs.get("PASS_MIN_LEN")) or defaults.UNIX.value, 0
    if isinstance(conf, Missing) and conf.gap is not Gap.LACKING:
        return number(asked.get("minlen")), number(asked.get("minclass"))
    said = settings(_uncommented(conf)) | asked
    # A negative credit demands that many characters of its class; minclass demands classes of any kind.
    demanded = sum((number(said.get(f"{kind}credit")) or 0) < 0 for kind in "dulo")
    length = number(said.get("minlen"))
    return length if length is not None else defaults.QUALITY.value, max(number(said.get("minclass")) or 0, demanded)


def _lockout(stack: list[_Rule], conf: Got) -> tuple[bool | None, int | None, int | None]:
    asked = _called(stack, "auth", "pam_faillock")
    if asked is not None:
        if isinstance(conf, Missing) and conf.gap is not Gap.LACKING and "deny" not in asked:
            return None, None, None
        said = settings(_uncommented(conf)) | {k: v for k, v in asked.items() if v}
        deny, unlock = defaults.FAILLOCK.value
        return _lock(number(said.get("deny", deny)), said.get("unlock_time", unlock))
    tally = _called(stack, "auth", "pam_tally2", "pam_tally")
    if tally is not None:
        deny, unlock = defaults.TALLY.value
        return _lock(number(tally.get("deny", deny)), tally.get("unlock_time", unlock))
    return False, None, None


def _lock(deny: int | None, unlock: str) -> tuple[bool | None, int | None, int | None]:
    if deny is None:
        return None, None, None
    return deny > 0, deny, 0 if unlock == "never" else number(unlock)


def _history(stack: list[_Rule], conf: Got) -> int | None:
    asked = _called(stack, "password", "pam_pwhistory")
    if asked is None:
        return number((_called(stack, "password", "pam_unix") or {}).get("remember", "0"))
    if "remember" not in asked and isinstance(conf, Missing) and conf.gap is not Gap.LACKING:
        return None
    return number((settings(told(conf) or "") | asked).get("remember", "10"))  # pam_pwhistory(8)


def _max_age(defs: Got) -> int | None:
    if not isinstance(defs, Answer):
        return None
    days = number(settings(defs.text).get("PASS_MAX_DAYS", str(_NEVER_DAYS)))
    return None if days is None else 0 if days >= _NEVER_DAYS or days < 0 else days


_POLICY = (LOGIN_DEFS, QUALITY, FAILLOCK, HISTORY, PAM)
READS = (
    Read(Accounts, (PASSWD, SHADOW), accounts, frozenset({SHADOW})),
    Read(PasswordPolicy, _POLICY, password_policy, frozenset(_POLICY)),
)
AS_ROOT = frozenset({SHADOW})
