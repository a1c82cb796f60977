"""
`kill -9` of server and workers in the middle of payments, notices, closings and refunds.

Real processes over both databases, notices over HTTP to the real doors, three channels true to
their documents that lose, forge and repeat what they say: the money is right in the end.
"""

import os
from pathlib import Path

import pytest

from kiosk_server.core.database import Database
from kiosk_server.settings import Settings
from tests.money.kill_nine import story
from tests.support.warm_starts import WarmStarts

pytestmark = pytest.mark.policy("P43")

WHOLE = os.environ.get("KIOSK_TEST_WHOLE_MATRIX") == "1"
ORDERS, ORDERS_A_BLOW, KILLED = (2000, 25, 0.005) if WHOLE else (40, 8, 0.01)


def test_money_is_right_though_programs_are_killed(
    settings: Settings, database: Database, warm: WarmStarts, tmp_path: Path
) -> None:
    """Each order ends paid once, closed or paid back, and the day reconciles to the fen."""
    with story(settings, database, warm, tmp_path, seed=11, killed=KILLED) as money:
        told = money.tell(ORDERS, ORDERS_A_BLOW)
        assert told.is_right, told
        assert sum(told.verdict.states.values()) == ORDERS
        assert min(told.kills.values()) > 0
        assert told.verdict.states["paid"] > 0
