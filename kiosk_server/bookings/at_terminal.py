"""
Booking at a terminal (自助机预约): who stands there, the place that is kept for him, letting it go.

    booker(session, visit)                        -> str              whose bookings these are
    held_here(session, visit)                     -> Booking | None   what is kept for him now
    hold_here(session, visit, slot_id, ..)        -> Booking          touched twice, the same one
    move_here(session, visit, booking_id, ..)     -> Booking          the same
    let_lapsed_go(session, visit, terms=)
    let_go_of_visit(session, visit_id, terms=)    the visit is over: nothing is kept for it

Nothing is written down that leads from a booking to the visit: the keys of its requests are
digests that a visit's id yields again.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.letting_go import let_go
from kiosk_server.bookings.life import BookingState, Channel, Priority
from kiosk_server.bookings.making import Wish
from kiosk_server.bookings.models import Booking
from kiosk_server.bookings.queries import booking_by_key, booking_of
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.bookings.services import expire, hold, move
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.core.identifiers import digest
from kiosk_server.core.limits import count_attempt
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.errand_state import Errand, errand_of, shown_for_errand
from kiosk_server.visits.models import Visit

MOST_HOLDS_A_VISIT = 12
_ERRANDS = (Errand.BOOKINGS, Errand.CHECK_IN)


def booker(session: Session, visit: Visit) -> str:
    """Return the resident of *visit*; `Refused("card_first")` unless shown for his bookings."""
    if errand_of(session, visit) not in _ERRANDS or not shown_for_errand(session, visit):
        raise Refused("card_first")
    if visit.resident_id is None:
        raise Refused("card_first")
    return visit.resident_id


def held_here(session: Session, visit: Visit) -> Booking | None:
    """Return the place that is kept for *visit* and not lapsed; None where none is."""
    kept = (each for each in _holds(session, visit.id) if each.state == BookingState.HELD)
    return next((each for each in kept if not _has_lapsed(each)), None)


def hold_here(
    session: Session,
    visit: Visit,
    slot_id: str,
    services: tuple[str, ...],
    *,
    terms: BookingTerms,
    priority: Priority | None = None,
) -> Booking:
    """
    Keep places from *slot_id* on; while one is kept for this visit, return that and keep no other.

    The caller holds the visit's row. Raises what `services.hold` raises, and `TooMany`.
    """
    mine = booker(session, visit)
    kept = held_here(session, visit)
    if kept is not None:
        return kept
    count_attempt(
        session,
        "booking_visit",
        visit.id,
        limit=MOST_HOLDS_A_VISIT,
        window=timedelta(hours=1),
    )
    key = _key(visit.id, len(list(_holds(session, visit.id))))
    wish = Wish(mine, services, Channel.KIOSK, priority)
    return hold(session, slot_id, wish, terms=terms, by=resident_at(visit), request_key=key)


def move_here(
    session: Session, visit: Visit, booking_id: str, slot_id: str, *, terms: BookingTerms
) -> Booking:
    """Move a booking of who stands here; raises what `services.move` raises, and `NotFound`."""
    booking_of(session, booker(session, visit), booking_id)
    key = digest(f"kiosk-move\x1f{visit.id}\x1f{booking_id}")
    by = resident_at(visit)
    return move(session, booking_id, slot_id, terms=terms, by=by, request_key=key)


def let_lapsed_go(session: Session, visit: Visit, *, terms: BookingTerms) -> None:
    """End what was kept for *visit* past its time: it does not count against a new wish."""
    for each in list(_holds(session, visit.id)):
        if each.state == BookingState.HELD and _has_lapsed(each):
            expire(session, each.id, terms=terms)


def let_go_of_visit(session: Session, visit_id: str, *, terms: BookingTerms) -> None:
    """Give back what was kept for a visit that is over, unless its holder said yes meanwhile."""
    for kept in list(_holds(session, visit_id)):
        let_go(session, kept.id, terms=terms, by=SYSTEM)


def _holds(session: Session, visit_id: str) -> Iterator[Booking]:
    for at in range(MOST_HOLDS_A_VISIT):
        found = booking_by_key(session, _key(visit_id, at))
        if found is None:
            return
        yield found


def _key(visit_id: str, at: int) -> str:
    return digest(f"kiosk\x1f{visit_id}\x1f{at}")


def _has_lapsed(booking: Booking) -> bool:
    return booking.held_until is not None and booking.held_until <= clock.now()
