"""The documents say what is there: docs/reference.md is made from the catalogues, commands in them exist.

``HECHA_UPDATE_DOCS=1 pytest tests/test_docs.py`` writes the reference anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.catalogue import catalogue
from checks.model import FALLBACKS
from checks.policies import KINDS
from collectors.platforms.catalogue import platforms
from playbooks.cli import application
from playbooks.schema import LIBRARY, playbook
from reports.registry import reports


def reference() -> Iterator[str]:
    """The reference, line by line."""
    yield "# Reference"
    yield ""
    yield "Made from the program itself; see `hecha list` and `hecha explain CHECK` for more."
    yield ""
    yield "## Checks"
    yield ""
    yield "| Id | Family | Severity | 要求 | Good condition | Clauses |"
    yield "|---|---|---|---|---|---|"
    for check in catalogue().values():
        clauses = ", ".join(ref.partition(":")[2] for ref in check.clauses)
        yield (
            f"| `{check.id}` | {check.family} | {check.severity} | {check.title.zh} | {check.title.en} | {clauses} |"
        )
    yield ""
    yield "## Policies a playbook may set"
    yield ""
    for name, kind in KINDS.items():
        yield f"- `{name}`: {', '.join(f'`{field}`' for field in kind.__dataclass_fields__)}"
    yield ""
    yield from _commands()
    yield "## Reports"
    yield ""
    for name, report in reports().items():
        yield f"- `{name}` (`{report.file_name}`): {report.title.zh} · {report.title.en}"
    yield ""
    yield "## Playbooks in the library"
    yield ""
    for path in sorted(LIBRARY.glob("*.yaml")):
        book = playbook(str(path), path.parent)
        yield f"- `{book.name}` (`{book.schedule or 'no schedule'}`): {book.title.zh} · {book.title.en}"


def _commands() -> Iterator[str]:
    """What devices may be sent, a command a line: whoever permits them reads each."""
    yield from ("## Platforms read over SSH", "", "A device is sent the commands of its platform and nothing else.", "")
    known = {name: platform.commands for name, platform in platforms().items()}
    for name, commands in known.items():
        base = FALLBACKS.get(name, "")
        also = f", and all of `{base}`" if base else ""
        yield from (f"`{name}`{also}:", "", "```text", *sorted(commands - known.get(base, frozenset())), "```", "")


def test_reference_is_what_the_program_has(checkout: Path) -> None:
    path = checkout / "docs" / "reference.md"
    told = "\n".join(reference()) + "\n"
    if os.environ.get("HECHA_UPDATE_DOCS"):
        path.write_text(told, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == told, "HECHA_UPDATE_DOCS=1 writes it anew"


def commands() -> set[str]:
    """Every command of the command line, groups with their commands."""
    app = application()
    names = {
        command.name or (command.callback.__name__ if command.callback else "") for command in app.registered_commands
    }
    for group in app.registered_groups:
        below = group.typer_instance.registered_commands if group.typer_instance else ()
        names |= {f"{group.name} {c.name or (c.callback.__name__.rstrip('_') if c.callback else '')}" for c in below}
        names.add(str(group.name))
    return names


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "README.zh-CN.md",
        "docs/replay.md",
        "docs/playbooks.md",
        "docs/vendors.md",
        "docs/bandwidth.md",
        "docs/discovery.md",
        "docs/exchange.md",
        "docs/level3.md",
        "docs/cloud.md",
        "docs/plan.md",
    ],
)
def test_commands_in_the_documents_exist(checkout: Path, name: str) -> None:
    text = (checkout / name).read_text(encoding="utf-8")
    named = re.findall(r"(?:^|`|/)hecha (?:--\S+ \S+ )?([a-z]+)(?: ([a-z]+))?", text, re.MULTILINE)
    known = commands()
    assert named
    for first, second in named:
        assert first in known, f"hecha {first}"
        if first in ("register", "login", "list", "evidence"):
            assert f"{first} {second}" in known, f"hecha {first} {second}"


def test_links_in_the_documents_lead_somewhere(checkout: Path) -> None:
    for path in [*checkout.glob("*.md"), *(checkout / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_readmes_show_the_same_commands(checkout: Path) -> None:
    """Both languages teach the same steps."""
    steps = []
    for name in ("README.md", "README.zh-CN.md"):
        text = (checkout / name).read_text(encoding="utf-8")
        steps.append(re.findall(r"^(?:\.venv/bin/)?(?:hecha|make) [a-z-]+", text, re.MULTILINE))
    assert steps[0] == steps[1]


def test_ipv6_document_names_every_check_of_its_family(checkout: Path) -> None:
    named = set(re.findall(r"`(ipv6\.[a-z0-9-]+)`", (checkout / "docs" / "ipv6.md").read_text(encoding="utf-8")))
    assert named == {check.id for check in catalogue().values() if check.family == "ipv6"}
