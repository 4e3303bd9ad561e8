"""Makers of whom a county has a device or two, and makers that no file knows: what their agents tell."""

from __future__ import annotations

import pytest
from test_identify import ENT, NOW, Recorded, chassis, identified

from collectors.base import SnmpValue
from collectors.mibs.agent import Agent
from collectors.mibs.identity import identity
from collectors.vendors.files import Place, products
from inventory.errors import Missing
from inventory.facts import Identity

MIB2 = "1.3.6.1.2.1"
NOBODY = "3.1.1"  # ACC's number: no file is theirs


def under(objects: dict[str, SnmpValue]) -> dict[str, SnmpValue]:
    return {f"1.3.6.1.4.1.{oid}": value for oid, value in objects.items()}


def told(found: Identity) -> tuple[str | None, ...]:
    return found.vendor, found.platform, found.kind, found.model, found.release, found.serial


@pytest.mark.parametrize(
    ("object_id", "descr", "objects", "wanted"),
    [
        (
            *("14331.1.4", "Topsec  NGFW4000(TG-41204) Software Version V3.3.018.066_NGFW.1"),
            {"14331.5.5.1.3.1.0": b'"Q1700000001', "14331.5.5.1.3.2.0": b'"NGFW4000(TG-41204)'},
            ("Topsec", "topsec_tos", "firewall", "NGFW4000(TG-41204)", "V3.3.018.066_NGFW.1", "Q1700000001"),
        ),
        (  # the state of a pair is no release
            *("14331.1.4", "TopSEC NGFW"),
            {"14331.5.5.1.4.1.0": b"MASTER", "14331.5.5.1.3.5.0": b"3.3.010"},
            ("Topsec", "topsec_tos", "firewall", None, "3.3.010", None),
        ),
        (
            *("35047.2.1", "Linux AC 2.4.35.4-AC1.95 #57 SMP i686"),
            {"35047.1.1.0": b"model=M5500", "35047.2.1.1.7.0": b"Sangfor--AC-11.0.1"},
            ("Sangfor", "sangfor", "firewall", "M5500", "AC-11.0.1", None),
        ),
        (
            *("35047.2.12", "Linux Wac"),
            {"35047.1.1.0": b"county-office"},
            ("Sangfor", "sangfor", "wireless", None, None, None),
        ),
        (
            *("15227.1.3.1", "VENUS VSOS-V0700R0702B20190101"),
            {},
            ("Venustech", "venustech", "firewall", None, "VSOS-V0700R0702B20190101", None),
        ),
        (
            *("9833.1.1.1", "FIREWALL"),
            {"9833.1.3.5.0": b"V3.6"},
            ("Leadsec", "leadsec", "firewall", None, "V3.6", None),
        ),
        (
            *("19849", "ads"),
            {"19849.6.1.1.0": b"ADS-4020", "19849.6.1.2.0": b"0A1B-2C3D-4E5F-6071", "19849.6.1.4.0": b"V4.5R90F02"},
            ("NSFOCUS", "nsfocus", "firewall", "ADS-4020", "V4.5R90F02", "0A1B-2C3D-4E5F-6071"),
        ),
        (
            "27971",
            "Hardware: INFOSEC NSAE 4500 Intel(R) Xeon(R) CPU - Software: NSAE Rel.NSAE.8.5.1.2 build on Mon Jun 1",
            *({}, ("Infosec", "infosec_nsae", "load balancer", "NSAE 4500", "8.5.1.2", None)),
        ),
        (  # built on Vyatta's agent, and no router of Vyatta's
            *("30803", "Netentsec NGFW"),
            {},
            ("NetentSec", "netentsec", "firewall", None, None, None),
        ),
        (
            *("40093.1.1", "Pantum M7200FDW Series"),
            {"40093.1.1.1.5": b"CC2A000001"},
            ("Pantum", "pantum_printer", "printer", None, None, "CC2A000001"),
        ),
        (
            *("43943", "SNMP web card"),
            {"43943.1.1.1.3.0": b"Axpert 3K", "43943.1.1.1.4.0": b"92000000000001", "43943.1.1.1.6.0": b"VERFW:01.07"},
            ("Voltronic", "voltronic_ups", "ups", "Axpert 3K", "01.07", "92000000000001"),
        ),
        (  # the serial number in sysDescr is the management card's
            *("2468.1.2.1", "WebPower Pro II Mini Card v5.27 (SN 11120000000001)"),
            {},
            ("Ingrasys", "ingrasys_webpower", "ups", None, "5.27", None),
        ),
        (
            *("1182.2.1", "RTX1210 Rev.14.01.38 (Mon Jul 27 17:28:59 2020)"),
            {},
            ("Yamaha", "yamaha_rt", "router", "RTX1210", "14.01.38", None),
        ),
        (
            *("850.1.1.1", "PowerAlert"),
            {"850.1.1.1.2.1.6.1": b"rack 2 left", "850.1.1.2.1.1.5.1": b"3569FG0XX000000001"},
            ("Tripp Lite", "tripplite_poweralert", "ups", None, None, "3569FG0XX000000001"),
        ),
        (
            *("24062.2.1", "JetNet5010G Industrial Managed Switch"),
            {},
            ("Korenix", "korenix_jetnet", "switch", "JetNet5010G", None, None),
        ),
        (
            *("2011.2.294", "Huawei Integrated Access Software"),
            {"2011.6.3.1.999.0": b"MA5800V100R019C12"},
            ("Huawei", "huawei_smartax", "olt", "MA5800-X17", "MA5800V100R019C12", None),
        ),
        ("2011.2.89.5", "", {}, ("Huawei", "huawei_vrp", "router", "ME60-X8", None, None)),
        ("2011.2.23.163", "", {}, ("Huawei", "huawei_vrp", "switch", "S5700-28P-LI", None, None)),
        ("9.1.222", "", {}, ("Cisco", None, None, "cisco7206VXR", None, None)),
        (
            *("9.12.3.1.3.1084", "Cisco NX-OS(tm) n5000, Software (n5000-uk9), Version 6.0(2)N2(3), RELEASE SOFTWARE"),
            {},
            ("Cisco", "cisco_nxos", "switch", "N5kC5548UP", "6.0(2)N2(3)", None),
        ),
        (
            *("12356.101.1.1004", "office"),
            {"12356.101.4.1.1.0": b"v6.0.9,build0335,200121 (GA)"},
            ("Fortinet", "fortinet_fortigate", "firewall", "FortiGate 100D", "v6.0.9,build0335,200121 (GA)", None),
        ),
        (
            *("25461.2.3.43", "Palo Alto Networks PA-3200 series firewall"),
            {},
            ("Palo Alto Networks (PAN-OS)", "paloalto_panos", "firewall", "PA-3220", None, None),
        ),
        (
            "2011.2.360.1.30",
            "VRP (R) software, Version 8.220 (NetEngine 8000 V800R022C00SPC600)\r\nHUAWEI NetEngine 8000 F1A-8H20Q\r\n",
            {},
            ("Huawei", "huawei_vrp", "router", "NetEngine 8000 F1A-8H20Q", "V800R022C00SPC600", None),
        ),
        (
            *("4881.1.8.1.1.1", "Ruijie Firewall (RG-WALL 1600-Z3200-S) By Ruijie Networks"),
            {},
            ("Ruijie", "ruijie_rgos", "firewall", "RG-WALL 1600-Z3200-S", None, None),
        ),
        (
            *("14988.2", "SwOS CSS326-24G-2S+"),
            {},
            ("MikroTik", "mikrotik_swos", "switch", "CSS326-24G-2S+", None, None),
        ),
        (
            *("6574.1", "Linux nas 4.4.59+ #25426 SMP x86_64"),
            {"6574.1.5.1.0": b"DS918+", "6574.1.5.2.0": b"1780PDN000001", "6574.1.5.3.0": b"DSM 6.2-25426"},
            ("Synology", "synology_dsm", "storage", "DS918+", "6.2-25426", "1780PDN000001"),
        ),
        (
            "674.11000.5000.100.2.1.7",
            "Dell EMC Networking OS10 Enterprise. OS Version: 10.5.1.4. System Type: S4148T-ON",
            {},
            ("Dell", "dell_os10", "switch", "S4148T-ON", "10.5.1.4", None),
        ),
        ("12356.101.1.645", "branch", {}, ("Fortinet", "fortinet_fortigate", "firewall", "FortiGate 61F", None, None)),
        (
            *("1916.2.71", "ExtremeXOS version 12.2.2.11 v1222b11 by release-manager on Fri Jan 9 00:00:00 PST 2009"),
            {},
            ("Extreme Networks", "extreme_xos", "switch", "X450a-24t", "12.2.2.11", None),
        ),
        (  # a stack's number and words name no model
            *("1916.2.93", "ExtremeXOS (Stack) version 15.3.1.4 v1531b4-patch1-7 by release-manager"),
            {},
            ("Extreme Networks", "extreme_xos", "switch", None, "15.3.1.4", None),
        ),
        (
            *("1916.2.28", "Summit48si - Version 7.8.4 (Build 1) by Release_Master 05/18/2012"),
            {},
            ("Extreme Networks", "extremeware", "switch", "Summit48si", "7.8.4", None),
        ),
        (
            *("5624.2.1.144", "Enterasys Networks, Inc. B5G124-48 Rev 06.61.03.0004"),
            {},
            ("Enterasys (Extreme Networks)", "enterasys", "switch", "B5G124-48", "06.61.03.0004", None),
        ),
        ("15004.2.1", "RuggedCom RSG2100", {}, ("Siemens", "siemens_ruggedcom_ros", "switch", "RSG2100", None, None)),
        (
            *("43.1.16.4.3.29", "3Com Switch 4500 26-Port Software Version 3Com OS V3.03.02s168p08"),
            {},
            ("3Com", "3com", "switch", "Switch 4500 26-Port", "V3.03.02s168p08", None),
        ),
        (  # the number on the card in the UPS is not that of the UPS
            "318.1.3.27",
            "APC Web/SNMP Management Card (MB:v4.1.0 PF:v6.4.0 MN:AP9631 HR:05 SN: ZA1234567890 MD:01/01/2015)",
            {},
            ("APC", "apc_aos", "ups", "Web/SNMP Management Card", "6.4.0", None),
        ),
        (
            *("12532.252.5.1", "Juniper Networks,Inc,MAG-2600,7.1R1"),
            {},
            ("Pulse Secure", "pulse_secure", "vpn", "MAG-2600", "7.1R1", None),
        ),
        (
            *("4881.1.3.1.1.120", "Ruijie Indoor AP840-I(V2) (802.11a/n/ac and 802.11b/g/n) By Ruijie Networks"),
            {},
            ("Ruijie", "ruijie_rgos", "wireless", "AP840-I(V2)", None, None),
        ),
        (
            *("12325.1.1.2.1.1", "pfSense fw.example.com 2.4.5-RELEASE FreeBSD 11.3-STABLE amd64"),
            {},
            ("pfSense", "pfsense", "firewall", "amd64", "2.4.5-RELEASE", None),
        ),
        (
            *("6339.1.1.2.80", "DCRS-5960-28T Device\nSoftWare Version DCRS-5960-28T_6.3.100.12\nBootRom Version 1.5"),
            {},
            ("DCN", "dcn_software", "switch", "DCRS-5960-28T", "6.3.100.12", None),
        ),
        # the maker's name with a figure in it is no model
        ("25506.1.9", "H3C blade server", {}, ("H3C", "h3c_comware", None, None, None, None)),
        ("45577.1.1", "Sundray WAC-6000 controller", {}, ("Sundray", "sundray", "wireless", "WAC-6000", None, None)),
        ("50536.3.1", "TrueNAS-12.0-U8", {}, ("TrueNAS", "truenas", "storage", None, "12.0-U8", None)),
        (
            *("259.6.10.94", "Layer2+ Fast Ethernet Standalone Switch ES3528M"),
            {},
            ("Edgecore", "edgecos", "switch", "ES3528M", None, None),
        ),
        (
            *("3808.1.1.3", "PDU"),
            {"3808.1.1.3.1.5.0": b"PDU41001", "3808.1.1.3.1.3.0": b"1.2.5", "3808.1.1.3.1.6.0": b"CKHFR7000001"},
            ("CyberPower", "cyberpower", "pdu", "PDU41001", "1.2.5", "CKHFR7000001"),
        ),
        # a number that Fortinet gave to two products
        ("12356.101.1.701", "branch", {}, ("Fortinet", "fortinet_fortigate", "firewall", None, None, None)),
    ],
)  # fmt: skip
def test_what_makers_agents_tell(
    object_id: str, descr: str, objects: dict[str, SnmpValue], wanted: tuple[str | None, ...]
) -> None:
    assert told(identified(descr, f"1.3.6.1.4.1.{object_id}", under(objects))) == wanted


@pytest.mark.parametrize(
    ("object_id", "root"),
    [("202.20.68.101", "202.20.68"), ("259.10.1.42.101", "259.10.1.42"), ("52642.2.1.46.102", "52642.2.1.46")],
    ids=["SMC", "Edgecore", "FS"],
)
def test_products_with_a_mib_of_their_own(object_id: str, root: str) -> None:
    """Each product's objects lie below its own number: one rule for products that are not out yet."""
    own = {
        f"{root}.1.1.5.1.0": b"XX4100-28T",
        f"{root}.1.1.3.1.6.1": b"1.2.3.4",
        f"{root}.1.1.3.1.10.1": b"EC2000000001",
    }
    found = identified("switch", f"1.3.6.1.4.1.{object_id}", under(dict(own)))
    assert (found.model, found.release, found.serial) == ("XX4100-28T", "1.2.3.4", "EC2000000001")


def test_a_place_below_the_sysobjectid_needs_one_of_the_maker() -> None:
    """Whose sysObjectID is a bare enterprise number has no product's MIB, and net-snmp's number is not the maker's."""
    own = under({"259.1.1.5.1.0": b"XX4100-28T", "1.1.5.1.0": b"XX4100-28T"})
    assert identified("switch", "1.3.6.1.4.1.259", own).model is None
    assert identified("switch", "1.3.6.1.4.1.259.1", own).model is None
    with pytest.raises(ValueError, match="up only with below"):
        Place(get="1.3.6.1.2.1.1.1.0", up=1)
    with pytest.raises(ValueError, match="exactly one"):
        Place(below="1.0", descr="x")


@pytest.mark.parametrize(
    ("descr", "release"),
    [
        ("Station, hardware revision 5", None),
        ("Station; HW rev. 7; bootrom ver 1.2; board version: 2", None),
        ("Station hardware version:V2.2.4;software version:V2.3.0", "2.3.0"),
        ("Station version 4.1", "4.1"),
    ],
)
def test_version_of_a_part_is_no_release(descr: str, release: str | None) -> None:
    assert identified(descr, f"1.3.6.1.4.1.{NOBODY}").release == release


def test_kinds_that_standard_mibs_give_away() -> None:
    """Who made it is the register's word alone, its platform nobody's; what Printer-MIB and UPS-MIB tell is there."""
    printer: dict[str, SnmpValue] = {
        f"{MIB2}.43.5.1.1.1.1": 4, f"{MIB2}.43.5.1.1.17.1": b"X7A0000001", f"{MIB2}.25.3.2.1.3.1": b"LP-4500 Laser",
    }  # fmt: skip
    found = identified("print server", f"1.3.6.1.4.1.{NOBODY}", printer)
    assert told(found)[1:] == (None, "printer", "LP-4500 Laser", None, "X7A0000001")
    ups: dict[str, SnmpValue] = {
        f"{MIB2}.33.1.1.1.0": b"Somebody",
        f"{MIB2}.33.1.1.2.0": b"Line 3000",
        f"{MIB2}.33.1.1.4.0": b"2.17",
    }
    assert told(identified("agent", f"1.3.6.1.4.1.{NOBODY}", ups))[1:] == (None, "ups", "Line 3000", "2.17", None)
    # a maker whose file knows what it makes is not asked
    assert identified("H3C S5130S", "1.3.6.1.4.1.25506.1.1", ups).kind == "switch"


@pytest.mark.parametrize(
    ("descr", "objects"),
    [
        ("network device", {}),
        ("Embedded web server", {f"{MIB2}.25.3.2.1.3.1": b"GenuineIntel: Xeon"}),  # hrDeviceDescr of a host's processor
        ("Firmware", chassis(descr="Chassis", serial="not set")),
        ("Version", {f"{ENT}.5.1": 3, f"{ENT}.11.1": b"N/A"}),
        ("built Mar 12 2021", {}),
        ("", {}),
        ("switch of the second floor", {}),
        ("机房交换机", {}),
        # names of techniques and of places, an address, and what is the agent's or the kernel's
        *((words, {}) for words in ("IPv6 router", "RS-232 device server", "T1/E1 gateway", "ISO9001 gateway")),
        *((words, {}) for words in ("Switch1", "ROUTER-2", "AP-3F-01", "Building7 switch", "IDF3 switch room")),
        *((words, {}) for words in ("192.0.2.1", "NET-SNMP version 5.7.2", "Kernel 3.10.0", "RTOS V1")),
    ],
)
def test_unknown_stays_unknown_whatever_is_said(descr: str, objects: dict[str, SnmpValue]) -> None:
    found = identified(descr, f"1.3.6.1.4.1.{NOBODY}", objects)
    assert (found.platform, found.kind, found.model, found.release, found.serial) == (None,) * 5


@pytest.mark.parametrize(
    ("kernel", "vendor"),
    [
        ("3.10.0-862.14.1.5.h470.eulerosv2r7.x86_64 #1", "EulerOS Linux"),
        ("5.10.0-60.18.0.50.r865_35.hce2.x86_64 #1", "Huawei Cloud EulerOS Linux"),
        ("4.19.90-2102.2.0.0062.ctl2.x86_64 #1", "CTyunOS Linux"),
        ("4.19.0-240.23.11.el8_2.bclinux.x86_64 #1", "BigCloud Linux"),
        ("5.4.119-20.0009.20.oc8.x86_64 #1", "OpenCloudOS Linux"),
        ("5.4.18-35-generic #21-KYLINOS", "Kylin Linux"),
        ("4.12.14-122.37-default #1", "SUSE Linux"),
        ("4.18.0-305.el8.x86_64 #1", "Linux"),
    ],
)
def test_distributions_that_tag_their_kernels(kernel: str, vendor: str) -> None:
    found = identified(f"Linux db1 {kernel} SMP Tue Mar 1 2022 x86_64", "1.3.6.1.4.1.8072.3.2.10")
    assert (found.vendor, found.platform, found.model) == (vendor, "linux", "x86_64")
    assert found.release == kernel.partition(" ")[0]


@pytest.mark.parametrize(
    ("sort", "version", "wanted"),
    [
        (2, "Windows Version 10.0 (Build 17763 Multiprocessor Free)", "Server 2019"),
        (3, "Windows Version 6.3 (Build 9600 Multiprocessor Free)", "Server 2012 R2"),
        (1, "Windows Version 10.0 (Build 19045 Multiprocessor Free)", "10 22H2"),
        (2, "Windows Version 10.0 (Build 99999 Multiprocessor Free)", "10.0"),  # a build that is not out yet
        (2, "Windows NT Version 4.0 (Build 1381 Multiprocessor Free)", "4.0"),
    ],
)
def test_windows_release_is_told_by_its_build(sort: int, version: str, wanted: str) -> None:
    """17763 is Server 2019 and Windows 10 1809: which of them, sysObjectID tells."""
    found = identified(f"Hardware: AMD64 Family 6 - Software: {version}", f"1.3.6.1.4.1.311.1.1.3.1.{sort}")
    assert (found.kind, found.release) == ("server", wanted)


def test_a_camera_without_a_system_group_is_its_makers() -> None:
    """By an object that no other's agents have; an agent that has none of them says nothing of itself."""
    objects = under({"39165.1.1.0": b"DS-2CD3T46", "39165.1.3.0": b"V5.5.800 build 210628"})
    found = identity(Agent(Recorded(objects), NOW))
    assert isinstance(found, Identity)
    assert told(found) == ("Hikvision", "hikvision_cam", "camera", "DS-2CD3T46", "V5.5.800 build 210628", None)
    assert found.hostname is None
    assert isinstance(identity(Agent(Recorded(under({"9.9.1.0": b"x"})), NOW)), Missing)


def test_a_card_beside_the_chassis_is_not_the_device() -> None:
    """Agents hang cards on nothing: where there is a chassis, its card's number is not taken for its own."""
    rows: dict[str, SnmpValue] = {
        f"{ENT}.5.1": 3, f"{ENT}.4.1": 0, f"{ENT}.11.1": b"", f"{ENT}.13.1": b"9900",
        f"{ENT}.5.2": 9, f"{ENT}.4.2": 0, f"{ENT}.11.2": b"4294967307",
        f"{ENT}.5.3": 9, f"{ENT}.4.3": 0, f"{ENT}.11.3": b"229020000001",
    }  # fmt: skip
    found = identified("ZXR10 9908 Software, 9900 Version: V1.01", "1.3.6.1.4.1.3902.3.600.3.1.601", rows)
    assert (found.model, found.serial) == ("9908", None)


@pytest.mark.parametrize(
    ("object_id", "descr", "model", "wanted"),
    [
        (
            "25506.1.921",
            "H3C Comware Platform Software, Software Version 7.1.075",
            "H3C SR8812-X",
            ("router", "SR8812-X"),
        ),
        ("25506.1.999", "H3C Comware Platform Software, Software Version 7.1.070", "S6520X-30QC-EI", ("switch", None)),
        ("9.1.999999", "Cisco Internetwork Operating System Software", "WS-C4506-E", ("switch", None)),
        ("9.1.999999", "Cisco Internetwork Operating System Software", "CISCO2921/K9", ("router", None)),
        ("9.1.999999", "Cisco Internetwork Operating System Software", "XYZ", (None, "XYZ")),
    ],
)
def test_kinds_that_the_chassis_tells(object_id: str, descr: str, model: str, wanted: tuple[str | None, ...]) -> None:
    """Where agents leave the product out of sysDescr, or send its first line alone."""
    found = identified(descr, f"1.3.6.1.4.1.{object_id}", chassis(model=model))
    assert (found.kind, found.model) == (wanted[0], wanted[1] or model)


@pytest.mark.parametrize("name", ["cisco", "extreme", "fortinet", "huawei", "paloalto"])
def test_lists_of_products_name_each_number_once(name: str) -> None:
    listed = products(f"{name}-products.tsv")
    assert len(listed) > 40
    assert all(number.replace(".", "").isdigit() and product.strip() == product for number, product in listed.items())
