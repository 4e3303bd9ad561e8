"""A host's base chain with the chains it hands packets to in their places, as the kernel walks through them.

Sources: nft(8), "Statements: verdict"; iptables(8), "Targets". firewalld and ufw keep nearly all rules in such chains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from collectors.platforms.linux_filter import Chain

_JUMP = re.compile(r"(?:^| )(?P<how>jump |goto |-j |-g )(?P<to>[\w.-]+)")
_RETURN = re.compile(r"(?:^| )(?:return$|-j RETURN$)")
# What stands in a rule and asks for nothing.
_IDLE = re.compile(r"counter(?: packets \d+ bytes \d+)?|(?:-m comment --)?comment (?:\"[^\"]*\"|\S+)")
_DEEPEST, _MOST = 8, 1000
Chains = Mapping[tuple[frozenset[int], str], Chain]


@dataclass(frozen=True, slots=True)
class Placed:
    """A rule in its place. ``name`` is its number in the base chain, or the chain it stands in and the number there."""

    text: str
    name: str
    own: bool  # it stands in the base chain itself
    certain: bool  # every packet that no rule before it took comes by


def by_name(chains: Iterable[Chain]) -> Chains:
    """The chains as jumps name them; table and name together."""
    return {(chain.families, chain.name): chain for chain in chains}


def placed(base: Chain, chains: Chains) -> Iterator[Placed]:
    """The rules of a base chain in the order in which they are tried; a thousand are looked at, jumps among them.

    A jump to a chain that is not shown stays as it is; so does the one at which the bound is reached.
    """
    return _Walk(chains).through(base, "", certain=True, depth=0)


class _Walk:
    def __init__(self, chains: Chains) -> None:
        self._chains = chains
        self._left = _MOST

    def through(self, chain: Chain, prefix: str, *, certain: bool, depth: int) -> Iterator[Placed]:
        table = chain.name.rpartition(" ")[0]
        for number, text in enumerate(chain.rules, 1):
            name = f"{prefix}{number}"
            self._left -= 1
            if self._left <= 0:
                if self._left == 0:
                    yield Placed("jump more", name, not prefix, certain=False)
                return
            jump = _JUMP.search(text)
            to = self._chains.get((chain.families, f"{table} {jump['to']}")) if jump else None
            is_bare = _is_bare(text, (jump or _RETURN.search(text)))
            if jump and to is not None and not to.hook and depth < _DEEPEST:
                yield from self.through(to, f"{jump['to']} ", certain=certain and is_bare, depth=depth + 1)
                if is_bare and jump["how"].strip() in ("goto", "-g"):
                    return
            elif is_bare and _RETURN.search(text):
                return
            else:
                yield Placed(text, name, not prefix, certain)


def _is_bare(text: str, verdict: re.Match[str] | None) -> bool:
    """Whether a rule asks for nothing before its verdict."""
    return verdict is not None and not _IDLE.sub("", text.replace(verdict.group(), "", 1)).strip()
