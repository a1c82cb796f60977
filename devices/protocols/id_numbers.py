"""
Numbers on identity documents and their check characters.

GB 11643 for citizens (公民身份号码) and residents of Hong Kong, Macao and Taiwan; the two
editions of the foreigner's permanent residence card. The first six digits are never checked
against a table: codes of a birth-time division stay on the card when the division is gone.
"""

import re
from datetime import date

from devices.contracts.id_reader import CardKind

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"

_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[A-Z]{3}[0-9]{12}")


def check_character(first_17: str) -> str:
    """Return the last character that GB 11643 (ISO 7064 MOD 11-2) gives to seventeen digits."""
    weighed = zip(map(int, first_17), _WEIGHTS, strict=True)
    return _CHECKS[sum(digit * weight for digit, weight in weighed) % 11]


def day_of(text: str) -> date | None:
    """Return the day that eight digits name, or None if there is no such day."""
    if re.fullmatch(r"[0-9]{8}", text) is None:
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def is_valid(number: str, kind: CardKind) -> bool:
    """Say whether *number* can stand on such a card: form, day of birth, check character."""
    if kind is CardKind.FOREIGNER_2017:
        return _foreigner_2017_is_valid(number)
    if _EIGHTEEN.fullmatch(number) is None or born_by(number, kind) is None:
        return False
    if check_character(number[:17]) != number[17]:
        return False
    match kind:
        case CardKind.HMT:
            return number.startswith(("810000", "820000", "830000"))
        case CardKind.FOREIGNER_2023:
            return number.startswith("9")
        case _:
            return not number.startswith("9")


def born_by(number: str, kind: CardKind) -> date | None:
    """Return the day of birth that the number tells; a 2017 number leaves out the century."""
    return None if kind is CardKind.FOREIGNER_2017 else day_of(number[6:14])


def sex_by(number: str, kind: CardKind) -> str:
    """Return the sex that the number itself tells (男 odd, 女 even), or nothing."""
    if kind in (CardKind.FOREIGNER_2017, CardKind.FOREIGNER_2023):
        return ""
    return "男" if int(number[16]) % 2 else "女"


def _foreigner_2017_is_valid(number: str) -> bool:
    if _FIFTEEN.fullmatch(number) is None:
        return False
    if day_of("20" + number[7:13]) is None and day_of("19" + number[7:13]) is None:
        return False
    values = [int(character, 36) for character in number[:14]]
    return sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10 == int(number[14])
