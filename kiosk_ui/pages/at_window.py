"""
To a window (到窗口办): come and take a number, check in, or book. Nobody has to book (P16).
"""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.core import clock
from kiosk_server.places.hours import is_open_at, next_opening, open_intervals
from kiosk_server.places.queries import site
from kiosk_server.places.site_hours import hours_of
from kiosk_server.queue.at_terminal import stands_at_site
from kiosk_server.queue.queries import wait_now
from kiosk_server.queue.services import gives_tickets
from kiosk_server.visits.errand_state import Errand
from kiosk_server.web.request_context import database
from kiosk_ui.presenters.bookings import wait_of
from kiosk_ui.presenters.wording import worded
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import AtWindowPage, Closed, WindowWay
from kiosk_ui.visiting import this_visit


def register(blueprint: Blueprint) -> None:
    """Put this page into *blueprint*."""
    blueprint.get("/at-window", endpoint="at_window")(at_window)


def at_window() -> ResponseReturnValue:
    """Show the ways to a window, and when this site is open."""
    visit, now = this_visit(), clock.now()
    with database().reading() as session:
        screen = this_screen(session)
        hours = hours_of(session, visit.site_id)
        here = stands_at_site(session, visit.terminal_id)
        gives = gives_tickets(session, visit.site_id)
        waits = wait_now(session, visit.site_id) if gives and here else {}
        place = worded(site(session, visit.site_id).names, screen.language)
    opens = None if gives or is_open_at(hours, now) else next_opening(hours, now)
    # In a bank no number is given: the hall where it would be called is elsewhere.
    away = None if here else Closed("not-at-site")
    shut = None if gives else Closed("site-shut")
    waited = [wait_of(wait) for wait in waits.values()]
    ticket = WindowWay(
        "ticket",
        "people",
        url_for("kiosk.ticket_groups"),
        wait=(min(each[0] for each in waited), max(each[1] for each in waited)) if waited else None,
        closed=away or shut,
    )
    check_in = WindowWay("check-in", "check", url_for("kiosk.check_in"), closed=away)
    book = WindowWay("book", "calendar", url_for("kiosk.notice", errand=Errand.BOOKINGS))
    today = open_intervals(hours, clock.beijing_today())
    return show(
        AtWindowPage(
            screen=screen,
            ways=tuple(sorted((ticket, check_in, book), key=lambda way: way.closed is not None)),
            hours=tuple((f"{each.starts:%H:%M}", f"{each.ends:%H:%M}") for each in today),
            opens_at=clock.to_beijing(opens) if opens else None,
            back_url=url_for("kiosk.services"),
            elsewhere=None if here else place,
        )
    )
