"""A server with the sample city, and a person before a terminal that is ready; on both engines."""

from collections.abc import Iterator

import pytest
from flask import Flask

from kiosk_server.app import create_app
from kiosk_server.cli.seed import seed
from kiosk_server.core.database import Database
from kiosk_server.settings import Settings
from tests.support.kiosk_person import Person, ready_terminal
from tests.support.terminal_client import SignedTerminal


@pytest.fixture
def counter(settings: Settings, database: Database) -> Iterator[Flask]:
    """The whole server over this test's database, with sites and catalogue in it."""
    seed(database, settings)
    app = create_app(settings)
    yield app
    app.extensions["kiosk_database"].dispose()


@pytest.fixture
def terminal(counter: Flask) -> SignedTerminal:
    """A terminal whose devices are ready."""
    return ready_terminal(SignedTerminal(counter))


@pytest.fixture
def person(terminal: SignedTerminal) -> Person:
    """A person before that terminal."""
    return Person(terminal)
