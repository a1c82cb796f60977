"""Turning pages where nothing scrolls: which page was asked for, and the way to the next."""

from collections.abc import Sequence
from typing import TypeVar

from flask import request

from kiosk_ui.paging import page_count
from kiosk_ui.view_models import Paging

Entry = TypeVar("Entry")


def turned(entries: Sequence[Entry], a_page: int, address: str) -> tuple[tuple[Entry, ...], Paging]:
    """Return those of *entries* on the page that was asked for at *address*, and its place."""
    pages = page_count(len(entries), a_page)
    at = page_asked(pages)
    return tuple(entries[(at - 1) * a_page : at * a_page]), paging_at(at, pages, address)


def paging_at(at: int, pages: int, address: str) -> Paging:
    """Return page *at* of *pages*; from the last one the way leads to the first."""
    mark = "&" if "?" in address else "?"
    return Paging(at, pages, f"{address}{mark}page={at % pages + 1}")


def page_asked(pages: int) -> int:
    """Return the page that the query names, between 1 and *pages*."""
    asked = request.args.get("page", "1")
    plain = asked.isascii() and asked.isdecimal() and len(asked) < 6
    return min(max(int(asked), 1), pages) if plain else 1
