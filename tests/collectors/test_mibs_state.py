"""What hardware and services are doing: sensors, fans, power supplies, running programs."""

from __future__ import annotations

import pytest
from mib_objects import Objects, told

from collectors.base import Oid
from inventory.errors import Missing
from inventory.facts import Load, RunningServices, Sensor, Sensors

OBJECT_ID = "1.3.6.1.2.1.1.2.0"
SENSOR, ENTITY = "1.3.6.1.2.1.99.1.1.1", "1.3.6.1.2.1.47.1.1.1.1"
CISCO, HUAWEI, H3C = "1.3.6.1.4.1.9.9.13.1", "1.3.6.1.4.1.2011.5.25.31.1.1", "1.3.6.1.4.1.25506.2.6.1.1.1.1"
RUN = "1.3.6.1.2.1.25.4.2.1"
FORTIGATE = "1.3.6.1.4.1.12356.101.4.3.2.1"


def sensor(kind: int, scale: int, precision: int, value: int, state: int = 1) -> Objects:
    columns = zip(range(1, 6), (kind, scale, precision, value, state), strict=True)
    return {f"{SENSOR}.{n}.7": each for n, each in columns} | {f"{ENTITY}.7.7": b"Inlet", f"{ENTITY}.5.7": 8}


def items(*objects: Objects) -> tuple[Sensor, ...]:
    fact = told(Sensors, *objects)
    assert isinstance(fact, Sensors)
    return fact.items


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (sensor(8, 9, 0, 31), Sensor("Inlet", "temperature", 31.0, "°C", True)),
        (sensor(8, 9, 1, 315), Sensor("Inlet", "temperature", 31.5, "°C", True)),
        (sensor(4, 8, 0, 3312), Sensor("Inlet", "voltage", 3.312, "V", True)),
        (sensor(10, 9, 0, 5400), Sensor("Inlet", "fan", 5400.0, "rpm", True)),
        (sensor(6, 10, 0, 2), Sensor("Inlet", "power", 2000.0, "W", True)),
        (sensor(8, 9, 0, 1_000_000_000), Sensor("Inlet", "temperature", None, "°C", True)),  # overflow
        (sensor(8, 9, 0, 31, state=3), Sensor("Inlet", "temperature", None, "°C", False)),  # a dead sensor says nothing
        (sensor(99, 77, -5, 31), Sensor("Inlet", "other", 31.0, "", True)),  # numbers no MIB knows
        (sensor(12, 9, 0, 1), Sensor("Inlet", "truth", None, "", True)),
    ],
)
def test_sensor_of_the_standard_mib(row: Objects, expected: Sensor) -> None:
    assert items(row) == (expected,)


def test_makers_own_tables_are_read_of_their_devices_alone() -> None:
    cisco: Objects = {
        f"{CISCO}.3.1.2.1": b"Chassis", f"{CISCO}.3.1.3.1": 41, f"{CISCO}.3.1.6.1": 1,
        f"{CISCO}.5.1.2.1": b"PS 1", f"{CISCO}.5.1.3.1": 1, f"{CISCO}.5.1.2.2": b"PS 2", f"{CISCO}.5.1.3.2": 6,
        f"{CISCO}.5.1.2.3": b"PS 3", f"{CISCO}.5.1.3.3": 5,
    }  # fmt: skip
    assert items({OBJECT_ID: Oid("1.3.6.1.4.1.9.1.1208")}, cisco) == (
        Sensor("Chassis", "temperature", 41.0, "°C", True),
        Sensor("PS 1", "powerSupply", None, "", True),
        Sensor("PS 2", "powerSupply", None, "", False),
        Sensor("PS 3", "powerSupply", None, "", None),  # notPresent
    )
    assert not isinstance(told(Sensors, {OBJECT_ID: Oid("1.3.6.1.4.1.2011.2.1")}, cisco), Sensors)


@pytest.mark.parametrize(
    ("said", "value"),
    [(b"41.5", 41.5), (b" -3 ", -3.0), (b"nan", None), (b"-inf", None), (b"1e999", None), (b"", None)],
)
def test_reading_in_text_is_a_figure_or_none(said: bytes, value: float | None) -> None:
    fortigate: Objects = {f"{FORTIGATE}.2.1": b"CPU", f"{FORTIGATE}.3.1": said, f"{FORTIGATE}.4.1": 0}
    assert items({OBJECT_ID: Oid("1.3.6.1.4.1.12356.101.1.1")}, fortigate) == (Sensor("CPU", "other", value, "", True),)


@pytest.mark.parametrize("said", ["", "1.3.6.1.4.1", "1.3.6.1.4.1.", "1.3.6.1.4.1.x", "9"])
def test_object_id_that_names_no_maker(said: str) -> None:
    assert items({OBJECT_ID: Oid(said)}, sensor(8, 9, 0, 31)) == (Sensor("Inlet", "temperature", 31.0, "°C", True),)


def test_power_supply_that_is_not_there_is_left_out() -> None:
    power = f"{HUAWEI}.18.1"
    huawei: Objects = {
        f"{power}.5.0.1": 1, f"{power}.6.0.1": 1, f"{power}.9.0.1": b"PWR1",
        f"{power}.5.0.2": 2, f"{power}.6.0.2": 4, f"{power}.9.0.2": b"PWR2",
        f"{HUAWEI}.10.1.6.0.1": 1, f"{HUAWEI}.10.1.7.0.1": 2,
    }  # fmt: skip
    assert items({OBJECT_ID: Oid("1.3.6.1.4.1.2011.2.23.289")}, huawei) == (
        Sensor("fan 0.1", "fan", None, "", False),
        Sensor("PWR1", "powerSupply", None, "", True),
    )


def test_state_by_entity_is_of_the_kind_the_entity_is() -> None:
    h3c: Objects = {
        f"{ENTITY}.5.3": 6, f"{ENTITY}.7.3": b"PSU 1", f"{H3C}.19.3": 51,
        f"{ENTITY}.5.4": 7, f"{ENTITY}.7.4": b"FAN 1", f"{H3C}.19.4": 2,
        f"{ENTITY}.5.5": 10, f"{ENTITY}.7.5": b"GE1/0/1", f"{H3C}.19.5": 2,
        f"{ENTITY}.5.6": 6, f"{ENTITY}.7.6": b"PSU 2", f"{H3C}.19.6": 1,
    }  # fmt: skip
    assert items({OBJECT_ID: Oid("1.3.6.1.4.1.25506.1.1")}, h3c) == (
        Sensor("PSU 1", "powerSupply", None, "", False),
        Sensor("FAN 1", "fan", None, "", True),
    )


def test_running_programs_are_named_once_and_without_parameters() -> None:
    rows: Objects = {
        f"{RUN}.2.1": b"kthreadd", f"{RUN}.6.1": 2, f"{RUN}.2.8": b"nginx", f"{RUN}.6.8": 4,
        f"{RUN}.2.9": b"nginx", f"{RUN}.6.9": 4, f"{RUN}.5.9": b"--password=s3cret", f"{RUN}.2.10": b"",
    }  # fmt: skip
    assert told(RunningServices, rows) == RunningServices(("nginx",))


def test_services_of_windows_come_before_its_programs() -> None:
    rows: Objects = {"1.3.6.1.4.1.77.1.2.3.1.1.3.68.78.83": b"DNS", f"{RUN}.2.8": b"svchost.exe", f"{RUN}.6.8": 4}
    assert told(RunningServices, rows) == RunningServices(("DNS",))


def test_load_is_that_of_the_busiest_board() -> None:
    huawei: Objects = {OBJECT_ID: Oid("1.3.6.1.4.1.2011.2.23.1")}
    huawei |= {f"{HUAWEI}.1.1.5.{n}": value for n, value in ((1, 0), (2, 41), (3, 83), (4, 4_000_000_000))}
    huawei |= {f"{HUAWEI}.1.1.7.2": 58}
    assert told(Load, huawei) == Load(83.0, 58.0)
    h3c: Objects = {OBJECT_ID: Oid("1.3.6.1.4.1.25506.1.1"), f"{H3C}.6.5": 12, f"{H3C}.8.5": 91}
    assert told(Load, h3c) == Load(12.0, 91.0)


def test_load_of_a_host_is_that_of_its_processors() -> None:
    host: Objects = {OBJECT_ID: Oid("1.3.6.1.4.1.8072.3.2.10")}
    host |= {f"1.3.6.1.2.1.25.3.3.1.2.{n}": value for n, value in ((1, 7), (2, 64))}
    assert told(Load, host) == Load(64.0, None)


def test_an_agent_without_such_objects_leaves_the_load_open() -> None:
    assert isinstance(told(Load, {OBJECT_ID: Oid("1.3.6.1.4.1.8072.3.2.10")}), Missing)
