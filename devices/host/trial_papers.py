"""
Test papers (测试页、测试条): what a technician wants to see of a printer, and nothing of anybody.

Every script that papers here are written in, fine and bold, a ruler to see the scale by, grey
steps, and a frame that shows what the printer cuts off. Drawn here, so that it needs no server.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from devices.contracts.slip import Qr, Row, Rule, Slip, Text
from devices.drivers.typefaces import Typefaces

DPI = 150
_A4_MM = (210, 297)
_BEIJING = ZoneInfo("Asia/Shanghai")
_INK, _PAPER = 0, 255
_SAMPLES: tuple[tuple[str, bool], ...] = (
    ("规范汉字：政务自助终端测试页，永和九年", False),
    ("ئۇيغۇرچە: سىناق بېتى", True),
    ("قىرعىزچا: سىنوو بەتى", True),
    ("Latin: The quick brown fox 0123456789", False),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """Which terminal prints, for which command, and when."""

    terminal: str
    command: str
    at: datetime

    @property
    def lines(self) -> tuple[str, str]:
        """Where and when, as a technician reads it."""
        moment = self.at.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M")
        return f"{self.terminal} · {moment}", self.command


def trial_page(trial: Trial) -> bytes:
    """The A4 page as a PDF of one page."""
    width, height = (_dots(mm) for mm in _A4_MM)
    sheet = Image.new("L", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    edge = _dots(5)
    draw.rectangle((edge, edge, width - edge, height - edge), outline=_INK, width=2)
    _write(draw, "测试页 · Test page", (_dots(20), _dots(20)), pixels=64)
    for at, line in enumerate(trial.lines):
        _write(draw, line, (_dots(20), _dots(36 + 8 * at)), pixels=36)
    for at, (line, backwards) in enumerate(_SAMPLES):
        _write(draw, line, (_dots(20), _dots(60 + 12 * at)), pixels=36, backwards=backwards)
    _ruler(draw, top=_dots(120))
    _greys(draw, top=_dots(145))
    _hairlines(draw, top=_dots(180))
    written = io.BytesIO()
    sheet.save(written, "PDF", resolution=DPI)
    return written.getvalue()


def trial_slip(trial: Trial, *, width_mm: int) -> Slip:
    """The slip, in every script that slips are written in."""
    where, command = trial.lines
    return Slip(
        (
            Text("测试条", size=2, bold=True, align="center"),
            Text(where, align="center"),
            Rule(),
            Text("规范汉字：政务自助终端"),
            Text("ئۇيغۇرچە: سىناق", lang="ug"),
            Text("قىرعىزچا: سىنوو", lang="ky"),
            Text("Latin 0123456789", lang="en"),
            Rule("solid"),
            Row("58/80 mm", str(width_mm)),
            Qr(command, size_mm=25),
            Text(command, align="center"),
        ),
        width_mm,
    )


def _write(
    draw: ImageDraw.ImageDraw,
    line: str,
    place: tuple[int, int],
    *,
    pixels: int,
    backwards: bool = False,
) -> None:
    across, down = place
    for run in Typefaces().runs(line, right_to_left=backwards):
        font = run.face.at(pixels)
        direction = "rtl" if run.right_to_left else "ltr"
        draw.text((across, down), run.text, fill=_INK, font=font, direction=direction)
        across += int(font.getlength(run.text, direction=direction))


def _ruler(draw: ImageDraw.ImageDraw, *, top: int) -> None:
    for mm in range(0, 161, 5):
        across, length = _dots(20 + mm), 5 if mm % 10 else 9
        draw.line((across, top, across, top + _dots(length)), fill=_INK, width=2)
    _write(draw, "160 mm", (_dots(182), top), pixels=30)


def _greys(draw: ImageDraw.ImageDraw, *, top: int) -> None:
    for step in range(9):
        left = _dots(20 + 18 * step)
        box = (left, top, left + _dots(16), top + _dots(20))
        draw.rectangle(box, fill=step * _PAPER // 8, outline=_INK)


def _hairlines(draw: ImageDraw.ImageDraw, *, top: int) -> None:
    for at in range(40):
        across = _dots(20) + at * (1 + at // 8) * 4
        draw.line((across, top, across, top + _dots(20)), fill=_INK, width=1 + at // 8)


def _dots(mm: float) -> int:
    return round(mm / 25.4 * DPI)
