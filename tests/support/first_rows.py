"""
First data of a test, entered for real once in a process and from then on as the rows it made.

Entering places, catalogue and accounts row by row is a good half of what most tests cost. The
rows a second test gets are the same down to their ids, in a database of its own; a database that
holds anything of them already is served by the real verb, and so is each new standing time.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, exists, insert, select

from kiosk_server.catalogue import first_data as catalogue
from kiosk_server.cli.seed import seed as enter_everything
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.migrations.tables import all_tables
from kiosk_server.places import first_data as places
from kiosk_server.places.models import Site
from kiosk_server.settings import Settings
from kiosk_server.staff.seed import demo_accounts

Rows = list[dict[str, Any]]
_made: dict[tuple[str, datetime | None, object], dict[Table, Rows]] = {}


def enter_places(database: Database) -> None:
    """Enter the sample divisions, sites and host places, unless there are sites already."""

    def enter() -> None:
        with database.unit_of_work() as session:
            if session.scalar(select(Site.id).limit(1)) is None:
                places.enter(session)

    _once(database, "places", enter)


def open_catalogue(database: Database) -> None:
    """Enter the sample places and publish every sample item."""

    def enter() -> None:
        with database.unit_of_work() as session:
            places.enter(session)
            catalogue.publish_all(session)

    _once(database, "catalogue", enter)


def enter_staff(database: Database) -> None:
    """Enter the sample places and the demo accounts."""

    def enter() -> None:
        with database.unit_of_work() as session:
            places.enter(session)
            demo_accounts(session, production=False)

    _once(database, "staff", enter)


def seed(database: Database, settings: Settings) -> None:
    """Enter all that `seed` enters on a development server."""
    assert not settings.production
    _once(database, "seed", lambda: enter_everything(database, settings))


def _once(database: Database, name: str, enter: Callable[[], object]) -> None:
    keys = tuple(database.keyring.sealing_keys.items()), database.keyring.index_key
    key = (name, clock._frozen_at.get(), keys)
    made = _made.get(key)
    with database.unit_of_work() as session:
        there = session.connection()
        empty = not _occupied(there, all_tables().sorted_tables if made is None else list(made))
        if made is not None and empty:
            for table, rows in made.items():
                there.execute(insert(table), rows)
            return
    enter()
    if empty:
        with database.reading() as session:
            _made[key] = _rows_in(session.connection())


def _occupied(there: Connection, tables: Sequence[Table]) -> bool:
    return any(there.scalar(select(exists().select_from(table))) for table in tables)


def _rows_in(there: Connection) -> dict[Table, Rows]:
    found: dict[Table, Rows] = {}
    for table in all_tables().sorted_tables:
        # What the database counts by itself, it counts again.
        kept = [column for column in table.columns if column is not table.autoincrement_column]
        rows = [dict(row) for row in there.execute(select(*kept)).mappings()]
        if rows:
            found[table] = rows
    return found
