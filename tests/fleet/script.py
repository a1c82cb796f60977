"""
Who of a fleet falls ill how, and when: drawn by a seed, the same for the same seed.

A part is a row of turns: so many seconds after its beginning the terminal is so. What its last
turn says lasts until the fleet is mended. Whole sites lose their line together.
"""

import random
from dataclasses import dataclass
from enum import StrEnum

SITE_SIZE = 8
LINE_LOST_EVERY = 10
"""One site of so many loses its line."""
STRIKES_WITHIN_SECONDS = 60.0


class Turn(StrEnum):
    """How a terminal is from now on, or what is done to its words once."""

    WELL = "well"
    PAPER_OUT = "paper_out"
    JAM = "jam"
    PAPER_LOW = "paper_low"
    READER_LOST = "reader_lost"
    AWAY = "away"
    SKEWED = "skewed"
    REPLAYED = "replayed"
    LATE = "late"


@dataclass(frozen=True)
class Kind:
    """A misfortune: its turns, and how many of a hundred terminals meet it."""

    name: str
    turns: tuple[tuple[float, Turn], ...]
    share: int


KINDS = (
    Kind("well", (), 34),
    Kind("paper out", ((0, Turn.PAPER_OUT),), 12),
    Kind("jam", ((0, Turn.JAM),), 8),
    Kind("paper low", ((0, Turn.PAPER_LOW),), 8),
    Kind("reader lost", ((0, Turn.READER_LOST),), 6),
    Kind("silent", ((0, Turn.AWAY),), 8),
    Kind("clock five minutes off", ((0, Turn.SKEWED),), 6),
    # On for longer than an alert needs to open, off for less than it needs to close.
    Kind(
        "flapping",
        ((0, Turn.JAM), (14, Turn.WELL), (22, Turn.JAM), (36, Turn.WELL), (44, Turn.JAM)),
        6,
    ),
    Kind("jam of four seconds", ((0, Turn.JAM), (4, Turn.WELL)), 4),
    Kind("restarted", ((0, Turn.AWAY), (25, Turn.WELL)), 4),
    Kind("words replayed", ((0, Turn.REPLAYED), (10, Turn.REPLAYED)), 2),
    Kind("words late", ((0, Turn.LATE), (10, Turn.LATE)), 2),
)
# Each speaks once more, as people there had just used them: then the site falls silent as one.
LINE_LOST = Kind("line of the site lost", ((0, Turn.WELL), (2, Turn.AWAY)), 0)


@dataclass(frozen=True)
class Part:
    """What one terminal plays: of which site it is, when its misfortune begins, and which."""

    site: int
    begins_after_seconds: float
    kind: Kind

    @property
    def lasts(self) -> bool:
        """Whether it is ill until it is mended."""
        return bool(self.kind.turns) and self.kind.turns[-1][1] in _ILL


_ILL = frozenset(
    {Turn.PAPER_OUT, Turn.JAM, Turn.PAPER_LOW, Turn.READER_LOST, Turn.AWAY, Turn.SKEWED}
)


def cast(count: int, seed: int) -> list[Part]:
    """Return the parts of *count* terminals; *seed* says who falls ill of what.

    Every misfortune is dealt once before chance deals the rest.
    """
    dice = random.Random(seed)
    dealt = dice.sample(KINDS, len(KINDS))
    shares = [kind.share for kind in KINDS]
    parts = []
    for number in range(count):
        site = number // SITE_SIZE
        if site % LINE_LOST_EVERY == 1 and (site + 1) * SITE_SIZE <= count:
            parts.append(Part(site, STRIKES_WITHIN_SECONDS / 2, LINE_LOST))
            continue
        kind = dealt.pop() if dealt else dice.choices(KINDS, shares)[0]
        parts.append(Part(site, dice.uniform(0, STRIKES_WITHIN_SECONDS), kind))
    return parts


def troubles_expected(parts: list[Part]) -> int:
    """Return for how many troubles somebody must be called while nothing is mended."""
    lines = {part.site for part in parts if part.kind is LINE_LOST}
    return len(lines) + sum(part.lasts and part.kind is not LINE_LOST for part in parts)
