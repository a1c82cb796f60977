"""
How a slip is set: which lines the printer's own font can set, and which must be drawn.

Drawn are minority scripts (no firmware shapes them), the dot in names, and everything outside
GB 2312, the only repertoire that every Chinese receipt printer surely carries. For a printer that
carries none of it, everything but ASCII is drawn.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import qrcode

from devices.contracts.slip import Align, Block, Code, Gap, Qr, Row, Rule, Slip, Text
from devices.protocols import escpos

DOTS_PER_MM = 8
_DOTS_PER_COLUMN = 12
# A line of the printer's own font with the space that it stands in.
_DOTS_PER_LINE = 34
_QUIET_MODULES = 8
_LIVE_DOTS = {80: 576, 58: 384}
_RIGHT_TO_LEFT = ("ug", "ky")
_SMALLEST_MODULE_DOTS, _LARGEST_MODULE_DOTS = 3, 16

_NEVER_FIRST = frozenset("，。、；：？！）》】」』〉·・…％℃,.;:?!)]}%،؛؟")
_NEVER_LAST = frozenset("（《【「『〈([{￥")
_PIECES = re.compile(r"[!-~]+|[^!-~]")


@dataclass(frozen=True, slots=True)
class Native:
    """Bytes that the printer sets by itself, and how many dots of paper they feed."""

    data: bytes = field(repr=False)
    dots: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A block that must be drawn."""

    block: Text | Row | Rule


def live_dots(width_mm: int) -> int:
    """Return how many dots go across paper of this width."""
    return _LIVE_DOTS[width_mm]


def right_to_left(lang: str) -> bool:
    """Say whether the language is written in Arabic script here."""
    return lang in _RIGHT_TO_LEFT


def lay_out(slip: Slip, *, chinese: bool = True) -> tuple[Native | Drawn, ...]:
    """Return the slip's parts in printing order; *chinese* says whether the printer has GB 2312."""
    paper = _Paper(live_dots(slip.width_mm), chinese)
    return tuple(_part(block, paper) for block in slip.blocks)


def can_be_set(line: str, lang: str, *, chinese: bool = True) -> bool:
    """Say whether the printer itself sets this line right."""
    if right_to_left(lang):
        return False
    return all(
        " " <= each <= "~" or each == "\n" or (chinese and _in_gb2312(each)) for each in line
    )


def wrap(line: str, columns: int) -> Iterator[str]:
    """Break a paragraph into lines; Latin words and numbers stay whole where they fit."""
    for paragraph in line.split("\n"):
        yield from break_lines(_fitting(paragraph, columns), lambda text: width(text) <= columns)


def break_lines(pieces: Iterable[str], fits: Callable[[str], bool]) -> Iterator[str]:
    """Set *pieces*, each of which fits by itself, into lines that fit.

    No line begins with a mark that closes, or ends with one that opens, where that can be had.
    """
    held: list[str] = []
    for piece in pieces:
        if held and not fits("".join(held) + piece):
            carried = _carried(held, piece)
            if not fits("".join(carried) + piece):
                held += carried
                carried = []
            yield "".join(held).rstrip()
            held = carried
        if held or piece.strip():
            held.append(piece if held else piece.lstrip())
    yield "".join(held).rstrip()


def width(line: str) -> int:
    """Return the columns that a line takes: Latin one, Chinese two."""
    return sum(1 if each <= "~" else 2 for each in line)


@dataclass(frozen=True, slots=True)
class _Paper:
    dots: int
    chinese: bool

    @property
    def columns(self) -> int:
        return self.dots // _DOTS_PER_COLUMN


def _part(block: Block, paper: _Paper) -> Native | Drawn:
    match block:
        case Text(text=text, lang=lang):
            fits = can_be_set(text, lang, chinese=paper.chinese)
            return _text(block, paper.columns) if fits else Drawn(block)
        case Row(label=label, value=value, lang=lang):
            fits = can_be_set(label + value, lang, chinese=paper.chinese)
            return _row(block, paper.columns) if fits else Drawn(block)
        case Code(text=text):
            fits = width(text) * 2 <= paper.columns
            shown = Text(text, size=2 if fits else 1, bold=True, align="center")
            return _part(shown, paper)
        case Qr():
            return _qr(block, paper.dots)
        case Gap(mm=mm):
            return Native(escpos.feed_dots(mm * DOTS_PER_MM), mm * DOTS_PER_MM)
        case Rule():
            return Drawn(block)


def _text(block: Text, columns: int) -> Native:
    lines = [escpos.text(line) for line in wrap(block.text, columns // block.size)]
    data = b"".join(
        (
            escpos.align(block.align),
            escpos.bold(on=block.bold),
            escpos.size(block.size),
            *lines,
            escpos.size(1),
            escpos.bold(on=False),
        )
    )
    return Native(data, len(lines) * _DOTS_PER_LINE * block.size)


def _row(row: Row, columns: int) -> Native:
    free = columns - width(row.label) - width(row.value)
    if free >= 1 and "\n" not in row.value:
        whole = Text(row.label + " " * free + row.value)
        return _text(whole, columns)
    first = _text(Text(row.label), columns)
    second = _text(Text(row.value, align=end_of_row(len(list(wrap(row.value, columns))))), columns)
    return Native(first.data + second.data, first.dots + second.dots)


def _qr(block: Qr, dots_across: int) -> Native:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(block.text.encode(), optimize=0)
    code.make(fit=True)
    modules = int(code.modules_count)
    # A code wider than the paper is not printed at all, and without white around it not read.
    most = min(dots_across // (modules + _QUIET_MODULES), _LARGEST_MODULE_DOTS)
    wanted = max(block.size_mm * DOTS_PER_MM // modules, _SMALLEST_MODULE_DOTS)
    dots = min(wanted, most)
    data = escpos.align("center") + escpos.qr(block.text, dots)
    return Native(data, dots * (modules + _QUIET_MODULES))


def end_of_row(lines: int) -> Align:
    """Return where a row's value stands below its label: several lines read as a paragraph."""
    return "end" if lines == 1 else "start"


def _carried(held: list[str], piece: str) -> list[str]:
    """Take from a full line what must go to the next one with *piece*, if any place is good."""
    for at in range(len(held), 0, -1):
        first = held[at] if at < len(held) else piece
        if first[:1] not in _NEVER_FIRST and held[at - 1][-1:] not in _NEVER_LAST:
            carried = held[at:]
            del held[at:]
            return carried
    return []


def _fitting(paragraph: str, columns: int) -> Iterator[str]:
    for piece in _PIECES.findall(paragraph):
        for start in range(0, len(piece), columns):
            yield piece[start : start + columns]


def _in_gb2312(character: str) -> bool:
    # The codec's place for the dot (A1A4) means another character than the dot in names.
    if character in "·・":
        return False
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False
