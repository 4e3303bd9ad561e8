"""The topology for other programs: GraphML (yEd, Gephi, Cytoscape, NetworkX) and JSON (node-link form)."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, BinaryIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from inventory.text import Language, Text
from reports import wording
from reports.graph import Edge, Graph, Node, graph
from reports.model import Report, Result

_NODE = ("name", "address", "state", "kind", "vendor", "model", "platform", "role", "site", "unit")
_EDGE = ("a_interface", "z_interface", "mutual", "seen", "why")


def write_json(result: Result, _: Language, stream: BinaryIO) -> None:
    """One object with ``nodes`` and ``links``; an end of a link is the ``id`` of a node."""
    drawn = graph(result)
    body = {
        "directed": False,
        "multigraph": True,
        "graph": {"run": result.run.id, "taken": result.run.started.isoformat()},
        "nodes": [{"id": wording.shown(node.id)} | _said(node, _NODE) for node in drawn.nodes],
        "links": [_ends(edge) | _said(edge, _EDGE) for edge in drawn.edges],
    }
    stream.write(json.dumps(body, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n")


def write_graphml(result: Result, _: Language, stream: BinaryIO) -> None:
    """GraphML 1.0 (graphml.graphdrawing.org), every property as a declared key."""
    _Writer(stream).write(graph(result))


class _Writer:
    def __init__(self, stream: BinaryIO) -> None:
        self._xml = XMLGenerator(stream, "utf-8", short_empty_elements=True)

    def write(self, drawn: Graph) -> None:
        xml = self._xml
        xml.startDocument()
        self._start("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
        for of, names in (("node", _NODE), ("edge", _EDGE)):
            for name in names:
                kind = "boolean" if name == "mutual" else "string"
                self._start("key", {"id": f"{of}-{name}", "for": of, "attr.name": name, "attr.type": kind})
                self._end("key")
        self._start("graph", edgedefault="undirected")
        for node in drawn.nodes:
            self._element("node", {"id": wording.shown(node.id)}, _said(node, _NODE))
        for edge in drawn.edges:
            self._element("edge", _ends(edge), _said(edge, _EDGE))
        self._end("graph")
        self._end("graphml")
        xml.endDocument()

    def _element(self, name: str, attributes: dict[str, str], data: dict[str, Any]) -> None:
        self._start(name, attributes)
        for key, value in data.items():
            if value in ("", []):
                continue
            self._start("data", key=f"{name}-{key}")
            self._xml.characters(_text(value))
            self._end("data")
        self._end(name)

    def _start(self, name: str, attributes: dict[str, str] | None = None, **more: str) -> None:
        self._xml.characters("\n")
        self._xml.startElement(name, AttributesImpl({**(attributes or {}), **more}))

    def _end(self, name: str) -> None:
        self._xml.endElement(name)


def _ends(edge: Edge) -> dict[str, str]:
    return {"source": wording.shown(edge.a), "target": wording.shown(edge.z)}


def _said(of: Node | Edge, names: tuple[str, ...]) -> dict[str, Any]:
    """Properties by name, what devices wrote in them made harmless."""
    values = dataclasses.asdict(of)
    return {name: _harmless(values[name]) for name in names}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value) if isinstance(value, list) else str(value)


def _harmless(value: Any) -> Any:
    return wording.shown(value) if isinstance(value, str) else list(value) if isinstance(value, tuple) else value


GRAPHML = Report("topology-graphml", Text("拓扑（GraphML）", "Topology (GraphML)"), ".graphml", write_graphml)
GRAPH_JSON = Report("topology-json", Text("拓扑（JSON）", "Topology (JSON)"), ".json", write_json)
