"""
Our side of the region's unified booking (统一预约): days published, wishes taken, ends told.

    send_out_publishers(session)                    one message a site, by the clock
    publish_site(database, region, site_id, terms)  what the message does
    send_out_reader(session)                        by the clock
    take_wishes(database, region, terms)            what its message does
    send_answer(database, region, wish_id)          after each wish, and after each end
    note_ends(session)                              bookings of theirs that ended with us

A wish takes its places as any booking does, once, however often it is sent.
"""

import re
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.bookings.life import OCCUPYING, BookingState, Channel, EndedFor
from kiosk_server.bookings.making import Wish
from kiosk_server.bookings.models import Booking, RegionBooking, RegionFeed, Slot
from kiosk_server.bookings.ports import (
    DayPublished,
    RegionWish,
    SlotPublished,
    UnifiedBooking,
    WishAnswer,
    WishVerb,
)
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.bookings.services import cancel, confirm, hold
from kiosk_server.bookings.templates import sites_with_templates
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, KioskError, NotFound, Unavailable
from kiosk_server.core.identifiers import digest
from kiosk_server.outbox.services import emit
from kiosk_server.places.service_groups import service_groups
from kiosk_server.residents import services as residents
from kiosk_server.residents.numbers import CardKind

REGION_PUBLISHED = "region.published"
"""Outbox topic: `{"site": id}`."""
REGION_READ = "region.read"
"""Outbox topic: `{}`: its wishes are read."""
REGION_ANSWERED = "region.answered"
"""Outbox topic: `{"wish": the region's name}`."""
LANE = "unified_booking"
BOOKED, CANCELLED, ENDED = "booked", "cancelled", "ended"
_BY = Actor(kind="region", id="unified_booking")
_FEED = "bookings"
_LONGEST_ANSWER = 24
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")

log = structlog.get_logger()


class RegionSilent(Unavailable):
    """The region gave no answer that can be believed: the message keeps its tries."""

    default_code = "region_silent"


def send_out_publishers(session: Session) -> None:
    """Have every site's days published."""
    for site_id in sites_with_templates(session):
        emit(session, REGION_PUBLISHED, {"site": site_id}, lane=LANE)


def send_out_reader(session: Session) -> None:
    """Have the region's wishes read."""
    emit(session, REGION_READ, {}, lane=LANE)


def publish_site(
    database: Database, region: UnifiedBooking, site_id: str, terms: BookingTerms
) -> None:
    """Publish the days of one site that can be booked; raises `RegionSilent`."""
    with database.reading() as session:
        days = days_of(session, site_id, terms)
    for day in days:
        if not region.publish(day):
            raise RegionSilent


def days_of(session: Session, site_id: str, terms: BookingTerms) -> list[DayPublished]:
    """Return what can be booked at a site, a day of a group each; visits at home are left out."""
    today = clock.beijing_today()
    wanted = select(Slot).where(
        Slot.site_id == site_id,
        Slot.day.between(today, today + timedelta(days=terms.days_ahead)),
        Slot.starts_at > clock.now(),
    )
    found: dict[tuple[str, str], list[Slot]] = {}
    for slot in session.scalars(wanted.order_by(Slot.day, Slot.group_code, Slot.starts_at)):
        if not service_groups()[slot.group_code].at_home:
            found.setdefault((slot.day.isoformat(), slot.group_code), []).append(slot)
    return [
        DayPublished(
            site_id,
            group,
            slots[0].day,
            clock.now(),
            tuple(SlotPublished(s.id, s.starts_at, s.ends_at, _free(s)) for s in slots),
        )
        for (_day, group), slots in found.items()
    ]


def take_wishes(database: Database, region: UnifiedBooking, terms: BookingTerms) -> int:
    """
    Take what was asked for at the region's since the last time; return how many they were.

    Raises `RegionSilent`.
    """
    with database.reading() as session:
        feed = session.get(RegionFeed, _FEED)
        after = feed.position if feed is not None else 0
    wishes = region.wishes(after)
    if wishes is None:
        raise RegionSilent
    for wish in wishes:
        take_wish(database, wish, terms)
    return len(wishes)


def take_wish(database: Database, wish: RegionWish, terms: BookingTerms) -> None:
    """Carry out one wish, or refuse it; either is kept, and told by a message of its own."""
    if _NAME.fullmatch(wish.id) is None:
        # What cannot be named cannot be answered; the feed goes on behind it.
        log.error("region_wish_unreadable", position=wish.position)
        with database.unit_of_work() as session:
            _go_on(session, wish)
        return
    try:
        with database.unit_of_work() as session:
            _carry_out(session, wish, terms)
            _go_on(session, wish)
    except KioskError as refused:
        with database.unit_of_work() as session:
            _keep(session, wish, refused.code, None)
            _go_on(session, wish)


def send_answer(database: Database, region: UnifiedBooking, wish_id: str) -> None:
    """Tell the region how a wish stands now; raises `RegionSilent`."""
    with database.reading() as session:
        row = session.get(RegionBooking, wish_id)
        if row is None:
            return
        booking = session.get(Booking, row.booking_id) if row.booking_id else None
        told = WishAnswer(row.id, row.answer, booking.starts_at if booking else None)
    if not region.answer(told):
        raise RegionSilent


def note_ends(session: Session) -> None:
    """Have the region told of its bookings that ended with us: closed, moved, cancelled here."""
    wanted = (
        select(RegionBooking)
        .join(Booking, Booking.id == RegionBooking.booking_id)
        .where(RegionBooking.answer == BOOKED, Booking.state.not_in(sorted(OCCUPYING)))
        .order_by(RegionBooking.id)
        .with_for_update(of=RegionBooking)
    )
    for row in session.scalars(wanted):
        _answered(session, row, ENDED)


def _carry_out(session: Session, wish: RegionWish, terms: BookingTerms) -> None:
    row = session.get(RegionBooking, wish.id, with_for_update=True)
    if wish.verb is WishVerb.CANCEL:
        if row is None or row.booking_id is None:
            raise NotFound("booking_not_found")
        if row.answer == BOOKED:
            cancel(session, row.booking_id, EndedFor.OWN_WISH, terms=terms, by=_BY)
            _answered(session, row, CANCELLED)
    elif row is None:
        booking = _book(session, wish, terms)
        _keep(session, wish, BOOKED, booking)


def _book(session: Session, wish: RegionWish, terms: BookingTerms) -> Booking:
    known = residents.find(session, number=wish.number)
    if known is not None and residents.name_of(session, known) != wish.name:
        raise Conflict("name_differs")
    resident = known or residents.find_or_register(
        session, number=wish.number, name=wish.name, kind=CardKind.RESIDENT
    )
    asked = Wish(resident.id, wish.services, Channel.REGION)
    key = digest(f"region\x1f{wish.id}")
    held = hold(session, wish.slot_id, asked, terms=terms, by=_BY, request_key=key)
    return held if held.state != BookingState.HELD else confirm(session, held.id, by=_BY)


def _keep(session: Session, wish: RegionWish, answer: str, booking: Booking | None) -> None:
    if session.get(RegionBooking, wish.id) is not None:
        return
    row = RegionBooking(
        id=wish.id,
        booking_id=booking.id if booking else None,
        answer="",
        day=booking.day if booking else clock.beijing_today(),
        came_at=clock.now(),
    )
    session.add(row)
    _answered(session, row, answer[:_LONGEST_ANSWER])


def _answered(session: Session, row: RegionBooking, answer: str) -> None:
    row.answer = answer
    session.flush()
    name = f"{REGION_ANSWERED}:{row.id}:{answer}"
    emit(session, REGION_ANSWERED, {"wish": row.id}, lane=LANE, dedup=name)
    subject = Subject("booking", row.booking_id) if row.booking_id else None
    event, facts = AuditEvent.REGION_BOOKING_ANSWERED, {"answer": answer}
    note(session, event, actor=_BY, subject=subject, facts=facts)


def _go_on(session: Session, wish: RegionWish) -> None:
    feed = session.get(RegionFeed, _FEED, with_for_update=True)
    if feed is None:
        session.add(RegionFeed(name=_FEED, position=wish.position))
    else:
        feed.position = max(feed.position, wish.position)
    session.flush()


def _free(slot: Slot) -> int:
    return 0 if slot.closed_at else min(slot.remaining_booked, slot.remaining_total)
