"""
Kyrgyz of this region, from Arabic script into Cyrillic letters: for a voice that reads only those.

The script writes one letter for ы and и, and one for г and ғ. Which is meant follows from the
word: Kyrgyz vowels agree, so back letters ask for ы; a front letter is believed first, and a word
of neither (تىل, بىر) is read with и.
"""

import re

_FRONT, _BACK = frozenset("ەۅۉكگ"), frozenset("اوۇقع")
_LETTERS = {
    "ا": "а",
    "ب": "б",
    "پ": "п",
    "ت": "т",
    "ج": "ж",
    "چ": "ч",
    "ح": "х",
    "د": "д",
    "ر": "р",
    "ز": "з",
    "س": "с",
    "ش": "ш",
    "ع": "г",
    "ف": "ф",
    "ق": "к",
    "ك": "к",
    "گ": "г",
    "ڭ": "ң",
    "ل": "л",
    "م": "м",
    "ن": "н",
    "ە": "е",
    "و": "о",
    "ۇ": "у",
    "ۅ": "ө",
    "ۉ": "ү",
    "ۋ": "в",
    "ي": "й",
    "ء": "",
    "،": ",",
    "؟": "?",
    "؛": ";",
}
_HIGH = "ى"
_WORD = re.compile(r"[\u0600-\u06ff]+")


def cyrillic(text: str) -> str:
    """Return *text* with its words in Arabic script spelt in Cyrillic; all else stays."""
    return _WORD.sub(lambda found: _spelt(found[0]), text)


def _spelt(word: str) -> str:
    high = "ы" if _BACK & set(word) and not _FRONT & set(word) else "и"
    letters = "".join(high if letter == _HIGH else _LETTERS.get(letter, letter) for letter in word)
    return "э" + letters[1:] if letters.startswith("е") else letters
