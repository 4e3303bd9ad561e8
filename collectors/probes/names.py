"""Names of a business system, asked of each name server by itself and of the zones' own servers over IPv6.

dnspython lives here, too. Every question has its time; what comes instead of an answer is taken for none.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver

from inventory.addresses import IPAddress, address
from inventory.evidence import Evidence
from inventory.facts import NameAnswer, ServerAnswer, ZoneAnswer, ZoneServer

_PORT = 53
_PAYLOAD = 1232  # octets of an answer by UDP that no path has to split (DNS flag day 2020)
_MOST_RECORDS = 64
_MOST_ZONES = 6  # from the name upwards
_MOST_SERVERS = 8  # of a zone, and of those that resolve
_DNS64_NAME = "ipv4only.arpa"  # RFC 7050: it has two IPv4 addresses, and no IPv6 address but a synthesised one
_DNS64_ADDRESSES = frozenset((IPv4Address("192.0.0.170"), IPv4Address("192.0.0.171")))
_DNS64_LENGTHS = (32, 40, 48, 56, 64, 96)  # RFC 6052, 2.2
_RESERVED_OCTET = 8  # of an address, that no IPv4 octet is put into


@dataclass(frozen=True, slots=True)
class Resolver:
    """A name server to ask; None instead of one means those of this machine."""

    ip: IPAddress
    port: int = _PORT


def resolver(text: str) -> Resolver:
    """``10.0.0.53``, ``10.0.0.53:5353``, ``fd00::53`` or ``[fd00::53]:5353``; ValueError for anything else."""
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(\d{1,5}))?", text)
    dotted = re.fullmatch(r"([\d.]+):(\d{1,5})", text)
    found = bracketed or dotted
    if not found:
        return Resolver(address(text))
    return Resolver(address(found[1]), int(found[2] or _PORT))


def name_servers(resolvers: tuple[Resolver, ...]) -> tuple[Resolver, ...]:
    """Whom a question for a name goes to: the resolvers, else those of this machine."""
    if resolvers:
        return resolvers[:_MOST_SERVERS]
    try:
        listed = dns.resolver.Resolver().nameservers
    except dns.resolver.NoResolverConfiguration:
        return ()
    return tuple(Resolver(address(server)) for server in listed if isinstance(server, str))[:_MOST_SERVERS]


def answers(server: Resolver, limit_s: float = 3.0) -> bool:
    """Whether a name server says anything at all: that it does not know, or does not tell us, is an answer."""
    return _asked(server, ".", "NS", limit_s).message is not None


def ipv6_of(name: str, resolvers: tuple[Resolver, ...], limit_s: float = 3.0) -> tuple[IPv6Address, ...]:
    """The AAAA records of a name; none where it has none or nobody tells."""
    told = (_six(_asked(server, name, "AAAA", limit_s).message) for server in name_servers(resolvers))
    return next((found for found in told if found is not None), ())


def have_ipv6(
    names: Iterable[str], resolvers: tuple[Resolver, ...], limit_s: float
) -> Iterator[tuple[str, bool | None]]:
    """Whether each name has an IPv6 address. None: nobody told, or ``limit_s`` for all of them together was over."""
    until = time.monotonic() + limit_s
    servers = name_servers(resolvers)
    for name in names:
        left_s = until - time.monotonic()
        told = (_six(_asked(each, name, "AAAA", left_s / len(servers)).message) for each in servers if left_s > 0)
        found = next((each for each in told if each is not None), None)
        yield name, None if found is None else bool(found)


def name_answer(
    name: str,
    resolvers: tuple[Resolver, ...],
    now: datetime,
    limit_s: float,
    permits: Callable[[IPAddress], bool],
) -> NameAnswer:
    """What the name servers say of a name, each by itself, and how its zone is served; raises nothing.

    The first that tells counts. ``limit_s`` is the time of each question.
    """
    asked = name_servers(resolvers)
    servers = tuple(server_answer(server, name, limit_s) for server in asked)
    first = next((each for each in servers if each.aaaa is not None), None)
    heard = next((server for server, told in zip(asked, servers, strict=True) if told.udp), None)
    disagree = tuple(_disagreeing(first, servers)) if first else ()
    a = next((each.a for each in servers if each.a is not None), None)
    aaaa = first.aaaa if first else None
    made = [f"DNS64 {prefix}" for prefix in dict.fromkeys(p for each in servers for p in each.dns64)]
    return NameAnswer(
        name=name,
        a=a,
        aaaa=aaaa,
        disagree=disagree,
        servers=servers,
        zones=zone_answers(name, heard, limit_s, permits, asked) if heard else (),
        evidence=Evidence(
            f"DNS {name}",
            excerpt="; ".join([f"A {_shown(a)}", f"AAAA {_shown(aaaa)}", *made, *disagree]),
            taken_at=now,
        ),
    )


def _disagreeing(first: ServerAnswer, servers: tuple[ServerAnswer, ...]) -> Iterator[str]:
    """Name servers that say otherwise than the first that answered whether the name has AAAA records of its own.

    Which records differ by server is the right of whoever serves from several places.
    """
    for each in servers:
        if each.own_aaaa is not None and bool(each.own_aaaa) is not bool(first.own_aaaa):
            yield f"{each.ip}: AAAA {_shown(each.own_aaaa)}"


def _shown(found: Sequence[IPAddress] | None) -> str:
    if found is None:
        return "no answer"
    return " ".join(map(str, found)) or "none"


@dataclass(frozen=True, slots=True)
class _Reply:
    """What came to a question. ``heard`` False: the port is refused; None: nothing came in time, or no way there."""

    heard: bool | None
    message: dns.message.Message | None = None


def server_answer(server: Resolver, name: str, limit_s: float) -> ServerAnswer:
    """What one name server says of a name, by UDP and by TCP; raises nothing.

    ``limit_s`` is the time of each question. One that keeps silent is asked once by each.
    """
    by_udp = _asked(server, name, "AAAA", limit_s)
    by_tcp = _asked(server, name, "AAAA", limit_s, tcp=True)
    if by_udp.message is not None and by_udp.message.flags & dns.flags.TC:
        by_udp = _Reply(True, by_tcp.message)
    if not (by_udp.heard or by_tcp.heard):
        return ServerAnswer(server.ip, server.port, None, None, by_udp.heard, by_tcp.heard)
    told = by_udp.message or by_tcp.message
    is_by_tcp = by_udp.message is None
    four, six = _four(_asked(server, name, "A", limit_s, tcp=is_by_tcp).message), _six(told)
    known = _asked(server, _DNS64_NAME, "AAAA", limit_s, tcp=is_by_tcp).message if _may_be_made(six, four) else None
    return ServerAnswer(
        ip=server.ip,
        port=server.port,
        a=four,
        aaaa=six,
        udp=by_udp.heard,
        tcp=by_tcp.heard,
        edns=None if told is None else told.edns >= 0,
        dns64=tuple(dict.fromkeys(_prefixes(_six(known) or ()))),
    )


def _asked(
    server: Resolver, name: str, kind: str, limit_s: float, *, tcp: bool = False, recursive: bool = True
) -> _Reply:
    """The reply to one question. Answers to other questions, and what is no answer, are waited through.

    By UDP it is asked twice within the time, for one datagram may be lost.
    """
    heard = _Reply(None)
    for wait_s in (limit_s,) if tcp else (limit_s / 3, limit_s * 2 / 3):
        try:
            query = dns.message.make_query(name, kind, use_edns=0, payload=_PAYLOAD)
            if not recursive:
                query.flags &= ~dns.flags.RD
            heard = _Reply(True, _by_tcp(server, query, wait_s) if tcp else _by_udp(server, query, wait_s))
        except dns.exception.Timeout:
            continue
        except ConnectionRefusedError:
            heard = _Reply(False)
        except (dns.exception.DNSException, EOFError, OSError, ValueError):
            heard = _Reply(None)
        break
    return heard


def _by_tcp(server: Resolver, query: dns.message.Message, limit_s: float) -> dns.message.Message:
    return dns.query.tcp(query, str(server.ip), limit_s, server.port)


def _by_udp(server: Resolver, query: dns.message.Message, limit_s: float) -> dns.message.Message:
    where = str(server.ip)
    family = socket.AF_INET6 if server.ip.version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.connect((where, server.port))  # so that the system hears of a port that is refused
        return dns.query.udp(query, where, limit_s, server.port, sock=sock, ignore_errors=True)


def _told(message: dns.message.Message | None) -> tuple[str, ...] | None:
    """The records that an answer gives, aliases followed; none where there are none. None: it tells nothing.

    A refusal, a failure, and a server that sends one on to others tell nothing.
    """
    if not isinstance(message, dns.message.QueryMessage):
        return None
    if message.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return None
    try:
        found = message.resolve_chaining().answer
    except dns.exception.DNSException:
        return None
    if found is None:
        return None if _is_referral(message) else ()
    return tuple(record.to_text() for record in found)[:_MOST_RECORDS]


def _is_referral(message: dns.message.Message) -> bool:
    kinds = {rrset.rdtype for rrset in message.authority}
    return dns.rdatatype.NS in kinds and dns.rdatatype.SOA not in kinds and not message.flags & dns.flags.AA


def _four(message: dns.message.Message | None) -> tuple[IPv4Address, ...] | None:
    told = _told(message)
    return None if told is None else tuple(map(IPv4Address, told))


def _six(message: dns.message.Message | None) -> tuple[IPv6Address, ...] | None:
    told = _told(message)
    return None if told is None else tuple(map(IPv6Address, told))


# DNS64 ----------------------------------------------------------------------------------------------------------------


def _may_be_made(six: tuple[IPv6Address, ...] | None, four: tuple[IPv4Address, ...] | None) -> bool:
    """Whether an IPv4 address stands in an IPv6 one: hosts with both are often numbered so, too."""
    return any(embedded(ip, length) in (four or ()) for ip in six or () for length in _DNS64_LENGTHS)


def _prefixes(synthesised: tuple[IPv6Address, ...]) -> Iterator[IPv6Network]:
    """The prefixes that the known IPv4 addresses were put into; none for an address that holds neither."""
    for ip in synthesised:
        for length in _DNS64_LENGTHS:
            if embedded(ip, length) in _DNS64_ADDRESSES:
                yield IPv6Network((int(ip), length), strict=False)


def embedded(ip: IPv6Address, length: int) -> IPv4Address:
    """The IPv4 address behind a translation prefix of that length (RFC 6052, 2.2)."""
    octets = bytearray(ip.packed)
    if length < _DNS64_LENGTHS[-1]:
        del octets[_RESERVED_OCTET]
    return IPv4Address(bytes(octets[length // 8 : length // 8 + 4]))


# The zones above a name -----------------------------------------------------------------------------------------------


def zone_answers(
    name: str,
    server: Resolver,
    limit_s: float,
    permits: Callable[[IPAddress], bool],
    named: Sequence[Resolver] = (),
) -> tuple[ZoneAnswer, ...]:
    """The zones that a name lies in, its own first, each with its servers as the resolver knows them; raises nothing.

    Those of its own zone are asked for it over IPv6, where that is permitted; those above are the world's. One whose
    address ``named`` has with a port of its own is asked there.
    """
    zones: list[ZoneAnswer] = []

    def at(ip: IPAddress) -> tuple[Resolver, ...]:
        """Where a server of the system's own zone is asked; nowhere those above, and who may not be asked."""
        asked = tuple(each for each in named if each.ip == ip) or (Resolver(ip, _PORT),)
        return asked if not zones and permits(ip) else ()

    try:
        labels = dns.name.from_text(name)
    except (dns.exception.DNSException, ValueError):
        return ()
    while len(labels) > 1 and len(zones) < _MOST_ZONES:
        zone = labels.to_text(omit_final_dot=True)
        reply = _asked(server, zone, "NS", limit_s).message
        if reply is None:  # it does not answer such questions: the next would take as long
            break
        if listed := _told(reply):
            found = tuple(_zone_server(zone, host, server, limit_s, at) for host in listed[:_MOST_SERVERS])
            zones.append(ZoneAnswer(zone, found))
        labels = labels.parent()
    return tuple(zones)


def _zone_server(
    zone: str, host: str, server: Resolver, limit_s: float, at: Callable[[IPAddress], Iterable[Resolver]]
) -> ZoneServer:
    found = _six(_asked(server, host, "AAAA", limit_s).message)
    heard: list[tuple[bool | None, bool | None]] = []
    for asked in (each for ip in found or () for each in at(ip)):
        heard.append((_is_authority(asked, zone, limit_s, tcp=False), _is_authority(asked, zone, limit_s, tcp=True)))
    udp, tcp = max(heard, key=lambda told: [_RANK[each] for each in told], default=(None, None))
    return ZoneServer(host.rstrip("."), found, udp, tcp)


_RANK = {True: 2, False: 1, None: 0}


def _is_authority(server: Resolver, zone: str, limit_s: float, *, tcp: bool) -> bool | None:
    """Whether a server answers for a zone; False: it refuses, or disowns it; None: nothing came."""
    reply = _asked(server, zone, "SOA", limit_s, tcp=tcp, recursive=False)
    if reply.message is None:
        return reply.heard
    return bool(reply.message.flags & dns.flags.AA) and bool(_told(reply.message))
