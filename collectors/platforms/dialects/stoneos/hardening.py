"""Hillstone StoneOS: what level 3 asks for beyond who gets in (StoneOS command line reference)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.platforms.dialects import zone_rules
from collectors.platforms.dialects.hardening import Group, Marks, hardening_reads
from collectors.platforms.dialects.hardening_ports import ANYWHERE, PortMarks, port_guards
from collectors.platforms.dialects.hardening_traffic import TrafficMarks, traffic_reads
from collectors.platforms.dialects.stoneos import access as stoneos_access
from collectors.platforms.dialects.stoneos import defaults
from collectors.platforms.dialects.stoneos import network as stoneos_network
from collectors.platforms.dialects.stoneos import objects as stoneos_objects
from inventory.config import Config


def _translating(config: Config) -> Iterator[str]:
    """The interfaces that rules of translation name; another rule may do so at any of them."""
    for _, found in config.statements.matching(r"snatrule id \d+ .*?(?:\beif (?P<far>\S+) .*)?trans-to"):
        yield found["far"] or ANYWHERE


PORTS = PortMarks(
    access=r"(?!)",
    translating=_translating,
    controls={},
    filters={},
    zone=r"zone +\"?([^\"\s]+)",
    dialled=r"ip address (?:pppoe|dhcp)",
    held=r"ha (?:link|data) interface (\S+)",
)
MARKS = Marks(
    services={"telnet-inside": r"(?!)"},
    services_default=defaults.SERVICES,
    logins=r"logging event (?:on|to)",
    commands=r"logging configuration (?:on|to)|logging operation (?:on|to)",
    severity=r"logging event to syslog .*severity (\w+)",
    local=r"logging \w+ to (?:buffer|file|localdb)",
    logging_off=r"(?!)",
    stoppable_default=defaults.STOPPABLE,
    accounts=stoneos_access.accounts,
    ranks=((r"admin$|RXW$", "top"), (r".*audit|RX?$", "auditor"), (r"\S", "operator")),
    by_server=r"admin auth-server \"?(?!local)\S",
    groups=(
        Group("ha", r"ha (?:group \d+|link interface \S+|cluster \d+)"),
        Group("aggregation", r"interface (\S+) \| aggregate (?P<of>\S+)", least=2),
    ),
    own=(
        r"interface (MGT\S*) \| |interface (\S+) \| zone +\"?(?:mgt|mgmt)\b"
        r"|interface (\S+) \| (?:description .*(?i:mgmt|manage|管理))"
    ),
    secured={"ssh": r"interface \S+ \| manage ssh", "https": r"interface \S+ \| manage https"},
    agent=r"snmp-server (?:manager|host|user|group|port)|interface \S+ \| manage snmp",
    agent_default=defaults.SNMP,
    trap_host=r"snmp-server trap-host ([0-9a-fA-F.:]{3,})",
    traps=r"snmp-server trap-host \S",
    secured_snmp=r"snmp-server (?:user \S+ .*\bauth-enc|group \S+ v3 auth-enc|user \S+ .*\benc)",
    thresholds={"cpu": r"alarm .*cpu", "memory": r"alarm .*memory"},
    ciphers=r"ssh (?:server )?(?:cipher|encryption) (.+)",
    ports=partial(port_guards, PORTS),
)
TRAFFIC = TrafficMarks(
    inspects={
        "intrusion": r"rule (?:id )?\d+ \| ips \"?(?!no-)\S|zone \S+ \| ips enable",
        "malware": r"rule (?:id )?\d+ \| av \"?(?!no-)\S|zone \S+ \| av enable",
        "application": r"rule (?:id )?\d+ \| application \S",
        "url": r"rule (?:id )?\d+ \| url \"?(?!no-)\S",
        "content": r"rule (?:id )?\d+ \| (?:contentfilter|dlp|file-filter|behavior) \S",
        "spam": r"rule (?:id )?\d+ \| anti-?spam \S",
    },
    tunnels=r"interface (\S+) \| tunnel ipsec \S",
    algorithms=(r"(?:isakmp|ipsec) proposal \S+ \| (?:encryption|hash|authentication) (.+)",),
)
READS = (
    *hardening_reads(MARKS),
    *zone_rules.rule_reads(stoneos_network.zone_policy, books=stoneos_objects.books),
    *traffic_reads(TRAFFIC),
)
