"""Remedies of hosts, run by a shell on a host: real files, sshd, usermod, nft and routes; and FRR's read by vtysh.

What ``systemctl`` would restart is not running there: the files that a program is started with are what is read.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from entering import with_commands
from remedied import NOW, entered
from sandbox import Sandbox, why_not

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_device
from checks.model import Finding, Outcome, placeholders
from checks.policies import policies_from
from collectors.by_cli import facts_by_cli
from inventory.snapshot import DeviceRecord, Snapshot, State

_CHAIN = """nft -f - <<'END'
table inet filter {{
  chain input {{
    type filter hook input priority 0; policy {policy};
    {rules}
  }}
}}
END"""
_SSHD = (
    "mkdir -p /run/sshd; ssh-keygen -A >/dev/null; printf '{}' > /etc/ssh/sshd_config; rm -rf /etc/ssh/sshd_config.d"
)
_SNMPD = "mkdir -p /etc/snmp; printf '{}' > /etc/snmp/snmpd.conf; /usr/sbin/snmpd -Lf /dev/null udp:161"
_RSYSLOG = "mkdir -p /etc/rsyslog.d; printf '{}' > /etc/rsyslog.conf; rm -f /etc/rsyslog.d/*"
_CHRONY = "mkdir -p /etc/chrony; printf '{}' > /etc/chrony/chrony.conf"
_AUDIT = "mkdir -p /etc/audit/rules.d; printf %b '{}' > /etc/audit/rules.d/audit.rules"
_LINK = "ip link add lan0 type veth peer name lan1; ip link set lan0 up; ip link set lan1 up; "
_PAM = (
    "printf 'auth required pam_faillock.so preauth\\nauth [success=1 default=ignore] pam_unix.so\\n"
    "auth [default=die] pam_faillock.so authfail\\nauth requisite pam_deny.so\\n' > /etc/pam.d/common-auth"
)


def chain(*rules: str, policy: str = "drop") -> str:
    """The commands that fill an input chain."""
    return _CHAIN.format(policy=policy, rules="\n    ".join(rules))


# How each gap comes to be; what a person types where the remedy asks for it.
GAPS = {
    "access.idle-timeout": _SSHD.format("ClientAliveInterval 0\\n") + "; rm -f /etc/profile.d/tmout.sh",
    "access.vty-acl": _SSHD.format("Port 22\\n"),
    "accounts.lockout": _PAM + "; echo 'deny = 50' > /etc/security/faillock.conf",
    "accounts.no-default-names": "useradd -m -s /bin/bash guest; echo guest:x | chpasswd -e",
    "accounts.password-age": "sed -i 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 99999/' /etc/login.defs",
    "accounts.password-quality": "printf 'minlen = 6\\nminclass = 1\\n' > /etc/security/pwquality.conf;"
    "echo 'password requisite pam_pwquality.so retry=3' > /etc/pam.d/common-password",
    "accounts.passwords-strong-hash": "useradd -m -s /bin/bash wei; usermod -p '$1$ab$Vb6tDPGOtuU3GIRTTE1Zb1' wei",
    "audit_log.declared-collector": _RSYSLOG.format("*.* @@10.1.1.1:514\\n"),
    "audit_log.remote-host": _RSYSLOG.format("*.* /var/log/syslog\\n"),
    "audit_log.retention": _RSYSLOG.format("*.* /var/log/syslog\\n")
    + "; printf '/var/log/syslog\\n{\\n    rotate 4\\n    weekly\\n}\\n' > /etc/logrotate.d/rsyslog",
    "audit_trail.commands-recorded": _AUDIT.format("-b 8192\\n"),
    "audit_trail.logins-recorded": _AUDIT.format("-b 8192\\n"),
    "audit_trail.not-stoppable": _AUDIT.format("-w /etc/passwd -p wa\\n"),
    "filtering.default-deny": chain("tcp dport 22 accept", "accept"),
    "filtering.five-tuple": chain("ip saddr 10.9.0.0/16 accept", "tcp dport { 22, 443 } accept"),
    "filtering.no-any-any": chain("tcp dport { 22, 443 } accept", "accept"),
    "filtering.no-dead-rules": chain("tcp dport 22 accept", "tcp dport { 22, 443 } accept", "tcp dport 443 accept",
                                     "ip saddr 10.9.0.0/16 tcp dport 22 accept", "tcp dport 80 accept"),
    "filtering.no-shadowed-rules": chain("tcp dport { 22, 443 } accept", "tcp dport 22 drop", "tcp dport 80 accept",
                                         "tcp dport 443 drop"),
    "filtering.stateful": chain("tcp dport 22 accept", "tcp sport 80 accept"),
    "host.few-login-tries": _SSHD.format("MaxAuthTries 20\\n"),
    "host.no-empty-passwords": _SSHD.format("PermitEmptyPasswords yes\\n"),
    "host.no-root-login": _SSHD.format("PermitRootLogin yes\\n"),
    "host.packet-filter-default-deny": chain("tcp dport 22 accept", policy="accept"),
    "ipv6.addresses-clean": _LINK + "ip -6 address add 2001:db8::1/64 dev lan0 nodad",
    "host.files-guarded": "chmod 666 /etc/shadow /etc/passwd",
    "ipv6.forwarding-on": _LINK + "ip -6 address add 240e:1::1/64 dev lan0 nodad;"
    "ip -6 address add 240e:2::1/64 dev lan1 nodad; sysctl -wq net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=0",
    "ipv6.host-default-route": _LINK + "ip -6 address add 240e:1::1/64 dev lan1 nodad",
    "ipv6.icmpv6-passes": _LINK + "ip -6 address add 240e:1::1/64 dev lan0 nodad;" + chain("tcp dport 22 accept"),
    "ipv6.usable-address": _LINK + "ip address add 10.1.0.1/24 dev lan0",
    "management.own-zone": _SSHD.format("Port 22\\n"),
    "management.not-published": _SSHD.format("ListenAddress 203.0.113.9\\nListenAddress 127.0.0.1\\n"),
    "management.ssh-algorithms-strong": _SSHD.format("Ciphers aes128-cbc,aes256-ctr\\nMACs hmac-md5\\n"),
    "ports.contract-not-throttled": _LINK + "ip link set lan0 alias 'uplink contracted=200M';"
    "tc qdisc add dev lan0 root tbf rate 50mbit burst 32k latency 50ms",
    "ports.one-default-route": _LINK + "ip address add 10.1.0.1/24 dev lan0; ip address add 10.2.0.1/24 dev lan1;"
    "sysctl -wq net.ipv4.ip_forward=1; ip route add default via 10.1.0.2 dev lan0;"
    "ip route add default via 10.2.0.2 dev lan1 metric 50",
    "privileges.no-shared-names": "useradd -m -s /bin/bash -G sudo guest; usermod -p '$6$a$b' guest",
    "privileges.two-factors": _SSHD.format("PasswordAuthentication yes\\nPubkeyAuthentication yes\\n"),
    "snmp.community-acl": _SNMPD.format("rocommunity county\\nrocommunity6 county\\n"),
    "snmp.no-default-community": _SNMPD.format("rocommunity public 10.88.0.40\\nrwcommunity private\\n"),
    "snmp.read-only": _SNMPD.format("rwcommunity county 10.88.0.40\\nrocommunity other 10.88.0.40\\n"),
    "snmp.v3-auth-priv": _SNMPD.format("rouser nms auth\\n"),
    "snmp.v3-only": _SNMPD.format("rocommunity county 10.88.0.40\\nrouser nms priv\\n"),
    "time_sync.authenticated": _CHRONY.format("server 10.88.0.123 iburst\\nmakestep 1 3\\n"),
    "time_sync.servers-set": _CHRONY.format("makestep 1 3\\n"),
}  # fmt: skip
TYPED = {"accounts.passwords-strong-hash": "Level3-county!\nLevel3-county!\n"}
PUT = {
    "<management-address>": "10.88.0.9",
    "<interface>": "lan1",
    "<length>": "24",
    "<key>": "HEX:00112233445566778899",
}
POLICIES = {"logs": {"collectors": ["10.88.0.50"]}}
# The lines above say these of their own: without it a host shows nothing of the gap.
NEEDS = {
    "filtering": "nft",
    "host.packet": "nft",
    "access": "sshd",
    "host": "sshd",
    "privileges.two": "sshd",
    "snmp": "snmpd",
}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Sandbox]:
    """A host of its own for each gap."""
    if reason := why_not():
        pytest.skip(reason)
    with Sandbox(tmp_path) as sandbox:
        yield sandbox


def judged(host: Sandbox, check_id: str) -> list[Finding]:
    kinds = list(catalogue()[check_id].facts)
    facts = facts_by_cli(host, host.platform, kinds, NOW)
    snapshot = Snapshot(DeviceRecord("h1", "10.0.0.1", State.ANSWERED, NOW, "linux"), facts)
    terms = Terms((catalogue()[check_id],), date(2026, 1, 1), policies=policies_from(POLICIES))
    return list(evaluate_device(snapshot, terms))


@pytest.mark.parametrize("check_id", list(GAPS))
def test_the_remedy_mends_the_host(host: Sandbox, check_id: str) -> None:
    program = next((program for prefix, program in NEEDS.items() if check_id.startswith(prefix)), "sh")
    if shutil.which(program) is None and not Path(f"/usr/sbin/{program}").exists():
        pytest.skip(f"no {program}")
    made = host.run(GAPS[check_id])
    failed = [f for f in judged(host, check_id) if f.outcome is Outcome.FAIL]
    assert failed, (made, judged(host, check_id))
    for finding in failed:
        done = host.run(entered(finding.commands, "linux"), TYPED.get(check_id, ""))
        assert b"syntax error" not in done.stderr.lower(), done
    after = judged(host, check_id)
    assert [f for f in after if f.outcome is Outcome.FAIL] == [], (done, after)
    assert any(f.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE) for f in after), (done, after)


FRR = [
    (check.id, check.remedy.commands[name])
    for check in catalogue().values()
    for name in check.remedy.commands
    if name == "frr" and "configure terminal" in check.remedy.commands[name]
]


@pytest.mark.parametrize(("check_id", "commands"), FRR, ids=[check_id for check_id, _ in FRR])
def test_frr_understands_its_remedies(check_id: str, commands: str, tmp_path: Path) -> None:
    """vtysh reads the remedied configuration with each daemon's grammar and applies nothing (vtysh(1), -C)."""
    if shutil.which("vtysh") is None:
        pytest.skip("no vtysh")
    values = {name: "eth0" if name in ("place", "interface") else "1" for name in placeholders(commands)}
    text = with_commands("frr", "hostname r1\ninterface eth0\n", entered(commands.format(**values)))
    (tmp_path / "frr.conf").write_text(text, encoding="utf-8")
    told = subprocess.run(
        ["vtysh", "-C", "-f", str(tmp_path / "frr.conf")], capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode == 0, (text, told)
    (tmp_path / "frr.conf").write_text(f"{text}no such command\n", encoding="utf-8")
    refused = subprocess.run(["vtysh", "-C", "-f", str(tmp_path / "frr.conf")], capture_output=True, check=False)
    assert refused.returncode != 0, "it takes anything"


def test_accounts_still_find_their_names(host: Sandbox) -> None:
    """Guarding files takes nothing from those that everybody has to read."""
    host.run("chmod 666 /etc/shadow /etc/passwd")
    for finding in judged(host, "host.files-guarded"):
        host.run(finding.commands)
    assert host.run("stat -c %a /etc/passwd /etc/shadow").stdout.split() == [b"644", b"640"]


def test_nothing_of_it_reaches_this_machine(host: Sandbox) -> None:
    before = Path("/etc/login.defs").read_bytes()
    host.run("echo gone > /etc/login.defs; nft add table inet thrown_away")
    assert Path("/etc/login.defs").read_bytes() == before
    shown = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=False)
    assert "thrown_away" not in shown.stdout
