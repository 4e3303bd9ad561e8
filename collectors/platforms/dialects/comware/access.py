"""Who gets into a Comware device: lines, management servers, accounts, password rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.platforms.base import Default, Release
from collectors.platforms.dialects.comware import defaults
from collectors.platforms.dialects.vrp.style import idle_timeout_s, switch
from inventory.config import Config, ConfigLine
from inventory.facts import Account, Accounts, PasswordPolicy, RemoteAccess, RemoteLine

_LINE = r"(?:line|user-interface) (con|aux|tty|vty) (\d+(?: \d+)?)$"
_MODE, _INBOUND = r"authentication-mode (\w+)", r"protocol inbound (\S+)"
_ACL = r"(?:undo acl|acl (?!ipv6)(?:mac )?(?:name )?(\S+)) inbound"
_SERVER_ACL = r"(?:ssh|telnet) server acl (?:name )?(\S+)"
_ACL_IPV6 = r"(?:undo acl ipv6|acl ipv6 (?:name )?(\S+)) inbound"
_LOCKS = r"password-control login-attempt (\d{1,9})\b"
_MODES = {"scheme": "aaa", "password": "password", "none": "none"}
_STORED = {"simple": "plaintext", "sim": "plaintext", "cipher": "cipher", "hash": "strong"}
# What a user of Comware 5 is for who gets into networks, not into the device (H3C AAA guide, service-type).
_NETWORKS = frozenset({"dvpn", "lan-access", "portal", "ppp", "sslvpn", "xauth"})
_FORM = r" (?:simple|cipher|hash) "  # of a password that is stored
_PASSWORD = re.compile(r"password (?:(?:role|level) \S+ )?(?P<form>simple|sim|cipher|hash) (?P<word>\S+)")


def remote_access(config: Config, _: Release) -> RemoteAccess:
    """Terminal lines and management servers, with the defaults of the version that the configuration names."""
    version = generation(config)
    lines = tuple(_lines(config, version))
    remote = [line for line in lines if line.name.startswith("vty")]
    limits = list(config.all(r"(?:telnet|ssh) server (?:ipv6 )?acl |ip https? acl "))
    return RemoteAccess(
        telnet=_server(config, r"telnet server enable", defaults.TELNET, version),
        ssh=_server(config, r"ssh server enable", defaults.SSH, version),
        ssh_v1=_ssh_v1(config, version),
        http=_web(config, "http", version),
        https=_web(config, "https", version),
        ftp=_server(config, r"ftp server enable", defaults.FTP, version),
        lines=lines,
        acl_limits_login=bool(limits) or any(line.acl_ipv4 or line.acl_ipv6 for line in remote),
        server_acls=tuple(dict.fromkeys(f[1] for line in limits if (f := re.match(_SERVER_ACL, line.text)))),
        evidence=config.evidence(
            *config.all(r"(?:undo )?(?:telnet|ssh|ftp) server |(?:undo )?ip https? |line |user-interface")
        ),
    )


def generation(config: Config) -> str:
    """The version at the head; without it the generation by statements that only one has; empty: neither tells."""
    if written := config.word(r"version (\d+\.\d+)"):
        return written
    seven = config.line(
        r"line (?:vty|aux|con|class) |local-user \S+ class |role name |security-zone name |acl (?:basic|adv)"
    )
    by_role = any(
        block.child(r"(?:authorization-attribute )?user-role ")
        for block in config.all(r"(?:local-user|user-interface) ")
    )
    return "7." if seven or by_role else "5." if config.line(r"user-interface ") else ""


def _ssh_v1(config: Config, version: str) -> bool | None:
    written = switch(config, r"ssh server compatible-ssh1x(?: enable)?")
    stated = next((bool(default.value) for default in defaults.SSH_V1 if re.match(default.releases, version)), None)
    return stated if written is None else written


def _server(config: Config, pattern: str, default: Default, version: str) -> bool | None:
    written = switch(config, pattern)
    if written is not None:
        return written
    return bool(default.value) if re.match(default.releases, version) else None


def _web(config: Config, protocol: str, version: str) -> bool | None:
    """Whether the web pages, NETCONF over SOAP or the RESTful API are served."""
    if any(switch(config, rf"{server} {protocol} enable") for server in ("netconf soap", "restful")):
        return True
    return _server(config, rf"ip {protocol} enable", defaults.WEB, version)


def _lines(config: Config, version: str) -> Iterator[RemoteLine]:
    ssh4 = config.word(r"ssh server acl (?!ipv6)(\S+)")
    ssh6 = config.word(r"ssh server (?:ipv6 acl|acl ipv6) (?:ipv6 )?(\S+)")
    methods = _methods(config)
    for block in config.all(_LINE):
        found = re.match(_LINE, block.text)
        if found is None:
            continue
        # What the class of its lines says holds where the line itself says nothing. How users are authenticated and by
        # which protocols they come go together: a line that says either has nothing of both from its class (HPE 5710
        # fundamentals configuration guide 5200-4981, Telnet login).
        views = config.all(rf"line class {found.group(1)}$")
        of_class = ConfigLine(0, "", tuple(line for view in views for line in view.children))
        transports = _transports(block, of_class, version) if found.group(1) == "vty" else None
        idle = idle_timeout_s(of_class) if (own := idle_timeout_s(block)) is None else own
        ssh_only = transports == frozenset({"ssh"})
        mode = block.word(_MODE) or (None if block.child(_INBOUND) else of_class.word(_MODE))
        yield RemoteLine(
            name=f"{found.group(1)} {found.group(2)}",
            transports=transports,
            authentication="none" if mode == "scheme" and methods == ["none"] else _MODES.get(mode or ""),
            open_when_down=(mode == "scheme" and "none" in methods[1:]) or None,
            idle_timeout_s=defaults.IDLE_S.value if idle is None else idle,
            idle_timeout_written=idle is not None,
            acl_ipv4=block.word(_ACL) or of_class.word(_ACL) or (ssh4 if ssh_only else None),
            acl_ipv6=block.word(_ACL_IPV6) or of_class.word(_ACL_IPV6) or (ssh6 if ssh_only else None),
            evidence=config.evidence(
                block, *block.below(r"(?:undo )?(?:acl|authentication-mode|idle-timeout|protocol inbound)\b")
            ),
        )


def _methods(config: Config) -> list[str]:
    """How administrators are authenticated: as the domain says into which they fall (H3C security guide, AAA)."""
    name = config.word(r"domain default enable (\S+)") or defaults.DOMAIN.value
    views = list(config.all(rf"domain (?:name )?{re.escape(name)}$"))
    found = (block.word(rf"authentication {kind} (?!super)(.+)") for kind in ("login", "default") for block in views)
    return (next(filter(None, found), None) or "").split()


def _transports(block: ConfigLine, of_class: ConfigLine, version: str) -> frozenset[str] | None:
    word = block.word(_INBOUND) or (None if block.child(_MODE) else of_class.word(_INBOUND))
    if word is None:
        return frozenset(defaults.INBOUND.value) if re.match(defaults.INBOUND.releases, version) else None
    return frozenset(defaults.INBOUND.value) if word == "all" else frozenset({word})


def accounts(config: Config, _: Release) -> Accounts:
    """Local users for management, and the super passwords as accounts of that name."""
    users = (_account(config, block) for block in config.all(r"local-user \S+(?: class manage)?$"))
    items = tuple(user for user in users if not user.services or not user.services <= _NETWORKS)
    raised = {
        re.split(_FORM, line.text)[0]: line for line in config.all(rf"super password(?: (?:role|level) \S+)?{_FORM}")
    }
    supers = (Account("super", _storage([line]), evidence=config.evidence(line)) for line in raised.values())
    return Accounts(
        (*items, *supers), tuple(_servers(config)), config.evidence(*config.all(r"local-user |super password"))
    )


def _account(config: Config, block: ConfigLine) -> Account:
    services = {word for line in block.below(r"service-type ") for word in line.text.split()[1:]}
    roles = [line.text.split()[-1] for line in block.below(r"authorization-attribute .*(?:user-role|level) \S+$")]
    return Account(
        name=block.text.split()[1],
        storage=_storage(list(block.children)),
        level=", ".join(roles) or None,
        services=frozenset(services),
        locked=block.child(r"state block") is not None,
        evidence=config.evidence(block, *block.children),
    )


def _storage(lines: list[ConfigLine]) -> str | None:
    """The form of the password stored last; None where no line of the text holds one."""
    for line in reversed(lines):
        found = _PASSWORD.search(line.text)
        if found:
            return "strong" if found.group("word").startswith("$h$") else _STORED[found.group("form")]
        if re.match(r"password (?!simple\b|sim\b|cipher\b|hash\b)\S+$", line.text):  # as people write it
            return "plaintext"
    return None


def _servers(config: Config) -> Iterator[str]:
    found: dict[str, None] = {}
    for block in config.all(r"(?:radius|hwtacacs) scheme "):
        for line in block.below(r"(?:primary|secondary) authentication \S"):
            words = [word for word in line.text.split()[2:] if word not in ("ipv6", "host")]
            found.update(dict.fromkeys(words[:1]))
    yield from found


def password_policy(config: Config, _: Release) -> PasswordPolicy:
    """What new passwords must satisfy and whether failures lock: nothing of it while password control is off.

    Whom failures bar by address instead (attack-defense login), they bar without it as well.
    """
    lines = list(config.all(r"(?:undo )?(?:password-control|attack-defense login) "))
    evidence = config.evidence(*lines)
    barred = switch(config, r"attack-defense login enable") is True
    on = switch(config, r"password-control enable")
    if not (defaults.PASSWORD_CONTROL.value if on is None else on):
        tries, lock_s = _bar(config) if barred else (None, None)
        return PasswordPolicy(0, 0, 0, 0, barred, tries, lock_s, lockout_written=barred, evidence=evidence)
    version = Release(release=generation(config))
    length, age, history = (each.holds(version) for each in (defaults.LENGTH, defaults.AGE_DAYS, defaults.HISTORY))
    locks, tries, lock_s = _lock(config, version)
    if barred and not locks:
        tries, lock_s = _bar(config)
    return PasswordPolicy(
        min_length=_number(config, r"password-control length (\d+)", length),
        min_classes=_number(config, r"password-control composition type-number (\d+)", None),
        max_age_days=0 if _off(config, "aging") else _number(config, r"password-control aging (\d+)", age),
        history=0 if _off(config, "history") else _number(config, r"password-control history (\d+)", history),
        lockout=barred or locks,
        lockout_attempts=tries,
        lockout_s=lock_s,
        lockout_written=barred or (config.line(r"password-control login-attempt ") is not None and locks is not False),
        evidence=evidence,
    )


def _off(config: Config, what: str) -> bool:
    return switch(config, rf"password-control {what} enable") is False


def _number(config: Config, pattern: str, default: int | None) -> int | None:
    found = config.word(pattern)
    return int(found) if found else default


def _lock(config: Config, version: Release) -> tuple[bool | None, int | None, int | None]:
    """Whether failures lock, after how many, and for how many seconds; 0: until an administrator unlocks."""
    usual = defaults.TRIES.holds(version)
    line, written = (config.line(_LOCKS), config.word(_LOCKS))
    if line is None or written is None:
        return (None, None, None) if usual is None else (True, *usual)
    tries = int(written)
    if re.search(r"exceed unlock\b", line.text):
        return False, tries, None
    minutes = re.search(r"exceed lock-time (\d+)", line.text)
    if minutes:
        return True, tries, 60 * int(minutes.group(1))
    return True, tries, 0 if "exceed lock" in line.text else usual[1] if usual else None


def _bar(config: Config) -> tuple[int | None, int | None]:
    """Tries and seconds by which failures bar an address; None where they are not written."""
    tries = _number(config, r"attack-defense login max-attempt (\d{1,9})", None)
    minutes = _number(config, r"attack-defense login block-timeout (\d{1,9})", None)
    return tries, None if minutes is None else 60 * minutes
