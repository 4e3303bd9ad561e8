"""YAML that is none: one message in the reader's language, with the line and what to mend."""

from __future__ import annotations

import pytest
import yaml

from inventory.errors import InputError
from inventory.yaml_text import composed, mapping_wanted

MISTAKES = [
    ("a:\n\tb: 1\n", 2, "制表符"),
    ("a: 1\nb: `x\n", 2, "以 ` 开头"),
    ("a: %x\n", 1, "以 % 开头"),
    ("a: b: c\n", 1, "检查缩进"),
    ("a: x\n  b: y\n", 2, "检查缩进"),
    ("a: 1\nb\nc: 2\n", 3, "半角冒号"),
    ("a: 1\n- b\n", 2, "缩进与上面"),
    ("a: - b\n", 1, "列表项"),
    ("a: 1\nb: 'x\nc: 2\n", 2, "引号没有闭合"),
    ('a: 1\nb: "x\nc: 2\n', 2, "引号没有闭合"),
    ("a: [1, 2\nb: 3\n", 1, "[ ] 没有闭合"),
    ("a: {b: 1\nc: 3\n", 1, "{ } 没有闭合"),
    ("{{{", 1, "缺一个值"),
    ("a: *b\n", 1, "b 以 * 开头"),
    ("a: 1\n---\nb: 2\n", 2, "又有 ---"),
    ('a: "C:\\data"\n', 1, "反斜杠"),
    ("a: &x 1\nb: &x 2\n", 2, "锚点"),
    ("a: |x\n  y\n", 1, "| 或 >"),
    ("%YAML 9\n---\na: 1\n", 1, "检查这一行"),
    ("a: 1\nb: \x07\n", 2, "控制字符"),
]


@pytest.mark.parametrize(("text", "line", "said"), MISTAKES)
def test_a_mistake_is_told_with_its_line_in_both_languages(text: str, line: int, said: str) -> None:
    with pytest.raises(InputError) as refused:
        composed(text, "f.yaml")
    assert refused.value.where == f"f.yaml:{line}"
    assert said in refused.value.text.zh
    assert not any(word in refused.value.text.zh for word in ("found", "expected", "allowed", "stream"))
    assert refused.value.text.en.startswith(f"f.yaml:{line}: not valid YAML: ")
    assert "{what}" not in refused.value.text.zh + refused.value.text.en


def test_text_without_content_has_no_nodes() -> None:
    assert composed("# only a comment\n", "f.yaml") is None


def test_a_colon_of_a_chinese_keyboard_is_named() -> None:
    assert "半角" in mapping_wanted(yaml.compose("database：hecha.db\n")).zh
    assert "半角" not in mapping_wanted(yaml.compose("database\n")).zh
