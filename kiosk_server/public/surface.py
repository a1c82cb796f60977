"""
The public doors: the house, `/scan`, `/v/` a paper, `/s/` a phone's code, `/c/` a card, `/r/` a
rating, `/board/` a waiting hall, `/q/` one of its tickets, all open; and behind a sign-in of their
own those of organisations that verify.
"""

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.public import (
    applying,
    asking,
    board,
    card,
    credential_lists,
    desk,
    documents,
    entry,
    live_code,
    rating,
    scan,
    scan_installing,
    sign,
    ticket,
    verdict,
    verifier_door,
)
from kiosk_server.public.cashier import cashier_surface
from kiosk_server.public.language import offered, offered_language
from kiosk_server.public.verifiers import VERIFIER
from kiosk_server.settings import Settings
from kiosk_server.web.languages import DEFAULT
from kiosk_server.web.surface import OPEN, Surface
from kiosk_server.web.words import messages


def public_surfaces(settings: Settings) -> list[Surface]:
    """
    Return the surface that asks nobody who he is, and that of verifiers who are signed in.

    Outside production, the cashier that only plays one too.
    """
    blueprint = _blueprint("public")
    blueprint.add_url_rule("/", view_func=home)
    entry.add_routes(blueprint)
    verdict.add_routes(blueprint)
    documents.add_routes(blueprint)
    credential_lists.add_routes(blueprint)
    rating.add_routes(blueprint)
    live_code.add_routes(blueprint)
    card.add_routes(blueprint)
    scan.add_routes(blueprint)
    scan_installing.add_routes(blueprint)
    sign.add_routes(blueprint)
    board.add_routes(blueprint)
    ticket.add_routes(blueprint)
    applying.add_routes(blueprint)
    verifier_door.add_routes(blueprint)
    signed_in = _blueprint("verifying")
    verifier_door.add_signed_in_routes(signed_in)
    asking.add_routes(signed_in)
    desk.add_routes(signed_in)
    played = [] if settings.production else [cashier_surface(_blueprint("cashier"))]
    return [Surface(blueprint, OPEN), Surface(signed_in, VERIFIER), *played]


def _blueprint(name: str) -> Blueprint:
    blueprint = Blueprint(name, __name__, template_folder="templates")
    blueprint.before_request(_choose_language)
    blueprint.after_request(_keep_out_of_search)
    blueprint.context_processor(lambda: {"offered_languages": offered(), "zh": _chinese})
    return blueprint


def home() -> ResponseReturnValue:
    """Say what answers at this address, and where to go."""
    return render_template("public/home.html")


def _chinese(message_id: str) -> str:
    return messages().text(DEFAULT, message_id)


def _choose_language() -> None:
    g.language = offered_language(request)


def _keep_out_of_search(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
