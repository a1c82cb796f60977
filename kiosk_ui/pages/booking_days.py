"""Book a visit: on which day, waiting for a full one, at what time; the place is kept at once."""

from datetime import date

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.bookings import waiting
from kiosk_server.bookings.at_terminal import booker, held_here, hold_here, let_lapsed_go
from kiosk_server.bookings.life import Channel
from kiosk_server.bookings.making import Wish
from kiosk_server.core.errors import Conflict, NotFound
from kiosk_server.core.identifiers import is_id
from kiosk_server.places.queries import site
from kiosk_server.visits.actors import resident_at
from kiosk_server.web.request_context import database
from kiosk_ui.booking_deeds import NO_SUCH_TIME, booking_deed, terms
from kiosk_ui.booking_plan import keep, plan_of
from kiosk_ui.pages.turning import turned
from kiosk_ui.paging import days_a_page, times_a_page
from kiosk_ui.presenters.bookings import day_rows, free_days, halves_of
from kiosk_ui.presenters.wording import worded
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import (
    BookingDaysPage,
    BookingTimesPage,
    Half,
    HalfTab,
    WaitForDayPage,
)
from kiosk_ui.visiting import this_visit


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/bookings/day", endpoint="booking_days")(days)
    blueprint.post("/bookings/day", endpoint="choose_booking_day")(choose_day)
    blueprint.get("/bookings/wait", endpoint="wait_for_day")(wait_for_day)
    blueprint.post("/bookings/wait", endpoint="join_waiting")(join_waiting)
    blueprint.get("/bookings/time", endpoint="booking_times")(times)
    blueprint.post("/bookings/time", endpoint="choose_booking_time")(choose_time)


def days() -> ResponseReturnValue:
    """Show the days ahead with what is left of each."""
    with database().reading() as session:
        screen, plan = this_screen(session), plan_of(session, this_visit())
        if plan.site_id is None or not plan.services:
            return redirect(url_for("kiosk.booking_sites"), 303)
        found = free_days(session, plan, plan.site_id, terms().days_ahead)
        place = site(session, plan.site_id)
    address = url_for("kiosk.booking_days")
    shown, paging = turned(day_rows(found), days_a_page(screen), address)
    back = url_for("kiosk.booking_sites")
    if plan.moving:
        back = url_for("kiosk.booking", booking_id=plan.moving)
    return show(
        BookingDaysPage(
            screen=screen,
            site=worded(place.names, screen.language),
            rows=shown,
            answer_url=url_for("kiosk.choose_booking_day"),
            back_url=back,
            paging=paging,
        )
    )


def choose_day() -> ResponseReturnValue:
    """Keep the day; a full one leads to the waiting list."""
    chosen = _day(request.form.get("day", ""))
    with booking_deed() as (session, visit):
        plan = plan_of(session, visit)
        found = free_days(session, plan, plan.site_id or "", terms().days_ahead)
        if chosen is None or chosen not in found:
            return redirect(url_for("kiosk.booking_days"), 303)
        keep(session, visit, day=chosen.isoformat())
    return redirect(url_for("kiosk.booking_times" if found[chosen] else "kiosk.wait_for_day"), 303)


def wait_for_day() -> ResponseReturnValue:
    """Ask whether a place on a full day is to be waited for."""
    with database().reading() as session:
        screen, plan = this_screen(session), plan_of(session, this_visit())
        if plan.site_id is None or plan.day is None:
            return redirect(url_for("kiosk.booking_days"), 303)
        place = site(session, plan.site_id)
    return show(
        WaitForDayPage(
            screen=screen,
            site=worded(place.names, screen.language),
            day=plan.day,
            offer_minutes=int(terms().offer.total_seconds()) // 60,
            join_url=url_for("kiosk.join_waiting"),
            back_url=url_for("kiosk.booking_days"),
        )
    )


def join_waiting() -> ResponseReturnValue:
    """Wait for it; where a place came free meanwhile, its times are shown instead."""
    try:
        with booking_deed() as (session, visit):
            plan = plan_of(session, visit)
            if plan.group is None or plan.site_id is None or plan.day is None:
                return redirect(url_for("kiosk.booking_days"), 303)
            wish = Wish(booker(session, visit), plan.services, Channel.KIOSK, plan.priority)
            day = plan.site_id, plan.group.code, plan.day
            entry = waiting.join(session, day, wish, terms=terms(), by=resident_at(visit))
    except Conflict as conflict:
        if conflict.code == "place_free":
            return redirect(url_for("kiosk.booking_times"), 303)
        if conflict.code == "waiting_already":
            return redirect(url_for("kiosk.bookings", all="yes"), 303)
        raise
    return redirect(url_for("kiosk.waiting_place", entry_id=entry.id, just="joined"), 303)


def times() -> ResponseReturnValue:
    """Show the times of half a day; a place that is kept already is shown instead."""
    visit = this_visit()
    with database().reading() as session:
        screen, plan = this_screen(session), plan_of(session, visit)
        kept = held_here(session, visit) if plan.moving is None else None
        if kept is not None:
            return redirect(url_for("kiosk.booking", booking_id=kept.id), 303)
        if plan.site_id is None or plan.day is None:
            return redirect(url_for("kiosk.booking_days"), 303)
        free = free_days(session, plan, plan.site_id, terms().days_ahead).get(plan.day)
        place = site(session, plan.site_id)
    if not free:
        return redirect(url_for("kiosk.booking_days"), 303)
    parted = halves_of(free)
    half = _half_asked() or next(half for half in Half if parted[half])
    here = url_for("kiosk.booking_times", half=half)
    shown, paging = turned(parted[half], times_a_page(screen), here)
    problem = request.args.get("problem")
    return show(
        BookingTimesPage(
            screen=screen,
            site=worded(place.names, screen.language),
            day=plan.day,
            halves=tuple(
                HalfTab(
                    each,
                    url_for("kiosk.booking_times", half=each),
                    len(parted[each]),
                    shown=each is half,
                )
                for each in Half
            ),
            times=shown,
            answer_url=url_for("kiosk.choose_booking_time"),
            back_url=url_for("kiosk.booking_days"),
            paging=paging,
            problem=problem if problem in ("gone", "over") else None,
        )
    )


def choose_time() -> ResponseReturnValue:
    """Keep the place for some minutes; who moves a booking looks at both times first."""
    slot_id = request.form.get("slot", "")
    try:
        if not is_id(slot_id):
            raise NotFound("slot_not_found")
        with booking_deed() as (session, visit):
            let_lapsed_go(session, visit, terms=terms())
        with booking_deed() as (session, visit):
            plan = plan_of(session, visit)
            if plan.moving is not None:
                keep(session, visit, slot=slot_id)
                return redirect(url_for("kiosk.booking_move"), 303)
            kept = hold_here(
                session, visit, slot_id, plan.services, terms=terms(), priority=plan.priority
            )
    except (Conflict, NotFound) as refused:
        if refused.code not in NO_SUCH_TIME:
            raise
        return redirect(url_for("kiosk.booking_times", problem="gone"), 303)
    return redirect(url_for("kiosk.booking", booking_id=kept.id), 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _half_asked() -> Half | None:
    asked = request.args.get("half")
    return Half(asked) if asked in set(Half) else None
