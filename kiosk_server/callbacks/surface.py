"""The doors of partners, each a surface of its own: a surface has one guard."""

from kiosk_server.callbacks.couriers import courier_callbacks
from kiosk_server.callbacks.payments import payment_callbacks
from kiosk_server.web.surface import Surface


def callback_surfaces() -> list[Surface]:
    """Return the surface of every partner who tells us something."""
    return [*payment_callbacks(), *courier_callbacks()]
