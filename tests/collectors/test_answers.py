"""What a terminal or a program showed, sorted into an answer and complaints about it."""

from __future__ import annotations

import time

import pytest

from collectors.platforms.catalogue import platform
from collectors.sessions.answers import Answers
from inventory.errors import Gap, ReadFailed

LINUX = platform("linux")
assert LINUX is not None


def test_complaints_among_the_lines_of_a_host_are_left_out() -> None:
    said = b"NAME=x\ncat: /etc/no: No such file or directory\nID=y\n"
    assert Answers().on_terminal("cat", said, LINUX).text == "NAME=x\nID=y\n"


def test_answer_of_complaints_alone_is_none() -> None:
    with pytest.raises(ReadFailed, match="cat: cat: /etc/no: No such file") as failure:
        Answers().on_terminal("cat", b"cat: /etc/no: No such file or directory\n", LINUX)
    assert failure.value.gap is Gap.LACKING


def test_one_refusal_spoils_an_answer() -> None:
    with pytest.raises(ReadFailed, match="Permission denied") as failure:
        Answers().on_terminal("cat", b"NAME=x\ncat: /etc/shadow: Permission denied\n", LINUX)
    assert failure.value.gap is Gap.REFUSED


def test_thousands_of_complaints_are_sorted_out_in_time() -> None:
    lines = [f"cat: /etc/{n}: No such file or directory\nID={n}\n" for n in range(20_000)]
    began = time.process_time()
    answer = Answers().on_terminal("cat", "".join(lines).encode(), LINUX)
    assert time.process_time() - began < 5
    assert answer.text.count("\n") == 20_000
    assert "No such file" not in answer.text


def test_endless_line_that_quotes_a_refusal_is_none() -> None:
    said = "x Permission denied " * 50_000 + "x\n"
    began = time.process_time()
    assert Answers().on_terminal("cat", said.encode(), LINUX).text == said
    assert time.process_time() - began < 5
