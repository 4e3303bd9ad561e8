"""Linux: the packet filter, as nftables or iptables holds it; firewalld and ufw write into one of the two."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from collectors.base import Answer
from collectors.platforms.base import Built, Got, Read
from collectors.platforms.dialects.linux.text import first_answer, told
from inventory.errors import Gap, Missing
from inventory.facts import AccessList, Filtering

NFT, IPTABLES, IP6TABLES = "/usr/sbin/nft list ruleset", "/usr/sbin/iptables-save", "/usr/sbin/ip6tables-save"

_FAMILIES = {"inet": frozenset({4, 6}), "ip": frozenset({4}), "ip6": frozenset({6})}
_LOG = r'(?:prefix "[^"]*"|level \w+|flags (?:(?:tcp|ip) )?[\w,]+|group \d+)'  # nft(8), LOG STATEMENT
_IDLE = rf"(?:counter(?: packets \d+ bytes \d+)? |log(?: {_LOG})* )*"
_REST = r'(?: comment "[^"]*")?(?: # handle \d+)?'
_DROPS_ALL = re.compile(rf"{_IDLE}(?:drop|reject(?: with [\w\s-]+)?){_REST}")
_TAKES_ALL = re.compile(rf"{_IDLE}accept{_REST}")
_DROPS_ALL_IPTABLES = re.compile(r"-j (?:DROP|REJECT(?: --reject-with \S+)?)")
_SSH_PORT = re.compile(r"\bdport (?:\{[^}]*\b(?:22|ssh)\b[^}]*\}|22\b|ssh\b)|--dports? (?:\S*\b)?22\b")
_SOURCE = re.compile(r"\bsaddr\b|(?<!! )-s \S+|--match-set \S+ src")


_MOST_JUMPS = 6  # one after the other


@dataclass(slots=True)
class Chain:
    """A chain, of either program. ``hook`` empty: one that others jump to."""

    families: frozenset[int]
    name: str
    hook: str = ""
    drops: bool = False  # its policy
    rules: list[str] = field(default_factory=list)
    by_iptables: bool = False

    @property
    def denies(self) -> bool:
        """Whether what no rule takes is dropped: by the policy, or by a last rule without a condition."""
        last = self.rules[-1] if self.rules else ""
        pattern = _DROPS_ALL_IPTABLES if self.by_iptables else _DROPS_ALL
        return self.drops or pattern.fullmatch(last) is not None

    @property
    def permits_any(self) -> bool:
        """Whether a rule takes everything."""
        if self.by_iptables:
            return "-j ACCEPT" in self.rules
        return any(_TAKES_ALL.fullmatch(rule) for rule in self.rules)


def nft_chains(text: str) -> Iterator[Chain]:
    """The chains of ``nft list ruleset``; families other than IP are left out."""
    families: frozenset[int] = frozenset()
    table, depth = "", 0
    chain: Chain | None = None
    for raw in text.splitlines():
        line = raw.strip()
        if depth == 0 and (head := re.match(r"table (\w+) (\S+) \{", line)):
            families, table = _FAMILIES.get(head.group(1), frozenset()), head.group(2)
        elif depth == 1 and (head := re.match(r"chain (\S+) \{", line)):
            chain = Chain(families, f"{table} {head.group(1)}")
        elif depth == 2 and chain is not None and line != "}":
            _into(chain, line)
        depth = max(0, depth + line.count("{") - line.count("}"))
        if depth < 2 and chain is not None:
            if chain.families:
                yield chain
            chain = None


def _into(chain: Chain, line: str) -> None:
    if base := re.match(r"type filter hook (\w+) ", line):
        chain.hook, chain.drops = base.group(1), "policy drop" in line
    elif line.startswith("policy "):
        chain.drops = line.startswith("policy drop")
    elif line and not line.startswith("#") and not line.startswith(("type ", "policy ")):
        chain.rules.append(line)


def iptables_chains(text: str, family: int) -> Iterator[Chain]:
    """The chains of the filter table in the form of iptables-save(8)."""
    chains: dict[str, Chain] = {}
    filters = text.partition("*filter")[2].partition("COMMIT")[0]
    for line in filters.splitlines():
        if head := re.match(r":(\S+) (\S+)", line):
            name, policy = head.groups()
            hook = name.lower() if name in ("INPUT", "FORWARD", "OUTPUT") else ""
            chains[name] = Chain(frozenset({family}), f"iptables {name}", hook, policy == "DROP", by_iptables=True)
        elif (rule := re.match(r"(?:\[\d+:\d+\] )?-A (\S+) (.*)", line)) and (chain := chains.get(rule.group(1))):
            chain.rules.append(rule.group(2).strip())
    yield from chains.values()


def chains_of(nft: Got, ipv4: Got, ipv6: Got) -> list[Chain]:
    """All chains that were told. Where nft speaks, iptables may hold the same ones in another dress."""
    found = list(nft_chains(told(nft) or ""))
    seen = {(frozenset(c.families), c.name.rpartition(" ")[2]) for c in found}
    for got, family in ((ipv4, 4), (ipv6, 6)):
        more = iptables_chains(told(got) or "", family)
        found += [c for c in more if (c.families, c.name.rpartition(" ")[2]) not in seen]
    return found


def filtering(nft: Got, ipv4: Got, ipv6: Got) -> Built:
    """The base chains as ACLs, and whether input that no rule takes is dropped; no filter at all drops nothing."""
    head = first_answer(nft, ipv4, ipv6)
    refused = next((g for g in (nft, ipv4, ipv6) if isinstance(g, Missing) and g.gap is not Gap.LACKING), None)
    if head is None and refused is not None:
        return refused
    chains = chains_of(nft, ipv4, ipv6)
    acls = [_acl(chain, head) for chain in chains if chain.hook]
    unsure = {4: _is_refused(nft) or _is_refused(ipv4), 6: _is_refused(nft) or _is_refused(ipv6)}
    four, six = (True if _denies(chains, f) else None if unsure[f] else False for f in (4, 6))
    if head is None:
        return Filtering((), (), False, False)
    return Filtering(
        tuple(acls), (), four, six, head.evidence(r"hook input|policy|^:INPUT|\bINPUT\b.*-j (DROP|REJECT)")
    )


def _is_refused(got: Got) -> bool:
    return isinstance(got, Missing) and got.gap is not Gap.LACKING


def _denies(chains: Iterable[Chain], family: int) -> bool:
    return any(chain.hook == "input" and family in chain.families and chain.denies for chain in chains)


def _acl(chain: Chain, head: Answer | None) -> AccessList:
    family = next(iter(chain.families)) if len(chain.families) == 1 else None
    name = re.escape(chain.name.rpartition(" ")[2])
    where = {"evidence": head.evidence(rf"chain {re.escape(name)} \{{|:{re.escape(name)} ")} if head else {}
    return AccessList(f"{chain.name}", family, len(chain.rules), chain.permits_any, **where)


def limits_ssh(chains: list[Chain]) -> bool | None:
    """Whether only some sources reach tcp/22; None where the rules do not show it.

    True needs both: input is dropped unless a rule takes it, and every rule that takes SSH names its sources, itself or
    where its chain is jumped to, as firewalld does for the zones of some sources.
    """
    if not _denies(chains, 4):
        return False
    own = [c for c in chains if 4 in c.families]
    taking = [(c, r) for c in own for r in c.rules if _SSH_PORT.search(r) and re.search("accept|ACCEPT", r)]
    if not taking:
        return None
    return all(_SOURCE.search(rule) or _by_source(chain, own, _MOST_JUMPS) for chain, rule in taking)


def _by_source(chain: Chain, chains: list[Chain], left: int) -> bool:
    """Whether packets get to a chain from some sources only: every jump to it names them, or stands in such a chain."""
    name = re.escape(chain.name.rpartition(" ")[2])
    to_it = re.compile(rf"(?:jump|goto|-j|-g) {name}(?![\w.-])")
    jumps = [(c, rule) for c in chains if c.families == chain.families for rule in c.rules if to_it.search(rule)]
    if chain.hook or not jumps or left <= 0:
        return False
    return all(_SOURCE.search(rule) or _by_source(c, chains, left - 1) for c, rule in jumps)


READS = (Read(Filtering, (NFT, IPTABLES, IP6TABLES), filtering, frozenset({NFT, IPTABLES, IP6TABLES})),)
AS_ROOT = frozenset({NFT, IPTABLES, IP6TABLES})
