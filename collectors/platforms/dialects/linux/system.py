"""Linux: who the host is, what runs on it, what it runs on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.platforms.base import Got, Read
from collectors.platforms.dialects.linux.text import first_answer, settings, told, why_none
from inventory.errors import Gap, Missing
from inventory.facts import Hardware, Identity, OperatingSystem, RunningServices, Software, Source

OS_RELEASE, UNAME, HOSTNAME, UPTIME = "cat /etc/os-release", "uname -srm", "hostname", "cat /proc/uptime"
DMI = "cat /sys/class/dmi/id/"
MAKER, PRODUCT, SERIAL = f"{DMI}sys_vendor", f"{DMI}product_name", f"{DMI}product_serial"
VIRTUAL = "systemd-detect-virt"
LSCPU = "lscpu"
# Of the first processors only: a server may have hundreds of the same.
_KEYS = ("vendor_id", "model name", "cpu model", "system type", "cpu implementer", "cpu part")
CPUINFO = " ".join(["grep -m 16 -i", *(f"-e '^{key}'" for key in _KEYS), "/proc/cpuinfo"])
UNITS = "systemctl list-units --type=service --state=running --plain"
# Java programs by the properties they were started with, and nothing of these but the words that name the product.
# Each word is written so that the command does not find itself.
_JAVA = {
    "[t]ongweb": "tongweb",
    "com[.]bes": "bes-appserver",
    "[i]nforsuite": "inforsuite",
    "[c]vicse": "inforsuite",
    "[a]pusic": "apusic",
    "[p]rimeton": "primeton",
    "[w]eblogic": "weblogic",
    "was[.]install": "websphere",
    "[j]boss": "jboss",
    "[c]atalina": "tomcat",
}
JAVA = " ".join(["grep -aosh", *(f"-e '-D[A-Za-z.]*{word}'" for word in _JAVA), "/proc/[0-9]*/cmdline"])
DPKG, RPM = "dpkg-query -W", "rpm -qa --queryformat '%{NAME} %{VERSION}-%{RELEASE}\\n'"

# What boards say whose maker left the field as it came.
_UNFILLED = re.compile(
    r"to be filled|default string|system (manufacturer|product|serial|name)|not (specified|available|applicable)"
    r"|o\.?e\.?m\.?$|none$|null$|unknown$|n/?a$|[0x.\-\s]*$|123456789",
    re.IGNORECASE,
)


def _dmi(got: Got) -> str | None:
    said = (told(got) or "").strip().partition("\n")[0].strip()
    return None if not said or _UNFILLED.match(said) else said[:128]


# The service pack behind the number in VERSION: ``22.03 (LTS-SP3)`` on openEuler, Kylin's by the names of its packs.
_PACK = re.compile(r" \((?:LTS(?:-SP\d+)?|SP\d+|Tercel|Sword|Lance|Halberd)\)")


def distribution(text: str) -> tuple[str | None, str | None]:
    """ID and VERSION_ID of os-release(5), with the service pack that VERSION names; None where it does not say."""
    said = settings(text)
    number = said.get("VERSION_ID") or None
    if number and _PACK.fullmatch(said.get("VERSION", "").removeprefix(number)):
        number = said["VERSION"]
    return said.get("ID") or None, number


def release_words(text: str) -> str | None:
    """Name and version as the distribution writes them for people."""
    said = settings(text)
    return said.get("PRETTY_NAME") or said.get("VERSION") or said.get("VERSION_ID") or None


def identity(
    os_release: Got, uname: Got, hostname: Got, uptime: Got, maker: Got, product: Got, serial: Got, *more: Got
) -> Identity | Missing:
    """The host as DMI, os-release and the kernel name it; ``more`` is what a platform on top adds to the evidence."""
    head = first_answer(*more, os_release, uname, hostname)
    if head is None:
        return why_none(os_release, uname)
    words = (told(uptime) or "").split()
    seconds = float(words[0]) if words and re.fullmatch(r"\d{1,12}(\.\d{1,6})?", words[0]) else None
    found = {
        "vendor": _dmi(maker),
        "model": _dmi(product),
        "release": release_words(told(os_release) or ""),
        "serial": _dmi(serial),
        "hostname": (told(hostname) or "").strip().partition("\n")[0][:253] or None,
    }
    asked = {"vendor": MAKER, "model": PRODUCT, "release": OS_RELEASE, "serial": SERIAL, "hostname": HOSTNAME}
    sources = (
        *(Source(field, head.command) for field in ("kind", "platform")),
        *(Source(field, asked[field]) for field, value in found.items() if value),
    )
    evidence = head.evidence(r"^(PRETTY_NAME|VERSION)=")
    return Identity(kind="server", platform="linux", uptime_s=seconds, sources=sources, evidence=evidence, **found)


def operating_system(os_release: Got, uname: Got, lscpu: Got, cpuinfo: Got) -> OperatingSystem | Missing:
    """Distribution, kernel, architecture and processor."""
    head = first_answer(os_release, uname)
    if head is None:
        return why_none(os_release, uname)
    name, release = distribution(told(os_release) or "")
    kernel = re.match(r"Linux (\S+) (\S+)", told(uname) or "")
    return OperatingSystem(
        name,
        release,
        kernel.group(1) if kernel else None,
        kernel.group(2) if kernel else None,
        processor(told(lscpu) or "", told(cpuinfo) or ""),
        head.evidence(r"^(ID|VERSION_ID)="),
    )


def processor(lscpu: str, cpuinfo: str) -> str | None:
    """Maker and model of the processor, as lscpu(1) or the kernel names them; for Arm their numbers where it has none.

    A C-locale lscpu writes ``Vendor ID`` and ``Model name``; /proc/cpuinfo has a form for every architecture.
    """
    listed, written = _fields(lscpu), _fields(cpuinfo)
    told_ = [listed.get("vendor id"), listed.get("bios model name"), listed.get("model name")]
    told_ += [written.get(key) for key in ("vendor_id", "model name", "cpu model", "system type")]
    if "cpu implementer" in written:
        told_.append(f"implementer {written['cpu implementer']} part {written.get('cpu part', '?')}")
    said = dict.fromkeys(word for word in told_ if word and word != "-")
    return " ".join(said)[:200] or None


def _fields(text: str) -> dict[str, str]:
    """The first value of each key of ``key : value`` lines, keys in lower case."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        key, mark, value = line.partition(":")
        if mark and value.strip():
            found.setdefault(key.strip().lower(), value.strip()[:80])
    return found


def hardware(maker: Got, product: Got, serial: Got, virtual: Got) -> Hardware | Missing:
    """DMI and, where systemd says it, what the host is a guest of."""
    head = first_answer(maker, product, virtual)
    if head is None:
        return why_none(maker, product, virtual)
    guest = (told(virtual) or "").strip() or None
    return Hardware(_dmi(maker), _dmi(product), _dmi(serial), "" if guest == "none" else guest, head.evidence(r"."))


def software(dpkg: Got, rpm: Got) -> Software | Missing:
    """Installed packages of the package manager that the host has."""
    answer = first_answer(*(a for a in (dpkg, rpm) if told(a)))
    if answer is None:
        return why_none(dpkg, rpm)
    items = tuple(sorted({_package(line) for line in answer.lines() if line.strip()}, key=str))
    return Software(items, answer.evidence())


def _package(line: str) -> tuple[str, str | None]:
    name, _, version = line.strip().partition("\t" if "\t" in line else " ")
    return name.partition(":")[0], version.strip() or None


def running_services(units: Got, java: Got) -> RunningServices | Missing:
    """Services that systemd runs, without their suffix, and Java programs by their product."""
    answer = first_answer(units, java)
    names = re.findall(r"^[●*\s]*([\w@.\\:-]+)\.service\s+loaded\s+active\s+running\b", told(units) or "", re.MULTILINE)
    found = tuple(sorted({*names, *_products(told(java) or "")}))
    if found and answer is not None:
        return RunningServices(found, answer.evidence())
    return units if isinstance(units, Missing) else Missing(Gap.UNPARSED, f"{UNITS} lists no running service")


def _products(text: str) -> Iterator[str]:
    """What the properties of Java programs name; Tomcat where no product that is built upon it does."""
    found = {name for word, name in _JAVA.items() if re.search(rf"-D[A-Za-z.]*{word}", text)}
    yield from found - {"tomcat"} or found


IDENTITY = (OS_RELEASE, UNAME, HOSTNAME, UPTIME, MAKER, PRODUCT, SERIAL)
SYSTEM = (OS_RELEASE, UNAME, LSCPU, CPUINFO)
READS = (
    Read(Identity, IDENTITY, identity, frozenset(IDENTITY)),
    Read(OperatingSystem, SYSTEM, operating_system, frozenset(SYSTEM)),
    Read(Hardware, (MAKER, PRODUCT, SERIAL, VIRTUAL), hardware, frozenset((MAKER, PRODUCT, SERIAL, VIRTUAL))),
    Read(Software, (DPKG, RPM), software, frozenset((DPKG, RPM))),
    Read(RunningServices, (UNITS, JAVA), running_services, frozenset((UNITS, JAVA))),
)
AS_ROOT = frozenset({SERIAL})
