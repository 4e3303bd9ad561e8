"""What the shell may complete: the names that a command would accept."""

from __future__ import annotations

from collections.abc import Iterator


def languages() -> list[str]:
    """The two languages."""
    return ["zh", "en"]


def playbook_names() -> Iterator[tuple[str, str]]:
    """Playbooks of the project in the current folder and of the library."""
    from inventory.errors import InputError
    from playbooks.commands.here import here
    from playbooks.schema import available, playbook

    root = here().root
    for name, path in available(root).items():
        try:
            yield name, playbook(str(path), root).title.text().say(here().language)
        except InputError:
            yield name, ""  # one that is wrong is named all the same: running it tells what is


def target_names() -> list[str]:
    """Targets of the project in the current folder."""
    from inventory.errors import InputError
    from inventory.targets import read_targets
    from playbooks.commands.here import here

    try:
        return [target.name for target in read_targets(here().root / "targets.csv")]
    except InputError:
        return []


def table_names() -> list[str]:
    """Tables of a device."""
    from reports.device_tables import TABLES

    return list(TABLES)


def check_ids() -> Iterator[tuple[str, str]]:
    """Checks with their titles."""
    from checks.catalogue import catalogue
    from playbooks.commands.here import here

    for check in catalogue().values():
        yield check.id, check.title.say(here().language)


def families() -> list[str]:
    """Families of checks."""
    from checks.model import Family

    return list(Family)


def severities() -> list[str]:
    """Severities, rising."""
    from playbooks.schema import SEVERITIES

    return list(SEVERITIES)


def platform_names() -> list[str]:
    """Platforms whose texts are read."""
    from collectors.platforms.catalogue import platforms

    return list(platforms())


def report_names() -> Iterator[tuple[str, str]]:
    """Reports with their titles."""
    from playbooks.commands.here import here
    from reports.registry import reports

    for name, report in reports().items():
        yield name, report.title.say(here().language)
