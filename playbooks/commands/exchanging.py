"""``exchange export``: the devices of a run given to NetBox, Ansible and Nornir."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import unwritable
from inventory.snapshot import State
from inventory.text import Text
from playbooks.commands import importing
from playbooks.commands.bars import working
from playbooks.commands.here import here
from playbooks.commands.importing import Authority, NetboxLogin, NetboxUrl, netbox_at, tell_left_out
from playbooks.commands.speaking import App, lesson
from playbooks.commands.stored_runs import RunNumber, stored
from playbooks.commands.tabular import show
from playbooks.commands.writing import STDOUT, refuse_existing, whole_file
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.exchange.assets import Asset
    from inventory.register import Register
    from inventory.snapshot import Network
    from playbooks.netbox_export import Change

Folder = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        metavar="DIR",
        help=tell(
            "写到哪个文件夹，不覆盖其中的文件。例：-o netbox",
            "Folder to write into; no file in it is overwritten. Example: -o netbox",
        ),
    ),
]
Unknown = Annotated[
    str | None,
    typer.Option(
        "--unknown",
        metavar="WORD",
        help=tell(
            "厂商、型号、角色、站点不明时写什么；不给则略去这些设备。例：--unknown unknown",
            "Stands for a maker, model, role or site not known; else such devices are left out. Example: --unknown tbd",
        ),
    ),
]


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    group = App(
        help=lesson(
            "与 NetBox、Ansible、Nornir 交换资产",
            "Exchange with NetBox, Ansible and Nornir",
            "hecha exchange export ansible -o inventory.yml",
            "hecha exchange import ansible inventory.yml -o targets.csv",
        )
    )
    group.add_typer(_exports(), name="export")
    importing.add_to(group)
    app.add_typer(group, name="exchange")


def _exports() -> App:
    out = App(
        help=lesson(
            "把一次运行的发现交给其他工具",
            "Gives what a run found to other tools",
            "hecha exchange export netbox-csv -o netbox",
        )
    )
    out.command(
        "ansible",
        help=lesson(
            "写 Ansible 清单（YAML）：按平台、单位、站点、角色分组，不含任何口令",
            "Writes an Ansible inventory (YAML) with groups by platform, unit, site and role; no secret in it",
            "hecha exchange export ansible -o inventory.yml",
            "hecha exchange export ansible | less",
        ),
    )(ansible)
    out.command(
        "nornir",
        help=lesson(
            "写 Nornir 清单：hosts.yaml、groups.yaml、defaults.yaml，不含任何口令",
            "Writes a Nornir inventory: hosts.yaml, groups.yaml, defaults.yaml; no secret in it",
            "hecha exchange export nornir -o nornir",
        ),
    )(nornir)
    out.command(
        "netbox-csv",
        help=lesson(
            "写 NetBox 批量导入用的 CSV，按文件名的序号依次导入",
            "Writes CSV for NetBox's bulk import; import the files in the order of their numbers",
            "hecha exchange export netbox-csv -o netbox",
        ),
    )(netbox_csv)
    out.command(
        "netbox",
        help=lesson(
            "列出要在 NetBox 新建和更新的对象；加 --send 才发送",
            "Lists what would be created and updated in NetBox; sends it with --send only",
            "hecha exchange export netbox --url https://netbox.example",
            "hecha exchange export netbox --url https://netbox.example --send",
            more=Text(
                "不删除任何对象；NetBox 中已有设备的站点、角色、租户、状态不改。令牌是登录 netbox 的口令。",
                "Nothing is deleted; site, role, tenant and status of devices that NetBox has stay. The token is the "
                "password of the login netbox.",
            ),
        ),
    )(netbox)
    return out


@dataclass(frozen=True, slots=True)
class _Found:
    """What a run found, and whether each of its devices answered."""

    assets: tuple[Asset, ...]
    register: Register
    network: Network
    silent: frozenset[str]


@contextmanager
def _found(number: int | None) -> Iterator[_Found]:
    from inventory.exchange.assets import assets_of
    from inventory.register import Register
    from inventory.same import OneEach, sameness
    from inventory.store import StoredNetwork

    at = here()
    with at.store(create=False) as store:
        network = StoredNetwork(store, stored(store, number))
        register = store.register() or Register()
        with working(at.err, Text("读取", "Reading")):
            same_as = sameness(network, store.decisions()).principals()
            assets = tuple(sorted(assets_of(register, network, same_as, _ports()), key=lambda each: each.name))
            silent = frozenset(r.target for r in network.records() if r.state is State.UNREACHABLE)
        yield _Found(assets, register, OneEach(network, same_as), silent)


def _ports() -> Iterator[tuple[str, int]]:
    """SSH ports of the project's target list, where there is one."""
    from inventory.targets import read_targets

    path = here().project.path("targets.csv")
    return ((target.name, target.ssh_port) for target in read_targets(path)) if path.is_file() else iter(())


def ansible(
    path: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help=tell(
                "写到哪个文件，默认标准输出。例：-o inventory.yml",
                "File to write; standard output by default. Example: -o inventory.yml",
            ),
        ),
    ] = STDOUT,
    number: RunNumber = None,
) -> None:
    """Writes an Ansible inventory."""
    from inventory.exchange.ansible import ansible_yaml

    with _found(number) as found:
        text = ansible_yaml(found.assets)
    with whole_file(path) as file:
        file.write(text)
    here().say("{n} 台设备", "{n} devices", n=len(found.assets))


def nornir(folder: Folder, number: RunNumber = None) -> None:
    """Writes a Nornir inventory."""
    from inventory.exchange.nornir import nornir_files

    with _found(number) as found:
        texts = nornir_files(found.assets, importing.drivers())
    _free(folder, texts)
    for name, text in texts.items():
        with whole_file(folder / name) as file:
            file.write(text)
        here().say("已写 {path}", "wrote {path}", path=folder / name)


def _free(folder: Path, names: Iterable[str]) -> None:
    """Makes the folder; InputError where one of the files is there already."""
    for name in names:
        refuse_existing(folder / name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from None


def netbox_csv(folder: Folder, number: RunNumber = None, unknown: Unknown = None) -> None:
    """Writes CSV for NetBox's bulk import."""
    from inventory.exchange.netbox import KINDS, NetboxLines
    from inventory.exchange.netbox_csv import file_name, write_lines

    at = here()
    _free(folder, map(file_name, KINDS))
    with _found(number) as found:
        answered = [asset for asset in found.assets if asset.name not in found.silent]
        lines = NetboxLines(found.register, found.network, answered, unknown=unknown)
        for kind in KINDS:
            path = folder / file_name(kind)
            with whole_file(path) as file:
                count = write_lines(kind, lines.lines(kind), file)
            at.say("已写 {path}：{n} 行", "wrote {path}: {n} rows", path=path, n=count)
    raise typer.Exit(tell_left_out(lines.left_out))


def netbox(
    url: NetboxUrl,
    login: NetboxLogin = "netbox",
    authority: Authority = None,
    number: RunNumber = None,
    unknown: Unknown = None,
    send: Annotated[
        bool, typer.Option("--send", help=tell("真正发送；否则只列出", "Sends it; otherwise it is only listed"))
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=tell("每个对象一行 JSON", "One JSON object a change"))
    ] = False,
) -> None:
    """Brings what was found into NetBox."""
    from inventory.exchange.netbox import NetboxLines
    from playbooks.netbox_export import NetboxExport

    at = here()
    done: Counter[str] = Counter()
    with netbox_at(url, login, authority) as client, _found(number) as found:
        answered = [asset for asset in found.assets if asset.name not in found.silent]
        lines = NetboxLines(found.register, found.network, answered, unknown=unknown)
        export = NetboxExport(client, lines, send=send)
        try:
            _list(_counted(export.changes(), done), as_json=as_json)
        finally:
            n, m = done["create"], done["update"]
            if send:
                at.say("已新建 {n} 个、更新 {m} 个对象", "{n} objects created, {m} updated", n=n, m=m)
            else:
                words = "将新建 {n} 个、更新 {m} 个对象；没有发送", "{n} objects to create, {m} to update; nothing sent"
                at.say(*words, n=n, m=m)
    raise typer.Exit(tell_left_out(export.left_out))


def _counted(changes: Iterable[Change], done: Counter[str]) -> Iterator[Change]:
    for change in changes:
        done[_action(change)] += 1
        yield change


def _action(change: Change) -> str:
    return "create" if change.id is None else "update"


def _list(changes: Iterable[Change], *, as_json: bool) -> None:
    if as_json:
        for change in changes:
            told = {"action": _action(change), "kind": change.kind.name, "object": change.name}
            here().json(told | {"fields": _plain(change.fields), "was": change.was})
        return
    headings = (Text("动作", "Action"), Text("对象类型", "Kind"), Text("对象", "Object"), Text("字段", "Fields"))
    show(headings, ((_action(c), c.kind.name, c.name, _fields(c)) for c in changes))


def _fields(change: Change) -> str:
    before = {name: f"{value or '-'} → " for name, value in change.was.items()}
    return "; ".join(f"{name}: {before.get(name, '')}{_plain(value)}" for name, value in change.fields.items())


def _plain(value: object) -> object:
    """With objects that have no number yet as their names."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | None) else str(value)
