"""TextFSM templates: strict in every state, each proven by a capture."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from collectors.base import Answer
from collectors.platforms.catalogue import platform
from collectors.sessions.replay import ReplayCli, files_of, sessions_from
from collectors.templates import FOLDER, rows
from inventory.errors import Gap, ReadFailed

TEMPLATES = sorted(FOLDER.glob("*/*.textfsm"))


def states(text: str) -> dict[str, list[str]]:
    """Rules by state."""
    _, _, body = text.partition("\n\n")
    found: dict[str, list[str]] = {}
    for line in body.splitlines():
        if re.match(r"\w+$", line):
            found[line] = []
        elif line.strip() and not line.startswith("#"):
            list(found.values())[-1].append(line.strip())
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_state_ends_with_an_error(path: Path) -> None:
    found = states(path.read_text(encoding="utf-8"))
    assert "Start" in found
    assert {
        state for state, rules in found.items() if state != "EOF" and (not rules or rules[-1] != "^. -> Error")
    } == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_template_has_a_capture(path: Path, checkout: Path) -> None:
    """Some device's answer to the command that the template is named after gives rows."""
    name = path.parent.name
    chosen = platform(name)
    assert chosen is not None
    commands = [c for c in sorted(chosen.commands) if re.sub(r"\W+", "_", c).strip("_").endswith(path.stem)]
    assert commands, f"no command of {name} is named {path.stem}"
    read = 0
    for device in sorted((checkout / "tests/devices" / name).iterdir()):
        session = sessions_from(files_of(device), chosen).cli
        assert isinstance(session, ReplayCli)
        for command in commands:
            try:
                read += len(rows(name, path.stem, session.ask(command)))
            except ReadFailed:
                continue
    assert read > 0


def test_unknown_line_is_no_lost_row() -> None:
    with pytest.raises(ReadFailed, match="unknown line: tcp what is this") as failed:
        rows("linux", "ss_tulnp", Answer("ss -tulnp", "Netid State Recv-Q\ntcp what is this\n"))
    assert failed.value.gap is Gap.UNPARSED


def test_threads_do_not_share_a_machine() -> None:
    line = "tcp   LISTEN 0      128    {ip}:{port}  0.0.0.0:*\n"
    wrong: list[str] = []

    def parse(ip: str) -> None:
        text = "".join(line.format(ip=ip, port=n) for n in range(1, 120))
        for _ in range(10):
            found = rows("linux", "ss_tulnp", Answer("ss", text))
            if len(found) != 119 or {row["address"] for row in found} != {ip}:
                wrong.append(ip)

    threads = [threading.Thread(target=parse, args=(f"192.0.2.{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
