"""
How much fits on one page of the kiosk, where nothing scrolls.

The numbers are measured (`tests/web/kiosk_looks`) for the tighter of the two formats, 1080×1920 and
1280×1024, so that a page need not know which panel it is drawn on.
"""

from collections.abc import Sequence

from kiosk_ui.view_models import Fact, Language, Reach, Screen, Size

_ROWS = {Size.S: 5, Size.M: 5, Size.L: 4, Size.XL: 3}
_ROWS_ARABIC = {Size.S: 3, Size.M: 3, Size.L: 2, Size.XL: 2}
_ROWS_ENGLISH = {Size.S: 5, Size.M: 5, Size.L: 2, Size.XL: 3}
_ROWS_LOW = {Size.S: 3, Size.M: 3, Size.L: 3, Size.XL: 2}
_BILLS = {Size.S: 4, Size.M: 4, Size.L: 3, Size.XL: 2}
_BILLS_ARABIC = {Size.S: 3, Size.M: 3, Size.L: 2, Size.XL: 1}
_BILLS_PAID = {Size.S: 3, Size.M: 3, Size.L: 2, Size.XL: 1}
_DAYS = {Size.S: 15, Size.M: 12, Size.L: 6, Size.XL: 4}
_TIMES = {Size.S: 20, Size.M: 16, Size.L: 12, Size.XL: 8}
_LINES = {Size.S: 13, Size.M: 10, Size.L: 7, Size.XL: 5}
_LINES_ARABIC = {Size.S: 11, Size.M: 8, Size.L: 5, Size.XL: 3}
_HAPPENED = {Size.S: 5, Size.M: 5, Size.L: 3, Size.XL: 2}
_HAPPENED_ARABIC = {Size.S: 4, Size.M: 4, Size.L: 2, Size.XL: 1}
_LETTERS_A_LINE = {Size.S: 31, Size.M: 27, Size.L: 20, Size.XL: 15}


def rows_a_page(screen: Screen) -> int:
    """How many rows of a list of services one page of this screen holds."""
    tables = {"ug": _ROWS_ARABIC, "ky": _ROWS_ARABIC, "en": _ROWS_ENGLISH}
    rows = tables.get(screen.language.value, _ROWS)[screen.size]
    return min(rows, _ROWS_LOW[screen.size]) if screen.reach is Reach.LOW else rows


def rows_beneath_flow(screen: Screen) -> int:
    """How many rows a page holds that counts its steps above them."""
    rows = rows_a_page(screen)
    return max(2, rows - 1) if screen.size in (Size.L, Size.XL) else rows


def doors_a_page(screen: Screen) -> int:
    """How many addresses a page holds that counts its steps: a street takes two lines."""
    return max(2, rows_a_page(screen) - 1)


def bills_a_page(screen: Screen) -> int:
    """How many bills that are owed one page holds, one beneath the other."""
    arabic = screen.language.direction == "rtl"
    rows = (_BILLS_ARABIC if arabic else _BILLS)[screen.size]
    if screen.language is Language.EN and screen.size is Size.L:
        rows = 2
    return min(rows, 2) if screen.reach is Reach.LOW else rows


def bills_shown(screen: Screen) -> int:
    """How many bills of a paid order stand beside its sum; all of them stand on the slip."""
    return 1 if screen.reach is Reach.LOW else _BILLS_PAID[screen.size]


def lines_a_page(screen: Screen) -> int:
    """How many lines of a timeline stand beside what may be done."""
    arabic = screen.language.direction == "rtl"
    lines = (_HAPPENED_ARABIC if arabic else _HAPPENED)[screen.size]
    return min(lines, 2) if screen.reach is Reach.LOW else lines


def days_a_page(screen: Screen) -> int:
    """How many days to book one page holds."""
    return _DAYS[screen.size]


def times_a_page(screen: Screen) -> int:
    """How many times of half a day one page holds."""
    return _TIMES[screen.size]


def rungs_a_page(screen: Screen) -> int:
    """How many other ways one page holds above the window, which stands on each."""
    return 7 if screen.size in (Size.S, Size.M) and screen.reach is not Reach.LOW else 3


def page_count(entries: int, a_page: int) -> int:
    """How many pages that many entries need; an empty list still has its one page."""
    return max(1, -(-entries // a_page))


def _width(text: str) -> float:
    """Length of a text in Chinese letters; other scripts take about half as much a letter."""
    return sum(1.0 if ord(letter) > 0x2E80 else 0.55 for letter in text)


def pages_of_facts(facts: Sequence[Fact], screen: Screen) -> list[tuple[Fact, ...]]:
    """Divide labelled facts into pages by the lines that their values will take."""
    arabic = screen.language.direction == "rtl"
    budget = (_LINES_ARABIC if arabic else _LINES)[screen.size]
    letters = _LETTERS_A_LINE[screen.size]
    pages: list[tuple[Fact, ...]] = []
    page: list[Fact] = []
    used = 0.0
    for fact in facts:
        lines = 1 + _width(fact.value.text) // letters + 0.35
        if page and used + lines > budget:
            pages.append(tuple(page))
            page, used = [], 0.0
        page.append(fact)
        used += lines
    return [*pages, tuple(page)] if page else pages or [()]
