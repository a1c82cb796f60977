"""Move a booking (改约): another time is taken first, and only then the old one is let go."""

from datetime import timedelta

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.bookings.at_terminal import booker, move_here
from kiosk_server.bookings.life import BookingState
from kiosk_server.bookings.models import Slot
from kiosk_server.bookings.queries import booking_of
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, NotFound
from kiosk_server.core.identifiers import is_id
from kiosk_server.places.queries import site
from kiosk_server.web.request_context import database
from kiosk_ui.booking_deeds import NO_SUCH_TIME, booking_deed, terms
from kiosk_ui.booking_plan import begin_anew, keep, plan_of
from kiosk_ui.presenters.bookings import matters_of
from kiosk_ui.presenters.wording import worded
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import BookingFacts, MovePage
from kiosk_ui.visiting import this_visit


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.post("/bookings/<booking_id>/move", endpoint="move_booking")(begin_move)
    blueprint.get("/bookings/move", endpoint="booking_move")(look_over)
    blueprint.post("/bookings/move", endpoint="confirm_move")(confirm_move)


def begin_move(booking_id: str) -> ResponseReturnValue:
    """Choose another day for the same visit at the same place."""
    with booking_deed() as (session, visit):
        if not is_id(booking_id):
            raise NotFound("booking_not_found")
        old = booking_of(session, booker(session, visit), booking_id)
        if old.state != BookingState.CONFIRMED or not old.services:
            return redirect(url_for("kiosk.booking", booking_id=booking_id), 303)
        begin_anew(session, visit)
        chosen = {"group": old.group_code, "services": ",".join(old.services)}
        keep(session, visit, moving=old.id, site=old.site_id, **chosen)
    return redirect(url_for("kiosk.booking_days"), 303)


def look_over() -> ResponseReturnValue:
    """Show both times before anything is changed."""
    visit = this_visit()
    with database().reading() as session:
        screen, plan = this_screen(session), plan_of(session, visit)
        slot = session.get(Slot, plan.slot_id) if plan.slot_id else None
        if plan.moving is None or slot is None:
            return redirect(url_for("kiosk.booking_days"), 303)
        old = booking_of(session, booker(session, visit), plan.moving)
        place = site(session, slot.site_id)
    return show(
        MovePage(
            screen=screen,
            before=clock.to_beijing(old.starts_at),
            facts=BookingFacts(
                site=worded(place.names, screen.language),
                address=worded(place.addresses, screen.language),
                matters=matters_of(old.group_code, plan.services, screen.language),
                starts_at=clock.to_beijing(slot.starts_at),
                minutes=plan.needed // timedelta(minutes=1),
            ),
            confirm_url=url_for("kiosk.confirm_move"),
            back_url=url_for("kiosk.booking_times"),
        )
    )


def confirm_move() -> ResponseReturnValue:
    """Move it; where somebody was faster, the old time stands and others are shown."""
    try:
        with booking_deed() as (session, visit):
            plan = plan_of(session, visit)
            if plan.moving is None or plan.slot_id is None:
                return redirect(url_for("kiosk.bookings", all="yes"), 303)
            new = move_here(session, visit, plan.moving, plan.slot_id, terms=terms())
            begin_anew(session, visit)
    except (Conflict, NotFound) as refused:
        if refused.code not in NO_SUCH_TIME:
            raise
        return redirect(url_for("kiosk.booking_times", problem="gone"), 303)
    return redirect(url_for("kiosk.booking", booking_id=new.id, just="moved"), 303)
