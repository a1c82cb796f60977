"""
Which characters a paper can carry (规范汉字与生僻字), asked when a name is read.

typst sets a character that no font has as a blank box in silence, or refuses the whole PDF/A
document. Either is too late for the person who stands at the printer, so the question is asked
as soon as the name is known, and she is told which character it is and where she can go.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from kiosk_server.fonts import RARE_PLANES, paper_files

# Private use has a meaning only inside the system that assigned it; a font that happens to
# have a glyph there would print a wrong character, which is worse than none. The rest of the
# set are controls, lone surrogates and code points that Unicode has not given away.
_NEVER_PRINTED = {"Co", "Cc", "Cs", "Cn"}


@dataclass(frozen=True)
class Coverage:
    """The code points that a set of font files can draw."""

    code_points: frozenset[int]

    @classmethod
    def of(cls, font_files: Iterable[Path]) -> "Coverage":
        """What `font_files` can draw together; OSError when one cannot be read."""
        return cls(_union(tuple((file, file.stat().st_mtime_ns) for file in font_files)))

    def missing(self, text: str) -> tuple[str, ...]:
        """Characters of `text` that cannot be printed, once each, in order of appearance."""
        return tuple(character for character in dict.fromkeys(text) if not self.has(character))

    def has(self, character: str) -> bool:
        """Whether one character (one code point, not one UTF-16 unit) can be printed."""
        if character == " ":
            return True
        code_point = ord(character)
        # Ideographs newer than this Python's Unicode tables look unassigned to it.
        known = code_point >= 0x20000 or unicodedata.category(character) not in _NEVER_PRINTED
        return known and code_point in self.code_points and not _is_private(code_point)


def unprintable(text: str, *, directories: Sequence[Path] = RARE_PLANES) -> tuple[str, ...]:
    """Characters of `text` that no paper font has: empty when the text can be printed.

    `directories` are the extra font directories of the settings, beside the committed fonts.
    """
    return Coverage.of(paper_files(directories)).missing(text)


def _is_private(code_point: int) -> bool:
    return 0xE000 <= code_point <= 0xF8FF or code_point >= 0xF0000


@lru_cache(maxsize=16)
def _union(files: tuple[tuple[Path, int], ...]) -> frozenset[int]:
    return frozenset[int]().union(*(_code_points(file, modified) for file, modified in files))


@lru_cache(maxsize=64)
def _code_points(file: Path, _modified_ns: int) -> frozenset[int]:
    """Code points of one file; its modification time is part of the key, so a new file counts."""
    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())
