"""Platforms: what they may send, the devices in tests/devices, and what hostile answers become."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.base import Answer
from collectors.by_cli import facts_by_cli
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platform, platforms, recognised
from collectors.sessions.answers import Answers
from collectors.sessions.replay import files_of, sessions_from
from collectors.sessions.ssh import RECOGNITION
from inventory.codec import decode_facts
from inventory.errors import Missing, ReadFailed
from inventory.facts import Fact

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DEVICES = sorted((Path(__file__).parents[1] / "devices").glob("*/*/facts.yaml"))
# What a command may begin with: words that only show.
SHOWING = (
    "display", "show", "cat", "ip", "ss", "hostname", "uname", "grep", "chronyc -n tracking", "ntpq -pn",
    "timedatectl show", "systemctl is-active", "systemctl list-units", "systemd-detect-virt", "dpkg-query -W",
    "rpm -qa", "/usr/sbin/sshd -T", "/usr/sbin/nft list", "/usr/sbin/iptables-save", "/usr/sbin/ip6tables-save",
    "/usr/sbin/lldpcli -f json show", "/usr/sbin/tc qdisc show", "/sbin/tc qdisc show", "lscpu", 'vtysh -c "show',
    "/usr/sbin/auditctl -s", "/usr/sbin/auditctl -l", "systemctl show", "stat -c", "ps -eo",
    "lastlog", "lastlog2", "mokutil --sb-state", "apt-get -s",
    # the terminal of this login only
    "screen-length", "terminal length", "terminal width", "terminal pager", "set cli screen-length", "get",
)  # fmt: skip
CHANGING = re.compile(
    r"\b(set|add|del|delete|change|replace|append|flush|undo|no(?!-)|configure|conf|system-view|write|copy|reset|reload"
    r"|reboot|clear|debug|save|rm|mv|tee|kill|restart|stop|start|enable|disable)\b"
)


@cache
def devices() -> dict[str, Mapping[str, Any]]:
    """Expected facts by the device's folder."""
    return {str(path.parent): yaml.safe_load(path.read_text(encoding="utf-8")) for path in DEVICES}


def kinds(chosen: Platform) -> list[type[Fact]]:
    return list(dict.fromkeys(read.fact for read in chosen.all_reads))


@pytest.mark.parametrize("path", DEVICES, ids=lambda p: f"{p.parts[-3]}/{p.parts[-2]}")
def test_device_tells_its_facts(path: Path) -> None:
    written = devices()[str(path.parent)]
    session = sessions_from(files_of(path.parent), None).cli
    assert session is not None
    assert session.platform is not None
    assert session.platform.name == written["platform"] == path.parts[-3]
    expected = decode_facts(written["facts"])
    found = facts_by_cli(session, session.platform, kinds(session.platform), NOW)
    assert {k.__name__: found[k] for k in expected} == {k.__name__: fact for k, fact in expected.items()}
    lines = [fact for fact in found.values() if not isinstance(fact, Missing) and not getattr(fact, "evidence", None)]
    assert lines == [], "a fact without evidence"


@pytest.mark.parametrize("name", ["linux", "frr"])
def test_every_read_is_proven_by_a_device(name: str) -> None:
    """Each fact the platform reads is known of one of its devices at least."""
    chosen = platform(name)
    assert chosen is not None
    own = [facts["facts"] for facts in devices().values() if facts["platform"] in (name, "linux")]
    known = {kind for facts in own for kind, body in facts.items() if "missing" not in body}
    assert {kind.__name__ for kind in kinds(chosen)} - known == set()


def test_no_secret_of_a_capture_gets_out() -> None:
    secrets = ("R9xTn0Qw5sV7uYh3LpKd8cAeGf1iJo2M", "h2Vn5XcR8tYw1ZpQs4uB", "7Jq0ZkPzR1s", "T4rYkE2uWq", "c0unty-Rd",
               "tr4p-Word")  # fmt: skip
    folder = next(Path(name) for name in devices() if name.endswith("centos7"))
    raw = (folder / "session.log").read_text(encoding="utf-8")
    assert [secret for secret in secrets if secret not in raw] == []
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return "0" * 64

    session = sessions_from(files_of(folder), None, keep).cli
    assert session is not None
    assert session.platform is not None
    facts = facts_by_cli(session, session.platform, kinds(session.platform), NOW)
    assert len(kept) > 20
    assert [secret for secret in secrets if secret in "".join(kept) or secret in repr(facts)] == []


# -- what is sent -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(platforms()))
def test_every_command_only_shows(name: str) -> None:
    sent = {command.removeprefix("sudo -n ") for command in platforms()[name].commands} | RECOGNITION
    shows = re.compile("|".join(rf"{re.escape(word)}(?:$|\b)" for word in SHOWING))
    assert {command for command in sent if not shows.match(command)} == set()
    assert {c for c in sent if re.search(r"[;|&<>`$\n\r]|\.\.", c)} == set(), "what a shell would take for more"
    sent -= {platforms()[name].shell.paging_off}
    words = {c: found.group() for c in sent if (found := CHANGING.search(re.sub(r"\S*/\S*", "", c)))}
    assert words == {}


@pytest.mark.parametrize("name", sorted(platforms()))
def test_platform_is_named_after_its_file_and_complete(name: str) -> None:
    chosen = platforms()[name]
    assert chosen.all_reads
    assert re.compile(chosen.shell.prompt)
    for pattern in (*chosen.shell.refusals, *chosen.shell.absences):
        re.compile(pattern)
    if chosen.dialect:
        assert all("secret" in re.compile(p).groupindex for p in chosen.dialect.secrets)
        assert all(weight > 0 for weight in chosen.dialect.signs.values())
    for read in chosen.all_reads:
        optional = getattr(read, "optional", frozenset())
        assert optional <= set(read.commands)
    assert not {read.fact for read in chosen.all_reads} & chosen.lacks


# -- recognition --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('NAME="openEuler"\nID="openEuler"\nVERSION_ID="22.03"\nPRETTY_NAME="openEuler 22.03"\n', "linux"),
        ("PRETTY_NAME=\"UOS Server 20\"\nID=uos\n", "linux"),
        ("Linux web1 5.10.0-60.18.0.50.oe2203.x86_64 #1 SMP Wed Mar 30 03:12:24 UTC 2022 x86_64 GNU/Linux", "linux"),
        ("FRRouting 8.4.4 (core1) on Linux(6.1.0).\nCopyright 1996-2005 Kunihiro Ishiguro, et al.", "frr"),
        ("frr version 9.1\nfrr defaults traditional\nhostname r1\n!\nend", "frr"),
        ("", None),
        ("The quick brown fox\njumps", None),
        ("\x00\x01\x02" * 50, None),
    ],
)  # fmt: skip
def test_text_is_recognised(text: str, name: str | None) -> None:
    assert recognised(text) == name


# -- hostile answers ----------------------------------------------------------------------------------------------


class Soup:
    """A command line that answers every command with the bytes it is given, cleaned and judged as any answer is."""

    def __init__(self, chosen: Platform, answers: Mapping[str, bytes], otherwise: bytes) -> None:
        self._platform = chosen
        self._by_command = answers
        self._otherwise = otherwise
        self._answers = Answers()

    @property
    def platform(self) -> Platform:
        return self._platform

    def ask(self, command: str) -> Answer:
        said = self._by_command.get(command, self._otherwise)
        if self._platform.shell.by_exec:
            return self._answers.of_process(command, said, b"", 0, self._platform)
        return self._answers.on_terminal(command, said, self._platform)

    def close(self) -> None:
        """Nothing is open."""


def all_facts(session: Soup) -> list[Fact | Missing]:
    return list(facts_by_cli(session, session.platform, kinds(session.platform), NOW).values())


@pytest.mark.parametrize("name", sorted(platforms()))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(soup=st.binary(max_size=300))
def test_byte_soup_is_never_an_exception(name: str, soup: bytes) -> None:
    assert all(isinstance(fact, Fact | Missing) for fact in all_facts(Soup(platforms()[name], {}, soup)))


@pytest.mark.parametrize("name", sorted(platforms()))
@pytest.mark.parametrize(
    "soup",
    [
        b"[" * 100_000, b'{"a":' * 20_000, b'[{"ifname":1,"addr_info":3,"flags":{},"linkinfo":[]}]', b"[1,null,[[]]]",
        b'{"lldp":{"interface":[{"e":{"chassis":7,"port":[]}}]},"neighbors":{"x":"y"},"routesTotal":"many"}',
        b"9" * 5000, b"1: x: <> mtu 999999999999999999999999999", b":" * 10_000, b"a:b\n" * 1000, b"\n" * 100_000,
        "﷽‮\u2028".encode() * 100,
        # a pattern that tries one part of a line again from every place of another is busy for minutes with these
        b" " * 100_000 + b"x", b"area " + b"a " * 50_000, b"snmp-server user " + b" priv" * 20_000, b"key " * 25_000,
        b"username a" + b" password" * 10_000, b"set " + b"key ENC " * 10_000, b"{ " * 50_000, b'"' * 50_001,
    ],
    ids=range(19),
)  # fmt: skip
def test_made_up_answers_are_never_an_exception(name: str, soup: bytes) -> None:
    assert all(isinstance(fact, Fact | Missing) for fact in all_facts(Soup(platforms()[name], {}, soup)))


@pytest.mark.parametrize("path", DEVICES, ids=lambda p: f"{p.parts[-3]}/{p.parts[-2]}")
def test_damaged_answers_are_never_an_exception(path: Path) -> None:
    """Real answers cut, doubled, with bytes changed: still facts or reasons."""
    session = sessions_from(files_of(path.parent), None).cli
    assert session is not None
    chosen = session.platform
    assert chosen is not None
    said: dict[str, bytes] = {}
    for command in chosen.commands:
        try:
            said[command] = session.ask(command).text.encode()
        except ReadFailed:
            continue
    dice = random.Random(7)
    for _ in range(40):
        damaged = {command: _damaged(text, dice) for command, text in said.items()}
        assert all(isinstance(fact, Fact | Missing) for fact in all_facts(Soup(chosen, damaged, b"")))


ODD_WORDS = (b"", b"9" * 5000, "²".encode(), "٣".encode(), b"::1/999", b"{", b"}", b'"', b"end", b"\n", b"x" * 500)


def _damaged(text: bytes, dice: random.Random) -> bytes:
    if not text:
        return dice.randbytes(20)
    at = dice.randrange(len(text))
    kind = dice.randrange(5)
    if kind == 0:
        return text[:at]
    if kind == 1:
        return text[at:] + text
    if kind == 2:
        words = text.split(b" ")
        for _ in range(dice.randrange(1, 9)):
            words[dice.randrange(len(words))] = dice.choice(ODD_WORDS)
        return b" ".join(words)
    changed = bytearray(text)
    for _ in range(dice.randrange(1, 9)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def test_systems_with_the_same_command_line_are_read_by_one_file() -> None:
    assert platform("cisco_iosxe") is platforms()["cisco_ios"]
    assert platform("cisco_catos") is None
    others = [name for chosen in platforms().values() for name in chosen.also]
    assert len(others) == len(set(others))
    assert not set(others) & set(platforms())
