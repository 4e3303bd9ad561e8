"""The command line of a simulated Linux server: answers to what an audit asks, written from the county's model."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from collectors.platforms.dialects.linux.system import JAVA
from playbooks.demo import linux_protected, wording
from playbooks.demo.linux_files import files, sshd_settings
from playbooks.demo.model import LOOPBACK, Device, Port
from playbooks.demo.vrp import NTP_SERVER

_QUIET = re.compile(r"\s*(2>\s*(/dev/null|&1))\s*")
_ANY = "0.0.0.0"  # noqa: S104 - what ss prints; nothing is bound here
_SETTING = re.compile(r"(export\s+)?\w+=\S*")


def answer(device: Device, command: str, started: datetime) -> str | None:
    """What the shell prints for a command; None when there is no such command."""
    plain = _QUIET.sub(" ", command).strip()
    for prefix in ("LC_ALL=C ", "sudo -n ", "LC_ALL=C ", "/usr/sbin/"):
        plain = plain.removeprefix(prefix)
    if _SETTING.fullmatch(plain) or plain.startswith(("stty ", "unset ")):
        return ""
    if plain == "cat /proc/uptime":
        return f"{(datetime.now(started.tzinfo) - started).total_seconds():.2f} 0.00\n"
    if plain.startswith("cat "):
        return _cat(device, plain.split()[1:])
    if protected := linux_protected.COMMANDS.get(plain):
        return protected(device)
    write = _COMMANDS.get(plain)
    return None if write is None else write(device, started)


def _cat(device: Device, paths: list[str]) -> str:
    there = files(device)
    shown = []
    for path in paths:
        # As a shell does: a pattern that matches nothing stays as it is.
        matched = fnmatch.filter(sorted(there), path) or [path]
        shown += [there.get(p, f"cat: {p}: No such file or directory\n") for p in matched if p[:1] != "-"]
    return "".join(shown)


def _uname(device: Device) -> tuple[str, str]:
    _, kernel, cpu = wording.KERNELS[device.system]
    return f"{kernel}.{cpu}", cpu


def _uname_a(device: Device, _: datetime) -> str:
    kernel, cpu = _uname(device)
    return f"Linux {device.name} {kernel} #1 SMP Tue Mar 1 09:30:00 UTC 2022 {cpu} {cpu} {cpu} GNU/Linux\n"


def _mac(device: Device, index: int) -> str:
    return device.mac(index).hex(":")


def _link(device: Device, port: Port, index: int) -> dict[str, Any]:
    loopback = port.kind == LOOPBACK
    return {
        "ifindex": index,
        "ifname": port.name,
        "flags": ["LOOPBACK", "UP", "LOWER_UP"] if loopback else ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
        "mtu": 65536 if loopback else 1500,
        "qdisc": "noqueue" if loopback else "mq",
        "operstate": "UNKNOWN" if loopback else "UP",
        "group": "default",
        "txqlen": 1000,
        "link_type": "loopback" if loopback else "ether",
        "address": "00:00:00:00:00:00" if loopback else _mac(device, index),
        "broadcast": "00:00:00:00:00:00" if loopback else "ff:ff:ff:ff:ff:ff",
    }


def _links(device: Device, _: datetime) -> str:
    return json.dumps([_link(device, port, index) for index, port in enumerate(device.ports, 1)]) + "\n"


def _addresses(device: Device, _: datetime) -> str:
    shown = []
    for index, port in enumerate(device.ports, 1):
        infos = [
            {
                "family": family,
                "local": str(ip.ip),
                "prefixlen": ip.network.prefixlen,
                "scope": "global",
                "label": port.name,
                "valid_life_time": 4294967295,
                "preferred_life_time": 4294967295,
            }
            for family, ip in (("inet", port.ipv4), ("inet6", port.ipv6))
            if ip
        ]
        shown.append(_link(device, port, index) | {"addr_info": infos})
    return json.dumps(shown) + "\n"


def _resolved(device: Device, _: datetime) -> str:
    if not device.gateway4:
        return "[]\n"
    seen = [(str(device.gateway4), _uplink(device), "02:44:00:00:00:01"), *device.runs.resolved]
    return json.dumps([{"dst": ip, "dev": port, "lladdr": mac, "state": ["REACHABLE"]} for ip, port, mac in seen])


def _speeds(device: Device, _: datetime) -> str:
    ports = [port for port in device.ports if port.kind != LOOPBACK]
    speeds = [f"/sys/class/net/{port.name}/speed:{port.mbps}\n" for port in ports]
    return "".join([*speeds, *(f"/sys/class/net/{port.name}/duplex:full\n" for port in ports)])


def _packages(device: Device, _: datetime) -> str:
    kernel, cpu = _uname(device)
    built = kernel.removesuffix(f".{cpu}")
    surplus = "telnet-server 0.17-76\n" if device.hardening.surplus else ""
    return f"chrony 4.1-2\nglibc 2.34-70\nkernel {built}\nopenssh-server 8.8p1-5\nrsyslog 8.2110.0-4\n{surplus}"


def _uplink(device: Device) -> str:
    return device.ports[-1].name


def _routes4(device: Device, _: datetime) -> str:
    routes: list[dict[str, Any]] = []
    if device.gateway4:
        routes.append(
            {
                "dst": "default",
                "gateway": str(device.gateway4),
                "dev": _uplink(device),
                "protocol": "static",
                "flags": [],
            }
        )
    for port in device.ports:
        if port.ipv4 and port.kind != LOOPBACK:
            net = port.ipv4.network
            routes.append(
                {
                    "dst": str(net),
                    "dev": port.name,
                    "protocol": "kernel",
                    "scope": "link",
                    "prefsrc": str(port.ipv4.ip),
                    "flags": [],
                }
            )
    return json.dumps(routes) + "\n"


def _routes6(device: Device, _: datetime) -> str:
    routes: list[dict[str, Any]] = []
    for port in device.ports:
        if port.ipv6 and port.kind != LOOPBACK:
            routes.append(
                {
                    "dst": str(port.ipv6.network),
                    "dev": port.name,
                    "protocol": "kernel",
                    "metric": 256,
                    "flags": [],
                    "pref": "medium",
                }
            )
    if device.gateway6:
        routes.append(
            {
                "dst": "default", "gateway": str(device.gateway6.ip), "dev": _uplink(device), "protocol": "static",
                "metric": 1024, "flags": [], "pref": "medium",
            }
        )  # fmt: skip
    return json.dumps(routes) + "\n"


def _listeners(device: Device) -> list[tuple[str, str, int, str]]:
    found = [("tcp", _ANY, 22, "sshd"), ("tcp", "[::]", 22, "sshd")]
    found += [("udp", _ANY, 161, "snmpd"), ("udp", "[::]", 161, "snmpd")]
    found += [("udp", "127.0.0.1", 323, "chronyd"), ("udp", "[::1]", 323, "chronyd")]
    if device.hardening.risky_port:
        found.append(("tcp", _ANY, device.hardening.risky_port, "redis-server"))
    found += [("tcp", address, port, program) for program, port in device.runs.programs for address in (_ANY, "[::]")]
    return found


def _established(device: Device, _: datetime) -> str:
    lines = [
        f'0      0      {ip}:{port}      {peer} users:(("{program}",pid=990,fd=9))\n'
        for ip, port, peer, program in device.runs.flows
    ]
    return "".join(["Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n", *lines])


def _lscpu(device: Device, _: datetime) -> str:
    cpu = _uname(device)[1]
    maker, model = {
        "aarch64": ("HiSilicon", "Kunpeng-920"),
        "x86_64": ("HygonGenuine", "Hygon C86 7285 32-core Processor"),
    }[cpu]
    return f"Architecture:        {cpu}\nVendor ID:           {maker}\nModel name:          {model}\n"


def _ss(header: bool) -> Callable[[Device, datetime], str]:
    def written(device: Device, _: datetime) -> str:
        lines = [
            f"{protocol}   {'LISTEN' if protocol == 'tcp' else 'UNCONN'} 0      128    {f'{ip}:{port}':>18} "
            f'{("[::]" if ip.startswith("[") else _ANY) + ":*":>18} users:(("{process}",pid={900 + n},fd=3))'
            for n, (protocol, ip, port, process) in enumerate(_listeners(device))
        ]
        title = "Netid State  Recv-Q Send-Q Local Address:Port   Peer Address:Port Process"
        return "".join(f"{line}\n" for line in ([title, *lines] if header else lines))

    return written


def _sshd(device: Device, _: datetime) -> str:
    return "".join(f"{key} {value}\n" for key, value in sshd_settings(device).items())


def _nft(_device: Device, _: datetime) -> str:
    return (
        "table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy drop;\n"
        '\t\tct state established,related accept\n\t\tiif "lo" accept\n'
        "\t\tmeta l4proto ipv6-icmp accept\n"
        "\t\tip saddr 10.44.0.0/24 tcp dport 22 accept\n\t}\n"
        "\tchain forward {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n"
    )


def _nft_json(_device: Device, _: datetime) -> str:
    table = {"family": "inet", "name": "filter", "handle": 1}
    chains = [
        {"family": "inet", "table": "filter", "name": name, "handle": n, "type": "filter", "hook": name, "prio": 0,
         "policy": "drop"}
        for n, name in enumerate(("input", "forward"), 1)
    ]  # fmt: skip
    entries: list[dict[str, Any]] = [{"metainfo": {"version": "1.0.0", "json_schema_version": 1}}, {"table": table}]
    return json.dumps({"nftables": entries + [{"chain": chain} for chain in chains]}) + "\n"


def _tracking(device: Device, _: datetime) -> str:
    if not device.hardening.ntp:
        return "Reference ID    : 00000000 ()\nStratum         : 0\nLeap status     : Not synchronised\n"
    return (
        f"Reference ID    : 0A2C007B ({NTP_SERVER})\nStratum         : 3\n"
        "System time     : 0.000012 seconds slow of NTP time\nLeap status     : Normal\n"
    )


def _timedatectl(device: Device, _: datetime) -> str:
    return f"Timezone=Asia/Shanghai\nNTP=yes\nNTPSynchronized={'yes' if device.hardening.ntp else 'no'}\n"


def _lldp(device: Device, _: datetime) -> str:
    interfaces = []
    for heard in device.heard:
        chassis = {"id": {"type": "mac", "value": heard.chassis}, "descr": heard.descr, "mgmt-ip": str(heard.address)}
        port = {"id": {"type": "ifname", "value": heard.remote_port}, "descr": heard.remote_port}
        interfaces.append({heard.port: {"via": "LLDP", "chassis": {heard.name: chassis}, "port": port}})
    return json.dumps({"lldp": {"interface": interfaces}}) + "\n"


_AUDITED = """\
-w /etc/passwd -p wa -k identity
-w /etc/shadow -p wa -k identity
-w /etc/sudoers -p wa -k privilege
-a always,exit -F arch=b64 -S execve -F euid=0 -F auid>=1000 -F auid!=-1 -F key=rootcmd
"""
_COMMANDS: dict[str, Callable[[Device, datetime], str]] = {
    "hostname": lambda d, _: f"{d.name}\n",
    "uname -a": _uname_a,
    "uname -r": lambda d, _: f"{_uname(d)[0]}\n",
    "uname -m": lambda d, _: f"{_uname(d)[1]}\n",
    "uname -srm": lambda d, _: "Linux {} {}\n".format(*_uname(d)),
    "id": lambda _d, _: "uid=1003(audit01) gid=1003(audit01) groups=1003(audit01)\n",
    "ip -j link": _links,
    "ip -j link show": _links,
    "ip -j addr": _addresses,
    "ip -j -d address show": _addresses,
    "ip -j neigh show": _resolved,
    "ip -j addr show": _addresses,
    "ip -j address": _addresses,
    "ip -j address show": _addresses,
    "ip -j route": _routes4,
    "ip -j route show": _routes4,
    "ip -j -4 route": _routes4,
    "ip -j -4 route show": _routes4,
    "ip -j -6 route": _routes6,
    "ip -j -6 route show": _routes6,
    "grep . /sys/class/net/*/speed /sys/class/net/*/duplex": _speeds,
    "rpm -qa --queryformat '%{NAME} %{VERSION}-%{RELEASE}\\n'": _packages,
    "systemctl is-active rsyslog.service syslog-ng.service systemd-journald.service": (
        lambda _d, _: "active\ninactive\nactive\n"
    ),
    "ss -tulnp": _ss(header=True),
    "ss -Htulnp": _ss(header=False),
    "ss -H -tulnp": _ss(header=False),
    "auditctl -s": lambda _d, _: "enabled 2\nfailure 1\npid 812\nrate_limit 0\nbacklog_limit 8192\nlost 0\n",
    "auditctl -l": lambda _d, _: _AUDITED,
    "sshd -T": _sshd,
    "/usr/sbin/sshd -T": _sshd,
    "nft list ruleset": _nft,
    "nft -j list ruleset": _nft_json,
    "chronyc tracking": _tracking,
    "chronyc -n tracking": _tracking,
    "timedatectl show": _timedatectl,
    "lldpcli -f json show neighbors": _lldp,
    "lldpctl -f json": _lldp,
    "systemd-detect-virt": lambda d, _: "none\n" if d.rack else "kvm\n",
    "lscpu": _lscpu,
    "ss -tnp state established": _established,
    "grep -roE '([0-9]{1,3}[.]){3}[0-9]{1,3}' /etc/hosts /etc/crontab /etc/cron.d /var/spool/cron": (
        lambda _d, _: "/etc/hosts:127.0.0.1\n"
    ),
    JAVA: lambda d, _: "".join(f"-D{word}\n" for word in d.runs.java),
    "getent shadow": lambda d, _: files(d)["/etc/shadow"],
    "getent passwd": lambda d, _: files(d)["/etc/passwd"],
}
