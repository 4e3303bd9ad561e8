"""Linux: auditd, sudo, sshd's algorithms and addresses, keepalived and bonds, snmpd, filter rules in full."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from collectors.base import Answer
from collectors.platforms.base import Built, Got, Read
from collectors.platforms.dialects.gateways import keepalived_reads
from collectors.platforms.dialects.hardening import algorithms
from collectors.platforms.dialects.hardening_ports import public
from collectors.platforms.dialects.linux.accounts import GROUP, PASSWD
from collectors.platforms.dialects.linux.rules import rule_reads
from collectors.platforms.dialects.linux.services import SNMPD, SNMPD_MORE
from collectors.platforms.dialects.linux.sshd import EFFECTIVE, WRITTEN, WRITTEN_MORE, sshd_settings
from collectors.platforms.dialects.linux.text import body, first_answer, settings, statements, told, why_none
from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.facts import (
    Administrator,
    AuditTrail,
    DeviceService,
    DeviceServices,
    ManagementPlane,
    Monitoring,
    Privileges,
    Redundancy,
    RedundancyGroup,
    SshAlgorithms,
)

AUDIT_STATUS, AUDIT_LOADED = "/usr/sbin/auditctl -s", "/usr/sbin/auditctl -l"
AUDIT_RULES, AUDIT_CONF = "cat /etc/audit/rules.d/*.rules", "cat /etc/audit/auditd.conf"
AUDIT_UNIT = "systemctl show auditd.service -p RefuseManualStop -p ActiveState"
CMDLINE = "cat /proc/cmdline"
NAMES = "cat /etc/nsswitch.conf"
SUDOERS, SUDOERS_MORE = "cat /etc/sudoers", "cat /etc/sudoers.d/*"
KEEPALIVED, BONDS = "cat /etc/keepalived/keepalived.conf", "grep . /proc/net/bonding/*"
NETWORK_FILES = "cat /etc/network/interfaces"
POSTGRES = "cat /etc/postgresql/*/main/postgresql.conf"
SSH_CLIENT = "cat /etc/ssh/ssh_config"
SAMBA = "cat /etc/samba/smb.conf"
VRF = "ip -d link show type vrf"
_SHELLS = re.compile(r"/(?:ba|z|da|k|c|tc|a|fi)?sh$")
_ALL = re.compile(r"(?P<who>[^\s,]+(?:\s*,\s*[^\s,]+)*)\s+\S+\s*=\s*(?:\([^)]*\)\s*)?(?P<what>.+)$")
_NO_RULE = re.compile(r"(?:Defaults|\w+_Alias|root\b|@include|#include)")
_MOST_RULES = 4096  # of sudo
_TAGS = re.compile(r"(?:NO)?(?:PASSWD|EXEC|SETENV|LOG_INPUT|LOG_OUTPUT|FOLLOW|MAIL|INTERCEPT):\s*")
_COMMANDS = re.compile(r"-S \S*execve|-a \S+ .*-F (?:euid|auid)")
_LOGINS = re.compile(
    r"(?:-w |-F (?:path|dir)=)/(?:etc/(?:passwd|shadow|sudoers)|var/log/(?:lastlog|wtmp|btmp|tallylog|faillog)"
    r"|(?:var/)?run/faillock)"
)
# With it the kernel looks at no call and no file of any process (auditctl(8), task list; the rules that EL comes with).
_MUTE = re.compile(r"-a (?:never,task|task,never)$")


# -- audit --------------------------------------------------------------------------------------------------------


def audit_trail(status: Got, loaded: Got, rules: Got, unit: Got, cmdline: Got) -> Built:
    """What auditd's rules record, and whether they can be changed before the next boot (auditctl(8), -e 2)."""
    where = first_answer(loaded, rules, status)
    if where is None:
        absent = all(isinstance(got, Missing) and got.gap is Gap.LACKING for got in (status, loaded, rules))
        if absent and isinstance(unit, Answer) and "ActiveState=inactive" in unit.text:
            return AuditTrail(False, False, None, None, None, evidence=unit.evidence(r"ActiveState"))
        return why_none(status, loaded, rules)
    lines = list(statements(told(loaded) or told(rules) or ""))
    off = _is_off(told(status) or "", told(cmdline) or "", told(loaded)) or any(map(_MUTE.match, lines))
    fixed = "-e 2" in lines or re.search(r"^enabled 2\b", told(status) or "", re.MULTILINE) is not None
    refuses = "RefuseManualStop=yes" in (told(unit) or "")
    known = bool(lines) or off
    return AuditTrail(
        logins=None if not known else not off and any(_LOGINS.search(line) for line in lines),
        commands=None if not known else not off and any(_COMMANDS.search(line) for line in lines),
        severity=None,
        local=None,
        stoppable=False if fixed else None if refuses and not isinstance(status, Answer) else True,
        evidence=where.evidence(r"^\s*-[aweA]", r"^enabled|^pid|No rules"),
    )


def _is_off(status: str, cmdline: str, loaded: str | None) -> bool:
    unwritten = re.search(r"^enabled 0\b|^pid 0\b", status, re.MULTILINE) is not None
    return unwritten or re.search(r"\baudit=0\b", cmdline) is not None or "No rules" in (loaded or "")


# -- rights -------------------------------------------------------------------------------------------------------


def privileges(
    passwd: Got, group: Got, names: Got, sudoers: Got, more: Got, effective: Got, written: Got, written_more: Got
) -> Built:
    """Accounts with a shell, and how far sudo raises them (sudoers(5)), by themselves or by their groups."""
    where = first_answer(sudoers, more, passwd)
    if where is None:
        return why_none(passwd, sudoers)
    # A line may go on behind a backslash; a user may be a number behind the mark of comments.
    texts = ((told(got) or "").replace("\\\n", " ") for got in (sudoers, more))
    lines = [" ".join(line.split()) for text in texts for line in statements(re.sub(r"(?m)^#(?=\d)", "uid#", text))]
    raised = {person.name: person for person in _raised(lines, where, _members(passwd, group), _is_local(names))}
    people = [
        Administrator(
            name, "sudo" if name in raised else shell, raised[name].rank if name in raised else "operator", evidence
        )
        for name, shell, evidence in _shells(passwd)
    ]
    known = {person.name for person in people}
    return Privileges(
        administrators=(*people, *(person for name, person in raised.items() if name not in known)),
        second_factor=_second_factor(effective, written, written_more),
        evidence=where.evidence(r"\bALL\b", r"Alias"),
    )


def _shells(passwd: Got) -> Iterator[tuple[str, str, Evidence]]:
    if not isinstance(passwd, Answer):
        return
    for line in passwd.lines():
        fields = line.split(":")
        if len(fields) == 7 and fields[0] != "root" and _SHELLS.search(fields[6]):
            yield fields[0], fields[6], passwd.evidence(rf"^{re.escape(fields[0])}:")


def _members(passwd: Got, group: Got) -> dict[str, list[str]]:
    """Who can log in of each group of the host's own files, as sudoers names groups; empty where they were not read."""
    if not isinstance(passwd, Answer) or not isinstance(group, Answer):
        return {}
    own = [row for line in passwd.lines() if len(row := line.split(":")) == 7]
    shut = {"", *(row[0] for row in own if not _SHELLS.search(row[6]))}
    found = {}
    for name, _, number, listed in (row for line in group.lines() if len(row := line.split(":")) == 4):
        people = (*listed.split(","), *(row[0] for row in own if row[3] == number))
        found[f"%{name}"] = [person for person in dict.fromkeys(people) if person not in shut]
    return found


def _is_local(names: Got) -> bool:
    """Whether the host's own files are all that tells who is in a group (nsswitch.conf(5))."""
    return re.search(r"^group:[ \t]*(?:files|compat|systemd|[ \t])+$", told(names) or "", re.MULTILINE) is not None


def _raised(lines: list[str], where: Answer, members: dict[str, list[str]], local: bool) -> Iterator[Administrator]:
    people, commands = _aliases(lines, "User"), _aliases(lines, "Cmnd")
    shown, elsewhere = _shown(where), where.evidence()
    rules = ((line, found) for line in lines if (found := _ALL.match(line)) and not _NO_RULE.match(line))
    for line, rule in islice(rules, _MOST_RULES):
        what = _TAGS.sub("", rule["what"]).strip()
        named = [word for each in _listed(what) for word in commands.get(each, [each])]
        evidence = shown.get(" ".join(line.removeprefix("uid").split()[:2]), elsewhere)
        rank = "top" if "ALL" in named else "auditor" if "AUD" in f"{rule['who']} {what}".upper() else "operator"
        for who in (person for each in _listed(rule["who"]) for person in people.get(each, [each])):
            # A group that is not in the file is one of a directory, or there is none.
            for name in members.get(who, [] if members and local and who.startswith("%") else [who]):
                yield Administrator(name, what[:80], rank, evidence)


def _aliases(lines: list[str], kind: str) -> dict[str, list[str]]:
    """What names of a kind stand for; one line may define several, parted by colons."""
    defined = [line.partition(" ")[2] for line in lines if line.startswith(f"{kind}_Alias ")]
    pairs = [each.partition("=") for line in defined for each in re.split(r":(?=\s*[A-Z]\w*\s*=)", line)]
    return {name.strip(): _listed(members) for name, _, members in pairs}


def _shown(where: Answer) -> dict[str, Evidence]:
    """Each line of a file by its first two words, whatever blanks part them: a rule may go on over lines."""
    return {
        " ".join(line.split()[:2]): Evidence(where.command, (number,), line.strip()[:200], where.taken_at, where.sha256)
        for number, line in enumerate(where.lines(), 1)
    }


def _listed(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")]


def _second_factor(effective: Got, written: Got, more: Got) -> bool | None:
    if not isinstance(effective, Answer) and not isinstance(written, Answer):
        return None
    said, _ = sshd_settings(effective, written, more)
    methods = said.get("authenticationmethods", "").lower()
    if not methods:
        return None
    return all("," in method for method in methods.split())


# -- services -----------------------------------------------------------------------------------------------------


def device_services(samba: Got) -> Built:
    """Shares of Samba that take guests (smb.conf(5)); other services are told by their ports."""
    if isinstance(samba, Missing):
        return DeviceServices((), True, Answer(SAMBA, "").evidence()) if samba.gap is Gap.LACKING else samba
    said = settings(samba.text.replace(" to guest", "_to_guest").replace("guest ok", "guest_ok"))
    open_to_all = said.get("map_to_guest", "never").lower() != "never" or said.get("guest_ok", "no").lower() == "yes"
    return DeviceServices(
        (DeviceService("guest-share", open_to_all, samba.evidence(r"guest")),), True, samba.evidence()
    )


# -- redundancy ---------------------------------------------------------------------------------------------------


def redundancy(keepalived: Got, bonds: Got, files: Got, postgres: Got) -> Built:
    """Virtual addresses, bonds and replication; a host with none of the files has none of them."""
    groups = (*_virtual(keepalived), *_bonded(bonds, files), *_replicated(postgres))
    where = first_answer(keepalived, bonds, files, postgres)
    if where is None:
        failed = why_none(keepalived, bonds)
        lacking = all(isinstance(got, Missing) and got.gap is Gap.LACKING for got in (keepalived, bonds, postgres))
        return Redundancy((), Answer(KEEPALIVED, "").evidence()) if lacking else failed
    return Redundancy(tuple(groups), where.evidence())


def _virtual(got: Got) -> Iterator[RedundancyGroup]:
    if isinstance(got, Answer):
        for name in re.findall(r"^\s*vrrp_instance\s+(\S+)", got.text, re.MULTILINE):
            yield RedundancyGroup("vrrp", name, True, evidence=got.evidence(rf"vrrp_instance\s+{re.escape(name)}"))


_SLAVE = re.compile(r"^(?:\S*/(\S+):)?Slave Interface: \S", re.MULTILINE)


def _bonded(bonds: Got, files: Got) -> Iterator[RedundancyGroup]:
    found = _SLAVE.findall(bonds.text) if isinstance(bonds, Answer) else []
    members = Counter(bond or "bond" for bond in found)  # of a lone bond grep names no file
    if isinstance(bonds, Answer) and members:
        for name, count in members.items():
            shown = bonds.evidence(rf"^(?:\S*/{re.escape(name)}:)?Slave Interface")
            yield RedundancyGroup("aggregation", name, count > 1, evidence=shown)
    elif isinstance(files, Answer):
        ports = [name for name in re.findall(r"^iface (\S+)", files.text, re.MULTILINE) if name != "lo"]
        if ports:
            bonded = any(name.startswith("bond") for name in ports) or "bond-" in files.text
            yield RedundancyGroup("aggregation", ports[0], bonded, evidence=files.evidence(r"^iface"))


def _replicated(got: Got) -> Iterator[RedundancyGroup]:
    if isinstance(got, Answer):
        said = settings(got.text)
        senders, level = said.get("max_wal_senders", "10"), said.get("wal_level", "replica")
        standbys = bool(said.get("synchronous_standby_names"))
        off = level.startswith("minimal") or senders.split()[:1] == ["0"]
        yield RedundancyGroup(
            "replication", "postgresql", False if off else standbys or None, evidence=got.evidence(r"wal_|standby")
        )


# -- management ---------------------------------------------------------------------------------------------------


def management_plane(effective: Got, written: Got, more: Got, client: Got, vrf: Got) -> Built:
    """The addresses sshd listens at, and how it is reached."""
    own: list[str] = []
    shared: list[str] = []
    published: list[str] = []
    where = first_answer(effective, written, client)
    if isinstance(effective, Answer) or isinstance(written, Answer):
        _, source = sshd_settings(effective, written, more)
        for address in re.findall(r"(?im)^\s*listenaddress\s+(\S+)", source.text):
            ip = _host(address)
            kind = published if public(ip) else shared if ip in ("0.0.0.0", "::", "*") else own  # noqa: S104
            kind.append(ip)
    if vrf_name := re.search(r"\d+: (\S*m(?:gmt|anage)\S*?)[:@]", told(vrf) or ""):
        own.append(vrf_name.group(1))
    jumps = isinstance(client, Answer) and re.search(r"(?im)^\s*ProxyJump\s+\S", client.text) is not None
    if where is None:
        return why_none(effective, written)
    secured = ("ssh",) if isinstance(effective, Answer) or isinstance(written, Answer) or jumps else ()
    return ManagementPlane(
        tuple(dict.fromkeys(own)),
        tuple(dict.fromkeys(shared)),
        tuple(dict.fromkeys(published)),
        secured,
        evidence=where.evidence(r"^\s*(listenaddress|proxyjump)"),
    )


def _host(word: str) -> str:
    if word.startswith("["):
        return word[1:].partition("]")[0]
    return word.partition(":")[0] if word.count(":") == 1 else word


def monitoring(conf: Got, more: Got) -> Built:
    """Whether snmpd has users with encryption (snmpd.conf(5)); a host is polled and need not send notifications."""
    if not isinstance(conf, Answer):
        # Without it another agent may report.
        return Missing(Gap.REFUSED, conf.why) if conf.gap is Gap.LACKING else conf
    lines = [*statements(conf.text), *statements(body(more))]
    secured = any(re.match(r"r[ow]user\s+(?:-s\s+\S+\s+)?\S+\s+(?:auth)?priv\b", line, re.IGNORECASE) for line in lines)
    traps = [line.split()[1] for line in lines if re.match(r"(?:trap2?sink|informsink|trapsess)\s+\S", line)]
    evidence = conf.evidence(r"^\s*(r[ow](user|community)|createUser)")
    return Monitoring(True, tuple(traps), bool(traps) or None, secured, (), evidence)


def ssh_algorithms(effective: Got, written: Got, more: Got) -> SshAlgorithms:
    """What sshd offers, where it says so."""
    said, where = sshd_settings(effective, written, more)
    sets = [algorithms(said[key]) if key in said else None for key in ("ciphers", "macs", "kexalgorithms")]
    return SshAlgorithms(sets[0], sets[1], sets[2], where.evidence(r"^\s*(ciphers|macs|kexalgorithms)\b"))


_AUDIT = (AUDIT_STATUS, AUDIT_LOADED, AUDIT_RULES, AUDIT_UNIT, CMDLINE)
_SSHD = (EFFECTIVE, WRITTEN, WRITTEN_MORE)
_RIGHTS = (PASSWD, GROUP, NAMES, SUDOERS, SUDOERS_MORE, *_SSHD)
_STANDBY = (KEEPALIVED, BONDS, NETWORK_FILES, POSTGRES)
_PLANE = (*_SSHD, SSH_CLIENT, VRF)
READS = (
    Read(AuditTrail, _AUDIT, audit_trail, frozenset(_AUDIT)),
    Read(Privileges, _RIGHTS, privileges, frozenset(_RIGHTS)),
    Read(DeviceServices, (SAMBA,), device_services, frozenset({SAMBA})),
    Read(Redundancy, _STANDBY, redundancy, frozenset(_STANDBY)),
    *keepalived_reads(KEEPALIVED),
    Read(ManagementPlane, _PLANE, management_plane, frozenset(_PLANE)),
    Read(Monitoring, (SNMPD, SNMPD_MORE), monitoring, frozenset({SNMPD, SNMPD_MORE})),
    Read(SshAlgorithms, _SSHD, ssh_algorithms, frozenset(_SSHD)),
    *rule_reads(),
)
AS_ROOT = frozenset({AUDIT_STATUS, AUDIT_LOADED, AUDIT_RULES, SUDOERS, SUDOERS_MORE, KEEPALIVED, POSTGRES})
