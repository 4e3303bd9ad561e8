"""Linux: SNMP agent, logs, clock."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.base import Answer
from collectors.platforms.base import Built, Got, Read
from collectors.platforms.dialects.linux.network import SOCKETS, sockets
from collectors.platforms.dialects.linux.text import body, first_answer, number, settings, statements, told, why_none
from inventory.errors import Gap, Missing
from inventory.facts import Community, Logging, SnmpAgent, SnmpUser, TimeSync

SNMPD = "cat /etc/snmp/snmpd.conf"
SNMPD_MORE = "cat /etc/snmp/snmpd.conf.d/*.conf"
RSYSLOG = "cat /etc/rsyslog.conf /etc/rsyslog.d/*.conf"
SYSLOG_NG = "cat /etc/syslog-ng/syslog-ng.conf"
LOGGERS = "systemctl is-active rsyslog.service syslog-ng.service systemd-journald.service"
JOURNAL = "cat /etc/systemd/journald.conf /etc/systemd/journald.conf.d/*.conf"
UPLOAD = "cat /etc/systemd/journal-upload.conf /etc/systemd/journal-upload.conf.d/*.conf"
LOGROTATE, LOGROTATE_MORE = "cat /etc/logrotate.conf", "cat /etc/logrotate.d/*"
CHRONY = (
    "cat /etc/chrony.conf /etc/chrony.d/*.conf /etc/chrony/chrony.conf /etc/chrony/conf.d/*.conf "
    "/etc/chrony/sources.d/*.sources"
)
NTP = "cat /etc/ntp.conf /etc/ntpsec/ntp.conf"
TIMESYNCD = "cat /etc/systemd/timesyncd.conf /etc/systemd/timesyncd.conf.d/*.conf"
TRACKING, PEERS, TIMEDATE = "chronyc -n tracking", "ntpq -pn", "timedatectl show"

_DEFAULT = r"(?!\"?(?:public|private)\"?(?:\s|$))"
_CREATE = r"^[ \t]*createUser[ \t]+(?:-e[ \t]+\S+[ \t]+)?\S+[ \t]+\S+[ \t]+"
SECRETS = (
    rf"^[ \t]*(?:(?:ro|rw)community6?|trapcommunity|authcommunity[ \t]+\S+)[ \t]+{_DEFAULT}(?P<secret>\"[^\"]*\"|\S+)",
    rf"^[ \t]*com2sec6?[ \t]+(?:-Cn[ \t]+\S+[ \t]+)?\S+[ \t]+\S+[ \t]+{_DEFAULT}(?P<secret>\"[^\"]*\"|\S+)",
    rf"^[ \t]*(?:trapsink|trap2sink|informsink)[ \t]+\S+[ \t]+{_DEFAULT}(?P<secret>\S+)",
    rf"{_CREATE}(?P<secret>\"[^\"]*\"|\S+)",
    rf"{_CREATE}(?:\"[^\"]*\"|\S+)[ \t]+\S+[ \t]+(?P<secret>\"[^\"]*\"|\S+)",
    r"^[ \t]*(?:proxy|trapsess)[ \t].*?-[cAXaxlu][ \t]+(?P<secret>\S.*)$",
    r"^[ \t]*usmUser[ \t]+(?P<secret>.+)$",
    # Of keepalived, of interfaces, of where logs are kept, and of whatever a file assigns by such a name.
    r"^[ \t]*(?:auth_pass|wpa-(?:psk|passphrase|password))[ \t]+[\"']?(?P<secret>[^\s\"']+)",
    r":om(?:mysql|pgsql):[^,\n]*,[^,\n]*,[^,\n]*,(?P<secret>[^;\s]+)",
    (
        r"(?:^|[\s;'\"(,])[\w-]{0,40}(?:password|passwd|passphrase|pwd|secret|token|bindpw|psk|api_?key)"
        r"[ \t]{0,8}=[ \t]{0,8}[\"']?(?P<secret>[^\s\"';,)]+)"
    ),
)

# -- SNMP ---------------------------------------------------------------------------------------------------------


def snmp_agent(conf: Got, more: Got, ss: Got) -> Built:
    """snmpd's communities and users (snmpd.conf(5)); without its file, whether anything answers at udp/161."""
    listens = any(s.protocol == "udp" and s.port == 161 for s in sockets(ss)) if isinstance(ss, Answer) else None
    if not isinstance(conf, Answer):
        if listens is False and isinstance(ss, Answer):
            return SnmpAgent(False, frozenset(), evidence=ss.evidence())
        return conf if conf.gap is not Gap.LACKING else Missing(Gap.REFUSED, "snmpd.conf is not where it is looked for")
    lines = [*statements(conf.text), *statements(body(more))]
    communities = (*_simple_communities(lines, conf), *_mapped_communities(lines, conf))
    users = tuple(_users(lines, conf))
    versions = frozenset({"v1", "v2c"} if communities else ()) | frozenset({"v3"} if users else ())
    shown = conf.evidence(r"^\s*(agent[aA]ddress|r[ow]|com2sec|access|group)")
    return SnmpAgent(listens, versions, communities, users, shown)


def _simple_communities(lines: list[str], conf: Answer) -> Iterator[Community]:
    for line in lines:
        found = re.match(r"(ro|rw)community(6?)\s+(\"[^\"]*\"|\S+)(?:\s+(\S+))?", line, re.IGNORECASE)
        if found:
            yield _community(found.group(3), found.group(1).lower(), found.group(4), line, conf)


def _mapped_communities(lines: list[str], conf: Answer) -> Iterator[Community]:
    """com2sec maps source and community to a name, group the name to a group, access the group to views."""
    for line in lines:
        found = re.match(r"com2sec6?\s+(?:-Cn\s+\S+\s+)?(\S+)\s+(\S+)\s+(\"[^\"]*\"|\S+)", line, re.IGNORECASE)
        if not found:
            continue
        groups = {
            w[1] for other in lines if (w := other.split())[0] == "group" and len(w) > 3 and w[3] == found.group(1)
        }
        views = [w for other in lines if (w := other.split())[0] == "access" and len(w) > 7 and w[1] in groups]
        if views:
            access = "rw" if any(w[7] != "none" for w in views) else "ro"
            yield _community(found.group(3), access, found.group(2), line, conf)


def _community(word: str, access: str, source: str | None, line: str, conf: Answer) -> Community:
    anywhere = source in (None, "default", "0.0.0.0/0", "::/0", "0.0.0.0")  # noqa: S104 - what the file says
    default = word.strip('"') in ("public", "private")
    return Community(default, access, None if anywhere else source, evidence=conf.evidence(re.escape(line)))


def _users(lines: list[str], conf: Answer) -> Iterator[SnmpUser]:
    for line in lines:
        found = re.match(r"r[ow]user\s+(?:-s\s+\S+\s+)?(\S+)(?:\s+(\w+))?", line, re.IGNORECASE)
        if found:
            # snmpd.conf(5): without a level, authentication is asked and encryption is not
            level = _LEVELS.get((found.group(2) or "auth").lower(), "authNoPriv")
            yield SnmpUser(found.group(1), level, evidence=conf.evidence(re.escape(line)))
        rights = line.split()
        if rights[0] == "access" and len(rights) > 7 and rights[3] in ("usm", "any"):
            of_users = any(w[:2] == ["group", rights[1]] and w[2:3] == ["usm"] for w in map(str.split, lines))
            if of_users:
                least = _LEVELS.get(rights[4].lower())
                yield SnmpUser(rights[1], least, group=True, evidence=conf.evidence(re.escape(line)))


_LEVELS = {
    "noauth": "noAuthNoPriv", "noauthnopriv": "noAuthNoPriv", "auth": "authNoPriv", "authnopriv": "authNoPriv",
    "priv": "authPriv", "authpriv": "authPriv",
}  # fmt: skip

# -- logs ---------------------------------------------------------------------------------------------------------

_STATES = frozenset({"active", "reloading", "activating", "inactive", "failed", "deactivating", "unknown"})
_PERIODS = {"hourly": 1 / 24, "daily": 1, "weekly": 7, "monthly": 30, "yearly": 365}
_AUDITED = re.compile(r"/var/log/(messages|secure|syslog|auth\.log|\*\.log)|/var/adm/messages")
# The selector, filter or condition, or the mark for that of the line before; then the protocol and the host.
_FORWARDS = re.compile(
    r"(?:[\w*.,;=!\-]+|&|:[\w$-]+ *,.{0,200}|if .{1,400} then)\s+(?:@@?(?:\([^)]*\))?|:omrelp:)"
    r"(?P<host>\[[^\]]+\]|[\w.\-]+)"
)
_ACTION = re.compile(r"action\s*\((?P<inside>[^)]{0,4000})\)", re.IGNORECASE)


def logging(
    rsyslog: Got, syslog_ng: Got, active: Got, rotate: Got, rotate_more: Got, journal: Got, upload: Got
) -> Built:
    """Where rsyslog, syslog-ng or the journal sends what is logged, and how long logrotate or the journal keeps it."""
    text, ng = body(rsyslog), body(syslog_ng)
    where = first_answer(rsyslog, syslog_ng, active, rotate)  # logs that are rotated and sent by nobody
    if where is None:
        return why_none(rsyslog, syslog_ng)
    uploads = _uploads(told(upload) or "")
    hosts = tuple(dict.fromkeys((*rsyslog_hosts(text), *_ng_hosts(ng), *uploads)))
    running = [state for state in (told(active) or "").split() if state in _STATES]
    journals = running[-1:] == ["active"] and not (text or ng)
    shown = upload if isinstance(upload, Answer) and uploads else journal if journals else where
    shown = shown if isinstance(shown, Answer) else where
    return Logging(
        enabled="active" in running if running else None,
        hosts=hosts,
        timestamps=True if text or ng or journals else None,  # each writes them with every entry
        retention_days=_retention(rotate, rotate_more) if text or ng else _kept(told(journal) or "", journals),
        evidence=shown.evidence(r"^[^#]*(@@?[\w.:\[(]|omfwd|omrelp)|^\s*(URL|MaxRetentionSec|Storage)\s*="),
    )


def _uploads(text: str) -> list[str]:
    """Where systemd-journal-upload sends the journal (journal-upload.conf(5))."""
    url = settings(text).get("URL", "")
    found = re.match(r"(?:https?://)?(\[[^\]]+\]|[^:/\s]+)", url)
    return [found[1].strip("[]")] if found else []


_SPANS = {"m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31557600}  # seconds by the first letter (systemd.time(7))
_MONTH = 2629800
_SPAN = re.compile(r"(\d{1,12})\s*([a-zA-Z]*)")


def _kept(text: str, journals: bool) -> int | None:
    """Days that the journal keeps an entry; None where its size alone ends it, or a restart (journald.conf(5))."""
    said = settings(text)
    if not journals or said.get("Storage") in ("volatile", "none"):
        return None
    spans = _SPAN.findall(said.get("MaxRetentionSec", ""))
    return int(sum(int(count) * _unit(unit) for count, unit in spans) // 86400) or None


def _unit(word: str) -> int:
    if word == "M" or word.startswith("mon"):
        return _MONTH
    return 0 if word[1:2] == "s" else _SPANS.get(word[:1], 1)  # ms, us


def rsyslog_hosts(text: str) -> Iterator[str]:
    """Remote hosts of rsyslog's rules, in the old form (``*.* @@host``) and the new (``action(type="omfwd" …)``)."""
    said = "\n".join(statements(text))
    for action in _ACTION.finditer(said):
        inside = action.group("inside")
        target = re.search(r"target\s*=\s*\"([^\"]+)\"", inside, re.IGNORECASE)
        if target and re.search(r"type\s*=\s*\"om(fwd|relp)\"", inside, re.IGNORECASE):
            yield target.group(1)
    for line in said.split("\n"):
        old = _FORWARDS.match(line)
        if old:
            yield old["host"].strip("[]")


def _ng_hosts(text: str) -> list[str]:
    said = "\n".join(statements(text))
    written = re.findall(r"\b(?:network|syslog|tcp6?|udp6?)\s*\(\s*\"([^\"]+)\"", said)
    return [host for host in written if any(f'"{host}"' in part for part in _destinations(said))]


def _destinations(text: str) -> list[str]:
    return re.findall(r"\bdestination\s+\S+\s*\{(.{0,4000}?)\};", text, re.DOTALL)


def _retention(rotate: Got, more: Got) -> int | None:
    """Days that the logs an audit needs are kept; None where that hangs on their size."""
    if not isinstance(rotate, Answer):
        return None
    own, stanzas = _stanzas(rotate.text)
    basis = _rotation(own, {})
    spoken = [*stanzas, *_stanzas(told(more) or "")[1]]
    kept = [_days(_rotation(lines, basis)) for paths, lines in spoken if _AUDITED.search(paths)]
    return None if not kept or None in kept else min(days for days in kept if days is not None)


def _stanzas(text: str) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Lines outside all blocks, and each block's paths with the lines in it (logrotate(8))."""
    outside: list[str] = []
    found: list[tuple[str, list[str]]] = []
    paths: list[str] = []
    inside: list[str] | None = None
    for line in statements(text):
        head, brace, rest = line.partition("{")
        if inside is not None:
            if line.startswith("}"):
                found.append((" ".join(paths), inside))
                inside, paths = None, []
            else:
                inside.append(line)
        elif brace:
            paths.append(head)
            inside = [rest.strip()] if rest.strip() else []
        elif line.startswith(("/", '"', "'")):
            paths.append(line)
        else:
            outside.append(line)
    return outside, found


def _rotation(lines: list[str], basis: dict[str, str]) -> dict[str, str]:
    said = dict(basis)
    for line in lines:
        key, _, value = line.partition(" ")
        if key in ("prerotate", "postrotate", "firstaction", "lastaction", "preremove"):
            break
        if key in _PERIODS:
            said["period"] = key
        elif key in ("rotate", "maxage", "size", "maxsize"):
            said[key] = value.strip()
    return said


def _days(said: dict[str, str]) -> int | None:
    rotations, most = number(said.get("rotate")), number(said.get("maxage"))
    if "size" in said or "maxsize" in said or rotations is None or rotations < 0 or "period" not in said:
        return None
    days = int(rotations * _PERIODS[said["period"]])
    return days if most is None else min(days, most)


# -- clock --------------------------------------------------------------------------------------------------------


def time_sync(chrony: Got, ntp: Got, timesyncd: Got, tracking: Got, peers: Got, timedate: Got) -> Built:
    """Servers of chrony, ntpd and timesyncd, and whether the one that runs is synchronised."""
    sources = [*_sources(body(chrony)), *_sources(body(ntp))]
    where = first_answer(chrony, ntp, timesyncd, timedate, tracking, peers)
    if where is None:
        return why_none(chrony, ntp, timesyncd)
    servers = [(words[1], words[2:]) for words in sources if words[0] in ("server", "pool")]
    servers += [(name, []) for name in _timesyncd_servers(body(timesyncd))]
    listed = [(words[1], words[2:]) for words in sources if words[0] == "peer"]
    proven = [("key" in options or "nts" in options) for _, options in (*servers, *listed)]
    return TimeSync(
        servers=tuple(dict.fromkeys(name for name, _ in servers)),
        peers=tuple(dict.fromkeys(name for name, _ in listed)),
        authenticated=all(proven) if proven else None,
        synchronised=_synchronised(tracking, peers, timedate),
        evidence=where.evidence(r"^\s*(server|pool|peer)\s", r"^\s*NTP="),
    )


def _sources(text: str) -> list[list[str]]:
    lines = (line.split() for line in statements(text) if line[0] not in "!%")
    # A host's own clock that ntpd takes for a server (ntp.org, undisciplined local clock) is none.
    return [w for w in lines if len(w) > 1 and w[0] in ("server", "pool", "peer") and not w[1].startswith("127.127.")]


def _timesyncd_servers(text: str) -> list[str]:
    """Servers of systemd-timesyncd; a later line adds to them, an empty one takes them back (timesyncd.conf(5))."""
    servers: list[str] = []
    for line in statements(text):
        name, sign, value = line.partition("=")
        if sign and name.strip() == "NTP":
            servers = servers + value.split() if value.strip() else []
    return servers


def _synchronised(tracking: Got, peers: Got, timedate: Got) -> bool | None:
    leap = re.search(r"^Leap status\s*:\s*(.+)$", told(tracking) or "", re.MULTILINE)
    if leap:
        return leap.group(1).strip().lower() != "not synchronised"
    rows = [line for line in (told(peers) or "").splitlines() if line[:1] in tuple("*+-x.o# ") and line.strip()]
    if rows and "refid" in (told(peers) or ""):
        return any(line[0] in "*o" for line in rows)
    said = {"yes": True, "no": False}
    return said.get(settings(told(timedate) or "").get("NTPSynchronized", ""))


_LOGS = (RSYSLOG, SYSLOG_NG, LOGGERS, LOGROTATE, LOGROTATE_MORE, JOURNAL, UPLOAD)
_CLOCK = (CHRONY, NTP, TIMESYNCD, TRACKING, PEERS, TIMEDATE)
READS = (
    Read(SnmpAgent, (SNMPD, SNMPD_MORE, SOCKETS), snmp_agent, frozenset((SNMPD, SNMPD_MORE, SOCKETS))),
    Read(Logging, _LOGS, logging, frozenset(_LOGS)),
    Read(TimeSync, _CLOCK, time_sync, frozenset(_CLOCK)),
)
AS_ROOT = frozenset({SNMPD, SNMPD_MORE, LOGROTATE_MORE, CHRONY})
