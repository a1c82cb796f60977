"""
Where the sheet lies in a picture: brighter than what it lies on, whole, and with four corners.

Where it fills the picture, or lies beneath a lid as white as itself, no corners are found and the
picture is the page; its lines of text then tell by how much it lies askew.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageChops, ImageFilter

from devices.protocols.page_corners import Corners, Point, corners_of

# The longer side in pixels while one looks: a pixel is half a millimetre of an A4 sheet.
_LOOKED_AT = 480
# Of the picture: an ID card beneath a camera that sees an A4 sheet with room to spare.
_SMALLEST_PART = 0.03
# Levels of 255 between sheet and table; beneath that a shadow would do.
_LEAST_CONTRAST = 24
# How much of its four-cornered outline a sheet fills: less is a hand, or two sheets.
_LEAST_FILLED, _MOST_FILLED = 0.9, 1.06

_TEXT_SIDE = 500
_MOST_ASKEW_DEGREES = 8.0
_COARSE_DEGREES, _FINE_DEGREES = 1.0, 0.1
_RUNS = re.compile(rb"\xff+")


def find_corners(picture: Image.Image) -> Corners | None:
    """Return the corners of the sheet in an RGB or grey picture, or None where there is none."""
    factor = max(picture.size) / _LOOKED_AT
    if factor <= 1:
        return None
    width, height = (max(1, round(side / factor)) for side in picture.size)
    small = picture.convert("RGB").resize((width, height), Image.Resampling.BOX)
    sheet = _largest_part(_brighter_than_edge(small))
    if sheet is None or sheet.area < _SMALLEST_PART * width * height:
        return None
    corners = corners_of(sheet.outline())
    if corners is None or not _LEAST_FILLED <= sheet.filled / corners.area <= _MOST_FILLED:
        return None
    return corners.scaled(picture.width / width)


def degrees_askew(page: Image.Image) -> float:
    """Return by how much lines of text rise to the right, 0.0 where there are none to go by.

    Turned back by as much, rows of dark and light alternate most sharply.
    """
    grey = page.convert("L")
    grey.thumbnail((_TEXT_SIDE, _TEXT_SIDE), Image.Resampling.BOX)
    ink = ImageChops.invert(grey).point(lambda level: max(0, level - 40))
    coarse = [step * _COARSE_DEGREES for step in range(-8, 9)]
    best = max(coarse, key=lambda angle: _alternation(ink, angle))
    fine = [best + step * _FINE_DEGREES for step in range(-10, 11)]
    best = max(fine, key=lambda angle: _alternation(ink, angle))
    clear = _alternation(ink, best) > 1.15 * _alternation(ink, 0.0)
    return best if clear and abs(best) <= _MOST_ASKEW_DEGREES else 0.0


def _alternation(ink: Image.Image, angle: float) -> float:
    turned = ink.rotate(-angle, Image.Resampling.BILINEAR)
    # Turning leaves empty corners, and a margin has an edge of its own: neither is a line of text.
    across, down = turned.width // 8, turned.height // 8
    inner = turned.crop((across, down, turned.width - across, turned.height - down))
    rows = inner.resize((1, inner.height), Image.Resampling.BOX).tobytes()
    return float(sum((one - other) ** 2 for one, other in pairwise(rows)))


def _brighter_than_edge(small: Image.Image) -> Image.Image:
    """White where *small* is clearly brighter than around its edge, black elsewhere."""
    differences = []
    for band in small.split():
        table = _median(_edge(band))
        differences.append(ImageChops.subtract(band, Image.new("L", band.size, table)))
    red, green, blue = differences
    brighter = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    brighter = brighter.filter(ImageFilter.MedianFilter(5))
    threshold = max(_LEAST_CONTRAST, _otsu(brighter.histogram()))
    return brighter.point(lambda level: 255 if level >= threshold else 0)


def _edge(band: Image.Image) -> bytes:
    width, height = band.size
    deep = max(1, min(width, height) // 40)
    strips = (
        (0, 0, width, deep),
        (0, height - deep, width, height),
        (0, deep, deep, height - deep),
        (width - deep, deep, width, height - deep),
    )
    return b"".join(band.crop(strip).tobytes() for strip in strips)


def _median(levels: bytes) -> int:
    return sorted(levels)[len(levels) // 2]


def _otsu(histogram: Sequence[int]) -> int:
    """The level that parts a histogram into two heaps farthest from each other (N. Otsu, 1979)."""
    total, total_weight = sum(histogram), sum(at * count for at, count in enumerate(histogram))
    below, below_weight, best, farthest = 0, 0, 0, -1.0
    for level, count in enumerate(histogram[:-1]):
        below += count
        below_weight += level * count
        above = total - below
        if below and above:
            apart = below_weight / below - (total_weight - below_weight) / above
            if below * above * apart**2 > farthest:
                farthest, best = below * above * apart**2, level + 1
    return best


@dataclass(frozen=True, slots=True)
class _Run:
    """White pixels side by side in one row, *end* not among them."""

    row: int
    start: int
    end: int


class _Part:
    """A connected part of a mask."""

    def __init__(self, runs: Sequence[_Run]) -> None:
        self._runs = runs
        self.area = sum(run.end - run.start for run in runs)

    @property
    def filled(self) -> int:
        """The area with what is dark inside: text has holes in it."""
        return sum(end - start for start, end in self._rows().values())

    def outline(self) -> Iterator[Point]:
        """The outermost points of each row and of each column, on the edges of pixels."""
        for row, (start, end) in self._rows().items():
            yield start, row + 0.5
            yield end, row + 0.5
        top: dict[int, int] = {}
        bottom: dict[int, int] = {}
        for run in self._runs:
            for column in range(run.start, run.end):
                top.setdefault(column, run.row)
                bottom[column] = run.row + 1
        for column, row in top.items():
            yield column + 0.5, row
            yield column + 0.5, bottom[column]

    def _rows(self) -> dict[int, tuple[int, int]]:
        rows: dict[int, tuple[int, int]] = {}
        for run in self._runs:
            start, end = rows.get(run.row, (run.start, run.end))
            rows[run.row] = min(start, run.start), max(end, run.end)
        return rows


def _largest_part(mask: Image.Image) -> _Part | None:
    """Join the runs of neighbouring rows that touch, and return the largest part."""
    pixels, width = mask.tobytes(), mask.width
    runs: list[_Run] = []
    parents: list[int] = []

    def root(at: int) -> int:
        while parents[at] != at:
            parents[at] = parents[parents[at]]
            at = parents[at]
        return at

    above: list[int] = []
    for row in range(mask.height):
        here = []
        for found in _RUNS.finditer(pixels[row * width : (row + 1) * width]):
            at = len(runs)
            runs.append(_Run(row, found.start(), found.end()))
            parents.append(at)
            here.append(at)
            for other in above:
                if runs[other].start < found.end() and found.start() < runs[other].end:
                    parents[root(other)] = root(at)
        above = here
    parts: dict[int, list[_Run]] = {}
    for at, run in enumerate(runs):
        parts.setdefault(root(at), []).append(run)
    return max((_Part(part) for part in parts.values()), key=lambda part: part.area, default=None)
