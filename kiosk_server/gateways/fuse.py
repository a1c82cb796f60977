"""A fuse (熔断): after failures in a row a partner is left alone for a while."""

from datetime import datetime, timedelta

from kiosk_server.gateways.exchanges import Heard

MOST_FAILURES = 5
REST = timedelta(seconds=30)


class Fuse:
    """Blows after five failures in a row; half a minute later one question is let through."""

    def __init__(self, heard: Heard | None = None) -> None:
        """*heard* is told of each exchange, whether the partner answered."""
        self._heard = heard
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
        self._tell(answered=False)

    def mend(self) -> None:
        """Forget the failures: an answer came."""
        self._failures, self._rests_until = 0, None
        self._tell(answered=True)

    def _tell(self, *, answered: bool) -> None:
        if self._heard is not None:
            self._heard(answered)
