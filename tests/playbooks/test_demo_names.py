"""The simulated county's name servers, as dnspython reads what they answer; before the works and after them."""

from __future__ import annotations

from ipaddress import IPv6Address

import dns.flags
import dns.message
import dns.rcode
import pytest

from playbooks.demo.name_server import Listening, NameServer, name_servers, records
from playbooks.demo.services import Place, place
from playbooks.demo.systems import systems


def places(*, mended: bool) -> list[Place]:
    return [place(system, 20080) for system in systems(mended=mended)]


def asked(server: NameServer, name: str, kind: str, *, edns: bool = True) -> dns.message.Message:
    query = dns.message.make_query(name, kind, use_edns=0 if edns else False)
    reply = server.reply(query.to_wire())
    assert reply is not None
    told = dns.message.from_wire(reply)
    assert query.is_response(told)
    assert (told.edns >= 0) is edns
    return told


def texts(server: NameServer, name: str, kind: str) -> list[str]:
    return [record.to_text() for rrset in asked(server, name, kind).answer for record in rrset]


@pytest.mark.parametrize("mended", [False, True])
def test_zones_are_served_with_authority(mended: bool) -> None:
    server = NameServer(records(places(mended=mended)))
    assert texts(server, "county.example", "NS") == ["ns.county.example."]
    assert texts(server, "ns.county.example", "AAAA") == ["::1"]
    assert texts(server, "projects.county.example", "NS") == ["ns.domestic-cloud.example."]
    assert texts(server, "ns.domestic-cloud.example", "AAAA") == []
    assert asked(server, "county.example", "SOA").flags & dns.flags.AA


def test_what_it_does_not_know_it_says_so() -> None:
    server = NameServer(records(places(mended=False)))
    assert asked(server, "nobody.county.example", "A").rcode() == dns.rcode.NXDOMAIN
    assert asked(server, "www.other.example", "A", edns=False).rcode() == dns.rcode.REFUSED
    assert server.reply(b"\0" * 40) is None


def test_dns64_makes_addresses_of_what_has_none() -> None:
    known = records(places(mended=True))
    plain, makes = NameServer(known), NameServer(known, dns64=True)
    assert texts(plain, "projects.county.example", "AAAA") == []
    (made,) = texts(makes, "projects.county.example", "AAAA")
    assert IPv6Address(made).packed[12:] == known["projects.county.example"][1][0]
    assert texts(makes, "ipv4only.arpa", "AAAA") == ["64:ff9b::c000:aa", "64:ff9b::c000:ab"]
    assert texts(makes, "oa.county.example", "AAAA") == ["::1"], "who has one keeps it"


def test_works_give_the_server_over_ipv6_tcp_and_the_second_one_all_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playbooks.demo.name_server.loopback_ipv6", lambda: True)

    def over_ipv6(*, mended: bool) -> tuple[Listening, Listening]:
        _, first, second = name_servers(places(mended=mended), 20080, mended=mended)
        return first, second

    (first, second), (later, later_second) = over_ipv6(mended=False), over_ipv6(mended=True)
    assert (first.by_tcp, second.by_tcp, later.by_tcp, later_second.by_tcp) == (False, True, True, True)
    assert texts(first.server, "projects.county.example", "A") == ["127.44.4.4"]
    assert texts(second.server, "projects.county.example", "A") == []
    assert texts(later_second.server, "projects.county.example", "A") == ["127.44.4.4"]
    assert {first.shown, second.shown} == {"[::1]:20080", "[::1]:20098"}
