"""``exchange import``: what NetBox, Ansible and Nornir have, as declared: into the register, or as a target list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from inventory.errors import ExitCode, InputError
from inventory.text import Text
from playbooks.commands.bars import working
from playbooks.commands.here import here
from playbooks.commands.registering import tell_import
from playbooks.commands.speaking import App, lesson
from playbooks.commands.writing import STDOUT, refuse_existing, whole_file
from playbooks.language import tell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.netbox import NetBox
    from inventory.exchange.assets import Given, LeftOut
    from inventory.register import Choice

    C = TypeVar("C", bound=Choice)

_MOST_SHOWN = 20
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help=tell(
            "写成目标表而不并入登记表，不覆盖；- 为标准输出。例：-o targets.csv",
            "Writes a target list, overwriting none, instead of changing the register; - is standard output. "
            "Example: -o targets.csv",
        ),
    ),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="SHEET",
        help=tell(
            "角色看不出类别的设备登记到：network、server、security、storage。例：--as network",
            "Sheet for devices whose role does not tell: network, server, security, storage. Example: --as network",
        ),
    ),
]
TierName = Annotated[
    str | None,
    typer.Option(
        "--tier",
        metavar="TIER",
        help=tell(
            "没有给出层级的站点算：county、town、village、department、institution。例：--tier town",
            "Tier of sites that tell none: county, town, village, department, institution. Example: --tier town",
        ),
    ),
]
NetboxUrl = Annotated[
    str,
    typer.Option(
        "--url",
        metavar="URL",
        help=tell(
            "NetBox 的地址。例：--url https://netbox.example", "NetBox's address. Example: --url https://netbox.example"
        ),
    ),
]
NetboxLogin = Annotated[
    str,
    typer.Option(
        "--login",
        metavar="NAME",
        help=tell(
            "哪个登录的口令是 API 令牌。例：--login netbox",
            "Login whose password is the API token. Example: --login netbox",
        ),
    ),
]
Authority = Annotated[
    Path | None,
    typer.Option(
        "--ca",
        metavar="FILE",
        help=tell(
            "自有 CA 的证书（PEM），默认用系统的。例：--ca ca.pem",
            "Certificates of your own CA (PEM) instead of the system's. Example: --ca ca.pem",
        ),
    ),
]


def add_to(group: App) -> None:
    """Puts the commands of this module into ``exchange``."""
    declared = Text(
        "并入登记表：已登记的补上给出的字段，其余新增；有矛盾则全部不导入。用 -o 则写成目标表。口令一概不取。",
        "Goes into the register: known rows get the fields given, others are added; with a contradiction nothing is "
        "taken. With -o it becomes a target list. Secrets are never taken.",
    )
    into = App(
        help=lesson(
            "导入其他工具的清单，作为登记内容",
            "Imports other tools' inventories, as declared",
            "hecha exchange import nornir nornir -o targets.csv",
        )
    )
    for name, command, zh, en, *examples in (
        (
            "ansible", ansible, "导入 Ansible 清单（YAML 或 INI）", "Imports an Ansible inventory (YAML or INI)",
            "hecha exchange import ansible inventory.yml -o targets.csv", "hecha exchange import ansible hosts.ini",
        ),
        (
            "nornir", nornir, "导入 Nornir 清单文件夹", "Imports a folder with a Nornir inventory",
            "hecha exchange import nornir nornir",
        ),
        (
            "netbox-csv", netbox_csv, "导入 NetBox 批量导入格式的 CSV", "Imports CSV of NetBox's bulk import",
            "hecha exchange import netbox-csv netbox/", "hecha exchange import netbox-csv devices.csv sites.csv",
        ),
        (
            "netbox", netbox, "从 NetBox 读取站点、设备、线缆", "Reads sites, devices and cables from NetBox",
            "hecha exchange import netbox --url https://netbox.example",
        ),
    ):  # fmt: skip
        into.command(name, help=lesson(zh, en, *examples, more=declared))(command)
    group.add_typer(into, name="import")


def ansible(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help=tell("清单文件。例：inventory.yml", "The inventory. Example: inventory.yml")
        ),
    ],
    out: Out = None,
    sheet: As = None,
    tier: TierName = None,
) -> None:
    """Imports an Ansible inventory."""
    from inventory.exchange.ansible import read_ansible

    _take(read_ansible(path), path.name, out, sheet, tier)


def nornir(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help=tell("有 hosts.yaml 的文件夹。例：nornir", "The folder with hosts.yaml. Example: nornir"),
        ),
    ],
    out: Out = None,
    sheet: As = None,
    tier: TierName = None,
) -> None:
    """Imports a Nornir inventory."""
    from inventory.exchange.nornir import read_nornir

    _take(read_nornir(folder), folder.name, out, sheet, tier)


def netbox_csv(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help=tell("CSV 文件或其文件夹。例：netbox/", "CSV files or their folder. Example: netbox/"),
        ),
    ],
    out: Out = None,
    sheet: As = None,
    tier: TierName = None,
) -> None:
    """Imports CSV of NetBox's bulk import."""
    from inventory.exchange.netbox_csv import read_netbox_csv

    _take(read_netbox_csv(paths), paths[0].name, out, sheet, tier)


def netbox(
    url: NetboxUrl,
    login: NetboxLogin = "netbox",
    authority: Authority = None,
    out: Out = None,
    sheet: As = None,
    tier: TierName = None,
) -> None:
    """Imports sites, devices and cables from NetBox."""
    from collectors.netbox import UNWANTED
    from inventory.exchange.netbox_api import given_by_netbox

    with netbox_at(url, login, authority) as client, working(here().err, Text("读取 NetBox", "Reading NetBox")):
        devices = client.each("dcim/devices", exclude=UNWANTED)
        given = given_by_netbox(client.each("dcim/sites"), devices, client.each("dcim/cables"))
    _take(given, url, out, sheet, tier)


def netbox_at(url: str, login: str, authority: Path | None) -> NetBox:
    """The NetBox at an address, with the token that a login keeps; InputError where it keeps none."""
    from collectors.netbox import NetBox
    from inventory.credentials import variable

    token = here().logins().login(login, needed="PASSWORD").password
    if token is None:
        name = variable(login, "PASSWORD")
        told = Text(
            f"没有口令；NetBox 的 API 令牌写在 {name}", f"has no password; put the API token of NetBox into {name}"
        )
        raise InputError(f"--login {login}", told)
    return NetBox(url, token, authority=authority)


def drivers() -> Mapping[str, str]:
    """Netmiko's driver of every platform, then of what SNMP calls systems with the command line of one."""
    from collectors.platforms.catalogue import platforms

    own = {name: platform.shell.device_type for name, platform in platforms().items()}
    return own | {other: own[name] for name, platform in platforms().items() for other in platform.also - own.keys()}


def _take(given: Given, source: str, out: Path | None, sheet: str | None, tier: str | None) -> None:
    """Into the register, or a target list where a file is named."""
    from inventory.decisions import DeviceSheet
    from inventory.register import Tier

    chosen, sites = _chosen(DeviceSheet, "--as", sheet), _chosen(Tier, "--tier", tier)
    given = _with_platforms(given)
    if not given.assets and not given.sites:
        raise InputError(source, Text("没有任何设备", "holds no device"))
    if given.secrets:
        here().say("其中的口令没有取用：{n} 个", "secrets in it that were not taken: {n}", n=given.secrets)
    left_out = _register(given, source, chosen, sites) if out is None else _write_targets(given, out)
    raise typer.Exit(tell_left_out(left_out))


def _with_platforms(given: Given) -> Given:
    """The platforms by the names they have here; one that is not known is to be recognised."""
    from collectors.by_napalm import DRIVERS
    from collectors.platforms.catalogue import platforms
    from collectors.vendors.files import vendors
    from inventory.exchange.platforms import named_platform

    told = {vendor.platform for vendor in vendors()} | {s.platform for vendor in vendors() for s in vendor.systems}
    names, known = {*platforms(), *DRIVERS, *(name for name in told if name)}, drivers()
    return replace(
        given,
        assets=tuple(
            replace(asset, platform=named_platform(asset.platform, known, names)) if asset.platform else asset
            for asset in given.assets
        ),
    )


def _chosen(kind: type[C], option: str, word: str | None) -> C | None:
    from inventory.exchange.merging import choice

    found = choice(kind, word)
    if word is not None and found is None:
        known = ", ".join(member.value for member in kind)
        raise InputError(f"{option} {word}", Text(f"应是 {known} 之一", f"expected one of {known}"))
    return found


def _write_targets(given: Given, path: Path) -> Sequence[LeftOut]:
    from inventory.exchange.merging import targets_of
    from inventory.targets import write_targets

    if path != STDOUT:
        refuse_existing(path)
    targets, left_out = targets_of(given)
    with whole_file(path) as file:
        count = write_targets(targets, file)
    here().say("{n} 个目标", "{n} targets", n=count)
    return left_out


def _register(given: Given, source: str, sheet: Choice | None, tier: Choice | None) -> Sequence[LeftOut]:
    from inventory.exchange.merging import merged
    from inventory.register import Register

    at = here()
    with at.store() as store:
        before = store.register() or Register()
        after = merged(before, given, sheet=sheet, tier=tier)  # type: ignore[arg-type]
        version = store.save_register(after.register, source)
    tell_import(before, after.register, version.id)
    return after.left_out


def tell_left_out(left_out: Sequence[LeftOut]) -> ExitCode:
    """Says what could not be taken or given, and the exit code that tells it."""
    at = here()
    for each in left_out[:_MOST_SHOWN]:
        at.say(
            "略去 {subject}：{why}", "left out {subject}: {why}", subject=each.subject, why=each.why.say(at.language)
        )
    if len(left_out) > _MOST_SHOWN:
        at.say("……另有 {n} 项", "… and {n} more", n=len(left_out) - _MOST_SHOWN)
    return ExitCode.INCOMPLETE if left_out else ExitCode.COMPLIANT
