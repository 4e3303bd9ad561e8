"""The network as a picture: where each device stands on paper, from its links alone and the same every time."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.graph import Edge, Graph, Node

RING = 150.0  # between a device and what hangs below it
APART = 34.0  # between two on the outermost ring
MARGIN = 90.0  # for words beside a symbol
MOST_DRAWN = 3_000  # devices: more are no picture for a page


@dataclass(frozen=True, slots=True)
class Stand:
    """A device and its place. Its name stands right of the symbol or left of it, turned by so many degrees."""

    node: Node
    x: float
    y: float
    right: bool
    turn: float


@dataclass(frozen=True, slots=True)
class Line:
    """A link between two places."""

    edge: Edge
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it, in units of the drawing."""

    stands: tuple[Stand, ...]
    lines: tuple[Line, ...]
    width: float
    height: float

    def names(self) -> dict[str, str]:
        """What devices are called, by what they are known by in the lines."""
        return {stand.node.id: stand.node.name for stand in self.stands}


Place = tuple[float, float]


def picture(graph: Graph) -> Picture | None:
    """The graph drawn, each connected part as rings around its middle, what has no link below.

    None where there are more devices than a page can show.
    """
    if len(graph.nodes) > MOST_DRAWN:
        return None
    beside: dict[str, list[str]] = {node.id: [] for node in graph.nodes}
    for edge in graph.edges:
        beside[edge.a].append(edge.z)
        beside[edge.z].append(edge.a)
    parts = [_rings(middle, beside) for size, middle in _parts(beside) if size > 1]
    alone = [node.id for node in graph.nodes if not beside[node.id]]
    places, width, height = _packed([*parts, *([_grid(alone)] if alone else [])])
    stands = tuple(Stand(node, *_rounded(places[node.id]), *_name(node.id, places, beside)) for node in graph.nodes)
    lines = tuple(Line(edge, *_rounded(places[edge.a]), *_rounded(places[edge.z])) for edge in graph.edges)
    return Picture(stands, lines, round(width, 1), round(height, 1))


def _rounded(place: Place) -> Place:
    return round(place[0], 1), round(place[1], 1)


def _name(name: str, places: Mapping[str, Place], beside: Mapping[str, list[str]]) -> tuple[bool, float]:
    """On which side of the symbol the name stands, and its turn: away from what it is linked to, at the end of a
    branch along it.
    """
    others = [places[other] for other in dict.fromkeys(beside[name])]
    if not others:
        return True, 0.0
    dx, dy = (places[name][axis] - sum(place[axis] for place in others) / len(others) for axis in (0, 1))
    turn = math.degrees(math.atan2(dy, dx)) if len(others) == 1 else 0.0
    return dx >= 0, round(turn if dx >= 0 else (turn + 180) % 360 if turn else 0.0, 1)


def _parts(beside: Mapping[str, list[str]]) -> list[tuple[int, str]]:
    """Size and middle of each connected part, the largest first."""
    left = dict.fromkeys(beside)
    found = []
    while left:
        below = _tree(next(iter(left)), beside)
        for name in below:
            del left[name]
        found.append((len(below), _middle(below)))
    return sorted(found, key=lambda part: -part[0])


def _middle(below: dict[str, list[str]]) -> str:
    """The device whose largest branch is smallest: taken away, it leaves the part in the most even pieces."""
    sizes: dict[str, int] = {}
    largest: dict[str, int] = {}
    for name in reversed(below):
        branches = [sizes[other] for other in below[name]]
        sizes[name] = 1 + sum(branches)
        largest[name] = max(*branches, len(below) - sizes[name], 0) if branches else len(below) - 1
    return min(below, key=largest.__getitem__)


def _tree(root: str, beside: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What hangs below each device when the part is held up by the root, breadth first."""
    below: dict[str, list[str]] = {root: []}
    waiting = deque([root])
    while waiting:
        name = waiting.popleft()
        for other in dict.fromkeys(beside[name]):
            if other not in below:
                below[name].append(other)
                below[other] = []
                waiting.append(other)
    return below


def _rings(root: str, beside: Mapping[str, list[str]]) -> dict[str, Place]:
    """Places around the root: a sector for each branch, as wide as the leaves on it."""
    below = _tree(root, beside)
    leaves: dict[str, int] = {}
    for name in reversed(below):
        leaves[name] = sum(leaves[other] for other in below[name]) or 1
    step = max(RING, leaves[root] * APART / (2 * math.pi) / max(1, _depth(root, below)))
    places: dict[str, Place] = {}
    waiting = deque([(root, 0.0, 2 * math.pi, 0)])
    while waiting:
        name, start, sector, ring = waiting.popleft()
        angle = start + sector / 2
        places[name] = (ring * step * math.cos(angle), ring * step * math.sin(angle))
        for other in below[name]:
            width = sector * leaves[other] / leaves[name]
            waiting.append((other, start, width, ring + 1))
            start += width
    return places


def _depth(root: str, below: Mapping[str, list[str]]) -> int:
    depth, ring = 0, below[root]
    while ring:
        depth, ring = depth + 1, [other for name in ring for other in below[name]]
    return depth


def _grid(names: Sequence[str]) -> dict[str, Place]:
    columns = max(1, math.ceil(math.sqrt(len(names) / 3)))
    return {name: (at % columns * 2 * RING, at // columns * APART) for at, name in enumerate(names)}


def _packed(parts: Iterable[Mapping[str, Place]]) -> tuple[dict[str, Place], float, float]:
    """All parts on one sheet, in rows no wider than the first of them, and the sheet's size."""
    places: dict[str, Place] = {}
    x = y = row = width = 0.0
    for part in parts:
        left, top = (min(place[axis] for place in part.values()) for axis in (0, 1))
        wide, high = (max(place[axis] for place in part.values()) - low for axis, low in ((0, left), (1, top)))
        wide, high = wide + 2 * MARGIN, high + 2 * MARGIN
        if x and x + wide > width:
            x, y, row = 0.0, y + row, 0.0
        places.update({name: (px - left + x + MARGIN, py - top + y + MARGIN) for name, (px, py) in part.items()})
        x, row, width = x + wide, max(row, high), max(width, x + wide)
    return places, max(width, 2 * MARGIN), max(y + row, 2 * MARGIN)
