"""
Draws the lines of a slip that a receipt printer cannot set: shaped, and in the right direction.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw

from devices.contracts.slip import Align, Lang, Row, Rule, Text
from devices.drivers.typefaces import Run, Typefaces
from devices.protocols.slip_layout import break_lines, end_of_row, right_to_left

_BODY_PIXELS = 24
# Arabic letters are small for their size; beside Chinese they need a fifth more.
_ARABIC_PIXELS = 30
_LEADING = 1.4
_INK_BELOW = 150
_DASH_DOTS, _GAP_DOTS, _RULE_DOTS = 8, 6, 2
_RULE_HEIGHT = 20

_LATIN_OR_ARABIC_WORD = re.compile(r"[^\s\u2e80-\U0003ffff]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Black dots, eight to a byte, the leftmost in the highest bit."""

    bytes_across: int
    data: bytes


class SlipRaster:
    """Draws on paper of *dots* across."""

    def __init__(self, dots: int, typefaces: Typefaces) -> None:
        self._dots = dots
        self._typefaces = typefaces

    def draw(self, block: Text | Row | Rule) -> Iterator[Bitmap]:
        """Yield the lines of a block from the top; raises `GlyphMissing` before the first one."""
        match block:
            case Rule(style=style):
                yield self._rule(dashed=style == "dashed")
            case Row(label=label, value=value, lang=lang):
                yield from self._row(label, value, right_to_left(lang))
            case Text(text=text, size=size, bold=bold, align=align, lang=lang):
                backwards = right_to_left(lang)
                lines = [
                    self._line(line, size, backwards)
                    for paragraph in text.split("\n")
                    for line in self._wrap(paragraph, size, backwards)
                ]
                for line in lines:
                    yield self._packed((line, self._left(line.width, align, backwards)), bold=bold)

    def _row(self, label: str, value: str, backwards: bool) -> Iterator[Bitmap]:
        label_line, value_line = (self._line(part, 1, backwards) for part in (label, value))
        label_at = self._left(label_line.width, "start", backwards)
        value_at = self._left(value_line.width, "end", backwards)
        if label_line.width + value_line.width + _BODY_PIXELS // 2 <= self._dots:
            yield self._packed((label_line, label_at), (value_line, value_at))
            return
        lang: Lang = "ug" if backwards else "zh"
        count = sum(len(list(self._wrap(part, 1, backwards))) for part in value.split("\n"))
        yield from self.draw(Text(label, lang=lang))
        yield from self.draw(Text(value, align=end_of_row(count), lang=lang))

    def _left(self, width: int, align: Align, backwards: bool) -> int:
        free = max(0, self._dots - width)
        if align == "center":
            return free // 2
        return free if (align == "start") is backwards else 0

    def _wrap(self, paragraph: str, size: int, backwards: bool) -> Iterator[str]:
        words = _LATIN_OR_ARABIC_WORD.findall(paragraph)
        pieces = [piece for word in words for piece in self._fitting(word, size, backwards)]
        lines = break_lines(
            pieces, lambda text: self._width(text.rstrip(), size, backwards) <= self._dots
        )
        return (line for line in lines if line)

    def _fitting(self, word: str, size: int, backwards: bool) -> Iterator[str]:
        while self._width(word, size, backwards) > self._dots:
            cut = self._longest_fit(word, size, backwards)
            yield word[:cut]
            word = word[cut:]
        yield word

    def _longest_fit(self, word: str, size: int, backwards: bool) -> int:
        for cut in range(len(word) - 1, 1, -1):
            if self._width(word[:cut], size, backwards) <= self._dots:
                return cut
        return 1

    def _width(self, line: str, size: int, backwards: bool) -> int:
        runs = self._typefaces.runs(line, right_to_left=backwards)
        return round(sum(_length(run, size) for run in runs))

    def _line(self, line: str, size: int, backwards: bool) -> Image.Image:
        """Draw one line, black on white, as wide as its text and as high as a line is."""
        runs = self._typefaces.runs(line, right_to_left=backwards)
        width = round(sum(_length(run, size) for run in runs)) or 1
        height = round(_pixels(right_to_left=backwards) * size * _LEADING)
        picture = Image.new("L", (width, height), 255)
        pen = ImageDraw.Draw(picture)
        left = 0.0
        for run in runs:
            pen.text(
                (left, height * 0.72),
                run.text,
                0,
                run.face.at(_pixels(right_to_left=run.right_to_left) * size),
                "ls",
                direction="rtl" if run.right_to_left else "ltr",
                language="ug" if run.right_to_left else "zh",
            )
            left += _length(run, size)
        return picture

    def _rule(self, *, dashed: bool) -> Bitmap:
        picture = Image.new("L", (self._dots, _RULE_HEIGHT), 255)
        pen = ImageDraw.Draw(picture)
        top = (_RULE_HEIGHT - _RULE_DOTS) // 2
        step = _DASH_DOTS + _GAP_DOTS if dashed else self._dots
        for left in range(0, self._dots, step):
            right = left + (_DASH_DOTS if dashed else step) - 1
            pen.rectangle((left, top, right, top + _RULE_DOTS - 1), 0)
        return self._packed((picture, 0))

    def _packed(self, *parts: tuple[Image.Image, int], bold: bool = False) -> Bitmap:
        across = (self._dots + 7) // 8
        height = max(picture.height for picture, _ in parts)
        sheet = Image.new("L", (across * 8, height), 255)
        for picture, left in parts:
            sheet.paste(picture, (left, height - picture.height))
        # In the file format of Pillow one is white.
        ink = sheet.point(lambda shade: 255 if shade < _INK_BELOW else 0, mode="1")
        if bold:
            ink.paste(255, (1, 0), ink.crop((0, 0, across * 8 - 1, height)))
        return Bitmap(across, ink.tobytes())


def _pixels(*, right_to_left: bool) -> int:
    return _ARABIC_PIXELS if right_to_left else _BODY_PIXELS


def _length(run: Run, size: int) -> float:
    font = run.face.at(_pixels(right_to_left=run.right_to_left) * size)
    direction = "rtl" if run.right_to_left else "ltr"
    return font.getlength(run.text, direction=direction)
