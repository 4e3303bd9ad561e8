"""Who gets into a device that is configured the IOS way: lines, management servers, accounts, password rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.config_text import BLOTTED
from collectors.platforms.base import Release, first_holding
from collectors.platforms.dialects.figures import idle_s
from collectors.platforms.dialects.ios import defaults
from inventory.config import Config, ConfigLine
from inventory.evidence import Evidence
from inventory.facts import Account, Accounts, PasswordPolicy, RemoteAccess, RemoteLine

ALL_TRANSPORTS = frozenset({"telnet", "ssh", "rlogin", "mop", "pad"})
_LINE = r"line (con(?:sole)?|aux|tty|vty)?\s*(\d+(?:/\S+)?(?: \d+(?:/\S+)?)?)$"
_KINDS = {"con": "con", "console": "con", "aux": "aux", "tty": "tty", "vty": "vty", None: "tty"}
_STORED = {"0": "plaintext", "4": "md5", "5": "md5", "6": "cipher", "7": "type7", "8": "strong", "9": "strong"}
_CRYPT = {"$1$": "md5", "$5$": "strong", "$6$": "strong", "$8$": "strong", "$9$": "strong", "$14$": "strong"}
_WRITTEN = (
    r"(?:algorithm-type (?P<algorithm>\S+) )?(?P<kind>password|secret)(?: level \d+)?(?: (?P<type>\d+))? "
    rf"(?P<word>{BLOTTED}|\S+)"
)
_WEAKEST_FIRST = ("none", "plaintext", "type7", "cipher", "md5", "strong")
_DAYS = {"day": 1, "month": 30, "year": 365}
_CLASSES = ("upper-case", "lower-case", "numeric-count", "special-case")


def remote_access(config: Config, _: Release) -> RemoteAccess:
    """Terminal lines and the management servers; a server that no line mentions and whose default varies is None."""
    lines = tuple(_lines(config))
    remote = [line for line in lines if line.name.startswith("vty")]
    ssh = _any_takes(remote, "ssh")
    return RemoteAccess(
        telnet=_any_takes(remote, "telnet"),
        ssh=ssh,
        ssh_v1=_ssh_v1(config, ssh),
        http=switch(config, r"ip http server\b"),
        https=switch(config, r"ip http secure-server\b"),
        ftp=switch(config, r"ftp-server enable\b") or bool(defaults.FTP.value),
        lines=lines,
        acl_limits_login=any(line.acl_ipv4 or line.acl_ipv6 for line in remote) if remote else None,
        evidence=config.evidence(*config.all(r"line |(?:no )?ip (?:http|ssh) ")),
    )


def switch(config: Config, pattern: str) -> bool | None:
    """Whether a global switch is on: the last of ``X`` and ``no X``; None where neither is written."""
    found = config.line(rf"(?:no )?{pattern}")
    return None if found is None else not found.text.startswith("no ")


def _ssh_v1(config: Config, ssh: bool | None) -> bool | None:
    version = config.word(r"ip ssh version (\d)")
    if version is not None:
        return version == "1"
    default: bool | None = first_holding(defaults.SSH_V1, _version(config)) if ssh else None
    return default


def _any_takes(lines: list[RemoteLine], transport: str) -> bool | None:
    if any(line.transports and transport in line.transports for line in lines):
        return True
    return None if not lines or any(line.transports is None for line in lines) else False


def _lines(config: Config) -> Iterator[RemoteLine]:
    for block in config.all(_LINE):
        found = re.match(_LINE, block.text)
        if found is None:
            continue
        idle = _idle_s(block)
        yield RemoteLine(
            name=f"{_KINDS[found.group(1)]} {found.group(2)}",
            transports=_transports(block),
            authentication=_authentication(config, block, found.group(1) == "vty"),
            open_when_down=_open_when_down(config, block),
            idle_timeout_s=defaults.IDLE_S.value if idle is None else idle,
            idle_timeout_written=idle is not None,
            acl_ipv4=block.word(r"access-class (\S+) in\b"),
            acl_ipv6=block.word(r"ipv6 access-class (\S+) in\b"),
            evidence=config.evidence(
                block, *block.below(r"transport input|login|no login|exec-timeout|.*access-class")
            ),
        )


def _transports(block: ConfigLine) -> frozenset[str] | None:
    words = block.word(r"transport input (.+)")
    if words is None:
        return None
    named = frozenset(words.split())
    return ALL_TRANSPORTS if "all" in named else named - {"none"}


def _version(config: Config) -> Release:
    """The release of IOS as the configuration names it, which RGOS does otherwise."""
    return Release(release=config.word(r"version (\d+\.\d+)$"))


def _idle_s(block: ConfigLine) -> int | None:
    written = block.child(r"(?:no )?exec-timeout\b")
    if written is None:
        return None
    return 0 if written.text.startswith("no ") else idle_s(written)


def _authentication(config: Config, block: ConfigLine, is_vty: bool) -> str | None:
    """none, password or aaa (accounts of the device or of a server)."""
    if config.line(r"aaa new-model"):
        return _by_method(config, block.word(r"login authentication (\S+)") or "default")
    written = block.child(r"(?:no )?login\b")
    if written is None:
        return str(defaults.LOGIN.value) if is_vty else "none"
    if written.text.startswith("no "):
        return "none"
    return "aaa" if re.match(r"login (?:local|tacacs|authentication)", written.text) else "password"


def _open_when_down(config: Config, block: ConfigLine) -> bool | None:
    """Whether the methods of a line, each asked where the one before did not answer, come to none."""
    if not config.line(r"aaa new-model"):
        return None
    return "none" in _methods(config, block.word(r"login authentication (\S+)") or "default")[1:] or None


def _methods(config: Config, name: str) -> list[str]:
    return (config.word(rf"aaa authentication login {re.escape(name)} (.+)") or "local").split()


def _by_method(config: Config, name: str) -> str:
    methods = _methods(config, name)
    if methods[0] == "none":
        return "none"
    return "password" if methods[0] in {"line", "enable"} else "aaa"


def accounts(config: Config, _: Release) -> Accounts:
    """Local users and the enable password, as an account of that name, with the form their password is stored in."""
    users = tuple(_users(config))
    return Accounts(
        users, tuple(_servers(config)), config.evidence(*config.all(r"username |enable (?:secret|password)"))
    )


def _users(config: Config) -> Iterator[Account]:
    blocks: dict[str, list[ConfigLine]] = {}
    for line in config.all(r"username \S+"):
        blocks.setdefault(line.text.split()[1], []).append(line)
    untyped: str | None = defaults.SECRET.holds(_version(config))
    for name, lines in blocks.items():
        words = " ".join(line.text for line in lines)
        level = re.search(r" privilege (\d+)", words)
        yield Account(
            name,
            _storage(words, untyped),
            level.group(1) if level else defaults.LEVEL.value,
            evidence=config.evidence(*lines),
        )
    # The secret is the one that counts, but what is stored beside it can be read all the same.
    enable = list(config.all(r"enable (?:algorithm-type \S+ )?(?:secret|password)\b"))
    if enable:
        forms = [form for line in enable if (form := _storage(line.text, untyped)) is not None]
        weakest = min(forms, key=_WEAKEST_FIRST.index) if forms else None
        yield Account("enable", weakest, "15", evidence=config.evidence(*enable))


def _storage(words: str, untyped: str | None) -> str | None:
    """The form of a stored password; None for a user without one in the text (a server keeps it, or a key)."""
    if re.search(r" nopassword\b", words):
        return "none"
    found = re.search(rf" {_WRITTEN}", words)
    if found is None:
        return None
    kind, number, word, algorithm = found.group("kind", "type", "word", "algorithm")
    if algorithm:
        return "md5" if algorithm == "md5" else "strong"
    by_shape = next((form for mark, form in _CRYPT.items() if word.startswith(mark)), None)
    if by_shape:
        return by_shape
    if number:
        return _STORED.get(number)
    if re.fullmatch(BLOTTED, word):
        return None  # blotted out by whoever passed it on, together with its form
    return "plaintext" if kind == "password" else untyped


_SERVER = r"(?:tacacs-server|radius-server) host (?:(?:oob(?: via \S+(?: \d\S*)?)?|ipv6|vrf \S+) )*(\S+)"


def _servers(config: Config) -> Iterator[str]:
    found: dict[str, None] = {}
    for line in config.all(_SERVER):
        found.update((named, None) for named in re.findall(_SERVER, line.text))
    for block in config.all(r"(?:tacacs|radius) server |aaa group server "):
        for line in block.below(r"address ipv[46] \S+|server(?:-private)? (?!name )\S+"):
            found[line.text.split()[2 if line.text.startswith("address") else 1]] = None
    yield from found


def password_policy(config: Config, _: Release) -> PasswordPolicy:
    """What new passwords must satisfy, and whether failed logins lock or block.

    Nothing of it is on by default (IOS Security Command Reference), so what is not written is 0 or false.
    """
    length = config.word(r"security passwords min-length (\d+)")
    policy = config.line(r"aaa common-criteria policy ")
    in_policy = policy.word(r"min-length (\d+)") if policy else None
    attempts, seconds = _lockout(config)
    return PasswordPolicy(
        min_length=max(int(length or 0), int(in_policy or 0)),
        min_classes=sum(policy.child(rf"{name} [1-9]") is not None for name in _CLASSES) if policy else 0,
        max_age_days=_age_days(policy) if policy else 0,
        history=0,
        lockout=attempts is not None or bool(defaults.PASSWORDS.value),
        lockout_attempts=attempts,
        lockout_s=seconds,
        lockout_written=attempts is not None,
        evidence=_policy_evidence(config, policy),
    )


def _policy_evidence(config: Config, policy: ConfigLine | None) -> Evidence:
    rest = config.all(
        r"security passwords|login block-for|aaa (?:local authentication attempts|authentication rejected)"
    )
    return config.evidence(*rest, policy, *(policy.children if policy else ()))


def _lockout(config: Config) -> tuple[int | None, int | None]:
    """Attempts and seconds; 0 seconds: until an administrator unlocks."""
    blocked = config.line(r"login block-for \d{1,9} attempts \d{1,9}(?: |$)")
    if blocked:
        words = blocked.text.split()
        return int(words[4]), int(words[2])
    rejected = config.line(r"aaa authentication rejected \d{1,9} in \d{1,9} ban \d{1,9}$")
    if rejected:
        words = rejected.text.split()
        return int(words[3]), int(words[7])
    most = config.word(r"aaa local authentication attempts max-fail (\d+)")
    return (int(most), 0) if most else (None, None)


def _age_days(policy: ConfigLine) -> int:
    found = policy.child(r"lifetime (?:day|month|year) \d{1,9}(?: |$)")
    if found is None:
        return 0
    _, unit, count = found.text.split()[:3]
    return _DAYS[unit] * int(count)
