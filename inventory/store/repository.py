"""The store: everything that is kept between runs."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import URL, Connection, Engine, Row, func, insert, select, update

from inventory.attestation import Attestation
from inventory.errors import Gap, Missing, StoreError
from inventory.facts import Fact
from inventory.findings import FindingRow
from inventory.register import Register
from inventory.snapshot import DeviceRecord, Snapshot
from inventory.store import device_rows, finding_rows, register_rows, word_rows
from inventory.store.engine import connected, database_url, named, told
from inventory.store.packing import Damaged, json_text, packed_text, storable, unpacked_text
from inventory.store.records import Decision, RegisterVersion, RunRecord, RunState
from inventory.store.sightings import StoredSightings
from inventory.store.tables import devices, findings, raws, registers, runs
from inventory.store.traffic import StoredTraffic
from inventory.text import Text

F = TypeVar("F", bound=Fact)
_BATCH_DEVICES = 64
_BATCH_RAWS = 256
_BATCH_BYTES = 4_000_000
_BATCH_SECONDS = 2.0
_REMEMBERED_RAWS = 4096


class Store:
    """A project's database. Any thread may use it; writes go one after another, devices and raw answers in batches.

    What ``save_device`` and ``keep_raw`` were given is on disk after ``flush``, which every read and ``finish_run``
    does first; a process that is killed loses the last two seconds at most.
    """

    def __init__(self, engine: Engine, url: URL) -> None:
        self._engine = engine
        self._url = url
        self._lock = threading.RLock()
        self._devices: list[device_rows.Encoded] = []
        self._raws: dict[bytes, bytes] = {}
        self._known_raws: OrderedDict[bytes, None] = OrderedDict()
        self._bytes = 0
        self._oldest = 0.0

    @classmethod
    def open(cls, where: str | Path, *, create: bool = True, busy_timeout_s: float = 15.0) -> Self:
        """The store at a path (SQLite) or SQLAlchemy URL, its schema brought up to date.

        StoreError: no database and ``create`` is false, unreadable, not a database of hecha, locked, of a newer hecha.
        """
        url = database_url(where)
        return cls(connected(url, create=create, busy_timeout_s=busy_timeout_s), url)

    @property
    def name(self) -> str:
        """The database as a message may show it, without password."""
        return named(self._url)

    def close(self) -> None:
        """Writes what is left and lets go of the database."""
        try:
            self.flush()
        finally:
            self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self.close()
        except StoreError:
            if error is None:  # the first trouble is the one to be told
                raise

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._lock, told(self._url), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._devices or self._raws:
            self.flush()
        with told(self._url), self._engine.connect() as connection:
            yield connection

    # Runs ------------------------------------------------------------------------------------------------------------

    def create_run(
        self, playbook: str, options: Mapping[str, Any] | None = None, *, started: datetime | None = None
    ) -> int:
        """Opens a run, judged against the newest register; its number. ``options`` is plain data to resume by."""
        with self._writing() as connection:
            newest = connection.execute(select(func.max(registers.c.id))).scalar()
            row = {
                "playbook": storable(playbook),
                "state": RunState.RUNNING.value,
                "started": started or datetime.now(UTC),
                "options": json_text(dict(options or {})),
                "register_id": newest,
            }
            run: int = connection.execute(insert(runs).returning(runs.c.id), row).scalar_one()
            return run

    def finish_run(self, run: int, state: RunState = RunState.FINISHED, *, at: datetime | None = None) -> None:
        """Closes a run. A finished one also closes the gaps it judged again and no longer found."""
        self.flush()
        now = at or datetime.now(UTC)
        with self._writing() as connection:
            connection.execute(update(runs).where(runs.c.id == run).values(state=state.value, finished=now))
            if state is RunState.FINISHED:
                finding_rows.resolve(connection, run, now)

    def resume_run(self, run: int) -> None:
        """Opens a run again that was killed or failed; its findings are forgotten, its devices are kept."""
        with self._writing() as connection:
            finding_rows.forget_findings(connection, run)
            connection.execute(update(runs).where(runs.c.id == run).values(state=RunState.RUNNING.value, finished=None))

    def run(self, run: int) -> RunRecord:
        """One run; StoreError when there is none of that number."""
        with self._reading() as connection:
            row = connection.execute(select(runs).where(runs.c.id == run)).first()
        if row is None:
            raise StoreError(Text(f"没有第 {run} 次运行", f"there is no run {run}"))
        return _run_record(row)

    def runs(self, playbook: str | None = None, *, states: Iterable[RunState] = tuple(RunState)) -> list[RunRecord]:
        """Runs, the newest first."""
        statement = select(runs).where(runs.c.state.in_([s.value for s in states])).order_by(runs.c.id.desc())
        if playbook is not None:
            statement = statement.where(runs.c.playbook == playbook)
        with self._reading() as connection:
            return [_run_record(row) for row in connection.execute(statement)]

    # Devices and facts -----------------------------------------------------------------------------------------------

    def save_device(self, run: int, snapshot: Snapshot) -> None:
        """Keeps a device (or a business system's probe) with its facts; the same target again replaces it."""
        item = device_rows.encoded(run, snapshot)
        with self._lock:
            self._devices.append(item)
            self._note(sum(len(body) for _, body in item.bodies))

    def _note(self, size: int) -> None:
        # Called with the lock held: writes when enough has come together, or has waited long enough.
        now = time.monotonic()
        self._oldest = self._oldest or now
        self._bytes += size
        full = len(self._devices) >= _BATCH_DEVICES or len(self._raws) >= _BATCH_RAWS or self._bytes >= _BATCH_BYTES
        if full or now - self._oldest >= _BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Writes what waits in memory."""
        with self._lock:
            if not self._devices and not self._raws:
                return
            with self._writing() as connection:
                device_rows.write_raws(connection, self._raws)
                device_rows.write_devices(connection, self._devices)
            self._devices, self._raws, self._bytes, self._oldest = [], {}, 0, 0.0

    def done_targets(self, run: int) -> frozenset[str]:
        """Targets that the run has already, answered or not: the others are what a resumed run asks."""
        with self._reading() as connection:
            return frozenset(connection.execute(select(devices.c.target).where(devices.c.run_id == run)).scalars())

    def records(self, run: int, *, systems: bool = False) -> Iterator[DeviceRecord]:
        """Every device of a run in the order they came; business systems' probes only when asked for."""
        for page in self._device_pages(run, systems):
            yield from map(device_rows.record_from, page)

    def snapshots(self, run: int, *, systems: bool = False) -> Iterator[Snapshot]:
        """Every device of a run with all its facts, a page in memory at a time."""
        for page in self._device_pages(run, systems):
            with self._reading() as connection:
                found = list(device_rows.snapshots_from(connection, page))
            yield from found

    def _device_pages(self, run: int, systems: bool) -> Iterator[list[Row[Any]]]:
        last = 0
        while True:
            with self._reading() as connection:
                page = device_rows.device_page(connection, run, last, systems=systems)
            if not page:
                return
            yield page
            last = page[-1].id

    def snapshot(self, run: int, target: str) -> Snapshot | None:
        """One device of a run with all its facts; None when the run has none of that name."""
        with self._reading() as connection:
            row = device_rows.device_row(connection, run, target)
            return None if row is None else next(device_rows.snapshots_from(connection, [row]))

    def record(self, run: int, target: str) -> DeviceRecord | None:
        """What became of one target; None when the run has none of that name."""
        with self._reading() as connection:
            row = device_rows.device_row(connection, run, target)
        return None if row is None else device_rows.record_from(row)

    def fact(self, run: int, target: str, kind: type[F]) -> F | Missing:
        """One fact of one target; Missing(UNREAD) when nobody asked for it."""
        with self._reading() as connection:
            body = device_rows.fact_body(connection, run, target, kind.__name__)
        return _of_kind(kind, body, target)

    def each(self, run: int, kind: type[F]) -> Iterator[tuple[str, F | Missing]]:
        """One kind of fact of every device that was asked for it, a page in memory at a time."""
        last = 0
        while True:
            with self._reading() as connection:
                page = device_rows.fact_page(connection, run, kind.__name__, last)
            if not page:
                return
            for row in page:
                yield row.target, _of_kind(kind, row.body, row.target)
            last = page[-1].device_id

    def appearances(self, until: datetime | None = None) -> Iterator[tuple[int, DeviceRecord]]:
        """Run and record of every device target each time it was asked, target by target, the oldest first."""
        with self._reading() as connection:
            found = device_rows.appearances(connection, until)
        return ((row.run_id, device_rows.record_from(row)) for row in found)

    # Raw answers -----------------------------------------------------------------------------------------------------

    def keep_raw(self, text: str) -> str:
        """Keeps a raw answer, masked already, once; its SHA-256 in hex, which evidence carries."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            if digest not in self._known_raws:
                self._known_raws[digest] = None
                if len(self._known_raws) > _REMEMBERED_RAWS:
                    self._known_raws.popitem(last=False)
                self._raws[digest] = packed_text(text)
                self._note(len(self._raws[digest]))
        return digest.hex()

    def raw(self, sha256: str) -> str | None:
        """The raw answer of that address; None when none is kept. StoreError when it is damaged."""
        try:
            digest = bytes.fromhex(sha256)
        except ValueError:
            return None
        with self._reading() as connection:
            body = connection.execute(select(raws.c.body).where(raws.c.sha256 == digest)).scalar()
        try:
            return None if body is None else unpacked_text(body)
        except Damaged:
            raise StoreError(Text(f"原始回答 {sha256} 已损坏", f"the raw answer {sha256} is damaged")) from None

    # Findings --------------------------------------------------------------------------------------------------------

    def save_findings(self, run: int, rows: Iterable[FindingRow]) -> int:
        """Appends findings to a run as they come; how many there were."""
        at, count, stream = self.run(run).started, 0, iter(rows)
        while batch := list(islice(stream, finding_rows.BATCH)):
            with self._writing() as connection:
                finding_rows.write_findings(connection, run, at, batch)
            count += len(batch)
        return count

    def forget_findings(self, run: int) -> None:
        """Takes a run's findings back, so that it can be judged anew."""
        with self._writing() as connection:
            finding_rows.forget_findings(connection, run)

    def findings(
        self,
        run: int,
        *,
        outcomes: Iterable[str] = (),
        checks: Iterable[str] = (),
        subject_kinds: Iterable[str] = (),
        subjects: Iterable[str] = (),
        sites: Iterable[str] = (),
    ) -> Iterator[FindingRow]:
        """Findings of a run in the order they were made, a page in memory at a time; empty limits mean all."""
        limits = {
            "outcome": tuple(outcomes),
            "check_id": tuple(checks),
            "subject_kind": tuple(subject_kinds),
            "subject": tuple(subjects),
            "site": tuple(sites),
        }
        wanted = {column: values for column, values in limits.items() if values}
        last = 0
        while True:
            with self._reading() as connection:
                page = finding_rows.finding_page(connection, run, last, wanted)
            if not page:
                return
            yield from map(finding_rows.finding_from, page)
            last = page[-1].id

    def finding_counts(self, run: int) -> dict[tuple[str, str, str], int]:
        """How many findings a run has by (check, severity, outcome)."""
        keys = (findings.c.check_id, findings.c.severity, findings.c.outcome)
        statement = select(*keys, func.count()).where(findings.c.run_id == run).group_by(*keys).order_by(*keys)
        with self._reading() as connection:
            return {(check, severity, outcome): n for check, severity, outcome, n in connection.execute(statement)}

    def resolved(self, run: int) -> list[FindingRow]:
        """Gaps of earlier runs that this run judged again and no longer found."""
        finished = self.run(run).finished
        if finished is None:
            return []
        with self._reading() as connection:
            return finding_rows.resolved_rows(connection, finished)

    def gaps_of(self, subject_kind: str, subject: str) -> list[FindingRow]:
        """Every gap that a subject ever had, with when it came and went, the oldest first."""
        with self._reading() as connection:
            return finding_rows.gaps_of(connection, subject_kind, subject)

    @property
    def sightings(self) -> StoredSightings:
        """What discoveries found."""
        return StoredSightings(self._writing, self._reading)

    @property
    def traffic(self) -> StoredTraffic:
        """Counters over time."""
        return StoredTraffic(self._writing, self._reading)

    # Register and decisions ------------------------------------------------------------------------------------------

    def save_register(
        self, register: Register, source: str = "", *, at: datetime | None = None, decided: Iterable[Decision] = ()
    ) -> RegisterVersion:
        """Keeps a register as the newest version, with the decisions that led to it; one equal to it only once."""
        with self._writing() as connection:
            word_rows.write_decisions(connection, decided)
            return register_rows.write_register(connection, register, storable(source), at or datetime.now(UTC))

    def register(self, version: int | None = None) -> Register | None:
        """The newest register, or that version; None when there is none."""
        with self._reading() as connection:
            body = register_rows.register_body(connection, version)
        return None if body is None else register_rows.register_from(body, self.name)

    def register_versions(self) -> list[RegisterVersion]:
        """The history of imports, the newest first."""
        with self._reading() as connection:
            return register_rows.versions(connection)

    def decide(self, decision: Decision) -> None:
        """Keeps what a person decided about a difference; the newest decision on a subject counts."""
        with self._writing() as connection:
            word_rows.write_decisions(connection, [decision])

    def decisions(self) -> dict[tuple[str, str], Decision]:
        """The newest decision by (kind of difference, subject)."""
        with self._reading() as connection:
            return word_rows.newest_decisions(connection)

    def attest(self, said: Iterable[Attestation]) -> None:
        """Keeps what people confirmed, all of it or nothing."""
        with self._writing() as connection:
            word_rows.write_attestations(connection, said)

    def attestations(self) -> list[Attestation]:
        """Everything that people ever confirmed, in the order it was kept."""
        with self._reading() as connection:
            return word_rows.all_attestations(connection)


def _run_record(row: Row[Any]) -> RunRecord:
    options = json.loads(row.options)
    return RunRecord(row.id, row.playbook, RunState(row.state), row.started, row.finished, options, row.register_id)


def _of_kind(kind: type[F], body: bytes | None, target: str) -> F | Missing:
    found = None if body is None else device_rows.fact_from(kind.__name__, body)
    if isinstance(found, kind | Missing):
        return found
    return Missing(Gap.UNREAD, f"{kind.__name__} was not asked of {target}")
