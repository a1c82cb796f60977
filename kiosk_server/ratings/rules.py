"""
好差评: five levels with their standard tags, and what a bad rating opens.

A tag belongs to one level (its first digit); a rating may bear several, and a text of at most 150
characters. 2 and 1 are bad (差评).
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from kiosk_server.core.errors import FieldFault

LEVELS = (5, 4, 3, 2, 1)
BAD = (2, 1)
LONGEST_TEXT = 150
FOLLOW_UP_WEEKDAYS = 15
_TAGS = Path(__file__).parent / "data" / "tags.toml"


@dataclass(frozen=True)
class Tag:
    """One standard tag: its code and its words by language."""

    code: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class Level:
    """One level with its words and its tags, in the order in which they are shown."""

    level: int
    words: Mapping[str, str]
    tags: tuple[Tag, ...]


@cache
def levels() -> tuple[Level, ...]:
    """Return the five levels, the best first."""
    kept = tomllib.loads(_TAGS.read_text("utf-8"))["levels"]
    return tuple(
        Level(
            level=level,
            words=kept[str(level)]["words"],
            tags=tuple(
                Tag(row["code"], {name: words for name, words in row.items() if name != "code"})
                for row in kept[str(level)]["tags"]
            ),
        )
        for level in LEVELS
    )


def rating_faults(level: int, tags: Sequence[str], text: str) -> tuple[FieldFault, ...]:
    """Return what is wrong with a rating, all of it at once."""
    known = {found.level: {tag.code for tag in found.tags} for found in levels()}
    faults = []
    if level not in known:
        faults.append(FieldFault("level", "level_unknown"))
    elif set(tags) - known[level]:
        faults.append(FieldFault("tags", "tag_not_of_level"))
    if len(set(tags)) != len(tags):
        faults.append(FieldFault("tags", "tag_twice"))
    if len(text) > LONGEST_TEXT:
        faults.append(FieldFault("text", "text_too_long"))
    return tuple(faults)


def provisional_due(opened: date, weekdays: int = FOLLOW_UP_WEEKDAYS) -> date:
    """Return the day *weekdays* after *opened*, without the official calendar's 调休."""
    day = opened
    while weekdays:
        day += timedelta(days=1)
        weekdays -= day.isoweekday() <= 5
    return day
