"""
Every door of the phone: the API's resources, their document, and the pages beneath `/m/`.

A resource is one file in `v1/` with a table `DOORS` at its end, and one line in `RESOURCES`.
"""

from functools import cache
from types import ModuleType

from flask import Blueprint, Response
from flask.sansio.blueprints import BlueprintSetupState

from kiosk_server.core.database import canonical_json
from kiosk_server.settings import Settings
from kiosk_server.web.surface import Surface
from mobile_api.access import ANYBODY
from mobile_api.certificate_partners import attach_certificate_partners
from mobile_api.courier_partners import attach_couriers
from mobile_api.doors import PREFIX, Door, surfaces_of_doors
from mobile_api.openapi import document
from mobile_api.partners import attach_partners
from mobile_api.v1 import (
    addresses,
    answers,
    bills,
    bookings,
    case_results,
    cases,
    certificates,
    consents,
    copies,
    deliveries,
    me,
    notices,
    objections,
    offline_codes,
    own_data,
    payments,
    phones,
    presentations,
    session,
    show_codes,
    sites,
    slots,
    terminal_passes,
    tickets,
    uses,
    waiting,
)
from mobile_api.web.surface import page_surfaces

RESOURCES: tuple[ModuleType, ...] = (
    session,
    me,
    own_data,
    consents,
    phones,
    notices,
    certificates,
    copies,
    case_results,
    cases,
    objections,
    show_codes,
    offline_codes,
    presentations,
    uses,
    terminal_passes,
    answers,
    sites,
    slots,
    bookings,
    waiting,
    payments,
    bills,
    tickets,
    addresses,
    deliveries,
)


def doors() -> tuple[Door, ...]:
    """Return every door of the API, version 1."""
    return tuple(door for resource in RESOURCES for door in resource.DOORS)


def mobile_surfaces(settings: Settings) -> list[Surface]:
    """Return the phone's surfaces: the API's doors by their guards, the document, the pages."""
    return [_papers(settings), *surfaces_of_doors(doors()), *page_surfaces(settings)]


@cache
def _document() -> str:
    # Reckoned when it is first asked for: it would be a fifth of what starting a server costs.
    return canonical_json(document(doors()))


def _papers(settings: Settings) -> Surface:
    """The document, and what is attached once: the partners."""
    blueprint = Blueprint("mobile_document", __name__, url_prefix=PREFIX)

    @blueprint.record_once
    def attach(state: BlueprintSetupState) -> None:
        attach_partners(state.app, settings)
        attach_certificate_partners(state.app, settings)
        attach_couriers(state.app, settings)

    @blueprint.get("/openapi.json", endpoint="openapi")
    def openapi() -> Response:
        """Answer with the document of this version."""
        response = Response(_document(), content_type="application/json")
        response.headers["Cache-Control"] = "public, max-age=300"
        return response

    return Surface(blueprint, ANYBODY.guard, problems="json", forms=False)
