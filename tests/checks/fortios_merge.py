"""What the commands of a remedy make of a FortiOS configuration: tables, entries and settings."""

from __future__ import annotations

import shlex

Block = dict[str, "Block | list[str]"]


def merged_fortios(config: str, commands: str) -> str:
    """The configuration with the commands entered."""
    head = [line for line in config.splitlines() if line.startswith("#")]
    root: Block = {}
    _enter(root, config, typed=False)
    _enter(root, commands, typed=True)
    return "\n".join([*head, *_written(root, 0)]) + "\n"


def _enter(root: Block, text: str, *, typed: bool) -> None:
    stack = [root]
    kinds: list[str] = []
    for line in text.splitlines():
        words = shlex.split(line, comments=False) if line.strip() and not line.startswith("#") else []
        if not words or words[0] in ("diagnose", "get", "show"):
            continue
        order, rest = words[0], words[1:]
        below = stack[-1]
        if order in ("config", "edit"):
            inside = below.setdefault(f"{order} {' '.join(rest)}", {})
            assert isinstance(inside, dict)
            stack.append(inside)
            kinds.append(order)
        elif order in ("next", "end"):
            closed = kinds.pop()
            stack.pop()
            if order == "end" and closed == "edit":
                kinds.pop()
                stack.pop()
        else:
            _say(below, order, rest, typed=typed)
    assert not kinds, f"a block is open: {text}"


def _say(below: Block, order: str, rest: list[str], *, typed: bool) -> None:
    key = f"set {rest[0]}"
    held = below.get(key, [])
    assert isinstance(held, list)
    if order == "set":
        # What is typed as a password is shown as a hash.
        below[key] = ["ENC", "SH2hash"] if rest[0] == "password" and rest[1] != "ENC" and typed else rest[1:]
    elif order == "unset":
        below.pop(key, None)
    elif order in ("append", "select"):
        below[key] = [*held, *(word for word in rest[1:] if word not in held)]
    elif order == "unselect":
        below[key] = [word for word in held if word not in rest[1:]]
    elif order == "move":
        moved, before = f"edit {rest[0]}", f"edit {rest[2]}"
        kept = {name: block for name, block in below.items() if name != moved}
        ordered = [pair for name in kept for pair in ((moved, below[moved]), (name, kept[name]))[name != before :]]
        below.clear()
        below.update(ordered)
    elif order == "delete":
        assert f"edit {rest[0]}" in below, f"nothing to delete: {rest[0]}"
        del below[f"edit {rest[0]}"]
    else:
        raise ValueError(f"no order of FortiOS: {order} {' '.join(rest)}")


def _written(block: Block, depth: int) -> list[str]:
    lines: list[str] = []
    for key, held in block.items():
        order, _, name = key.partition(" ")
        indent = "    " * depth
        if isinstance(held, list):
            if held:
                lines.append(f"{indent}{key} {' '.join(_quoted(word) for word in held)}")
            continue
        lines.append(f"{indent}{order} {_quoted(name) if order == 'edit' else name}")
        lines += _written(held, depth + 1)
        lines.append(f"{indent}{'next' if order == 'edit' else 'end'}")
    return lines


def _quoted(word: str) -> str:
    return word if word.replace(".", "").replace("/", "").isdigit() else f'"{word}"' if " " in word else word
