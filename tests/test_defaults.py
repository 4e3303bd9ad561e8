"""docs/defaults.md: what a setting that is not written means, on which releases, and who says so.

``HECHA_UPDATE_DOCS=1 pytest tests/test_defaults.py`` writes it anew.
"""

from __future__ import annotations

import os
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from collectors.platforms import dialects
from collectors.platforms.base import Default, Release, holding
from collectors.platforms.catalogue import platforms
from collectors.platforms.dialects.hardening import Marks
from collectors.platforms.dialects.hardening_ports import PortMarks

HEADING = """# Defaults

What a setting that a configuration does not state means, on which releases, and the document that says so. Where none
was found for a release the fact is unknown: it is never taken for a pass or a fail. Generated from
`collectors/platforms/dialects/*/defaults.py` by `HECHA_UPDATE_DOCS=1 pytest tests/test_defaults.py`.
"""
SYSTEMS = {
    "asa": "Cisco ASA",
    "comware": "H3C and HPE Comware",
    "fortios": "Fortinet FortiOS",
    "ios": "Cisco IOS and IOS-XE",
    "junos": "Juniper Junos",
    "linux": "Linux",
    "nxos": "Cisco NX-OS",
    "rgos": "Ruijie RGOS",
    "stoneos": "Hillstone StoneOS",
    "vrp": "Huawei VRP",
    "zxros": "ZTE ZXROS",
}


def modules() -> Iterator[ModuleType]:
    """Every module of the dialects."""
    for found in pkgutil.walk_packages(dialects.__path__, dialects.__name__ + "."):
        yield import_module(found.name)


def stated(module: ModuleType) -> dict[str, tuple[Default, ...]]:
    """The defaults that a module states, by name."""
    told = {name: value if isinstance(value, tuple) else (value,) for name, value in vars(module).items()}
    return {name: each for name, each in told.items() if each and all(isinstance(value, Default) for value in each)}


TABLES = {
    module.__name__.split(".")[-2]: stated(module) for module in modules() if module.__name__.endswith("defaults")
}
DEFAULTS = [
    (f"{system}.{name}", each) for system, table in TABLES.items() for name, all_ in table.items() for each in all_
]


def written() -> str:
    """The page."""
    parts = [HEADING]
    for system, table in sorted(TABLES.items(), key=lambda item: SYSTEMS[item[0]]):
        parts.append(f"## {SYSTEMS[system]}\n\n| Not written | Means | Releases | Source |\n|---|---|---|---|")
        parts += [
            f"| {each.setting} | {meaning(each.value)} | {each.span} | {each.source} |"
            for all_ in table.values()
            for each in all_
        ]
        parts.append("")
    return "\n".join(parts)


def meaning(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def test_page_is_what_the_dialects_state(checkout: Path) -> None:
    path = checkout / "docs" / "defaults.md"
    if os.environ.get("HECHA_UPDATE_DOCS"):
        path.write_text(written(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == written()


@pytest.mark.parametrize(("name", "default"), DEFAULTS, ids=[name for name, _ in DEFAULTS])
def test_default_names_statement_releases_and_source(name: str, default: Default) -> None:
    assert default.setting
    assert re.compile(default.releases)
    assert (default.releases == ".*") == (default.span in {"all", "USG", "VRP 5", "VRP 8", "SecPath", "SRX"})
    assert len(default.source.split()) > 2, "a document, not a word"


def test_defaults_stand_in_no_other_module() -> None:
    elsewhere = {
        f"{module.__name__}.{name}"
        for module in modules()
        if not module.__name__.endswith("defaults")
        for name, all_ in stated(module).items()
        if all_ and name.isupper()
    }
    assert elsewhere == set()


def test_tables_of_hardening_take_their_defaults_from_there() -> None:
    known = {id(each) for _, each in DEFAULTS}
    tables = [
        each
        for platform in platforms().values()
        for read in platform.config_reads
        if isinstance(read.build, partial)
        for each in read.build.args
        if isinstance(each, Marks | PortMarks)
    ]
    used = [getattr(table, f.name) for table in tables for f in fields(table) if f.name.endswith("_default")]
    assert any(used)
    assert all(each is None or id(each) in known for each in used)


@pytest.mark.parametrize(
    ("release", "value"), [("V200R005C00", False), ("V200R003C00", None), (None, None), ("V200R021C10", False)]
)
def test_default_of_another_release_or_of_an_unknown_one_is_open(release: str | None, value: bool | None) -> None:
    default = TABLES["vrp"]["TELNET_S"][0]
    assert holding(default, Release(None, release)) is value
    assert holding(None, Release(None, release)) is None


def test_every_default_decides_something() -> None:
    """Of RGOS what is written the IOS way is read there."""
    folder = Path(dialects.__path__[0])
    platform_files = "".join(path.read_text(encoding="utf-8") for path in folder.parent.glob("*.py"))
    shared = platform_files + (folder / "ios" / "hardening.py").read_text(encoding="utf-8")
    for system, table in TABLES.items():
        read = shared + "".join(path.read_text(encoding="utf-8") for path in (folder / system).glob("*.py"))
        assert {name for name in table if f"defaults.{name}" not in read and f"rgos.{name}" not in read} == set()
