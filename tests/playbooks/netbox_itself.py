"""NetBox itself, from PyPI, on PostgreSQL and Redis: installed into a folder that is kept, run on a loopback port."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

OLDEST_PYTHON = (3, 12)  # that NetBox 4.7 runs on; older releases of it are not on PyPI
USER, PASSWORD = "hecha", "correct horse battery staple"
_STARTS_S = 120.0

_SETTINGS = """
ALLOWED_HOSTS = ["127.0.0.1"]
_account = {{"NAME": "netbox", "USER": "hecha", "PASSWORD": ""}}
DATABASES = {{"default": _account | {{"HOST": "127.0.0.1", "PORT": "{postgres}"}}}}
_redis = {{"HOST": "127.0.0.1", "PORT": {redis}, "SSL": False}}
REDIS = {{"tasks": _redis | {{"DATABASE": 0}}, "caching": _redis | {{"DATABASE": 1}}}}
SECRET_KEY = {secret!r}
API_TOKEN_PEPPERS = {{1: {pepper!r}}}
"""
_BOOT = """
from users.models import Token, User
user = User.objects.create_superuser({user!r}, "hecha@example.org", {password!r})
token = Token(user=user, version=2)
token.save()
print("TOKEN", f"nbt_{{token.key}}.{{token.token}}")
"""


@dataclass(frozen=True, slots=True)
class Itself:
    """A NetBox that runs: its API as a token opens it, and its pages as a person who has logged in sees them."""

    url: str
    token: str
    api: httpx.Client
    pages: httpx.Client

    def objects(self, path: str, **filters: str) -> list[dict[str, Any]]:
        answer = self.api.get(f"/{path}/", params={"limit": 500, **filters})
        return list(answer.raise_for_status().json()["results"])

    def one(self, path: str, **filters: str) -> dict[str, Any]:
        (found,) = self.objects(path, **filters)
        return found

    def change(self, path: str, number: int, **fields: str) -> None:
        self.api.patch(f"/{path}/{number}/", json=fields).raise_for_status()

    def clear(self, path: str) -> None:
        if numbers := [{"id": each["id"]} for each in self.objects(path)]:
            self.api.request("DELETE", f"/{path}/", json=numbers).raise_for_status()

    def form(self, path: str, **fields: str) -> httpx.Response:
        """The page that comes after a form of the page at the path was sent."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.pages.get(path).text)
        assert found, f"no form at {path}"
        sent = {"csrfmiddlewaretoken": found[1], **fields}
        return self.pages.post(path, data=sent, headers={"Referer": f"{self.url}{path}"})


def python() -> str:
    """An interpreter new enough: HECHA_NETBOX_PYTHON, else the first on the path; skips where there is none."""
    named = os.environ.get("HECHA_NETBOX_PYTHON")
    for name in [named] if named else [f"python3.{minor}" for minor in (14, 13, 12)]:
        tell = [name, "-c", "import sys; print(*sys.version_info[:2])"]
        done = subprocess.run(tell, capture_output=True, text=True) if shutil.which(name) else None
        if done and done.returncode == 0 and tuple(map(int, done.stdout.split())) >= OLDEST_PYTHON:
            return name
    pytest.skip("NetBox needs Python 3.12 or newer: name one in HECHA_NETBOX_PYTHON")


def installed(folder: Path) -> Path:
    """NetBox's program, installed there unless it is already."""
    program = folder / "bin" / "netbox"
    if not program.exists():
        subprocess.run([python(), "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "-q", "netbox>=4.7,<5"], check=True)
    return program


@contextmanager
def running(program: Path, cluster: str, folder: Path) -> Iterator[Itself]:
    """NetBox with an empty database of its own on the PostgreSQL server. The tables take minutes to be made."""
    import psycopg

    with psycopg.connect(cluster.replace("+psycopg", "") + "/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE netbox")
    redis, port = _free(), _free()
    settings = _SETTINGS.format(
        postgres=cluster.rpartition(":")[2], redis=redis, secret=secrets.token_hex(32), pepper=secrets.token_hex(32)
    )
    (folder / "netbox_settings.py").write_text(settings)
    surroundings = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(folder)}
    surroundings["NETBOX_CONFIGURATION"] = "netbox_settings"
    store = subprocess.Popen(["redis-server", "--port", str(redis), "--save", ""], stdout=subprocess.DEVNULL)
    try:
        subprocess.run([program, "migrate", "-v", "0"], env=surroundings, check=True)
        boot = _BOOT.format(user=USER, password=PASSWORD)
        told = subprocess.run(
            [program, "shell"], input=boot, env=surroundings, check=True, capture_output=True, text=True
        )
        token = told.stdout.partition("TOKEN ")[2].strip()
        with (folder / "server.log").open("w") as log:
            command = [program, "runserver", "--insecure", "--noreload", f"127.0.0.1:{port}"]
            server = subprocess.Popen(command, env=surroundings, stdout=log, stderr=log)
        try:
            with _at(f"http://127.0.0.1:{port}", token) as itself:
                yield itself
        finally:
            server.terminate()
            server.wait(30)
    finally:
        store.terminate()
        store.wait(30)


@contextmanager
def _at(url: str, token: str) -> Iterator[Itself]:
    """NetBox once it answers, with a person logged in."""
    headers = {"Authorization": f"Bearer {token}"}
    with (
        httpx.Client(base_url=f"{url}/api", timeout=120, headers=headers) as api,
        httpx.Client(base_url=url, timeout=120, follow_redirects=True) as pages,
    ):
        end = time.monotonic() + _STARTS_S
        while not _answers(pages):
            assert time.monotonic() < end, "NetBox does not answer"
            time.sleep(0.5)
        itself = Itself(url, token, api, pages)
        assert itself.form("/login/", username=USER, password=PASSWORD).url.path == "/"
        yield itself


def _answers(pages: httpx.Client) -> bool:
    try:
        return pages.get("/login/").is_success
    except httpx.TransportError:
        return False


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
