"""
The partners that the phone's doors use: short messages, real names, the region, the messenger.

Assembled once for each server process. None means that there is no such partner here, and its way
is not offered.
"""

from dataclasses import dataclass

from flask import current_app
from flask.sansio.app import App

from kiosk_server.core.database import Database
from kiosk_server.gateways.assembly import Gateways, gateways_from
from kiosk_server.settings import Settings

EXTENSION = "mobile_partners"
"""Where the application keeps its partners; a test puts others there."""


@dataclass(frozen=True)
class Ways:
    """Which ways of signing in and of proving oneself are open, and what only plays its part."""

    sms: bool
    region: bool
    mini_program: bool
    name_check: bool
    simulated: tuple[str, ...]


def attach_partners(app: App, settings: Settings) -> None:
    """Give *app* the partners that *settings* name."""
    database: Database = app.extensions["kiosk_database"]
    app.extensions[EXTENSION] = gateways_from(settings, database)


def partners() -> Gateways:
    """Return the partners of this server."""
    found: Gateways = current_app.extensions[EXTENSION]
    return found


def ways() -> Ways:
    """Return what is open here."""
    found = partners()
    parts = {
        "sms": found.messages,
        "region": found.region,
        "mini_program": found.mini_program,
        "name_check": found.real_names,
    }
    return Ways(
        **{name: part is not None for name, part in parts.items()},
        simulated=tuple(name for name, part in parts.items() if part and part.simulated),
    )
