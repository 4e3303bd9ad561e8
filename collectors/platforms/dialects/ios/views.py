"""How statements of NX-OS and ASA nest in texts without indentation."""

from __future__ import annotations

from collectors.platforms.base import Views
from collectors.platforms.dialects.views import IOS

NXOS = Views(
    opens=rf"{IOS.opens}|role name \S|vdc \S|vpc domain \d|fabricpath domain|evpn$|control-plane\b|port-profile \S"
    r"|system qos$",
    inner=rf"{IOS.inner}|hsrp \d|vrrp \d|neighbor \S|template peer\S* \S|vrf (?!member|context)\S+$|vni \d",
    top=rf"{IOS.top}|(?:no )?feature(?:-set)? \S|nxapi \S|system (?!qos$)\S|diagnostic \S|copp \S|nv overlay|rmon \S"
    r"|(?:no )?password \w+-",
    leaves=IOS.leaves,
)
ASA = Views(
    opens=r"interface \S|object(?:-group)? \S|(?:class|policy)-map \S|group-policy \S+ (?:internal|external|attributes)"
    r"|username \S+ attributes|tunnel-group \S+ \S+-attributes|webvpn$|router \S|aaa-server \S+ (?:\(\S+\) )?host \S"
    r"|crypto (?:ca (?:trustpoint|certificate chain)|ikev[12] policy|ipsec ikev2 ipsec-proposal) \S|call-home$"
    r"|dns server-group \S|time-range \S|failover group \d|context \S",
    inner=r"class \S|parameters$|address-family \S|profile \S",
    top=r"end$|:|(?:ASA|PIX) Version|hostname \S|domain-name \S|(?:enable )?pass\w+ \S|names$|name \d"
    r"|username \S+ (?:pass|nopass)|access-list \S|access-group \S|(?:no )?logging \S|mtu \S|(?:no )?failover\b|icmp \S"
    r"|asdm \S|arp \S|route \S|timeout \S|aaa \S|(?:no )?http \S|(?:no )?snmp-server \S|(?:no )?telnet \S|(?:no )?ssh "
    r"|console timeout|banner \S|ftp mode|nat \(|global \(|static \(|crypto (?:map|ikev[12] enable|ipsec security)"
    r"|tunnel-group \S+ type|ntp \S|service-policy \S|prompt \S|threat-detection|same-security|ip local pool"
    r"|ipv6 (?:route|access-list)|dhcpd \S|boot system|clock (?:time|summer)|ssl \S|dynamic-access-policy"
    r"|xlate \S|pager \S|Cryptochecksum",
    leaves=r"(?:exit|quit)$",
)
