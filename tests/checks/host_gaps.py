"""How gaps come to be on a host: the commands that make each of them, and what a person does who mends it.

Forms of both families stand here: Debian and Ubuntu; openEuler, Kylin, CentOS and RHEL (``rpm``), whose files are laid
out and whose package manager is at hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UNLOGGED = (
    "systemctl disable --now rsyslog; systemctl mask --now systemd-journald.socket systemd-journald-dev-log.socket"
    " systemd-journald-audit.socket systemd-journald.service"
)
# Without a daemon to ask it waits for answers that the filter drops.
NO_CHRONYC = "rm -f /usr/bin/chronyc; "
_CHAIN = (
    NO_CHRONYC
    + """nft -f - <<'END'
table inet filter {{
  chain input {{
    type filter hook input priority 0; policy {policy};
    {rules}
  }}
}}
END"""
)
SSHD = "mkdir -p /run/sshd; ssh-keygen -A >/dev/null; printf '{}' > /etc/ssh/sshd_config; rm -rf /etc/ssh/sshd_config.d"
_SNMPD = (
    "mkdir -p /etc/snmp; printf '{}' > /etc/snmp/snmpd.conf; rm -rf /etc/snmp/snmpd.conf.d;"
    "/usr/sbin/snmpd -Lf /dev/null udp:161"
)
# What CentOS and openEuler ship: communities by groups and views.
_COM2SEC = (
    "com2sec notConfigUser  {source}       {community}\\n"
    "group   notConfigGroup v1            notConfigUser\\ngroup   notConfigGroup v2c           notConfigUser\\n"
    "view    systemview    included   .1.3.6.1.2.1.1\\n"
    'access  notConfigGroup "" any noauth exact systemview {write} none\\n'
)
RSYSLOG = "mkdir -p /etc/rsyslog.d; printf '{}' > /etc/rsyslog.conf; rm -f /etc/rsyslog.d/*"
CHRONY = "mkdir -p /etc/chrony; printf '{}' > /etc/chrony/chrony.conf"
_NTP = "rm -rf /etc/chrony /etc/chrony.conf; mkdir -p /etc/ntp; printf '{}' > /etc/ntp.conf"
_AUDIT = "mkdir -p /etc/audit/rules.d; rm -f /etc/audit/rules.d/*; printf %b '{}' > /etc/audit/rules.d/audit.rules"
LINK = "ip link add lan0 type veth peer name lan1; ip link set lan0 up; ip link set lan1 up; "
_PAM = (
    "printf 'auth required pam_faillock.so preauth\\nauth [success=1 default=ignore] pam_unix.so\\n"
    "auth [default=die] pam_faillock.so authfail\\nauth requisite pam_deny.so\\n' > /etc/pam.d/common-auth"
)
# The stacks of an openEuler, whose arguments come before the file of the module; those of Debian are not there.
_RPM_PAM = (
    "rm -f /etc/pam.d/common-*; cat > /etc/pam.d/system-auth-ac <<'END'\n"
    "auth        required      pam_env.so\n"
    "auth        required      {lock} preauth audit deny={deny} even_deny_root unlock_time=60\n"
    "auth        sufficient    pam_unix.so nullok try_first_pass\n"
    "auth        [default=die] {lock} authfail audit deny={deny} even_deny_root unlock_time=60\n"
    "account     required      pam_unix.so\n"
    "password    requisite     {quality} minlen=6 minclass=2 enforce_for_root try_first_pass local_users_only retry=3\n"
    "password    sufficient    pam_unix.so sha512 shadow nullok try_first_pass use_authtok\n"
    "END\n"
    "cp /etc/pam.d/system-auth-ac /etc/pam.d/password-auth-ac;"
    "ln -sf system-auth-ac /etc/pam.d/system-auth; ln -sf password-auth-ac /etc/pam.d/password-auth;"
)
_NO_APT = "rm -f /usr/bin/apt-get /usr/bin/dpkg-query; ln -sf /usr/bin/dnf /usr/bin/yum; mkdir -p /var/lib/rpm; "
# iptables of CentOS 7, where there is no nft.
IPTABLES = (
    "rm -f /usr/sbin/nft; for each in iptables ip6tables; do for end in '' -save; do"
    " ln -sf xtables-legacy-multi /usr/sbin/$each$end; done; done; "
)
# A telnet server as the rpm package telnet-server starts it.
_TELNET_SOCKET = (
    "printf '[Socket]\\nListenStream=23\\nAccept=yes\\n[Install]\\nWantedBy=sockets.target\\n'"
    " > /lib/systemd/system/telnet.socket;"
    "printf '[Service]\\nExecStart=-/usr/sbin/telnetd\\nStandardInput=socket\\n' > /lib/systemd/system/telnet@.service;"
    "systemctl daemon-reload; systemctl enable --now telnet.socket"
)
_DEB = (
    "mkdir -p /srv/repo/{0}/DEBIAN; printf 'Package: {0}\\nVersion: {1}\\nArchitecture: all\\nMaintainer: a <a@b.cn>\\n"
    "Description: a\\n' > /srv/repo/{0}/DEBIAN/control; dpkg-deb -b /srv/repo/{0} /srv/repo/{0}_{1}.deb; "
)
_RPM = (
    "mkdir -p /srv/rpm; printf 'Name: {0}\\nVersion: 1\\nRelease: 1\\nSummary: a\\nLicense: a\\nBuildArch: noarch\\n"
    "%%description\\na\\n%%files\\n' > /srv/rpm/a.spec; rpmbuild -bb --define '_topdir /srv/rpm' /srv/rpm/a.spec;"
    "rpm -i /srv/rpm/RPMS/noarch/{0}-*.rpm; "
)
_BARE_METAL = (
    "printf '#!/bin/sh\\necho none\\nexit 1\\n' > /usr/bin/systemd-detect-virt; "  # the machine may be a guest
)
_RISKY = (
    "printf '[Service]\\nExecStart=/usr/bin/redis-server --port 6379 --protected-mode no --dir /srv/redis\\n"
    "[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/cache.service; mkdir -p /srv/redis;"
    "systemctl daemon-reload; systemctl enable --now cache; sleep 1"
)

# What is not of one network alone is the kernel of the machine: files stand in for it.
_KERNEL = (
    "rm -rf /etc/sysctl.conf /etc/sysctl.d/* /run/sysctl.d /usr/lib/sysctl.d /usr/local/lib/sysctl.d;"
    "mkdir /srv/kernel;"
    "for each in kernel/randomize_va_space=1 kernel/kptr_restrict=0 fs/suid_dumpable=1; do name=${each%=*};"
    " echo ${each#*=} > /srv/kernel/${name#*/}; mount --bind /srv/kernel/${name#*/} /proc/sys/$name; done; "
    "ip link add lan0.7 type veth peer name lan1; ip link set lan0.7 up; ip link set lan1 up; "
)
_CHANGED = "[ $(cat /proc/sys/kernel/randomize_va_space)$(cat /proc/sys/net/ipv4/conf/lan0.7/rp_filter) = 21 ]"


def chain(*rules: str, policy: str = "drop") -> str:
    """The commands that fill an input chain."""
    return _CHAIN.format(policy=policy, rules="\n    ".join(rules))


def table(program: str, *rules: str, policy: str = "DROP") -> str:
    """The same by iptables."""
    filled = "; ".join(f"{program} -A INPUT {rule}" for rule in rules)
    return f"{NO_CHRONYC}{IPTABLES}{program} -P INPUT {policy}; {filled}"


@dataclass(frozen=True, slots=True)
class HostGap:
    """``make`` makes it. ``works`` is a command that succeeds once it is mended."""

    check: str
    make: str
    form: str = ""
    typed: str = ""  # what is typed where the remedy asks
    needs: tuple[str, ...] = ()  # programs; ``systemd``: as the first process of the host
    put: Mapping[str, str] = field(default_factory=dict)  # what stands for words in angle brackets
    works: str = "true"
    role: str = ""  # of the host in the network
    worsens: frozenset[str] = frozenset()  # checks that ask for more once this is mended
    platform: str = "linux"


_UNPROVEN_TIME = frozenset({"time_sync.authenticated"})  # with the first server there is something to authenticate
_NFT, _IPT, _SD, _SN = ("nft",), ("xtables-legacy-multi",), ("sshd",), ("snmpd",)
GAPS = (
    HostGap("access.idle-timeout", SSHD.format("ClientAliveInterval 0\\n") + "; rm -f /etc/profile.d/tmout.sh",
            needs=_SD),
    HostGap("access.telnet-off", _TELNET_SOCKET, "rpm", needs=("systemd", "telnetd")),
    HostGap("access.telnet-off", "grep -q '^telnet' /etc/inetd.conf ||"
            " echo 'telnet stream tcp nowait root /usr/sbin/tcpd /usr/sbin/telnetd' >> /etc/inetd.conf;"
            "systemctl enable inetd; systemctl restart inetd", "debian", needs=("systemd", "telnetd", "inetd")),
    HostGap("access.vty-acl", SSHD.format("Port 22\\n"), needs=_SD),
    HostGap("accounts.lockout", _PAM + "; echo 'deny = 50' > /etc/security/faillock.conf"),
    HostGap("accounts.lockout", "rm -f /usr/share/pam-configs/faillock*", "debian-not-called",
            needs=("pam-auth-update",), works="grep -q 'pam_faillock.so authfail' /etc/pam.d/common-auth"),
    HostGap("accounts.lockout", _RPM_PAM.format(lock="pam_faillock.so", deny=50, quality="pam_pwquality.so"), "rpm"),
    HostGap("accounts.lockout", _RPM_PAM.format(lock="pam_tally2.so", deny=50, quality="pam_cracklib.so"),
            "rpm-tally2"),
    HostGap("accounts.no-default-names", "useradd -m -s /bin/bash guest; echo guest:x | chpasswd -e"),
    HostGap("accounts.password-age", "sed -i 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 99999/' /etc/login.defs"),
    HostGap("accounts.password-quality", "printf 'minlen = 6\\nminclass = 1\\n' > /etc/security/pwquality.conf;"
            "echo 'password requisite pam_pwquality.so retry=3' > /etc/pam.d/common-password"),
    HostGap("accounts.password-quality", "pam-auth-update --package --remove pwquality", "debian-not-called",
            needs=("pam-auth-update",), works="grep -q pam_pwquality.so /etc/pam.d/common-password"),
    HostGap("accounts.password-quality", _RPM_PAM.format(lock="pam_faillock.so", deny=3, quality="pam_pwquality.so"),
            "rpm"),
    HostGap("accounts.passwords-irreversible", "useradd -m -s /bin/bash wei; passwd -d wei",
            typed="Level3-county!\nLevel3-county!\n"),
    HostGap("accounts.passwords-strong-hash", "useradd -m -s /bin/bash wei;"
            "usermod -p '$1$ab$Vb6tDPGOtuU3GIRTTE1Zb1' wei", typed="Level3-county!\nLevel3-county!\n"),
    HostGap("audit_log.declared-collector", RSYSLOG.format("*.* @@10.1.1.1:514\\n")),
    HostGap("audit_log.on", UNLOGGED, needs=("systemd", "rsyslogd"), works="systemctl is-active rsyslog"),
    HostGap("audit_log.remote-host", RSYSLOG.format("*.* /var/log/syslog\\n")),
    HostGap("audit_log.retention",
            RSYSLOG.format("*.* /var/log/syslog\\n") + "; rm -f /etc/logrotate.d/*; touch /var/log/syslog;"
            "printf '/var/log/syslog\\n{\\n    rotate 4\\n    weekly\\n}\\n' > /etc/logrotate.d/rsyslog", "debian",
            works="logrotate -d /etc/logrotate.d/rsyslog"),
    HostGap("audit_log.retention",
            RSYSLOG.format("*.info /var/log/messages\\n")
            + "; rm -f /etc/logrotate.d/*; touch /var/log/messages /var/log/secure;"
            "printf 'weekly\\nrotate 4\\ninclude /etc/logrotate.d\\n' > /etc/logrotate.conf;"
            "printf '/var/log/messages\\n/var/log/secure\\n{\\n    missingok\\n    sharedscripts\\n    postrotate\\n"
            "\\t/bin/kill -HUP 1\\n    endscript\\n}\\n' > /etc/logrotate.d/syslog", "rpm",
            works="logrotate -d /etc/logrotate.d/syslog"),
    HostGap("audit_trail.commands-recorded", _AUDIT.format("-b 8192\\n")),
    HostGap("audit_trail.logins-recorded", _AUDIT.format("-b 8192\\n")),
    HostGap("audit_trail.not-stoppable", _AUDIT.format("-w /etc/passwd -p wa\\n")),
    HostGap("filtering.default-deny", chain("tcp dport 22 accept", "accept"), needs=_NFT),
    HostGap("filtering.default-deny", table("iptables", "-p tcp --dport 22 -j ACCEPT", "-j ACCEPT",
            "-s 10.0.0.0/8 -j ACCEPT"),
            "iptables", needs=_IPT),
    HostGap("filtering.default-deny", table("ip6tables", "-p tcp --dport 22 -j ACCEPT", policy="ACCEPT"), "ip6tables",
            needs=_IPT),
    HostGap("filtering.default-deny", chain("tcp dport 22 accept", "accept", "drop"), "closed", needs=_NFT),
    HostGap("filtering.five-tuple", chain("ip saddr 10.9.0.0/16 accept", "tcp dport { 22, 443 } accept"), needs=_NFT),
    HostGap("filtering.five-tuple", table("iptables", "-s 10.9.0.0/16 -j ACCEPT",
            "-s 10.9.1.0/24 -d 10.9.2.3 -p udp --dport 53 -j ACCEPT"), "iptables", needs=_IPT),
    HostGap("filtering.no-any-any", chain("tcp dport { 22, 443 } accept", "accept"), needs=_NFT),
    HostGap("filtering.no-any-any", table("iptables", "-j ACCEPT -m comment --comment 'all of it'", "-p tcp -j ACCEPT",
            "-j ACCEPT"), "iptables", needs=_IPT),
    HostGap("filtering.no-dead-rules", chain("tcp dport 22 accept", "tcp dport { 22, 443 } accept",
            "tcp dport 443 accept",
            "ip saddr 10.9.0.0/16 tcp dport 22 accept", "tcp dport 80 accept"), needs=_NFT),
    HostGap("filtering.no-dead-rules", table("iptables", "-p tcp --dport 22 -j ACCEPT", "-p tcp --dport 22 -j ACCEPT",
            "-p tcp --dport 80 -j ACCEPT"), "iptables", needs=_IPT),
    HostGap("filtering.no-shadowed-rules", chain("tcp dport { 22, 443 } accept", "tcp dport 22 drop",
            "tcp dport 80 accept",
            "tcp dport 443 drop"), needs=_NFT),
    HostGap("filtering.no-shadowed-rules", table("iptables", "-p tcp --dport 22 -j ACCEPT",
            "-p tcp --dport 22 -j DROP"),
            "iptables", needs=_IPT),
    HostGap("filtering.stateful", chain("tcp dport 22 accept", "tcp sport 80 accept"), needs=_NFT),
    HostGap("filtering.stateful", table("iptables", "-p tcp --dport 22 -j ACCEPT", "-p tcp --sport 80 -j ACCEPT"),
            "iptables",
            needs=_IPT),
    HostGap("host.backed-up", _BARE_METAL + "rm -rf /etc/cron.*; mkdir /etc/cron.d", needs=("systemd", "rsync",
            "crontab"),
            put={"<backup-host>": "10.88.0.60"},
            works="grep -q ' rsync .* backup@10.88.0.60:' /etc/cron.d/county-backup"),
    HostGap("host.few-login-tries", SSHD.format("MaxAuthTries 20\\n"), needs=_SD),
    HostGap("host.files-guarded", "chmod 666 /etc/shadow /etc/passwd"),
    HostGap("host.kernel-guarded", _KERNEL + "sysctl -wq net.ipv4.tcp_syncookies=0 net.ipv4.conf.all.rp_filter=0"
            " net/ipv4/conf/lan0.7/rp_filter=0 net.ipv4.conf.all.send_redirects=1 net.ipv4.conf.all.accept_redirects=1"
            " net.ipv6.conf.lan1.accept_redirects=1", needs=("sysctl",), works=_CHANGED),
    HostGap("host.kernel-guarded", _KERNEL + "sysctl -wq net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1"
            " net.ipv4.conf.all.accept_redirects=1 net.ipv4.conf.all.accept_source_route=1"
            " net.ipv4.conf.lan1.accept_source_route=1 net/ipv4/conf/lan0.7/rp_filter=0", "router",
            needs=("sysctl",), works=_CHANGED),
    HostGap("host.integrity-watched", "rm -rf /var/lib/aide/*; mkdir -p /srv/kept; echo a > /srv/kept/file;"
            "printf 'database_in=file:/var/lib/aide/aide.db\\ndatabase_out=file:/var/lib/aide/aide.db.new\\n"
            "/srv/kept p+sha256\\n' > /etc/aide/aide.conf; rm -rf /etc/aide/aide.conf.d", "debian",
            needs=("systemd", "aideinit"), works="aide --check -c /etc/aide/aide.conf"),
    HostGap("host.integrity-watched",
            _NO_APT + "rm -rf /var/lib/aide/* /usr/sbin/aideinit; mkdir -p /srv/kept /etc/aide;"
            "printf 'database_in=file:/var/lib/aide/aide.db.gz\\ndatabase_out=file:/var/lib/aide/aide.db.new.gz\\n"
            "gzip_dbout=yes\\n/srv/kept p+sha256\\n' > /etc/aide/aide.conf;"
            "mv /usr/bin/aide /usr/bin/aide.real; printf '#!/bin/sh\\nexec aide.real -c /etc/aide/aide.conf \"$@\"\\n'"
            " > /usr/bin/aide; chmod 755 /usr/bin/aide", "rpm", needs=("systemd", "aide", "dnf"), works="aide --check"),
    HostGap("host.minimal-packages", _DEB.format("telnetd", 1) + "dpkg -i /srv/repo/telnetd_1.deb", "debian",
            typed="y\n",
            needs=("dpkg-deb",)),
    HostGap("host.minimal-packages", _RPM.format("county-tool") + _RPM.format("telnet-server") + _NO_APT, "rpm",
            typed="y\n", needs=("rpmbuild", "dnf")),
    HostGap("host.no-empty-passwords", SSHD.format("PermitEmptyPasswords yes\\n"), needs=_SD),
    HostGap("host.no-idle-accounts", "for name in lei mei; do useradd -m -s /bin/bash $name; usermod -p '$6$a$b' $name;"
            " done; touch /var/log/lastlog; lastlog -S -u mei"),
    HostGap("host.no-root-login", SSHD.format("PermitRootLogin yes\\n"), needs=_SD),
    HostGap("host.packet-filter-default-deny", "rm -f /usr/bin/firewall-cmd;" + chain("tcp dport 80 accept",
            policy="accept"), needs=_NFT),
    HostGap("host.packet-filter-default-deny", "nft flush ruleset", "firewalld", needs=("systemd", "nft",
            "firewall-cmd"),
            works="firewall-cmd --list-rich-rules | grep -q 10.88.0.0/24"),
    HostGap("host.patched-lately", "rm -rf /etc/apt/sources.list* /var/lib/apt/lists/*;" + _DEB.format("county-tool", 1)
            + "dpkg -i /srv/repo/county-tool_1.deb; mkdir -p /etc/apt /var/lib/apt/lists/partial;"
            + _DEB.format("county-tool", 2)
            + "cd /srv/repo; { dpkg-deb -f county-tool_2.deb; echo Filename: ./county-tool_2.deb;"
            " echo Size: $(stat -c %s county-tool_2.deb); echo SHA256: $(sha256sum < county-tool_2.deb | cut -c1-64); }"
            " > Packages;"
            "echo 'deb [trusted=yes] file:/srv/repo ./' > /etc/apt/sources.list; rm -f /var/lib/rpm/*;"
            "touch -d 2024-01-01 /var/lib/dpkg/status", "debian", typed="y\n", needs=("dpkg-deb",),
            works="dpkg-query -W county-tool | grep -q 2"),
    HostGap("host.programs-unprivileged", _RISKY, needs=("systemd", "redis-server"),
            put={"<unit>": "cache.service", "<data-folder>": "/srv/redis"}, works="systemctl is-active cache"),
    HostGap("ipv6.acl-parity", LINK + "ip -6 address add 240e:1::1/64 dev lan0 nodad;"
            + chain("tcp dport 22 accept").replace("table inet", "table ip"), needs=_NFT),
    HostGap("ipv6.acl-parity", LINK + "ip -6 address add 240e:1::1/64 dev lan0 nodad;"
            + table("iptables", "-p tcp --dport 22 -j ACCEPT"), "iptables", needs=_IPT),
    HostGap("ipv6.addresses-clean", LINK + "ip -6 address add 2001:db8::1/64 dev lan0 nodad"),
    HostGap("ipv6.forwarding-on", LINK + "ip -6 address add 240e:1::1/64 dev lan0 nodad;"
            "ip -6 address add 240e:2::1/64 dev lan1 nodad;"
            "sysctl -wq net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=0"),
    HostGap("ipv6.host-default-route", LINK + "ip -6 address add 240e:1::1/64 dev lan1 nodad"),
    HostGap("ipv6.icmpv6-passes",
            LINK + "ip -6 address add 240e:1::1/64 dev lan0 nodad;" + chain("tcp dport 22 accept"),
            needs=_NFT),
    HostGap("ipv6.icmpv6-passes", LINK + "ip -6 address add 240e:1::1/64 dev lan0 nodad;"
            + table("ip6tables", "-p tcp --dport 22 -j ACCEPT"), "ip6tables", needs=_IPT),
    HostGap("ipv6.mtu-fits", LINK + "ip link set lan0 mtu 1400; ip -6 address add 240e:1::1/64 dev lan0 nodad",
            role="core"),
    HostGap("ipv6.no-discouraged-transition", "ip tuntap add dev teredo mode tun; ip link set teredo up;"
            "ip -6 address add 2001:0:c000:201::1/32 dev teredo"),
    HostGap("ipv6.usable-address", LINK + "ip address add 10.1.0.1/24 dev lan0",
            worsens=frozenset({"ipv6.host-default-route"})),
    HostGap("management.monitored", "rm -rf /etc/snmp/snmpd.conf.d; echo 'agentAddress udp:161' > /etc/snmp/snmpd.conf",
            typed="irreversible-1\nirreversible-2\n", needs=("systemd", "snmpd", "snmpget"),
            works="sleep 1; snmpget -v3 -l authPriv -u nms -a SHA-256 -A irreversible-1 -x AES -X irreversible-2"
            " 127.0.0.1 .1.3.6.1.2.1.1.3.0"),
    HostGap("management.not-published", SSHD.format("ListenAddress 203.0.113.9\\nListenAddress 127.0.0.1\\n"),
            needs=_SD),
    HostGap("management.own-zone", SSHD.format("Port 22\\n"), needs=_SD),
    HostGap("management.ssh-algorithms-strong", SSHD.format("Ciphers aes128-cbc,aes256-ctr\\nMACs hmac-md5\\n"),
            needs=_SD),
    HostGap("ports.contract-not-throttled", LINK + "ip link set lan0 alias 'uplink contracted=200M';"
            "tc qdisc add dev lan0 root tbf rate 50mbit burst 32k latency 50ms"),
    HostGap("ports.one-default-route",
            LINK + "ip address add 10.1.0.1/24 dev lan0; ip address add 10.2.0.1/24 dev lan1;"
            "sysctl -wq net.ipv4.ip_forward=1; ip route add default via 10.1.0.2 dev lan0;"
            "ip route add default via 10.2.0.2 dev lan1 metric 50"),
    HostGap("privileges.no-shared-names", "useradd -m -s /bin/bash -G sudo guest; usermod -p '$6$a$b' guest"),
    HostGap("privileges.roles-divided", "for name in wei lei mei; do useradd -m -s /bin/bash $name; done;"
            "printf 'root ALL=(ALL:ALL) ALL\\nwei ALL=(ALL) ALL\\nlei ALL=(ALL) NOPASSWD: ALL\\n"
            "@includedir /etc/sudoers.d\\n' > /etc/sudoers;"
            "mkdir -p /etc/sudoers.d; rm -f /etc/sudoers.d/*; echo 'mei ALL=(ALL:ALL) ALL' > /etc/sudoers.d/mei;"
            "chmod 440 /etc/sudoers.d/mei",
            needs=("visudo",), put={"<service>": "nginx"},
            works="visudo -c && sudo -l -U mei | grep -q 'restart nginx'"),
    HostGap("privileges.roles-divided", "for name in wei lei mei; do useradd -m -s /bin/bash -G sudo $name; done;"
            "printf 'root ALL=(ALL:ALL) ALL\\n%%sudo ALL=(ALL:ALL) ALL\\n@includedir /etc/sudoers.d\\n' > /etc/sudoers;"
            "rm -f /etc/sudoers.d/*", "by-group", needs=("visudo",), put={"<service>": "nginx"},
            works="visudo -c && grep -q 'restart nginx' /etc/sudoers.d/county"),
    HostGap("privileges.two-factors", SSHD.format("PasswordAuthentication yes\\nPubkeyAuthentication yes\\n"),
            needs=_SD),
    HostGap("services.ftp-off",
            "printf 'listen=YES\\nlocal_enable=YES\\n' > /etc/vsftpd.conf; systemctl enable --now vsftpd;"
            "sleep 1", needs=("systemd", "vsftpd")),
    HostGap("services.no-risky-ports", _RISKY, needs=("systemd", "redis-server"),
            put={"<the service named there>": "cache"}),
    HostGap("snmp.community-acl", _SNMPD.format("rocommunity county\\nrocommunity6 county\\n"), needs=_SN),
    HostGap("snmp.community-acl", _SNMPD.format(_COM2SEC.format(source="default", community="county", write="none")),
            "rpm",
            needs=_SN),
    HostGap("snmp.no-default-community", _SNMPD.format("rocommunity public 10.88.0.40\\nrwcommunity private\\n"),
            needs=_SN),
    HostGap("snmp.no-default-community", _SNMPD.format(_COM2SEC.format(source="default", community="public",
            write="none")),
            "rpm", needs=_SN),
    HostGap("snmp.read-only", _SNMPD.format("rwcommunity county 10.88.0.40\\nrocommunity other 10.88.0.40\\n"),
            needs=_SN),
    HostGap("snmp.read-only", _SNMPD.format(_COM2SEC.format(source="10.88.0.40", community="county",
            write="systemview")),
            "rpm", needs=_SN),
    HostGap("snmp.v3-auth-priv", _SNMPD.format("rouser nms auth\\n"), needs=_SN),
    HostGap("snmp.v3-only", _SNMPD.format("rocommunity county 10.88.0.40\\nrouser nms priv\\n"), needs=_SN),
    HostGap("snmp.v3-only", _SNMPD.format(_COM2SEC.format(source="10.88.0.40", community="county", write="none")),
            "rpm",
            needs=_SN),
    HostGap("time_sync.authenticated", CHRONY.format("server 10.88.0.123 iburst\\nmakestep 1 3\\n")),
    HostGap("time_sync.authenticated", _NTP.format("driftfile /var/lib/ntp/drift\\nserver 10.88.0.123 iburst\\n"),
            "ntpd"),
    HostGap("time_sync.servers-set", CHRONY.format("makestep 1 3\\n"), worsens=_UNPROVEN_TIME),
    HostGap("time_sync.servers-set", _NTP.format("driftfile /var/lib/ntp/drift\\n"), "ntpd",
            worsens=_UNPROVEN_TIME),
)  # fmt: skip
