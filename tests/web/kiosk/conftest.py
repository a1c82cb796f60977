"""
A server with the sample city, and a person before a terminal that is ready.

The story is walked on both engines (`person_on_both`); everything else on SQLite, since the pages
hold no SQL of their own.
"""

from collections.abc import Iterator

import pytest
from flask import Flask

from kiosk_server.app import create_app
from kiosk_server.core.database import Database
from kiosk_server.settings import Settings
from tests.support.first_rows import seed
from tests.support.kiosk_person import Person, ready_terminal
from tests.support.terminal_client import SignedTerminal, database_of


@pytest.fixture
def counter(app: Flask, settings: Settings) -> Flask:
    """The whole server with sites and catalogue in it."""
    seed(database_of(app), settings)
    return app


@pytest.fixture
def person(counter: Flask) -> Person:
    """A person before a terminal whose devices are ready."""
    return Person(ready_terminal(SignedTerminal(counter)))


@pytest.fixture
def person_on_both(settings: Settings, database: Database) -> Iterator[Person]:
    """The same, once on each engine."""
    seed(database, settings)
    app = create_app(settings)
    yield Person(ready_terminal(SignedTerminal(app)))
    database_of(app).dispose()
