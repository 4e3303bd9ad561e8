"""Who gets into a VRP device: lines, management servers, accounts, password rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from collectors.base import Answer
from collectors.platforms.base import Got, Release, first_holding
from collectors.platforms.dialects.vrp import defaults
from collectors.platforms.dialects.vrp.style import idle_timeout_s, interface_blocks, switch
from inventory.config import Config, ConfigLine
from inventory.facts import Account, Accounts, PasswordPolicy, RemoteAccess, RemoteLine

_VRP8_MODELS = r"CE|CloudEngine|NE40|NE8|NE9|ATN9"
_VRP8_RELEASES = r"V[68]00R"  # YunShan OS of campus switches; NE routers
_YUNSHAN, _YUNSHAN_WEB = r"V600R0[2-9]", r"web-manager (?:http forward|(?:ipv[46] )?server-source) "
_VRP8_PORTS, _VRP5_PORTS = r"(?i:(?:\d+)?GE\d)", r"(?i:(?:X|Multi)?(?:Gigabit)?Ethernet\d)"
_LINE = r"user-interface (con|console|aux|tty|vty) (\d+(?: \d+)?)$"
_ACL = r"(?:undo acl|acl (?!ipv6)(?:name )?(\S+)) inbound"
_SERVER_ACL = r"(?:ssh|telnet) (?:ipv4 )?server acl (\S+)"
_ACL_IPV6 = r"(?:undo acl ipv6|acl ipv6 (?:name )?(\S+)) inbound"
_ALL = frozenset({"telnet", "ssh"})
_STORED = {"simple": "plaintext", "cipher": "cipher", "irreversible-cipher": "strong"}
_PASSWORD = re.compile(r"password (?:level \d{1,2} )?(?P<form>simple|cipher|irreversible-cipher) (?P<word>\S+)")
_ACCOUNT = r"(?:local|manager)-user \S+$|local-user (?!policy (?:password|security-enhance))\S+ "
_BARE = re.compile(
    r"local-user (?!policy )\S+ password (?!simple\b|cipher\b|irreversible-cipher\b|expire|change$)\S"
)  # as people write it
_LOCK = (
    r"(?:undo )?(?:(?:local|remote)-aaa-user (?:wrong-password|authen-fail)\b|user-block failed-times \d"
    r"|administrator remote authen-fail\b|local-user authentication lock (?:times|duration) \d"
    r"|lock-authentication (?:enable|failed-count \d+))|local-user \S+ state block fail-times \d"
    r"|(?:ssh|telnet) server ip-block failed-times \d"
)
_ATTEMPTS = (
    r".*(?:wrong-password|authen-fail).* retry-time (\d+)|.* fail(?:ed)?-(?:count|times) (\d+)"
    r"|local-user authentication lock times (\d+)"
)
_LOCK_MIN = (
    r".*(?:wrong-password|authen-fail).* block-time (\d+)|lock-authentication timeout (\d+)"
    r"|local-user authentication lock duration (\d+)|local-user \S+ state block fail-times \d+ interval (\d+)"
)
_ONE_WAY = ("$1a$", "$1c$", "$1d$")
# What a user is for who gets into networks, not into the device (AAA guide, service-type); web is Portal beside them.
_NETWORKS = frozenset({"8021x", "bind", "ppp", "sslvpn", "web", "x25-pad"})


def is_vrp8(config: Config, release: Release) -> bool:
    """By the model, by the release at the head, or by ports of which all carry their rate in their name."""
    if release.model:
        return re.match(_VRP8_MODELS, release.model) is not None
    if re.match(_VRP8_RELEASES, release.release or ""):
        return True
    names = [name for name, _ in interface_blocks(config)]
    # Switches of VRP 5 call their fastest ports so as well, but no others.
    return any(re.match(_VRP8_PORTS, n) for n in names) and not any(re.match(_VRP5_PORTS, n) for n in names)


def remote_access(config: Config, release: Release, telnet_status: Got) -> RemoteAccess:
    """Terminal lines and management servers. Whether VRP 5 has Telnet on by default differs by product and release, so
    what the configuration leaves open is asked of ``display telnet server status``."""
    vrp8 = is_vrp8(config, release)
    switch_release = _of_switch(config, release)
    telnet = defaults.TELNET_CE.holds(release) if vrp8 else defaults.TELNET_S.holds(switch_release)
    lines = tuple(_lines(config, release, vrp8, switch_release))
    remote = [line for line in lines if line.name.startswith("vty")]
    limits = list(config.all(r"(?:ssh|telnet|http) (?:ipv[46] )?server (?:ipv6 )?acl |http (?:secure-server )?acl "))
    stelnet, web = _any_on(config, r"(?:stelnet|ssh) {family}server enable"), _web_servers(config, release)
    ssh_v1 = switch(config, r"ssh server compatible-ssh1x(?: enable)?")
    ftp = switch(config, r"(?i:ftp) (?:ipv6 )?server(?: enable)?")
    return RemoteAccess(
        telnet=_telnet(config, telnet_status, telnet),
        ssh=bool(defaults.STELNET.value) if stelnet is None else stelnet,
        ssh_v1=(bool(defaults.SSH_V1_8.value) if vrp8 else None) if ssh_v1 is None else ssh_v1,
        http=_web(config, rf"http (?:ipv6 )?server enable|{web[0]}"),
        https=_web(config, rf"http (?:ipv6 )?secure-server enable|{web[1]}"),
        ftp=bool(defaults.FTP.value) if ftp is None else ftp,
        lines=lines,
        acl_limits_login=bool(limits) or any(line.acl_ipv4 or line.acl_ipv6 for line in remote),
        server_acls=tuple(dict.fromkeys(f[1] for line in limits if (f := re.match(_SERVER_ACL, line.text)))),
        evidence=config.evidence(
            *config.all(r"(?:undo )?(?:(?i:telnet|stelnet|ftp|ssh|http)\b|web-manager|user-interface)")
        ),
    )


def _server(config: Config, name: str, family: str) -> bool | None:
    """The last of ``X server enable``, its undoing, and the ``X server disable`` of VRP 8; None where none stands."""
    line = config.line(rf"(?:undo )?{name} {family}server (?:enable|disable)")
    return None if line is None else line.text.startswith("undo ") == (" disable" in line.text)


def _any_on(config: Config, pattern: str) -> bool | None:
    """Whether a server is on in either family, each of which may have a line of its own; None: no line tells."""
    written = [switch(config, pattern.format(family=family)) for family in ("(?:ipv4 )?", "ipv6 ")]
    return True if True in written else False if False in written else None


def _web_servers(config: Config, release: Release) -> tuple[str, str]:
    """What starts the web server of a USG and its secure one. YunShan OS has the latter alone, whatever its port, and
    forwards to it what comes to the other."""
    if re.match(_YUNSHAN, release.release or "") or config.line(_YUNSHAN_WEB):
        return r"(?!)", r"web-manager (?:security )?enable.*"
    return r"web-manager enable(?! port 443\b)(?: port \d+)?", r"web-manager (?:security enable.*|enable port 443\b.*)"


def _web(config: Config, pattern: str) -> bool | None:
    """A USG writes down each of its web servers that is on; elsewhere the default differs by product."""
    written = switch(config, pattern)
    return bool(defaults.WEB_MANAGER.value) if written is None and config.line(r"web-manager ") else written


def _of_switch(config: Config, release: Release) -> Release:
    """The release of a switch, which alone heads its configuration with it; an empty one for anything else."""
    head = config.word(r"!Software Version (V[12]00R\S+)")
    named = release.release if re.match(r"(?:Quidway )?S\d", release.model or "") else None
    return Release(release.model, head or named)


def _telnet(config: Config, status: Got, default: bool | None) -> bool | None:
    written = [_server(config, "telnet", family) for family in ("(?:ipv4 )?", "ipv6 ")]
    if config.line(r"undo telnet server-source all-interface") and not config.line(r"telnet server-source "):
        return False  # it listens nowhere
    # S switches that listen somewhere write down as well that they do.
    heard = default is not False and written[0] is None and config.line(r"telnet (?:ipv6 )?server-source ")
    if True in written or heard:
        return True
    if isinstance(status, Answer):
        told = re.findall(r"^\s*TELNET IPv[46] server\s*:\s*(\w+)", status.text, re.MULTILINE | re.IGNORECASE)
        if told:
            return any(word.lower().startswith("enable") for word in told)
    if default is not None:
        return default if None in written else False
    return False if written[0] is False else None


def _inbound(release: Release, vrp8: bool, switch_release: Release) -> frozenset[str] | None:
    """What VTY lines take without a word; None where it is not known of the release."""
    known, of = ((defaults.INBOUND_8,), release) if vrp8 else (defaults.INBOUND_S, switch_release)
    inbound: frozenset[str] | None = first_holding(known, of)
    return inbound


def _lines(config: Config, release: Release, vrp8: bool, switch_release: Release) -> Iterator[RemoteLine]:
    inbound = _inbound(release, vrp8, switch_release)
    ssh_acl = {4: config.word(r"ssh (?:ipv4 )?server acl (\S+)"), 6: config.word(r"ssh (?:ipv6 )server acl (\S+)")}
    methods = _methods(config)
    for block in config.all(_LINE):
        found = re.match(_LINE, block.text)
        if found is None:
            continue
        kind = "con" if found.group(1) == "console" else found.group(1)
        transports, idle = _transports(block, inbound if kind == "vty" else None), idle_timeout_s(block)
        unstated = defaults.IDLE_CONSOLE_8 if vrp8 and kind == "con" else (defaults.IDLE_S,)
        ssh_only = transports == frozenset({"ssh"})
        yield RemoteLine(
            name=f"{kind} {found.group(2)}",
            transports=transports,
            authentication=_authentication(block, methods),
            open_when_down=(_authentication(block, ()) == "aaa" and "none" in methods[1:]) or None,
            idle_timeout_s=first_holding(unstated, release) if idle is None else idle,
            idle_timeout_written=idle is not None,
            acl_ipv4=block.word(_ACL) or (ssh_acl[4] if ssh_only else None),
            acl_ipv6=block.word(_ACL_IPV6) or (ssh_acl[6] if ssh_only else None),
            evidence=config.evidence(
                block, *block.below(r"(?:undo )?(?:acl|authentication-mode|idle-timeout|protocol inbound)\b")
            ),
        )


def _transports(block: ConfigLine, default: frozenset[str] | None) -> frozenset[str] | None:
    word = block.word(r"protocol inbound (\S+)")
    if word is None:
        return default
    return _ALL if word == "all" else frozenset({word})


def _authentication(block: ConfigLine, methods: Sequence[str]) -> str | None:
    mode = block.word(r"authentication-mode (aaa|password|none)")
    return "none" if mode == "aaa" and methods[:1] == ["none"] else mode


def _methods(config: Config) -> list[str]:
    """How administrators are authenticated: by the scheme of their domain, which is ``default`` (AAA guides)."""
    views = [block for aaa in config.all(r"aaa$") for block in aaa.children]
    scheme = _word_below(views, r"domain default_admin$", r"authentication-scheme (\S+)") or defaults.SCHEME.value
    modes = _word_below(views, rf"authentication-scheme {re.escape(scheme)}$", r"authentication-mode (.+)") or ""
    return modes.split()


def _word_below(views: list[ConfigLine], view: str, pattern: str) -> str | None:
    return next((found for block in views if re.match(view, block.text) and (found := block.word(pattern))), None)


def accounts(config: Config, _: Release) -> Accounts:
    """Local users of ``aaa`` who may log in to the device, the managers of a USG, and the super passwords as accounts
    of that name.

    VRP 3 has them at the top, and so have texts whose views were lost; what a terminal left of the mark of a page puts
    lines deeper than they are.
    """
    lines: dict[str, list[ConfigLine]] = {}
    for line in (told.line for told in config.statements):
        if re.match(_ACCOUNT, line.text):
            own = [child for child in line.children if not re.match(_ACCOUNT, child.text)]
            lines.setdefault(line.text.split()[1], []).extend([line, *own])
    items = [user for name, told in lines.items() if not _of_networks(user := _account(config, name, told))]
    raised = {line.text.partition(" level ")[2][:2]: line for line in config.all(r"super password ")}
    items.extend(Account("super", _storage([line]), evidence=config.evidence(line)) for line in raised.values())
    return Accounts(
        tuple(items), tuple(_servers(config)), config.evidence(*(line for told in lines.values() for line in told))
    )


def _of_networks(user: Account) -> bool:
    return user.services != {"web"} and bool(user.services) and user.services <= _NETWORKS


def _account(config: Config, name: str, lines: list[ConfigLine]) -> Account:
    words = "\n".join(line.text for line in lines)
    levels = re.findall(r"(?:privilege level|^level|^local-user \S+ level) (\d+)", words, re.MULTILINE)
    services = re.findall(r"service-type (.+)", words)
    return Account(
        name=name,
        storage=_storage(lines),
        level=levels[-1] if levels else None,
        services=frozenset(services[-1].split()) if services else frozenset(),
        locked=re.search(r" state block$", words, re.MULTILINE) is not None,
        evidence=config.evidence(*lines),
    )


def _storage(lines: list[ConfigLine]) -> str | None:
    """The form of the password stored last; None where no line of the text holds one."""
    for line in reversed(lines):
        found = _PASSWORD.search(line.text)
        if found:
            one_way = found.group("word").startswith(_ONE_WAY)
            return "strong" if one_way else _STORED[found.group("form")]
        if _BARE.match(line.text):
            return "plaintext"
    return None


def _servers(config: Config) -> Iterator[str]:
    found: dict[str, None] = {}
    for block in config.all(r"(?:radius|hwtacacs)[- ]server template "):
        for line in block.below(r"(?:radius|hwtacacs)[- ]server authentication \S"):
            found[line.text.partition("authentication ")[2].split()[0]] = None
    yield from found


def password_policy(config: Config, _: Release) -> PasswordPolicy:
    """What new passwords must satisfy and whether failures lock. Lines may stand in ``aaa`` or at the top.

    Local accounts lock by default in V200R003 and later (command reference, local-aaa-user wrong-password): a release
    that is not known leaves it open.
    """
    aaa = [line for block in config.all(r"aaa$") for line in block.children]
    policy = next((line for line in aaa if re.match(r"local-aaa-user password policy administrator", line.text)), None)
    usg = config.line(r"password-policy\b")
    everything = [*config.lines, *aaa, *(policy.children if policy else ()), *(usg.children if usg else ())]
    lock = _last(everything, _LOCK)
    undone = lock is not None and lock.text.startswith("undo ")
    return PasswordPolicy(
        min_length=_number(
            everything, r"(?:set password min-length|user-password min-len|password-length|.*min-len(?:gth)?) (\d+)"
        ),
        min_classes=_classes(everything),
        max_age_days=_number(everything, r"(?:password expire|password-validity|password-age) (\d+)"),
        history=_number(everything, r"password history record number (\d+)"),
        lockout=None if lock is None else not undone,
        lockout_attempts=None if undone else _number(everything, _ATTEMPTS),
        lockout_s=_minutes(everything, undone),
        lockout_written=lock is not None and not undone,
        evidence=config.evidence(lock, policy, *(policy.children if policy else ()), *_of_passwords(everything)),
    )


def _last(lines: list[ConfigLine], pattern: str) -> ConfigLine | None:
    return next((line for line in reversed(lines) if re.match(pattern, line.text)), None)


def _number(lines: list[ConfigLine], pattern: str) -> int | None:
    found = _last(lines, pattern)
    numbers = re.match(pattern, found.text) if found else None
    return next((int(word) for word in numbers.groups() if word), None) if numbers else None


def _minutes(lines: list[ConfigLine], undone: bool) -> int | None:
    minutes = None if undone else _number(lines, _LOCK_MIN)
    return None if minutes is None else 60 * minutes


def _classes(lines: list[ConfigLine]) -> int | None:
    """Kinds of characters that a password must hold; two of them where nothing is said of three."""
    level = _last(lines, r"(?:level|password-policy level) (?:high|middle|low)$")
    if level:
        return {"high": 3, "middle": 2, "low": 1}[level.text.split()[-1]]
    found = _last(lines, r"(?:undo )?user-password complexity-check")
    if found is None:
        return None
    return 0 if found.text.startswith("undo") else 3 if "three-of-kinds" in found.text else 2


def _of_passwords(lines: list[ConfigLine]) -> list[ConfigLine]:
    return [line for line in lines if re.match(r"(?:undo )?(?:set password|user-password|password-)", line.text)]
