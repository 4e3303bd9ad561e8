"""Who gets into an ASA, and what it tells others: management servers with their lists of networks, accounts, SNMP."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.config_text import BLOTTED
from collectors.platforms.base import Default, Release, first_holding
from collectors.platforms.dialects.asa import defaults
from collectors.platforms.dialects.figures import number
from collectors.platforms.dialects.ios import services as ios_services
from collectors.platforms.dialects.ios.access import switch
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
)

# A network by address or name and the interface it may come in by: ``ssh 10.0.0.0 255.0.0.0 inside``.
_NETWORKS = r"{server} (?:\S+ \d+\.\d+\.\d+\.\d+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/\d+|0 0|any\d?) \S+$"
_EVERYBODY = r"\S+ (?:0\.0\.0\.0 0\.0\.0\.0|::/0|0 0|any\d?) "
_WRITTEN = (
    rf"(?:password|passwd) (?:0 )?(?P<word>{BLOTTED}|\S+)(?: level \d+)?"
    r"(?: (?P<form>encrypted|pbkdf2|nt-encrypted|mschap))?"
)
_STORED = {"encrypted": "md5", "nt-encrypted": "md5", "mschap": "md5", "pbkdf2": "strong"}
_CLASSES = ("uppercase", "lowercase", "numeric", "special")


def remote_access(config: Config, release: Release) -> RemoteAccess:
    """Servers are on where a network may reach them; what stands in those lists limits who may.

    ASDM and its programming interface are the only web server, over TLS alone.
    """
    reached = {server: list(config.all(_NETWORKS.format(server=server))) for server in ("telnet", "ssh", "http")}
    https = switch(config, r"http server enable\b") is True
    lists = [*reached["telnet"], *reached["ssh"]] or reached["http"]
    return RemoteAccess(
        telnet=bool(reached["telnet"]),
        ssh=bool(reached["ssh"]),
        ssh_v1=_ssh_v1(config, release) if reached["ssh"] else False,
        http=False,
        https=https,
        ftp=False,  # it has no FTP server
        lines=tuple(_lines(config, reached)),
        acl_limits_login=not any(re.match(_EVERYBODY, line.text) for line in lists) if lists else None,
        evidence=config.evidence(
            *(line for lines in reached.values() for line in lines),
            *config.all(r"http server|ssh (?:version|timeout)|(?:telnet|console) timeout|aaa authentication"),
        ),
    )


def _ssh_v1(config: Config, release: Release) -> bool | None:
    written = config.word(r"ssh version (.+)")
    if written is not None:
        return "1" in written.split()
    either: bool | None = first_holding(defaults.SSH_V1, release)
    return either


def _lines(config: Config, reached: dict[str, list[ConfigLine]]) -> Iterator[RemoteLine]:
    yield _line(config, "con", "console", "serial", [])
    nowhere = not reached["telnet"] and not reached["ssh"]
    for server in ("telnet", "ssh"):
        # One that nobody reaches lets nothing in, but says how long it would wait.
        if reached[server] or (nowhere and config.line(rf"{server} timeout \d")):
            yield _line(config, server, server, server, reached[server])


def _line(config: Config, name: str, timer: str, service: str, reached: list[ConfigLine]) -> RemoteLine:
    timeout = config.line(rf"{timer} timeout \d{{1,5}}\b")
    asks = config.line(rf"aaa authentication {service} console \S")
    default: Default = defaults.CONSOLE_MIN if name == "con" else defaults.IDLE_MIN
    return RemoteLine(
        name=name,
        transports=frozenset({name}) if reached else None if name == "con" else frozenset(),
        # Without accounts the serial port asks nothing, the others for the device's one login password.
        authentication="aaa" if asks else "none" if name == "con" else "password",
        idle_timeout_s=60 * (int(timeout.text.split()[2]) if timeout else int(default.value)),
        idle_timeout_written=timeout is not None,
        evidence=config.evidence(timeout, asks, *reached),
    )


def accounts(config: Config, _: Release) -> Accounts:
    """Local users, the enable password and the login password (``passwd``) with the form each is stored in."""
    users = list(config.all(r"username \S+ (?:.* )?(?:password|nopassword)\b"))
    shared = list(config.all(r"enable password \S|passwd \S"))
    servers = [re.match(r"aaa-server \S+ (?:\(\S+\) )?host (\S+)", line.text) for line in config.all(r"aaa-server ")]
    return Accounts(
        tuple(_account(config, line) for line in (*users, *shared)),
        tuple(dict.fromkeys(found.group(1) for found in servers if found)),
        config.evidence(*users, *shared),
    )


def _account(config: Config, line: ConfigLine) -> Account:
    words = line.text.split()
    if words[0] == "username":
        level = re.search(r" privilege (\d+)", line.text)
        # The default of the command is 2; what its service-type allows stands in the user's attributes.
        return Account(words[1], _storage(line.text), level.group(1) if level else "2", evidence=config.evidence(line))
    level = re.search(r" level (\d+)", line.text)
    name, right = ("enable", level.group(1) if level else "15") if words[0] == "enable" else ("passwd", "1")
    return Account(name, _storage(line.text), right, evidence=config.evidence(line))


def _storage(text: str) -> str | None:
    """The form of a stored password; None for one that is blotted out together with its form."""
    if re.search(r" nopassword\b", text):
        return "none"
    found = re.search(_WRITTEN, text)
    if found is None:
        return None
    word, form = found.group("word", "form")
    if form or word.startswith("$sha512$"):
        return _STORED[form] if form else "strong"
    return None if re.fullmatch(BLOTTED, word) else "plaintext"


def password_policy(config: Config, release: Release) -> PasswordPolicy:
    """What new passwords of local users must satisfy; accounts lock only where failures are counted."""
    length = number(config.word(r"password-policy minimum-length (\d+)"))
    attempts = number(config.word(r"aaa local authentication attempts max-fail (\d+)"))
    least = defaults.LENGTH.holds(release)
    classes = sum(config.line(rf"password-policy minimum-{name} [1-9]") is not None for name in _CLASSES)
    return PasswordPolicy(
        min_length=least if length is None else length,
        min_classes=classes,
        max_age_days=number(config.word(r"password-policy lifetime (\d+)")) or 0,
        history=number(config.word(r"password-policy reuse-interval (\d+)")) or 0,
        lockout=attempts is not None,
        lockout_attempts=attempts,
        lockout_s=first_holding(defaults.UNLOCKED_S, release) if attempts else None,
        lockout_written=attempts is not None,
        evidence=config.evidence(*config.all(r"password-policy |aaa local authentication attempts")),
    )


def snmp_agent(config: Config, _: Release) -> SnmpAgent:
    """Stations that may poll or get traps, each with its community or user; nobody else is answered."""
    communities, users = tuple(_communities(config)), tuple(_users(config))
    lines = list(config.all(r"(?:no )?snmp-server (?:host|host-group|community|group|user|enable$)"))
    plain = {"v1", "v2c"} if any(c.purpose == "access" for c in communities) else set()
    return SnmpAgent(
        enabled=switch(config, r"snmp-server enable$") is not False and bool(communities or users),
        versions=frozenset(plain | ({"v3"} if users else set())),
        communities=communities,
        users=users,
        evidence=config.evidence(*lines),
    )


def _communities(config: Config) -> Iterator[Community]:
    for line in config.all(r"snmp-server community \S"):
        known = _is_default(line.text.split()[2:])
        yield Community(known, "ro", "snmp-server host", evidence=config.evidence(line))
    for line in config.all(r"snmp-server host(?:-group)? \S+ \S+ .*\bcommunity \S"):
        words = line.text.split()
        known = _is_default(words[words.index("community") + 1 :])
        purpose = "trap" if "trap" in words else "access"
        yield Community(known, "ro", words[3], purpose, config.evidence(line))


def _is_default(words: list[str]) -> bool | None:
    """Whether a community is public or private; None for one of type 8, which is encrypted."""
    form, *rest = words if words[:1] in (["0"], ["8"]) and len(words) > 1 else ["0", *words]
    return None if form == "8" else ios_services.is_default(rest[0])


def _users(config: Config) -> Iterator[SnmpUser]:
    for line in config.all(r"snmp-server group \S+ v3 \S"):
        words = line.text.split()
        yield SnmpUser(words[2], ios_services.LEVELS.get(words[4]), group=True, evidence=config.evidence(line))
    for line in config.all(r"snmp-server user \S+ \S+ v3\b"):
        level = "authPriv" if " priv " in line.text else "authNoPriv" if " auth " in line.text else "noAuthNoPriv"
        yield SnmpUser(line.text.split()[2], level, evidence=config.evidence(line))


def logging(config: Config, _: Release) -> Logging:
    """Where logs go; they are off, and without time, unless turned on."""
    hosts = list(config.all(r"logging host \S+ \S"))
    on, stamped = (switch(config, rf"logging {what}\b") for what in ("(?:enable|on)", "timestamp"))
    return Logging(
        enabled=bool(defaults.LOGGING.value) if on is None else on,
        hosts=tuple(dict.fromkeys(line.text.split()[3] for line in hosts)),
        timestamps=bool(defaults.STAMPED.value) if stamped is None else stamped,
        evidence=config.evidence(*hosts, *config.all(r"(?:no )?logging (?:enable|on|timestamp)\b")),
    )


def banner(config: Config, _: Release) -> Banner:
    """Whether a banner greets who logs in."""
    lines = list(config.all(r"banner (?:login|motd|exec|asdm)\b"))
    return Banner(bool(lines), config.evidence(*lines))
