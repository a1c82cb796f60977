"""
Which window a clerk sits at (我的窗口): chosen once, kept in his browser, looked up each time.

The cookie names a window and nothing else; it opens nothing to whoever has no right at its site.
"""

from dataclasses import dataclass

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.services import Subject
from kiosk_server.core.errors import NotFound
from kiosk_server.places.models import ServiceWindow
from kiosk_server.places.queries import SiteView
from kiosk_server.queue.at_window import windows_of
from kiosk_server.staff.rules import SESSION_LIFE, Right
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.session import audit_refusal, require
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.web.request_context import database, settings

HERE = "/staff/queue"
WINDOW_COOKIE = "staff_window"
_LONGEST = 40


@dataclass(frozen=True)
class Desk:
    """The window that was chosen, its site, and what stands above each window there."""

    window: ServiceWindow
    site: SiteView
    labels: dict[str, str]


def my_desk(session: Session, right: Right = Right.QUEUE_WORK) -> Desk | None:
    """Return where who is signed in sits; None where he has not chosen, or may not any more."""
    mine = my_sites(session, right)
    windows = windows_of(session, mine)
    chosen = request.cookies.get(WINDOW_COOKIE)
    window = next((each for each in windows if each.id == chosen), None)
    if window is None:
        return None
    labels = {each.id: each.label for each in windows if each.site_id == window.site_id}
    return Desk(window, mine[window.site_id], labels)


def choose_page() -> str:
    """Ask at which window of his sites who is signed in calls people."""
    return windows_page(Right.QUEUE_WORK, "queue", f"{HERE}/window")


def choose_window() -> ResponseReturnValue:
    """Take a window of one's own sites to call people to."""
    return take_window(Right.QUEUE_WORK, HERE)


def windows_page(right: Right, here: str, action: str) -> str:
    """Ask at which window of the sites in which he has *right* who is signed in sits."""
    require(right)
    with database().reading() as session:
        mine = my_sites(session, right)
        windows = windows_of(session, mine)
    sites = [
        (site_name(site), [each for each in windows if each.site_id == site.id])
        for site in mine.values()
    ]
    return render_template(
        "staff/queue_windows.html",
        here=here,
        action=action,
        sites=[(name, found) for name, found in sites if found],
        chosen=request.cookies.get(WINDOW_COOKIE),
    )


def take_window(right: Right, page: str) -> ResponseReturnValue:
    """Keep which window of a site in which he has *right* was chosen, and go to *page*."""
    require(right)
    asked = request.form.get("window", "")[:_LONGEST]
    with database().reading() as session:
        known = {each.id for each in windows_of(session, my_sites(session, right))}
    if asked not in known:
        audit_refusal(right, Subject("service_window", asked) if asked else None)
        raise NotFound("window_not_found")
    response = make_response(redirect(page, code=303))
    response.set_cookie(
        WINDOW_COOKIE,
        asked,
        path="/staff",
        max_age=SESSION_LIFE,
        httponly=True,
        samesite="Strict",
        secure=settings().public_origin.startswith("https://"),
    )
    return response
