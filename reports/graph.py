"""The topology as nodes and edges: what pictures and exchange files are made from."""

from __future__ import annotations

from dataclasses import dataclass

from inventory.facts import Identity
from inventory.topology import UNNAMED, Port, SeenLink
from reports.model import DeviceLine, Result

UNKNOWN = "unknown"  # state of what only a neighbour has heard of


@dataclass(frozen=True, slots=True)
class Node:
    """A device of the run, or one that only neighbours tell of. Empty: not known."""

    id: str
    name: str
    address: str = ""
    state: str = UNKNOWN
    kind: str = ""
    vendor: str = ""
    model: str = ""
    platform: str = ""
    role: str = ""
    site: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A link. ``seen`` names its witnesses, ``why`` the reason where one end alone tells of it."""

    a: str
    z: str
    a_interface: str
    z_interface: str
    mutual: bool
    seen: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """All devices and the links between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(result: Result) -> Graph:
    """The run's devices, those its neighbours alone have heard of, and every link. One device asked at several
    addresses is one node; neighbours that tell nothing of themselves are one each.
    """
    nodes = {line.record.target: _node(line) for line in result.devices() if line.same_as is None}
    edges = []
    for link in result.links:
        a, z = _end(link.a, nodes), _end(link.z, nodes, f" {link.a.name} {link.a.interface or ''}")
        if a != z:
            edges.append(_edge(link, a, z))
    return Graph(tuple(nodes.values()), tuple(dict.fromkeys(edges)))


def _node(line: DeviceLine) -> Node:
    identity = line.identity if isinstance(line.identity, Identity) else Identity()
    return Node(
        line.record.target,
        identity.hostname or line.record.target,
        line.record.address,
        line.record.state.value,
        identity.kind or "",
        identity.vendor or "",
        identity.model or "",
        line.record.platform or identity.platform or "",
        line.record.role or "",
        line.site or "",
        line.unit or "",
    )


def _end(port: Port, nodes: dict[str, Node], heard_at: str = "") -> str:
    if port.target is not None:
        return port.target
    heard = f"~{port.name}{heard_at if port.name == UNNAMED else ''}"  # no target bears such a name by accident
    nodes.setdefault(heard, Node(heard, port.name))
    return heard


def _edge(link: SeenLink, a: str, z: str) -> Edge:
    seen = tuple(each.value for each in link.seen)
    return Edge(a, z, link.a.interface or "", link.z.interface or "", link.mutual, seen, link.why)
