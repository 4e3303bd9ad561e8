"""A stored run as files: each report written whole or not at all."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from inventory.errors import InputError, unwritable
from inventory.plan_figures import FILE, read_plan_figures
from inventory.store import Store
from inventory.text import Language, Text
from playbooks.judging import plan_of, waivers_of
from playbooks.project import Project
from playbooks.schema import Playbook
from reports.model import Report, Result
from reports.registry import reports

CONSOLE = "console"


def chosen(names: Iterable[str]) -> tuple[Report, ...]:
    """Reports by name; InputError for a name that none has."""
    known = reports()
    for name in names:
        if name not in known:
            listed = ", ".join(known)
            raise InputError(name, Text(f"没有这个报告；现有：{listed}", f"no such report; there are: {listed}"))
    return tuple(known[name] for name in dict.fromkeys(names))


def result(project: Project, store: Store, run: int, playbook: Playbook, today: date) -> Result:
    """A run as reports read it."""
    wanted = plan_of(project, playbook)
    return Result(
        store,
        run,
        plan=wanted,
        declared=read_plan_figures(project.path(FILE), wanted),
        today=today,
        title=playbook.title.text(),
        stale_after_days=playbook.judge.stale_after_days,
        basis=playbook.assessment,
        waivers=waivers_of(project, playbook),
        lost=lambda: _lost(project, store),
    )


def _lost(project: Project, store: Store) -> frozenset[str]:
    from playbooks.attesting import lost_files  # few reports ask for it, and it loads what reads workbooks

    return lost_files(project, store.attestations())


def check_figures(project: Project, playbook: Playbook) -> None:
    """InputError where the figures that people declared do not fit the plan, found before the run that needs them."""
    read_plan_figures(project.path(FILE), plan_of(project, playbook))


def check_folder(folder: Path) -> None:
    """InputError where no folder for reports can be, found before the run that would fill it."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        raise InputError(str(there), Text("不是文件夹", "is not a folder"))
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError(str(there), Text("写不进去", "cannot be written to"))


def write_reports(told: Result, names: Iterable[str], language: Language, folder: Path) -> dict[str, Path]:
    """The file of each report that is one; InputError where the folder cannot be written, and then no half file."""
    files = [report for report in chosen(names) if report.name != CONSOLE]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return {report.name: _written(told, report, language, folder) for report in files}
    except OSError as error:
        raise unwritable(folder, error) from None


def _written(told: Result, report: Report, language: Language, folder: Path) -> Path:
    path = folder / report.file_name
    _sweep(path)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("w+b") as stream:
            report.write(told, language, stream)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path


def _sweep(path: Path) -> None:
    """Takes away the halves that processes left which were killed while they wrote that report."""
    if not Path("/proc/self").exists():  # nothing tells which processes live
        return
    for half in path.parent.glob(f".{glob.escape(path.name)}.*"):
        writer = half.name.rpartition(".")[2]
        if writer.isdecimal() and not Path("/proc", writer).exists():
            half.unlink(missing_ok=True)
