"""
The visit that a request belongs to: its cookie, its row, and the deed that is done to it.

The cookie holds a secret of 256 bits and lives as long as the browser; the row knows its digest,
and no other terminal may use it. Scripts never see it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Response, g, request
from sqlalchemy.orm import Session

from kiosk_server.catalogue import queries as catalogue
from kiosk_server.catalogue.content import Handling
from kiosk_server.catalogue.queries import PublishedItem
from kiosk_server.core.errors import Refused
from kiosk_server.visits.models import Visit, VisitState
from kiosk_server.visits.services import Started
from kiosk_server.web.request_context import database, settings
from kiosk_ui.presenters.screen import Looks
from kiosk_ui.way import Progress

COOKIE = "kiosk_visit"
PATH = "/kiosk/"
LANGUAGE_COOKIE = "kiosk_language"
LOOKS_COOKIE = "kiosk_looks"
"""Tell the device host how to say that the line is dead: in which language, in which looks."""
MARK_COOKIE = "kiosk_mark"
"""The visit's mark beside its secret: what the device host looks for once the visit is over."""
VISIT_HEADER = "Kiosk-Visit"
VISIT_OVER = "over"
"""Tells the device host the mark of the visit that a page belongs to, or that there is none; the
host keeps the header to itself."""
EMPTY_THE_BROWSER = '"cookies", "storage"'
"""Not the cache: it holds styles and fonts alone, which the next person needs at once."""


def secret_shown() -> str | None:
    """Return the visit's secret that this browser shows."""
    return request.cookies.get(COOKIE)


def visit_here() -> Visit | None:
    """Return the visit of this request as the guard found it; its row is no longer held."""
    found: Visit | None = g.get("visit")
    return found


def this_visit() -> Visit:
    """Return the visit of this request, or raise `Refused("visit_over")`."""
    visit = visit_here()
    if visit is None:
        raise Refused("visit_over")
    return visit


def chosen_item(session: Session, visit: Visit) -> PublishedItem:
    """Return the version of the item that *visit* takes up, or raise `Refused`."""
    if visit.item_version_id is None:
        raise Refused("item_missing")
    return catalogue.version(session, visit.item_version_id)


def handling_of(item: PublishedItem) -> Handling:
    """Return how a terminal handles *item*, or raise `Refused` for a mere guide."""
    if item.content.handling is None:
        raise Refused("item_not_handled_here")
    return item.content.handling


def progress_here() -> Progress:
    """Return how far the visit of this request is; nothing is done where there is no visit."""
    found: Progress | None = g.get("progress")
    return found or Progress()


@contextmanager
def deed() -> Iterator[tuple[Session, Visit]]:
    """Open one unit of work with the visit's row held; `Refused("visit_over")` if it has ended."""
    known = this_visit()
    with database().unit_of_work() as session:
        visit = session.get_one(Visit, known.id, with_for_update=True)
        if visit.state != VisitState.ACTIVE:
            raise Refused("visit_over")
        yield session, visit


def remember(response: Response, started: Started) -> None:
    """Give the browser the secret and the mark of a new visit, and the language it is held in."""
    secure = settings().public_origin.startswith("https://")
    mark = started.visit.mark or ""
    for name, value in ((COOKIE, started.secret), (MARK_COOKIE, mark)):
        response.set_cookie(name, value, path=PATH, httponly=True, samesite="Strict", secure=secure)
    response.headers[VISIT_HEADER] = mark
    note_language(response, started.visit.language)


def tell_visit(response: Response) -> Response:
    """Tell the device host which visit this answer belongs to; nothing where we did not look."""
    visit = visit_here()
    if visit is not None and visit.mark:
        response.headers.setdefault(VISIT_HEADER, visit.mark)
    elif secret_shown() is None:
        response.headers.setdefault(VISIT_HEADER, VISIT_OVER)
    return response


def note_language(response: Response, language: str) -> None:
    """Tell the device host the language of the visit."""
    response.set_cookie(LANGUAGE_COOKIE, language, path="/", httponly=True, samesite="Strict")


def note_looks(response: Response, looks: Looks, *, last: timedelta | None = None) -> None:
    """Tell the device host the looks of the visit; *last* bounds looks that wait for a visit."""
    response.set_cookie(
        LOOKS_COOKIE,
        f"{looks.size.value}.{looks.theme.value}.{looks.reach.value}",
        path=PATH,
        max_age=last,
        httponly=True,
        samesite="Strict",
    )


def forget(response: Response) -> None:
    """Take the visit's secret and everything else of it from the browser."""
    response.delete_cookie(LOOKS_COOKIE, path=PATH, httponly=True, samesite="Strict")
    for name in (COOKIE, MARK_COOKIE):
        response.delete_cookie(name, path=PATH, httponly=True, samesite="Strict")
    response.delete_cookie(LANGUAGE_COOKIE, path="/", httponly=True, samesite="Strict")
    response.headers["Clear-Site-Data"] = EMPTY_THE_BROWSER
    response.headers[VISIT_HEADER] = VISIT_OVER
