"""Filter rules whose addresses and services are objects: what their groups hold decides."""

from __future__ import annotations

import time
from datetime import date

import pytest
from shown import NOW, told

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_device
from checks.model import Finding, Outcome
from inventory.facts import FilterRule, RuleSets
from inventory.snapshot import DeviceRecord, Snapshot, State

# On each platform the same policy: the rules broad (a group of groups that holds all the servers), narrow (one server,
# one port of those), opened (a group that holds 0.0.0.0/0 on either end, and a service that is everything), loops
# (groups that hold each other) and strange (an object that nothing defines).
POLICIES = {
    "huawei_vrp": """#
sysname fw
#
ip address-set servers type object
 address 0 10.30.0.0 mask 24
 address 1 range 10.31.0.1 10.31.0.9
ip address-set one type object
 address 0 10.30.0.8 0
ip address-set all-servers type group
 address 0 address-set servers
ip address-set world type object
 address 0 0.0.0.0 mask 0
ip address-set ring1 type group
 address 0 address-set ring2
ip address-set ring2 type group
 address 0 address-set ring1
#
ip service-set web type object 16
 service 0 protocol tcp source-port 0 to 65535 destination-port 80 8080 to 8090
#
firewall zone trust
 set priority 85
security-policy
 rule name broad
  source-address 10.0.0.0 mask 255.0.0.0
  destination-address address-set all-servers
  service web
  service https
  action permit
 rule name narrow
  source-address range 10.1.0.1 10.1.0.9
  destination-address address-set one
  service protocol tcp destination-port 8085
  action deny
 rule name opened
  source-address address-set world
  action permit
 rule name loops
  destination-address address-set ring1
  action permit
 rule name strange
  destination-address address-set nowhere
  action permit
#
return
""",
    "h3c_comware": """#
 version 7.1.064, Release 0707
#
 sysname fw
#
object-group ip address "all servers"
 0 network group-object servers
#
object-group ip address servers
 0 network subnet 10.30.0.0 255.255.255.0
 10 network range 10.31.0.1 10.31.0.9
#
object-group ip address one
 0 network host address 10.30.0.8
#
object-group ip address world
 0 network subnet 0.0.0.0 0.0.0.0
#
object-group ip address ring1
 0 network group-object ring2
#
object-group ip address ring2
 0 network group-object ring1
#
object-group service web
 0 service tcp destination eq 80
 10 service tcp destination range 8080 8090
#
security-zone name Trust
#
security-policy ip
 rule 0 name broad
  action pass
  source-ip-subnet 10.0.0.0 255.0.0.0
  destination-ip "all servers"
  service web
  service https
 rule 1 name narrow
  source-ip-range 10.1.0.1 10.1.0.9
  destination-ip one
  service-port tcp destination eq 8085
 rule 2 name opened
  action pass
  source-ip world
 rule 3 name loops
  action pass
  destination-ip ring1
 rule 4 name strange
  action pass
  destination-ip nowhere
#
return
""",
    "hillstone_stoneos": """Version 5.5R8
zone "trust"
exit
address "servers"
  ip 10.30.0.0/24
  range 10.31.0.1 10.31.0.9
exit
address "all servers"
  member "servers"
exit
address "world"
  ip 0.0.0.0/0
exit
address "ring1"
  member "ring2"
exit
address "ring2"
  member "ring1"
exit
service "web"
  tcp dst-port 80
  tcp dst-port 8080 8090 src-port 1024 65535
exit
service "one"
  tcp dst-port 8085 src-port 2000 3000
exit
servgroup "both"
  service "web"
  service "HTTPS"
exit
rule id 1
  action permit
  src-ip 10.0.0.0/8
  dst-addr "all servers"
  service "both"
  name "broad"
exit
rule id 2
  action deny
  src-range 10.1.0.1 10.1.0.9
  dst-ip 10.30.0.8/32
  service "one"
  name "narrow"
exit
rule id 3
  action permit
  src-addr "world"
  dst-addr "Any"
  service "Any"
  name "opened"
exit
rule id 4
  action permit
  src-addr "Any"
  dst-addr "ring1"
  service "Any"
  name "loops"
exit
rule id 5
  action permit
  src-addr "Any"
  dst-addr "nowhere"
  service "Any"
  name "strange"
exit

End
""",
    "fortinet_fortios": """#config-version=FGT60F-7.2.5-FW-build1517-230606:opmode=0:vdom=0:user=admin
config system global
    set hostname fgt
end
config router static
    edit 1
        set gateway 203.0.113.1
        set device wan1
    next
end
config firewall address
    edit "servers"
        set subnet 10.30.0.0 255.255.255.0
    next
    edit "more servers"
        set type iprange
        set start-ip 10.31.0.1
        set end-ip 10.31.0.9
    next
    edit "ten"
        set subnet 10.0.0.0 255.0.0.0
    next
    edit "one"
        set subnet 10.30.0.8 255.255.255.255
    next
    edit "world"
    next
end
config firewall addrgrp
    edit "all servers"
        set member "servers" "more servers"
    next
    edit "ring1"
        set member "ring2"
    next
    edit "ring2"
        set member "ring1"
    next
end
config firewall service custom
    edit "ALL"
        set protocol IP
    next
    edit "web"
        set tcp-portrange 80 8080-8090:1024-65535
    next
    edit "HTTPS"
        set tcp-portrange 443
    next
    edit "one"
        set tcp-portrange 8085:2000-3000
    next
end
config firewall service group
    edit "both"
        set member "web" "HTTPS"
    next
end
config firewall policy
    edit 1
        set name "broad"
        set srcintf "any"
        set dstintf "any"
        set action accept
        set srcaddr "ten"
        set dstaddr "all servers"
        set service "both"
    next
    edit 2
        set name "narrow"
        set srcintf "any"
        set dstintf "any"
        set srcaddr "servers"
        set dstaddr "one"
        set service "one"
    next
    edit 3
        set name "opened"
        set srcintf "any"
        set dstintf "any"
        set action accept
        set srcaddr "world"
        set dstaddr "all"
        set service "ALL"
    next
    edit 4
        set name "loops"
        set srcintf "any"
        set dstintf "any"
        set action accept
        set srcaddr "all"
        set dstaddr "ring1"
        set service "ALL"
    next
    edit 5
        set name "strange"
        set srcintf "any"
        set dstintf "any"
        set action accept
        set srcaddr "all"
        set dstaddr "nowhere"
        set service "ALL"
    next
end
""",
    "juniper_junos": """set version 20.4R3
set system host-name srx
set security zones security-zone trust interfaces ge-0/0/1.0
set security address-book global address servers 10.30.0.0/24
set security address-book global address more range-address 10.31.0.1 to 10.31.0.9
set security address-book global address ten 10.0.0.0/8
set security address-book global address one 10.30.0.8/32
set security address-book global address world 0.0.0.0/0
set security address-book global address-set all-servers address servers
set security address-book global address-set all-servers address more
set security address-book global address-set ring1 address-set ring2
set security address-book global address-set ring2 address-set ring1
set applications application web term t1 protocol tcp
set applications application web term t1 destination-port 80
set applications application web term t2 protocol tcp
set applications application web term t2 destination-port 8080-8090
set applications application one protocol tcp
set applications application one destination-port 8085
set applications application-set both application web
set applications application-set both application junos-https
set security policies global policy broad match source-address ten
set security policies global policy broad match destination-address all-servers
set security policies global policy broad match application both
set security policies global policy broad then permit
set security policies global policy narrow match source-address servers
set security policies global policy narrow match destination-address one
set security policies global policy narrow match application one
set security policies global policy narrow then deny
set security policies global policy opened match source-address world
set security policies global policy opened match destination-address any
set security policies global policy opened match application any
set security policies global policy opened then permit
set security policies global policy loops match source-address any
set security policies global policy loops match destination-address ring1
set security policies global policy loops match application any
set security policies global policy loops then permit
set security policies global policy strange match source-address any
set security policies global policy strange match destination-address nowhere
set security policies global policy strange match application any
set security policies global policy strange then permit
""",
    "cisco_asa": """ASA Version 9.16(4)
!
interface GigabitEthernet1/1
 nameif outside
 security-level 0
!
object network one
 host 10.30.0.8
object network ten
 subnet 10.0.0.0 255.0.0.0
object service web
 service tcp destination eq www
object-group network servers
 network-object 10.30.0.0 255.255.255.0
 network-object host 10.31.0.1
object-group network all-servers
 group-object servers
object-group network world
 network-object 0.0.0.0 0.0.0.0
object-group network ring1
 group-object ring2
object-group network ring2
 group-object ring1
object-group service both
 service-object object web
 service-object tcp destination range 8080 8090
 service-object tcp destination eq https
object-group service one tcp
 port-object eq 8085
access-list EDGE extended permit object-group both object ten object-group all-servers
access-list EDGE extended deny tcp object ten object one object-group one
access-list EDGE extended permit ip object-group world any
access-list EDGE extended permit ip any object-group ring1
access-list EDGE extended permit ip any object-group nowhere
access-group EDGE in interface outside
: end
""",
    "cisco_ios": """version 15.2
hostname r1
!
object-group network servers
 10.30.0.0 255.255.255.0
 range 10.31.0.1 10.31.0.9
object-group network all-servers
 group-object servers
object-group network world
 0.0.0.0 0.0.0.0
object-group network ring1
 group-object ring2
object-group network ring2
 group-object ring1
object-group service both
 tcp eq www
 tcp range 8080 8090
 tcp eq 443
object-group service one
 tcp eq 8085
ip access-list extended EDGE
 10 permit object-group both 10.0.0.0 0.255.255.255 object-group all-servers
 20 deny object-group one 10.1.0.0 0.0.255.255 host 10.30.0.8
 30 permit ip object-group world any
 40 permit ip any object-group ring1
 50 permit ip any object-group nowhere
interface GigabitEthernet0/0
 ip access-group EDGE in
end
""",
    "cisco_nxos": """version 9.3(8)
hostname n1
object-group ip address servers
  10 10.30.0.0/24
  20 10.31.0.0 0.0.0.255
object-group ip address world
  10 0.0.0.0/0
object-group ip address empty
object-group ip port both
  10 eq 80
  20 range 8080 8090
object-group ip port one
  10 eq 8085
ip access-list EDGE
  10 permit tcp 10.0.0.0/8 addrgroup servers portgroup both
  20 deny tcp 10.1.0.0/16 10.30.0.8/32 portgroup one
  30 permit ip addrgroup world any
  40 permit ip any addrgroup empty
  50 permit ip any addrgroup nowhere
interface Ethernet1/1
  ip access-group EDGE in
end
""",
}


# RGOS writes them as IOS does.
POLICIES["ruijie_rgos"] = POLICIES["cisco_ios"].replace("version 15.2", "version RGOS 10.4(3b19)p3")


def rules_of(name: str) -> list[FilterRule]:
    found = told(name, POLICIES[name])[RuleSets]
    assert isinstance(found, RuleSets)
    sets = [
        each
        for each in found.items
        if len(each.rules) == 5 and each.kind == ("acl" if "EDGE" in POLICIES[name] else "policy")
    ]
    return list(sets[0].rules)


def judged(name: str, text: str, check_id: str) -> list[Finding]:
    facts = told(name, text)
    snapshot = Snapshot(DeviceRecord("fw", "10.0.0.1", State.ANSWERED, NOW, name), facts)
    return list(evaluate_device(snapshot, Terms((catalogue()[check_id],), date(2026, 1, 1))))


@pytest.mark.parametrize("name", list(POLICIES))
def test_objects_are_what_they_hold(name: str) -> None:
    broad, narrow, opened, loops, strange = rules_of(name)
    assert {str(net) for net in broad.destinations or ()} >= {"10.30.0.0/24"}
    ports = {port for each in broad.services or () for port in each.destination_ports or ()} or {
        *(broad.destination_ports or ())
    }
    assert {(80, 80), (8080, 8090)} <= ports
    assert [(each.protocol, each.destination_ports) for each in narrow.services or ()] or narrow.protocol == "tcp"
    assert narrow.destination_ports == ((8085, 8085),)
    assert opened.anything
    assert [rule.unread for rule in (broad, narrow, opened, loops, strange)] == [False, False, False, True, True]


@pytest.mark.parametrize("name", list(POLICIES))
def test_a_group_hides_what_it_holds(name: str) -> None:
    hidden = judged(name, POLICIES[name], "filtering.no-shadowed-rules")
    assert [f.outcome for f in hidden if f.values.get("rule") in ("narrow", "2", "20")] == [Outcome.FAIL]
    open_rules = [f for f in judged(name, POLICIES[name], "filtering.no-any-any") if f.outcome is Outcome.FAIL]
    assert [f.values["rule"] for f in open_rules][-1] in ("opened", "3", "30")


LISTS = {
    "huawei_vrp": """#
sysname r1
#
ip address-set servers type object
 address 0 10.30.0.0 0.0.0.255
 address 1 10.31.0.0 mask 255.255.0.0
#
ip service-set web type object
 service 0 protocol tcp destination-port 80 443
#
acl number 3001
 rule 5 permit tcp source any destination address-set servers destination-port eq 443
 rule 10 permit service-set web source 10.1.0.0 0.0.255.255 destination 10.30.0.9 0
 rule 15 permit ip source 0.0.0.0 255.255.255.255 destination any
#
return
""",
    "h3c_comware": """#
 version 7.1.070, Release 6616P05
#
 sysname r1
#
object-group ip address servers
 0 network subnet 10.30.0.0 255.255.255.0
 10 network range 10.31.0.0 10.31.255.255
#
object-group port web
 0 port eq 80
 10 port eq 443
#
acl advanced 3001
 rule 5 permit tcp destination object-group servers destination-port eq 443
 rule 10 permit tcp source 10.1.0.0 0.0.255.255 destination 10.30.0.9 0 destination-port object-group web
 rule 15 permit ip source 0.0.0.0 255.255.255.255
#
return
""",
}


@pytest.mark.parametrize("name", list(LISTS))
def test_access_lists_name_objects_too(name: str) -> None:
    found = told(name, LISTS[name])[RuleSets]
    assert isinstance(found, RuleSets)
    one, two, three = found.items[0].rules
    assert {str(net) for net in one.destinations or ()} == {"10.30.0.0/24", "10.31.0.0/16"}
    ports = two.destination_ports or tuple(p for each in two.services or () for p in each.destination_ports or ())
    assert set(ports) == {(80, 80), (443, 443)}
    assert three.anything  # a wildcard that leaves out nothing is any
    assert not any(rule.unread for rule in (one, two, three))


EXCLUDED = """#config-version=FGT60F-7.2.5-FW-build1517-230606:opmode=0:vdom=0:user=admin
config system global
    set hostname fgt
end
config firewall address
    edit "ten"
        set subnet 10.0.0.0 255.0.0.0
    next
    edit "site"
        set type fqdn
        set fqdn "www.example.org"
    next
end
config firewall addrgrp
    edit "both"
        set member "ten" "site"
    next
    edit "most"
        set member "all"
        set exclude enable
        set exclude-member "ten"
    next
end
config firewall policy
    edit 1
        set srcaddr "all"
        set dstaddr "both"
        set service "ALL"
        set action accept
    next
    edit 2
        set srcaddr "all"
        set dstaddr "ten"
        set service "ALL"
    next
    edit 3
        set srcaddr "all"
        set dstaddr "all"
        set dstaddr-negate enable
        set service "ALL"
        set action accept
    next
    edit 4
        set srcaddr "most"
        set dstaddr "all"
        set service "ALL"
        set action accept
    next
end
config router static
    edit 1
        set gateway 203.0.113.1
        set device "wan1"
    next
end
"""


def test_names_and_exclusions_are_less_than_everything_and_hide_nothing() -> None:
    found = told("fortinet_fortios", EXCLUDED)[RuleSets]
    assert isinstance(found, RuleSets)
    by_name, ten, negated, excluding = found.items[0].rules
    assert [rule.more for rule in (by_name, ten, negated, excluding)] == [True, False, True, True]
    assert not any(rule.anything or rule.unread for rule in found.items[0].rules)
    hidden = judged("fortinet_fortios", EXCLUDED, "filtering.no-shadowed-rules")
    assert [f.outcome for f in hidden] == [Outcome.PASS]


UNDEFINED = """#
sysname fw
#
ip address-set servers type object
 address 0 10.30.0.0 mask 24
#
firewall zone trust
 set priority 85
security-policy
 rule name first
  source-address address-set servers
  service https
  action permit
 rule name second
  destination-address address-set nowhere
  action permit
#
return
"""


@pytest.mark.parametrize(
    "check_id",
    ["filtering.no-any-any", "filtering.no-shadowed-rules", "filtering.five-tuple", "filtering.default-deny"],
)
def test_nothing_is_guessed_of_an_object_that_nothing_defines(check_id: str) -> None:
    assert [f.outcome for f in judged("huawei_vrp", UNDEFINED, check_id)] == [Outcome.UNKNOWN]
    defined = UNDEFINED.replace("address-set nowhere", "address-set servers").replace(
        "second\n", "second\n  service ssh\n"
    )
    assert [f.outcome for f in judged("huawei_vrp", defined, check_id)] == [Outcome.PASS]


def test_endless_and_enormous_groups_are_bounded() -> None:
    deep = "".join(f"ip address-set g{n} type group\n address 0 address-set g{n + 1}\n" for n in range(40))
    wide = "ip address-set wide type object\n" + "".join(
        f" address {n} 10.{n >> 16}.{n >> 8 & 255}.{n & 255} 0\n" for n in range(100_001)
    )
    policy = "".join(
        f" rule name {name}\n  source-address address-set {name}\n  action permit\n" for name in ("g0", "g30", "wide")
    )
    last = "ip address-set g40 type object\n address 0 10.0.0.1 0\n"
    begun = time.process_time()
    found = told(
        "huawei_vrp",
        f"#\nsysname fw\n#\n{deep}{last}{wide}#\nfirewall zone trust\nsecurity-policy\n{policy}#\nreturn\n",
    )
    sets = found[RuleSets]
    assert isinstance(sets, RuleSets)
    assert [rule.unread for rule in sets.items[-1].rules] == [True, False, True]
    assert time.process_time() - begun < 60
