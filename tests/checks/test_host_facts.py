"""What the collectors read of a host that systemd booted: its own programs, files and kernel, nothing recorded."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TypeVar

import pytest
from remedied import NOW
from sandbox import Sandbox, why_not

from collectors.by_cli import facts_by_cli
from inventory.errors import Gap, Missing
from inventory.facts import (
    Accounts,
    Fact,
    FileModes,
    Filtering,
    Forwarding,
    LastLogins,
    Listeners,
    Logging,
    OperatingSystem,
    PasswordPolicy,
    PatchState,
    Privileges,
    Processes,
    RemoteAccess,
    RunningServices,
    Software,
    SshServer,
    TimeSync,
)

_MADE = """
rm -rf /var/lib/apt/lists/* /etc/ssh/sshd_config.d /etc/rsyslog.d/* /etc/sudoers.d/*
printf 'PermitRootLogin no\\nMaxAuthTries 4\\nUsePAM yes\\n' > /etc/ssh/sshd_config
ssh-keygen -A >/dev/null; systemctl unmask ssh; systemctl enable --now ssh
printf 'module(load="imuxsock")\\n*.* /var/log/syslog\\n*.* @@10.88.0.50:514\\n' > /etc/rsyslog.conf
systemctl enable --now rsyslog
mkdir -p /etc/chrony; echo 'server 10.88.0.123 iburst' > /etc/chrony/chrony.conf; rm -f /usr/bin/chronyc
sed -i 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 90/' /etc/login.defs
useradd -m -s /bin/bash -G sudo lei; usermod -p '$6$a$b' lei
useradd -m -s /bin/bash mei; echo 'mei ALL=(root) /usr/bin/journalctl' > /etc/sudoers.d/mei
printf 'root ALL=(ALL:ALL) ALL\\n%%sudo ALL=(ALL:ALL) ALL\\n@includedir /etc/sudoers.d\\n' > /etc/sudoers
touch /var/log/lastlog; lastlog -S -u lei
nft add table inet filter
nft 'add chain inet filter input { type filter hook input priority 0; policy drop; }'
nft add rule inet filter input iif lo accept
sysctl -wq net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=1
chmod 640 /etc/shadow
"""
F = TypeVar("F", bound=Fact)
_PROGRAMS = ("sshd", "rsyslogd", "nft", "visudo", "lastlog")


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[type[Fact], Fact | Missing]:
    if reason := why_not(booted=True):
        pytest.skip(reason)
    if lacking := [p for p in _PROGRAMS if shutil.which(p) is None and not Path(f"/usr/sbin/{p}").exists()]:
        pytest.skip(f"not installed: {', '.join(lacking)}")
    with Sandbox(tmp_path_factory.mktemp("host"), booted=True) as host:
        made = host.run(_MADE)
        assert made.returncode == 0, made
        host.look()
        return facts_by_cli(host, host.platform, list(dict.fromkeys(r.fact for r in host.platform.all_reads)), NOW)


def told(facts: dict[type[Fact], Fact | Missing], kind: type[F]) -> F:
    fact = facts[kind]
    assert isinstance(fact, kind), fact
    return fact


def test_what_a_program_or_file_told_was_understood(facts: dict[type[Fact], Fact | Missing]) -> None:
    unparsed = {kind: fact for kind, fact in facts.items() if isinstance(fact, Missing) and fact.gap is Gap.UNPARSED}
    assert unparsed == {}


def test_logins_and_who_may_what(facts: dict[type[Fact], Fact | Missing]) -> None:
    sshd, rights = told(facts, SshServer), told(facts, Privileges)
    assert (sshd.permit_root_login, sshd.max_auth_tries, sshd.permit_empty_passwords) == ("no", 4, False)
    assert {p.name: p.rank for p in rights.administrators if p.name in ("lei", "mei")} == {
        "lei": "top",
        "mei": "operator",
    }
    accounts = {account.name: account for account in told(facts, Accounts).items}
    assert (accounts["lei"].storage, accounts["lei"].locked) == ("strong", False)
    assert accounts["mei"].locked
    assert told(facts, PasswordPolicy).max_age_days == 90
    used = {each.name: each.on for each in told(facts, LastLogins).items}
    assert used["lei"] is not None
    assert used["mei"] is None


def test_what_runs_and_listens(facts: dict[type[Fact], Fact | Missing]) -> None:
    assert {"ssh", "rsyslog"} <= set(told(facts, RunningServices).items)
    assert {"sshd", "rsyslogd"} <= {process.name for process in told(facts, Processes).items}
    heard = {(each.protocol, each.port, each.process) for each in told(facts, Listeners).items}
    assert ("tcp", 22, "sshd") in heard
    assert told(facts, RemoteAccess).telnet is False


def test_logs_clock_filter_and_kernel(facts: dict[type[Fact], Fact | Missing]) -> None:
    logging, clock = told(facts, Logging), told(facts, TimeSync)
    assert (logging.enabled, logging.hosts) == (True, ("10.88.0.50",))
    assert clock.servers == ("10.88.0.123",)
    assert told(facts, Filtering).default_deny_ipv4 is True
    forwarding = told(facts, Forwarding)
    assert (forwarding.ipv4, forwarding.ipv6) == (False, True)


def test_system_packages_and_files(facts: dict[type[Fact], Fact | Missing]) -> None:
    system, patches = told(facts, OperatingSystem), told(facts, PatchState)
    assert system.distribution in ("debian", "ubuntu")
    assert patches.changed is not None
    assert patches.pending == ()  # as of lists that were never fetched
    assert "openssh-server" in {name for name, _ in told(facts, Software).items}
    modes = {each.path: each.mode for each in told(facts, FileModes).items}
    assert modes["/etc/shadow"] == 0o640
