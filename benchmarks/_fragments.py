"""A fragment of a configuration as the facts it tells, everything around it unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from collectors.base import Answer
from collectors.by_cli import facts_by_cli
from collectors.config_text import masked
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platforms
from collectors.platforms.dialects.linux import accounts as linux_accounts
from collectors.platforms.dialects.linux import filter as linux_filter
from collectors.platforms.dialects.linux import hardening as linux_hardening
from collectors.platforms.dialects.linux import network as linux_network
from collectors.platforms.dialects.linux import services as linux_services
from collectors.platforms.dialects.linux import sshd as linux_sshd
from inventory.errors import Gap, Missing, ReadFailed
from inventory.facts import Fact

_ENDS = {"huawei_vrp": "return", "h3c_comware": "return", "ruijie_rgos": "end", "cisco_ios": "end"}
# Comware indents what stands at the top by one blank too: these begin anew behind a block.
_TOP = re.compile(r" (?:ssh |ip http|snmp-agent |info-center |irf member )")
# Answers that many facts are read out of: where one of them is given, nothing follows of the rest.
_SHARED = frozenset({linux_network.SOCKETS, linux_accounts.PASSWD})
_LINK = '[{"ifname": "eth0", "ifindex": 2, "flags": ["UP"], "operstate": "UP", "link_type": "ether", "addr_info": []}]'


class Fragment:
    """A command line that answers with one fragment."""

    def __init__(self, platform: Platform, answers: Mapping[str, str]) -> None:
        self.platform = platform
        self._answers = answers

    def ask(self, command: str) -> Answer:
        """The fragment, where the command would show it; ReadFailed(UNREAD) for every other."""
        text = self._answers.get(command)
        if text is None:
            # Of a host, a file that stands beside one of the fragment's was not left out: it is not there.
            beside = {c for read in self.platform.reads if command in read.commands for c in read.commands}
            gap = Gap.LACKING if beside & set(self._answers) - _SHARED else Gap.UNREAD
            raise ReadFailed("no part of the fragment", gap)
        secrets = self.platform.dialect.secrets if self.platform.dialect else ()
        return Answer(command, masked(text, secrets))

    def close(self) -> None:
        """Nothing is open."""


def facts_of(text: str, name: str) -> dict[type[Fact], Fact | Missing]:
    """All facts of a fragment."""
    platform = platforms()[name]
    answers = dict(_files(text)) if name == "linux" else {platform.dialect.commands[0]: _whole(text, name)}
    kinds = dict.fromkeys(read.fact for read in platform.all_reads)
    return facts_by_cli(Fragment(platform, answers), platform, list(kinds), datetime(2026, 1, 1, tzinfo=UTC))


def _whole(text: str, name: str) -> str:
    if name == "huawei_vrp" and re.match(r" +(?:local-user|manager-user)", text):
        text = f"aaa\n{text}".replace("\n snmp-agent", "\n#\nsnmp-agent")
    if name == "h3c_comware":
        lines = text.splitlines()
        text = "\n".join(f"#\n{line}" if _TOP.match(line) else line for line in lines)
    return f"{text.rstrip()}\n{_ENDS[name]}\n"


_SSHD = (
    r"(?i)(?:Permit|Max(?:Auth|Sess|Start)|LoginGrace|ClientAlive|Ciphers|MACs|KexAlgorithms|ListenAddress|Allow"
    r"|Match |Deny[UG]|Pubkey|PasswordAuth|UsePAM|Protocol |X11|Banner|LogLevel|AuthenticationMethods)"
)
_RSYSLOG = (
    r"template\(|constant\(|\$\w+ |(?:[\w*,]+\.[\w*,;.!=]+\s+)?action\(|StreamDriver|queue\.|property\("
    r"|[\w*,]+\.[\w*,;.!=]+\s+(?:@|-?/)"
)
_SHAPES: tuple[tuple[str, str], ...] = (
    (r"\S+:x:\d+:\d+:.*:/\S*:/\S+", linux_accounts.PASSWD),
    (r"\S+:[^:]*:\d+:\d*:\d*:\d*:\d*:\d*:$", linux_accounts.SHADOW),
    (r"PASS_(?:MAX|MIN|WARN)", linux_accounts.LOGIN_DEFS),
    (r"(?:minlen|minclass|retry|enforce_for_root|[dulo]credit)\b", linux_accounts.QUALITY),
    (
        r"(?:deny|unlock_time|fail_interval|even_deny_root)\b(?! )|(?:deny|unlock_time|fail_interval) =",
        linux_accounts.FAILLOCK,
    ),
    (r"(?:auth|account|password|session)\s+(?:\[|required|requisite|sufficient|optional)", linux_accounts.PAM),
    (_SSHD, linux_sshd.WRITTEN),
    (r"(?:readonly |export )*TMOUT=", linux_sshd.PROFILES),
    (r"(?:tcp|udp)\s+(?:LISTEN|UNCONN)", linux_network.SOCKETS),
    (r"-[wa] |-e \d", linux_hardening.AUDIT_RULES),
    (r"(?:enabled|pid|failure|backlog\w*) \d", linux_hardening.AUDIT_STATUS),
    (r"No rules$", linux_hardening.AUDIT_LOADED),
    (r"RefuseManualStop", linux_hardening.AUDIT_UNIT),
    (r"(?:User|Cmnd|Runas|Host)_Alias|[%\w]+\s+ALL\s*=", linux_hardening.SUDOERS),
    (
        r"vrrp_instance|(?:state|interface|virtual_router_id|priority|virtual_ipaddress)\b|\}$",
        linux_hardening.KEEPALIVED,
    ),
    (r"auto |iface |address \d", linux_hardening.NETWORK_FILES),
    (r"(?:wal_level|max_wal_senders|synchronous_standby)", linux_hardening.POSTGRES),
    (r"(?:createUser|r[ow](?:user|community)6?|com2sec6?|trap2?sink|agentAddress)\b", linux_services.SNMPD),
    (r"(?:server|pool|peer|makestep|rtcsync)\b(?!.*dport)", linux_services.CHRONY),
    (r"Leap status", linux_services.TRACKING),
    (_RSYSLOG, linux_services.RSYSLOG),
    (r"(?:weekly|daily|monthly|rotate \d|maxage)", linux_services.LOGROTATE),
    (r"(?:max_log_file|space_left_action|num_logs)", linux_hardening.AUDIT_CONF),
    (r"net\.ipv4\.ip_forward", linux_network.FORWARD4),
    (r"net\.ipv6\.conf\.all\.forwarding", linux_network.FORWARD6),
    (r"default via [\d.]+ ", linux_network.PLAIN_ROUTES4),
    (r"default via [\da-f]*:", linux_network.PLAIN_ROUTES6),
    (r"Host |ProxyJump", linux_hardening.SSH_CLIENT),
    (r"Speed:|Duplex:", linux_network.SPEEDS),
)


def _files(text: str) -> Iterator[tuple[str, str]]:
    """The answers that the lines of a Linux fragment would have come in."""
    if re.search(r"^[ \t]*table (?:inet|ip6?) ", text, re.MULTILINE):
        yield linux_filter.NFT, text
        yield linux_sshd.WRITTEN, "Port 22\n"
        return
    if re.search(r"^(?:ip6? [sd]addr|ct state|(?:tcp|udp|th) [sd]port|[io]if(?:name)? |meta )", text, re.MULTILINE):
        rules = "\n".join(f"    {line}" for line in text.splitlines())
        head = "table inet filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n"
        yield linux_filter.NFT, f"{head}{rules}\n  }}\n}}\n"
        return
    if re.search(r"^-[PA] INPUT|^:INPUT ", text, re.MULTILINE):
        saved = re.sub(r"(?m)^-P (\w+) (\w+)$", r":\1 \2 [0:0]", text)
        yield linux_filter.IPTABLES, saved if "*filter" in saved else f"*filter\n{saved}COMMIT\n"
        return
    parts: dict[str, list[str]] = {}
    for line in text.splitlines():
        said = re.sub(r"\s+# .*$", "", line.strip())
        if said.startswith("# smb.conf: "):
            parts.setdefault(linux_hardening.SAMBA, []).append(said.removeprefix("# smb.conf: "))
        elif command := next((c for pattern, c in _SHAPES if re.match(pattern, said)), None):
            parts.setdefault(command, []).append(said)
    if "no pam_faillock" in text:
        parts.setdefault(linux_accounts.PAM, []).append("auth required pam_unix.so")
    if linux_network.PLAIN_ROUTES4 in parts:
        parts.setdefault(linux_network.PLAIN_ROUTES6, [])
    if linux_network.SPEEDS in parts:
        yield linux_network.ADDRESSES, _LINK
        told = " ".join(parts.pop(linux_network.SPEEDS)).lower()
        found = re.search(r"speed: (\d+)mb/s", told), re.search(r"duplex: (\w+)", told)
        values = [f"/sys/class/net/eth0/{k}:{m.group(1)}" for k, m in zip(("speed", "duplex"), found, strict=True) if m]
        yield linux_network.SPEEDS, "\n".join(values)
    for command, lines in parts.items():
        body = lines if "forward" not in command else [lines[0].rpartition("=")[2].strip()]
        yield command, "\n".join(body) + "\n"
