"""The answer key: what an audit of the simulated county must find failed, and for each kind of verdict an opposite."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from inventory.document import read_document

_FOLDER = Path(__file__).parent
KEY, KEY_MENDED = _FOLDER / "key.yaml", _FOLDER / "key_mended.yaml"  # before and after the works


@dataclass(frozen=True, slots=True)
class Planted:
    """One check that must be found failed, or passed."""

    check: str
    subject: str
    why: str
    needs: str | None = None  # a program of this machine without which it is not found


@dataclass(frozen=True, slots=True)
class _Key:
    level3: tuple[Planted, ...] = ()
    ipv6: tuple[Planted, ...] = ()
    bandwidth: tuple[Planted, ...] = ()
    cloud: tuple[Planted, ...] = ()
    census: tuple[Planted, ...] = ()
    opposites: tuple[Planted, ...] = ()


def answer_key(*, mended: bool = False) -> tuple[Planted, ...]:
    """Every finding that must be failed and can be found on this machine, in the order of the file."""
    key = _key(mended=mended)
    return _found_here(key.level3 + key.ipv6 + key.bandwidth + key.cloud + key.census)


def opposites(*, mended: bool = False) -> tuple[Planted, ...]:
    """Of each check that fails in either state of the county something that passes in this one, if it does so here."""
    return _found_here(_key(mended=mended).opposites)


def _key(*, mended: bool) -> _Key:
    return read_document(KEY_MENDED if mended else KEY, _Key)


def _found_here(planted: tuple[Planted, ...]) -> tuple[Planted, ...]:
    return tuple(each for each in planted if each.needs is None or shutil.which(each.needs))
