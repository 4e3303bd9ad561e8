"""How the simulated command lines behave: prompts, refusals, paging, leaving; no network here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from playbooks.demo import comware, linux_host, vrp
from playbooks.demo.model import Device

_PAGE_LINES = 24
_ANSWERS = {"huawei_vrp": vrp.answer, "h3c_comware": comware.answer, "linux": linux_host.answer}
_PAGING_OFF = {"huawei_vrp": "screen-length 0 temporary", "h3c_comware": "screen-length disable"}
_MORE = {"huawei_vrp": "  ---- More ----", "h3c_comware": "---- More ----"}
_ERASE = "\x1b[16D" + " " * 16 + "\x1b[16D"
_LONGEST_LINE = 4096


@dataclass(slots=True)
class Terminal:
    """One login: takes what the other side types, returns what it is shown."""

    device: Device
    started: datetime  # when the device booted
    username: str
    ended: bool = False
    _typed: str = ""
    _waiting: list[str] = field(default_factory=list)  # lines that a page break holds back
    _paged: bool = True
    _last: str = ""

    def greeting(self) -> str:
        """What is shown after the login, the first prompt included."""
        words = {
            "huawei_vrp": "\r\nInfo: The max number of VTY users is 5, and the number\r\n"
            "      of current VTY users on line is 1.\r\n"
            f"      The current login time is {datetime.now(self.started.tzinfo):%Y-%m-%d %H:%M:%S}.\r\n",
            "h3c_comware": "\r\n"
            + "*" * 78
            + "\r\n* A simulated device of the demo county: look, nothing can be changed."
            "        *\r\n" + "*" * 78 + "\r\n\r\n",
            "linux": "Last login: Mon Nov  3 09:12:44 2025 from 10.44.0.40\r\n",
        }
        return words[self.device.platform] + self.prompt()

    def prompt(self) -> str:
        """The prompt of the platform."""
        if self.device.platform == "linux":
            return f"[{self.username}@{self.device.name} ~]$ "
        return f"<{self.device.name}>"

    def typed(self, text: str) -> str:
        """What is shown for these keys, echo included."""
        shown: list[str] = []
        for key in text:
            if self.ended:
                break
            if not (key == "\n" and self._last == "\r"):  # one key sent as two
                shown.append(self._key(key))
            self._last = key
        return "".join(shown)

    def _key(self, key: str) -> str:
        if self._waiting:
            return self._turned(key)
        if key in "\r\n":
            line, self._typed = self._typed, ""
            return "\r\n" + self._line(" ".join(line.split()) if self.device.platform != "linux" else line.strip())
        if key in "\b\x7f":
            self._typed = self._typed[:-1]
            return "\b \b"
        if not key.isprintable() or len(self._typed) >= _LONGEST_LINE:
            return ""
        self._typed += key
        return key

    def _line(self, line: str) -> str:
        if not line:
            return self.prompt()
        if line in ("quit", "exit", "logout"):
            self.ended = True
            return ""
        if line == _PAGING_OFF.get(self.device.platform):
            self._paged = False
            told = "Info: The configuration takes effect on the current user terminal interface only.\r\n"
            return (told if self.device.platform == "huawei_vrp" else "") + self.prompt()
        output = self.output(line)
        lines = output.split("\n")
        if self._paged and self.device.platform in _MORE and len(lines) > _PAGE_LINES:
            return self._page(lines)
        return output.replace("\n", "\r\n") + self.prompt()

    def output(self, line: str) -> str:
        """The answer to one command, or the platform's refusal."""
        answered = _ANSWERS[self.device.platform](self.device, line, self.started)
        return self._refusal(line) if answered is None else answered

    def _refusal(self, line: str) -> str:
        if self.device.platform == "linux":
            return f"-bash: {line.split()[0]}: command not found\n"
        known = len(self.prompt()) + (len("display ") if line.startswith("display ") else 0)
        if self.device.platform == "huawei_vrp":
            return " " * known + "^\nError: Unrecognized command found at '^' position.\n"
        return " " * known + "^\n % Unrecognized command found at '^' position.\n"

    def _page(self, lines: list[str]) -> str:
        shown, self._waiting = lines[:_PAGE_LINES], lines[_PAGE_LINES:]
        text = "\r\n".join(shown) + "\r\n"
        if any(self._waiting):
            return text + _MORE[self.device.platform]
        self._waiting = []
        return text + self.prompt()

    def _turned(self, key: str) -> str:
        held, self._waiting = self._waiting, []
        if key == " ":
            return _ERASE + self._page(held)
        if key in "\r\n":
            self._waiting = held[1:]
            more = _MORE[self.device.platform] if any(self._waiting) else self.prompt()
            self._waiting = self._waiting if any(self._waiting) else []
            return f"{_ERASE}{held[0]}\r\n{more}"
        return _ERASE + self.prompt()


def printable(data: str) -> str:
    """Typed text without terminal replies (escape sequences)."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", data)
