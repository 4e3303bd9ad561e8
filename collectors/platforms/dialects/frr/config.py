"""What FRR's configuration tells by itself: for the file that comes without its host.

Source: FRR user guide, "Basic commands", "Filtering", "Zebra". A file that vtysh writes has no last line that says so;
what ``show running-config`` prints ends with ``end``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from collectors.flat_text import nested, spelt
from collectors.platforms.base import Built, Got, Release
from collectors.platforms.dialects.figures import idle_s
from collectors.platforms.dialects.ios import access as ios_access
from collectors.platforms.dialects.ios import network as ios_network
from collectors.platforms.dialects.views import IOS
from inventory.config import Config, ConfigLine, indented
from inventory.errors import Gap, Missing, ReadFailed
from inventory.facts import (
    AccessList,
    Account,
    Accounts,
    Addresses,
    Banner,
    DefaultRoute,
    Fact,
    Filtering,
    Forwarding,
    Identity,
    Interface,
    Interfaces,
    RemoteAccess,
    RemoteLine,
    Routes,
    Source,
)

COMMENTS = ("!", "#")
_PRINTED = re.compile(r"^(?:Building configuration|Current configuration:)", re.MULTILINE)
_ACL = re.compile(
    r"(?:(?P<family>ipv6|mac) )?access-list (?P<name>\S+) (?:seq \d+ )?(?P<rule>permit|deny|remark)\b(?P<rest>.*)"
)
_DEFAULT = r"ip(?:v6)? route (?:0\.0\.0\.0/0|0\.0\.0\.0 0\.0\.0\.0|::/0) "
_CLOSED = r"(?:exit|exit-vrf|end|exit-address-family)$"


def tree(text: str) -> tuple[ConfigLine, ...]:
    """The tree; ReadFailed where the text is printed and its ``end`` is missing, or its last block is left open."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith(COMMENTS)]
    last = lines[-1] if lines else ""
    closes = any(line == "exit" for line in lines)
    if (_PRINTED.search(text) and last.strip() != "end") or (closes and last.startswith(" ")):
        raise ReadFailed("the configuration is cut: its last block is not closed")
    return indented(nested(spelt(text), IOS, COMMENTS), COMMENTS)


def alone(build: Callable[[Config, Release], Built]) -> Callable[[Config, Release, Got], Built]:
    """The same, but only where the host was not asked: what it refuses to tell is not to be had from here."""

    def built(config: Config, release: Release, host: Got) -> Built:
        if isinstance(host, Missing) and host.gap is Gap.UNREAD:
            return build(config, release)
        return Missing(Gap.UNREAD, "the host itself is asked for it")

    return built


def identity(config: Config, _: Release) -> Identity:
    """What the configuration tells of its router: its name and FRR's release."""
    name, version = config.line(r"hostname \S+"), config.line(r"frr version \S+")
    release = f"FRR {version.text.split()[2]}" if version else None
    told = {"platform": "frr", "release": release}
    return Identity(
        kind="router",
        platform="frr",
        release=release,
        hostname=name.text.split()[1] if name else None,
        sources=tuple(Source(field, config.source) for field, value in told.items() if value),
        evidence=config.evidence(name, version),
    )


def remote_access(config: Config, _: Release) -> RemoteAccess:
    """The lines of the daemons' own terminals. Where they listen is set by their start options, not here."""
    block = config.line(r"line vty$")
    idle = block.child(r"(?:no )?exec-timeout\b") if block else None
    line = RemoteLine(
        name="vty",
        transports=None,
        authentication=None,
        idle_timeout_s=idle_s(idle) if idle else None,
        idle_timeout_written=idle is not None,
        acl_ipv4=block.word(r"access-class (\S+)") if block else None,
        acl_ipv6=block.word(r"ipv6 access-class (\S+)") if block else None,
        evidence=config.evidence(block, idle),
    )
    limited = line.acl_ipv4 is not None or line.acl_ipv6 is not None
    return RemoteAccess(None, None, None, None, None, None, (line,), limited, evidence=config.evidence(block, idle))


def accounts(config: Config, _: Release) -> Accounts:
    """The passwords of the daemons' terminals as accounts of that name, and users that vtysh lets in without one.

    8 marks a DES crypt, all other passwords are clear.
    """
    found = {name: config.line(rf"{words} \S") for name, words in (("vty", "password"), ("enable", "enable password"))}
    items = tuple(
        Account(name, "md5" if re.search(r"password 8 ", line.text) else "plaintext", evidence=config.evidence(line))
        for name, line in found.items()
        if line is not None
    )
    users = list(config.all(r"username \S+ nopassword$"))
    free = tuple(Account(line.text.split()[1], "none", evidence=config.evidence(line)) for line in users)
    return Accounts((*items, *free), (), config.evidence(*found.values(), *users))


def _ports(config: Config) -> Iterator[tuple[str, ConfigLine]]:
    return ((block.text.split()[1], block) for block in config.all(r"interface \S"))


def interfaces(config: Config, _: Release) -> Interfaces:
    """The interfaces as they are configured."""
    items = tuple(
        Interface(
            name=name,
            alias=block.word(r"description (.+)"),
            admin_up=False if block.child(r"shutdown$") else None,
            ipv6_enabled=block.child(r"ipv6 address\b") is not None or None,
        )
        for name, block in _ports(config)
    )
    return Interfaces(items, config.evidence(*(block for _, block in _ports(config))))


def addresses(config: Config, release: Release) -> Addresses:
    """As on IOS; those that the system gives an interface are not in the text."""
    return ios_network.addresses(config, release)


def filtering(config: Config, _: Release) -> Filtering:
    """Access lists, that filter routes and logins; packets are filtered by the host."""
    rules: dict[tuple[int | None, str], list[ConfigLine]] = {}
    for line in config.all(r"(?:ipv6 |mac )?access-list \S"):
        found = _ACL.match(line.text)
        if found:
            family = {"ipv6": 6, "mac": None}.get(found["family"], 4)
            rules.setdefault((family, found["name"]), []).append(line)
    items = tuple(_access_list(config, *key, lines) for key, lines in rules.items())
    return Filtering(items, evidence=config.evidence(*(line for lines in rules.values() for line in lines)))


def _access_list(config: Config, family: int | None, name: str, lines: list[ConfigLine]) -> AccessList:
    told = [found for line in lines if (found := _ACL.match(line.text)) and found["rule"] != "remark"]
    permits_any = any(t["rule"] == "permit" and re.fullmatch(r" (?:ip )?any(?: any)?", t["rest"]) for t in told)
    return AccessList(name, family, len(told), permits_any, config.evidence(*lines))


def forwarding(config: Config, _: Release) -> Forwarding:
    """Only what is written: without a word the kernel's setting stays (zebra, ``ip forwarding``)."""
    four, six = (ios_access.switch(config, rf"{family} forwarding$") for family in ("ip", "ipv6"))
    return Forwarding(four, six, config.evidence(*config.all(r"(?:no )?ip(?:v6)? forwarding$")))


def routes(config: Config, _: Release) -> Routes | Missing:
    """The configured default routes, of VRFs too; how many routes there are is not in the text."""
    lines: list[tuple[str | None, ConfigLine]] = [(None, line) for line in config.all(_DEFAULT)]
    lines += [(vrf.text.split()[1], line) for vrf in config.all(r"vrf \S+$") for line in vrf.below(_DEFAULT)]
    if not lines:
        return Missing(Gap.UNREAD, "the configuration has no static default route")
    items = tuple(_default(vrf, line.text) for vrf, line in lines)
    return Routes(None, None, None, items, config.evidence(*(line for _, line in lines)))


def _default(vrf: str | None, text: str) -> DefaultRoute:
    words = text.replace("0.0.0.0 0.0.0.0", "0.0.0.0/0").split()[3:]
    named = words[words.index("vrf") + 1] if "vrf" in words[:-1] else vrf
    hop = ios_network.ip_in(words[0])
    via = None if hop else words[0]
    return DefaultRoute(6 if text.startswith("ipv6") else 4, hop, via, "static", named)


def banner(config: Config, _: Release) -> Banner:
    """Whether a banner greets who logs in; FRR greets of its own unless told not to, which says nothing."""
    line = config.line(r"banner motd (?:line|file)\b")
    return Banner(line is not None, config.evidence(line))


READS: Mapping[type[Fact], Callable[[Config, Release], Built]] = {
    Identity: identity,
    RemoteAccess: remote_access,
    Accounts: accounts,
    Interfaces: interfaces,
    Addresses: addresses,
    Filtering: filtering,
    Forwarding: forwarding,
    Routes: routes,
    Banner: banner,
}
