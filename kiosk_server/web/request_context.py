"""What a view may ask of the request it serves: database, settings, request id, actor."""

from flask import current_app, g

from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.settings import Settings


def database() -> Database:
    """Return the application's database."""
    found: Database = current_app.extensions["kiosk_database"]
    return found


def settings() -> Settings:
    """Return the application's settings."""
    found: Settings = current_app.extensions["kiosk_settings"]
    return found


def request_id() -> str:
    """Return the id under which this request stands in logs and in problems shown to people."""
    if "request_id" not in g:
        g.request_id = new_id()
    found: str = g.request_id
    return found
