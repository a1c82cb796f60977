"""
What a window sees of the queue (窗口叫号): whom it has now, who waits for it and why in that order,
who was put aside, who missed his call and may still come back.

Who has booked shows his name masked and what he booked; of anybody else nothing is known.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.bookings.life import BookingState
from kiosk_server.bookings.models import Booking
from kiosk_server.bookings.queries import bookings_on
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.core.masking import mask_name
from kiosk_server.places.models import ServiceWindow
from kiosk_server.queue.life import TicketState
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.queries import turn_of, waiting_at
from kiosk_server.queue.rules import CHECK_IN_BEFORE, COMES_BACK_WITHIN
from kiosk_server.residents.models import Resident
from kiosk_server.residents.services import name_of


@dataclass(frozen=True)
class InQueue:
    """A ticket, and what its booking says; *who* is masked and None for a walk-in."""

    ticket: QueueTicket
    slot_starts: datetime | None
    services: tuple[str, ...]
    who: str | None


@dataclass(frozen=True)
class Expected:
    """One who has booked and has not come yet; *who* is masked."""

    booking_id: str
    starts_at: datetime
    group_code: str
    who: str | None


@dataclass(frozen=True)
class WindowNow:
    """The queue as one window sees it."""

    here: InQueue | None
    waiting: tuple[InQueue, ...]
    """In the order in which they will be called, as things stand."""
    parked: tuple[InQueue, ...]
    """Of the whole site: a window may have closed over them."""
    missed: tuple[InQueue, ...]
    expected: tuple[Expected, ...]


def windows_of(session: Session, site_ids: Collection[str]) -> list[ServiceWindow]:
    """Return the windows of some sites, by site and label."""
    wanted = select(ServiceWindow).where(ServiceWindow.site_id.in_(sorted(site_ids)))
    ordered = wanted.order_by(ServiceWindow.site_id, ServiceWindow.label, ServiceWindow.id)
    return list(session.scalars(ordered))


def window_now(session: Session, window: ServiceWindow) -> WindowNow:
    """Return the queue of today as *window* sees it now."""
    now = clock.now()
    called = _tickets(session, window.site_id, TicketState.CALLED)
    missed = _tickets(session, window.site_id, TicketState.MISSED)
    return WindowNow(
        here=next((_told(session, one) for one in called if one.window_id == window.id), None),
        waiting=tuple(_told(session, one) for one in in_turn(session, window, now)),
        parked=tuple(
            _told(session, one) for one in _tickets(session, window.site_id, TicketState.PARKED)
        ),
        missed=tuple(
            _told(session, one)
            for one in missed
            if one.group_code in window.groups
            and one.ended_at is not None
            and now - one.ended_at <= COMES_BACK_WITHIN
        ),
        expected=tuple(_expected(session, window, now)),
    )


def in_turn(session: Session, window: ServiceWindow, now: datetime) -> list[QueueTicket]:
    """Return who waits for *window*: whose time has come first, each by his due moment."""
    waiting = waiting_at(session, window.site_id, window.groups)
    return sorted(waiting, key=lambda one: (one.callable_at > now, turn_of(one).order))


def ticket_at(session: Session, site_id: str, ticket_id: str) -> QueueTicket:
    """Return a ticket of one site; `NotFound("ticket_not_found")` for any other."""
    found = session.get(QueueTicket, ticket_id)
    if found is None or found.site_id != site_id:
        raise NotFound("ticket_not_found")
    return found


def _tickets(session: Session, site_id: str, state: TicketState) -> list[QueueTicket]:
    wanted = select(QueueTicket).where(
        QueueTicket.site_id == site_id,
        QueueTicket.day == clock.beijing_today(),
        QueueTicket.state == state,
    )
    return list(session.scalars(wanted.order_by(QueueTicket.called_at, QueueTicket.id)))


def _told(session: Session, ticket: QueueTicket) -> InQueue:
    booking = session.get_one(Booking, ticket.booking_id)
    return InQueue(
        ticket=ticket,
        slot_starts=None if booking.walk_in else booking.starts_at,
        services=tuple(booking.services),
        who=_masked(session, booking),
    )


def _expected(session: Session, window: ServiceWindow, now: datetime) -> list[Expected]:
    return [
        Expected(each.id, each.starts_at, each.group_code, _masked(session, each))
        for each in bookings_on(session, window.site_id, clock.beijing_today())
        if each.state == BookingState.CONFIRMED and each.starts_at - CHECK_IN_BEFORE <= now
    ]


def _masked(session: Session, booking: Booking) -> str | None:
    resident = session.get(Resident, booking.resident_id) if booking.resident_id else None
    return mask_name(name_of(session, resident)) if resident else None
