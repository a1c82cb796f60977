"""
Which way each part of a line is read: Chinese and Latin from the left, Arabic script from the
right.

After the Unicode Bidirectional Algorithm (UAX #9) as far as a slip needs it, with one thing done
better than by its rules: dates, times and numbers with marks in them keep their order beside Arabic
letters, as if they were set apart.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_DIGIT = "digit"
_NUMBER_WITH_MARKS = re.compile(r"\d+(?:[-–/:.,]\d+)+")
_BRACKETS = {")": "(", "]": "[", "}": "{", "）": "（", "》": "《", "】": "【", "」": "「", "»": "«"}


def directions(line: str, *, right_to_left: bool) -> Iterator[tuple[bool, str]]:
    """Cut a line into stretches of one direction, True for from the right, in reading order.

    Digits go with the letter before them, brackets with what they hold, marks between two equal
    sides with these, else with the line. Within a right-to-left stretch the shaper itself orders
    the digits.
    """
    sides = [_side(each) for each in line]
    if not any(isinstance(side, bool) for side in sides):
        # Numbers and dates alone read from left to right in every script.
        yield False, line
        return
    for number in _NUMBER_WITH_MARKS.finditer(line):
        sides[number.start() : number.end()] = [False] * len(number[0])
    decided = _brackets_resolved(line, _digits_resolved(sides, right_to_left), right_to_left)
    resolved = list(_neutrals_resolved(decided, right_to_left))
    start = 0
    for backwards, group in groupby(resolved):
        end = start + len(list(group))
        yield backwards, line[start:end]
        start = end


def _digits_resolved(sides: list[bool | str | None], base: bool) -> list[bool | None]:
    resolved: list[bool | None] = []
    letter = base
    for side in sides:
        match side:
            case bool():
                letter = side
                resolved.append(side)
            case str():
                resolved.append(letter)
            case None:
                resolved.append(None)
    return resolved


def _brackets_resolved(line: str, sides: list[bool | None], base: bool) -> list[bool | None]:
    """A pair goes with the line if anything in it does, else with what it holds and follows."""
    resolved = list(sides)
    for opening, closing in sorted(_pairs(line)):
        held = {side for side in resolved[opening + 1 : closing] if side is not None}
        if not held:
            continue
        before = next((side for side in resolved[opening::-1] if side is not None), base)
        side = base if base in held or before is base else not base
        resolved[opening] = resolved[closing] = side
    return resolved


def _pairs(line: str) -> Iterator[tuple[int, int]]:
    waiting: list[int] = []
    for at, character in enumerate(line):
        if character in _BRACKETS.values():
            waiting.append(at)
        elif waiting and _BRACKETS.get(character) == line[waiting[-1]]:
            yield waiting.pop(), at


def _neutrals_resolved(sides: list[bool | None], base: bool) -> Iterator[bool]:
    before = base
    for at, side in enumerate(sides):
        if side is None:
            after = next((later for later in sides[at:] if later is not None), base)
            yield before if before is after else base
        else:
            before = side
            yield side


def _side(character: str) -> bool | str | None:
    kind = unicodedata.bidirectional(character)
    if kind in _RIGHT_TO_LEFT:
        return True
    if kind == "EN":
        return _DIGIT
    return False if kind == "L" else None
