"""Logins: where their parts come from, what is malformed, and that no secret is ever seen."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import stat
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.credentials import AUTH_PROTOCOLS, FIELDS, PRIV_PROTOCOLS, Login, Logins, Secret, SnmpV3, Vault, variable
from inventory.errors import InputError

WORD = "hunter2-hunter2"
PARTS = {
    "USERNAME": "audit01",
    "PASSWORD": WORD,
    "ENABLE": f"enable-{WORD}",
    "COMMUNITY": f"community-{WORD}",
    "SNMPV3_USER": "auditor",
    "SNMPV3_AUTH": f"SHA-256:auth-{WORD}",
    "SNMPV3_PRIV": f"aes128:priv-{WORD}",
}


def environment(name: str, parts: dict[str, str] = PARTS) -> dict[str, str]:
    return {variable(name, part): value for part, value in parts.items()}


def whole() -> Login:
    return Logins(environment("core-sw")).login("core-sw")


def test_login_of_the_environment_has_all_its_parts() -> None:
    login = whole()
    assert (login.name, login.username) == ("core-sw", "audit01")
    assert login.snmpv3 is not None
    assert (login.snmpv3.user, login.snmpv3.auth_protocol, login.snmpv3.priv_protocol) == (
        "auditor", "sha256", "aes128",
    )  # fmt: skip
    assert login.secrets() == (
        WORD, f"enable-{WORD}", f"community-{WORD}", f"auth-{WORD}", f"priv-{WORD}",
    )  # fmt: skip
    assert login.for_ssh
    assert login.for_snmp


def test_variables_are_named_after_the_login() -> None:
    assert variable("core-sw", "PASSWORD") == "HECHA_LOGIN_CORE_SW_PASSWORD"
    assert {variable("a", part) for part in FIELDS} >= set(environment("a"))


def test_process_environment_is_read_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HECHA_LOGIN_FIELD_COMMUNITY", WORD)
    login = Logins().login("field")
    assert login.community == Secret(WORD)
    assert not login.for_ssh


@pytest.mark.parametrize(
    ("parts", "ssh", "snmp"),
    [
        ({"USERNAME": "a", "PASSWORD": "b"}, True, False),
        ({"USERNAME": "a"}, False, False),
        ({"PASSWORD": "b"}, False, False),
        ({"COMMUNITY": "c"}, False, True),
        ({"SNMPV3_USER": "d"}, False, True),
    ],
)
def test_what_a_login_can_be_used_for(parts: dict[str, str], ssh: bool, snmp: bool) -> None:
    login = Logins(environment("x", parts)).login("x")
    assert (login.for_ssh, login.for_snmp) == (ssh, snmp)


def test_key_file_opens_ssh_and_must_exist(tmp_path: Path) -> None:
    key = tmp_path / "id"
    key.write_text("key")
    parts = {"USERNAME": "a", "SSH_KEY": str(key)}
    assert Logins(environment("x", parts)).login("x").for_ssh
    key.unlink()
    with pytest.raises(InputError, match="does not exist") as refusal:
        Logins(environment("x", parts)).login("x")
    assert refusal.value.where == "HECHA_LOGIN_X_SSH_KEY"


@pytest.mark.parametrize("given", [{}, {"HECHA_LOGIN_OTHER_PASSWORD": WORD}, {"HECHA_LOGIN_X_PASSWORD": ""}])
def test_login_nobody_supplies_is_refused_with_how_to_supply_it(given: dict[str, str]) -> None:
    with pytest.raises(InputError, match="HECHA_LOGIN_X_USERNAME") as refusal:
        Logins(given).login("x")
    assert refusal.value.exit_code == 2
    assert "hecha login add x" in refusal.value.text.zh


@pytest.mark.parametrize("protocol", AUTH_PROTOCOLS)
@pytest.mark.parametrize("written", [str.upper, str.lower, lambda p: f"{p[:3]}-{p[3:]}" if len(p) > 3 else p])
def test_protocols_are_taken_as_people_write_them(protocol: str, written: object) -> None:
    assert callable(written)
    parts = {"SNMPV3_USER": "a", "SNMPV3_AUTH": f"{written(protocol)}:{WORD}"}
    login = Logins(environment("x", parts)).login("x")
    assert login.snmpv3 == SnmpV3("a", protocol, Secret(WORD))


@pytest.mark.parametrize("protocol", PRIV_PROTOCOLS)
def test_privacy_protocols(protocol: str) -> None:
    parts = {"SNMPV3_USER": "a", "SNMPV3_AUTH": f"sha:{WORD}", "SNMPV3_PRIV": f"{protocol}:a:colon:{WORD}"}
    login = Logins(environment("x", parts)).login("x")
    assert login.snmpv3 is not None
    assert login.snmpv3.priv == Secret(f"a:colon:{WORD}")  # a secret may hold colons


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("SNMPV3_AUTH", WORD),  # no protocol
        ("SNMPV3_AUTH", f"rot13:{WORD}"),
        ("SNMPV3_AUTH", f":{WORD}"),
        ("SNMPV3_AUTH", "sha256:short"),  # eight characters at least (RFC 3414 11.2)
        ("SNMPV3_AUTH", f"aes128:{WORD}"),
        ("SNMPV3_PRIV", f"sha256:{WORD}"),
        ("SNMPV3_PRIV", f"aes:{WORD}"),
    ],
)
def test_malformed_part_is_refused_by_name_and_never_repeated(part: str, value: str) -> None:
    parts = {"SNMPV3_USER": "a", "SNMPV3_AUTH": f"sha:{WORD}", part: value}
    with pytest.raises(InputError) as refusal:
        Logins(environment("x", parts)).login("x")
    assert refusal.value.where == variable("x", part)
    shown = "".join(traceback.format_exception(refusal.value)) + refusal.value.text.zh + repr(refusal.value)
    assert WORD not in shown
    assert "short" not in shown


def test_privacy_without_authentication_is_refused() -> None:
    parts = {"SNMPV3_USER": "a", "SNMPV3_PRIV": f"aes128:{WORD}"}
    with pytest.raises(InputError, match="needs authentication"):
        Logins(environment("x", parts)).login("x")


# -- nothing shows a secret -----------------------------------------------------------------------------------------


def test_secrets_are_shown_by_nothing(caplog: pytest.LogCaptureFixture) -> None:
    login = whole()
    seen = [repr(login), str(login), f"{login}", f"{login.password}", f"{login.password!r:>40}", str(login.snmpv3)]
    seen += ["%s" % login.password, "{}".format(login.snmpv3)]  # noqa: UP031, UP032 - what other code may do
    logging.getLogger("x").warning("%s %r", login, login.secrets and login.password)
    seen.append(caplog.text)
    assert not [text for text in seen if WORD in text]
    assert "Secret(***)" in repr(login)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_secrets_are_written_nowhere(protocol: int) -> None:
    login = whole()
    for held in (login.password, login, login.snmpv3, [login.community]):
        with pytest.raises(TypeError, match="not written"):
            pickle.dumps(held, protocol)
    with pytest.raises(TypeError):
        copy.deepcopy(login)
    with pytest.raises(TypeError):
        dataclasses.asdict(login)
    with pytest.raises(TypeError):
        json.dumps(login.password)


def test_secret_has_no_dictionary_that_a_traceback_could_list() -> None:
    assert not hasattr(Secret(WORD), "__dict__")
    with pytest.raises(TypeError):
        vars(Secret(WORD))


@given(st.text(), st.text())
def test_secrets_compare_by_their_words(one: str, other: str) -> None:
    assert (Secret(one) == Secret(other)) == (one == other)
    assert Secret(one) != one
    assert hash(Secret(one)) == hash(Secret(one))


# -- the encrypted file ---------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "logins.vault"


def vault(path: Path, passphrase: str = "a long passphrase") -> Vault:
    return Vault(path, Secret(passphrase))


def test_vault_gives_back_what_was_put_in(path: Path) -> None:
    assert vault(path).names() == []
    vault(path).put("field", {"COMMUNITY": WORD})
    vault(path).put("核心", {"USERNAME": "审计", "PASSWORD": WORD})
    assert vault(path).names() == ["field", "核心"]
    login = Logins({}, vault(path)).login("核心")
    assert (login.username, login.password) == ("审计", Secret(WORD))
    vault(path).remove("field")
    assert vault(path).names() == ["核心"]
    with pytest.raises(InputError):
        Logins({}, vault(path)).login("field")


def test_environment_wins_over_the_vault_part_by_part(path: Path) -> None:
    vault(path).put("x", {"USERNAME": "old", "PASSWORD": WORD})
    login = Logins({"HECHA_LOGIN_X_USERNAME": "new"}, vault(path)).login("x")
    assert (login.username, login.password) == ("new", Secret(WORD))


def test_vault_file_shows_nothing_and_is_the_owners_alone(path: Path) -> None:
    leftover = path.with_suffix(".new")
    leftover.write_text("half written, readable by all")
    leftover.chmod(0o644)
    vault(path).put("field-login", {"COMMUNITY": WORD})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not leftover.exists()
    content = path.read_text()
    assert WORD not in content
    assert "field-login" not in content
    before = json.loads(content)["salt"]
    vault(path).put("field-login", {"COMMUNITY": WORD})
    assert json.loads(path.read_text())["salt"] != before


def test_wrong_passphrase_opens_nothing_and_destroys_nothing(path: Path) -> None:
    vault(path).put("x", {"PASSWORD": WORD})
    before = path.read_bytes()
    for attempt in (lambda v: v.names(), lambda v: v.put("y", {"PASSWORD": "z"}), lambda v: v.remove("x")):
        with pytest.raises(InputError, match="wrong passphrase"):
            attempt(vault(path, "another passphrase"))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b'{"salt": 1, "box": 2}', b'{"salt": "!", "box": "?"}', b'{"salt": "AAAA", "box": 5}', b"\xff"],
)
def test_damaged_vault_is_refused_with_its_path(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        vault(path).names()
    assert refusal.value.where == str(path)


def test_vault_that_cannot_be_written_is_told(path: Path) -> None:
    path.with_suffix(".new").mkdir()
    with pytest.raises(InputError) as refusal:
        vault(path).put("x", {"PASSWORD": WORD})
    assert refusal.value.where == str(path)


def test_changed_vault_is_refused(path: Path) -> None:
    """The box is authenticated: one character changed and nothing of it is believed."""
    vault(path).put("x", {"PASSWORD": WORD})
    envelope = json.loads(path.read_text())
    box = envelope["box"]
    envelope["box"] = box[:40] + ("A" if box[40] != "A" else "B") + box[41:]
    path.write_text(json.dumps(envelope))
    with pytest.raises(InputError):
        vault(path).names()
