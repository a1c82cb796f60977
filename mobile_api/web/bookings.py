"""
My bookings (我的预约): what is ahead, one of them with its code, and what can be done with it;
where I wait. Somebody else's booking is as unknown as none.
"""

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from kiosk_server.bookings import queries, services, succession, waiting
from kiosk_server.bookings.check_in_codes import check_in_code, qr_text
from kiosk_server.bookings.life import LIFE, BookingState, BookingVerb, Channel, EndedFor
from kiosk_server.bookings.models import Booking, WaitingEntry
from kiosk_server.bookings.rules import NO_SHOWS_UNTIL_ONE
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict, WrongState
from kiosk_server.core.identifiers import digest
from kiosk_server.places.queries import site
from kiosk_server.places.service_groups import service_groups
from kiosk_server.printing.documents.codes import grouped, qr_svg
from kiosk_server.queue.queries import Position, position_of, ticket_of_booking
from kiosk_server.queue.services import leave as leave_queue
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.booking_terms import refusals_noted, terms
from mobile_api.places_told import place_told
from mobile_api.v1.certificates import in_words
from mobile_api.wallets import actor_id
from mobile_api.web.booking_calendar_file import calendar_file
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id

HERE = "/m/bookings"
MOST_SHOWN = 100
"""More than anybody has in the ninety days that bookings are kept."""
_S = BookingState
_LIVE = frozenset({_S.HELD, _S.CONFIRMED, _S.CHECKED_IN, _S.CALLED})
"""What somebody else may change while its holder looks on."""
_NEXT_TO = 2
"""So many before one, and it is time to stand up."""


@dataclass(frozen=True)
class BookingLine:
    """One booking in a list, or at the head of its own page."""

    id: str
    site: str
    matters: tuple[str, ...]
    state: BookingState
    starts_at: datetime
    ends_at: datetime
    held_until: datetime | None
    offered: bool
    """Kept for its holder by us: a freed place, or another one for a time that fell away."""
    ended_for: EndedFor | None


@dataclass(frozen=True)
class Standing:
    """The ticket of who is at the site, and where it stands now."""

    label: str
    position: Position


@dataclass(frozen=True)
class WaitingLine:
    """Where somebody waits; an offer is a booking of its own."""

    id: str
    site: str
    day: date
    matters: tuple[str, ...]


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of my bookings."""
    blueprint.get("/bookings", endpoint="bookings_bookings")(bookings)
    blueprint.get("/bookings/<booking_id>", endpoint="bookings_booking")(booking)
    blueprint.get("/bookings/<booking_id>/state", endpoint="bookings_state")(state)
    blueprint.get("/bookings/<booking_id>/visit.ics", endpoint="bookings_ics")(calendar)
    blueprint.get("/bookings/<booking_id>/cancel", endpoint="bookings_ask")(ask_to_cancel)
    blueprint.post("/bookings/<booking_id>/cancel", endpoint="bookings_cancel")(cancel)
    blueprint.post("/bookings/<booking_id>/confirm", endpoint="bookings_confirm")(confirm)
    blueprint.post("/waiting/<entry_id>/leave", endpoint="bookings_leave")(leave)


def bookings() -> ResponseReturnValue:
    """List what is ahead, where I wait, and what was."""
    may(Act.BOOK)
    with database().reading() as session:
        mine = actor_id()
        ahead = queries.expected_of(session, mine)
        shown = {each.id for each in ahead}
        known = queries.bookings_of(session, mine, limit=MOST_SHOWN)
        # What was only held, and never confirmed, is nobody's past.
        past = [each for each in known if each.id not in shown and each.held_until is None]
        waits = [each for each in queries.waiting_of(session, mine) if each.booking_id is None]
        return page(
            "m/bookings.html",
            tab="home",
            ahead=[line_of(session, each) for each in ahead],
            waits=[_waiting_line(session, each) for each in waits],
            past=[line_of(session, each) for each in past],
            one_at_a_time=queries.count_no_shows(session, mine) >= NO_SHOWS_UNTIL_ONE,
        )


def booking(booking_id: str) -> ResponseReturnValue:
    """Show one booking of mine."""
    may(Act.BOOK)
    return _booking_page(own_id(booking_id), None)


def state(booking_id: str) -> ResponseReturnValue:
    """Answer what a booking's page asks every few seconds; 304 while nothing has happened."""
    may(Act.BOOK)
    with database().reading() as session:
        row = queries.booking_of(session, actor_id(), own_id(booking_id))
        version = _version(row, _standing(session, row))
    response = Response(version, content_type="text/plain; charset=utf-8")
    response.set_etag(version)
    return response.make_conditional(request)


def calendar(booking_id: str) -> ResponseReturnValue:
    """Hand one booking out for a calendar."""
    may(Act.BOOK)
    with refusals_noted(), database().reading() as session:
        return calendar_file(session, queries.booking_of(session, actor_id(), own_id(booking_id)))


def ask_to_cancel(booking_id: str) -> ResponseReturnValue:
    """Ask once before a place is given up."""
    may(Act.BOOK)
    with refusals_noted(), database().reading() as session:
        row = queries.booking_of(session, actor_id(), own_id(booking_id))
        if not _can_end(row):
            raise WrongState(state=row.state)
        return page("m/booking_cancel.html", tab="home", one=line_of(session, row))


def cancel(booking_id: str) -> ResponseReturnValue:
    """Give a booking of mine up, and my ticket with it; its place is offered to who waits."""
    may(Act.BOOK)
    by = holder().actor
    with refusals_noted(), database().unit_of_work() as session:
        queries.booking_of(session, actor_id(), own_id(booking_id))
        ticket = ticket_of_booking(session, booking_id)
        if ticket is not None:
            leave_queue(session, ticket, terms=terms(), by=by)
        else:
            services.cancel(session, booking_id, EndedFor.OWN_WISH, terms=terms(), by=by)
    return redirect(f"{HERE}/{booking_id}", code=303)


def confirm(booking_id: str) -> ResponseReturnValue:
    """Say yes to a place that is kept for me."""
    may(Act.BOOK)
    try:
        with refusals_noted(), database().unit_of_work() as session:
            services.confirm(session, own_id(booking_id), by=holder().actor, owner=actor_id())
    except Conflict as refused:
        return _booking_page(booking_id, refused.code)
    return redirect(f"{HERE}/{booking_id}", code=303)


def leave(entry_id: str) -> ResponseReturnValue:
    """Wait no longer."""
    may(Act.BOOK)
    with refusals_noted(), database().unit_of_work() as session:
        waiting.leave(session, actor_id(), own_id(entry_id), by=holder().actor)
    return redirect(f"{HERE}#waiting", code=303)


def line_of(session: Session, row: Booking) -> BookingLine:
    """Return *row* as a list shows it."""
    group = service_groups()[row.group_code]
    known = [group.services[code] for code in row.services if code in group.services]
    return BookingLine(
        id=row.id,
        site=in_words(site(session, row.site_id).names),
        matters=tuple(in_words(each.names) for each in known),
        state=BookingState(row.state),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        held_until=row.held_until,
        offered=row.state == BookingState.HELD
        and row.channel in (Channel.WAITING_LIST, Channel.CLOSING),
        ended_for=EndedFor(row.ended_for) if row.ended_for else None,
    )


def _booking_page(booking_id: str, fault: str | None) -> ResponseReturnValue:
    with refusals_noted(), database().reading() as session:
        row = queries.booking_of(session, actor_id(), booking_id)
        standing = _standing(session, row)
        code = check_in_code(row.id, keyring_of(session)) if row.state == _S.CONFIRMED else None
        later = succession.after(session, row)
        earlier = succession.before(session, row)[:1]
        left = (row.held_until - clock.now()).total_seconds() if row.held_until else 0
        return page(
            "m/booking.html",
            tab="home",
            status=409 if fault else 200,
            fault=fault,
            one=line_of(session, row),
            place=place_told(session, site(session, row.site_id)),
            version=_version(row, standing) if row.state in _LIVE else None,
            standing=standing,
            code=grouped(code) if code else None,
            qr=Markup(qr_svg(qr_text(code))) if code else None,  # noqa: S704 - our squares
            next_to=_NEXT_TO,
            left=max(0, int(left)),
            services=",".join(row.services),
            over=row.state == BookingState.HELD and left <= 0,
            later=later.id if later else None,
            stands_for=line_of(session, earlier[0]) if earlier else None,
            can_move=row.state == _S.CONFIRMED and row.starts_at > clock.now(),
            can_cancel=_can_end(row) and row.state != _S.HELD,
        )


def _waiting_line(session: Session, row: WaitingEntry) -> WaitingLine:
    group = service_groups()[row.group_code]
    return WaitingLine(
        id=row.id,
        site=in_words(site(session, row.site_id).names),
        day=row.day,
        matters=tuple(in_words(group.services[code].names) for code in row.services),
    )


def _can_end(row: Booking) -> bool:
    verbs = LIFE.open_verbs(BookingState(row.state))
    return bool(verbs & {BookingVerb.CANCEL, BookingVerb.LEAVE})


def _standing(session: Session, row: Booking) -> Standing | None:
    if row.state not in (_S.CHECKED_IN, _S.CALLED, _S.NO_SHOW):
        return None
    ticket = ticket_of_booking(session, row.id)
    return Standing(ticket.label, position_of(session, ticket)) if ticket else None


def _version(row: Booking, standing: Standing | None) -> str:
    if standing is None:
        return row.state
    at = standing.position
    told = (at.state, at.ahead, at.at_least_minutes, at.at_most_minutes, at.window_label)
    return f"{row.state}:{digest(repr(told))[:16]}"
