"""
A clock that runs faster or slower than the wall's, the same in every process of a fleet.

Nothing of the product knows of it: its one clock is put in place of the product's when the server
and the worker of a fleet start, see `hurried_server` and `hurried_worker`.
"""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from unittest.mock import patch

from kiosk_server.core import clock

VARIABLE = "KIOSK_TEST_FLEET_CLOCK"


@dataclass(frozen=True)
class Hurry:
    """At *real* (seconds of the wall) it was *began*; *factor* seconds pass in one of the wall."""

    factor: float
    real: float
    began: float

    @classmethod
    def from_noon(cls, factor: float) -> "Hurry":
        """Return a clock at which it is noon in Beijing now: people are called for all there is."""
        now = datetime.now(clock.BEIJING)
        noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
        return cls(factor, time.time(), noon.timestamp())

    @classmethod
    def as_it_is(cls) -> "Hurry":
        """Return the wall's own clock."""
        now = time.time()
        return cls(1.0, now, now)

    @classmethod
    def from_environment(cls) -> "Hurry":
        """Return the clock that the process was started with."""
        return cls(*(float(part) for part in os.environ[VARIABLE].split(",")))

    def text(self) -> str:
        """Return it for the environment of a process."""
        return f"{self.factor!r},{self.real!r},{self.began!r}"

    def seconds(self) -> float:
        """Return what time it is."""
        return self.began + (time.time() - self.real) * self.factor

    def now(self) -> datetime:
        """Return the same as the product's clock does."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def take_the_place(self) -> None:
        """Be the product's clock in this process until it ends."""
        patch.object(clock, "now", self.now).start()
