"""Linux: sshd, the other ways in, and the banner."""

from __future__ import annotations

import re
from collections.abc import Mapping

from collectors.base import Answer
from collectors.platforms.base import Built, Got, Read
from collectors.platforms.dialects.linux import defaults
from collectors.platforms.dialects.linux.filter import IP6TABLES, IPTABLES, NFT, chains_of, limits_ssh
from collectors.platforms.dialects.linux.network import SOCKETS, sockets
from collectors.platforms.dialects.linux.text import first_answer, number, statements, told, why_none
from inventory.errors import Gap, Missing, ReadFailed
from inventory.evidence import NO_EVIDENCE
from inventory.facts import Banner, Listener, RemoteAccess, RemoteLine, SshServer

EFFECTIVE = "/usr/sbin/sshd -T"
WRITTEN, WRITTEN_MORE = "cat /etc/ssh/sshd_config", "cat /etc/ssh/sshd_config.d/*.conf"
PROFILES = "cat /etc/profile /etc/bashrc /etc/bash.bashrc /etc/profile.d/*.sh"
WRAPPERS = "cat /etc/hosts.deny"
ISSUE, MOTD = "cat /etc/issue.net", "cat /etc/motd"

# At the start of a line or of a command within it; of a comment, of quoted text or of a name that ends so it is none.
_TMOUT = re.compile(
    r"^(?:[^#\n\"']{0,200}?(?:[;&|{]|\bthen\b))?[ \t]*"
    r"(?:(?:readonly|export|typeset|declare)(?:\s+-\w+)*(?:\s+\w+=\S+)*\s+)?TMOUT=[\"']?(\d{1,9})",
    re.MULTILINE,
)
# Panels that manage a host over the web, by the ports they come with, and where services might listen as well.
_PLAIN_PANELS, _TLS_PANELS = frozenset({80, 8080, 8888}), frozenset({443, 8443, 9090, 10000})
_REMARK = re.compile(r'(?<=\S)\s+#[^"]*$')  # allowed behind arguments since OpenSSH 8.5
_DAYS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def sshd_settings(effective: Got, written: Got, more: Got) -> tuple[dict[str, str], Answer]:
    """Settings by keyword in lower case, and the answer they stand in: effective ones, else those of the files.

    The first value of a keyword counts (sshd_config(5)), and what a Match block says holds for some only. Of files
    that were handed over, sshd_config by itself tells what it says; a host that was asked has to show what it includes
    too. Raises ReadFailed where neither was read.
    """
    if isinstance(effective, Answer) and effective.text.strip():
        return _first_values(effective.text), effective
    if not isinstance(written, Answer):
        failed = why_none(effective, written)
        raise ReadFailed(failed.why, failed.gap)
    if "sshd_config.d" in written.text and isinstance(more, Missing) and more.gap not in (Gap.LACKING, Gap.UNREAD):
        raise ReadFailed(more.why, more.gap)
    text = re.sub(r"(?im)^[ \t]*Include[ \t]+\S*sshd_config\.d/\S*.*$", lambda _: told(more) or "", written.text)
    return _first_values(text), written


def _first_values(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in statements(text):
        line = _REMARK.sub("", line)
        key, _, value = re.sub(r"\s*=\s*|\s+", " ", line, count=1).partition(" ")
        key, value = key.lower(), value.strip().strip('"')
        if key == "match":
            found.setdefault("match", value)
            break
        # Several lines of these add up.
        if key in ("allowusers", "allowgroups", "denyusers") and key in found:
            found[key] += f" {value}"
        found.setdefault(key, value)
    return found


def _truth(said: Mapping[str, str], key: str) -> bool | None:
    return {"yes": True, "no": False}.get(said.get(key, "").lower())


def _seconds(text: str | None) -> int | None:
    found = re.fullmatch(r"(\d{1,9})([smhdw]?)", (text or "").lower())
    return int(found.group(1)) * _DAYS[found.group(2) or "s"] if found else None


def ssh_server(effective: Got, written: Got, more: Got) -> SshServer:
    """The settings a check asks for."""
    said, where = sshd_settings(effective, written, more)
    root = said.get("permitrootlogin", "").lower() or None
    listed = any(key in said for key in ("allowusers", "allowgroups"))
    # What Match blocks do is not among the effective values, and not judged here.
    matched = "address" in _first_values(told(written) or "").get("match", "").lower() or not isinstance(
        written, Answer
    )
    return SshServer(
        permit_root_login=root,
        password_authentication=_truth(said, "passwordauthentication"),
        permit_empty_passwords=_truth(said, "permitemptypasswords"),
        max_auth_tries=number(said.get("maxauthtries")),
        client_alive_interval_s=_seconds(said.get("clientaliveinterval")),
        client_alive_count_max=number(said.get("clientalivecountmax")),
        allow_list=True if listed else None if matched else False,
        evidence=where.evidence(r"^\s*(permit|passwordauth|maxauthtries|clientalive|allow(users|groups)|match)"),
    )


def remote_access(
    effective: Got, written: Got, more: Got, ss: Got, profiles: Got, wrappers: Got, nft: Got, ipv4: Got, ipv6: Got
) -> Built:
    """What listens for management, how sshd lets people in, and what limits where they come from."""
    said, where = sshd_settings(effective, written, more)
    heard = [s for s in sockets(ss) if not s.local_only] if isinstance(ss, Answer) else None
    idle = _idle(profiles)
    line = RemoteLine(
        "sshd",
        transports=frozenset({"ssh"}),
        authentication=_authentication(said),
        idle_timeout_s=idle,
        idle_timeout_written=bool(idle),
        acl_ipv4=_from_where(said),
        acl_ipv6=_from_where(said),
        evidence=profiles.evidence(r"TMOUT") if isinstance(profiles, Answer) else NO_EVIDENCE,
    )
    return RemoteAccess(
        telnet=_listens(heard, {23}),
        ssh=True,  # sshd was asked for its settings
        ssh_v1="1" in said.get("protocol", "2").split(","),  # OpenSSH: 2 alone since release 5.4
        http=_panel(heard, _PLAIN_PANELS),
        https=_panel(heard, _TLS_PANELS),
        ftp=_listens(heard, {21}),
        lines=(line,),
        # A Match block that denies everybody from elsewhere stands in the file alone: sshd -T leaves it out.
        acl_limits_login=_MATCHED.search(told(written) or "") is not None or _limited(said, wrappers, nft, ipv4, ipv6),
        evidence=where.evidence(r"^\s*(allowusers|allowgroups|denyusers|listenaddress|port|protocol)\b"),
    )


def _listens(heard: list[Listener] | None, ports: set[int]) -> bool | None:
    return None if heard is None else any(s.protocol == "tcp" and s.port in ports for s in heard)


def _panel(heard: list[Listener] | None, ports: frozenset[int]) -> bool | None:
    """False where nothing listens; what does listen there may be a service of the host's, not its management."""
    return False if _listens(heard, set(ports)) is False else None


def _authentication(said: Mapping[str, str]) -> str | None:
    if _truth(said, "permitemptypasswords"):
        return "none"
    if "passwordauthentication" not in said and "pubkeyauthentication" not in said:
        return str(defaults.AUTHENTICATION.value)
    return "password" if _truth(said, "passwordauthentication") is not False else "publickey"


def _idle(profiles: Got) -> int | None:
    """TMOUT of the shells in seconds; 0 where the files set none, None where they were not read."""
    if not isinstance(profiles, Answer):
        return None
    found = _TMOUT.findall(profiles.text)
    return int(found[-1]) if found else 0


def _from_where(said: Mapping[str, str]) -> str | None:
    """The list of users where sshd takes each of them from some addresses only; None where it takes one from any."""
    users = said.get("allowusers", "").split()
    return "AllowUsers" if users and all("@" in user and not user.endswith("@*") for user in users) else None


_MATCHED = re.compile(
    r"(?im)^[ \t]*match[ \t]+address[ \t]+\*,!\S+[ \t]*\n(?:[ \t]*\S.*\n)*?[ \t]*denyusers[ \t]+\*[ \t]*$"
)


def _limited(said: Mapping[str, str], wrappers: Got, nft: Got, ipv4: Got, ipv6: Got) -> bool | None:
    if _from_where(said):
        return True
    if found := limits_ssh(chains_of(nft, ipv4, ipv6)):
        return found
    # TCP wrappers would limit it, but only some distributions still build sshd to obey them.
    wrapped = any(re.match(r"(all|sshd)\s*:\s*all\b", line.lower()) for line in statements(told(wrappers) or ""))
    told_all = all(isinstance(g, Answer) or g.gap is Gap.LACKING for g in (nft, ipv4, ipv6))
    return found if told_all and not wrapped else None


def banner(effective: Got, written: Got, more: Got, issue: Got, motd: Got) -> Banner:
    """The text sshd shows before the login, else that of the day after it."""
    said, where = sshd_settings(effective, written, more)
    path = said.get("banner", "none")
    is_empty = path == "/etc/issue.net" and not (told(issue) or "").strip()
    unseen = isinstance(issue, Missing) and issue.gap is not Gap.LACKING
    before = path.lower() != "none" and (unseen or not is_empty)
    after = bool((told(motd) or "").strip())
    shown = first_answer(*(g for g in (issue if before else None, motd if after else None) if g is not None))
    return Banner(before or after, shown.evidence(r"\S") if shown else where.evidence(r"^\s*banner\b"))


_SSHD = (EFFECTIVE, WRITTEN, WRITTEN_MORE)
_ACCESS = (*_SSHD, SOCKETS, PROFILES, WRAPPERS, NFT, IPTABLES, IP6TABLES)
READS = (
    Read(SshServer, _SSHD, ssh_server, frozenset(_SSHD)),
    Read(RemoteAccess, _ACCESS, remote_access, frozenset(_ACCESS)),
    Read(Banner, (*_SSHD, ISSUE, MOTD), banner, frozenset((*_SSHD, ISSUE, MOTD))),
)
AS_ROOT = frozenset({EFFECTIVE, WRITTEN, WRITTEN_MORE})
