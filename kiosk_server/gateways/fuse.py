"""A fuse (熔断): after failures in a row a partner is left alone for a while."""

from datetime import datetime, timedelta

MOST_FAILURES = 5
REST = timedelta(seconds=30)


class Fuse:
    """Blows after five failures in a row; half a minute later one question is let through."""

    def __init__(self) -> None:
        self._failures = 0
        self._rests_until: datetime | None = None

    def is_blown(self, now: datetime) -> bool:
        """Return whether nothing may be asked at *now*."""
        return self._rests_until is not None and now < self._rests_until

    def strain(self, now: datetime) -> None:
        """Count a failure."""
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            self._rests_until = now + REST

    def mend(self) -> None:
        """Forget the failures: an answer came."""
        self._failures, self._rests_until = 0, None
