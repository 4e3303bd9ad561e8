"""Evidence packages: what they hold, and every way in which one is not what was packed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from console import hecha, refused
from judged import RAW, judged_project

from inventory.errors import InputError
from playbooks.evidence_pack import MANIFEST, verify

RAW_SHA256 = hashlib.sha256(RAW.encode()).hexdigest()
RAW_PATH = f"raw/{RAW_SHA256}.txt"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = judged_project(tmp_path_factory.mktemp("judged"))
    words = ("--result", "met", "--file", "proof.pdf", "--note", "n", "--by", "Li", "--until", "2099-01-01")
    assert hecha("attest", "8.1.1.1-a", *words, at=folder).returncode == 0
    return folder


@pytest.fixture(scope="module")
def package(project: Path) -> bytes:
    done = hecha("evidence", "pack", "-o", "e.zip", at=project)
    assert done.returncode == 0, done.stderr
    data = (project / "e.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert hashlib.sha256(archive.read(MANIFEST)).hexdigest() == done.stdout.strip()
    return data


def parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(path: Path, contents: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in contents.items():
            archive.writestr(name, body)
    return path


def said(path: Path) -> dict[str, str]:
    return {name: text.en for name, text in verify(path).problems}


def with_manifest(contents: dict[str, bytes], change: Callable[[Any], None]) -> dict[str, bytes]:
    manifest = json.loads(contents[MANIFEST])
    change(manifest)
    return {**contents, MANIFEST: json.dumps(manifest).encode()}


def test_a_package_holds_what_the_findings_rest_on(package: bytes) -> None:
    found = parts(package)
    assert found[RAW_PATH].decode() == RAW
    manifest = json.loads(found[MANIFEST])
    assert {part["kind"] for part in manifest["files"]} == {"raw", "attested", "report"}
    (raw,) = [part for part in manifest["files"] if part["kind"] == "raw"]
    assert raw["sources"] == ["core-1: display current-configuration", "town-sw: display current-configuration"]
    (attested,) = [part["path"] for part in manifest["files"] if part["kind"] == "attested"]
    assert found[attested] == b"%PDF-1.7 acceptance"
    assert {"clause-matrix.xlsx", "oscal.json", "json-lines.jsonl"} <= set(found)
    assert set(found) == {part["path"] for part in manifest["files"]} | {MANIFEST}


def test_evidence_in_oscal_lies_in_the_package(package: bytes) -> None:
    found = parts(package)
    result = json.loads(found["oscal.json"])["assessment-results"]["results"][0]
    hrefs = {e["href"] for o in result["observations"] for e in o.get("relevant-evidence", ()) if "href" in e}
    assert RAW_PATH in hrefs
    assert hrefs <= set(found)


def test_packing_twice_gives_the_same_manifest(project: Path, package: bytes) -> None:
    assert hecha("evidence", "pack", "-o", "again.zip", at=project).returncode == 0
    assert (project / "again.zip").read_bytes() == package
    refused(hecha("evidence", "pack", "-o", "again.zip", at=project), "is not overwritten")


def test_an_intact_package(tmp_path: Path, package: bytes) -> None:
    (tmp_path / "e.zip").write_bytes(package)
    done = hecha("evidence", "verify", "e.zip", at=tmp_path)
    assert done.returncode == 0
    digest = done.stdout.strip()
    assert hecha("evidence", "verify", "e.zip", "--manifest-sha256", digest.upper(), at=tmp_path).returncode == 0
    assert "manifest itself was not verified" in done.stderr
    refused(hecha("evidence", "verify", "e.zip", "--manifest-sha256", "0" * 64, at=tmp_path), "another hash")
    refused(hecha("evidence", "verify", "e.zip", "--manifest-sha256", "", at=tmp_path), "64 hexadecimal digits")


def test_tampered_missing_and_extra_are_told_at_once(tmp_path: Path, package: bytes) -> None:
    contents = parts(package)
    contents[RAW_PATH] = contents[RAW_PATH].replace(b"enable", b"disabl")
    del contents["json-lines.jsonl"]
    contents["clause-matrix.xlsx"] += b"x"
    contents["readme.txt"] = b"extra"
    contents["folder/"] = b""
    assert said(written(tmp_path / "e.zip", contents)) == {
        RAW_PATH: "was tampered with",
        "json-lines.jsonl": "is missing",
        "clause-matrix.xlsx": "has another size than the manifest says",
        "readme.txt": "is not in the manifest",
        "folder/": "is not in the manifest",
    }
    refused(hecha("evidence", "verify", "e.zip", at=tmp_path), "5 problems", "was tampered with")


def test_a_forged_raw_answer_is_told_even_with_a_forged_manifest(tmp_path: Path, package: bytes) -> None:
    forged = b"undo telnet server enable\n"

    def change(manifest: Any) -> None:
        for part in manifest["files"]:
            if part["path"] == RAW_PATH:
                part.update(sha256=hashlib.sha256(forged).hexdigest(), bytes=len(forged))

    contents = with_manifest({**parts(package), RAW_PATH: forged}, change)
    assert said(written(tmp_path / "e.zip", contents)) == {RAW_PATH: "is not the file that evidence refers to"}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_package(tmp_path: Path, package: bytes, share: float) -> None:
    (tmp_path / "e.zip").write_bytes(package[: int(len(package) * share)])
    with pytest.raises(InputError, match="not an evidence package, or cut off"):
        verify(tmp_path / "e.zip")


def test_a_damaged_part(tmp_path: Path, package: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        info = archive.getinfo("json-lines.jsonl")
    broken = bytearray(package)
    at = info.header_offset + 200
    broken[at : at + 40] = bytes(40)
    (tmp_path / "e.zip").write_bytes(bytes(broken))
    assert "json-lines.jsonl" in said(tmp_path / "e.zip")


def test_no_package_at_all(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("hello")
    refused(hecha("evidence", "verify", "text.zip", at=tmp_path), "not an evidence package")
    refused(hecha("evidence", "verify", "gone.zip", at=tmp_path), "gone.zip")
    with pytest.raises(InputError, match=r"no manifest\.json"):
        verify(written(tmp_path / "e.zip", {"a": b"x"}))
    for body in (b"[]", b"{", b"{}", b"[" * 100_000, b'{"schema": 1}'):
        with pytest.raises(InputError, match="manifest cannot be understood"):
            verify(written(tmp_path / "e.zip", {MANIFEST: body}))


@pytest.mark.parametrize("carried", ["before", "between", "behind", "comment"])
def test_what_is_carried_beside_the_files(tmp_path: Path, package: bytes, carried: str) -> None:
    path = tmp_path / "e.zip"
    path.write_bytes({"before": b"#!/bin/sh\n" + package, "behind": package + b"more"}.get(carried, package))
    if carried == "comment":
        with zipfile.ZipFile(path, "a") as archive:
            archive.comment = b"more"
    if carried == "between":
        path = written(path, parts(package))
        with zipfile.ZipFile(path, "a") as archive:  # the directory is written anew, behind what it no longer lists
            archive.writestr("more.txt", b"more")
            archive.filelist.pop()
            del archive.NameToInfo["more.txt"]
    assert said(path) == {"e.zip": "carries bytes that belong to no file in it"}


def test_a_link_is_no_evidence(tmp_path: Path, package: bytes) -> None:
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts(package).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o120777 if name == RAW_PATH else 0o100600) << 16
            archive.writestr(info, body)
    assert said(path) == {RAW_PATH: "is no plain file"}


def test_a_newer_package(tmp_path: Path, package: bytes) -> None:
    contents = with_manifest(parts(package), lambda manifest: manifest.update(schema=99, seals=[]))
    with pytest.raises(InputError, match="newer"):
        verify(written(tmp_path / "e.zip", contents))


def test_a_bomb_is_not_read(tmp_path: Path, package: bytes) -> None:
    contents = {**parts(package), RAW_PATH: bytes(300_000_000)}
    path = written(tmp_path / "e.zip", contents)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InputError, match="too much"):
        verify(path)


def test_names_that_lead_out_and_names_given_twice(tmp_path: Path, package: bytes) -> None:
    def change(manifest: Any) -> None:
        manifest["files"] += [
            {"path": "../../etc/passwd", "sha256": "0" * 64, "bytes": 1, "kind": "raw", "sources": []}
        ]
        manifest["files"] += [dict(manifest["files"][0])]

    contents = with_manifest(parts(package), change)
    path = written(tmp_path / "e.zip", contents)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(RAW_PATH, RAW)
    found = said(path)
    assert found["../../etc/passwd"] == "not a path within a package"
    assert found[MANIFEST] == "lists a file twice"
    assert found[RAW_PATH] == "stands in the package more than once"


def test_what_was_lost_before_packing_is_told(tmp_path: Path) -> None:
    folder = judged_project(tmp_path)
    words = ("--result", "met", "--file", "proof.pdf", "--note", "n", "--by", "Li", "--until", "2099-01-01")
    assert hecha("attest", "8.1.1.1-a", *words, at=folder).returncode == 0
    next((folder / "evidence").iterdir()).write_bytes(b"forged")
    done = hecha("evidence", "pack", "-o", "e.zip", at=folder)
    assert "missing or changed: evidence/" in done.stderr
    refused(hecha("evidence", "verify", "e.zip", at=folder), "when the package was made")
