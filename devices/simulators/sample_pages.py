"""
Papers to lay beneath a simulated camera or onto a simulated glass. Whoever they tell of is
obviously unreal.
"""

from collections.abc import Sequence
from enum import StrEnum

from PIL import Image, ImageDraw, ImageFont

from devices.fonts import HOUSE_FONTS
from devices.protocols.page_corners import Corners, Point, perspective

_MM_PER_INCH = 25.4
_PAPER, _INK, _SEAL = (246, 244, 238), (38, 38, 44), (196, 32, 38)
_LINES = (
    "测试文件，不是真的证件",
    "姓名：古丽·测试　　编号：SAMPLE-0001",
    "This page shows how a paper looks beneath the camera.",
    "兹有模拟单位出具模拟证明，仅供测试使用。",
)


class SamplePage(StrEnum):
    """What can be laid down."""

    CERTIFICATE = "certificate"
    CARD = "card"
    BLANK = "blank"

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height: A4, or an identity card (ISO/IEC 7810 ID-1)."""
        return (85.6, 54.0) if self is SamplePage.CARD else (210.0, 297.0)


def draw(page: SamplePage, *, dots_per_inch: int = 150) -> Image.Image:
    """Return the paper, seen straight from above and evenly lit."""
    width_mm, height_mm = page.size_mm
    scale = dots_per_inch / _MM_PER_INCH
    sheet = Image.new("RGB", (round(width_mm * scale), round(height_mm * scale)), _PAPER)
    if page is SamplePage.BLANK:
        return sheet
    pen = ImageDraw.Draw(sheet)
    small = page is SamplePage.CARD
    size_mm, margin_mm, step_mm = (3.2, 6.0, 8.0) if small else (4.6, 22.0, 9.5)
    font = ImageFont.truetype(HOUSE_FONTS[0], round(size_mm * scale))
    lines = _LINES[:2] if small else _LINES * 6
    for at, line in enumerate(lines):
        y = (margin_mm + at * step_mm) * scale
        pen.text((margin_mm * scale, y), line, font=font, fill=_INK)
    radius = 8.0 if small else 20.0
    centre = ((width_mm - radius * 1.6) * scale, (height_mm - radius * 1.8) * scale)
    pen.circle(centre, radius * scale, outline=_SEAL, width=max(2, round(scale)))
    return sheet


def laid(
    sheet: Image.Image,
    corners: Sequence[Point],
    size: tuple[int, int],
    *,
    table: tuple[int, int, int] = (58, 52, 50),
) -> Image.Image:
    """Return what a camera sees of *sheet* whose corners, clockwise, lie at *corners* of its
    picture of *size*, on a table of one colour.
    """
    first, second, third, fourth = corners
    back = _inverse(perspective(Corners((first, second, third, fourth)), *sheet.size))
    how = (size, Image.Transform.PERSPECTIVE, back, Image.Resampling.BICUBIC)
    scene = Image.new("RGB", size, table)
    scene.paste(sheet.transform(*how), (0, 0), Image.new("L", sheet.size, 255).transform(*how))
    return scene


def _inverse(forward: Sequence[float]) -> tuple[float, ...]:
    """From the picture back to the sheet: the adjugate of a matrix is its inverse but for scale."""
    a, b, c, d, e, f, g, h = forward
    rows = (
        (e - f * h, c * h - b, b * f - c * e),
        (f * g - d, a - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return tuple(value / rows[2][2] for row in rows for value in row)[:8]
