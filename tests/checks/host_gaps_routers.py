"""Gaps of hosts that FRR makes routers of: its daemons and, in a network of its own, those at the far end of a link."""

from __future__ import annotations

from host_gaps import UNLOGGED, HostGap
from host_gaps_running import UNTIL

# A router and, in a network of its own, the one at the far end of its link.
_ROUTERS = (
    "ip netns add far; ip link add lan0 type veth peer name lan1; ip link set lan1 netns far;"
    "sysctl -wq net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1; ip link set lan0 up;"
    "ip netns exec far sysctl -wq net.ipv6.conf.all.forwarding=1; ip -n far link set lo up; ip -n far link set lan1 up;"
    "ip -6 address add 240e:1::1/64 dev lan0 nodad;"
    "ip -n far -6 address add 240e:1::2/64 dev lan1 nodad; mkdir -p /run/frr/far /etc/frr/far;"
    "echo 'service integrated-vtysh-config' > /etc/frr/vtysh.conf; cp /etc/frr/vtysh.conf /etc/frr/far;"
    "printf '{near}' > /etc/frr/frr.conf; printf '{far}' > /etc/frr/far/frr.conf; chown -R frr:frr /run/frr /etc/frr;"
    "for daemon in zebra {daemons}; do /usr/lib/frr/$daemon -d;"
    " ip netns exec far /usr/lib/frr/$daemon -d -N far; done;"
    "vtysh -b; vtysh -N far -b"
)
_OSPF = (
    "interface {}\\n{} ipv6 ospf6 network point-to-point\\n ipv6 ospf6 hello-interval 1\\n"
    " ipv6 ospf6 dead-interval 4\\nrouter ospf6\\n ospf6 router-id {}\\n"
)
_ISIS = (
    "interface {}\\n{} isis network point-to-point\\n isis hello-interval 1\\n"
    "router isis 1\\n net 49.0001.0000.0000.000{}.00\\n"
)
_BGP = (
    "router bgp 6500{0}\\n bgp router-id 10.0.0.{0}\\n no bgp ebgp-requires-policy\\n no bgp default ipv4-unicast\\n"
    " neighbor 240e:1::{1} remote-as 6500{1}\\n address-family ipv6 unicast\\n  {2}\\n"
)
_OWN_AREA = " ipv6 ospf6 area 0.0.0.0\\n"


def _up(shown: str) -> str:
    """Until the daemons agree, which takes hellos."""
    return UNTIL.format(f"vtysh -c '{shown}' | grep -Eq 'Full|Up |[0-9] +[0-9]+ N/A'")


def _routed(form: str, near: str, far: str, daemons: str, shown: str, **put: str) -> HostGap:
    make = _ROUTERS.format(near=near, far=far, daemons=daemons)
    filled = {f"<{blank}>": value for blank, value in put.items()}
    return HostGap("ipv6.adjacency-up", make, form, needs=("vtysh",), put=filled, works=_up(shown), platform="frr")


_ALONE = _ROUTERS.format(near="", far="", daemons="{}")
# A network of users behind the router, of which FRR's own configuration tells.
_USERS = (
    _ALONE + "; ip link add vlan10 type veth peer name users; ip link set vlan10 up; ip link set users up;"
    "vtysh -c 'configure terminal' -c 'interface vlan10' -c 'ip address 10.9.0.1/24'"
    " -c 'ipv6 address 240e:1:a::1/64' {}"
)

GAPS = (
    HostGap(
        "audit_log.on",
        UNLOGGED + "; " + _ROUTERS.format(near="", far="", daemons=""),
        "frr",
        needs=("systemd", "rsyslogd", "vtysh"),
        works="systemctl is-active rsyslog && grep -q 'log syslog informational' /etc/frr/frr.conf",
        platform="frr",
    ),
    _routed(
        "ospfv3",
        _OSPF.format("lan0", "", "10.0.0.1"),
        _OSPF.format("lan1", _OWN_AREA, "10.0.0.2"),
        "ospf6d",
        "show ipv6 ospf6 neighbor",
        interface="lan0",
        area="0.0.0.0",
    ),
    _routed(
        "isis",
        _ISIS.format("lan0", " ipv6 router isis 1\\n isis passive\\n", 1),
        _ISIS.format("lan1", " ipv6 router isis 1\\n", 2),
        "isisd",
        "show isis neighbor",
        interface="lan0",
        name="1",
    ),
    _routed(
        "bgp",
        _BGP.format(1, 2, "redistribute connected"),
        _BGP.format(2, 1, "neighbor 240e:1::1 activate"),
        "bgpd",
        "show bgp ipv6 summary",
        peer="240e:1::2",
    ),
    HostGap(
        "ipv6.neighbours-live",
        _ROUTERS.format(near="", far="", daemons=""),
        needs=("vtysh",),
        works="ip -6 neigh show | grep -q lladdr",
        platform="frr",
    ),
    HostGap(
        "ipv6.hosts-addressed",
        _USERS.format("", ""),
        needs=("vtysh",),
        works="vtysh -c 'show interface vlan10' | grep -q 'router advertisements are sent'",
        platform="frr",
    ),
    HostGap(
        "ipv6.gateway-redundant",
        _USERS.format("vrrpd", "-c 'vrrp 7 ip 10.9.0.254'"),
        needs=("vtysh",),
        put={"<link-local>": "fe80::9", "<address>": "240e:1:a::fe"},
        works="vtysh -c 'show vrrp' | grep -q 240e:1:a::fe",
        platform="frr",
    ),
    HostGap(
        "ipv6.routes-learned",
        _ROUTERS.format(
            near=_OSPF.format("lan0", "", "10.0.0.1"),
            far="interface lo\\n ipv6 address 240e:2::1/64\\n"
            + _OWN_AREA
            + _OSPF.format("lan1", _OWN_AREA, "10.0.0.2"),
            daemons="ospf6d",
        ),
        needs=("vtysh",),
        put={"<uplink>": "lan0"},
        works=UNTIL.format("vtysh -c 'show ipv6 route ospf6' | grep -q 240e:2::"),
        platform="frr",
    ),
    HostGap(
        "ipv6.usable-address",
        _ALONE.format("") + "; ip -6 address del 240e:1::1/64 dev lan0",
        needs=("vtysh",),
        put={"<interface>": "lan0", "<address>": "240e:1::1", "<length>": "64"},
        works=UNTIL.format("ping -6 -c 1 -W 1 240e:1::2"),  # an address is used once nobody else claims it
        platform="frr",
    ),
)
