"""
Answers that are kept, so that a request sent again is not carried out again.

After draft-ietf-httpapi-idempotency-key-header: the same key with the same request gets the first
answer; with another request it is refused; while the first is still at work the second waits
outside. Answers may hold tokens, so they are sealed, and kept no longer than they are of use.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import cast

from sqlalchemy import (
    CursorResult,
    Executable,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from kiosk_server.core import clock
from kiosk_server.core.database import Base, UtcDateTime, keyring_of
from kiosk_server.core.errors import Conflict, Invalid

WORK_LASTS_AT_MOST = timedelta(seconds=60)
"""After that whoever began it is taken for dead, and the request may be carried out."""


class KeptAnswer(Base):
    """One request under one key of one caller: at work, or answered."""

    __tablename__ = "kept_answer"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Digest of caller, door and key."""
    request_digest: Mapped[str] = mapped_column(String(64))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


_TABLE = cast("Table", KeptAnswer.__table__)
_ANSWERING = update(_TABLE).where(_TABLE.c.id == bindparam("of"))


@cache
def _claiming(engine_name: str) -> Executable:
    # One statement, built once: every request that may be sent again passes here.
    dialect = sqlite if engine_name == "sqlite" else postgresql
    claiming: Executable = dialect.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id)
    return claiming


@dataclass(frozen=True)
class Kept:
    """The first answer, to be given again."""

    status: int
    body: str


def begin(session: Session, row: str, *, request: str, life: timedelta) -> Kept | None:
    """
    Claim *row* for a request (its digest), or return what was answered to it before.

    Raises `Conflict("request_at_work")` and `Invalid("idempotency_key_reused")`.
    """
    now = clock.now()
    fresh = {"id": row, "request_digest": request, "begun_at": now, "expires_at": now + life}
    if session.scalar(_claiming(session.get_bind().dialect.name), fresh) is not None:
        return None
    found = session.get(KeptAnswer, row, with_for_update=True, populate_existing=True)
    if found is None:
        # Refused and let go of between the two looks: who asks again finds it free.
        raise Conflict("request_at_work")
    if found.expires_at <= now:
        found.request_digest, found.begun_at, found.expires_at = request, now, now + life
        found.status = found.answer_sealed = None
        return None
    if found.request_digest != request:
        raise Invalid("idempotency_key_reused")
    if found.status is not None and found.answer_sealed is not None:
        body = keyring_of(session).open(
            found.answer_sealed, table="kept_answer", column="answer", row=row
        )
        return Kept(found.status, body)
    if now - found.begun_at < WORK_LASTS_AT_MOST:
        raise Conflict("request_at_work")
    found.begun_at = now
    return None


def keep(session: Session, row: str, *, status: int, body: str) -> None:
    """Keep the answer to what was begun under *row*."""
    sealed = keyring_of(session).seal(body, table="kept_answer", column="answer", row=row)
    answered = {"of": row, "status": status, "answer_sealed": sealed}
    session.connection().execute(_ANSWERING, answered)


def let_go(session: Session, row: str) -> None:
    """Forget what was begun under *row*: it was refused, and may be tried again."""
    session.execute(delete(KeptAnswer).where(KeptAnswer.id == row))


def forget_answers(session: Session) -> int:
    """Delete what has been kept long enough; return how many."""
    result = session.execute(delete(KeptAnswer).where(KeptAnswer.expires_at < clock.now()))
    return result.rowcount if isinstance(result, CursorResult) else 0
