"""The town of paper on both databases."""

import pytest

from kiosk_server.core.database import Database
from tests.support.paper_town import PaperTown


@pytest.fixture
def paper(database: Database) -> PaperTown:
    """One terminal that nobody has told anything of yet."""
    return PaperTown(database)
