"""Gaps of hosts that show in what runs: clocks, scanners, filters of both families, listeners.

Whom a host talks to is there as well: a time server, a mirror of signatures.
"""

from __future__ import annotations

from host_gaps import (
    CHRONY,
    LINK,
    NO_CHRONYC,
    RSYSLOG,
    SSHD,
    HostGap,
    chain,
    table,
)
from sandbox import PYTHON, TESTS

_SIX = LINK + "ip -6 address add 240e:1::1/64 dev lan0 nodad; "
_DEAD = frozenset({"filtering.no-dead-rules", "filtering.no-shadowed-rules"})  # a rule before which others now stand
_NFT, _IPT = ("nft",), ("xtables-legacy-multi",)
_OWN = {"<own-ipv6-address>": "240e:1::1"}

# The clock of the machine is not the host's own: chronyd only reckons (-x).
_TIME = (
    "ip address add 10.88.0.123/32 dev lo; mkdir -p /srv/clock;"
    "printf 'local stratum 8\\nallow\\nbindcmdaddress /\\ncmdport 0\\npidfile /srv/clock/pid\\n' > /srv/clock/conf;"
    "chronyd -x -u root -f /srv/clock/conf; echo 'DAEMON_OPTS=-x' > /etc/default/chrony;"
    "printf 'server {}\\nserver 10.88.0.10 iburst\\n' > /etc/chrony/chrony.conf; systemctl enable chrony;"
    "systemctl restart chrony"
)
UNTIL = "for i in $(seq 600); do {} && exit; sleep 0.1; done; exit 1"
_LISTENS = "ss -Hltn '( sport = :8080 )' | grep -q ."
# A mirror of the county's, which hands on sets that a maker of the test's own signed.
_UNSCANNED = (
    "rm -rf /var/lib/clamav/*; sed -i '/^PrivateMirror/d' /etc/clamav/freshclam.conf;"
    "systemctl disable --now clamav-daemon clamav-freshclam;"
    f"{PYTHON}/bin/python {TESTS}/signed_set.py /srv/mirror /usr/lib/*/libclamav.so.*;"
    f"cd /srv/mirror; {PYTHON}/bin/python -m http.server 8080 >/dev/null 2>&1 &"
    f"({UNTIL.format(_LISTENS)})"
)
_WATCHED = (
    "systemctl stop samhain; mkdir -p /srv/kept; echo a > /srv/kept/file; rm -f /var/lib/samhain/*;"
    "printf '[ReadOnly]\\ndir=/srv/kept\\n[Log]\\n# SyslogSeverity=none\\n[Misc]\\nDaemon=yes\\nChecksumTest=check\\n"
    "SetLoopTime=1\\nSetFileCheckTime=1\\n[SuidCheck]\\nSuidCheckActive=no\\n[ProcessCheck]\\nProcessCheckActive=no\\n"
    "[Utmp]\\nLoginCheckActive=no\\n[PortCheck]\\nPortCheckActive=no\\n' > /etc/samhain/samhainrc"
)
_NOTICED = "echo b > /srv/kept/file; " + UNTIL.format("journalctl | grep -qi 'samhain.*crit.*kept/file'")


def _chains(four: str, six: str) -> str:
    """Input chains of a table for each family; each is the policy and its rules."""
    tables = []
    for name, told in (("ip", four), ("ip6", six)):
        policy, *rules = told.split("; ")
        tables.append(chain(*rules, policy=policy).replace("table inet", f"table {name}"))
    return _SIX + "\n".join(tables)


_HEARD = "ss -Hltn6 '( sport = :{} )' | grep -q ."
_SITE = (
    "rm -rf /etc/nginx/conf.d /etc/nginx/sites-*; mkdir -p /etc/nginx/sites-available /etc/nginx/sites-enabled;"
    "printf 'server {\\n\\tlisten 80 default_server;\\n\\tlisten 10.88.0.9:8080;\\n\\treturn 200;\\n}\\n"
    "server {\\n    listen 80;\\n    server_name a.cn;\\n    return 200;\\n}\\n' > /etc/nginx/sites-available/county;"
    "ln -s ../sites-available/county /etc/nginx/sites-enabled/county; ip address add 10.88.0.9/24 dev lan0;"
    "systemctl restart nginx"
)
_DATABASE = (
    "systemctl stop 'postgresql*'; rm -rf /etc/postgresql; mkdir -p /var/lib/pgsql; chown postgres /var/lib/pgsql;"
    "pg=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1);"
    "runuser -u postgres -- $pg/initdb -D /var/lib/pgsql/data --no-sync >/dev/null;"
    "printf \"listen_addresses = '0.0.0.0'\\nunix_socket_directories = '/tmp'\\n\""
    " >> /var/lib/pgsql/data/postgresql.conf;"
    'printf "[Service]\\nType=notify\\nUser=postgres\\nExecStart=$pg/postgres -D /var/lib/pgsql/data\\n"'
    " > /etc/systemd/system/postgresql.service; systemctl daemon-reload; systemctl restart postgresql"
)


GAPS = (
    HostGap("time_sync.synchronised", _TIME.format("10.88.0.9 iburst"), needs=("systemd", "chronyd")),
    HostGap(
        "host.malware-watched",
        _UNSCANNED,
        needs=("systemd", "clamd", "freshclam", "socat"),
        put={"<mirror>": "http://127.0.0.1:8080"},
        works=UNTIL.format(
            "printf 'nSCAN /srv/mirror/planted\\n' | socat - UNIX:/run/clamav/clamd.ctl | grep -q 'Test.*FOUND'"
        ),
    ),
    HostGap("host.intrusion-watched", _WATCHED, needs=("systemd", "samhain"), works=_NOTICED),
    HostGap(
        "ipv6.filters-no-narrower",
        _SIX
        + chain(
            "ip saddr 0.0.0.0/0 tcp dport { 80, 443 } accept",
            "ip saddr 0.0.0.0/0 udp dport 5000-5010 accept",
            "meta l4proto ipv6-icmp accept",
        ),
        needs=_NFT,
    ),
    HostGap(
        "ipv6.filters-no-narrower",
        _chains("drop; tcp dport 443 accept", "drop; meta l4proto ipv6-icmp accept"),
        "of one family",
        needs=_NFT,
    ),
    HostGap(
        "ipv6.filters-no-narrower",
        _SIX
        + table("iptables", "-p tcp --dport 80 -j ACCEPT", "-p udp --dport 5000:5010 -j ACCEPT")
        + "; ip6tables -A INPUT -p ipv6-icmp -j ACCEPT; ip6tables -P INPUT DROP",
        "iptables",
        needs=_IPT,
    ),
    HostGap(
        "ipv6.filters-no-wider",
        _chains(
            "drop; ip saddr 10.0.0.0/8 tcp dport 22 accept",
            'drop; meta l4proto ipv6-icmp accept; tcp dport { 22, 23 } counter accept comment "all of it"',
        ),
        needs=_NFT,
    ),
    HostGap(
        "ipv6.filters-no-wider",
        _SIX
        + chain(
            "meta l4proto ipv6-icmp accept",
            "ip saddr 10.0.0.0/8 tcp dport 22 accept",
            "ip saddr 0.0.0.0/0 tcp dport 22 drop",
            "tcp dport { 22, 443 } accept",
        ),
        "shared",
        needs=_NFT,
    ),
    HostGap(
        "ipv6.filters-no-wider",
        _chains(
            "drop; ip saddr 10.0.0.0/8 tcp dport 22 accept; tcp dport 443 accept",
            "drop; meta l4proto ipv6-icmp accept; accept",
        ),
        "any",
        needs=_NFT,
        worsens=_DEAD,
    ),
    HostGap(
        "ipv6.filters-no-wider",
        _chains("accept; ip saddr 10.0.0.0/8 tcp dport 22 accept; tcp dport 22 drop", "accept"),
        "not stopped",
        needs=_NFT,
    ),
    HostGap(
        "ipv6.filters-no-wider",
        _SIX
        + table("iptables", "-s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT", "-p tcp --dport 443 -j ACCEPT")
        + "; ip6tables -P INPUT DROP; ip6tables -A INPUT -j ACCEPT",
        "iptables any",
        needs=_IPT,
    ),
    HostGap(
        "ipv6.filters-no-wider",
        _SIX
        + table("iptables", "-s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT", "-p tcp --dport 22 -j DROP", policy="ACCEPT")
        + "; ip6tables -P INPUT ACCEPT",
        "iptables not stopped",
        needs=_IPT,
    ),
    HostGap(
        "ipv6.filters-no-wider",
        _chains("drop; ip saddr 10.0.0.0/8 tcp dport 22 accept; tcp dport 443 accept", "accept"),
        "open",
        needs=_NFT,
    ),
    HostGap(
        "ipv6.filters-no-wider",
        _SIX
        + table("iptables", "-s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT")
        + "; ip6tables -A INPUT -p ipv6-icmp -j ACCEPT; ip6tables -P INPUT DROP; ip6tables -A INPUT -s ::/0 -p tcp"
        " --dport 22 -m comment --comment 'all of it' -j ACCEPT; ip6tables -A INPUT -p tcp --dport 23 -j ACCEPT",
        "iptables",
        needs=_IPT,
        worsens=_DEAD,
    ),
    HostGap(
        "ipv6.filters-no-wider",
        _SIX
        + table("iptables", "-s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT", "-p tcp --dport 443 -j ACCEPT")
        + "; ip6tables -P INPUT ACCEPT",
        "iptables open",
        needs=_IPT,
    ),
    HostGap(
        "ipv6.managed-over-ipv6",
        _SIX + NO_CHRONYC + RSYSLOG.format("*.* @@10.88.0.50:514\\n"),
        "syslog",
        put={"<ipv6-address>": "240e:1::50"},
        works="rsyslogd -N1",
    ),
    HostGap(
        "ipv6.managed-over-ipv6",
        _SIX + CHRONY.format("server 10.88.0.123 iburst\\n"),
        "ntp",
        put={"<ipv6-address>": "240e:1::123"},
    ),
    HostGap(
        "ipv6.managed-over-ipv6",
        _SIX + SSHD.format("Port 22\\nAddressFamily inet\\n") + "; systemctl restart ssh",
        "ssh",
        needs=("systemd", "sshd"),
        put=_OWN,
        works=_HEARD.format(22),
    ),
    HostGap(
        "ipv6.managed-over-ipv6",
        _SIX
        + "ip address add 10.88.0.9/24 dev lan0;"
        + SSHD.format("ListenAddress 10.88.0.9\\n")
        + "; systemctl restart ssh",
        "ssh by address",
        needs=("systemd", "sshd"),
        put=_OWN,
        works=_HEARD.format(22),
    ),
    HostGap(
        "ipv6.managed-over-ipv6",
        _SIX + "rm -rf /etc/snmp/snmpd.conf.d; echo 'agentAddress udp:161'"
        " > /etc/snmp/snmpd.conf; systemctl restart snmpd",
        "snmp",
        needs=("systemd", "snmpd"),
        works="ss -Hlun6 '( sport = :161 )' | grep -q .",
    ),
    HostGap("ipv6.services-on-both", _SIX + _SITE, "nginx", needs=("systemd", "nginx"), works=_HEARD.format(80)),
    HostGap(
        "ipv6.services-on-both",
        _SIX + "printf 'Listen 0.0.0.0:80\\n' > /etc/apache2/ports.conf;systemctl restart apache2",
        "apache",
        needs=("systemd", "apache2"),
        works=_HEARD.format(80),
    ),
    HostGap(
        "ipv6.services-on-both",
        _SIX + SSHD.format("ListenAddress 0.0.0.0\\n") + "; systemctl restart ssh; " + _DATABASE,
        "sshd and postgresql",
        needs=("systemd", "sshd", "runuser"),
        works=_HEARD.format(5432),
    ),
)
