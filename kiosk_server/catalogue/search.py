"""
Find an item by words of any of its languages (P57): what people call it, not what its code is.

Letters that keyboards of other languages put in the place of Uyghur ones count as these.
"""

import re
import unicodedata
from collections.abc import Iterable

from kiosk_server.catalogue.content import ItemContent
from kiosk_server.catalogue.queries import PublishedItem

LONGEST = 60
"""More letters than anybody types to find a service."""
_MOST_WORDS = 6
_LIKE = str.maketrans({"ه": "ە", "ة": "ە", "ی": "ى", "ک": "ك", "أ": "ا", "إ": "ا", "ـ": ""})
_GAPS = re.compile(r"[\W_]+")


def matching(items: Iterable[PublishedItem], asked: str) -> list[PublishedItem]:
    """Return those of *items* that every word of *asked* stands in, by name first; all for none."""
    words = _words(asked[:LONGEST])
    if not words:
        return list(items)
    ranked = [(_rank(item.content, words), item) for item in items]
    found = [(rank, item) for rank, item in ranked if rank is not None]
    return [item for _, item in sorted(found, key=lambda pair: pair[0])]


def _rank(content: ItemContent, words: list[str]) -> int | None:
    names = _plain(" ".join(content.names.values()))
    if all(word in names for word in words):
        return 0
    life = content.life
    more = [content.field, *content.short.values(), *content.body.values()]
    more += [text for fact in content.facts.values() for text in fact.values()]
    if life is not None:
        more += [life.also, life.phone, *life.answers.values()]
    told = f"{names} {_plain(' '.join(more))}"
    return 1 if all(word in told for word in words) else None


def _words(asked: str) -> list[str]:
    return _plain(asked).split()[:_MOST_WORDS]


def _plain(text: str) -> str:
    # NFKC first: it makes one letter of each shape that a letter has in a word.
    like = unicodedata.normalize("NFKC", text).translate(_LIKE).casefold()
    return _GAPS.sub(" ", like).strip()
