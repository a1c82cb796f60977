"""
Every door of the verifiers' API (核验接口), and its document.

A resource is one file with a table `DOORS` at its end, and one name in `RESOURCES`.
"""

from functools import cache
from types import ModuleType

from flask import Blueprint, Response

from kiosk_server.core.database import canonical_json
from kiosk_server.verifier_api import looks, questions, statements, tokens
from kiosk_server.verifier_api.access import ANYBODY
from kiosk_server.web import openapi
from kiosk_server.web.api_doors import Api, Door, Schema, surfaces_of_doors
from kiosk_server.web.surface import Surface

PREFIX = "/api/verifier/v1"
RESOURCES: tuple[ModuleType, ...] = (tokens, looks, questions, statements)
_DESCRIPTION = """\
For programs of organisations that verify (核验单位). A credential becomes a token of minutes at
`/token`. A look is answered 200 whether it showed anything or not: `reason` says why not. Every
look stands in its holder's log with the organisation's name. What may not be done is problem+json
(RFC 9457) with a stable `code`; past a quota it is 429 with `Retry-After`. A GET changes nothing
and carries an ETag. A POST may carry an Idempotency-Key: sent again with the same body, it is
answered again and not done again.
"""
API = Api(
    slug="verifier",
    prefix=PREFIX,
    title="Verifier API",
    version="1.0.0",
    description=_DESCRIPTION,
    schemes={"token": {"type": "http", "scheme": "bearer"}},
)


def doors() -> tuple[Door, ...]:
    """Return every door of the API, version 1."""
    return tuple(door for resource in RESOURCES for door in resource.DOORS)


def document() -> Schema:
    """Return the API's document; `docs/openapi/verifier-v1.json` is it, checked in."""
    return openapi.document(API, doors())


@cache
def _document() -> str:
    # Reckoned when it is first asked for: it would be a fifth of what starting a server costs.
    return canonical_json(document())


def verifier_surfaces() -> list[Surface]:
    """Return the API's surfaces: its doors by their guards, and the document."""
    blueprint = Blueprint("verifier_document", __name__, url_prefix=PREFIX)

    @blueprint.get("/openapi.json", endpoint="openapi")
    def served() -> Response:
        """Answer with the document of this version."""
        response = Response(_document(), content_type="application/json")
        response.headers["Cache-Control"] = "public, max-age=300"
        return response

    papers = Surface(blueprint, ANYBODY.guard, problems="json", forms=False)
    return [papers, *surfaces_of_doors(API, doors())]
