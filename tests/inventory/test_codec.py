"""Facts as plain data and back: nothing is lost on the way, and what does not fit is refused."""

from __future__ import annotations

import dataclasses
import json
import types
from datetime import UTC, date, datetime
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.codec import CodecError, decode, decode_fact, decode_facts, encode, encode_fact, encode_facts
from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.facts import (
    Address,
    Addresses,
    Forwarding,
    Interface,
    Interfaces,
    Listener,
    RemoteLine,
    ServiceProbe,
    Software,
)
from inventory.facts.base import Fact
from inventory.snapshot import fact_kinds

IP4, IP6 = st.ip_addresses(v=4), st.ip_addresses(v=6)
SCALARS: dict[object, st.SearchStrategy[Any]] = {
    type(None): st.none(),
    bool: st.booleans(),
    int: st.integers(-(2**63), 2**64),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(max_size=20),  # any characters, lone surrogates left out
    datetime: st.datetimes(timezones=st.just(UTC)),
    date: st.dates(),
    IPv4Address: IP4,
    IPv6Address: IP6,
    IPv4Interface: st.builds(lambda ip, size: IPv4Interface((ip, size)), IP4, st.integers(0, 32)),
    IPv6Interface: st.builds(lambda ip, size: IPv6Interface((ip, size)), IP6, st.integers(0, 128)),
    IPv4Network: st.builds(lambda ip, size: IPv4Network((ip, size), strict=False), IP4, st.integers(0, 32)),
    IPv6Network: st.builds(lambda ip, size: IPv6Network((ip, size), strict=False), IP6, st.integers(0, 128)),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type as facts are made of."""
    origin, inside = get_origin(hint), get_args(hint)
    if hint in SCALARS:
        return SCALARS[hint]
    if origin in (Union, types.UnionType):
        return st.one_of([values_of(option) for option in inside])
    if origin is tuple and inside[-1] is Ellipsis:
        return st.lists(values_of(inside[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values_of, inside))
    if origin is frozenset:
        return st.frozensets(values_of(inside[0]), max_size=3)
    assert dataclasses.is_dataclass(hint), f"facts are not made of {hint}"
    hints = get_type_hints(hint)
    parts = {each.name: values_of(hints[each.name]) for each in dataclasses.fields(hint)}
    return st.builds(hint, **parts)


KINDS = fact_kinds()


@pytest.mark.parametrize("name", KINDS)
def test_every_fact_comes_back_as_it_was(name: str) -> None:
    kind = KINDS[name]

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(values_of(kind))
    def comes_back(fact: Fact) -> None:
        stored = json.loads(json.dumps(encode_fact(fact)))
        again = decode_fact(name, stored)
        assert again == fact
        assert again.evidence == fact.evidence  # type: ignore[union-attr,attr-defined]  # takes no part in comparison
        assert encode_fact(again) == encode_fact(fact)

    comes_back()


@given(st.sampled_from(Gap), st.text(max_size=50))
def test_missing_facts_come_back_with_their_reason(gap: Gap, why: str) -> None:
    facts: dict[type[Fact], Fact | Missing] = {Interfaces: Missing(gap, why), Software: Software((("a", None),))}
    assert decode_facts(json.loads(json.dumps(encode_facts(facts)))) == facts


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("name", KINDS)
def test_anything_else_is_refused_and_never_a_crash(name: str) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(PLAIN)
    def refused(plain: Any) -> None:
        try:
            fact = decode_fact(name, plain)
        except CodecError:
            return
        assert isinstance(fact, KINDS[name] | Missing)

    refused()


INTERFACE = {"name": "eth0"}


@pytest.mark.parametrize(
    ("cls", "plain"),
    [
        (Interface, {}),  # what a fact must have
        (Interface, {"name": "eth0", "nome": "x"}),  # what no fact has
        (Interface, {"name": 5}),
        (Interface, {"name": None}),
        (Interface, {"name": "eth0", "index": "5"}),
        (Interface, {"name": "eth0", "index": True}),  # a bool is no number
        (Interface, {"name": "eth0", "index": 5.0}),
        (Interface, {"name": "eth0", "admin_up": 1}),  # a number is no bool
        (Interface, {"name": "eth0", "speed_mbps": "1000"}),
        (Interface, {"name": "eth0", "vlans": "123"}),  # text is no list
        (Interface, {"name": "eth0", "vlans": {"0": 1}}),
        (Interface, ["eth0"]),
        (Interfaces, {"items": INTERFACE}),
        (Address, {"interface": None, "ip": "10.0.0.1/33"}),
        (Address, {"interface": None, "ip": "10.0.0"}),
        (Address, {"interface": None, "ip": 1}),  # ipaddress would take it for 0.0.0.1
        (Listener, {"protocol": "tcp", "port": 1, "ip": 2130706433, "family": 4}),
        (RemoteLine, {"name": "vty", "transports": "ssh"}),
        (Evidence, {"source": "x", "taken_at": "yesterday"}),
        (Evidence, {"source": "x", "taken_at": 1700000000}),
        (Evidence, {"source": "x", "lines": [1, "2"]}),
        (Software, {"items": [["a"]]}),
        (Software, {"items": [["a", "1", "x"]]}),
        (Gap, "unheard-of"),
        (int, None),
        (IPv4Network, "10.0.0.1/24"),  # host bits
    ],
)
def test_what_does_not_fit_is_refused(cls: type, plain: Any) -> None:
    with pytest.raises(CodecError):
        decode(cls, plain)


@pytest.mark.parametrize("body", [{"missing": "horoscope"}, {"missing": None}, {"missing": "unread", "why": 5}])
def test_absence_without_a_known_reason_is_refused(body: Any) -> None:
    with pytest.raises(CodecError):
        decode_fact("Interfaces", body)


def test_defaults_are_not_written() -> None:
    """They cost space a million times over; what is left out comes back as the default."""
    assert encode(Interface("eth0")) == {"name": "eth0"}
    assert encode(Addresses((Address("eth0", IPv4Interface("10.0.0.1/24")),))) == {
        "items": [{"interface": "eth0", "ip": "10.0.0.1/24"}]
    }
    assert decode(Interface, {"name": "eth0"}) == Interface("eth0")


def test_sets_are_written_in_one_order() -> None:
    """The same fact is the same text whatever order a set has in memory."""
    line = RemoteLine("vty", frozenset({"ssh", "telnet", "a", "b"}), None, None, False)
    assert encode(line)["transports"] == ["a", "b", "ssh", "telnet"]


def test_a_kind_nobody_knows_is_refused_alone_and_left_out_among_others() -> None:
    with pytest.raises(CodecError, match="no fact is named"):
        decode_fact("Horoscope", {})
    body = {"ipv4": True, "ipv6": None}
    assert decode_facts({"Horoscope": {}, "Forwarding": body}) == {Forwarding: Forwarding(True, None)}


def test_what_has_no_plain_form_is_refused() -> None:
    with pytest.raises(CodecError, match="no plain form"):
        encode({"a": object()})


def test_message_names_the_type_and_not_all_of_the_data() -> None:
    with pytest.raises(CodecError, match=r"ServiceProbe: unknown \['x'\]"):
        decode(ServiceProbe, {"system": "s", "names": None, "x": 1})
