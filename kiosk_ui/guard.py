"""
Who may pass a kiosk page: an enrolled terminal, and on it the one visit that its cookie names.

The terminal is proven by its signature, the visit by a secret that only this browser holds. After
them the way decides: a page asked for out of order is answered with the step that is due.
"""

import re
from datetime import datetime, timedelta

from flask import g, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import note
from kiosk_server.core import clock
from kiosk_server.visits.actors import terminal_actor
from kiosk_server.visits.models import EndReason, Visit
from kiosk_server.visits.services import VisitOver, resume
from kiosk_server.web.guards import TERMINAL_PAGE, signed_terminal, terminal
from kiosk_server.web.request_context import database
from kiosk_server.web.surface import Guard
from kiosk_server.web.terminal_signature import bears_signature
from kiosk_ui.presenters.screen import Looks
from kiosk_ui.progress import progress_of
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import RefusalPage
from kiosk_ui.visiting import LANGUAGE_COOKIE, forget, secret_shown
from kiosk_ui.way import detour

WITHOUT_VISIT = frozenset(
    {"kiosk.start", "kiosk.settings", "kiosk.help", "kiosk.looks", "kiosk.unknown"}
)
"""Open on a terminal before anybody has begun."""
AFTER_VISIT = frozenset({"kiosk.ended"})
"""What is shown whatever the cookie says."""
PRESENT_HEADER = "Kiosk-Present"
_SECONDS = re.compile(r"[0-9]{1,4}")
POLLED = frozenset(
    {
        "kiosk.printing_state",
        "kiosk.paying_state",
        "kiosk.bill_state",
        "kiosk.still",
        "kiosk.helper_state",
        "kiosk.one_code_state",
    }
)
"""What a page asks for by itself is no sign of life."""


def _check_door() -> ResponseReturnValue | None:
    if bears_signature(dict(request.headers)):
        g.terminal = signed_terminal()
    return None


def _check_visit() -> ResponseReturnValue | None:
    stopped = TERMINAL_PAGE.check()
    if stopped is not None or request.endpoint in AFTER_VISIT:
        return stopped
    secret = secret_shown()
    if secret is None:
        return None if request.endpoint in WITHOUT_VISIT else _sent(url_for("kiosk_door.attract"))
    touch = request.endpoint not in POLLED
    with database().unit_of_work() as session:
        found = resume(
            session,
            terminal_id=terminal().id,
            secret=secret,
            touch=touch,
            touched_at=_touch_behind_dead_line(),
        )
        if isinstance(found, Visit):
            _enter(session, found)
        elif found.reason is None:
            _note_unknown(session)
    if isinstance(found, VisitOver):
        return _over(found.reason)
    elsewhere = detour(request.endpoint or "", g.progress)
    return _sent(url_for(elsewhere)) if elsewhere else None


DOOR = Guard("open to everybody; a terminal is known by its signature", _check_door)
VISIT = Guard(
    "an enrolled terminal by its signature, and its own visit by its cookie", _check_visit
)


def _touch_behind_dead_line() -> datetime | None:
    """Return when the device host saw the last touch, told with the first page after a dead line.

    The host drops the word from what a page sends; behind its signature it is the terminal's own.
    """
    told = request.headers.get(PRESENT_HEADER, "")
    if not _SECONDS.fullmatch(told):
        return None
    return clock.now() - timedelta(seconds=int(told))


def _enter(session: Session, visit: Visit) -> None:
    g.visit, g.language = visit, visit.language
    g.progress = progress_of(session, visit)


def _note_unknown(session: Session) -> None:
    note(
        session,
        AuditEvent.VISIT_REFUSED,
        actor=terminal_actor(terminal().id),
        facts={"code": "visit_over"},
    )


def _over(reason: EndReason | None) -> ResponseReturnValue:
    """Answer a visit that is over; the browser forgets it. A polling script is told in JSON."""
    looks = Looks.read({"language": request.cookies.get(LANGUAGE_COOKIE, "")})
    if request.endpoint in POLLED:
        response = make_response(jsonify({"version": "over"}))
    elif reason is not None:
        address = url_for("kiosk.ended", why=reason.value, language=looks.language.value)
        response = make_response(redirect(address, 303))
    else:
        with database().reading() as session:
            screen = this_screen(session, looks=looks)
        page = RefusalPage(screen=screen, code="visit_over", home_url=url_for("kiosk_door.attract"))
        response = make_response(show(page))
        response.status_code = 403
    forget(response)
    return response


def _sent(address: str) -> ResponseReturnValue:
    if request.endpoint in POLLED:
        return jsonify({"version": "elsewhere"})
    return redirect(address, 303)
