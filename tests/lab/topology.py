"""The lab: real routers, a firewall and servers in network namespaces, built, waited for, and taken down for certain.

As a program, for trying by hand (needs root)::

    python tests/lab/topology.py up --folder out/lab      prints how to audit it
    python tests/lab/topology.py down --folder out/lab

A node is a shell (``node-init``) that is process 1 of its own namespaces: its end is the end of everything in it.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from node_files import LabSecrets, write_node_files
from plan_of_lab import AUDIT_ADDRESSES, LINKS, NODES, SYSTEM_PATH, Node

PROGRAMS = ("ip", "unshare", "nsenter", "nft", "snmpd", "snmpget", "sshd", "ssh-keygen", "vtysh", "lldpd", "perl")
START_LIMIT_S = 90
Completed = subprocess.CompletedProcess[str]


class LabError(Exception):
    """The lab cannot be built or does not come up; the message says which node and shows what it logged."""


def why_not() -> str | None:
    """Why no lab can stand on this machine; None where it can."""
    if sys.platform != "linux":
        return "the lab needs Linux"
    if os.geteuid() != 0:
        return "the lab needs root, for network namespaces"
    missing = [program for program in PROGRAMS if shutil.which(program, path=SYSTEM_PATH) is None]
    if missing:
        return f"the lab needs programs that are not installed: {', '.join(missing)}"
    tried = f"hecha-{os.getpid()}-try"
    made = _run(["ip", "netns", "add", tried], check=False)
    if made.returncode:
        return f"no network namespaces here: {made.stderr.strip()}"
    _run(["ip", "netns", "delete", tried])
    return None


def _run(command: Sequence[str], check: bool = True, timeout: float = 60) -> Completed:
    environment = {**os.environ, "PATH": SYSTEM_PATH}
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=timeout, env=environment)
    if check and done.returncode:
        raise LabError(f"{shlex.join(command)}: {done.stderr.strip() or done.returncode}")
    return done


class Lab:
    """A running lab, as a context manager: everything it made is gone afterwards, its folder excepted.

    ``folder`` gets the nodes' files, ``targets.csv`` and the key of the lab's logins. ``detached`` leaves the nodes
    running after this process; else they end with it, even if it is killed.
    """

    def __init__(self, folder: Path, name: str | None = None, *, detached: bool = False) -> None:
        self.folder = folder.resolve()
        self.name = name or f"hecha-{os.getpid()}"
        self.detached = detached
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.pids: dict[str, int] = {}
        self.logins: dict[str, str] = {}

    # -- up and down -------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        sweep()
        try:
            self._build()
        except BaseException:
            self.down()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    def _build(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, mode=0o755)
        lab_secrets = self._new_logins()
        self._new_wires()
        for node in NODES:
            write_node_files(self.folder / node.name, node, lab_secrets)
            self._start(node)
        self._write_targets()
        for node in NODES:
            self._await(node, "start", (self.folder / node.name / "started").exists)
        self._await_services()

    def down(self) -> None:
        """Ends every node and removes its namespaces; may be called twice."""
        for pid in self.pids.values():
            _kill(pid)
        for process in self.processes.values():
            if process.stdin:
                process.stdin.close()
            process.kill()
            process.wait()
        for space in _spaces(self.name):
            _run(["ip", "netns", "delete", space], check=False)
        self.processes.clear()
        self.pids.clear()

    def _new_logins(self) -> LabSecrets:
        key = self.folder / "audit_key"
        _run(["ssh-keygen", "-q", "-N", "", "-t", "ed25519", "-f", str(key), "-C", "audit"])
        made = LabSecrets(
            password=secrets.token_urlsafe(12),
            snmp_auth=secrets.token_hex(12),
            snmp_priv=secrets.token_hex(12),
            public_key=key.with_suffix(".pub").read_text().strip(),
        )
        v3 = {
            "SNMPV3_USER": "audit",
            "SNMPV3_AUTH": f"sha256:{made.snmp_auth}",
            "SNMPV3_PRIV": f"aes256:{made.snmp_priv}",
        }
        parts = {
            "LAB": {"USERNAME": "audit", "PASSWORD": made.password, **v3},
            "LABROOT": {"USERNAME": "root", "SSH_KEY": str(key), **v3},
        }
        self.logins = {f"HECHA_LOGIN_{name}_{part}": word for name, of in parts.items() for part, word in of.items()}
        return made

    def _new_wires(self) -> None:
        audit = f"{self.name}-audit"
        for space in (audit, *(self.space(node.name) for node in NODES)):
            _run(["ip", "netns", "add", space])
        _run(["ip", "-n", audit, "link", "set", "lo", "up"])
        _run(["ip", "-n", audit, "link", "add", "br0", "type", "bridge"])
        for address in AUDIT_ADDRESSES:
            _run(["ip", "-n", audit, "address", "add", address, "dev", "br0", *(["nodad"] if ":" in address else [])])
        for node in NODES:
            self._cable(audit, node.name, self.space(node.name), "eth0")
            _run(["ip", "-n", audit, "link", "set", node.name, "master", "br0", "up"])
        _run(["ip", "-n", audit, "link", "set", "br0", "up"])
        for near, near_port, far, far_port in LINKS:
            self._cable(self.space(near), near_port, self.space(far), far_port)

    @staticmethod
    def _cable(near: str, near_port: str, far: str, far_port: str) -> None:
        _run(["ip", "link", "add", near_port, "netns", near, "type", "veth", "peer", "name", far_port, "netns", far])

    def _start(self, node: Node) -> None:
        init = [str(Path(__file__).with_name("node-init")), str(self.folder / node.name), node.name]
        init += [str(int(node.forwards)), str(int(node.ipv6)), "forever" if self.detached else "owner"]
        unshare = ["unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--mount-proc", "--kill-child=SIGKILL"]
        log = (self.folder / node.name / "log" / "init").open("wb")
        with log:
            process = subprocess.Popen(
                ["ip", "netns", "exec", self.space(node.name), *unshare, *init],
                stdin=subprocess.DEVNULL if self.detached else subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={"PATH": SYSTEM_PATH, "LANG": "C.UTF-8"},
            )
        self.processes[node.name] = process
        self.pids[node.name] = process.pid

    # -- readiness ---------------------------------------------------------------------------------------------

    def _await(self, node: Node, what: str, holds: Callable[[], bool]) -> None:
        ends = time.monotonic() + START_LIMIT_S
        while not holds():
            if self.processes[node.name].poll() is not None or time.monotonic() > ends:
                logs = "\n".join(
                    f"{log.name}: {log.read_text(errors='replace')[-800:]}"
                    for log in sorted((self.folder / node.name / "log").iterdir())
                    if log.is_file()
                )
                raise LabError(f"{node.name}: no {what}\n{logs}")
            time.sleep(0.2)

    def _await_services(self) -> None:
        for node in NODES:
            self._await(node, "sshd", partial(self._shows, node, ":22 ", "ss", "-Hltn"))
            self._await(node, "snmpd", partial(self._shows, node, ":161 ", "ss", "-Hlun"))
            self._await(node, "LLDP neighbour", partial(self._sees_neighbours, node))
        for node in (node for node in NODES if node.is_router):
            for command in ("show ip ospf neighbor", "show ipv6 ospf6 neighbor"):
                self._await(node, command, partial(self._shows, node, "Full", "vtysh", "-c", command))

    def _shows(self, node: Node, word: str, *command: str) -> bool:
        return word in self.run(node.name, *command).stdout

    def _sees_neighbours(self, node: Node) -> bool:
        told = self.run(node.name, "lldpcli", "-f", "keyvalue", "show", "neighbors").stdout
        return len(set(re.findall(r"^lldp\.(eth\d+)\.chassis\.name=", told, re.MULTILINE))) == len(node.ports)

    # -- use ---------------------------------------------------------------------------------------------------

    def space(self, node: str) -> str:
        """Name of the network namespace of a node, or of ``audit``, from which all nodes are reached."""
        return f"{self.name}-{node}"

    def run(self, node: str, *command: str) -> Completed:
        """The command inside the node, as root there."""
        inner = _child(self.pids[node])
        return _run(["nsenter", "-t", str(inner), "-m", "-u", "-i", "-n", "-p", "-r", "-w", *command], check=False)

    def audit(
        self, *command: str, folder: Path, environment: Mapping[str, str] | None = None, timeout: float = 240
    ) -> Completed:
        """The command run in ``folder`` where all nodes are reached, with the lab's logins in its environment."""
        whole = {**os.environ, **self.logins, **(environment or {})}
        return subprocess.run(
            ["ip", "netns", "exec", self.space("audit"), *command],
            cwd=folder,
            env=whole,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
        )

    def _write_targets(self) -> None:
        """Every node as a person would list it; core2 by its IPv6 address, srv2 without saying what it is."""
        with (self.folder / "targets.csv").open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(["name", "address", "platform", "site", "role", "login"])
            for node in NODES:
                address = node.address6 if node.name == "core2" else node.address
                login = "lab" if node.root_login == "no" else "labroot"
                rows.writerow([node.name, address, "", "lab", node.role, login])


def _child(pid: int) -> int:
    """Process 1 of a node as this machine numbers it: the only child of its ``unshare``."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    if not children:
        raise LabError(f"the node of process {pid} has ended")
    return int(children[0])


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)  # its child, the node's process 1, is killed with it
    except ProcessLookupError:
        return


def _spaces(name: str) -> list[str]:
    listed = _run(["ip", "netns", "list"], check=False).stdout
    return [space for line in listed.splitlines() if (space := line.split()[0]).startswith(f"{name}-")]


def sweep() -> None:
    """Removes the empty namespaces of labs whose owner was killed before it could."""
    for space in _spaces("hecha"):
        owner = re.fullmatch(r"hecha-(\d+)-\w+", space)
        if owner and not Path(f"/proc/{owner[1]}").exists():
            _run(["ip", "netns", "delete", space], check=False)


# -- the program -----------------------------------------------------------------------------------------------


def _up(folder: Path) -> int:
    reason = why_not()
    if reason:
        print(f"No lab: {reason}.", file=sys.stderr)
        return 2
    _down(folder)
    lab = Lab(folder, "hecha-lab", detached=True)
    lab.__enter__()
    (lab.folder / "lab.json").write_text(json.dumps({"name": lab.name, "pids": lab.pids}))
    exports = lab.folder / "logins.env"
    exports.touch(mode=0o600)
    exports.write_text("".join(f"export {name}={shlex.quote(word)}\n" for name, word in lab.logins.items()))
    hecha = Path(sys.executable).with_name("hecha")
    inside = f"ip netns exec {lab.space('audit')}"
    print(f"""The lab is up: {", ".join(f"{node.name} {node.address}" for node in NODES)}.

Audit it (in any folder):
  source {exports}
  {inside} {hecha} census --targets {lab.folder}/targets.csv --with snmp,cli --out census.jsonl

Look into core1:    nsenter -t $(pgrep -P {lab.pids["core1"]}) -a vtysh
The other nodes:    their process ids stand in {lab.folder}/lab.json
Take it down:       make lab-down""")
    return 0


def _down(folder: Path) -> int:
    record = folder / "lab.json"
    if record.exists():
        for pid in json.loads(record.read_text())["pids"].values():
            command = Path(f"/proc/{pid}/cmdline")
            if command.exists() and b"node-init" in command.read_bytes():  # never another process of that number
                _kill(pid)
        record.unlink()
    for space in _spaces("hecha-lab"):
        _run(["ip", "netns", "delete", space], check=False)
    return 0


def main() -> int:
    """Exit code of ``up`` or ``down``."""
    parser = argparse.ArgumentParser(description="Builds or removes the lab.")
    parser.add_argument("what", choices=["up", "down"])
    parser.add_argument("--folder", type=Path, default=Path("out/lab"))
    options = parser.parse_args()
    return {"up": _up, "down": _down}[options.what](options.folder)


if __name__ == "__main__":
    sys.exit(main())
