"""Configurations with gaps, what the findings print for them, and what is made of them by entering it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from entering import STARTUP, whole, with_commands

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_device
from checks.model import FALLBACKS, Check, Finding, Outcome, SubjectKind
from checks.policies import policies_from
from collectors.base import Answer
from collectors.by_cli import facts_by_cli
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platforms
from inventory.errors import Gap, ReadFailed
from inventory.facts import ConfigBackup
from inventory.snapshot import DeviceRecord, Snapshot, State

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HERE = Path(__file__).parent
# Configurations with one gap each, by check and platform (a list where it is mended in several ways), and whole ones.
GAPS: dict[str, dict[str, str | list[str]]] = yaml.safe_load((HERE / "gaps.yaml").read_text(encoding="utf-8"))
# What whoever mends it puts in place of the words in angle brackets.
PUT = {
    "<management-network>": "10.88.0.0", "<wildcard>": "0.0.0.255", "<management-prefix>": "fd00:88::/64",
    "<log-host>": "10.88.0.50", "<time-server>": "10.88.0.123", "<station>": "10.88.0.40", "<group>": "NMS",
    "<user>": "nms", "<map>": "VPN", "<auditor>": "aud01", "<password>": "irreversible", "<acl>": "3001", "<key>": "k",
    "<new-password>": "$1c$new$new$", "<role>": "ops", "<network>": "10.20.0.0", "<host>": "10.30.9.10",
    "<port>": "443", "<length>": "24", "<interface>": "GigabitEthernet0/1", "<community>": "public", "<id>": "1",
    "<level>": "5", "<time>": "1", "<address>": "10.88.0.9", "<mask>": "255.255.255.0", "<aaa-group>": "TACACS",
    "<aaa-server>": "10.88.0.60", "<address-object>": "servers", "<service>": "HTTPS", "<policy>": "OUT",
    "<class>": "WEB", "<ipv6-acl>": "EDGE6", "<view>": "all", "<serial>": "FTKMOB1", "<unit>": "0",
    "<administrator>": "admin", "<ipv6-address>": "240e:1::123", "<gateway>": "240e:1::fe",
    "<peer>": "198.51.100.9", "<peer-network>": "10.99.0.0",
    "<interface-address>": "240e:1:20::1/64", "<prefix>": "240e:9::/32",
    "<profile>": "default", "<application>": "junos:BITTORRENT", "<rule>": "open", "<zone>": "trust", "<name>": "open",
}  # fmt: skip
# What differs by device.
OWN = {
    "huawei_vrp": {"<user-port>": "GigabitEthernet0/0/1"},
    "h3c_comware": {"<user-port>": "GigabitEthernet1/0/1", "<uplink>": "GigabitEthernet1/0/24"},
    "ruijie_rgos": {"<user-port>": "GigabitEthernet 0/1"},
    "cisco_nxos": {"<user-port>": "Ethernet1/5"},
    "cisco_asa": {"<interface>": "inside", "<acl>": "EDGE"},
    "fortinet_fortios": {"<interface>": "wan1", "<name>": "admin"},
    "hillstone_stoneos": {"<interface>": "ethernet0/1", "<station>": "10.20.0.70"},
    "linux": {"<interface>": "lan1", "<management-address>": "10.88.0.9", "<key>": "HEX:00112233445566778899"},
    "juniper_junos": {"<name>": "admin", "<class>": "ops", "<service>": "junos-https", "<interface>": "ge-0/0/0"},
}
# What differs by check, and the part of the device in the network that a check is about.
BY_CHECK = {
    "traffic.tunnels-strong": {"<name>": "TS", "<id>": "10"},
    "audit_trail.not-stoppable": {"<profile>": "ops"},
    "ipv6.icmpv6-passes": {"<acl>": "3001"},  # the list of the configuration
    "ipv6.first-hop-guarded": {"<user-vlan>": "20", "<uplink>": "GigabitEthernet1/0/24"},
}
ROLES = {"ipv6.first-hop-guarded": "access"}
IPV6 = {"<address>": "240e:1::9", "<length>": "64", "<link-local>": "fe80::9"}
POLICIES = {"logs": {"collectors": ["10.88.0.50"]}}
# What a playbook sets beside it, where the remedy says so.
BY_POLICY = {("accounts.password-quality", "ruijie_rgos"): {"accounts": {"password_classes_min": 2}}}


class Shown:
    """A command line that shows one configuration, or two, and knows nothing else."""

    def __init__(self, platform: Platform, text: str) -> None:
        self.platform = platform
        runs, _, startup = text.partition(STARTUP)
        backups = [read.commands[1] for read in platform.all_reads if read.fact is ConfigBackup and read.commands[1:]]
        dialect = platform.dialect
        commands = (*(dialect.commands[:1] if dialect else ()), *backups[:1])
        self._shows = {c: whole(platform.name, t) for c, t in zip(commands, (runs, startup), strict=False) if t}

    def ask(self, command: str) -> Answer:
        if command not in self._shows:
            raise ReadFailed("not shown", Gap.UNREAD)
        return Answer(command, self._shows[command])

    def close(self) -> None:
        """Nothing is open."""


@cache
def snapshot(name: str, text: str, role: str = "core") -> Snapshot:
    """All that a configuration tells."""
    platform = platforms()[name]
    kinds = dict.fromkeys(read.fact for read in platform.all_reads)
    facts = facts_by_cli(Shown(platform, text), platform, list(kinds), NOW)
    return Snapshot(DeviceRecord("r1", "10.0.0.1", State.ANSWERED, NOW, name, role=role), facts)


def findings(check_id: str, name: str, text: str) -> list[Finding]:
    """What a check says of a configuration."""
    policies = POLICIES | BY_POLICY.get((check_id, name), {})
    return _judged((catalogue()[check_id],), snapshot(name, text, ROLES.get(check_id, "core")), policies)


def _judged(checks: tuple[Check, ...], device: Snapshot, policies: Mapping[str, Any] = POLICIES) -> list[Finding]:
    terms = Terms(checks, date(2026, 1, 1), policies=policies_from(policies))
    return list(evaluate_device(device, terms))


def spoilt(check_id: str, name: str, before: str, after: str) -> list[tuple[str, str]]:
    """The checks, with the place, that a configuration passed and another fails; that of the remedy is left out."""
    role = ROLES.get(check_id, "core")
    was, now = (_outcomes(name, text, role) for text in (before, after))
    sound = {check for check in was if Outcome.PASS in was[check].values() and Outcome.FAIL not in was[check].values()}
    return [
        (check, place)
        for check, told in now.items()
        for place, outcome in told.items()
        if outcome is Outcome.FAIL and check != check_id
        if check in sound or was.get(check, {}).get(place) is Outcome.PASS
    ]


@cache
def _outcomes(name: str, text: str, role: str) -> dict[str, dict[str, Outcome]]:
    """What every check of devices says of a configuration, by check and place."""
    told: dict[str, dict[str, Outcome]] = {}
    every = tuple(check for check in catalogue().values() if check.subject is SubjectKind.DEVICE)
    for finding in _judged(every, snapshot(name, text, role)):
        told.setdefault(finding.check, {})[finding.place] = finding.outcome
    return told


def configurations(check_id: str, name: str) -> Iterator[str]:
    """Those in which the check may find a gap."""
    yield from kept_for(check_id, name)
    for path in sorted((HERE / "gaps").glob(f"{name}-*.cfg")):
        yield path.read_text(encoding="utf-8")


def kept_for(check_id: str, name: str) -> list[str]:
    """Those that are kept for the gap alone."""
    kept = GAPS.get(check_id, {}).get(name, [])
    return [kept] if isinstance(kept, str) else kept


def gap(check_id: str, name: str) -> str | None:
    """The first configuration in which it finds one; None: in none of them."""
    return next((text for text in configurations(check_id, name) if fails(check_id, name, text)), None)


def fails(check_id: str, name: str, text: str) -> bool:
    """Whether it finds a gap."""
    return any(finding.outcome is Outcome.FAIL for finding in findings(check_id, name, text))


def remedies() -> Iterator[tuple[Check, str]]:
    """Every device check with each platform it has commands for that mend it, those of a host it rides on included."""
    for check in catalogue().values():
        if check.subject is SubjectKind.DEVICE:
            for name in platforms():
                known = {key.partition("/")[0] for key in check.remedy.commands}
                if known & {name, FALLBACKS.get(name)}:
                    yield check, name


def entered(commands: str, name: str = "", check_id: str = "") -> str:
    """The commands with what only a person knows filled in."""
    six = IPV6 if re.search(r"ipv6 (?:address |<)|inet6|vrrp6|vrrp ipv6|ip6-address|ip -6", commands) else {}
    for words, value in {**PUT, **OWN.get(name, {}), **six, **BY_CHECK.get(check_id, {})}.items():
        commands = commands.replace(words, value)
    return commands


MOST_ROUNDS = 5  # a finding names eight rules at most, and one of the accounts that are too many


def mended_at_last(check_id: str, name: str, text: str) -> str:
    """The configuration after the commands of as many runs as still find something, up to MOST_ROUNDS."""
    for _ in range(MOST_ROUNDS):
        failed = [f for f in findings(check_id, name, text) if f.outcome is Outcome.FAIL]
        if not failed:
            break
        assert all(f.commands for f in failed), "no commands are known"
        text = mended(check_id, name, text, failed)
    return text


def mended(check_id: str, name: str, text: str, failed: list[Finding]) -> str:
    """The configuration after the commands of all failed findings."""
    for finding in failed:
        commands = entered(finding.commands, name, check_id)
        left = re.findall(r"<[a-z][^<>]*>", commands)
        assert not left, f"{check_id} on {name} asks for {left}"
        text = with_commands(name, text, commands)
    return text
