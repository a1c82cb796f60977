"""
Notices as their resident reads them, the newest first.

    notices_of(session, resident_id, after=, limit=) -> list[ResidentNotice]
    unread(session, resident_id)                     -> int
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.notices.models import ResidentNotice


def notices_of(
    session: Session, resident_id: str, *, after: str | None = None, limit: int = 50
) -> list[ResidentNotice]:
    """Return what a resident was told, the newest first, from the one *after* a notice."""
    mine = select(ResidentNotice).where(ResidentNotice.resident_id == resident_id)
    if after:
        mine = mine.where(ResidentNotice.id < after)
    return list(session.scalars(mine.order_by(ResidentNotice.id.desc()).limit(limit)))


def unread(session: Session, resident_id: str) -> int:
    """Return how many notices a resident has not read."""
    counted = select(func.count()).where(
        ResidentNotice.resident_id == resident_id, ResidentNotice.read_at.is_(None)
    )
    return session.scalar(counted) or 0
