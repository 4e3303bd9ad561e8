"""What the commands of a remedy make of an indented configuration: a small merge of lines, as a device does it."""

from __future__ import annotations

import re

SAVES = frozenset({"save", "write", "write memory", "copy running-config startup-config"})
_MODES = frozenset(
    {"system-view", "configure terminal", "configure", "end", "exec", "read", "switch convert mode virtual", *SAVES}
)
_LEAVES = frozenset({"quit", "exit", "exit-address-family"})
_NEGATED = re.compile(r"(?:undo|no) (?P<what>.+)")
_NUMBER = r"(?:(?:seq(?:uence)? |rule )?(\d+) )?"
_RULE = re.compile(rf"{_NUMBER}(?:permit|deny) ")
_THING = re.compile(
    r"rule |\d+$|local-user |username |admin user |snmp-\S+ |access-list |ssh \d|ip nat |nat server|manage |src-|dst-"
    r"|service \"?\w+\"?$|logging (?:server|host|syslog) |interface |ipv6 address|enable password|pass$"
)
Block = list["Entry"]


class Entry:
    """One line and what stands below it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.below: Block = []


def merged(config: str, commands: str, platform: str = "") -> str:
    """The configuration with the commands entered; what one negates goes, what one sets replaces its like."""
    roots = _tree(config)
    entered = _entered(commands, roots)
    opening = {(*path,) for path, _ in entered}
    for path, text in entered:
        for below in _at(roots, path):
            _enter(below, text, platform, opens=(*path, text) in opening or _is_block(text, below))
    return "\n".join(_written(roots, 0)) + "\n"


def _tree(text: str) -> Block:
    roots: Block = []
    stack: list[tuple[int, Block]] = [(-1, roots)]
    for line in text.splitlines():
        if not line.strip() or line.strip() in ("#", "!", "exit"):
            continue
        indent = len(line) - len(line.lstrip())
        while stack[-1][0] >= indent:
            stack.pop()
        entry = Entry(line.strip())
        stack[-1][1].append(entry)
        stack.append((indent, entry.below))
    return roots


def _entered(commands: str, roots: Block) -> list[tuple[list[str], str]]:
    """Each command with the texts of the blocks it is entered in, by how far it is indented."""
    found: list[tuple[list[str], str]] = []
    stack: list[tuple[int, str]] = []
    for line in commands.splitlines():
        text = line.strip()
        if text in _MODES or text in _LEAVES or text.startswith(("display ", "show ", "#", "!")) or not text:
            continue
        indent = len(line) - len(line.lstrip())
        while stack and stack[-1][0] >= indent:
            stack.pop()
        found.append(([each for _, each in stack], text))
        stack.append((indent, text))
    return found


def _at(roots: Block, path: list[str]) -> list[Block]:
    """The blocks that a path leads to: of lines given as a range, each."""
    blocks = [roots]
    for text in path:
        blocks = [entry.below for below in blocks for entry in below if _names(text, entry.text)]
    assert blocks, f"no block {' | '.join(path)}"
    return blocks


def _names(text: str, block: str) -> bool:
    """Whether a command enters a block."""
    if _plain(text) == _plain(block):
        return True
    if re.match(r"rule (?:name |id )?\S+$", text):
        return block.startswith(f"{text} ")  # rule 0 enters: rule 0 name web
    given, there = re.match(r"line vty (\d+) (\d+)$", text), re.match(r"line vty (\d+) (\d+)$", block)
    if given and there:
        return int(given[1]) <= int(there[1]) and int(there[2]) <= int(given[2])
    return text == "line con" and block == "line console"  # NX-OS takes what is short


def _plain(text: str) -> str:
    # Comware 5 says user-interface where Comware 7 says line; StoneOS quotes names; letters of either case are one.
    text = re.sub(r"^user-interface ", "line ", text.replace('"', "").lower())
    text = re.sub(r"^sequence (?=\d)", "", text)  # IPv6 lists of IOS
    # A blank before the number of an interface, and the end of a word, may be left out.
    text = re.sub(r"^acl (ipv6 )?(?:number|basic|advanced) ", r"acl \1", text)  # Comware 7 takes what 5 said
    return re.sub(r"^line console ", "line con ", re.sub(r"^(interface [a-z-]+) (\d)", r"\1\2", text))


def _is_block(text: str, below: Block) -> bool:
    return any(_names(text, entry.text) and (entry.below or entry.text == text) for entry in below)


def _enter(below: Block, text: str, platform: str, *, opens: bool) -> None:
    if cleared := re.match(r"clear configure (\S+)$", text):
        below[:] = [e for e in below if not e.text.startswith(f"{cleared[1]} ")]
        return
    if moved := re.match(r"(?:rule move|move rule name) (\S+) top$", text):
        below.sort(key=lambda e: (e.text.startswith("rule "), not e.text.endswith(f" name {moved[1]}")))
        return
    if placed := re.match(r"(access-list \S+) line (\d+) (.+)$", text):
        rules = [at for at, each in enumerate(below) if each.text.startswith(f"{placed[1]} ")]
        below.insert(rules[int(placed[2]) - 1], Entry(f"{placed[1]} {placed[3]}"))
        return
    negated = _NEGATED.match(text)
    if negated:
        _number(below)
        _negate(below, text, negated["what"])
        return
    if opens:
        if not any(_names(text, entry.text) for entry in below):
            below.append(Entry(text))
        return
    text = stored(platform, text, below)
    if text == "negotiation auto":  # VRP takes back what was fixed
        below[:] = [e for e in below if not re.match(r"(?:speed|duplex) ", e.text)]
    if any(entry.text == text for entry in below):
        return
    # An access rule of an ASA that is entered again with its log is the same one.
    same_rule = next((e for e in below if text == f"{e.text} log" and e.text.startswith("access-list ")), None)
    if same_rule:
        same_rule.text = text
        return
    below[:] = [e for e in below if not re.match(rf"(?:undo|no) {re.escape(text)}(?: |$)", e.text)]
    head = _head(text)
    same = [e for e in below if head and _head(_NEGATED.sub(r"\g<what>", e.text)) == head]
    below[:] = [e for e in below if e not in same]
    if re.match(rf"{_NUMBER}(?:permit|deny) ", text) and any(_RULE.match(e.text) for e in below):
        _number(below)
        below.append(Entry(text))
        below.sort(key=_place)
        return
    below.append(Entry(text))


def _place(entry: Entry) -> int:
    """Where a rule stands in its list: by its number; one without is the last."""
    found = re.match(_NUMBER, entry.text)
    return int(found[1]) if found and found[1] else 1 << 32


def _negate(below: Block, text: str, what: str) -> None:
    if role := re.match(r"username (\S+) role (\S+)$", what):
        for entry in below:
            if entry.text.startswith(f"username {role[1]} "):
                entry.text = entry.text.replace(f" role {role[2]}", "")
        return
    gone = [e for e in below if _undoes(what, e.text)]
    below[:] = [e for e in below if e not in gone]
    # A switch that is turned off is shown as that by most systems; a thing that is taken away leaves nothing.
    if not (gone and _THING.match(what)):
        below.append(Entry(text))


def _undoes(what: str, text: str) -> bool:
    if community := re.match(r"snmp-agent community (?!read |write )(\S+)$", what):
        return (
            re.match(rf"snmp-agent community (?:read |write )?(?:cipher |simple )?{re.escape(community[1])}\b", text)
            is not None
        )
    what, text = _plain(what), _plain(text)
    if policy := re.match(r"(traffic-policy|qos apply policy|qos-profile) ((?:in|out)bound)$", what):
        return re.match(rf"{policy[1]} \S+ {policy[2]}$", text) is not None
    return text == what or text.startswith(f"{what} ")


def _number(below: Block) -> None:
    """Rules without a number have those that IOS and RGOS count: 10, 20, 30."""
    rules = [e for e in below if re.match(r"(?:permit|deny) ", e.text)]
    for number, entry in enumerate(rules, 1):
        entry.text = f"{10 * number} {entry.text}"


_SINGLE = re.compile(
    r"protocol inbound|idle-timeout|authentication-mode|transport input|exec-timeout|login(?: local)?$"
    r"|aaa local authentication (?:attempts|lockout-time)|set \w+-usage threshold|cpu-log log-limit|line telnet server "
    r"|local-aaa-user wrong-password|user-password complexity-check|set password min-length|password expire"
    r"|info-center logbuffer size|info-center source \S+ (?:channel )?loghost|info-center timestamp log\w*|logging trap"
    r"|service timestamps log|password-control login-attempt|password-control length|password-control aging"
    r"|ssh server (?:cipher|hmac|key-exchange|version)|ssh2 algorithm \w+|ip ssh server algorithm \w+|ip ssh version"
    r"|snmp-agent sys-info version|username \S+ (?:privilege|password)|local-user \S+ (?:password|privilege)"
    r"|port-security max\S* |ip ssh (?:cipher-mode|hmac-algorithm)|password policy (?:min-size|life-cycle)"
    r"|logging buffered|acl (?:ipv6 )?\d+ inbound|command-privilege level|default action|default-action|action |role "
    r"|(?:ssh|telnet|console|web) timeout|ssh (?:version|cipher \w+|key-exchange group)|password-policy \S+"
    r"|enable password|passwd |line \w+ idle-timeout|logging level|admin (?:min-length|password-expiration|complexity"
    r"|max-login-failure|lockout-duration)|zone |password (?!policy)|userpassphrase \S+|snmp-server community \S+"
    r"|snmp-agent community (?:read|write) \S+|ntp server \S+|ntp-service unicast-server \S+|log syslog|(?:ipv6 )?mtu "
    r"|process cpu threshold|logging server \S+|address |ip address |login block-for|login block "
    r"|aaa authentication login \S+|(?:esp |ah )?(?:authentication|encryption)-algorithm|encr|hash |set proposal"
    r"|crypto ipsec (?:ikev1 )?transform-set \S+|speed |duplex |strong-password "
)


def _head(text: str) -> str | None:
    """The part of a line that a device holds one of."""
    command = re.match(r"privilege (\S+) level \d+ (.+)$", text)
    if command:
        return f"privilege {command[1]} {command[2]}"
    found = _SINGLE.match(text)
    return found.group() if found else None


def stored(platform: str, text: str, below: Block) -> str:
    """How a line is shown that was typed with a password, or in words that the device writes otherwise."""
    if platform in ("cisco_ios", "ruijie_rgos"):
        text = re.sub(r"^encryption ", "encr ", text)
        form = "9 $9$salt$hash" if platform == "cisco_ios" else "5 $1$salt$hash"
        text = re.sub(r"((?:username|enable) .*?)(?:algorithm-type \S+ )?secret [^\d\s]\S*$", rf"\1secret {form}", text)
    elif platform == "cisco_asa":
        text = re.sub(r"^(username \S+ password) \S+(.*)", r"\1 ***** pbkdf2\2", text)
        text = re.sub(r"^(enable password|passwd) \S+$", r"\1 ***** pbkdf2", text)
    elif platform == "cisco_nxos":
        text = _of_nxos(text, below)
    elif platform == "h3c_comware":
        text = re.sub(r"^(super password .*?|password )(?:hash )?simple \S+$", r"\1hash $h$6$salt$hash", text)
    elif platform == "hillstone_stoneos":
        text = re.sub(r"^password (?!irreversible-cipher)\S+$", 'password irreversible-cipher "hash"', text)
    elif platform == "zte_zxros":
        text = re.sub(r"^(username \S+ password) \S+", r"\1 encrypted *11*abc", text)
    return re.sub(r"^(snmp-agent community \w+) cipher ", r"\1 ", text)


def _of_nxos(text: str, below: Block) -> str:
    user = re.match(r"username (\S+) (password|role) (\S+)(?: role (\S+))?$", text)
    if user:
        held = next((e.text for e in below if e.text.startswith(f"username {user[1]} password")), "")
        if user[2] == "role":
            return f"{held} role {user[3]}" if f"role {user[3]}" not in held else held
        roles = f" role {user[4]}" if user[4] else "".join(f" role {r}" for r in re.findall(r" role (\S+)", held))
        return f"username {user[1]} password 5 $5$salt$hash{roles}"
    community = re.match(r"snmp-server community (\S+) (ro|rw)$", text)
    if community:
        role = {"ro": "network-operator", "rw": "network-admin"}[community[2]]
        return f"snmp-server community {community[1]} group {role}"
    return text


def _written(block: Block, depth: int) -> list[str]:
    lines: list[str] = []
    for entry in block:
        lines.append(" " * depth + entry.text)
        lines += _written(entry.below, depth + 1)
        if depth == 0:
            lines.append("#")
    return lines
