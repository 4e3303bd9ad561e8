"""YAML text as a tree of nodes; what is no YAML is refused with its line and what to mend, in the reader's language."""

from __future__ import annotations

from typing import Any

import yaml

from inventory.errors import InputError
from inventory.text import Text

# How the library's complaints begin, and what somebody who wrote the file can do about each.
_MISTAKES = {
    "found character '\\t'": Text("用了制表符缩进，YAML 只允许空格", "a tab stands where YAML takes spaces only"),
    "found character": Text(
        "这个值以 {what} 开头，要放进引号", "a value that begins with {what} has to stand in quotes"
    ),
    "mapping values are not allowed": Text(
        "这里不能再有“键: 值”；请检查缩进，值里含有“: ”时放进引号",
        "no “key: value” may stand here: see to the indentation, and put a value that holds “: ” in quotes",
    ),
    "could not find expected ':'": Text(
        "键后面缺半角冒号和空格（“键: 值”）", "a key lacks the colon and space after it (“key: value”)"
    ),
    "sequence entries are not allowed": Text(
        "这里不能有“- ”列表项；请检查缩进", "no “- ” item may stand here: see to the indentation"
    ),
    "found unexpected end of stream": Text(
        "从这一行开始的引号没有闭合", "the quote opened on this line is never closed"
    ),
    "expected ',' or ']'": Text(
        "从这一行开始的 [ ] 没有闭合，或少了逗号", "the [ ] opened on this line is not closed, or lacks a comma"
    ),
    "expected ',' or '}'": Text(
        "从这一行开始的 {{ }} 没有闭合，或少了逗号", "the {{ }} opened on this line is not closed, or lacks a comma"
    ),
    "expected <block end>": Text("缩进与上面各行不一致", "it is not indented as the lines above are"),
    "expected the node content": Text("这里缺一个值", "a value is missing here"),
    "found undefined alias": Text(
        "{what} 以 * 开头，会被当作引用；请放进引号",
        "{what} begins with *, which refers to another value: put it in quotes",
    ),
    "but found another document": Text("一个文件只能有一份内容，这里又有 ---", "a second document (---) begins here"),
    "expected '<document start>'": Text("前面的内容结束后又有文字", "text goes on after the end of the document"),
    "found unknown escape character": Text(
        "双引号里不能这样用反斜杠；请改用单引号", "a backslash means something within double quotes: use single ones"
    ),
    "second occurrence": Text("同一个 & 锚点写了两次", "the same & anchor is set twice"),
    "expected chomping": Text("| 或 > 之后这一行不能再有文字", "nothing may follow | or > on its line"),
}
_OTHER = Text("请检查这一行的缩进、冒号和引号", "see to the indentation, colons and quotes of this line")
_WHERE_IT_BEGAN = ("found unexpected end of stream", "expected ',' or")


def composed(text: str, name: str) -> yaml.Node | None:
    """The text's nodes, None for no content; ``name`` stands in errors where a file name would."""
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _refusal(error, name) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        told = Text("含有控制字符，不是文本文件", "holds a control character: it is no text file")
        raise _not_yaml(f"{name}:{line}", told) from None
    except yaml.YAMLError:
        raise InputError(name, Text("不是合法的 YAML", "not valid YAML")) from None
    except RecursionError:
        raise InputError(name, Text("嵌套过深", "nested too deeply")) from None
    return node


def values_of(text: str | bytes) -> Any:
    """The values in a text that is ours: read ten times faster where there is libyaml, but an error names no line."""
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe


def mapping_wanted(node: yaml.Node) -> Text:
    """What to say of a node that should be a mapping; Chinese keyboards give colons that are none to YAML."""
    if isinstance(node, yaml.ScalarNode) and "：" in str(node.value):
        return Text(
            "应是“键: 值”的映射：冒号要用半角，后面加空格",
            "expected a mapping of key: value, with the colon of ASCII and a space after it",
        )
    return Text("应是“键: 值”的映射", "expected a mapping of key: value")


def _refusal(error: yaml.MarkedYAMLError, name: str) -> InputError:
    problem = error.problem or ""
    mark = error.context_mark if problem.startswith(_WHERE_IT_BEGAN) else error.problem_mark
    mark = mark or error.problem_mark or error.context_mark
    told = next((said for start, said in _MISTAKES.items() if problem.startswith(start)), _OTHER)
    what = problem.split("'")[1] if problem.count("'") > 1 else ""
    said = Text(told.say("zh", what=what), told.say("en", what=what))
    return _not_yaml(f"{name}:{mark.line + 1 if mark else 1}", said)


def _not_yaml(where: str, told: Text) -> InputError:
    return InputError(where, Text(f"不是合法的 YAML：{told.zh}", f"not valid YAML: {told.en}"))
