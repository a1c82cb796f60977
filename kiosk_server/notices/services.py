"""
Telling residents (提醒): in the same unit of work as what they are told of.

    tell(session, resident_id, topic, subject_id, **facts)
    mark_read(session, resident_id)
    forget_notices(session)            -> int        what a chore does every day
    forget_all_of(session, resident_id) -> int       when he asks, and when his account is closed
"""

from sqlalchemy import CursorResult, Delete, delete, update
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.notices.models import ResidentNotice
from kiosk_server.notices.rules import KEPT, Topic


def tell(
    session: Session, resident_id: str, topic: Topic, subject_id: str, **facts: str | int
) -> None:
    """Put one notice before a resident, whether or not he has a phone here yet."""
    session.add(
        ResidentNotice(
            id=new_id(),
            resident_id=resident_id,
            topic=topic.value,
            subject_id=subject_id,
            facts=facts,
            at=clock.now(),
        )
    )
    session.flush()


def mark_read(session: Session, resident_id: str) -> None:
    """He has read all of them."""
    unread = ResidentNotice.resident_id == resident_id, ResidentNotice.read_at.is_(None)
    session.execute(update(ResidentNotice).where(*unread).values(read_at=clock.now()))


def forget_notices(session: Session) -> int:
    """Delete what is older than it is kept; return how many."""
    return _delete(session, delete(ResidentNotice).where(ResidentNotice.at < clock.now() - KEPT))


def forget_all_of(session: Session, resident_id: str) -> int:
    """Delete every notice of one resident; return how many."""
    return _delete(session, delete(ResidentNotice).where(ResidentNotice.resident_id == resident_id))


def _delete(session: Session, asked: Delete) -> int:
    result = session.execute(asked)
    return result.rowcount if isinstance(result, CursorResult) else 0
