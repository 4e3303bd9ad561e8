"""Chains that hand packets on, walked as the kernel walks them: firewalld's, ufw's, and circles."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from collectors.base import Answer
from collectors.platforms.dialects.linux.filter import IPTABLES, NFT, nft_chains
from collectors.platforms.dialects.linux.rules import rule_sets
from inventory.errors import Gap, Missing
from inventory.facts import RuleSets

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LACKING = Missing(Gap.LACKING)
FIREWALLD = """table inet firewalld {
	chain filter_INPUT {
		type filter hook input priority filter + 10; policy accept;
		ct state { established, related } accept
		iifname "lo" accept
		jump filter_INPUT_ZONES
		ct state invalid drop
		reject with icmpx admin-prohibited
	}
	chain filter_INPUT_ZONES {
		iifname "eth1" goto filter_IN_trusted
		goto filter_IN_public
	}
	chain filter_IN_trusted {
		accept
	}
	chain filter_IN_public {
		jump filter_IN_public_pre
		jump filter_IN_public_allow
		meta l4proto { icmp, ipv6-icmp } accept
		return
		tcp dport 9999 accept
	}
	chain filter_IN_public_pre {
	}
	chain filter_IN_public_allow {
		tcp dport 22 accept
		ip saddr 10.0.0.0/8 tcp dport 8080 counter packets 3 bytes 180 accept
	}
}
"""
UFW = """*filter
:INPUT DROP [0:0]
:ufw-before-input - [0:0]
:ufw-user-input - [0:0]
:ufw-user-limit - [0:0]
-A INPUT -j ufw-before-input
-A INPUT -m comment --comment "users rules" -j ufw-user-input
-A ufw-before-input -i lo -j ACCEPT
-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-input -p udp -m udp --dport 5353 -j RETURN
-A ufw-user-input -p tcp -m tcp --dport 443 -j ACCEPT
-A ufw-user-input -p tcp -m tcp --dport 22 -m recent --update -j ufw-user-limit
-A ufw-user-limit -j REJECT --reject-with icmp-port-unreachable
COMMIT
"""


def rules(nft: str | None = None, iptables: str | None = None) -> list[tuple[str, bool, bool, str]]:
    """Name, permits, whether it is understood, and how it is found, of each rule of input."""
    answers = (
        Answer(NFT, nft, NOW) if nft else LACKING,
        Answer(IPTABLES, iptables, NOW) if iptables else LACKING,
        LACKING,
    )
    found = rule_sets(*answers)
    assert isinstance(found, RuleSets)
    (told,) = [each for each in found.items if each.bound == ("input",)]
    return [(rule.name, rule.permits, not rule.more, rule.entry) for rule in told.rules]


def test_chains_of_firewalld_stand_in_their_places() -> None:
    """What hangs on an interface is not certain; what stands behind a return or a goto is never reached."""
    assert rules(FIREWALLD) == [
        ("1", True, True, "1"),
        ("filter_IN_trusted 1", True, False, ""),
        ("filter_IN_public_allow 1", True, True, ""),
        ("filter_IN_public_allow 2", True, True, ""),
        ("filter_IN_public 3", True, True, ""),
        ("4", False, True, "4"),
        ("5", False, True, "5"),
    ]


def test_what_hangs_on_an_interface_or_a_set_takes_less_and_no_more_is_unknown() -> None:
    text = """table inet border {
	set servers { type ipv4_addr; elements = { 192.0.2.0/26 } }
	chain forward {
		type filter hook forward priority filter; policy drop;
		iifname "eth1" ip daddr @servers tcp dport { 80, 443 } counter packets 0 bytes 0 accept comment "web"
		iifname { "eth1", "eth2" } ip6 daddr 2001:db8:0:31::/64 tcp dport 443 accept
		iifname "eth1" jump more
		iifname "eth1" meta pkttype unicast accept
	}
	chain more {
		tcp dport 22 accept
		meta mark 0x1 accept
	}
}
"""
    found = rule_sets(Answer(NFT, text, NOW), LACKING, LACKING)
    assert isinstance(found, RuleSets)
    assert [(r.name, r.family, r.more, r.narrowed) for r in found.items[0].rules] == [
        ("1", 4, True, True),
        ("2", 6, True, True),
        ("more 1", None, True, True),
        ("more 2", None, True, False),
        ("4", None, True, False),
    ]


def test_chains_of_ufw_stand_in_their_places() -> None:
    """Who returns early is past what follows in that chain: for him nothing is decided by it."""
    assert rules(iptables=UFW) == [
        ("ufw-before-input 2", True, True, ""),
        ("ufw-before-input 3", True, False, ""),
        ("ufw-user-input 1", True, True, ""),
        ("ufw-user-limit 1", False, False, ""),
    ]


@pytest.mark.parametrize("rule", ["jump filter_INPUT_ZONES", "jump filter_INPUT", "jump nowhere", "goto nowhere"])
def test_circles_and_chains_that_are_not_shown_end(rule: str) -> None:
    text = FIREWALLD.replace("goto filter_IN_public\n", f"{rule}\n")
    assert any(not understood for _, _, understood, _ in rules(text))


@pytest.mark.parametrize("last", ["\t\ttcp dport 22 accept\n", ""])
def test_chains_that_multiply_are_bounded(last: str) -> None:
    """Nine jumps to nine jumps, seven times over, whether or not there is anything at their ends."""
    head = "table inet t {\n\tchain in {\n\t\ttype filter hook input priority 0; policy drop;\n\t\tjump c0\n\t}\n"
    chains = "".join(f"\tchain c{n} {{\n" + f"\t\tjump c{n + 1}\n" * 9 + "\t}\n" for n in range(7))
    told = rules(f"{head}{chains}\tchain c7 {{\n{last}\t}}\n}}\n")
    assert 1 <= len(told) <= 1000
    assert told[-1][2] is False


@pytest.mark.parametrize(
    ("rule", "takes_all"),
    [
        ("accept", True),
        ('log prefix "a b" level warn flags tcp sequence,options accept', True),
        ("counter packets 3 bytes 180 log flags ip options group 2 accept # handle 4", True),
        ("log flags skuid tcp dport 22 accept", False),
        ("log" + " flags flags" * 2000 + " dport accept", False),
    ],
    ids=["plain", "logged", "counted", "one port", "repeated"],
)
def test_rule_that_takes_everything_is_known_in_no_time(rule: str, takes_all: bool) -> None:
    text = (
        f"table inet t {{\n\tchain in {{\n\t\ttype filter hook input priority 0; policy drop;\n\t\t{rule}\n\t}}\n}}\n"
    )
    began = time.process_time()
    assert [chain.permits_any for chain in nft_chains(text)] == [takes_all]
    assert time.process_time() - began < 3
