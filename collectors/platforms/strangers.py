"""Systems that no platform file reads, but whose configurations look like those of one that does.

Taken for its neighbour, such a text would tell facts that its device never said. Signs and weights as in ``Dialect``.
"""

from __future__ import annotations

from collections.abc import Mapping

STRANGERS: Mapping[str, Mapping[str, int]] = {
    "cisco_iosxr": {
        r"^!! IOS XR Configuration|^(?:!!)?IOS XR Configuration": 15,
        r"^RP/\d+/\w+/CPU\d+:": 15,
        r"^interface (?:MgmtEth|preconfigure|Bundle-(?:Ether|POS)|TenGigE\d)": 6,
        r"^interface \w+Eth\w*\d+/\d+/\d+/\d+|^interface GigabitEthernet\d+/\d+/\d+/\d+": 6,
        r"^ ipv4 address \d": 6,
        r"^(?:route-policy|prefix-set|community-set|as-path-set) \S+\s*$|^end-(?:policy|set)\s*$": 8,
        r"^router static\s*$": 4,
        r"^line (?:default|template \S+)\s*$|^vty-pool ": 8,
        r"^ssh server (?:v2|vrf|session-limit)|^telnet (?:vrf \S+ )?ipv[46] server max": 8,
        r"^ipv[46] access-list \S+\s*$": 2,
    },
    "arista_eos": {
        r"^! device: \S+ \(": 15,
        r"^! Command: show running-config": 8,
        r"^(?:service routing protocols model|transceiver qsfp default-mode|daemon TerminAttr|vlan internal order)": 10,
        r"^management (?:api|ssh|telnet|console|security|accounts) ?": 10,
        r"^switchport default mode ": 8,
        r"^interface (?:Ethernet|Management)\d+\s*$": 6,
        r"^interface \S+\n {3}\S": 6,
        r"^username \S+ .*secret sha512 ": 6,
        r"^ip routing vrf ": 4,
    },
    "cisco_smb": {
        r"^config-file-header\s*$": 15,
        r"^file SSD indicator ": 15,
    },
    "dell_os": {
        r"^! ?Version (?:9\.\d+\(|10\.\d+\.\d)": 15,
        r"^stack-unit \d+ provision \S": 15,
        r"^interface ethernet\d+/\d+/\d+": 8,
    },
    "ruckus_icx": {
        r"^ver \d\d\.\d\.\d\d": 15,
        r"^vlan \d+ (?:name \S+ )?by port": 15,
    },
    "aruba": {
        r"^!Version ArubaOS-CX": 15,
        r"^; \S+ Configuration Editor": 15,
        r"^; Ver #\w+:": 10,
    },
    "ocnos": {
        r"^! ?Software version: .*OcNOS": 15,
    },
    "vyos": {
        r"^// (?:vyos|vyatta)-config-version|^/\* === vyatta-config": 15,
        r"^\s+ethernet eth\d+ \{|^set interfaces (?:ethernet|bonding|wireguard) \S": 15,
    },
}
