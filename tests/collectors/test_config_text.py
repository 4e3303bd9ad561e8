"""Bytes from a device to text that may be kept, and to trees."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.config_text import cleaned, config_from, decoded, end_of, masked
from collectors.platforms.base import Dialect
from inventory.config import Config, ConfigLine
from inventory.errors import Gap, ReadFailed
from inventory.facts import Accounts, Fact, Interfaces, RemoteAccess

DIALECT = Dialect(("show",), ("!",), r"end$", (r"^ *password (?:cipher )?(?P<secret>\S+)",))


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        ("描述 机房".encode(), "描述 机房"),
        ("描述 机房".encode("gb18030"), "描述 机房"),
        ("a 机\n".encode() + "b 机\n".encode("gb18030") + b"c\n", "a 机\nb 机\nc\n"),
        (b"\xff\xfe\xfa", "ÿþú"),
        (b"", ""),
    ],
)
def test_each_line_is_decoded_as_it_was_typed(octets: bytes, text: str) -> None:
    assert decoded(octets) == text


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("a\r\nb\r\n", "a\nb\n"),
        ("a\r\r\nb", "a\nb"),
        ("x\n  ---- More ----\x1b[16D                \x1b[16D rule 5\n", "x\n rule 5\n"),
        ("x\n  ---- More ----[16D                [16D rule 5\n", "x\n rule 5\n"),  # a log that lost its escapes
        ("x\n---- More ----\ny\n", "x\ny\n"),
        ("x\n--More--\r        \r third\n", "x\n third\n"),
        ("x\n --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b third\n", "x\n third\n"),
        ("\x1b[1;32mgreen\x1b[0m\x1b[K\n", "green\n"),
        ("\x1b]0;title\x07text", "text"),
        ("dispaly\b\b\b\b\b\b\bdisplay version", "display version"),
        ("a\x00b\x07c\x85d\u2028e", "abc d e"),
        ("tab\tstays  \n", "tab\tstays\n"),
        (" description more of it\n", " description more of it\n"),
        ("\x1b[99999999999D\x1b[99999999999Cx", None),
        (f"\x1b[{'9' * 5000}Cx", None),
    ],
)
def test_text_is_what_the_terminal_showed(sent: str, seen: str | None) -> None:
    shown = cleaned(sent)
    assert shown == seen if seen is not None else len(shown) < 5000


@given(st.binary(max_size=400))
def test_any_bytes_become_printable_text(octets: bytes) -> None:
    text = cleaned(decoded(octets))
    assert all(c in "\n\t" or c.isprintable() for c in text)
    assert cleaned(text).count("\n") <= text.count("\n")


def test_hostile_text_takes_no_time() -> None:
    began = time.process_time()
    cleaned(("\x1b[9999C" * 20 + "x" * 50 + "\x1b[9999D") * 500 + "\n" * 100_000 + "-" * 100_000)
    cleaned("x" * 500_000 + "\x1b[1K" * 5000)
    masked(" " * 200_000 + "\n" * 200_000 + "password " * 50_000, DIALECT.secrets)
    assert time.process_time() - began < 5


def test_secrets_go_and_their_form_stays() -> None:
    assert masked("user a\n password cipher S3cret\nx", DIALECT.secrets) == "user a\n password cipher ***\nx"
    assert masked("user a\n password word1 tail\n", DIALECT.secrets) == "user a\n password *** tail\n"


def test_words_of_the_login_go_wherever_they_stand() -> None:
    assert masked("key Sup3rWord!x", (), ["Sup3rWord!"]) == "key ***x"
    assert masked("community public", (), ["public"]) == "community public"  # no secret: it is the finding
    assert masked("admin", (), ["admin"]) == "admin"  # too short to tell from ordinary words


def test_private_keys_go() -> None:
    head = "-----BEGIN OPENSSH PRIVATE " + "KEY-----"
    text = f"a\n{head}\nb64b64\n-----END OPENSSH PRIVATE " + "KEY-----\nz"
    assert "b64b64" not in masked(text, ())
    assert masked(f"{head}\nb64b64", ()) == f"{head}***"  # cut before its end


def test_tree_knows_its_lines() -> None:
    text = "! comment\nhostname r1\ninterface eth0\n ip address 192.0.2.1/24\n shutdown\n!\nend\n"
    config = config_from(text, DIALECT, "show", sha256="f" * 64)
    port = config.line(r"interface eth0")
    assert port is not None
    assert (port.number, [c.text for c in port.children]) == (3, ["ip address 192.0.2.1/24", "shutdown"])
    evidence = config.evidence(port.child("shutdown"))
    assert (evidence.lines, evidence.excerpt, evidence.sha256) == ((5,), "shutdown", "f" * 64)


@pytest.mark.parametrize("text", ["", "\n\n", "hostname r1\ninterface eth0\n ip addr", "end of nothing\nx"])
def test_cut_or_empty_configuration_is_none(text: str) -> None:
    with pytest.raises(ReadFailed) as failed:
        config_from(text, DIALECT, "show")
    assert failed.value.gap is Gap.UNPARSED


@pytest.mark.parametrize(
    "behind",
    [
        "",
        "\n!\n\n",
        "r1#",
        "<r1>quit",
        "[r1]return",
        "r1(config)#exit\nr1#write\nBuilding configuration...\n[OK]",
        "save\nAre you sure to continue?[Y/N]y",
        "<r1>\nNov 12 2020 10:11:12 r1 %%01IFNET/4/LINK_STATE(l)[0]:The line went up.",
        "*Mar  1 00:01:02.003: %SYS-5-CONFIG_I: Configured from console",
        "2021-03-04 10:11:12 logged out",
        "That is all I could find on it.",
        "-----------------",
    ],
)
def test_an_end_is_one_whatever_else_was_kept_behind_it(behind: str) -> None:
    text = f"hostname r1\nend\n{behind}"
    assert end_of(text, DIALECT) == 2
    config = config_from(text, DIALECT, "show")
    assert config.settled is None
    assert [line.text for line in config.lines] == ["hostname r1", "end"]


@pytest.mark.parametrize(
    "behind",
    ["interface eth0", "!<ssh>", "port 1", "[r1]interface eth0", "r1(config)#ntp server 192.0.2.1", "ntp server x"],
)
def test_what_configures_stands_behind_no_end(behind: str) -> None:
    assert end_of(f"hostname r1\nend\n{behind}\n", ORDERED) is None


def test_dialect_without_an_end_takes_any_text() -> None:
    dialect = Dialect((), (), "", ())
    assert config_from("x", dialect, "show").settled is None
    with pytest.raises(ReadFailed):
        config_from(" \n", dialect, "show")


ORDERED = Dialect(
    ("show",),
    ("!",),
    r"end$",
    (),
    quoted=r"banner (?P<mark>\S)",
    orders=(
        {"user": (), "port": (Accounts,), "vty": (Interfaces, RemoteAccess)},
        {"clock": (), "port": (), "vty": (Accounts, Interfaces, RemoteAccess)},
    ),
    proofs={"boss|user": (Accounts,)},
)


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("user a\n", set()),
        ("user a\nport 1\n", set()),
        ("user a\nport 1\nport 2\n!\n", set()),
        ("user a\nport 1\nvty\n", {Accounts}),
        ("user a\nport 1\nvty\n!\n", {Accounts, Interfaces, RemoteAccess}),
        ("user a\nport 1\nvty\nbeep\n", {Accounts, Interfaces, RemoteAccess}),
        ("user a\nport 1\nvty\nbeep", {Accounts}),  # half a line
        ("user a\nport 1\nvty\n\n", {Accounts}),  # a blank line ends no block
        ("port 1\nvty\n", set()),
        ("clock\nport 1\nvty\n!\n", {Interfaces, RemoteAccess}),  # the users may come last
        ("boss\nclock\nport 1\nvty\n!\n", {Accounts, Interfaces, RemoteAccess}),
        ("clock\nuser a\nport 1\nvty\n!\n", {Accounts, Interfaces, RemoteAccess}),
        ("vty\n!\n", set()),  # begins like neither
        ("user a\nvty\nport 1\n!\n", set()),  # no order of a device
        ("user a\nport 1\nbanner #\nvty\n!\n", set()),  # all behind it may be the banner
        ("beep\n", set()),
        ("beep", set()),
    ],
)
def test_a_text_that_may_be_cut_settles_what_it_has_passed(text: str, settled: set[type[Fact]]) -> None:
    assert config_from(text, ORDERED, "show").settled == settled
    assert config_from(f"{text}\nend\n", ORDERED, "show").settled is None


def test_half_a_line_is_no_statement() -> None:
    assert [line.text for line in config_from("user a\nport 1\nuser publ", ORDERED, "show").lines] == [
        "user a",
        "port 1",
    ]
    assert config_from("user a", ORDERED, "show").lines == ()


def test_a_line_that_tells_twice_is_shown_once() -> None:
    first, second = ConfigLine(3, "snmp-agent"), ConfigLine(7, "snmp-agent trap enable")
    shown = Config((first, second), "display current-configuration").evidence(second, first, None, first)
    assert (shown.lines, shown.excerpt) == ((3, 7), "snmp-agent\nsnmp-agent trap enable")
