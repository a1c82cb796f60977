"""The workshop on both databases."""

import pytest

from kiosk_server.core.database import Database
from tests.support.workshop import Workshop


@pytest.fixture
def workshop(database: Database) -> Workshop:
    """One terminal without paper, with its alert; the technician is on call."""
    return Workshop(database)
