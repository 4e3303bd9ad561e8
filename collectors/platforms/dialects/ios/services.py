"""What a device that is configured the IOS way tells others and is told: SNMP, logs, time, banners."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.platforms.base import Release
from collectors.platforms.dialects.ios import defaults
from inventory.config import Config, ConfigLine
from inventory.facts import Banner, Community, Logging, SnmpAgent, SnmpUser, TimeSync

DEFAULTS = frozenset({"public", "private"})
LEVELS = {"noauth": "noAuthNoPriv", "auth": "authNoPriv", "priv": "authPriv"}  # of SNMPv3 as IOS writes them
_COMMUNITY = (
    r"snmp-server community (?:(?:0|(?P<encrypted>[78])) (?![Rr][OoWw]\b|view ))?(?P<word>\S+)(?: view \S+)?"
    r"(?: (?P<access>[Rr][OoWw]))?(?P<rest>.*)"
)
_HOST = (
    r"snmp-server host (?:oob )?(?:ipv6 |domain )?(?P<host>\S+)(?: vrf \S+)?(?: (?:traps?|informs?))?"
    r"(?: version (?P<version>1|2c|3))?(?P<rest>.*)"
)
_LOG_HOST = (
    r"logging (?:host|server)? ?(?:(?:ipv6|oob|vrf \S+) )*"  # oob: by the management port of RGOS
    r"(?P<host>[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]+(?![\w.-])|[\w-]+(?:\.[\w-]+)+|(?<=oob )\S+|(?<=host )\S+|(?<=server )\S+)"
)


_REACHED = frozenset({"use-vrf", "filter-vrf", "source-interface"})


def snmp_agent(config: Config, _: Release) -> SnmpAgent:
    """The agent's communities, users and groups; without any the agent is off (IOS default)."""
    communities = tuple(_communities(config))
    users = tuple(_users(config))
    versions = {"v1", "v2c"} if any(c.purpose == "access" for c in communities) else set()
    lines = list(config.all(r"snmp-server (?:community|host|user|group)"))
    return SnmpAgent(
        enabled=bool(lines) or bool(defaults.SNMP.value),
        versions=frozenset(versions | ({"v3"} if users else set())),
        communities=communities,
        users=users,
        evidence=config.evidence(*lines),
    )


def is_default(word: str) -> bool | None:
    """Whether a community string is public or private; None where whoever passed the text on had blotted it out.

    Our own masking leaves those two words, so what it masked is known to be another one.
    """
    return True if word in DEFAULTS else None if re.fullmatch(r"<.*>|\*{4,}", word) else False


def _communities(config: Config) -> Iterator[Community]:
    for line in config.all(r"snmp-server community \S+"):
        found = re.match(_COMMUNITY, line.text)
        if found:
            told = found.group("rest").split()
            rest = [w for w in told if w != "ipv6"]
            # A list of IPv6 stands behind that word; another one is of IPv4.
            limited = frozenset(({6} if "ipv6" in told else set()) | ({4} if len(rest) > ("ipv6" in told) else set()))
            access = (found.group("access") or "ro").lower()
            known = None if found.group("encrypted") else is_default(found.group("word"))
            acl = rest[0] if rest else None
            yield Community(known, access, acl, evidence=config.evidence(line), limited=limited if acl else None)
    yield from trap_communities(config)


def trap_communities(config: Config) -> Iterator[Community]:
    """The communities that traps and informs are sent with."""
    for line in config.all(r"snmp-server host \S+"):
        found = re.match(_HOST, line.text)
        words = found.group("rest").split() if found else []
        # NX-OS tells by lines of their own how a host is reached.
        if found and found.group("version") != "3" and words and words[0] not in _REACHED:
            encrypted = words[0] in {"7", "8"} and len(words) > 1  # as RGOS shows them
            known = None if encrypted else is_default(words[0])
            yield Community(known, None, purpose="trap", evidence=config.evidence(line))


def _users(config: Config) -> Iterator[SnmpUser]:
    for line in config.all(r"snmp-server group \S+ v3 "):
        words = line.text.split()
        level = LEVELS.get(words[4]) if len(words) > 4 else None
        yield SnmpUser(words[2], level, group=True, evidence=config.evidence(line))
    for line in config.all(r"snmp-server user \S+ \S+ (?:remote \S+ (?:vrf \S+ )?(?:udp-port \d+ )?)?v3\b"):
        yield SnmpUser(line.text.split()[2], _user_level(line), evidence=config.evidence(line))


def _user_level(line: ConfigLine) -> str:
    if re.search(r" priv ", line.text):
        return "authPriv"
    return "authNoPriv" if re.search(r" auth ", line.text) else "noAuthNoPriv"


def logging(config: Config, _: Release) -> Logging:
    """Where logs go; logging is on unless it is turned off (IOS default)."""
    hosts = dict.fromkeys(
        found.group("host") for line in config.all(r"logging ") if (found := re.match(_LOG_HOST, line.text))
    )
    stamps = config.line(r"(?:no )?service timestamps log\b")
    return Logging(
        enabled=bool(defaults.LOGGING.value) and config.line(r"no logging on\b") is None,
        hosts=tuple(hosts),
        timestamps=None if stamps is None else stamps.text.startswith("service timestamps log datetime"),
        evidence=config.evidence(*config.all(r"(?:no )?(?:logging (?:on|host|server|\d)|service timestamps log)")),
    )


def time_sync(config: Config, _: Release) -> TimeSync:
    """Time servers and peers; authentication counts where it is turned on and a server has a key."""
    lines = list(config.all(r"s?ntp (?:server|peer) "))
    keyed = any(re.search(r" key \d+", line.text) for line in lines)
    return TimeSync(
        servers=_named(lines, "server"),
        peers=_named(lines, "peer"),
        authenticated=keyed and config.line(r"ntp authenticate\b") is not None,
        evidence=config.evidence(*lines, *config.all(r"ntp authenticat")),
    )


def _named(lines: list[ConfigLine], kind: str) -> tuple[str, ...]:
    pattern = rf"s?ntp {kind} (?:(?:oob|mng|vrf \S+|ip|ipv6|domain) )*(\S+)"
    return tuple(dict.fromkeys(found.group(1) for line in lines if (found := re.match(pattern, line.text))))


def banner(config: Config, _: Release) -> Banner:
    """Whether a banner greets who logs in."""
    lines = list(config.all(r"banner (?:login|motd|exec|incoming|prompt-timeout)\b"))
    return Banner(bool(lines), config.evidence(*lines))
