"""The doors beneath `/kiosk/`: the first page, the static files, and everything behind them."""

import re
from types import ModuleType

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from kiosk_server.core.database import Database
from kiosk_server.core.errors import WrongState
from kiosk_server.settings import Settings
from kiosk_server.web.assets import FOREVER
from kiosk_server.web.front import asset_tree
from kiosk_server.web.guards import tell_server_time
from kiosk_server.web.surface import OPEN, Surface
from kiosk_ui.guard import DOOR, VISIT
from kiosk_ui.outside import EXTENSION, outside_for
from kiosk_ui.pages import (
    at_window,
    attract,
    bills,
    bills_owed,
    booking_choices,
    booking_days,
    booking_move,
    card,
    check_in,
    decision,
    helper,
    ladder,
    leaving,
    life,
    notice,
    number,
    one_code,
    own_bookings,
    own_phones,
    papers,
    papers_fetched,
    paying,
    printing,
    proof,
    rating,
    reprint,
    result_deeds,
    result_ways,
    results,
    services,
    settings_of_visit,
    tickets,
    wallet,
)
from kiosk_ui.pages.pattern_book import pattern_book_surface
from kiosk_ui.refusing import refusal_page
from kiosk_ui.visiting import progress_here, tell_visit
from kiosk_ui.way import PAGE_OF, next_step

PAGES: tuple[ModuleType, ...] = (
    services,
    life,
    notice,
    card,
    ladder,
    number,
    one_code,
    helper,
    proof,
    decision,
    paying,
    result_ways,
    results,
    result_deeds,
    papers,
    papers_fetched,
    printing,
    reprint,
    own_phones,
    wallet,
    at_window,
    tickets,
    check_in,
    bills,
    bills_owed,
    booking_choices,
    booking_days,
    booking_move,
    own_bookings,
    rating,
    leaving,
    settings_of_visit,
)
_MILLIMETRE = re.compile(r"[2-6](\.\d{1,2})?")


def kiosk_surfaces(settings: Settings) -> list[Surface]:
    """Return the kiosk's surfaces: the open door, the static files, the pages of a visit."""
    book = [] if settings.production else [pattern_book_surface()]
    return [_door(), _statics(), *book, _pages(settings)]


def _door() -> Surface:
    blueprint = Blueprint("kiosk_door", __name__, url_prefix="/kiosk", template_folder="templates")
    tell_server_time(blueprint)
    blueprint.after_request(tell_visit)
    blueprint.get("/", endpoint="attract")(attract.attract)
    return Surface(blueprint, DOOR, problem_page=refusal_page, forms=False)


def _statics() -> Surface:
    blueprint = Blueprint("kiosk_static", __name__, url_prefix="/kiosk")

    @blueprint.get("/static/<version>/<path:path>", endpoint="file")
    def static_file(version: str, path: str) -> Response:
        return asset_tree("kiosk").send(version, path)

    @blueprint.get("/panel.css")
    def panel_css() -> Response:
        """Tell styles how fine the panel is: an inline style would need a hole in the policy."""
        rule = f":root{{--px-per-mm:{_measure('mm')}}}\n"
        if "across" in request.args:
            rule += f"@media(orientation:landscape){{:root{{--px-per-mm:{_measure('across')}}}}}\n"
        response = make_response(rule)
        response.content_type = "text/css; charset=utf-8"
        response.headers["Cache-Control"] = FOREVER
        return response

    return Surface(blueprint, OPEN, forms=False)


def _measure(name: str) -> str:
    found = request.args.get(name, "")
    if not _MILLIMETRE.fullmatch(found) or float(found) > 6:
        abort(404)
    return found


def _pages(settings: Settings) -> Surface:
    blueprint = Blueprint("kiosk", __name__, url_prefix="/kiosk", template_folder="templates")
    tell_server_time(blueprint)
    blueprint.after_request(tell_visit)

    @blueprint.record_once
    def attach(state: BlueprintSetupState) -> None:
        extensions = state.app.extensions
        database: Database = extensions["kiosk_database"]
        extensions[EXTENSION] = outside_for(database, settings)

    attract.register(blueprint)
    for group in PAGES:
        group.register(blueprint)

    @blueprint.errorhandler(WrongState)
    def second_touch(error: WrongState) -> ResponseReturnValue:
        # The deed was done before: the person wanted to go on, and does.
        return redirect(url_for(PAGE_OF[next_step(progress_here())]), 303)

    @blueprint.route("/<path:unknown>", methods=["GET", "POST"])
    def unknown(unknown: str) -> ResponseReturnValue:
        abort(404)

    return Surface(blueprint, VISIT, problem_page=refusal_page)
