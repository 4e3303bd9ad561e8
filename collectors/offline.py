"""Snapshots from captured files without a target list: what ``hecha facts PATH…`` shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from collectors.by_cli import facts_by_cli
from collectors.by_snmp import facts_by_snmp, readers
from collectors.merge import Facts, merge_into
from collectors.platforms.base import Platform
from collectors.platforms.dialects.excerpts import vouched_reads
from collectors.sessions.answers import Keep
from collectors.sessions.replay import ReplaySessions, files_of, is_command_file, sessions_from
from inventory.errors import CollectError, Gap, Missing
from inventory.facts import Fact, Identity
from inventory.snapshot import DeviceRecord, Snapshot, State


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
    is all there though nothing in it says so.
    """
    for path in paths:
        for name, files in _devices(path):
            yield str(name), _snapshot(name, files, now, keep, platform, whole=whole)


def _devices(path: Path) -> Iterator[tuple[Path, list[Path]]]:
    if not path.is_dir():
        yield path, [path]
        return
    files = files_of(path)
    if any(is_command_file(file) for file in files):
        yield path, files
        return
    below = sorted(p for p in path.iterdir() if p.is_dir() and not p.is_symlink() and p.name[:1] != ".")
    yield from ((file, [file]) for file in files)
    for folder in below:
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
        empty = not any(file.stat().st_size for file in files)
        why = "empty" if empty else "no platform and no recording is recognised in it"
        return Missing(Gap.UNPARSED, f"{path}: {why}")
    platform = sessions.cli.platform.name if sessions.cli and sessions.cli.platform else None
    identity = facts.get(Identity)
    name = identity.hostname if isinstance(identity, Identity) and identity.hostname else path.stem
    return Snapshot(DeviceRecord(name, "", State.ANSWERED, now, platform), facts)


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
