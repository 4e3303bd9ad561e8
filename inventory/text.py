"""A sentence in both languages of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """User-facing words in Chinese and English; both use the same ``{placeholders}``."""

    zh: str
    en: str

    def say(self, language: Language, **values: object) -> str:
        """The sentence in one language with its placeholders filled in."""
        template = self.zh if language == "zh" else self.en
        return template.format(**values) if values else template
