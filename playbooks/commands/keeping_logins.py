"""``login``: user names and secrets, kept encrypted; and what they failed at."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.here import encodable, here, passphrase, secrets_of
from playbooks.commands.speaking import App, lesson
from playbooks.language import tell

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


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    group = App(
        help=lesson(
            "登录：加密保存的用户名与口令", "Logins: user names and secrets, kept encrypted", "hecha login add core"
        )
    )
    group.command(
        help=lesson(
            "添加或改一个登录，逐项提问，口令不回显",
            "Adds or changes a login; each part is asked for, secrets unseen",
            "hecha login add core",
            more=Text(
                "环境变量 HECHA_LOGIN_CORE_PASSWORD 等先于保存的。文件的口令也可放在 HECHA_PASSPHRASE。",
                "Variables such as HECHA_LOGIN_CORE_PASSWORD come before what is kept. The passphrase of the file may "
                "stand in HECHA_PASSPHRASE.",
            ),
        )
    )(add)
    group.command(
        "list",
        help=lesson(
            "列出登录的名字，以及各账号的失败次数",
            "Lists logins by name, and failures by account",
            "hecha login list",
        ),
    )(list_)
    group.command(help=lesson("删除一个登录", "Removes a login", "hecha login remove core"))(remove)
    group.command(
        help=lesson(
            "清除登录失败计数，让账号再被试用",
            "Forgets failed logins, so that the account is tried again",
            "hecha login reset ssh:admin",
            more=Text(
                "先确认口令正确：再错可能锁定账号。",
                "Make sure that the secret is right first: more failures may lock the account.",
            ),
        )
    )(reset)
    app.add_typer(group, name="login")


def add(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help=tell(
                "登录的名字，目标表的 login 列用它。例：core", "Name of the login, as in column login. Example: core"
            ),
        ),
    ] = "default",
) -> None:
    """Asks for the parts of a login and keeps them encrypted."""
    from inventory.credentials import Logins, Vault, variable
    from playbooks.logs import mask

    at = here()
    vault = Vault(at.project.vault, passphrase(at.project.vault))
    parts = vault.parts(name)
    at.say("留空表示没有（或保持原样）", "Leave empty what the login does not have, or what stays as it is")
    for part, words, is_secret in _PARTS:
        if answer := encodable(part, _asked(words.say(at.language), is_secret)):
            parts[part] = answer
    mask(secrets_of(parts))
    Logins({variable(name, part): word for part, word in parts.items()}).login(name)  # refuses what is malformed
    vault.put(name, parts)
    at.say("已保存登录 {name}", "login {name} is kept", name=name)


def _asked(words: str, is_secret: bool) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    if is_secret:
        import getpass

        return getpass.getpass(f"{words}: ").strip()
    sys.stderr.write(f"{words}: ")
    sys.stderr.flush()
    return input().strip()


def list_() -> None:
    """Lists logins by name, and the failure budget of every account."""
    from collectors.budget import FailureBudget
    from inventory.credentials import Vault, in_environment

    at = here()
    for name in in_environment():
        at.print(tell("{name}（环境变量）", "{name} (environment)", name=name))
    if at.project.vault.exists():
        for name in Vault(at.project.vault, passphrase(at.project.vault)).names():
            at.print(name)
    for standing in FailureBudget(at.project.login_failures).standings():
        line = tell(
            "{name}：失败 {n} 次{state}",
            "{name}: {n} failures{state}",
            name=standing.name,
            n=standing.failures,
            state=tell("，已停用", ", withheld") if standing.withheld else "",
        )
        at.print(f"{line} ({', '.join(standing.refused_by)})" if standing.refused_by else line)


def remove(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help=tell("登录的名字。例：core", "Name of the login. Example: core"))
    ],
) -> None:
    """Removes a login from the encrypted file."""
    from inventory.credentials import Vault

    at = here()
    if not at.project.vault.exists():
        raise InputError(name, Text("没有保存过这个登录", "no such login is kept"))
    vault = Vault(at.project.vault, passphrase(at.project.vault))
    if name not in vault.names():
        raise InputError(name, Text("没有保存过这个登录", "no such login is kept"))
    vault.remove(name)
    at.say("已删除登录 {name}", "login {name} is removed", name=name)


def reset(
    account: Annotated[
        str | None,
        typer.Argument(
            metavar="ACCOUNT",
            help=tell("账号，默认全部。例：ssh:admin", "Account; all by default. Example: ssh:admin"),
            show_default=False,
        ),
    ] = None,
) -> None:
    """Forgets the failures of an account, so that it is tried again."""
    from collectors.budget import FailureBudget

    at = here()
    budget = FailureBudget(at.project.login_failures)
    known = sorted({standing.name for standing in budget.standings()})
    if account is not None and account not in known:
        named = ", ".join(known) or "-"
        raise InputError(account, Text(f"没有试过这个账号；试过：{named}", f"was never tried; tried were: {named}"))
    count = budget.reset(account)
    at.say("已清除 {n} 个账号的失败计数", "failures of {n} accounts are forgotten", n=count)
