"""Guards over the repository itself: its layout, the wheel, what imports what, and what its documents promise."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("inventory", "collectors", "checks", "reports", "playbooks")

# Where each third-party library lives: module prefixes that alone may import it.
HOMES = {
    "alembic": ("inventory.store",),
    "apscheduler": ("playbooks.schedule",),
    "asyncssh": ("playbooks.demo",),
    "cryptography": (
        "inventory.credentials",
        "collectors.by_probe",
        "collectors.probes",
        "collectors.sessions.ssh",
        "playbooks.demo",
    ),
    "dns": ("collectors.by_probe", "collectors.probes"),
    "docx": ("reports.document",),
    "fastapi": ("reports.web",),
    "gufo": ("collectors.sessions.snmp",),
    "httpx": ("collectors.by_probe", "collectors.probes", "collectors.netbox"),
    "icmplib": ("collectors.by_echo",),
    "jinja2": ("reports",),
    "napalm": ("collectors.by_napalm",),
    "netaddr": ("inventory.addresses",),
    "netmiko": ("collectors.sessions.ssh", "collectors.by_napalm"),
    "openpyxl": ("inventory.workbook",),
    "paramiko": ("collectors.sessions.ssh", "collectors.by_napalm", "playbooks.demo"),
    "psycopg": ("inventory.store",),
    "pyasn1": ("collectors.sessions.snmp",),
    "pysnmp": ("collectors.sessions.snmp",),
    "rich": ("playbooks", "reports.console"),
    "sqlalchemy": ("inventory.store",),
    "textfsm": ("collectors.templates",),
    "typer": ("playbooks",),
    "xlsxwriter": ("reports.workbook", "inventory.workbook"),
    "yaml": PACKAGES,
}

# The two edges of the architecture at which anything may be caught: one device, one check.
BROAD_HANDLERS = {"collectors/gather.py": 1, "checks/evaluate.py": 1}


def tracked(checkout: Path) -> list[Path]:
    """Files git tracks or would (new, not ignored), relative to the root; every file outside a clone."""
    command = ["git", "-C", str(checkout), "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return [Path(name) for name in listed.split("\0") if name and (checkout / name).is_file()]


@pytest.fixture(scope="module")
def files(checkout: Path) -> list[Path]:
    if not (checkout / ".git").exists():
        pytest.skip("not a clone: the guards over the tree need git's list of files")
    return tracked(checkout)


@pytest.fixture(scope="module")
def modules(checkout: Path, files: list[Path]) -> dict[Path, ast.Module]:
    """Syntax trees of the five packages' modules by relative path."""
    return {
        path: ast.parse((checkout / path).read_text(encoding="utf-8"), str(path))
        for path in files
        if path.suffix == ".py" and path.parts[0] in PACKAGES
    }


def imported(tree: ast.Module) -> Iterator[str]:
    """Dotted names a module imports anywhere, function bodies and ``if TYPE_CHECKING`` included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_tests_judge_the_wheel(checkout: Path) -> None:
    """Under tox the packages come from site-packages and the checkout is not on the path."""
    if "TOX_ENV_NAME" not in os.environ:
        pytest.skip("run by hand, not by tox: the packages are the checkout's own")
    assert str(checkout) not in {str(Path(entry).resolve()) for entry in sys.path}
    for package in PACKAGES:
        module = __import__(package)
        assert checkout / ".tox" in Path(str(module.__file__)).parents, f"{package} is not the built wheel's"


@pytest.mark.xdist_group("groups")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="without workers there is nothing to deal out")
def test_groups_hold_among_workers(request: pytest.FixtureRequest) -> None:
    """Where they do not, each worker builds a lab of its own, and several make one machine's disk at once."""
    assert request.node.nodeid.endswith("@groups")


def test_no_package_under_tests(files: list[Path]) -> None:
    """``tests/checks/__init__.py`` would make tests/checks a package that shadows the real one."""
    assert [path for path in files if path.parts[0] == "tests" and path.name == "__init__.py"] == []


def test_test_files_have_their_own_names(files: list[Path]) -> None:
    names = [path.name for path in files if path.parts[0] == "tests" and re.fullmatch(r"test_.*\.py", path.name)]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_no_file_over_400_lines(checkout: Path, files: list[Path]) -> None:
    over = {
        str(path): count
        for path in files
        if path.suffix == ".py" and (count := len((checkout / path).read_bytes().splitlines())) > 400
    }
    assert over == {}


def test_init_files_hold_docstring_and_reexports_only(modules: dict[Path, ast.Module]) -> None:
    def allowed(node: ast.stmt) -> bool:
        if isinstance(node, ast.Assign):
            return [ast.unparse(target) for target in node.targets] == ["__all__"]
        return isinstance(node, ast.Import | ast.ImportFrom) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        )

    inits = {path: tree for path, tree in modules.items() if path.name == "__init__.py"}
    assert {path: ast.unparse(node) for path, tree in inits.items() for node in tree.body if not allowed(node)} == {}
    assert [path for path, tree in inits.items() if ast.get_docstring(tree) is None] == []


def test_anything_is_caught_in_two_places_only(modules: dict[Path, ast.Module]) -> None:
    def is_broad(handler: ast.ExceptHandler) -> bool:
        caught = handler.type
        names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
        # One that raises again tidies up, or picks a single kind that has no name to import.
        reraised = any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
        return not reraised and any(n is None or ast.unparse(n) in {"Exception", "BaseException"} for n in names)

    found = {
        path.as_posix(): count
        for path, tree in modules.items()
        if (count := sum(isinstance(node, ast.ExceptHandler) and is_broad(node) for node in ast.walk(tree)))
    }
    assert {path: count for path, count in found.items() if count > BROAD_HANDLERS.get(path, 0)} == {}


def test_no_module_is_named_after_a_standard_one(modules: dict[Path, ast.Module]) -> None:
    """At the top of a package only: there ``from x import logging`` is one slip away from the wrong module."""
    taken = {path for path in modules if len(path.parts) <= 2 and path.stem in sys.stdlib_module_names}
    assert taken - {Path(package) / "__init__.py" for package in PACKAGES} == set()


def test_no_module_is_named_after_nothing(modules: dict[Path, ast.Module]) -> None:
    assert [
        path for path in modules if path.stem in {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    ] == []


def test_third_party_libraries_stay_at_home(modules: dict[Path, ast.Module]) -> None:
    strays = {
        f"{dotted(path)} imports {name}"
        for path, tree in modules.items()
        for name in imported(tree)
        if (top := name.partition(".")[0]) not in PACKAGES
        and top not in sys.stdlib_module_names
        and not any(
            dotted(path) == home or dotted(path).startswith((f"{home}.", f"{home}_")) for home in HOMES.get(top, ())
        )
    }
    assert strays == set()


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """Names in the wheel: the one tox installed, else a freshly built one."""
    if "TOX_ENV_NAME" in os.environ:
        recorded = importlib.metadata.files("hecha") or []
        return frozenset(path.as_posix() for path in recorded)
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(checkout)]
    subprocess.run(command, check=True, timeout=200)
    return frozenset(zipfile.ZipFile(next(folder.glob("hecha-*.whl"))).namelist())


def test_wheel_holds_every_file_of_the_packages(files: list[Path], wheel: frozenset[str]) -> None:
    """Python, py.typed, YAML, TextFSM and Jinja templates, migrations, assets: in the package means in the wheel."""
    assert {path.as_posix() for path in files if path.parts[0] in PACKAGES} - wheel == set()
    assert {f"{package}/py.typed" for package in PACKAGES} <= wheel


def test_wheel_holds_nothing_else(wheel: frozenset[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel if not name.startswith("..") and "__pycache__" not in name}
    assert {top for top in tops if not top.startswith("hecha-")} == set(PACKAGES)


def test_documented_make_targets_exist(checkout: Path, files: list[Path]) -> None:
    makefile = (checkout / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    documents = [path for path in files if path.suffix == ".md"]
    named = {
        name
        for path in documents
        for name in re.findall(
            r"(?:^|`|\$ )make ([a-z][a-z-]*)", (checkout / path).read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert {"demo", "test"} <= named
    assert named <= targets


def test_tree_speaks_of_itself_alone(checkout: Path, files: list[Path]) -> None:
    """No path of the machine it was written on, no secret key, no host of a package index."""
    # Put together here, so that this file does not find itself.
    foreign = re.compile("|".join(["/wo" + "rk/", "/tmp/te" + "am", "/opt/py" + "pi", "BEGIN [A-Z ]*PRIVATE" + " KEY"]))
    found = []
    for path in files:
        if path.suffix in {".py", ".md", ".toml", ".ini", ".yaml", ".yml", ".j2", ".cfg", ".textfsm", ""}:
            text = (checkout / path).read_text(encoding="utf-8", errors="replace")
            found += [f"{path}:{text.count(chr(10), 0, hit.start()) + 1}" for hit in foreign.finditer(text)]
    assert found == []


def test_yaml_of_ours_lies_where_no_other_tool_claims_it(files: list[Path]) -> None:
    """Editors take ``playbooks/*.yml`` and ``inventory/**`` for Ansible's."""
    claimed = [path for path in files if path.suffix in {".yaml", ".yml"} and len(path.parts) == 2]
    assert [path for path in claimed if path.parts[0] in {"playbooks", "inventory"}] == []
