"""The files each node starts from: its own accounts, FRR, sshd, snmpd, lldpd and nftables configuration."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from plan_of_lab import NAT64, WEAK_COMMUNITY, Node

AUDIT_UID = 2000
SYSTEM_ACCOUNTS = {"root", "daemon", "nobody", "sshd", "frr", "_lldpd", "Debian-snmp"}


@dataclass(frozen=True, slots=True)
class LabSecrets:
    """Made anew for every lab."""

    password: str
    snmp_auth: str
    snmp_priv: str
    public_key: str


def write_node_files(folder: Path, node: Node, secrets: LabSecrets) -> None:
    """Fills ``folder`` with a tree that node-init lays over the node's own view of the file system."""
    for place in ("etc/frr", "etc/ssh", "etc/snmp", "etc/lldpd.d", "var/lib/snmp", "home/audit", "log"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    _accounts(folder / "etc", secrets)
    _ssh(folder / "etc/ssh", node, secrets)
    _snmp(folder, node, secrets)
    (folder / "etc/lldpd.d/lab.conf").write_text(
        "configure lldp tx-interval 1\nconfigure system interface pattern eth*,!eth0\n"
    )
    (folder / "etc/hostname").write_text(f"{node.name}\n")
    if node.is_router:
        _frr(folder / "etc/frr", node)
    if node.name != "srv2":
        (folder / "etc/nftables.conf").write_text(_firewall_rules() if node.role == "firewall" else _host_rules())
    if any(tun.name == "nat64" for tun in node.tuns):
        (folder / "etc/tayga.conf").write_text(_translator())
    (folder / "daemons").write_text("".join(f"{line}\n" for line in node.daemons))
    (folder / "network").write_text("".join(f"{line}\n" for line in _network(node)))


def _accounts(etc: Path, secrets: LabSecrets) -> None:
    """The machine's own system accounts, plus ``audit``, which exists only in the lab."""
    kept = [line for line in Path("/etc/passwd").read_text().splitlines() if line.partition(":")[0] in SYSTEM_ACCOUNTS]
    audit = f"audit:x:{AUDIT_UID}:{AUDIT_UID}:lab:/home/audit:/bin/bash"
    (etc / "passwd").write_text("\n".join([*kept, audit, ""]))
    groups = [
        f"{line}{'' if line.endswith(':') else ','}audit" if line.startswith("frrvty:") else line
        for line in Path("/etc/group").read_text().splitlines()
    ]
    (etc / "group").write_text("\n".join([*groups, f"audit:x:{AUDIT_UID}:", ""]))
    hashed = _password_hash(secrets.password)
    shadow = [f"{line.partition(':')[0]}:*:19000:0:99999:7:::" for line in kept]
    (etc / "shadow").write_text("\n".join([*shadow, f"audit:{hashed}:19000:0:99999:7:::", ""]))
    (etc / "shadow").chmod(0o600)


def _password_hash(password: str) -> str:
    # Python lost its crypt module in 3.13; Perl is essential on Debian. The word goes by standard input, so that
    # no list of processes shows it.
    script = "my $word = <STDIN>; print crypt($word, q($6$labsalt$));"
    return subprocess.run(["perl", "-e", script], input=password, capture_output=True, text=True, check=True).stdout


def _ssh(etc: Path, node: Node, secrets: LabSecrets) -> None:
    for kind in ("ed25519", "ecdsa"):
        key = etc / f"ssh_host_{kind}_key"
        subprocess.run(["ssh-keygen", "-q", "-N", "", "-t", kind, "-f", str(key), "-C", node.name], check=True)
    (etc / "authorized_keys").write_text(f"{secrets.public_key}\n")
    (etc / "sshd_config").write_text(
        f"""# sshd of {node.name}
Port 22
HostKey /etc/ssh/ssh_host_ed25519_key
HostKey /etc/ssh/ssh_host_ecdsa_key
AuthorizedKeysFile /etc/ssh/authorized_keys
PermitRootLogin {node.root_login}
PasswordAuthentication yes
PermitEmptyPasswords no
UsePAM no
MaxAuthTries 3
LoginGraceTime 30
ClientAliveInterval {0 if node.name == "srv2" else 300}
ClientAliveCountMax {3 if node.name == "srv2" else 1}
X11Forwarding {"yes" if node.name == "srv2" else "no"}
LogLevel VERBOSE
PrintMotd no
Subsystem sftp internal-sftp
"""
    )


def _snmp(folder: Path, node: Node, secrets: LabSecrets) -> None:
    lines = [
        "agentAddress udp:161,udp6:161",
        "master agentx",
        "agentXSocket /run/agentx",
        f"sysName {node.name}",
        f"sysLocation {'core room' if node.is_router else 'server room'}",
        "sysContact duty engineer",
        "rouser audit priv",
    ]
    if node.weak_snmp:
        lines += [f"rocommunity {WEAK_COMMUNITY}", f"rocommunity6 {WEAK_COMMUNITY}"]
    (folder / "etc/snmp/snmpd.conf").write_text("\n".join([*lines, ""]))
    # snmpd replaces this line by the localised key when it starts, and keeps its engine's boots here.
    state = folder / "var/lib/snmp/snmpd.conf"
    state.write_text(f"createUser audit SHA-256 {secrets.snmp_auth} AES-256 {secrets.snmp_priv}\n")
    state.chmod(0o600)


def _frr(etc: Path, node: Node) -> None:
    shutil.copy("/etc/frr/vtysh.conf", etc / "vtysh.conf")
    lines = [
        f"hostname {node.name}",
        "log file /var/log/frr/frr.log",
        "service integrated-vtysh-config",
        "ip forwarding",
        "ipv6 forwarding",
        "!",
    ]
    for port in node.ports:
        carries = port.alias.startswith("to core")
        lines += [f"interface {port.name}", f" description {port.alias}"]
        if carries:
            lines += [" ip ospf area 0", " ip ospf network point-to-point", " ip ospf hello-interval 1"]
            lines += [" ip ospf dead-interval 4", " ipv6 ospf6 area 0", " ipv6 ospf6 network point-to-point"]
            lines += [" ipv6 ospf6 hello-interval 1", " ipv6 ospf6 dead-interval 4"]
        elif port.alias.startswith("to fw"):
            lines += [" ip ospf area 0", " ip ospf passive", " ipv6 ospf6 area 0", " ipv6 ospf6 passive"]
        lines += ["exit", "!"]
    lines += ["interface lo", " ip ospf area 0", " ipv6 ospf6 area 0", " ipv6 ospf6 passive", "exit", "!"]
    router_id = node.loopback[0].partition("/")[0]
    lines += ["router ospf", f" ospf router-id {router_id}", "exit", "!"]
    lines += ["router ospf6", f" ospf6 router-id {router_id}", "exit", "!"]
    if node.name == "core2":
        lines += ["ip route 192.0.2.0/25 203.0.113.6", "ipv6 route 2001:db8:0:31::/64 2001:db8:0:23::2", "!"]
    (etc / "frr.conf").write_text("\n".join([*lines, ""]))


def _host_rules() -> str:
    return """flush ruleset
table inet host {
    chain input {
        type filter hook input priority filter; policy drop;
        ct state established,related accept
        iifname "lo" accept
        meta l4proto { icmp, ipv6-icmp, ospf } accept
        udp dport 5000 accept
        iifname "eth0" tcp dport 22 accept
        iifname "eth0" udp dport 161 accept
    }
}
"""


def _firewall_rules() -> str:
    return """flush ruleset
table inet border {
    set servers {
        type ipv4_addr; flags interval
        elements = { 192.0.2.0/26 }
    }
    chain input {
        type filter hook input priority filter; policy drop;
        ct state established,related accept
        iifname "lo" accept
        meta l4proto { icmp, ipv6-icmp } accept
        iifname "eth0" ip saddr 198.51.100.0/24 tcp dport 22 accept
        iifname "eth0" ip saddr 198.51.100.0/24 udp dport 161 accept
        iifname "eth0" ip6 saddr 2001:db8:0:ff::/64 tcp dport 22 accept
        iifname "eth0" ip6 saddr 2001:db8:0:ff::/64 udp dport 161 accept
    }
    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state established,related counter accept
        meta l4proto { icmp, ipv6-icmp } accept
        iifname "eth1" ip daddr @servers tcp dport { 80, 443 } counter accept comment "web"
        iifname "eth1" ip6 daddr 2001:db8:0:31::/64 tcp dport 443 counter accept comment "web6"
        log prefix "border-drop " counter drop
    }
}
"""


def _network(node: Node) -> list[str]:
    """Arguments of ``ip``, one command a line, that node-init carries out before it starts anything."""
    lines = ["link set lo up"]
    lines += [f"address add {address} dev lo" for address in node.loopback]
    lines += [f"tuntap add dev {tun.name} mode tun" for tun in node.tuns]
    for port in (node.management, *node.ports, *node.tuns):
        lines += [f"address add {address} dev {port.name}" for address in port.addresses]
        lines += [f"link set {port.name} alias '{port.alias}'", f"link set {port.name} up"]
    for route in node.routes:
        family, bare = ("-6 ", route[3:]) if route.startswith("-6 ") else ("", route)
        lines.append(f"{family}route add {bare}")
    for tun in node.tuns:
        lines += [f"{'-6 ' if ':' in to else ''}route add {to} dev {tun.name}" for to in _BEHIND[node.name]]
    return lines


# What lies behind the TUN devices of a node.
_BEHIND = {
    "core1": ("2001:db8:ffff::5/128",),
    "core2": (NAT64, "192.0.2.192/27"),
    "branch": ("2001:db8:ffff::1/128", "2001:db8:0:12::/64"),
}


def _translator() -> str:
    return f"""tun-device nat64
ipv4-addr 192.0.2.193
ipv6-addr 2001:db8:0:65::2
prefix {NAT64}
dynamic-pool 192.0.2.192/27
data-dir /run
"""
