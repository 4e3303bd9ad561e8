"""What may be asked: scopes swept whole, bounds for what is known already, exclusions that hold against both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network, summarize_address_range

from inventory.addresses import IPAddress, IPNetwork, Scope, address
from inventory.errors import InputError
from inventory.text import Text

MOST_IPV6 = 4096  # addresses of IPv6 scopes that are asked one by one: a /116
# Groups, broadcast, "this network" and addresses of a single link: no host is asked there.
NEVER = tuple(
    ip_network(each)
    for each in ("0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8", "fe80::/10", "fec0::/10")
)
# NAT64 (RFC 6052, RFC 8215), IPv4-compatible
_EMBEDDING = tuple(ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96"))
_ISATAP = (0x00005EFE, 0x02005EFE)  # upper half of an interface identifier (RFC 5214 clause 6.1)
_MAPPED = IPv6Network("::ffff:0:0/96")


def networks(where: str, written: Iterable[str]) -> tuple[IPNetwork, ...]:
    """The networks of scopes as people write them: a prefix, an address, ``10.0.0.10-10.0.0.90`` or ``10.0.0.10-90``.

    A range lies in pieces whose first and last addresses are named besides, for they are hosts like the others.
    IPv4 written as IPv6 (``::ffff:10.0.0.7``) is IPv4: so it leaves this machine.
    Raises InputError naming the one that is none of these.
    """
    return tuple(network for text in written for network in _networks(where, text.strip()))


def _networks(where: str, text: str) -> Iterator[IPNetwork]:
    first, dash, last = text.partition("-")
    try:
        if dash:
            yield from map(_unmapped, _range(address(first), last.strip()))
        else:
            yield _unmapped(ip_network(text))
    except (ValueError, TypeError):
        raise InputError(f"{where} {text}".strip(), _expected(text)) from None


def _unmapped(network: IPNetwork) -> IPNetwork:
    if not isinstance(network, IPv6Network) or not network.subnet_of(_MAPPED):
        return network
    return IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))


def _range(first: IPAddress, last: str) -> Iterator[IPNetwork]:
    if first.version == 4 and last.isascii() and last.isdigit():
        last = f"{str(first).rpartition('.')[0]}.{last}"
    for piece in summarize_address_range(first, address(last)):
        yield piece
        if piece.num_addresses > 2:
            yield from (ip_network(ip) for ip in (piece.network_address, piece.broadcast_address))


def _expected(text: str) -> Text:
    if re.fullmatch(r"[\da-fA-F.:]+/\d{1,3}", text):
        try:
            meant = ip_network(text, strict=False)
        except ValueError:
            pass
        else:
            return Text(f"主机位不为 0，是不是 {meant}？", f"has host bits set: is {meant} meant?")
    return Text(
        "应是网段 10.1.0.0/24、地址或范围 10.1.0.10-10.1.0.90",
        "expected a prefix as 10.1.0.0/24, an address, or a range as 10.1.0.10-10.1.0.90",
    )


class Reach:
    """Where a discovery may go. An exclusion holds for every way to come upon an address.

    ``swept``     networks in which every address is asked
    ``within``    networks in which an address is asked that something else tells of
    ``excluded``  networks to which nothing is ever sent, however an address of theirs is written in IPv6
    """

    def __init__(
        self, swept: Sequence[IPNetwork], within: Sequence[IPNetwork] = (), excluded: Sequence[IPNetwork] = ()
    ) -> None:
        never = (*NEVER, *excluded)
        self.networks = (*swept, *within)
        self.excluded = tuple(excluded)
        self._swept = Scope(swept, never)
        self._bounds = Scope((*swept, *within), never)
        self._never = Scope(never)
        self.spared = Scope(swept).size - self._swept.size  # addresses of the scopes that exclusions take away

    def __contains__(self, ip: IPAddress) -> bool:
        return ip in self._bounds and self.permits(ip)

    def permits(self, ip: IPAddress) -> bool:
        """Whether nothing excludes an address, wherever it lies."""
        return not any(each in self._never for each in (ip, *embedded(ip)))

    def addresses(self) -> Iterator[IPAddress]:
        """Every address that is swept, in order."""
        return (ip for ip in self._swept.addresses() if ip.version == 4 or self.permits(ip))


def embedded(ip: IPAddress) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that packets to an IPv6 one would reach: mapped, compatible, 6to4, Teredo, NAT64, ISATAP."""
    if not isinstance(ip, IPv6Address) or ip.is_loopback:
        return ()
    found = [each for each in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())) if each is not None]
    if int(ip) >> 32 & 0xFFFFFFFF in _ISATAP or any(ip in network for network in _EMBEDDING):
        found.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return tuple(found)


def reach(
    scopes: Sequence[str], within: Sequence[str], exclude: Sequence[str], most: int, where: str = "discovery"
) -> Reach:
    """The reach of what a person wrote.

    Raises InputError for what cannot be understood, for no scope at all, for more than ``most`` IPv4 addresses, and
    for IPv6 that is too wide to be asked one by one.
    """
    swept = networks(f"{where}.scopes", scopes)
    bounds = networks(f"{where}.within", within)
    excluded = networks(f"{where}.exclude", exclude)
    if not swept and not bounds:
        raise InputError(
            where,
            Text(
                "没有范围：例如 hecha discover 10.1.0.0/24，或写进 hecha.yaml 的 discovery.scopes",
                "no scope: as in hecha discover 10.1.0.0/24, or discovery.scopes in hecha.yaml",
            ),
        )
    _refuse_wide(where, swept, (*NEVER, *excluded), most)
    return Reach(swept, bounds, excluded)


def _refuse_wide(where: str, swept: Sequence[IPNetwork], never: Sequence[IPNetwork], most: int) -> None:
    size4, size6 = (Scope([n for n in swept if n.version == v], never).size for v in (4, 6))
    if size6 > MOST_IPV6:
        widest = max((n for n in swept if n.version == 6), key=lambda n: n.num_addresses)
        raise InputError(
            f"{where} {widest}",
            Text(
                f"IPv6 范围太宽，不能逐个探测（最多 {MOST_IPV6} 个地址）；写到 within：只问其中已知的地址",
                f"IPv6 too wide to be swept (at most {MOST_IPV6} addresses); give it as within: known addresses in it "
                "are asked",
            ),
        )
    if size4 > most:
        raise InputError(
            where,
            Text(
                f"范围有 {size4} 个地址，多于 {most}；确实要扫，请在 hecha.yaml 里写 discovery.most_addresses",
                f"the scopes hold {size4} addresses, more than {most}; if that is meant, set "
                "discovery.most_addresses in hecha.yaml",
            ),
        )
