"""Who gets into a StoneOS firewall, and what it tells others: management services, administrators, SNMP, logs, time.

Sources: StoneOS CLI manual, all series, V5.5R12, chapter 7 "System management".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.platforms.base import Release
from collectors.platforms.dialects.ios.services import is_default
from collectors.platforms.dialects.stoneos import defaults
from collectors.platforms.dialects.stoneos.network import interface_blocks, merged
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
    SnmpUser,
    TimeSync,
)

_EVERYWHERE = re.compile(r"admin (?:ipv6-)?host (?:any|0\.0\.0\.0(?:/0| 0\.0\.0\.0)|::/0)\b")
_LEVELS = {"auth-enc": "authPriv", "auth": "authNoPriv", "noauth": "noAuthNoPriv"}


def remote_access(config: Config, _: Release) -> RemoteAccess:
    """What interfaces let in for management: nothing that no ``manage`` names. Trusted hosts are all by default."""
    lines = [line for _, block in interface_blocks(config) for line in block.below(r"(?:no )?manage \w")]
    managed = {name for _, block in interface_blocks(config) for name in _let_in(block)}
    hosts = list(config.all(r"admin (?:ipv6-)?host \S"))
    redirected = config.line(r"web redirect-http-to-https enable") is not None
    return RemoteAccess(
        telnet="telnet" in managed,
        ssh="ssh" in managed,
        ssh_v1=None,
        http="http" in managed and not redirected,
        https="https" in managed,
        ftp=None,
        lines=tuple(_lines(config, managed)),
        acl_limits_login=_limited(hosts),
        evidence=config.evidence(*lines, *hosts, *config.all(r"(?:ssh|telnet|console|web) timeout")),
    )


def _let_in(block: ConfigLine) -> set[str]:
    """The services that an interface lets in: a later line of it takes back what an earlier one said."""
    last = {line.text.split()[-1]: line.text.startswith("manage ") for line in block.below(r"(?:no )?manage \w+$")}
    return {name for name, on in last.items() if on}


def _limited(hosts: list[ConfigLine]) -> bool:
    """Whether IPv4 hosts are limited; where only IPv6 ones are named, whether those are."""
    told = [line for line in hosts if line.text.startswith("admin host ")] or hosts
    return bool(told) and not any(_EVERYWHERE.match(line.text) for line in told)


def _lines(config: Config, managed: set[str]) -> Iterator[RemoteLine]:
    for name, service in (("con 0", "console"), ("ssh", "ssh"), ("telnet", "telnet")):
        written = config.line(rf"{service} timeout \d{{1,9}}$")
        if service != "console" and service not in managed:
            continue
        yield RemoteLine(
            name=name,
            transports=None if service == "console" else frozenset({service}),
            authentication="aaa",
            idle_timeout_s=60 * (int(written.text.split()[2]) if written else defaults.IDLE_MIN.value),
            idle_timeout_written=written is not None,
            evidence=config.evidence(written),
        )


def accounts(config: Config, _: Release) -> Accounts:
    """Administrators; users of VPN and portals are none. Their passwords are stored encrypted, not hashed."""
    blocks = merged(config, r"admin user \S")
    items = tuple(_account(config, name, block) for name, block in blocks)
    lines = [line for _, block in blocks for line in (block, *block.children)]
    return Accounts(items, tuple(_servers(config)), config.evidence(*lines))


def _account(config: Config, name: str, block: ConfigLine) -> Account:
    password = block.child(r"password \S")
    one_way = password is not None and re.match(r"password (?:irreversible-cipher|hash-\S+) ", password.text)
    return Account(
        name=name,
        storage=None if password is None else "strong" if one_way else "cipher",
        level=block.word(r"(?:role|privilege) \"?([^\"\s]+)"),
        services=frozenset(line.text.split()[1] for line in block.below(r"access \S")),
        evidence=config.evidence(block, *block.children),
    )


def _servers(config: Config) -> Iterator[str]:
    found: dict[str, None] = {}
    for block in config.all(r"aaa-server \S+ type (?:radius|tacacs|ldap|active-directory)"):
        for line in block.below(r"(?:host|backup1|backup2) \S"):
            found[line.text.split()[1].strip('"')] = None
    yield from found


def password_policy(config: Config, _: Release) -> PasswordPolicy:
    """Rules for administrators; whoever fails three times in a minute is locked out without a word."""
    block = config.line(r"password-policy\b")
    rules = block or ConfigLine(0, "")
    tries, minutes = (
        config.line(rf"admin {name}(?:-user)? \d{{1,9}}$") for name in ("max-login-failure", "lockout-duration")
    )
    complex_ = rules.child(r"admin complexity (?:enable|1)\b") is not None
    length, age = rules.word(r"admin min-length (\d+)"), rules.word(r"admin password-expiration (\d+)")
    history = rules.word(r"admin history-password-records (\d+)")
    default_tries, default_s = defaults.LOCKOUT.value
    return PasswordPolicy(
        min_length=int(length) if length else defaults.LENGTH.value[1] if complex_ else defaults.LENGTH.value[0],
        min_classes=4 if complex_ else 0,
        max_age_days=int(age) if age else None,
        history=int(history) if history else None,
        lockout=True,
        lockout_attempts=int(tries.text.split()[2]) if tries else default_tries,
        lockout_s=60 * int(minutes.text.split()[2]) if minutes else default_s,
        lockout_written=tries is not None or minutes is not None,
        evidence=config.evidence(block, *rules.children, tries, minutes),
    )


def snmp_agent(config: Config, _: Release) -> SnmpAgent:
    """Managers with their communities, trap hosts, and users of version 3."""
    lines = list(config.all(r"snmp-server \S"))
    hosts = [line for line in lines if re.match(r"snmp-server (?:ipv6-)?host ", line.text)]
    told = (re.search(r" version (1|2c|3)\b", line.text) for line in hosts)
    versions = {"1": "v1", "2c": "v2c", "3": "v3"}
    users = tuple(_users(config))
    return SnmpAgent(
        enabled=bool(hosts or users),
        versions=frozenset({versions[found.group(1)] for found in told if found} | ({"v3"} if users else set())),
        communities=tuple(_communities(config, lines)),
        users=users,
        evidence=config.evidence(*lines),
    )


def _communities(config: Config, lines: list[ConfigLine]) -> Iterator[Community]:
    for line in lines:
        found = re.match(
            r"snmp-server (?:ipv6-)?(?P<trap>trap-)?host .* community (?P<word>\S+)(?: (?P<access>r[ow]))?", line.text
        )
        if found is None:
            continue
        # A community is shown encrypted: only these two in clear text are known to be what they are.
        known = is_default(found["word"].strip('"')) or None
        evidence = config.evidence(line)
        if found["trap"]:
            yield Community(known, None, purpose="trap", evidence=evidence)
        else:
            yield Community(known, found["access"] or "ro", evidence=evidence)


def _users(config: Config) -> Iterator[SnmpUser]:
    for line in config.all(r"snmp-server group \S+ v3 \S"):
        words = line.text.split()
        yield SnmpUser(words[2].strip('"'), _LEVELS.get(words[4]), group=True, evidence=config.evidence(line))
    for line in config.all(r"snmp-server user \S+ group \S+ v3\b"):
        level = (
            "authPriv" if " enc-protocol " in line.text else "authNoPriv" if " auth-protocol " in line.text else None
        )
        yield SnmpUser(line.text.split()[2].strip('"'), level or "noAuthNoPriv", evidence=config.evidence(line))


def logging(config: Config, _: Release) -> Logging:
    """Syslog servers; whether anything is logged without a word differs by kind of log and release."""
    lines = list(config.all(r"logging syslog \"?[\w-]*[.:]"))
    hosts = dict.fromkeys(line.text.split()[2].strip('"') for line in lines)
    return Logging(True if lines else None, tuple(hosts), evidence=config.evidence(*lines))


def time_sync(config: Config, _: Release) -> TimeSync:
    """Time servers; authentication counts where it is turned on and a server has a key."""
    lines = list(config.all(r"ntp server \S"))
    on = config.line(r"(?:no )?ntp authentication$")
    keyed = any(re.search(r" key \d+", line.text) for line in lines)
    return TimeSync(
        servers=tuple(dict.fromkeys(line.text.split()[2].strip('"') for line in lines)),
        authenticated=keyed and on is not None and not on.text.startswith("no "),
        evidence=config.evidence(*lines, on),
    )


def banner(config: Config, _: Release) -> Banner:
    """Whether a banner greets who logs in."""
    lines = list(config.all(r"admin login-banner \S"))
    return Banner(bool(lines), config.evidence(*lines))
