"""
A region that only plays its part (模拟): it shows what is published, and nobody books there.

What was said to it is counted for the log and kept nowhere else.
"""

from collections.abc import Sequence

import structlog

from kiosk_server.bookings.ports import DayPublished, RegionWish, WishAnswer
from kiosk_server.queue.ports import HallReport

log = structlog.get_logger()


class SimulatedUnifiedBooking:
    """Takes every day and every answer, and has no wishes of its own."""

    simulated = True

    def publish(self, day: DayPublished) -> bool:
        """Take a day."""
        log.debug("simulated_day_taken", site=day.site_id, slots=len(day.slots))
        return True

    def wishes(self, after: int) -> Sequence[RegionWish]:
        """Have none."""
        return ()

    def answer(self, told: WishAnswer) -> bool:
        """Take an answer."""
        return True


class SimulatedHall:
    """Takes every report."""

    simulated = True

    def report(self, told: HallReport) -> bool:
        """Take tickets."""
        log.debug("simulated_tickets_taken", site=told.site_id, tickets=len(told.tickets))
        return True
