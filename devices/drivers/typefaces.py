"""
The fonts that the terminal draws slips with, and which of them has which character.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

from devices.fonts import HOUSE_FONTS, RARE_FONTS
from devices.protocols.text_directions import directions


class GlyphMissing(Exception):
    """No font has the character; a slip that leaves it out would be wrong, so there is none."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font file."""

    path: Path

    @property
    def characters(self) -> frozenset[int]:
        """The code points that it draws."""
        return _characters(self.path)

    def at(self, pixels: int) -> ImageFont.FreeTypeFont:
        """Return the font at this size, shaping through raqm."""
        return _sized(self.path, pixels)


@lru_cache(maxsize=16)
def _characters(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True, fontNumber=0) as font:
        return frozenset(font.getBestCmap())


@lru_cache(maxsize=64)
def _sized(path: Path, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, pixels, layout_engine=ImageFont.Layout.RAQM)


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one direction in one font."""

    text: str
    face: Face
    right_to_left: bool


class Typefaces:
    """Picks the first font in order that has a character; in right-to-left text the last house
    font, which is made for Arabic script, comes first.
    """

    def __init__(
        self, house: Iterable[Path] = HOUSE_FONTS, rare: Iterable[Path] = RARE_FONTS
    ) -> None:
        self._house = tuple(Face(path) for path in house)
        self._rare = tuple(Face(path) for path in rare if path.exists())

    def runs(self, line: str, *, right_to_left: bool) -> list[Run]:
        """Return the runs of a line in the order in which they stand from left to right.

        Raises `GlyphMissing`.
        """
        stretches: list[list[Run]] = []
        for backwards, stretch in directions(line, right_to_left=right_to_left):
            runs = list(self._by_face(stretch, backwards))
            stretches.append(runs[::-1] if backwards else runs)
        if right_to_left:
            stretches.reverse()
        return [run for stretch in stretches for run in stretch]

    def _by_face(self, stretch: str, backwards: bool) -> Iterator[Run]:
        order = (*self._house[::-1], *self._rare) if backwards else (*self._house, *self._rare)
        for face, characters in groupby(stretch, lambda each: self._face(each, order)):
            yield Run("".join(characters), face, backwards)

    def _face(self, character: str, order: tuple[Face, ...]) -> Face:
        for face in order:
            if ord(character) in face.characters:
                return face
        raise GlyphMissing("a character is in no font of this terminal")
