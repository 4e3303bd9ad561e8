"""Nornir inventories as its SimpleInventory reads them: hosts.yaml, groups.yaml, defaults.yaml; out and in.

User names and passwords go neither way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inventory.errors import InputError
from inventory.exchange.assets import KEPT, Asset, Given
from inventory.exchange.nodes import Nodes, Word, addresses_in, port_in, yaml_text
from inventory.text import Text

FILES = ("hosts.yaml", "groups.yaml", "defaults.yaml")
_OWN = ("hostname", "port", "platform", "username", "password")
_PLATFORM = "hecha_platform"  # of the data: several platforms may have one driver
_LOGIN = "login"
_DEEPEST = 50  # groups inside groups


# Out -----------------------------------------------------------------------------------------------------------------


def nornir_files(assets: Iterable[Asset], drivers: Mapping[str, str]) -> dict[str, str]:
    """The three files by name. ``drivers`` are Netmiko's drivers by platform; others go by the platform's own name."""
    hosts: dict[str, Any] = {}
    groups: dict[str, Any] = {}
    for asset in assets:
        mine: dict[str, dict[str, Any]] = {}
        if asset.platform:
            driver = drivers.get(asset.platform, asset.platform)
            mine[f"platform {asset.platform}"] = {"platform": driver, "data": {_PLATFORM: asset.platform}}
        for word in ("site", "role", "unit"):
            if value := getattr(asset, word):
                mine[f"{word} {value}"] = {"data": {word: value}}
        groups |= mine
        hosts[asset.name] = _host(asset, list(mine))
    return dict(zip(FILES, (yaml_text(hosts), yaml_text(dict(sorted(groups.items()))), yaml_text({})), strict=True))


def _host(asset: Asset, groups: list[str]) -> dict[str, Any]:
    told: dict[str, Any] = {"hostname": str(asset.addresses[0])} if asset.addresses else {}
    if asset.ssh_port not in (None, 22):
        told["port"] = asset.ssh_port
    data = {name: value for name in KEPT if (value := getattr(asset, name)) and name not in ("unit", "site", "role")}
    if asset.tags:
        data["tags"] = list(asset.tags)
    return told | {"groups": groups} | ({"data": data} if data else {})


# In ------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Element:
    """A host, a group or the defaults: what is told of it, its data, and the groups it inherits from."""

    where: str
    told: dict[str, Word] = field(default_factory=dict)
    data: dict[str, Word] = field(default_factory=dict)
    groups: list[Word] = field(default_factory=list)


def read_nornir(folder: Path) -> Given:
    """The hosts of an inventory folder, inherited as Nornir does; InputError names file and line.

    ``groups.yaml`` and ``defaults.yaml`` may be missing.
    """
    hosts_file, groups_file, defaults_file = (folder / name for name in FILES)
    hosts = _elements(hosts_file)
    groups = _elements(groups_file) if groups_file.exists() else {}
    defaults = _Element(str(defaults_file))
    if defaults_file.exists():
        nodes = Nodes(defaults_file)
        defaults = _element(nodes, Word("defaults", str(defaults_file)), nodes.root)
    if not hosts:
        raise InputError(str(hosts_file), Text("没有任何主机", "lists no host"))
    chains = {name: [host, *_above(host, groups, (), set()), defaults] for name, host in hosts.items()}
    every = [*hosts.values(), *groups.values(), defaults]
    secrets = sum(1 for each in every if each.told.get("password", Word("", "")).text)
    return Given(tuple(_asset(name, chain) for name, chain in chains.items()), secrets=secrets)


def _elements(path: Path) -> dict[str, _Element]:
    nodes = Nodes(path)
    return {name.text: _element(nodes, name, node) for name, node in nodes.pairs(nodes.root)}


def _element(nodes: Nodes, name: Word, node: Any) -> _Element:
    found = _Element(name.where)
    for key, value in nodes.pairs(node):
        if key.text in _OWN:
            found.told[key.text] = nodes.word(value)
        elif key.text == "groups":
            found.groups = nodes.words(value)
        elif key.text == "data":
            found.data = _data(nodes, value)
        elif key.text != "connection_options":
            known = ", ".join((*_OWN, "groups", "data", "connection_options"))
            told = Text(f"不认识“{key.text}”；应为 {known}", f"unknown '{key.text}'; expected {known}")
            raise InputError(key.where, told)
    return found


def _data(nodes: Nodes, node: Any) -> dict[str, Word]:
    """Data that are one value, and the list of tags; others say nothing that is taken."""
    found = {}
    for name, value in nodes.pairs(node):
        if nodes.is_single(value):
            found[name.text] = nodes.word(value)
        elif name.text == "tags":
            found[name.text] = Word(" ".join(word.text for word in nodes.words(value)), name.where)
    return found


def _above(element: _Element, groups: Mapping[str, _Element], below: tuple[str, ...], seen: set[str]) -> list[_Element]:
    """The groups an element inherits from, each followed by its own, as Nornir resolves them: the first counts."""
    found: list[_Element] = []
    for word in element.groups:
        if word.text in below:
            raise InputError(word.where, Text(f"组 {word.text} 包含自己", f"group {word.text} contains itself"))
        if len(below) >= _DEEPEST:
            raise InputError(word.where, Text("嵌套过深", "nested too deeply"))
        if word.text in seen:
            continue
        seen.add(word.text)
        group = groups.get(word.text)
        if group is None:
            raise InputError(word.where, Text(f"groups.yaml 中没有组 {word.text}", f"groups.yaml has no {word.text}"))
        found += [group, *_above(group, groups, (*below, word.text), seen)]
    return found


def _asset(name: str, chain: list[_Element]) -> Asset:
    def told(key: str) -> Word | None:
        return next((each.told[key] for each in chain if key in each.told and each.told[key].text), None)

    def data(key: str) -> str | None:
        return next((each.data[key].text for each in chain if key in each.data and each.data[key].text), None)

    platform, connects = told("platform"), told("hostname")
    own = {key: data(key) for key in KEPT}
    return Asset(
        name=name,
        addresses=addresses_in(connects.text if connects else name),
        platform=data(_PLATFORM) or (platform.text if platform else None),
        login=data(_LOGIN),
        ssh_port=port_in(told("port")),
        tags=tuple((data("tags") or "").split()),
        where=chain[0].where,
        **own,
    )
