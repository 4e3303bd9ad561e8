"""Configurations of Junos in its syntax, in braces and as set lines."""

from __future__ import annotations

BRACES = """\
## Last commit: 2026-01-01 00:00:00 UTC by admin
version 20.4R3.8;
groups {
    COUNTY {
        system {
            ntp {
                server 10.9.0.19;
            }
        }
        interfaces {
            <ge-*> {
                unit <*> {
                    family inet6;
                }
            }
        }
    }
    UNUSED {
        system {
            services {
                telnet;
            }
        }
    }
}
apply-groups COUNTY;
system {
    host-name edge-mx;
    /* kept for
       the auditors; */
    root-authentication {
        encrypted-password "$6$rootSalt1$rootHashOfTheCounty"; ## SECRET-DATA
    }
    login {
        message "Authorised staff only; { no others }";
        retry-options {
            tries-before-disconnect 4;
            lockout-period 10;
        }
        class ops {
            idle-timeout 15;
            permissions all;
        }
        class view {
            idle-timeout 5;
            permissions view;
        }
        user admin {
            uid 2000;
            class ops;
            authentication {
                encrypted-password "$1$oldSalt1$oldHashOfTheCounty"; ## SECRET-DATA
            }
        }
        user keyed {
            class view;
            authentication {
                ssh-rsa "ssh-rsa AAAAB3Nza keyed@county";
            }
        }
        password {
            minimum-length 10;
            minimum-numerics 1;
            minimum-upper-cases 1;
        }
    }
    services {
        ftp;
        ssh {
            root-login deny;
            protocol-version v2;
        }
        inactive: telnet;
        web-management {
            http {
                interface ge-0/0/0.0;
            }
            https {
                system-generated-certificate;
            }
        }
    }
    tacplus-server {
        10.9.0.6 {
            secret "$9$tacSecretOfTheCounty"; ## SECRET-DATA
        }
    }
    syslog {
        host 10.9.0.5 {
            any notice;
        }
        host other-routing-engine {
            any any;
        }
        file messages {
            any notice;
        }
    }
    ntp {
        authentication-key 1 type md5 value "$9$ntpSecretOfTheCounty"; ## SECRET-DATA
        server 10.9.0.9 key 1;
        peer 10.9.0.10;
    }
}
interfaces {
    ge-0/0/0 {
        description "to the province";
        unit 0 {
            family inet {
                filter {
                    input EDGE;
                }
                policer {
                    input TEN;
                }
                address 203.0.113.2/29;
            }
        }
    }
    ge-0/0/1 {
        disable;
        gigether-options {
            802.3ad ae0;
        }
    }
    ae0 {
        unit 20 {
            vlan-id 20;
            family inet {
                address 10.20.0.1/24;
            }
            family inet6 {
                address 2001:db8:20::1/64;
            }
        }
    }
    gr-0/0/10 {
        unit 0 {
            family inet6;
        }
    }
    lo0 {
        unit 0 {
            family inet {
                filter {
                    input PROTECT;
                }
                address 10.0.0.1/32;
            }
        }
    }
}
snmp {
    community countyWatchWord {
        authorization read-only;
        clients {
            10.9.0.0/24;
            0.0.0.0/0 restrict;
        }
    }
    community public {
        authorization read-write;
    }
    community "two words of countyWord" {
        authorization read-only;
    }
    trap-group trapWordOfCounty {
        targets {
            10.9.0.8;
        }
    }
    v3 {
        usm {
            local-engine {
                user watcher {
                    authentication-sha {
                        authentication-key "$9$authKeyOfTheCounty"; ## SECRET-DATA
                    }
                    privacy-aes128 {
                        privacy-key "$9$privKeyOfTheCounty"; ## SECRET-DATA
                    }
                }
            }
        }
    }
}
routing-options {
    static {
        route 0.0.0.0/0 next-hop 203.0.113.1;
    }
    rib inet6.0 {
        static {
            route ::/0 next-hop 2001:db8:20::fe;
        }
    }
}
protocols {
    bgp {
        group PROVINCE {
            type external;
            authentication-key "$9$bgpKeyOfTheCounty"; ## SECRET-DATA
            neighbor 203.0.113.1 {
                peer-as 65000;
            }
        }
        group SIX {
            family inet6 {
                unicast;
            }
            neighbor 2001:db8:20::fe {
                peer-as 65000;
            }
        }
    }
    ospf {
        area 0.0.0.0 {
            interface ae0.20 {
                authentication {
                    md5 1 key "$9$ospfKeyOfTheCounty"; ## SECRET-DATA
                }
            }
        }
    }
    inactive: rip {
        group r {
            neighbor ae0.20;
        }
    }
}
policy-options {
    prefix-list MANAGEMENT {
        10.9.0.0/24;
    }
    community NO-EXPORT members no-export;
}
firewall {
    family inet {
        filter PROTECT {
            term ssh {
                from {
                    source-prefix-list {
                        MANAGEMENT;
                    }
                    protocol tcp;
                    destination-port [ ssh https ];
                }
                then accept;
            }
            term rest {
                then discard;
            }
        }
        filter EDGE {
            term all {
                then accept;
            }
        }
    }
    policer TEN {
        if-exceeding {
            bandwidth-limit 10m;
            burst-size-limit 125k;
        }
        then discard;
    }
}
routing-instances {
    CLOUD {
        instance-type virtual-router;
        routing-options {
            static {
                route 0.0.0.0/0 next-hop 10.20.0.254;
            }
        }
    }
}
"""

LINES = """\
set version 15.1X49-D170.4
set system host-name gate-srx
set system root-authentication encrypted-password "$5$rootSalt1$rootHashOfTheGate"
set system login user admin class super-user
set system login user admin authentication encrypted-password "$sha1$19418$gateSalt$gateHashOfTheCounty"
set system services telnet
set system services netconf ssh
set snmp community gateWatchWord authorization read-only
set security ike policy p pre-shared-key ascii-text "$9$ikeKeyOfTheCounty"
set security log stream collector host 10.9.0.5
set security policies from-zone trust to-zone untrust policy out match source-address any
set security policies from-zone trust to-zone untrust policy out match destination-address any
set security policies from-zone trust to-zone untrust policy out match application any
set security policies from-zone trust to-zone untrust policy out then permit
set security policies from-zone trust to-zone untrust policy out then log session-init
set security policies from-zone untrust to-zone trust policy web match source-address any
set security policies from-zone untrust to-zone trust policy web match destination-address web-server
set security policies from-zone untrust to-zone trust policy web match application [ junos-https junos-http ]
set security policies from-zone untrust to-zone trust policy web then deny
set security zones security-zone trust interfaces ge-0/0/1.0
set security zones security-zone untrust interfaces ge-0/0/0.0
set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.2/29
set interfaces ge-0/0/1 unit 0 family inet address 10.1.0.1/16
set interfaces ge-0/0/1 unit 0 family inet6 address 2001:db8:1::1/64
set security forwarding-options family inet6 mode drop
set protocols ospf3 area 0.0.0.0 interface ge-0/0/1.0
set protocols bgp group g neighbor 203.0.113.1 peer-as 65000
deactivate protocols bgp group g
deactivate system services telnet
"""
