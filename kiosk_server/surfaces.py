"""Every door of the server, in one list: each surface with its guard."""

from kiosk_server.callbacks.surface import callback_surfaces
from kiosk_server.public.surface import public_surfaces
from kiosk_server.settings import Settings
from kiosk_server.staff_console.surface import staff_surfaces
from kiosk_server.terminal_api.surface import terminal_surfaces
from kiosk_server.verifier_api.surface import verifier_surfaces
from kiosk_server.web.front import front_surfaces
from kiosk_server.web.health import health_surfaces
from kiosk_server.web.metrics import metrics_surfaces
from kiosk_server.web.surface import Surface
from kiosk_ui.surface import kiosk_surfaces
from mobile_api.surface import mobile_surfaces


def surfaces(settings: Settings) -> list[Surface]:
    """Return the surfaces that *settings* open; development doors are absent in production."""
    return [
        *front_surfaces(settings),
        *health_surfaces(),
        *metrics_surfaces(),
        *public_surfaces(settings),
        *callback_surfaces(),
        *staff_surfaces(),
        *terminal_surfaces(),
        *verifier_surfaces(),
        *kiosk_surfaces(settings),
        *mobile_surfaces(settings),
    ]
