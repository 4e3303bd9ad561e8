"""A host's base chain with the chains it hands packets to in their places, as the kernel walks through them.

Sources: nft(8), "Statements: verdict"; iptables(8), "Targets". firewalld and ufw keep nearly all rules in such chains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from collectors.platforms.dialects.linux.filter import Chain

_JUMP = re.compile(r"(?:^| )(?P<how>jump |goto |-j |-g )(?P<to>[\w.-]+)")
_RETURN = re.compile(r"(?:^| )(?:return$|-j RETURN$)")
# What stands in a rule and asks for nothing.
_IDLE = re.compile(r"counter(?: packets \d+ bytes \d+)?|(?:-m comment --)?comment (?:\"[^\"]*\"|\S+)")
# By which interface a packet comes or goes.
INTERFACE = re.compile(r"(?:meta )?(?:iif|iifname|oif|oifname) (?:\{[^}]*\}|\"[^\"]*\"|\S+)|(?:^| )-[io] [\w.+:-]+")
_DEEPEST, _MOST = 8, 1000
Chains = Mapping[tuple[frozenset[int], str], Chain]


@dataclass(frozen=True, slots=True)
class Placed:
    """A rule in its place. ``name`` is its number in the base chain, or the chain it stands in and the number there."""

    text: str
    name: str
    own: bool  # it stands in the base chain itself
    certain: bool  # every packet that no rule before it took comes by
    narrowed: bool = False  # or every one of certain interfaces


def by_name(chains: Iterable[Chain]) -> Chains:
    """The chains as jumps name them; table and name together."""
    return {(chain.families, chain.name): chain for chain in chains}


def placed(base: Chain, chains: Chains) -> Iterator[Placed]:
    """The rules of a base chain in the order in which they are tried; a thousand are looked at, jumps among them.

    A jump to a chain that is not shown stays as it is; so does the one at which the bound is reached.
    """
    return _Walk(chains).through(base, "", Placed("", "", own=True, certain=True), depth=0)


class _Walk:
    def __init__(self, chains: Chains) -> None:
        self._chains = chains
        self._left = _MOST

    def through(self, chain: Chain, prefix: str, by: Placed, *, depth: int) -> Iterator[Placed]:
        """The rules of a chain that packets come to by a rule."""
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
                on = replace(by, certain=by.certain and is_bare, narrowed=_is_narrowed(by, text, jump, is_bare=is_bare))
                yield from self.through(to, f"{jump['to']} ", on, depth=depth + 1)
                if is_bare and jump["how"].strip() in ("goto", "-g"):
                    return
            elif is_bare and _RETURN.search(text):
                return
            else:
                yield replace(by, text=text, name=name, own=not prefix)


def _is_narrowed(by: Placed, text: str, jump: re.Match[str], *, is_bare: bool) -> bool:
    """Whether all that packets are chosen by, on the way and here, is their interface."""
    here = is_bare or _is_bare(INTERFACE.sub("", text), _JUMP.search(INTERFACE.sub("", text)) or jump)
    return here and (by.narrowed or (by.certain and not is_bare))


def _is_bare(text: str, verdict: re.Match[str] | None) -> bool:
    """Whether a rule asks for nothing before its verdict."""
    return verdict is not None and not _IDLE.sub("", text.replace(verdict.group(), "", 1)).strip()
