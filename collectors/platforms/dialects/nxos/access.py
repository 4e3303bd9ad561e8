"""Who gets into an NX-OS device, and what it tells others: features, lines, accounts, password rules, SNMP."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import replace

from collectors.platforms.base import Built, ConfigRead, Default, Got, Release
from collectors.platforms.dialects.figures import number
from collectors.platforms.dialects.ios import access as ios_access
from collectors.platforms.dialects.ios import services as ios_services
from collectors.platforms.dialects.nxos import defaults
from inventory.config import Config, ConfigLine
from inventory.errors import Missing, ReadFailed
from inventory.facts import (
    Accounts,
    Community,
    Logging,
    PasswordPolicy,
    RemoteAccess,
    RemoteLine,
    SnmpAgent,
    SnmpUser,
)

LOG_SERVERS = "show logging server"
# What exported configurations of 6.2 to 10.3 have behind them; severities of a product's parts stand before the lines.
_BEHIND_SERVERS = (
    r"logging (?:source-interface|timestamp|monitor|origin-id) \S|no logging (?:console|monitor)$"
    r"|logging level (?:kernel|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpri|ftp|local[0-7]) \d"
)
_LINE = r"line (console|vty)$"
_ROLE_ACCESS = {"network-admin": "rw", "vdc-admin": "rw", "network-operator": "ro", "vdc-operator": "ro"}
_STRONG_LENGTH, _STRONG_CLASSES = 8, 3  # upper case, lower case, digits
_FOR_EVER = 99999  # days that a passphrase lasts where none are set


def remote_access(config: Config, release: Release) -> RemoteAccess:
    """Management servers, which are features, and the lines behind them. There is no SSH protocol 1."""
    telnet = _feature(config, r"feature telnet$|telnet server enable", defaults.TELNET, release)
    ssh = _feature(config, r"feature ssh$|ssh server enable", defaults.SSH, release)
    lines = tuple(_lines(config, telnet, ssh))
    remote = [line for line in lines if line.remote]
    return RemoteAccess(
        telnet=telnet,
        ssh=ssh,
        ssh_v1=False,
        http=_api(config, "http", defaults.API_HTTP, release),
        https=_api(config, "https", defaults.API_HTTPS, release),
        ftp=False,  # it has no FTP server
        lines=lines,
        acl_limits_login=any(line.acl_ipv4 or line.acl_ipv6 for line in remote) if remote else None,
        evidence=config.evidence(
            *config.all(r"(?:no )?(?:feature (?:telnet|ssh|nxapi)$|(?:telnet|ssh) server|nxapi https?|line )")
        ),
    )


def _feature(config: Config, pattern: str, default: Default, release: Release) -> bool | None:
    written = ios_access.switch(config, rf"(?:{pattern})")
    return default.holds(release) if written is None else written


def _api(config: Config, scheme: str, default: Default, release: Release) -> bool | None:
    """Whether NX-API, the only web server, answers over http or https."""
    if not ios_access.switch(config, r"feature nxapi$"):
        return False
    written = ios_access.switch(config, rf"nxapi {scheme}(?: port \d+.*)?$")
    return default.holds(release) if written is None else written


def _lines(config: Config, telnet: bool | None, ssh: bool | None) -> Iterator[RemoteLine]:
    for block in config.all(_LINE):
        is_vty = block.text == "line vty"
        idle = block.child(r"(?:no )?exec-timeout\b")
        servers = {"telnet": telnet, "ssh": ssh}
        yield RemoteLine(
            name="vty" if is_vty else "con",
            transports=frozenset(name for name, on in servers.items() if on)
            if is_vty and None not in servers.values()
            else None,
            authentication=_authentication(config, "default" if is_vty else "console"),
            open_when_down="none" in _methods(config, "default" if is_vty else "console")[1:] or None,
            idle_timeout_s=_idle_s(idle),  # the default varies
            idle_timeout_written=idle is not None,
            acl_ipv4=block.word(r"(?:ip )?access-class (\S+) in\b"),
            acl_ipv6=block.word(r"ipv6 access-class (\S+) in\b"),
            evidence=config.evidence(block, *block.below(r"(?:no )?exec-timeout|.*access-class")),
        )


def _idle_s(line: ConfigLine | None) -> int | None:
    if line is None:
        return None
    minutes = number(line.text.split()[-1])
    return 0 if line.text.startswith("no ") else None if minutes is None else 60 * minutes


def _authentication(config: Config, service: str) -> str:
    """``aaa`` (accounts of the device or of a server) unless a method list says none."""
    methods = _methods(config, service)
    return "none" if methods[-1] == "none" and "group" not in methods else "aaa"


def _methods(config: Config, service: str) -> list[str]:
    return (config.word(rf"aaa authentication login {service} (.+)") or "local").split()


def accounts(config: Config, release: Release) -> Accounts:
    """As on IOS. What type 5 is, MD5 or SHA-256, only the stored form tells, and roles stand where levels do."""
    told = ios_access.accounts(config, release)
    items = (
        replace(account, storage=_storage(text, account.storage), level=_role(text) or account.level)
        for account in told.items
        for text in [account.evidence.excerpt]  # the lines that tell of it
    )
    return replace(told, items=tuple(items))


def _storage(words: str, told: str | None) -> str | None:
    found = re.search(r"(?:password|secret) (\d) (\S+)", words)
    if found is None:
        return told
    if found.group(2).startswith("!"):
        return None  # a mark that no password fits
    return None if found.group(1) == "5" and not found.group(2).startswith("$") else told


def _role(words: str) -> str | None:
    return ", ".join(dict.fromkeys(re.findall(r" role (\S+)", words))) or None


def password_policy(config: Config, release: Release) -> PasswordPolicy:
    """Password strength, which is checked unless turned off; blocking after failures, which is off unless set."""
    written = ios_access.switch(config, r"password strength-check")
    strong: bool | None = defaults.STRENGTH.holds(release) if written is None else written
    length = number(config.word(r"userpassphrase .*?min-length (\d+)"))
    lifetime = number(config.word(r"userpassphrase .*?default-lifetime (\d+)"))
    attempts, seconds = _lockout(config)
    return PasswordPolicy(
        min_length=length if strong is None else max(length or 0, _STRONG_LENGTH if strong else 0),
        min_classes=None if strong is None else _STRONG_CLASSES if strong else 0,
        max_age_days=lifetime if lifetime and lifetime < _FOR_EVER else 0,
        history=None,  # no option for it
        lockout=attempts is not None,
        lockout_attempts=attempts,
        lockout_s=seconds,
        lockout_written=attempts is not None,
        evidence=config.evidence(
            *config.all(
                r"(?:no )?password strength-check|userpassphrase|(?:system )?login block-for|aaa authentication rej"
            )
        ),
    )


def _lockout(config: Config) -> tuple[int | None, int | None]:
    """Attempts and seconds."""
    blocked = config.line(r"(?:system )?login block-for \d+ attempts \d+")
    if blocked:
        seconds, attempts = re.findall(r"\d+", blocked.text)[:2]
        return number(attempts), number(seconds)
    banned = config.line(r"aaa authentication rejected \d+ in \d+ ban \d+")
    if banned:
        attempts, _, seconds = re.findall(r"\d+", banned.text)[:3]
        return number(attempts), number(seconds)
    return None, None


def snmp_agent(config: Config, _: Release) -> SnmpAgent:
    """The agent's communities, each bound to a role, and its users, which the device keeps with those of the CLI."""
    lines = list(config.all(r"(?:no )?snmp-server (?:community|host|user|globalEnforcePriv|protocol enable)"))
    off = ios_access.switch(config, r"snmp-server protocol enable") is False
    communities, users = tuple(_communities(config)), tuple(_users(config))
    open_to = {"v1", "v2c"} if any(c.purpose == "access" for c in communities) else set()
    return SnmpAgent(
        enabled=not off and bool(communities or users),
        versions=frozenset(open_to | ({"v3"} if users else set())),
        communities=communities,
        users=users,
        evidence=config.evidence(*lines),
    )


def _communities(config: Config) -> Iterator[Community]:
    """Each community with its access list, which a line of its own names.

    Of communities that are masked alike the lists come in the same order as they do.
    """
    lists: dict[str, deque[ConfigLine]] = {}
    for line in config.all(r"snmp-server community \S+ use-(?:ipv[46])?acl \S"):
        lists.setdefault(line.text.split()[2], deque()).append(line)
    lines = list(config.all(r"snmp-server community \S+(?: (?:group \S+|r[ow]\b)|$)"))
    alike = Counter(line.text.split()[2] for line in lines)
    for line in lines:
        word = line.text.split()[2]
        of_word = lists.get(word, deque())
        # Of the only community of a name, of both families.
        limits = list(of_word) if alike[word] == 1 else [of_word.popleft()] if of_word else []
        told = re.findall(r" use-(?:ipv)?([46]?)acl (\S+)", " ".join(limit.text for limit in limits))
        yield Community(
            ios_services.is_default(word),
            _access(line.text),
            told[0][1] if told else None,
            evidence=config.evidence(line, *limits),
            limited=frozenset(int(family or 4) for family, _ in told) if told and alike[word] == 1 else None,
        )
    yield from ios_services.trap_communities(config)


def _access(text: str) -> str | None:
    """ro or rw, by the word or by the role; None for a role that somebody defined."""
    role = re.search(r" group (\S+)", text)
    return _ROLE_ACCESS.get(role.group(1)) if role else "rw" if re.search(r" rw\b", text) else "ro"


def _users(config: Config) -> Iterator[SnmpUser]:
    everybody = config.line(r"snmp-server globalEnforcePriv") is not None
    blocks: dict[str, list[ConfigLine]] = {}
    for line in config.all(r"snmp-server user \S+"):
        blocks.setdefault(line.text.split()[2], []).append(line)
    for name, lines in blocks.items():
        words = " ".join(line.text for line in lines)
        private = everybody or " priv " in words or " enforcePriv" in words
        level = "authPriv" if private else "authNoPriv" if " auth " in words else "noAuthNoPriv"
        yield SnmpUser(name, level, evidence=config.evidence(*lines))


def logging(config: Config, release: Release) -> Logging:
    """As on IOS; every entry bears its date and time."""
    return replace(ios_services.logging(config, release), timestamps=bool(defaults.STAMPED.value))


def by_log_servers(read: ConfigRead) -> ConfigRead:
    """The read of a fact that log servers bear on; ReadFailed where it is open whether there are any.

    They are written last, so that a configuration without them is one that has none, or one that is cut: what the
    device shows of them tells, or a line that it writes behind them.
    """

    def build(config: Config, release: Release, servers: Got, *answers: Got) -> Built:
        if config.settled is not None and not _has_servers_passed(config) and not _are_off(servers):
            raise ReadFailed(f"{config.source}: the configuration is cut, or has no log servers: they are written last")
        return read.build(config, release, *answers)

    return replace(read, build=build, commands=(LOG_SERVERS, *read.commands))


def _has_servers_passed(config: Config) -> bool:
    """Whether a log server stands there, or behind the terminal lines what stands behind them: others are like it."""
    lines = config.line(r"line vty$")
    behind = (each for each in config.all(_BEHIND_SERVERS) if lines and each.number > lines.number)
    return config.line(r"logging server ") is not None or next(behind, None) is not None


def by_features(read: ConfigRead) -> ConfigRead:
    """The read of routing; ReadFailed where a protocol is turned on whose block may be cut off.

    Their blocks stand behind the terminal lines and before the log servers; without its feature there is none.
    """

    def build(config: Config, release: Release, *answers: Got) -> Built:
        on = [line.text.split()[1] for line in config.all(r"feature (?:ospf|ospfv3|bgp|isis|eigrp|rip)$")]
        open_yet = [name for name in on if config.line(rf"router {name}\b") is None]
        if config.settled is not None and open_yet and not _has_servers_passed(config):
            raise ReadFailed(f"{config.source}: the configuration is cut, or has no router {open_yet[0]}")
        return read.build(config, release, *answers)

    return replace(read, build=build)


def _are_off(servers: Got) -> bool:
    return not isinstance(servers, Missing) and re.search(r"(?im)^logging server:\s+disabled", servers.text) is not None
