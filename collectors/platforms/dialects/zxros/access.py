"""Who gets into a ZXROS device, and what it tells others: servers, accounts, SNMP, logs, time.

Sources: ZXR10 5900E/8900 series user manuals (ZXROS 4), ZXR10 M6000-S and ZXROSNG command references (ZXROS 5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.platforms.base import Release
from collectors.platforms.dialects.ios import services as ios_services
from collectors.platforms.dialects.ios.access import switch
from collectors.platforms.dialects.ios.services import is_default
from collectors.platforms.dialects.zxros import defaults
from inventory.config import Config, ConfigLine
from inventory.facts import (
    Account,
    Accounts,
    Banner,
    Community,
    Logging,
    PasswordPolicy,
    RemoteAccess,
    RemoteLine,
    SnmpAgent,
    TimeSync,
)

_PASSWORD = re.compile(r"password +(?P<form>encrypted |cipher |[057] )?(?P<word>\S+)")
_CRYPT = {"$1$": "md5", "$5$": "strong", "$6$": "strong"}
_COMMUNITY = re.compile(
    r"snmp-server community (?P<form>encrypted )?(?P<word>\S+)(?: showclear)?(?: view \S+)?"
    r"(?: (?P<access>r[ow]))?(?P<rest>.*)"
)
_TRAP = re.compile(r"snmp-server host .*? version (?:1|2c) (?P<form>encrypted )?(?P<word>\S+)")
_LOG_HOST = r"(?:syslog-server host|syslog server|logging (?:server|host)) (?:(?:vrf \S+|mng|ipv[46]) )*(?P<host>\S+)"


def remote_access(config: Config, _: Release) -> RemoteAccess:
    """The servers and the one set of lines behind them."""
    ssh = _ssh(config)
    telnet, version = _telnet(config, ssh), config.word(r"ssh server version (\d)")
    limits = list(config.all(r"(?:line telnet|ssh server) access-class \S"))
    return RemoteAccess(
        telnet=telnet,
        ssh=ssh,
        ssh_v1=defaults.SSH_V1.holds(_generation(config)) if version is None else version == "1",
        http=switch(config, r"(?:ip http|http|web) server enable\b"),
        https=switch(config, r"(?:ip )?https server enable\b"),
        ftp=switch(config, r"ftp-server enable\b"),
        lines=tuple(_lines(config, telnet, ssh, limits)),
        acl_limits_login=bool(limits),
        evidence=config.evidence(*config.all(r"(?:no )?(?:ssh server|line (?:telnet|console)|ftp-server)\b")),
    )


def _generation(config: Config) -> Release:
    """ZXROS 5 by what its predecessor has not; an empty one where nothing tells."""
    return Release(release="5" if config.line(r"system-user$") else None)


def _ssh(config: Config) -> bool | None:
    written = config.line(r"(?:no )?ssh server (?:enable|disable)\b")
    return None if written is None else written.text.startswith("no ") == (" disable" in written.text)


def _telnet(config: Config, ssh: bool | None) -> bool | None:
    """None where nothing is written: products differ, some configurations turn it on and others off. Where SSH is
    turned off as well, the device answers by Telnet all the same (ZXROSNG, line telnet server disable)."""
    written = config.line(r"(?:no )?line telnet server (?:enable|disable)")
    if written is not None:
        return ssh is False or written.text.startswith("no ") == (" disable" in written.text)
    return False if switch(config, r"ssh server only\b") else None


def _lines(config: Config, telnet: bool | None, ssh: bool | None, limits: list[ConfigLine]) -> Iterator[RemoteLine]:
    open_ = {name for name, on in (("telnet", telnet), ("ssh", ssh)) if on}
    acls = [line.text.partition("access-class ")[2].split() for line in limits]
    for name, kind in (("con 0", "console"), ("vty", "telnet")):
        idle = config.line(rf"line {kind} idle-timeout \d{{1,9}}$")
        yield RemoteLine(
            name=name,
            transports=None if kind == "console" or None in (telnet, ssh) else frozenset(open_),
            authentication="aaa",
            idle_timeout_s=60 * int(idle.text.split()[3]) if idle else None,
            idle_timeout_written=idle is not None,
            acl_ipv4=next((w[-1] for w in acls if w[0] != "ipv6"), None) if kind == "telnet" else None,
            acl_ipv6=next((w[-1] for w in acls if w[0] == "ipv6"), None) if kind == "telnet" else None,
            evidence=config.evidence(idle, *(limits if kind == "telnet" else ())),
        )


def accounts(config: Config, _: Release) -> Accounts:
    """Local users of either generation, and the enable secret as an account of that name."""
    lines = list(config.all(r"username \S+ password +\S"))
    told: dict[str, list[ConfigLine]] = {}
    for line in lines:
        told.setdefault(line.text.split()[1], []).append(line)
    items = [_account(config, name, of_one) for name, of_one in told.items()]
    for block in config.all(r"system-user$"):
        items += _system_users(config, block)
    enable = config.line(r"enable secret\b") or config.line(r"enable password\b")
    if enable:
        # The digest is one of MD5: 16 octets in Base64.
        form = "md5" if re.match(r"enable secret (?:level \d+ )?5 ", enable.text) else _storage(enable.text)
        items.append(Account("enable", form, "15", evidence=config.evidence(enable)))
    return Accounts(tuple(items), tuple(_servers(config)), config.evidence(*lines, enable))


def _account(config: Config, name: str, lines: list[ConfigLine]) -> Account:
    words = " ".join(line.text for line in lines)
    level = re.search(r" privilege (\d+)", words)
    return Account(name, _storage(words), level.group(1) if level else None, evidence=config.evidence(*lines))


def _system_users(config: Config, users: ConfigLine) -> Iterator[Account]:
    levels = {
        block.text.split()[1]: block.word(r"local-privilege-level (\d+)")
        for block in users.below(r"authorization-template \d+")
    }
    for block in users.below(r"user-name \S+$"):
        template = block.word(r"bind authorization-template (\d+)")
        password = block.child(r"password \S")
        storage = _storage(password.text) if password else None
        evidence = config.evidence(block, *block.children)
        yield Account(block.text.split()[1], storage, levels.get(template or ""), evidence=evidence)


def _storage(text: str) -> str | None:
    """The form of a stored password; what ZXROS encrypts, it can decrypt."""
    found = _PASSWORD.search(text)
    if found is None:
        return None
    form, word = (found["form"] or "").strip(), found["word"]
    by_shape = next((kind for mark, kind in _CRYPT.items() if word.startswith(mark)), None)
    if by_shape:
        return by_shape
    encrypted = form in {"encrypted", "cipher", "7"} or re.match(r"\*\d+\*", word) is not None
    return "md5" if form == "5" else "cipher" if encrypted else "plaintext"


def _servers(config: Config) -> Iterator[str]:
    found: dict[str, None] = {}
    for line in config.all(r"(?:tacacs|radius)-server host \S+"):
        found[line.text.split()[2]] = None
    for block in config.all(r"radius authentication-group "):
        for line in block.below(r"server \d+ (?:ipv[46] )?\S"):
            found[line.text.split()[3 if " ipv" in line.text else 2]] = None
    yield from found


def password_policy(config: Config, _: Release) -> PasswordPolicy:
    """Rules for local users of ZXROS 5, and what locks or blocks after failures; without a word that is open."""
    block = config.line(r"system-user$") or ConfigLine(0, "")
    off = block.child(r"strong-password check disable") is not None
    length = None if off else block.word(r"strong-password length (\d+)")
    classes = None if off else block.word(r"strong-password length \d+ character-set-num (\d+)")
    age = block.word(r"global-user-aging day (\d+)")
    blocked = config.line(r"login block \d{1,9} attempts \d{1,9}(?: |$)")
    words = blocked.text.split() if blocked else []
    locked = block.child(r"user-authen-restriction fail-time \d+") or config.line(
        r"user-authen-restriction fail-time \d+"
    )
    tries = re.search(r"fail-time (\d+)", locked.text) if locked else None
    minutes = re.search(r"lock-minute (\d+)", locked.text) if locked else None
    return PasswordPolicy(
        min_length=int(length) if length else None,
        min_classes=int(classes) if classes else None,
        max_age_days=int(age) if age else None,
        history=None,
        lockout=True if locked or blocked else None,
        lockout_attempts=int(tries.group(1)) if tries else int(words[4]) if words else None,
        lockout_s=60 * int(minutes.group(1)) if minutes else int(words[2]) if words else None,
        lockout_written=bool(locked or blocked),
        evidence=config.evidence(blocked, locked, *block.below(r"strong-password|global-user-aging")),
    )


def snmp_agent(config: Config, release: Release) -> SnmpAgent:
    """As on IOS, but for communities that may be encrypted; versions can be turned off one by one."""
    told = ios_services.snmp_agent(config, release)
    communities = (*_communities(config), *_trap_communities(config))
    off = {f"v{line.text.split()[-2].lstrip('v')}" for line in config.all(r"snmp-server version v?\w+ disable")}
    versions = {"v1", "v2c"} if any(c.purpose == "access" for c in communities) else set()
    versions |= {"v3"} if told.users else set()
    return SnmpAgent(told.enabled, frozenset(versions - off), communities, told.users, told.evidence)


def _known(word: str, encrypted: str | None) -> bool | None:
    return None if encrypted or re.match(r"\*\d+\*", word) else is_default(word)


def _communities(config: Config) -> Iterator[Community]:
    for line in config.all(r"snmp-server community \S"):
        found = _COMMUNITY.match(line.text)
        if found:
            acl = re.search(r"(?:acl|ipv4-access-list|access-list) (\S+)", found["rest"])
            known = _known(found["word"], found["form"])
            access = found["access"] or "ro"
            yield Community(known, access, acl.group(1) if acl else None, evidence=config.evidence(line))


def _trap_communities(config: Config) -> Iterator[Community]:
    for line in config.all(r"snmp-server host \S"):
        found = _TRAP.match(line.text)
        if found:
            yield Community(_known(found["word"], found["form"]), None, purpose="trap", evidence=config.evidence(line))


def logging(config: Config, _: Release) -> Logging:
    """Syslog servers; whether anything is logged without a word is open."""
    lines = list(config.all(_LOG_HOST))
    hosts = dict.fromkeys(found["host"] for line in lines if (found := re.match(_LOG_HOST, line.text)))
    said = config.line(r"(?:no )?(?:logging on|syslog on|logging enable)\b")
    on = True if lines else None
    if said is not None:
        on = not said.text.startswith("no ")
    return Logging(on, tuple(hosts), evidence=config.evidence(*lines, said))


def time_sync(config: Config, release: Release) -> TimeSync:
    """As on IOS."""
    return ios_services.time_sync(config, release)


def banner(config: Config, _: Release) -> Banner:
    """Whether a banner greets who logs in."""
    lines = list(config.all(r"banner \w+\b"))
    return Banner(bool(lines), config.evidence(*lines))
