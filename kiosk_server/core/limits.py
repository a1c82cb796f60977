"""
Limits on guessing, kept as rows so that every server and every restart remembers them.

A limit counts tries against one subject (a code, an account, a terminal) in fixed windows.
"""

from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from kiosk_server.core import clock
from kiosk_server.core.database import Base, UtcDateTime
from kiosk_server.core.errors import TooMany


class Attempt(Base):
    """How often one subject was tried since its window began."""

    __tablename__ = "attempt"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    window_ends: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def count_attempt(
    session: Session, kind: str, subject: str, *, limit: int, window: timedelta
) -> int:
    """Count one more try and return how many are left; raise `TooMany` past *limit*.

    The caller must commit the count even when it then refuses: return a refusal as a value, or
    count in a unit of work of its own.
    """
    now = clock.now()
    attempt = session.get(Attempt, (kind, subject), with_for_update=True)
    if attempt is None:
        attempt = _first(session, kind, subject, window_ends=now + window)
    if attempt.window_ends <= now:
        attempt.count, attempt.window_ends = 0, now + window
    if attempt.count >= limit:
        left = attempt.window_ends - now
        raise TooMany(f"too_many_{kind}", retry_after_seconds=int(left.total_seconds()) + 1)
    attempt.count += 1
    session.flush()
    return limit - attempt.count


def _first(session: Session, kind: str, subject: str, *, window_ends: datetime) -> Attempt:
    # Two first tries may arrive together: the later one counts on the row of the earlier, or begins
    # again where that was forgiven meanwhile.
    while True:
        attempt = Attempt(kind=kind, subject=subject, count=0, window_ends=window_ends)
        try:
            with session.begin_nested():
                session.add(attempt)
        except IntegrityError:
            found = session.get(Attempt, (kind, subject), with_for_update=True)
            if found is None:
                continue
            return found
        return attempt


def attempts(session: Session, kind: str, subject: str) -> int:
    """Return how many tries count against *subject* now."""
    counted = select(Attempt.count).where(
        Attempt.kind == kind, Attempt.subject == subject, Attempt.window_ends > clock.now()
    )
    return session.scalar(counted) or 0


def forgive(session: Session, kind: str, subject: str) -> None:
    """Forget the tries of *subject*, as a right answer does."""
    session.execute(delete(Attempt).where(Attempt.kind == kind, Attempt.subject == subject))


def forget_old(session: Session) -> int:
    """Delete windows that have ended; return how many."""
    ended = session.scalars(select(Attempt).where(Attempt.window_ends < clock.now())).all()
    for attempt in ended:
        session.delete(attempt)
    return len(ended)
