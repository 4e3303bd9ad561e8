"""The project folder: where a network's targets, register, database and outputs lie."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from inventory.document import has_content, read_document
from inventory.errors import InputError, unwritable
from inventory.plan_figures import FILE as FIGURES
from inventory.targets import COLUMNS
from inventory.text import Language, Text

_MOST_ADDRESSES = 1 << 20  # of a discovery: a sweep holds them in memory, and at 100 packets a second takes days
SETTINGS, STATE = "hecha.yaml", ".hecha"
_SETTINGS_TEXT = """\
# Settings of this project; every key may be left out.
# 本项目的设置，均可省略。
#
# database: postgresql+psycopg://hecha@db.example/hecha    # default: hecha.db in this folder
# resolvers: [10.0.0.53]                                   # name servers for probing business systems
# discovery:                                               # what hecha discover may ask
#   scopes: [10.1.0.0/16, 10.2.0.10-10.2.0.90]             # every address of these
#   within: [fd00:10::/32]                                 # in these, only addresses that something tells of
#   exclude: [10.1.9.0/24]                                 # never, by any command, whatever else names them
"""
_FIGURES_TEXT = """\
# Figures of the plan that no device tells; hecha plan says what is missing.
# 设备上读不到的规划数字；缺什么见 hecha plan。
# denominators:            # totals 总数
#   DEN-BUDGET: 96
# figures:                 # values with their source, valid for a year 数值须写明来源，一年内有效
# - {requirement: PR-VID-01, value: 3120, as_of: 2026-10-31, by: 王工, source: 雪亮平台月报}
# - {requirement: PR-SEC-05, met: true, as_of: 2026-03-01, by: 李主任, source: 陆府办〔2026〕3号}
"""
_IGNORED = "/hecha.db*\n/out/\n/evidence/\n/.hecha/\n"


@dataclass(frozen=True, slots=True)
class DiscoverySettings:
    """What a discovery may ask, and how fast. ``exclude`` holds for every command, whatever its options say."""

    scopes: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    packets_per_s: float = 100.0
    most_addresses: int = 65_536
    ports: tuple[int, ...] = (22, 23, 80, 443)
    snmp_port: int = 161
    logins: tuple[str, ...] = ("default",)
    tries: int = 2
    timeout_s: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.packets_per_s <= 100_000:
            raise ValueError("packets_per_s: > 0, <= 100000")
        if not all(1 <= port <= 65535 for port in (*self.ports, self.snmp_port)):
            raise ValueError("ports, snmp_port: 1-65535")
        if len(self.ports) > 64:
            raise ValueError("ports: <= 64")
        if not 1 <= self.most_addresses <= _MOST_ADDRESSES:
            raise ValueError(f"most_addresses: 1-{_MOST_ADDRESSES}")
        if not (1 <= self.tries <= 10 and 0 < self.timeout_s <= 60):
            raise ValueError("tries: 1-10; timeout_s: > 0, <= 60")
        if self.scopes or self.within or self.exclude:
            from collectors.discovery.scopes import networks  # netaddr takes longer to load than most settings

            for key in ("scopes", "within", "exclude"):
                networks(f"discovery.{key}", getattr(self, key))


@dataclass(frozen=True, slots=True)
class Settings:
    """The project's hecha.yaml."""

    database: str | None = None
    resolvers: tuple[str, ...] = ()
    discovery: DiscoverySettings = DiscoverySettings()


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder. Nothing in it has to exist before it is needed."""

    root: Path
    settings: Settings = Settings()

    @property
    def database(self) -> str:
        """SQLAlchemy URL or path of the store: HECHA_DATABASE, then hecha.yaml, then hecha.db in the folder.

        A path in hecha.yaml is one in the project folder, unless it is absolute.
        """
        named = os.environ.get("HECHA_DATABASE")
        if named is None or not named.strip():
            named = self.settings.database or "hecha.db"
            return named if "://" in named else str(self.root / named)
        return named

    @property
    def state(self) -> Path:
        """The folder of what hecha remembers between runs beside the database, ``state_folder`` made when asked for.

        InputError where it cannot be made.
        """
        folder = state_folder(self.root)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from None
        return folder

    @property
    def known_hosts(self) -> Path:
        """SSH host keys as first seen."""
        return self.state / "known_hosts"

    @property
    def login_failures(self) -> Path:
        """The login failure budget of every account."""
        return self.state / "login-failures.json"

    @property
    def vault(self) -> Path:
        """The encrypted file of logins."""
        return self.state / "logins.json"

    def path(self, name: str) -> Path:
        """A file named in a playbook: as it stands when absolute, else in the project folder."""
        return self.root / name

    def targets(self, name: str) -> Path:
        """The file of targets; InputError where there is none and the folder is no project."""
        path = self.path(name)
        if not path.exists() and not (self.root / SETTINGS).exists():
            raise InputError(
                str(path),
                Text(
                    "没有这个文件，这里也不是项目文件夹：先 hecha init，或用 --project、--targets 指明",
                    "no such file, and no project folder: hecha init makes one, --project or --targets names one",
                ),
            )
        return path

    def outputs(self, run: int) -> Path:
        """The folder for a run's reports."""
        return self.root / "out" / f"run-{run}"


def state_folder(root: Path) -> Path:
    """Where hecha remembers things for a folder: in it, where ``init`` made it, else with the user.

    A census run in passing leaves nothing behind, and host keys and login failures are remembered all the same.
    """
    own = root / STATE
    if own.is_dir() or (root / SETTINGS).is_file():
        return own
    try:
        return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "hecha"
    except RuntimeError:  # a user without a home, as in containers
        return own


def project_at(root: Path) -> Project:
    """The project in a folder, with its settings where it has any."""
    file = root / SETTINGS
    return Project(root, read_document(file, Settings) if file.is_file() and has_content(file) else Settings())


def create_project(root: Path, language: Language) -> list[Path]:
    """A new project folder: target list, census workbook, settings. Returns what was written.

    A folder that already has any of these is refused before anything is written.
    """
    from inventory.workbook.census import write_template  # takes longer to load than the help to show

    workbook = root / ("普查表.xlsx" if language == "zh" else "register.xlsx")
    contents = {
        root / "targets.csv": ",".join(COLUMNS) + "\n",
        root / SETTINGS: _SETTINGS_TEXT,
        root / FIGURES: _FIGURES_TEXT,
        root / ".gitignore": _IGNORED,
    }
    if taken := [p.name for p in (*contents, workbook) if p.exists()]:
        named = ", ".join(taken)
        raise InputError(str(root), Text(f"已经有 {named}，不覆盖", f"already has {named}; nothing is overwritten"))
    with ExitStack() as undoing:  # what was made goes again where the rest cannot be: init can be tried again
        try:
            (root / "playbooks").mkdir(parents=True, exist_ok=True)
            for path, text in contents.items():
                undoing.callback(path.unlink, missing_ok=True)
                path.write_text(text, encoding="utf-8")
            write_template(workbook)
        except OSError as error:
            raise unwritable(root, error) from None
        undoing.pop_all()
    return [*contents, workbook]
