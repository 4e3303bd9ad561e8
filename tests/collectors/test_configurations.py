"""Bare configurations: whole ones tell their facts, cut ones tell why not, and nothing is made up of a missing line."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from collectors.offline import snapshots_from
from collectors.platforms.catalogue import other_than, platform, platforms, recognised
from inventory.codec import decode_fact, encode_fact
from inventory.errors import Gap, Missing
from inventory.facts import Fact, Identity, Routes, RoutingProtocols, SnmpAgent
from inventory.snapshot import Snapshot, SoFar

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DEVICES = Path(__file__).parents[1] / "devices"
FILES = sorted(p for p in DEVICES.glob("*/*/*") if p.suffix in {".cfg", ".conf"})
# Their whole text has no last line that says so: a file cut between two statements looks like a shorter one.
OPEN_ENDED = frozenset({"linux", "frr", "juniper_junos", "cisco_nxos"})
# NX-OS writes its routing last, with no line behind it.
BEHIND_ALL = {Routes, RoutingProtocols}


def corpus_files() -> list[Path]:
    folder = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "configs" / "raw"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def read(path: Path, name: str | None = None) -> Snapshot | Missing:
    chosen = platform(name) if name else None
    return next(told for _, told in snapshots_from([path], NOW, platform=chosen))


def facts(told: Snapshot | Missing) -> Mapping[type[Fact], Fact | Missing]:
    assert isinstance(told, Snapshot), told
    return told.facts


def known(told: Snapshot | Missing) -> set[type[Fact]]:
    return {kind for kind, fact in facts(told).items() if not isinstance(fact, Missing)}


# -- recognition ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parts[-3]}/{p.name}")
def test_configuration_tells_its_platform(path: Path) -> None:
    told = read(path)
    assert isinstance(told, Snapshot)
    assert told.record.platform == path.parts[-3]
    assert len(known(told)) >= 3


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parts[-3]}/{p.name}")
def test_a_text_of_another_platform_is_refused(path: Path) -> None:
    own = platform(path.parts[-3])
    text = path.read_text(encoding="utf-8")
    assert own is not None
    assert other_than(text, own) is None
    for name, other in platforms().items():
        told = read(path, name)
        if name == own.name or own.commands <= other.commands or other.commands <= own.commands:
            continue
        if other_than(text, other) is not None:
            assert isinstance(told, Missing)
            assert (told.gap, own.name in told.why) == (Gap.UNPARSED, True)


# -- damaged files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*FILES, *corpus_files()], ids=lambda p: p.name)
def test_no_missing_line_of_a_cut_configuration_becomes_a_fact(
    path: Path, tmp_path: Path, config_facts: ModuleType
) -> None:
    """Cut behind any line or within one: facts of the whole text, or reasons. No text whatever is an exception."""
    octets = path.read_bytes()
    whole, entirely = read(path), config_facts.facts_of(path)
    name = whole.record.platform if isinstance(whole, Snapshot) else None
    is_open = name in {"linux", "frr"} or (name == "juniper_junos" and b"{" not in octets)
    ends = [match.end() for match in re.finditer(rb"\n", octets)]
    chance = random.Random(path.name)
    for count in {*ends[:: max(1, len(ends) // 60)], *ends[-3:-1], *(chance.randrange(len(octets)) for _ in range(40))}:
        cut = tmp_path / "cut.cfg"
        cut.write_bytes(octets[:count])
        told = read(cut, name)
        if is_open or isinstance(told, Missing) or re.search(rb"!</[\w-]+>\s*(?:![^\n]*)?\Z", octets[:count]):
            continue  # nothing is recognised, or it ends as a whole one may: of sshd, FRR, Junos in set form, ZXROS 5
        for kind in known(told) - {Identity} - (BEHIND_ALL if name == "cisco_nxos" else set()):
            assert told.facts[kind] == facts(whole)[kind], (count, kind)
        standing = config_facts.standing(told.facts)
        assert {fact: entirely[fact] for fact in standing} == standing, count
        identity, entire = told.facts[Identity], facts(whole)[Identity]
        if isinstance(identity, Identity) and isinstance(entire, Identity):
            assert identity.hostname in {None, entire.hostname}
            assert identity.release in {None, entire.release}


def test_what_stands_in_a_cut_configuration_is_shown_so_far(tmp_path: Path) -> None:
    path = tmp_path / "cut.cfg"
    path.write_text(
        "#\nsysname GATE\n#\naaa\n local-user a password cipher x\n#\nsnmp-agent community read public\nsnmp"
    )
    told = read(path, "huawei_vrp")
    agent = facts(told)[SnmpAgent]
    assert isinstance(agent, SoFar)
    assert agent.gap is Gap.UNPARSED
    assert isinstance(agent.seen, SnmpAgent)
    assert [community.default for community in agent.seen.communities] == [True]
    assert facts(told)[Identity].hostname == "GATE"  # type: ignore[union-attr]
    plain = encode_fact(agent)
    assert decode_fact("SnmpAgent", plain) == Missing(agent.gap, agent.why)  # none of it is kept for all


@pytest.mark.parametrize(
    "text", ["", "\n\n\n", " ", "\x00" * 500, "Nothing of a network.\n", "\xff\xfe\xfa"], ids=range(6)
)
@pytest.mark.parametrize("name", [None, *sorted(platforms())])
def test_a_file_without_a_configuration_tells_why(text: str, name: str | None, tmp_path: Path) -> None:
    path = tmp_path / "odd.cfg"
    path.write_bytes(text.encode("latin-1"))
    told = read(path, name)
    if isinstance(told, Missing):
        assert told.why.startswith(str(path))
        return
    open_ended = name in OPEN_ENDED and text.strip("\n\x00 ")  # any text is one there
    assert open_ended or known(told) == set()
    assert all(fact.why for fact in facts(told).values() if isinstance(fact, Missing))


def test_encodings_may_be_mixed_and_paging_left_over(tmp_path: Path) -> None:
    lines = (DEVICES / "huawei_vrp" / "access-switch" / "acc-sw1.cfg").read_text(encoding="utf-8").splitlines()
    port = lines.index("interface GigabitEthernet0/0/1")
    said = [line.encode() for line in lines]
    said[port + 1 : port + 1] = [" description 政务外网".encode("gb18030"), b"  ---- More ----"]
    said[5:5] = [b"  ---- More ----\x1b[42D                                          \x1b[42D" + said[5]]
    said += [b"<ACC-SW1>"]
    path = tmp_path / "gbk.cfg"
    path.write_bytes(b"\r\n".join(said) + b"\r\n")
    (tmp_path / "utf8.cfg").write_bytes(b"\r\n".join(line.encode() for line in lines))
    changed, whole = facts(read(path)), facts(read(tmp_path / "utf8.cfg"))
    differing = {kind.__name__ for kind, fact in whole.items() if changed[kind] != fact}
    assert differing == {"Interfaces", "PortGuards"}
    assert "政务外网" in repr(changed)


def paged(text: str) -> bytes:
    """As a terminal logs it: paged every twenty lines, coloured, with carriage returns."""
    lines = text.rstrip("\n").split("\n")
    for number in range(20, len(lines), 20):
        lines[number] = f"  ---- More ----\x1b[16D                \x1b[16D{lines[number]}"
    lines[0] = f"\x1b[0m\x1b[32m{lines[0]}\x1b[0m"
    return "\r\n".join(lines).encode() + b"\r\n"


WAYS: dict[str, Callable[[str], bytes]] = {
    "marked": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "Windows": lambda text: text.replace("\n", "\r\n").encode(),
    "paged": paged,
    "trailing blanks": lambda text: text.replace("\n", "   \n").encode(),
    "logged": lambda text: f"Connected to 192.0.2.1.\n\n{text}".encode(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parts[-3]}/{p.name}")
def test_however_a_text_was_kept_it_tells_the_same(path: Path, way: str, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    kept = tmp_path / path.name
    kept.write_bytes(WAYS[way](text))
    whole, told = read(path), read(kept)
    assert isinstance(told, Snapshot)
    assert isinstance(whole, Snapshot)
    assert told.record.platform == path.parts[-3]
    differing = {kind.__name__ for kind, fact in whole.facts.items() if told.facts[kind] != fact}
    assert differing <= {"Configuration"}


def test_a_file_that_is_too_large_tells_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.cfg"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    told = read(path)
    assert isinstance(told, Missing)
    assert "50000000" in told.why


def test_no_secret_of_a_configuration_is_kept() -> None:
    secrets = {
        "huawei_vrp": ("J}x1&K", "kL9{fV|T5~x>oN2", "Q9f{gV|R5", "T6i{jV", "me7V#n5$p", "$1c$abc$defg"),
        "h3c_comware": ("abcdefghijk=", "zyxwvut=", "Op@2020", "aabbccdd==", "abc$def"),
        "cisco_ios": ("$9$abcdefg", "0822455D0A16", "abcd$efgh", "n0c"),
        "ruijie_rgos": ("0822455d0a16", "wxyz$abcd"),
        "zte_zxros": ("Wx9kLp2m", "Hf7dKs3aQz", "kQ2xWm8ZrT5vJp1LsYc7Dg", "county-Ro", "Pq8rTv3xZs", "8Gh3jKlQ",
                      "EnvYlmNAbXJq", "ew9AdE", "iLYIHc2IUKZ3BZjL", "Jh6gFd4sAp", "Lk8jHg5fDs", "Yt7uIo9pAs"),
        "hillstone_stoneos": ("b7ZqLm0sKdYv3TgXeR", "h4NwPc8uSaJt6VfDyB", "xk3LwQ0aYf8TzR5uCj", "pOtMWq9hJ3mQvK2xGd",
                              "qW8eRt5yUi2o", "vN6mBx1zLk9p", "aZ4sXd7cFv1gBh", "kJ5hGf3dSa", "pO8iUy6tRe"),
        "frr": ("kL2xWm8ZrT5vJ", "zebra"),
    }  # fmt: skip
    for path in FILES:
        kept: list[str] = []

        def keep(text: str, kept: list[str] = kept) -> str:
            kept.append(text)
            return "0" * 64

        told = [snapshot for _, snapshot in snapshots_from([path], NOW, keep)]
        words = secrets.get(path.parts[-3], ())
        assert [word for word in words if word in "".join(kept) or word in repr(told)] == [], path


# -- labels -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("huawei_vrp/access-switch/acc-sw1.cfg", {
            "telnet_enabled": True, "vty_telnet_permitted": True, "ssh_v1_allowed": True, "password_storage": "cipher",
            "vty_acl_present": True, "idle_timeout_minutes": 5, "login_lockout": True, "ntp_auth": True,
            "syslog_hosts": ["10.10.0.5", "10.10.0.6"], "https_only": False, "acl_count": 3, "snmpv3_priv": True,
            "ipv6_enabled_globally": False, "snmp_default_community": None, "banner_present": True}),
        ("huawei_vrp/usg/usg6530.cfg", {
            "telnet_enabled": False, "vty_telnet_permitted": None, "http_enabled": True, "https_enabled": True,
            "snmp_default_community": True, "ipv6_interfaces": 2, "ipv6_enabled_globally": True,
            "ipv6_routing_protocols": ["ospfv3"], "default_route": True, "idle_timeout_minutes": "unset",
            "password_storage": "cipher", "login_lockout": False}),
        ("huawei_vrp/cloudengine/dc-ce6856.cfg", {
            "telnet_enabled": False, "vty_telnet_permitted": False, "idle_timeout_minutes": 0,
            "ntp_servers": ["10.1.1.2"], "snmp_community_present": False, "snmpv3_priv": True,
            "password_storage": "strong",
            "ipv6_enabled_globally": None, "ipv6_routing_protocols": ["bgp", "isis"], "default_route": True}),
        ("h3c_comware/comware5/h3c-5120.cfg", {
            "telnet_enabled": True, "vty_telnet_permitted": True, "ssh_v1_allowed": True, "https_only": True,
            "password_storage": "plaintext", "login_lockout": True, "ipv6_enabled_globally": True, "acl_count": 2,
            "snmp_default_community": True, "ipv6_routing_protocols": ["ripng"], "banner_present": True}),
        ("h3c_comware/comware7/msr36.cfg", {
            "telnet_enabled": False, "ssh_v1_allowed": False, "vty_acl_present": True, "idle_timeout_minutes": 6.5,
            "password_storage": "strong", "login_lockout": False, "ntp_auth": True, "acl_count": 3,
            "ntp_servers": ["192.0.2.8", "2001:db8::8"], "http_enabled": True, "default_route": True}),
        ("cisco_ios/distribution/dist-1.cfg", {
            "vty_telnet_permitted": False, "ssh_enabled": True, "ssh_v1_allowed": False, "password_storage": "type7",
            "idle_timeout_minutes": 10.5, "https_only": True, "ntp_servers": ["10.0.0.8", "10.0.0.9"],
            "ipv6_interfaces": 2, "acl_count": 5, "login_lockout": False, "banner_present": True}),
        ("ruijie_rgos/access/s5750-acc.cfg", {
            "telnet_enabled": False, "ssh_enabled": True, "https_only": True, "password_storage": "type7",
            "login_lockout": True, "idle_timeout_minutes": 15, "acl_count": 3, "ipv6_interfaces": 1,
            "snmp_default_community": True}),
        ("zte_zxros/8905/core.cfg", {
            "telnet_enabled": None, "ssh_v1_allowed": False, "password_storage": "plaintext", "vty_acl_present": True,
            "idle_timeout_minutes": 30, "acl_count": 4, "ipv6_routing_protocols": ["ospfv3"], "banner_present": True}),
        ("zte_zxros/5960/agg.cfg", {
            "telnet_enabled": False, "vty_telnet_permitted": False, "password_storage": "cipher", "login_lockout": True,
            "ntp_auth": True, "syslog_hosts": ["10.3.0.50", "10.3.0.51"], "default_route": True, "acl_count": 2,
            "ipv6_routing_protocols": ["bgp", "isis"]}),
        ("hillstone_stoneos/sg6000/fw-gov.cfg", {
            "telnet_enabled": False, "ssh_enabled": True, "https_only": True, "vty_acl_present": True,
            "idle_timeout_minutes": 5, "login_lockout": True, "password_storage": "cipher", "ntp_auth": True,
            "banner_present": True, "ipv6_interfaces": 2, "default_route": True, "acl_count": 0,
            "snmp_default_community": True, "snmpv3_priv": True}),
        ("frr/file/frr.conf", {
            "password_storage": "plaintext", "vty_acl_present": True, "idle_timeout_minutes": 5, "banner_present": True,
            "ipv6_enabled_globally": False, "ipv6_routing_protocols": ["bgp", "ospfv3"], "acl_count": 2}),
        ("linux/sshd-file/hardened.conf", {
            "ssh_enabled": True, "vty_acl_present": True, "permit_root_login": "no", "password_authentication": "no",
            "max_auth_tries": 3, "banner_present": True, "idle_timeout_minutes": 5}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_facts_by_the_names_of_the_corpus(file: str, wanted: dict[str, Any], config_facts: ModuleType) -> None:
    found = config_facts.facts_of(DEVICES / file)
    assert {name: found[name] for name in wanted} == wanted


def test_every_label_of_the_corpus_is_told(corpus: Path, config_facts: ModuleType) -> None:
    tools = corpus.parent / "tools"
    if not (corpus / "configs" / "labels.yaml").is_file() or not tools.is_dir():
        pytest.skip("this corpus has no labelled configurations")
    told = {path.stem: config_facts.facts_of(path) for path in corpus_files()}
    said, score = config_facts.scored(tools, corpus / "configs", told, wrong=True)
    total = score["all"]
    right = total.get("written_right", 0) + total.get("default_right", 0)
    assert right == total["written"] + total["default"], said


def test_texts_of_no_platform_are_not_recognised() -> None:
    for text in ("Host *\n  PasswordAuthentication no\n", "[interface]\nname=eth0\n", "end\n", "return\n"):
        assert recognised(text) is None
