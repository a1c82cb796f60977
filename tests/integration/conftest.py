"""The counter that room tests share: an open one at three in the morning."""

from collections.abc import Iterator

import pytest

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.settings import Settings
from tests.support.counter import THREE_AT_NIGHT, Counter


@pytest.fixture
def counter(database: Database, settings: Settings) -> Iterator[Counter]:
    """Places, catalogue and two terminals, on both databases; time stands at three at night."""
    with clock.frozen(THREE_AT_NIGHT):
        yield Counter(database, settings).open()
