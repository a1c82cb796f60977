"""
Who comes to a window (取号、签到): a number for somebody who just came, without asking who he is
(P16); a check-in for somebody who has booked; and the number to be told aloud or printed.
"""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kiosk_server.audit.services import Subject
from kiosk_server.bookings.life import Channel
from kiosk_server.bookings.models import Booking
from kiosk_server.bookings.priorities import priority_of
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import digest, is_id
from kiosk_server.places.service_groups import service_groups
from kiosk_server.printing.documents.codes import qr_svg
from kiosk_server.queue import services as queue
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.queries import position_of
from kiosk_server.queue.tokens import token_of
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.bookings import chosen_site, group_name
from kiosk_server.staff_console.fleet_view import moment, site_name
from kiosk_server.staff_console.queue_window import HERE
from kiosk_server.staff_console.session import actor, audit_refusal, require, staff
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.words import messages

TICKET_PATH = "/q/"


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*."""
    blueprint.post("/queue/walk-in")(give_number)
    blueprint.post("/queue/check-in")(check_in)
    blueprint.get("/queue/tickets/<ticket_id>")(ticket_page)


def give_number() -> ResponseReturnValue:
    """Give a number to somebody who came without a booking; the same form gives one number."""
    require(Right.QUEUE_WORK)
    form = request.form
    once = form.get("once", "")
    with database().unit_of_work() as session:
        here = chosen_site(my_sites(session, Right.QUEUE_WORK), form.get("site"))
        taken = queue.take_ticket(
            session,
            here.id,
            form.get("group", ""),
            channel=Channel.COUNTER,
            by=actor(),
            priority=priority_of(session, here.id, form.get("priority", "")),
            request_key=digest(f"staff-queue\x1f{staff().staff_id}\x1f{once}") if once else None,
        )
    return redirect(f"{HERE}/tickets/{taken.ticket.id}", code=303)


def check_in() -> ResponseReturnValue:
    """Give a number to somebody who has booked and stands here."""
    require(Right.QUEUE_WORK)
    booking_id = request.form.get("booking", "")
    with database().reading() as session:
        booking = session.get(Booking, booking_id) if is_id(booking_id) else None
        mine = my_sites(session, Right.QUEUE_WORK)
    if booking is None or booking.site_id not in mine:
        audit_refusal(Right.QUEUE_WORK, Subject("booking", booking_id) if booking else None)
        raise NotFound("booking_not_found")
    with database().unit_of_work() as session:
        taken = queue.check_in(
            session, booking_id, site_id=booking.site_id, by=actor(), channel=Channel.COUNTER
        )
    return redirect(f"{HERE}/tickets/{taken.ticket.id}", code=303)


def ticket_page(ticket_id: str) -> ResponseReturnValue:
    """Show a number that was given here: to be told aloud, or printed with the way to follow it."""
    require(Right.QUEUE_WORK)
    with database().reading() as session:
        ticket = session.get(QueueTicket, ticket_id) if is_id(ticket_id) else None
        mine = my_sites(session, Right.QUEUE_WORK)
        if ticket is None or ticket.site_id not in mine:
            audit_refusal(Right.QUEUE_WORK, Subject("queue_ticket", ticket_id) if ticket else None)
            raise NotFound("ticket_not_found")
        position = position_of(session, ticket)
        address = f"{settings().public_origin}{TICKET_PATH}{token_of(session, ticket.id)}"
    return render_template(
        "staff/queue_ticket.html",
        ticket=ticket,
        group=group_name(ticket.group_code),
        position=position,
        name=site_name(mine[ticket.site_id]),
        taken=moment(ticket.taken_at),
        group_uyghur=service_groups()[ticket.group_code].names["ug"],
        follow_uyghur=messages().text("ug", "board-follow"),
        qr=Markup(qr_svg(address)),  # noqa: S704 - our squares
    )
