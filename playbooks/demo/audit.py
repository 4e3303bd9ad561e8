"""The simulated county audited: the same project folder, playbook and run that a real network has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from inventory.credentials import Logins
from inventory.store import Store
from inventory.text import Language
from playbooks.demo import polled
from playbooks.demo.county import VILLAGES
from playbooks.demo.running import DemoCounty
from playbooks.demo.written import check_folder, kept_host_key, write_project
from playbooks.progress import Progress
from playbooks.project import Project, project_at
from playbooks.runner import Order, RunOutcome, run_playbook
from playbooks.schema import Playbook, playbook


@dataclass(frozen=True, slots=True)
class DemoProject:
    """The project folder of a county that is up, and the logins to it."""

    county: DemoCounty
    project: Project
    playbook: Playbook
    logins: Logins


@contextmanager
def demo_project(folder: Path, villages: int = VILLAGES, *, mended: bool = False) -> Iterator[DemoProject]:
    """A county that answers while the context lasts, its project written into ``folder`` and its register imported.

    What was there of it before stays: its runs, and the host keys by which its devices are known.

    Raises InputError where the folder cannot be written or holds another project, or the county does not start.
    """
    check_folder(folder)
    with DemoCounty(villages, mended=mended, host_key=kept_host_key(folder)) as county:
        write_project(county, folder)
        project = project_at(folder)
        with Store.open(project.database) as store:
            store.save_register(county.register(), "demo")
            store.traffic.forget(datetime.now(UTC))  # its past is made up anew
            if villages <= polled.MOST_VILLAGES:
                store.traffic.keep(polled.polls(county.county, county.started, datetime.now(UTC)))
        yield DemoProject(county, project, playbook("demo", folder), Logins(county.environment()))


def audit(demo: DemoProject, language: Language, progress: Progress) -> RunOutcome:
    """One run of the demo's playbook; its reports lie in the project folder itself."""
    order = Order(out=demo.project.root)
    with Store.open(demo.project.database) as store:
        return run_playbook(
            demo.project, store, demo.playbook, demo.logins, order=order, language=language, progress=progress
        )
