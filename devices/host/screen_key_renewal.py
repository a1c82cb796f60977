"""
When the key for codes is fetched (维护码密钥): when the server holds another, and hardly otherwise.

Every heartbeat's answer names the edition of the key that the server holds. A server that names
none is asked once a day.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from devices.host.ports import LineDead, Refused
from devices.host.screen_codes import ScreenCodes, ScreenKey

UNTOLD_EVERY_SECONDS = 24 * 3600.0
REFUSED_EVERY_SECONDS = 600.0


class KeyCounter(Protocol):
    """The server's end."""

    @property
    def screen_key_edition(self) -> str:
        """The edition that the last heartbeat's answer named; empty where it named none."""
        ...

    def screen_key(self) -> ScreenKey | Refused | LineDead:
        """Fetch the key."""
        ...


@dataclass
class ScreenKeyRenewal:
    """Keeps *codes* in step with the server; one thread calls `renew`. *key_id* is the signing
    key that this terminal was enrolled with."""

    counter: KeyCounter
    codes: ScreenCodes
    key_id: str
    now: Callable[[], float] = time.monotonic
    _not_before: float = float("-inf")
    _asked_at: float | None = None

    def renew(self) -> bool:
        """Fetch the key if it is due; returns False when the server could not be reached."""
        if not self._due():
            return True
        found = self.counter.screen_key()
        if isinstance(found, LineDead):
            return False
        if isinstance(found, Refused):
            # A server that gives none may still take what was checked.
            self._not_before = self.now() + REFUSED_EVERY_SECONDS
            return True
        try:
            self.codes.take_key(found)
        except OSError:
            return False
        self._asked_at = self.now()
        return True

    def _due(self) -> bool:
        if self.now() < self._not_before:
            return False
        if self._asked_at is None and self.codes.key_id != self.key_id:
            # None was ever given, or it was given to whoever this machine was before.
            return True
        told = self.counter.screen_key_edition
        if told:
            return told != self.codes.edition
        if self._asked_at is None:
            # Just started: the first heartbeat's answer may spare the question.
            self._asked_at = self.now()
        return self.now() - self._asked_at >= UNTOLD_EVERY_SECONDS
