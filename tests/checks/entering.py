"""What a configuration becomes once the commands of a remedy are entered, in whichever dialect it is written."""

from __future__ import annotations

import re
import shlex

from config_merge import SAVES, merged
from fortios_merge import merged_fortios
from set_merge import merged_set

ENDS = {
    "huawei_vrp": "return", "h3c_comware": "return", "ruijie_rgos": "end", "cisco_ios": "end", "cisco_asa": ": end",
    "cisco_nxos": "end", "zte_zxros": "end", "hillstone_stoneos": "\nEnd", "frr": "end",
    "juniper_junos": "set class-of-service forwarding-classes queue 0 best-effort",
}  # fmt: skip


_GLOBAL = "config system global\n    set hostname fgt\nend\n"
_ROUTER = "config router static\n    edit 1\n        set gateway 203.0.113.1\n        set device wan1\n    next\nend\n"
_BETWEEN = {
    "cisco_asa": "\n!\n",
    "cisco_nxos": "\n",
    "zte_zxros": "\n!\n",
    "hillstone_stoneos": "\nexit\n",
    "frr": "\n",
}


STARTUP = "\n--- startup ---\n"  # stands before the configuration that a device starts with, where that is another


def whole(name: str, text: str) -> str:
    """The configuration as the device would end it, with what a whole one never lacks."""
    if name == "fortinet_fortios":
        head = "" if "config system global" in text else _GLOBAL
        text = f"{head}{text.rstrip()}\n{_ROUTER}"
    return f"{text.rstrip()}\n{ENDS[name]}\n" if name in ENDS else f"{text.rstrip()}\n"


def with_commands(name: str, text: str, commands: str) -> str:
    """The configuration with the commands entered; one that is saved is what the device starts with from then on."""
    runs, mark, startup = text.partition(STARTUP)
    after = _entered(name, runs, commands)
    if not any(line.strip() in SAVES for line in commands.splitlines()):
        return after + mark + startup
    changed = re.search(r"^!Last configuration was updated at (.+)$", after, re.MULTILINE)
    if changed:  # VRP writes at the head when it was saved
        after = re.sub(r"(?m)^(!Last configuration was saved at ).+$", rf"\g<1>{changed[1]}", after)
    return after + (mark + after if mark else "")


def _entered(name: str, text: str, commands: str) -> str:
    if name == "juniper_junos":
        return merged_set(text, commands)
    if name == "fortinet_fortios":
        return merged_fortios(text, commands)
    if name == "frr":
        return merged(text, _of_vtysh(commands), name)
    return merged(text, commands, name).replace("\n#\n", _BETWEEN.get(name, "\n#\n"))


def _of_vtysh(commands: str) -> str:
    """``vtysh -c 'interface eth0' -c 'shutdown'`` as the lines that are entered, those behind a block below it."""
    lines: list[str] = []
    for line in commands.splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] != ["vtysh"]:
            continue
        depth = 0
        for text in words[2::2]:
            if text in ("end", "exit"):
                depth = 0
            elif text not in ("configure terminal", "write memory"):
                lines.append(" " * depth + text)
                depth += text.startswith(("interface ", "router ", "line "))
    return "\n".join(lines)
