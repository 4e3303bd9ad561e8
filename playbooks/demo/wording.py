"""How the simulated devices name themselves: releases, descriptions, object identifiers."""

from __future__ import annotations

from dataclasses import dataclass

from playbooks.demo.model import Device


@dataclass(frozen=True, slots=True)
class Make:
    """A model as its maker ships it."""

    series: str
    version: str  # of the platform
    release: str  # of the software
    object_id: str  # sysObjectID
    image: str = ""


_HUAWEI, _H3C = "1.3.6.1.4.1.2011", "1.3.6.1.4.1.25506"
MAKES = {
    "NE20E-S4": Make("NE20E", "5.160", "V300R005C10SPC500", f"{_HUAWEI}.2.62.2.10"),
    "USG6555E": Make("USG6500E", "5.170", "V600R007C20SPC500", f"{_HUAWEI}.2.321.42"),
    "S5735-L24T4S-A": Make("S5735", "5.170", "V200R019C10SPC500", f"{_HUAWEI}.2.23.776"),
    "S3328TP-EI": Make("S3300", "5.70", "V100R006C05", f"{_HUAWEI}.2.23.100"),
    "AR651": Make("AR650", "5.170", "V300R019C11SPC200", f"{_HUAWEI}.2.224.279"),
    "S7503E-M": Make("S7500E-M", "7.1.070", "7596P05", f"{_H3C}.1.1718", "s7500e-cmw710"),
    "S5130S-28P-EI": Make("S5130S-EI", "7.1.070", "6126P20", f"{_H3C}.1.2065", "s5130s_ei-cmw710"),
    "MSR810": Make("MSR800", "7.1.064", "0707P21", f"{_H3C}.1.1708", "msr810-cmw710"),
}
KERNELS = {
    "openEuler": ("20.03 (LTS-SP3)", "4.19.90-2112.8.0.0131.oe1", "x86_64"),
    "kylin": ("V10 (Sword)", "4.19.90-24.4.v2101.ky10", "aarch64"),
}
NET_SNMP_LINUX = "1.3.6.1.4.1.8072.3.2.10"


def make(device: Device) -> Make:
    """The make of a network device; KeyError for a host."""
    return MAKES[device.model]


def description(device: Device) -> str:
    """sysDescr."""
    if device.platform == "linux":
        _, kernel, cpu = KERNELS[device.system]
        return f"Linux {device.name} {kernel}.{cpu} #1 SMP Tue Mar 1 09:30:00 UTC 2022 {cpu}"
    built = make(device)
    if device.platform == "huawei_vrp":
        return (
            f"{device.model}\r\nHuawei Versatile Routing Platform Software\r\n"
            f"VRP (R) software,Version {built.version} ({built.series} {built.release})\r\n"
            "Copyright (C) 2019 Huawei Technologies Co., Ltd."
        )
    return (
        f"H3C Comware Platform Software, Software Version {built.version}, Release {built.release}\r\n"
        f"H3C {device.model}\r\nCopyright (c) 2004-2021 New H3C Technologies Co., Ltd. All rights reserved."
    )


def object_id(device: Device) -> str:
    """sysObjectID."""
    return NET_SNMP_LINUX if device.platform == "linux" else make(device).object_id


def maker(device: Device) -> str:
    """entPhysicalMfgName."""
    return {"huawei_vrp": "Huawei Technologies Co., Ltd.", "h3c_comware": "H3C"}.get(device.platform, "Huawei")


def release(device: Device) -> str:
    """The software release; of a host that of its distribution, as its register has it."""
    return KERNELS[device.system][0] if device.platform == "linux" else make(device).release
