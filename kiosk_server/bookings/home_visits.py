"""
Visits at home (上门服务, P41) for the old and the disabled: booked by staff, the address sealed.

    book_visit(session, slot_id, wish, where, terms=, by=, request_key=) -> Booking
    visits_on(session, site_id, day)                                     -> list[Booking]
    look_at_visits(session, site_id, day, by=)                           -> list[VisitSeen], audited

The places of a visit are those of a slot as any booking's are; its group has a week of its own.
Addresses are forgotten a week after their day, or when the booking has ended.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, FactValue, Subject, note
from kiosk_server.bookings.for_people import book_for
from kiosk_server.bookings.life import OCCUPYING, Priority
from kiosk_server.bookings.making import Wish
from kiosk_server.bookings.models import Booking, HomeVisit
from kiosk_server.bookings.queries import booking_by_key
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.core.identifiers import new_id
from kiosk_server.places.service_groups import group_of, service_groups

LONGEST_ADDRESS, LONGEST_CONTACT = 120, 30
VISITED = (Priority.ELDERLY, Priority.DISABLED)
ADDRESS_KEPT = timedelta(days=7)
_TABLE = "home_visit"


@dataclass(frozen=True)
class Where:
    """Where to go, and whom to call at the door."""

    address: str
    contact: str


@dataclass(frozen=True)
class VisitSeen:
    """One visit with its address in clear, for who goes there."""

    booking: Booking
    where: Where


def book_visit(
    session: Session,
    slot_id: str,
    wish: Wish,
    where: Where,
    *,
    terms: BookingTerms,
    by: Actor,
    request_key: str | None = None,
) -> Booking:
    """Book a visit; `Invalid("booking_invalid")` for others than the old and the disabled."""
    faults = _faults(wish, where)
    if faults:
        raise Invalid("booking_invalid", fields=faults)
    again = booking_by_key(session, request_key) if request_key else None
    if again is not None:
        return again
    booking = book_for(session, slot_id, wish, terms=terms, by=by, request_key=request_key)
    row, keyring = new_id(), keyring_of(session)
    session.add(
        HomeVisit(
            id=row,
            booking_id=booking.id,
            address_sealed=keyring.seal(
                where.address.strip(), table=_TABLE, column="address", row=row
            ),
            contact_sealed=keyring.seal(
                where.contact.strip(), table=_TABLE, column="contact", row=row
            ),
        )
    )
    session.flush()
    facts = {"site": booking.site_id}
    subject = Subject("booking", booking.id)
    note(session, AuditEvent.HOME_VISIT_BOOKED, actor=by, subject=subject, facts=facts)
    return booking


def visits_on(session: Session, site_id: str, day: date) -> list[Booking]:
    """Return the visits of one day in the order in which they are driven to: that of time."""
    wanted = select(Booking).where(
        Booking.site_id == site_id,
        Booking.day == day,
        Booking.group_code.in_(home_groups()),
        Booking.state.in_(sorted(OCCUPYING)),
    )
    return list(session.scalars(wanted.order_by(Booking.starts_at, Booking.id)))


def look_at_visits(session: Session, site_id: str, day: date, *, by: Actor) -> list[VisitSeen]:
    """Return the visits of one day with their addresses; that they were looked at is audited."""
    keyring, found = keyring_of(session), []
    for booking in visits_on(session, site_id, day):
        row = session.scalar(select(HomeVisit).where(HomeVisit.booking_id == booking.id))
        if row is not None:
            place = {"table": _TABLE, "row": row.id}
            where = Where(
                keyring.open(row.address_sealed, column="address", **place),
                keyring.open(row.contact_sealed, column="contact", **place),
            )
            found.append(VisitSeen(booking, where))
    facts: dict[str, FactValue] = {"day": day.isoformat(), "visits": len(found)}
    subject = Subject("site", site_id)
    note(session, AuditEvent.HOME_VISITS_SEEN, actor=by, subject=subject, facts=facts)
    return found


def forget_addresses(session: Session) -> None:
    """Delete the addresses of visits that are over, and of bookings that have ended."""
    before = clock.beijing_today() - ADDRESS_KEPT
    over = select(Booking.id).where(
        (Booking.day < before) | Booking.state.not_in(sorted(OCCUPYING))
    )
    session.execute(delete(HomeVisit).where(HomeVisit.booking_id.in_(over)))


def home_groups() -> Collection[str]:
    """Return the groups of matters that are done at home."""
    return [code for code, group in service_groups().items() if group.at_home]


def _faults(wish: Wish, where: Where) -> list[FieldFault]:
    group, faults = group_of(wish.services), []
    if group is None or not group.at_home:
        faults.append(FieldFault("services", "services_not_together"))
    if wish.priority not in VISITED:
        faults.append(FieldFault("priority", "visit_for_others"))
    if not 4 <= len(where.address.strip()) <= LONGEST_ADDRESS:
        faults.append(FieldFault("address", "address_missing"))
    if not 5 <= len(where.contact.strip()) <= LONGEST_CONTACT:
        faults.append(FieldFault("contact", "contact_missing"))
    return faults
