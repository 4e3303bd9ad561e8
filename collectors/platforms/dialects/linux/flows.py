"""Linux: whom the host is connected with, and where it stores at other hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from collectors.base import Answer
from collectors.platforms.base import Got, Read
from collectors.platforms.dialects.linux.network import any_ip
from collectors.platforms.dialects.linux.text import first_answer, number, told, why_none
from collectors.templates import rows
from inventory.errors import Missing
from inventory.facts import Connection, Connections, RemoteCopies, RemoteCopy

ESTABLISHED = "ss -tnp state established"
MOUNTS = "cat /proc/mounts"
# Of what is scheduled, nothing but the addresses leaves the host: the lines themselves may hold passwords.
# The hosts file always has some: that grep finds nothing elsewhere is then an answer.
_HOSTS = "/etc/hosts"
SCHEDULED = f"grep -roE '([0-9]{{1,3}}[.]){{3}}[0-9]{{1,3}}' {_HOSTS} /etc/crontab /etc/cron.d /var/spool/cron"
_REMOTE_KINDS = frozenset({"nfs", "nfs4", "cifs", "smb3", "ceph", "glusterfs", "fuse.sshfs", "fuse.glusterfs"})
_MOST = 4096  # connections and copies that are kept


def connections(answer: Answer) -> Connections:
    """The rows of ``ss``; an IPv4 peer of an IPv6 socket as IPv4."""
    items: dict[Connection, None] = {}
    for row in rows("linux", "ss_tnp_state_established", answer):
        local, peer = _address(row["local"]), _address(row["peer"])
        ports = number(row["local_port"]), number(row["peer_port"])
        if local is None or peer is None or peer == local or None in ports:
            continue
        items[Connection("tcp", local, ports[0] or 0, peer, ports[1] or 0, row["process"] or None)] = None
    return Connections(tuple(items)[:_MOST], answer.evidence())


def _address(text: str) -> IPv4Address | IPv6Address | None:
    found = any_ip(text.strip("[]").partition("%")[0].strip("[]"))
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def remote_copies(mounts: Got, scheduled: Got) -> RemoteCopies | Missing:
    """File systems mounted from other hosts, and addresses that scheduled jobs name."""
    where = first_answer(mounts, scheduled)
    if where is None:
        return why_none(mounts, scheduled)
    found = (*_mounted(told(mounts) or ""), *_named(told(scheduled) or ""))
    evidence = where.evidence(r"^(?=\S+:)\S+ \S+ nfs", r"^//\S+ \S+ (cifs|smb3)")
    whole = isinstance(mounts, Answer) and isinstance(scheduled, Answer)
    return RemoteCopies(tuple(dict.fromkeys(found))[:_MOST], whole, evidence)


def _mounted(text: str) -> Iterator[RemoteCopy]:
    for line in text.splitlines():
        words = line.split(" ")
        if len(words) > 3 and words[2] in _REMOTE_KINDS:
            source = re.match(r"(?://|[^/:\s]*@)?(\[[0-9A-Fa-f:.]+\]|[0-9.]+)[:/,]", words[0])
            ip = _address(source.group(1)) if source else None
            if ip is not None:
                yield RemoteCopy(ip, "mount", words[1][:200])


def _named(text: str) -> Iterator[RemoteCopy]:
    for line in text.splitlines():
        file, _, word = line.rpartition(":")
        ip = _address(word)
        if ip is not None and file.startswith("/") and file != _HOSTS and not ip.is_loopback:
            yield RemoteCopy(ip, "schedule", file[:200])


READS = (
    Read(Connections, (ESTABLISHED,), connections),
    Read(RemoteCopies, (MOUNTS, SCHEDULED), remote_copies, frozenset({SCHEDULED, MOUNTS})),
)
AS_ROOT = frozenset({SCHEDULED})
