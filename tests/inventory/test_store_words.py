"""What people confirmed, in either database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from inventory.attestation import Attestation
from inventory.errors import StoreError
from inventory.store import Store

WORD = Attestation(
    item="8.1.1.1-a",
    object="",
    result="met",
    note="现场查验",
    attested_by="李雷",
    attested_at=datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
    until=date(2027, 10, 31),
    file="0a1b2c-验收.pdf",
    sha256="0a" * 32,
)


def test_attestations_come_back_in_order(where: str) -> None:
    second = replace(WORD, result="na", object="room\x00 2", file="", sha256="", compensated_by="8.1.1.2")
    with Store.open(where) as store:
        assert store.attestations() == []
        store.attest([WORD, second])
        store.attest([])
        store.attest([WORD])
    with Store.open(where) as store:
        found = store.attestations()
    assert found == [WORD, replace(second, object="room\N{REPLACEMENT CHARACTER} 2"), WORD]
    assert [each.id for each in found] == [1, 2, 3]


def test_all_of_them_are_kept_or_none(where: str) -> None:
    broken = replace(WORD, note=None)  # type: ignore[arg-type]
    with Store.open(where) as store:
        with pytest.raises(StoreError):
            store.attest([WORD, broken])
        assert store.attestations() == []
