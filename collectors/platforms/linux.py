"""Linux hosts: Debian, Ubuntu, CentOS and RHEL, openEuler, Kylin, UOS, Anolis.

Read over exec channels with LC_ALL=C. What only root may read is tried again by ``sudo -n``, which never asks; give
the audit account those commands in sudoers, or what they tell stays Missing.
"""

from __future__ import annotations

from collectors.platforms.base import Dialect, Platform, Shell
from collectors.platforms.dialects.linux import accounts as linux_accounts
from collectors.platforms.dialects.linux import filter as linux_filter
from collectors.platforms.dialects.linux import flows as linux_flows
from collectors.platforms.dialects.linux import hardening as linux_hardening
from collectors.platforms.dialects.linux import ipv6 as linux_ipv6
from collectors.platforms.dialects.linux import network as linux_network
from collectors.platforms.dialects.linux import protection as linux_protection
from collectors.platforms.dialects.linux import qos as linux_qos
from collectors.platforms.dialects.linux import services as linux_services
from collectors.platforms.dialects.linux import sshd as linux_sshd
from collectors.platforms.dialects.linux import system as linux_system
from inventory.facts import ConfigBackup, FirstHopSecurity, PortGuards, ZonePolicy

_PARTS = (
    linux_system,
    linux_network,
    linux_accounts,
    linux_filter,
    linux_sshd,
    linux_services,
    linux_qos,
    linux_flows,
    linux_ipv6,
    linux_hardening,
    linux_protection,
)

SHELL = Shell(
    device_type="linux",
    prompt=r"\S.{0,120}[$#%]|[$#%]",
    # Complaints as the programs write them, whatever ran them.
    refusals=(
        r".*: Permission denied$",
        r".*\b(Operation|operation) not permitted",
        r"sudo: ",
        r".*\bmust be (run as )?root\b",
        r".*\byou need to be root\b",
        r".*\bno hostkeys available\b",
        r".*\bPermission denied\b.*\(you must be root\)",
    ),
    absences=(
        r".*: No such file or directory$",
        r"(-?\w*sh|bash|.*/\w*sh): (line \d+: |\d+: )?\S+: (command )?not found$",
        r"grep: .*: Invalid argument$",  # a link without a speed
    ),
    by_exec=True,
    as_root=frozenset().union(*(part.AS_ROOT for part in _PARTS)),
)
SECRETS = (*linux_accounts.SECRETS, *linux_services.SECRETS)
# A file that comes by itself is taken for sshd's: shipped ones hold most settings in comments.
_SSHD_CONFIG = (
    r"(?im:^\s*(?:#\s*)?(?:PermitRootLogin|MaxAuthTries|AuthorizedKeysFile|PermitEmptyPasswords|ClientAliveInterval"
    r"|ClientAliveCountMax|LoginGraceTime|(?:Allow|Deny)(?:Users|Groups)|Subsystem\s+sftp)(?:\s+|\s*=\s*)\S)"
)
# Words that the client's file has too, which says for which hosts each of them holds.
_BOTH_CONFIGS = (
    r"(?i:\A(?!(?:.*\n)*?[ \t]*Host[ \t])(?:.*\n)*?[ \t]*(?:(?:Password|Pubkey|KbdInteractive|ChallengeResponse|GSSAPI)"
    r"Authentication|X11Forwarding|UsePAM|PrintMotd|PrintLastLog|PermitT(?:unnel|TY)|Max(?:Sessions|Startups)|UseDNS"
    r"|HostKey|HostKeyAlgorithms|KexAlgorithms|AcceptEnv|Allow(?:Tcp|Agent)Forwarding|SyslogFacility|ListenAddress"
    r"|Match[ \t]+(?:User|Group|Address|LocalPort))(?:[ \t]+|[ \t]*=[ \t]*)\S)"
)
SIGNS = {
    _SSHD_CONFIG: 4,
    _BOTH_CONFIGS: 3,
    r"^ID(_LIKE)?=\"?(debian|ubuntu|centos|rhel|fedora|openEuler|kylin|uos|UnionTech|anolis|deepin|suse|opensuse)": 5,
    r"^PRETTY_NAME=": 3,
    r"^VERSION_ID=": 1,
    r"^Linux \S+ \d+\.\d+\S* #\d+": 4,
}

PLATFORM = Platform(
    name="linux",
    shell=SHELL,
    reads=tuple(read for part in _PARTS for read in part.READS),
    dialect=Dialect(
        commands=(linux_sshd.WRITTEN,),
        comments=("#",),
        end="",
        secrets=SECRETS,
        signs=SIGNS,
        bare=rf"{_SSHD_CONFIG}|{_BOTH_CONFIGS}",
    ),
    lacks=frozenset({PortGuards, ConfigBackup, FirstHopSecurity, ZonePolicy}),
)
