"""The SNMP agent as VRP and Comware configure it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.platforms.dialects.vrp.style import switch
from inventory.config import Config, ConfigLine
from inventory.facts import Community, SnmpAgent, SnmpUser

_COMMUNITY = re.compile(
    r"snmp-agent community (?:(?P<access>read|write) )?(?P<form>cipher |simple |ciphertext )?(?P<word>\S+)(?P<rest>.*)"
)
_LEVELS = {"privacy": "authPriv", "authentication": "authNoPriv", "noauthentication": "noAuthNoPriv"}
_NO_COMMUNITY = {"complexity-check", "mib-view"}
_DEFAULTS = {"public", "private"}


def snmp_agent(config: Config, unstated: frozenset[str] | None, *, apart: bool) -> SnmpAgent:
    """Communities, users and groups. ``unstated`` versions speak once the agent is on; None: it differs by model.

    With ``apart`` a community's access list is of one family, and of the other there may be another.
    """
    communities = (*_communities(config, apart), *_trap_communities(config))
    groups = {group.name: group for group in _groups(config)}
    users = (*groups.values(), *_users(config, groups))
    lines = list(config.all(r"(?:undo )?snmp-agent\b"))
    on = bool(lines) and switch(config, r"snmp-agent$") is not False
    return SnmpAgent(
        enabled=on,
        versions=_versions(config, unstated) if on else frozenset(),
        communities=communities,
        users=users,
        evidence=config.evidence(*lines[:40]),
    )


def _versions(config: Config, unstated: frozenset[str] | None) -> frozenset[str] | None:
    """None where no line says which are on, or only which are off."""
    on, off = set(unstated or ()), set()
    for line in config.all(r"(?:undo )?snmp-agent sys-info version "):
        words = line.text.partition(" version ")[2].split()
        named = {"v1", "v2c", "v3"} if "all" in words else set(words)
        if line.text.startswith("undo"):
            off |= named
        else:
            on |= named
    return None if unstated is None and not on else frozenset(on - off)


def _communities(config: Config, apart: bool) -> Iterator[Community]:
    """The communities, and users of SNMPv1 and v2c, whose name is one (SNMP command reference, usm-user v1 | v2c)."""
    for line in config.all(r"snmp-agent usm-user v(?:1|2c) \S"):
        yield Community(_is_default(line.text.split()[3], None), None, evidence=config.evidence(line))
    for line, found in _in_effect(config):
        acls = re.findall(r" acl (ipv6 )?(?:name )?(\S+)", found.group("rest"))
        access = {"write": "rw"}.get(found.group("access") or "read", "ro")
        is_default = _is_default(found.group("word"), found.group("form"))
        limited = frozenset(6 if six else 4 for six, _ in acls) if acls and apart else None
        yield Community(
            is_default, access, acls[0][1] if acls else None, evidence=config.evidence(line), limited=limited
        )


def _in_effect(config: Config) -> list[tuple[ConfigLine, re.Match[str]]]:
    """The communities that no later line takes back, which it does by name alone; masked ones are not told apart."""
    back: set[str] = set()
    told: list[tuple[ConfigLine, re.Match[str]]] = []
    for line in reversed(list(config.all(r"(?:undo )?snmp-agent community \S"))):
        found = _COMMUNITY.match(line.text.removeprefix("undo "))
        if found is None or found.group("word") in _NO_COMMUNITY | back:
            continue
        if line.text.startswith("undo "):
            back |= {found.group("word")} & _DEFAULTS
        else:
            told.append((line, found))
    return told[::-1]


def _is_default(word: str, form: str | None) -> bool | None:
    """Whether it is public or private; None for one that is encrypted, or that somebody blotted out before us."""
    if word in _DEFAULTS:
        return True
    encrypted = bool(form and form.startswith("cipher")) or word.startswith(("%", "$", "@%"))
    return None if encrypted or re.fullmatch(r"<.*>|\*{4,}", word) else False


def _trap_communities(config: Config) -> Iterator[Community]:
    for line in config.all(r"snmp-agent target-host .*securityname \S"):
        rest = line.text.partition(" securityname ")[2].split()
        form = rest.pop(0) if rest[0] in ("cipher", "simple") and len(rest) > 1 else None
        if not re.search(r" v3(?: |$)", line.text):  # v1 where no version is written
            yield Community(_is_default(rest[0], form), None, purpose="trap", evidence=config.evidence(line))


def _groups(config: Config) -> Iterator[SnmpUser]:
    for line in config.all(r"snmp-agent group v3 \S"):
        words = line.text.split()
        level = next((_LEVELS[word] for word in words[4:] if word in _LEVELS), "noAuthNoPriv")
        yield SnmpUser(words[3], level, group=True, evidence=config.evidence(line))


def _users(config: Config, groups: dict[str, SnmpUser]) -> Iterator[SnmpUser]:
    """Users, whose lines newer releases split in one for the group and one for each key, and older ones show without
    keys: then it is the group that tells how they have to come."""
    lines: dict[str, list[ConfigLine]] = {}
    for line in config.all(r"snmp-agent (?:local-user|remote-engineid \S+ usm-user|usm-user) v3 \S"):
        lines.setdefault(re.sub(r".* v3 ", "", line.text).split()[0], []).append(line)
    for name, told in lines.items():
        words = " ".join(line.text for line in told)
        keyed = "authentication-mode" in words
        level = "authPriv" if keyed and "privacy-mode" in words else "authNoPriv" if keyed else None
        group = next((groups[word] for word in words.split() if word in groups), None)
        yield SnmpUser(name, level or (group.level if group else None), evidence=config.evidence(*told))
