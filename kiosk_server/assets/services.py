"""
The verbs of the asset book (资产台账).

    write_book(session, terminal_id, book, *, edition, by)
    write_card(session, terminal_id, card, *, edition, by)
    leave_place(session, terminal_id)            a machine was moved: its site card is void
    hand_over_place(session, old_id, new_id)     a machine took another's place
    record(session, terminal_id, part, changes, *, by)

Nothing is overwritten without a trace: each change keeps what stood before, and who made it.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from kiosk_server.assets.models import AssetBook, AssetChange, SiteCard
from kiosk_server.assets.rules import (
    Book,
    Card,
    Part,
    book_faults,
    card_faults,
    differences,
    stored_hours,
)
from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, Invalid, NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.terminals.models import Terminal

Changes = Mapping[str, list[object]]


def write_book(session: Session, terminal_id: str, book: Book, *, edition: int, by: Actor) -> None:
    """
    Write the asset book of a terminal; *edition* is the one that was read before.

    Raises `Invalid` naming every faulty field, `Conflict("book_changed_meanwhile")` when somebody
    else wrote since, `NotFound` for an unknown terminal.
    """
    _hold(session, terminal_id)
    faults = book_faults(book, clock.beijing_today())
    if faults:
        raise Invalid("book_invalid", fields=faults)
    kept = session.get(AssetBook, terminal_id)
    if kept is None:
        kept = AssetBook(terminal_id=terminal_id, device_serials={}, notes=[], edition=0)
        session.add(kept)
    _check_edition(kept.edition, edition)
    changes = differences(_book_row(kept), wanted := _row_of_book(book))
    if not changes:
        return
    for name, value in wanted.items():
        setattr(kept, name, value)
    kept.edition += 1
    record(session, terminal_id, Part.BOOK, _told(changes), by=by)


def write_card(session: Session, terminal_id: str, card: Card, *, edition: int, by: Actor) -> None:
    """Write the site card of a terminal; *edition* and errors as for `write_book`."""
    _hold(session, terminal_id)
    faults = card_faults(card)
    if faults:
        raise Invalid("card_invalid", fields=faults)
    kept = session.get(SiteCard, terminal_id)
    if kept is None:
        kept = SiteCard(
            terminal_id=terminal_id, always_open=False, hours=[], access=[], directions="",
            edition=0,
        )  # fmt: skip
        session.add(kept)
    _check_edition(kept.edition, edition)
    changes = differences(_card_row(kept), wanted := _row_of_card(card))
    if not changes:
        return
    for name, value in wanted.items():
        setattr(kept, name, value)
    kept.edition += 1
    record(session, terminal_id, Part.SITE_CARD, changes, by=by)


def leave_place(session: Session, terminal_id: str) -> None:
    """Void the site card of a machine that was moved: its key and hours were the old place's."""
    kept = session.get(SiteCard, terminal_id)
    if kept is not None:
        for name, value in _row_of_card(Card()).items():
            setattr(kept, name, value)
        kept.edition += 1


def hand_over_place(session: Session, old_id: str, new_id_: str) -> None:
    """Copy the site card of *old_id* to the machine that takes its place."""
    kept = session.get(SiteCard, old_id)
    if kept is not None:
        session.add(SiteCard(terminal_id=new_id_, edition=1, **_card_row(kept)))


def record(session: Session, terminal_id: str, part: Part, changes: Changes, *, by: Actor) -> None:
    """Keep one change in a terminal's history; the audit learns which fields, not what they say."""
    session.add(
        AssetChange(
            id=new_id(),
            terminal_id=terminal_id,
            part=part.value,
            changes=dict(changes),
            by_id=by.id,
            at=clock.now(),
        )
    )
    note(
        session,
        AuditEvent.ASSET_CHANGED,
        actor=by,
        subject=Subject("terminal", terminal_id),
        facts={"part": part.value, "fields": " ".join(sorted(changes))},
    )
    session.flush()


def _hold(session: Session, terminal_id: str) -> None:
    # Two who write at once: the second waits here, and finds another edition.
    if session.get(Terminal, terminal_id, with_for_update=True) is None:
        raise NotFound("terminal_not_found")


def _check_edition(kept: int, read: int) -> None:
    if kept != read:
        raise Conflict("book_changed_meanwhile")


def _row_of_book(book: Book) -> dict[str, object]:
    return {
        "model": book.model or None,
        "serial": book.serial or None,
        "device_serials": {kind: value for kind, value in book.device_serials.items() if value},
        "line_operator": book.line_operator.value if book.line_operator else None,
        "line_kind": book.line_kind.value if book.line_kind else None,
        "line_number": book.line_number or None,
        "warranty_until": book.warranty_until,
        "filing_number": book.filing_number or None,
        "installed_on": book.installed_on,
        "notes": sorted(each.value for each in book.notes),
    }


def _book_row(kept: AssetBook) -> dict[str, object]:
    return {name: getattr(kept, name) for name in _row_of_book(Book())}


def _row_of_card(card: Card) -> dict[str, object]:
    return {
        "key_with": card.key_with.value if card.key_with else None,
        "always_open": card.always_open,
        "hours": stored_hours(card.hours),
        "access": sorted(each.value for each in card.access),
        "directions": card.directions,
    }


def _card_row(kept: SiteCard) -> dict[str, object]:
    return {name: getattr(kept, name) for name in _row_of_card(Card())}


def _told(changes: Changes) -> dict[str, list[object]]:
    """Return *changes* as JSON can keep them: days as ISO 8601 writes them."""
    return {
        name: [
            str(value) if name.endswith(("_until", "_on")) and value else value for value in pair
        ]
        for name, pair in changes.items()
    }
