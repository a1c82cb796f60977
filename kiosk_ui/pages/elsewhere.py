"""`/kiosk/` seen without a terminal: a page that says what this is and where to go instead."""

from flask import url_for
from flask.typing import ResponseReturnValue

from kiosk_server.core import clock
from kiosk_server.places import queries as places
from kiosk_server.places.models import SiteLevel
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.words import current_language
from kiosk_ui.panels import EITHER
from kiosk_ui.presenters.wording import chinese, worded
from kiosk_ui.showing import doors_of, show
from kiosk_ui.sun import hour_of
from kiosk_ui.view_models import Language, NotATerminalPage, Place, Screen

UNNAMED = "政务服务中心"


def not_a_terminal_page() -> ResponseReturnValue:
    """Say that this is no terminal, in the language that the browser asks for."""
    language = Language(current_language().code)
    doors = doors_of(EITHER, url_for("kiosk_door.attract"))
    return show(
        NotATerminalPage(
            screen=Screen(
                place=_city(language),
                assets=doors.assets,
                dock=doors.dock,
                now=clock.to_beijing(clock.now()),
                csrf_token="",
                language=language,
                hour=hour_of(clock.now()),
                development=not settings().production,
            ),
        )
    )


def _city(language: Language) -> Place:
    with database().reading() as session:
        centres = places.sites(session, level=SiteLevel.CITY_CENTRE)
    name = worded(centres[0].names, language) if centres else chinese(UNNAMED, language)
    address = worded(centres[0].addresses, language) if centres else name
    return Place(service=name, site=address, body=name, help_phone=settings().help_phone)
