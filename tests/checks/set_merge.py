"""What the commands of a remedy make of a Junos configuration in set form."""

from __future__ import annotations

import re

# Statements that hold one value: the next one that is set takes the place of the last.
_SINGLE = re.compile(
    r"(?P<head>.* (?:(?:minimum|maximum)-\S+|idle-timeout|protocol-version|tries-before-disconnect|lockout-period|class"
    r"|authorization|encrypted-password|mode|host-name|mtu|interface-mode|stratum)) \S+$"
)


def merged_set(config: str, commands: str) -> str:
    """The configuration with the commands entered."""
    lines = [line.strip() for line in config.splitlines() if line.strip()]
    for command in (line.strip() for line in commands.splitlines()):
        command = re.sub(r"^(set interfaces [a-z]+-\S+)\.(\d+) ", r"\1 unit \2 ", command)
        order, _, rest = command.partition(" ")
        if command.startswith("#") or command.endswith(" reboot"):  # the latter is of operational mode
            continue
        if order == "set":
            typed = re.match(r"(set .* authentication) plain-text-password$", command)
            if typed:  # asks for it, and shows a hash
                lines = [line for line in lines if not line.startswith(f"{typed[1]} ")]
                command = f'{typed[1]} encrypted-password "$6$salt$hash"'
            single = _SINGLE.match(command)
            head = single["head"] if single else None
            lines = [
                line for line in lines if line != command and not (head and re.match(rf"{re.escape(head)} \S+$", line))
            ]
            lines.append(command)
        elif order == "delete":
            lines = [line for line in lines if line != f"set {rest}" and not line.startswith(f"set {rest} ")]
        elif order == "insert":
            lines = _inserted(lines, *rest.split(" before policy "))
        elif order not in ("configure", "commit", "run", "show", ""):
            raise ValueError(f"no order of Junos: {command}")
    return "\n".join(lines) + "\n"


def _inserted(lines: list[str], moved: str, before: str) -> list[str]:
    """With a policy moved before another of the same zones."""
    head = moved.rpartition(" policy ")[0]
    own = [line for line in lines if line.startswith(f"set {moved} ")]
    rest = [line for line in lines if line not in own]
    at = next(n for n, line in enumerate(rest) if line.startswith(f"set {head} policy {before} "))
    return [*rest[:at], *own, *rest[at:]]
