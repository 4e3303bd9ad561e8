"""Devices that offices have and no recording shows: what their agents say, by their makers' manuals and MIBs."""

from __future__ import annotations

import pytest
from test_identify import ENT, chassis, identified

from collectors.base import SnmpValue
from collectors.vendors.files import Place

HUAWEI = "Copyright (C) 2012-2018 Huawei Technologies Co., Ltd."
VRP = "Huawei Versatile Routing Platform Software\r\nVRP (R) software, Version"
H3C = "Copyright (c) 2004-2019 New H3C Technologies Co., Ltd. All rights reserved."
COMWARE = "H3C Comware Platform Software, Software Version"


@pytest.mark.parametrize(
    ("object_id", "descr", "kind", "model", "release"),
    [
        (
            *("2011.2.239.41", f"{VRP} 8.180 (CE6856HI V200R005C10SPC800)\r\n{HUAWEI}\r\nHUAWEI CE6856-48S6Q-HI\r\n"),
            *("switch", "CE6856-48S6Q-HI", "V200R005C10SPC800"),
        ),
        (
            "2011.2.224.57",
            f"Huawei AR2220E {VRP.replace(chr(13) + chr(10), ' ')} 5.170 (AR2200 V200R009C00SPC500) {HUAWEI}",
            *("router", "AR2220E", "V200R009C00SPC500"),
        ),
        (
            *("2011.2.62.2.5", f"{VRP} 8.150 (NE40E V800R009C10SPC200)\r\n{HUAWEI}\r\nHUAWEI NE40E-X8\r\n"),
            *("router", "NE40E-X8", "V800R009C10SPC200"),
        ),
        (
            "2011.2.62.99",
            f"{VRP} 8.210 (NetEngine 8000 V800R021C00SPC100)\r\n{HUAWEI}\r\nHUAWEI NetEngine 8000 M14\r\n",
            *("router", "NetEngine 8000 M14", "V800R021C00SPC100"),
        ),
        (
            *("2011.2.321.4", f"USG6330\r\n{VRP} 5.160 (USG6300 V500R001C60SPC500)\r\n{HUAWEI}"),
            *("firewall", "USG6330", "V500R001C60SPC500"),
        ),
        (
            *("2011.2.122.44", f"{VRP} 5.30 (USG5500 V300R001C10SPC600)\r\n{HUAWEI}"),
            *("firewall", "USG5500", "V300R001C10SPC600"),
        ),
        (
            *("2011.2.240.4", f"Huawei AC6005\r\n{VRP} 5.170 (AC6005 V200R019C00SPC500)\r\n{HUAWEI}"),
            *("wireless", "AC6005", "V200R019C00SPC500"),
        ),
        (
            "2011.2.240.100",
            f"Huawei AirEngine 5760-51\r\n{VRP} 5.170 (AirEngine5700 V200R019C00SPC803)\r\n{HUAWEI}",
            *("wireless", "AirEngine 5760-51", "V200R019C00SPC803"),
        ),
        (
            *("2011.2.23.96", f"Quidway S5328C-EI\r\n{VRP} 5.70 (S5300 V100R005C01SPC100)\r\n{HUAWEI}"),
            *("switch", "S5328C-EI", "V100R005C01SPC100"),
        ),
        (
            "2011.2.321.90",
            f"Huawei YunShan OS\r\nVersion 1.23.0 (USG6000F V600R023C00SPC100)\r\n{HUAWEI}\r\nHUAWEI USG6525F\r\n",
            *("firewall", "USG6525F", "V600R023C00SPC100"),
        ),
        (
            *("25506.1.875", f"{COMWARE} 7.1.045, Release 7533P05\r\nH3C S10506\r\n{H3C}"),
            *("switch", "S10506", "7.1.045, Release 7533P05"),
        ),
        (
            *("25506.1.2200", f"{COMWARE} 7.1.064, Release 9345P1703\r\nH3C SecPath F1000-AI-25\r\n{H3C}"),
            *("firewall", "SecPath F1000-AI-25", "7.1.064, Release 9345P1703"),
        ),
        (
            *("25506.1.1900", f"{COMWARE} 7.1.064, Release 5435P02\r\nH3C WX3540H\r\n{H3C}"),
            *("wireless", "WX3540H", "7.1.064, Release 5435P02"),
        ),
        (
            *("25506.1.1143", f"{COMWARE} 7.1.064, Release 0821P13\r\nH3C MSR36-20\r\n{H3C}"),
            *("router", "MSR36-20", "7.1.064, Release 0821P13"),
        ),
        ("4881.1.1.10.1.94", "Ruijie 10G Core Routing Switch(S8614E) By Ruijie Networks", "switch", "S8614E", None),
        ("4881.1.1.10.1.112", "Ruijie Router (RSR20-14E) By Ruijie Networks", "router", "RSR20-14E", None),
        ("4881.1.1.10.1.300", "Ruijie Indoor AP720-L (802.11a/n/ac) By Ruijie Networks", "wireless", "AP720-L", None),
        (
            "3902.3.100.60",
            "ZXR10 ROS Version V4.08.23 ZXR10 8905 Software, Version V2.8.23.C.30, Copyright (c) 2001-2010 by ZTE",
            *("switch", "8905", "V2.8.23.C.30"),
        ),
        (
            "3902.3.100.6050",
            "ZTE ZXR10 5950-28TM-H Software, ZXR10 5950 Version: V3.03.10.B32, Copyright (c) 2001-2018 by ZTE",
            *("switch", "5950-28TM-H", "V3.03.10.B32"),
        ),
        (
            *("3902.3.100.6002.2", "ZXR10 M6000-8S , ZTE ZXR10 Software, Version: V5.00.10.390"),
            *("router", "M6000-8S", "V5.00.10.390"),
        ),
        ("3902.3.100.70", "ZXR10 2826S-EI Version V2.0.11", "switch", "2826S-EI", "V2.0.11"),
        ("28557.1.100", "Hillstone Networks Security Appliance SG-6000-E3662", "firewall", "SG-6000-E3662", None),
        (
            *("5651.1.101.90", "Maipu MP7500X-05 router. MPSec Operating System Software Version 9.6.1.1(R)"),
            *("router", "MP7500X-05", "9.6.1.1(R)"),
        ),
        ("3807.1.482816", "S4820-28T-X (R) Software, Version RP1201", "switch", "S4820-28T-X", "RP1201"),
        ("3807.1.485201", "Fengine switch", "switch", "S4820-52T-X", None),
        ("5875.800.1001.12", "GPON OLT", "olt", "AN5516-04", None),
        ("48797.1.1.3", "INSPUR S6650-48XQ Software, INOS Version 7.1", "switch", "S6650-48XQ", "7.1"),
        (
            *("2011.2.23.291", f'"S5720-56C-PWR-EI-AC\n{VRP} 5.170 (S5720 V200R019C10SPC500)\n{HUAWEI}"'),
            *("switch", "S5720-56C-PWR-EI-AC", "V200R019C10SPC500"),
        ),
        (
            "311.1.1.3.1.2",
            "Hardware: Intel64 Family 6 Model 85 Stepping 7 - Software: Windows Version 10.0 (Build 17763)",
            *("server", "Intel x64", "Server 2019"),
        ),
        (
            "311.1.1.3.1.1",
            "Hardware: x86 Family 6 Model 23 Stepping 10 - Software: Windows 2000 Version 5.2 (Build 3790)",
            *("server", "x86", "5.2"),
        ),
        (
            *("25506.11.1.48", "HP V1910-24G Switch Software Version 5.20 Release 1111P02"),
            *("switch", "V1910-24G", "5.20 Release 1111P02"),
        ),
        (
            *("25506.11.1.49", "HP V1910-24G-PoE (365W) Switch Software Version 5.20 Release 1108\nCopyright(c) 2010"),
            *("switch", "V1910-24G-PoE (365W)", "5.20 Release 1108"),
        ),
        (
            *("25506.1.296", "H3C Series Router MSR30-40\nComware software Version 5.20, Release 1910P09"),
            *("router", "MSR30-40", "5.20, Release 1910P09"),
        ),
        (
            *("25506.11.1.40", "HP Series Router MSR30-20\nHP Comware Software Version 5.20.106, Release 2514P13"),
            *("router", "MSR30-20", "5.20.106, Release 2514P13"),
        ),
        (
            *("11.2.3.7.11.160", "ProCurve J9775A 2530-48G Switch, revision YA.15.13.0005"),
            *("switch", "J9775A 2530-48G", "YA.15.13.0005"),
        ),
        ("11.2.3.7.11.182", "HP J9850A Switch 5406Rzl2, revision KB.15.15.0006", "switch", "5406Rzl2", "KB.15.15.0006"),
        (
            *("11.2.3.7.11.200", "Aruba JL322A 2930M-48G-PoE+ Switch, revision WC.16.04.0009"),
            *("switch", "JL322A 2930M-48G-PoE+", "WC.16.04.0009"),
        ),
        ("4881.1.1.10.1.142", "Ruijie Access Switch (S2928G-E V3) By Ruijie Networks", "switch", "S2928G-E V3", None),
        ("4881.1.2.1.1.28", "Ruijie Wireless AP (AP220-E(M)) By Ruijie Networks", "wireless", "AP220-E(M)", None),
        ("3902.3.600.3.1", "ZXCTN 6120 ZTE Corporation", "router", "6120", None),
        (
            *("3902.3.100.100", "ZXR10 8905E, ZTE ZXR10 Software Version: 8900&8900E V3.03.10.B20P01"),
            *("switch", "8905E", "V3.03.10.B20P01"),
        ),
        ("9.1.824", "ACE 4710 Application Control Engine Appliance", "load balancer", "ciscoACE4710K9", None),
        (
            *("9.5.50", "Cisco Systems, Inc. WS-C6509 Cisco Catalyst Operating System Software, Version 8.7(3)"),
            *("switch", "WS-C6509", "8.7(3)"),
        ),
        (
            "9.12.3.1.3.1955",
            "Cisco NX-OS(tm) Nexus9000 C9336C-FX2, Software (NXOS 64-bit), Version 10.2(3), RELEASE SOFTWARE",
            *("switch", "N9K-C9336C-FX2", "10.2(3)"),
        ),
        ("25461.2.3.7", "Palo Alto Networks Panorama server", "server", "Panorama", None),
        ("8072.3.2.10", "Linux pve1 5.4.34-1-pve #1 SMP PVE 5.4.34-2 x86_64", "hypervisor", "x86_64", "5.4.34-1-pve"),
        ("40310", "Cumulus-Linux 4.2.0 (Linux Kernel 4.19.94-1+cl4u5)", "switch", None, "4.2.0"),
        (
            *("6486.801.1.1.2.1.12.1.7", "Alcatel-Lucent Enterprise OS6860E-P24 8.4.1.141.R03 GA"),
            *("switch", "OS6860E-P24", "8.4.1.141.R03"),
        ),
        (
            *("9.1.2530", "Cisco IOS Software [Gibraltar], C9800 Software (C9800_IOSXE-K9), Version 16.12.3s"),
            *("wireless", "ciscoC980040K9", "16.12.3s"),
        ),
        (
            *("9.1.99999", "Cisco IOS XR Software (Cisco ASR9K Series),  Version 4.3.4[Default]"),
            *("router", "ASR9K", "4.3.4"),
        ),
        ("9.1.99999", "Cisco IOS XR Software (NCS-5500), Version 6.6.3", "router", "NCS-5500", "6.6.3"),
        (
            *("9.1.99999", "Cisco IOS Software, s72033_rp Software (s72033_rp-IPSERVICES-M), Version 12.2(33)SXI3"),
            *("switch", None, "12.2(33)SXI3"),
        ),
        (
            *("2011.2.31", f"{VRP} 5.160 (ATN 910B V200R003C10SPC500)\n{HUAWEI}\nHUAWEI ATN 910B"),
            *("router", "ATN 910B", "V200R003C10SPC500"),
        ),
        ("2011.2.25.333", "Huawei OptiX OSN 1800", "optical", "OptiX OSN 1800", None),
        ("8886.6.50", "ROS_5.1.1.ISCOM2924GF-4C.12.20140626", "switch", "ISCOM2924GF-4C", "ROS_5.1.1"),
        (
            *("8886.23.4", "Raisecom Operating System Software Version 5.2.1_20170802 ISCOM2624G-4GE"),
            *("switch", "ISCOM2624G-4GE", "5.2.1_20170802"),
        ),
        (
            *("2636.1.1.1.2.600", "Juniper Networks, Inc. ptx10001-36mr Router, kernel Linux junos 20.4R1.12-EVO"),
            *("router", "ptx10001-36mr", "20.4R1.12-EVO"),
        ),
        ("8072.3.2.14", "HP-UX hp1 B.11.31 U ia64", "server", None, "B.11.31"),
        ("30155.23.1", "OpenBSD fw1 7.4 GENERIC.MP#1397 amd64", "server", "amd64", "7.4"),
        (
            "9.1.1512",
            "Cisco Integrated Management Controller(CIMC) [UCS C220 M4S], Firmware Version 3.0(3a)",
            *("server", "UCS C220 M4S", "3.0(3a)"),
        ),
        (
            *("9.1.2405", "Cisco FX-OS(tm) fxos, Software (fxos-k9-system), Version 5.0(3)N2(4.81), RELEASE SOFTWARE"),
            *("firewall", "ciscoFpr2120td", "5.0(3)N2(4.81)"),
        ),
    ],
)  # fmt: skip
def test_what_the_system_group_tells(
    object_id: str, descr: str, kind: str, model: str | None, release: str | None
) -> None:
    found = identified(descr, f"1.3.6.1.4.1.{object_id}")
    assert (found.kind, found.model, found.release) == (kind, model, release)


@pytest.mark.parametrize(
    ("object_id", "descr", "objects", "wanted"),
    [
        (
            *("34774.1.1", "OceanStor"),
            {"34774.4.1.1.1.0": b"2102353GTH10J1000001", "34774.4.1.1.6.0": b"V500R007C60"},
            ("Huawei", "huawei_oceanstor", None, "V500R007C60", "2102353GTH10J1000001"),
        ),
        (
            *("8072.3.2.10", "Linux storage 3.10.0 #1 SMP x86_64"),
            {"34774.4.1.1.1.0": b"2102353GTH10J1000001", "34774.4.1.1.6.0": b"6.1.0"},
            ("Huawei", "huawei_oceanstor", None, "6.1.0", "2102353GTH10J1000001"),
        ),
        (
            *("11.2.3.7.8.5.2", "HP Stack, revision KA.00.00.0000"),
            {"11.2.14.11.5.1.1.3.0": b"KB.16.11.0020", "11.2.36.1.1.2.9.0": b"SG00ABC001"},
            ("HPE", "hpe_procurve", "Stack", "KB.16.11.0020", "SG00ABC001"),
        ),
        (
            *("8072.3.2.10", "Linux localhost 2.6.30 #1 SMP x86_64"),
            {"35047.1.3.0": 7},
            ("Sangfor", "sangfor", None, None, None),
        ),
        (
            *("31648.1.19", "DPtech Conplat"),
            {"31648.3.3.0": b"S511C013D041P05", "31648.3.14.0": b"DP0123456789"},
            ("DPtech", "dptech_conplat", "FW1000-GA-N", "S511C013D041P05", "DP0123456789"),
        ),
        (
            *("5651.1.102", "Switch"),
            {"5651.1.2.1.1.2.2.0": b"MyPower S3200-10TP V6.2.3.10", "5651.1.2.1.1.2.19.0": b"600012345"},
            ("Maipu", "maipu_mypower", "MyPower S3200-10TP", "6.2.3.10", "600012345"),
        ),
        (
            *("4881.1.1.10.1.150", "Ruijie Layer 3 Switch By Ruijie Networks"),
            {
                "4881.1.1.10.2.21.1.2.1.2.1": b"RG-S5750-24GT/8SFP-E",
                "4881.1.1.10.2.21.1.2.1.8.1": b"RGOS 10.4(3b19)p3",
                "4881.1.1.10.2.21.1.2.1.10.1": b"1234942570021",
            },
            ("Ruijie", "ruijie_rgos", "RG-S5750-24GT/8SFP-E", "RGOS 10.4(3b19)p3", "1234942570021"),
        ),
        (
            *("2011.2.23.94", f"{VRP} 5.70 (S5700 V100R005C01SPC100)\n{HUAWEI}"),
            {"2011.5.25.31.6.5.0": b"S5700-52P-PWR-LI-AC", "2011.5.25.188.1.1.0": b"2102353ABC10D1000001"},
            ("Huawei", "huawei_vrp", "S5700-52P-PWR-LI-AC", "V100R005C01SPC100", "2102353ABC10D1000001"),
        ),
        (
            *("8072.3.2.10", "Linux db1 5.10.0-60.oe2203.x86_64 #1 SMP x86_64"),
            {
                f"2021.7890.2.3.1.1.8.{'.'.join(map(str, b'hardware'))}": b"TaiShan 200 (Model 2280)",
                f"2021.7890.4.3.1.1.6.{'.'.join(map(str, b'serial'))}": b"2102312YTS10M4000001",
            },
            (
                "openEuler Linux",
                "linux",
                "TaiShan 200 (Model 2280)",
                "5.10.0-60.oe2203.x86_64",
                "2102312YTS10M4000001",
            ),
        ),
        (
            *("55062.1", "Linux TS-X41 5.2.5"),
            {"55062.1.12.3.0": b"TS-431P", "55062.1.12.5.0": b"Q193C41816", "55062.1.12.6.0": b"5.2.5.3145"},
            ("QNAP", "qnap_qts", "TS-431P", "5.2.5.3145", "Q193C41816"),
        ),
        (
            *("12356.113.100.10", "FAC"),
            {
                "12356.113.1.1.0": b"FACVM",
                "12356.113.1.2.0": b"FAC-VMTM1234567890",
                "12356.113.1.3.0": b"v5.5.0-build0366",
            },
            ("Fortinet", "fortinet_fortiauthenticator", "FACVM", "v5.5.0-build0366", "FAC-VMTM1234567890"),
        ),
        (
            *("12356.120.10.23113", "AP-1"),
            {"12356.120.1.1.0": b"FP231G-v7.4-build0771", "12356.120.1.2.0": b"FP231GTF24000001"},
            ("Fortinet", "fortinet_fortiap", "FortiAP-231G", "FP231G-v7.4-build0771", "FP231GTF24000001"),
        ),
        (
            *("9.1.1512", "Cisco Integrated Management Controller(CIMC) [], Firmware Version 1.5(1b) Copyright"),
            {"9.9.719.1.9.35.1.32.1": b"UCSC-C220-M3S", "9.9.719.1.9.35.1.47.1": b"FCH1234V0AB"},
            ("Cisco", "cisco_cimc", "UCSC-C220-M3S", "1.5(1b)", "FCH1234V0AB"),
        ),
        (
            *("58132.2.235", "Hardware management system"),
            {"58132.2.235.1.1.1.6.0": b"2288H V6", "58132.2.235.1.1.1.7.0": b"2102313CJN10P3100001"},
            ("xFusion", "xfusion_ibmc", "2288H V6", None, "2102313CJN10P3100001"),
        ),
    ],
)
def test_what_makers_own_objects_tell(
    object_id: str, descr: str, objects: dict[str, SnmpValue], wanted: tuple[str | None, ...]
) -> None:
    more: dict[str, SnmpValue] = {f"1.3.6.1.4.1.{oid}": value for oid, value in objects.items()}
    if "FW1000-GA-N" in wanted:
        more |= chassis(name="FW1000-GA-N")
    found = identified(descr, f"1.3.6.1.4.1.{object_id}", more)
    assert (found.vendor, found.platform, found.model, found.release, found.serial) == wanted


def test_rows_that_are_named_in_their_index() -> None:
    """The FRU table of Inspur's boards: what a row holds is spelled in its index, behind its number."""
    table = "1.3.6.1.4.1.37945.2.1.5.1.1.3"

    def row(number: int, name: str, value: bytes) -> dict[str, SnmpValue]:
        return {f"{table}.{number}.{len(name)}.{'.'.join(str(ord(c)) for c in name)}": value}

    objects = row(14, "Manufacturer Name", b"Inspur") | row(15, "Product Name", b"NF5280M5")
    objects |= row(18, "Product Serial", b"219000001") | row(9, "Board Serial", b"BOARD0001")
    found = identified("Inspur BMC", "1.3.6.1.4.1.37945.2.1", objects)
    assert (found.model, found.serial, found.platform) == ("NF5280M5", "219000001", "inspur_bmc")


def test_disagreeing_places_are_shown_and_masks_are_none() -> None:
    """ENTITY-MIB against the maker's own object; a masked or filled-in serial disputes nothing."""
    descr, object_id, esn = f"S5735\r\n{VRP} 5.170", "1.3.6.1.4.1.2011.2.23.776", "1.3.6.1.4.1.2011.5.25.188.1.1.0"
    other = identified(descr, object_id, {**chassis(serial="2102350ABC10"), esn: b"2102350XYZ99"})
    assert other.serial == "2102350ABC10"
    assert next(s.disagrees for s in other.sources if s.field == "serial") == "HUAWEI-DEVICE-EXT-MIB::esn=2102350XYZ99"
    for mask in (
        b"<private>",
        b"000000000000",
        b"N/A",
        b"XXXXXXXX",
        b"To be filled by O.E.M.",
        b"****",
        b"BUILTIN",
        b"Not Programmed",
        b"00 00 00 00 00 00",
        b"00:00:00:00:00:00",
    ):
        masked = identified(descr, object_id, {**chassis(serial="x"), f"{ENT}.11.1": mask, esn: b"2102350XYZ99"})
        source = next(s for s in masked.sources if s.field == "serial")
        assert (masked.serial, source.disagrees) == ("2102350XYZ99", "")
        assert identified(descr, object_id, {f"{ENT}.5.1": 3, f"{ENT}.11.1": mask}).serial is None


def test_chassis_and_not_its_processor_gives_the_serial() -> None:
    """IOS-XR lists the route processor's row first and tells its number in sysDescr of some; the chassis is class 3."""
    rows_: dict[str, SnmpValue] = {
        f"{ENT}.5.1": 9, f"{ENT}.4.1": 8384518, f"{ENT}.11.1": b"FOC2211NMLZ", f"{ENT}.7.1": b"0/RSP0/CPU0",
        f"{ENT}.5.8384518": 3, f"{ENT}.4.8384518": 0, f"{ENT}.11.8384518": b"FOC2213NL5M",
    }  # fmt: skip
    assert (
        identified("Cisco IOS XR Software (ASR9K), Version 6.5.3", "1.3.6.1.4.1.9.1.2658", rows_).serial
        == "FOC2213NL5M"
    )


@pytest.mark.parametrize("form", ["FortiAP", "{}{}", "{0}", "{}-{x}", "{!r}"])
def test_a_form_takes_the_value_once(form: str) -> None:
    with pytest.raises(ValueError, match="form"):
        Place(descr="x", form=form)
