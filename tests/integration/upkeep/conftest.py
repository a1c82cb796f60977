"""A town on both databases, at noon."""

import pytest

from kiosk_server.core.database import Database
from tests.support.ailing import Ailing


@pytest.fixture
def town(database: Database) -> Ailing:
    """Nothing in it yet: `town.open(centre=…, town=…)`."""
    return Ailing(database)
