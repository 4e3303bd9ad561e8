"""``init``, ``register``, ``login``: what a person hands in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.here import here, passphrase
from playbooks.commands.speaking import App
from playbooks.language import tell


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    app.command(
        help=tell(
            "新建一个项目文件夹：目标表、普查表、设置。例：hecha init mynet",
            "Makes a project folder: targets, census workbook, settings. Example: hecha init mynet",
        )
    )(init)
    register = typer.Typer(
        no_args_is_help=True,
        help=tell("登记表：普查表的空表、导入、导出", "The register: census workbook, import, export"),
    )
    register.command(
        help=tell(
            "写一份空的普查表。例：hecha register template 普查表.xlsx",
            "Writes an empty census workbook. Example: hecha register template census.xlsx",
        )
    )(template)
    register.command(
        "import",
        help=tell(
            "导入填好的普查表；有一处不符就全部不导入，并一次列出所有问题",
            "Imports a filled-in workbook; with one bad cell nothing is taken over and all are listed at once",
        ),
    )(import_)
    register.command(
        help=tell("把当前登记表写成普查表。例：hecha register export now.xlsx", "Writes the register as a workbook")
    )(export)
    app.add_typer(register, name="register")
    login = typer.Typer(
        no_args_is_help=True,
        help=tell("登录：加密保存的用户名与口令", "Logins: user names and secrets, kept encrypted"),
    )
    login.command(
        help=tell(
            "添加一个登录，口令在提示后输入。例：hecha login add core",
            "Adds a login; secrets are asked for. Example: hecha login add core",
        )
    )(add)
    login.command("list", help=tell("列出登录的名字与失败次数", "Lists logins by name, and failures so far"))(list_)
    login.command(help=tell("删除一个登录", "Removes a login"))(remove)
    login.command(
        help=tell(
            "口令改对之后，清除登录失败计数。例：hecha login reset",
            "Forgets failed logins once the secret is right. Example: hecha login reset",
        )
    )(reset)
    app.add_typer(login, name="login")


def init(
    folder: Annotated[Path, typer.Argument(help=tell("文件夹", "Folder"))],
) -> None:
    """Makes a project folder."""
    from playbooks.project import create_project

    at = here()
    for path in create_project(folder, at.language):
        at.say("已建 {path}", "made {path}", path=path)
    at.say(
        "下一步：填写 {targets}，设置登录（hecha login add default），然后 hecha --project {folder} run full-audit",
        "Next: fill in {targets}, set a login (hecha login add default), then hecha --project {folder} run full-audit",
        targets=folder / "targets.csv",
        folder=folder,
    )


def template(
    path: Annotated[Path, typer.Argument(help=tell("写到哪个 xlsx 文件", "The xlsx file to write"))] = Path(
        "普查表.xlsx"
    ),
) -> None:
    """Writes an empty census workbook."""
    from inventory.workbook import write_template

    _refuse_existing(path)
    write_template(path)
    here().say("已写 {path}", "wrote {path}", path=path)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise InputError(str(path), Text("已经存在，不覆盖", "exists and is not overwritten"))


def import_(
    path: Annotated[Path, typer.Argument(help=tell("填好的普查表", "The filled-in workbook"))],
) -> None:
    """Imports a filled-in census workbook."""
    from inventory.register import SHEETS
    from inventory.workbook import read_register

    at = here()
    register = read_register(path)
    with at.store() as store:
        before = store.register()
        version = store.save_register(register, path.name)
    for sheet in SHEETS:
        count, was = len(register.rows(sheet)), len(before.rows(sheet)) if before else 0
        if count or was:
            changed = "" if before is None else f" ({count - was:+d})"
            at.out.print(f"{sheet.text.say(at.language)}: {count}{changed}")
    if before == register:
        at.say("与现有登记表相同，没有新版本", "the same as the register at hand: no new version")
    else:
        at.say("已导入为第 {n} 版", "imported as version {n}", n=version.id)


def export(
    path: Annotated[Path, typer.Argument(help=tell("写到哪个 xlsx 文件", "The xlsx file to write"))],
    version: Annotated[
        int | None, typer.Option("--version", help=tell("哪一版，默认最新", "Which version; the newest by default"))
    ] = None,
) -> None:
    """Writes the register as a workbook."""
    from inventory.workbook import write_register

    at = here()
    with at.store(create=False) as store:
        register = store.register(version)
    if register is None:
        raise InputError(at.project.database, Text("还没有导入过登记表", "no register was imported yet"))
    _refuse_existing(path)
    write_register(register, path)
    at.say("已写 {path}", "wrote {path}", path=path)


_PARTS = (
    ("USERNAME", Text("用户名（SSH）", "User name for SSH"), False),
    ("PASSWORD", Text("口令（SSH）", "Password for SSH"), True),
    ("ENABLE", Text("enable/super 口令", "Enable or super password"), True),
    ("SSH_KEY", Text("SSH 私钥文件", "SSH private key file"), False),
    ("COMMUNITY", Text("SNMP v2c 团体字", "SNMP v2c community"), True),
    ("SNMPV3_USER", Text("SNMPv3 用户", "SNMPv3 user"), False),
    ("SNMPV3_AUTH", Text("SNMPv3 认证，写成 协议:口令，如 sha256:…", "SNMPv3 authentication as protocol:secret"), True),
    ("SNMPV3_PRIV", Text("SNMPv3 加密，写成 协议:口令，如 aes128:…", "SNMPv3 privacy as protocol:secret"), True),
)


def add(
    name: Annotated[
        str, typer.Argument(help=tell("登录的名字，如 default", "Name of the login, such as default"))
    ] = "default",
) -> None:
    """Asks for the parts of a login and keeps them encrypted."""
    from inventory.credentials import Logins, Vault, variable

    at = here()
    vault = Vault(at.project.vault, passphrase(at.project.vault))
    parts = vault.parts(name)
    at.say("留空表示没有（或保持原样）", "Leave empty what the login does not have")
    for part, words, is_secret in _PARTS:
        if answer := _asked(words.say(at.language), is_secret):
            parts[part] = answer
    Logins({variable(name, part): word for part, word in parts.items()}).login(name)  # refuses what is malformed
    vault.put(name, parts)
    at.say("已保存登录 {name}", "login {name} is kept", name=name)


def _asked(words: str, is_secret: bool) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    import getpass

    return (getpass.getpass(f"{words}: ") if is_secret else input(f"{words}: ")).strip()


def list_() -> None:
    """Lists logins by name, and the failure budget of every account."""
    from collectors.budget import FailureBudget
    from inventory.credentials import Vault

    at = here()
    if at.project.vault.exists():
        for name in Vault(at.project.vault, passphrase(at.project.vault)).names():
            at.out.print(name)
    for standing in FailureBudget(at.project.login_failures).standings():
        at.out.print(
            tell(
                "{name}：失败 {n} 次{state}",
                "{name}: {n} failures{state}",
                name=standing.name,
                n=standing.failures,
                state=tell("，已停用", ", withheld") if standing.withheld else "",
            )
        )


def remove(name: Annotated[str, typer.Argument(help=tell("登录的名字", "Name of the login"))]) -> None:
    """Removes a login from the encrypted file."""
    from inventory.credentials import Vault

    at = here()
    vault = Vault(at.project.vault, passphrase(at.project.vault))
    if name not in vault.names():
        raise InputError(name, Text("没有保存过这个登录", "no such login is kept"))
    vault.remove(name)
    at.say("已删除登录 {name}", "login {name} is removed", name=name)


def reset(
    account: Annotated[
        str | None,
        typer.Argument(help=tell("账号，如 ssh:admin；默认全部", "Account, such as ssh:admin; all by default")),
    ] = None,
) -> None:
    """Forgets the failures of an account, so that it is tried again."""
    from collectors.budget import FailureBudget

    at = here()
    count = FailureBudget(at.project.login_failures).reset(account)
    at.say("已清除 {n} 个账号的失败计数", "failures of {n} accounts are forgotten", n=count)
