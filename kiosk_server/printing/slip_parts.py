"""
What slips are made of (凭条, 80 mm): blocks from top to bottom, described for the terminal.

The description is `application/vnd.kiosk.slip+json`, version 1; `tests/wire/slip_document.json` is
the sample that both ends accept.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk_server.core.clock import to_beijing

MEDIA_TYPE = "application/vnd.kiosk.slip+json"
WIDTH_MM = 80

Block = dict[str, Any]


@dataclass(frozen=True)
class Slip:
    """A finished description: its blocks from top to bottom."""

    blocks: tuple[Block, ...]

    def document(self) -> bytes:
        """The slip as the terminal fetches it, UTF-8 JSON; the same slip gives the same bytes."""
        described = {"version": 1, "width_mm": WIDTH_MM, "blocks": list(self.blocks)}
        return json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()


def head(office: str, word: str, *, sample: bool) -> list[Block]:
    """The head of every slip: whose office, one word of what it is, that it is a sample."""
    head = [
        text_of(office, bold=True, align="center"),
        text_of(word, size=2, bold=True, align="center"),
    ]
    return [*head, text_of("样张 · 模拟数据", align="center")] if sample else head


def rows_of(rows: dict[str, str]) -> list[Block]:
    """Chinese labels and what is said beside them, under a rule."""
    lines = [
        {"type": "row", "label": label, "value": value, "lang": "zh"}
        for label, value in rows.items()
    ]
    return [rule("dashed"), *lines]


def own_language(sentences: dict[str, str], language: str) -> list[Block]:
    """The sentence in the person's own language, where it is not Chinese."""
    sentence = sentences.get(language)
    return [] if sentence is None else [text_of(sentence, lang=language)]


def text_of(
    text: str, *, size: int = 1, bold: bool = False, align: str = "start", lang: str = "zh"
) -> Block:
    """A line of text."""
    return {
        "type": "text",
        "text": text,
        "size": size,
        "bold": bold,
        "align": align,
        "lang": lang,
    }


def rule(style: str) -> Block:
    """A line across the paper."""
    return {"type": "rule", "style": style}


def gap(mm: int) -> Block:
    """White paper."""
    return {"type": "gap", "mm": mm}


def minute_of(moment: datetime) -> str:
    """A moment in Beijing time, to the minute."""
    return f"{to_beijing(moment):%Y-%m-%d %H:%M}"
