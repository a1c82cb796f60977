"""
Names of people: when two spellings are one name.

The number is the key, never the name. A card has room for 15 UTF-16 units, and the separator `·`
(U+00B7) is written in several ways: neither makes another person.
"""

import re
import unicodedata

CARD_NAME_UNITS = 15
_SEPARATORS = re.compile(r"\s*[·•・‧∙⋅˙．.﹒]\s*")
_SPACES = re.compile(r"\s+")


def plain_name(name: str) -> str:
    """Return *name* as it is compared: one kind of separator, no spaces at its sides."""
    composed = unicodedata.normalize("NFC", name)
    return _SPACES.sub(" ", _SEPARATORS.sub("·", composed)).strip().casefold()


def same_name(card: str, record: str) -> bool:
    """
    Return whether the name on a card and the name in a record can be one person's.

    True where they differ only in the separator, or where the card's 15 UTF-16 units cut a
    longer name off. An empty name is nobody's.
    """
    on_card, on_record = plain_name(card), plain_name(record)
    if not on_card.strip("·") or not on_record.strip("·"):
        return False
    if on_card == on_record:
        return True
    full = _units(card.strip()) >= CARD_NAME_UNITS
    return (
        full and on_record.startswith(on_card.rstrip("·")) and _units(on_record) > _units(on_card)
    )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
