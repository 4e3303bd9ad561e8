"""Identification by SNMP: the vendor files, the rules' order, and recordings of real devices."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.base import Oid, SnmpValue
from collectors.mibs.agent import Agent
from collectors.mibs.identity import identity
from collectors.platforms.catalogue import platforms
from collectors.vendors.files import FIELDS, FOLDER, enterprise_name, heads, pattern, standard, vendors
from inventory.facts import Identity
from reports.wording import DEVICE_KINDS

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SYSTEM = "1.3.6.1.2.1.1"
ENT = "1.3.6.1.2.1.47.1.1.1.1"


class Recorded:
    """A session over a few values: what an agent answers, and nothing else."""

    engine = "replay"

    def __init__(self, values: dict[str, SnmpValue]) -> None:
        self.values = dict(sorted(values.items(), key=lambda item: tuple(map(int, item[0].split(".")))))

    def get(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        return {oid: self.values.get(oid) for oid in oids}

    def walk(self, root: str) -> Iterator[tuple[str, SnmpValue]]:
        return (item for item in self.values.items() if item[0].startswith(f"{root}."))

    def close(self) -> None:
        return


def identified(descr: str, object_id: str, more: dict[str, SnmpValue] | None = None) -> Identity:
    values: dict[str, SnmpValue] = {
        f"{SYSTEM}.1.0": descr.encode(),
        f"{SYSTEM}.2.0": Oid(object_id),
        f"{SYSTEM}.5.0": b"sw",
    }
    found = identity(Agent(Recorded({**values, **(more or {})}), NOW))
    assert isinstance(found, Identity)
    return found


def chassis(**columns: str) -> dict[str, SnmpValue]:
    """A chassis row of entPhysicalTable."""
    numbers = {"descr": 2, "name": 7, "software": 10, "serial": 11, "model": 13}
    row: dict[str, SnmpValue] = {f"{ENT}.5.1": 3, f"{ENT}.4.1": 0}
    return row | {f"{ENT}.{numbers[name]}.1": value.encode() for name, value in columns.items()}


def test_every_vendor_file_is_valid_and_documented() -> None:
    assert len(vendors()) == len(list(FOLDER.glob("*.yaml"))) - 1
    assert tuple(field for field in FIELDS if getattr(standard(), field)) == FIELDS
    for path in FOLDER.glob("*.yaml"):
        assert path.read_text(encoding="utf-8").startswith("# "), path.name


def test_heads_are_what_the_whole_files_say() -> None:
    """Which file is the device's is told from its first lines alone."""
    for head in heads():
        whole = head.vendor()
        assert (head.enterprises, head.descr, head.shipped_by_others, head.alone) == (
            *(whole.enterprises, whole.descr, whole.shipped_by_others, whole.alone),
        ), head.path.name


def test_no_two_files_claim_one_number() -> None:
    claimed = [number for vendor in vendors() for number in vendor.enterprises]
    assert sorted(n for n in set(claimed) if claimed.count(n) > 1) == []


def test_numbers_are_registered() -> None:
    """Every enterprise number a file claims is one that IANA gave to somebody, or far beyond the register."""
    unknown = [n for vendor in vendors() for n in vendor.enterprises if n < 50_000 and enterprise_name(n) is None]
    assert unknown == []


def test_platforms_read_over_ssh_are_named_by_their_snmp_agents() -> None:
    """Who can be read over SSH is recognised by SNMP under a name of it: frr excepted, which only its shell shows."""
    named = {s.platform for v in vendors() for s in v.systems} | {v.platform for v in vendors()}
    assert [p.name for p in platforms().values() if not {p.name, *p.also} & named] == ["frr"]


@pytest.mark.parametrize(
    ("descr", "object_id", "wanted"),
    [
        (
            ("S5735-L24T4S-A\r\nHuawei Versatile Routing Platform Software\r\n"
            "VRP (R) software,Version 5.170 (S5735 V200R019C10SPC500)\r\nCopyright (C) 2019"),
            "1.3.6.1.4.1.2011.2.23.776",
            ("Huawei", "huawei_vrp", "S5735-L24T4S-A", "V200R019C10SPC500", "switch"),
        ),
        (
            "H3C Comware Platform Software, Software Version 7.1.070, Release 6126P20\r\nH3C S5130S-28P-EI\r\n",
            "1.3.6.1.4.1.25506.1.2065",
            ("H3C", "h3c_comware", "S5130S-28P-EI", "7.1.070, Release 6126P20", "switch"),
        ),
        (
            "Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 15.0(2)SE11, RELEASE SOFTWARE (fc3)",
            "1.3.6.1.4.1.9.1.716",
            ("Cisco", "cisco_ios", "catalyst296024TT", "15.0(2)SE11", "switch"),
        ),
        (
            "Ruijie Gigabit Security & Intelligence Access Switch (S2928G-E V3) By Ruijie Networks",
            "1.3.6.1.4.1.4881.1.1.10.1.219",
            ("Ruijie", "ruijie_rgos", "S2928G-E", None, "switch"),
        ),
        (
            "Linux srv 5.10.0-60.18.0.50.oe2203.x86_64 #1 SMP Wed Mar 30 02:43:08 UTC 2022 x86_64",
            "1.3.6.1.4.1.8072.3.2.10",
            ("openEuler Linux", "linux", "x86_64", "5.10.0-60.18.0.50.oe2203.x86_64", "server"),
        ),
        (
            "H3C Comware Platform Software, Software Version 7.1.064, Ess 8601P13\r\nH3C SecPath F1020\r\n",
            "1.3.6.1.4.1.25506.1.1400",
            ("H3C", "h3c_comware", "SecPath F1020", "7.1.064, Ess 8601P13", "firewall"),
        ),
        (
            "ZXR10 5960-56QU Software, Version V4.00.10P2 Build  on Jul 9 2018",
            "1.3.6.1.4.1.3902.3.100.400",
            ("ZTE", "zte_zxr10", "5960-56QU", "V4.00.10P2", "switch"),
        ),
        (
            "Maipu Communication, MyPower S4320-28TF Switch, Version: 9.5.0.9(R)",
            "1.3.6.1.4.1.5651.1.100",
            ("Maipu", "maipu_mypower", "MyPower S4320-28TF", "9.5.0.9(R)", "switch"),
        ),
        (
            "Linux kylin 4.19.90-24.4.v2101.ky10.aarch64 #1 SMP Mon May 24 14:45:37 CST 2021 aarch64",
            "1.3.6.1.4.1.8072.3.2.10",
            ("Kylin Linux", "linux", "aarch64", "4.19.90-24.4.v2101.ky10.aarch64", "server"),
        ),
        (
            "SSG-140 version 6.3.0r14.0 (SN: 0185072006000123, Firewall+VPN)",
            "1.3.6.1.4.1.3224.1.52",
            ("Juniper", "juniper_screenos", "SSG-140", "6.3.0r14.0", "firewall"),
        ),
    ],
)  # fmt: skip
def test_what_agents_say_of_themselves(descr: str, object_id: str, wanted: tuple[str | None, ...]) -> None:
    found = identified(descr, object_id)
    model = wanted[2]
    assert (found.vendor, found.platform, found.release, found.kind) == (wanted[0], wanted[1], wanted[3], wanted[4])
    assert found.model == model or (model and found.model and found.model.startswith(model))
    assert {s.field for s in found.sources} >= {"vendor", "platform", "hostname"}


def test_unknown_stays_unknown() -> None:
    found = identified("an appliance", "1.3.6.1.4.1.3.1.1")
    assert found.vendor == enterprise_name(3)
    assert (found.platform, found.model, found.release, found.serial) == (None, None, None, None)
    silent = identified("", "0.0")
    assert silent.vendor is None


def test_words_that_say_nothing_are_no_serial() -> None:
    for word in ("N/A", "To be filled by O.E.M.", "0000000", "none", "Default string", "<private>"):
        found = identified("H3C S5130S", "1.3.6.1.4.1.25506.1.1", chassis(serial=word, model="S5130S-28P-EI"))
        assert found.serial is None, word


def test_two_serials_are_both_shown() -> None:
    more = chassis(serial="210235A1234567") | {"1.3.6.1.4.1.25506.2.6.1.2.1.1.2.1": b"210235AFFFFFFF"}
    found = identified("H3C S5130S", "1.3.6.1.4.1.25506.1.1", more)
    source = next(s for s in found.sources if s.field == "serial")
    assert found.serial == "210235AFFFFFFF"
    assert source.disagrees.endswith("=210235A1234567")


def test_hostile_text_is_no_pattern_bomb() -> None:
    """Long and repetitive answers take no time to speak of, whatever file looks at them."""
    import time

    for text in ("A" * 1000, "S5 " * 330, "((((" * 250, "Version " * 120, "1." * 500, "-" * 1000):
        began = time.process_time()
        identified(text, "1.3.6.1.4.1.2011.2.23.1")
        identified(text, "1.3.6.1.4.1.99999")
        assert time.process_time() - began < 2.0


def test_stack_and_chassis_are_told_apart() -> None:
    """Of a stack the first chassis stands for the device (RFC 6933): its serial is the device's."""
    rows: dict[str, SnmpValue] = {f"{ENT}.5.1": 11, f"{ENT}.4.1": 0, f"{ENT}.5.1001": 3, f"{ENT}.4.1001": 1}
    rows |= {f"{ENT}.5.2001": 3, f"{ENT}.4.2001": 1, f"{ENT}.11.1001": b"FIRST1234", f"{ENT}.11.2001": b"SECOND123"}
    found = identified("Cisco IOS Software", "1.3.6.1.4.1.9.1.1208", rows)
    assert found.serial == "FIRST1234"


@pytest.mark.corpus
def test_recordings_score_no_less_than_before(corpus: Path, checkout: Path) -> None:
    """What the benchmark reached is kept: no field falls by more than half a point, no recording fails or is slow."""
    if not (corpus / "snmp").is_dir():
        pytest.skip("no SNMP recordings in the corpus")
    script = checkout / "benchmarks" / "snmp_corpus.py"
    tools = corpus.parent / "tools"
    command = [sys.executable, str(script), "--corpus", str(corpus / "snmp"), "--tools", str(tools)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^serial\s", done.stdout, re.MULTILINE)


def test_identifying_asks_nothing_of_others_makers() -> None:
    """Objects of one maker are never asked of another's agent: PDUs cost time on bad lines."""
    asked: list[str] = []

    class Noting(Recorded):
        def get(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
            asked.extend(oids)
            return super().get(oids)

    values: dict[str, SnmpValue] = {f"{SYSTEM}.1.0": b"H3C S5130S", f"{SYSTEM}.2.0": Oid("1.3.6.1.4.1.25506.1.1")}
    agent = Agent(Noting(values), NOW)
    assert isinstance(identity(agent), Identity)
    makers = {oid.split(".")[6] for oid in asked if oid.startswith("1.3.6.1.4.1.")}
    assert makers <= {"25506"}


def test_standard_places_are_kept_busy_by_no_text() -> None:
    """The patterns asked of everybody's sysDescr take no time to speak of, whatever it holds."""
    import time

    texts = [filler * 1024 for filler in ("A", "1.", "S5-", "Version ", "a b", ",1.1", "AA 1 ", "<<", ". ", "Model:")]
    for place in (place for field in FIELDS for place in getattr(standard(), field) if place.descr):
        for said in texts:
            began = time.process_time()
            pattern(place.descr).search(said[:1024])
            assert time.process_time() - began < 0.1, (place.descr, said[:10])


@pytest.mark.parametrize(
    ("descr", "model", "release"),
    [
        ("ACME-2400X Industrial Ethernet Switch, Firmware Version: 3.1.4b", "ACME-2400X", "3.1.4b"),
        ("GW-900, 4.2.17, Linux 4.19.1", "GW-900", "4.2.17"),
        ("Broadband modem <<HW_REV: 1; VENDOR: X; BOOTR: 2; SW_REV: 7.1.2; MODEL: CM-8200>>", "CM-8200", "7.1.2"),
        ("Linux gateway 4.14.221 #0 SMP Mon Feb 15 15:22:37 2021 armv7l", None, None),
    ],
)
def test_what_sysdescr_of_unknown_makers_tells(descr: str, model: str | None, release: str | None) -> None:
    found = identified(descr, "1.3.6.1.4.1.3.1.1")
    assert (found.model, found.release) == (model, release)


def test_appliances_on_net_snmp_are_their_makers() -> None:
    """An object of its own tells whose device it is that ships net-snmp; what told it is noted."""
    asked = "1.3.6.1.4.1.6574.1.5.1.0"
    more: dict[str, SnmpValue] = {asked: b"DS920+", "1.3.6.1.4.1.6574.1.5.3.0": b"DSM 7.2-64570"}
    found = identified("Linux nas 4.4.302+ #64570 SMP x86_64", "1.3.6.1.4.1.8072.3.2.10", more)
    assert (found.vendor, found.platform, found.model, found.release) == (
        "Synology",
        "synology_dsm",
        "DS920+",
        "7.2-64570",
    )
    assert next(s.where for s in found.sources if s.field == "platform") == asked


def test_a_parts_serial_stands_only_where_the_device_has_none() -> None:
    """entPhysicalSerialNum of a board neither replaces nor disputes the chassis's."""
    board: dict[str, SnmpValue] = {f"{ENT}.5.9": 9, f"{ENT}.4.9": 1, f"{ENT}.11.9": b"BOARD000001"}
    descr, object_id = "S5720\r\nHuawei Versatile Routing Platform Software", "1.3.6.1.4.1.2011.2.23.1"
    with_chassis = identified(descr, object_id, chassis(serial="CHASSIS0001") | board)
    source = next(s for s in with_chassis.sources if s.field == "serial")
    assert (with_chassis.serial, source.disagrees) == ("CHASSIS0001", "")
    assert source.where == "ENTITY-MIB::entPhysicalSerialNum.1"
    assert identified(descr, object_id, chassis() | board).serial == "BOARD000001"


def test_serial_of_parts_without_classes_is_the_first_told() -> None:
    rows: dict[str, SnmpValue] = {f"{ENT}.11.1": b"", f"{ENT}.11.2": b"A8CS9345F0002G"}
    assert identified("FSOS software, S5800", "1.3.6.1.4.1.27975.99.263", rows).serial == "A8CS9345F0002G"


def test_serial_that_is_a_mac_address() -> None:
    """Axis numbers its devices by their MAC; a port that is not Axis' own does not tell it."""
    macs: dict[str, SnmpValue] = {
        "1.3.6.1.2.1.2.2.1.6.1": bytes(6),
        "1.3.6.1.2.1.2.2.1.6.2": bytes.fromhex("020000000001"),
        "1.3.6.1.2.1.2.2.1.6.3": bytes.fromhex("accc8e010203"),
    }
    found = identified("; AXIS P1425-LE; Network Camera; 10.12.1; Apr 29 2023", "1.3.6.1.4.1.368.1.1", macs)
    assert (found.serial, found.kind) == ("ACCC8E010203", "camera")


def test_every_kind_has_words_in_both_languages() -> None:
    """Kinds are what reports and checks speak of: one that no report has words for is a slip of a vendor file."""
    kinds = {s.kind for v in vendors() for s in v.systems} | {v.kind for v in vendors()}
    assert kinds - {None} <= set(DEVICE_KINDS)


@pytest.mark.parametrize("host", ["huawei-srv1", "h3c-test", "Inspur", "cisco", "vyos", "ubuntu"])
def test_hosts_are_not_what_they_are_called(host: str) -> None:
    """The name of a host stands in its sysDescr: it says nothing of who made it."""
    found = identified(f"Linux {host} 5.4.0-1 #1 SMP Mon Feb 15 15:22:37 2021 x86_64", "1.3.6.1.4.1.8072.3.2.10")
    assert (found.vendor, found.platform, found.model) == ("Linux", "linux", "x86_64")
