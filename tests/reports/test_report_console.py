"""The console summary: plain where nobody watches, coloured and as wide as the window where somebody does."""

from __future__ import annotations

import io

import pytest

from reports.console import write
from reports.model import Result


class Terminal(io.BytesIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_plain_text_in_a_file(result: Result) -> None:
    stream = io.BytesIO()
    write(result, "en", stream)
    text = stream.getvalue().decode()
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("columns", [60, 100, 180])
def test_colour_and_width_of_a_terminal(result: Result, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", str(columns))
    stream = Terminal()
    write(result, "en", stream)
    text = stream.getvalue().decode()
    assert "\x1b[1m" in text
    assert "core-1" in text


def test_no_colour_where_the_reader_wants_none(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Terminal()
    write(result, "zh", stream)
    assert "\x1b[31m" not in stream.getvalue().decode()


def test_it_says_what_is_not_known(result: Result) -> None:
    stream = io.BytesIO()
    write(result, "en", stream)
    text = stream.getvalue().decode()
    for expected in ("4 targets: answered 3, unreachable 1", "unknown: 1 – nothing answered", "not checked 199"):
        assert expected in text
