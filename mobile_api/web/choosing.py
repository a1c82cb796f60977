"""
Booking, step by step (预约办事): matters, place, day, time. What is chosen is kept for minutes,
until its holder says yes on the booking's own page.

Nobody must book (P16): every step says when one may simply come.
"""

from datetime import date, timedelta

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.bookings import services, waiting
from kiosk_server.bookings.letting_go import let_go
from kiosk_server.bookings.life import BookingState, Channel
from kiosk_server.bookings.making import Wish
from kiosk_server.bookings.priorities import priority_groups, priority_of
from kiosk_server.bookings.queries import count_no_shows, expected_of, opportunities
from kiosk_server.bookings.rules import NO_SHOWS_UNTIL_ONE
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, Invalid, KioskError, Refused, TooMany
from kiosk_server.core.identifiers import new_token
from kiosk_server.places.queries import SiteView, groups_by_site, sites
from kiosk_server.places.service_groups import MOST_SERVICES, service_groups
from kiosk_server.residents.assurance import Act
from kiosk_server.web.problem import Problem
from kiosk_server.web.problems import title_of
from kiosk_server.web.request_context import database, request_id
from kiosk_server.web.security import allow_position
from mobile_api.access import holder
from mobile_api.booking_terms import form_key, refusals_noted, terms
from mobile_api.places_told import place_told
from mobile_api.v1.certificates import in_words
from mobile_api.wallets import actor_id
from mobile_api.web.booking_calendar import times_of, weeks_of
from mobile_api.web.booking_errand import (
    Errand,
    day_asked,
    errand_asked,
    services_asked,
    site_asked,
)
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id

HERE = "/m/book"
BOOKINGS = "/m/bookings"
_DAYS_SHOWN = 35


def add_routes(blueprint: Blueprint) -> None:
    """Open the steps."""
    blueprint.get("/book")(choose_matters)
    blueprint.get("/book/place")(choose_place)
    blueprint.get("/book/day")(choose_day)
    blueprint.get("/book/time")(choose_time)
    blueprint.post("/book/hold")(hold_chosen)
    blueprint.post("/book/wait")(wait_for_day)


def choose_matters() -> ResponseReturnValue:
    """Ask what somebody comes for."""
    may(Act.BOOK)
    return _matters(())


def choose_place() -> ResponseReturnValue:
    """Show where it can be done, the next free day first."""
    may(Act.BOOK)
    try:
        errand = errand_asked()
    except Invalid:
        return _matters(("booking-invalid" if services_asked() else "matters-missing",))
    today = clock.beijing_today()
    last = today + timedelta(days=terms().days_ahead)
    found: list[tuple[date, object]] = []
    with database().reading() as session:
        groups = groups_by_site(session)
        for each in sites(session):
            if errand.group.code not in groups.get(each.id, []):
                continue
            days = opportunities(
                session, each.id, errand.group.code, today, last, needed=errand.needed
            )
            free = next((day for day, times in sorted(days.items()) if times), None)
            told = place_told(session, each, groups[each.id])
            found.append((free or date.max, (told, free)))
    allow_position()
    # Of one day the city's centre comes first, then the townships in the order of their codes.
    offers = [offer for _, offer in sorted(found, key=lambda one: one[0])]
    return page("m/book_place.html", tab="home", errand=errand, offers=offers)


def choose_day() -> ResponseReturnValue:
    """Show the days with how many times are free; a full one leads to its waiting list."""
    may(Act.BOOK)
    errand, site = errand_asked(), site_asked()
    today = clock.beijing_today()
    horizon = today + timedelta(days=terms().days_ahead)
    asked = request.args.get("from", "")
    first = _day_or(asked, today, horizon)
    monday = first - timedelta(days=first.weekday())
    last = min(horizon, monday + timedelta(days=_DAYS_SHOWN - 1))
    with database().reading() as session:
        found = opportunities(
            session, site.id, errand.group.code, first, last, needed=errand.needed
        )
        told = place_told(session, site)
    return page(
        "m/book_day.html",
        tab="home",
        errand=errand,
        place=told,
        weeks=weeks_of(found, first, last),
        any_free=any(found.values()),
        later=last + timedelta(days=1) if last < horizon else None,
        earlier=first > today,
    )


def choose_time() -> ResponseReturnValue:
    """Show the times of one day, or its waiting list where nothing is free."""
    may(Act.BOOK)
    return _time_page(errand_asked(), site_asked(), day_asked())


def hold_chosen() -> ResponseReturnValue:
    """Keep the chosen time for minutes, or move a booking to it; a double touch does it once."""
    may(Act.BOOK)
    errand, slot_id = errand_asked(), own_id(request.form.get("slot_id", ""))
    key = form_key(slot_id)
    try:
        if errand.moves is None:
            _let_go_of_others(key)
        with refusals_noted(), database().unit_of_work() as session:
            if errand.moves is not None:
                made = services.move(
                    session,
                    errand.moves,
                    slot_id,
                    terms=terms(),
                    by=holder().actor,
                    request_key=key,
                )
            else:
                made = services.hold(
                    session,
                    slot_id,
                    _wish(session, errand, request.form.get("site", "")),
                    terms=terms(),
                    by=holder().actor,
                    request_key=key,
                )
    except (Conflict, Refused, TooMany) as refused:
        return _time_page(errand, site_asked(), day_asked(), refused)
    return redirect(f"{BOOKINGS}/{made.id}", code=303)


def wait_for_day() -> ResponseReturnValue:
    """Let somebody wait for a place on a day that is full."""
    may(Act.BOOK)
    errand, site, day = errand_asked(), site_asked(), day_asked()
    try:
        with refusals_noted(), database().unit_of_work() as session:
            wanted = site.id, errand.group.code, day
            wish = _wish(session, errand, site.id)
            waiting.join(session, wanted, wish, terms=terms(), by=holder().actor)
    except (Conflict, Refused, TooMany) as refused:
        return _time_page(errand, site, day, refused)
    return redirect(f"{BOOKINGS}#waiting", code=303)


def _matters(faults: tuple[str, ...]) -> ResponseReturnValue:
    with database().reading() as session:
        missed = count_no_shows(session, actor_id())
    return page(
        "m/book.html",
        tab="home",
        status=422 if faults else 200,
        faults=faults,
        groups=[group for group in service_groups().values() if not group.at_home],
        chosen=services_asked(),
        most=MOST_SERVICES,
        one_at_a_time=missed >= NO_SHOWS_UNTIL_ONE,
        in_words=in_words,
    )


def _time_page(
    errand: Errand, site: SiteView, day: date, refused: KioskError | None = None
) -> ResponseReturnValue:
    today = clock.beijing_today()
    horizon = today + timedelta(days=terms().days_ahead)
    with database().reading() as session:
        found = opportunities(session, site.id, errand.group.code, day, day, needed=errand.needed)
        told = place_told(session, site)
        priorities = priority_groups(session, site.id)
    problem = Problem.of(refused, request_id()) if refused else None
    within = today <= day <= horizon
    free = found.get(day, []) if within else []
    return page(
        "m/book_time.html",
        tab="home",
        status=problem.status if problem else 200,
        fault=title_of(problem) if problem else None,
        errand=errand,
        place=told,
        day=day,
        spells=times_of(free, told.hours, day),
        full=within and day in found and not free,
        priorities=priorities,
        in_words=in_words,
        asked=request.form.get("priority", ""),
        key=new_token(128),
    )


def _wish(session: Session, errand: Errand, site_id: str) -> Wish:
    priority = priority_of(session, site_id, request.form.get("priority", ""))
    return Wish(actor_id(), errand.services, Channel.PHONE, priority)


def _let_go_of_others(key: str | None) -> None:
    """Who chooses another time gives up the one kept for him till now: a phone keeps one."""
    with database().reading() as session:
        kept = [
            each.id
            for each in expected_of(session, actor_id())
            if each.state == BookingState.HELD
            and each.channel == Channel.PHONE
            and each.request_key != key
        ]
    for booking_id in kept:
        with database().unit_of_work() as session:
            let_go(session, booking_id, terms=terms(), by=holder().actor)


def _day_or(asked: str, first: date, last: date) -> date:
    try:
        return min(max(date.fromisoformat(asked[:10]), first), last)
    except ValueError:
        return first
