"""What the commands of a remedy make of a configuration: a small pure merge of lines, as a device would do it."""

from __future__ import annotations

import re

_MODES = frozenset({"system-view", "configure terminal", "end", "commit and-quit", "configure"})
_LEAVES = frozenset({"quit", "exit", "exit-address-family"})
Block = list["Entry"]


class Entry:
    """One line and what stands below it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.below: Block = []


def merged(config: str, commands: str) -> str:
    """The configuration with the commands entered; what one negates goes, what one sets replaces its like."""
    roots = _tree(config)
    entered = _entered(commands)
    blocks = {(*path,) for path, _ in entered}
    for path, text in entered:
        _enter(_at(roots, path), text, opens=(*path, text) in blocks)
    return "\n".join(_written(roots, 0)) + "\n"


def _tree(text: str) -> Block:
    roots: Block = []
    stack: list[tuple[int, Block]] = [(-1, roots)]
    for line in text.splitlines():
        if not line.strip() or line.strip() in ("#", "!"):
            continue
        indent = len(line) - len(line.lstrip())
        while stack[-1][0] >= indent:
            stack.pop()
        entry = Entry(line.strip())
        stack[-1][1].append(entry)
        stack.append((indent, entry.below))
    return roots


def _entered(commands: str) -> list[tuple[list[str], str]]:
    """Each command with the texts of the blocks it is entered in, by how far it is indented."""
    found: list[tuple[list[str], str]] = []
    stack: list[tuple[int, str]] = []
    for line in commands.splitlines():
        text = line.strip()
        if text in _MODES or text in _LEAVES or text.startswith(("display ", "show ", "#")) or not text:
            continue
        indent = len(line) - len(line.lstrip())
        while stack and stack[-1][0] >= indent:
            stack.pop()
        found.append(([each for _, each in stack], text))
        stack.append((indent, text))
    return found


def _at(roots: Block, path: list[str]) -> Block:
    below = roots
    for text in path:
        below = next(entry for entry in below if entry.text == text).below
    return below


def _enter(below: Block, text: str, *, opens: bool) -> None:
    negated = re.match(r"(?:undo|no) (.+)", text)
    if negated:
        wanted = negated.group(1)
        below[:] = [e for e in below if not _undoes(wanted, e.text)]
        below.append(Entry(text))
        return
    if any(entry.text == text for entry in below):
        return
    below[:] = [e for e in below if not re.match(rf"(?:undo|no) {re.escape(text)}(?: |$)", e.text)]
    if not opens:
        head = _head(text)
        same = [e for e in below if head and _head(e.text.removeprefix("undo ").removeprefix("no ")) == head]
        below[:] = [e for e in below if e not in same]
    below.append(Entry(text))


def _undoes(wanted: str, text: str) -> bool:
    return text == wanted or text.startswith(f"{wanted} ")


_SINGLE = (
    r"protocol inbound|idle-timeout|authentication-mode|transport input|exec-timeout|login(?: local)?$"
    r"|local-aaa-user wrong-password|user-password complexity-check|set password min-length|password expire"
    r"|info-center logbuffer size|info-center source \S+ (?:channel )?loghost|info-center timestamp log\w*|logging trap"
    r"|service timestamps log|password-control login-attempt|password-control length|password-control aging"
    r"|ssh server (?:cipher|hmac|key-exchange)|ssh2 algorithm \w+|ip ssh server algorithm \w+|ip ssh version"
    r"|snmp-agent sys-info version|username \S+ privilege|local-user \S+ (?:password|privilege)|port-security max\S* "
    r"|ip ssh (?:cipher-mode|hmac-algorithm)|password policy (?:min-size|life-cycle)"
    r"|logging buffered|acl (?:ipv6 )?\d+ inbound|command-privilege level"
)


def _head(text: str) -> str | None:
    """The part of a line that a device holds one of."""
    found = re.match(_SINGLE, text)
    return found.group() if found else None


def _written(block: Block, depth: int) -> list[str]:
    lines: list[str] = []
    for entry in block:
        lines.append(" " * depth + entry.text)
        lines += _written(entry.below, depth + 1)
        if depth == 0:
            lines.append("#")
    return lines
