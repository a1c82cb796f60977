"""
The only source of time.

Stored times are UTC; people read Beijing time (北京时间), the legal time of the whole country,
although many in Xinjiang live two hours behind it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")

_frozen_at: ContextVar[datetime | None] = ContextVar("frozen_at", default=None)


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return _frozen_at.get() or datetime.now(UTC)


def to_beijing(moment: datetime) -> datetime:
    """Return *moment* as Beijing wall-clock time."""
    return moment.astimezone(BEIJING)


def beijing_today() -> date:
    """Return the day it is in Beijing: the day of every deadline and of every paper."""
    return to_beijing(now()).date()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Let time stand still at *at* (aware) within the block, in this context only."""
    token = _frozen_at.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen_at.reset(token)
