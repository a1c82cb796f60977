"""The end of a visit, and the named window for whoever cannot or will not go on here."""

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.cases.slips import slip_possible
from kiosk_server.cases.window_slips import keeper_here, queue_window_slip, window_slip_of
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.places import queries as places
from kiosk_server.visits.models import EndReason
from kiosk_server.visits.services import end as end_visit
from kiosk_server.web.guards import terminal
from kiosk_server.web.request_context import database
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.presenters.left_card import left_card_at
from kiosk_ui.presenters.places import window_of
from kiosk_ui.presenters.screen import Looks
from kiosk_ui.presenters.wording import titled
from kiosk_ui.showing import centre_of_terminal, show, this_screen
from kiosk_ui.view_models import EndedPage, WindowPage
from kiosk_ui.visiting import deed, forget, this_visit, visit_here

_TOLD = frozenset({"done", "left", "idle", "limit", "codes", "closed", "carried"})
_MAY_ASK = {"left": EndReason.LEFT, "idle": EndReason.IDLE, "limit": EndReason.LIMIT}
_WHY = frozenset({"window_human"})


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.post("/end", endpoint="end")(end)
    blueprint.get("/ended", endpoint="ended")(ended)
    blueprint.get("/window", endpoint="window")(window)
    blueprint.post("/window/slip", endpoint="window_slip")(window_slip)


def end() -> ResponseReturnValue:
    """End the visit: at a person's wish, or because the screen saw nobody any more."""
    reason = _MAY_ASK.get(request.values.get("why", ""), EndReason.LEFT)
    return end_here(reason)


def end_here(reason: EndReason) -> ResponseReturnValue:
    """End the visit of this request for *reason*, and let the browser forget it."""
    language = Looks().language.value
    if visit_here() is not None:
        with deed() as (session, visit):
            language = visit.language
            end_visit(session, visit, reason=reason)
    return to_ended(reason, language)


def to_ended(reason: EndReason, language: str) -> ResponseReturnValue:
    """Lead to the last page; its address carries only the reason and the language."""
    told = reason.value if reason.value in _TOLD else EndReason.LEFT.value
    address = url_for("kiosk.ended", why=told, language=language)
    response = make_response(redirect(address, 303))
    forget(response)
    return response


def ended() -> ResponseReturnValue:
    """Say that it is over and what to take; nothing of the visit is known here any more."""
    why = request.args.get("why", "")
    with database().reading() as session:
        screen = this_screen(session, looks=Looks.read(request.args), forms=False)
        card = left_card_at(session, terminal().id)
    page = EndedPage(
        screen=screen,
        attract_url=url_for("kiosk_door.attract"),
        why=why if why in _TOLD else EndReason.LEFT.value,
        left_card=card,
    )
    response = make_response(show(page))
    forget(response)
    return response


def window() -> ResponseReturnValue:
    """Name the window that takes the chosen item, or the centre's."""
    why = request.args.get("why", "")
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        keeper = keeper_here(session, visit.terminal_id)
        can_print = slip_possible(session, visit)
        asked = window_slip_of(session, visit) is not None
        if visit.item_version_id is None:
            shown, name = window_of(centre_of_terminal(session), screen.language), None
        else:
            content = catalogue.version(session, visit.item_version_id).content
            site = places.site(session, content.window.site_id)
            shown = window_of(site, screen.language, content)
            name = titled(content.names, screen.language)
    return show(
        WindowPage(
            screen=screen,
            window=shown,
            back_url=url_for("kiosk.services"),
            why=why if why in _WHY else None,
            name=name,
            keeper=keeper,
            slip_url=url_for("kiosk.window_slip") if can_print and not asked else None,
            slip_asked=asked,
        )
    )


def window_slip() -> ResponseReturnValue:
    """Print where to go, for whoever cannot keep it in mind."""
    with deed() as (session, visit):
        queue_window_slip(session, visit)
    return wanted(make_response(redirect(url_for("kiosk.window", why="window_human"), 303)))
