"""
Beside the way: language and looks, help, and more time.

A chosen size and theme last one visit. Before a visit they wait in a short-lived cookie, so that
the next person meets the screen as it was; in the visit the cookie tells them to the device host,
which needs them when the line is dead.
"""

from flask import Blueprint, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.core import clock
from kiosk_server.visits.services import dress, watch_of
from kiosk_server.visits.services import extend as extend_visit
from kiosk_server.web.request_context import database
from kiosk_ui.pages.attract import LOOKS_LAST, chosen_looks
from kiosk_ui.presenters.places import window_of
from kiosk_ui.presenters.screen import Looks
from kiosk_ui.showing import back_asked, centre_of_terminal, show, this_screen
from kiosk_ui.view_models import HelpPage, LooksPage, StillTherePage
from kiosk_ui.visiting import deed, note_language, note_looks, visit_here

_FIELDS = ("language", "size", "theme", "reach")
_SECONDS_TO_ANSWER = 30


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.post("/settings", endpoint="settings")(settings)
    blueprint.get("/looks", endpoint="looks")(looks)
    blueprint.get("/help", endpoint="help")(help_page)
    blueprint.get("/still-there", endpoint="still")(still)
    blueprint.post("/still-there", endpoint="still_here")(still_here)
    blueprint.post("/keep", endpoint="keep")(keep)
    blueprint.post("/extend", endpoint="extend")(extend)


def settings() -> ResponseReturnValue:
    """Change language or looks and come back to the page they were changed on."""
    asked = {name: request.form[name] for name in _FIELDS if name in request.form}
    if visit_here() is None:
        return _settings_before_visit(asked)
    with deed() as (session, visit):
        dress(session, visit, **asked)
        worn = Looks.of(visit)
    response = make_response(redirect(back_asked(), 303))
    note_looks(response, worn)
    if "language" in asked:
        note_language(response, asked["language"])
    return response


def _settings_before_visit(asked: dict[str, str]) -> ResponseReturnValue:
    worn = chosen_looks()
    wanted = Looks.read(
        {"size": worn.size.value, "theme": worn.theme.value, "reach": worn.reach.value, **asked}
    )
    response = make_response(redirect(back_asked(url_for("kiosk_door.attract")), 303))
    note_looks(response, wanted, last=LOOKS_LAST)
    return response


def looks() -> ResponseReturnValue:
    """Show the sizes and colours to choose from."""
    back = back_asked(_home())
    with database().reading() as session:
        worn = None if visit_here() else chosen_looks()
        screen = this_screen(session, looks=worn)
    return show(LooksPage(screen=screen, back_url=back))


def help_page() -> ResponseReturnValue:
    """Say whom to call and how the machine is used."""
    back = back_asked(_home())
    with database().reading() as session:
        worn = None if visit_here() else chosen_looks()
        screen = this_screen(session, looks=worn)
        window = window_of(centre_of_terminal(session), screen.language)
    return show(HelpPage(screen=screen, back_url=back, window=window))


def still() -> ResponseReturnValue:
    """Ask whether somebody is there, where no script opens the veil. Asking is no sign of life."""
    back = back_asked()
    with database().reading() as session:
        screen = this_screen(session, back=back)
    watch = screen.watch
    seconds = watch.end_after_seconds - watch.warn_after_seconds if watch else _SECONDS_TO_ANSWER
    return show(
        StillTherePage(
            screen=screen,
            seconds=seconds,
            continue_url=url_for("kiosk.still_here", back=back),
            end_url=url_for("kiosk.end", why="left"),
        )
    )


def still_here() -> ResponseReturnValue:
    """Somebody is there: back to the page."""
    return redirect(back_asked(), 303)


def keep() -> ResponseReturnValue:
    """Take note that somebody touches the screen; the guard has done it already."""
    return "", 204


def extend() -> ResponseReturnValue:
    """Give five more minutes and say how many seconds are left; the tenth time is the last."""
    with deed() as (session, visit):
        extend_visit(session, visit)
        left = watch_of(visit).hard_ends_at - clock.now()
    return jsonify({"left_seconds": int(left.total_seconds())})


def _home() -> str:
    return url_for("kiosk.services") if visit_here() else url_for("kiosk_door.attract")
