"""The stack of a server out of its facts: what names a product, and what names none."""

from __future__ import annotations

import pytest

from inventory.errors import Gap, Missing
from inventory.facts import (
    Fact,
    Hardware,
    Identity,
    Listener,
    Listeners,
    OperatingSystem,
    RunningServices,
    Software,
    SystemGroup,
)
from inventory.products.stack import Stack, products, program, stack

AGENT = SystemGroup("Linux app 4.19.90-24.4.v2101.ky10.aarch64 #1 SMP aarch64", None, "app", None, None, None, None)


def of(*facts: Fact) -> Stack:
    known = {type(fact): fact for fact in facts}
    return stack(lambda kind: known.get(kind, Missing(Gap.UNREAD)))


def system(architecture: str | None, processor: str | None = None, kernel: str | None = None) -> OperatingSystem:
    return OperatingSystem(None, None, kernel, architecture, processor)


@pytest.mark.parametrize(
    ("fact", "cpu"),
    [
        (system("aarch64", "HiSilicon Kunpeng-920"), "kunpeng"),
        (system("aarch64", "implementer 0x48 part 0xd01"), "kunpeng"),
        (system("aarch64", "implementer 0x70 part 0x662"), "phytium"),
        (system("aarch64", "Phytium FT-2000+/64"), "phytium"),
        (system("aarch64", "Phytium,S5000C/64"), "phytium"),
        (system("aarch64", "FT-1500A"), "phytium"),
        (system("x86_64", "Hygon C86-4G (OPN:7390)"), "hygon"),
        (system("loongarch64", "Loongson-3C5000L-LL"), "loongson"),
        (system("aarch64", "Ampere(R) Altra(R) Processor"), "ampere"),
        (system("x86_64", "HygonGenuine Hygon C86 7285 32-core Processor"), "hygon"),
        (system("x86_64", "CentaurHauls ZHAOXIN KaiSheng KH-37800D@2.7GHz"), "zhaoxin"),
        (system("x86_64", "Shanghai ZHAOXIN KaiXian KX-6640MA"), "zhaoxin"),
        (system("loongarch64"), "loongson"),
        (system("mips64", "generic-loongson-machine Loongson-3 V0.4"), "loongson"),
        (system("sw_64"), "sunway"),
        (system("x86_64", "GenuineIntel Intel(R) Xeon(R) Gold 5218"), "intel"),
        (system("x86_64", "AuthenticAMD AMD EPYC 7542"), "amd"),
        (system("aarch64"), None),  # several makers build it
        (system("x86_64"), None),
        (system("aarch64", "implementer 0x41 part 0xd0c"), None),
        (system("x86_64", "implementer 0x48 part 0xd01"), None),  # a name beside another architecture
    ],
)
def test_processor(fact: OperatingSystem, cpu: str | None) -> None:
    assert [part.product.id for part in of(fact).of("cpu")] == ([cpu] if cpu else [])


def test_machine_names_the_processor_where_it_does_not_itself() -> None:
    machine = Hardware("Huawei", "TaiShan 200 (Model 2280)", None, "")
    assert [(p.product.id, p.by) for p in of(system("aarch64"), machine).of("cpu")] == [("kunpeng", "hardware")]
    assert of(system("x86_64"), machine).of("cpu") == ()


@pytest.mark.parametrize(
    ("fact", "os"),
    [
        (OperatingSystem("openEuler", "22.03", None, None), "openeuler"),
        (OperatingSystem("kylin", "V10", None, None), "kylin"),
        (OperatingSystem("uos", "20", None, None), "uos"),
        (OperatingSystem("anolis", "8.8", None, None), "anolis"),
        (OperatingSystem("newstart", "V6", None, None), "newstart"),
        (system(None, kernel="4.18.0-240.15.1.el8_3.cgslv6_2.8.x86_64"), "newstart"),
        (system(None, kernel="5.10.134-12.2.zncgsl6.x86_64"), "newstart"),
        (system(None, kernel="4.19.0-91.82.42.uelc20.x86_64"), "uos"),
        (system(None, kernel="4.19.0-arm64-server"), "uos"),
        (system(None, kernel="4.4.131-20200710.kylin.server-generic"), "kylin"),
        (system(None, kernel="6.1.0-13-amd64"), "debian"),
        (system(None, kernel="5.4.18-85-generic"), "ubuntu"),
        (OperatingSystem("centos", "7", None, None), "centos"),
        (system(None, kernel="4.19.90-52.22.v2207.ky10.aarch64"), "kylin"),
        (system(None, kernel="5.10.0-60.18.0.50.oe2203.aarch64"), "openeuler"),
        (system(None, kernel="4.19.91-26.an8.x86_64"), "anolis"),
        (AGENT, "kylin"),
        (Identity(kind="server", release="UOS Server 20"), "uos"),
        (Identity(kind="switch", release="Kylin"), None),
        (system(None, kernel="5.4.0"), None),
    ],
)  # fmt: skip
def test_operating_system(fact: Fact, os: str | None) -> None:
    assert [part.product.id for part in of(fact).of("os")] == ([os] if os else [])


def test_databases_and_middleware_by_the_strongest_that_tells() -> None:
    found = of(
        Listeners((Listener("tcp", 5236, None, 4, "dmserver"), Listener("tcp", 8080, None, 4, "java"))),
        RunningServices(("DmServiceDMSERVER", "tongweb", "/opt/Kingbase/bin/kingbase")),
        Software((("mysql-community-server", "8.0"), ("vim", "9"))),
    )
    assert {(p.product.id, p.by) for p in found.of("database")} == {
        ("dameng", "listens"), ("kingbase", "runs"), ("mysql", "installed"),
    }  # fmt: skip
    assert [(p.product.id, p.by) for p in found.of("middleware")] == [("tongweb", "runs")]


@pytest.mark.parametrize(
    ("product", "names"),
    [
        ("dameng", ["dmserver", "DmServiceDMSERVER.service", "DmAPService", "dmwatcher"]),
        ("kingbase", ["kingbase", "kingbase8d", "kingbasees-v8r6", "sys_ctl"]),
        ("opengauss", ["gaussdb", "gaussmaster", "gs_ctl", "om_monitor", "mogdb"]),
        ("oceanbase", ["observer", "obproxy", "oceanbase-ce"]),
        ("tidb", ["tidb-server", "tikv-20160.service", "pd-server"]),
        ("gbase", ["gbased", "gcluster", "gclusterd", "gcware"]),
        ("oscar", ["oscar", "oscaragent", "oscardb_OSRDBd"]),
        ("tongweb", ["tongweb", "TongWeb.service", "tongweb7"]),
        ("bes", ["besserver", "BESAppServer-9.5", "bes-appserver"]),
        ("inforsuite", ["inforsuite", "InforSuiteAS"]),
        ("apusic", ["apusic", "apusic-server", "aams"]),
        ("primeton", ["PrimetonAS", "primeton-appserver", "pas-server"]),
    ],
)  # fmt: skip
def test_programs_of_domestic_products(product: str, names: list[str]) -> None:
    assert {name: found[1].id for name in names if (found := program(name))} == dict.fromkeys(names, product)


def test_a_name_within_another_is_no_product() -> None:
    assert program("dmserver-exporter") is None
    assert program("observer-agent") is None
    assert program(None) is None
    layer, product = program("C:\\Dm\\dmserver.exe") or ("", None)
    assert (layer, product.id if product else None) == ("database", "dameng")


def test_verdict_needs_processor_and_system_and_is_not_swayed_by_what_is_merely_installed() -> None:
    kunpeng, kylin = system("aarch64", "Kunpeng-920"), OperatingSystem("kylin", "V10", None, "aarch64", "Kunpeng-920")
    assert of(kunpeng).domestic is None
    assert of(kylin).domestic is True
    assert of(kylin, Software((("mysql-community-server", "8.0"),))).domestic is True
    assert of(kylin, RunningServices(("nginx",))).domestic is True, "open source speaks neither way"
    assert of(kylin, RunningServices(("mysqld",))).domestic is False
    assert of(OperatingSystem("centos", "7", None, "aarch64", "Kunpeng-920")).domestic is False


def test_products_are_each_listed_once() -> None:
    every = [*products().cpu, *products().os, *products().database, *products().middleware]
    assert len({product.id for product in every}) == len(every)
