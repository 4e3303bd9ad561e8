"""Linux: files as distributions, hardening guides and people write them."""

from __future__ import annotations

import pytest

from collectors.base import Answer
from collectors.platforms.dialects.linux import accounts, hardening, services, sshd
from collectors.platforms.dialects.linux.filter import limits_ssh, nft_chains
from inventory.errors import Gap, Missing
from inventory.facts import AuditTrail, Privileges, RemoteAccess, SnmpAgent, TimeSync

NONE = Missing(Gap.LACKING, "no such file")
UNREAD = Missing(Gap.UNREAD, "not among the captures")


@pytest.mark.parametrize(
    ("line", "hosts"),
    [
        ("*.* @@(o)192.0.2.1:6514;RSYSLOG_SyslogProtocol23Format", ["192.0.2.1"]),
        (':programname, isequal, "sshd" @192.0.2.1\n& @@log.example.org:514', ["192.0.2.1", "log.example.org"]),
        ("if $syslogfacility-text == 'authpriv' then @@192.0.2.1:514", ["192.0.2.1"]),
        ("*.* :omrelp:192.0.2.1:2514", ["192.0.2.1"]),
        ("local7.*\t@[2001:db8::1]:514", ["2001:db8::1"]),
        ('*.info;mail.none  action(type="omfwd"\n  Target="192.0.2.1" port="514")', ["192.0.2.1"]),
        ("# *.* @192.0.2.1\n*.* -/var/log/all\nmail.* root@example.org\n:omusrmsg:*", []),
    ],
)
def test_where_rsyslog_sends(line: str, hosts: list[str]) -> None:
    assert list(services.rsyslog_hosts(line)) == hosts


def test_what_is_no_time_server() -> None:
    text = (
        "! server 192.0.2.8\n% server 192.0.2.9\nserver 127.127.1.0\nfudge 127.127.1.0 stratum 10\nserver 192.0.2.1\n"
    )
    told = services.time_sync(NONE, Answer(services.NTP, text), NONE, NONE, NONE, NONE)
    assert isinstance(told, TimeSync)
    assert told.servers == ("192.0.2.1",)


def test_users_of_snmpd_by_group() -> None:
    text = 'group g usm u\naccess g "" usm priv exact all none none\nrouser v authpriv\n'
    told = services.snmp_agent(Answer(services.SNMPD, text), NONE, NONE)
    assert isinstance(told, SnmpAgent)
    assert {(user.name, user.level) for user in told.users} == {("g", "authPriv"), ("v", "authPriv")}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("HISTSIZE=1000; TMOUT=600; export TMOUT\n", 600),
        ("declare -xr TMOUT=900\n", 900),
        ("if [ $UID -ge 1000 ]; then TMOUT=300; fi\n", 300),
        ('export HISTSIZE=1 TMOUT="300"\n', 300),
        ('# TMOUT=600\necho "set TMOUT=600; TMOUT=7"\nMYTMOUT=5\n', 0),
    ],
)
def test_when_shells_end(text: str, seconds: int) -> None:
    written = Answer(sshd.WRITTEN, "PermitRootLogin no\n")
    profiles = Answer(sshd.PROFILES, text)
    told = sshd.remote_access(NONE, written, NONE, UNREAD, profiles, UNREAD, UNREAD, UNREAD, UNREAD)
    assert isinstance(told, RemoteAccess)
    assert told.lines[0].idle_timeout_s == seconds


def test_rules_of_passwords_with_comments_behind_them() -> None:
    pam = Answer(accounts.PAM, "auth required pam_faillock.so \\\n preauth\npassword requisite pam_pwquality.so\n")
    quality = Answer(accounts.QUALITY, "minlen = 12 # characters\nminclass = 3# kinds\n")
    faillock = Answer(accounts.FAILLOCK, "deny = 5 # tries\nunlock_time = 900\n")
    told = accounts.password_policy(NONE, quality, faillock, NONE, pam)
    assert (told.min_length, told.min_classes, told.lockout_attempts, told.lockout_s) == (12, 3, 5, 900)


SUDOERS = """
User_Alias OPS = lei, mei : WEB = zhao
Cmnd_Alias ANY = ALL
Cmnd_Alias LOOK = /usr/bin/journalctl, \\
    /usr/bin/tail
OPS ALL=(ALL) \\
    NOPASSWD: ANY
WEB  ALL = (root)   NOPASSWD: LOOK
an, bo ALL=(ALL:ALL) /usr/bin/id, ALL
#1007 ALL=(ALL) ALL
# cy ALL=(ALL) ALL
"""


def test_how_far_sudo_raises() -> None:
    told = hardening.privileges(UNREAD, UNREAD, UNREAD, Answer(hardening.SUDOERS, SUDOERS), NONE, NONE, NONE, NONE)
    assert isinstance(told, Privileges)
    ranks = {person.name: person.rank for person in told.administrators}
    assert ranks == {"lei": "top", "mei": "top", "zhao": "operator", "an": "top", "bo": "top", "uid#1007": "top"}
    assert all(person.evidence.lines for person in told.administrators)


@pytest.mark.parametrize(
    ("loaded", "logins", "commands"),
    [
        ("-a always,exit -S all -F path=/var/log/lastlog -F perm=wa -F key=logins\n", True, False),
        ("-w /run/faillock -p wa -k logins\n-a always,exit -F arch=b64 -S execve -F key=c\n", True, True),
        ("-a never,task\n-w /var/log/lastlog -p wa\n-a always,exit -F arch=b64 -S execve\n", False, False),
    ],
)
def test_what_is_recorded(loaded: str, logins: bool, commands: bool) -> None:
    told = hardening.audit_trail(NONE, Answer(hardening.AUDIT_LOADED, loaded), NONE, NONE, NONE)
    assert isinstance(told, AuditTrail)
    assert (told.logins, told.commands) == (logins, commands)


ZONES = """table inet firewalld {
\tchain filter_INPUT {
\t\ttype filter hook input priority filter + 10; policy accept;
\t\tjump filter_INPUT_ZONES
\t\treject with icmpx admin-prohibited
\t}
\tchain filter_INPUT_ZONES {
\t\tip saddr 192.0.2.0/28 goto filter_IN_mgmt
\t\tgoto filter_IN_public
\t}
\tchain filter_IN_mgmt {
\t\tjump filter_IN_mgmt_allow
\t}
\tchain filter_IN_mgmt_allow {
\t\ttcp dport 22 accept
\t}
\tchain filter_IN_public {
\t\tjump filter_IN_public_allow
\t}
\tchain filter_IN_public_allow {
\t\ttcp dport PORT accept
\t}
}
"""


@pytest.mark.parametrize(("port", "limited"), [("443", True), ("22", False)])
def test_zones_of_some_sources_limit_logins(port: str, limited: bool) -> None:
    assert limits_ssh(list(nft_chains(ZONES.replace("PORT", port)))) is limited
