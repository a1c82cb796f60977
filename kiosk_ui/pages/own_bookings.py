"""
One's own bookings (我的预约): say yes to what is kept, move, cancel, print, wait no longer.

Which booking it is stands in the address by its id, which opens for its holder alone.
"""

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.bookings import services, waiting
from kiosk_server.bookings.at_terminal import booker
from kiosk_server.bookings.check_in_codes import check_in_code, qr_text
from kiosk_server.bookings.letting_go import let_go
from kiosk_server.bookings.life import BookingState, EndedFor, WaitingState
from kiosk_server.bookings.models import Booking, WaitingEntry
from kiosk_server.bookings.queries import booking_of, expected_of, waiting_of
from kiosk_server.bookings.slips import booking_slip_asked, queue_booking_slip
from kiosk_server.cases.slips import slip_possible
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict, NotFound
from kiosk_server.core.identifiers import is_id
from kiosk_server.places.queries import site
from kiosk_server.printing.documents.codes import qr_path
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.models import Visit
from kiosk_server.web.request_context import database
from kiosk_ui.booking_deeds import booking_deed, terms
from kiosk_ui.booking_plan import begin_anew, plan_of
from kiosk_ui.pages.turning import turned
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.paging import rows_a_page
from kiosk_ui.presenters.bookings import facts_of, matters_of
from kiosk_ui.presenters.wording import worded
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import (
    BookingPage,
    CancelBookingPage,
    ChangeBookingPage,
    HeldPage,
    Language,
    OwnBookingsPage,
    OwnRow,
    Page,
    QrDrawing,
    Screen,
    WaitingPlacePage,
)
from kiosk_ui.visiting import this_visit


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/bookings", endpoint="bookings")(bookings)
    blueprint.get("/bookings/<booking_id>", endpoint="booking")(booking)
    blueprint.post("/bookings/<booking_id>/confirm", endpoint="confirm_booking")(confirm)
    blueprint.post("/bookings/<booking_id>/let-go", endpoint="let_booking_go")(let_booking_go)
    blueprint.get("/bookings/<booking_id>/change", endpoint="change_booking")(change)
    blueprint.get("/bookings/<booking_id>/cancel", endpoint="cancel_booking")(cancel)
    blueprint.post("/bookings/<booking_id>/cancel", endpoint="cancel_booking_now")(cancel_now)
    blueprint.post("/bookings/<booking_id>/slip", endpoint="booking_slip")(slip)
    blueprint.get("/bookings/waiting/<entry_id>", endpoint="waiting_place")(waiting_place)
    blueprint.post("/bookings/waiting/<entry_id>", endpoint="leave_waiting")(leave_waiting)


def bookings() -> ResponseReturnValue:
    """Show what one has booked and where one waits; who has nothing yet books at once."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        rows = _rows(session, booker(session, visit), screen.language)
        plan = plan_of(session, visit)
    if plan.services and plan.site_id is None and "all" not in request.args:
        # A guide has said already what it is about.
        return redirect(url_for("kiosk.booking_sites"), 303)
    if not rows and "all" not in request.args:
        return redirect(url_for("kiosk.booking_groups"), 303)
    shown, paging = turned(rows, rows_a_page(screen), url_for("kiosk.bookings", all="yes"))
    return show(
        OwnBookingsPage(
            screen=screen,
            rows=shown,
            new_url=url_for("kiosk.booking_groups"),
            back_url=url_for("kiosk.at_window"),
            paging=paging,
        )
    )


def booking(booking_id: str) -> ResponseReturnValue:
    """Show one: what is kept asks for a yes, until its time is over."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        row = _mine(session, visit, booking_id)
        page = _page_of(session, screen, visit, row)
        chose_time = plan_of(session, visit).day is not None
    if page is None:
        over = url_for("kiosk.booking_times", problem="over")
        return redirect(over if chose_time else url_for("kiosk.bookings", all="yes"), 303)
    return show(page)


def confirm(booking_id: str) -> ResponseReturnValue:
    """Say yes to the place; too late, and times are shown again."""
    try:
        with booking_deed() as (session, visit):
            _mine(session, visit, booking_id)
            services.confirm(session, booking_id, by=resident_at(visit))
            begin_anew(session, visit)
    except Conflict as conflict:
        if conflict.code != "hold_over":
            raise
        return redirect(url_for("kiosk.booking_times", problem="over"), 303)
    return redirect(url_for("kiosk.booking", booking_id=booking_id, just="booked"), 303)


def let_booking_go(booking_id: str) -> ResponseReturnValue:
    """Give back what is kept, for another time."""
    with booking_deed() as (session, visit):
        _mine(session, visit, booking_id)
        let_go(session, booking_id, terms=terms(), by=resident_at(visit))
        chose_time = plan_of(session, visit).day is not None
    onward = url_for("kiosk.booking_times") if chose_time else url_for("kiosk.bookings", all="yes")
    return redirect(onward, 303)


def change(booking_id: str) -> ResponseReturnValue:
    """Ask whether another time is wanted, or none."""
    with database().reading() as session:
        screen = this_screen(session)
        row = _mine(session, this_visit(), booking_id)
        facts = facts_of(session, row, screen.language)
    back = url_for("kiosk.booking", booking_id=booking_id)
    if row.state != BookingState.CONFIRMED:
        return redirect(back, 303)
    moves = url_for("kiosk.move_booking", booking_id=booking_id) if row.services else None
    return show(
        ChangeBookingPage(
            screen=screen,
            facts=facts,
            move_url=moves,
            cancel_url=url_for("kiosk.cancel_booking", booking_id=booking_id),
            back_url=back,
        )
    )


def cancel(booking_id: str) -> ResponseReturnValue:
    """Ask whether it is really to be cancelled."""
    with database().reading() as session:
        screen = this_screen(session)
        row = _mine(session, this_visit(), booking_id)
        facts = facts_of(session, row, screen.language)
    if row.state != BookingState.CONFIRMED:
        return redirect(url_for("kiosk.booking", booking_id=booking_id), 303)
    return show(
        CancelBookingPage(
            screen=screen,
            facts=facts,
            cancel_url=url_for("kiosk.cancel_booking_now", booking_id=booking_id),
            back_url=url_for("kiosk.booking", booking_id=booking_id),
        )
    )


def cancel_now(booking_id: str) -> ResponseReturnValue:
    """Give the place up; who waits for it is offered it at once."""
    with booking_deed() as (session, visit):
        _mine(session, visit, booking_id)
        by = resident_at(visit)
        services.cancel(session, booking_id, EndedFor.OWN_WISH, terms=terms(), by=by)
    return redirect(url_for("kiosk.booking", booking_id=booking_id), 303)


def slip(booking_id: str) -> ResponseReturnValue:
    """Print when, where and the check-in code, for whoever has no phone."""
    with booking_deed() as (session, visit):
        row = _mine(session, visit, booking_id)
        if row.state == BookingState.CONFIRMED:
            queue_booking_slip(session, visit, row, code=check_in_code(row.id, keyring_of(session)))
    back = redirect(url_for("kiosk.booking", booking_id=booking_id), 303)
    return wanted(make_response(back))


def waiting_place(entry_id: str) -> ResponseReturnValue:
    """Show where one waits, or the place that was offered."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        entry = _entry(session, booker(session, visit), entry_id)
        place = site(session, entry.site_id)
    if entry.state == WaitingState.OFFERED and entry.booking_id is not None:
        return redirect(url_for("kiosk.booking", booking_id=entry.booking_id), 303)
    return show(
        WaitingPlacePage(
            screen=screen,
            site=worded(place.names, screen.language),
            day=entry.day,
            offer_minutes=int(terms().offer.total_seconds()) // 60,
            leave_url=url_for("kiosk.leave_waiting", entry_id=entry_id),
            back_url=url_for("kiosk.bookings", all="yes"),
            just="just" in request.args,
        )
    )


def leave_waiting(entry_id: str) -> ResponseReturnValue:
    """Wait no longer."""
    with booking_deed() as (session, visit):
        waiting.leave(session, booker(session, visit), _id(entry_id), by=resident_at(visit))
    return redirect(url_for("kiosk.bookings", all="yes"), 303)


def _page_of(session: Session, screen: Screen, visit: Visit, row: Booking) -> Page | None:
    facts = facts_of(session, row, screen.language)
    if row.state != BookingState.HELD:
        return _booking_page(session, screen, visit, row)
    left = (row.held_until - clock.now()).total_seconds() if row.held_until else 0
    if left <= 0 or row.held_until is None:
        return None
    return HeldPage(
        screen=screen,
        facts=facts,
        until=clock.to_beijing(row.held_until),
        seconds=int(left),
        confirm_url=url_for("kiosk.confirm_booking", booking_id=row.id),
        let_go_url=url_for("kiosk.let_booking_go", booking_id=row.id),
        over_url=url_for("kiosk.booking", booking_id=row.id),
    )


def _booking_page(session: Session, screen: Screen, visit: Visit, row: Booking) -> BookingPage:
    stands = row.state == BookingState.CONFIRMED and row.ends_at > clock.now()
    code = check_in_code(row.id, keyring_of(session)) if stands else None
    asked = booking_slip_asked(session, visit, row.id)
    prints = stands and not asked and slip_possible(session, visit)
    just = request.args.get("just")
    return BookingPage(
        screen=screen,
        facts=facts_of(session, row, screen.language),
        state=row.state.replace("_", "-"),
        back_url=url_for("kiosk.bookings", all="yes"),
        just=just if stands and just in ("booked", "moved") else None,
        code=code,
        qr=QrDrawing(*qr_path(qr_text(code))) if code else None,
        slip_url=url_for("kiosk.booking_slip", booking_id=row.id) if prints else None,
        slip_asked=asked,
        change_url=url_for("kiosk.change_booking", booking_id=row.id) if stands else None,
    )


def _rows(session: Session, mine: str, language: Language) -> list[OwnRow]:
    found = [
        OwnRow(
            url=url_for("kiosk.booking", booking_id=row.id),
            name=matters_of(row.group_code, row.services, language)[0],
            site=worded(site(session, row.site_id).names, language),
            state=row.state.replace("_", "-"),
            starts_at=clock.to_beijing(row.starts_at),
        )
        for row in expected_of(session, mine)
        if row.held_until is None or row.held_until > clock.now()
    ]
    found += [
        OwnRow(
            url=url_for("kiosk.waiting_place", entry_id=entry.id),
            name=matters_of(entry.group_code, entry.services, language)[0],
            site=worded(site(session, entry.site_id).names, language),
            state="waiting",
            day=entry.day,
        )
        for entry in waiting_of(session, mine)
        if entry.state == WaitingState.WAITING
    ]
    return found


def _mine(session: Session, visit: Visit, booking_id: str) -> Booking:
    return booking_of(session, booker(session, visit), _id(booking_id))


def _entry(session: Session, mine: str, entry_id: str) -> WaitingEntry:
    found = session.get(WaitingEntry, _id(entry_id))
    if found is None or found.resident_id != mine:
        raise NotFound("waiting_not_found")
    return found


def _id(text: str) -> str:
    if not is_id(text):
        raise NotFound("booking_not_found")
    return text
