"""
Whether a typed code opens the technician's pages (维护码): judged here, with or without the line.

HOTP (RFC 4226 §5.3) with SHA-256, eight digits, a window of two hours; good in the window in which
it was given out and in the next. A wrong guess is on disk before it is judged, so that no power cut
gives it back, and after five of them each costs twice the wait of the last.

Of time only this is believed: it is never earlier than what the server or a good code has shown. A
clock that stands before that is broken (a dead battery), and for a week of windows after it codes
are taken as they come: better than a machine that nobody can repair.
"""

import base64
import binascii
import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from devices.host.arrival_codes import arrival_code
from devices.host.check_values import ScreenRole
from devices.host.durable_file import write_durably

FILE = "screen-codes.json"
WINDOW_SECONDS = 7200
DIGITS = 8
FREE_GUESSES = 5
FIRST_WAIT_SECONDS = 30
LONGEST_WAIT_SECONDS = 3600
KEY_BYTES = 32
_SLOW_CLOCK_SECONDS = 300
_BROKEN_CLOCK_WINDOWS = 84


@dataclass(frozen=True, slots=True)
class CodeTaken:
    """The code is good, for this role; its window names who was shown it, at the server."""

    role: ScreenRole
    window: int


@dataclass(frozen=True, slots=True)
class CodeWrong:
    """It is not; it was counted."""


@dataclass(frozen=True, slots=True)
class CodeLocked:
    """Too many were wrong: nothing is looked at for so long."""

    seconds: int


@dataclass(frozen=True, slots=True)
class NoCodeKey:
    """This machine was never given a key for codes, or cannot write down a guess."""


CodeOutcome = CodeTaken | CodeWrong | CodeLocked | NoCodeKey


@dataclass(frozen=True, slots=True)
class ScreenKey:
    """What the server gives: the key, the signing key that it goes with, and which edition of all
    this it is; `arrive_at` is the address that takes an arrival's code."""

    key: bytes
    key_id: str
    edition: str = ""
    arrive_at: str = ""


@dataclass(frozen=True, slots=True)
class _Kept:
    key: bytes = b""
    key_id: str = ""
    edition: str = ""
    arrive_at: str = ""
    earliest_window: int = 0
    wrong: int = 0
    waiting_since: datetime | None = None


class ScreenCodes:
    """Judges codes; any thread may call. `now` is the server's time as known here."""

    def __init__(self, state: Path, now: Callable[[], datetime]) -> None:
        self._path = state / FILE
        self._now = now
        self._lock = threading.Lock()
        self._kept = _read(self._path)

    @property
    def key_id(self) -> str:
        """The signing key that the kept key goes with; empty without one."""
        with self._lock:
            return self._kept.key_id

    @property
    def edition(self) -> str:
        """The edition of what is kept, in the server's words; empty where it named none."""
        with self._lock:
            return self._kept.edition

    def arrival_address(self) -> str | None:
        """Where a phone says that it is here, good for a few minutes; None without a key, or while
        the clock is known to be broken."""
        with self._lock:
            kept, now = self._kept, self._now()
        if not kept.key or not kept.arrive_at or _window(now) < kept.earliest_window:
            return None
        return f"{kept.arrive_at}?code={arrival_code(kept.key, now)}"

    def take_key(self, given: ScreenKey) -> None:
        """Keep what the server gave, which has just told the time; on disk when this returns.

        Raises OSError where the disk takes nothing.
        """
        with self._lock:
            window = max(self._kept.earliest_window, _window(self._now()))
            self._keep(
                replace(
                    self._kept,
                    key=given.key,
                    key_id=given.key_id,
                    edition=given.edition,
                    arrive_at=given.arrive_at,
                    earliest_window=window,
                )
            )

    def judge(self, typed: str) -> CodeOutcome:
        """Judge a typed code; each call counts."""
        with self._lock:
            if not self._kept.key:
                return NoCodeKey()
            try:
                waiting = self._waiting()
                if waiting > 0:
                    return CodeLocked(waiting)
                wrong = self._kept.wrong + 1
                self._keep(replace(self._kept, wrong=wrong, waiting_since=self._now()))
                found = self._match(typed)
                if found is None:
                    return CodeWrong()
                earliest = max(self._kept.earliest_window, found.window)
                good = replace(self._kept, earliest_window=earliest, wrong=0, waiting_since=None)
                self._keep(good)
            except OSError:
                return NoCodeKey()
            return found

    def _waiting(self) -> int:
        kept = self._kept
        over = kept.wrong - FREE_GUESSES
        if over < 0 or kept.waiting_since is None:
            return 0
        wait = min(FIRST_WAIT_SECONDS << min(over, 20), LONGEST_WAIT_SECONDS)
        passed = (self._now() - kept.waiting_since).total_seconds()
        if passed < 0:
            # The clock was set back: the wait begins anew, and does not last until then.
            self._keep(replace(kept, waiting_since=self._now()))
            passed = 0
        return max(0, int(wait - passed + 0.5))

    def _match(self, typed: str) -> CodeTaken | None:
        found = None
        for role in ScreenRole:
            for window in self._windows():
                # Every one is compared, so that time tells nothing.
                if hmac.compare_digest(code_for(self._kept.key, role, window), typed):
                    found = CodeTaken(role, window)
        return found

    def _windows(self) -> range:
        now, earliest = self._now(), self._kept.earliest_window
        current = _window(now)
        if current < earliest:
            return range(earliest - 1, earliest + _BROKEN_CLOCK_WINDOWS)
        slow = _window(now + timedelta(seconds=_SLOW_CLOCK_SECONDS))
        return range(current - 1, slow + 1)

    def _keep(self, kept: _Kept) -> None:
        since = kept.waiting_since
        told = {
            "key": base64.b64encode(kept.key).decode(),
            "key_id": kept.key_id,
            "edition": kept.edition,
            "arrive_at": kept.arrive_at,
            "earliest_window": kept.earliest_window,
            "wrong": kept.wrong,
            "waiting_since": None if since is None else since.isoformat(),
        }
        write_durably(self._path, json.dumps(told).encode())
        self._kept = kept


def code_for(key: bytes, role: ScreenRole, window: int) -> str:
    """Return the eight digits of one window."""
    digest = hmac.digest(key, f"{role.value}/{window}".encode(), hashlib.sha256)
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def _window(moment: datetime) -> int:
    return int(moment.timestamp()) // WINDOW_SECONDS


def _read(path: Path) -> _Kept:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        since = found["waiting_since"]
        return _Kept(
            key=base64.b64decode(found["key"], validate=True),
            key_id=str(found["key_id"]),
            # A file of an older release names neither; the key is fetched anew, for its edition.
            edition=str(found.get("edition", "")),
            arrive_at=str(found.get("arrive_at", "")),
            earliest_window=int(found["earliest_window"]),
            wrong=int(found["wrong"]),
            waiting_since=None if since is None else datetime.fromisoformat(since),
        )
    except (OSError, ValueError, KeyError, TypeError, binascii.Error):
        # Without a key no code opens anything, until the server is heard again.
        return _Kept()
