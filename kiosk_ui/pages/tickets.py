"""
Take a number (现场取号): one touch, nobody is asked who he is (P16). Its slip comes out at once.
"""

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.bookings.models import Booking
from kiosk_server.bookings.priorities import PriorityGroup, priority_groups
from kiosk_server.cases.slips import slip_possible
from kiosk_server.core import clock
from kiosk_server.places.hours import next_opening
from kiosk_server.places.service_groups import service_groups
from kiosk_server.places.site_hours import hours_of
from kiosk_server.printing.documents.codes import qr_path
from kiosk_server.queue.at_terminal import stands_at_site, take_here, ticket_here
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.queries import position_of, wait_now
from kiosk_server.queue.services import gives_tickets
from kiosk_server.queue.slips import queue_ticket_slip, ticket_address, ticket_slip_asked
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.errand_state import Errand
from kiosk_server.visits.models import Visit
from kiosk_server.web.request_context import database, settings
from kiosk_ui.booking_deeds import booking_deed
from kiosk_ui.pages.turning import turned
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.paging import rows_beneath_flow
from kiosk_ui.presenters.bookings import NO_PRIORITY, groups_of, priorities_of
from kiosk_ui.presenters.wording import worded
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import PriorityPage, QrDrawing, TicketGroupsPage, TicketPage, Waited
from kiosk_ui.visiting import this_visit

_PRIORITY = "ticket_priority"
"""Draft: the code of the group that somebody said he belongs to."""


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/tickets", endpoint="ticket_groups")(groups)
    blueprint.post("/tickets", endpoint="take_ticket")(take)
    blueprint.get("/tickets/priority", endpoint="ticket_priority")(priority)
    blueprint.post("/tickets/priority", endpoint="choose_ticket_priority")(choose_priority)
    blueprint.get("/ticket", endpoint="ticket")(ticket)
    blueprint.post("/ticket/slip", endpoint="ticket_slip")(slip)


def groups() -> ResponseReturnValue:
    """Ask what the number is for; closed, say when the site opens, and offer booking."""
    visit = this_visit()
    with database().reading() as session:
        if not stands_at_site(session, visit.terminal_id):
            return redirect(url_for("kiosk.at_window"), 303)
        screen = this_screen(session)
        gives = gives_tickets(session, visit.site_id)
        waits = wait_now(session, visit.site_id) if gives else {}
        found = (
            groups_of(session, screen.language, site_id=visit.site_id, waits=waits) if gives else ()
        )
        told = _told(session, visit)
        opens = next_opening(hours_of(session, visit.site_id), clock.now())
    here = url_for("kiosk.ticket_groups")
    shown, paging = turned(found, rows_beneath_flow(screen), here)
    return show(
        TicketGroupsPage(
            screen=screen,
            groups=shown,
            take_url=url_for("kiosk.take_ticket"),
            back_url=url_for("kiosk.at_window"),
            priority_url=url_for("kiosk.ticket_priority"),
            book_url=url_for("kiosk.notice", errand=Errand.BOOKINGS),
            priority=worded(told.names, screen.language) if told else None,
            opens_at=clock.to_beijing(opens) if opens else None,
            paging=paging,
        )
    )


def take() -> ResponseReturnValue:
    """Give the number, and let its slip come out; touched twice, it is one."""
    code = request.form.get("group", "")
    if code not in service_groups():
        return redirect(url_for("kiosk.ticket_groups"), 303)
    with booking_deed() as (session, visit):
        told = _told(session, visit)
        taken = take_here(session, visit, code, priority=told.priority if told else None)
        print_if_possible(session, visit, taken)
    return wanted(make_response(redirect(url_for("kiosk.ticket"), 303)))


def priority() -> ResponseReturnValue:
    """Ask, of whoever wants to say it, whether he is one of those who go first."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        offered, told = priority_groups(session, visit.site_id), _told(session, visit)
    return show(
        PriorityPage(
            screen=screen,
            choices=priorities_of(offered, told.code if told else None, screen.language),
            answer_url=url_for("kiosk.choose_ticket_priority"),
            back_url=url_for("kiosk.ticket_groups"),
        )
    )


def choose_priority() -> ResponseReturnValue:
    """Keep what he said, or that he said nothing."""
    code = request.form.get("priority", NO_PRIORITY)
    with booking_deed() as (session, visit):
        known = {each.code for each in priority_groups(session, visit.site_id)}
        put_draft(session, visit, **{_PRIORITY: code if code in known else None})
    return redirect(url_for("kiosk.ticket_groups"), 303)


def ticket() -> ResponseReturnValue:
    """Show the number, how many are before it, and the code to follow it by."""
    visit = this_visit()
    with database().reading() as session:
        row = ticket_here(session, visit)
        if row is None:
            return redirect(url_for("kiosk.at_window"), 303)
        screen = this_screen(session)
        now = position_of(session, row)
        booking = session.get_one(Booking, row.booking_id)
        asked = ticket_slip_asked(session, visit, row.id)
        prints = not asked and slip_possible(session, visit)
        address = ticket_address(session, row.id, origin=settings().public_origin)
    waited = None
    if now.at_least_minutes is not None and now.at_most_minutes is not None:
        waited = Waited(now.ahead, now.at_least_minutes, now.at_most_minutes)
    return show(
        TicketPage(
            screen=screen,
            label=row.label,
            group=worded(service_groups()[row.group_code].names, screen.language),
            qr=QrDrawing(*qr_path(address)),
            waited=waited,
            done_url=url_for("kiosk.end"),
            window=now.window_label,
            due=None if booking.walk_in else clock.to_beijing(booking.starts_at),
            slip="asked" if asked else None if prints else "no",
            slip_url=url_for("kiosk.ticket_slip") if prints else None,
        )
    )


def slip() -> ResponseReturnValue:
    """Print the number, where it did not come out by itself."""
    with booking_deed() as (session, visit):
        row = ticket_here(session, visit)
        if row is not None:
            queue_ticket_slip(session, visit, row, origin=settings().public_origin)
    return wanted(make_response(redirect(url_for("kiosk.ticket"), 303)))


def print_if_possible(session: Session, visit: Visit, row: QueueTicket) -> None:
    """Ask for the slip of a number; where none comes out, the screen says so."""
    if slip_possible(session, visit):
        queue_ticket_slip(session, visit, row, origin=settings().public_origin)


def _told(session: Session, visit: Visit) -> PriorityGroup | None:
    code = draft_of(session, visit).get(_PRIORITY)
    known = priority_groups(session, visit.site_id) if code else []
    return next((each for each in known if each.code == code), None)
