"""
The slip for who pays at a window (缴款码小票): its digits, and how long its order stays open. Pure.

Twelve digits, the last one a check digit (ISO/IEC 7064 MOD 11,10), so that a slip of the keyboard
finds nobody else's order. Eleven of them are random: a code is read out, typed and scanned, and
says nothing of what it stands for.
"""

from datetime import datetime, timedelta

from kiosk_server.core import clock
from kiosk_server.places.hours import LOOK_AHEAD_DAYS, SiteHours, open_intervals

RANDOM_DIGITS = 11
LENGTH = RANDOM_DIGITS + 1
LONGEST_KEPT = timedelta(days=LOOK_AHEAD_DAYS + 1)
_GROUP = 4


def with_check_digit(digits: str) -> str:
    """Return *digits* with the check digit of ISO/IEC 7064 MOD 11,10 behind them."""
    return digits + str((11 - _carry(digits)) % 10)


def slip_code(text: str) -> str | None:
    """Return the code that was typed or scanned, without its blanks; None where it is none."""
    code = "".join(text.split()).replace("-", "")
    if len(code) != LENGTH or not (code.isascii() and code.isdigit()):
        return None
    return code if with_check_digit(code[:-1]) == code else None


def as_printed(code: str) -> str:
    """Return a code as it stands on a slip: in groups of four."""
    return " ".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def end_of_next_working_day(hours: SiteHours, now: datetime) -> datetime | None:
    """
    Return when a window closes on the next day on which it works; None within 30 days for never.

    Today does not count: whoever gets a slip has a whole day of the window before him.
    """
    today = clock.to_beijing(now).date()
    for ahead in range(1, LOOK_AHEAD_DAYS + 1):
        open_then = open_intervals(hours, today + timedelta(days=ahead))
        if open_then:
            return open_then[-1].ends
    return None


def _carry(digits: str) -> int:
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10
        product = 2 * (total or 10) % 11
    return product
