"""The billers' partners of this server, made once for the process: their fuses must remember."""

from flask import current_app

from kiosk_server.bills.ports import Gateways
from kiosk_server.gateways.billers_assembly import biller_gateways as gateways_from
from kiosk_server.web.request_context import database, settings

EXTENSION = "biller_gateways"
"""Where the application keeps them; a test puts others there."""


def biller_gateways() -> Gateways:
    """Return the partners that are connected, by the names that billers give them."""
    found: Gateways | None = current_app.extensions.get(EXTENSION)
    if found is None:
        made = gateways_from(settings(), database())
        found = current_app.extensions.setdefault(EXTENSION, made)
    return found
