"""Help that teaches, in both languages: every command and option, with examples that are command lines; completion."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from console import HECHA, Terminal, environment, hecha
from rich.console import Console

from inventory.text import Text
from playbooks.commands import tabular

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_EXAMPLE = {"zh": "例：", "en": "Example"}
# What the program says of itself, as plain data; in a process of its own, for help is made in one language.
_TELL = """
import json, typer
from playbooks.cli import application

def told(command, path):
    params = {p.name: {"help": p.help or "", "opts": p.opts, "kind": p.param_type_name,
                       "metavar": p.metavar or p.name.upper(),
                       "flag": bool(getattr(p, "is_flag", False))} for p in command.params}
    yield {"path": path, "help": command.help or "", "group": hasattr(command, "commands"), "params": params}
    for name, below in getattr(command, "commands", {}).items():
        yield from told(below, [*path, name])

print(json.dumps(list(told(typer.main.get_command(application()), []))))
"""


@cache
def commands(lang: str) -> dict[str, Any]:
    """Every command by its words, with its help and parameters."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _TELL],
        env=environment(Path("/"), lang),
        capture_output=True,
        text=True,
        check=True,
    )
    return {" ".join(each["path"]): each for each in json.loads(done.stdout)}


NAMES = sorted(commands("en"))


def test_both_languages_have_the_same_commands_and_options() -> None:
    assert sorted(commands("zh")) == NAMES
    for name in NAMES:
        assert list(commands("zh")[name]["params"]) == list(commands("en")[name]["params"])
    expected = {
        "init", "run", "census", "discover", "check", "report", "diff", "list checks", "list platforms", "list reports",
        "list standards", "list playbooks", "list runs", "explain", "facts", "register template", "register import",
        "register export", "schedule", "demo", "doctor", "login add", "login list", "login remove", "login reset",
        "version",
    }  # fmt: skip
    assert expected <= set(NAMES)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_help_is_in_one_language_with_an_example_each(name: str, lang: str) -> None:
    command = commands(lang)[name]
    assert bool(_CHINESE.search(command["help"].partition(_EXAMPLE[lang])[0])) == (lang == "zh")
    assert re.search(r"^  hecha ", command["help"], re.MULTILINE), "no command line to begin with"
    for param, told in command["params"].items():
        if param in ("install_completion", "show_completion"):
            continue  # the library's own, put into Chinese when they are shown
        assert bool(_CHINESE.search(told["help"])) == (lang == "zh"), param
        assert len(told["help"]) < 160, param
        if not told["flag"] and not (lang == "en" and _CHINESE.search(told["help"])):
            assert _EXAMPLE[lang] in told["help"], f"{param} shows no example"


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_use_the_same_placeholders(name: str) -> None:
    zh, en = commands("zh")[name], commands("en")[name]
    pairs = [(zh["help"], en["help"])]
    pairs += [(zh["params"][param]["help"], en["params"][param]["help"]) for param in en["params"]]
    for chinese, english in pairs:
        assert sorted(re.findall(r"\{\w*\}", chinese)) == sorted(re.findall(r"\{\w*\}", english))
        assert sorted(re.findall(r"--[a-z-]+", chinese)) == sorted(re.findall(r"--[a-z-]+", english)) or (
            "--lang" in english
        )


def examples() -> Iterator[str]:
    for command in commands("en").values():
        yield from re.findall(r"^  (hecha .*)$", command["help"], re.MULTILINE)


# What each of some command lines is refused with, none of them run.
_UNDERSTAND = """
import json, sys, traceback, typer
from playbooks.cli import application
from playbooks.commands.here import taken_apart

def refused(words):
    command = typer.main.get_command(application())
    while hasattr(command, "commands"):
        _, command, words = command.resolve_command(typer.Context(command), words)
    command.make_context("hecha", words)

told = []
for words in json.load(sys.stdin):
    try:
        told.append(refused(taken_apart(words)[1]))
    except (Exception, SystemExit):
        told.append(traceback.format_exc())
print(json.dumps(told))
"""


@cache
def refusals() -> dict[str, str | None]:
    """What every example is refused with; None: it is understood."""
    lines = sorted(set(examples()))
    done = subprocess.run(
        [sys.executable, "-P", "-c", _UNDERSTAND],
        input=json.dumps([shlex.split(line.partition(" | ")[0])[1:] for line in lines]),
        env=environment(Path("/")),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(lines, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("line", sorted(set(examples())))
def test_examples_are_command_lines(line: str) -> None:
    """Every example is understood by the command it stands for; nothing of it is run."""
    assert refusals()[line] is None


def pairs_in(tree: ast.Module) -> Iterator[tuple[int, ast.expr, ast.expr]]:
    """The two languages of every sentence of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) >= 2:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("tell", "say", "Text", "lesson"):
                yield node.lineno, node.args[0], node.args[1]


def holes(sentence: ast.expr) -> list[str] | None:
    """What is filled into a sentence; None for what is no literal."""
    if isinstance(sentence, ast.Constant) and isinstance(sentence.value, str):
        return sorted(set(re.findall(r"\{(\w+)\}", sentence.value)))
    if isinstance(sentence, ast.JoinedStr):
        filled = {ast.unparse(part.value) for part in sentence.values if isinstance(part, ast.FormattedValue)}
        # What stands for nothing has words of its own; so has what is a pair itself.
        return sorted(re.sub(r"\b(zh|en)\b", "*", each.partition(" or ")[0]) for each in filled)
    return None


def test_sentences_of_the_program_say_the_same_in_both_languages(checkout: Path) -> None:
    count = 0
    for path in sorted((checkout / "playbooks").rglob("*.py")):
        for line, zh, en in pairs_in(ast.parse(path.read_text(encoding="utf-8"))):
            if holes(zh) is None or holes(en) is None:
                continue
            count += 1
            assert holes(zh) == holes(en), f"{path.name}:{line}"
            if isinstance(en, ast.Constant):
                assert not _CHINESE.search(en.value), f"{path.name}:{line}"
    assert count > 150


def test_whole_help_is_in_chinese(tmp_path: Path) -> None:
    """What the library itself adds is put into Chinese as well."""
    for name in NAMES:
        done = hecha(*name.split(), "--help", at=tmp_path, lang="zh")
        assert done.returncode == 0
        shown = done.stdout.partition("例：")[0] + done.stdout.partition("选项：")[2]
        left = re.sub(r"--?[\w-]+|<\w+>|[A-Z][A-Z.|\[\]]+|\b(hecha|zh|en|csv|yaml|xlsx)\b", "", shown)
        assert not re.search(r"\b(usage|options|arguments|commands|required|default|show|install)\b", left, re.I), left


def test_language_follows_the_option_then_the_locale(tmp_path: Path) -> None:
    def word(*words: str, **env: str) -> bool:
        bare = {"HECHA_LANG": "", "LANG": "", **env}
        return "用法" in hecha(*words, "--help", at=tmp_path, env=bare).stdout

    assert word()
    assert word(LANG="zh_CN.GBK")
    assert word(LANG="C")
    assert word(LC_ALL="C.UTF-8", LANG="en_US.UTF-8")
    assert not word(LANG="en_US.UTF-8")
    assert not word(LANG="zh_CN.UTF-8", HECHA_LANG="en")
    assert word("--lang", "zh", LANG="en_US.UTF-8")
    assert not word("run", "--lang=en", LANG="zh_CN.UTF-8")


def test_help_loads_nothing_that_takes_long(tmp_path: Path) -> None:
    code = "import sys; sys.argv = ['hecha', '--help']; import playbooks.cli as c; import atexit;"
    code += "atexit.register(lambda: print(sorted(sys.modules), file=sys.stderr)); c.main()"
    loaded = subprocess.run(
        [sys.executable, "-P", "-c", code], env=environment(tmp_path), capture_output=True, text=True
    )
    for heavy in ("netmiko", "pysnmp", "sqlalchemy", "openpyxl", "paramiko", "apscheduler", "jinja2", "cryptography"):
        assert f"'{heavy}'" not in loaded.stderr


# -- the document made of it ---------------------------------------------------------------------------------------


def taught(command: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The paragraphs of a command's help, and its examples."""
    text, _, lines = command["help"].partition("\b\n")
    return [" ".join(each.split()) for each in text.split("\n\n") if each.strip()], re.findall(
        r"^  (hecha .*)$", lines, re.MULTILINE
    )


def document() -> Iterator[str]:
    """docs/commands.md, line by line."""
    yield "# Commands"
    yield ""
    yield "Made from the program itself: what `hecha COMMAND --help` says in both languages."
    for name in commands("en"):
        zh, en = commands("zh")[name], commands("en")[name]
        if en["group"] and name:
            continue
        paragraphs, lines = taught(en)
        yield from ("", f"## `{f'hecha {name}'.strip()}`", "")
        yield from (f"{chinese}  \n{english}\n" for chinese, english in zip(taught(zh)[0], paragraphs, strict=True))
        yield from ("```sh", *lines, "```")
        told = {param: each for param, each in en["params"].items() if not param.endswith("_completion")}
        if told:
            yield from ("", "| | 中文 | English |", "|---|---|---|")
        for param, each in told.items():
            words = each["opts"] if each["kind"] == "option" else [each["metavar"]]
            row = (" ".join(f"`{word}`" for word in words), zh["params"][param]["help"], each["help"])
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def test_document_says_what_the_program_says(checkout: Path) -> None:
    path = checkout / "docs" / "commands.md"
    told = "\n".join(document()) + "\n"
    if os.environ.get("HECHA_UPDATE_DOCS"):
        path.write_text(told, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == told, "HECHA_UPDATE_DOCS=1 writes it anew"


# -- completion ----------------------------------------------------------------------------------------------------


def completed(typed: str, at: Path, lang: str = "en") -> list[str]:
    """What bash is offered after ``typed``."""
    words = typed.split(" ")
    env = environment(
        at, lang, _HECHA_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=str(len(words) - 1),
        _TYPER_COMPLETE_ARGS=typed,
    )  # fmt: skip
    done = subprocess.run([HECHA], cwd=at, env=env, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    return done.stdout.split("\n")


def test_shell_completes_commands_options_and_names(tmp_path: Path) -> None:
    (tmp_path / "net" / "playbooks").mkdir(parents=True)
    (tmp_path / "net" / "playbooks" / "mine.yaml").write_text("name: mine\ntitle: {zh: 我, en: mine}\n")
    (tmp_path / "net" / "playbooks" / "my-wrong.yaml").write_text("colour: red\n")
    assert {"run", "report", "register"} <= set(completed("hecha r", tmp_path))
    assert "--fail-on" in completed("hecha run --f", tmp_path)
    assert "full-audit" in completed("hecha run f", tmp_path)
    assert {"mine", "my-wrong"} <= set(completed("hecha --project net run m", tmp_path))
    assert "access.telnet-off" in completed("hecha explain access.t", tmp_path)
    assert "workbook" in completed("hecha report -f w", tmp_path)
    assert "ipv6" in completed("hecha check --family i", tmp_path)
    assert "critical" in completed("hecha run x --fail-on c", tmp_path)
    assert "zh" in completed("hecha --lang z", tmp_path)
    (tmp_path / "net" / "targets.csv").write_text("name,address\ncore-1,10.0.0.1\ncore-2,10.0.0.2\n")
    assert {"core-1", "core-2"} <= set(completed("hecha --project net run x --only co", tmp_path))
    assert not any(completed("hecha run x --only co", tmp_path))


def test_completion_is_installed_for_the_shell(tmp_path: Path) -> None:
    done = hecha("--show-completion", "bash", at=tmp_path, env={"SHELL": "/bin/bash"})
    assert done.returncode == 0, done.stderr
    assert "_HECHA_COMPLETE=complete_bash" in done.stdout


def test_tables_and_words_at_a_terminal_lines_and_codes_in_a_pipe(tmp_path: Path) -> None:
    with Terminal("list", "checks", at=tmp_path, lang="zh") as terminal:
        assert terminal.end() == 0
    assert "程度" in terminal.seen
    assert "等保三级" in terminal.seen
    piped = hecha("list", "checks", at=tmp_path, lang="zh").stdout.splitlines()
    assert all(line.count("\t") == 3 for line in piped)
    assert any(line.startswith("access.telnet-off\tlevel3\t") for line in piped)


def test_rows_are_paragraphs_where_the_terminal_is_too_narrow(tmp_path: Path) -> None:
    with Terminal("list", "checks", at=tmp_path, env={"COLUMNS": "40"}) as terminal:
        assert terminal.end() == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", terminal.seen).replace("\r", "")
    lines = [line.rstrip() for line in plain.splitlines()]
    at = lines.index("access.telnet-off")
    assert [line.split() for line in lines[at + 1 : at + 3]] == [
        ["Family", "Level-3", "protection"],
        ["Severity", "high"],
    ]
    assert lines[at + 1].startswith("    Family  ")
    assert max(map(len, plain.splitlines())) <= 40


def test_row_with_more_than_a_column_bears_is_a_paragraph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "here", lambda: SimpleNamespace(language="en", is_terminal=True, out=console))
    console = Console(file=io.StringIO(), width=60)
    tabular.show((Text("机房", "Room"), Text("仍在用", "Kept by")), [("cellar", "srv is up; " * 30)])
    first, second, *_ = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert (first.strip(), second.split()[:4]) == ("cellar", ["Kept", "by", "srv", "is"])
