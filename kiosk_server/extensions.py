"""
The only place that knows Flask-SQLAlchemy: it builds the engine, nothing else.

Rooms use `core.database`; nobody uses `db.session`, which needs a request to exist.
"""

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from kiosk_server.certificates import digests
from kiosk_server.core.cryptography import Keyring
from kiosk_server.core.database import Base, Database, engine_options
from kiosk_server.files.assembly import shelves_from
from kiosk_server.settings import Settings

db = SQLAlchemy(model_class=Base, add_models_to_shell=False)
csrf = CSRFProtect()


def keyring_from(settings: Settings) -> Keyring:
    """Return the keys that *settings* name."""
    return Keyring(sealing_keys=settings.field_keys, index_key=settings.index_key)


def attach_database(app: Flask, settings: Settings) -> Database:
    """Build the engine through Flask-SQLAlchemy and hand it to the rooms' `Database`."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    db.init_app(app)
    with app.app_context():
        database = Database(db.engine, keyring_from(settings))
    _lend(database, settings)
    app.extensions["kiosk_database"] = database
    return database


def open_database(settings: Settings) -> Database:
    """Return the same database for a process without a web application: worker, commands."""
    database = Database.at(settings.database_url, keyring_from(settings))
    _lend(database, settings)
    return database


def _lend(database: Database, settings: Settings) -> None:
    database.lend("shelves", shelves_from(settings))
    database.lend(digests.LENT_AS, settings.digests)
