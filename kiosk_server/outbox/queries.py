"""What waits in the outbox, lane by lane, what ended badly there, and what people did about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.outbox.models import OutboxLane, OutboxMessage
from kiosk_server.outbox.rules import ENDED_BADLY, MessageState

_DEEDS = (AuditEvent.OUTBOX_RETRIED.value, AuditEvent.OUTBOX_SETTLED.value)


@dataclass(frozen=True)
class LaneView:
    """One lane: what waits since when, what wants a person, how its partner answered lately."""

    name: str
    waiting: int
    waiting_since: datetime | None
    unknown: int
    dead: int
    rests_until: datetime | None
    answered_at: datetime | None
    silent_at: datetime | None


def lanes_now(session: Session, now: datetime) -> list[LaneView]:
    """Return every lane that was ever used, by name; a rest that is over is none."""
    state, lane = OutboxMessage.state, OutboxMessage.lane
    counted = {
        row.lane: row
        for row in session.execute(
            select(
                lane,
                func.count().filter(state == MessageState.READY).label("waiting"),
                func.min(OutboxMessage.created_at)
                .filter(state == MessageState.READY)
                .label("since"),
                func.count().filter(state == MessageState.UNKNOWN).label("unknown"),
                func.count().filter(state == MessageState.DEAD).label("dead"),
            ).group_by(lane)
        )
    }
    partners = {row.name: row for row in session.scalars(select(OutboxLane))}
    return [
        _lane(name, counted.get(name), partners.get(name), now)
        for name in sorted(counted.keys() | partners.keys())
    ]


def dead_letters(session: Session, *, limit: int = 100) -> Sequence[OutboxMessage]:
    """Return the messages that wait for a person, oldest first."""
    return session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.state.in_(ENDED_BADLY))
        .order_by(OutboxMessage.id)
        .limit(limit)
    ).all()


def count_for_people(session: Session) -> int:
    """Return how many messages wait for a person."""
    wanted = select(func.count()).where(OutboxMessage.state.in_(ENDED_BADLY))
    return session.scalar(wanted) or 0


def deeds_of_people(session: Session, *, limit: int = 20) -> Sequence[AuditEntry]:
    """Return what was sent again or settled by hand lately, the newest first."""
    wanted = select(AuditEntry).where(AuditEntry.event.in_(_DEEDS))
    return session.scalars(wanted.order_by(AuditEntry.id.desc()).limit(limit)).all()


def backlog(session: Session) -> tuple[int, datetime | None]:
    """Return how many messages are ready, and since when the one due longest has been due."""
    count, oldest = session.execute(
        select(func.count(OutboxMessage.id), func.min(OutboxMessage.due)).where(
            OutboxMessage.state == MessageState.READY
        )
    ).one()
    return count, oldest


def count_by_state(session: Session) -> dict[str, int]:
    """Return how many messages stand in each state."""
    rows = session.execute(
        select(OutboxMessage.state, func.count(OutboxMessage.id)).group_by(OutboxMessage.state)
    )
    return dict(rows.all())


def _lane(
    name: str,
    counted: Row[str, int, datetime, int, int] | None,
    partner: OutboxLane | None,
    now: datetime,
) -> LaneView:
    rests = partner.rests_until if partner else None
    return LaneView(
        name=name,
        waiting=counted.waiting if counted else 0,
        waiting_since=counted.since if counted else None,
        unknown=counted.unknown if counted else 0,
        dead=counted.dead if counted else 0,
        rests_until=rests if rests and rests > now else None,
        answered_at=partner.answered_at if partner else None,
        silent_at=partner.silent_at if partner else None,
    )
