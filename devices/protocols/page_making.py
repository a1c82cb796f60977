"""
From a picture to a page of A4 (高拍件): cut out, laid flat, set straight, lit evenly, and small
enough for a thin line.

A sheet of A4's proportions fills the page; anything else (an identity card, a receipt) lies on it
in its true size where the device knows sizes, else as large as it fits.
"""

import io
from dataclasses import dataclass, field, replace

from PIL import Image, ImageFilter, ImageMath, ImageOps, UnidentifiedImageError

from devices.contracts.document_scanner import Picture
from devices.protocols.page_corners import Corners, perspective
from devices.protocols.page_finding import degrees_askew, find_corners

DOTS_PER_INCH = 200
"""What archives ask of a copy at least (DA/T 31)."""
LARGEST_PAGE_BYTES = 400 * 1024

_MM_PER_INCH = 25.4
_SHORT_PX, _LONG_PX = (round(mm / _MM_PER_INCH * DOTS_PER_INCH) for mm in (210, 297))
# Seen at a slant, a sheet's proportions come out a little wrong.
_A4_TOLERANCE = 0.08
_MARGIN = 0.05
# A camera of 13 megapixels, a flatbed at 300 dots to the inch, and some more.
_MOST_PIXELS = 40_000_000
_SMALLEST_SIDE = 64
_NO_PICTURE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    ValueError,
    SyntaxError,
)
_QUALITIES = (80, 68, 56, 44, 34)
_PAPER = 250


class NoPicture(ValueError):
    """What the device gave is no picture, is cut short, or is far too large or too small."""


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page: JPEG, upright, A4 in one of its two positions."""

    jpeg: bytearray = field(repr=False)
    width_px: int
    height_px: int
    colour: bool
    cut_out: bool
    """Whether the sheet was found in the picture, or the whole picture is the page."""

    def wipe(self) -> None:
        """Overwrite the picture; what the decoder held meanwhile was freed, not overwritten."""
        self.jpeg[:] = bytes(len(self.jpeg))


def make_page(picture: Picture, *, colour: bool = True) -> Page:
    """Return the page in *picture*; raises `NoPicture`."""
    seen = open_picture(picture.data)
    corners = find_corners(seen)
    if corners is not None:
        sheet = _laid_flat(seen, corners, picture.dots_per_inch)
    else:
        sheet = _set_straight(seen, picture.dots_per_inch)
    lit = _lit_evenly(sheet if colour else sheet.convert("L"))
    page = _on_paper(lit)
    return Page(_small_enough(page), *page.size, colour=colour, cut_out=corners is not None)


def turned(page: Page) -> Page:
    """Return *page* turned a quarter to the right."""
    with Image.open(io.BytesIO(page.jpeg)) as upright:
        sideways = upright.transpose(Image.Transpose.ROTATE_270)
        jpeg = _small_enough(sideways)
    return replace(page, jpeg=jpeg, width_px=page.height_px, height_px=page.width_px)


def open_picture(data: bytes) -> Image.Image:
    """Return a device's picture in colour, the right way up; raises `NoPicture`."""
    try:
        found = Image.open(io.BytesIO(data), formats=("JPEG", "PPM"))
        if found.width * found.height > _MOST_PIXELS or min(found.size) < _SMALLEST_SIDE:
            raise NoPicture("size")
        upright = ImageOps.exif_transpose(found)
        return upright.convert("RGB")
    except _NO_PICTURE as fault:
        raise NoPicture(type(fault).__name__) from fault


def _laid_flat(seen: Image.Image, corners: Corners, dots_per_inch: float | None) -> Image.Image:
    width, height = corners.width, corners.height
    size = _page_px(width, height)
    if not _is_a4(width, height, dots_per_inch):
        size = _fitted_px(width, height, dots_per_inch)
    return seen.transform(
        size,
        Image.Transform.PERSPECTIVE,
        perspective(corners, *size),
        Image.Resampling.BICUBIC,
    )


def _set_straight(seen: Image.Image, dots_per_inch: float | None) -> Image.Image:
    if dots_per_inch is None:
        size = _fitted_px(*seen.size, None)
    else:
        # A glass is a little larger than A4: what is too much is cut off, nothing is squeezed.
        factor = DOTS_PER_INCH / dots_per_inch
        size = max(1, round(seen.width * factor)), max(1, round(seen.height * factor))
    sheet = seen.resize(size, Image.Resampling.LANCZOS)
    angle = degrees_askew(sheet)
    if angle:
        sheet = sheet.rotate(-angle, Image.Resampling.BICUBIC, fillcolor=(_PAPER, _PAPER, _PAPER))
    page_width, page_height = _page_px(*size)
    return sheet.crop((0, 0, min(size[0], page_width), min(size[1], page_height)))


def _is_a4(width: float, height: float, dots_per_inch: float | None) -> bool:
    """Whether a sheet of this size in the picture is one of A4, or may be for all one knows."""
    long, short = max(width, height), min(width, height)
    if abs(long / short / (_LONG_PX / _SHORT_PX) - 1) > _A4_TOLERANCE:
        return False
    return dots_per_inch is None or abs(long / dots_per_inch * DOTS_PER_INCH / _LONG_PX - 1) < 0.1


def _fitted_px(width: float, height: float, dots_per_inch: float | None) -> tuple[int, int]:
    """How large a sheet is on the page: as it is, or as large as fits between the margins."""
    page_width, page_height = _page_px(width, height)
    factor = min(page_width * (1 - 2 * _MARGIN) / width, page_height * (1 - 2 * _MARGIN) / height)
    if dots_per_inch is not None:
        factor = min(factor, DOTS_PER_INCH / dots_per_inch)
    return max(1, round(width * factor)), max(1, round(height * factor))


def _page_px(width: float, height: float) -> tuple[int, int]:
    return (_LONG_PX, _SHORT_PX) if width > height else (_SHORT_PX, _LONG_PX)


def _lit_evenly(sheet: Image.Image) -> Image.Image:
    """Divide by the light that falls on the paper: white everywhere, ink and seals as they are.

    The light is what is brightest around each place, so that lines of text do not darken it.
    """
    small = sheet.convert("L")
    small.thumbnail((160, 160), Image.Resampling.BOX)
    light = small.filter(ImageFilter.MaxFilter(11)).filter(ImageFilter.GaussianBlur(6))
    light = light.point(lambda level: max(level, 60)).resize(sheet.size, Image.Resampling.BILINEAR)
    return Image.merge(sheet.mode, [_divided(band, light) for band in sheet.split()])


def _divided(band: Image.Image, light: Image.Image) -> Image.Image:
    even = ImageMath.lambda_eval(
        lambda given: given["convert"](
            given["min"](given["band"] * _PAPER / given["light"], 255), "L"
        ),
        band=band,
        light=light,
    )
    if not isinstance(even, Image.Image):
        raise TypeError("an expression over images gives an image")
    return even


def _on_paper(sheet: Image.Image) -> Image.Image:
    size = _page_px(*sheet.size)
    if sheet.size == size:
        return sheet
    paper = Image.new(sheet.mode, size, (_PAPER,) * len(sheet.getbands()))
    paper.paste(sheet, ((size[0] - sheet.width) // 2, (size[1] - sheet.height) // 2))
    return paper


def _small_enough(page: Image.Image) -> bytearray:
    """Encode as well as fits into `LARGEST_PAGE_BYTES`; the last quality is taken as it comes."""
    encoded = bytearray()
    for quality in _QUALITIES:
        target = io.BytesIO()
        page.save(target, "JPEG", quality=quality, dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
        encoded = bytearray(target.getbuffer())
        if len(encoded) <= LARGEST_PAGE_BYTES:
            break
    return encoded
