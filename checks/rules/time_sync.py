"""Level 3: clocks."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from inventory.facts import TimeSync
from inventory.text import Text

_SERVER = Remedy(
    Text("配置时间服务器", "Name a time server"),
    {
        "huawei_vrp": "system-view\n ntp-service unicast-server <time-server>\n quit",
        "h3c_comware": "system-view\n ntp-service enable\n ntp-service unicast-server <time-server>\n quit",
        "linux": "echo 'server <time-server> iburst' > /etc/chrony/sources.d/county.sources\nchronyc reload sources",
        "cisco_ios": "configure terminal\n ntp server <time-server>\n end",
        "cisco_nxos": "configure terminal\n ntp server <time-server>\n end",
        "cisco_asa": "configure terminal\n ntp server <time-server>\n end",
        "fortinet_fortios": "config system ntp\n set ntpsync enable\n set type custom\n"
        " config ntpserver\n  edit 1\n   set server <time-server>\n  next\n end\nend",
        "juniper_junos": "configure\n set system ntp server <time-server>\n commit and-quit",
    },
)


@check(
    "time_sync.servers-set",
    family=Family.LEVEL3,
    title=Text("配置了时间服务器", "A time server is set"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.3-b#1",),
    found=Text(
        "{subject} 没有配置时间服务器，日志时间不可信",
        "{subject} has no time server: the times in its logs prove little",
    ),
    remedy=_SERVER,
)
def servers_set(time: TimeSync) -> Iterator[Verdict]:
    yield verdict(bool(time.servers or time.peers), time.evidence, servers=", ".join(time.servers + time.peers))


@check(
    "time_sync.synchronised",
    family=Family.LEVEL3,
    title=Text("时钟已同步", "The clock is synchronised"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.3-b#1",),
    found=Text(
        "{subject} 配置了 {servers}，时钟却未同步", "{subject} names {servers} but its clock is not synchronised"
    ),
    remedy=Remedy(
        Text(
            "检查到时间服务器的路由、过滤和鉴别密钥", "Look at route, filters and keys between device and time server"
        ),
        {
            "huawei_vrp": "display ntp-service status\ndisplay ntp-service sessions",
            "h3c_comware": "display ntp-service status\ndisplay ntp-service sessions",
            "linux": "chronyc tracking\nchronyc sources -v",
            "cisco_ios": "show ntp status\nshow ntp associations",
            "cisco_nxos": "show ntp peer-status",
            "cisco_asa": "show ntp status\nshow ntp associations",
            "fortinet_fortios": "diagnose sys ntp status",
            "juniper_junos": "show ntp associations",
        },
    ),
)
def synchronised(time: TimeSync) -> Iterator[Verdict]:
    if time.servers or time.peers or time.synchronised:
        yield verdict(time.synchronised, time.evidence, servers=", ".join(time.servers + time.peers))


@check(
    "time_sync.authenticated",
    family=Family.LEVEL3,
    title=Text("时间来源经过鉴别", "Time sources are authenticated"),
    severity=Severity.INFO,
    clauses=("gbt22239-2019:8.1.4.3-b",),
    found=Text("{subject} 不鉴别时间服务器", "{subject} believes any answer to its time requests"),
    remedy=Remedy(
        Text("启用 NTP 鉴别", "Turn NTP authentication on"),
        {
            "huawei_vrp": "system-view\n ntp-service authentication enable\n"
            " ntp-service authentication-keyid 1 authentication-mode hmac-sha256 cipher <key>\n"
            " ntp-service reliable authentication-keyid 1\n"
            " ntp-service unicast-server <time-server> authentication-keyid 1\n quit",
            "h3c_comware": "system-view\n ntp-service authentication enable\n"
            " ntp-service authentication-keyid 1 authentication-mode hmac-sha-256 simple <key>\n"
            " ntp-service reliable authentication-keyid 1\n"
            " ntp-service unicast-server <time-server> authentication-keyid 1\n quit",
            "cisco_ios": "configure terminal\n ntp authenticate\n"
            " ntp authentication-key 1 md5 <key>\n ntp trusted-key 1\n"
            " ntp server <time-server> key 1\n end",
            "cisco_nxos": "configure terminal\n ntp authenticate\n"
            " ntp authentication-key 1 md5 <key>\n ntp trusted-key 1\n"
            " ntp server <time-server> key 1\n end",
            "cisco_asa": "configure terminal\n ntp authenticate\n"
            " ntp authentication-key 1 md5 <key>\n ntp trusted-key 1\n"
            " ntp server <time-server> key 1\n end",
            "fortinet_fortios": "config system ntp\n config ntpserver\n  edit 1\n"
            "   set authentication enable\n   set key <key>\n   set key-id 1\n  next\n"
            " end\nend",
            "juniper_junos": "configure\n set system ntp authentication-key 1 type sha256 value <key>\n"
            " set system ntp trusted-key 1\n"
            " set system ntp server <time-server> key 1\n commit and-quit",
        },
    ),
)
def authenticated(time: TimeSync) -> Iterator[Verdict]:
    if time.servers or time.peers:
        yield verdict(time.authenticated, time.evidence)
