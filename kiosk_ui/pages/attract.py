"""The waiting screen: whose machine this is, and a language to begin in."""

from datetime import timedelta

from flask import Blueprint, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.terminals.queries import ability_at
from kiosk_server.terminals.rules import DeviceKind
from kiosk_server.visits import queries as visits
from kiosk_server.visits.services import start as start_visit
from kiosk_server.web.guards import terminal
from kiosk_server.web.request_context import database
from kiosk_ui.pages.elsewhere import not_a_terminal_page
from kiosk_ui.presenters.beside import beside_at
from kiosk_ui.presenters.browsing import reason_word
from kiosk_ui.presenters.fault import fault_at
from kiosk_ui.presenters.left_card import left_card_at
from kiosk_ui.presenters.screen import Looks
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import AttractPage, Language, OutOfServicePage
from kiosk_ui.visiting import LOOKS_COOKIE, forget, note_looks, remember, secret_shown

LOOKS_LAST = timedelta(seconds=90)
"""Looks chosen on the waiting screen wait this long for their person to begin."""


def register(blueprint: Blueprint) -> None:
    """Put the start of a visit into *blueprint*; the waiting screen itself has an open door."""
    blueprint.post("/start", endpoint="start")(start)


def attract() -> ResponseReturnValue:
    """Show the waiting screen; without a terminal, say so; with a visit going on, go there."""
    if "terminal" not in g:
        return not_a_terminal_page()
    secret = secret_shown()
    with database().reading() as session:
        if secret and visits.active(session, terminal_id=terminal().id, secret=secret):
            return redirect(url_for("kiosk.services"), 303)
        # Looks that lie beside the secret of a visit that is over were another person's.
        looks = Looks() if secret else chosen_looks()
        screen = this_screen(session, looks=looks, back=url_for("kiosk_door.attract"))
        needs = (DeviceKind.ID_READER.value, DeviceKind.A4_PRINTER.value)
        fault = fault_at(session, terminal().id)
        card = left_card_at(session, terminal().id)
        beside = beside_at(session, terminal().id, screen.language)
        abilities = {need: ability_at(session, terminal().id, needs=[need]) for need in needs}
    closed = [ability.reasons[0] for ability in abilities.values() if not ability.possible]
    told_at = fault.told_at if fault else None
    if terminal().locked or len(closed) == len(needs):
        reason = "hardware" if terminal().locked else reason_word(closed[0])
        response = make_response(
            show(OutOfServicePage(screen=screen, reason=reason, told_at=told_at))
        )
    else:
        page = AttractPage(
            screen=screen,
            start_url=url_for("kiosk.start"),
            fault=fault.word if fault else None,
            told_at=told_at,
            left_card=card,
            beside=beside,
        )
        response = make_response(show(page))
    if secret:
        forget(response)
    return response


def start() -> ResponseReturnValue:
    """Begin a visit in the chosen language, in the looks chosen before."""
    if terminal().locked:
        return redirect(url_for("kiosk_door.attract"), 303)
    language = Looks.read(request.form).language
    looks = chosen_looks()
    with database().unit_of_work() as session:
        started = start_visit(
            session,
            terminal_id=terminal().id,
            site_id=terminal().site_id,
            language=language.value,
            size=looks.size.value,
            theme=looks.theme.value,
            reach=looks.reach.value,
        )
    response = make_response(redirect(url_for("kiosk.services"), 303))
    remember(response, started)
    note_looks(response, looks)
    return response


def chosen_looks() -> Looks:
    """Return the looks that were chosen on the waiting screen; its language is always Chinese."""
    kept = request.cookies.get(LOOKS_COOKIE, "").split(".")
    names = ("size", "theme", "reach")
    values = dict(zip(names, kept, strict=False)) if len(kept) == len(names) else {}
    return Looks.read({**values, "language": Language.ZH.value})
