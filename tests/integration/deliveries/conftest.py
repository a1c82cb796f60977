"""A town with couriers; it is noon on a Monday."""

from collections.abc import Iterator

import pytest

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from tests.support.delivering import NOON, Town


@pytest.fixture
def town(database: Database) -> Iterator[Town]:
    """Two people with addresses, the platform and EMS."""
    with clock.frozen(NOON):
        yield Town(database)
