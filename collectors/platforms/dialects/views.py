"""Which statements open a view on VRP, Comware, StoneOS, ZXROS and the IOS way: how texts without indentation nest."""

from __future__ import annotations

from collectors.platforms.base import Views

_VRP_TOP = (
    r"(?:undo )?(?:sysname|snmp-agent|info-center|ntp-service|ntp|stelnet|telnet|ssh|sftp|scp|ftp|https?|web-manager"
    r"|netconf|ipv?6? route-static|header|dhcp enable|stp (?:mode|region)|lldp (?:global )?enable|clock|vlan batch|rsa"
    r"|ecc|dsa|public-key|super password|password-control|password-recovery|dns|nat server|router id|ipv6$|ip https?"
    r"|irf|save|return|sys(?:tem-view)?$|screen-length|domain default enable|security-policy disable|qos vlan-policy"
    r"|(?:traffic-policy|qos apply policy) \S+ global)(?:\s|$)"
)
_VRP_OPENS = (
    r"interface \S|vlan \d+$|line \S"
    r"|acl (?:(?:ipv6|number|name|basic|advanced) ){0,4}\S+(?: (?:basic|advanced?|match-order \w+|\d+)){0,4}$"
    r"|user-interface (?!maximum)\S|(?:bgp|ospf|ospfv3|isis|rip|ripng)(?: \d.*)?$"
    r"|traffic (?:classifier|behavior|policy) \S"
    r"|ip vpn-instance \S|firewall zone \S|security-zone \S|security-policy|nat-policy$|policy-based-route \S"
    r"|stp region-configuration|route-policy \S|(?:radius|hwtacacs)(?:-server template| scheme) \S|ip pool \S"
    r"|dhcp server ip-pool \S|ip (?:address|service)-set \S|time-range \S+$|wlan\b|ipsec \S|ike \S|object-group \S"
)
VRP = Views(
    opens=rf"{_VRP_OPENS}|aaa$|manager-user \S+$",
    inner=r"area \S|ipv[46]-family|(?:authentication|authorization|accounting)-scheme \S|domain \S+$"
    r"|role \S|rule name \S|(?:undo )?local-(?:aaa-)?user \S|(?:undo )?user-password |(?:recording|service)-scheme \S",
    top=_VRP_TOP,
    leaves=r"q(?:u(?:it?)?)?$",
)
COMWARE = Views(
    opens=rf"{_VRP_OPENS}|local-user \S|user-group \S|domain \S+$|role (?:name )?\S+$",
    inner=r"area \S|ipv[46]-family|address-family \S|rule \d+ name \S",
    top=_VRP_TOP,
    leaves=r"q(?:u(?:it?)?)?$",
)
IOS = Views(
    opens=r"interface \S|vlan \d[\d,-]*$|line (?:con|aux|tty|vty|console)\b|router \S|ipv6 router \S|ip vrf \S+$"
    r"|vrf (?:definition|context) \S|(?:ip|ipv6|mac|expert) access-list (?:(?:standard|extended) )?\S+$|ip dhcp pool \S"
    r"|class-map \S|policy-map \S|route-map \S|key chain \S|crypto (?:isakmp policy|map|ipsec profile) \S"
    r"|time-range \S|ac-controller$|ap-group \S|ap-config \S|wlan-config \S|wlansec \S|wids$|switch virtual domain"
    r"|aaa group server \S|flow \S+ \S|archive$|track \d",
    inner=r"address-family \S|class \S|key \d+$|log config$",
    top=r"(?:no )?(?:hostname|username|enable (?:secret|password|service)|snmp-server"
    r"|logging (?:host|server|\d|on|buffered|trap|console|monitor|source)|s?ntp|ip route"
    r"|ipv6 route|ip ssh|ip https?|ip default-gateway|ip name-server|ip domain|ipv6 unicast-routing|ip routing"
    r"|service (?!-?policy)|aaa (?!group)|password policy|banner|clock|cdp run|(?:radius|tacacs)-server"
    r"|spanning-tree (?:mode|extend|vlan)|access-list|login block|security|end|write|wr|conf(?:igure)?|crypto key"
    r"|boot|version|lldp run|vtp|ip cef)(?:\s|$)",
    leaves=r"exit(?:-address-family)?$|quit$",
)
# An interface names its zone as the zone itself is opened, a rule its services: those are left where they stand.
STONEOS = Views(
    opens=r"interface \S|ip vrouter \S|admin user \S|password policy$|policy-global$|rule(?: id \d+)?$|aaa-server \S"
    r'|address (?:id \d+ )?"|isakmp (?:proposal|peer) \S|ipsec proposal \S|tunnel \S|class-map \S|policy-map \S'
    r"|qos-profile \S|schedule \S|pki trust-domain \S|statistics-set \S",
    inner=r"user \S|router \S|address-family \S",
    top=r"(?:no )?(?:hostname|snmp-server|ntp|logging|admin (?!user)|ssh|telnet|https?|ecmp\S*|tcp-mss|alg"
    r"|clock|end)(?:\s|$)",
    leaves=r"exit\s*$",
)
ZXROS = Views(
    opens=r"interface \S|system-user$|aaa-\w+-template \S|(?:ipv6 )?router \S|acl (?!ipv6$)\S|ipv[46]-access-list \S"
    r"|vlan \d+$|ip vrf \S|vrf definition \S|class-map \S|policy-map \S|route-map \S|ip dhcp pool \S|spantree$|g?pon$"
    r"|pon-onu-mng \S|lldp$|nd$|control-plane-security$",
    inner=r"(?:authentication|authorization)-template \S|user-name \S|user-default$|address-family \S|class \S",
    top=r"(?:no )?(?:hostname|username|snmp-server|ntp|ssh|telnet|ip route|ipv6 route|syslog-server|logging|banner|line"
    r"|login|clock|nvram|enable|vlan list|end)(?:\s|$)",
    leaves=r"(?:\$|exit)\s*$",
)
