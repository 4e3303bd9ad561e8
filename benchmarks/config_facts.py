"""Facts of bare configurations, scored against labels that people wrote.

python benchmarks/config_facts.py [DIR] [--whole] [--corpus DIR] [--tools DIR] [--wrong] [--update]

With DIR: prints ``{id: {fact: value}}`` as JSON for every file of it, the id being the file's stem, the platform
recognised from the text. Facts carry the corpus's names (its FACTS.md); one that hecha does not know is null.
Without: scores the corpus's configurations by its own evaluator, prints a table per fact, and exits 1 where more is
wrong than in benchmarks/results/config-facts.json.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from collectors.offline import snapshots_from
from inventory.errors import Gap, Missing
from inventory.facts import (
    Accounts,
    Banner,
    Fact,
    Filtering,
    Forwarding,
    Interfaces,
    Logging,
    PasswordPolicy,
    RemoteAccess,
    RemoteLine,
    Routes,
    RoutingProtocols,
    SnmpAgent,
    SshServer,
    TimeSync,
)
from inventory.snapshot import Snapshot, SoFar

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "config-facts.json"
FORMS = ("none", "plaintext", "type7", "cipher", "md5", "strong")  # of a stored password, the weakest first
UNSET = "unset"
Facts = Mapping[type[Fact], Fact | Missing]
F = TypeVar("F", bound=Fact)


def told(facts: Facts, kind: type[F]) -> F | None:
    """The fact; None where it is missing."""
    found = facts.get(kind)
    return found if isinstance(found, kind) else None


def remote_access(facts: Facts) -> dict[str, Any]:
    """Servers and lines."""
    access = told(facts, RemoteAccess)
    if access is None:
        return {}
    remote = [line for line in access.lines if line.remote]
    return {
        "telnet_enabled": access.telnet,
        "vty_telnet_permitted": _telnet_permitted(remote),
        "ssh_enabled": access.ssh,
        "ssh_v1_allowed": access.ssh_v1,
        "vty_acl_present": access.acl_limits_login,
        "idle_timeout_minutes": _idle_minutes(remote),
        "http_enabled": access.http,
        "https_enabled": access.https,
        "https_only": None if None in (access.http, access.https) else access.https and not access.http,
    }


def _telnet_permitted(remote: list[RemoteLine]) -> bool | None:
    if any(line.transports and "telnet" in line.transports for line in remote):
        return True
    return None if not remote or any(line.transports is None for line in remote) else False


def _idle_minutes(remote: list[RemoteLine]) -> float | str | None:
    """The longest written one, never ending before all; a line that says nothing leaves it to the others."""
    written = [line.idle_timeout_s for line in remote if line.idle_timeout_written and line.idle_timeout_s is not None]
    if not written:
        return UNSET
    minutes = 0 if 0 in written else max(written) / 60
    return int(minutes) if minutes == int(minutes) else minutes


def snmp(facts: Facts) -> dict[str, Any]:
    """Communities and users of the agent."""
    agent = told(facts, SnmpAgent)
    if agent is None:
        return {}
    defaults = [community.default for community in agent.communities]
    return {
        "snmp_community_present": bool(agent.communities),
        "snmp_default_community": True if True in defaults else None if None in defaults else False,
        "snmpv3_priv": any(user.level == "authPriv" for user in agent.users),
    }


def accounts(facts: Facts) -> dict[str, Any]:
    """The weakest form of storage; what no account tells stays open."""
    local = told(facts, Accounts)
    forms = [FORMS.index(a.storage) for a in local.items if a.storage in FORMS] if local else []
    policy = told(facts, PasswordPolicy)
    written = policy and policy.lockout_written
    return {
        "password_storage": FORMS[min(forms)] if forms else None,
        "login_lockout": (policy.lockout if policy and written is None else written),
    }


def services(facts: Facts) -> dict[str, Any]:
    """Logs, time and banners."""
    logs, time, banner = told(facts, Logging), told(facts, TimeSync), told(facts, Banner)
    return {
        "syslog_hosts": list(logs.hosts) if logs else None,
        "ntp_servers": list(time.servers) if time else None,
        "ntp_auth": time.authenticated if time else None,
        "banner_present": banner.present if banner else None,
    }


def network(facts: Facts) -> dict[str, Any]:
    """IPv6, routes and access lists."""
    forwarding, ports, acls = told(facts, Forwarding), told(facts, Interfaces), told(facts, Filtering)
    protocols = told(facts, RoutingProtocols)
    return {
        "ipv6_enabled_globally": forwarding.ipv6 if forwarding else None,
        "ipv6_interfaces": len({port.name for port in ports.items if port.ipv6_enabled}) if ports else None,
        "ipv6_routing_protocols": sorted({p.name for p in protocols.items if 6 in p.families}) if protocols else None,
        "default_route": _default_route(facts.get(Routes)),
        "acl_count": len(acls.acls) if acls else None,
    }


def _default_route(routes: Fact | Missing | None) -> bool | None:
    if isinstance(routes, Routes):
        return any(route.family == 4 for route in routes.defaults)
    # That a configuration which was read has none is told as a gap of the route table.
    return False if isinstance(routes, Missing) and routes.gap is Gap.UNREAD and "default route" in routes.why else None


def _idle_of_sshd(server: SshServer) -> float | str:
    """Minutes after which sshd drops a client that does not answer (ClientAliveCountMax is 3 by default)."""
    if server.client_alive_interval_s is None:
        return UNSET
    count = 3 if server.client_alive_count_max is None else max(1, server.client_alive_count_max)
    minutes = server.client_alive_interval_s * count / 60
    return int(minutes) if minutes == int(minutes) else minutes


def sshd(facts: Facts) -> dict[str, Any]:
    """What only an sshd_config has."""
    server, access = told(facts, SshServer), told(facts, RemoteAccess)
    if server is None:
        return {}
    password = server.password_authentication
    return {
        # Without the host's packet filter, sshd's own list is all that the text can tell of.
        "vty_acl_present": any(line.acl_ipv4 for line in access.lines) or access.acl_limits_login is True
        if access
        else None,
        "idle_timeout_minutes": _idle_of_sshd(server),
        "permit_root_login": server.permit_root_login or UNSET,
        "password_authentication": UNSET if password is None else "yes" if password else "no",
        "max_auth_tries": UNSET if server.max_auth_tries is None else server.max_auth_tries,
    }


# What a line tells that no later one takes back, where the text may be cut: the names that are true, each with the
# pattern of the line that says so, as far as a default might make it true as well.
STANDING = {
    "telnet_enabled": r"(?m)^\s*(?:undo telnet (?:ipv6 )?server disable|(?!undo |no |delete ).*\btelnet)",
    "vty_telnet_permitted": r"(?m)^\s*(?:protocol inbound|transport input)\b.*\b(?:telnet|all)\b",
    "ssh_enabled": r"(?m)^\s*(?!undo |no |delete ).*(?:ssh|stelnet)",
    "http_enabled": r"(?m)^\s*(?!undo |no |delete ).*(?:http|web)",
    "https_enabled": r"(?m)^\s*(?!undo |no |delete ).*(?:https|secure|ssl|web)",
    "snmp_community_present": "",
    "snmp_default_community": "",
    "snmpv3_priv": "",
    "ntp_auth": "",
    "vty_acl_present": r"access-class|\bacl\b",  # lists of networks and hosts may get one that is open to all
    "banner_present": "",
    "default_route": "",
}
# What a statement of its own turns off stays off: no device writes such a statement twice.
OFF = {
    "telnet_enabled": r"(?m)^\s*(?:(?:undo|no) telnet server enable|telnet server disable|no feature telnet"
    r"|no enable service telnet-server)",
    "http_enabled": r"(?m)^\s*(?:undo (?:ip )?http (?:server )?enable|no ip http server)\s*$",
    "https_enabled": r"(?m)^\s*(?:undo (?:ip https|http secure-server) enable|no ip http secure-server)\s*$",
}


def standing(facts: Facts) -> dict[str, Any]:
    """What stands already in a text that may be cut."""
    seen = {kind: fact.seen for kind, fact in facts.items() if isinstance(fact, SoFar) and fact.seen is not None}
    named = {name: value for part in PARTS for name, value in part(seen).items()}
    access = told(seen, RemoteAccess)
    shown = [access.evidence.excerpt, *(line.evidence.excerpt for line in access.lines)] if access else []
    text = "\n".join(shown)
    found = {name: True for name, sign in STANDING.items() if named.get(name) is True and re.search(sign, text)}
    found |= {name: False for name, sign in OFF.items() if named.get(name) is False and re.search(sign, text)}
    weakest = named.get("password_storage")
    return found | ({"password_storage": weakest} if weakest in FORMS[:2] else {})


PARTS: tuple[Callable[[Facts], dict[str, Any]], ...] = (remote_access, snmp, accounts, services, network, sshd)


def facts_of(path: Path, *, whole: bool = False) -> dict[str, Any]:
    """The named facts of one file, ``whole`` where somebody vouches that it is; empty where nothing could be read."""
    for _, found in snapshots_from([path], datetime.now(UTC), whole=whole):
        if isinstance(found, Snapshot):
            named = {fact: value for part in PARTS for fact, value in part(found.facts).items()}
            return named | {fact: value for fact, value in standing(found.facts).items() if named.get(fact) is None}
    return {}


def scored(tools: Path, corpus: Path, facts: Mapping[str, Any], *, wrong: bool) -> tuple[str, dict[str, Any]]:
    """What the corpus's evaluator prints, and its figures."""
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder) / "facts.json", Path(folder) / "score.json"
        given.write_text(json.dumps(facts), encoding="utf-8")
        command = [sys.executable, str(tools / "evaluate_configs.py"), str(corpus / "labels.yaml"), str(given)]
        command += ["--out", str(out), *(["--wrong"] if wrong else [])]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return said, json.loads(out.read_text(encoding="utf-8"))


def main() -> int:
    parser = argparse.ArgumentParser(description="Facts of bare configurations, scored against labels.")
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="print the facts of its files as JSON")
    parser.add_argument("--whole", action="store_true", help="its files are whole, though nothing in them says so")
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus" / "configs")
    parser.add_argument("--tools", type=Path, default=ROOT.parent / "shared" / "tools")
    parser.add_argument("--wrong", action="store_true", help="list what is wrong")
    parser.add_argument("--update", action="store_true", help="keep what was reached as the new floor")
    options = parser.parse_args()
    folder = options.folder or options.corpus / "raw"
    if not folder.is_dir():
        print(f"no configurations at {folder}: nothing to read")
        return 2 if options.folder else 0
    facts = {path.stem: facts_of(path, whole=options.whole) for path in sorted(folder.iterdir()) if path.is_file()}
    if options.folder:
        print(json.dumps(facts, ensure_ascii=False, indent=1))
        return 0
    said, score = scored(options.tools, options.corpus, facts, wrong=options.wrong)
    print(said, end="")
    return _judged(score, update=options.update)


def _judged(score: dict[str, Any], *, update: bool) -> int:
    right = sum(score["all"].get(key, 0) for key in ("written_right", "default_right"))
    asked = sum(score["all"].get(key, 0) for key in ("written", "default"))
    floor = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {"right": 0, "asked": asked}
    fell = asked - right > floor["asked"] - floor["right"]
    print(f"{right} of {asked} right ({right / asked:.1%}){'; FELL' if fell else ''}")
    if update:
        RESULTS.write_text(json.dumps({"right": right, "asked": asked}) + "\n", encoding="utf-8")
    return 1 if fell else 0


if __name__ == "__main__":
    sys.exit(main())
