"""The payment channels of this server, made once for the process: their fuses must remember."""

from flask import current_app

from kiosk_server.gateways.pay_assembly import payment_gateways
from kiosk_server.payments.ports import Gateways
from kiosk_server.payments.rules import AT_WINDOW
from kiosk_server.web.request_context import database, settings

EXTENSION = "payment_channels"
"""Where the application keeps them; a test puts others there."""


def payment_channels() -> Gateways:
    """Return the channels that a payer may choose himself, in the order in which they are offered.

    What needs a person at a window is not among them: see `every_channel`.
    """
    return {name: way for name, way in every_channel().items() if name not in AT_WINDOW}


def every_channel() -> Gateways:
    """Return all channels that are connected, those of the windows too."""
    found: Gateways | None = current_app.extensions.get(EXTENSION)
    if found is None:
        made = payment_gateways(settings(), database())
        found = current_app.extensions.setdefault(EXTENSION, made)
    return found
