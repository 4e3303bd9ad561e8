"""Names as they are compared: of hosts, and of interfaces in full canonical form."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address

# Short forms that network systems print, in lower case; the number follows at once. A name of a host (eth0, ge-0/0/1
# of Junos) is its own full form and stands in no row.
_FULL = {
    "et": "Ethernet",
    "eth": "Ethernet",
    "fa": "FastEthernet",
    "fe": "FastEthernet",
    "ge": "GigabitEthernet",
    "gi": "GigabitEthernet",
    "gig": "GigabitEthernet",
    "mge": "MultiGigabitEthernet",
    "te": "TenGigabitEthernet",
    "xge": "XGigabitEthernet",
    "twe": "TwentyFiveGigE",
    "25ge": "25GE",
    "fo": "FortyGigabitEthernet",
    "fge": "FortyGigE",
    "hu": "HundredGigE",
    "hge": "HundredGigE",
    "lo": "Loopback",
    "loop": "LoopBack",
    "tu": "Tunnel",
    "tun": "Tunnel",
    "vl": "Vlan",
    "vlanif": "Vlanif",
    "vlan-int": "Vlan-interface",
    "po": "Port-channel",
    "eth-trunk": "Eth-Trunk",
    "bagg": "Bridge-Aggregation",
    "ragg": "Route-Aggregation",
    "se": "Serial",
    "ser": "Serial",
    "nu": "Null",
    "inloop": "InLoopBack",
}
_IOS = {
    "ap": "AppGigabitEthernet",
    "bv": "BVI",
    "di": "Dialer",
    "fi": "FiveGigabitEthernet",
    "mu": "Multilink",
    "tw": "TwoGigabitEthernet",
}
# The same letters mean different things by platform; these win over the table above.
_BY_PLATFORM = {
    "cisco_ios": _IOS,
    "cisco_iosxe": _IOS,
    "huawei_vrp": {"eth": "Ethernet", "lo": "LoopBack", "loop": "LoopBack", "xge": "XGigabitEthernet", "te": "TE"},
    "h3c_comware": {
        "xge": "Ten-GigabitEthernet",
        "te": "Ten-GigabitEthernet",
        "lo": "LoopBack",
        "loop": "LoopBack",
        "vlan": "Vlan-interface",
        "vl": "Vlan-interface",
        "eth": "Ethernet",
        "mge": "M-GigabitEthernet",
    },
}
_HOSTS = frozenset({"linux", "frr", "windows"})
_SHAPE = re.compile(r"^([A-Za-z][A-Za-z-]*?|25[Gg][Ee])\s?(\d+(?:[/.:]\d+)*)$")
_PORT = re.compile(r"\d+[/.:]\d+")


def plain_name(name: str) -> str:
    """A host name as it is compared: lower case, without domain and trailing dot. An address stays whole."""
    text = name.strip().rstrip(".").lower()
    try:
        return str(ip_address(text))
    except ValueError:
        return text.partition(".")[0]


@lru_cache(maxsize=8192)
def canonical_interface(name: str, platform: str | None = None) -> str:
    """The full name of an interface: Gi0/1 becomes GigabitEthernet0/1, everything already full or unknown stays.

    A space before the number goes. Without a platform ``eth0``, ``lo`` and the like stay as they are: on a host they
    are full names.
    """
    name = name.strip()
    shape = _SHAPE.match(name)
    if shape is None or platform in _HOSTS:
        return name
    letters, number = shape.group(1), shape.group(2)
    key = letters.lower()
    full = _BY_PLATFORM.get(platform or "", {}).get(key) or _FULL.get(key)
    if full is None or (platform is None and not _PORT.match(number) and key in {"eth", "lo", "tun", "vl", "et"}):
        return f"{letters}{number}"
    return f"{full}{number}"


# Rows of ifTable for what is no interface: terminal lines, channels and layers inside the device, templates, packet
# schedulers of Windows, VLANs that nothing routes.
_NO_INTERFACE = re.compile(
    r"^(?:unrouted vlan|async\d|eobc|virtual-(?:template|access|ppp)|voip-null|control plane|bluetooth|isatap|plip|"
    r"optics\d|sslvpn|faith\d|span [rs]p\b|slot \d+ virtual)|"
    r"-mpls(?: layer)?$|-atm (?:layer|subif)$|-physical$|-signalling$|-otu$|qos packet scheduler|"
    r"virtual switch extension|\bras async\b|router virtual interface$",
    re.IGNORECASE,
)


# By IANAifType: channels of TDM lines and of voice, and the layers under packets (RFC 2863, 3.1.1).
_NO_INTERFACE_KINDS = frozenset(
    ("ds0", "ds1", "ds3", "lapd", "sonet", "otnOdu", "voiceEM", "voiceFXO", "voiceFXS", "voiceEncap", "voiceOverIp")
)


# What is internal to the hardware of one maker, and a port elsewhere.
_NO_INTERFACE_BY_PLATFORM = {"ubiquiti_edgeos": re.compile(r"^(?:npi|loop(?:back)?)\d$|^gre(?:tap)?0$", re.IGNORECASE)}


def is_interface(name: str, kind: str | None = None, platform: str | None = None) -> bool:
    """Whether packets enter or leave an interface of this name and kind: it is no line, layer or template."""
    inner = _NO_INTERFACE_BY_PLATFORM.get(platform or "")
    if inner is not None and inner.search(name):
        return False
    return kind not in _NO_INTERFACE_KINDS and _NO_INTERFACE.search(name) is None


def reading_order(name: str) -> tuple[tuple[int, str], ...]:
    """Sorts names as people read them: srv-2 before srv-10."""
    parts = re.split(r"([0-9]+)", name)
    return tuple((int(part[:18]) if at % 2 else 0, part.lower()) for at, part in enumerate(parts))


def place_order(site: str | None, name: str) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[int, str], ...], str]:
    """Sorts what is listed by site and name, that which stands nowhere first; the same whatever order it came in."""
    return reading_order(site or ""), reading_order(name), name
