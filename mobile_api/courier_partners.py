"""
The couriers that the phone's doors know of: who would carry, and who pays him.

Once for a process, as for every partner. Asking a courier is the worker's business.
"""

from flask import current_app
from flask.sansio.app import App

from kiosk_server.core.database import Database
from kiosk_server.core.errors import FieldFault, Invalid, Unavailable
from kiosk_server.deliveries.ports import CourierName, Couriers, Payer
from kiosk_server.gateways.couriers_assembly import couriers_from
from kiosk_server.settings import Settings
from kiosk_server.web.request_context import settings

EXTENSION = "mobile_couriers"
"""Where the application keeps them; a test puts others there."""


def attach_couriers(app: App, settings: Settings) -> None:
    """Give *app* the couriers that *settings* name."""
    database: Database = app.extensions["kiosk_database"]
    app.extensions[EXTENSION] = couriers_from(settings, database)


def couriers() -> Couriers:
    """Return the couriers of this server."""
    found: Couriers = current_app.extensions[EXTENSION]
    return found


def first_courier() -> CourierName:
    """Return who carries (P26: the region's first); raises `Unavailable("no_courier")`."""
    found = couriers().first()
    if found is None:
        raise Unavailable("no_courier")
    return found


def payers() -> tuple[Payer, ...]:
    """Return who may pay the courier here, the usual one first."""
    return tuple(Payer(each) for each in settings().couriers.payers)


def payer(wanted: Payer | None = None) -> Payer:
    """Return who pays: *wanted* if he may, and the usual one where nobody is named.

    Raises `Invalid("payer_not_offered")`.
    """
    offered = payers()
    if wanted is not None and wanted not in offered:
        raise Invalid("payer_not_offered", fields=[FieldFault("payer", "payer_not_offered")])
    return wanted or offered[0]
