"""
Lanes of the outbox (一个平台一条道): one for each partner, so that one's outage slows no other.

A partner who is silent several times in a row is left alone for a while (熔断), and what goes to
him waits without losing a try; then one message asks whether he is back. `HOUSE` is the lane of
what needs no partner, and never rests.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.outbox.models import OutboxLane, OutboxMessage
from kiosk_server.outbox.rules import HOUSE, MessageState, rest_after

MESSAGES = "messages"
"""Short messages to phones."""
DEPARTMENTS = "departments"
"""The departments' sharing service."""
RECORDS, REGION = "records", "region"
"""The departments' records and the region's sign-in: asked while a person waits, so that nothing
stands in these lanes; they hold when the partner answered."""

_TOLD_AGAIN_AFTER = timedelta(minutes=1)


def due_lanes(session: Session, now: datetime) -> list[str]:
    """Return the lanes in which something is due and whose partner is not left alone, by name."""
    resting = select(OutboxLane.name).where(OutboxLane.rests_until > now)
    due = (
        select(OutboxMessage.lane)
        .where(
            OutboxMessage.state == MessageState.READY,
            OutboxMessage.due <= now,
            OutboxMessage.lane.not_in(resting),
        )
        .distinct()
    )
    return sorted(session.scalars(due))


def note_answer(session: Session, lane: str) -> None:
    """Keep that the partner of *lane* answered; most times this changes nothing."""
    if lane == HOUSE:
        return
    now = clock.now()
    news = or_(
        OutboxLane.failures > 0,
        OutboxLane.answered_at.is_(None),
        OutboxLane.answered_at < now - _TOLD_AGAIN_AFTER,
    )
    changes = {"failures": 0, "rests_until": None, "answered_at": now}
    session.execute(
        _insert(session)
        .values(name=lane, **changes)
        .on_conflict_do_update(index_elements=[OutboxLane.name], set_=changes, where=news)
    )


def note_silence(session: Session, lane: str) -> None:
    """Keep that the partner of *lane* was silent; after several times he is left alone."""
    now = clock.now()
    counted = (
        _insert(session)
        .values(name=lane, failures=1, silent_at=now)
        .on_conflict_do_update(
            index_elements=[OutboxLane.name],
            set_={"failures": OutboxLane.failures + 1, "silent_at": now},
        )
        .returning(OutboxLane.failures)
    )
    rest = rest_after(session.execute(counted).scalar_one())
    if rest is not None:
        rests = update(OutboxLane).where(OutboxLane.name == lane).values(rests_until=now + rest)
        session.execute(rests.execution_options(synchronize_session=False))


def note_exchange(session: Session, lane: str, *, answered: bool) -> None:
    """Keep when a partner who is not asked through the outbox answered, or did not."""
    now = clock.now()
    changes = {"answered_at": now} if answered else {"silent_at": now}
    session.execute(
        _insert(session)
        .values(name=lane, failures=0, **changes)
        .on_conflict_do_update(index_elements=[OutboxLane.name], set_=changes)
    )


def _insert(session: Session) -> "postgresql.Insert | sqlite.Insert":
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(OutboxLane)
    return postgresql.insert(OutboxLane)
