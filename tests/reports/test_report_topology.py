"""The topology in reports: drawn without collisions and the same every time, and in the forms other programs read."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.topology import Port, SeenLink
from reports import drawing
from reports.drawing import picture
from reports.graph import Edge, Graph, Node, graph
from reports.model import Result

Write = Callable[..., bytes]
NAMES = st.sampled_from([f"n{number}" for number in range(12)])


def network(*links: tuple[str, str], alone: tuple[str, ...] = ()) -> Graph:
    names = dict.fromkeys([*(name for link in links for name in link), *alone])
    return Graph(tuple(Node(name, name) for name in names), tuple(Edge(a, z, "", "", True, ()) for a, z in links))


@given(st.lists(st.tuples(NAMES, NAMES).filter(lambda link: link[0] != link[1]), max_size=20), st.sets(NAMES))
def test_every_device_has_a_place_of_its_own_on_the_sheet(links: list[tuple[str, str]], alone: set[str]) -> None:
    drawn = picture(network(*links, alone=tuple(sorted(alone))))
    assert drawn is not None
    assert len(drawn.lines) == len(links)
    for stand in drawn.stands:
        assert 0 <= stand.x <= drawn.width
        assert 0 <= stand.y <= drawn.height
    for one, other in combinations(drawn.stands, 2):
        assert math.dist((one.x, one.y), (other.x, other.y)) > 5, f"{one.node.id} stands on {other.node.id}"


def test_middle_of_the_network_is_the_middle_of_the_picture() -> None:
    towns = [("core", f"town{n}") for n in range(3)]
    villages = [(f"town{n}", f"village{n}{m}") for n in range(3) for m in range(9)]
    drawn = picture(network(*villages, *towns))
    assert drawn is not None
    places = {stand.node.id: (stand.x, stand.y) for stand in drawn.stands}
    farthest = max(math.dist(places["core"], place) for place in places.values())
    assert all(math.dist(places["core"], places[f"town{n}"]) < farthest * 0.6 for n in range(3))


def test_more_devices_than_a_page_can_show_are_not_drawn(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "MOST_DRAWN", 1)
    page = written("html", "en").decode()
    assert 'id="topology"' not in page
    assert "topology-graphml" in page


def test_page_opens_at_one_site(written: Write, browser: str, tmp_path: Path, result: Result) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(written("html", "en"))
    site = next(node.site for node in graph(result).nodes if node.site)
    wanted = sum(node.site == site for node in graph(result).nodes)
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    command = [browser, *options, f"{file.as_uri()}#site={site}"]
    dom = subprocess.run(command, capture_output=True, timeout=120, check=True).stdout.decode()
    drawn = dom.partition('<div class="topology"')[2].partition("</svg>")[0]
    assert f">{wanted} devices</output>" in drawn
    assert drawn.count('class="node') - drawn.count("is-dim") >= wanted
    assert "is-dim" in drawn


def test_neighbours_that_tell_nothing_of_themselves_are_not_one_device() -> None:
    heard = [Port("a", "GE1", "a"), Port("a", "GE2", "a"), Port("b", "GE1", "b")]
    found = [SeenLink(near, Port(name, None, None), False, "unknown-device") for near in heard for name in ("?", "ap")]
    told = graph(cast("Result", SimpleNamespace(devices=tuple, links=found)))
    assert sorted(node.name for node in told.nodes) == ["?", "?", "?", "ap"]
    assert len({edge.z for edge in told.edges}) == 4


def test_graphml_and_json_tell_the_same_graph(written: Write, result: Result) -> None:
    expected = graph(result)
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    root = ET.fromstring(written("topology-graphml"))
    keys = {key.attrib["id"] for key in root.findall("g:key", space)}
    assert {data.attrib["key"] for data in root.iter(f"{{{space['g']}}}data")} <= keys
    nodes = {node.attrib["id"] for node in root.iterfind(".//g:node", space)}
    edges = [(edge.attrib["source"], edge.attrib["target"]) for edge in root.iterfind(".//g:edge", space)]
    assert nodes == {node.id for node in expected.nodes}
    assert edges == [(edge.a, edge.z) for edge in expected.edges]
    assert {end for edge in edges for end in edge} <= nodes
    told = json.loads(written("topology-json"))
    assert [node["id"] for node in told["nodes"]] == [node.id for node in expected.nodes]
    assert [(link["source"], link["target"]) for link in told["links"]] == edges
    assert edges, "a county without links proves nothing"
