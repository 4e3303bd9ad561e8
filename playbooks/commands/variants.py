"""What the cases are called that one platform mends in several ways (``platform/variant`` of a remedy)."""

from __future__ import annotations

from inventory.text import Text

VARIANTS = {
    "aaa": Text("AAA 服务器", "AAA servers"),
    "acl": Text("访问控制列表", "an access list"),
    "acl-six": Text("IPv6 访问控制列表", "an access list of IPv6"),
    "apparmor": Text("AppArmor 已载入，未强制", "AppArmor is loaded and enforces nothing"),
    "between": Text("两个安全域之间的策略", "a policy between two zones"),
    "between-opened": Text(
        "两个安全域之间的策略里有全通规则", "a policy between two zones with a rule that permits everything"
    ),
    "bgp": Text("BGP", "BGP"),
    "enable": Text("enable 口令", "the enable password"),
    "fallback": Text("AAA 方法以不认证结尾", "AAA methods that end with none"),
    "group": Text("SNMPv3 组", "an SNMPv3 group"),
    "inside": Text("语句在接口等配置块内", "the statement stands in a block, such as an interface"),
    "iptables": Text("过滤器由 iptables 管理", "a filter that iptables keeps"),
    "iptables-list": Text("iptables 链的默认处理", "what a chain of iptables does with the rest"),
    "iptables-list-open": Text("iptables 链默认放行", "a chain of iptables that passes the rest"),
    "iptables-open": Text("iptables 的规则放行其余全部", "rules of iptables that pass all the rest"),
    "iptables-opened": Text("iptables 链里有全通规则", "a chain of iptables with a rule that permits everything"),
    "ipv4": Text("只限制了 IPv6", "IPv6 alone is limited"),
    "ipv6": Text("只限制了 IPv4", "IPv4 alone is limited"),
    "isis": Text("IS-IS", "IS-IS"),
    "limit": Text("限速", "a rate limit"),
    "list": Text("列表末尾没有拒绝", "a list that does not end with a denial"),
    "list-closed": Text(
        "列表里有全通规则，末尾已有拒绝", "a list with a rule that permits everything before its last denial"
    ),
    "list-opened": Text("列表里有全通规则", "a list with a rule that permits everything"),
    "list-opened-six": Text("IPv6 列表里有全通规则", "a list of IPv6 with a rule that permits everything"),
    "list-six": Text("IPv6 列表末尾没有拒绝", "a list of IPv6 that does not end with a denial"),
    "malware": Text("病毒特征库", "signatures of malware"),
    "nft": Text("nftables 的规则", "rules of nftables"),
    "nft-list": Text("nftables 链的默认处理", "what a chain of nftables does with the rest"),
    "nft-list-open": Text("nftables 链默认放行", "a chain of nftables that passes the rest"),
    "nft-open": Text("nftables 的规则放行其余全部", "rules of nftables that pass all the rest"),
    "ntp": Text("时间服务器", "time servers"),
    "ospfv3": Text("OSPFv3", "OSPFv3"),
    "passwd": Text("设备的登录口令", "the login password of the device"),
    "policy": Text("安全策略", "a security policy"),
    "policy-opened": Text("安全策略里有全通规则", "a security policy with a rule that permits everything"),
    "read": Text("语句已读到", "the statement was read"),
    "rule": Text("带宽策略的规则", "a rule of a bandwidth policy"),
    "secret": Text("保存口令摘要的文件", "a file that holds hashes of passwords"),
    "selinux": Text("SELinux 已启用，未强制", "SELinux is on and enforces nothing"),
    "shut": Text("成员端口被关闭", "members that are shut down"),
    "snmp": Text("SNMP", "SNMP"),
    "snmp-trap": Text("接收告警的网管", "stations that notifications go to"),
    "source-port": Text("按源端口放行的规则", "rules that permit by source port"),
    "ssh": Text("SSH 登录", "logins by SSH"),
    "super": Text("super 口令", "the super password"),
    "syslog": Text("日志服务器", "log servers"),
    "system": Text("应用到系统或槽位", "applied to the system or a slot"),
    "user": Text("SNMPv3 用户", "an SNMPv3 user"),
    "vlan": Text("应用到 VLAN", "applied to a VLAN"),
}
