"""Who gets into a Junos device, and what it tells others: services, users, SNMP, logs, time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.config_text import MASK
from collectors.platforms.base import Release
from collectors.platforms.dialects.figures import number
from collectors.platforms.dialects.ios import services as ios_services
from collectors.platforms.dialects.junos import defaults
from collectors.platforms.dialects.junos.text import Said, grouped, has, lines_in, plain, words
from inventory.config import Config
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

_CRYPT = {"$1$": "md5", "$sha1": "md5", "$5$": "strong", "$6$": "strong", "$9$": "cipher"}
_CLASSES = ("minimum-numerics", "minimum-upper-cases", "minimum-lower-cases", "minimum-punctuations")
_LEVELS = {"none": "noAuthNoPriv", "authentication": "authNoPriv", "privacy": "authPriv"}
_SHELLS = ("telnet", "ssh")
_CLIENTS = frozenset({("clients",), ("client-list-name",)})
_EVERYBODY = frozenset({"0.0.0.0/0", "0/0", "::/0"})
_OWN = frozenset({"other-routing-engine", "routing-engine", "scc-master"})  # no hosts, but parts of the device


def remote_access(config: Config, release: Release) -> RemoteAccess:
    """Management services, none of which is on unless it is configured, and who may reach them."""
    services = {name: has(config, f"system services {name}") for name in (*_SHELLS, "ftp")}
    ssh = services["ssh"] or has(config, "system services netconf ssh")
    versions = {words(line)[-1] for line in config.all(r"system services ssh protocol-version ")}
    web = {s: has(config, rf"system services (?:web-management|rest) {s}") for s in ("http", "https")}
    lines = config.all(r"system services (?:telnet|ssh|ftp|web-management|rest|netconf)\b|system login .*idle-timeout")
    return RemoteAccess(
        telnet=services["telnet"],
        ssh=ssh,
        ssh_v1="v1" in versions if versions else defaults.SSH_V1.holds(release) if ssh else False,
        http=web["http"],
        https=web["https"],
        ftp=services["ftp"],
        lines=tuple(_lines(config, frozenset(name for name in _SHELLS if services[name]))),
        acl_limits_login=_limited(config),
        evidence=config.evidence(*lines, *config.all(_LOOPBACK)),
    )


_BY_SOURCE = r"firewall (?:family \S+ )?filter (\S+) term \S+ from (?:source-)?(?:address|prefix-list) "
_LOOPBACK = r"interfaces lo0 unit \d+ family inet6? filter input(?:-list)?"


def _limited(config: Config) -> bool | None:
    """Whether a filter on the loopback, which all that is meant for the device passes, tells sources apart.

    None where policies to the zone of the device itself do: they may be about logins or not.
    """
    applied = {words(line)[-1] for line in config.all(_LOOPBACK)}
    telling = (re.match(_BY_SOURCE, line.text) for line in config.all(r"firewall "))
    if applied & {plain(found.group(1)) for found in telling if found}:
        return True
    if has(config, r"system login class \S+ allowed?-sources"):
        return True
    told = config.line(r"security policies from-zone \S+ to-zone junos-host policy \S+ match source-address (?!any\b)")
    return None if told else False


def _lines(config: Config, transports: frozenset[str]) -> Iterator[RemoteLine]:
    """The command line as those get it whose class ends idle sessions, and as all others do."""
    for name, idle in _idle_min(config).items():
        yield RemoteLine(
            name=name,
            transports=transports,
            authentication="aaa",
            idle_timeout_s=int(defaults.IDLE_S.value) if idle is None else 60 * idle,
            idle_timeout_written=idle is not None,
            evidence=config.evidence(*config.all(r"system login (?:class \S+ )?idle-timeout ")),
        )


def _idle_min(config: Config) -> dict[str, int | None]:
    """Minutes by line: the longest of the classes that users are in, and None where some of these set none.

    Classes without users of the device's own are for those that a server lets in.
    """
    everybody = number(config.word(r"system login idle-timeout (\d+)"))
    by_class = {
        name: minutes
        for name, statements in grouped(config, "system login class").items()
        for _, said in statements
        if said[:1] == ("idle-timeout",) and (minutes := number(said[-1])) is not None
    }
    used = {words(line)[-1] for line in config.all(r"system login user \S+ class \S+$")} or by_class.keys()
    limited = used & by_class.keys() or by_class.keys()
    if everybody is not None or not limited:
        return {"cli": everybody}
    longest = max(by_class[name] for name in limited)
    return {"cli": longest} if used <= by_class.keys() else {"cli": longest, "cli without a limit": None}


def accounts(config: Config, _: Release) -> Accounts:
    """Local users with their class, and root, with the form their password is stored in."""
    users = grouped(config, "system login user")
    root = [(line, words(line)[1:]) for line in config.all(r"system root-authentication ")]
    items = [_account(config, name, said) for name, said in users.items()]
    if root:
        items.append(Account("root", _storage(root), "super-user", evidence=config.evidence(*lines_in(root))))
    servers = [name for kind in ("tacplus-server", "radius-server") for name in grouped(config, f"system {kind}")]
    lines = config.all(r"system (?:login user|root-authentication) ")
    return Accounts(tuple(items), tuple(dict.fromkeys(servers)), config.evidence(*lines))


def _account(config: Config, name: str, said: Said) -> Account:
    level = next((path[1] for _, path in reversed(said) if path[:1] == ("class",) and len(path) > 1), None)
    lines = (line for line, path in said if path[:1] == ("class",) or "-password" in " ".join(path[:2]))
    return Account(name, _storage(said), level, evidence=config.evidence(*lines))


def _storage(said: Said) -> str | None:
    """None for a user without a password, who has a key or is kept by a server, and for one that is blotted out."""
    for _, path in reversed(said):
        if "plain-text-password-value" in path:
            return "plaintext"
        if len(path) > 1 and path[-2] == "encrypted-password":
            return next((form for mark, form in _CRYPT.items() if path[-1].startswith(mark)), None)
    return None


def password_policy(config: Config, release: Release) -> PasswordPolicy:
    """What new passwords must satisfy. Failed logins only end the session unless a lockout period is set."""
    said = {words(line)[3]: words(line)[-1] for line in config.all(r"system login password \S+ \S")}
    retries = {words(line)[3]: words(line)[-1] for line in config.all(r"system login retry-options \S+ \d")}
    period, tries = _number(retries, "lockout-period"), _number(retries, "tries-before-disconnect")
    changes = _number(said, "minimum-changes") if said.get("change-type") == "character-sets" else None
    classes = sum((_number(said, name) or 0) > 0 for name in _CLASSES)
    return PasswordPolicy(
        min_length=_number(said, "minimum-length") or int(defaults.LENGTH.value),
        min_classes=max(classes, changes or 0),
        max_age_days=_number(said, "maximum-lifetime") or 0,
        history=_number(said, "minimum-reuse") or 0,
        lockout=period is not None or bool(defaults.LOCKOUT.value),
        lockout_attempts=None if period is None else tries or defaults.TRIES.holds(release),
        lockout_s=None if period is None else 60 * period,
        lockout_written=period is not None,
        evidence=config.evidence(*config.all(r"system login (?:password|retry-options) ")),
    )


def _number(said: dict[str, str], key: str) -> int | None:
    return number(said.get(key))


def snmp_agent(config: Config, _: Release) -> SnmpAgent:
    """The agent, which is on as soon as anything of it is configured."""
    communities, users = tuple(_communities(config)), tuple(_users(config))
    plain = {"v1", "v2c"} if any(c.purpose == "access" for c in communities) else set()
    return SnmpAgent(
        enabled=bool(communities or users),
        versions=frozenset(plain | ({"v3"} if users else set())),
        communities=communities,
        users=users,
        evidence=config.evidence(*config.all(r"snmp (?:community|trap-group|v3)\b")),
    )


def _communities(config: Config) -> Iterator[Community]:
    for name, said in _by_community(config):
        paths = [path for _, path in said]
        writes = any(path[:2] == ("authorization", "read-write") for path in paths)
        let_in = [path[1] for path in paths if path[:1] in _CLIENTS and len(path) > 1 and path[-1] != "restrict"]
        acl = None if not let_in or _EVERYBODY & set(let_in) else let_in[0]
        evidence = config.evidence(*lines_in(said))
        yield Community(ios_services.is_default(name), "rw" if writes else "ro", acl, evidence=evidence)
    for name, said in grouped(config, "snmp trap-group").items():  # its name is the community that traps bear
        evidence = config.evidence(*lines_in(said))
        yield Community(ios_services.is_default(name), None, purpose="trap", evidence=evidence)
    for line in config.all(r"snmp v3 snmp-community \S+ community-name "):
        yield Community(None, None, evidence=config.evidence(line))


def _by_community(config: Config) -> Iterator[tuple[str, Said]]:
    """Each community's statements; of those masked alike the next begins where the authorization comes again."""
    for name, said in grouped(config, "snmp community").items():
        part: Said = []
        for line, path in said:
            if name == MASK and path[:1] == ("authorization",) and any(p[:1] == path[:1] for _, p in part):
                yield name, part
                part = []
            part.append((line, path))
        yield name, part


def _users(config: Config) -> Iterator[SnmpUser]:
    engines = ("local-engine", *(f"remote-engine {engine}" for engine in grouped(config, "snmp v3 usm remote-engine")))
    for name, said in (user for e in engines for user in grouped(config, f"snmp v3 usm {e} user").items()):
        kinds = {path[0] for _, path in said if path}
        private = any(kind.startswith("privacy-") and kind != "privacy-none" for kind in kinds)
        proven = any(kind.startswith("authentication-") and kind != "authentication-none" for kind in kinds)
        level = "authPriv" if private else "authNoPriv" if proven else "noAuthNoPriv"
        yield SnmpUser(name, level, evidence=config.evidence(*lines_in(said)))
    for line in config.all(r"snmp v3 vacm access group \S+ .* security-level \S+"):
        told = words(line)
        level_of = told[told.index("security-level") + 1 :]
        told_level = _LEVELS.get(level_of[0]) if level_of else None
        yield SnmpUser(told[5], told_level, group=True, evidence=config.evidence(line))


def logging(config: Config, _: Release) -> Logging:
    """Hosts that the system and, on a firewall, its flows are logged to; every entry bears its date. Nothing is logged
    but to what is named."""
    hosts = [name for name in grouped(config, "system syslog host") if name not in _OWN]
    streams = [words(line)[5] for line in config.all(r"security log stream \S+ host \S") if len(words(line)) > 5]
    written = bool(streams) or config.line(r"system syslog (?:file|host|user|console) ") is not None
    return Logging(
        enabled=written or bool(defaults.LOGGING.value),
        hosts=tuple(dict.fromkeys((*hosts, *(s for s in streams if s not in {"port", "routing-instance"})))),
        timestamps=bool(defaults.STAMPED.value),
        evidence=config.evidence(*config.all(r"system syslog host |security log stream \S+ host ")),
    )


def time_sync(config: Config, _: Release) -> TimeSync:
    """Time servers and peers; authentication counts where one of them has a key that is defined."""
    servers, peers = grouped(config, "system ntp server"), grouped(config, "system ntp peer")
    used = any("key" in path for said in (*servers.values(), *peers.values()) for _, path in said)
    return TimeSync(
        servers=tuple(servers),
        peers=tuple(peers),
        authenticated=used and has(config, "system ntp authentication-key"),
        evidence=config.evidence(*config.all(r"system ntp ")),
    )


def banner(config: Config, _: Release) -> Banner:
    """Whether a message is shown before or after the login."""
    lines = list(config.all(r"system login (?:message|announcement) "))
    return Banner(bool(lines), config.evidence(*lines))
