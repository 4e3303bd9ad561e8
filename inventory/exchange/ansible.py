"""Ansible inventories: YAML out; YAML and INI in. No secret goes out, none is taken in.

The format is that of the ``yaml`` and ``ini`` inventory plugins of ansible-core.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from inventory.errors import InputError
from inventory.exchange.ansible_groups import OWN, TEMPLATE, Groups, given_by
from inventory.exchange.ansible_ini import ini_groups
from inventory.exchange.assets import KEPT, Asset, Given
from inventory.exchange.nodes import Nodes, Unsafe, Word, yaml_text
from inventory.exchange.platforms import ansible_vars
from inventory.file_text import file_text
from inventory.text import Text


def ansible_yaml(assets: Iterable[Asset]) -> str:
    """The inventory: every host under ``all``, and groups by platform, unit, site and role.

    Text that a device may have chosen and Ansible would take for a template is marked ``!unsafe``.
    """
    hosts: dict[str, Any] = {}
    groups = _Groups()
    for asset in assets:
        hosts[asset.name] = _host_vars(asset)
        for prefix in ("platform", "unit", "site", "role"):
            word = getattr(asset, prefix)
            if word:
                groups.add(prefix, word, asset.name)
    return yaml_text({"all": {"hosts": hosts, "children": groups.plain()}})


def _host_vars(asset: Asset) -> dict[str, Any]:
    told: dict[str, Any] = {"ansible_host": str(asset.addresses[0])} if asset.addresses else {}
    if asset.ssh_port not in (None, 22):
        told["ansible_port"] = asset.ssh_port
    if asset.platform:
        told[f"{OWN}platform"] = asset.platform
    told |= {OWN + name: _inert(value) for name in KEPT if (value := getattr(asset, name))}
    return told | ({f"{OWN}tags": [_inert(tag) for tag in asset.tags]} if asset.tags else {})


def _inert(text: str) -> str:
    return Unsafe(text) if any(mark in text for mark in TEMPLATE) else text


class _Groups:
    """Groups by (prefix, word), their names such as Ansible allows and no two alike."""

    def __init__(self) -> None:
        self._hosts: dict[tuple[str, str], list[str]] = {}
        self._names: dict[str, tuple[str, str]] = {}

    def add(self, prefix: str, word: str, host: str) -> None:
        self._hosts.setdefault((prefix, word), []).append(host)

    def plain(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for prefix, word in sorted(self._hosts):
            name = self._name(prefix, word)
            found[name] = {"hosts": dict.fromkeys(self._hosts[prefix, word])}
            if prefix == "platform" and (told := ansible_vars(word)):
                found[name]["vars"] = told
        return found

    def _name(self, prefix: str, word: str) -> str:
        name = re.sub(r"\W", "_", f"{prefix}_{word}")
        if self._names.setdefault(name, (prefix, word)) != (prefix, word):
            name += "_" + hashlib.sha256(word.encode()).hexdigest()[:6]
        return name


def read_ansible(path: Path) -> Given:
    """The hosts of an inventory file, with what ``group_vars`` and ``host_vars`` beside it say.

    InputError names file and line. What Ansible Vault encrypted stays closed.
    """
    groups = _yaml_groups(path) if path.suffix in (".yml", ".yaml", ".json") else ini_groups(path)
    groups.group("all")
    for name, group in groups.items():
        for file in _files(path.parent / "group_vars", name):
            group.vars |= _file_variables(file)
    for host in {host for group in groups.values() for host in group.hosts}:
        for file in _files(path.parent / "host_vars", host):
            groups.host_vars.setdefault(host, {}).update(_file_variables(file))
    return given_by(groups)


def _files(folder: Path, name: str) -> Iterator[Path]:
    """The files of variables of a group or host: ``name``, ``name.yml`` or all in the folder ``name``."""
    if not folder.is_dir() or "/" in name or name.startswith("."):
        return
    for place in (folder / name, folder / f"{name}.yml", folder / f"{name}.yaml"):
        if place.is_dir():
            yield from sorted(file for file in place.iterdir() if file.suffix in ("", ".yml", ".yaml"))
        elif place.is_file():
            yield place


def _file_variables(path: Path) -> dict[str, Word]:
    if file_text(path).startswith("$ANSIBLE_VAULT;"):
        return {}
    nodes = Nodes(path)
    return _variables(nodes, nodes.root)


def _yaml_groups(path: Path) -> Groups:
    nodes = Nodes(path)
    groups = Groups()
    for word, node in nodes.pairs(nodes.root):
        _yaml_group(nodes, word, node, groups, 0)
    if not groups:
        raise InputError(str(path), Text("没有任何组", "holds no group"))
    return groups


def _yaml_group(nodes: Nodes, name: Word, node: Any, groups: Groups, depth: int) -> None:
    if depth > 50:  # an alias inside its own anchor
        raise InputError(name.where, Text("嵌套过深", "nested too deeply"))
    group = groups.group(name.text)
    for key, value in nodes.pairs(node):
        if key.text == "hosts":
            for host, told in nodes.pairs(value):
                groups.add(name.text, host, _variables(nodes, told))
        elif key.text == "children":
            for child, below in nodes.pairs(value):
                group.children[child.text] = child.where
                _yaml_group(nodes, child, below, groups, depth + 1)
        elif key.text == "vars":
            group.vars |= _variables(nodes, value)
        else:
            refusal = Text(
                f"组 {name.text} 中不认识“{key.text}”；应为 hosts、children、vars",
                f"unknown '{key.text}' in group {name.text}; expected hosts, children, vars",
            )
            raise InputError(key.where, refusal)


def _variables(nodes: Nodes, node: Any) -> dict[str, Word]:
    """Variables that are one value, and our list of tags; others say nothing that is taken."""
    found = {}
    for name, value in nodes.pairs(node):
        if nodes.is_single(value):
            found[name.text] = nodes.word(value)
        elif name.text == f"{OWN}tags":
            found[name.text] = Word(" ".join(word.text for word in nodes.words(value)), name.where)
    return found
