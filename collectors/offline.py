"""Snapshots from captured files without a target list: what ``hecha facts PATH…`` shows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from collectors.by_cli import facts_by_cli
from collectors.by_snmp import facts_by_snmp, readers
from collectors.merge import merge_into
from collectors.platforms.base import Platform
from collectors.platforms.dialects.excerpts import vouched_reads
from collectors.sessions.answers import Keep
from collectors.sessions.replay import ReplaySessions, files_of, is_command_file, sessions_from
from inventory.errors import CollectError, Gap, InputError, Missing
from inventory.facts import Fact, Identity
from inventory.snapshot import DeviceRecord, Facts, Snapshot, State
from inventory.text import Text

_DEEPEST, _MOST_FILES = 8, 100_000  # folders within folders, and files in all of them


def snapshots_from(
    paths: Iterable[Path],
    now: datetime,
    keep: Keep | None = None,
    platform: Platform | None = None,
    *,
    whole: bool = False,
) -> Iterator[tuple[str, Snapshot | Missing]]:
    """Each device that the files show, under the path it was read from, or why nothing could be read of it.

    A file is a device: a configuration, the log of a terminal or an SNMP recording. So is a folder in which a file is
    named after a command; of any other folder every file and folder is taken by itself. ``now`` is the time the
    evidence bears. Without ``platform`` what they say tells it. With ``whole`` somebody vouches that a configuration
    is all there though nothing in it says so. InputError for a folder that is larger than captures are, before
    anything in it is read: the root of a machine named by mistake.
    """
    asked = list(paths)
    for path in asked:
        _bounded(path, path)
    for path in asked:
        for name, files in _devices(path):
            yield str(name), _snapshot(name, files, now, keep, platform, whole=whole)


def _bounded(path: Path, top: Path, deep: int = 0, files: int = 0) -> int:
    """How many files lie in a folder and below it, with those counted before; InputError beyond the bounds."""
    try:
        below = _folders(path) if path.is_dir() else []
        files += sum(1 for _ in path.iterdir()) - len(below) if path.is_dir() else 1
    except OSError:  # is told where it is read
        return files
    if deep > _DEEPEST or files > _MOST_FILES:
        raise InputError(
            str(top),
            Text(
                f"里面超过 {_DEEPEST} 层文件夹或 {_MOST_FILES} 个文件，不像采集文件：请指明采集文件所在的文件夹",
                f"holds more than {_DEEPEST} levels of folders or {_MOST_FILES} files, more than captures do: name the "
                "folder they lie in",
            ),
        )
    for folder in below:
        files = _bounded(folder, top, deep + 1, files)
    return files


def _folders(path: Path) -> list[Path]:
    with os.scandir(path) as found:
        return sorted(Path(p) for p in found if p.is_dir(follow_symlinks=False) and p.name[:1] != ".")


def _devices(path: Path) -> Iterator[tuple[Path, list[Path]]]:
    if not path.is_dir():
        yield path, [path]
        return
    files = files_of(path)
    if any(is_command_file(file) for file in files):
        yield path, files
        return
    yield from ((file, [file]) for file in files)
    for folder in _folders(path):
        yield from _devices(folder)


def _snapshot(
    path: Path, files: list[Path], now: datetime, keep: Keep | None, declared: Platform | None, *, whole: bool
) -> Snapshot | Missing:
    try:
        sessions = sessions_from(files, declared, keep)
    except CollectError as failure:
        return failure.missing()
    facts = _facts(sessions, now, whole=whole)
    if not facts:
        return _nothing_in(path, files, sessions.refused)
    platform = sessions.cli.platform.name if sessions.cli and sessions.cli.platform else None
    identity = facts.get(Identity)
    name = identity.hostname if isinstance(identity, Identity) and identity.hostname else path.stem
    return Snapshot(DeviceRecord(name, "", State.ANSWERED, now, platform), facts)


def _nothing_in(path: Path, files: list[Path], refused: Missing | None) -> Missing:
    if not any(file.stat().st_size for file in files):
        return Missing(Gap.UNPARSED, f"{path}: empty")
    if refused:
        return replace(refused, why=f"{path}: {refused.why}")
    return Missing(Gap.UNPARSED, f"{path}: no platform and no recording is recognised in it")


def _facts(sessions: ReplaySessions, now: datetime, *, whole: bool) -> Facts:
    facts: Facts = {}
    if sessions.snmp is not None:
        merge_into(facts, facts_by_snmp(sessions.snmp, _order(readers()), now))
    if sessions.cli is not None and sessions.cli.platform is not None:
        platform = _vouched(sessions.cli.platform) if whole else sessions.cli.platform
        merge_into(facts, facts_by_cli(sessions.cli, platform, _order(r.fact for r in platform.all_reads), now))
    return facts


def _vouched(platform: Platform) -> Platform:
    """The platform with a dialect that takes every text for a whole configuration."""
    dialect = platform.dialect and replace(platform.dialect, end="", orders=())
    return replace(platform, dialect=dialect, config_reads=vouched_reads(platform.config_reads))


def _order(kinds: Iterable[type[Fact]]) -> list[type[Fact]]:
    return list(dict.fromkeys(kinds))
