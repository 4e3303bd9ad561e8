"""A configuration of a FortiGate in its syntax."""

from __future__ import annotations

BORDER = """\
#config-version=FGT60E-6.4.5-FW-build1828-210217:opmode=0:vdom=0:user=admin
#conf_file_ver=123456789
config system global
    set admintimeout 15
    set admin-lockout-threshold 5
    set admin-lockout-duration 600
    set hostname "county-border"
    set pre-login-banner enable
end
config system interface
    edit "wan1"
        set vdom "root"
        set ip 203.0.113.2 255.255.255.248
        set allowaccess ping https ssh
        set type physical
        set alias "province"
        config ipv6
            set ip6-address 2001:db8:f::2/64
            set ip6-allowaccess ping
        end
    next
    edit "internal"
        set vdom "root"
        set ip 10.1.0.1 255.255.0.0
        set allowaccess ping https ssh http telnet
        config secondaryip
            edit 1
                set ip 10.2.0.1 255.255.255.0
            next
        end
    next
    edit "dmz"
        set vdom "root"
        set ip 0.0.0.0 0.0.0.0
        set status down
        set allowaccess fgfm
        config ipv6
            set ip6-address ::/0
        end
    next
    edit "vlan20"
        set vdom "root"
        set ip 10.20.0.1 255.255.255.0
        set interface "internal"
        set vlanid 20
        config ipv6
            set ip6-mode dhcp
        end
    next
    edit "lag1"
        set type aggregate
        set member "port3" "port4"
    next
    edit "port3"
        set type physical
    next
end
config system password-policy
    set status enable
    set minimum-length 12
    set min-upper-case-letter 1
    set min-number 1
    set expire-status enable
    set expire-day 60
    set reuse-password disable
end
config system admin
    edit "admin"
        set accprofile "super_admin"
        set vdom "root"
        set trusthost1 10.9.0.0 255.255.255.0
        set password ENC SH2kV3n0tR3allyAHash0123456789ABCDEFGHIJ=
    next
    edit "auditor"
        set accprofile "prof_admin"
        set ip6-trusthost1 2001:db8:9::/64
        set password ENC AK1kV3n0tR3allyAHash9876543210=
    next
    edit "by-radius"
        set remote-auth enable
        set accprofile "prof_admin"
        set trusthost1 10.9.0.7 255.255.255.255
    next
end
config system snmp sysinfo
    set status enable
end
config system snmp community
    edit 1
        set name "c0untyWatch"
        config hosts
            edit 1
                set ip 10.9.0.8 255.255.255.255
            next
        end
    next
    edit 2
        set name "public"
        set query-v1-status disable
    next
    edit 3
        set name "private"
        set status disable
    next
end
config system snmp user
    edit "watcher"
        set security-level auth-priv
        set auth-pwd ENC authWordOfTheWatcher=
        set priv-pwd ENC privWordOfTheWatcher=
    next
end
config system ntp
    set ntpsync enable
    set type custom
    config ntpserver
        edit 1
            set server "10.9.0.9"
            set authentication enable
            set key ENC ntpKeyWordOfTheCounty=
            set key-id 1
        next
        edit 2
            set server "ntp.example.org"
        next
    end
end
config system replacemsg admin "pre_admin-disclaimer-text"
    set buffer "Authorised
staff only:
end
config system admin"
end
config user radius
    edit "rad"
        set server "10.9.0.6"
        set secret ENC radiusSharedWord=
    next
end
config firewall policy
    edit 1
        set name "out"
        set uuid 0d2f5a4e-0000-51e8-0000-000000000000
        set srcintf "internal"
        set dstintf "wan1"
        set srcaddr "all"
        set dstaddr "all"
        set action accept
        set schedule "always"
        set service "ALL"
        set logtraffic all
    next
    edit 2
        set srcintf "wan1"
        set dstintf "internal"
        set srcaddr "all"
        set dstaddr "web-server"
        set service "HTTPS"
        set status disable
        set logtraffic disable
    next
end
config log syslogd setting
    set status enable
    set server "10.9.0.5"
end
config log syslogd2 setting
    set server "10.9.0.55"
end
config log fortianalyzer setting
    set status enable
    set server "analyzer.example.org"
end
config router static
    edit 1
        set gateway 203.0.113.1
        set device "wan1"
    next
    edit 2
        set dst 10.50.0.0 255.255.0.0
        set gateway 10.1.0.254
        set device "internal"
    next
end
config router static6
    edit 1
        set gateway 2001:db8:f::1
        set device "wan1"
    next
end
config router ospf
    set router-id 10.1.0.1
    config area
        edit 0.0.0.0
            set authentication message-digest
        next
    end
    config redistribute "connected"
    end
end
config router rip
    config redistribute "connected"
    end
end
config router bgp
    set as 65010
    config neighbor
        edit "203.0.113.1"
            set remote-as 65000
            set password ENC bgpWordOfTheCounty=
        next
        edit "2001:db8:f::1"
            set remote-as 65000
        next
    end
end
"""
