"""The document of the phone's API; `docs/openapi/mobile-v1.json` is it, checked in."""

from collections.abc import Iterable

from kiosk_server.web import openapi
from kiosk_server.web.api_doors import Schema
from mobile_api.doors import API, Door


def document(doors: Iterable[Door]) -> Schema:
    """Return the OpenAPI document of *doors*."""
    return openapi.document(API, doors)
