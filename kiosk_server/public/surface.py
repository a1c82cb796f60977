"""
The public doors, all open: the house, `/scan`, `/v/` a paper, `/s/` a phone's code, `/r/` a rating.
"""

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.public import (
    credential_lists,
    documents,
    entry,
    live_code,
    rating,
    scan,
    scan_installing,
    verdict,
)
from kiosk_server.public.language import offered, offered_language
from kiosk_server.web.languages import DEFAULT
from kiosk_server.web.surface import OPEN, Surface
from kiosk_server.web.words import messages


def public_surfaces() -> list[Surface]:
    """Return the surface that asks nobody who he is."""
    blueprint = Blueprint("public", __name__, template_folder="templates")
    blueprint.before_request(_choose_language)
    blueprint.after_request(_keep_out_of_search)
    blueprint.context_processor(lambda: {"offered_languages": offered(), "zh": _chinese})
    blueprint.add_url_rule("/", view_func=home)
    entry.add_routes(blueprint)
    verdict.add_routes(blueprint)
    documents.add_routes(blueprint)
    credential_lists.add_routes(blueprint)
    rating.add_routes(blueprint)
    live_code.add_routes(blueprint)
    scan.add_routes(blueprint)
    scan_installing.add_routes(blueprint)
    return [Surface(blueprint, OPEN)]


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
