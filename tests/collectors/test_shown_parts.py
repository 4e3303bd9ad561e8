"""Logs that show a part of a configuration: what is not in it is not absent from the device."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.offline import snapshots_from
from collectors.sessions.replay import shows_part
from inventory.facts import Banner, Filtering, Interfaces, Logging, RemoteAccess, SnmpAgent
from inventory.snapshot import Snapshot, SoFar

NOW = datetime(2026, 1, 1, tzinfo=UTC)
VRP = "#\ninterface Vlanif10\n ip address 10.1.1.1 255.255.255.0\n#\nreturn\n"
IOS = """Building configuration...

Current configuration : 120 bytes
!
interface FastEthernet0/0
 ip address 203.0.113.10 255.255.255.0
end
"""
LOGS = [
    ("<sw1>", "display current-configuration interface Vlanif10", VRP),
    ("<sw1>", "dis cu int vlanif10", VRP),
    ("[sw1-Vlanif10]", "dis this", VRP),
    ("r1#", "show running-config interface FastEthernet0/0", IOS),
    ("r1#", "sh run int fa0/0", IOS),
    ("r1#", "show running-config | section interface", IOS),
]


@pytest.mark.parametrize(("prompt", "typed", "text"), LOGS)
def test_a_part_tells_nothing_of_the_rest(prompt: str, typed: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "session.log"
    path.write_text(f"{prompt}{typed}\n{text}{prompt}\n", encoding="utf-8")
    ((_, found),) = snapshots_from([path], NOW)
    assert isinstance(found, Snapshot)
    for kind in (RemoteAccess, Logging, SnmpAgent, Banner, Filtering, Interfaces):
        assert isinstance(found.fact(kind), SoFar), kind
    seen = found.facts[Interfaces]
    assert isinstance(seen, SoFar)
    assert isinstance(seen.seen, Interfaces)
    assert len(seen.seen.items) == 1, "what it shows is shown so far"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<sw1>display current-configuration\nsysname sw1\n", False),
        ("<sw1>display current-configuration | no-more\nsysname sw1\n", False),
        ("<sw1>display current-configuration all\nsysname sw1\n", False),
        ("<sw1>dis cu\nsysname sw1\n<sw1>dis cu int vlanif1\ninterface Vlanif1\n", False),
        ("<sw1>dis cu | include snmp\n snmp-agent\n<sw1>dis cu int vlanif1\ninterface Vlanif1\n", True),
        ("<sw1>display version\nVRP\n", False),
        ("sysname sw1\n", False),
    ],
)
def test_what_shows_a_part(text: str, expected: bool) -> None:
    assert shows_part(text, "display current-configuration") is expected
