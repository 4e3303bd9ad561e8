"""Host keys: recorded at first use, a change refused before any secret leaves."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from collectors.budget import FailureBudget
from collectors.hostkeys import HostKey, KnownHosts
from collectors.platforms.catalogue import platform
from collectors.sessions.ssh import open_cli
from inventory.errors import HostKeyChanged, InputError


def test_first_use_is_recorded_in_the_form_openssh_reads(
    sshd, budget: FailureBudget, known_hosts: KnownHosts, tmp_path: Path
) -> None:
    open_cli("127.0.0.1", sshd.port, sshd.login(), platform("linux"), budget=budget, known_hosts=known_hosts).close()
    kind, blob = sshd.host_key.with_suffix(".pub").read_text().split()[:2]
    assert (tmp_path / "known_hosts").read_text() == f"[127.0.0.1]:{sshd.port} {kind} {blob}\n"
    open_cli("127.0.0.1", sshd.port, sshd.login(), platform("linux"), budget=budget, known_hosts=known_hosts).close()
    assert len((tmp_path / "known_hosts").read_text().splitlines()) == 1


def test_changed_key_is_refused_before_the_password_is_sent(
    sshd, budget: FailureBudget, known_hosts: KnownHosts, tmp_path: Path
) -> None:
    other = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes(32)).decode()
    (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{sshd.port} ssh-ed25519 {other}\n")
    with pytest.raises(HostKeyChanged, match="recorded is SHA256:"):
        open_cli("127.0.0.1", sshd.port, sshd.wrong_login(), None, budget=budget, known_hosts=known_hosts)
    assert sshd.failures() == 0
    assert budget.standings() == ()


def test_key_of_another_address_does_not_count(known_hosts: KnownHosts) -> None:
    first, second = HostKey("ssh-ed25519", b"one"), HostKey("ssh-ed25519", b"two")
    assert known_hosts.admit("192.0.2.1", 22, first)
    assert known_hosts.admit("192.0.2.2", 22, second)
    assert known_hosts.admit("192.0.2.1", 2222, second)
    assert not known_hosts.admit("192.0.2.1", 22, first)
    assert known_hosts.kinds("192.0.2.1", 22) == ("ssh-ed25519",)


def test_revoked_key_is_refused(known_hosts: KnownHosts, tmp_path: Path) -> None:
    key = HostKey("ssh-ed25519", b"one")
    blob = base64.b64encode(key.blob).decode()
    (tmp_path / "known_hosts").write_text(f"@revoked 192.0.2.1 ssh-ed25519 {blob}\n")
    with pytest.raises(HostKeyChanged, match="revoked"):
        known_hosts.admit("192.0.2.1", 22, key)


def test_torn_and_foreign_lines_are_survived(known_hosts: KnownHosts, tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_bytes(
        b"# comment\n\xff\xfe garbage\nonly two\n192.0.2.9 ssh-rsa !!!\n192.0.2.8 ssh"
    )
    assert known_hosts.admit("192.0.2.1", 22, HostKey("ssh-ed25519", b"one"))
    assert (tmp_path / "known_hosts").read_bytes().endswith(b"\n192.0.2.1 ssh-ed25519 b25l\n")


def test_file_that_cannot_be_written_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="known-hosts"):
        KnownHosts(tmp_path / "file" / "known_hosts").admit("192.0.2.1", 22, HostKey("ssh-ed25519", b"one"))
