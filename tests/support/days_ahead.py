"""
Every test on another day: `KIOSK_TEST_DAYS_AHEAD=400` puts the product's clock so far ahead.

A test that makes something by the machine's clock, and looks for it at a day that stands in its own
text, passes until that day and fails after it. Played on a day to come, it is found beforehand.

The clock of this process alone is moved. What asks one that stays, of a program or of the files, is
marked `real_clock`; `make another-day` leaves it out.
"""

import os
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from kiosk_server.core import clock

VARIABLE = "KIOSK_TEST_DAYS_AHEAD"


def install() -> None:
    """Move the clock if the environment says so; time that stands still in a test is left alone."""
    ahead = timedelta(days=int(os.environ.get(VARIABLE, "0")))

    def later() -> datetime:
        return clock._frozen_at.get() or datetime.now(UTC) + ahead

    if ahead:
        patch.object(clock, "now", later).start()
