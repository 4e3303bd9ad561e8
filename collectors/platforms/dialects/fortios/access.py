"""Who gets into a FortiGate, and what it tells others: access by interface, administrators, SNMP, logs, time."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.platforms.base import Release
from collectors.platforms.dialects.figures import number
from collectors.platforms.dialects.fortios import defaults
from collectors.platforms.dialects.fortios.text import (
    below,
    enabled,
    entries,
    lines_of,
    sections,
    setting,
    value,
    values,
    words,
)
from collectors.platforms.dialects.ios import services as ios_services
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

_CLASSES = ("min-lower-case-letter", "min-upper-case-letter", "min-number", "min-non-alphanumeric")
_ONE_WAY = {"SH2": "strong", "PB2": "strong", "AK1": "md5"}  # SHA-256, PBKDF2 and SHA-1, each salted
_LEVELS = {"auth-priv": "authPriv", "auth-no-priv": "authNoPriv", "no-auth-no-priv": "noAuthNoPriv"}
_COLLECTORS = tuple(f"log {kind}{n} setting" for kind in ("syslogd", "fortianalyzer") for n in ("", "2", "3", "4"))
_OVERRIDES = tuple(
    f"log {kind}{n} override-setting" for kind in ("syslogd", "fortianalyzer") for n in ("", "2", "3", "4")
)
_SHELLS = ("telnet", "ssh")
_LOGIN_SERVICES = frozenset({"ALL", "ANY", "SSH", "HTTPS", "HTTP", "TELNET"})


def remote_access(config: Config, _: Release) -> RemoteAccess:
    """A server is on where an interface that is up allows it; trusted hosts and local-in policies limit who may."""
    interfaces = [block for _, block in entries(sections(config, "system interface"))]
    allowed = {word for block in interfaces for word in _allowed(block)}
    told = bool(interfaces)
    servers = {name: name in allowed if told else None for name in ("telnet", "ssh", "http", "https")}
    if setting(config, "system global", "admin-telnet") == "disable":
        servers["telnet"] = False
    v1 = setting(config, "system global", "admin-ssh-v1")
    admins = [block for _, block in entries(sections(config, "system admin"))]
    return RemoteAccess(
        telnet=servers["telnet"],
        ssh=servers["ssh"],
        http=servers["http"],
        https=servers["https"],
        ssh_v1=v1 == "enable" if v1 else bool(defaults.SSH_V1.value),
        ftp=False,  # it has no FTP server
        lines=tuple(_lines(config, {name for name in _SHELLS if servers[name]} if told else None)),
        acl_limits_login=_limited(config, admins),
        evidence=config.evidence(
            *(line for block in interfaces for line in block.below(r"set allowaccess ")),
            *(line for block in admins for line in block.below(r"set (?:ip6-)?trusthost")),
            *lines_of(config, "system global", "admintimeout", "admin-ssh-v1", "admin-telnet"),
        ),
    )


def _allowed(block: ConfigLine) -> set[str]:
    if value(block, "status") == "down":
        return set()
    six = (word for sub in below(block, "ipv6") for word in values(sub, "ip6-allowaccess"))
    more = (word for _, entry in entries(below(block, "secondaryip")) for word in values(entry, "allowaccess"))
    return {*values(block, "allowaccess"), *six, *more}


def _lines(config: Config, shells: set[str] | None) -> Iterator[RemoteLine]:
    written = number(setting(config, "system global", "admintimeout"))
    yield RemoteLine(
        name="admin",
        transports=None if shells is None else frozenset(shells),
        authentication="aaa",
        idle_timeout_s=60 * (int(defaults.IDLE_MIN.value) if written is None else written),
        idle_timeout_written=written is not None,
        evidence=config.evidence(*lines_of(config, "system global", "admintimeout")),
    )


def _limited(config: Config, admins: list[ConfigLine]) -> bool | None:
    """None without any administrator. One who may come from anywhere opens the door to everybody's guesses."""
    for _, policy in entries(sections(config, "firewall local-in-policy")):
        if enabled(policy, "status", defaults.POLICY_ON) and _LOGIN_SERVICES & set(values(policy, "service")):
            return True
    return all(_trusts_some(admin) for admin in admins) if admins else None


def _trusts_some(admin: ConfigLine) -> bool:
    hosts = [words(line.text)[2:] for line in admin.below(r"set (?:ip6-)?trusthost\d+ \S")]
    return bool(hosts) and not any(host[0] in {"0.0.0.0", "0.0.0.0/0", "::/0"} for host in hosts)  # noqa: S104


def accounts(config: Config, _: Release) -> Accounts:
    """Administrators with their access profile and the form their password is stored in."""
    admins = list(entries(sections(config, "system admin")))
    items = tuple(
        Account(
            name, _storage(block), value(block, "accprofile"), evidence=config.evidence(block, *block.below("set pass"))
        )
        for name, block in admins
    )
    servers = [
        server
        for kind in ("tacacs+", "radius", "ldap")
        for _, block in entries(sections(config, f"user {kind}"))
        for key in ("server", "secondary-server", "tertiary-server")
        if (server := value(block, key))
    ]
    return Accounts(items, tuple(dict.fromkeys(servers)), config.evidence(*(block for _, block in admins)))


def _storage(block: ConfigLine) -> str | None:
    """None for an account without a password in the text: a server keeps it, or whoever passed it on left it out."""
    stored = values(block, "password")
    if not stored or value(block, "remote-auth") == "enable":
        return None
    if stored[0] != "ENC":
        return None if stored[0].startswith(("*", "<")) and stored[0] != "***" else "plaintext"
    return next((form for mark, form in _ONE_WAY.items() if stored[1:] and stored[1].startswith(mark)), None)


def password_policy(config: Config, _: Release) -> PasswordPolicy:
    """What passwords must satisfy where the policy is on, which it is not by default; failures lock by default."""
    blocks = [
        block for block in sections(config, "system password-policy") if enabled(block, "status", defaults.POLICY)
    ]
    block = blocks[0] if blocks else None
    tries, seconds = (
        number(setting(config, "system global", f"admin-lockout-{key}")) for key in ("threshold", "duration")
    )
    return PasswordPolicy(
        min_length=_number(block, "minimum-length", int(defaults.LENGTH.value)) if block else 0,
        min_classes=_classes(block) if block else 0,
        max_age_days=_age_days(block) if block else 0,
        history=_history(block) if block else 0,
        lockout=True,
        lockout_attempts=tries or defaults.LOCKOUT.value[0],
        lockout_s=seconds or defaults.LOCKOUT.value[1],
        lockout_written=bool(tries or seconds),
        evidence=config.evidence(
            *(line for b in sections(config, "system password-policy") for line in (b, *b.children)),
            *lines_of(config, "system global", "admin-lockout-threshold", "admin-lockout-duration"),
        ),
    )


def _number(block: ConfigLine, key: str, otherwise: int) -> int:
    written = number(value(block, key))
    return otherwise if written is None else written


def _classes(block: ConfigLine) -> int:
    older = values(block, "must-contain")  # up to FortiOS 5.0
    return len(older) or sum(_number(block, key, 0) > 0 for key in _CLASSES)


def _age_days(block: ConfigLine) -> int:
    expires = value(block, "expire-status") == "enable"
    return _number(block, "expire-day", int(defaults.AGE_DAYS.value)) if expires else 0


def _history(block: ConfigLine) -> int:
    if enabled(block, "reuse-password", defaults.REUSE):
        return 0
    return max(_number(block, "reuse-password-limit", 1), 1)


def snmp_agent(config: Config, _: Release) -> SnmpAgent:
    """The agent, off until its sysinfo is enabled, with its communities and users."""
    status = setting(config, "system snmp sysinfo", "status")
    communities, users = tuple(_communities(config)), tuple(_users(config))
    plain = {f"v{v}" for _, b in _active(config, "community") for v in ("1", "2c") if _answers(b, v)}
    names = ("sysinfo", "community", "user")
    return SnmpAgent(
        enabled=status == "enable",
        versions=frozenset(plain | ({"v3"} if users else set())),
        communities=communities,
        users=users,
        evidence=config.evidence(*(line for name in names for line in sections(config, f"system snmp {name}"))),
    )


def _active(config: Config, kind: str) -> Iterator[tuple[str, ConfigLine]]:
    return (
        (name, b) for name, b in entries(sections(config, f"system snmp {kind}")) if value(b, "status") != "disable"
    )


def _answers(block: ConfigLine, version: str) -> bool:
    return enabled(block, f"query-v{version}-status", defaults.QUERIES)


def _communities(config: Config) -> Iterator[Community]:
    for _, block in _active(config, "community"):
        hosts = [host for kind in ("hosts", "hosts6") for _, host in entries(below(block, kind))]
        places = [place for host in hosts for key in ("ip", "ipv6") if (place := value(host, key))]
        anywhere = not places or any(p.startswith(("0.0.0.0", "::/0")) for p in places)  # noqa: S104
        asked = any(_answers(block, version) for version in ("1", "2c"))
        yield Community(
            ios_services.is_default(value(block, "name") or "<none>"),
            "ro",  # FortiGate lets nobody write
            None if anywhere else places[0],
            "access" if asked else "trap",
            config.evidence(block, *block.below(r"set (?:name|query|trap)")),
        )


def _users(config: Config) -> Iterator[SnmpUser]:
    for name, block in _active(config, "user"):
        level = _LEVELS.get(value(block, "security-level") or defaults.USER.value)
        yield SnmpUser(name, level, evidence=config.evidence(block, *block.below(r"set security-level")))


def logging(config: Config, _: Release) -> Logging:
    """Syslog servers and FortiAnalyzers that logs are sent to; every entry bears its date and time."""
    blocks = [
        b
        for name in (*_COLLECTORS, *_OVERRIDES)
        for b in sections(config, name)
        if enabled(b, "status", defaults.COLLECTORS)
    ]
    hosts = dict.fromkeys(server for block in blocks if (server := value(block, "server")))
    return Logging(
        enabled=bool(defaults.LOGGING.value),
        hosts=tuple(hosts),
        timestamps=bool(defaults.STAMPED.value),
        evidence=config.evidence(
            *(line for block in blocks for line in (block, *block.below(r"set (?:status|server) ")))
        ),
    )


def time_sync(config: Config, _: Release) -> TimeSync:
    """The time servers that somebody set; FortiGuard's, which it asks of itself over the Internet, are none."""
    blocks = list(sections(config, "system ntp"))
    on = [b for b in blocks if value(b, "ntpsync") != "disable" and value(b, "type") != "fortiguard"]
    servers = [block for _, block in entries(sub for b in on for sub in below(b, "ntpserver"))]
    keyed = [block for block in servers if value(block, "authentication") == "enable"]
    return TimeSync(
        servers=tuple(dict.fromkeys(name for block in servers if (name := value(block, "server")))),
        authenticated=bool(keyed),
        evidence=config.evidence(*(line for b in blocks for line in (b, *b.children)), *servers),
    )


def banner(config: Config, _: Release) -> Banner:
    """Whether a disclaimer is shown before or after the login; none is by default."""
    keys = ("pre-login-banner", "post-login-banner")
    lines = lines_of(config, "system global", *keys)
    return Banner(any(setting(config, "system global", key) == "enable" for key in keys), config.evidence(*lines))
