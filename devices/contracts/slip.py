"""
A slip (凭条) as the server describes it: `application/vnd.kiosk.slip+json`, version 1.

The server says what stands on it; how it is set (fonts, rasters, dots) is the terminal's
matter. The parser is strict: a misspelt key would otherwise be a line missing on paper.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar, get_args

MEDIA_TYPE = "application/vnd.kiosk.slip+json"

Align = Literal["start", "center", "end"]
Lang = Literal["zh", "ug", "ky", "en"]
RuleStyle = Literal["dashed", "solid"]

_Word = TypeVar("_Word", bound=str)

_WIDTHS_MM = (58, 80)
_LONGEST_TEXT = 500
_MOST_BLOCKS = 200


class SlipInvalid(ValueError):
    """The description is no slip; `at` points to the place, `problem` says what is wrong there."""

    def __init__(self, at: str, problem: str) -> None:
        super().__init__(f"{at}: {problem}")
        self.at = at
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `size` 1 to 3 multiplies the height of a line."""

    text: str = field(repr=False)
    size: int = 1
    bold: bool = False
    align: Align = "start"
    lang: Lang = "zh"


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value at the two ends of one line, or of two when they do not fit."""

    label: str
    value: str = field(repr=False)
    lang: Lang = "zh"


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    style: RuleStyle = "dashed"


@dataclass(frozen=True, slots=True)
class Code:
    """A code that a person reads aloud or types: centred, double size, never broken."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code of about `size_mm` across, error correction M."""

    text: str = field(repr=False)
    size_mm: int = 30


@dataclass(frozen=True, slots=True)
class Gap:
    """White paper of `mm` height."""

    mm: int


Block = Text | Row | Rule | Code | Qr | Gap


@dataclass(frozen=True, slots=True)
class Slip:
    """What is to be printed, from top to bottom."""

    blocks: tuple[Block, ...]
    width_mm: int = 80

    @classmethod
    def from_json(cls, document: bytes | str) -> "Slip":
        """Read a slip from its JSON text; raises `SlipInvalid` naming the first fault."""
        try:
            found = json.loads(document)
        except (ValueError, RecursionError) as fault:
            raise SlipInvalid("$", "is not JSON") from fault
        slip = _Reader("$", found)
        slip.integer("version", 1, 1)
        width_mm = slip.integer("width_mm", 1, 200, default=80)
        if width_mm not in _WIDTHS_MM:
            raise SlipInvalid("$.width_mm", f"must be one of {_WIDTHS_MM}")
        blocks = slip.list_of("blocks")
        slip.nothing_else()
        if not 1 <= len(blocks) <= _MOST_BLOCKS:
            raise SlipInvalid("$.blocks", f"must hold 1 to {_MOST_BLOCKS} blocks")
        return cls(
            tuple(_block(_Reader(f"$.blocks[{at}]", each)) for at, each in enumerate(blocks)),
            width_mm,
        )

    def to_json(self) -> str:
        """Return the JSON text that `from_json` reads back to an equal slip."""
        names = {kind: name for name, (kind, _) in _BLOCKS.items()}
        blocks = [
            {"type": names[type(block)]}
            | {key: getattr(block, key) for key in type(block).__dataclass_fields__}
            for block in self.blocks
        ]
        return json.dumps(
            {"version": 1, "width_mm": self.width_mm, "blocks": blocks}, ensure_ascii=False
        )


class _Reader:
    """Takes the keys of one JSON object one after another and knows where it is."""

    def __init__(self, at: str, found: object) -> None:
        if not isinstance(found, Mapping):
            raise SlipInvalid(at, "must be an object")
        self._at = at
        self._left = dict(found)

    def text(self, key: str) -> str:
        value = self._take(key)
        if not isinstance(value, str) or not value.strip():
            raise SlipInvalid(f"{self._at}.{key}", "must be text that is not empty")
        if len(value) > _LONGEST_TEXT:
            raise SlipInvalid(f"{self._at}.{key}", f"must not exceed {_LONGEST_TEXT} characters")
        # The printer takes control characters for commands.
        if any(ord(character) < 0x20 and character != "\n" for character in value):
            raise SlipInvalid(f"{self._at}.{key}", "must hold no control characters")
        return value

    def integer(self, key: str, least: int, most: int, *, default: int | None = None) -> int:
        value = self._take(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise SlipInvalid(f"{self._at}.{key}", f"must be a whole number {least} to {most}")
        return value

    def truth(self, key: str, *, default: bool) -> bool:
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise SlipInvalid(f"{self._at}.{key}", "must be true or false")
        return value

    def one_of(self, key: str, words: tuple[_Word, ...], *, default: _Word) -> _Word:
        value = self._take(key, default)
        for word in words:
            if value == word:
                return word
        raise SlipInvalid(f"{self._at}.{key}", f"must be one of {', '.join(words)}")

    def list_of(self, key: str) -> list[object]:
        value = self._take(key)
        if not isinstance(value, list):
            raise SlipInvalid(f"{self._at}.{key}", "must be a list")
        return value

    def kind(self) -> str:
        value = self._take("type")
        if not isinstance(value, str) or value not in _BLOCKS:
            raise SlipInvalid(f"{self._at}.type", f"must be one of {', '.join(_BLOCKS)}")
        return value

    def nothing_else(self) -> None:
        if self._left:
            raise SlipInvalid(f"{self._at}.{min(map(str, self._left))}", "is not known here")

    def _take(self, key: str, default: object = None) -> object:
        if key in self._left:
            return self._left.pop(key)
        if default is None:
            raise SlipInvalid(f"{self._at}.{key}", "is missing")
        return default


def _text(block: _Reader) -> Block:
    return Text(
        block.text("text"),
        block.integer("size", 1, 3, default=1),
        block.truth("bold", default=False),
        block.one_of("align", get_args(Align), default="start"),
        block.one_of("lang", get_args(Lang), default="zh"),
    )


def _row(block: _Reader) -> Block:
    return Row(
        block.text("label"),
        block.text("value"),
        block.one_of("lang", get_args(Lang), default="zh"),
    )


_BLOCKS: Mapping[str, tuple[type[Block], Callable[[_Reader], Block]]] = {
    "text": (Text, _text),
    "row": (Row, _row),
    "rule": (Rule, lambda b: Rule(b.one_of("style", get_args(RuleStyle), default="dashed"))),
    "code": (Code, lambda b: Code(b.text("text"))),
    "qr": (Qr, lambda b: Qr(b.text("text"), b.integer("size_mm", 15, 60, default=30))),
    "gap": (Gap, lambda b: Gap(b.integer("mm", 1, 50))),
}


def _block(block: _Reader) -> Block:
    kind = block.kind()
    value = _BLOCKS[kind][1](block)
    block.nothing_else()
    return value
