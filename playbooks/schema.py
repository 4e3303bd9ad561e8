"""A playbook: what to look at, what to ask, what to judge, what to print, and when."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path
from typing import Any

from checks.assessing import Basis
from inventory.document import UNWRITTEN, WANTED, line_of, read_document
from inventory.errors import InputError
from inventory.text import Text

LIBRARY = Path(__file__).parent / "library"
SEVERITIES = ("info", "low", "medium", "high", "critical")
SOURCES = ("snmp", "cli", "napalm", "probe")


@dataclass(frozen=True, slots=True)
class Words:
    """A title in both languages."""

    zh: str
    en: str

    def text(self) -> Text:
        """The same as a Text."""
        return Text(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class ActiveTest:
    """Throughput tests with iperf3. Never by default: a playbook has to say all of this, and the target to agree."""

    servers: tuple[str, ...]  # addresses of targets with an iperf3 server, tagged so in the target list
    window: str  # local time: "02:00-05:00"
    cap_mbps: float
    seconds: int = 5

    def __post_init__(self) -> None:
        if not (0 < self.cap_mbps <= 100_000 and 1 <= self.seconds <= 60):
            raise ValueError("cap_mbps: 0-100000, seconds: 1-60")
        try:
            self._hours()
        except ValueError:
            raise ValueError('window: "02:00-05:00"') from None

    def _hours(self) -> tuple[time, time]:
        opens, closes = (time.fromisoformat(word) for word in self.window.split("-"))
        return opens, closes

    def open_at(self, moment: time) -> bool:
        """Whether a test may begin then; a window may reach over midnight."""
        opens, closes = self._hours()
        return opens <= moment < closes if opens <= closes else moment >= opens or moment < closes


@dataclass(frozen=True, slots=True)
class Echo:
    """How devices answer over each family. By TCP connects, and by ICMP echo where the target's tags name ``echo``."""

    count: int = 5  # requests to each address
    per_second: float = 50.0  # to all devices together

    def __post_init__(self) -> None:
        if not (1 <= self.count <= 20 and 0 < self.per_second <= 1000):
            raise ValueError("count: 1-20, per_second: 0-1000")


@dataclass(frozen=True, slots=True)
class Collect:
    """How devices are asked."""

    sources: tuple[str, ...] = ("snmp", "cli", "probe")
    workers: int = 32
    timeout_s: float = 0.5
    tries: int = 5
    device_deadline_s: float = 120.0
    login_failures: int = 3
    resolvers: tuple[str, ...] = ()  # address or address:port; empty: the machine's own
    active_test: ActiveTest | None = None
    echo: Echo | None = None  # None: how devices answer is not looked at

    def __post_init__(self) -> None:
        if unknown := set(self.sources) - set(SOURCES):
            raise ValueError(f"sources: {', '.join(sorted(unknown))}? {', '.join(SOURCES)}")
        if not 1 <= self.workers <= 1024:
            raise ValueError("workers: 1-1024")
        if not (self.timeout_s > 0 and self.device_deadline_s > 0 and self.tries >= 1 and self.login_failures >= 1):
            raise ValueError("timeout_s, device_deadline_s, tries, login_failures: > 0")


@dataclass(frozen=True, slots=True)
class Judge:
    """Which checks judge, by family or by id; empty includes mean all."""

    families: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    stale_after_days: float | None = None


_A_FILE = Text(
    "应是文件名，如 waivers.yaml；豁免写在那个文件里，见 docs/playbooks.md",
    "expected the name of a file such as waivers.yaml; the waivers stand in that file, see docs/playbooks.md",
)


@dataclass(frozen=True, slots=True)
class Playbook:
    """One run, as a person wrote it."""

    name: str
    title: Words
    description: Words | None = None
    targets: str = "targets.csv"
    collect: Collect = field(default_factory=Collect)
    judge: Judge = field(default_factory=Judge)
    policy: dict[str, dict[str, Any]] = field(default_factory=dict)
    plan: str = "luhe-2021-2025"
    waivers: str | None = field(default=None, metadata={WANTED: _A_FILE})
    assessment: Basis = field(default_factory=Basis)
    reports: tuple[str, ...] = ("console", "html", "workbook", "json-lines", "findings-csv")
    fail_on: str = "high"
    allow_unknown: bool = False
    schedule: str | None = None  # cron expression: minute hour day month weekday
    file: Path | None = field(default=None, compare=False, metadata=UNWRITTEN)  # None: it was read from none

    def __post_init__(self) -> None:
        if self.fail_on not in SEVERITIES:
            raise ValueError(f"fail_on: {', '.join(SEVERITIES)}")

    @contextmanager
    def telling(self, keys: str) -> Iterator[None]:
        """InputError of what the playbook names at or below some keys is raised with the line in which it does.

        That is where the key stands which the error is about, or the value.
        """
        try:
            yield
        except InputError as error:
            is_key = error.where == keys or error.where.startswith(f"{keys}.")
            named = (error.where,) if is_key else (keys, error.where)
            line = line_of(self.file, *named) if self.file and error.where else None
            if line is None:
                raise
            raise InputError(f"{self.file}:{line}", error.text) from None


def playbook(name: str, project: Path) -> Playbook:
    """A playbook by file path, by name in the project's ``playbooks`` folder, or from the library; in that order."""
    for path in _places(name, project):
        if path.is_file():
            return replace(read_document(path, Playbook), file=path)
    known = ", ".join(sorted(available(project)))
    raise InputError(name, Text(f"没有这个剧本；现有：{known}", f"no such playbook; there are: {known}"))


def _places(name: str, project: Path) -> list[Path]:
    as_path = [Path(name)] if name.endswith((".yaml", ".yml")) else []
    return [*as_path, project / "playbooks" / f"{name}.yaml", LIBRARY / f"{name}.yaml"]


def available(project: Path) -> dict[str, Path]:
    """Every playbook that can be named, the project's own hiding those of the library."""
    found = {p.stem: p for p in sorted(LIBRARY.glob("*.yaml"))}
    found.update({p.stem: p for p in sorted((project / "playbooks").glob("*.yaml"))})
    return found
