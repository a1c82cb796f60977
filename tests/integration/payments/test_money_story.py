"""Many orders among lost answers, doubled notices and workers that die: the money is right."""

import pytest

from kiosk_server.core.database import Database
from tests.support.money_story import Story

ORDERS = 30


@pytest.mark.policy("P43")
def test_many_orders_end_right_whatever_happens(database: Database) -> None:
    """Each order ends paid once, closed or paid back, and every day reconciles to the fen."""
    verdict = Story(database, seed=7).tell(ORDERS)
    assert verdict.is_right, verdict
    assert sum(verdict.states.values()) == ORDERS
    assert min(verdict.states["paid"], verdict.states["closed"]) > 0
    assert verdict.kills > 0
