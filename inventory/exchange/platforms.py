"""Platforms as Ansible, Nornir, NAPALM and NetBox call them."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping

_CLI = "ansible.netcommon.network_cli"
# By the documentation of each collection. Where no collection knows a network system, netcommon's generic one does.
_ANSIBLE = {
    "arista_eos": "arista.eos.eos",
    "cisco_asa": "cisco.asa.asa",
    "cisco_ios": "cisco.ios.ios",
    "cisco_iosxe": "cisco.ios.ios",
    "cisco_nxos": "cisco.nxos.nxos",
    "cisco_xr": "cisco.iosxr.iosxr",
    "frr": "frr.frr.frr",
    "huawei_vrp": "community.network.ce",
    "juniper_junos": "junipernetworks.junos.junos",
    "mikrotik_routeros": "community.routeros.routeros",
    "vyos": "vyos.vyos.vyos",
}
_GENERIC = "ansible.netcommon.default"
_HOSTS = frozenset({"linux", "windows"})
_NAPALM = {
    "eos": "arista_eos",
    "ios": "cisco_ios",
    "iosxr": "cisco_xr",
    "iosxr_netconf": "cisco_xr",
    "junos": "juniper_junos",
    "nxos": "cisco_nxos",
    "nxos_ssh": "cisco_nxos",
    "ce": "huawei_vrp",
    "huawei_vrp": "huawei_vrp",
    "h3c_comware": "h3c_comware",
}


def ansible_vars(platform: str) -> dict[str, str]:
    """What Ansible has to know of a platform to log in; nothing for hosts, which it knows without."""
    if platform in _HOSTS:
        return {}
    return {"ansible_network_os": _ANSIBLE.get(platform, _GENERIC), "ansible_connection": _CLI}


def from_ansible(network_os: str) -> str | None:
    """The platform of an ``ansible_network_os``, in full or in short; None for the generic one and for none known."""
    word = network_os.lower()
    for platform, full in _ANSIBLE.items():
        if word in (full, full.rpartition(".")[2], platform):
            return platform
    return None


def named_platform(word: str, drivers: Mapping[str, str], names: Container[str]) -> str | None:
    """The platform another inventory means by ``Cisco IOS``, ``cisco-ios`` or a driver's name; None for none known.

    ``drivers`` are Netmiko's drivers by platform, ``names`` the platforms there are.
    """
    plain = re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_")
    if plain in names:
        return plain
    return from_nornir(word, drivers) or from_nornir(plain, drivers) or from_ansible(word)


def from_nornir(platform: str, drivers: Mapping[str, str]) -> str | None:
    """The platform of a Nornir host, which names a Netmiko or NAPALM driver; None for none known.

    ``drivers`` are Netmiko's drivers by platform.
    """
    word = platform.lower()
    if word in drivers:
        return word
    named = next((name for name, driver in drivers.items() if driver == word), None)
    return named or _NAPALM.get(word)
