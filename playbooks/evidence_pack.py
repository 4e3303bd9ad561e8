"""A run's evidence as one file that can be handed over: raw answers as kept, what people confirmed, and a manifest."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from inventory.codec import CodecError, decode
from inventory.errors import InputError, unreadable, unwritable
from inventory.store import Store
from inventory.text import Language, Text
from playbooks.attesting import FOLDER, FileState, file_state
from playbooks.project import Project
from reports.model import Result
from reports.registry import reports

MANIFEST = "manifest.json"
SCHEMA = 1
REPORTS = ("clause-matrix", "clause-matrix-docx", "oscal", "json-lines")
_MADE = (1980, 1, 1, 0, 0, 0)  # of every part: when it was taken stands in the manifest
_CHUNK = 1 << 16
_MOST_PARTS = 1_000_000
_MOST_BYTES = 16_000_000_000  # unpacked
_MOST_MANIFEST = 256_000_000
_MOST_RATIO = 300  # of all parts together; text of devices shrinks to a tenth, a bomb to a thousandth
# Sizes of a zip file's records in bytes, without names and extra fields (PKWARE APPNOTE 4.3)
_LOCAL, _NAME_AT, _ENTRY, _END, _LOCATOR, _LARGE_END = 30, 26, 46, 22, 20, 56
_MOST_EXTRA = 64  # large sizes and times; hecha writes 20


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a package."""

    path: str
    sha256: str
    bytes: int
    kind: str  # raw, attested, report
    sources: tuple[str, ...] = ()  # of a raw answer: what was asked of whom


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package holds; ``lost`` names what it should hold and does not."""

    schema: int
    run: int
    playbook: str
    started: str  # ISO 8601, UTC
    finished: str
    files: tuple[Part, ...]
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Packed:
    """What came of packing."""

    parts: int
    lost: tuple[str, ...]
    manifest_sha256: str


class _Writing:
    """A package being written, part by part, each hashed as it goes in."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.parts: list[Part] = []

    def add(self, path: str, kind: str, stream: IO[bytes], sources: tuple[str, ...] = ()) -> None:
        """One part from a stream."""
        digest, size = hashlib.sha256(), 0
        with self._archive.open(_info(path), "w", force_zip64=True) as into:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                into.write(chunk)
        self.parts.append(Part(path, digest.hexdigest(), size, kind, sources))


def _info(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _MADE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def pack(project: Project, store: Store, told: Result, language: Language, path: Path) -> Packed:
    """Writes the package of a run; InputError where it cannot be written, and then nothing is there."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(fresh, "w") as archive:
            writing = _Writing(archive)
            lost = [*_add_raws(writing, store, told), *_add_attested(writing, project, store)]
            for name in REPORTS:
                _add_report(writing, name, told, language)
            body = _manifest(told, writing.parts, lost)
            archive.writestr(_info(MANIFEST), body)
        fresh.replace(path)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        fresh.unlink(missing_ok=True)
    return Packed(len(writing.parts), tuple(lost), hashlib.sha256(body).hexdigest())


def _add_raws(writing: _Writing, store: Store, told: Result) -> Iterator[str]:
    """Every raw answer that a finding of the run rests on; yields those that the store no longer has."""
    sources: dict[str, set[str]] = {}
    for row in told.findings():
        for each in row.evidence:
            if each.sha256:
                sources.setdefault(each.sha256, set()).add(f"{row.subject}: {each.source}")
    for sha256, named in sorted(sources.items()):
        text = store.raw(sha256)
        if text is None:
            yield f"raw/{sha256}.txt"
            continue
        with tempfile.SpooledTemporaryFile(_CHUNK) as stream:
            stream.write(text.encode("utf-8", "surrogatepass"))
            stream.seek(0)
            writing.add(f"raw/{sha256}.txt", "raw", stream, tuple(sorted(named)))


def _add_attested(writing: _Writing, project: Project, store: Store) -> Iterator[str]:
    """Every file that somebody attested by; yields those that are gone or changed."""
    for record in {record.file: record for record in store.attestations() if record.file}.values():
        if file_state(project, record) is not FileState.WHOLE:
            yield f"{FOLDER}/{record.file}"
            continue
        with (project.path(FOLDER) / record.file).open("rb") as stream:
            writing.add(f"{FOLDER}/{record.file}", "attested", stream)


def _add_report(writing: _Writing, name: str, told: Result, language: Language) -> None:
    report = reports()[name]
    with tempfile.TemporaryFile() as file:
        report.write(told, language, file)
        file.seek(0)
        writing.add(report.file_name, "report", file)


def _manifest(told: Result, parts: list[Part], lost: list[str]) -> bytes:
    run = told.run
    plain: dict[str, Any] = {
        "schema": SCHEMA,
        "run": run.id,
        "playbook": run.playbook,
        "started": _moment(run.started),
        "finished": _moment(run.finished) if run.finished else "",
        "files": [
            {"path": p.path, "sha256": p.sha256, "bytes": p.bytes, "kind": p.kind, "sources": list(p.sources)}
            for p in parts
        ],
        "lost": lost,
    }
    return (json.dumps(plain, ensure_ascii=True, indent=1) + "\n").encode("ascii")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


# Verifying -----------------------------------------------------------------------------------------------------------


@dataclass
class Verified:
    """What a package holds and everything that is wrong with it."""

    manifest: Manifest
    manifest_sha256: str
    problems: list[tuple[str, Text]] = field(default_factory=list)


def verify(path: Path) -> Verified:
    """Every part held against the manifest. Nothing is unpacked to disk, and no more is read than is declared.

    InputError for a file that is no package, is cut off, or would unpack to more than a package can be.
    """
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(path))
            _weigh(path, archive)
            body = _manifest_body(path, archive)
        except OSError as error:
            raise unreadable(path, error) from None
        except _BROKEN:
            raise InputError(str(path), _NO_PACKAGE) from None
        found = Verified(_parsed(path, body), hashlib.sha256(body).hexdigest())
        found.problems += _problems(path, archive, found.manifest)
    return found


_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError)
_NO_PACKAGE = Text("不是证据包，或文件不完整", "not an evidence package, or cut off")


def _weigh(path: Path, archive: zipfile.ZipFile) -> None:
    listed = archive.infolist()
    total = sum(info.file_size for info in listed)
    size = path.stat().st_size
    if len(listed) > _MOST_PARTS or total > _MOST_BYTES or total > _MOST_RATIO * max(size, _CHUNK):
        raise InputError(str(path), Text("解开后过大，拒绝读取", "would unpack to too much and is not read"))


def _manifest_body(path: Path, archive: zipfile.ZipFile) -> bytes:
    info = next((each for each in archive.infolist() if each.filename == MANIFEST), None)
    if info is None or info.file_size > _MOST_MANIFEST:
        raise InputError(str(path), Text("没有清单 manifest.json", "has no manifest.json"))
    return archive.read(info)


def _parsed(path: Path, body: bytes) -> Manifest:
    try:
        plain = json.loads(body)
        if isinstance(plain, dict) and plain.get("schema", SCHEMA) != SCHEMA:
            raise InputError(str(path), Text("由更新版本的 hecha 制作", "made by a newer hecha"))
        return decode(Manifest, plain)
    except (CodecError, ValueError, RecursionError):
        raise InputError(str(path), Text("清单无法理解", "its manifest cannot be understood")) from None


def _problems(path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> Iterator[tuple[str, Text]]:
    if _strange_bytes(path, archive):
        yield path.name, Text("夹带了不属于任何文件的内容", "carries bytes that belong to no file in it")
    present = {info.filename: info for info in archive.infolist()}
    counts = Counter(info.filename for info in archive.infolist())
    for name in sorted(name for name, count in counts.items() if count > 1):
        yield name, Text("在包里出现多次", "stands in the package more than once")
    declared = {part.path for part in manifest.files}
    if len(declared) != len(manifest.files):
        yield MANIFEST, Text("有文件列了两次", "lists a file twice")
    for name in sorted(present.keys() - declared - {MANIFEST}):
        yield name, Text("清单里没有", "is not in the manifest")
    for part in manifest.files:
        if not _is_plain(part.path):
            yield part.path, Text("路径不合法", "not a path within a package")
        elif part.path not in present:
            yield part.path, Text("缺失", "is missing")
        elif (problem := _of_part(archive, present[part.path], part)) is not None:
            yield part.path, problem
    for name in manifest.lost:
        yield name, Text("制作时就缺失或已被改动", "was missing or changed already when the package was made")


def _strange_bytes(path: Path, archive: zipfile.ZipFile) -> int:
    """Bytes that neither a part nor the directory accounts for: before, between and behind the parts, and comments.

    Programs differ in what they take such bytes for, so that another reader may see another package.
    """
    own = _END
    with path.open("rb") as file:
        file.seek(-min(_END + _LOCATOR, path.stat().st_size), os.SEEK_END)
        if file.read(4) == b"PK\x06\x07":
            own += _LOCATOR + _LARGE_END
        for info in archive.infolist():
            file.seek(info.header_offset + _NAME_AT)
            name, extra = struct.unpack("<HH", file.read(4).ljust(4, b"\0"))
            own += _LOCAL + name + min(extra, _MOST_EXTRA) + info.compress_size
            own += _ENTRY + name + min(len(info.extra), _MOST_EXTRA)
    return path.stat().st_size - own


def _is_plain(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and "\\" not in path and ".." not in parts and path.isprintable()


def _of_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, part: Part) -> Text | None:
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return Text("不是普通文件", "is no plain file")
    if info.file_size != part.bytes:
        return Text("大小与清单不符", "has another size than the manifest says")
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except (OSError, *_BROKEN):
        return Text("读不出来，已损坏", "is damaged and cannot be read")
    if digest.hexdigest() != part.sha256 or size != part.bytes:
        return Text("内容已被改动", "was tampered with")
    return None if _is_named_so(part) else Text("不是证据所指的文件", "is not the file that evidence refers to")


def _is_named_so(part: Part) -> bool:
    """Whether a part bears the name that evidence calls such a content by."""
    if part.path.startswith("raw/") or part.kind == "raw":
        return part.path == f"raw/{part.sha256}.txt"
    if part.path.startswith(f"{FOLDER}/") or part.kind == "attested":
        return part.path.startswith(f"{FOLDER}/{part.sha256[:16]}-")
    return True
