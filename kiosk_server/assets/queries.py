"""
What stands in the asset book.

    book_of(session, terminal_id) -> BookView
    card_of(session, terminal_id) -> CardView
    history_of(session, terminal_id) -> list[ChangeView]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.assets.models import AssetBook, AssetChange, SiteCard
from kiosk_server.assets.rules import (
    Access,
    Book,
    Card,
    KeyWith,
    LineKind,
    LineOperator,
    Note,
    Part,
)
from kiosk_server.places.rules import openings
from kiosk_server.staff.queries import colleagues

LONGEST_HISTORY = 100


@dataclass(frozen=True)
class BookView:
    """The asset book, and the edition that an editor gives back."""

    book: Book
    edition: int


@dataclass(frozen=True)
class CardView:
    """The site card, and the edition that an editor gives back."""

    card: Card
    edition: int


@dataclass(frozen=True)
class ChangeView:
    """One change: what was changed, from what to what, by whom and when."""

    part: Part
    changes: Mapping[str, list[object]]
    by: str
    at: datetime


def book_of(session: Session, terminal_id: str) -> BookView:
    """Return the asset book of a terminal: an empty one where nothing was written yet."""
    row = session.get(AssetBook, terminal_id)
    if row is None:
        return BookView(Book(), 0)
    book = Book(
        model=row.model or "",
        serial=row.serial or "",
        device_serials=dict(row.device_serials),
        line_operator=LineOperator(row.line_operator) if row.line_operator else None,
        line_kind=LineKind(row.line_kind) if row.line_kind else None,
        line_number=row.line_number or "",
        warranty_until=row.warranty_until,
        filing_number=row.filing_number or "",
        installed_on=row.installed_on,
        notes=tuple(Note(each) for each in row.notes),
    )
    return BookView(book, row.edition)


def card_of(session: Session, terminal_id: str) -> CardView:
    """Return the site card of a terminal: an empty one where nothing was written yet."""
    row = session.get(SiteCard, terminal_id)
    if row is None:
        return CardView(Card(), 0)
    card = Card(
        key_with=KeyWith(row.key_with) if row.key_with else None,
        always_open=row.always_open,
        hours=openings(row.hours),
        access=tuple(Access(each) for each in row.access),
        directions=row.directions,
    )
    return CardView(card, row.edition)


def history_of(session: Session, terminal_id: str) -> list[ChangeView]:
    """Return what was changed of a terminal's papers and place, newest first."""
    rows = session.scalars(
        select(AssetChange)
        .where(AssetChange.terminal_id == terminal_id)
        .order_by(AssetChange.id.desc())
        .limit(LONGEST_HISTORY)
    ).all()
    people = colleagues(session, [row.by_id for row in rows])
    return [
        ChangeView(
            part=Part(row.part),
            changes=row.changes,
            by=people[row.by_id].name if row.by_id in people else row.by_id,
            at=row.at,
        )
        for row in rows
    ]
