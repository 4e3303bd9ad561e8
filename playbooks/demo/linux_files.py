"""The files of a simulated Linux server that an audit reads."""

from __future__ import annotations

from playbooks.demo import linux_protected, wording
from playbooks.demo.model import Device
from playbooks.demo.vrp import LOG_HOST, LOG_HOST6, NTP_SERVER, NTP_SERVER6


def files(device: Device) -> dict[str, str]:
    """Content by path."""
    good = device.hardening
    tries, lock = (5, 600) if good.lockout else (0, 0)
    temporary = device.hardening.leaver
    return linux_protected.files(device) | {
        "/etc/os-release": _os_release(device),
        "/proc/mounts": "/dev/vda1 / xfs rw,relatime 0 0\n"
        + "".join(f"{source} {at} nfs4 rw,vers=4.1 0 0\n" for source, at in device.runs.mounts),
        "/etc/hostname": f"{device.name}\n",
        "/proc/sys/net/ipv4/ip_forward": f"{int(device.forwards)}\n",
        "/proc/sys/net/ipv6/conf/all/forwarding": "0\n",
        "/proc/sys/net/ipv6/conf/all/disable_ipv6": f"{int(not device.ipv6)}\n",
        "/sys/class/dmi/id/sys_vendor": "Huawei\n",
        "/sys/class/dmi/id/product_name": f"{device.model}\n",
        "/sys/class/dmi/id/product_serial": f"{device.serial}\n",
        "/etc/rsyslog.conf": _rsyslog(good.log_host, device.addressed6),
        "/etc/logrotate.d/rsyslog": "/var/log/messages\n/var/log/secure\n{\n    weekly\n    rotate 27\n}\n",
        "/etc/logrotate.conf": "weekly\nrotate 27\ncreate\ndateext\ninclude /etc/logrotate.d\n",
        "/etc/chrony.conf": (f"server {NTP_SERVER} iburst key 1\n" if good.ntp else "")
        + (f"server {NTP_SERVER6} iburst key 1\n" if good.ntp and device.addressed6 else "")
        + "driftfile /var/lib/chrony/drift\nkeyfile /etc/chrony.keys\n",
        "/etc/login.defs": "PASS_MAX_DAYS 90\nPASS_MIN_DAYS 1\nPASS_WARN_AGE 7\nENCRYPT_METHOD SHA512\nUMASK 077\n",
        "/etc/security/pwquality.conf": "minlen = 10\nminclass = 3\nretry = 3\nenforce_for_root\n",
        "/etc/security/faillock.conf": f"deny = {tries}\nunlock_time = {lock}\nfail_interval = 900\neven_deny_root\n",
        "/etc/pam.d/system-auth": _PAM,
        "/etc/pam.d/password-auth": _PAM,
        "/etc/pam.d/sshd": "auth       substack     password-auth\naccount    include      password-auth\n",
        "/etc/profile.d/tmout.sh": f"readonly TMOUT={good.idle_minutes * 60}; export TMOUT\n",
        "/etc/passwd": _ACCOUNTS + ("temp01:x:1005:1005:integrator:/home/temp01:/bin/bash\n" if temporary else ""),
        "/etc/shadow": _SHADOW + ("temp01:$6$Lv90$d3FgHy6Tr1Wq8k:19000:1:90:7:::\n" if temporary else ""),
        "/etc/profile": "umask 077\n",
        "/etc/hosts.deny": "# ALL: ALL\n",
        "/etc/issue.net": "Authorised users only. All activity is logged.\n",
        "/etc/issue": "Authorised users only. All activity is logged.\n",
        "/etc/snmp/snmpd.conf": _snmpd(device),
        "/etc/sudoers": _SUDOERS,
        "/etc/ssh/sshd_config": _sshd_config(device),
    }


_PAM = """\
auth        required      pam_env.so
auth        required      pam_faillock.so preauth
auth        sufficient    pam_unix.so try_first_pass
auth        [default=die] pam_faillock.so authfail
auth        required      pam_deny.so
account     required      pam_faillock.so
account     required      pam_unix.so
password    requisite     pam_pwquality.so try_first_pass local_users_only retry=3
password    required      pam_pwhistory.so remember=5 use_authtok
password    sufficient    pam_unix.so sha512 shadow try_first_pass use_authtok
password    required      pam_deny.so
session     required      pam_unix.so
"""
_ACCOUNTS = """\
root:x:0:0:root:/root:/bin/bash
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
sshd:x:74:74:Privilege-separated SSH:/var/empty/sshd:/sbin/nologin
chrony:x:994:991::/var/lib/chrony:/sbin/nologin
ops01:x:1001:1001:operations:/home/ops01:/bin/bash
audit01:x:1003:1003:audit:/home/audit01:/bin/bash
"""
_SUDOERS = """\
Defaults    env_reset
root    ALL=(ALL)   ALL
Cmnd_Alias AUDCMD = /usr/sbin/ausearch, /usr/sbin/aureport
ops01   ALL=(root) /usr/bin/systemctl restart nginx
audit01 ALL=(root) AUDCMD
"""
_SHADOW = """\
root:$6$Zx81$kq0VbT3mW9rYp2:19000:0:90:7:::
bin:*:18000:0:99999:7:::
daemon:*:18000:0:99999:7:::
sshd:!!:18000::::::
chrony:!!:18000::::::
ops01:$6$Qm27$h5JcXs8Ld1Nf4t:19000:1:90:7:::
audit01:$6$Rt55$w2KbZg7Pv9Ue0y:19000:1:90:7:::
"""


def _os_release(device: Device) -> str:
    version = wording.KERNELS[device.system][0]
    name = {"openEuler": "openEuler", "kylin": "Kylin Linux Advanced Server"}[device.system]
    number = version.split()[0]
    return (
        f'NAME="{name}"\nVERSION="{version}"\nID="{device.system}"\nVERSION_ID="{number}"\n'
        f'PRETTY_NAME="{name} {version}"\nANSI_COLOR="0;31"\n'
    )


def _rsyslog(remote: bool, both: bool) -> str:
    return 'module(load="imuxsock")\n*.info;mail.none;authpriv.none /var/log/messages\nauthpriv.* /var/log/secure\n' + (
        f"*.* @@{LOG_HOST}:514\n" + (f"*.* @@[{LOG_HOST6}]:514\n" if both else "") if remote else ""
    )


def _snmpd(device: Device) -> str:
    open_line = f"rocommunity {device.hardening.community} 10.44.0.40\n" if device.hardening.community else ""
    return f"agentAddress udp:161,udp6:161\n{open_line}rouser hecha priv\nsysLocation {device.site}\n"


def sshd_settings(device: Device) -> dict[str, str]:
    """Effective settings by keyword, as ``sshd -T`` prints them."""
    return {
        "port": "22",
        "addressfamily": "any",
        "listenaddress": f"{device.address}:22",
        "permitrootlogin": "yes" if device.hardening.root_login else "no",
        "passwordauthentication": "yes",
        "permitemptypasswords": "no",
        "pubkeyauthentication": "yes",
        "maxauthtries": "4",
        "logingracetime": "60",
        "clientaliveinterval": "300",
        "clientalivecountmax": "2",
        "ciphers": "aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes128-ctr",
        "macs": "hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com",
        "kexalgorithms": "curve25519-sha256,diffie-hellman-group16-sha512",
        "usepam": "yes",
        "protocol": "2",
        "banner": "/etc/issue.net",
        "allowusers": "*@10.44.0.0/24",
    }


def _sshd_config(device: Device) -> str:
    written = {
        "permitrootlogin": "PermitRootLogin", "passwordauthentication": "PasswordAuthentication",
        "permitemptypasswords": "PermitEmptyPasswords", "maxauthtries": "MaxAuthTries",
        "clientaliveinterval": "ClientAliveInterval", "clientalivecountmax": "ClientAliveCountMax",
        "usepam": "UsePAM", "banner": "Banner", "allowusers": "AllowUsers",
    }  # fmt: skip
    settings = sshd_settings(device)
    return "".join(f"{name} {settings[key]}\n" for key, name in written.items())
