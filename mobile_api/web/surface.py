"""The pages beneath `/m/`: those before signing in, and those behind the cookie."""

from pathlib import Path
from types import ModuleType

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState

from kiosk_server.settings import Settings
from kiosk_server.web.surface import Surface
from mobile_api.web import (
    addresses,
    answering,
    bills,
    bookings,
    cards,
    case_result,
    cases,
    certificate,
    choosing,
    consents,
    copies,
    deliveries,
    door,
    home,
    installing,
    life,
    me,
    notices,
    objections,
    offline_codes,
    own_data,
    pay_at_window,
    payments,
    places,
    refusals,
    region,
    scanning,
    sending_papers,
    show,
    statements,
    suggestions,
    terminal,
    wallet,
)
from mobile_api.web.frame import frame_values, problem_page
from mobile_api.web.guard import OPEN_PAGE, SIGNED_IN_PAGE

STATIC = Path(__file__).parents[1] / "static"
PAGES: tuple[ModuleType, ...] = (
    home,
    me,
    door,
    wallet,
    certificate,
    copies,
    cases,
    case_result,
    show,
    offline_codes,
    statements,
    objections,
    refusals,
    notices,
    own_data,
    consents,
    suggestions,
    cards,
    terminal,
    answering,
    scanning,
    choosing,
    bookings,
    bills,
    payments,
    pay_at_window,
    addresses,
    deliveries,
    sending_papers,
)
OPEN_PAGES: tuple[ModuleType, ...] = (door, region, installing, offline_codes, places, life)


def page_surfaces(settings: Settings) -> list[Surface]:
    """Return the surfaces of the phone's pages."""
    before, behind = _blueprint("mobile_door"), _blueprint("mobile_pages")

    @before.record_once
    def attach(state: BlueprintSetupState) -> None:
        state.app.extensions["mobile_static"] = STATIC

    for module in OPEN_PAGES:
        module.add_open_routes(before)
    for module in PAGES:
        module.add_routes(behind)
    return [
        Surface(before, OPEN_PAGE, problem_page=problem_page),
        Surface(behind, SIGNED_IN_PAGE, problem_page=problem_page),
    ]


def _blueprint(name: str) -> Blueprint:
    blueprint = Blueprint(name, __name__, url_prefix="/m", template_folder="templates")
    blueprint.context_processor(frame_values)
    return blueprint
