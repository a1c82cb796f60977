"""
Check digits of the numbers on identity cards.

公民身份号码 and the residence numbers of Hong Kong, Macao and Taiwan people: GB 11643 (ISO 7064
MOD 11-2). Foreigners' permanent residence cards: the 2017 edition has 15 characters and a check
over weights 7, 3, 1; the 2023 edition has 18 digits that begin with 9 and end in MOD 11-2. The
first six digits are not compared with today's divisions: those of the time of birth stay.
"""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EIGHTEEN = re.compile(r"[1-9][0-9]{16}[0-9X]")
_FIFTEEN = re.compile(r"[A-Z]{3}[0-9]{12}")


class CardKind(StrEnum):
    """The four cards that the reader knows, as the wire names them."""

    RESIDENT = "resident"
    HMT = "hmt"
    FOREIGNER_2017 = "foreigner_2017"
    FOREIGNER_2023 = "foreigner_2023"


def mod_11_2(seventeen: str) -> str:
    """Return the check character of the first 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


def is_valid(kind: CardKind, number: str) -> bool:
    """Return whether *number* could stand on a card of *kind*: form, day of birth, check."""
    return _VALID[kind](number)


def _eighteen(number: str) -> bool:
    return bool(_EIGHTEEN.fullmatch(number)) and mod_11_2(number[:17]) == number[17]


def _is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return True


def _resident(number: str) -> bool:
    return _eighteen(number) and _is_day(number[6:14])


def _hmt(number: str) -> bool:
    return number[:6] in ("810000", "820000", "830000") and _resident(number)


def _foreigner_2023(number: str) -> bool:
    return number[:1] == "9" and _resident(number)


def _foreigner_2017(number: str) -> bool:
    if not _FIFTEEN.fullmatch(number):
        return False
    total = sum(int(mark, 36) * (7, 3, 1)[at % 3] for at, mark in enumerate(number[:14]))
    return total % 10 == int(number[14])


_VALID: dict[CardKind, Callable[[str], bool]] = {
    CardKind.RESIDENT: _resident,
    CardKind.HMT: _hmt,
    CardKind.FOREIGNER_2017: _foreigner_2017,
    CardKind.FOREIGNER_2023: _foreigner_2023,
}
