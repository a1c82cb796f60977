"""
The worker of a story: the real one with the story's clock, which it looks at when a minute is over.

The house looks every ten seconds; here a minute may be over at any moment, and a look is too dear
to be taken several times a second.
"""

import sys
from datetime import datetime
from unittest.mock import patch

from kiosk_server import worker
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from tests.money.leaping import LeapingClock

GLANCE_EVERY_SECONDS = 0.2


def main() -> int:
    """Work until told to stop."""
    LeapingClock.from_environment().take_the_place()
    look, looked_at = worker._look_at_clock, datetime.min

    def glance(database: Database) -> float:
        nonlocal looked_at
        minute = clock.now().replace(second=0, microsecond=0, tzinfo=None)
        if minute != looked_at:
            look(database)
            looked_at = minute
        return GLANCE_EVERY_SECONDS

    with patch.object(worker, "_look_at_clock", glance):
        return worker.main()


if __name__ == "__main__":
    sys.exit(main())
