"""What FRR's configuration tells of IPv6 beyond routing: router advertisements, labelled and segment routing.

Source: FRR user guide, "Zebra" (IPv6 router advertisements), "BGP", "Segment routing IPv6". Tunnels and translators
are the host's.
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.base import Answer
from collectors.platforms.base import Built, ConfigRead, Got, Release
from collectors.platforms.dialects import gateways
from collectors.platforms.dialects.ios import ipv6 as ios_ipv6
from collectors.platforms.dialects.linux import ipv6 as linux_ipv6
from collectors.platforms.dialects.linux.network import ADDRESSES, ROUTES6
from inventory.config import Config
from inventory.errors import Gap, Missing
from inventory.facts import LinkServices, Transition, Transitions


def transitions(config: Config, _: Release, addresses: Got, routes: Got) -> Built:
    """The host's tunnels, and what the routing suite itself carries.

    A configuration without its host tells of what it configures, and not that there is nothing else.
    """
    own = tuple(_configured(config))
    if not isinstance(addresses, Answer):
        return Transitions(own, config.evidence()) if own else Missing(Gap.UNREAD, "tunnels are the host's")
    host = linux_ipv6.transitions(addresses, routes)
    techniques = {each.technique for each in own}
    return Transitions((*own, *(t for t in host.items if t.technique not in techniques)), host.evidence)


def _configured(config: Config) -> Iterator[Transition]:
    locators = list(config.all(r"segment-routing"))
    if any(block.child(r"srv6") for block in locators):
        yield Transition("srv6", "global", evidence=config.evidence(*locators))
    for block in config.all(r"router bgp "):
        for family in block.below(r"address-family ipv6 (?:vpn|labeled-unicast)"):
            technique = "6vpe" if family.text.endswith("vpn") else "6pe"
            yield Transition(technique, block.text, evidence=config.evidence(block, family))


CONFIG_READS = (
    ConfigRead(Transitions, transitions, (ADDRESSES, ROUTES6)),
    ConfigRead(LinkServices, ios_ipv6.link_services(sends=False)),
    *gateways.gateway_reads(gateways.FRR),
)
