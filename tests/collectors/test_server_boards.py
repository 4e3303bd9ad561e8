"""Hardware of servers as the boards that manage them list it: their makers' own tables."""

from __future__ import annotations

import pytest
from test_inventory import modules, rows, system

from collectors.base import SnmpValue
from inventory.facts import Entity

IBMC, IDRAC, ILO = "1.3.6.1.4.1.2011.2.235.1.1", "1.3.6.1.4.1.674.10892.5", "1.3.6.1.4.1.232"
UCS = "1.3.6.1.4.1.9.9.719.1"


@pytest.mark.parametrize(
    ("agent", "objects", "wanted"),
    [
        (
            system("2011.2.235", b"Hardware management system"),
            {
                **rows(f"{IBMC}.1", (6, 7), i0=(b"2288H V5", b"2102311XDC10K1000001")),
                **rows(f"{IBMC}.16.50.1", (3, 6, 10, 11, 12), i1=(b"Samsung", 1, b"DIMM000", b"DDR4", b"0x12345678"),
                       i2=(b"N/A", 5, b"DIMM001", b"N/A", b"N/A")),
                **rows(f"{IBMC}.18.50.1", (2, 6, 7, 8), i1=(2, b"Disk0", b"S3Z5NB0K", b"MZ7LH960"),
                       i2=(1, b"Disk1", b"N/A", b"N/A")),
            },
            [("chassis", "2288H V5", "2102311XDC10K1000001"), ("module", "DDR4", "0x12345678"),
             ("storageDrive", "MZ7LH960", "S3Z5NB0K")],
        ),
        (
            system("674.10892.5", b""),
            {
                **rows(f"{IDRAC}.1.3", (2, 12), i0=(b"7XKQ2M2", b"PowerEdge R740")),
                **rows(f"{IDRAC}.4.1100.50.1", (8, 22, 23), i1_1=(b"DIMM.Socket.A1", b"M393A2K43BB1", b"36A1B2C3")),
                **rows(f"{IDRAC}.5.1.20.130.4.1", (2, 6, 7), i1=(b"Physical Disk 0:1:0", b"ST600MM0069", b"W0L0ABCD")),
            },
            [("chassis", "PowerEdge R740", "7XKQ2M2"), ("module", "M393A2K43BB1", "36A1B2C3"),
             ("storageDrive", "ST600MM0069", "W0L0ABCD")],
        ),
        (
            system("232.9.4.10", b"Integrated Lights-Out 4 2.60 May 23 2018"),
            {
                **rows(f"{ILO}.2.2.2", (1,), i0=(b"CZJ71101NY",)),
                **rows(f"{ILO}.6.2.14.13.1", (10, 13, 19), i0=(b"752368-081", b"PROC 1 DIMM 1", 4),
                       i1=(b"NOT AVAILABLE", b"PROC 1 DIMM 2", 2)),
                **rows(f"{ILO}.6.2.9.3.1", (3, 10, 11), i0_1=(3, b"720478-B21", b"5DMWA0CL6"), i0_2=(2, b"", b"")),
            },
            [("chassis", None, "CZJ71101NY"), ("module", "752368-081", None),
             ("powerSupply", "720478-B21", "5DMWA0CL6")],
        ),
        (
            system("9.1.1512", b"Cisco Integrated Management Controller(CIMC) [UCS C220 M4S], Firmware Version 3.0"),
            {
                **rows(f"{UCS}.9.35.1", (32, 47), i1=(b"UCSC-C220-M4S", b"FCH2045V0AB")),
                **rows(f"{UCS}.30.11.1", (3, 17, 19), i1=(b"mem-1", 10, b"0x1A2B3C4D"), i2=(b"mem-2", 11, b"NA")),
                **rows(f"{UCS}.15.56.1", (6, 13), i1=(b"UCSC-PSU1-770W", b"LIT20410ABC")),
            },
            [("chassis", "UCSC-C220-M4S", "FCH2045V0AB"), ("module", None, "0x1A2B3C4D"),
             ("powerSupply", "UCSC-PSU1-770W", "LIT20410ABC")],
        ),
    ],
)  # fmt: skip
def test_modules_of_a_server_by_its_board(
    agent: dict[str, SnmpValue], objects: dict[str, SnmpValue], wanted: list[tuple[str, str | None, str | None]]
) -> None:
    """Empty sockets and bays are listed by the agents and are no modules."""

    def shown(module: Entity) -> tuple[str | None, str | None, str | None]:
        return module.kind, module.model, module.serial

    assert [shown(module) for module in modules(agent, objects)] == wanted
